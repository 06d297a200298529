"""The command ``gradtrace demo``, which traces, verifies, explains and draws the 2-2-1 network.

Everything is computed from the worksheet examples/two-two-one.calc, which is part of the package,
by the same code that reads every other worksheet.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

from autograd.grading.report import Report
from autograd.grading.verdict import Judged
from autograd.grading.worksheet import Worksheet
from autograd.graph.explanation import explain
from autograd.graph.graph import Graph
from autograd.graph.tracing import trace
from autograd.graph.wording import MINUS, aligned, number_text
from autograd.views.drawing import draw
from autograd.views.page import page

from .terminal import style

SHEET = "examples/two-two-one.calc"
LOWEST_COST = 1e-6  # gradient descent stops when the cost is lower

SOURCE = """\
The text is "The Beginning of Humanity's Last Invention" (2024). Its calculation is written as a
worksheet, which is part of this package: examples/two-two-one.calc.
"""
TRAPS = """\
Two places where a reader of the text goes wrong
  1. The text calls ½(ŷ − y)² "MSE", but its own formula for the mean squared error has no ½. With
     the ½ the slope is ŷ − y; without it, 2(ŷ − y), and every gradient above doubles.
  2. The text names the weights of the first row W₁,₁ and W₂,₁. In z1 = W1 x + b1 the row comes
     first: they are W1[1,1] and W1[1,2]. W1[2,1] belongs to the second neuron."""


def show_demo(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Show the hand computation and write its picture and its live page."""
    parser.description = (
        "Run the 2-2-1 hand computation: forward, backward edge by edge, and one update. Each "
        "number is compared with the one that the text prints. Then repeat the update until the "
        "error is almost 0."
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where to write gradtrace-demo.svg and .html (default: here)",
    )
    return 0 if run_demo(parser.parse_args(arguments).output) else 1


def sheet() -> Worksheet:
    """Return the worksheet of the example."""
    return Worksheet.parse((files("gradtrace") / SHEET).read_text("utf-8"), "two-two-one.calc")


def run_demo(
    folder: Path, show: Callable[[str], None] = print, example: Worksheet | None = None
) -> bool:
    """Show the whole computation, write its drawing and its live page into `folder`.

    Return whether all numbers that the text prints are right.

    Raises:
        OSError: the files cannot be written there. Everything else has been shown by then.
    """
    example = example or sheet()
    report = example.check()
    output = example.output
    output.backward()
    graph = Graph.of(output)
    for block in (
        _list_given_numbers(example),
        _sweeps(graph),
        _update(graph, report),
        _table(report),
        _why(graph),
        TRAPS,
        _descent(example),
    ):
        show(block + "\n")
    show(_draw(graph, folder) + "\n")
    return report.ok


# --- the blocks, in the order they are shown ------------------------------------------------------


def _list_given_numbers(example: Worksheet) -> str:
    """Return the lines of the sheet that define numbers, as they are written there."""
    given = re.findall(r"^(\S+\s*= [−\d\[].*?)(?:\s+#.*)?$", example.text, re.MULTILINE)
    return "\n".join(
        [style("A 2-2-1 network, by hand", "bold"), SOURCE, *(f"  {line}" for line in given)]
    )


def _sweeps(graph: Graph) -> str:
    forward, backward = str(trace(graph)).split("\n\n")
    return "\n\n".join(
        style(title, "bold") + "\n" + steps
        for title, steps in (block.split("\n", 1) for block in (forward, backward))
    )


def _update(graph: Graph, report: Report) -> str:
    # A label with a prime, such as W1', is a weight after the update.
    old = {node.label: (node.data, graph.adjoints[node.index]) for node in graph.nodes}
    rows = []
    for judged in report.lines:
        label = judged.quantity.replace("'", "")
        if "'" in judged.quantity:
            before, gradient = old[label]
            change = f"= {number_text(before)} {MINUS} η·({number_text(gradient)})"
            rows.append([label, change, f"= {number_text(judged.exact, digits=6)}"])
    return "\n".join([style("Update: θ ← θ − η ∂C/∂θ", "bold"), *aligned(rows)])


def _table(report: Report) -> str:
    head = ["line", "number", "exact", "the text prints", "verdict"]
    top, *lines = aligned([head, *map(_row, report.lines)])
    return "\n".join(
        [
            style("Verified: each number of the text, by its line in the worksheet", "bold"),
            style(top, "dim"),
            *_color_lines(lines, report.lines),
            f"  {report.right} of {report.asked} printed numbers are right.",
        ]
    )


def _row(judged: Judged) -> list[str]:
    exact = number_text(judged.exact, digits=8)
    return [str(judged.line), judged.quantity, exact, judged.written, judged.verdict.value]


def _color_lines(lines: Sequence[str], judged: Sequence[Judged]) -> list[str]:
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
    """Repeat the step until the cost is almost 0, and show how it falls."""
    costs: list[float] = []
    for cost in example.repeated():
        costs.append(cost)
        if cost <= LOWEST_COST or len(costs) > 1000:
            break
    steps = [k for k in (0, 1, 2, 5, 10, 20, 50, 100) if k < len(costs) - 1] + [len(costs) - 1]
    # A bar is as long as the error |ŷ − y|, the square root of 2C. The first one has 40 signs.
    bar_scale = 40 / costs[0] ** 0.5
    rows = [
        [
            f"step {k}",
            f"C = {number_text(costs[k], digits=4)}",
            "▪" * round(bar_scale * costs[k] ** 0.5),
        ]
        for k in steps
    ]
    return "\n".join(
        [
            style("Again and again: each step lowers the cost", "bold"),
            *aligned(rows),
            f"  The bars show the size of the error |ŷ − y|. Below {LOWEST_COST:g} "
            f"after {len(costs) - 1} steps.",
        ]
    )


def _draw(graph: Graph, folder: Path) -> str:
    """Write the picture and the live page, and say where they are."""
    title = "The 2-2-1 network: C = ½(ŷ − y)²"
    folder.mkdir(parents=True, exist_ok=True)
    picture = draw(graph, title=title).save(folder / "gradtrace-demo.svg")
    live = page(graph, title=title).save(folder / "gradtrace-demo.html")
    return (
        f"The graph, each edge with its local derivative, is drawn in {picture}\n"
        f"Step through it and change its numbers in any browser: {live}"
    )
