"""`check_own_value`: a class of scalars that a learner wrote, against `Value` on random graphs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..engine.number import shortened
from ..engine.value import Value
from ..graph.explanation import explain
from ..graph.graph import Graph

_OPERATIONS: dict[str, Callable[..., Any]] = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "-a": lambda a, _: -a,
    "a + 2": lambda a, _: a + 2,
    "2 * a": lambda a, _: 2 * a,
    "1 - a": lambda a, _: 1 - a,
    "a / (b*b + 1)": lambda a, b: a / (b * b + 1),
    "a ** 2": lambda a, _: a**2,
    "tanh": lambda a, _: a.tanh(),
    "exp": lambda a, _: (a * 0.1).exp(),
    "relu": lambda a, _: a.relu(),
}
_CLOSE = 1e-9


@dataclass(frozen=True)
class OwnValueReport:
    """What was found about a class of scalars; it prints as text.

    Attributes:
        graphs: how many random graphs were compared.
        missing: the operations that the class does not have; they were left out.
        trouble: what is wrong in the first graph that differs, or "".
    """

    graphs: int
    missing: tuple[str, ...]
    trouble: str

    @property
    def ok(self) -> bool:
        """Whether all numbers and gradients agree."""
        return not self.trouble

    def __str__(self) -> str:
        left = f"\n\nLeft out, because the class does not have them: {', '.join(self.missing)}."
        rest = left if self.missing else ""
        if self.ok:
            return f"All numbers and gradients of {self.graphs} random graphs agree.{rest}"
        return f"{self.trouble}{rest}"

    __repr__ = __str__


def check_own_value(own: Any, graphs: int = 100, seed: int = 0) -> OwnValueReport:
    """Compare a class of scalars with `Value` on random graphs, and explain the first difference.

    The class is called as ``own(2.0)`` and has `data`, `grad` and `backward`. Operations that it
    does not have are left out. The graphs use numbers several times, so that a gradient that is
    overwritten in place of accumulated is noticed.

    Args:
        own: the class.
        graphs: how many graphs to compare; the first ones are the smallest.
        seed: for the graphs.

    >>> print(check_own_value(Value))
    All numbers and gradients of 100 random graphs agree.
    """
    known = [name for name in _OPERATIONS if _has(own, name)]
    missing = tuple(name for name in _OPERATIONS if name not in known)
    if not known:
        return OwnValueReport(0, missing, "The class has no operation yet: begin with a + b.")
    for k in range(graphs):
        trouble = _compare(own, known, random.Random(f"{seed} {k}"), 1 + k // 8)
        if trouble:
            return OwnValueReport(k, missing, f"Graph {k + 1}: {trouble}")
    return OwnValueReport(graphs, missing, "")


def _has(own: Any, name: str) -> bool:
    try:
        _OPERATIONS[name](own(0.5), own(0.25))
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
    for k in range(len(ours) - 1, -1, -1):  # from the output back, as the sweep goes
        name = f"x{k + 1}" if k < len(numbers) else f"v{k + 1}"
        if not _are_close(theirs[k].data, ours[k].data):
            found = shortened(theirs[k].data)
            return f"{text}\n{name} is {ours[k].data:.6g}; your class says {found}."
        if not _are_close(theirs[k].grad, ours[k].grad):
            return f"{text}\n{_explain(ours, k, name, theirs[k].grad)}"
    return ""


def _record(nodes: list[Any], steps: list[tuple[str, float, float]]) -> tuple[list[Any], str]:
    """Return the nodes of a graph, and its lines as text."""
    leaves = ", ".join(f"x{i} = {x.data}" for i, x in enumerate(nodes, 1))
    lines = [leaves]
    for name, first, second in steps:
        a, b = int(first * len(nodes)), int(second * len(nodes))
        if name in ("a + b", "a * b") and first < 0.3:
            b = a  # a node that is used twice
        nodes.append(_OPERATIONS[name](nodes[a], nodes[b]))
        names = [f"x{k + 1}" if k < 3 else f"v{k + 1}" for k in (a, b)]
        formula = name if " " in name or name == "-a" else f"{name}(a)"
        formula = formula.replace("exp(a)", "exp(0.1·a)")
        shown = "".join({"a": names[0], "b": names[1]}.get(c, c) for c in formula)
        shown = formula if "tanh" in formula or "relu" in formula or "exp" in formula else shown
        shown = shown.replace("(a)", f"({names[0]})").replace("·a)", f"·{names[0]})")
        lines.append(f"v{len(nodes)} = {shown}")
        if isinstance(nodes[-1], Value):
            nodes[-1].label = f"v{len(nodes)}"
    return nodes, "\n".join(lines)


def _explain(ours: list[Value], k: int, name: str, found: Any) -> str:
    """Return the sentence about a wrong gradient, and how the right one is made."""
    output = f"v{len(ours)}"
    right = ours[k].grad
    start = f"∂{output}/∂{name} is {right:.6g}; your class says {shortened(found)}."
    graph = Graph.of(ours[-1])
    if name not in {node.label for node in graph.nodes}:
        return f"{start} Nothing leads from {name} to {output}."
    return f"{start}\n\n{explain(graph, name, most=3)}"


def _are_close(found: Any, right: float) -> bool:
    try:
        return math.isclose(float(found), right, rel_tol=_CLOSE, abs_tol=_CLOSE)
    except (TypeError, ValueError):
        return False
