"""What `recording()` costs in each style of code: its time ÷ that of the same code without it.

    python tests/benchmarks/recording_styles.py [style …]

Each style is a function of this file, which records some 20,000 nodes from fresh leaves. The
garbage collector is off in both, because `recording` pauses it. Times are processor time. A ratio
is the median over rounds, in each of which the style runs without and with the block.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from functools import reduce
from operator import mul

import numpy as np
from harness import mark

from autograd import Value, dot, recording
from nn import MLP

N = 5_000
MOST = 3.0  # the promise
ROUNDS = 9


def statements():
    """z = w * x + b"""
    w, x, b = Value(0.5), Value(0.1), Value(0.2)
    for _ in range(N):
        z = w * x + b
        x = z.tanh()
    return x


def augmented():
    """s += w * x"""
    w, x, s = Value(0.5), Value(0.1), Value(0.0)
    for _ in range(2 * N):
        s += w * x
    return s


def constants():
    """z = 1.0 - 2.0 * x"""
    x = Value(0.1)
    for _ in range(N):
        z = 1.0 - 2.0 * x
        x = 0.5 / (2.0 + z)
    return x


def calls():
    """z = f(x)"""
    x, w = Value(0.1), Value(0.5)

    def neuron(x):
        z = w * x
        return z.tanh()

    for _ in range(2 * N):
        x = neuron(x)
    return x


def comprehensions():
    """[v * x for v in w]"""
    w, x = [Value(0.01 * k) for k in range(10)], Value(0.5)
    for _ in range(N // 10):
        h = [v * x for v in w]
        h = [v.tanh() for v in h]
        h = [a + b for a, b in zip(h, w, strict=True)]
        x = h[3] * h[4]
    return x


def sums():
    """z = sum(a * b for a, b in zip(w, x))"""
    w, x = [Value(0.01 * k) for k in range(10)], [Value(0.5) for _ in range(10)]
    for k in range(N // 5):
        x[k % 10] = sum(a * b for a, b in zip(w, x, strict=True))
    return x[0]


def layers():
    """[sum((a * b for …), bias).tanh() for row in W]"""
    weights = [[Value(0.01 * (i + j)) for j in range(10)] for i in range(10)]
    x, b = [Value(0.5) for _ in range(10)], [Value(0.0) for _ in range(10)]
    for _ in range(N // 50):
        x = [
            sum((w * v for w, v in zip(row, x, strict=True)), bias).tanh()
            for row, bias in zip(weights, b, strict=True)
        ]
    return x[0]


class Neuron:
    """A neuron as micrograd has it."""

    def __init__(self, n):
        self.w = [Value(0.01 * k) for k in range(n)]
        self.b = Value(0.0)

    def __call__(self, x):
        act = sum((w * v for w, v in zip(self.w, x, strict=True)), self.b)
        return act.tanh()


def objects():
    """h = [neuron(x) for neuron in layer]"""
    x = [Value(0.1) for _ in range(10)]
    for layer in [[Neuron(10) for _ in range(10)] for _ in range(N // 50)]:
        x = [neuron(x) for neuron in layer]
    return x[0]


def dots():
    """[dot(row, x).tanh() for row in W]"""
    weights = [[Value(0.01 * (i + j)) for j in range(4)] for i in range(4)]
    x = [Value(0.5) for _ in range(4)]
    for _ in range(N // 2):
        x = [dot(row, x).tanh() for row in weights]
    return x[0]


def networks():
    """net(x)"""
    net, x = MLP(8, [8, 8], seed=0), [Value(0.1) for _ in range(8)]
    for _ in range(N // 10):
        x = net(x)
    return x[0]


def appends():
    """h.append(w * x)"""
    w, x, h = Value(0.5), Value(0.1), []
    for _ in range(2 * N):
        h.append(w * x)
        x = h[-1].tanh()
    return x


def maps():
    """list(map(mul, w, x))"""
    w, x = [Value(0.01 * k) for k in range(10)], [Value(0.5) for _ in range(10)]
    for _ in range(N // 10):
        h = list(map(mul, w, x))
        x = list(map(Value.tanh, h))
    return reduce(mul, x)


def elements():
    """y[i] += W[i][j] * x[j]"""
    weights, x = [[Value(0.01 * (i + j)) for j in range(10)] for i in range(10)], [Value(0.1)] * 10
    for _ in range(N // 50):
        y = [0.0] * 10
        for i in range(10):
            for j in range(10):
                y[i] += weights[i][j] * x[j]
        x = y
    return x[0]


def dictionaries():
    """d[name] = w * x"""
    w, x, d = Value(0.5), Value(0.1), {}
    for k in range(2 * N):
        d[k % 10] = w * x
        x = d[k % 10].tanh()
    return x


def attributes():
    """self.h = self.w * x"""
    cell = Neuron(1)
    cell.h = cell.b
    for _ in range(2 * N):
        cell.h = cell.w[0] * cell.h
        cell.h = cell.h.tanh()
    return cell.h


def tuples():
    """a, b = b, a + b"""
    a, b = Value(0.0), Value(0.1)
    for _ in range(2 * N):
        a, b = b * a, a.tanh()
    return a + b


def arrays():
    """np.tanh(W @ x)"""
    weights = np.array([[Value(0.01 * (i + j)) for j in range(10)] for i in range(10)])
    x = np.array([Value(0.1) for _ in range(10)])
    for _ in range(N // 50):
        x = np.tanh(weights @ x + x)
    return x[0]


STYLES = [
    *(statements, augmented, constants, calls, comprehensions, sums, layers, objects, dots),
    *(networks, appends, maps, elements, dictionaries, attributes, tuples, arrays),
]


def timed(style) -> float:
    gc.collect()
    start = time.process_time()
    style()
    return time.process_time() - start


def recorded(style) -> float:
    gc.collect()
    start = time.process_time()
    with recording():
        style()
    return time.process_time() - start


def main() -> None:
    chosen = [style for style in STYLES if style.__name__ in (sys.argv[1:] or style.__name__)]
    gc.disable()
    for style in chosen:
        rounds = [(timed(style), recorded(style)) for _ in range(ROUNDS + 1)][1:]
        ratio = statistics.median(inside / outside for outside, inside in rounds)
        plain = statistics.median(outside for outside, _ in rounds)
        text = f"{style.__name__:16}{1e3 * plain:8.1f} ms without, {ratio:5.2f} times with"
        print(f"{text} (target ≤ {MOST:g}) {mark(ratio <= MOST)}   {style.__doc__}")


if __name__ == "__main__":
    main()
