"""Units of measurement, such as m/s², which are skipped after a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from ..late_pattern import compile_late
from .token import Token

_UNITS_OF_MEASUREMENT = """
m mm cm km nm µm μm s ms min h kg g mg N kN Pa kPa MPa GPa J kJ W kW V mV A mA Hz kHz K mol rad deg
ft in lb Ω kΩ mΩ F pF nF C T Pa
"""
UNITS = frozenset(_UNITS_OF_MEASUREMENT.split())


_MEASURED = compile_late(
    r"=\s{0,3}[-−]?\d[\d.,]{0,20}\s([^\W\d]{1,3})(?=\s{0,3}(?:[,;.)±]|$))", re.MULTILINE
)


def has_units(code: str, targets: Collection[str]) -> bool:
    """Whether a text gives a number with a unit, as I = 2 A does if A is no quantity."""
    return any(found[1] in UNITS and found[1] not in targets for found in _MEASURED.finditer(code))


def end_of_unit(found: Sequence[Token], at: int, is_quantity: Callable[[str], bool]) -> int:
    """Return the position after a unit such as m/s², or `at` if no unit stands there.

    A name of a quantity does not begin a unit. Within a unit such as kg·m/s, m may also be one.
    """
    is_joined = False
    while found[at].text in UNITS and (is_joined or not is_quantity(found[at].text)):
        at += 1
        if found[at].kind == "raised":
            at += 1
        elif found[at].text == "^":
            power = at + (2 if found[at + 1].text == "-" else 1)
            if power < len(found) and found[power].kind == "number":
                at = power + 1
        is_joined = (
            found[at].text in ("/", "·") and found[min(at + 1, len(found) - 1)].text in UNITS
        )
        at += is_joined
    return min(at, len(found) - 1)
