import numpy as np
import pytest

from autograd.engine.arrays import as_array, as_floats


def test_floats_of_the_right_type_are_not_copied():
    numbers = np.ones((2, 3), np.float32)
    assert np.shares_memory(as_floats(numbers, "x", np.float32), numbers)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e400])
def test_only_as_array_asks_for_finite_numbers(number):
    assert as_floats([1.0, number], "x").tolist()[0] == 1.0
    with pytest.raises(ValueError, match=r"x\[1\] is (nan|inf); it must be finite"):
        as_array([1.0, number], "x")


def test_an_integer_too_large_for_a_float_is_refused():
    with pytest.raises(TypeError, match=r"x\[1\] must be a real number; got 1000"):
        as_floats([1.0, 10**400], "x")
