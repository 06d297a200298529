"""`grad`: first, second and third derivatives against SymPy and against 50-digit differences."""

import math
from itertools import combinations

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd import (
    Graph,
    Value,
    absolute,
    compile,  # noqa: A004
    dot,
    exp,
    grad,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sin,
    tanh,
    total,
    where,
)
from autograd.engine.functions import record
from autograd.engine.operation import FLOATS, OPS, op_named
from autograd.engine.topological import all_nodes

x, y, z = sp.symbols("x y z", real=True)
POINT = {x: 0.75, y: 1.25, z: -0.5}


def sigma(t):
    return 1 / (1 + sp.exp(-t))


def gelu(t):
    inner = sp.sqrt(2 / sp.pi) * (t + sp.Rational(44715, 10**6) * t**3)
    return t * (1 + sp.tanh(inner)) / 2


# Smooth rows as SymPy writes them. SymPy has most others by name, and `domains` has the rest.
FORMULAS = {name: getattr(sp, name) for name in OPS if hasattr(sp, name)} | {
    "expm1": lambda t: sp.exp(t) - 1,
    "log1p": lambda t: sp.log(1 + t),
    "sigmoid": sigma,
    "softplus": lambda t: sp.log(1 + sp.exp(t)),
    "silu": lambda t: t * sigma(t),
    "gelu": gelu,
    "square": lambda t: t**2,
    "neg": lambda t: -t,
    "power(3.0)": lambda t: t**3,
    "power(-0.5)": lambda t: t ** sp.Rational(-1, 2),
    "power(1.0)": lambda t: t,
    "power(0.0)": lambda t: t**0,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "sum": lambda *v: sum(v),
    "dot": lambda a, b, c, d, e: a * c + b * d + e,
    "logsumexp": lambda *v: sp.log(sum(map(sp.exp, v))),
    "squared_error": lambda a, b, c, d: (a - c) ** 2 + (b - d) ** 2,
    "half_squared_error": lambda a, b, c, d: ((a - c) ** 2 + (b - d) ** 2) / 2,
}
SMOOTH = [name for name, op in OPS.items() if op.arity != 0 and not op.kinked]
SMOOTH += [name for name in FORMULAS if name.startswith("power(")]


def inputs_of(name, domain):
    """Return inputs that mix the three symbols, and are in the domain of the row at `POINT`."""
    arity = op_named(name).arity
    if arity == 1:
        return [x * z if domain.high < 0 else x * y + 1]
    if arity == 2:
        return [x * y + 1, y - z]
    return [x * y, z, y * z, x + 1, y][: FORMULAS[name].__code__.co_argcount or 4]


def values_at(point):
    return {symbol: Value(number, label=symbol.name) for symbol, number in point.items()}


def numeric(expression, point=POINT):
    return float(expression.evalf(30, subs={s: sp.Rational(v) for s, v in point.items()}))


def lambdified(expression, values):
    """Run a polynomial SymPy expression over Values."""
    return sp.lambdify([x, y, z], expression, modules=[{}])(*values.values())


@pytest.mark.parametrize("name", SMOOTH)
def test_second_derivatives_of_a_row_are_sympys_hessian(name, domains):
    row, domain = op_named(name), domains[name]
    inputs = inputs_of(name, domain)
    formula = FORMULAS.get(name) or (lambda *v: domain.formula(sp, *v))
    values = values_at(POINT)
    output = record(row, [lambdified(i, values) for i in inputs]) * values[x]
    formula = formula(*inputs) * x
    assert output.data == pytest.approx(numeric(formula), rel=1e-14)
    leaves, symbols = list(values.values()), list(values)
    gradients = grad(output, leaves)
    for symbol, gradient in zip(symbols, gradients, strict=True):
        slope = sp.diff(formula, symbol)
        assert gradient.data == pytest.approx(numeric(slope), rel=1e-12, abs=1e-13)
        for other, second in zip(symbols, grad(gradient, leaves), strict=True):
            want = numeric(sp.diff(slope, other))
            assert second.data == pytest.approx(want, rel=1e-11, abs=1e-12), (symbol, other)


@pytest.mark.parametrize(
    "name", ["exp", "tanh", "sigmoid", "softplus", "silu", "gelu", "log", "atan", "tan"]
)
@pytest.mark.parametrize("at", [0.7, 2.5])
def test_third_derivatives_are_right(name, at):
    leaf = Value(at)
    value = getattr(leaf, name)()
    for order in (1, 2, 3):
        (value,) = grad(value, [leaf])
        want = numeric(sp.diff(FORMULAS[name](x), x, order), {x: at})
        assert value.data == pytest.approx(want, rel=1e-10, abs=1e-12)


def test_the_derivatives_of_a_power_end_in_zero():
    leaf = Value(2.0)
    value = leaf**3
    found = []
    for _ in range(5):
        (value,) = grad(value, [leaf])
        found.append(value.data)
    assert found == [12.0, 12.0, 6.0, 0.0, 0.0]


def test_second_derivatives_of_kinked_rows_are_zero_beside_the_kink():
    for function in (relu, absolute, leaky_relu, lambda v: maximum(v, 1.0)):
        for at in (-2.0, 3.0):
            leaf = Value(at)
            (slope,) = grad(function(leaf) * leaf, [leaf])
            (curvature,) = grad(slope, [leaf])
            assert curvature.data == 2 * function(Value(at + 1)).data - 2 * function(leaf).data


def test_a_composite_of_everything_has_sympys_hessian():
    values = values_at(POINT)
    a, b, c = values.values()
    output = tanh(dot([a, b], [b, c], a)) * exp(c / b) + log(a * b) ** 2 - sin(a) / (b**2 + 1)
    inner = sp.tanh(x * y + y * z + x) * sp.exp(z / y)
    formula = inner + sp.log(x * y) ** 2 - sp.sin(x) / (y**2 + 1)
    hessian = sp.hessian(formula, (x, y, z))
    for k, gradient in enumerate(grad(output, [a, b, c])):
        row = [v.data for v in grad(gradient, [a, b, c])]
        want = [numeric(hessian[k, m]) for m in range(3)]
        assert row == pytest.approx(want, rel=1e-11, abs=1e-12)


# --- random graphs --------------------------------------------------------------------------------

RANDOM_ROWS = [op for name, op in OPS.items() if name not in ("leaf", "constant")]
SHIFT = 10.0**-20


@st.composite
def programs(draw):
    """Leaves, and steps of a row with the numbers of its inputs among what is there already."""
    numbers = st.integers(-40, 40).map(lambda k: k / 16 + 1 / 64)
    leaves = draw(st.lists(numbers, min_size=2, max_size=4))
    steps = []
    for _ in range(draw(st.integers(1, 8))):
        op = draw(st.sampled_from(RANDOM_ROWS))
        count = op.arity or draw(st.sampled_from([2, 4]))
        known = st.integers(0, len(leaves) + len(steps) - 1)
        steps.append((op, draw(st.lists(known, min_size=count, max_size=count))))
    return leaves, steps


def safe(op, inputs):
    """Whether a row is well inside its domain here: away from its kinks and poles."""
    floats = [v.data for v in inputs]
    positive = {"log": 0, "sqrt": 0, "pow": 0, "div": 1}
    if op.name in positive and abs(floats[k := positive[op.name]]) < 0.05:
        return False
    if op.name in ("log", "sqrt", "pow") and floats[k] < 0:
        return False
    if op.name == "tan" and abs(math.cos(floats[0])) < 0.05:
        return False
    compared = floats if len(floats) > 1 else [floats[0], 0.0]
    return not op.kinked or all(abs(a - b) > 1e-3 for a, b in combinations(compared, 2))


def run_values(leaves, steps):
    nodes = list(leaves)
    for op, inputs in steps:
        assume(safe(op, [nodes[k] for k in inputs]))
        try:
            node = record(op, [nodes[k] for k in inputs])
        except (OverflowError, ValueError, ZeroDivisionError):
            assume(False)
        assume(abs(node.data) < 1e3 and all(map(math.isfinite, node.partials)))
        nodes.append(node)
    return nodes[-1]


def run_reference(leaves, steps, reference):
    nodes = list(leaves)
    for op, inputs in steps:
        nodes.append(reference.value(op, [nodes[k] for k in inputs]))
    return nodes[-1]


def absolute_sweep(output):
    """Return Σ |path| into each node: what a sum of contributions may err in relation to."""
    nodes = all_nodes(output)
    sizes = dict.fromkeys(nodes, 0.0) | {output: 1.0}
    for node in reversed(nodes):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            sizes[parent] += sizes[node] * abs(partial)
    return sizes


@settings(max_examples=150)
@given(program=programs())
def test_gradients_of_random_graphs_are_those_of_50_digit_differences(program, reference):
    numbers, steps = program
    leaves = [Value(v) for v in numbers]
    output = run_values(leaves, steps)
    output.backward()
    gradients, sizes = grad(output, leaves), absolute_sweep(output)
    assume(max(sizes.values()) < 1e6)  # beyond, rounded data has slopes of its own
    for k, leaf in enumerate(leaves):
        sides = []
        for h in (SHIFT, -SHIFT):
            shifted = [reference.mp.mpf(v) for v in numbers]
            shifted[k] += reference.mp.mpf(h)
            sides.append(run_reference(shifted, steps, reference))
        want = float((sides[0] - sides[1]) / (2 * reference.mp.mpf(SHIFT)))
        tolerance = 1e-9 * max(1.0, sizes.get(leaf, 0.0)) ** 2
        assert leaf.grad == pytest.approx(want, rel=0, abs=tolerance)
        assert gradients[k].data == pytest.approx(leaf.grad, rel=1e-12, abs=1e-13 * tolerance * 1e9)


@settings(max_examples=60)
@given(program=programs())
def test_hessians_of_random_graphs_are_symmetric(program):
    numbers, steps = program
    leaves = [Value(v) for v in numbers]
    output = run_values(leaves, steps)
    assume(max(absolute_sweep(output).values()) < 1e3)
    try:
        rows = [[v.data for v in grad(g, leaves)] for g in grad(output, leaves)]
    except (OverflowError, ZeroDivisionError):
        assume(False)
    size = max(abs(v) for row in rows for v in row)
    for i, row in enumerate(rows):
        assert row == pytest.approx([other[i] for other in rows], rel=1e-8, abs=1e-8 * (1 + size))


# --- branches -------------------------------------------------------------------------------------

BATCH = [-2.0, -0.75, 0.0, 0.25, 0.5, 3.0]
BRANCHED = {
    "relu": (lambda v: v.relu() * v, lambda v: 2 * v if v > 0 else 0.0),
    "abs": (lambda v: abs(v) * v, lambda v: 2 * abs(v)),
    "maximum": (lambda v: maximum(v, 0.25) ** 2, lambda v: 2 * v if v >= 0.25 else 0.0),
    "minimum": (lambda v: minimum(v, 0.25) * v, lambda v: 2 * v if v <= 0.25 else 0.25),
    "leaky_relu": (lambda v: leaky_relu(v, 0.1) * v, lambda v: (2 if v > 0 else 0.2) * v),
    "clip": (lambda v: v.clip(-1, 0.5) ** 2, lambda v: 2 * v if -1 <= v <= 0.5 else 0.0),
    "where": (lambda v: where(v < 0.3, v**3, -v), lambda v: 3 * v**2 if v < 0.3 else -1.0),
    "slope that is a plain number": (relu, lambda v: 1.0 if v > 0 else 0.0),
    "slope that is the same everywhere": (lambda v: 3 * v, lambda v: 3.0),
    "gradient penalty": (
        lambda v: grad(v.relu() * v, [v])[0] ** 2,
        lambda v: 8 * v if v > 0 else 0.0,
    ),
}


@pytest.mark.parametrize("at", [-2.0, 0.0, 0.4])
@pytest.mark.parametrize("name", BRANCHED)
def test_a_compiled_gradient_takes_the_branch_of_every_example(name, at):
    function, slope = BRANCHED[name]
    leaf = Value(at, "x")
    (gradient,) = grad(function(leaf), [leaf])
    got = compile(gradient, inputs=[leaf]).forward([BATCH])
    assert got.tolist() == pytest.approx([slope(v) for v in BATCH], abs=1e-15)


def test_the_slopes_of_a_power_at_base_0_take_their_branch_in_a_batch():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    da, db = grad(a**b, [a, b])
    columns = [[2.0, 0.0, 0.0, 2.0], [3.0, 3.0, 1.0, 0.0]]
    assert compile(da, inputs=[a, b]).forward(columns).tolist() == [12.0, 0.0, 1.0, 0.0]
    want = [8 * math.log(2), 0.0, 0.0, math.log(2)]
    assert compile(db, inputs=[a, b]).forward(columns).tolist() == pytest.approx(want)


# --- slopes that are not finite -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "order", "want"),
    [(1.5, 1, 0.0), (2.5, 2, 0.0), (3.5, 3, 0.0), (4, 4, 24.0), (1, 2, 0.0), (0, 1, 0.0)],
)
def test_powers_are_differentiated_at_0_as_often_as_they_have_slopes(n, order, want):
    leaf = Value(0.0, "x")
    value = leaf**n
    for _ in range(order):
        (value,) = grad(value, [leaf])
    assert value.data == want


def test_the_hessian_of_a_power_at_base_0():
    a, b = Value(0.0, "a"), Value(2.0, "b")
    rows = [[v.data for v in grad(g, [a, b])] for g in grad(a**b, [a, b])]
    assert rows == [[2.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("name", ["atan", "asinh", "erf", "tanh", "sigmoid"])
@pytest.mark.parametrize("at", [1e100, -1e160, 1e300])
def test_second_derivatives_far_out_are_0(name, at):
    leaf = Value(at)
    (slope,) = grad(getattr(leaf, name)(), [leaf])
    (curvature,) = grad(slope, [leaf])
    assert curvature.data == pytest.approx(0.0, abs=1e-90)


AT_THE_EDGE = {
    "sqrt": (lambda v: where(v > 0, v.sqrt(), 0.0) * v, [(0.0, 0.0), (4.0, 3.0)]),
    "power": (lambda v: v**0.5 * v, [(0.0, 0.0), (4.0, 3.0)]),
    "acosh": (lambda v: (v + 1).acosh() * v, [(0.0, 0.0)]),
}


@pytest.mark.parametrize("name", AT_THE_EDGE)
def test_an_infinite_slope_that_no_gradient_reaches_is_0_and_lets_others_through(name):
    function, points = AT_THE_EDGE[name]
    leaf = Value(0.0, "x")
    (gradient,) = grad(function(leaf), [leaf])
    got = compile(gradient, inputs=[leaf]).forward([[x for x, _ in points]])
    assert got.tolist() == [slope for _, slope in points]


@pytest.mark.parametrize(("function", "at"), [("sqrt", 0.0), ("asin", 1.0), ("acosh", 1.0)])
def test_a_second_derivative_that_is_not_finite_is_refused(function, at):
    x, w = Value(at), Value(0.0)
    (slope,) = grad(w * getattr(x, function)(), [x])
    assert slope.data == 0.0
    with pytest.raises((ArithmeticError, ValueError)):
        grad(slope, [w])  # 1/(2·√x) for the square root
    with pytest.raises((ArithmeticError, ValueError)):
        slope.backward()


def test_an_infinite_slope_of_the_branch_not_taken_has_no_second_derivative():
    x = Value(0.0)
    (slope,) = grad(where(x > 0, x.sqrt(), 3 * x), [x])
    assert [v.data for v in (slope, *grad(slope, [x]))] == [3.0, 0.0]


def test_an_infinite_slope_that_a_gradient_reaches_is_refused():
    leaf = Value(0.0, "x")
    with pytest.raises(ZeroDivisionError):
        grad(leaf.sqrt(), [leaf])


# --- what it leaves alone, and what it refuses ----------------------------------------------------


def test_nobodys_grad_is_touched():
    a, b = Value(2.0), Value(3.0)
    out = tanh(a * b) + a
    out.backward()
    nodes = all_nodes(out)
    before = [node.grad for node in nodes]
    grad(grad(out, [a])[0], [a, b])
    assert [node.grad for node in nodes] == before


def test_gradients_may_be_asked_for_any_node_and_for_none():
    a, b = Value(2.0), Value(3.0)
    inner = a * b
    out = inner * inner + a
    assert [g.data for g in grad(out, [inner, out, a])] == [12.0, 1.0, 37.0]
    assert grad(out, []) == []
    assert grad(out, [Value(1.0)])[0].data == 0.0
    assert grad(out, [a, a])[1].data == 37.0


def test_grad_agrees_with_backward_on_repeated_parents():
    a = Value(1.5)
    out = total([a, a, a * a, a + a]) * a
    out.backward()
    assert grad(out, [a])[0].data == a.grad


def test_a_gradient_is_a_value_with_a_graph_of_its_own():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    (slope,) = grad(a**2 * b, [a])
    assert isinstance(slope, Value)
    assert {node.label for node in Graph.of(slope).nodes if node.label} == {"a", "b"}
    slope.backward()
    assert (a.grad, b.grad) == (6.0, 4.0)


def test_a_gradient_of_a_long_chain_needs_no_recursion():
    a = Value(0.5)
    node = a
    for _ in range(20_000):
        node = node * 1.0 + a
    assert grad(node, [a])[0].data == 20_001.0


def test_stale_numbers_are_refused():
    a, b = Value(2.0, label="a"), Value(3.0)
    out = exp(a * b)
    a.data = 5.0
    with pytest.raises(ValueError, match=r"changed after .* was recorded") as caught:
        grad(out, [a])
    assert "Record the expression again" in str(caught.value)
    a.data = 2.0
    assert grad(out, [a])[0].data == pytest.approx(3 * math.exp(6))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (lambda a, out: (out, a), r"leaves is a list; write grad\(output, \[a\]\)"),
        (lambda a, out: (2.0, [a]), r"expected a Value, got 2\.0"),
        (lambda a, out: (out, [a, 3]), "expected a Value, got 3"),
        (lambda a, out: (out, ["a"]), "expected a Value, got 'a'"),
    ],
)
def test_what_is_no_value_is_refused(arguments, message):
    a = Value(2.0, label="a")
    with pytest.raises(TypeError, match=message):
        grad(*arguments(a, a * a))


def test_logsumexp_has_the_covariance_of_softmax_as_second_derivative():
    leaves = [Value(v) for v in (0.3, -1.2, 2.0)]
    weights = [math.exp(v.data) for v in leaves]
    p = [w / sum(weights) for w in weights]
    for i, slope in enumerate(grad(logsumexp(leaves), leaves)):
        row = [v.data for v in grad(slope, leaves)]
        assert row == pytest.approx([p[i] * ((i == j) - p[j]) for j in range(3)], rel=1e-13)


def test_the_namespace_of_values_computes_the_bits_of_the_floats(op, samples):
    from autograd.engine.second_order import VALUES

    for point in samples(op, moderate=True, number=4):
        output = record(op, point)
        slopes = op.partials(VALUES, output, *output.parents)
        assert [getattr(s, "data", s) for s in slopes] == pytest.approx(
            output.partials, rel=4e-16, abs=0
        )
        assert op.partials(FLOATS, output.data, *point) == output.partials


def test_the_reference_of_these_tests_is_itself_mpmaths_derivative(op, samples, reference):
    for point in samples(op, moderate=True, number=2):
        if len(point) > 3:
            continue
        for k, slope in enumerate(reference.slopes(op, point)):
            at = [reference.mp.mpf(v) for v in point]

            def moved(t, k=k, at=at):
                return reference.value(op, [*at[:k], t, *at[k + 1 :]])

            want = reference.mp.diff(moved, at[k])
            assert abs(want - slope) < reference.mp.mpf(10) ** -20 * (1 + abs(slope))
    assert mpmath.mp.dps == 15  # nobody's global precision was changed
