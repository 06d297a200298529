"""Numbered quantities: the list y that consists of y1, y2 and y3, and rules for all t.

A rule such as h_t = tanh(w·h_{t−1}) is the formula of h1, h2 and h3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..late_pattern import compile_late
from .names import DefinedNames
from .spelling import canonical_name
from .trees import Apply, Name, Row, Tree, leaves, replace_names

_MOST_ELEMENTS = 50  # the most quantities that are read as one list
_INDEXED = compile_late(r"(.+)_([ijknt])")
_NUMBERED = compile_late(r"(.*?)_?(\d+)")
_SUMS = frozenset(("sum", "Σ", "mean"))


def list_of(name: str, trees: Sequence[Tree], names: DefinedNames) -> tuple[str, Row] | None:
    """Return y and [y1, y2, y3] for an undefined y, or for the y_i of a sum, or None.

    Every element must be a scalar. The names must be numbered from 0 or 1. The list ends before the
    first number that is missing.
    """
    found = _INDEXED.fullmatch(name)
    stem = found[1] if found else name
    if stem in names.quantities or stem in names.targets or stem[-1].isdigit():
        return None
    if found and not all(_is_summed(name, tree) for tree in trees):
        return None
    first = 0 if stem + "0" in names.quantities else 1
    elements: list[Tree] = []
    for number in range(first, first + _MOST_ELEMENTS):
        known = names.quantities.get(f"{stem}{number}")
        if known is None:
            break
        if known.rank:
            return None
        elements.append(Name(f"{stem}{number}", (), 0))
    return (stem, Row(tuple(elements), 0)) if len(elements) > 1 else None


def whole_list(target: Name, first: Tree, names: DefinedNames) -> Name:
    """Return the list p if the target is p_i and its formula is over a list z, or else the target.

    An example is p_i = exp(z_i)/Σ_j exp(z_j).
    """
    found = _INDEXED.fullmatch(target.name)
    if not found or names.knows(target.name) or found[1] in names.quantities:
        return target
    if target.index or names.rank_of(first) != 1:
        return target
    names.aliases[target.name] = found[1]
    return Name(found[1], (), target.place)


def _is_summed(name: str, tree: Tree) -> bool:
    """Whether a name stands only inside sums."""
    if isinstance(tree, Apply) and tree.head not in _SUMS:
        return all(_is_summed(name, arg) for arg in tree.args)
    if isinstance(tree, Row):
        return all(_is_summed(name, item) for item in tree.items)
    return not (isinstance(tree, Name) and tree.name == name)


def instance(rule: Tree, target: str, name: str) -> Tree | None:
    """Return the rule of h_t for h2, with x2 for x_t and h1 for h_{t−1}, or None.

    >>> instance(Name("x_t-1", (), 0), "h_t", "h2")
    Name(name='x1', index=(), place=0)
    """
    general, numbered = _INDEXED.fullmatch(target), _NUMBERED.fullmatch(name)
    if not general or not numbered or general[1] != numbered[1]:
        return None
    index = re.compile(rf"(.+)_{general[2]}(?:([-+])(\d))?")
    meanings = {}
    for leaf in leaves(rule):
        found = index.fullmatch(leaf.name) if isinstance(leaf, Name) else None
        if found and isinstance(leaf, Name):
            shift = int((found[2] or "+") + (found[3] or "0"))
            meanings[leaf.name] = Name(
                canonical_name(f"{found[1]}_{int(numbered[2]) + shift}"), (), leaf.place
            )
    return replace_names(rule, meanings)
