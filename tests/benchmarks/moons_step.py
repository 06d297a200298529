"""One full-batch step of micrograd's demo: MLP(2, [16, 16, 1]) with ReLU on 100 points, two moons.

Max-margin loss plus 1e-4 times the squares of all parameters, gradient, update; the code is the
demo's, and the same lines and weights serve all libraries. gradtrace's network is its own MLP.

The rivals are optional: pip install micrograd xad.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from harness import (
    OURS,
    Faster,
    Phases,
    Run,
    Stopwatch,
    check_agreement,
    collector_share,
    deeply,
    interleaved,
    print_machine,
    print_table,
    repeats_from_command_line,
)
from libraries import Library, Network, Numbers, installed

PROMISES = {"micrograd": Faster(40), "xad": Faster(3)}
SIZES = [2, 16, 16, 1]
RATE = 0.1


def moons(generator: np.random.Generator, count: int = 100, noise: float = 0.1) -> Any:
    """Return points on two half circles that reach into each other, and labels −1 and +1."""
    angle = np.linspace(0, np.pi, count // 2)
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    points = np.concatenate([upper, lower]) + generator.normal(0, noise, (count, 2))
    return points.tolist(), [-1] * (count // 2) + [1] * (count // 2)


GENERATOR = np.random.default_rng(0)
POINTS, LABELS = moons(GENERATOR)
WEIGHTS = [GENERATOR.uniform(-1, 1, (m, n)) for n, m in pairwise(SIZES)]
BIASES = [GENERATOR.uniform(-0.1, 0.1, m) for m in SIZES[1:]]


def network(library: Library) -> Network:
    return library.start(lambda: library.network(WEIGHTS, BIASES, "relu", "linear"))


def loss(library: Library, net: Network, parameters: Numbers) -> Any:
    inputs = [[library.leaf(v) for v in point] for point in POINTS]
    scores = [net(x)[0] for x in inputs]
    losses = [library.relu(1 + -label * score) for label, score in zip(LABELS, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = 1e-4 * sum(p * p for p in parameters)
    return data_loss + reg_loss


def step(library: Library) -> Phases:
    net = network(library)
    parameters = net.parameters()
    watch = Stopwatch()
    output = loss(library, net, parameters)
    watch.lap("forward")
    library.zero_grad(parameters)
    library.backward(output)
    watch.lap("backward")
    library.update(parameters, RATE)
    watch.lap("update")
    return watch.phases


def numbers(library: Library) -> list[float]:
    """Return the loss and every gradient."""
    net = network(library)
    parameters = net.parameters()
    output = loss(library, net, parameters)
    library.backward(output)
    return [library.data(output), *library.gradients(parameters)]


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=9)
    print_machine(repeats)
    libraries = installed()
    check_agreement({each.distribution: numbers(each) for each in libraries})
    runs: dict[str, Run] = {
        each.distribution: lambda library=each: step(library)  # type: ignore[misc]
        for each in libraries
    }
    title = "micrograd's demo, one full-batch step: MLP(2, [16, 16, 1]), 100 points"
    print_table(title, interleaved(runs, repeats), PROMISES)
    print(f"  {collector_share(runs[OURS], repeats):.0%} of ours is the garbage collector's\n")


if __name__ == "__main__":
    deeply(main)
