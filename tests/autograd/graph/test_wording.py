"""The words: numbers, names and formulas, every formula printed from its row."""

import itertools
import math
import operator
import re
from functools import partial

import pytest
import sympy

from autograd import Graph, Value
from autograd.engine.dialect import render
from autograd.engine.formula import Expr, symbol
from autograd.engine.functions import record
from autograd.engine.operation import OPS, op_named
from autograd.engine.ops import make_leaky_relu, make_power
from autograd.graph.formulas import Writer
from autograd.graph.wording import (
    LATEX,
    TEXT,
    WORDS,
    latex_number,
    name_latex,
    name_text,
    number_text,
)

ROWS = [op for op in OPS.values() if op.arity != 0] + [
    make_power(3),
    make_power(-0.5),
    make_leaky_relu(0.1),
]


def recorded(op) -> Graph:
    count, start = op.arity or 4, 1.5 if op.name == "acosh" else 0.5
    return Graph.of(record(op, [Value(start + k, "xyzw"[k]) for k in range(count)]))


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.name)
@pytest.mark.parametrize("dialect", [TEXT, LATEX, WORDS], ids=["text", "latex", "words"])
def test_every_row_and_every_partial_can_be_written(each, dialect):
    graph = recorded(each)
    writer, last = Writer(graph, dialect), len(graph.nodes) - 1
    written = [writer.formula(last), writer.formula_in_numbers(last)]
    for edge in graph.edges:
        written += [writer.local_derivative(edge), writer.factor_derivative(edge)]
    for text in written:
        assert text
        assert "None" not in text
        assert text.count("(") == text.count(")")
        assert text.count("{") == text.count("}")
        assert "lambda" not in text


@pytest.mark.parametrize("each", ROWS, ids=lambda each: each.name)
def test_latex_has_a_command_for_every_function_of_a_formula(each):
    graph = recorded(each)
    written = [Writer(graph, LATEX).formula(len(graph.nodes) - 1)]
    written += [Writer(graph, LATEX).local_derivative(edge) for edge in graph.edges]
    for text in written:
        letters = re.sub(r"\\(operatorname|text|begin|end)\{\w+\}|\\[A-Za-z]+", " ", text)
        assert not re.search(r"[A-Za-z]{2}", letters), text  # LaTeX would set cosh as c·o·s·h


SMOOTH = [op for op in ROWS if not op.convention and op.name != "logsumexp"]


@pytest.mark.parametrize("each", SMOOTH, ids=lambda each: each.name)
def test_the_text_of_a_partial_is_the_derivative(each):
    """Read the printed formula back with SymPy: an outside reader of our own text."""
    graph = recorded(each)
    x, y, z, w = sympy.symbols("x y z w", positive=True)
    names = {op.glyph: partial(op.forward, _SYMPY) for op in OPS.values() if op.latex}
    names |= {"x": x, "y": y, "z": z, "w": w, "sigma": names["σ"]}

    def read(text: str) -> sympy.Expr:
        text = text.replace("·", "*").replace("−", "-").replace("^", "**")
        text = text.replace("²", "**2").replace("³", "**3").replace("√", "sqrt")
        text = re.sub("σ", "sigma", text)
        return sympy.sympify(text, locals=names)

    forward = each.forward(_SYMPY, *[x, y, z, w][: each.arity or 4])
    for edge in graph.edges:
        slope = sympy.diff(forward, [x, y, z, w][edge.slot])
        printed = read(Writer(graph).local_derivative(edge))
        point = {x: 1.7 if each.name == "acosh" else 0.7, y: 1.3, z: 0.4, w: 2.1}
        assert float(printed.subs(point)) == pytest.approx(float(slope.subs(point)), rel=1e-4)


class _Sympy:
    textbook = True
    sqrt, abs = staticmethod(sympy.sqrt), sympy.Abs
    maximum, minimum = sympy.Max, sympy.Min

    def __getattr__(self, name):
        return getattr(sympy, name)

    @staticmethod
    def log1p(x):
        return sympy.log(1 + x)

    @staticmethod
    def expm1(x):
        return sympy.exp(x) - 1

    @staticmethod
    def pow(a, b):
        return a**b


_SYMPY = _Sympy()


@pytest.mark.parametrize(
    ("x", "text", "latex"),
    [
        (0.0, "0", "0"),
        (-0.0, "0", "0"),
        (0.1 + 0.2, "0.3", "0.3"),
        (-0.408, "−0.408", "-0.408"),
        (123456789.0, "1.2346·10⁸", r"1.2346 \cdot 10^{8}"),
        (-1.5e-10, "−1.5·10⁻¹⁰", r"-1.5 \cdot 10^{-10}"),
        (1e16, "1·10¹⁶", r"1 \cdot 10^{16}"),
        (42.0, "42", "42"),
    ],
)
def test_numbers(x, text, latex):
    assert number_text(x) == text
    assert latex_number(x) == latex


@pytest.mark.parametrize(
    ("label", "text", "latex"),
    [
        ("W1[1,2]", "W1[1,2]", "W^{(1)}_{1,2}"),
        ("x2", "x2", "x_{2}"),
        ("W1'", "W1'", "W_{1}'"),
        ("loss", "loss", r"\mathrm{loss}"),
        ("delta2", "delta2", r"\delta_{2}"),
        ("a b", "(a b)", r"\mathrm{a\ b}"),
        ("a\x00b", "(a\N{REPLACEMENT CHARACTER}b)", None),
        ("x" * 100, "x" * 39 + "…", None),
        ("x_" * 20, "x_" * 20, None),
        ("x_" * 20 + "y", "x_" * 19 + "x…", None),
        ("{\\evil}", r"({\evil})", r"\mathrm{\{{\backslash}evil\}}"),
    ],
)
def test_names(label, text, latex):
    assert name_text(label) == text
    if latex is not None:
        assert name_latex(label) == latex


def test_a_constant_is_called_by_its_number_and_an_unnamed_node_by_its_place():
    graph = Graph.of(2 * Value(3.0, "x") * Value(4.0))
    assert Writer(graph).formula(len(graph.nodes) - 1) == "v2·v3"
    assert Writer(graph).formula(2) == "2·x"
    assert Writer(graph).name(0) == "2"


def test_numbers_are_put_in_as_they_stand_zeros_and_ones_too():
    graph = Graph.of(Value(0.0, "a") * Value(1.0, "b") + Value(-2.0, "c"))
    assert Writer(graph).formula_in_numbers(2) == "0·1"
    assert Writer(graph).formula_in_numbers(4) == "0 + (−2)"


def test_the_output_is_named_where_its_slope_contains_it():
    z = Value(0.3, "z")
    a = z.sigmoid()
    a.label = "a"
    graph = Graph.of(a)
    assert Writer(graph).local_derivative(graph.edges[0]) == "a·(1 − a)"
    assert Writer(graph, WORDS).local_derivative(graph.edges[0]) == "a times (1 minus a)"


# --- numbers put into formulas --------------------------------------------------------------------

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
SIZES = [2.5, -2.5, 4e-7, -4e-7, 3e12, -3e12, 1.0]
ARITHMETIC = ["add", "sub", "mul", "div", "neg", "square", "abs", "sum", "dot"]
ARITHMETIC += ["half_squared_error", "power(3.0)", "power(-2.0)", "power(0.5)"]


def evaluate(text):
    """Compute a printed formula as mathematics reads it: powers, then products, then sums."""
    text = re.sub(r"([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda m: f"**({m[1].translate(RAISED)})", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    return eval(text.replace("·", "*").replace("−", "-").replace("^", "**"), {"abs": abs})


@pytest.mark.parametrize("name", ARITHMETIC)
def test_a_formula_in_numbers_comes_to_the_number(name):
    op = op_named(name)
    for inputs in itertools.product(SIZES, repeat=op.arity or 2):
        if name == "power(0.5)" and inputs[0] < 0:
            continue
        output = record(op, [Value(x) for x in inputs])
        graph = Graph.of(output)
        index = len(graph.nodes) - 1
        written = Writer(graph).formula_in_numbers(index)
        assert evaluate(written) == pytest.approx(output.data, rel=1e-12)


def test_a_number_with_a_power_of_ten_is_a_product():
    a, b = Value(1e-36, "a"), Value(1e-7, "b")
    for output, text, latex in (
        (a.square(), "(1·10⁻³⁶)²", r"{\left(1 \cdot 10^{-36}\right)}^{2}"),
        (3 / b, "3/(1·10⁻⁷)", r"\frac{3}{1 \cdot 10^{-7}}"),
        (b * b, "1·10⁻⁷·(1·10⁻⁷)", r"1 \cdot 10^{-7} \, \left(1 \cdot 10^{-7}\right)"),
        (b - b, "1·10⁻⁷ − 1·10⁻⁷", r"1 \cdot 10^{-7} - 1 \cdot 10^{-7}"),
        (b.exp(), "exp(1·10⁻⁷)", r"e^{1 \cdot 10^{-7}}"),
        (-b, "−1·10⁻⁷", r"-1 \cdot 10^{-7}"),
        (2**b, "2^(1·10⁻⁷)", r"{2}^{1 \cdot 10^{-7}}"),
    ):
        graph = Graph.of(output)
        index = len(graph.nodes) - 1
        assert Writer(graph).formula_in_numbers(index) == text
        assert Writer(graph, LATEX).formula_in_numbers(index) == latex
    words = Writer(Graph.of(a.square()), WORDS).formula_in_numbers(1)
    assert words == "(1·10⁻³⁶) squared"


def test_a_constant_in_a_derivative_is_a_product_too():
    x = Value(2.0, "x")
    graph = Graph.of(x / 1e-7)
    assert Writer(graph).local_derivative(graph.edges[0]) == "1/(1·10⁻⁷)"


def test_numbers_that_are_not_finite_are_written():
    assert [number_text(x) for x in (math.inf, -math.inf, math.nan)] == ["∞", "−∞", "nan"]
    assert latex_number(-math.inf) == r"-\infty"


INNER = ["add", "sub", "mul", "div", "neg", "square", "gt", "where"]
AS_PYTHON = {"·": "*", "−": "-", "²": "**2", "³": "**3", "^": "**"}


def nested(outer, inner, slot):
    """Return one operation with another as its operand, and the others as symbols."""
    count = {"neg": 1, "square": 1, "where": 3}
    names = iter("abcdef")
    within = Expr(inner, tuple(symbol(next(names)) for _ in range(count.get(inner, 2))))
    others = [symbol(next(names)) for _ in range(count.get(outer, 2))]
    return Expr(outer, (*others[:slot], within, *others[slot + 1 :]))


def value_of(expr, numbers):
    if expr.head == "symbol":
        return numbers[expr.args[0]]
    a, b, c = [*(value_of(arg, numbers) for arg in expr.args), None, None][:3]
    match expr.head:
        case "add" | "sub" | "mul":
            return {"add": operator.add, "sub": operator.sub, "mul": operator.mul}[expr.head](a, b)
        case "div":
            return a / b
        case "neg":
            return -a
        case "square":
            return a**2
        case "gt":
            return float(a > b)
        case _:
            return b if a else c


@pytest.mark.parametrize("outer", INNER)
@pytest.mark.parametrize("inner", INNER)
def test_a_formula_within_a_formula_has_the_parentheses_that_it_needs(outer, inner):
    numbers = {"a": 3.0, "b": 0.7, "c": 2.5, "d": 5.5, "e": 1.3, "f": 0.2}
    for slot in range(len(nested(outer, "neg", 0).args)):
        expr = nested(outer, inner, slot)
        text = render(expr, TEXT)
        for sign, written in AS_PYTHON.items():
            text = text.replace(sign, written)
        assert math.isclose(float(eval(text, {}, numbers)), value_of(expr, numbers)), text


def test_a_comparison_within_a_sum_is_in_parentheses_in_latex_too():
    a, b, c = map(symbol, "abc")
    assert render(Expr("add", (Expr("gt", (a, b)), c)), LATEX) == r"\left(a > b\right) + c"


def test_a_derivative_with_cases_of_two_operands_is_written_out():
    """Of one operand it is written f′(z); max′(x, y) would not say by which operand."""
    x, y = Value(1.0, "x"), Value(2.0, "y")
    graph = Graph.of(record(OPS["maximum"], [x, y]))
    assert Writer(graph).factor_derivative(graph.edges[1]) == "(0 if x ≥ y else 1)"
