"""Every line of every derivation is equal to the derivative: SymPy proves it."""

import pytest
import sympy

from autograd import Value, explain, logsumexp, total
from autograd.engine.formula import symbol
from autograd.engine.operation import OPS
from autograd.engine.ops import make_leaky_relu
from autograd.graph.derivations import DEFINITION, INVERSE, derive, rule_of

X = sympy.Symbol("x", real=True)
FUNCTIONS = [op for op in (*OPS.values(), make_leaky_relu(0.1)) if op.arity == 1]
HEADS = {
    "add": sympy.Add,
    "mul": sympy.Mul,
    "sub": lambda a, *rest: a - sum(rest),
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "pow": sympy.Pow,
    "square": lambda x: x**2,
    "abs": sympy.Abs,
    "gt": sympy.Gt,
    "where": lambda c, a, b: sympy.Piecewise((a, c), (b, True)),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "σ": lambda x: 1 / (1 + sympy.exp(-x)),
}


def in_sympy(formula):
    """Return a formula as SymPy writes it, with its numbers as fractions."""
    if formula.head == "symbol":
        return X
    if formula.atomic:
        return sympy.nsimplify(formula.args[0], rational=True)
    head = HEADS.get(formula.head) or getattr(sympy, formula.head)
    return head(*map(in_sympy, formula.args))


def are_equal(a, b):
    """Prove that two expressions are equal, or compare them in 40 digits at points of (0, 1)."""
    if sympy.simplify((a - b).rewrite(sympy.exp)) == 0:
        return True
    return all(abs((a - b).subs(X, sympy.Rational(p, 97)).evalf(40)) < 1e-12 for p in (11, 40, 83))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda op: op.name)
def test_every_line_is_equal_to_the_derivative_of_the_definition(function):
    op = function
    steps = derive(op, symbol("x"))
    if not steps:
        return
    first, *others = steps
    definition = in_sympy(first.formula)
    if first.rule == INVERSE:
        assert sympy.simplify(definition - X) == 0
        definition = getattr(sympy, op.name)(X)
    assert first.rule in (DEFINITION, INVERSE)
    slope = sympy.diff(definition, X)
    shift = 1 if op.name == "acosh" else 0  # it is defined above 1
    for step in others:
        a, b = (e.subs(X, X + shift) for e in (in_sympy(step.formula), slope))
        assert are_equal(a, b), f"{step.rule}: {step.formula}"


def test_functions_of_the_table_have_derivations_that_end_in_the_row():
    derived = {op.name for op in FUNCTIONS if derive(op, symbol("x"))}
    assert {"tanh", "sigmoid", "tan", "log", "sqrt", "atan", "silu", "relu", "softplus"} <= derived
    # These are rules themselves, or what the others are defined by.
    assert {"exp", "sin", "cos", "erf", "neg", "square"}.isdisjoint(derived)


def test_the_rule_of_each_kind_of_factor():
    rules = {name: rule_of(OPS[name]) for name in ("add", "mul", "div", "square", "dot", "exp")}
    assert rules == {
        "add": "sum rule",
        "mul": "product rule",
        "div": "quotient rule",
        "square": "power rule",
        "dot": "sum rule and product rule",
        "exp": "derivative of exp",
    }


@pytest.mark.parametrize(
    ("formula", "rules"),
    [
        (lambda x: 2.0 * x, ["constant multiple rule"]),
        (lambda x: x / 2.0, ["constant multiple rule"]),
        (lambda x: -x, ["constant multiple rule"]),
        (lambda x: 1.0 / x, ["quotient rule"]),
        (lambda x: x - 1.0, ["sum rule"]),
        (lambda x: x**3, ["power rule"]),
        (lambda x: 2.0**x, ["exponential rule"]),
        (lambda x: x**x, ["power rule", "exponential rule"]),
        (lambda x: logsumexp([x, 1.0]), ["derivative of log-sum-exp"]),
    ],
)
def test_an_explanation_names_the_rule_of_each_operand(formula, rules):
    text = str(explain(formula(Value(0.7, "x")), wrt="x", rules=True))
    _, _, rows = text.partition("rules (")
    assert [row.rpartition("   ")[2] for row in rows.splitlines()[1:]] == rules


def test_an_explanation_names_each_rule_once_and_derives_tanh():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    y = (w * x).tanh().tanh() / x
    y.label = "y"
    text = str(explain(y, w, rules=True))
    plain = str(explain(y, w))
    assert text.startswith(plain + "\n\nrules (chain rule: ")
    assert text.count("by definition") == 1
    assert "tanh(x) = sinh(x)/cosh(x)   by definition" in text
    assert "quotient rule" in text and "product rule" in text
    latex = explain(y, w, rules=True)._repr_latex_()
    assert r"\tanh'(x) &= \frac{" in latex and latex.count(r"\begin{aligned}") == 1


def test_equal_paths_are_written_once():
    x = Value(3.0, "x")
    y = x * x
    y.label = "y"
    text = str(explain(y, x))
    assert "paths 1 and 2, the same twice: y ← x" in text
    assert text.endswith("∂y/∂x = 2·3 = 6")
    z = x / (x * 1.0)  # two paths that are not alike
    assert "twice" not in str(explain(z, x))
    assert "paths 1 to 3, the same 3 times" in str(explain(total([x, x, x]), x))
    assert r"2 \cdot 3 = 6" in explain(y, x)._repr_latex_()
