"""The 2-2-1 hand computation: recorded, traced, verified number by number, explained and drawn.

The example is that of "The Beginning of Humanity's Last Invention" (2024): two inputs, two hidden
ReLU neurons, one linear output, one step of gradient descent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nn import MLP, SGD, half_squared_error

from .checks.answers import Verdict, judge
from .explanation import explain
from .graph import Graph
from .terminal import style
from .trace import trace
from .value import Value
from .views.drawing import draw
from .views.page import page
from .wording import MINUS, aligned, number

INPUTS = (0.5, 0.1)
TARGET = 0.8
LEARNING_RATE = 0.1
WEIGHTS = ([[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]])
BIASES = ([0.1, -0.3], [0.2])
DRIVEN_DOWN = 1e-6  # the cost at which the repeated steps stop


@dataclass(frozen=True)
class Printed:
    """Numbers as the text prints them: of which nodes, and which of their numbers is meant.

    `kind` is "value", "gradient" or "updated".
    """

    title: str
    kind: str
    labels: tuple[str, ...]
    digits: tuple[str, ...]


# Every number that the text prints, in its own digits and order.
PRINTED = (
    Printed("z1 = W1 x + b1", "value", ("z1[1]", "z1[2]"), ("0.32", "−0.08")),
    Printed("a1 = ReLU(z1)", "value", ("a1[1]", "a1[2]"), ("0.32", "0")),
    Printed("z2 = W2·a1 + b2", "value", ("z2[1]",), ("0.392",)),
    Printed("C = ½(ŷ − y)²", "value", ("C",), ("0.0832",)),
    Printed("δ of the output", "gradient", ("z2[1]",), ("−0.408",)),
    Printed("∂C/∂b2", "gradient", ("b2[1]",), ("−0.408",)),
    Printed("new b2", "updated", ("b2[1]",), ("0.2408",)),
    Printed("∂C/∂W2", "gradient", ("W2[1,1]", "W2[1,2]"), ("−0.13", "0")),
    Printed("new W2", "updated", ("W2[1,1]", "W2[1,2]"), ("0.613", "0.9")),
    Printed("δ of the hidden", "gradient", ("z1[1]", "z1[2]"), ("−0.2448", "0")),
    Printed("∂C/∂b1", "gradient", ("b1[1]", "b1[2]"), ("−0.2448", "0")),
    Printed("new b1", "updated", ("b1[1]", "b1[2]"), ("0.12448", "−0.3")),
    Printed("∂C/∂W1, row 1", "gradient", ("W1[1,1]", "W1[1,2]"), ("−0.1224", "−0.02448")),
    Printed("  later written", "gradient", ("W1[1,2]",), ("−0.0245",)),
    Printed("new W1, row 1", "updated", ("W1[1,1]", "W1[1,2]"), ("0.41224", "0.2024")),
    Printed("new W1, row 2", "updated", ("W1[2,1]", "W1[2,2]"), ("0.3", "0.7")),
)

TRAPS = """\
Two places where a reader of the text goes wrong
  1. The text calls ½(ŷ − y)² "MSE", but its own formula for the mean squared error has no ½. With
     the ½ the slope is ŷ − y; without it, 2(ŷ − y), and every gradient above doubles.
  2. The text names the weights of the first row W₁,₁ and W₂,₁. In z1 = W1 x + b1 the row comes
     first: they are W1[1,1] and W1[1,2]. W1[2,1] belongs to the second neuron."""


def network() -> MLP:
    """Return the network of the example, with its first weights."""
    return MLP.from_arrays(WEIGHTS, BIASES, activation="relu", output_activation="linear")


def cost(net: MLP) -> Value:
    """Return the cost of the example's one training pair, ½(ŷ − y)², recorded."""
    return half_squared_error(net(INPUTS), TARGET)


def run(folder: Path, show: Callable[[str], None] = print) -> bool:
    """Show the whole computation, write its drawing and its live page into `folder`.

    Returns whether all printed numbers were right.

    Raises:
        OSError: the files cannot be written there.
    """
    net = network()
    output = cost(net)
    output.backward()
    graph = Graph.of(output)  # taken now: the step below changes the parameters
    SGD(LEARNING_RATE).step(net.parameters())
    verdicts = list(_verdicts(numbers(graph, net)))
    for block in (
        _example(),
        _sweeps(graph),
        _update(graph, net),
        _table(verdicts),
        _why(graph),
        TRAPS,
        _descent(),
        _drawn(graph, folder),
    ):
        show(block + "\n")
    return all(verdict.ok for *_, verdict in verdicts)


def numbers(graph: Graph, net: MLP) -> dict[str, dict[str, float]]:
    """Return every number of the computation by kind and label, for the network after its step."""
    return {
        "value": {node.label: node.data for node in graph.nodes},
        "gradient": {node.label: graph.adjoints[node.index] for node in graph.nodes},
        "updated": {label: parameter.data for label, parameter in net.named_parameters()},
    }


def _verdicts(
    computed: dict[str, dict[str, float]],
) -> Iterator[tuple[str, str, float, str, Verdict]]:
    """Yield title, label, exact number, printed digits and verdict for every printed number."""
    for printed in PRINTED:
        for label, digits in zip(printed.labels, printed.digits, strict=True):
            exact = computed[printed.kind][label]
            yield printed.title, label, exact, digits, judge(digits, exact)


# --- the blocks, in the order they are shown ------------------------------------------------------


def _example() -> str:
    (w1, w2), (b1, b2) = WEIGHTS, BIASES
    lines = [
        style("A 2-2-1 network, by hand", "bold"),
        f"  x  = {INPUTS[0]}, {INPUTS[1]}        target y = {TARGET}        "
        f"learning rate η = {LEARNING_RATE}",
        f"  W1 = {_row(w1[0])}        b1 = {_row(b1)}        ReLU",
        f"       {_row(w1[1])}",
        f"  W2 = {_row(w2[0])}        b2 = {_row(b2)}              linear",
    ]
    return "\n".join(lines)


def _row(row: Sequence[float]) -> str:
    return "  ".join(f"{number(x):>4}" for x in row)


def _sweeps(graph: Graph) -> str:
    forward, backward = str(trace(graph)).split("\n\n")
    return "\n\n".join(
        style(title, "bold") + "\n" + steps
        for title, steps in (block.split("\n", 1) for block in (forward, backward))
    )


def _update(graph: Graph, net: MLP) -> str:
    gradients = numbers(graph, net)["gradient"]
    old = {node.label: node.data for node in graph.nodes}
    rows = [
        [
            label,
            f"= {number(old[label])} {MINUS} {LEARNING_RATE}·({number(gradients[label])})",
            f"= {number(parameter.data, digits=6)}",
        ]
        for label, parameter in net.named_parameters()
    ]
    return "\n".join([style("Update: θ ← θ − η ∂C/∂θ", "bold"), *aligned(rows)])


def _table(verdicts: list[tuple[str, str, float, str, Verdict]]) -> str:
    head = ["quantity", "number", "exact", "the text prints", "verdict"]
    rows = [
        [title, label, number(exact, digits=8), digits, verdict.value]
        for title, label, exact, digits, verdict in verdicts
    ]
    top, *lines = aligned([head, *rows])
    right = sum(verdict.ok for *_, verdict in verdicts)
    return "\n".join(
        [
            style("Verified: each printed number, in the digits it was printed in", "bold"),
            style(top, "dim"),
            *(
                style(line, "good" if verdict.ok else "bad")
                for line, (*_, verdict) in zip(lines, verdicts, strict=True)
            ),
            f"  {right} of {len(verdicts)} printed numbers are right.",
        ]
    )


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


def _descent() -> str:
    """Repeat the steps until the cost is driven down, and show it falling."""
    net, optimizer = network(), SGD(LEARNING_RATE)
    costs: list[float] = []
    while not costs or costs[-1] > DRIVEN_DOWN:
        output = cost(net)
        costs.append(output.data)
        net.zero_grad()
        output.backward()
        optimizer.step(net.parameters())
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
