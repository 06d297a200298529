"""Expressions of the kind micrograd tests itself with, run on `Value` with only the import changed.

They are written anew after `test_sanity_check` and `test_more_ops` of its test_engine.py: every
operator, reflected ones, reuse of nodes, relu on both sides. PyTorch's numbers are asked of PyTorch
where it is installed; always, the numbers are those of 50 digits, differentiated by SymPy.
"""

import pytest
import sympy as sp

from autograd import Value


def sanity(v):
    x = v(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    return y, [x]


def more_operations(v):
    a, b = v(-4.0), v(2.0)
    c, d = a + b, a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g, [a, b]


class Symbolic:
    """A SymPy expression with `relu`, decided by its value at the point of the example."""

    point: dict

    def __init__(self, expression):
        self.expression = expression

    @classmethod
    def namespace(cls):
        cls.point = {}

        def leaf(number):
            symbol = sp.Symbol(f"x{len(cls.point)}", real=True)
            cls.point[symbol] = sp.Rational(number)
            return cls(symbol)

        return leaf

    def relu(self):
        return self if self.expression.subs(self.point) > 0 else Symbolic(sp.Integer(0))

    def _by(operate, reflected=False):  # noqa: N805 - a helper of the class body
        def method(self, other):
            other = other.expression if isinstance(other, Symbolic) else sp.Rational(other)
            pair = (other, self.expression) if reflected else (self.expression, other)
            return Symbolic(operate(*pair))

        return method

    __add__ = __radd__ = _by(lambda a, b: a + b)
    __mul__ = __rmul__ = _by(lambda a, b: a * b)
    __sub__ = _by(lambda a, b: a - b)
    __truediv__ = _by(lambda a, b: a / b)
    __rtruediv__ = _by(lambda a, b: a / b, reflected=True)
    __pow__ = _by(lambda a, b: a**b)

    def __neg__(self):
        return Symbolic(-self.expression)


def of_sympy(example):
    output, leaves = example(Symbolic.namespace())
    expression, at = output.expression, Symbolic.point
    slopes = [sp.diff(expression, leaf.expression) for leaf in leaves]
    return [float(found.subs(at).evalf(50)) for found in (expression, *slopes)]


def of_values(example, value=Value):
    output, leaves = example(value)
    output.backward()
    return [output.data, *(leaf.grad for leaf in leaves)]


# As printed by PyTorch, and in micrograd's README for the second (24.7041, 138.8338, 645.5773).
PUBLISHED = [(sanity, [-20.0, 46.0]), (more_operations, [24.7041, 138.8338, 645.5773])]
EXAMPLES = [sanity, more_operations]


@pytest.mark.parametrize(("example", "numbers"), PUBLISHED)
def test_the_published_numbers_come_out(example, numbers):
    assert [round(found, 4) for found in of_values(example)] == numbers


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_numbers_are_those_of_50_digits(example):
    assert of_values(example) == pytest.approx(of_sympy(example), rel=1e-15)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.optional("torch")
def test_the_numbers_are_pytorchs(example):
    import torch

    def leaf(number):
        return torch.tensor([number], dtype=torch.float64, requires_grad=True)

    output, leaves = example(leaf)
    output.backward()
    numbers = [output.item(), *(tensor.grad.item() for tensor in leaves)]
    assert of_values(example) == pytest.approx(numbers, rel=1e-15)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.optional("micrograd")
def test_the_numbers_are_micrograds_own(example):
    from micrograd import engine

    assert of_values(example) == pytest.approx(of_values(example, engine.Value), rel=1e-14)
