"""Cost and gradients of a network on JAX and PyTorch: our functions against hand-written ones.

The networks are 784-16-16-10, 784-128-128-10 and 784-1024-1024-10 with sigmoids and the squared
error, a recurrent network of 16 numbers over 8 steps, and a GPT of one block over 8 tokens. The
rivals are ``jax.jit(jax.value_and_grad(loss))`` and PyTorch's autograd of the same network, written
as one would write it for that library. In the rows "torch.compile", both sides are compiled by it,
which needs a C++ compiler. All gradients are compared before anything is timed. The columns are
passed in groups, as `fit` passes them.

On the CPU, processor time counts and one thread is used, because other programs may use the same
cores; on a GPU, the clock counts. The rivals are optional: pip install jax torch.

    python tests/benchmarks/engines_step.py [--repeats 15] [--only "JAX gpt float32 100"]
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import product
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np
from harness import OURS, check_agreement, mark, print_machine
from models import Recurrent, flat, values

from autograd import Program, compile  # noqa: A004
from nn import GPT, MLP, Data, squared_error
from nn.train.batched import Compiled

LIBRARIES = ("JAX", "PyTorch", "torch.compile")
NETWORKS = ("784-16-16-10", "784-128-128-10", "784-1024-1024-10", "rnn", "gpt")
BATCHES = (1, 10, 100, 1_000, 10_000)
KINDS = ("float32", "float64")
LIMIT = 1.1
CONTEXT = 8
MASK = np.triu(np.full((CONTEXT, CONTEXT), -np.inf), 1)

Arrays = Sequence[Any]
Works = dict[str, Callable[[], Any]]


class Dense:
    """A network of sigmoids; by hand, weights have shape (inputs, outputs)."""

    def __init__(self, sizes: list[int], batch: int) -> None:
        rng = np.random.default_rng(0)
        self.model = MLP(sizes[0], sizes[1:], "sigmoid", "sigmoid", seed=0)
        self.x = rng.random((batch, sizes[0]))
        self.y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], batch)]
        few = Data(rng.random((2, sizes[0])), np.eye(sizes[-1])[:2])
        self.compiled = Compiled(self.model, squared_error, few)
        self.by_hand = (self.x, self.y)

    def cost(self, library: Any, arrays: Arrays, x: Any, y: Any) -> Any:
        for w, b in zip(arrays[::2], arrays[1::2], strict=True):
            x = library.sigmoid(x @ w + b)
        return ((x - y) ** 2).sum(1).mean()


class Rnn:
    """h ← tanh(U x + W h + b), 16 numbers, over 8 steps; the squared error of a linear output."""

    def __init__(self, batch: int) -> None:
        recurrent = Recurrent(batch, 8)
        example = {name: values(array) for name, array in recurrent.parameters.items()}
        x, y = values(recurrent.x[0]), values(recurrent.y[0])
        program = compile(recurrent.record(example, x, y), flat([x, y]))
        place = {value: k for k, value in enumerate(flat(list(example.values())))}
        self.model = SimpleNamespace(arrays=lambda: recurrent.parameters)
        self.compiled = SimpleNamespace(
            program=program, order=[place[value] for value in program.parameters]
        )
        self.x, self.y = recurrent.x.reshape(batch, -1), recurrent.y
        self.by_hand = (recurrent.x, recurrent.y)

    def cost(self, library: Any, arrays: Arrays, x: Any, y: Any) -> Any:
        u, w, b, v = arrays
        h = library.tanh(x[:, 0] @ u + b)
        for k in range(1, x.shape[1]):
            h = library.tanh(x[:, k] @ u + h @ w + b)
        return ((h @ v - y[:, 0]) ** 2).mean()


class Gpt:
    """One block of 4 heads over 8 tokens of 16 numbers; by hand, tokens are numbers."""

    def __init__(self, batch: int) -> None:
        rng = np.random.default_rng(0)
        self.model = GPT(context=CONTEXT, seed=0)
        texts = ["".join(map(chr, row)) for row in rng.integers(97, 123, (batch, CONTEXT - 1))]
        data = self.model.data(texts)
        self.x, self.y = data.x, np.array(data.y, float)
        self.compiled = Compiled(self.model, self.model.loss, data)
        tokens = (rows.reshape(batch, CONTEXT, -1).argmax(-1) for rows in (self.x, self.y))
        self.by_hand = tuple(tokens)

    def cost(self, library: Any, arrays: Arrays, x: Any, y: Any) -> Any:
        def norm(x: Any) -> Any:
            return x / ((x * x).mean(-1)[..., None] + 1e-5) ** 0.5

        e, p, logits, q, k, v, o, w1, w2 = arrays[:9]
        h = norm(e[x] + p)
        heads = [(norm(h) @ w).reshape(-1, CONTEXT, 4, 4).swapaxes(1, 2) for w in (q, k, v)]
        scores = heads[0] @ heads[1].swapaxes(2, 3) / 2 + library.mask
        read = library.softmax(scores) @ heads[2]
        h = h + read.swapaxes(1, 2).reshape(-1, CONTEXT, 16) @ o
        h = h + library.relu(norm(h) @ w1) @ w2
        return -library.wanted(library.log_softmax(h @ logits), y[..., None]).mean()


def turned(case: Any, arrays: Sequence[Any]) -> list[Any]:
    """Return parameters with the matrices of products transposed, as one keeps them by hand."""
    names = case.model.arrays()
    return [a if name.endswith("table") else a.T for name, a in zip(names, arrays, strict=True)]


def on_jax(case: Any, kind: str) -> Works:
    import jax

    nn, jnp = jax.nn, jax.numpy
    library = SimpleNamespace(
        sigmoid=nn.sigmoid,
        tanh=jnp.tanh,
        relu=nn.relu,
        softmax=nn.softmax,
        log_softmax=nn.log_softmax,
        wanted=lambda z, y: jnp.take_along_axis(z, y, -1),
        mask=jnp.asarray(MASK, kind),
    )
    function = case.compiled.program.function("jax")
    ours = jax.jit(function)
    hand = jax.jit(jax.value_and_grad(lambda a, x, y: case.cost(library, a, x, y)))
    weights, columns = (jnp.asarray(a, kind) for a in given(case))
    weights = [jnp.array(part) for part in function.split_parameters(weights)]
    groups = [jnp.array(group) for group in function.split(columns)]
    arrays = [jnp.array(a, kind) for a in turned(case, case.model.arrays().values())]
    x, y = (jnp.asarray(a, kind if a.dtype.kind == "f" else int) for a in case.by_hand)
    return {
        OURS: lambda: jax.block_until_ready(ours(weights, groups))[1],
        "by hand": lambda: jax.block_until_ready(hand(arrays, x, y))[1],
    }


def on_torch(case: Any, kind: str, *, is_compiled: bool) -> Works:
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    compiled = torch.compile if is_compiled else lambda f: f
    torch.set_num_threads(1)

    def tensor(a: Any) -> Any:
        a = np.ascontiguousarray(a)
        return torch.tensor(a.astype(kind) if a.dtype.kind == "f" else a, device=device)

    library = SimpleNamespace(
        sigmoid=torch.sigmoid,
        tanh=torch.tanh,
        relu=torch.relu,
        softmax=lambda z: torch.softmax(z, -1),
        log_softmax=lambda z: torch.log_softmax(z, -1),
        wanted=lambda z, y: torch.gather(z, -1, y),
        mask=tensor(MASK),
    )
    function = case.compiled.program.function("torch")
    ours = compiled(function.value_and_grad)
    cost = compiled(lambda a, x, y: case.cost(library, a, x, y))
    weights, columns = map(tensor, given(case))
    weights = [part.clone() for part in function.split_parameters(weights)]
    groups = [group.clone() for group in function.split(columns)]
    arrays = [tensor(a).requires_grad_() for a in turned(case, case.model.arrays().values())]
    used = [a for a in arrays if a.numel()]
    x, y = map(tensor, case.by_hand)

    def finish(gradients: Any) -> Any:
        if device == "cuda":
            torch.cuda.synchronize()
        return gradients

    return {
        OURS: lambda: finish(ours(weights, groups)[1]),
        "by hand": lambda: finish(torch.autograd.grad(cost(arrays, x, y), used)),
    }


def given(case: Any) -> tuple[Any, Any]:
    """Return the weights and the columns of inputs that our function takes."""
    return case.compiled.program.weights, np.hstack([case.x, case.y]).T


def numbers(case: Any, gradients: Any, is_ours: bool) -> list[float]:
    """Return gradients in the order of the program's parameters."""
    arrays = [numpy_array(g) for g in gradients]
    if is_ours:
        return np.concatenate([a.ravel() for a in arrays]).tolist()
    arrays += [np.zeros(0)] * (len(case.model.arrays()) - len(arrays))
    flat = np.concatenate([a.ravel() for a in turned(case, arrays)])
    return flat[case.compiled.order].tolist()


def numpy_array(a: Any) -> Any:
    return np.asarray(a.cpu() if hasattr(a, "cpu") else a)


def clock() -> Callable[[], float]:
    """Return the clock that counts: that of the processor, unless a GPU does the work."""
    import jax

    return time.process_time if jax.default_backend() == "cpu" else time.perf_counter


def timed(works: Works, times: int, repeats: int) -> dict[str, list[float]]:
    """Return the seconds of each contender in each round; they take turns."""
    laps: dict[str, list[float]] = {name: [] for name in works}
    now = clock()
    for _ in range(repeats + 1):
        for name, work in works.items():
            start = now()
            for _ in range(times):
                work()
            laps[name].append((now() - start) / times)
    return {name: found[1:] for name, found in laps.items()}


def measure(library: str, network: str, kind: str, batch: int, repeats: int) -> None:
    import jax

    cases: dict[str, Any] = {"gpt": Gpt, "rnn": Rnn}
    kind_of_case = cases.get(network, partial(Dense, [*map(int, re.findall(r"\d+", network))]))
    case = kind_of_case(batch)
    assert isinstance(case.compiled.program, Program)
    with jax.enable_x64(kind == "float64"):
        is_compiled = library == "torch.compile"
        works = (
            on_jax(case, kind)
            if library == "JAX"
            else on_torch(case, kind, is_compiled=is_compiled)
        )
        first, seconds = {}, {}
        for name, work in works.items():
            start = time.perf_counter()
            first[name] = numbers(case, work(), name == OURS)
            seconds[name] = time.perf_counter() - start
        size = max(map(abs, first[OURS]))
        check_agreement(
            {name: [g / size for g in found] for name, found in first.items()},
            5e-5 if kind == "float32" else 1e-12,  # of sums over 10,000 examples
        )
        laps = timed(works, max(1, min(100, 2_000 // batch)), repeats)
    ours, theirs = map(statistics.median, laps.values())
    low, _, high = statistics.quantiles(a / b for a, b in zip(*laps.values(), strict=True))
    print(
        f"{library:13} {network:17} {kind} {batch:6,}: {ours * 1e3:8.3f} ms, "
        f"{ours / theirs:.2f} × by hand ({low:.2f}–{high:.2f}) {mark(ours <= LIMIT * theirs)}; "
        f"first call {seconds[OURS]:.1f} s, by hand {seconds['by hand']:.1f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repeats", type=int, default=15, help="rounds (15)")
    parser.add_argument("--only", default="", help="words that a row has, as 'JAX gpt 100'")
    arguments = parser.parse_args()
    words = set(arguments.only.split())
    print_machine(arguments.repeats)
    for row in product(LIBRARIES, NETWORKS, KINDS, BATCHES):
        if words <= set(map(str, row)) and row[1::2] != ("gpt", 10_000):
            measure(*row, arguments.repeats)


if __name__ == "__main__":
    main()
