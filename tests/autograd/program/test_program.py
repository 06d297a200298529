"""`compile` and `Program`: numbers, shapes, errors, chunks, examples, and what stays as it was."""

import gc
import threading
import weakref

import numpy as np
import pytest

from autograd import (
    Graph,
    Program,
    Value,
    atan,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    exp,
    explain,
    log,
    sigmoid,
    tanh,
    total,
    trace,
)
from autograd.program import workspace
from autograd.program.workspace import Plan, Workspace
from nn import MLP, squared_error


def network(rows=3, count=4, dtype=np.float64, seed=0):
    """A layer of neurons and their squared error: program, columns, and how to record example k."""
    rng = np.random.default_rng(seed)
    net = MLP(count, [rows], activation="tanh", output_activation="sigmoid", seed=seed)
    x = [Value(0.1, f"x{i + 1}") for i in range(count)]
    y = [Value(0.0, f"y{i + 1}") for i in range(rows)]
    program = compile(squared_error(net(x), y), inputs=x + y, dtype=dtype)

    def record(column):
        inputs = [Value(float(v), leaf.label) for v, leaf in zip(column, x + y, strict=True)]
        return squared_error(net(inputs[:count]), inputs[count:])

    return program, lambda batch: rng.normal(size=(count + rows, batch)), record


def small():
    w, b = [Value(0.5, "w1"), Value(-1.0, "w2")], Value(0.1, "b")
    x = [Value(1.0, "x1"), Value(2.0, "x2")]
    return tanh(dot(w, x, b)), x, [*w, b]


# --- numbers --------------------------------------------------------------------------------------


def test_the_mean_is_the_sum_divided_by_the_batch_and_reaches_the_values():
    output, x, parameters = small()
    program = compile(output, inputs=x)
    program.forward([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.5, -1.0]])
    whole = program.backward("sum").copy()
    mean = program.backward()

    np.testing.assert_allclose(mean * 4, whole, rtol=1e-15)
    grads = dict(zip(program.parameters, mean.tolist(), strict=True))
    assert [p.grad for p in parameters] == [grads[p] for p in parameters]


def test_backward_without_values_leaves_them_alone():
    output, x, parameters = small()
    program = compile(output, inputs=x)
    program.forward(np.ones((2, 3)))
    program.backward(values=False)

    assert [p.grad for p in parameters] == [0.0] * 3


def test_sweeps_do_not_depend_on_their_order_or_number():
    program, draw, _ = network()
    columns = draw(5)
    outputs = program.forward(columns)
    gradients, slopes = program.backward("sum").copy(), program.input_gradients()
    again = program.input_gradients(), program.backward("sum").copy(), program.backward("sum")

    np.testing.assert_array_equal(again[0], slopes)
    np.testing.assert_array_equal(again[1], gradients)
    np.testing.assert_array_equal(again[2], gradients)
    np.testing.assert_array_equal(program.forward(columns), outputs)


def test_weights_are_changed_in_place_and_written_back():
    output, x, parameters = small()
    program = compile(output, inputs=x)
    program.weights *= 2
    assert [p.data for p in parameters] == [0.5, -1.0, 0.1]
    found = program.forward([[1.0], [2.0]])
    program.write_back()
    assert [p.data for p in parameters] == [1.0, -2.0, 0.2]
    assert found[0] == pytest.approx(np.tanh(1.0 - 4.0 + 0.2), rel=1e-15)
    parameters[0].data = 7.0
    program.read_values()
    assert sorted(program.weights.tolist()) == [-2.0, 0.2, 7.0]


def test_weights_that_are_changed_change_what_depends_on_them_alone():
    w, x = Value(2.0, "w"), Value(1.0, "x")
    program = compile(x * exp(w.square()), inputs=[x])
    program.forward([[1.0]])
    program.weights[:] = 0.5

    assert program.forward([[3.0]])[0] == pytest.approx(3 * np.exp(0.25), rel=1e-15)
    assert program.backward()[0] == pytest.approx(3 * np.exp(0.25), rel=1e-15)


def test_training_by_a_program_is_training_by_the_engine():
    program, draw, record = network()
    columns = draw(6)
    parameters = program.parameters
    before = [p.data for p in parameters]
    for _ in range(5):
        program.forward(columns)
        program.weights -= 0.5 * program.backward("sum")
    ours = program.weights.tolist()
    for parameter, data in zip(parameters, before, strict=True):
        parameter.data = data
    for _ in range(5):
        for parameter in parameters:
            parameter.grad = 0.0
        for k in range(6):
            record(columns[:, k]).backward()
        for parameter in parameters:
            parameter.data -= 0.5 * parameter.grad

    assert ours == pytest.approx([p.data for p in parameters], rel=1e-12)


def test_a_leaf_used_twice_has_one_row_and_one_gradient():
    w, x = Value(3.0, "w"), Value(0.0, "x")
    program = compile(w * x + w * w * x.square(), inputs=[x])
    program.forward([[2.0]])

    assert program.parameters == [w]
    assert program.backward().tolist() == [2 + 2 * 3 * 4]
    assert program.input_gradients().tolist() == [[3 + 2 * 9 * 2]]


def test_the_output_may_be_an_input():
    x = Value(3.0, "x")
    program = compile(x * 1.0, inputs=[x])
    assert program.forward([[1.0, 2.0]]).tolist() == [1.0, 2.0]
    assert program.input_gradients().tolist() == [[1.0, 1.0]]


def test_a_choice_made_by_python_is_frozen_as_it_was_recorded():
    """An `if` over data is no part of the graph: the program repeats the branch that was taken."""
    x = Value(1.0, "x")
    program = compile(x * 10 if x > 0 else x * -1, inputs=[x])

    assert program.forward([[1.0, -1.0]]).tolist() == [10.0, -10.0]


def test_float32_is_computed_in_float32():
    program, draw, _ = network(dtype=np.float32)
    exact, _, _ = network()
    columns = draw(9)
    outputs, gradients = program.forward(columns), program.backward()

    assert outputs.dtype == gradients.dtype == program.weights.dtype == np.float32
    assert program.input_gradients().dtype == np.float32
    np.testing.assert_allclose(outputs, exact.forward(columns), rtol=1e-5)
    np.testing.assert_allclose(gradients, exact.backward(), rtol=1e-4, atol=1e-6)
    assert program.example(3).output.data == pytest.approx(float(outputs[3]), rel=1e-5)


# --- batches, chunks, buffers ---------------------------------------------------------------------


def test_the_batch_may_change_between_calls():
    program, draw, _ = network()
    columns = draw(40)
    whole = program.forward(columns).copy()
    for batch in (1, 40, 3, 17, 2, 40, 5, 1):
        np.testing.assert_allclose(program.forward(columns[:, :batch]), whole[:batch], rtol=1e-13)
        assert program.input_gradients().shape == (7, batch)
        assert program.backward().shape == (15,)


def chunks_of(monkeypatch, size):
    monkeypatch.setattr(workspace.Plan, "chunk", lambda self, *_: size)


@pytest.mark.parametrize("size", [1, 7, 16, 32, 49])
def test_chunks_give_the_numbers_of_the_whole(monkeypatch, size):
    program, draw, _ = network()
    columns = draw(50)
    whole = program.forward(columns), program.backward("sum").copy(), program.input_gradients()
    first = program.example(49)
    chunks_of(monkeypatch, size)
    parts = program.forward(columns), program.backward("sum").copy(), program.input_gradients()

    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-14)
    assert program.example(49) == first
    np.testing.assert_allclose(program.backward("mean") * 50, parts[1], rtol=1e-13)


def test_parameter_only_parts_count_once_over_chunks(monkeypatch):
    w, x = [Value(0.5, "w1"), Value(2.0, "w2")], Value(0.0, "x")
    program = compile(x * w[0] + 0.1 * total([p.square() for p in w]), inputs=[x])
    chunks_of(monkeypatch, 2)
    program.forward([[1.0, 2.0, 3.0, 4.0, 5.0]])

    gradients = dict(zip(program.parameters, program.backward("mean").tolist(), strict=True))
    assert gradients[w[0]] == pytest.approx(3.0 + 0.2 * 0.5, rel=1e-14)
    assert gradients[w[1]] == pytest.approx(0.2 * 2.0, rel=1e-14)


def test_memory_is_bounded_by_the_chunk_not_by_the_batch():
    x, w = Value(0.1, "x"), Value(0.5, "w")
    v = x
    for _ in range(30):
        v = tanh(v * w)
    program, held = compile(v, inputs=[x]), {}
    columns = np.linspace(-1, 1, 100_000)[None]
    for batch in (32_768, 100_000):
        program.forward(columns[:, :batch])
        program.backward()
        held[batch] = program.nbytes

    per_example = program._best_plan("gradients", 100_000).rows_per_example * 8
    assert per_example * 100_000 > 3 * held[100_000]
    assert held[100_000] <= 2 * held[32_768]
    program.forward(columns)
    program.backward()
    assert program.nbytes == held[100_000]


def test_buffers_are_allocated_once_and_used_again():
    program, draw, _ = network()
    columns = draw(8)
    program.forward(columns)
    gradients = program.backward()
    held = program.nbytes
    (space,) = program._spaces.values()
    arrays = {name: a for name, a in space.arrays.items() if name != "X"}
    for _ in range(10):
        program.forward(columns)
        assert program.backward() is gradients

    assert program.nbytes == held
    assert all(space.arrays[name] is a for name, a in arrays.items())


def test_many_batch_sizes_do_not_pile_up():
    program, draw, _ = network()
    columns = draw(60)
    for batch in range(1, 60):
        program.forward(columns[:, :batch])

    assert len(program._spaces) <= 4


def test_columns_are_used_where_they_lie_and_left_as_they_are():
    program, draw, _ = network()
    columns = draw(8)
    before = columns.copy()
    program.forward(columns)
    program.backward()
    program.input_gradients()

    np.testing.assert_array_equal(columns, before)
    slices = np.asfortranarray(before)[:, ::2]
    np.testing.assert_allclose(program.forward(slices), program.forward(before[:, ::2].copy()))


def test_two_programs_in_two_threads_do_not_disturb_each_other():
    found, wrong = {}, []

    def work(seed):
        program, draw, _ = network(seed=seed)
        columns = draw(64)
        expected = program.forward(columns).copy(), program.backward().copy()
        found[seed] = expected
        for _ in range(200):
            same = np.array_equal(program.forward(columns), expected[0])
            if not (same and np.array_equal(program.backward(), expected[1])):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
    assert len(found) == 2


def test_a_program_is_freed_with_its_arrays():
    program, draw, _ = network()
    program.forward(draw(8))
    gone = weakref.ref(program)
    del program
    gc.collect()
    assert gone() is None


# --- one example ----------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [0, 3, -1])
def test_an_example_is_what_recording_it_gives_for_every_reader(k):
    program, draw, record = network()
    columns = draw(5)
    program.forward(columns)
    program.backward(values=False)
    output = record(columns[:, k])
    output.backward()
    found, wanted = program.example(k), Graph.of(output)

    assert found == wanted
    assert found.adjoints == wanted.adjoints
    assert found.to_json() == wanted.to_json()
    assert Graph.from_json(found.to_json()) == found
    assert str(trace(found)) == str(trace(wanted))
    label = program.parameters[0].label
    assert str(explain(found, wrt=label)) == str(explain(wanted, wrt=label))


def test_the_examples_gradients_add_up_to_the_batchs():
    program, draw, _ = network()
    program.forward(draw(6))
    gradients = program.backward("sum", values=False)
    graphs = [program.example(k) for k in range(6)]
    place = [graphs[0].index(p.label) for p in program.parameters]
    added = [sum(graph.adjoints[i] for graph in graphs) for i in place]

    assert gradients == pytest.approx(added, rel=1e-12, abs=1e-15)


def test_an_example_has_the_present_weights():
    output, x, _ = small()
    program = compile(output, inputs=x)
    program.forward([[1.0], [2.0]])
    program.weights[:] = 0.0

    assert program.example(0).output.data == 0.0


def test_columns_of_inner_nodes(monkeypatch):
    w, x = Value(0.5, "w"), [Value(1.0, "x1"), Value(2.0, "x2")]
    inner = tanh(x[0] * w)
    product = x[1] * w
    program = compile(inner.square() + product + 1.0, inputs=x)
    given = np.array([[1.0, 2.0, 3.0], [0.5, 0.0, -1.0]])
    program.forward(given)

    np.testing.assert_allclose(program.columns([inner, w]), [np.tanh(given[0] / 2), [0.5] * 3])
    chunks_of(monkeypatch, 2)
    program.forward(given)
    np.testing.assert_allclose(program.columns([inner, x[1]]), [np.tanh(given[0] / 2), given[1]])
    with pytest.raises(ValueError, match="was fused into a sum of products"):
        program.columns([product])
    with pytest.raises(ValueError, match="no part of the compiled"):
        program.columns([Value(1.0)])


# --- what it says ---------------------------------------------------------------------------------


def test_the_repr_tells_what_there_is():
    net = MLP(4, [3], output_activation="sigmoid", seed=0)
    x = [Value(0.0) for _ in range(4)]
    program = compile(total(net(x)), inputs=x)

    text = repr(program)
    assert "nodes in 3 groups, 1 of them matrix products; 4 inputs, 15 parameters;" in text
    assert text.endswith("bytes per example, float64>")
    assert isinstance(program, Program)


def test_nothing_is_computed_when_it_is_compiled_wrongly():
    w, x, other = Value(2.0, "w"), Value(1.0, "x"), Value(1.0, "other")
    inner = w * x
    output = tanh(inner)
    for inputs, kind, words in (
        ([], ValueError, "inputs is empty"),
        ([x, 1.0], TypeError, r"inputs are Values; number 1 is 1\.0"),
        ([other], ValueError, r"'other'\) is no part of what"),
        ([inner], ValueError, "is computed, not a leaf"),
        ([x, x], ValueError, "named twice"),
        ([Value(1.0, "x")], ValueError, "no part"),
    ):
        with pytest.raises(kind, match=words):
            compile(output, inputs=inputs)
    with pytest.raises(TypeError, match="expected the output, a Value"):
        compile(3.0, inputs=[x])


def test_a_constant_is_no_input():
    x = Value(1.0, "x")
    five = dot([5.0], [x]).parents[0]
    with pytest.raises((TypeError, ValueError)):
        compile(dot([5.0], [x]), inputs=[five])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            np.ones((3, 2)),
            r"\(inputs, batch\) = \(2, at least 1\); got \(3, 2\); it seems transposed",
        ),
        (np.ones(2), r"got \(2,\)$"),
        (np.ones((2, 0)), r"got \(2, 0\)$"),
        (np.ones((2, 2, 2)), "got"),
        (np.ones((3, 3)), r"got \(3, 3\)$"),
        ([["a", "b"], ["c", "d"]], "could not convert|number"),
    ],
)
def test_columns_of_another_shape_are_refused(columns, words):
    output, x, _ = small()
    program = compile(output, inputs=x)
    with pytest.raises(ValueError, match=words):
        program.forward(columns)


def test_refused_columns_leave_the_last_batch_alone():
    output, x, _ = small()
    program = compile(output, inputs=x)
    program.forward([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="shape"):
        program.forward(np.ones((5, 5)))

    assert program.input_gradients().shape == (2, 2)


def test_calls_in_the_wrong_order_say_what_to_call_first():
    output, x, _ = small()
    program = compile(output, inputs=x)
    for call in (program.backward, program.input_gradients, lambda: program.example(0)):
        with pytest.raises(ValueError, match="call forward"):
            call()
    program.forward([[1.0], [2.0]])
    with pytest.raises(ValueError, match="reduction is 'mean' or 'sum'; got 'max'"):
        program.backward("max")
    with pytest.raises(IndexError, match="there is no example 1; the batch has 1"):
        program.example(1)


def test_a_program_without_parameters_says_so_and_gives_input_gradients():
    x = Value(1.0, "x")
    program = compile(x.square() * 3, inputs=[x])
    program.forward([[1.0, 2.0]])

    with pytest.raises(ValueError, match="depends on no parameter"):
        program.backward()
    assert program.input_gradients().tolist() == [[6.0, 12.0]]
    assert program.parameters == []


# --- numbers that are not finite ------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_input_that_is_no_finite_number_is_named(bad):
    output, x, _ = small()
    program = compile(output, inputs=x)
    columns = np.ones((2, 5))
    columns[1, 3] = bad
    with pytest.raises(ValueError, match=f"example 3.*x2.*{bad}"):
        program.forward(columns)


def test_the_first_node_that_fails_is_named_with_its_operands_and_the_example():
    a, x = Value(2.0, "a"), Value(1.0, "x")
    program = compile(exp(log(x) * a) * a, inputs=[x])
    with pytest.raises(ValueError, match=r"example 2: log\(x=-1\.0\): needs x > 0"):
        program.forward([[1.0, 2.0, -1.0, -2.0]])
    growing = compile(exp(x * a), inputs=[x])
    with pytest.raises(OverflowError, match=r"example 1: exp\(1000\.0\)"):
        growing.forward([[1.0, 500.0]])
    dividing = compile(a / x, inputs=[x])
    with pytest.raises(ZeroDivisionError, match=r"example 1: div\(a=2\.0, x=0\.0\).*other than 0"):
        dividing.forward([[1.0, 0.0]])


def test_the_failure_is_named_in_a_later_chunk_too(monkeypatch):
    x = Value(1.0, "x")
    program = compile(log(x), inputs=[x])
    chunks_of(monkeypatch, 3)
    with pytest.raises(ValueError, match=r"example 7: log\(x=0\.0\)"):
        program.forward([[1.0] * 7 + [0.0] * 3])


def test_a_program_works_again_after_a_failure():
    x = Value(1.0, "x")
    program = compile(log(x), inputs=[x])
    with pytest.raises(ValueError, match="example 0"):
        program.forward([[-1.0]])

    assert program.forward([[1.0]]).tolist() == [0.0]
    assert program.input_gradients().tolist() == [[1.0]]


def test_a_flag_that_floating_point_raises_in_a_branch_not_taken_is_no_error():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    for function, numbers in (
        (atan, [1e200, 1.0]),
        (sigmoid, [-1e300, 1e300]),
        (tanh, [1e200, -1e200]),
        (Value.gelu, [1e200, -1e200]),
        (Value.softplus, [1e300, -1e300]),
    ):
        program = compile(function(x) * w, inputs=[x])
        found = program.forward([numbers])
        engine = [function(Value(v)) for v in numbers]
        assert found.tolist() == [v.data for v in engine]
        program.backward()


def test_a_weight_that_is_no_number_is_an_error():
    output, x, _ = small()
    program = compile(output, inputs=x)
    program.weights[0] = np.nan
    with pytest.raises((ValueError, ArithmeticError)):
        program.forward([[1.0], [2.0]])


def test_a_gradient_beyond_the_floats_is_named():
    x, w = Value(1.0, "x"), Value(1e-300, "w")
    program = compile(w * x, inputs=[x])
    outputs = program.forward([[1.7e308] * 30])
    assert np.isfinite(outputs).all()

    with pytest.raises(OverflowError, match="gradient of w is inf"):
        program.backward("sum")


@pytest.mark.parametrize("function", [Value.relu, abs, tanh, lambda v: v.relu() * 0.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number_that_is_not_finite_is_lost_behind_a_kink(function, bad):
    """relu(nan) is `where(nan > 0, nan, 0)`, which is 0: inputs and weights are looked at."""
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile(function(x * w), inputs=[x])
    with pytest.raises(ValueError, match=f"example 1: x is {bad}, no finite number"):
        program.forward([[1.0, bad]])
    program.weights[0] = bad
    with pytest.raises(ValueError, match=f"the weight of w is {bad}, no finite number"):
        program.forward([[1.0, 2.0]])


# --- batches longer than a chunk ------------------------------------------------------------------


@pytest.fixture
def chunks_of_five(monkeypatch):
    monkeypatch.setattr(Plan, "chunk", lambda self, itemsize: 5)


def test_a_long_batch_asked_for_gradients_takes_them_along_the_next_time(
    chunks_of_five, monkeypatch
):
    forward = Workspace.forward
    runs = []
    monkeypatch.setattr(
        Workspace, "forward", lambda self, columns: (runs.append(1), forward(self, columns))[1]
    )
    w, x = Value(2.0, "w"), Value(0.0, "x")
    program = compile(tanh(w * x), inputs=[x])
    columns = np.linspace(-1, 2, 13).reshape(1, -1)
    slopes = np.cosh(2.0 * columns[0]) ** -2
    found = []
    for _ in range(3):
        program.forward(columns)
        found.append((program.backward("mean").copy(), len(runs)))
        runs.clear()

    for gradient, _ in found:
        np.testing.assert_allclose(gradient, [(columns[0] * slopes).mean()], rtol=1e-13)
    assert [count for _, count in found] == [6, 3, 3]
    np.testing.assert_allclose(program.backward("sum"), [(columns[0] * slopes).sum()], rtol=1e-13)
    np.testing.assert_allclose(program.input_gradients()[0], 2.0 * slopes, rtol=1e-13)


def test_gradients_taken_along_are_those_of_their_own_forward_pass(chunks_of_five):
    x = [Value(0.5, "x1"), Value(0.5, "x2")]
    program = compile(tanh(x[0]) * x[1], inputs=x)
    rng = np.random.default_rng(0)
    for batch in (12, 12, 3, 12, 17, 12):
        columns = rng.normal(size=(2, batch))
        program.forward(columns)
        wanted = [columns[1] * np.cosh(columns[0]) ** -2, np.tanh(columns[0])]
        first = program.input_gradients()
        np.testing.assert_allclose(first, wanted, rtol=1e-12)
        first[...] = 0.0  # the caller's own
        np.testing.assert_allclose(program.input_gradients(), wanted, rtol=1e-12)


def test_columns_that_lie_example_by_example_give_the_same():
    x = [Value(0.5, f"x{k}") for k in range(6)]
    w = [Value(0.1 * k, f"w{k}") for k in range(24)]
    rows = [tanh(dot(w[6 * k : 6 * k + 6], x)) for k in range(4)]
    columns = np.random.default_rng(0).normal(size=(9, 6)).T
    for dtype, near in ((np.float64, 1e-14), (np.float32, 1e-5)):
        program = compile(total(rows), inputs=x, dtype=dtype)
        outputs = program.forward(columns), program.backward("sum").copy()
        again = program.forward(columns.copy(order="C")), program.backward("sum")
        for one, other in zip(outputs, again, strict=True):
            np.testing.assert_allclose(one, other, rtol=near)
