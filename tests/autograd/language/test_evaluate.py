"""The worksheet language: what it means, and what is said about what it cannot mean."""

import math

import pytest

from autograd import Value, WorksheetError
from autograd.engine.operation import OPS
from autograd.language.evaluate import expression
from autograd.language.quantity import Quantity
from autograd.language.vocabulary import FUNCTIONS

A = Value(2.0, "a")
B = Value(-3.0, "b")
W = Quantity((2, 2), tuple(Value(x) for x in (1.0, 2.0, 3.0, 4.0)))
X = Quantity((2,), (Value(5.0), Value(6.0)))
NAMES = {"a": A, "b": B, "W": W, "x": X}


def numbers(text):
    return [item.data for item in expression(text, NAMES).items]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7.0),
        ("a - b - 1", 4.0),
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("2**-1", 0.5),
        ("6/3/2", 1.0),
        ("½(a − b)²", 12.5),
        ("1/2*(a - b)^2", 12.5),
        ("(a - b)^2/2", 12.5),
        ("a·b × 2 ÷ 4", -3.0),
        ("1/(1 + exp(-a))", 1 / (1 + math.exp(-2))),
        ("σ(a) + ln(a) + tanh(b)", 1 / (1 + math.exp(-2)) + math.log(2) + math.tanh(-3)),
        ("ReLU(b) + max(a, b) + min(a, b) + abs(b)", 2.0),
        ("W[2,1] + x[2]", 9.0),
        ("sum(x) + mean(x) + sum(1, 2)", 19.5),
        ("x @ x", 61.0),
        ("dot(x, x)", 61.0),
        ("logsumexp([0, 0])", math.log(2)),
        ("leaky_relu(b, 0.1)", -0.3),
        ("1e-3 + .5", 0.501),
    ],
)
def test_numbers(text, value):
    assert numbers(text) == [pytest.approx(value, rel=1e-15)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("W @ x", [17, 39]),
        ("W @ x + [1, 2]", [18, 41]),
        ("x @ W", [23, 34]),
        ("W.T @ x", [23, 34]),
        ("Wᵀ @ x", [23, 34]),
        ("W @ W", [7, 10, 15, 22]),
        ("W[2]", [3, 4]),
        ("2*x - 1", [9, 11]),
        ("x ⊙ x", [25, 36]),
        ("outer(x, [1, 2])", [5, 10, 6, 12]),
        ("[[1, 2], [3, a]]", [1, 2, 3, 2]),
        ("softmax([0, 0])", [0.5, 0.5]),
    ],
)
def test_vectors_and_matrices(text, values):
    assert numbers(text) == pytest.approx(values, rel=1e-15)


def test_a_bias_and_known_formulas_are_one_node():
    assert expression("W @ x + x", NAMES).items[0].op.name == "dot"
    assert expression("½(a − b)²", NAMES).items[0].op.name == "half_squared_error"
    assert expression("1/(1 + exp(-a))", NAMES).items[0].op.name == "sigmoid"


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("1 + ", 5, "the line ends"),
        ("2 3", 3, "operator is expected before '3'"),
        ("(1 + 2", 7, "is not closed"),
        ("1 + 2)", 6, "closes nothing"),
        ("aa + 1", 1, "aa is not defined; write aa = "),
        ("sigmiod(a)", 1, "did you mean sigmoid"),
        ("a/2b", 3, "two readings: write \\(…/2\\)\\*b"),
        ("eval(a)", 1, "no function is named eval"),
        ("a.shape", 2, "shape has no meaning here"),
        ("x[3]", 1, "the index goes from 1 to 2"),
        ("x[0]", 3, "counted from 1"),
        ("x[1,2]", 1, "it is a vector of 2"),
        ("W @ [1, 2, 3]", 3, "as many columns"),
        ("x + [1, 2, 3]", 3, "shapes differ"),
        ("[1, [2]]", 1, "differ in length"),
        ("1/0", 2, "divisor other than 0"),
        ("ln(-1)", 1, "x > 0"),
        ("tanh(1, 2)", 1, "takes 1 argument, not 2"),
        ("sigma'(1, 2)", 1, "of a function of one number"),
        ("mse'(1)", 1, "of a function of one number"),
        ("{1", 3, "the '{' of column 1 is not closed"),
        ("1e999", 1, "too large"),
        ("__import__('os')", 12, "prime"),
        ("lambda: 1", 7, "write = or -> before a result"),
        ("∂C/∂w", 1, "no meaning outside"),
    ],
)
def test_errors_point_at_the_place_and_say_what_to_write(text, column, words):
    with pytest.raises(WorksheetError, match=words) as caught:
        expression(text, NAMES)
    assert caught.value.column == column
    assert str(caught.value).splitlines()[-1].index("^") == column + 1


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9",
        "(" * 100_000,
        "(" * 10_000 + "1" + ")" * 10_000,
        "-" * 100_000 + "1",
        "[" * 10_000,
        "2^" * 9_000 + "2",
        "tanh(" * 3_000,
        "1" * 1_000_000,
        "a" * 1_000_000,
        "1e308*1e308",
        "W" + "@W" * 9_000,
    ],
    ids=lambda text: f"{text[:8]}… {len(text)}",
)
def test_hostile_text_is_refused_at_once(text, effort):
    def refused():
        with pytest.raises(WorksheetError):
            expression(text, NAMES)

    assert effort(refused) < 50


def test_a_long_sum_is_no_hostile_text():
    assert numbers("1" + " + 1" * 5_000) == [5001.0]


def test_every_function_of_the_language_can_be_called(points):
    for name, (fewest, _, _) in FUNCTIONS.items():
        if name.isidentifier() and name not in ("outer", "neg", "std", "Σ", "softmax"):
            op = OPS.get(name)
            takes_sizes = name in ("zeros", "ones", "eye")
            plain = [1.0] * fewest if takes_sizes else [0.5] * fewest
            inputs = points(op, fewest)[0] if op and op.arity else plain
            assert numbers(f"{name}({', '.join(map(str, inputs))})")
