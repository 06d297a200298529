"""`trace` lists every step of the forward sweep and of the backward sweep, in order."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from ..encoding import encodable
from ..engine.adjoints import accumulate
from ..engine.collector import collector_paused
from ..engine.ops import CONSTANT
from .formulas import Writer
from .graph import Graph, Output
from .latex_names import name_latex
from .parts import Edge
from .wording import LATEX, aligned, factors_in_numbers, latex_number, number_text

_MOST_STARTS = 4  # outputs whose initial gradient of 1 is printed
_MOST_SHOWN = 1000  # the `repr` of a trace with more steps is one line


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """One step of a sweep. Nodes are given by their indices in the graph.

    A forward step computes `child`, whose number is `after`. Its `parent` and `slot` are None, and
    its other numbers are 0.

    A backward step passes a gradient along one edge, from `child` to `parent` at operand number
    `slot`. The contribution is upstream × local, and the parent's gradient grows from `before` to
    `after`.

    >>> from autograd import Value
    >>> trace(Value(3.0, "x") * 2)[1]
    <Step backward: node 2 → node 0, operand 0: (1)(2) = 2, total 2>
    """

    kind: Literal["forward", "backward"]
    child: int
    parent: int | None
    slot: int | None
    upstream: float
    local: float
    contribution: float
    before: float
    after: float

    @encodable
    def __repr__(self) -> str:
        if self.kind == "forward":
            return f"<Step forward: node {self.child} = {number_text(self.after)}>"
        return (
            f"<Step backward: node {self.child} → node {self.parent}, operand {self.slot}: "
            f"{factors_in_numbers((self.upstream, self.local))} = "
            f"{number_text(self.contribution)}, total {number_text(self.after)}>"
        )


@dataclass(frozen=True, repr=False)
class Trace(Sequence[Step]):
    """The steps of both sweeps over a graph. It can be indexed, iterated and printed.

    A node is computed after its parents. It passes its gradient on after all its children have
    contributed to it, along its edges one by one. Edges to constants are left out, because nobody
    asks for the gradient of a plain number.

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
        starts = ", ".join(f"{writer.gradient(k)} = 1" for k in self.graph.outputs[:_MOST_STARTS])
        return "\n".join(
            [
                "Forward: each number from its parents",
                *aligned([_forward_row(writer, step) for step in self.forward]),
                "",
                f"Backward: {starts}, then edge by edge, "
                "upstream × local derivative added to the parent's total",
                *aligned([_backward_row(writer, step) for step in self.backward]),
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
        forward = [_forward_latex(writer, step) for step in self.forward]
        backward = [_backward_latex(writer, step) for step in self.backward]
        return "\\begin{aligned}\n" + " \\\\\n".join(forward + backward) + "\n\\end{aligned}"

    def _repr_html_(self) -> str:
        writer = Writer(self.graph)
        forward = [_forward_row(writer, step)[:4] for step in self.forward]
        backward = [_backward_row(writer, step) for step in self.backward]
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
        return Trace(graph, (*_forward_steps(graph), *_backward_steps(graph)))


def _forward_steps(graph: Graph) -> Iterator[Step]:
    for node in graph.nodes:
        if node.index in graph.needed and not node.is_leaf:
            yield Step("forward", node.index, None, None, 0.0, 0.0, 0.0, 0.0, node.data)


def _backward_steps(graph: Graph) -> Iterator[Step]:
    totals = list(graph.seeds)
    for node in reversed(graph.nodes):
        if node.index not in graph.needed:
            continue
        upstream = totals[node.index]
        for slot, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True)):
            before = totals[parent]
            accumulate(totals, upstream, (parent,), (partial,))
            if graph.nodes[parent].op is not CONSTANT:
                yield Step(
                    "backward",
                    node.index,
                    parent,
                    slot,
                    upstream,
                    partial,
                    # An upstream gradient of 0 passes 0 on, even if the partial is infinite.
                    contribution=upstream * partial if upstream else 0.0,
                    before=before,
                    after=totals[parent],
                )


# --- as tables ------------------------------------------------------------------------------------


def _forward_row(writer: Writer, step: Step) -> list[str]:
    """Return name, formula, numbers, value and line of code of a forward step, as text."""
    return [
        writer.name(step.child),
        f"= {writer.formula(step.child)}",
        f"= {writer.formula_in_numbers(step.child)}",
        f"= {number_text(step.after)}",
        writer.graph.nodes[step.child].code,
    ]


def _backward_row(writer: Writer, step: Step) -> list[str]:
    """Return edge, rule, numbers, contribution and total of a backward step, as text."""
    assert step.parent is not None and step.slot is not None
    edge = Edge(step.child, step.parent, step.slot, step.local)
    before = f"{number_text(step.before)} → " if step.before else ""
    return [
        f"{writer.name(step.parent)} ← {writer.name(step.child)}",
        f"{writer.gradient(step.child)} · {writer.factor_derivative(edge)}",
        f"= {factors_in_numbers((step.upstream, step.local))}",
        f"= {number_text(step.contribution)}",
        f"{writer.gradient(step.parent)}: {before}{number_text(step.after)}",
    ]


def _forward_latex(writer: Writer, step: Step) -> str:
    name = name_latex(writer.graph.nodes[step.child].name)
    # A product of names has a thin space. Two numbers with a thin space between them would look
    # like one number, so a dot takes its place.
    numbers = writer.formula_in_numbers(step.child).replace(r" \, ", r" \cdot ")
    return f"{name} &= {writer.formula(step.child)} = {numbers} = {latex_number(step.after)}"


def _backward_latex(writer: Writer, step: Step) -> str:
    """Return "gradient of the parent += upstream · local derivative = numbers = contribution"."""
    assert step.parent is not None and step.slot is not None
    edge = Edge(step.child, step.parent, step.slot, step.local)
    numbers = factors_in_numbers((step.upstream, step.local), LATEX)
    return (
        rf"{writer.gradient(step.parent)} &\mathrel{{+}}= {writer.gradient(step.child)} \cdot "
        f"{writer.factor_derivative(edge)} = {numbers} = {latex_number(step.contribution)}"
    )


def _html_table(headings: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th style='text-align:left'>{cell}</th>" for cell in headings)
    body = "".join(
        "<tr>"
        + "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
