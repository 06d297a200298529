"""What `compile` and a program's first call cost, in processor time and memory, as graphs grow.

    python tests/benchmarks/compiling.py [case …]

Each case runs in a process of its own, on one thread, and is described below. "first call" is the
first `value_and_grad`, or `input_gradients`, of 100 examples: it chooses a plan, makes it and runs.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from random import Random

import numpy as np

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    sigmoid,
    tanh,
    total,
)
from nn import MLP, squared_error

Recorded = tuple[Value, list[Value]]
INSIDE = "GRADTRACE_BENCHMARK_INSIDE"  # set in the process that measures


def chain() -> Recorded:
    """v ← tanh(v·w), 50,000 times: 100,000 nodes, one after the other."""
    x, w = Value(0.5, "x"), Value(0.9, "w")
    v = x
    for _ in range(50_000):
        v = tanh(v * w)
    return v, [x]


def irregular(steps: int) -> Recorded:
    """Operations (+ − × tanh σ ReLU) on two of the last 40 numbers, chosen at random."""
    rng = Random(0)
    x = [Value(0.01 * k) for k in range(10)]
    pool = list(x)
    operations: list[Callable[[Value, Value], Value]] = [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: tanh(a),
        lambda a, b: sigmoid(a),
        lambda a, b: a.relu(),
    ]
    for _ in range(steps):
        pool.append(rng.choice(operations)(rng.choice(pool[-40:]), rng.choice(pool[-40:])))
    return total(pool[-40:] + x), x


def network(*sizes: int) -> Recorded:
    """A network of sigmoids with its squared error."""
    net = MLP(sizes[0], list(sizes[1:]), "sigmoid", "sigmoid", seed=0)
    x = [Value(0.1) for _ in range(sizes[0])]
    y = [Value(0.0) for _ in range(sizes[-1])]
    return squared_error(net(x), y), x + y


CASES: dict[str, Callable[[], Recorded]] = {
    "chain": chain,
    "irregular-1000": lambda: irregular(1_000),
    "irregular-10000": lambda: irregular(10_000),
    "irregular-60000": lambda: irregular(60_000),
    "irregular-175000": lambda: irregular(175_000),
    "784-16-16-10": lambda: network(784, 16, 16, 10),
    "784-512-512-10": lambda: network(784, 512, 512, 10),
}


def measure(name: str) -> None:
    """Print what one case costs."""
    output, inputs = CASES[name]()
    columns = np.random.default_rng(0).uniform(-1, 1, (len(inputs), 100))
    before, start = megabytes(), time.process_time()
    program = compile(output, inputs=inputs)
    compiled, between = megabytes(), time.process_time()
    if program.parameters:
        program.value_and_grad(columns)
    else:
        program.input_gradients(columns)
    end = time.process_time()
    nodes = len(program.graph.nodes)
    print(
        f"{name:16} {nodes:8,} nodes   "
        f"compile {between - start:6.2f} s, {compiled - before:4.0f} MB"
        f"   first call {end - between:6.2f} s, {megabytes() - compiled:4.0f} MB"
        f"   together {(end - start) / nodes * 1e6:5.1f} µs a node"
    )


def megabytes() -> float:
    """Return the most memory the process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure the cases named on the command line, or all."""
    for name in sys.argv[1:] or CASES:
        environment = {**os.environ, INSIDE: name, "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([sys.executable, __file__], env=environment, check=True)


if __name__ == "__main__":
    if INSIDE in os.environ:
        measure(os.environ[INSIDE])
    else:
        main()
