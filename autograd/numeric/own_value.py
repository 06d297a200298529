"""`check_own_value` compares a class of scalars that a learner wrote with `Value`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..engine.number import shortened
from ..engine.value import Value
from ..graph.explanation import explain
from ..graph.graph import Graph

_CLOSE = 1e-9  # the largest difference that rounding may cause


class Trial(NamedTuple):
    """An operation of one or two numbers to try, and the text that shows it in a graph."""

    compute: Callable[..., Any]
    text: str


_TRIALS = {
    "a + b": Trial(lambda a, b: a + b, "{a} + {b}"),
    "a - b": Trial(lambda a, b: a - b, "{a} - {b}"),
    "a * b": Trial(lambda a, b: a * b, "{a} * {b}"),
    "-a": Trial(lambda a, _: -a, "-{a}"),
    "a + 2": Trial(lambda a, _: a + 2, "{a} + 2"),
    "2 * a": Trial(lambda a, _: 2 * a, "2 * {a}"),
    "1 - a": Trial(lambda a, _: 1 - a, "1 - {a}"),
    "a / (b*b + 1)": Trial(lambda a, b: a / (b * b + 1), "{a} / ({b}*{b} + 1)"),
    "a ** 2": Trial(lambda a, _: a**2, "{a} ** 2"),
    "tanh": Trial(lambda a, _: a.tanh(), "tanh({a})"),
    "exp": Trial(lambda a, _: (a * 0.1).exp(), "exp({a}*0.1)"),
    "relu": Trial(lambda a, _: a.relu(), "relu({a})"),
}


@dataclass(frozen=True)
class OwnValueReport:
    """The result of comparing a class of scalars with `Value`. It prints as text.

    Attributes:
        graphs: how many random graphs were compared.
        missing: the operations that were left out, because the class does not have them.
        trouble: what is wrong in the first graph in which something differs, or "".
    """

    graphs: int
    missing: tuple[str, ...]
    trouble: str

    @property
    def ok(self) -> bool:
        """Whether all numbers and gradients agree."""
        return not self.trouble

    def __str__(self) -> str:
        result = self.trouble or f"All numbers and gradients of {self.graphs} random graphs agree."
        left_out = f"Left out, because the class does not have them: {', '.join(self.missing)}."
        return f"{result}\n\n{left_out}" if self.missing else result

    __repr__ = __str__


def check_own_value(own: Any, graphs: int = 100, seed: int = 0) -> OwnValueReport:
    """Compare a class of scalars with `Value` on random graphs, and explain the first difference.

    The class is called as ``own(2.0)`` and has `data`, `grad` and `backward`. Operations that it
    does not have are left out. The graphs use some numbers several times. A gradient that is
    overwritten instead of accumulated is therefore found.

    Args:
        own: the class.
        graphs: how many graphs to compare. The first ones are the smallest.
        seed: the seed of the random numbers that choose the graphs.

    Raises:
        TypeError: `own` is not a class, or `graphs` is not a whole number.
        ValueError: there is no graph to compare.

    >>> print(check_own_value(Value))
    All numbers and gradients of 100 random graphs agree.
    """
    if not callable(own):
        raise TypeError(f"check_own_value takes a class that is called as Own(2.0); got {own!r}")
    if not isinstance(graphs, int):
        raise TypeError(f"graphs is a whole number; got {graphs!r}")
    if graphs < 1:
        raise ValueError(f"graphs must be 1 or more; got {graphs}")
    known = [name for name in _TRIALS if _has(own, name)]
    missing = tuple(name for name in _TRIALS if name not in known)
    if not known:
        return OwnValueReport(0, missing, "The class has no operation yet: begin with a + b.")
    for k in range(graphs):
        trouble = _compare(own, known, random.Random(f"{seed} {k}"), 1 + k // 8)
        if trouble:
            return OwnValueReport(k, missing, f"Graph {k + 1}: {trouble}")
    return OwnValueReport(graphs, missing, "")


def _has(own: Any, name: str) -> bool:
    try:
        _TRIALS[name].compute(own(0.5), own(0.25))
    except (TypeError, AttributeError, NotImplementedError):
        return False
    return True


def _compare(own: Any, names: list[str], generator: random.Random, size: int) -> str:
    """Return what differs in one random graph, or ""."""
    numbers = [round(generator.uniform(-2, 2), 1) for _ in range(3)]
    steps = [(generator.choice(names), generator.random(), generator.random()) for _ in range(size)]
    ours, text = _record([Value(x, f"x{i}") for i, x in enumerate(numbers, 1)], steps)
    try:
        theirs, _ = _record([own(x) for x in numbers], steps)
        theirs[-1].backward()
    except Exception as error:  # whatever the code of a learner raises
        return f"{text}\nraises {type(error).__name__}: {error}"
    ours[-1].backward()
    for k in range(len(ours) - 1, -1, -1):  # the order of the backward sweep
        name = f"x{k + 1}" if k < len(numbers) else f"v{k + 1}"
        if not _are_close(theirs[k].data, ours[k].data):
            found = shortened(theirs[k].data)
            return f"{text}\n{name} is {ours[k].data:.6g}; your class says {found}."
        if not _are_close(theirs[k].grad, ours[k].grad):
            return f"{text}\n{_explain(ours, k, name, theirs[k].grad)}"
    return ""


def _record(nodes: list[Any], steps: list[tuple[str, float, float]]) -> tuple[list[Any], str]:
    """Apply the steps to the leaves. Return all nodes, and the graph as lines of text.

    A step is the name of an operation and two fractions, which choose its operands among the nodes.
    """
    names = [f"x{k}" for k in range(1, len(nodes) + 1)]
    lines = [", ".join(f"{name} = {x.data}" for name, x in zip(names, nodes, strict=True))]
    for operation, first, second in steps:
        a, b = int(first * len(nodes)), int(second * len(nodes))
        if operation in ("a + b", "a * b") and first < 0.3:
            b = a  # a node that is used twice
        compute, text = _TRIALS[operation]
        nodes.append(compute(nodes[a], nodes[b]))
        names.append(f"v{len(nodes)}")
        lines.append(f"{names[-1]} = {text.format(a=names[a], b=names[b])}")
        if isinstance(nodes[-1], Value):
            nodes[-1].label = names[-1]
    return nodes, "\n".join(lines)


def _explain(ours: list[Value], k: int, name: str, their_gradient: Any) -> str:
    """Return the message for a wrong gradient: both numbers, and how the right one is computed."""
    output = f"v{len(ours)}"
    our_gradient = ours[k].grad
    start = f"∂{output}/∂{name} is {our_gradient:.6g}; your class says {shortened(their_gradient)}."
    graph = Graph.of(ours[-1])
    if name not in {node.label for node in graph.nodes}:
        return f"{start} Nothing leads from {name} to {output}."
    return f"{start}\n\n{explain(graph, name, most=3)}"


def _are_close(found: Any, right: float) -> bool:
    try:
        return math.isclose(float(found), right, rel_tol=_CLOSE, abs_tol=_CLOSE)
    except (TypeError, ValueError):
        return False
