"""`Graph`: one frozen, checked snapshot of a recorded computation, which every reader reads."""

from __future__ import annotations

import json
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

from ..engine.number import real_number
from ..engine.operation import Op, op_named
from ..engine.ops import CONSTANT, LEAF
from ..engine.second_order import VALUES
from ..engine.topological import all_nodes
from ..engine.value import Value, constant, record

FORMAT = 1  # of the JSON text; raised when old readers could misread it


@dataclass(frozen=True, slots=True)
class Node:
    """One number of the computation: where it stands, how it was made, and of what."""

    index: int
    op: Op
    parents: tuple[int, ...]
    partials: tuple[float, ...]
    data: float
    label: str = ""

    @property
    def name(self) -> str:
        """The label, or v and the node's number for those without one."""
        return self.label or f"v{self.index}"

    @property
    def is_leaf(self) -> bool:
        """Whether the number was given, not computed: a leaf you made or a constant."""
        return not self.parents


class Edge(NamedTuple):
    """One use of a parent by a child: ∂child/∂parent through the child's operand number `slot`."""

    child: int
    parent: int
    slot: int
    partial: float


class GraphError(ValueError):
    """A graph contradicts itself: it was changed after it was recorded, or its text was."""


@dataclass(frozen=True)
class Graph:
    """A recorded computation as numbered nodes in topological order, the output last.

    Immutable, and checked when it is made: every node's number and partials are those that its
    operation gives for its parents' numbers. `swept` says whether `backward` had been called when
    the snapshot was taken.

    Raises:
        GraphError: the nodes contradict each other; the message names the first that does.

    >>> x = Value(3.0, label="x")
    >>> graph = Graph.of(x * x)
    >>> [(node.name, node.op.name, node.data) for node in graph.nodes]
    [('x', 'leaf', 3.0), ('v1', 'mul', 9.0)]
    >>> graph.adjoints
    (6.0, 1.0)
    """

    nodes: tuple[Node, ...]
    swept: bool = False

    def __post_init__(self) -> None:
        if not self.nodes:
            raise GraphError("a graph has at least one node")
        for index, node in enumerate(self.nodes):
            _check(index, node, self.nodes)

    @classmethod
    def of(cls, output: Value | Graph) -> Graph:
        """Return the snapshot of everything `output` was computed from; of a graph, itself.

        Raises:
            TypeError: `output` is neither a Value nor a Graph.
            GraphError: data was changed since the recording; record the expression again.
        """
        if isinstance(output, Graph):
            return output
        if not isinstance(output, Value):
            raise TypeError(f"expected the output, a Value, or its Graph; got {output!r}")
        return cls(_snapshot(all_nodes(output)), swept=output.grad != 0.0)

    @property
    def output(self) -> Node:
        """The last node: what was computed."""
        return self.nodes[-1]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every use of a parent by a child, children in order, operands in order."""
        return tuple(
            Edge(node.index, parent, slot, partial)
            for node in self.nodes
            for slot, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True))
        )

    @cached_property
    def adjoints(self) -> tuple[float, ...]:
        """∂output/∂node for every node: one backward sweep over the recorded partials."""
        adjoints = [0.0] * len(self.nodes)
        adjoints[-1] = 1.0
        for node in reversed(self.nodes):
            upstream = adjoints[node.index]
            if upstream != 0.0:
                for parent, partial in zip(node.parents, node.partials, strict=True):
                    adjoints[parent] += upstream * partial
        return tuple(adjoints)

    @cached_property
    def notes(self) -> dict[Hashable, Any]:
        """Room for readers to keep what they worked out, so that nothing is worked out per edge."""
        return {}

    def index(self, wanted: str | int) -> int:
        """Return the number of the node with that label, or that number.

        Raises:
            ValueError: no node, or more than one, has that label.
        """
        if not isinstance(wanted, str | int):
            raise TypeError(f"a node is meant by its label or its number; got {wanted!r}")
        if isinstance(wanted, int):
            if not -len(self.nodes) <= wanted < len(self.nodes):
                raise ValueError(
                    f"there is no node {wanted}; the graph has {len(self.nodes)} nodes"
                )
            return wanted % len(self.nodes)
        found = [node.index for node in self.nodes if wanted in (node.label, node.name)]
        if len(found) != 1:
            raise ValueError(self._unfound(wanted, len(found)))
        return found[0]

    def _unfound(self, wanted: str, count: int) -> str:
        if count:
            return f"{count} nodes are labelled {wanted!r}; give the Value itself"
        labels = [node.label for node in self.nodes if node.label]
        shown = ", ".join(labels[:12]) + (", …" if len(labels) > 12 else "")
        return f"no node is labelled {wanted!r}; the labels are: {shown or 'none'}"

    def subgraph(self, wanted: str | int) -> Graph:
        """Return the graph of one node: what it was computed from, renumbered, itself last."""
        last = self.index(wanted)
        kept = {last}
        for node in reversed(self.nodes[: last + 1]):
            if node.index in kept:
                kept.update(node.parents)
        place = {old: new for new, old in enumerate(sorted(kept))}
        nodes = (self.nodes[old] for old in sorted(kept))
        return Graph(tuple(_moved(node, place) for node in nodes), swept=self.swept)

    # --- back to Values ---------------------------------------------------------------------------

    def record(self) -> Value:
        """Record the computation anew, on new leaves with the same data, and return the output."""
        return self._replay(expand=False)

    def expand(self) -> Graph:
        """Return the graph with every composite node split: a sum of products into its ⊗ and ⊕.

        >>> from autograd import dot
        >>> graph = Graph.of(dot([Value(2.0), Value(3.0)], [Value(4.0), Value(5.0)], Value(1.0)))
        >>> [node.op.name for node in graph.expand().nodes if not node.is_leaf]
        ['mul', 'mul', 'add', 'add']
        """
        return Graph(Graph.of(self._replay(expand=True)).nodes, swept=self.swept)

    def _replay(self, *, expand: bool) -> Value:
        values: list[Value] = []
        for node in self.nodes:
            inputs = [values[parent] for parent in node.parents]
            if node.is_leaf:
                value = constant(node.data) if node.op is CONSTANT else Value(node.data)
            elif expand and node.op.composite and len(inputs) > 1:
                value = node.op.forward(VALUES, *inputs)
            else:
                value = record(node.op, inputs)
            value.label = node.label
            values.append(value)
        return values[-1]

    # --- as text ----------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the graph as JSON; `from_json` gives it back, equal to the last bit."""
        nodes = [
            [node.op.name, node.parents, node.partials, node.data, node.label]
            for node in self.nodes
        ]
        return json.dumps({"gradtrace": FORMAT, "swept": self.swept, "nodes": nodes})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the graph that `to_json` wrote.

        Raises:
            GraphError: the text is not such a graph; the message says where.
        """
        try:
            content = json.loads(text)
            if content["gradtrace"] != FORMAT:
                raise GraphError(
                    f"this graph is in format {content['gradtrace']!r}; this version reads {FORMAT}"
                )
            nodes = tuple(_node_from(index, entry) for index, entry in enumerate(content["nodes"]))
            return cls(nodes, swept=bool(content["swept"]))
        except GraphError:
            raise
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise GraphError(f"not a graph written by to_json: {error!r}") from None


def locate(output: Value | Graph, wanted: Value | str | int) -> tuple[Graph, int]:
    """Return the graph of `output` and the number of the node meant: a Value, a label or a number.

    Raises:
        TypeError: `output` or `wanted` is of another kind.
        ValueError: the node is no part of the computation, or its label is not unique.
    """
    graph = Graph.of(output)
    if not isinstance(wanted, Value):
        return graph, graph.index(wanted)
    if isinstance(output, Graph):
        raise TypeError("of a Graph, give a node by its label or its number, not by its Value")
    for index, value in enumerate(all_nodes(output)):
        if value is wanted:
            return graph, index
    raise ValueError(f"{wanted!r} is no part of the computation of {output!r}")


def _snapshot(values: list[Value]) -> tuple[Node, ...]:
    place = {value: index for index, value in enumerate(values)}
    return tuple(
        Node(k, v.op, tuple(place[p] for p in v.parents), v.partials, v.data, v.label)
        for k, v in enumerate(values)
    )


def _moved(node: Node, place: dict[int, int]) -> Node:
    parents = tuple(place[parent] for parent in node.parents)
    return Node(place[node.index], node.op, parents, node.partials, node.data, node.label)


def _node_from(index: int, entry: Any) -> Node:
    name, parents, partials, data, label = entry
    try:
        if not isinstance(label, str) or any(type(parent) is not int for parent in parents):
            raise TypeError("its label is a string, its parents are whole numbers")
        numbers = tuple(map(real_number, partials)), real_number(data)
        return Node(index, op_named(name), tuple(parents), *numbers, label)
    except (TypeError, ValueError, OverflowError) as error:
        raise GraphError(f"node {index}: {error}") from None


def _check(index: int, node: Node, nodes: tuple[Node, ...]) -> None:
    """Refuse a node that is out of place or whose numbers its operation does not give."""
    if node.index != index or any(not 0 <= parent < index for parent in node.parents):
        raise GraphError(f"node {index} ({node.name}) comes before one of its parents")
    if (node.op in (LEAF, CONSTANT)) != node.is_leaf or len(node.partials) != len(node.parents):
        raise GraphError(
            f"node {index} ({node.name}): {node.op.name} with {len(node.parents)} parents and "
            f"{len(node.partials)} partials"
        )
    inputs = [nodes[parent].data for parent in node.parents]
    if not node.is_leaf and not node.op.reproduces(node.data, node.partials, inputs):
        changed = ", ".join(dict.fromkeys(nodes[parent].name for parent in node.parents[:6]))
        raise GraphError(
            f"node {index} ({node.name}) was recorded as {node.data!r}, but {node.op.name} of its "
            f"parents ({changed}) no longer gives that: data was changed after the recording. "
            "Record the expression again before reading its graph."
        )
