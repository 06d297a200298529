"""`compile` and `Program`: numbers, shapes, errors, chunks, examples, and what stays as it was."""

import gc
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
from autograd.program.numpy_engine import Engine, Workspace
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


def test_the_mean_is_the_sum_divided_by_the_batch():
    output, x, _ = small()
    program = compile(output, inputs=x)
    columns = [[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.5, -1.0]]
    total_cost, whole = program.value_and_grad(columns, "sum")
    mean_cost, mean = program.value_and_grad(columns)

    np.testing.assert_allclose(mean * 4, whole, rtol=1e-15)
    assert mean_cost == pytest.approx(total_cost / 4, rel=1e-15)
    assert total_cost == pytest.approx(program.forward(columns).sum(), rel=1e-15)


def test_gradients_reach_the_values_when_they_are_written_back():
    output, x, parameters = small()
    program = compile(output, inputs=x)
    program.write_back()
    assert [p.grad for p in parameters] == [0.0] * 3
    _, gradients = program.value_and_grad(np.ones((2, 3)))
    assert [p.grad for p in parameters] == [0.0] * 3
    program.write_back()
    grads = dict(zip(program.parameters, gradients.tolist(), strict=True))
    assert [p.grad for p in parameters] == [grads[p] for p in parameters]


def test_backward_is_gone_and_the_error_says_what_to_write():
    output, x, _ = small()
    program = compile(output, inputs=x)
    with pytest.raises(AttributeError, match=r"value_and_grad\(columns, 'mean'\).*write_back"):
        program.backward("mean")
    with pytest.raises(AttributeError, match="'Program' object has no attribute 'forwards'"):
        program.forwards  # noqa: B018
    with pytest.raises(TypeError, match="'columns'"):
        program.input_gradients()


def test_sweeps_do_not_depend_on_their_order_or_number():
    program, draw, _ = network()
    columns = draw(5)
    outputs = program.forward(columns)
    (_, gradients), slopes = program.value_and_grad(columns), program.input_gradients(columns)
    np.testing.assert_array_equal(program.input_gradients(columns), slopes)
    program.value_and_grad(draw(5))
    for _ in range(2):
        np.testing.assert_array_equal(program.value_and_grad(columns)[1], gradients)
    np.testing.assert_array_equal(program.forward(columns), outputs)


def test_a_weight_changed_between_calls_counts_whatever_was_called_before(chunks_of_five):
    """It once mattered whether `forward` had been called before with the old weights."""
    w, x = Value(5.0, "w"), Value(0.1, "x")
    columns = np.linspace(-1, 1, 13)[None]
    wanted = compile(tanh(w * x) * w, inputs=[x]).value_and_grad(columns)
    w.data = 1.0
    program = compile(tanh(w * x) * w, inputs=[x])
    for _ in range(3):
        program.weights[:] = 1.0
        program.forward(columns)
        program.weights[:] = 5.0
        found = program.value_and_grad(columns)
        assert found[0] == wanted[0]
        assert found[1].tolist() == wanted[1].tolist()


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
    assert program.value_and_grad([[3.0]])[1][0] == pytest.approx(3 * np.exp(0.25), rel=1e-15)


def test_training_by_a_program_is_training_by_the_engine():
    program, draw, record = network()
    columns = draw(6)
    parameters = program.parameters
    before = [p.data for p in parameters]
    for _ in range(5):
        program.weights -= 0.5 * program.value_and_grad(columns, "sum")[1]
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

    assert program.parameters == [w]
    assert program.value_and_grad([[2.0]])[1].tolist() == [2 + 2 * 3 * 4]
    assert program.input_gradients([[2.0]]).tolist() == [[3 + 2 * 9 * 2]]


@pytest.mark.parametrize("make", [lambda x: x, lambda x: x * 1.0, lambda x: +x, lambda x: sum([x])])
def test_the_output_may_be_an_input(make):
    x = Value(3.0, "x")
    program = compile(make(x), inputs=[x])
    assert program.forward([[1.0, 2.0]]).tolist() == [1.0, 2.0]
    assert program.input_gradients([[1.0, 2.0]]).tolist() == [[1.0, 1.0]]
    assert program.example(1).output.data == 2.0


def test_an_output_that_is_an_input_leaves_the_other_inputs_a_gradient_of_zero():
    x = [Value(3.0, "x1"), Value(4.0, "x2")]
    program = compile(x[1], inputs=x)
    assert program.forward([[1.0], [2.0]]).tolist() == [2.0]
    assert program.input_gradients([[1.0], [2.0]]).tolist() == [[0.0], [1.0]]


@pytest.mark.parametrize("batch", [3, 1, 12])
def test_an_input_the_output_does_not_depend_on_has_gradient_zero(batch, chunks_of_five):
    w = Value(2.0, "w")
    x = [Value(1.0, "x1"), Value(1.0, "x2"), Value(1.0)]
    program = compile(w * x[1].square(), inputs=x)
    for _ in range(2):
        found = program.input_gradients(np.full((3, batch), 3.0))
        assert found.tolist() == [[0.0] * batch, [12.0] * batch, [0.0] * batch]
        assert program.value_and_grad(np.full((3, batch), 3.0), "sum")[1].tolist() == [9.0 * batch]
    assert "3 inputs (the output does not depend on x1, input 2), 1 parameters" in repr(program)
    assert program.example(0).output.data == 18.0


@pytest.mark.parametrize("batch", [3, 12])
def test_an_output_that_depends_on_no_input_is_the_same_for_every_example(batch, chunks_of_five):
    w, x = Value(2.0, "w"), Value(1.0, "x")
    columns = np.ones((1, batch))
    for output, value, slope in (
        (w * w, 4.0, 4.0),
        (w, 2.0, 1.0),
        (dot([3.0], [w]), 6.0, 3.0),
    ):
        program = compile(output, inputs=[x])
        assert program.forward(columns).tolist() == [value] * batch
        assert program.input_gradients(columns).tolist() == [[0.0] * batch]
        assert program.value_and_grad(columns, "sum")[1].tolist() == [slope * batch]
        assert program.value_and_grad(columns, "mean")[1] == pytest.approx([slope], rel=1e-15)
        assert "does not depend on x" in repr(program)
    constant = compile(dot([3.0], [2.0]), inputs=[x])
    assert constant.forward(columns).tolist() == [6.0] * batch
    assert constant.input_gradients(columns).tolist() == [[0.0] * batch]


def test_float32_is_computed_in_float32():
    program, draw, _ = network(dtype=np.float32)
    exact, _, _ = network()
    columns = draw(9)
    outputs, (_, gradients) = program.forward(columns), program.value_and_grad(columns)

    assert outputs.dtype == gradients.dtype == program.weights.dtype == np.float32
    assert program.input_gradients(columns).dtype == np.float32
    np.testing.assert_allclose(outputs, exact.forward(columns), rtol=1e-5)
    np.testing.assert_allclose(gradients, exact.value_and_grad(columns)[1], rtol=1e-4, atol=1e-6)
    assert program.example(3).output.data == pytest.approx(float(outputs[3]), rel=1e-5)


# --- batches, chunks, buffers ---------------------------------------------------------------------


def test_the_batch_may_change_between_calls():
    program, draw, _ = network()
    columns = draw(40)
    whole = program.forward(columns).copy()
    for batch in (1, 40, 3, 17, 2, 40, 5, 1):
        np.testing.assert_allclose(program.forward(columns[:, :batch]), whole[:batch], rtol=1e-13)
        assert program.input_gradients(columns[:, :batch]).shape == (7, batch)
        assert program.value_and_grad(columns[:, :batch])[1].shape == (15,)


def test_gradients_are_copied_unless_the_caller_takes_those_of_the_program():
    program, draw, _ = network()
    first, second = draw(5), draw(5)
    own = program.value_and_grad(first)[1]
    taken = program.value_and_grad(first, copy=False)[1]
    assert taken is program.gradients
    np.testing.assert_array_equal(own, taken)
    program.value_and_grad(second)
    assert (own != taken).any()


def chunks_of(monkeypatch, size):
    monkeypatch.setattr(Engine, "chunk", lambda self: size)


@pytest.mark.parametrize("size", [1, 7, 16, 32, 49])
def test_chunks_give_the_numbers_of_the_whole(monkeypatch, size):
    program, draw, _ = network()
    columns = draw(50)

    def everything():
        value, gradients = program.value_and_grad(columns, "sum")
        return program.forward(columns), value, gradients, program.input_gradients(columns)

    whole, first = everything(), program.example(49)
    chunks_of(monkeypatch, size)
    program, _, _ = network()
    parts = everything()

    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-14)
    assert program.example(49) == first
    assert program.example(-50) == program.example(0)
    np.testing.assert_allclose(program.value_and_grad(columns)[1] * 50, parts[2], rtol=1e-13)


def test_parameter_only_parts_count_once_over_chunks(monkeypatch):
    w, x = [Value(0.5, "w1"), Value(2.0, "w2")], Value(0.0, "x")
    program = compile(x * w[0] + 0.1 * total([p.square() for p in w]), inputs=[x])
    chunks_of(monkeypatch, 2)
    _, found = program.value_and_grad([[1.0, 2.0, 3.0, 4.0, 5.0]], "mean")

    gradients = dict(zip(program.parameters, found.tolist(), strict=True))
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
        program.value_and_grad(columns[:, :batch])
        held[batch] = program.nbytes

    per_example = program._runner.parts("gradients", 100_000)[0][1].engine.rows_per_example * 8
    assert per_example * 100_000 > 3 * held[100_000]
    assert held[100_000] <= 2 * held[32_768]
    program.value_and_grad(columns)
    assert program.nbytes == held[100_000]


def test_buffers_are_allocated_once_and_used_again():
    program, draw, _ = network()
    columns = draw(8)
    program.value_and_grad(columns)
    gradients, held = program.gradients, program.nbytes
    (space,) = program._runner._spaces.values()
    arrays = {name: a for name, a in space.arrays.items() if name != "inputs"}
    for _ in range(10):
        program.value_and_grad(columns)
        assert program.gradients is gradients

    assert program.nbytes == held
    assert all(space.arrays[name] is a for name, a in arrays.items())


def test_many_batch_sizes_do_not_pile_up():
    program, draw, _ = network()
    columns = draw(60)
    for batch in range(1, 60):
        program.forward(columns[:, :batch])

    assert len(program._runner._spaces) <= 4


def test_columns_are_used_where_they_lie_and_left_as_they_are():
    program, draw, _ = network()
    columns = draw(8)
    before = columns.copy()
    program.value_and_grad(columns)
    program.input_gradients(columns)

    np.testing.assert_array_equal(columns, before)
    slices = np.asfortranarray(before)[:, ::2]
    np.testing.assert_allclose(program.forward(slices), program.forward(before[:, ::2].copy()))


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
    program.value_and_grad(columns)
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
    _, gradients = program.value_and_grad(draw(6), "sum")
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


@pytest.mark.parametrize("batch", [3, 12])
def test_numbers_of_inner_nodes_are_kept(batch, chunks_of_five):
    w, x = Value(0.5, "w"), [Value(1.0, "x1"), Value(2.0, "x2")]
    inner = tanh(x[0] * w)
    product = x[1] * w  # would else be fused into a sum of products
    output = inner.square() + product + 1.0
    program = compile(output, inputs=x, keep=[inner, product, w, x[1], output])
    columns = np.random.default_rng(0).normal(size=(2, batch))
    wanted = [np.tanh(columns[0] / 2), columns[1] / 2, np.full(batch, 0.5), columns[1]]
    for call in (program.forward, program.value_and_grad, program.input_gradients):
        call(columns)
        np.testing.assert_allclose(program.kept[:-1], wanted, rtol=1e-15)
        np.testing.assert_array_equal(program.kept[-1], program.outputs)
    first = program.kept
    program.forward(-columns)
    np.testing.assert_allclose(first[:-1], wanted, rtol=1e-15)


def test_what_is_not_computed_cannot_be_kept():
    output, x, _ = small()
    with pytest.raises(ValueError, match="is not part of what the output was computed from"):
        compile(output, inputs=x, keep=[Value(1.0)])


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
    w, x = Value(2.0, "w"), Value(1.0, "x")
    inner = w * x
    output = tanh(inner)
    for inputs, kind, words in (
        ([], ValueError, "inputs is empty"),
        ([x, 1.0], TypeError, r"inputs are Values; number 1 is 1\.0"),
        ([inner], ValueError, "is computed, not a leaf"),
        ([x, x], ValueError, "named twice"),
        ([x, x * 1.0], ValueError, "is computed, not a leaf"),
    ):
        with pytest.raises(kind, match=words):
            compile(output, inputs=inputs)
    with pytest.raises(TypeError, match="expected one Value"):
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
    ],
)
def test_columns_of_another_shape_are_refused(columns, words):
    output, x, _ = small()
    program = compile(output, inputs=x)
    with pytest.raises(ValueError, match=words):
        program.forward(columns)


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        ([["a", "b"], ["c", "d"]], TypeError, "got text"),
        (np.ones((2, 1)) + 1j, TypeError, r"complex numbers: write \.real"),
        ({"x": [1.0]}, TypeError, "got a dict"),
        ([[1.0], [Value(2.0)]], TypeError, r"columns\[1, 0\] is a Value: write \.data"),
        (np.ma.array([[1.0], [2.0]], mask=[[0], [1]]), ValueError, r"columns\[1, 0\] is masked"),
        ([[1.0, 2.0], [3.0]], ValueError, "row 1 has one number|row 1 has 1 numbers"),
        (None, TypeError, "columns must be a real number; got None"),
    ],
    ids=["text", "complex", "dict", "Value", "masked", "ragged", "None"],
)
def test_columns_that_are_not_real_numbers_are_refused(columns, error, words):
    output, x, _ = small()
    with pytest.raises(error, match=words):
        compile(output, inputs=x).forward(columns)


def test_refused_columns_leave_the_last_batch_alone():
    output, x, _ = small()
    program = compile(output, inputs=x)
    program.forward([[1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="shape"):
        program.forward(np.ones((5, 5)))

    assert program.example(1).index("x2") >= 0
    assert program.outputs.shape == (2,)


def test_an_example_needs_a_batch_first():
    output, x, _ = small()
    program = compile(output, inputs=x)
    with pytest.raises(ValueError, match="call forward"):
        program.example(0)
    program.forward([[1.0], [2.0]])
    with pytest.raises(ValueError, match="reduction is 'mean' or 'sum'; got 'max'"):
        program.value_and_grad([[1.0], [2.0]], "max")
    with pytest.raises(IndexError, match="there is no example 1; the batch has 1"):
        program.example(1)


def test_one_layer_used_three_times_gives_the_gradients_of_the_whole_network():
    n, rng = 4, np.random.default_rng(0)
    x, g = ([Value(0.1, f"{name}{k}") for k in range(n)] for name in "xg")
    w = [[Value(0.1, f"w[{i},{k}]") for k in range(n)] for i in range(n)]
    y = [dot(row, x).tanh() for row in w]
    layer = compile(dot(y, g), inputs=[*x, *g], keep=y)
    stack, numbers = rng.normal(size=(3, n, n)), rng.normal(size=n)
    order = [tuple(map(int, p.label[2:-1].split(","))) for p in layer.parameters]

    def use(weights, inputs, upstream):
        layer.weights[:] = [weights[place] for place in order]
        columns = np.concatenate([inputs, upstream])[:, None]
        slopes = layer.value_and_grad(columns)[1]
        return layer.kept[:, 0].copy(), layer.input_gradients(columns)[:n, 0], slopes

    first = outputs = list(map(Value, numbers))
    values = [[[Value(v) for v in row] for row in weights] for weights in stack]
    for weights in values:
        outputs = [dot(row, outputs).tanh() for row in weights]
    sum(outputs[1:], outputs[0]).backward()

    given = [numbers]
    for weights in stack:
        given.append(use(weights, given[-1], np.zeros(n))[0])
    upstream = np.ones(n)
    for k in (2, 1, 0):
        _, upstream, slopes = use(stack[k], given[k], upstream)
        assert np.allclose(slopes, [values[k][i][j].grad for i, j in order], rtol=0, atol=1e-15)
    assert np.allclose(upstream, [v.grad for v in first], rtol=0, atol=1e-15)


def test_a_program_without_parameters_says_so_and_gives_input_gradients():
    x = Value(1.0, "x")
    program = compile(x.square() * 3, inputs=[x])

    with pytest.raises(ValueError, match="depends on no parameter"):
        program.value_and_grad([[1.0, 2.0]])
    assert program.input_gradients([[1.0, 2.0]]).tolist() == [[6.0, 12.0]]
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
    assert program.input_gradients([[1.0]]).tolist() == [[1.0]]


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
        program.value_and_grad([numbers])


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
        program.value_and_grad([[1.7e308] * 30], "sum")


def test_a_sum_beyond_the_floats_is_an_error_and_its_mean_is_not():
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = compile(w + x, inputs=[x])
    columns = [[1.7e308] * 30]
    assert program.value_and_grad(columns, "mean")[0] == pytest.approx(1.7e308)
    with pytest.raises(OverflowError, match="the sum of the outputs overflows"):
        program.value_and_grad(columns, "sum")


@pytest.mark.parametrize("size", [5, 1000])
def test_a_slope_that_is_not_finite_is_refused_where_an_adjoint_reaches_it(monkeypatch, size):
    chunks_of(monkeypatch, size)
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = compile((w * x).relu().sqrt(), inputs=[x])
    columns = np.ones((1, 12))
    columns[0, 7] = -1.0
    for call in (program.input_gradients, program.value_and_grad):
        with pytest.raises(
            ZeroDivisionError, match=r"example 7: .*sqrt\(0\.0\).*slope is infinite"
        ):
            call(columns)
    assert program.input_gradients(np.abs(columns)).tolist() == [[0.5] * 12]


@pytest.mark.parametrize("batch", [1, 3, 12])
def test_the_same_holds_for_what_all_examples_share(batch, chunks_of_five):
    x, w = Value(0.7, "x"), Value(0.0, "w")
    program = compile(w * (w * w).sqrt() + x * w, inputs=[x])  # the square root's slope is infinite
    _, gradients = program.value_and_grad([[2.0] * batch], "sum")
    assert gradients.tolist() == [2.0 * batch]

    program = compile((w * w).sqrt() + x * w, inputs=[x])  # here an adjoint of 1 reaches it
    with pytest.raises(OverflowError, match="the gradient of w is nan"):
        program.value_and_grad([[2.0] * batch], "sum")


def test_an_infinite_slope_that_no_adjoint_reaches_passes_nothing_back(monkeypatch):
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = compile((x * w).sqrt().square() + x * w, inputs=[x])
    columns = np.array([[0.0, 4.0, 1.0]])
    np.testing.assert_allclose(program.input_gradients(columns), [[1.0, 2.0, 2.0]])
    value, gradients = program.value_and_grad(columns, "sum")
    assert (value, gradients.tolist()) == (10.0, [10.0])


def test_a_negative_base_with_a_recorded_exponent_is_refused_as_recording_does():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    program = compile(a**b, inputs=[a, b])
    with pytest.raises(ValueError, match=r"example 1: .*pow\(a=-2\.0, b=3\.0\).*base above 0"):
        program.input_gradients([[2.0, -2.0], [3.0, 3.0]])
    learned = compile(a**b, inputs=[a])
    with pytest.raises(ValueError, match=r"example 1: .*pow\(a=-2\.0, b=3\.0\).*base above 0"):
        learned.value_and_grad([[2.0, -2.0]])


def test_an_adjoint_that_overflows_is_refused_by_node_and_example():
    x, w = Value(1e-100, "x"), Value(1.0, "w")
    program = compile((x * w).square() * (w * 1e200) * (w * 1e200), inputs=[x])
    assert program.forward([[0.0, 1e-100]]).tolist() == pytest.approx([0.0, 1e200])
    for call in (program.input_gradients, program.value_and_grad):
        with pytest.raises(OverflowError, match=r"example 0: .* overflows at mul\(0\.0, 1e\+200\)"):
            call([[0.0, 1e-100]])


def test_a_gradient_that_overflows_only_in_float32_is_named_by_input():
    x = Value(0.0, "x")
    program = compile(x * 1e30 * 1e30, inputs=[x], dtype=np.float32)
    assert program.forward([[0.0, 1e-30]]).tolist() == pytest.approx([0.0, 1e30])
    with pytest.raises(OverflowError, match="example 0: the gradient of x is inf in float32"):
        program.input_gradients([[0.0, 1e-30]])


@pytest.mark.parametrize("function", [Value.relu, abs, tanh, lambda v: v.relu() * 0.0])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_no_number_that_is_not_finite_is_lost_behind_a_kink(function, bad):
    """relu(nan) is `where(nan > 0, nan, 0)`, which is 0: inputs and weights are looked at."""
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile(function(x * w), inputs=[x])
    with pytest.raises(ValueError, match=f"example 1: x is {bad}; it must be finite"):
        program.forward([[1.0, bad]])
    program.weights[0] = bad
    with pytest.raises(ValueError, match=f"the weight of w is {bad}; it must be finite"):
        program.forward([[1.0, 2.0]])


# --- batches longer than a chunk ------------------------------------------------------------------


@pytest.fixture
def chunks_of_five(monkeypatch):
    monkeypatch.setattr(Engine, "chunk", lambda self: 5)


def test_every_chunk_is_run_once_forward(chunks_of_five, monkeypatch):
    forward = Workspace.forward
    runs = []
    monkeypatch.setattr(
        Workspace, "forward", lambda self, columns: (runs.append(1), forward(self, columns))[1]
    )
    w, x = Value(2.0, "w"), Value(0.0, "x")
    program = compile(tanh(w * x), inputs=[x])
    columns = np.linspace(-1, 2, 13).reshape(1, -1)
    slopes = np.cosh(2.0 * columns[0]) ** -2
    for _ in range(3):
        _, gradients = program.value_and_grad(columns)
        np.testing.assert_allclose(gradients, [(columns[0] * slopes).mean()], rtol=1e-13)
        program.forward(columns)
        np.testing.assert_allclose(program.input_gradients(columns)[0], 2.0 * slopes, rtol=1e-13)
        assert len(runs) == 9
        runs.clear()


def test_what_a_call_returned_is_the_callers_own(chunks_of_five):
    x, w = [Value(0.5, "x1"), Value(0.5, "x2")], Value(1.0, "w")
    program = compile(tanh(x[0]) * x[1] * w, inputs=x)
    rng = np.random.default_rng(0)
    for batch in (12, 12, 3, 12, 17, 12):
        columns = rng.normal(size=(2, batch))
        wanted = [columns[1] * np.cosh(columns[0]) ** -2, np.tanh(columns[0])]
        returned = [
            program.input_gradients(columns),
            program.forward(columns),
            program.value_and_grad(columns)[1],
        ]
        np.testing.assert_allclose(returned[0], wanted, rtol=1e-12)
        for array in returned:
            array[...] = 0.0
        np.testing.assert_allclose(program.input_gradients(columns), wanted, rtol=1e-12)


def test_columns_that_lie_example_by_example_give_the_same():
    x = [Value(0.5, f"x{k}") for k in range(6)]
    w = [Value(0.1 * k, f"w{k}") for k in range(24)]
    rows = [tanh(dot(w[6 * k : 6 * k + 6], x)) for k in range(4)]
    columns = np.random.default_rng(0).normal(size=(9, 6)).T
    for dtype, near in ((np.float64, 1e-14), (np.float32, 1e-5)):
        program = compile(total(rows), inputs=x, dtype=dtype)
        numbers = program.value_and_grad(columns)
        again = program.value_and_grad(columns.copy(order="C"))
        for one, other in zip(numbers, again, strict=True):
            np.testing.assert_allclose(one, other, rtol=near)
