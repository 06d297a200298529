"""Slips of the pen: digits exchanged, the decimal point moved, another line copied."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ...engine.value import Value
from ..counterfactual import Bench, Edit
from ..naming import called
from .edits import change_gradient, change_result, change_value
from .slip import slip

_MOST_COPIED = 30  # numbers of the sheet that may have been copied


@slip("digits")
def exchange_digits(bench: Bench) -> Iterator[Edit]:
    """You exchange two digits."""
    for place in range(6):
        yield change_result(bench, _Exchange(place))


class _Exchange:
    """Exchanges two neighboring digits of a number, counted from the first significant one."""

    def __init__(self, place: int) -> None:
        self.place = place

    def __call__(self, right: float) -> float:
        mantissa, exponent = f"{abs(right):.9e}".split("e")
        digits = list(mantissa.replace(".", ""))
        k = self.place
        digits[k], digits[k + 1] = digits[k + 1], digits[k]
        wrong = float(f"{digits[0]}.{''.join(digits[1:])}e{exponent}")
        return wrong if right > 0 else -wrong


@slip("point")
def move_point_of_result(bench: Bench) -> Iterator[Edit]:
    """You move the decimal point of the result."""
    for power in (10.0, 0.1, 100.0, 0.01, 1000.0, 0.001):
        yield change_result(bench, power.__mul__)


@slip("copied")
def copy_number(bench: Bench) -> Iterator[Edit]:
    """You copy the number of {}."""
    for node in itertools.islice(reversed(bench.book.places), _MOST_COPIED):
        if node is not bench.node or bench.is_gradient:
            yield _write_instead(bench, node)


def _write_instead(bench: Bench, node: Value) -> Edit:
    """Return the edit that writes the number of another node."""
    if bench.is_gradient:
        return change_gradient(
            [bench.node], lambda base, n, parts, right: base.data(node), called(node)
        )
    return change_value([bench.node], lambda base, n, x, right: base.data(node), called(node))
