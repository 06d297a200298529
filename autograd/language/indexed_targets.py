"""Targets of chains that may be elements of lists, and further targets such as K in Q = K = X."""

from __future__ import annotations

from dataclasses import replace

from .members import RawChain, equal_numbers
from .names import LOSS_NAMES
from .rounds import RoundReader
from .spelling import canonical_name
from .trees import Apply, Name, Number, Tree, leaves, names_in

_LONGEST_TARGET = 40  # characters that are searched for the index of a target such as W[1, 2]


class TargetFinder(RoundReader):
    """The part of the reader that tells W_1 of a list W from a quantity named W1."""

    def _element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return W_1 as the element W[1] of a list, or as the name of another quantity.

        It is the element if the line uses W[1] in its formula, or begins with the number that W[1]
        has, or gives a new value.
        """
        if target.index and target.name.endswith("'"):
            return self._new_element_or_name(raw, target)
        if target.index and raw.is_new:
            return target
        if target.index and target.name not in self.names.quantities:
            element = self.notation.element(target.name, target.index)
            return replace(target, name=element, index=())
        written = self.source.text[target.place : target.place + _LONGEST_TARGET]
        if not target.index or "[" in canonical_name(written.split("=")[0]):
            return target
        first = next(
            (number for member in raw.members for number in _leading_number(member.tree)), ""
        )
        old = self.names.quantities[target.name].digits.get(target.index, "")
        if equal_numbers(old, first) or any(
            _mentions(member.tree, target) for member in raw.members
        ):
            return target
        return Name(target.name + "".join(map(str, target.index)), (), target.place)

    def _new_element_or_name(self, raw: RawChain, target: Name) -> Name:
        """Return w2' as the element w'[2] of the new list w, or as a name of its own.

        It is the element if w is given and the line has the form of a step: it uses w, or it has
        only numbers. Otherwise a1' is a slope, as in a1' = a1(1 − a1).
        """
        base = target.name[:-1]
        known = self.names.quantities.get(base)
        trees = [member.tree for member in raw.members]
        is_step = all(not names_in(tree) or base in names_in(tree) for tree in trees)
        if known is None or not known.rank or (known.is_given and is_step):
            return target
        first = self.notation.first_of(base)
        digits = "".join(str(k - 1 + first) for k in target.index)
        return Name(f"{base}{digits}'", (), target.place)

    def _further_targets(self, raw: RawChain, name: str) -> list[Name]:
        """Remove the names K and V from the members of Q = K = V = X, and return them."""
        found: list[Name] = []
        while len(raw.members) > 1 and not self.names.knows(name):
            tree = raw.members[0].tree
            is_new = isinstance(tree, Name) and not tree.index and not self.names.knows(tree.name)
            if not is_new or raw.members[1].joiner != "=":
                break
            assert isinstance(tree, Name)
            if tree.name.casefold() in LOSS_NAMES and self.names.find_alias(tree.name):
                break
            found.append(tree)
            raw.members = raw.members[1:]
        return found


def _leading_number(tree: Tree) -> list[str]:
    while isinstance(tree, Apply) and tree.args:
        tree = tree.args[0]
    return [tree.text] if isinstance(tree, Number) else []


def _mentions(tree: Tree, target: Name) -> bool:
    return any(
        isinstance(leaf, Name) and (leaf.name, leaf.index) == (target.name, target.index)
        for leaf in leaves(tree)
    )
