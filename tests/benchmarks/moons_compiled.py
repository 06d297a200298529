"""The step of `moons_step.py`, compiled: micrograd's demo as a program over its 100 points.

One point is recorded: its max-margin loss plus the squares of all parameters, which do not depend
on the point and are computed once. The mean over the points is the demo's loss. Loss and all
gradients are compared with micrograd's before anything is timed.

The rival is optional: pip install micrograd.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from harness import (
    OURS,
    Faster,
    Phases,
    Stopwatch,
    check_agreement,
    deeply,
    interleaved,
    print_machine,
    print_table,
    repeats_from_command_line,
)
from libraries import Micrograd
from moons_step import BIASES, LABELS, POINTS, RATE, WEIGHTS, numbers, step

from autograd import Program, Value, compile, relu  # noqa: A004 - its name, as re.compile has it
from nn import MLP

PROMISES = {"micrograd": Faster(1_000)}
STEPS = 20  # of ours in a round
COLUMNS = np.array([*zip(*POINTS, strict=True), LABELS], dtype=float)


def recorded() -> tuple[Program, list[int]]:
    """Return the program of one point, and where the network's parameters stand in its arrays."""
    network = MLP.from_arrays(WEIGHTS, BIASES, "relu", "linear")
    point, label = [Value(0.0, "x1"), Value(0.0, "x2")], Value(1.0, "label")
    (score,) = network(point)
    squares = sum(p * p for p in network.parameters())
    program = compile(relu(1 + -label * score) + 1e-4 * squares, inputs=[*point, label])
    place = {parameter: k for k, parameter in enumerate(program.parameters)}
    return program, [place[p] for p in network.parameters()]


def ours(program: Program, order: list[int]) -> list[float]:
    """Return the loss and every gradient."""
    loss, gradients = program.value_and_grad(COLUMNS)
    return [loss, *gradients[order].tolist()]


def one_step(program: Program) -> Phases:
    watch = Stopwatch()
    _, gradients = program.value_and_grad(COLUMNS)
    watch.lap("forward and backward")
    np.multiply(gradients, RATE, gradients)
    np.subtract(program.weights, gradients, program.weights)
    watch.lap("update")
    return watch.phases


def several(program: Program) -> Phases:
    laps = [one_step(program) for _ in range(STEPS)]
    return {phase: statistics.median(lap[phase] for lap in laps) for phase in laps[0]}


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=9)
    print_machine(repeats)
    start = time.perf_counter()
    program, order = recorded()
    print(f"{program}\n  recorded and compiled in {time.perf_counter() - start:.3f} s")
    runs = {OURS: lambda: several(program)}
    found = {OURS: ours(program, order)}
    if Micrograd.installed():
        micrograd = Micrograd()
        found["micrograd"] = numbers(micrograd)
        runs["micrograd"] = lambda: step(micrograd)
    check_agreement(found)
    title = "micrograd's demo, one full-batch step, compiled: MLP(2, [16, 16, 1]), 100 points"
    print_table(title, interleaved(runs, repeats), PROMISES)


if __name__ == "__main__":
    deeply(main)
