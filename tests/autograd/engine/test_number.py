"""What counts as one real number, and what is said of what does not."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd.engine.number import real_number, shortened

NUMPY = [getattr(np, f"{kind}{size}") for kind in ("int", "uint") for size in (8, 16, 32, 64)]
NUMPY += [np.float16, np.float32, np.float64, np.longdouble, np.bool_]


@pytest.mark.parametrize("kind", [int, float, bool, Fraction, Decimal, *NUMPY])
def test_every_real_type_of_python_and_numpy_becomes_a_float(kind):
    assert real_number(kind(1)) == 1.0
    assert type(real_number(kind(1))) is float


def test_a_number_becomes_the_nearest_float():
    assert real_number(Fraction(1, 3)) == 1 / 3
    assert real_number(Decimal("0.1")) == 0.1
    assert real_number(np.float32(0.1)) == float(np.float32(0.1)) != 0.1
    assert real_number(2**53 + 1) == 2.0**53
    assert math.copysign(1, real_number(-0.0)) == -1


REFUSED = [
    ("3", TypeError, r"the string '3': write float\(…\)"),
    (1j, TypeError, r"complex number 1j: write \.real or \.imag"),
    (np.complex64(1), TypeError, r"write \.real or \.imag"),
    (np.zeros((2, 3)), TypeError, r"array of shape \(2, 3\): write \[Value\(x\) for x in"),
    (np.array("2"), TypeError, r"write float\("),
    ([1, 2], TypeError, r"a list: write \[Value\(x\) for x in it\]"),
    ((1,), TypeError, r"a tuple: write"),
    pytest.param(iter([1]), TypeError, r"write \[Value\(x\) for x in it\]", id="iterator"),
    (None, TypeError, r"got None \(NoneType\)"),
    (object, TypeError, r"got <class 'object'> \(type\)"),
    (math.nan, ValueError, "finite number; got nan: write a finite number in its place"),
    (np.ma.masked, ValueError, "a masked entry: leave it out, or fill it in"),
    (math.inf, ValueError, "finite number; got inf"),
    (-math.inf, ValueError, "finite number; got -inf"),
    (np.float32("nan"), ValueError, "finite number"),
    (Decimal("NaN"), ValueError, "finite number"),
    (Decimal("1e400"), ValueError, "finite number"),
    (10**400, OverflowError, "too large"),
]


@pytest.mark.parametrize(("given", "error", "message"), REFUSED, ids=lambda v: shortened(v))
def test_what_is_no_real_number_is_refused_with_what_to_write(given, error, message):
    with pytest.raises(error, match=message):
        real_number(given)


def test_long_things_are_shortened_in_messages():
    assert shortened("a" * 100) == "'" + "a" * 36 + "…"
    assert len(shortened(list(range(1000)))) == 38
    assert shortened(1.5) == "1.5"
