"""`source` runs by itself, in an empty namespace, and gives the program's own numbers."""

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    gelu,
    leaky_relu,
    logsumexp,
    maximum,
    sigmoid,
    tanh,
    total,
)
from autograd.program import products
from nn import MLP, squared_error


def run(program, columns, batch=None, seed=1.0):
    """Run the program's source on its weights and these columns."""
    names = {}
    exec(program.source(batch=batch), names)
    return names["forward_and_backward"](program.weights.copy(), columns, seed)


def assert_same_bits(program, columns):
    """Compare the script for this batch with the program: each number is the same, bit for bit."""
    batch = columns.shape[1]
    if program.parameters:
        for reduction, seed in (("sum", 1.0), ("mean", 1.0 / batch)):
            outputs, found, _ = run(program, columns, batch, seed)
            wanted = program.value_and_grad(columns, reduction)[1]
            np.testing.assert_array_equal(found, wanted)
    else:
        outputs, _, found = run(program, columns, batch)
        np.testing.assert_array_equal(found, program.input_gradients(columns))
    np.testing.assert_array_equal(outputs, program.outputs)


def values(count, name):
    return [Value(0.3 * (k + 1) - 0.5, f"{name}{k + 1}") for k in range(count)]


def neuron():
    w, x = values(3, "w"), values(3, "x")
    return tanh(dot(w, x, 0.5)), x


def by_hand():
    w, x = values(4, "w"), values(2, "x")
    hidden = [sigmoid(w[0] * x[0] + w[1] * x[1] + 0.2), gelu(w[2] * x[0] + x[1] * w[3])]
    return maximum(hidden[0] * hidden[1], hidden[0]) - hidden[1] / 3, x


def deep_network():
    net = MLP(4, [5, 3], activation="relu", output_activation="sigmoid", seed=0)
    x, y = values(4, "x"), values(3, "y")
    return squared_error(net(x), y), x + y


def parameters_alone():
    w, x = values(3, "w"), values(2, "x")
    return logsumexp([x[0] * w[0], x[1], w[1] * 2]) + 0.1 * total([p.square() for p in w]), x


def repeated():
    w, x = values(2, "w"), values(3, "x")
    return total([leaky_relu(x[k] * x[j] * w[k % 2]) ** 3 for k in range(3) for j in range(3)]), x


def no_parameters():
    x = values(3, "x")
    return total([tanh(v) * x[0] for v in x]), x


GRAPHS = [neuron, by_hand, deep_network, parameters_alone, repeated, no_parameters]


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("batch", [1, 6])
def test_the_source_for_every_batch_gives_the_programs_numbers(make, batch):
    output, inputs = make()
    program = compile(output, inputs=inputs)
    columns = np.random.default_rng(0).normal(size=(len(inputs), batch))
    outputs, gradients, slopes = run(program, columns)

    np.testing.assert_allclose(outputs, program.forward(columns), rtol=1e-15)
    if program.parameters:
        wanted = program.value_and_grad(columns, "sum")[1]
        np.testing.assert_allclose(gradients, wanted, rtol=1e-13, atol=1e-15)
    else:
        np.testing.assert_allclose(slopes, program.input_gradients(columns), rtol=1e-13)


@pytest.mark.parametrize("make", GRAPHS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_source_for_a_batch_is_the_program_bit_for_bit(make, dtype):
    output, inputs = make()
    program = compile(output, inputs=inputs, dtype=dtype)
    for batch in (1, 6, 20_000):  # the last one is several chunks
        columns = np.random.default_rng(0).normal(size=(len(inputs), batch)).astype(dtype)
        assert_same_bits(program, columns)


@pytest.mark.parametrize("threads", [1, 2])
def test_products_in_pieces_and_saturated_neurons_are_printed_as_they_run(threads, monkeypatch):
    monkeypatch.setattr(products, "count_threads", lambda: threads)
    net = MLP(300, [160, 16, 3], "sigmoid", "sigmoid", seed=0)
    x, y = values(300, "x"), values(3, "y")
    cost = squared_error([tanh(z * 100) * z for z in net(x)], y)
    program = compile(cost, inputs=x + y)
    for batch in (1, 10, 100, 1000, 1500):
        for scale in (1.0, 1e4):  # with the second, most exponentials overflow
            columns = np.random.default_rng(0).normal(size=(303, batch))
            columns[:300] *= scale
            assert_same_bits(program, columns)


def test_a_script_for_one_batch_refuses_another():
    output, inputs = neuron()
    program = compile(output, inputs=inputs)
    with pytest.raises(ValueError, match=r"columns of shape \(3, 2\)"):
        run(program, np.ones((3, 5)), batch=2)


def test_it_uses_the_weights_it_is_given():
    output, inputs = neuron()
    program = compile(output, inputs=inputs)
    program.weights[:] = 0.0

    assert run(program, np.ones((3, 2)))[0].tolist() == [np.tanh(0.5)] * 2


def test_float32_source_is_float32():
    output, inputs = deep_network()
    program = compile(output, inputs=inputs, dtype=np.float32)
    columns = np.ones((7, 2), np.float32)

    assert run(program, columns)[0].dtype == np.float32
    np.testing.assert_array_equal(run(program, columns)[0], program.forward(columns))


def test_it_reads_as_numpy_with_its_sections_and_calls_named():
    output, inputs = deep_network()
    text = compile(output, inputs=inputs).source()

    assert text.count("import") == 1
    assert "import numpy as np" in text
    assert "np.matmul(shared[0:20].reshape(-1, 5).T, inputs[0:4], values[0:5])" in text
    assert "# forward: matrix product of node" in text
    assert "# backward: squared_error of node" in text
    assert "autograd" not in text
    assert max(map(len, text.splitlines())) < 200


def test_random_graphs_run_from_their_source(random_graphs):
    from random import Random

    for seed in range(60):
        recipe = random_graphs.make(Random(seed), 5)
        output, inputs, _ = recipe.record()
        used = recipe.used()
        columns = recipe.columns[[i in used for i in range(len(recipe.columns))]]
        program = compile(output, inputs=inputs)
        assert_same_bits(program, columns)
