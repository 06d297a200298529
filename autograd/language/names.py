"""The names that a sheet has defined so far, and rules for what an undefined name may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .cursor import split_name
from .ranks import rank_of
from .spelling import canonical_name
from .suggestion import KINDS, WORDS, same_kind
from .trees import Apply, Derivative, Name, Number, Tree, names_in, plain_names_in, plain_number
from .vocabulary import function_name

LOSS_NAMES, PREDICTION_NAMES, TARGET_NAMES, RATES = map(frozenset, KINDS[:4])
_ERRORS = frozenset(("e", "err", "error", "residual", "diff"))
_COUNTS = ("N", "n", "m", "M")  # names for the number of examples
_FREE_INDEX = re.compile(r"(.+)_([ijkn]|t)")
_INDEXED = re.compile(r"(.*[^\d,])(\d+(?:,\d+)?)")
CONSTANTS = frozenset(("e", "π", "pi"))


@dataclass
class SheetQuantity:
    """What the sheet says about one quantity.

    Attributes:
        tree: the definition, with resolved names. It is None if the sheet gives only numbers.
        line: the line of the definition.
        rank: 0 for a number, 1 for a vector and 2 for a matrix, judged from its form alone.
        length: the number of items if it was given as a list, or 0.
        digits: the text of the numbers that were last written for the quantity, by index.
        uses: the names that appear in its definition.
        was_used: whether the definition of another quantity uses this one.
    """

    tree: Tree | None
    line: int
    rank: int = 0
    length: int = 0
    digits: dict[tuple[int, ...], str] = field(default_factory=dict)
    uses: frozenset[str] = frozenset()
    was_used: bool = False

    @property
    def is_given(self) -> bool:
        """Whether the sheet gives the quantity as numbers, as it does for inputs and parameters."""
        return not self.uses and self.tree is None


class SheetNames:
    """The quantities and functions of a sheet. The parser uses it as its vocabulary.

    Attributes:
        quantities: the quantities that are defined so far, by name.
        targets: all names to which any line of the sheet assigns a value.
        functions: the functions that the sheet defines, by name. A value is the parameters and the
            body, or the name of another function that means the same.
        aliases: maps a second name of a quantity, such as w_new, to its name in the trees.
        stated: the number that the text gives for a name anywhere, and its line.
        notes: the assumptions that the reader made in the current line.
    """

    def __init__(self, targets: Iterable[str] = (), ordinary: Iterable[str] = ()) -> None:
        self.quantities: dict[str, SheetQuantity] = {}
        self.targets = set(targets)
        self._ordinary = frozenset(ordinary)
        self.stated: dict[str, tuple[str, int]] = {}
        self.functions: dict[str, tuple[tuple[str, ...], Tree] | str] = {}
        self.aliases: dict[str, str] = {}
        self.notes: list[str] = []
        self._losses: dict[str, str] = {}
        self._folded: dict[str, dict[str, None]] = {}
        self._numbers: dict[float, dict[str, None]] = {}
        self._ends: list[str] | None = None
        self._ancestors: dict[str, set[str]] = {}

    # --- the methods of a vocabulary --------------------------------------------------------------

    def knows(self, name: str) -> bool:
        """Whether a quantity has this name."""
        return name in self.quantities or name in self.aliases

    def is_function(self, name: str) -> bool:
        """Whether this name is a function of the language or of the sheet."""
        is_word = name == "where"  # It is a function only with brackets, and else a word.
        return name in self.functions or (bool(function_name(name)) and not is_word)

    def is_ordinary(self, name: str) -> bool:
        """Whether a name such as dt is an ordinary name and not a short form of a derivative."""
        return name in self._ordinary

    def is_plausible(self, name: str) -> bool:
        """Whether a word may be the name of a quantity rather than a word of a sentence."""
        if self.knows(name) or name in self.targets or self.is_function(name.rstrip("'")):
            return True
        if name in WORDS:
            return False
        return (
            len(name.rstrip("'0123456789")) <= 2
            or "_" in name
            or not name.isalpha()
            or (self.knows(self.resolve(name)[0]))
        )

    def factors(self, name: str) -> list[str]:
        """Return the known names whose product a name such as xy means, or [] if it means none."""
        if name in self.targets:
            return []
        parts = list(map(canonical_name, split_name(name, self._is_factor)))
        return parts if len(set(parts)) == len(parts) else []

    def _is_factor(self, part: str) -> bool:
        return part == "π" or self.is_quantity(canonical_name(part))  # as x_1 is in w_1x_1

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the quantity that a name refers to, and the index into that quantity."""
        if name in self.quantities:
            return name, ()
        if name in self.aliases:
            return self.aliases[name], ()
        if indexed := _INDEXED.fullmatch(name):
            base, digits = indexed[1].rstrip("_"), indexed[2]
            known = self.quantities.get(base)
            if known and known.rank and (known.is_given or name not in self.targets):
                return base, tuple(map(int, digits.split(",") if "," in digits else digits))
        if name in self.targets:
            return name, ()
        if (free := _FREE_INDEX.fullmatch(name)) and free[1] in self.quantities:
            return free[1], ()
        return name, ()

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
        """Whether a gradient such as dw can be that of a quantity, which must be one number.

        An error e = y − t is none, because dw = e·x then is the gradient of ½e². Nor is dw.
        """
        stem = name[1:].strip("_").partition("_")[0].rstrip("0123456789")
        if name[0] in "dΔ∇" and stem and (stem in self.quantities or stem + "1" in self.quantities):
            return False
        match self.quantities[name].tree:
            case Apply(head="-", args=(Name(), Name())) if name.casefold() in _ERRORS:
                return False
        return name.casefold() in LOSS_NAMES or not self.quantities[name].rank

    def slope_of(self, head: str, variable: Name) -> Derivative | None:
        """Return f′(x) or f″(x) as a derivative if f and x are quantities, or None."""
        top, order = head.rstrip("'"), len(head) - len(head.rstrip("'"))
        if order not in (1, 2) or top not in self.quantities or not self.knows(variable.name):
            return None
        second = variable if order == 2 else None
        return Derivative(Name(top, (), variable.place), variable, variable.place, second)

    def variables_of(self, name: str) -> tuple[str, ...]:
        """Return the variables of a function f(x, y) of the sheet, or ()."""
        meaning = self.functions.get(name)
        return tuple(p.removeprefix("·") for p in meaning[0]) if isinstance(meaning, tuple) else ()

    def ends(self) -> list[str]:
        """Return the computed quantities that no other definition uses, except updated values."""
        if self._ends is None:
            self._ends = [
                name
                for name, quantity in self.quantities.items()
                if quantity.uses and not quantity.was_used and not name.endswith("'")
            ]
        return self._ends

    def ancestors(self, name: str) -> set[str]:
        """Return the names on which a quantity depends, including its own name."""
        if name in self._ancestors:
            return self._ancestors[name]
        seen, stack = {name}, [name]
        while stack:
            for used in self.quantities[stack.pop()].uses:
                if used not in seen and used in self.quantities:
                    seen.add(used)
                    stack.append(used)
        self._ancestors[name] = seen
        return seen

    def may_be_defined(self, name: str) -> bool:
        """Whether a word before a colon names a quantity, as loss does, and not what follows."""
        return self.is_plausible(name) or self.is_word_for(name)

    def is_word_for(self, name: str) -> bool:
        """Whether a word names a loss, a prediction, a target or a learning rate."""
        return any(name.casefold() in kind for kind in KINDS[:4])

    def is_quantity(self, name: str) -> bool:
        """Whether this line or a later one gives the name a value."""
        return self.knows(name) or name in self.targets

    # --- the meaning of an undefined name ---------------------------------------------------------

    def find_alias(self, name: str) -> str:
        """Return the only known name that an undefined name can mean, or "" if there is none.

        The two names differ only in case, or one is w_old, or people use both for the same thing,
        such as a loss, a prediction, a target or a learning rate.
        """
        if (old := name.removesuffix("_old").removeprefix("old_")) != name and self.knows(old):
            return old
        same = list(self._folded.get(name.casefold(), ()))
        if len(same) == 1:
            return same[0]
        if name.casefold() in LOSS_NAMES:
            for names in (self.ends(), self.quantities):
                losses = [known for known in names if known.casefold() in LOSS_NAMES]
                if len(losses) == 1:
                    return losses[0]
        is_clear = len(name) > 2 or name.casefold() in RATES  # because y may be an output too
        if is_clear and name not in self.targets and name not in self.stated:
            same = same_kind(name, self.quantities) if self.is_word_for(name) else []
            return same[0] if len(same) == 1 else ""
        return ""

    def count_of_examples(self, name: str) -> int:
        """Return the number of examples if this is a name for it, such as N, or 0.

        This number is known only if all given lists of the sheet have the same length.
        """
        lengths = {q.length for q in self.quantities.values() if q.rank and q.is_given}
        return lengths.pop() if name in _COUNTS and len(lengths) == 1 else 0

    def prediction(self, name: str) -> Tree | None:
        """Return the expression that the loss compares with the target, or None.

        Only a name for a prediction, such as y_pred, can have this meaning.
        """
        if name.casefold() not in PREDICTION_NAMES or (len(name) < 2 and name.isascii()):
            return None
        losses = [self.quantities[end].tree for end in self.ends() if end.casefold() in LOSS_NAMES]
        found = [side for tree in losses if tree for side in _compared(tree, self)]
        return found[0] if len(found) == 1 else None

    # --- definitions ------------------------------------------------------------------------------

    def define(self, name: str, tree: Tree | None, line: int) -> SheetQuantity:
        """Add the definition of a quantity, and return that quantity."""
        uses = frozenset(plain_names_in(tree)) if tree is not None else frozenset()
        for used in uses:
            if used in self.quantities and not name.endswith("'"):
                self.quantities[used].was_used = True
        if name not in self.quantities:
            self._folded.setdefault(name.casefold(), {})[name] = None
        self._ends = None
        self._ancestors.clear()
        quantity = SheetQuantity(tree, line, self.rank_of(tree) if tree else 0, uses=uses)
        self.quantities[name] = quantity
        return quantity

    def forget(self, name: str) -> list[str]:
        """Forget a quantity and those that depend on it, and return their names."""
        self.stated.pop(name, None)
        if name not in self.quantities:
            return []
        gone = [other for other in self.quantities if name in self.ancestors(other)]
        for other in gone:
            del self.quantities[other]
            self.stated.pop(other, None)
            self._losses.pop(other, None)
        for known in (*self._folded.values(), *self._numbers.values()):
            for other in gone:
                known.pop(other, None)
        self._ends = None
        self._ancestors.clear()
        return gone

    def note_number(self, name: str, text: str) -> None:
        """Record that the sheet gives this number as a value of a quantity."""
        number = plain_number(text)
        if number is not None:
            self._numbers.setdefault(number, {})[name] = None

    def with_number(self, number: float) -> Iterable[str]:
        """Return the names of the quantities for which the sheet gave this number."""
        return list(self._numbers.get(number, ()))

    def lists_with(self, item: Tree) -> Iterator[str]:
        """Yield the lists of which z₂, or a number such as 10, is an item."""
        if isinstance(item, Name):
            yield from [item.name] if item.index else []
        for name, quantity in self.quantities.items() if isinstance(item, Number) else ():
            numbers = map(plain_number, quantity.digits.values()) if quantity.rank == 1 else ()
            if isinstance(item, Number) and item.value in numbers:
                yield name

    def rank_of(self, tree: Tree) -> int:
        """Return 0 if the value of a tree is a number, 1 for a vector and 2 for a matrix."""
        return rank_of(tree, self._rank_of_name)

    def _rank_of_name(self, name: str) -> int:
        known = self.quantities.get(name)
        return known.rank if known else 0

    def undefined(self, tree: Tree) -> list[str]:
        """Return the names in a tree that are not defined.

        Constants are left out. So are variables of functions, which begin with ·.
        """
        return [
            name
            for name in names_in(tree)
            if name not in self.quantities and name not in CONSTANTS and not name.startswith("·")
        ]


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
