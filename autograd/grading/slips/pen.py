"""Slips of the pen: digits exchanged, the decimal point moved, another line copied."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from ..bench import Bench
from ..counterfactual import Base, Edit
from ..naming import called
from .edits import change_gradient, change_result, change_value
from .slip import slip

_MOST_COPIED = 30  # numbers of the sheet that may have been copied


@slip("digits", is_general=True)
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


@slip("point", is_general=True)
def move_point_of_result(bench: Bench) -> Iterator[Edit]:
    """You move the decimal point of the result."""
    for power in (10.0, 0.1, 100.0, 0.01, 1000.0, 0.001):
        yield change_result(bench, power.__mul__)


@slip("copied", is_general=True)
def copy_number(bench: Bench) -> Iterator[Edit]:
    """You copy the number of {}."""
    for node in itertools.islice(reversed(bench.book.places), _MOST_COPIED):
        if node is not bench.node or bench.is_gradient:
            yield _write_instead(bench, lambda base, node=node: base.data(node), called(node))  # type: ignore[misc]
    gradients = reversed(bench.book.ledger.written_gradients())
    for sweep, node in itertools.islice(gradients, _MOST_COPIED):
        if sweep is not bench.sweep or node is not bench.node:
            name = f"d{called(sweep.output)}/d{called(node)}"
            yield _write_instead(
                bench,
                lambda base, sweep=sweep, node=node: (  # type: ignore[misc]
                    sweep.written[node].middle if base.own else sweep.adjoint(node)
                ),
                name,
            )


def _write_instead(bench: Bench, read: Callable[[Base], float], name: str) -> Edit:
    """Return the edit that writes another number of the sheet."""
    if bench.is_gradient:
        return change_gradient([bench.node], lambda base, n, parts, right: read(base), name)
    return change_value([bench.node], lambda base, n, x, right: read(base), name)
