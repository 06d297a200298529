"""The edits that slips consist of: changes of values, local derivatives and gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Compute, Edit, Gather, Local, Numbers
from ..segment import Segment, Use
from ..structure import Term


def change_local(nodes: Iterable[Value], change: Local, what: str = "") -> Edit:
    """Return the edit that changes the local derivatives of these nodes only."""
    chosen = set(nodes)
    return Edit(
        local=lambda numbers, node, slot, right, up: (
            change(numbers, node, slot, right, up) if node in chosen else right
        ),
        what=what,
    )


def change_edges(
    edges: Iterable[Use], change: Callable[[Numbers, float], float], what: str = ""
) -> Edit:
    """Return the edit that changes the local derivatives of these edges, (child, slot)."""
    chosen = set(edges)
    return Edit(
        local=lambda numbers, child, slot, right, up: (
            change(numbers, right) if (child, slot) in chosen else right
        ),
        what=what,
    )


def change_value(nodes: Iterable[Value], change: Compute, what: str = "") -> Edit:
    """Return the edit that changes what these nodes compute."""
    chosen = set(nodes)
    return Edit(
        compute=lambda numbers, node, x, right: (
            change(numbers, node, x, right) if node in chosen else right
        ),
        what=what,
    )


def change_result(segment: Segment, change: Callable[[float], float], what: str = "") -> Edit:
    """Return the edit that changes the correct number itself."""
    if not segment.is_gradient:
        return change_value([segment.node], lambda numbers, node, x, right: change(right), what)
    return change_gradient([segment.node], lambda numbers, node, parts, right: change(right), what)


def change_gradient(nodes: Iterable[Value], change: Gather, what: str = "") -> Edit:
    """Return the edit that changes the gradients of these nodes, even written ones."""
    chosen = set(nodes)
    return Edit(
        gather=lambda numbers, node, parts, right: (
            change(numbers, node, parts, right) if node in chosen else right
        ),
        what=what,
    )


def scale(nodes: Iterable[Value], factor: float, what: str = "") -> Edit:
    """Return the edit that multiplies what these nodes compute, and their slopes, by a factor."""
    return change_node(
        nodes,
        value=lambda numbers, node, x, right: factor * right,
        slope=lambda numbers, node, slot, right, up: factor * right,
        what=what,
    )


def misread(
    others: Mapping[Value, Callable[[Numbers], float]], what: str = "", *, only: Use | None = None
) -> Edit:
    """Return the edit that reads other numbers for some nodes, in values and in local derivatives.

    With `only`, they are misread in this use, (child, slot), alone.
    """

    def is_misread(child: Value, slot: int) -> bool:
        return child.parents[slot] in others and (only is None or only == (child, slot))

    def read(numbers: Numbers, node: Value, inputs: Sequence[float]) -> list[float]:
        return [
            others[node.parents[k]](numbers) if is_misread(node, k) else x
            for k, x in enumerate(inputs)
        ]

    def compute(numbers: Numbers, node: Value, inputs: list[float], right: float) -> float:
        if not any(is_misread(node, k) for k in range(len(inputs))):
            return right
        return float(node.op.forward(FLOATS, *read(numbers, node, inputs)))

    def local(numbers: Numbers, child: Value, slot: int, partial: float, upstream: float) -> float:
        if not any(is_misread(child, k) for k in range(len(child.parents))):
            return partial
        inputs = read(numbers, child, [numbers.data(parent) for parent in child.parents])
        return float(child.op.partials(FLOATS, numbers.data(child), *inputs)[slot])

    return Edit(compute=compute, local=local, what=what)


def read_as(node: Value) -> Callable[[Numbers], float]:
    """Return the function that reads the number of a node, for `misread`."""
    return lambda numbers: numbers.data(node)


def change_node(nodes: Iterable[Value], value: Compute, slope: Local, what: str = "") -> Edit:
    """Return the edit that changes what these nodes compute and their local derivatives."""
    nodes = set(nodes)
    return Edit(change_value(nodes, value).compute, change_local(nodes, slope).local, what=what)


def add_term(times: float, term: Term) -> Compute:
    """Return the change that adds a multiple of a term to a sum."""
    return lambda numbers, node, x, right: right + times * term.value(x)


def keep_operand(node: Value, slot: int, what: str = "") -> Edit:
    """Return the edit that replaces a node by its operand in a slot."""
    return change_value([node], lambda numbers, n, x, right: x[slot], what)
