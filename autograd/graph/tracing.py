"""`trace` lists every step of the forward sweep and of the backward sweep, in order."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from ..encoding import encodable
from ..engine.collector import collector_paused
from .formulas import Writer
from .graph import Graph, Output
from .step_text import backward_latex, backward_row, forward_latex, forward_row
from .steps import Step, backward_steps, forward_steps
from .wording import LATEX, aligned

_SHOWN_OUTPUTS = 4  # the number of outputs whose initial gradient of 1 is printed
_MOST_SHOWN = 1000  # the `repr` of a trace with more steps is one line


@dataclass(frozen=True, repr=False)
class Trace(Sequence[Step]):
    """The steps of both sweeps over a graph. It can be indexed, iterated and printed.

    A node is computed after its parents. It passes its gradient on, edge by edge, after all its
    children have contributed to it. Edges to constants are left out, because the gradient of a
    plain number is not used.

    Attributes:
        graph: the graph that was traced.
        steps: the forward steps, then the backward steps.

    >>> from autograd import Value
    >>> print(trace(Value(3.0, "x") * 2))  # doctest: +ELLIPSIS
    Forward: each number from its parents
      v2  = x·2  = 3·2  = 6
    <BLANKLINE>
    Backward: ∂v2/∂v2 = 1, then edge by edge, ...
      x ← v2  ∂v2/∂v2 · 2  = (1)(2)  = 2  ∂v2/∂x: 2
    """

    graph: Graph
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Step, ...]: ...
    def __getitem__(self, index: int | slice) -> Step | tuple[Step, ...]:
        return self.steps[index]

    @property
    def forward(self) -> tuple[Step, ...]:
        """The steps that compute numbers, one for each node that is not a leaf."""
        return tuple(step for step in self.steps if step.kind == "forward")

    @property
    def backward(self) -> tuple[Step, ...]:
        """The steps that pass gradients on, one for each edge."""
        return tuple(step for step in self.steps if step.kind == "backward")

    @encodable
    def __str__(self) -> str:
        with collector_paused():
            return self._write()

    def _write(self) -> str:
        writer = Writer(self.graph)
        starts = ", ".join(f"{writer.gradient(k)} = 1" for k in self.graph.outputs[:_SHOWN_OUTPUTS])
        return "\n".join(
            [
                "Forward: each number from its parents",
                *aligned([forward_row(writer, step) for step in self.forward]),
                "",
                f"Backward: {starts}, then edge by edge, "
                "upstream × local derivative added to the parent's total",
                *aligned([backward_row(writer, step) for step in self.backward]),
            ]
        )

    def __repr__(self) -> str:
        if len(self.steps) <= _MOST_SHOWN:
            return str(self)
        forward, output = len(self.forward), Writer(self.graph).output
        return (
            f"<Trace of {output}: {forward:,} forward and {len(self) - forward:,} backward steps; "
            "print it to see them>"
        )

    @property
    def latex(self) -> str:
        """Both sweeps in LaTeX, one line for each step, to be put between ``$$`` and ``$$``."""
        writer = Writer(self.graph, LATEX)
        forward = [forward_latex(writer, step) for step in self.forward]
        backward = [backward_latex(writer, step) for step in self.backward]
        return "\\begin{aligned}\n" + " \\\\\n".join(forward + backward) + "\n\\end{aligned}"

    def _repr_html_(self) -> str:
        writer = Writer(self.graph)
        # The last cell, the line of code, is left out.
        forward = [forward_row(writer, step)[:4] for step in self.forward]
        backward = [backward_row(writer, step) for step in self.backward]
        return (
            "<b>Forward</b>"
            + _html_table(["node", "formula", "numbers", "value"], forward)
            + "<b>Backward</b>"
            + _html_table(
                ["edge", "upstream × local", "numbers", "contribution", "total"], backward
            )
        )


def trace(output: Output | Graph) -> Trace:
    """Return every step that computes `output` and its gradients, in order.

    If there are several outputs, the backward steps give the gradients of their sum.

    Raises:
        TypeError: `output` is neither a Value, several Values nor a Graph.

    >>> from autograd import Value
    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.label = "y"
    >>> [(step.kind, step.contribution, step.after) for step in trace(y)]
    [('forward', 0.0, 9.0), ('backward', 3.0, 3.0), ('backward', 3.0, 6.0)]
    """
    graph = Graph.of(output)
    with collector_paused():
        return Trace(graph, (*forward_steps(graph), *backward_steps(graph)))


def _html_table(headings: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th style='text-align:left'>{cell}</th>" for cell in headings)
    body = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
