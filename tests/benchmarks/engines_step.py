"""Cost and gradients of a network on JAX and PyTorch: our functions against hand-written ones.

784-16-16-10 and 784-128-128-10 with sigmoids and the squared error, mini-batches of 100, 1,000 and
10,000, float32 and float64. The rivals are ``jax.jit(jax.value_and_grad(loss))`` and
``torch.compile`` of the same network. Where PyTorch finds no C++ compiler, both sides run without
``torch.compile``. All gradients are compared before anything is timed. The columns are passed in
groups, as `fit` passes them.

The rivals are optional: pip install jax torch. They run on the first device that they have.

    python tests/benchmarks/engines_step.py --repeats 15
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from harness import (
    OURS,
    Near,
    Phases,
    Run,
    check_agreement,
    interleaved,
    print_machine,
    repeats_from_command_line,
)

from autograd import Program
from nn import MLP, Data, squared_error
from nn.train.batched import Compiled

NETWORKS = ([784, 16, 16, 10], [784, 128, 128, 10])
BATCHES = (100, 1_000, 10_000)
KINDS = ("float32", "float64")
PROMISE = Near(1.1)


def programs(sizes: list[int]) -> Program:
    """Return the program of a network with its loss."""
    model = MLP(sizes[0], sizes[1:], "sigmoid", "sigmoid", seed=0)
    two = np.eye(sizes[-1])[:2]
    compiled = Compiled(model, squared_error, Data(np.ones((2, sizes[0])), two)).program
    assert isinstance(compiled, Program)
    return compiled


def parts(weights: Any, sizes: list[int]) -> list[tuple[Any, Any]]:
    """Return W, shape (inputs, outputs), and b of every layer; the program has them in a row."""
    found, start = [], 0
    for a, b in pairwise(sizes):
        middle, stop = start + a * b, start + a * b + b
        found.append((weights[start:middle].reshape(a, b), weights[middle:stop]))
        start = stop
    return found


def on_jax(program: Program, sizes: list[int], x: Any, y: Any) -> dict[str, Callable[[], Any]]:
    import jax

    jnp = jax.numpy

    def loss(layers: Any, x: Any, y: Any) -> Any:
        for w, b in layers:
            x = jax.nn.sigmoid(x @ w + b)
        return ((x - y) ** 2).sum(1).mean()

    function = program.function("jax")
    ours, hand = jax.jit(function), jax.jit(jax.value_and_grad(loss))
    weights = jnp.asarray(program.weights, x.dtype)
    layers = [tuple(map(jnp.array, part)) for part in parts(weights, sizes)]
    columns = [jnp.array(x.T), jnp.array(y.T)]
    xs, ys = jnp.asarray(x), jnp.asarray(y)
    return {
        OURS: lambda: jax.block_until_ready(ours(weights, columns))[1],
        "by hand": lambda: jax.block_until_ready(hand(layers, xs, ys))[1],
    }


def on_torch(program: Program, sizes: list[int], x: Any, y: Any) -> dict[str, Callable[[], Any]]:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    compiled = torch.compile if shutil.which("g++") or device == "cuda" else lambda f: f

    def tensor(a: Any) -> Any:
        return torch.tensor(np.ascontiguousarray(a), device=device)

    weights = tensor(program.weights.astype(x.dtype))
    layers = [p.clone().requires_grad_() for part in parts(weights, sizes) for p in part]
    columns, xs, ys = [tensor(x.T), tensor(y.T)], tensor(x), tensor(y)
    function = program.function("torch")
    ours = compiled(function.value_and_grad)

    @compiled
    def loss(layers: Any, x: Any, y: Any) -> Any:
        for w, b in zip(layers[::2], layers[1::2], strict=True):
            x = torch.sigmoid(x @ w + b)
        return ((x - y) ** 2).sum(1).mean()

    def hand() -> Any:
        gradients = torch.autograd.grad(loss(layers, xs, ys), layers)
        if device == "cuda":
            torch.cuda.synchronize()
        return gradients

    def run() -> Any:
        found = ours(weights, columns)[1]
        if device == "cuda":
            torch.cuda.synchronize()
        return found

    return {OURS: run, "by hand": hand}


def flat(gradients: Any) -> list[float]:
    """Return gradients in the program's order: each weight matrix row by row, then its bias."""
    if isinstance(gradients, list | tuple):
        each = [g for part in gradients for g in (part if isinstance(part, tuple) else [part])]
        arrays = [np.asarray(g.cpu() if hasattr(g, "cpu") else g).ravel() for g in each]
        return np.concatenate(arrays).tolist()
    return np.asarray(gradients.cpu() if hasattr(gradients, "cpu") else gradients).tolist()


def timed(work: Callable[[], Any], times: int) -> Run:
    def run() -> Phases:
        start = time.perf_counter()
        for _ in range(times):
            work()
        return {"total": (time.perf_counter() - start) / times}

    return run


def measure(library: str, sizes: list[int], kind: str, batch: int, repeats: int) -> None:
    import jax

    rng = np.random.default_rng(0)
    program = programs(sizes)
    x, y = rng.random((batch, sizes[0])), np.eye(sizes[-1])[rng.integers(0, sizes[-1], batch)]
    with jax.enable_x64(kind == "float64"):
        make = on_jax if library == "JAX" else on_torch
        works = make(program, sizes, x.astype(kind), y.astype(kind))
        first = {}
        for name, work in works.items():
            start = time.perf_counter()
            first[name] = flat(work())
            first[f"{name} compiles"] = time.perf_counter() - start
        size = max(map(abs, first[OURS]))
        check_agreement(
            {name: [g / size for g in first[name]] for name in works},
            1e-5 if kind == "float32" else 1e-12,
        )
        times = max(1, 2_000 // batch)
        found = interleaved({name: timed(w, times) for name, w in works.items()}, repeats)
    ours, theirs = (found[name]["total"] for name in works)
    print(
        f"{library:8} {'-'.join(map(str, sizes)):15} {kind} {batch:6,}: {ours * 1e3:8.3f} ms, "
        f"by hand {PROMISE.verdict(ours, theirs)}; first call "
        f"{first[f'{OURS} compiles']:.1f} s, by hand {first['by hand compiles']:.1f} s",
        flush=True,
    )


def main() -> None:
    repeats = repeats_from_command_line(__doc__, 15)
    print_machine(repeats)
    for library in ("JAX", "PyTorch"):
        for sizes in NETWORKS:
            for kind in KINDS:
                for batch in BATCHES:
                    measure(library, sizes, kind, batch, repeats)


if __name__ == "__main__":
    main()
