"""Slips of the pen: digits exchanged, the decimal point moved, another line copied."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from ...engine.value import Value
from ..counterfactual import Edit, Numbers
from ..definitions import stem
from ..naming import called
from ..segment import Segment
from ..sweep import Sweep
from .edits import change_gradient, change_result, change_value, read_as
from .slip import slip

_MOST_EXCHANGED = 6  # pairs of digits
_MOST_COPIED = 30  # the latest numbers of a sheet, which may have been copied


@slip("digits", is_general=True)
def exchange_digits(segment: Segment) -> Iterator[Edit]:
    """You exchange two digits."""
    for place in range(min(segment.digits - 1, _MOST_EXCHANGED)):
        yield change_result(segment, _Exchange(place, segment.digits))


class _Exchange:
    """Exchanges two neighboring digits of a number, counted from the first significant one.

    The number is first rounded to as many significant digits as the writer gave.
    """

    def __init__(self, place: int, count: int) -> None:
        self.place, self.count = place, count

    def __call__(self, right: float) -> float:
        mantissa, exponent = f"{abs(right):.{self.count - 1}e}".split("e")
        digits = list(mantissa.replace(".", ""))
        k = self.place
        digits[k], digits[k + 1] = digits[k + 1], digits[k]
        wrong = float(f"{digits[0]}.{''.join(digits[1:])}e{exponent}")
        return wrong if right > 0 else -wrong


@slip("point", is_general=True)
def move_point_of_result(segment: Segment) -> Iterator[Edit]:
    """You move the decimal point of the result."""
    for power in (10.0, 0.1, 100.0, 0.01, 1000.0, 0.001):
        yield change_result(segment, lambda right, power=power: power * right)  # type: ignore[misc]


@slip("copied", is_general=True)
def copy_number(segment: Segment) -> Iterator[Edit]:
    """You copy the number of {}."""
    recent = list(itertools.islice(reversed(segment.book.places), _MOST_COPIED))
    recent.sort(key=lambda node: stem(node.label) != stem(segment.name))  # g1 for g2 comes first
    for node in recent:
        if node is not segment.node or segment.is_gradient:
            yield _write_instead(segment, read_as(node), called(node))
    gradients = reversed(segment.book.ledger.written_gradients())
    for sweep, node in itertools.islice(gradients, _MOST_COPIED):
        if sweep is not segment.sweep or node is not segment.node:
            name = f"d{called(sweep.output)}/d{called(node)}"
            yield _write_instead(segment, _read_gradient(sweep, node), name)


def _read_gradient(sweep: Sweep, node: Value) -> Callable[[Numbers], float]:
    """Return the function that reads a written gradient."""
    return lambda numbers: sweep.written[node].middle if numbers.are_own else sweep.adjoint(node)


def _write_instead(segment: Segment, read: Callable[[Numbers], float], name: str) -> Edit:
    """Return the edit that writes another number of the sheet."""
    if segment.is_gradient:
        return change_gradient([segment.node], lambda numbers, n, parts, right: read(numbers), name)
    return change_value([segment.node], lambda numbers, n, x, right: read(numbers), name)
