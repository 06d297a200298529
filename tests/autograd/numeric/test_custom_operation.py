"""`operation`: one call gives what the operations of the table have; wrong ones are refused."""

import json
import math
import pickle
import subprocess

import numpy as np
import pytest

import autograd
from autograd import Graph, Value, draw, explain, grad, gradcheck, operation, page, trace
from autograd.engine.operation import USER_OPS, op_named
from autograd.graph.formulas import Writer
from autograd.graph.wording import LATEX
from autograd.views.javascript import function as javascript
from nn import MLP


@pytest.fixture(autouse=True)
def forget(monkeypatch):
    """Leave no operation of a test in the table."""
    before = dict(USER_OPS)
    yield
    USER_OPS.clear()
    USER_OPS.update(before)


def make_mish():
    def forward(xp, x):
        return x * xp.tanh(xp.log1p(xp.exp(x)))

    def partials(xp, y, x):
        t, s = xp.tanh(xp.log1p(xp.exp(x))), 1 / (1 + xp.exp(-x))
        return (t + x * (1 - t * t) * s,)

    return operation("mish", forward, partials)


def make_hinge():
    return operation(
        "hinge_loss",
        lambda xp, y, t: xp.where(1 - y * t > 0, 1 - y * t, 0.0),
        lambda xp, c, y, t: (
            xp.where(1 - y * t > 0, -t, 0.0),
            xp.where(1 - y * t > 0, -y, 0.0),
        ),
        domain=[(-2, 2), (-1, 1)],
        convention="its slope at the corner is 0",
    )


def test_it_is_recorded_traced_explained_drawn_and_shown():
    mish = make_mish()
    w, x = Value(0.5, "w"), Value(1.5, "x")
    y = mish(w * x)
    assert y.op is mish.op
    assert y.data == pytest.approx(0.75 * math.tanh(math.log1p(math.exp(0.75))), rel=1e-15)
    assert "mish(w·x)" in str(explain(y, wrt=w)) or "mish" in str(trace(y))
    assert "mish" in draw(y).source
    assert "mish" in page(y).html
    graph = Graph.of(y)
    written = Writer(graph, LATEX).formula(graph.output.index)
    assert written == r"\operatorname{mish}\left(v_{2}\right)"
    assert Writer(graph).local_derivative(graph.edges[-1])


def test_it_is_checked_compiled_and_differentiated_twice():
    mish, x = make_mish(), Value(0.7, "x")
    assert gradcheck(lambda v: mish(mish(v) * v), [0.4]).ok
    program = autograd.compile(mish(x), inputs=[x])
    batch = [-2.0, 0.0, 3.0]
    assert program.forward([batch]).tolist() == pytest.approx(
        [v * math.tanh(math.log1p(math.exp(v))) for v in batch], rel=1e-14
    )
    (slope,) = grad(mish(x), [x])
    (curvature,) = grad(slope, [x])
    h = 1e-5
    sides = [grad(mish(v := Value(0.7 + d)), [v])[0].data for d in (h, -h)]
    assert curvature.data == pytest.approx((sides[0] - sides[1]) / (2 * h), rel=1e-8)


def test_its_branches_follow_the_data_in_a_batch():
    hinge = make_hinge()
    y, t = Value(0.5, "y"), Value(1.0, "t")
    (slope,) = grad(hinge(y, t), [y])
    program = autograd.compile(slope * t, inputs=[y, t])
    assert program.forward([[0.5, 2.0, -3.0], [1.0, 1.0, -1.0]]).tolist() == [-1.0, 0.0, 0.0]
    assert hinge.op.kinked


def test_the_page_computes_it(optional):
    mish = make_mish()
    source = f"const p = []; const y = ({javascript(mish.op, 1)})([0.7], p, 0);"
    done = subprocess.run(
        [optional("node"), "-e", source + "console.log(JSON.stringify([y, ...p]))"],
        capture_output=True,
        text=True,
        check=True,
    )
    x = Value(0.7)
    y = mish(x)
    assert json.loads(done.stdout) == pytest.approx([y.data, *y.partials], rel=1e-14)


def test_graphs_name_it_and_pickles_find_it_again():
    mish = make_mish()
    y = mish(Value(0.3, "x"))
    text = Graph.of(y).to_json()
    assert '"mish"' in text
    assert Graph.from_json(text).output.op is mish.op
    assert pickle.loads(pickle.dumps(mish)).op is mish.op
    assert pickle.loads(pickle.dumps(y)).op is op_named("mish") is mish.op
    USER_OPS.clear()
    with pytest.raises(ValueError, match=r"no operation is named 'mish'.*autograd\.operation"):
        Graph.from_json(text)


def test_networks_use_it_as_an_activation():
    mish = make_mish()
    net = MLP(2, [3, 1], activation=mish, seed=0)
    (out,) = net([0.5, -1.0])
    assert {node.op for node in Graph.of(out).nodes if node.op.name == "mish"} == {mish.op}
    assert gradcheck(net, [0.5, -1.0]).ok


def test_it_may_take_several_inputs_or_any_number():
    norm = operation(
        "norm",
        lambda xp, *x: xp.sqrt(sum(v * v for v in x)),
        lambda xp, y, *x: tuple(v / y for v in x),
        domain=(0.5, 2.0),
    )
    values = [Value(3.0), Value(4.0)]
    y = norm(*values)
    y.backward()
    assert (y.data, values[0].grad, values[1].grad) == (5.0, 0.6, 0.8)
    assert len(norm(1, 2, 3, 4).parents) == 4


@pytest.mark.parametrize(
    ("forward", "partials"),
    [
        (
            lambda xp, *x: x[0] * x[1] * x[2] * x[3],
            lambda xp, y, a, b, c, d: (b * c * d, a * c * d, a * b * d, a * b * c),
        ),
        (lambda xp, a, b, c, d: a * b * c * d, lambda xp, y, *x: tuple(y / v for v in x)),
    ],
    ids=["forward takes any number", "partials takes any number"],
)
def test_one_formula_tells_the_number_of_inputs(forward, partials):
    product = operation("product", forward, partials, domain=(0.5, 2.0))
    assert product.op.arity == 4
    values = [Value(x) for x in (1.0, 2.0, 3.0, 4.0)]
    y = product(*values)
    y.backward()
    assert (y.data, [x.grad for x in values]) == (24.0, [24.0, 12.0, 8.0, 6.0])


def test_a_formula_may_call_a_function_of_a_plain_number():
    log3 = operation(
        "log3",
        lambda xp, x: xp.log(x) / xp.log(3.0),
        lambda xp, y, x: (1 / (x * xp.log(3.0)),),
        (0.5, 2.0),
    )
    x = Value(9.0, "x")
    y = log3(x)
    assert y.data == pytest.approx(2.0, rel=1e-15)
    assert str(explain(y, wrt=x)).startswith("∂v1/∂x = 1/(x·ln(3))")
    assert autograd.compile(y, inputs=[x]).forward([[3.0, 27.0]]) == pytest.approx(
        [1.0, 3.0], rel=1e-15
    )
    (slope,) = grad(y, [x])
    assert grad(slope, [x])[0].data == pytest.approx(-1 / (81 * math.log(3)), rel=1e-14)


def test_a_removable_singularity_is_written_with_two_wheres():
    def forward(xp, x):
        safe = xp.where(xp.abs(x) <= 0, 1.0, x)
        return xp.where(xp.abs(x) <= 0, 1.0, xp.sin(safe) / safe)

    def partials(xp, y, x):
        safe = xp.where(xp.abs(x) <= 0, 1.0, x)
        return (xp.where(xp.abs(x) <= 0, 0.0, (xp.cos(safe) - y) / safe),)

    sinc = operation("sinc", forward, partials)
    x = Value(0.0)
    y = sinc(x)
    y.backward()
    assert (y.data, x.grad) == (1.0, 0.0)
    program = autograd.compile(y, inputs=[x])
    assert program.forward([[0.0, 2.0]]).tolist() == pytest.approx([1.0, math.sin(2.0) / 2])


def test_a_new_one_of_the_same_name_takes_its_place():
    first, second = make_mish(), make_mish()
    assert op_named("mish") is second.op is not first.op


# --- what is refused ------------------------------------------------------------------------------


def test_a_wrong_slope_is_refused_with_the_numbers():
    with pytest.raises(ValueError, match=r"(?s)operation cube: partials .* x1 = .*recorded.*6"):
        operation("cube", lambda xp, x: x**3, lambda xp, y, x: (2 * x**2,))


FAULTS = {
    "math": (lambda xp, x: math.exp(x), lambda xp, y, x: (y,), TypeError, r"xp's functions: abs,"),
    "if": (lambda xp, x: x if x > 0 else 0.0, lambda xp, y, x: (1.0,), TypeError, r"xp\.where"),
    "==": (
        lambda xp, x: xp.where(x == 0, 1.0, xp.sin(x) / x),
        lambda xp, y, x: (xp.where(x == 0, 0.0, (xp.cos(x) - y) / x),),
        TypeError,
        r"xp\.abs\(x\) <= 0",
    ),
    "unknown": (lambda xp, x: xp.sinc(x), lambda xp, y, x: (1.0,), TypeError, "sinc"),
    "no tuple": (lambda xp, x: x, lambda xp, y, x: 1.0, TypeError, "a tuple of 1"),
    "too few": (lambda xp, a, b: a * b, lambda xp, y, a, b: (b,), TypeError, "a tuple of 2"),
    "inputs": (
        lambda xp, a, b: a * b,
        lambda xp, y, a: (a,),
        TypeError,
        "takes 2 inputs, partials",
    ),
    "no input": (lambda xp: 1.0, lambda xp, y: (), TypeError, "at least one"),
    "text": (lambda xp, x: "x", lambda xp, y, x: (1.0,), TypeError, "returns a number"),
    "domain": (lambda xp, x: xp.log(x), lambda xp, y, x: (1 / x,), ValueError, r"domain=\(low"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_formula_that_cannot_be_used_is_refused(fault):
    forward, partials, error, words = FAULTS[fault]
    with pytest.raises(error, match=words):
        operation("mine", forward, partials)
    assert "mine" not in USER_OPS


@pytest.mark.parametrize("name", ["tanh", "where", "cosh", "power", "a b", "", "if", 3])
def test_a_name_that_is_taken_or_is_none_is_refused(name):
    with pytest.raises(ValueError, match="name"):
        operation(name, lambda xp, x: x, lambda xp, y, x: (1.0,))


@pytest.mark.parametrize("domain", [(1, 1), (2, 1), (0, math.inf), [(0, 1), (0, 1)], 3.0])
def test_an_empty_domain_is_refused(domain):
    with pytest.raises(ValueError, match="low < high"):
        operation("same", lambda xp, x: x, lambda xp, y, x: (1.0,), domain=domain)


def test_a_power_that_turns_complex_is_refused():
    root = operation(
        "root", lambda xp, x: x**0.5, lambda xp, y, x: (0.5 / y,), domain=(1, 2), needs="x > 0"
    )
    with pytest.raises(ValueError, match="needs x > 0"):
        root(Value(-1.0))
    assert np.isnan(root.op.forward(np, np.array([1.0]))).sum() == 0


def test_an_infinite_slope_is_refused_where_no_input_with_a_finite_one_is_known():
    far_root = operation(
        "far_root",
        lambda xp, x: xp.sqrt(x - 100),
        lambda xp, y, x: (0.5 / y,),
        domain=(101.0, 200.0),
    )
    x, w = Value(100.0, "x"), Value(0.0, "w")
    with pytest.raises(ZeroDivisionError):
        grad(far_root(x) * w, [x])
