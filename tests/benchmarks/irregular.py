"""An irregular graph, compiled: 10,000 nodes, about 100 deep, the gradients of all 50 inputs.

Nothing in it is regular: no layers of equal operations, no matrix products. Rivals: the best NumPy
a person could have generated (one call per node on preallocated vectors, the textbook's
derivatives, adjoint vectors used again), CasADi's SX function mapped over the batch, and PyTorch.
JAX jit and torch.compile are given one minute for a graph of 500 nodes. Outputs and gradients are
compared first.

Then: batches from 1 to 10,000 by the plan that the program chooses, by groups and by rows; what a
node costs per example; and the memory held.

The rivals are optional: pip install casadi torch jax. All run in one thread.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import util
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # before the libraries are loaded

import numpy as np
from harness import (
    OURS,
    Allocated,
    Faster,
    Near,
    Phases,
    check_agreement,
    interleaved,
    mark,
    print_machine,
    repeats_from_command_line,
)

from autograd import Program, Value, compile, total  # noqa: A004 - its name, as re.compile has it

NODES, DEPTH, INPUTS = 10_000, 100, 50
BATCHES = (1, 16, 128, 1_000, 10_000)
PROMISES = {"NumPy by hand": Near(1.1), "CasADi": Faster(3)}
COMPILE_NODES, COMPILE_SECONDS = 500, 60

Step = tuple[str, int, int]  # operation and the places of its operands; the second may be unused


def recipe(nodes: int, depth: int = DEPTH, inputs: int = INPUTS) -> list[Step]:
    """Return a seeded graph as steps; their places follow the inputs'."""
    rng = random.Random(0)
    steps: list[Step] = []
    levels = [list(range(inputs))]

    def add(name: str, a: int, b: int = 0) -> int:
        steps.append((name, a, b))
        return inputs + len(steps) - 1

    per = max(1, nodes // depth)
    while len(steps) < nodes - per:
        pool = levels[-1] + (levels[-2] if len(levels) > 1 else []) + rng.sample(levels[0], 10)
        level = []
        for _ in range(per):
            a, b, kind = rng.choice(levels[-1]), rng.choice(pool), rng.random()
            if kind < 0.3:
                level.append(add("mul", a, b))
            elif kind < 0.5:
                level.append(add("tanh", add("add", a, b)))
            elif kind < 0.55:
                level.append(add("sub", a, b))
            elif kind < 0.75:
                level.append(add("sin", add("sub", a, b)))
            else:
                level.append(add(rng.choice(["tanh", "sin", "sigmoid"]), a))
        levels.append(level)
    return steps


STEPS = recipe(NODES)


def last(steps: list[Step], inputs: int = INPUTS) -> list[int]:
    """Return the places that the output adds up: the inputs and all that nothing else uses."""
    used = {p for name, a, b in steps for p in ((a, b) if name in ("mul", "add", "sub") else (a,))}
    return [p for p in range(inputs + len(steps)) if p < inputs or p not in used]


def played(steps: list[Step], inputs: list[Any], functions: dict[str, Any], add: Any) -> Any:
    """Run the steps on anybody's numbers and return the output."""
    v = list(inputs)
    for name, a, b in steps:
        if name in functions:
            v.append(functions[name](v[a]))
        else:
            v.append(
                v[a] * v[b] if name == "mul" else v[a] + v[b] if name == "add" else v[a] - v[b]
            )
    return add([v[p] for p in last(steps, len(inputs))])


# --- contenders -----------------------------------------------------------------------------------


def recorded() -> tuple[Value, list[Value]]:
    x = [Value(0.1, f"x{i}") for i in range(INPUTS)]
    functions = {name: getattr(Value, name) for name in ("tanh", "sin", "sigmoid")}
    return played(STEPS, x, functions, total), x


class ByHand:
    """One NumPy call for each operation, as generated code: what a person would write at best.

    The derivatives are the textbook's, of the outputs where that saves a call (1 − tanh²). The
    first contribution to an adjoint is written, the others are added; a vector whose adjoint is
    done serves the next one. The batch is cut in pieces that fit the cache.
    """

    def __init__(self, piece: int, steps: list[Step] | None = None, inputs: int = INPUTS) -> None:
        self.piece, self.inputs = piece, inputs
        self.steps = STEPS if steps is None else steps
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            n: getattr(np, n)
            for n in ("multiply", "add", "subtract", "tanh", "sin", "cos", "negative", "exp")
        }
        self.names |= {"maximum": partial(np.maximum, 0.0), "greater": np.greater}
        self.names["mask"] = np.empty(piece, bool)
        self.names |= {"reciprocal": np.reciprocal, "copy": np.copyto}
        self.v = [np.empty(piece) for _ in self.steps]
        self.t = np.empty(piece)
        self.out = np.empty(piece)
        self.names |= {f"v{self.inputs + k}": v for k, v in enumerate(self.v)}
        self.names |= {"t": self.t, "out": self.out}
        self._write()

    def _write(self) -> None:
        lines: list[str] = []
        for k, (name, a, b) in enumerate(self.steps, self.inputs):
            lines += self._forward(name, f"v{a}", f"v{b}", f"v{k}")
        ends = last(self.steps, self.inputs)
        lines += [f"add(v{ends[0]}, v{ends[1]}, out)", *(f"add(out, v{p}, out)" for p in ends[2:])]
        self.forward = self._compiled(lines)
        self.free: list[str] = []
        self.adjoint: dict[int, str] = {}
        self.lines = []
        ended = set(ends)
        for k in range(self.inputs):
            self.adjoint[k] = f"g{k}"  # the row of the caller's array
            self.lines.append(f"copy(g{k}, 1.0)")
        for k in range(self.inputs + len(self.steps) - 1, self.inputs - 1, -1):
            if k in ended:
                self._backward(k, "")
            else:
                g = self.adjoint.pop(k)
                self._backward(k, g)
                self.free.append(g)
        self.backward = self._compiled(self.lines)

    def _compiled(self, lines: list[str]) -> Any:
        arguments = ", ".join(
            [*(f"v{k}" for k in range(self.inputs)), *(f"g{k}" for k in range(self.inputs))]
        )
        code = "\n    ".join([f"def run({arguments}):", *lines])
        exec(code, self.names)
        return self.names.pop("run")

    @staticmethod
    def _forward(name: str, a: str, b: str, y: str) -> list[str]:
        if name == "sigmoid":
            return [
                f"negative({a}, {y})",
                f"exp({y}, {y})",
                f"add({y}, 1.0, {y})",
                f"reciprocal({y}, {y})",
            ]
        if name == "relu":
            return [f"maximum({a}, out={y})"]
        names = {"mul": "multiply", "add": "add", "sub": "subtract"}
        return [f"{names[name]}({a}, {b}, {y})" if name in names else f"{name}({a}, {y})"]

    def _backward(self, k: int, g: str) -> None:
        """Write what node k hands on; an empty g stands for 1, as the output adds node k."""
        name, a, b = self.steps[k - self.inputs]
        y = f"v{k}"
        match name:
            case "mul":
                self._give(a, g, f"v{b}")
                self._give(b, g, f"v{a}")
            case "add":
                self._give(a, g)
                self._give(b, g)
            case "sub":
                self._give(a, g)
                self._give(b, g, sign="subtract")
            case "sin":
                self.lines.append(f"cos(v{a}, t)")
                self._give(a, g, "t")
            case "tanh":
                self.lines += [f"multiply({y}, {y}, t)", "subtract(1.0, t, t)"]
                self._give(a, g, "t")
            case "relu":
                self.lines.append(f"greater(v{a}, 0.0, mask)")
                self._give(a, g, "mask")
            case "sigmoid":
                self.lines += [f"subtract(1.0, {y}, t)", f"multiply(t, {y}, t)"]
                self._give(a, g, "t")

    def _give(self, place: int, g: str, slope: str = "", sign: str = "add") -> None:
        """Write: the adjoint of a place receives g × slope."""
        fresh = place not in self.adjoint
        if fresh:
            self.adjoint[place] = self._vector()
        target = self.adjoint[place]
        if g and slope and fresh:
            self.lines.append(f"multiply({g}, {slope}, {target})")
            return
        if g and slope:
            self.lines.append(f"multiply({g}, {slope}, t)")
            slope = "t"
        amount = slope or g or "1.0"
        if not fresh:
            self.lines.append(f"{sign}({target}, {amount}, {target})")
        elif sign == "subtract" and amount != "1.0":
            self.lines.append(f"negative({amount}, {target})")
        else:
            self.lines.append(f"copy({target}, {'-1.0' if sign == 'subtract' else amount})")

    def _vector(self) -> str:
        if self.free:
            return self.free.pop()
        name = f"h{len(self.names)}"
        self.names[name] = np.empty(self.piece)
        return name

    def __call__(self, columns: Any) -> tuple[Any, Any]:
        outputs, gradients = np.empty(columns.shape[1]), np.empty_like(columns)
        for start in range(0, columns.shape[1], self.piece):
            part = slice(start, start + self.piece)
            arguments = [*columns[:, part], *gradients[:, part]]
            self.forward(*arguments)
            self.backward(*arguments)
            outputs[part] = self.out
        return outputs, gradients


def best_by_hand(columns: Any) -> Callable[[Any], Any]:
    """Return the hand-written program in the piece size that is fastest here."""
    batch = columns.shape[1]
    sizes = [size for size in (250, 500, 1_000) if batch % size == 0] or [batch]
    candidates = {size: ByHand(size) for size in sizes}
    times = {}
    for size, run in candidates.items():
        run(columns)
        times[size] = min(seconds(lambda run=run: run(columns)) for _ in range(3))  # type: ignore[misc]
    shown = ", ".join(f"{size}: {1e3 * t:.0f} ms" for size, t in times.items())
    print(f"  NumPy by hand in pieces of {shown}; the fastest counts")
    return candidates[min(times, key=times.__getitem__)]


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Casadi:
    """An SX function of value and gradient, mapped over the batch, called through its buffers."""

    def __init__(self, columns: Any) -> None:
        import casadi

        x = casadi.SX.sym("x", INPUTS)
        functions = {"tanh": casadi.tanh, "sin": casadi.sin}
        functions["sigmoid"] = lambda v: 1 / (1 + casadi.exp(-v))
        y = played(
            STEPS, [x[i] for i in range(INPUTS)], functions, lambda v: casadi.sum1(casadi.vcat(v))
        )
        one = casadi.Function("f", [x], [y, casadi.gradient(y, x)])
        batch = columns.shape[1]
        self.mapped = one.map(batch)
        self.x = np.ascontiguousarray(columns.T)  # CasADi lays columns one after the other
        self.outputs, self.gradients = np.empty(batch), np.empty_like(self.x)
        self.buffer, self.trigger = self.mapped.buffer()
        self.buffer.set_arg(0, memoryview(self.x))
        self.buffer.set_res(0, memoryview(self.outputs))
        self.buffer.set_res(1, memoryview(self.gradients))

    def __call__(self, columns: Any) -> tuple[Any, Any]:
        self.trigger()
        return self.outputs, self.gradients.T


class Torch:
    """One call of PyTorch per node on the vector of all examples, and its backward."""

    def __init__(self, columns: Any) -> None:
        import torch

        self.torch = torch
        torch.set_num_threads(1)
        self.x = [torch.tensor(row, requires_grad=True) for row in columns]
        self.functions = {name: getattr(torch, name) for name in ("tanh", "sin", "sigmoid")}

    def __call__(self, columns: Any) -> tuple[Any, Any]:
        y = played(STEPS, self.x, self.functions, lambda v: self.torch.stack(v).sum(0))
        found = self.torch.autograd.grad(y.sum(), self.x)
        return y.detach().numpy(), self.torch.stack(found).numpy()


# --- measuring ------------------------------------------------------------------------------------


def run_of(work: Callable[[Any], Any], columns: Any) -> Callable[[], Phases]:
    """Time a call; for short batches a few in a row, since the first pays for the one before."""
    calls = 7 if columns.shape[1] < 1_000 else 1
    return lambda: {
        "run": statistics.median([seconds(lambda: work(columns)) for _ in range(calls)])
    }


def ours(program: Program) -> Callable[[Any], Any]:
    def work(columns: Any) -> tuple[Any, Any]:
        gradients = program.input_gradients(columns)
        return program.outputs, gradients

    return work


def against_rivals(program: Program, repeats: int) -> None:
    columns = np.random.default_rng(0).uniform(-1, 1, (INPUTS, 1_000))
    works = {OURS: ours(program), "NumPy by hand": best_by_hand(columns)}
    works |= {
        name: make(columns)
        for name, make, module in (("CasADi", Casadi, "casadi"), ("PyTorch", Torch, "torch"))
        if util.find_spec(module)
    }
    numbers = {name: work(columns) for name, work in works.items()}
    check_agreement(
        {name: [*y.tolist(), *g.ravel().tolist()] for name, (y, g) in numbers.items()}, 1e-7
    )
    found = interleaved({name: run_of(work, columns) for name, work in works.items()}, repeats)
    print("value and 50 gradients, batch 1,000: time, and nanoseconds per node and example")
    for name in (OURS, "NumPy by hand", "CasADi", "PyTorch"):
        if name not in found:
            print(f"  {name:<14}  not installed")
            continue
        t = found[name]["total"]
        verdict = PROMISES[name].verdict(found[OURS]["total"], t) if name in PROMISES else ""
        print(f"  {name:<14}{1e3 * t:>9.1f} ms{1e9 * t / len(STEPS) / 1_000:>8.2f} ns  {verdict}")
    print()


class Planned:
    """A program held to one plan."""

    def __init__(self, output: Value, inputs: list[Value], grouped: bool) -> None:
        self.program = compile(output, inputs=inputs)
        planner = self.program._runner.planner
        planner.is_grouping_faster = lambda _: grouped  # type: ignore[method-assign]


def over_batches(output: Value, x: list[Value], repeats: int) -> None:
    chosen = compile(output, inputs=x)
    works = {
        "groups": Planned(output, x, True).program,
        "rows": Planned(output, x, False).program,
    }
    print(
        f"{'batch':>8}{'groups':>11}{'rows':>11}{'chosen':>9}{'to the better':>15}"
        f"{'per node':>12}{'held':>10}{'peak':>10}"
    )
    for batch in BATCHES:
        columns = np.random.default_rng(0).uniform(-1, 1, (INPUTS, batch))
        runs = {name: run_of(ours(program), columns) for name, program in works.items()}
        found = interleaved(runs, repeats if batch <= 1_000 else max(1, repeats // 3))
        t = {name: phases["total"] for name, phases in found.items()}
        grouped = chosen._runner.planner.is_grouping_faster(batch)
        pick = "groups" if grouped else "rows"
        ratio = t[pick] / min(t.values())
        for _ in range(2):  # lay out the plan, and learn what is asked for
            ours(chosen)(columns)
        with Allocated() as allocated:
            ours(chosen)(columns)
        print(
            f"{batch:>8,}"
            + "".join(f"{1e3 * t[n]:>8.2f} ms" for n in works)
            + f"{pick:>9}{ratio:>12.2f} {mark(ratio <= 1.1)} "
            + f"{1e9 * t[pick] / len(STEPS) / batch:>8.2f} ns"
            + f"{chosen.nbytes / 2**20:>7.1f} MB"
            + f"{(allocated.peak) / 2**20:>7.1f} MB"
        )
    print(
        "held: all arrays of the program after the call; peak: allocated on top during one call\n"
    )


_COMPILE = """
import sys, time
sys.path.insert(0, {path!r})
import numpy as np
import irregular
steps = irregular.recipe({nodes}, 50)
columns = np.random.default_rng(0).uniform(-1, 1, (50, 1000))
{body}
"""
_JAX = """
import jax
jax.config.update("jax_enable_x64", True)
functions = dict(tanh=jax.numpy.tanh, sin=jax.numpy.sin, sigmoid=jax.nn.sigmoid)
f = lambda x: irregular.played(steps, list(x), functions, lambda v: sum(v).sum())
start = time.perf_counter()
jax.jit(jax.value_and_grad(f))(columns)[1].block_until_ready()
print(time.perf_counter() - start)
"""
_TORCH = """
import torch
functions = {name: getattr(torch, name) for name in ("tanh", "sin", "sigmoid")}
f = lambda x: irregular.played(steps, list(x), functions, lambda v: torch.stack(v).sum())
x = torch.tensor(columns, requires_grad=True)
start = time.perf_counter()
torch.autograd.grad(torch.compile(f)(x), x)
print(time.perf_counter() - start)
"""


def compile_times() -> None:
    """Print how long JAX and torch.compile take for a graph of 500 nodes, a minute at most."""
    for name, module, body in (("JAX jit", "jax", _JAX), ("torch.compile", "torch", _TORCH)):
        said = "not installed"
        if util.find_spec(module):
            said = _compile_time(body)
        print(f"  {name} compiles {COMPILE_NODES} nodes in: {said}")
    print()


def _compile_time(body: str) -> str:
    path = os.path.dirname(os.path.abspath(__file__))
    source = _COMPILE.format(path=path, nodes=COMPILE_NODES, body=body)
    try:
        done = subprocess.run(
            [sys.executable, "-c", source],
            capture_output=True,
            text=True,
            timeout=COMPILE_SECONDS,
            env={**os.environ, "TORCHINDUCTOR_FORCE_DISABLE_CACHES": "1"},
            check=True,
        )
    except subprocess.TimeoutExpired:
        return f"more than {COMPILE_SECONDS} s"
    return f"{float(done.stdout):.1f} s"


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=9)
    print_machine(repeats)
    start = time.perf_counter()
    output, x = recorded()
    recording = time.perf_counter() - start
    program = compile(output, inputs=x)
    compiling = time.perf_counter() - start - recording
    print(program)
    print(
        f"  recorded in {recording:.2f} s, compiled in {compiling:.2f} s "
        f"(target under 2 s {mark(compiling < 2)})"
    )
    first = seconds(lambda: ours(program)(np.zeros((INPUTS, 1_000))))
    print(f"  the first call at batch 1,000, which may lay out another plan: {first:.2f} s")
    compile_times()
    against_rivals(program, repeats)
    over_batches(output, x, repeats)


if __name__ == "__main__":
    main()
