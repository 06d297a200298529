"""The 2-2-1 hand computation: recorded, traced, verified number by number, explained and drawn.

Everything comes from a worksheet that is shipped, examples/two-two-one.calc, by the code that reads
everybody's worksheets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from autograd.grading.judged import Judged
from autograd.grading.report import Report
from autograd.grading.worksheet import Worksheet
from autograd.graph.explanation import explain
from autograd.graph.graph import Graph
from autograd.graph.steps import trace
from autograd.graph.wording import MINUS, aligned, number
from autograd.views.drawing import draw
from autograd.views.page import page

from .terminal import style

SHEET = "examples/two-two-one.calc"
DRIVEN_DOWN = 1e-6  # the cost at which the repeated steps stop

TRAPS = """\
Two places where a reader of the text goes wrong
  1. The text calls ½(ŷ − y)² "MSE", but its own formula for the mean squared error has no ½. With
     the ½ the slope is ŷ − y; without it, 2(ŷ − y), and every gradient above doubles.
  2. The text names the weights of the first row W₁,₁ and W₂,₁. In z1 = W1 x + b1 the row comes
     first: they are W1[1,1] and W1[1,2]. W1[2,1] belongs to the second neuron."""


def sheet() -> Worksheet:
    """Return the worksheet of the example."""
    return Worksheet.parse((files("gradtrace") / SHEET).read_text("utf-8"), "two-two-one.calc")


def run(
    folder: Path, show: Callable[[str], None] = print, example: Worksheet | None = None
) -> bool:
    """Show the whole computation, write its drawing and its live page into `folder`.

    Returns whether all printed numbers were right.

    Raises:
        OSError: the files cannot be written there.
    """
    example = example or sheet()
    report = example.check()
    output = example.output
    output.backward()
    graph = Graph.of(output)
    for block in (
        _example(example),
        _sweeps(graph),
        _update(graph, report),
        _table(report),
        _why(graph),
        TRAPS,
        _descent(example),
        _drawn(graph, folder),
    ):
        show(block + "\n")
    return report.ok


# --- the blocks, in the order they are shown ------------------------------------------------------


def _example(example: Worksheet) -> str:
    """Return the sheet's given numbers, as they stand in it."""
    given = re.findall(r"^(\S+\s*= [−\d\[].*?)(?:\s+#.*)?$", example.text, re.MULTILINE)
    return "\n".join([style("A 2-2-1 network, by hand", "bold"), *(f"  {line}" for line in given)])


def _sweeps(graph: Graph) -> str:
    forward, backward = str(trace(graph)).split("\n\n")
    return "\n\n".join(
        style(title, "bold") + "\n" + steps
        for title, steps in (block.split("\n", 1) for block in (forward, backward))
    )


def _update(graph: Graph, report: Report) -> str:
    old = {node.label: (node.data, graph.adjoints[node.index]) for node in graph.nodes}
    rows = []
    for judged in report.lines:
        label = judged.quantity.replace("'", "")
        if "'" in judged.quantity:
            before, gradient = old[label]
            change = f"= {number(before)} {MINUS} η·({number(gradient)})"
            rows.append([label, change, f"= {number(judged.exact, digits=6)}"])
    return "\n".join([style("Update: θ ← θ − η ∂C/∂θ", "bold"), *aligned(rows)])


def _table(report: Report) -> str:
    head = ["line", "number", "exact", "the text prints", "verdict"]
    top, *lines = aligned([head, *map(_row, report.lines)])
    return "\n".join(
        [
            style("Verified: each printed number, in the digits it was printed in", "bold"),
            style(top, "dim"),
            *_coloured(lines, report.lines),
            f"  {report.right} of {report.asked} printed numbers are right.",
        ]
    )


def _row(judged: Judged) -> list[str]:
    exact = number(judged.exact, digits=8)
    return [str(judged.line), judged.quantity, exact, judged.written, judged.verdict.value]


def _coloured(lines: Sequence[str], judged: Sequence[Judged]) -> list[str]:
    return [
        style(line, "good" if one.verdict.ok else "bad")
        for line, one in zip(lines, judged, strict=True)
    ]


def _why(graph: Graph) -> str:
    explanation = str(explain(graph, wrt="W1[1,1]")).replace("\n", "\n  ")
    dead = str(explain(graph, wrt="W1[2,1]")).replace("\n", "\n  ")
    return "\n".join(
        [
            style("Why is ∂C/∂W1[1,1] what it is?", "bold"),
            f"  {explanation}",
            style("And why is ∂C/∂W1[2,1] zero?", "bold"),
            f"  {dead}",
        ]
    )


def _descent(example: Worksheet) -> str:
    """Repeat the steps until the cost is driven down, and show it falling."""
    costs: list[float] = []
    for cost in example.repeated():
        costs.append(cost)
        if cost <= DRIVEN_DOWN or len(costs) > 1000:
            break
    steps = [k for k in (0, 1, 2, 5, 10, 20, 50, 100) if k < len(costs) - 1] + [len(costs) - 1]
    widest = 40 / costs[0] ** 0.5
    rows = [
        [f"step {k}", f"C = {number(costs[k], digits=4)}", "▪" * round(widest * costs[k] ** 0.5)]
        for k in steps
    ]
    return "\n".join(
        [
            style("Again and again: each step lowers the cost", "bold"),
            *aligned(rows),
            f"  The bars show the size of the error |ŷ − y|. Below {DRIVEN_DOWN:g} "
            f"after {len(costs) - 1} steps.",
        ]
    )


def _drawn(graph: Graph, folder: Path) -> str:
    title = "The 2-2-1 network: C = ½(ŷ − y)²"
    folder.mkdir(parents=True, exist_ok=True)
    picture = draw(graph, title=title).save(folder / "gradtrace-demo.svg")
    live = page(graph, title=title).save(folder / "gradtrace-demo.html")
    return (
        f"The graph, each edge with its local derivative, is drawn in {picture}\n"
        f"Step through it and change its numbers in any browser: {live}"
    )
