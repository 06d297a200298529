"""What an undefined name, or a gradient such as dw, may mean in a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from .names import LOSS_NAMES, PREDICTION_NAMES, RATES, DefinedNames
from .spelling import twin_of
from .suggestion import PLAIN_WORDS, same_kind
from .trees import Apply, Name, Number, Tree, plain_number

_ERRORS = frozenset(("e", "err", "error", "residual", "diff"))

_COUNTS = ("N", "n", "m", "M")  # names for the number of examples


class SheetNames(DefinedNames):
    """The names of a sheet. The parser uses it as its vocabulary."""

    def loss_of(self, name: str, top: str = "") -> str:
        """Return the quantity that dw (or dL_dw, where `top` is L) differentiates, or ""."""
        if top:
            top = top if top in self.quantities else self.find_alias(top)
            return top if top and name in self.ancestors(top) else ""
        if name in self._losses:
            return self._losses[name]
        ends = [end for end in self.ends() if name in self.ancestors(end) and self._is_loss(end)]
        named = [end for end in ends if end.casefold() in LOSS_NAMES]
        found = (named if len(named) == 1 else ends if len(ends) == 1 else [""])[0]
        if found:
            self._losses[name] = found
        elif name in ends or (name in self.ends() and self.quantities[name].uses):
            found = name
        return found

    def _is_loss(self, name: str) -> bool:
        """Whether dw may be the gradient of a quantity, which must be a single number.

        An error e = y − t does not qualify, because dw = e·x is the gradient of ½e². A gradient
        does not qualify either.
        """
        if name.endswith(".grad"):
            return False
        stem = name[1:].strip("_").partition("_")[0].rstrip("0123456789")
        if name[0] in "dΔ∇" and stem and (stem in self.quantities or stem + "1" in self.quantities):
            return False
        match self.quantities[name].tree:
            case Apply(head="-", args=(Name(), Name())) if name.casefold() in _ERRORS:
                return False
        return name.casefold() in LOSS_NAMES or not self.quantities[name].rank

    def find_alias(self, name: str) -> str:
        """Return the only known name that an undefined name can mean, or "" if there is none.

        The names differ only in case, or the undefined one is w_old, or both are common names for a
        loss, a prediction, a target or a learning rate.
        """
        if (old := name.removesuffix("_old").removeprefix("old_")) != name and self.knows(old):
            return old
        if (twin := twin_of(name)) in self.quantities:
            return twin
        same = list(self._folded.get(name.casefold(), ()))
        if len(same) == 1:
            return same[0]
        if name.casefold() in LOSS_NAMES:
            for names in (self.ends(), self.quantities):
                losses = [known for known in names if known.casefold() in LOSS_NAMES]
                if len(losses) == 1:
                    return losses[0]
        if name in PLAIN_WORDS and name not in self.targets and name not in self.stated:
            same = same_kind(name, self.quantities)
            return same[0] if len(same) == 1 else ""
        is_clear = len(name) > 2 or name.casefold() in RATES  # because y may be an output too
        if is_clear and name not in self.targets and name not in self.stated:
            same = same_kind(name, self.quantities) if self.is_word_for(name) else []
            return same[0] if len(same) == 1 else ""
        return ""

    def count_of_examples(self, name: str) -> int:
        """Return the number of examples if this is a name for it, such as N, or 0.

        This number is known only if all given lists of the sheet have the same length.
        """
        if name not in _COUNTS:
            return 0
        lengths = {q.length for q in self.quantities.values() if q.rank and q.is_given}
        return lengths.pop() if len(lengths) == 1 else 0

    def prediction(self, name: str) -> Tree | None:
        """Return the expression that the loss compares with the target, or None.

        Only a name for a prediction, such as y_pred, can have this meaning.
        """
        if name.casefold() not in PREDICTION_NAMES or (len(name) < 2 and name.isascii()):
            return None
        losses = [self.quantities[end].tree for end in self.ends() if end.casefold() in LOSS_NAMES]
        found = [side for tree in losses if tree for side in _compared(tree, self)]
        return found[0] if len(found) == 1 else None

    def lists_with(self, item: Tree) -> Iterator[str]:
        """Yield the lists of which z₂, or a number such as 10, is an item."""
        if isinstance(item, Name):
            yield from [item.name] if item.index else []
        for name, quantity in self.quantities.items() if isinstance(item, Number) else ():
            numbers = map(plain_number, quantity.digits.values()) if quantity.rank == 1 else ()
            if isinstance(item, Number) and item.value in numbers:
                yield name


def _compared(tree: Tree, names: SheetNames) -> Iterator[Tree]:
    """Yield the expressions that a loss compares with a target, such as y in (y − t)²."""
    stack = [tree]
    while stack:
        node = stack.pop()
        if not isinstance(node, Apply):
            continue
        if node.head == "-":
            left, right = node.args
            for one, other in ((left, right), (right, left)):
                if isinstance(other, Name) and names.quantities[other.name].is_given:
                    yield one
                    break
        else:
            stack += node.args
