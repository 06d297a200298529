"""The table, row by row: values, slopes, tails, kinks, and proofs that slopes are derivatives."""

import inspect
import itertools
import math
from functools import cache

import numpy as np
import pytest
import sympy as sp

from autograd.engine import error_function, ops
from autograd.engine.dialect import PYTHON, render
from autograd.engine.formula import Symbols, lift, symbol
from autograd.engine.namespace import FUNCTIONS, Floats
from autograd.engine.operation import FLOATS, OPS, op_named
from autograd.engine.ops import CONSTANT, LEAF, make_leaky_relu, make_power
from autograd.engine.table import nonlinear

EPS = 2.0**-53  # half an ulp of 1
SMALLEST = 5e-324


# --- values and slopes against 50 digits ----------------------------------------------------------


def test_every_row_of_the_table_is_tested(rows, domains):
    assert set(OPS) - {"leaf", "constant"} <= set(domains)
    assert {op.name for op in rows} == set(domains)


def test_the_table_holds_every_operation_the_design_lists():
    design = """add sub mul div neg pow dot sum exp log sqrt sin cos tan tanh sigmoid relu softplus
    silu gelu abs maximum minimum square atan logsumexp"""
    assert set(design.split()) <= set(OPS)


def test_the_value_is_right_to_a_few_ulp_of_its_largest_intermediate(op, samples, reference):
    for x in samples(op):
        error = abs(reference.mp.mpf(op.forward(FLOATS, *x)) - reference.value(op, x))
        assert error <= 6 * EPS * reference.scale(op, x) + len(x) * SMALLEST, x


def test_the_slopes_are_right_to_a_few_ulp_of_their_largest_intermediate(
    op, samples, domains, reference
):
    for x in samples(op):
        if domains[op.name].at_kink(x):
            continue  # the conventions have a test of their own
        partials = op.partials(FLOATS, op.forward(FLOATS, *x), *x)
        exact, scales = reference.slopes(op, x), reference.slope_scales(op, x)
        for got, want, scale in zip(partials, exact, scales, strict=True):
            assert abs(reference.mp.mpf(got) - want) <= 8 * EPS * scale + 2 * SMALLEST, x


def test_a_monotone_row_has_slopes_of_one_sign(op, samples):
    assert op.monotone in (-1, 0, 1)
    for x in samples(op) if op.monotone else ():
        (slope,) = op.partials(FLOATS, op.forward(FLOATS, *x), *x)
        assert slope * op.monotone >= 0, x


TAILS = {
    "tanh": (20, -20, 300, -350),
    "sigmoid": (40, -40, 700, -700),
    "silu": (40, -40, -700),
    "softplus": (40, -40, -700),
    "gelu": (5, -5, -8),
    "atan": (1e8, -1e8, 1e100),
    "exp": (-700,),
    "logsumexp": (-700,),
}


@pytest.mark.parametrize(("name", "x"), [(n, x) for n, points in TAILS.items() for x in points])
def test_values_and_slopes_keep_twelve_digits_in_the_tails(name, x, reference):
    op, inputs = OPS[name], (float(x), 1.0) if name == "logsumexp" else (float(x),)
    y = op.forward(FLOATS, *inputs)
    assert y == pytest.approx(float(reference.value(op, inputs)), rel=1e-12, abs=0)
    (slope, *_) = op.partials(FLOATS, y, *inputs)
    assert slope == pytest.approx(float(reference.slopes(op, inputs)[0]), rel=1e-12, abs=0)
    assert slope != 0


EXTREMES = [
    ("sigmoid", -1000, 0.0, 0.0),
    ("sigmoid", 1000, 1.0, 0.0),
    ("tanh", -1e308, -1.0, 0.0),
    ("tanh", 1e308, 1.0, 0.0),
    ("softplus", -1e308, 0.0, 0.0),
    ("softplus", 1e308, 1e308, 1.0),
    ("silu", -1e308, 0.0, 0.0),
    ("silu", 1e308, 1e308, 1.0),
    ("gelu", -1e308, 0.0, 0.0),
    ("gelu", 1e308, 1e308, 1.0),
    ("relu", -1e308, 0.0, 0.0),
    ("abs", -1e308, 1e308, -1.0),
    ("exp", -1e308, 0.0, 0.0),
]


@pytest.mark.parametrize(("name", "x", "value", "slope"), EXTREMES)
def test_rows_are_stable_at_extremes(name, x, value, slope):
    y = OPS[name].forward(FLOATS, float(x))
    assert (y, *OPS[name].partials(FLOATS, y, float(x))) == (value, slope)


@pytest.mark.parametrize("x", [-1000.0, 1000.0, -1e300, 1e300])
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softplus", "silu", "gelu", "relu", "abs"])
def test_columns_of_extremes_raise_no_warning(name, x):
    y = OPS[name].forward(np, np.array([x]))  # warnings are errors here
    with np.errstate(over="ignore"):  # as a backward pass has it: tanh′ is 1/cosh², here 1/∞
        slopes = OPS[name].partials(np, y, np.array([x]))
    assert np.isfinite([y, *slopes]).all()


def test_erfc_of_columns_keeps_its_digits_though_the_square_in_it_is_rounded(reference):
    x = np.linspace(0.5, 26, 300)
    for got, point in zip(OPS["erfc"].forward(np, x).tolist(), x.tolist(), strict=True):
        exact = reference.mp.erfc(reference.mp.mpf(point))
        assert abs(reference.mp.mpf(got) / exact - 1) <= 12 * EPS, point


def test_logsumexp_takes_any_shift_out():
    assert ops.LOGSUMEXP.forward(FLOATS, 1e4, 1e4) == 1e4 + math.log(2)
    assert ops.LOGSUMEXP.partials(FLOATS, 0.0, -1e300, 1e300) == (0.0, 1.0)


# torch.nn.functional.gelu(…, approximate="tanh"), as printed; with erf: 0.8413, −0.1587, 2.9960.
PYTORCH_GELU = {1.0: "0.8412", -1.0: "-0.1588", 3.0: "2.9964"}


@pytest.mark.parametrize("x", PYTORCH_GELU)
def test_gelu_means_the_tanh_form(x):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    y = ops.GELU.forward(FLOATS, x)
    assert y == pytest.approx(0.5 * x * (1 + math.tanh(inner)), rel=1e-14)
    assert f"{y:.4f}" == PYTORCH_GELU[x]
    assert abs(y - 0.5 * x * (1 + math.erf(x / math.sqrt(2)))) > 1e-4


# --- the proof ------------------------------------------------------------------------------------


class Deciding(Floats):
    """Floats that write down every decision a formula takes, in order."""

    erf, erfc = staticmethod(math.erf), staticmethod(math.erfc)

    def __init__(self, form):
        self.textbook, self.quick, self.fused = (
            form == name for name in ("textbook", "quick", "fused")
        )
        self.decisions = []

    def _decide(self, condition):
        self.decisions.append(bool(condition))
        return self.decisions[-1]

    def where(self, condition, yes, no):
        return yes if self._decide(condition) else no

    def maximum(self, a, b):
        return a if self._decide(a >= b) else b

    def minimum(self, a, b):
        return a if self._decide(a <= b) else b

    def abs(self, x):
        return x if self._decide(x >= 0) else -x


class Replaying(Deciding):
    """SymPy as a namespace that takes the decisions noted at a point: so one piece of a formula."""

    def __init__(self, form, decisions):
        super().__init__(form)
        self.noted = iter(decisions)

    def _decide(self, condition):
        return next(self.noted)

    def abs(self, x):
        return x if self._decide(True) else -x

    def maximum(self, a, b):
        return a if self._decide(True) else b

    minimum = maximum

    def log(self, x):
        return sp.log(exact(x))

    def log1p(self, x):
        return sp.log(1 + x)

    def expm1(self, x):
        return sp.exp(x) - 1

    def pow(self, a, b):
        return exact(a) ** exact(b)


for _name in FUNCTIONS - set(vars(Replaying)) - {"where"}:
    setattr(Replaying, _name, staticmethod(getattr(sp, _name)))
Replaying.erf, Replaying.erfc = staticmethod(sp.erf), staticmethod(sp.erfc)


def exact(expression):
    return sp.nsimplify(expression, rational=True)


def run(op, xp, inputs):
    y = op.forward(xp, *inputs)
    return y, op.partials(xp, y, *inputs)


def unknowns(count, domain):
    """Return symbols for the inputs; where a row takes only numbers above 1, symbols + 1."""
    symbols = sp.symbols(f"x:{count}", positive=domain.positive or None, real=True)
    return symbols, [x + 1 if domain.low > 0 else x for x in symbols]


def pieces(points, op, form):
    """Return a point of every piece of the row's formulas, and the decisions that lead there."""
    found = {}
    for point in points:
        xp = Deciding(form)
        run(op, xp, point)
        found[tuple(xp.decisions)] = point
    return found


@cache
def is_zero(expression):
    """Whether e = 0 over the reals, or exp(e) = 1 where logarithms hide that.

    What the constants of a row, which are floats, were rounded by is left out.
    """
    expression = exact(expression)
    in_exponentials = expression.rewrite(sp.exp)
    if sp.expand(sp.fraction(sp.together(in_exponentials))[0]) == 0:
        return True  # most rows; `simplify` finds these too, but takes fifty times as long
    if is_rounding(sp.simplify(sp.expand(in_exponentials))):
        return True
    return expression.has(sp.log) and sp.simplify(sp.exp(expression)) == 1


def is_rounding(expression):
    """Whether an expression is 0, or a sum of terms with coefficients below 1e-13."""
    return all(abs(c) < 1e-13 for c in sp.expand(expression).as_coefficients_dict().values())


def is_zero_near(expression, symbols, point):
    """Whether e = 0 where all symbols have the signs of this point."""
    if is_zero(expression):
        return True
    signed = {  # not dummies, because the forms of many rows are the same: their proof is known
        s: sp.Symbol(f"p{k}", positive=True) * (1 if x > 0 else -1)
        for k, (s, x) in enumerate(zip(symbols, point, strict=True))
    }
    return is_zero(sp.sympify(expression).subs(signed))


PROOF_COUNTS = {"sum": (1, 2, 5), "dot": (1, 2, 3, 4, 7), "logsumexp": (1, 2, 3)}
PROOF_COUNTS |= dict.fromkeys(("squared_error", "half_squared_error"), (2, 6))


APPROXIMATED = {"erf", "erfc"}  # a computed form that is no formula of the function


@pytest.fixture
def exact_constants(monkeypatch):
    """The constants as they are meant; floats times sums would be rounded by SymPy."""
    monkeypatch.setattr(error_function, "_SLOPE_AT_0", 2 / sp.sqrt(sp.pi))
    monkeypatch.setattr(nonlinear, "_GELU_SCALE", sp.sqrt(2 / sp.pi))
    monkeypatch.setattr(nonlinear, "_GELU_CUBE", sp.Rational(44715, 10**6))


@pytest.mark.parametrize("form", ["computed", "textbook", "quick", "fused"])
@pytest.mark.usefixtures("exact_constants")
def test_the_partials_are_proved_to_be_the_derivatives_of_the_forward_formula(
    op, form, domains, points
):
    domain = domains[op.name]
    form = "textbook" if op.name in APPROXIMATED else form
    for count in PROOF_COUNTS.get(op.name, domain.counts):
        symbols, x = unknowns(count, domain)
        for decisions, point in pieces(points(op, count), op, form).items():
            y, partials = run(op, Replaying(form, decisions), x)
            assert len(partials) == count
            for variable, partial in zip(symbols, partials, strict=True):
                difference = sp.diff(exact(y), variable) - partial
                assert is_zero_near(difference, symbols, point), (decisions, variable)


@pytest.mark.parametrize("form", ["textbook", "quick", "fused"])
@pytest.mark.usefixtures("exact_constants")
def test_the_computed_form_is_proved_equal_to_the_others(op, form, domains, points):
    domain = domains[op.name]
    for count in () if op.name in APPROXIMATED else PROOF_COUNTS.get(op.name, domain.counts):
        symbols, x = unknowns(count, domain)
        computed, others = (pieces(points(op, count), op, each) for each in ("computed", form))
        for decisions, point in computed.items():
            xp = Deciding(form)
            run(op, xp, point)
            assert tuple(xp.decisions) in others
            y, partials = run(op, Replaying("computed", decisions), x)
            other, other_partials = run(op, Replaying(form, xp.decisions), x)
            assert is_zero(y - other)
            for partial, other_partial in zip(partials, other_partials, strict=True):
                assert is_zero_near(partial - exact(other_partial), symbols, point)


def test_a_wrong_partial_would_not_be_proved(domains):
    x = sp.symbols("x", real=True)
    y, (slope,) = run(ops.TANH, Replaying("textbook", ()), (x,))
    assert is_zero(sp.diff(y, x) - slope)
    assert not is_zero(sp.diff(y, x) - slope * (1 + sp.Rational(1, 10**9)))


@pytest.mark.parametrize("x", [-1000.0, -40.5, 40.5, 1000.0])
def test_where_gelu_stops_its_inner_argument_the_slope_is_0_or_1_in_any_precision(x, reference):
    # The one piece that the proof leaves out: |x| > 40, where the clipped formula is not exact.
    slope = reference.slopes(ops.GELU, (x,))[0]
    assert abs(slope - (x > 0)) < reference.mp.mpf(10) ** -1000
    assert ops.GELU.partials(FLOATS, ops.GELU.forward(FLOATS, x), x) == (float(x > 0),)


# --- the complex step -----------------------------------------------------------------------------


class ComplexStep:
    """NumPy over complex numbers, which it orders by their real parts."""

    def __getattr__(self, name):
        return getattr(np, name)

    def abs(self, x):
        return np.where(x.real >= 0, x, -x)


def test_the_complex_step_gives_the_same_slopes(op, samples, reference):
    h = 1e-200  # f(x + ih) = f(x) + ih·f′(x) with no difference taken: no digits are lost
    for x in samples(op, moderate=True, number=5):
        partials = op.partials(FLOATS, op.forward(FLOATS, *x), *x)
        scales = map(float, reference.slope_scales(op, x))
        for k, (partial, scale) in enumerate(zip(partials, scales, strict=True)):
            shifted = [np.complex128(v + (1j * h if i == k else 0)) for i, v in enumerate(x)]
            slope = np.imag(op.forward(ComplexStep(), *shifted)) / h
            assert slope == pytest.approx(partial, rel=1e-12, abs=1e-12 * scale), (x, k)


# --- floats and columns ---------------------------------------------------------------------------


def ulps(a, b, scale):
    return abs(a - b) / np.maximum(np.spacing(np.maximum(np.abs(a), np.abs(scale))), SMALLEST)


def test_floats_and_numpy_columns_agree_to_a_few_ulp(op, domains, samples, reference):
    for count in domains[op.name].counts:
        points = [p for p in samples(op, number=30) if len(p) == count]
        columns = [np.array(column) for column in zip(*points, strict=True)]
        y = op.forward(np, *columns)
        with np.errstate(over="ignore"):
            partials = op.partials(np, y, *columns)
        for k, point in enumerate(points):
            value, slopes = run(op, FLOATS, point)
            assert ulps(value, y[k], float(reference.scale(op, point))) <= 2, point
            scales = map(float, reference.slope_scales(op, point))
            for slope, column, scale in zip(slopes, partials, scales, strict=True):
                assert ulps(slope, np.broadcast_to(column, y.shape)[k], scale) <= 4, point


# --- kinks, signs and constants -------------------------------------------------------------------

KINKS = [
    (ops.RELU, (0.0,), (0.0,)),
    (ops.ABS, (0.0,), (0.0,)),
    (ops.MAXIMUM, (2.0, 2.0), (1.0, 0.0)),
    (ops.MINIMUM, (2.0, 2.0), (1.0, 0.0)),
    (make_leaky_relu(0.25), (0.0,), (0.25,)),
    (ops.POW, (0.0, 2.0), (0.0, 0.0)),
    (ops.POW, (0.0, 1.0), (1.0, 0.0)),
]


@pytest.mark.parametrize(("row", "x", "partials"), KINKS, ids=str)
def test_the_convention_at_a_kink_holds_over_floats_and_columns(row, x, partials):
    assert row.convention
    assert run(row, FLOATS, x)[1] == partials
    columns = [np.array([v]) for v in x]
    assert tuple(float(p[0]) for p in run(row, np, columns)[1]) == partials


def test_every_row_with_a_kink_states_its_convention(op, domains):
    assert bool(op.convention) == (domains[op.name].kinked or op is ops.POW)


def test_every_row_but_the_leaves_has_a_sign_of_its_own(op, rows):
    assert op.glyph
    assert LEAF.glyph == CONSTANT.glyph == ""
    same = [other.name for other in rows if other.glyph == op.glyph and other is not op]
    shared = [{"sub", "neg"}, {"sum", "dot"}, {"square", "power(2.0)"}]
    leaky = {row.name for row in rows if row.name.startswith("leaky")}
    assert not same or {op.name, *same} in [*shared, leaky]


def test_computed_partials_written_as_python_give_the_same_bits(op, samples, domains):
    for count in domains[op.name].counts[:4]:  # nested maxima, as text, double with each term
        names = [f"x{k}" for k in range(count)]
        written = op.partials(Symbols(), symbol("y"), *map(symbol, names))
        code = [compile(render(lift(p), PYTHON), "partial", "eval") for p in written]
        scope = {name: getattr(FLOATS, name) for name in FUNCTIONS}
        for point in [p for p in samples(op, number=5) if len(p) == count]:
            y, partials = run(op, FLOATS, point)
            numbers = scope | dict(zip(names, point, strict=True)) | {"y": y}
            assert [eval(c, numbers) for c in code] == list(partials)


def test_textbook_partials_written_as_python_mean_the_same(op, samples, domains):
    def called(name):
        return getattr(FLOATS, name, None) or (lambda x: OPS[name].forward(FLOATS, x))

    count = domains[op.name].counts[-1]
    names = [f"x{k}" for k in range(min(count, 4))]
    written = op.partials(Symbols(textbook=True), symbol("y"), *map(symbol, names))
    parts = {part.head for p in map(lift, written) for part in p.walk() if not part.atomic}
    scope = {head: called(head) for head in parts & ({*OPS} | FUNCTIONS) - set(PYTHON.templates)}
    for point in itertools.islice((p for p in samples(op, moderate=True)), 5):
        if len(point) == len(names):
            y, partials = run(op, FLOATS, point)
            numbers = scope | dict(zip(names, point, strict=True)) | {"y": y}
            found = [eval(render(lift(p), PYTHON), numbers) for p in written]
            assert found == pytest.approx(partials, rel=1e-9)


def test_constants_in_a_row_are_part_of_its_name_and_the_row_is_made_once():
    assert make_power(3) is make_power(3.0) is make_power(np.float64(3)) is op_named("power(3.0)")
    assert (
        make_leaky_relu(np.float64(0.01)) is make_leaky_relu(0.01) is op_named("leaky_relu(0.01)")
    )
    assert make_power(3) is not make_power(2)
    assert op_named(make_power(1e-5).name) is make_power(1e-5)
    assert op_named(make_power(-1e300).name) is make_power(-1e300)


@pytest.mark.parametrize("make", [make_power, make_leaky_relu])
@pytest.mark.parametrize(
    ("constant", "error"),
    [
        ("2", TypeError),
        (2j, TypeError),
        (True, TypeError),
        (None, TypeError),
        (math.nan, ValueError),
        (math.inf, ValueError),
    ],
)
def test_a_row_with_a_nonsensical_constant_is_refused(make, constant, error):
    with pytest.raises(error, match="constant must be"):
        make(constant)


def test_power_0_has_slope_0_everywhere():
    assert run(make_power(0), FLOATS, (0.0,)) == (1.0, (0.0,))


def test_sums_add_from_left_to_right():
    terms = (1e16, 1.0, 1.0, -1e16)
    assert ops.SUM.forward(FLOATS, *terms) == 0.0  # each 1 is rounded away, as in a + b + c + d
    assert ops.DOT.forward(FLOATS, *terms, *[1.0] * 4) == 0.0


def test_every_row_says_how_many_inputs_its_formulas_take(op):
    for formula, before in ((op.forward, 1), (op.partials, 2)):  # xp; xp and the output
        taken = list(inspect.signature(formula).parameters.values())[before:]
        is_any = taken[-1].kind is inspect.Parameter.VAR_POSITIONAL
        assert op.arity == (None if is_any else len(taken))
