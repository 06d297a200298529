"""Random graphs against two independent oracles: dual numbers of 30 digits, and PyTorch.

The graphs are those of `tests/autograd/agreement.py`: all rows, repeated operands, data on both
sides of every kink and on it. A dual number carries a value and its slopes forward, computed by
mpmath from the mathematics in `tests/autograd/conftest.py` and not from the rows. PyTorch
differentiates the value of each row by itself, where it is installed.

    python tests/trust/oracle.py 20000
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

TESTS = Path(__file__).parents[1]
TOLERANCE = 1e-9  # relative to the larger of the number and 1


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(
        f"oracle_{name}", TESTS / "autograd" / f"{name}.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


agreement, mathematics = _load("agreement"), _load("conftest")
REFERENCE = mathematics.Reference()
REFERENCE.mp.dps = 30


def by_duals(case: Any, data: list[float]) -> list[float]:
    """Return the output and its slopes with respect to the leaves, carried forward.

    Raises:
        ZeroDivisionError: a slope on the way is infinite, even if nothing depends on it.
    """
    mpf, leaves = REFERENCE.mp.mpf, range(len(data))
    duals = [(mpf(x), [mpf(k == i) for i in leaves]) for k, x in enumerate(data)]
    for op, operands in case.steps:
        inputs = [duals[o] if isinstance(o, int) else (mpf(o), [0] * len(data)) for o in operands]
        numbers = [x for x, _ in inputs]
        slopes = REFERENCE.slopes(op, numbers)
        carried = [
            sum(s * d[i] for s, (_, d) in zip(slopes, inputs, strict=True) if d[i]) for i in leaves
        ]
        duals.append((mpf(REFERENCE.value(op, numbers)), carried))
    output, slopes = duals[-1]
    return [float(output), *map(float, slopes)]


class Tensors:
    """The functions of formulas over tensors; ties of two numbers go to the first, as ours do."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch

    def __getattr__(self, name: str) -> Any:
        return getattr(self.torch, name)

    def maximum(self, a: Any, b: Any) -> Any:
        return self.torch.where(self.tensor(a) >= self.tensor(b), a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self.torch.where(self.tensor(a) <= self.tensor(b), a, b)

    def result(self, op: Any, inputs: list[Any]) -> Any:
        """Return the result of a row: by PyTorch's own function, or by the formula of the row."""
        own = self.torch.nn.functional
        match op.name:
            case "softplus":
                return own.softplus(*inputs, threshold=1000)
            case "gelu":
                return own.gelu(*inputs, approximate="tanh")
            case "logsumexp":
                return self.torch.logsumexp(self.torch.stack(inputs), 0)
            case "sigmoid" | "silu" | "erf" | "erfc":
                return getattr(own if op.name == "silu" else self.torch, op.name)(*inputs)
            case _:
                return self.tensor(op.forward(self, *inputs))

    def tensor(self, x: Any) -> Any:
        return self.torch.as_tensor(x, dtype=self.torch.float64)


def by_torch(xp: Tensors, case: Any, data: list[float]) -> list[float]:
    """Return the output and its slopes, by PyTorch's own differentiation."""
    leaves = [xp.tensor(x).requires_grad_() for x in data]
    values = list(leaves)
    for op, operands in case.steps:
        inputs = [values[o] if isinstance(o, int) else xp.tensor(o) for o in operands]
        values.append(xp.result(op, inputs))
    if values[-1].requires_grad:
        values[-1].backward()
    slopes = [0.0 if v.grad is None else v.grad.item() for v in leaves]
    return [values[-1].item(), *slopes]


def answers(xp: Tensors | None, case: Any, data: list[float]) -> dict[str, list[float]]:
    """Return what each oracle says, NaN where it cannot."""
    try:
        found = {"duals": by_duals(case, data)}
    except ZeroDivisionError:
        found = {"duals": [math.nan]}
    if xp is not None:
        found["torch"] = by_torch(xp, case, data)
    return found


def by_engine(case: Any, data: list[float]) -> list[float]:
    leaves, output, _ = case.record(data)
    output.backward()
    return [output.data, *(leaf.grad for leaf in leaves)]


def run(wanted: int, first: int = 0) -> tuple[Counter[str], list[tuple[float, int, str]]]:
    """Return how many numbers were compared, and the largest differences with their seeds."""
    has_torch = importlib.util.find_spec("torch") is not None
    xp = Tensors(importlib.import_module("torch")) if has_torch else None
    counts, worst = Counter[str](), []
    seed = first
    while counts["graphs"] < wanted:
        case, seed = agreement.make(Random(seed)), seed + 1
        if case is None:
            continue
        counts["graphs"] += 1
        for data in case.columns:
            ours = by_engine(case, data)
            for oracle, theirs in answers(xp, case, data).items():
                # A slope that is infinite where no gradient arrives: only backward it is no matter.
                if not all(map(math.isfinite, theirs)):
                    counts[f"examples left out by {oracle}"] += 1
                    continue
                counts[f"numbers by {oracle}"] += len(theirs)
                worst.append((agreement.difference(ours, theirs), seed - 1, oracle))
        if counts["graphs"] % 1000 == 0:
            worst = sorted(worst, reverse=True)[:10]
            print(f"{counts['graphs']:,} graphs, largest difference {worst[0]}", flush=True)
    return counts, sorted(worst, reverse=True)[:10]


def main(wanted: int) -> int:
    counts, worst = run(wanted)
    print(", ".join(f"{count:,} {what}" for what, count in counts.items()))
    print(*(f"seed {seed}, {oracle}: {d:.3g}" for d, seed, oracle in worst[:5]), sep="\n")
    return 0 if worst[0][0] < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
