"""Seeded random graphs over all rows of the table, and what rounding may do to their numbers.

A `Recipe` says how to record a graph; it can be recorded for every example of a batch. While it is
made it is computed on NumPy columns: an operation is taken only where all examples are in its
domain, and its numbers and slopes moderate.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from autograd import Graph, Value
from autograd.engine.functions import record
from autograd.engine.operation import OPS, Op
from autograd.engine.ops import ADD, CONSTANT, DOT, LEAF, MUL, make_leaky_relu, make_power
from autograd.engine.recorder import recorder

EXPONENTS = (-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 7)
ROWS = [
    *(op for op in OPS.values() if op not in (LEAF, CONSTANT)),
    *map(make_power, EXPONENTS),
    *map(make_leaky_relu, (0.01, -0.5)),
]
EVEN = ("squared_error", "half_squared_error")
WIDTHS = (1, 2, 3, 5, 9, 17)
LARGEST = 30.0  # number
STEEPEST = 8.0  # slope
EPS = 2.0**-52

Operand = int | float  # the place of a number in the graph, or a plain number


@cache
def recorder_of(op: Op) -> Callable[..., Value]:
    """Return the function that records an operation, the compiled one that methods use if any."""
    is_method = op.name in OPS and op.arity in (1, 2)
    return recorder(op, Value) if is_method else lambda *inputs: record(op, inputs)


@dataclass
class Recipe:
    """How to record a graph: leaves first, inputs before parameters, then the operations."""

    columns: Any  # (inputs, examples)
    weights: list[float]
    steps: list[tuple[Op, tuple[Operand, ...]]] = field(default_factory=list)

    def record(self, k: int = 0) -> tuple[Value, list[Value], list[Value]]:
        """Return the output of example k, the inputs and the parameters, used ones only."""
        inputs = [Value(float(x), f"x{i}") for i, x in enumerate(self.columns[:, k], 1)]
        parameters = [Value(w, f"w{i}") for i, w in enumerate(self.weights, 1)]
        values = [*inputs, *parameters]
        for op, operands in self.steps:
            chosen = [values[o] if isinstance(o, int) else o for o in operands]
            values.append(recorder_of(op)(*chosen))
        used = self.used()
        count = len(inputs)
        return (
            values[-1],
            [v for i, v in enumerate(inputs) if i in used],
            [v for i, v in enumerate(parameters, count) if i in used],
        )

    def used(self) -> set[int]:
        """Return the places that the output depends on."""
        leaves = len(self.columns) + len(self.weights)
        used = {leaves + len(self.steps) - 1}
        for place in range(leaves + len(self.steps) - 1, leaves - 1, -1):
            if place in used:
                used.update(o for o in self.steps[place - leaves][1] if isinstance(o, int))
        return used


# --- making one -----------------------------------------------------------------------------------


class _Maker:
    """A recipe that grows; `numbers` holds the columns of every place, for all examples."""

    def __init__(self, rng: Any, examples: int) -> None:
        self.rng = rng
        inputs, parameters = rng.randint(1, 5), rng.choice([0, 1, 2, 4, 7])
        columns = [[rng.uniform(-2, 2) for _ in range(examples)] for _ in range(inputs)]
        self.recipe = Recipe(np.array(columns), [rng.uniform(-1.5, 1.5) for _ in range(parameters)])
        self.numbers = [
            *self.recipe.columns,
            *(np.full(examples, w) for w in self.recipe.weights),
        ]
        self.varies = [True] * inputs + [False] * parameters

    def add(self, op: Op, operands: Sequence[Operand]) -> int | None:
        """Append a step if all examples are in the row's domain and stay moderate."""
        inputs = [self.numbers[o] if isinstance(o, int) else np.array(o) for o in operands]
        try:
            with np.errstate(all="raise", under="ignore"):
                y = op.forward(np, *inputs)
                slopes = op.partials(np, y, *inputs)
        except FloatingPointError:
            return None
        steep = max(float(np.abs(slope).max()) for slope in slopes)
        if float(np.abs(y).max()) > LARGEST or steep > STEEPEST or not _inside(op, inputs):
            return None
        self.recipe.steps.append((op, tuple(operands)))
        self.numbers.append(np.broadcast_to(y, self.numbers[0].shape))
        self.varies.append(any(isinstance(o, int) and self.varies[o] for o in operands))
        return len(self.numbers) - 1

    def must(self, op: Op, operands: Sequence[Operand]) -> int:
        """Append a step, of tamed operands if need be."""
        place = self.add(op, operands)
        if place is None:
            operands = [self.tamed(o) for o in operands]
            place = self.add(op, operands)
        return self.tamed(self.pick()) if place is None else place

    def tamed(self, operand: Operand) -> Operand:
        """Return the operand, squeezed to between 1/2 and 3/2 where it is a number of the graph."""
        if not isinstance(operand, int):
            return 0.75
        squeezed = self.add(OPS["sigmoid"], [operand])
        place = None if squeezed is None else self.add(ADD, [squeezed, 0.5])
        return operand if place is None else place

    def pick(self, *, varies: bool | None = None) -> int:
        """Return a place, new ones rather than old ones."""
        places = [i for i, v in enumerate(self.varies) if varies is None or v is varies]
        if not places:
            places = list(range(len(self.varies)))
        recent = places[-12:]
        return self.rng.choice(recent if self.rng.random() < 0.6 else places)

    def operand(self) -> Operand:
        """Return a place or, seldom, a plain number."""
        return self.rng.uniform(-2, 2) if self.rng.random() < 0.1 else self.pick()

    # --- kinds of steps

    def row(self, first: int | None = None) -> int:
        """Append any row of the table; its first operand may be given."""
        op = self.rng.choice(ROWS)
        count = op.arity or self.rng.choice(WIDTHS)
        count += op.name in EVEN and count % 2
        operands = [self.operand() for _ in range(count)]
        if count > 1 and self.rng.random() < 0.2:
            operands[1] = operands[0]  # a parent twice
        if first is not None:
            operands[0] = first
        if not any(isinstance(o, int) for o in operands):
            operands[0] = self.pick()
        return self.must(op, operands)

    def of_parameters(self) -> int:
        """Append a row of parameters alone, which is the same for all examples."""
        op = self.rng.choice(ROWS)
        count = op.arity or self.rng.choice(WIDTHS[:4])
        count += op.name in EVEN and count % 2
        return self.must(op, [self.pick(varies=False) for _ in range(count)])

    def neuron(self, xs: Sequence[int]) -> int:
        """Append Σ wᵢxᵢ + b: by dot, or by hand with the sum associated at random."""
        weights = [self.pick(varies=False) for _ in xs]
        bias = [self.pick(varies=False)] if self.rng.random() < 0.7 else []
        if self.rng.random() < 0.4:
            return self.must(DOT, [*weights, *xs, *bias])
        pairs = [
            (w, x) if self.rng.random() < 0.5 else (x, w) for w, x in zip(weights, xs, strict=True)
        ]
        terms = [self.must(MUL, pair) for pair in pairs] + bias
        while len(terms) > 1:
            i = self.rng.randrange(len(terms) - 1)
            if self.rng.random() < 0.1 and len(terms) > 2:
                terms[:3] = [self.must(OPS["sum"], terms[:3])]
            else:
                terms[i : i + 2] = [self.must(ADD, terms[i : i + 2])]
        return terms[0]

    def layer(self) -> None:
        """Append neurons on the same inputs, each through the same activation."""
        xs = [self.pick(varies=True) for _ in range(self.rng.choice([1, 2, 3, 4, 6]))]
        op = self.rng.choice([OPS["tanh"], OPS["relu"], OPS["sigmoid"], OPS["gelu"]])
        for _ in range(self.rng.randint(1, 5)):
            self.must(op, [self.neuron(xs)])


def _inside(op: Op, inputs: Sequence[Any]) -> bool:
    """Whether Python's own functions take these inputs too: a base of 0, say, is no matter."""
    if op.name.startswith(("pow", "div", "log(")) and op.arity:
        return all(float(np.abs(x).min()) > 0.05 for x in inputs)
    return True


def make(rng: Any, examples: int, kind: str | None = None) -> Recipe:
    """Return a random recipe: a bush, a net of layers, or a chain up to 200 deep."""
    maker = _Maker(rng, examples)
    kind = kind or rng.choice(["bush", "bush", "net", "chain"])
    for _ in range(rng.randint(0, 4) if maker.recipe.weights else 0):
        maker.of_parameters()
    if kind == "chain":
        place = maker.pick(varies=True)
        for _ in range(rng.choice([5, 20, 60, 200])):
            place = maker.row(first=place)
    elif kind == "net":
        for _ in range(rng.randint(1, 4)):
            maker.layer()
    else:
        for _ in range(rng.randint(1, 50)):
            maker.row()
    _finish(maker)
    return maker.recipe


def _finish(maker: _Maker) -> None:
    """Append an output that depends on an input and on several of the last numbers."""
    last = [i for i, v in enumerate(maker.varies) if v][-maker.rng.randint(1, 6) :]
    maker.must(maker.rng.choice([OPS["sum"], OPS["logsumexp"]]), last)
    if len(maker.recipe.columns) > 0 and not maker.varies[-1]:
        maker.must(ADD, [len(maker.varies) - 1, 0])


# --- what the scalar engine says ------------------------------------------------------------------


@dataclass
class Answers:
    """The scalar engine's numbers, example by example, each recorded and swept on its own."""

    outputs: Any  # (examples,)
    inputs: Any  # gradients, (inputs, examples)
    parameters: Any  # gradients, (parameters, examples)


def answers(recipe: Recipe, examples: int) -> Answers:
    """Record and sweep every example."""
    found = []
    for k in range(examples):
        output, inputs, parameters = recipe.record(k)
        output.backward()
        found.append((output.data, [v.grad for v in inputs], [v.grad for v in parameters]))
    outputs, inputs, parameters = zip(*found, strict=True)
    return Answers(
        np.array(outputs),
        np.array(inputs).T.reshape(-1, examples),
        np.array(parameters).T.reshape(-1, examples),
    )


# --- conditioning ---------------------------------------------------------------------------------

_NOISE = 1e-10
_TRIALS = 4


def tolerances(graph: Graph, columns: dict[int, Any], wanted: Sequence[int]) -> tuple[Any, ...]:
    """Return how far two right programs may differ, and where the numbers are well conditioned.

    For every number: 1e-12 of the sum of its contributions' sizes. Where rounding on the way is
    amplified so much that no program could keep that, what 64 roundings may do: every number and
    slope is moved by 1e-10 of itself (of the sum of its terms' sizes), at random, a few times, and
    what comes out is watched. There the number is called badly conditioned.

    Returns (tolerance, is_good) of the output, both (examples,), and of the gradients of the nodes
    `wanted`, both (wanted, examples).
    """
    examples = next(iter(columns.values())).shape[0]
    rng = np.random.default_rng(0)

    def noise(scale: Any) -> Any:
        wiggle = rng.choice([-1.0, 1.0], (1 + _TRIALS, examples)) * _NOISE
        wiggle[0] = 0.0
        return wiggle * scale

    numbers: list[Any] = []
    slopes: list[tuple[Any, ...]] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            inputs = [numbers[p] for p in node.parents]
            if node.is_leaf:
                data = columns.get(node.index, np.full(examples, node.data))
                numbers.append(np.broadcast_to(data, (1 + _TRIALS, examples)))
                slopes.append(())
                continue
            y = node.op.forward(np, *inputs)
            partials = node.op.partials(np, y, *inputs)
            floor = 1.0 if node.op.name in ("gelu", "silu") else 0.0
            slopes.append(tuple(p + noise(np.maximum(np.abs(p), floor)) for p in partials))
            numbers.append(y + noise(_size(node.op, y, inputs)))
        adjoints, sizes = _swept(graph, slopes, numbers[-1])
    output = _judged(numbers[-1], np.abs(numbers[-1][0]))
    gradients = [_judged(adjoints[k], sizes[k][0]) for k in wanted]
    return (
        *output,
        np.array([t for t, _ in gradients]).reshape(-1, examples),
        np.array([good for _, good in gradients]).reshape(-1, examples),
    )


def _size(op: Op, y: Any, inputs: Sequence[Any]) -> Any:
    """Return the size of what a row adds up: that, not the result, is what rounds."""
    if op.name in ("add", "sub", "sum"):
        return sum(map(np.abs, inputs))
    if op.name == "dot":
        n = len(inputs) // 2
        products = sum(np.abs(a * b) for a, b in zip(inputs[:n], inputs[n : 2 * n], strict=True))
        return products + sum(map(np.abs, inputs[2 * n :]))
    if op.name == "logsumexp":
        return 1 + np.max(np.abs(inputs), axis=0)
    return np.abs(y)


def _swept(graph: Graph, slopes: Sequence[Any], output: Any) -> tuple[list[Any], list[Any]]:
    """Return all adjoints, and the sums of their contributions' sizes."""
    adjoints = [np.zeros_like(output) for _ in graph.nodes]
    sizes = [np.zeros_like(output) for _ in graph.nodes]
    adjoints[-1] += 1.0
    sizes[-1] += 1.0
    for node in reversed(graph.nodes):
        for parent, slope in zip(node.parents, slopes[node.index], strict=True):
            adjoints[parent] += adjoints[node.index] * slope
            sizes[parent] += sizes[node.index] * np.abs(slope)
    return adjoints, sizes


def _judged(replicas: Any, size: Any) -> tuple[Any, Any]:
    """Return the tolerance of a number and whether it is well conditioned, per example."""
    spread = np.abs(replicas[1:] - replicas[0]).max(axis=0) / _NOISE
    strict, loose = 1e-12 * size, 64 * EPS * spread
    good = loose <= strict
    return np.where(np.isfinite(loose), np.maximum(strict, loose), math.inf), good
