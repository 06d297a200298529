"""The cost and every gradient of a mini-batch: compiled, by hand in NumPy, and by PyTorch.

    python tests/benchmarks/steps.py [--two] [row …]

Every row is a model of `models.py`, recorded number by number and compiled. All contenders run in
turn in one process, on one thread. The figures are processor time, so that other programs on the
machine matter little: the median of the rounds, and in brackets the quartiles of our time divided
by theirs, round by round. The gradients of all contenders are compared first.

With --two the libraries have two threads, and the figures are times by the clock, because the time
of a processor does not say how well two of them work together. Run it on a quiet machine.
"""

from __future__ import annotations

import os
import sys

TWO = "--two" in sys.argv
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    # Before the libraries are loaded.
    os.environ.setdefault(variable, "2" if TWO else "1")

import statistics
import time
from collections.abc import Callable
from importlib import util
from typing import Any

import numpy as np
from batch_rivals import HAND, Task
from harness import OURS, check_agreement
from irregular import ByHand, played
from models import (
    Attention,
    Convolution1D,
    Convolution2D,
    Dense,
    Model,
    Recurrent,
    concatenate,
    flat,
    import_torch,
    values,
)

from autograd import Value, compile, total  # noqa: A004 - its name, as re.compile has it

ROUNDS, SECONDS = 15, 0.05  # rounds of a row, and for how long a contender runs in a round
BY_HAND, TORCH = "NumPy", "PyTorch"

Sweep = Callable[[], list[float]]  # runs once; returns what is compared
Contenders = dict[str, tuple[Callable[[], Any], Sweep]]  # what is timed, and what is compared


def compiled(model: Model) -> tuple[Callable[[], Any], Sweep]:
    """Return our step of a model."""
    p = {name: values(array) for name, array in model.parameters.items()}
    x, y = values(model.x[0]), values(model.y[0])
    program = compile(model.record(p, x, y), inputs=[*flat(x), *flat(y)])
    rows = (model.x.reshape(model.batch, -1), model.y.reshape(model.batch, -1))
    columns = np.ascontiguousarray(np.hstack(rows).T)
    place = {parameter: k for k, parameter in enumerate(program.parameters)}
    order = [place[value] for value in flat(list(p.values()))]

    def numbers() -> list[float]:
        cost, gradients = program.value_and_grad(columns)
        return [cost, *gradients[order].tolist()]

    # As by hand, the gradients are written to the same array at every step.
    return lambda: program.value_and_grad(columns, copy=False), numbers


def by_torch(model: Model) -> tuple[Callable[[], Any], Sweep]:
    """Return the step of a model in PyTorch."""
    torch = import_torch()
    p = {name: torch.tensor(a, requires_grad=True) for name, a in model.parameters.items()}
    x, y = torch.tensor(model.x), torch.tensor(model.y)

    def step() -> Any:
        cost = model.torch(torch, p, x, y)
        return cost.item(), torch.autograd.grad(cost, list(p.values()))

    return step, lambda: concatenate(*step())


def of_model(model: Model) -> Contenders:
    """Return the contenders of a model."""
    found = {OURS: compiled(model)}
    if isinstance(model, Dense):
        found |= by_hand_dense(model)
    else:
        found[BY_HAND] = model.hand, lambda: concatenate(*model.hand())
    return found | ({TORCH: by_torch(model)} if util.find_spec("torch") else {})


def by_hand_dense(model: Dense) -> Contenders:
    """Return the three layouts of a dense network, without the update."""
    depth, arrays = range(model.depth), model.parameters
    weights, biases = [arrays[f"W{k}"] for k in depth], [arrays[f"b{k}"] for k in depth]
    task = Task(weights, biases, model.x.T.copy(), model.y.T.copy(), 1.0)
    found: Contenders = {}
    for kind in HAND:
        hand = kind(task)

        def step(hand: Any = hand) -> None:
            hand.forward()
            hand.backward(1.0)

        def numbers(hand: Any = hand) -> list[float]:
            cost = hand.forward()
            hand.backward(1.0)
            transposed = [hand._laid(dw) for dw in hand.dw]
            return concatenate(cost, [*transposed, *hand.db])

        found[hand.name] = step, numbers
    return found


def irregular(nodes: int, batch: int) -> Contenders:
    """Operations + − tanh(a·b) relu σ at random, 50 deep; the gradients of all 10 inputs."""
    import random

    rng, steps, inputs = random.Random(0), [], 10
    while len(steps) < nodes:
        a, b = (rng.randrange(max(0, len(steps) - 200), len(steps) + inputs) for _ in "ab")
        kind = rng.choice(["add", "sub", "tanh", "relu", "sigmoid"])
        if kind == "tanh":
            steps.append(("mul", a, b))
            a = inputs + len(steps) - 1
        steps.append((kind, a, b))
    columns = rng_columns(inputs, batch)
    x = [Value(0.1) for _ in range(inputs)]
    functions = {name: getattr(Value, name) for name in ("tanh", "relu", "sigmoid")}
    program = compile(played(steps, x, functions, total), inputs=x)
    found: Contenders = {
        OURS: (
            lambda: program.input_gradients(columns),
            lambda: program.input_gradients(columns).ravel().tolist(),
        )
    }
    for piece in (250, 500, 1_000) if batch > 250 else (batch,):
        hand = ByHand(piece, steps, inputs)
        found[f"NumPy in {piece}s"] = (
            lambda hand=hand: hand(columns),  # type: ignore[misc]
            lambda hand=hand: hand(columns)[1].ravel().tolist(),  # type: ignore[misc]
        )
    return found


def rng_columns(inputs: int, batch: int) -> Any:
    return np.random.default_rng(0).uniform(-1, 1, (inputs, batch))


DIGITS = (784, 16, 16, 10)
ROWS: dict[str, Callable[[], Contenders]] = {
    **{
        f"digits-{n}": lambda n=n: of_model(Dense(n, *DIGITS))  # type: ignore[misc]
        for n in (1, 10, 100, 1_000, 10_000, 100_000)
    },
    "784-256-256-10": lambda: of_model(Dense(100, 784, 256, 256, 10)),
    "784-512-512-10": lambda: of_model(Dense(100, 784, 512, 512, 10)),
    "irregular": lambda: irregular(10_000, 1_000),
    "irregular-100": lambda: irregular(2_000, 100),
    "irregular-100000": lambda: irregular(2_000, 100_000),
    "attention-4": lambda: of_model(Attention(100, 4)),
    "attention-8": lambda: of_model(Attention(100, 8)),
    "attention-16": lambda: of_model(Attention(100, 16)),
    "convolution-1d": lambda: of_model(Convolution1D(100)),
    "convolution-2d": lambda: of_model(Convolution2D(100)),
    "rnn-8": lambda: of_model(Recurrent(100, 8)),
    "rnn-32": lambda: of_model(Recurrent(100, 32)),
}


def measure(contenders: Contenders) -> dict[str, list[float]]:
    """Return the seconds of one step for each contender and round."""
    repeats = {}
    for name, (step, _) in contenders.items():
        step()
        repeats[name] = max(1, int(SECONDS / seconds(step, 1)))
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, (step, _) in contenders.items():
            found[name].append(seconds(step, repeats[name]))
    return found


def seconds(step: Callable[[], Any], times: int) -> float:
    """Return the time of one step, of several in a row."""
    clock = time.perf_counter if TWO else time.process_time
    start = clock()
    for _ in range(times):
        step()
    return (clock() - start) / times


def report(row: str, found: dict[str, list[float]]) -> None:
    """Print our time, and how it compares with the best by hand and with PyTorch."""
    medians = {name: statistics.median(times) for name, times in found.items()}
    hand = min((n for n in found if n not in (OURS, TORCH)), key=medians.__getitem__)
    parts = [f"{row:18} {1e6 * medians[OURS]:10,.0f} µs"]
    for name in (hand, *([TORCH] if TORCH in found else [])):
        ratios = [a / b for a, b in zip(found[OURS], found[name], strict=True)]
        low, middle, high = statistics.quantiles(ratios, n=4)
        parts.append(f"{middle:5.2f} × {name} ({low:.2f}–{high:.2f})")
    print("   ".join(parts), flush=True)


def main() -> None:
    for row in [name for name in sys.argv[1:] if name != "--two"] or ROWS:
        contenders = ROWS[row]()
        check_agreement({name: numbers() for name, (_, numbers) in contenders.items()}, 1e-7)
        report(row, measure(contenders))


if __name__ == "__main__":
    main()
