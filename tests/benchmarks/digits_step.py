"""One step of gradient descent on the digits network, compiled: 784-16-16-10, mini-batch of 100.

Sigmoids, squared error; the cost, 13,002 gradients and the update, in float64 and float32, with
one thread and with two. Ours twice: neurons recorded as dot nodes, and written by hand with * and
+. The rivals are the best of three hand-written NumPy steps, PyTorch, torch.compile, JAX and HIPS
autograd; before anything is timed all gradients are compared.

The rivals are optional: pip install torch jax. HIPS autograd's package is called autograd, as ours
is, so it goes into a folder of its own:

    pip install --no-deps --target FOLDER autograd
    HIPS_AUTOGRAD=FOLDER python tests/benchmarks/digits_step.py
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from batch_rivals import HAND, RIVALS, Hips, Task, has
from harness import (
    OURS,
    THREADS,
    Faster,
    Near,
    Phases,
    Run,
    check_agreement,
    interleaved,
    print_machine,
    repeats_from_command_line,
)

from autograd import (
    Program,
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    sigmoid,
)
from nn import squared_error

SIZES = [784, 16, 16, 10]
BATCH = 100
RATE = 0.1
STEPS = 20  # of each contender in a round
BY_HAND = "written with * +"
NEAR = Near(1.25)
FASTER = Faster(1)
INSIDE = "GRADTRACE_BENCHMARK_INSIDE"  # set in the process that measures


def task(dtype: str) -> Task:
    generator = np.random.default_rng(0)
    weights = [generator.normal(0, n**-0.5, (m, n)) for n, m in pairwise(SIZES)]
    biases = [generator.normal(0, 0.1, m) for m in SIZES[1:]]
    x = generator.random((784, BATCH))
    y = np.eye(10)[generator.integers(0, 10, BATCH)].T
    arrays = [[a.astype(dtype) for a in each] for each in (weights, biases, (x, y))]
    return Task(arrays[0], arrays[1], arrays[2][0], arrays[2][1], RATE)


# --- ours -----------------------------------------------------------------------------------------


def by_dot(w: list[Value], x: list[Value], b: Value) -> Value:
    return dot(w, x, b)


def by_hand(w: list[Value], x: list[Value], b: Value) -> Value:
    return sum((wi * xi for wi, xi in zip(w, x, strict=True)), start=b)


class Compiled:
    """Our step: the network of one example recorded, compiled, and run over the batch."""

    def __init__(self, task: Task, neuron: Callable[..., Value]) -> None:
        start = time.perf_counter()
        leaves = [
            ([[Value(v) for v in row] for row in w.tolist()], [Value(v) for v in b.tolist()])
            for w, b in zip(task.weights, task.biases, strict=True)
        ]
        pixels, target = [Value(0.5) for _ in task.x], [Value(0.0) for _ in task.y]
        a = pixels
        for weights, biases in leaves:
            a = [sigmoid(neuron(w, a, b)) for w, b in zip(weights, biases, strict=True)]
        cost = squared_error(a, target)
        self.recording = time.perf_counter() - start
        self.program: Program = compile(cost, inputs=pixels + target, dtype=task.dtype)
        self.compiling = time.perf_counter() - start - self.recording
        self.columns = np.concatenate([task.x, task.y])
        every = [v for w, b in leaves for v in (*(v for row in w for v in row), *b)]
        place = {parameter: k for k, parameter in enumerate(self.program.parameters)}
        self.order = [place[v] for v in every]
        self.rate = task.rate

    def step(self) -> None:
        self.cost, gradients = self.program.value_and_grad(self.columns)
        np.multiply(gradients, self.rate, gradients)
        np.subtract(self.program.weights, gradients, self.program.weights)

    def gradients(self) -> list[float]:
        cost, gradients = self.program.value_and_grad(self.columns)
        return [cost, *gradients[self.order].tolist()]


# --- measuring ------------------------------------------------------------------------------------


def contenders(given: Task) -> dict[str, Any]:
    found: dict[str, Any] = {OURS: Compiled(given, by_dot), BY_HAND: Compiled(given, by_hand)}
    return found | {rival.name: rival(given) for rival in RIVALS if has(rival)}  # type: ignore[attr-defined]


def timed(contender: Any) -> Run:
    def run() -> Phases:
        if isinstance(contender, Hips):
            return {"step": contender.seconds(STEPS)}
        times = []
        for _ in range(STEPS):
            start = time.perf_counter()
            contender.step()
            times.append(time.perf_counter() - start)
        return {"step": statistics.median(times)}

    return run


def print_step_table(title: str, found: dict[str, Phases]) -> None:
    times = {name: phases["total"] for name, phases in found.items()}
    hand = {each.name: times[each.name] for each in HAND}
    best = min(hand, key=hand.__getitem__)
    ours = times[OURS]
    print(title)
    for name in (OURS, BY_HAND):
        ratio = times[name] / hand[best]
        verdict = NEAR.verdict(times[name], hand[best])
        print(f"  {name:<18}{1e3 * times[name]:>8.3f} ms  {ratio:.2f}× {best}; it takes {verdict}")
    for rival in RIVALS:
        name = rival.name  # type: ignore[attr-defined]
        if name not in times:
            print(f"  {name:<18}  not installed")
            continue
        verdict = f"{times[name] / ours:.2f}× our time"
        if name not in hand:
            verdict = FASTER.verdict(ours, times[name])
        print(f"  {name:<18}{1e3 * times[name]:>8.3f} ms  {verdict}")
    print()


def measure(repeats: int) -> None:
    for dtype, tolerance in (("float64", 1e-9), ("float32", 2e-4)):
        given = task(dtype)
        found = contenders(given)
        check_agreement({name: each.gradients() for name, each in found.items()}, tolerance)
        for name in (OURS, BY_HAND):
            each = found[name]
            print(
                f"  {name}: recorded in {each.recording:.2f} s, compiled in {each.compiling:.2f} s"
            )
        print(f"  {found[OURS].program!r}")
        runs = {name: timed(each) for name, each in found.items()}
        threads = os.environ["OMP_NUM_THREADS"]
        title = f"one step of the digits network, batch {BATCH}, {dtype}, threads: {threads}"
        print_step_table(title, interleaved(runs, repeats))
        for each in found.values():
            if isinstance(each, Hips):
                each.close()


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=15)
    if INSIDE in os.environ:
        measure(repeats)
        return
    print_machine(repeats)
    for threads in (1, 2):  # libraries read the number of threads when they are loaded
        print(flush=True)
        env = dict.fromkeys(THREADS, str(threads)) | {INSIDE: "yes"}
        count = os.cpu_count() or 1
        pinned = f"import os, runpy; os.sched_setaffinity(0, range({min(threads, count)})); "
        run = f"runpy.run_path({__file__!r}, run_name='__main__')"
        path = os.path.dirname(os.path.abspath(__file__))
        subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sys; sys.path.insert(0, {path!r}); {pinned}{run}",
                "--repeats",
                str(repeats),
            ],
            env={**os.environ, **env},
            check=True,
        )


if __name__ == "__main__":
    main()
