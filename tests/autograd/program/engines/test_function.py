"""The program as a pure function of NumPy, JAX and PyTorch, which gives the same numbers."""

import subprocess
import sys
from contextlib import nullcontext
from random import Random

import numpy as np
import pytest

from autograd import Value, compile, where  # noqa: A004 - its name, as re.compile has it
from autograd.program.engines import function as module
from autograd.program.engines.expressions import EXPRESSION_STYLES
from nn import MLP, Data, squared_error
from nn.train.batched import Compiled

NEAR = 4  # the sums are in another order than the program's, which the tolerances know nothing of


@pytest.fixture(scope="module")
def digits():
    """The program of 784-16-16-10 with its loss, and the columns of 20 random examples."""
    rng = np.random.default_rng(0)
    x, y = rng.random((20, 784)), np.eye(10)[rng.integers(0, 10, 20)]
    model = MLP(784, [16, 16, 10], "sigmoid", "sigmoid", seed=0)
    return Compiled(model, squared_error, Data(x, y)).program, np.vstack([x.T, y.T])


@pytest.fixture
def jax(optional):
    return optional("jax")


def arrays_of(engine, optional):
    """Return the function that makes the engine's arrays of NumPy's."""
    if engine == "torch":
        return optional("torch").from_numpy
    return optional("jax").numpy.asarray if engine == "jax" else np.asarray


def check_random_graph(random_graphs, seed, engine, array):
    """Compare outputs and summed gradients of one graph with the scalar engine's; say if it ran."""
    recipe = random_graphs.make(Random(seed), 7)
    output, inputs, parameters = recipe.record()
    if not parameters:
        return False
    used = recipe.used()
    columns = np.ascontiguousarray(recipe.columns[[i in used for i in range(len(recipe.columns))]])
    program = compile(output, inputs=inputs)
    wanted, gradient = program.value_and_grad(columns, "sum")
    size = np.abs(program.outputs).sum()
    try:
        function = program.function(engine)
    except ValueError:  # too irregular for XLA
        return False
    found = function.evaluate(array(program.weights.copy()), array(columns))
    assert np.asarray(found.ok).all()
    assert np.allclose(np.asarray(found.outputs).sum(), wanted, rtol=1e-11, atol=1e-11 * size)
    close = np.isclose(np.asarray(found.gradients), gradient, rtol=1e-8, atol=1e-11)
    assert close.all(), (seed, np.asarray(found.gradients)[~close], gradient[~close])
    return True


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_random_graphs_over_all_operations_agree(random_graphs, engine, optional):
    array = arrays_of(engine, optional)
    ran = sum(check_random_graph(random_graphs, seed, engine, array) for seed in range(80))
    assert ran > 30


@pytest.mark.optional("jax")
def test_random_graphs_agree_on_jax(random_graphs, jax, monkeypatch):
    monkeypatch.setattr(module, "MOST_WORK", 3_000)  # the others would compile for half a minute
    with jax.enable_x64(True):
        ran = sum(
            check_random_graph(random_graphs, seed, "jax", jax.numpy.asarray) for seed in range(6)
        )
    assert ran >= 2


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.optional("jax")
def test_the_digits_network_agrees_on_jax(digits, jax, kind):
    program, columns = digits
    value, gradient = program.value_and_grad(columns)
    with jax.enable_x64(kind == "float64"):
        function = program.function("jax")
        given = jax.numpy.asarray(program.weights, kind), jax.numpy.asarray(columns, kind)
        found, slopes = jax.jit(function)(*given)
        ok = jax.jit(function.evaluate)(*given).ok
    near = 1e-6 if kind == "float32" else 1e-14
    assert slopes.dtype == kind
    assert abs(float(found) - value) < near * value
    assert np.abs(np.asarray(slopes) - gradient).max() < near * np.abs(gradient).max()
    assert np.asarray(ok).all()


@pytest.mark.optional("torch")
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_digits_network_agrees_on_pytorch(digits, optional, kind):
    torch = optional("torch")
    program, columns = digits
    value, gradient = program.value_and_grad(columns)
    kind = getattr(torch, kind)
    given = (torch.tensor(a, dtype=kind) for a in (program.weights, columns))
    found, slopes = program.function("torch")(*given)
    near = 1e-6 if kind == torch.float32 else 1e-14
    assert slopes.dtype == kind
    assert abs(float(found) - value) < near * value
    assert np.abs(slopes.numpy() - gradient).max() < near * np.abs(gradient).max()


@pytest.mark.optional("jax")
def test_vmap_gives_the_gradient_of_each_example(digits, jax):
    program, columns = digits
    function = program.function("jax")
    with jax.enable_x64(True):
        one = jax.vmap(lambda column: function(program.weights, column[:, None])[1])
        each = np.asarray(one(jax.numpy.asarray(columns[:, :3].T)))
    for k in range(3):
        assert np.allclose(each[k], program.value_and_grad(columns[:, k : k + 1])[1], atol=1e-15)


def test_the_input_columns_are_passed_in_groups_so_that_no_large_operand_is_a_slice(digits):
    program, columns = digits
    function = program.function("numpy")
    assert function.groups == [(0, 784), (784, 794)]
    whole = function(program.weights, columns)
    groups = function(program.weights, function.split(columns))
    assert whole[0] == groups[0] and (whole[1] == groups[1]).all()
    assert "columns[0][" not in function.text
    with pytest.raises(ValueError, match="a list of 2 arrays"):
        function(program.weights, [columns])


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
def test_parameters_that_are_passed_as_matrices_have_gradients_of_their_shapes(engine, optional):
    """Small arrays are joined, and all parameters are in one of them."""
    array = arrays_of(engine, optional)
    x, y = np.linspace(-1, 1, 90).reshape(1, 90), np.eye(3)[[2]]
    model = MLP(90, [60, 3], "tanh", "linear", seed=0)
    program = Compiled(model, squared_error, Data(x, y)).program
    columns = np.hstack([x, y]).T
    function = program.function(engine)
    parts = [array(part.copy()) for part in function.split_parameters(program.weights)]
    assert [part.shape for part in parts] == [(90, 60), (243,)]
    value, gradients = function(parts, array(columns))
    assert [part.shape for part in gradients] == [(90, 60), (243,)]
    wanted, gradient = program.value_and_grad(columns)
    near = 1e-5 if engine == "jax" else 1e-13
    joined = np.concatenate([np.asarray(part).ravel() for part in gradients])
    assert float(value) == pytest.approx(wanted, rel=near)
    assert np.abs(joined - gradient).max() < near * np.abs(gradient).max()
    with pytest.raises(ValueError, match=r"a list of 2 arrays as function\.split_parameters"):
        function(parts[:1], array(columns))


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(
    ("rows", "start"),
    [
        ([1, 1, 2, 2], "np.broadcast_to(a[1:3].reshape(2, 1, batch)"),
        ([1, 3, 1, 3], "np.broadcast_to(a[1:4:2].reshape(1, 2, batch)"),
        ([2, 2, 2], "np.broadcast_to(a[2:3].reshape(1, 1, batch)"),
        ([0, 2, 4], "a[0:5:2]"),
        ([3, 1, 3, 1], "a["),
        ([1, 1, 2], "a["),
    ],
)
def test_regular_rows_are_a_slice_and_not_a_gather(engine, rows, start, optional):
    style, a = EXPRESSION_STYLES[engine], np.arange(10.0).reshape(5, 2)
    text = style.chosen("a", rows, "batch")
    assert text.startswith(start.replace("np.broadcast_to(", style.widened.split("{")[0]))
    space = {"a": arrays_of(engine, optional)(a), "batch": 2, "device": "cpu"}
    exec(style.module, space)
    assert np.asarray(eval(text, space)).tolist() == a[rows].tolist()


# --- what is ok -----------------------------------------------------------------------------------


def test_ok_tells_which_examples_take_the_recorded_branch():
    w, x = Value(2.0, "w"), Value(1.0, "x")
    output = w * x if x > 0 else w / x
    program = compile(output, inputs=[x])
    found = program.function("numpy").evaluate(program.weights, np.array([[1.0, -1.0, 3.0]]))
    assert found.ok.tolist() == [True, False, True]


def test_ok_tells_which_examples_have_no_finite_number():
    w, x, unused = Value(1.0, "w"), Value(1.0, "x"), Value(1.0, "u")
    program = compile(1 / (1 + (w * x).exp()) + where(unused > 0, 1.0, 0.0), inputs=[x, unused])
    columns = np.array([[1.0, 800.0, 2.0, 3.0], [1.0, 1.0, np.nan, 1.0]])
    found = program.function("numpy").evaluate(program.weights, columns)
    assert np.isfinite(found.outputs).all()
    assert found.ok.tolist() == [True, False, False, True]
    with pytest.raises(OverflowError, match="example 1"):
        program.value_and_grad(columns[:, :2])


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
def test_an_adjoint_of_zero_passes_nothing_back_through_an_infinite_slope(engine, optional):
    array = arrays_of(engine, optional)
    w, x = Value(1.0, "w"), Value(4.0, "x")
    program = compile(((w * x).sqrt() * x) ** 2, inputs=[x])
    found = program.function(engine).evaluate(
        array(program.weights.copy()), array(np.zeros((1, 3)))
    )
    assert np.asarray(found.gradients).tolist() == [0.0]
    assert np.asarray(found.ok).all()


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(("kind", "near"), [("float32", 1e-6), ("float64", 1e-14)])
@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_the_slopes_of_saturated_units_keep_their_digits(engine, kind, near, name, optional):
    """The textbook's 1 − y² rounds to 0 at z = 20, and 1/cosh² z overflows at z = 800."""
    from mpmath import mp, mpf

    points = [-40.0, -9.0, -2.0, -1e-9, 0.0, 0.5, 5.0, 20.0, 40.0, 800.0]
    array, w, x = arrays_of(engine, optional), Value(1.0, "w"), Value(0.0, "x")
    program = compile(getattr(w * x, name)(), inputs=[x])
    function = program.function(engine)
    with optional("jax").enable_x64(True) if engine == "jax" else nullcontext():
        one = array(np.ones(1, kind))
        for z in points:
            slope = function(one, array(np.array([[z]], kind)))[1][0]
            with mp.workdps(400):
                y = 1 / (1 + mp.exp(-mpf(z))) if name == "sigmoid" else mp.tanh(mpf(z))
                wanted = float((y * (1 - y) if name == "sigmoid" else 1 - y**2) * mpf(z))
            assert float(slope) == pytest.approx(wanted, rel=near, abs=float(np.finfo(kind).tiny))


# --- what is refused ------------------------------------------------------------------------------


def test_an_unknown_engine_and_a_program_without_parameters_are_refused():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    with pytest.raises(ValueError, match="'numpy', 'jax', 'torch'; got 'tensorflow'"):
        compile(x * w, inputs=[x]).function("tensorflow")
    with pytest.raises(ValueError, match="depends on no parameter"):
        compile(x * x, inputs=[x]).function("numpy")
    with pytest.raises(ValueError, match='needs the engine "jax"'):
        compile(x * w, inputs=[x]).function("numpy", mesh=object())


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
def test_inputs_that_are_not_used_have_rows_too(engine, optional):
    array, w = arrays_of(engine, optional), Value(2.0, "w")
    before, x, after = (Value(1.0, name) for name in ("before", "x", "after"))
    function = compile(w * x, inputs=[before, x, after]).function(engine)
    columns = np.array([[9.0, 9.0], [1.0, 3.0], [9.0, 9.0]])
    value, gradient = function(array(np.array([2.0])), array(columns))
    assert (float(value), gradient.tolist()) == (4.0, [2.0])
    with pytest.raises(ValueError, match=r"\(3, at least 1\); got \(2, 2\)"):
        function(array(np.array([2.0])), array(columns[:2]))


_W, _X = np.array([2.0, 0.5]), np.ones((3, 4))  # two parameters; three inputs, four examples


@pytest.mark.parametrize("engine", ["numpy", "jax", "torch"])
@pytest.mark.parametrize(
    ("parameters", "columns", "error", "message"),
    [
        (_W, _X[:, :0], ValueError, r"\(3, at least 1\); got \(3, 0\)"),
        (_W, _X[:2], ValueError, r"\(3, at least 1\); got \(2, 4\)"),
        (_W, _X.T, ValueError, r"seems transposed: pass columns\.T"),
        (_W, _X[0], ValueError, r"\(3, at least 1\); got \(4,\)"),
        (_W, _X.tolist(), ValueError, r"with 3 rows .* got a list of the shapes \(4,\), \(4,\)"),
        (_W, [_X[:, :0]], ValueError, r"at least 1 example; got a list of the shapes \(3, 0\)"),
        (_W, [_X[:2]], ValueError, r"with 3 rows .* got a list of the shapes \(2, 4\)"),
        (_W[:1], _X, ValueError, r"array of shape \(2,\), .*; got \(1,\)"),
        (_W.reshape(1, 2), _X, ValueError, r"array of shape \(2,\), .*; got \(1, 2\)"),
        (_W.tolist(), _X, ValueError, r"of the shapes \(2, 1\); got a list of \(\), \(\)"),
        (_W.astype("int32"), _X, TypeError, "must be floats, such as float32; got .*int32"),
    ],
)
def test_arguments_of_a_wrong_shape_or_type_are_named(
    engine, parameters, columns, error, message, optional
):
    array = arrays_of(engine, optional)
    w, b, x = Value(1.0, "w"), Value(1.0, "b"), [Value(1.0, f"x{k}") for k in range(3)]
    function = compile((w * x[0] + b * x[1]) * x[2], inputs=x).function(engine)
    given = [array(a) if isinstance(a, np.ndarray) else a for a in (parameters, columns)]
    if isinstance(columns, list) and isinstance(columns[0], np.ndarray):
        given[1] = [array(part) for part in columns]
    for call in (function, function.evaluate):
        with pytest.raises(error, match=message):
            call(*given)


def test_a_library_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    x, w = Value(1.0, "x"), Value(1.0, "w")

    def absent(name):
        raise ImportError(name)

    monkeypatch.setattr(module, "import_module", absent)
    with pytest.raises(ImportError, match="pip install torch"):
        compile(x * w, inputs=[x]).function("torch")


def test_a_graph_that_xla_would_compile_for_minutes_is_refused_with_the_reason():
    rng = Random(0)
    x, nodes = Value(0.1, "x"), [Value(0.1, f"w{k}") for k in range(20)]
    nodes.append(x)
    for _ in range(4000):
        a, b = rng.choice(nodes), rng.choice(nodes)
        nodes.append((a * b).tanh() if rng.random() < 0.5 else a + b)
    total = nodes[-1]
    for node in nodes[-900:]:
        total = total + node
    program = compile(total, inputs=[x])
    with pytest.raises(ValueError, match=r"for minutes. It has .* Stay on NumPy"):
        program.function("jax")
    program.source()  # NumPy takes it


# --- the source -----------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["jax", "torch"])
def test_the_source_runs_by_itself(engine, optional, tmp_path):
    optional(engine)
    w, b, x = Value(2.0, 'w"""; raise SystemExit("bad")'), Value(0.5, "b"), Value(1.0, "x\n\\")
    program = compile((w * x + b).tanh(), inputs=[x, Value(1.0, '"""\nraise SystemExit(1)')])
    array = {"jax": "jnp.array", "torch": "torch.tensor"}[engine]
    script = program.source(engine) + (
        f"\nvalue, gradient = value_and_grad([{array}([2.0, 0.5])], [{array}([[1.0, 2.0]])])\n"
        "print(float(value), *map(float, gradient[0]))\n"
    )
    path = tmp_path / "script.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    value, gradient = program.value_and_grad([[1.0, 2.0], [1.0, 1.0]])
    order = [p.label[0] for p in program.parameters]
    assert order == ["w", "b"]
    assert np.allclose([float(n) for n in done.stdout.split()], [value, *gradient], rtol=1e-6)


@pytest.mark.optional("torch")
def test_the_source_has_one_line_for_each_instruction_whatever_the_width(digits):
    program, _ = digits
    text = program.source("torch")
    assert program.function("torch").text == text
    assert text.count("\n") < 120


def check_repeated_shapes(repeated_shapes, engine, name, array):
    function, x, parameters = repeated_shapes.case(name)
    program = compile(function(x, parameters), inputs=repeated_shapes.flat(x))
    columns = np.random.default_rng(1).uniform(-1, 1, (len(program.inputs), 5))
    wanted, gradient = program.value_and_grad(columns)
    value, found = program.function(engine)(array(program.weights.copy()), array(columns))
    assert float(value) == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(np.asarray(found), gradient, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("name", ["attention", "convolution", "shared layer"])
def test_repeated_shapes_agree(repeated_shapes, engine, name, optional):
    check_repeated_shapes(repeated_shapes, engine, name, arrays_of(engine, optional))


@pytest.mark.optional("jax")
def test_attention_agrees_on_jax(repeated_shapes, jax):
    with jax.enable_x64(True):
        check_repeated_shapes(repeated_shapes, "jax", "attention", jax.numpy.asarray)
