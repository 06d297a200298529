"""The names that a sheet has defined so far, and rules for what an undefined name may mean."""

from __future__ import annotations

from collections.abc import Iterable

from ..late_pattern import compile_late
from .known_names import split_name
from .ranks import rank_of
from .sheet_quantity import SheetQuantity
from .spelling import canonical_name
from .suggestion import KINDS, WORDS
from .token import PLAIN, Notation
from .trees import Derivative, Name, Tree, names_in, plain_names_in, replace_names
from .vocabulary import function_name
from .written_numbers import WrittenNumbers

LOSS_NAMES, PREDICTION_NAMES, TARGET_NAMES, RATES = map(frozenset, KINDS[:4])
_FREE_INDEX = compile_late(r"(.+)_([ijkn]|t)")
ONE_HOT = frozenset(("onehot", "one_hot", "y_onehot", "y_one_hot", "onehot_y", "e_y"))
_INDEXED = compile_late(r"(.*[^\d,])(\d+(?:,\d+)?)")
CONSTANTS = frozenset(("e", "π", "pi"))


class DefinedNames:
    """The quantities and functions of a sheet. The parser uses it as its vocabulary.

    Attributes:
        quantities: the quantities that are defined so far, by name.
        targets: all names to which any line of the sheet assigns a value.
        functions: the functions that the sheet defines, by name. Each is a pair (parameters, body),
            or the name of the known function that it stands for.
        aliases: maps a second name of a quantity, such as w_new, to its name in the trees.
        stated: the first number that any line or remark gives for each name, and the line number.
        notes: the assumptions that the reader made in the current line.
        true_class: the number of the true class if the sheet names it in words, and its line.
        numbers: for each number that a line so far gave as a value, what it was the value of.
        has_units: whether the sheet gives numbers with units, such as 2 A.
        stated_slopes: the short forms of derivatives, such as dw, that a line has stated.
        has_slopes: whether dL/dz is the name of a quantity, because the sheet gives no L.
        notation: the notation of the sheet, such as the first index of a list.
    """

    def __init__(
        self,
        targets: Iterable[str] = (),
        ordinary: Iterable[str] = (),
        notation: Notation = PLAIN,
    ) -> None:
        self.quantities: dict[str, SheetQuantity] = {}
        self.targets = set(targets)
        self._ordinary = frozenset(ordinary)
        self.stated: dict[str, tuple[str, int]] = {}
        self.functions: dict[str, tuple[tuple[str, ...], Tree] | str] = {}
        self.aliases: dict[str, str] = {}
        self.notes: list[str] = []
        self.true_class: tuple[int, int] | None = None
        self.has_slopes = False
        self.has_units = False
        self.notation = notation
        self.parameters: frozenset[str] = frozenset()  # of the function that is being read
        self._losses: dict[str, str] = {}
        self._folded: dict[str, dict[str, None]] = {}
        self.numbers = WrittenNumbers()
        self.stated_slopes: set[str] = set()
        self.lists: dict[str, None] = {}  # the names of vectors and matrices, as an ordered set
        self._ends: dict[str, None] = {}
        self._ancestors: dict[str, set[str]] = {}

    # --- the methods of a vocabulary --------------------------------------------------------------

    def knows(self, name: str) -> bool:
        """Whether a quantity has this name."""
        return name in self.quantities or name in self.aliases

    def is_function(self, name: str) -> bool:
        """Whether this name is a function of the language or of the sheet."""
        is_word = name == "where"  # usually a word of a sentence
        return name in self.functions or (bool(function_name(name)) and not is_word)

    def is_put_in(self, name: str) -> bool:
        """Whether a name has no definition but the numbers that lines put in for it."""
        known = self.quantities.get(name)
        return known is not None and known.is_put_in

    def whole_number(self, name: str) -> int | None:
        """Return the whole number that the sheet gives for a name, or None."""
        known = self.quantities.get(name)
        text = known.digits.get((), "") if known and known.is_given else ""
        return int(text) if text.isdecimal() and len(text) < 7 else None

    def is_ordinary(self, name: str) -> bool:
        """Whether a name such as dt is an ordinary name and not a short form of a derivative."""
        return name in self._ordinary

    def is_plausible(self, name: str) -> bool:
        """Whether a word may be the name of a quantity rather than a word of a sentence."""
        if self.knows(name) or name in self.targets or self.is_function(name.rstrip("'")):
            return True
        if name in WORDS or (len(name) > 1 and name.casefold() in WORDS):
            return False
        return (
            len(name.rstrip("'0123456789")) <= 2
            or "_" in name
            or not name.isalpha()
            or (self.knows(self.resolve(name)[0]))
        )

    def factors(self, name: str) -> list[str]:
        """Return the known names whose product a name such as xy means, or [] if it means none."""
        return [] if name in self.targets else self.parts_of(name)

    def parts_of(self, name: str) -> list[str]:
        """Return the known names that a name such as xy consists of, each once, or []."""
        parts = list(map(canonical_name, split_name(name, self._is_factor)))
        return parts if len(set(parts)) == len(parts) else []

    def _is_factor(self, part: str) -> bool:
        name = canonical_name(part)  # the x_1 in w_1x_1 is the quantity x1
        is_list = f"{name}1" in self.quantities and f"{name}2" in self.quantities
        return part == "π" or self.is_quantity(name) or is_list

    def resolve(self, name: str) -> tuple[str, tuple[int, ...]]:
        """Return the quantity that a name refers to, and the index into that quantity."""
        if name in self.quantities:
            return name, ()
        if name in self.aliases:
            return self.resolve(self.aliases[name])
        if name.endswith("'"):  # as in w2', the new value of the element w[2]
            base, index = self.resolve(name[:-1])
            return (base + "'", index) if index else (name, ())
        if indexed := _INDEXED.fullmatch(name):
            base, digits = indexed[1].rstrip("_"), indexed[2]
            known = self.quantities.get(base)
            if known and known.rank and (known.is_given or name not in self.targets):
                written = map(int, digits.split(",") if "," in digits else digits)
                index = tuple(k + 1 - self.notation.first_of(base) for k in written)
                return (base, index) if min(index) > 0 else (name, ())
        if name in self.targets:
            return name, ()
        if (free := _FREE_INDEX.fullmatch(name)) and free[1] in self.quantities:
            return free[1], ()
        return name, ()

    def with_elements(self, tree: Tree) -> Tree:
        """Return a tree with the element x[1] of a list x in place of an undefined name x1."""
        return replace_names(
            tree,
            {
                name: Name(*self.resolve(name), tree.place)
                for name in self.undefined(tree)
                if self.resolve(name)[1]
            },
        )

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
        return list(self._ends)

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
        """Whether the word before a colon may name a quantity, as in ``loss: 0.5``."""
        return self.is_plausible(name) or self.is_word_for(name)

    def is_word_for(self, name: str) -> bool:
        """Whether a word names a loss, a prediction, a target or a learning rate."""
        return any(name.casefold() in kind for kind in KINDS[:4])

    def is_quantity(self, name: str) -> bool:
        """Whether the sheet defines the name, or it is a parameter of the function being read."""
        return self.knows(name) or name in self.targets or name in self.parameters

    # --- definitions ------------------------------------------------------------------------------

    def define(
        self, name: str, tree: Tree | None, line: int, rank: int | None = None
    ) -> SheetQuantity:
        """Define a quantity and return it. By default, its rank follows from the tree."""
        uses = frozenset(plain_names_in(tree)) if tree is not None else frozenset()
        if not name.endswith("'"):
            self.note_uses(uses)
        if name not in self.quantities:
            self._folded.setdefault(name.casefold(), {})[name] = None
        self._ends.pop(name, None)
        if uses and not name.endswith("'"):
            self._ends[name] = None
        self._ancestors.clear()
        self.has_slopes = self.has_slopes or "/" in name
        if rank is None:
            rank = self.rank_of(tree) if tree else 0
        self.lists.pop(name, None)
        if rank:
            self.lists[name] = None
        quantity = SheetQuantity(tree, line, rank, uses=uses)
        self.quantities[name] = quantity
        return quantity

    def note_uses(self, used: Iterable[str]) -> None:
        """Note that a formula uses these names, so that none of them is a loss."""
        for name in used:
            if name in self.quantities:
                self.quantities[name].was_used = True
                self._ends.pop(name, None)

    def forget(self, name: str) -> list[str]:
        """Forget a quantity and those that depend on it, and return their names."""
        self.stated.pop(name, None)
        if name not in self.quantities:
            return []
        users: dict[str, list[str]] = {}
        for other, quantity in self.quantities.items():
            for used in quantity.uses:
                users.setdefault(used, []).append(other)
        gone = [name]
        for lost in gone:  # the list grows during the loop
            gone += users.pop(lost, ())
        gone = list(dict.fromkeys(gone))
        for other in gone:
            del self.quantities[other]
            self.stated.pop(other, None)
            self._losses.pop(other, None)
            self._folded[other.casefold()].pop(other, None)
            self.lists.pop(other, None)
            self._ends.pop(other, None)
        self.numbers.forget(gone)
        self._ancestors.clear()
        return gone

    def rank_of(self, tree: Tree) -> int:
        """Return 0 if the value of a tree is a number, 1 for a vector and 2 for a matrix."""
        return rank_of(tree, self.rank_of_name)

    def rank_of_name(self, name: str) -> int:
        known = self.quantities.get(name)
        return known.rank if known else 0

    def undefined(self, tree: Tree) -> list[str]:
        """Return the names in a tree that are not defined.

        Constants are left out, unless the sheet gives e or π a value of its own. So are variables
        of functions, which begin with ·.
        """
        return [
            name
            for name in names_in(tree)
            if name not in self.quantities
            and (name not in CONSTANTS or name in self.targets)
            and not name.startswith("·")
        ]
