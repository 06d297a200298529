"""A number written by hand is text: "0.0832" claims ±0.00005, and is judged in its own digits."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import Enum


class Verdict(Enum):
    """How a written number stands to the exact one."""

    EXACT = "exact"
    ROUNDED = "right as rounded"
    TRUNCATED = "truncated"
    WRONG = "wrong"

    @property
    def ok(self) -> bool:
        """Whether the number is right in the digits it was written in."""
        return self in (Verdict.EXACT, Verdict.ROUNDED)


def judge(written: str, exact: float) -> Verdict:
    """Return the verdict on a number as written, by its last digit.

    A true minus sign is accepted. Half a unit in the last place may go either way.

    Raises:
        ValueError: `written` is no decimal number.

    >>> judge("0.0832", 0.083232).value, judge("−0.13", -0.13056).value
    ('right as rounded', 'right as rounded')
    >>> judge("0.2408", 0.24080000000000001).value, judge("0.66", 2 / 3).value
    ('exact', 'truncated')
    >>> judge("0.65", 2 / 3).value
    'wrong'
    """
    try:
        number = Decimal(written.strip().replace("−", "-"))
    except InvalidOperation:
        raise ValueError(f"{written!r} is not a decimal number, such as -0.4 or 3.2e-5") from None
    if not number.is_finite():
        raise ValueError(f"{written!r} is not a finite number")
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    true = Decimal(repr(exact))
    slack = abs(true) * Decimal("1e-12") + Decimal("1e-15")  # the rounding of our own floats
    error = abs(number - true)
    if error <= slack:
        return Verdict.EXACT
    if error <= unit / 2 + slack:
        return Verdict.ROUNDED
    return Verdict.TRUNCATED if error < unit and abs(number) < abs(true) else Verdict.WRONG
