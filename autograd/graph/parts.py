"""`Node` and `Edge`, the parts of a graph, and the check that a node is consistent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..engine.operation import Op
from ..engine.ops import CONSTANT, LEAF
from ..engine.source_line import SourceLine

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_GIVEN = (LEAF, CONSTANT)  # operations of nodes whose data was given, not computed


class Node(NamedTuple):
    """One number of a recorded computation.

    A node is a named tuple, because a large graph has many nodes and tuples are small.

    Attributes:
        index: its place in `Graph.nodes`.
        op: the operation that computed it; `LEAF` or `CONSTANT` if it was given.
        parents: the indices of its operands, in order and with repeats.
        partials: ∂node/∂parent for each of `parents`.
        data: the number.
        label: its name, or "".
        block: the names of the blocks that it is in, outermost first.
        line: the line of code that made it, or None if that was not recorded.

    >>> from autograd import Graph, Value
    >>> node = Graph.of(Value(3.0, "x") * 2).output
    >>> node.name, node.op.name, node.parents, node.partials, node.data
    ('v2', 'mul', (0, 1), (2.0, 3.0), 6.0)
    """

    index: int  # type: ignore[assignment]  # hides the method `tuple.index`
    op: Op
    parents: tuple[int, ...]
    partials: tuple[float, ...]
    data: float
    label: str = ""
    block: tuple[str, ...] = ()
    line: SourceLine | None = None

    @property
    def name(self) -> str:
        """The label; for a node without one, "v" and its index."""
        return self.label or f"v{self.index}"

    @property
    def code(self) -> str:
        """The place and the text of the line of code that made it, or ""."""
        return f"{self.line.place}  {self.line.text}".rstrip() if self.line else ""

    @property
    def is_leaf(self) -> bool:
        """Whether the number was given rather than computed: a leaf or a constant."""
        return not self.parents

    def renumbered(self, indices: Mapping[int, int]) -> Node:
        """Return a copy with new indices. `indices` maps each old index to the new one."""
        parents = tuple(indices[parent] for parent in self.parents)
        return self._replace(index=indices[self.index], parents=parents)


def distinct_names(nodes: Sequence[Node]) -> list[str]:
    """Return the name of every node. Leaves with the same label are numbered: w₁, w₂, …"""
    names = [node.name for node in nodes]
    leaves = [node for node in nodes if node.is_leaf and node.label]
    counts = Counter(node.label for node in leaves)
    if len(counts) == len(leaves):
        return names
    numbers: Counter[str] = Counter()
    for node in leaves:
        if counts[node.label] > 1:
            numbers[node.label] += 1
            names[node.index] += str(numbers[node.label]).translate(_SUBSCRIPTS)
    return names


class Edge(NamedTuple):
    """One use of a parent by a child.

    `slot` is the parent's position among the child's operands, and `partial` is ∂child/∂parent
    through that operand.

    >>> from autograd import Graph, Value
    >>> x = Value(3.0, "x")
    >>> Graph.of(x * x).edges[1]
    Edge(child=1, parent=0, slot=1, partial=3.0)
    """

    child: int
    parent: int
    slot: int
    partial: float


class GraphError(ValueError):
    """A graph is inconsistent, because data was changed after it was recorded or stored."""


def check_nodes(nodes: Sequence[Node]) -> None:
    """Refuse a node that is out of order, or whose operation does not give its numbers."""
    numbers = [node.data for node in nodes]
    for index, node in enumerate(nodes):
        own_index, op, parents, partials, data, *_ = node  # faster than reading the attributes
        if parents:
            is_right = (
                own_index == index
                and min(parents) >= 0
                and max(parents) < index
                and op not in _GIVEN
                and len(partials) == len(parents)
                and op.reproduces(data, partials, [numbers[parent] for parent in parents])
            )
        else:
            is_right = own_index == index and op in _GIVEN and not partials
        if not is_right:
            raise _explain_node(index, node, nodes)


def _explain_node(index: int, node: Node, nodes: Sequence[Node]) -> GraphError:
    """Return the error for the inconsistent node at this index."""
    parents = node.parents
    if node.index != index or (parents and not 0 <= min(parents) <= max(parents) < index):
        return GraphError(f"node {index} ({node.name}) comes before one of its parents")
    if (node.op in _GIVEN) == bool(parents) or len(node.partials) != len(parents):
        return GraphError(
            f"node {index} ({node.name}): {node.op.name} with {len(parents)} parents and "
            f"{len(node.partials)} partials"
        )
    changed = ", ".join(dict.fromkeys(nodes[parent].name for parent in parents[:6]))
    return GraphError(
        f"node {index} ({node.name}) was recorded as {node.data!r}, but {node.op.name} of its "
        f"parents ({changed}) no longer gives that: data was changed after the recording. "
        "Record the expression again before reading its graph."
    )
