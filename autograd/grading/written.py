"""Written numbers: the text "0.0832" stands for a number within ±0.00005 of 0.0832."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from unicodedata import normalize

from ..language.spelling import FRACTIONS
from ..language.tokens import LARGEST_EXPONENT
from ..late_pattern import compile_late
from .intervals import Interval

_MOST_DIGITS = 60
_PLAIN = str.maketrans(
    dict(zip("−–⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "---+0123456789", strict=True)) | {"%": "e-2"}  # 5% is 0.05
)
_DECIMAL = compile_late(
    r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9})|\s*[·×*⋅x]\s*10\s*(?:\^|\*\*)?\s*"
    r"[({]?([+-]?\d{1,9})[)}]?)?"
)
_QUOTIENT = compile_late(r"([+-]?\d+)\s*/\s*(\d+)")


@dataclass(frozen=True)
class Written:
    """A number as written: its value, and the unit of its last digit, which is 0 for 1/3.

    >>> Written.read("−0.130")
    Written(text='−0.130', value=Fraction(-13, 100), unit=Fraction(1, 1000))
    >>> Written.read("1.5·10⁻³").unit
    Fraction(1, 10000)
    """

    text: str
    value: Fraction
    unit: Fraction

    @classmethod
    @lru_cache(maxsize=10_000)  # because each number of a sheet is read three times
    def read(cls, text: str) -> Written:
        """Return a written number.

        Raises:
            ValueError: it is neither a decimal number nor a fraction of whole numbers.
        """
        plain = text.strip().translate(_PLAIN)
        if len(plain) > _MOST_DIGITS:
            raise ValueError(
                f"{plain[:20]}… is too long: a number has at most {_MOST_DIGITS} signs"
            )
        if plain.lstrip("+-") in FRACTIONS:
            plain = normalize("NFKC", plain).replace("⁄", "/")
        if quotient := _QUOTIENT.fullmatch(plain):
            if not int(quotient[2]):
                raise ValueError(f"{text!r} divides by 0")
            return cls(text.strip(), Fraction(int(quotient[1]), int(quotient[2])), Fraction(0))
        decimal = _DECIMAL.fullmatch(plain)
        if not decimal or not (decimal[2] or decimal[3]):
            raise ValueError(_advice(text))
        sign, whole, fraction, *exponents = decimal.groups()
        exponent = int(exponents[0] or exponents[1] or 0)
        if abs(exponent) > LARGEST_EXPONENT:
            raise ValueError(f"{text!r} is out of range: exponents go from -300 to 300")
        unit = Fraction(10) ** (exponent - len(fraction or ""))
        size = int((whole or "") + (fraction or "")) * unit
        return cls(text.strip(), -size if sign == "-" else size, unit)

    @classmethod
    def of(cls, x: float) -> Written:
        """Return a float as Python prints it, in its shortest digits."""
        return cls.read(repr(float(x)))

    @cached_property
    def number(self) -> float:
        """The written number as a float."""
        return float(self.value)

    @property
    def significant(self) -> int:
        """How many significant digits it has. A zero has none, however long it is."""
        if not self.value:
            return 0
        return len(str(abs(self.value) // self.unit)) if self.unit else _MOST_DIGITS

    @property
    def last_place(self) -> Fraction:
        """The unit of the last digit that is not 0.

        >>> Written.read("14.600").last_place
        Fraction(1, 10)
        """
        place = self.unit
        while self.value and place and self.value % (10 * place) == 0:
            place *= 10
        return place

    @cached_property
    def claimed(self) -> Interval:
        """All numbers that round to it. A number in the middle may be rounded either way."""
        # (value ∓ unit/2) in whole numbers, so that each end is rounded only once
        (a, b), (c, d) = self.value.as_integer_ratio(), self.unit.as_integer_ratio()
        return Interval((2 * a * d - b * c) / (2 * b * d), (2 * a * d + b * c) / (2 * b * d))

    @cached_property
    def cut(self) -> Interval:
        """All numbers that round to it or are truncated to it."""
        half = float(self.unit) / 2
        one = half * 1.999998  # less than a unit, which would be truncated to the next number
        x = self.number
        return Interval(x - (half if x > 0 else one), x + (half if x < 0 else one))

    @property
    def is_vague(self) -> bool:
        """Whether it has at most one significant digit, as 0.00 and 0.1, which proves nothing."""
        return self.significant < 2


def _advice(text: str) -> str:
    shown = text if len(text) <= 30 else text[:29] + "…"
    if re.fullmatch(r"\s*[+-]?\d+,\d+\s*", text):
        return f"{shown!r} is not a number: decimals are written with a point, 0.5"
    return f"{shown!r} is not a decimal number, such as -0.4 or 3.2e-5"
