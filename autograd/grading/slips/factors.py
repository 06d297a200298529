"""Slips with signs, with the factors ½ and 2 of a square, and with the 1/m of a mean."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.ops import HALF_SQUARED_ERROR
from ...engine.value import Value
from ..counterfactual import Compute, Edit, Numbers
from ..naming import called
from ..segment import Segment
from ..structure import has_negative_slope, is_difference, is_product, is_quotient, is_sum, terms
from .edits import add_term, change_edges, change_result, change_value, scale
from .slip import MOST_PLACES, one_by_one, slip
from .softmax import probabilities
from .terms import called_term, terms_in


def squares(segment: Segment) -> list[Value]:
    """Return the nodes of a segment that square something."""
    return segment.find(lambda node: node.op.square)


def _is_squared_error(node: Value) -> bool:
    return node.op.square and len(node.parents) > 1


# --- signs ----------------------------------------------------------------------------------------


@slip("sign")
def reverse_error(segment: Segment) -> Iterator[Edit]:
    """You take the error as (target − output) instead of (output − target)."""
    if segment.is_gradient and (_squares_an_error(segment) or probabilities(segment)):
        yield change_result(segment, lambda g: -g)


def _squares_an_error(segment: Segment) -> bool:
    found = squares(segment)
    return any(_is_squared_error(node) or is_difference(node.parents[0]) for node in found)


@slip("minus", is_general=True)
def lose_minus(segment: Segment) -> Iterator[Edit]:
    """You lose a minus sign, or write one too many{}."""
    yield change_result(segment, lambda x: -x)
    for node in segment.find(lambda node: len(node.parents) == 1 and bool(terms(node))):
        yield scale([node], -1.0, f" in {called(node)}")
    for slot, wanted in ((0, has_negative_slope), (1, is_difference)):
        for node in segment.find(wanted) if segment.is_gradient else ():
            yield change_edges([(node, slot)], lambda numbers, partial: -partial)


@slip("sign-of-term", is_general=True)
def use_wrong_sign(segment: Segment) -> Iterator[Edit]:
    """You use the wrong sign for {}."""
    for node, term in terms_in(segment):
        yield change_value([node], add_term(-2, term), called_term(node, term))


@slip("difference-turned", is_general=True)
def reverse_difference(segment: Segment) -> Iterator[Edit]:
    """You subtract the wrong way round in {}."""
    for node in segment.find(is_difference) if not segment.is_gradient else ():
        yield change_value([node], lambda numbers, n, x, right: -right, called(node))


# --- ½ and 2 of a square --------------------------------------------------------------------------


@slip("two-doubled")
def lose_half(segment: Segment) -> Iterator[Edit]:
    """You lose the ½ in front of the square{}, so that a factor 2 is left over."""
    if _has_half(segment):
        yield from _scale_squares(segment, 2.0)


def _has_half(segment: Segment) -> bool:
    """Whether the formulas of a segment multiply by ½ or divide by 2, as λ/2·w² does."""
    read = (other for node in segment.nodes for other in (node, *node.parents))
    return any(
        node.op is HALF_SQUARED_ERROR
        or (is_product(node) and any(p.data == 0.5 and not p.label for p in node.parents))
        or (is_quotient(node) and node.parents[1].data == 2)
        for node in read
    )


@slip("two-twice")
def repeat_two(segment: Segment) -> Iterator[Edit]:
    """You use the factor 2 of the square{} twice."""
    if segment.is_gradient and not _has_half(segment):
        yield from _scale_squares(segment, 2.0)


def _scale_squares(segment: Segment, factor: float) -> Iterator[Edit]:
    found = squares(segment)
    if len(found) == 1:  # so that the sentence need not name it
        yield scale(found, factor)
    else:
        yield from one_by_one(found, lambda nodes, what: scale(nodes, factor, what))


@slip("two-lost")
def lose_two(segment: Segment) -> Iterator[Edit]:
    """You lose the factor 2 of the square{}, or use ½ once too often."""
    yield from _scale_squares(segment, 0.5)


@slip("square")
def forget_square(segment: Segment) -> Iterator[Edit]:
    """You forget to square{}, or double it instead."""
    for node in squares(segment) if not segment.is_gradient else ():
        for factor in (1.0, 2.0, 0.5):
            yield change_value([node], _inner_times(factor), f" {called(node)}")


def _inner_times(factor: float) -> Compute:
    def change(numbers: Numbers, node: Value, x: list[float], right: float) -> float:
        return factor * (x[0] if len(x) == 1 else x[0] - x[1])

    return change


# --- means ----------------------------------------------------------------------------------------


def _counts(segment: Segment) -> dict[float, list[Value]]:
    """Return the nodes that divide by a whole number m or multiply by 1/m, for each m."""
    found: dict[float, list[Value]] = {}
    is_update = segment.name.endswith("'")  # in which 0.1 is a learning rate
    for node in segment.nodes:
        m = 0.0
        if is_quotient(node) and (not node.parents[1].label or _divides_sum(node)):
            m = _constant(node.parents[1])
        elif is_product(node) and len(node.parents) == 2 and not is_update:
            factors = [0.0 if p.label else _constant(p) for p in node.parents]
            m = max(1 / factor if factor else 0.0 for factor in factors)
        is_used = node is not segment.node or not segment.is_gradient  # see `Segment.find`
        is_half = m == 2 and any(_is_square(p, is_product(node)) for p in node.parents)
        if is_used and not is_half and m > 1 and abs(m - round(m)) < 1e-9:
            found.setdefault(round(m), []).append(node)
    return found


def _is_square(node: Value, or_sum: bool) -> bool:
    """Whether a node is a square, or with `or_sum` a sum of squares.

    The ½ before it is no mean. `lose_half` treats it.
    """
    return node.op.square or (or_sum and is_sum(node) and all(p.op.square for p in node.parents))


def _all_and_each(segment: Segment) -> Iterator[tuple[float, list[Value]]]:
    """Yield every m with all nodes that divide by it, then with each of them."""
    for m, nodes in _counts(segment).items():
        for some in (nodes, *([node] for node in nodes[:MOST_PLACES] if len(nodes) > 1)):
            yield m, some


def _divides_sum(node: Value) -> bool:
    return any(is_sum(p) or len(terms(p)) > 1 or p.op.composite for p in node.parents)


def _constant(node: Value) -> float:
    """Return the value of a given number or of a quotient such as 1/N, otherwise 0."""
    is_share = is_quotient(node) and not any(p.parents for p in node.parents)
    return node.data if is_share or not node.parents else 0.0


@slip("mean-forgotten")
def forget_mean(segment: Segment) -> Iterator[Edit]:
    """You forget the factor 1/{}."""
    for m, nodes in _all_and_each(segment):
        is_mean = any(map(_divides_sum, nodes))
        yield scale(nodes, m, f"{m:g}" + ", so that this is a sum and not a mean" * is_mean)


@slip("mean-twice")
def repeat_mean(segment: Segment) -> Iterator[Edit]:
    """You divide by {} twice."""
    for m, nodes in _all_and_each(segment):
        yield scale(nodes, 1 / m, f"{m:g}")


@slip("sample-mean")
def divide_by_one_less(segment: Segment) -> Iterator[Edit]:
    """You divide by {}."""
    for m, nodes in _counts(segment).items():
        if m > 2:
            yield scale(nodes, m / (m - 1), f"{m - 1:g} instead of {m:g}")


@slip("mean-for-sum")
def take_mean_for_sum(segment: Segment) -> Iterator[Edit]:
    """You also multiply by {}, although the sheet takes a sum and not a mean."""
    means = _counts(segment)
    for node in segment.find(lambda node: node.op.composite):
        m = len(node.parents) if is_sum(node) else len(node.parents) // 2
        if m > 1 and m not in means and (is_sum(node) or _is_squared_error(node)):
            yield scale([node], 1 / m, f"1/{m}")
    is_leaf = segment.is_gradient and not segment.node.parents
    uses = len(segment.uses(segment.node)) if is_leaf else 0
    if uses > 1 and uses not in means:  # each example of a batch uses the number once
        yield change_result(segment, lambda right: right / uses, f"1/{uses}")
