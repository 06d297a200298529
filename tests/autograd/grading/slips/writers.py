"""How careful writers round: what they print, and what they calculate with.

A writer is a pair: `show` makes text of a number, `calculate` makes of that text's number what the
writer goes on with. A writer whose `calculate` is None goes on with all digits.
"""

from decimal import ROUND_DOWN, Decimal

import numpy as np
from machine import significant


def rounding(to):
    """Return the type of the numbers of a writer who rounds the result of every operation."""

    def rounded(operation):
        def operate(self, *others):
            result = operation(self, *others)
            return result if result is NotImplemented else number(to(result))

        return operate

    plain = ("add", "sub", "mul", "truediv", "pow")
    names = [f"__{r}{name}__" for name in plain for r in ("", "r")] + ["__neg__"]
    number = type("Rounded", (float,), {name: rounded(getattr(float, name)) for name in names})
    return number


def float32(x):
    return float(np.float32(x))


def unpadded(digits):
    return lambda x: f"{x:.{digits}g}"


def decimals(digits):
    return lambda x: f"{x:.{digits}f}"


def cut(digits):
    def show(x):
        exact = Decimal(f"{x:.12f}")  # without the rounding error of the float
        return f"{exact.quantize(Decimal(10) ** -digits, ROUND_DOWN):f}"

    return show


def writers(rng):
    """Return what careful writers do: how they print, and what they calculate with."""
    few = rng.choice((decimals, significant))(rng.randint(3, 6))
    steps = rng.choice((decimals, unpadded))(rng.randint(3, 6))
    return {
        "exact": (repr, float),
        "rounded at the end": (few, None),
        "carried rounding": (few, float),
        "rounded at every step": (steps, rounding(lambda x: float(steps(x)))),
        "truncated": (cut(rng.randint(3, 6)), float),
        "float32": (lambda x: str(np.float32(x)), rounding(float32)),
        "decimal commas": (few, float),
    }
