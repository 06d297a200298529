"""What a program computes: a graph, its inputs and parameters, and the plans for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..engine.arrays import as_floats
from ..engine.number import check_list
from ..engine.ops import CONSTANT, LEAF
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..graph.graph import Graph
from ..graph.guards import Guard
from .fuse import fuse
from .instructions import Array
from .planner import Planner


@dataclass(frozen=True, eq=False)
class Computation:
    """A graph that is ready to be run over a batch.

    Attributes:
        graph: the graph of the output.
        inputs: the leaves that vary by example.
        parameters: the other leaves, in the order of their rows.
        input_nodes: the nodes of the inputs in the graph.
        parameter_nodes: the nodes of the parameters in the graph.
        kept: how many Values are kept besides the output.
        guarded: the nodes that guards compare.
        planner: the plans. Their roots are the output, the kept nodes and the guarded nodes.
    """

    graph: Graph
    inputs: list[Value]
    parameters: list[Value]
    input_nodes: list[int]
    parameter_nodes: list[int]
    kept: int
    guarded: list[int]
    planner: Planner

    def input_name(self, i: int) -> str:
        """Return the name of input i in messages."""
        return self.inputs[i].label or f"input {i}"

    def describe_unused(self) -> str:
        """Return a note that names the inputs on which nothing depends. Their gradients are 0."""
        unused = [i for i, term in enumerate(self.planner.inputs) if term is None]
        names = ", ".join(map(self.input_name, unused[:6]))
        more = ", …" if len(unused) > 6 else ""
        return f" (the output does not depend on {names}{more})" if unused else ""


def read_computation(
    output: Value,
    inputs: Sequence[Value],
    keep: Sequence[Value] = (),
    compared: Sequence[Value] = (),
) -> Computation:
    """Return the computation of an output.

    `compared` are leaves that guards compare. The output need not depend on them.

    Raises:
        TypeError: the output or an input is not a Value.
        ValueError: the inputs are not different leaves, or the output does not depend on a Value
            to keep.
    """
    _check_output(output)
    _check_inputs(inputs)
    check_list("compile: keep", keep)
    nodes, graph = _snapshot(output, [*inputs, *compared])
    node_of = {value: k for k, value in enumerate(nodes)}
    input_nodes = [node_of[value] for value in inputs]
    kept = [_find(value, node_of) for value in keep]
    guarded = sorted({k for guard in graph.guards for k in guard.operands})
    terms, roots = fuse(graph, frozenset(input_nodes), [*kept, *guarded])
    term_of = {term.node: k for k, term in enumerate(terms)}
    guards = _guards_of_terms(graph.guards, dict(zip(guarded, roots[len(kept) + 1 :], strict=True)))
    planner = Planner(terms, [term_of.get(k) for k in input_nodes], roots, guards)
    learned = [terms[k].node for k in planner.parameters]
    parameters = [nodes[k] for k in learned]
    return Computation(
        graph, list(inputs), parameters, input_nodes, learned, len(kept), guarded, planner
    )


def _check_output(output: Value) -> None:
    if not isinstance(output, Value):
        Graph.of(output)  # this raises an error, except for several Values
        raise TypeError(
            "compile takes one output, a Value. Pass the sum of several, and the several as keep=…"
        )


def _check_inputs(inputs: Sequence[Value]) -> None:
    check_list("compile: inputs", inputs)
    if not len(inputs):
        raise ValueError("compile: inputs is empty; name the leaves that vary by example")
    for k, value in enumerate(inputs):
        if not isinstance(value, Value):
            raise TypeError(f"compile: inputs are Values; number {k} is {value!r}")
        if value.op is not LEAF:
            kind = "computed" if value.parents else "a constant"
            raise ValueError(f"compile: {value!r} is {kind}, not a leaf; an input must be a leaf")
    if len(set(inputs)) != len(inputs):
        raise ValueError("compile: an input is named twice")


def _snapshot(output: Value, leaves: Sequence[Value]) -> tuple[list[Value], Graph]:
    """Return the nodes and the graph of the output, with other leaves that guards may compare.

    A leaf on which only guards depend becomes a constant, because it has no gradient.
    """
    nodes, graph = all_nodes(output, *leaves), Graph.of(output, leaves)
    compared = graph.nodes[len(nodes) :]
    if any(node.op is LEAF for node in compared):
        fixed = (node._replace(op=CONSTANT) if node.op is LEAF else node for node in compared)
        graph = replace(graph, nodes=(*graph.nodes[: len(nodes)], *fixed))
    return nodes, graph


def _find(value: Value, node_of: Mapping[Value, int]) -> int:
    if not isinstance(value, Value):
        raise TypeError(f"compile: keep holds Values; got {value!r}")
    if value not in node_of:
        raise ValueError(f"compile: {value!r} is not part of what the output was computed from")
    return node_of[value]


def _guards_of_terms(
    guards: Sequence[Guard], term_of: Mapping[int, int]
) -> list[tuple[int, str, int | float, bool]]:
    """Return the guards with terms in place of nodes."""
    return [
        (
            term_of[guard.left],
            guard.relation,
            guard.bound if guard.right is None else term_of[guard.right],
            guard.outcome,
        )
        for guard in guards
    ]


def read_columns(columns: ArrayLike, count: int, dtype: np.dtype[Any]) -> Array:
    """Return the columns of `count` inputs as an array, or explain what is wrong with them."""
    if type(columns) is np.ndarray and columns.dtype == dtype:  # the fast and usual case
        array: Array = columns
    else:
        array = as_floats(columns, "columns", dtype)
    if array.ndim != 2 or array.shape[0] != count or not array.shape[1]:
        raise wrong_columns(array.shape, count)
    return array


def wrong_columns(shape: tuple[int, ...], count: int) -> ValueError:
    """Return the error for columns that have not the shape (count, batch), or no example."""
    is_transposed = len(shape) == 2 and shape[1] == count and shape[0]
    hint = "; it seems transposed: pass columns.T" if is_transposed else ""
    return ValueError(
        f"columns must have shape (inputs, batch) = ({count}, at least 1); got {shape}{hint}"
    )


def read_float_type(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the type of the numbers, which must be floats to have gradients."""
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise TypeError(f"compile: dtype is a type of floats, such as np.float32; got {dtype!r}")
    return found
