"""One epoch of the digits network, 784-16-16-10, mini-batches of 100: `fit` and its rivals.

All learn from the same 9,000 digits in the same order, squared error, sigmoids, plain descent; ours
shows its progress bar, and counts right answers, which the hand-written epoch need not. After one
epoch all must hold the same weights. One thread each.

The digits are MNIST's t10k files, in the folder that GRADTRACE_MNIST names; random pixels if it is
not there.
The rivals: NumPy written by hand, with all arrays preallocated; PyTorch eager (pip install torch).
"""

from __future__ import annotations

import contextlib
import os
import tracemalloc
from importlib import util
from itertools import pairwise
from pathlib import Path
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"  # before NumPy is imported

import numpy as np
from harness import (
    OURS,
    Faster,
    Near,
    Phases,
    Run,
    Stopwatch,
    check_agreement,
    interleaved,
    print_machine,
    repeats_from_command_line,
)

from nn import MLP, SGD, Data, History, fit, mnist, squared_error
from nn.data.batches import batch_indices

SIZES, RATE, BATCH, SEED = [784, 16, 16, 10], 1.5, 100, 0
PROMISES = {"numpy by hand": Near(1.4), "torch eager": Faster(1)}
FOLDER = os.environ.get("GRADTRACE_MNIST") or Path(__file__).parents[3] / "shared/data/mnist"


def network() -> MLP:
    return MLP(SIZES[0], SIZES[1:], "sigmoid", "sigmoid", seed=SEED)


class Ours:
    """`fit`, epoch by epoch, going on where it stopped; recording and compiling is told apart."""

    def __init__(self, data: Data) -> None:
        self.data, self.model = data, network()
        self.history: History | None = None

    def epoch(self) -> Phases:
        watch = Stopwatch()
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
            self.history = fit(
                self.model,
                self.data,
                loss=squared_error,
                optimizer=SGD(RATE),
                batch_size=BATCH,
                seed=SEED,
                resume=self.history,
            )
        watch.lap("whole call")
        seconds = self.history[-1].seconds
        return {"epoch": seconds, "compile": watch.phases["whole call"] - seconds}

    def weights(self) -> list[float]:
        return [p.data for p in self.model.parameters()]


class ByHand:
    """The same by NumPy with `out=` everywhere: nothing is allocated but the shuffled order."""

    def __init__(self, data: Data) -> None:
        self.data_x, self.data_y = np.ascontiguousarray(data.x), np.ascontiguousarray(data.y)
        self.generator = np.random.default_rng(SEED)
        arrays = network().arrays()
        self.w = [np.ascontiguousarray(arrays[f"W{k}"]) for k in (1, 2, 3)]
        self.b = [arrays[f"b{k}"][:, None].copy() for k in (1, 2, 3)]
        self.x, self.y = np.empty((BATCH, SIZES[0])), np.empty((BATCH, SIZES[-1]))
        self.a = [self.x.T, *(np.empty((n, BATCH)) for n in SIZES[1:])]
        self.delta = [np.empty((n, BATCH)) for n in SIZES[1:]]
        self.slope = [np.empty((n, BATCH)) for n in SIZES[1:]]
        self.dw = [np.empty_like(w) for w in self.w]
        self.db = [np.empty_like(b) for b in self.b]

    def epoch(self) -> Phases:
        watch = Stopwatch()
        cost = 0.0
        for wanted in batch_indices(len(self.data_x), BATCH, self.generator):
            np.take(self.data_x, wanted, axis=0, out=self.x, mode="clip")
            np.take(self.data_y, wanted, axis=0, out=self.y, mode="clip")
            cost += self.step()
        self.cost = cost / len(self.data_x)
        watch.lap("epoch")
        return watch.phases

    def step(self) -> float:
        for k in range(3):
            z = np.matmul(self.w[k], self.a[k], out=self.a[k + 1])
            z += self.b[k]
            np.negative(z, out=z)
            np.exp(z, out=z)
            z += 1
            np.reciprocal(z, out=z)
        delta = np.subtract(self.a[3], self.y.T, out=self.delta[2])
        cost = float(np.vdot(delta, delta))
        delta *= 2 / BATCH
        for k in (2, 1, 0):
            a, delta = self.a[k + 1], self.delta[k]
            slope = np.subtract(1, a, out=self.slope[k])
            slope *= a
            delta *= slope
            np.matmul(delta, self.a[k].T, out=self.dw[k])
            np.sum(delta, axis=1, keepdims=True, out=self.db[k])
            if k:
                np.matmul(self.w[k].T, delta, out=self.delta[k - 1])
            self.dw[k] *= RATE
            self.db[k] *= RATE
            self.w[k] -= self.dw[k]
            self.b[k] -= self.db[k]
        return cost

    def weights(self) -> list[float]:
        layers = zip(self.w, self.b, strict=True)
        return np.concatenate([part.ravel() for pair in layers for part in pair]).tolist()


class Torch:
    """PyTorch eager: Linear and Sigmoid modules, autograd, torch.optim.SGD."""

    def __init__(self, data: Data) -> None:
        import torch

        torch.set_num_threads(1)
        self.torch, arrays = torch, network().arrays()
        self.x, self.y = torch.from_numpy(data.x.copy()), torch.from_numpy(data.y.copy())
        self.generator = np.random.default_rng(SEED)
        layers: list[Any] = []
        for k, (n, m) in enumerate(pairwise(SIZES), start=1):
            linear = torch.nn.Linear(n, m, dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(arrays[f"W{k}"]))
                linear.bias.copy_(torch.from_numpy(arrays[f"b{k}"]))
            layers += [linear, torch.nn.Sigmoid()]
        self.model = torch.nn.Sequential(*layers)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=RATE)

    def epoch(self) -> Phases:
        watch = Stopwatch()
        cost = 0.0
        for wanted in batch_indices(len(self.x), BATCH, self.generator):
            index = self.torch.from_numpy(wanted)
            self.optimizer.zero_grad()
            errors = self.model(self.x[index]) - self.y[index]
            mean = (errors * errors).sum() / BATCH
            mean.backward()
            self.optimizer.step()
            cost += mean.item() * BATCH
        watch.lap("epoch")
        return watch.phases

    def weights(self) -> list[float]:
        parts = [p.detach().numpy().ravel() for p in self.model.parameters()]
        return np.concatenate(parts).tolist()


def print_epochs(found: dict[str, Phases]) -> None:
    ours = found[OURS]["epoch"]
    for name, phases in found.items():
        cells = f"{1e3 * phases['epoch']:>9.1f} ms an epoch"
        verdict = "" if name == OURS else PROMISES[name].verdict(ours, phases["epoch"])
        print(f"  {name:<14}{cells}  {verdict}".rstrip())
    if "torch eager" not in found:
        print("  torch eager   not installed")
    print(f"  ours records and compiles first, once: {1e3 * found[OURS]['compile']:.0f} ms\n")


def peak_bytes(data: Data) -> int:
    """Return the most memory that a whole `fit` of one epoch holds beyond the data."""
    tracemalloc.start()
    Ours(data).epoch()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def read_digits() -> Data:
    """Return 9,000 images of MNIST, or as many of random pixels, which take the same time."""
    try:
        return mnist(FOLDER, "t10k")[:9000]
    except OSError:
        print("MNIST is not here (GRADTRACE_MNIST names its folder): random pixels instead\n")
        generator = np.random.default_rng(SEED)
        return Data(generator.random((9000, 784)), np.eye(10)[generator.integers(0, 10, 9000)])


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=9)
    print_machine(repeats)
    data = read_digits()
    contenders: dict[str, Any] = {OURS: Ours(data), "numpy by hand": ByHand(data)}
    if util.find_spec("torch"):
        contenders["torch eager"] = Torch(data)
    for each in contenders.values():
        each.epoch()
    check_agreement({name: each.weights() for name, each in contenders.items()})
    runs: dict[str, Run] = {name: each.epoch for name, each in contenders.items()}
    print("one epoch of 9,000 digits, 784-16-16-10 sigmoid, squared error, mini-batches of 100")
    print_epochs(interleaved(runs, repeats))
    small, large = peak_bytes(data[:1000]), peak_bytes(data)
    print(f"memory of a fit beyond its data: {large / 2**20:.1f} MiB for 9,000 digits,", end=" ")
    print(f"{small / 2**20:.1f} MiB for 1,000: bounded by the mini-batch, not by the data")


if __name__ == "__main__":
    main()
