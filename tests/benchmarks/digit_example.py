"""One example through the digits network, 784-16-16-10 with sigmoids: squared error and gradient.

The same lines and weights serve all libraries; gradtrace's network and cost are its own MLP and
`squared_error`. All 13,002 gradients are compared before anything is timed.

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
from libraries import Gradtrace, Library, Network, installed

from nn import squared_error

PROMISES = {"micrograd": Faster(40)}
SIZES = [784, 16, 16, 10]

GENERATOR = np.random.default_rng(0)
PIXELS = GENERATOR.random(784).tolist()
TARGET = np.eye(10)[3].tolist()
WEIGHTS = [GENERATOR.normal(0, n**-0.5, (m, n)) for n, m in pairwise(SIZES)]
BIASES = [GENERATOR.normal(0, 0.1, m) for m in SIZES[1:]]


def network(library: Library) -> Network:
    return library.start(lambda: library.network(WEIGHTS, BIASES, "sigmoid", "sigmoid"))


def cost(library: Library, net: Network) -> Any:
    if isinstance(library, Gradtrace):
        return squared_error(net(PIXELS), TARGET)
    outputs = net([library.leaf(v) for v in PIXELS])
    errors = [output - target for output, target in zip(outputs, TARGET, strict=True)]
    return sum(error * error for error in errors)


def example(library: Library) -> Phases:
    net = network(library)
    parameters = net.parameters()
    watch = Stopwatch()
    output = cost(library, net)
    watch.lap("forward")
    library.zero_grad(parameters)
    library.backward(output)
    watch.lap("backward")
    return watch.phases


def numbers(library: Library) -> list[float]:
    """Return the cost and every gradient."""
    net = network(library)
    parameters = net.parameters()
    output = cost(library, net)
    library.backward(output)
    return [library.data(output), *library.gradients(parameters)]


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=15)
    print_machine(repeats)
    libraries = installed()
    check_agreement({each.distribution: numbers(each) for each in libraries})
    runs: dict[str, Run] = {
        each.distribution: lambda library=each: example(library)  # type: ignore[misc]
        for each in libraries
    }
    title = "one example of the digits network, 784-16-16-10, sigmoid, squared error"
    print_table(title, interleaved(runs, repeats), PROMISES)
    print(f"  {collector_share(runs[OURS], repeats):.0%} of ours is the garbage collector's\n")


if __name__ == "__main__":
    deeply(main)
