"""`Graph`: a frozen, checked snapshot of a recorded computation, which every view reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from ..encoding import encodable
from ..engine.number import check_list
from ..engine.value import Value
from .guards import Guard
from .lookup import find_node
from .parts import Edge, GraphError, Node, check_nodes, distinct_names
from .rerecording import attach_guards, check_leaves, record_again
from .serialization import read_graph, write_graph
from .snapshot import Output as Output  # ``as`` marks it as exported from here too
from .snapshot import collect_outputs, take_snapshot
from .subgraph import find_ancestors, take_subgraph
from .sweep import sweep_back


@dataclass(frozen=True, repr=False)
class Graph:
    """A recorded computation as numbered nodes in topological order.

    A graph is immutable. When it is constructed, every node is checked. The operation of a node
    must give its data and its partials for the data of its parents.

    Attributes:
        nodes: every number of the computation, parents before their children.
        swept: whether `backward` had been called on every output when the snapshot was taken.
        outputs: the indices of the outputs. By default, the last node is the output.
        guards: the comparisons that decided which branch was recorded. A guard compares nodes.
            Nodes that only guards use are at the end of `nodes`, so that a graph with such nodes
            needs `outputs`.

    Raises:
        GraphError: the nodes contradict each other; the message names the first one that does.

    >>> x = Value(3.0, label="x")
    >>> graph = Graph.of(x * x)
    >>> [(node.name, node.op.name, node.data) for node in graph.nodes]
    [('x', 'leaf', 3.0), ('v1', 'mul', 9.0)]
    >>> graph.adjoints
    (6.0, 1.0)
    """

    nodes: tuple[Node, ...]
    swept: bool = False
    outputs: tuple[int, ...] = ()
    guards: tuple[Guard, ...] = ()

    def __post_init__(self) -> None:
        if not self.nodes:
            raise GraphError("a graph has at least one node")
        if not self.outputs:
            object.__setattr__(self, "outputs", (len(self.nodes) - 1,))
        if any(not 0 <= output < len(self.nodes) for output in self.outputs):
            raise GraphError(
                f"the outputs {self.outputs} are not all among the {len(self.nodes)} nodes"
            )
        check_nodes(self.nodes)

    @classmethod
    def of(cls, output: Output | Graph, inputs: Iterable[Value] = ()) -> Graph:
        """Return the snapshot of everything that `output` was computed from.

        Args:
            output: a Value; several Values, for which one common graph is made; or a Graph, which
                is returned as it is.
            inputs: Values that belong to the graph even if the output does not depend on them. For
                example, ``a if t > 0 else b`` records the guard t > 0. The graph has this guard
                only if it contains t. It has a guard such as x - t > 0 if it contains x or t.

        Raises:
            TypeError: `output` is something else; the message says what to write.
            GraphError: data was changed since the recording; record the expression again.

        >>> x = Value(3.0, label="x")
        >>> Graph.of([x * x, x + 1]).outputs
        (1, 3)
        """
        if isinstance(output, Graph):
            return output
        outputs = collect_outputs(output)
        check_list("inputs", inputs)
        listed = list(inputs)
        return cls(*take_snapshot(outputs, collect_outputs(listed) if listed else []))

    @encodable
    def __repr__(self) -> str:
        names = [self.nodes[output].name for output in self.outputs]
        shown = ", ".join(names if len(names) <= 4 else [*names[:2], "…", names[-1]])
        edges = sum(len(node.parents) for node in self.nodes)
        return f"<Graph of {shown}: {len(self.nodes):,} nodes, {edges:,} edges>"

    @property
    def output(self) -> Node:
        """The node of the only output.

        Raises:
            ValueError: the graph has several outputs.
        """
        if len(self.outputs) > 1:
            names = ", ".join(self.nodes[output].name for output in self.outputs[:6])
            raise ValueError(
                f"this graph has {len(self.outputs)} outputs ({names}): take one of graph.outputs, "
                "or graph.subgraph(…) of one of them"
            )
        return self.nodes[self.outputs[0]]

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Every use of a parent by a child, ordered by child and then by operand."""
        return tuple(
            Edge(node.index, parent, slot, node.partials[slot])
            for node in self.nodes
            for slot, parent in enumerate(node.parents)
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A distinct name for every node. Leaves with the same label are numbered: w₁, w₂, …"""
        return tuple(distinct_names(self.nodes))

    @cached_property
    def needed(self) -> frozenset[int]:
        """The indices of the nodes that the outputs depend on, the outputs included."""
        return find_ancestors(self.nodes, self.outputs)

    @cached_property
    def seeds(self) -> tuple[float, ...]:
        """The adjoints with which the backward sweep begins: 1 for each output, else 0."""
        seeds = [0.0] * len(self.nodes)
        for output in self.outputs:
            seeds[output] += 1.0
        return tuple(seeds)

    @cached_property
    def adjoints(self) -> tuple[float, ...]:
        """∂output/∂node for every node, or ∂(sum of the outputs)/∂node if there are several."""
        return tuple(sweep_back(self.nodes, self.seeds))

    def violated(self, numbers: Sequence[float]) -> tuple[Guard, ...]:
        """Return the guards that do not hold when the nodes have these numbers.

        The method `explain` of such a guard returns the message to show.

        Args:
            numbers: one number for each node.

        Raises:
            ValueError: there are more or fewer numbers than nodes.

        >>> x = Value(2.0, label="x")
        >>> graph = Graph.of(x * 3 if x > 0 else x)
        >>> [guard.text for guard in graph.violated([-1.0, 3.0, -3.0])]
        ['x > 0']
        """
        if len(numbers) != len(self.nodes):
            raise ValueError(
                f"give one number for each of the {len(self.nodes)} nodes; got {len(numbers)}"
            )
        return tuple(guard for guard in self.guards if not guard.holds(numbers))

    def index(self, wanted: str | int) -> int:
        """Return the index of a node, given by a name or by the index itself.

        The name is a label, or the name of a node without a label, such as "v1". A negative index
        counts from the end.

        Raises:
            TypeError: `wanted` is neither a label nor an index.
            ValueError: no node, or more than one, has that label, or there is no such index.
        """
        return find_node(self.nodes, wanted)

    def subgraph(self, wanted: str | int) -> Graph:
        """Return the graph whose output is this node, with all nodes that it was computed from.

        A guard is kept if it compares a number that was computed from leaves among these nodes. The
        nodes of this guard are kept too, and they may connect further guards.
        """
        return Graph(*take_subgraph(self.nodes, self.guards, self.swept, self.index(wanted)))

    # --- back to Values ---------------------------------------------------------------------------

    def record(self, leaves: Mapping[int, Value] | None = None) -> Value:
        """Record the computation again and return the output.

        Args:
            leaves: Values to use in place of leaves, by the indices of the leaves. The other leaves
                are recorded again with the same data.

        Raises:
            TypeError: `leaves` is not a mapping of indices to Values.
            ValueError: an index is not that of a leaf, the graph has several outputs, an operation
                has no result for the data, or a guard does not hold for it.

        >>> x = Value(3.0, label="x")
        >>> Graph.of(x * x).record({0: Value(5.0)}).data
        25.0
        """
        leaves = {} if leaves is None else leaves
        check_leaves(self.nodes, leaves)
        values = self._record_again(leaves, expand=False)
        for guard in self.violated([value.data for value in values]):
            raise ValueError(guard.explain())
        return values[self.output.index]

    def expand(self) -> Graph:
        """Return the graph with composite nodes split, such as a sum of products into mul and add.

        >>> from autograd import dot
        >>> graph = Graph.of(dot([Value(2.0), Value(3.0)], [Value(4.0), Value(5.0)], Value(1.0)))
        >>> [node.op.name for node in graph.expand().nodes if not node.is_leaf]
        ['mul', 'mul', 'add', 'add']
        """
        values = self._record_again({}, expand=True)
        expanded = Graph.of([values[output] for output in self.outputs])
        return replace(expanded, swept=self.swept)

    def _record_again(self, leaves: Mapping[int, Value], *, expand: bool) -> list[Value]:
        values = record_again(self.nodes, leaves, expand=expand)
        # The guards are stored in the notes of the outputs. The note of a given leaf is not
        # changed, because the leaf may be part of other computations.
        outputs = [values[output] for output in self.outputs if output not in leaves]
        attach_guards(self.guards, values, outputs)
        return values

    # --- as text ----------------------------------------------------------------------------------

    def to_json(self) -> str:
        """Return the graph as JSON text, from which `from_json` makes exactly the same graph."""
        return write_graph(self.nodes, self.swept, self.outputs, self.guards)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the graph that `to_json` wrote.

        Raises:
            GraphError: the text is not such a graph; the message says where.
        """
        return cls(*read_graph(text))
