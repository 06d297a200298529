"""Second names, such as z = t, that a sheet differentiates by.

Take w = y·z with y = s·t and z = t. Only the use of z counts in ∂w/∂z, but dw/dt also counts the
use of t in y. If z and t were the same node, both derivatives would be equal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from ..engine.functions import record, total
from ..engine.value import Value
from ..language.chain import Chain
from ..language.quantity import Quantity
from ..language.trees import Derivative, Name, Tree, leaves, names_in

Siblings = Mapping[str, frozenset[str]]
"""For each quantity, the names in its formula that derivatives hold fixed; see `siblings`."""


def differentiated_copies(chains: Iterable[Chain]) -> set[str]:
    """Return the second names that need a node of their own.

    In z = t, z is the second name and t the first. A copy is needed if the sheet differentiates by
    z and uses t in another formula.
    """
    first_names: dict[str, str] = {}
    uses: Counter[str] = Counter()
    variables: set[str] = set()
    for chain in chains:
        first = chain.members[0].tree
        if chain.act == "define" and isinstance(chain.target, Name) and isinstance(first, Name):
            first_names[chain.target.name] = first.name
        trees: list[Tree] = [member.tree for member in chain.formulas]
        uses.update(name for tree in trees for name in set(names_in(tree)))
        if isinstance(chain.target, Derivative):
            trees.append(chain.target)
        found = (leaf for tree in trees for leaf in leaves(tree))
        variables |= {leaf.bottom.name for leaf in found if isinstance(leaf, Derivative)}
    # One use of t is z = t itself.
    return {name for name, first in first_names.items() if name in variables and uses[first] > 1}


def recorded_again(cells: Quantity) -> Quantity:
    """Return a quantity of new nodes with the operations and parents of the old ones."""

    def again(node: Value) -> Value:
        new = record(node.op, node.parents) if node.parents else Value(node.data)
        new.label = node.label
        return new

    return cells.with_items(map(again, cells.items))


def copied(cells: Quantity) -> Quantity:
    """Return a quantity of the same numbers. Each is a new node computed from the old one."""
    return cells.with_items(total([item]) for item in cells.items)
