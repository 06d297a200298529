"""Slips with signs, factors and the rules of single functions, in values and in gradients."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.value import Value
from ..counterfactual import Base, Bench, Compute, Edit
from ..naming import called
from .edits import change_edges, change_result, change_value, scale, subtract_product, weigh
from .slip import MOST_PLACES, one_by_one, slip
from .slopes import probabilities

_DIFFERENCES = ("half_squared_error", "squared_error", "sub")


def squares(bench: Bench) -> list[Value]:
    """Return the nodes of a segment that square something."""
    return bench.find(lambda node: node.op.square)


# --- signs ----------------------------------------------------------------------------------------


@slip("sign")
def reverse_error(bench: Bench) -> Iterator[Edit]:
    """You take the error as (target − output) instead of (output − target)."""
    if bench.is_gradient and (_errors(bench) or probabilities(bench)):
        yield change_result(bench, lambda g: -g)


def _errors(bench: Bench) -> list[Value]:
    """Return the differences in a segment that are squared."""
    return [
        node
        for square in squares(bench)
        for node in (square, *square.parents)
        if node.op.family in _DIFFERENCES
    ]


@slip("minus")
def lose_minus(bench: Bench) -> Iterator[Edit]:
    """You lose a minus sign, or write one too many{}."""
    yield change_result(bench, lambda x: -x)
    for node in bench.nodes("neg"):
        yield scale([node], -1.0, f" in {called(node)}")
    for node in bench.nodes("exp", "cos") if bench.is_gradient else ():
        if node.op.family == "cos" or node.parents[0].op.family == "neg":
            yield change_edges([(node, 0)], lambda base, partial: -partial)


@slip("sign-of-term")
def use_wrong_sign(bench: Bench) -> Iterator[Edit]:
    """You use the wrong sign for {}."""
    for node in bench.nodes("sub", "add") if not bench.is_gradient else ():
        turn = 1 if node.op.family == "sub" else -1
        for signs, parent in ((1, turn), node.parents[1]), ((-1, -turn), node.parents[0]):
            yield weigh(node, signs, called(parent))
    for node in bench.nodes("dot") if not bench.is_gradient else ():
        half = len(node.parents) // 2
        for k in range(half if half <= MOST_PLACES else 0):
            term = f"{called(node.parents[k])}·{called(node.parents[half + k])}"
            yield change_value([node], subtract_product(2, k, half + k), term)
        if len(node.parents) % 2:
            bias = node.parents[-1]
            yield change_value([node], lambda base, n, x, right: right - 2 * x[-1], called(bias))


@slip("difference-turned")
def reverse_difference(bench: Bench) -> Iterator[Edit]:
    """You subtract the wrong way round in {}."""
    for node in bench.nodes("sub") if not bench.is_gradient else ():
        yield weigh(node, (-1, 1), called(node))


# --- ½, 2, squares and means ----------------------------------------------------------------------


@slip("two-doubled")
def lose_half(bench: Bench) -> Iterator[Edit]:
    """You lose the ½ in front of the square{}, so that a factor 2 is left over."""
    yield from _scale_squares(bench, 2.0)


def _scale_squares(bench: Bench, factor: float) -> Iterator[Edit]:
    found = squares(bench)
    if len(found) == 1:  # there is no doubt which square is meant
        yield scale(found, factor)
    else:
        yield from one_by_one(found, lambda nodes, what: scale(nodes, factor, what))


@slip("two-lost")
def lose_two(bench: Bench) -> Iterator[Edit]:
    """You lose the factor 2 of the square{}, or use ½ once too often."""
    yield from _scale_squares(bench, 0.5)


@slip("square")
def forget_square(bench: Bench) -> Iterator[Edit]:
    """You forget to square{}, or double it instead."""
    if bench.is_gradient:
        return
    for node in squares(bench):
        for factor in (1.0, 2.0, 0.5):
            yield change_value([node], _inner_times(factor), f" {called(node)}")


def _inner_times(factor: float) -> Compute:
    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        return factor * (x[0] if len(x) == 1 else x[0] - x[1])

    return change


def _counts(bench: Bench) -> dict[float, list[Value]]:
    """Return the whole numbers m that nodes divide by, or multiply by 1/m, and these nodes."""
    found: dict[float, list[Value]] = {}
    is_update = bench.name.endswith("'")  # where 0.1 is a learning rate
    for node in bench.segment:
        m = 0.0
        if node.op.family == "div":
            m = _constant(node.parents[1])
        elif node.op.family == "mul" and not is_update:
            shares = [0.0 if p.label else _constant(p) for p in node.parents]
            m = max(1 / share if share else 0.0 for share in shares)
        is_used = node is not bench.node or not bench.is_gradient
        if is_used and m > 1 and abs(m - round(m)) < 1e-9:
            found.setdefault(round(m), []).append(node)
    return found


def _scale_counts(bench: Bench, power: int, word: str) -> Iterator[Edit]:
    """Yield the edit that multiplies by a power of m, at all places together and at each alone."""
    for m, nodes in _counts(bench).items():
        for some in (nodes, *([node] for node in nodes[:MOST_PLACES] if len(nodes) > 1)):
            yield scale(some, float(m) ** power, f"{word}{m:g}")


def _constant(node: Value) -> float:
    """Return a given number, or a quotient of given numbers such as 1/N; 0 for anything else."""
    is_quotient = node.op.family == "div" and not any(p.parents for p in node.parents)
    return node.data if is_quotient or not node.parents else 0.0


@slip("mean-forgotten")
def forget_mean(bench: Bench) -> Iterator[Edit]:
    """You forget the factor {}, so that this is a sum and not a mean."""
    yield from _scale_counts(bench, 1, "1/")


@slip("mean-twice")
def repeat_mean(bench: Bench) -> Iterator[Edit]:
    """You divide by {} twice."""
    yield from _scale_counts(bench, -1, "")


@slip("sample-mean")
def divide_by_one_less(bench: Bench) -> Iterator[Edit]:
    """You divide by {}."""
    for m, nodes in _counts(bench).items():
        if m > 2:
            yield scale(nodes, m / (m - 1), f"{m - 1:g} instead of {m:g}")


@slip("mean-for-sum")
def take_mean_for_sum(bench: Bench) -> Iterator[Edit]:
    """You also multiply by {}, although the sheet takes a sum and not a mean."""
    for node in bench.nodes("sum", "half_squared_error", "squared_error"):
        m = len(node.parents) if node.op.family == "sum" else len(node.parents) // 2
        if m > 1:
            yield scale([node], 1 / m, f"1/{m}")
