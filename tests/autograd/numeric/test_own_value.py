"""A learner's class against `Value`: what is right passes, the usual mistakes are named."""

from pathlib import Path

import pytest

from autograd import Value, check_own_value

CODE = Path(__file__).parents[2] / "benchmarks" / "microgpt_code.py"


@pytest.fixture(scope="module")
def plain(load_module):
    return load_module(CODE).Plain


def test_a_right_class_passes_and_what_it_has_not_is_listed(plain):
    report = check_own_value(plain)
    assert report.ok
    assert report.missing == ("1 - a", "tanh")
    assert str(report).startswith("All numbers and gradients of 100 random graphs agree.\n\nLeft")
    assert check_own_value(Value).missing == ()


class Wrong:
    """A class with a mistake: `accumulates` is False or the product's slopes are exchanged."""

    accumulates, exchanged, in_order = True, False, True

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents

    def __add__(self, other):
        other = other if isinstance(other, Wrong) else type(self)(other)
        return type(self)(self.data + other.data, ((self, 1.0), (other, 1.0)))

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, Wrong) else type(self)(other)
        slopes = (self.data, other.data) if self.exchanged else (other.data, self.data)
        pairs = tuple(zip((self, other), slopes, strict=True))
        return type(self)(self.data * other.data, pairs)

    __rmul__ = __mul__

    def backward(self, upstream=1.0):
        self.grad = self.grad + upstream if self.accumulates else upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)


def test_recursion_that_accumulates_is_right_and_slow_but_right():
    assert check_own_value(Wrong, graphs=40).ok


def test_a_gradient_that_is_overwritten_is_explained():
    class Overwrites(Wrong):
        accumulates = False

    report = check_own_value(Overwrites)
    assert not report.ok
    assert "your class says" in str(report) and "paths" in str(report)


def test_exchanged_slopes_are_found_in_a_small_graph():
    class Exchanged(Wrong):
        exchanged = True

    report = check_own_value(Exchanged)
    assert not report.ok and report.graphs < 30
    assert "∂v" in report.trouble and "=" in report.trouble


def test_an_error_and_an_empty_class_are_told_in_words():
    class Breaks(Wrong):
        def backward(self):
            raise KeyError("parents")

    assert "raises KeyError" in str(check_own_value(Breaks))

    class Empty:
        def __init__(self, data):
            self.data = data

    assert "no operation yet" in str(check_own_value(Empty))
