"""The neurons of a sheet are put into blocks, as those of `nn` are.

A neuron is a weighted sum with its activation. It is recognized by its operations, whatever the
sheet calls it.
"""

from __future__ import annotations

from collections.abc import Container

from ..engine.note import with_block
from ..engine.ops import ADD, DOT
from ..engine.value import Value
from ..language.quantity import Quantity


class Layers:
    """Numbers the layers of a sheet, and puts their neurons into blocks."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # the number of each layer, by the name of its sums

    def place(self, name: str, cells: Quantity, named: Container[Value]) -> None:
        """Put each number that is a neuron, or the activation of one, into its block.

        `named` holds the numbers that got names before. Their blocks do not change.
        """
        for number, cell in enumerate(cells.items if len(cells.shape) < 2 else (), start=1):
            chain = _chain(cell, named)
            last = chain[-1]
            # The activation of a named sum joins the block of the sum.
            path = () if last is cell else last.block
            if last is cell or last not in named:
                if not _is_neuron(last):
                    continue
                layer = self._numbers.setdefault(name, len(self._numbers) + 1)
                path = (f"layer {layer}", f"neuron {number}")
            for node in chain if path else ():
                node.note = with_block(node.note, path)


def _chain(cell: Value, named: Container[Value]) -> list[Value]:
    """Return a number, what its activation is applied to, and what its bias is added to.

    The chain ends at a named number.
    """
    chain = [cell]
    while chain[-1] is cell or chain[-1] not in named:
        op = chain[-1].op
        if not (op.activation or op is ADD):
            break
        computed = [parent for parent in chain[-1].parents if parent.parents]
        if len(computed) != 1:
            break
        chain += computed
    return chain


def _is_neuron(node: Value) -> bool:
    """Whether a node is a sum of products whose first or second factors are all leaves.

    These are the weights. A sum of squares is not a neuron.
    """
    if node.op is not DOT:
        return False
    half = len(node.parents) // 2
    sides = node.parents[:half], node.parents[half : 2 * half]
    has_weights = any(not any(x.parents for x in side) for side in sides)
    return has_weights and sides[0] != sides[1]
