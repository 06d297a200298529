"""Networks over batches: the same numbers as the scalar engine, and every gradient traceable."""

import re

import numpy as np
import pytest

from autograd import Value, explain
from nn import (
    MLP,
    SGD,
    Compiled,
    Data,
    Module,
    Neuron,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    l2,
    mnist,
    mse,
    one_hot,
    predict,
    squared_error,
    total_cost,
    votes,
)


def scalar(model, data, loss):
    model.zero_grad()
    cost = sum(
        loss(model(x) if not isinstance(model, Neuron) else [model(x)], y)
        for x, y in zip(data.x, data.y, strict=True)
    ) / len(data)
    cost.backward()
    return cost.data, [p.grad for p in model.parameters()]


X = np.random.default_rng(0).normal(size=(11, 3))


@pytest.mark.parametrize(
    ("model", "loss", "y"),
    [
        (MLP(3, [4, 2], "tanh", "sigmoid", seed=0), squared_error, np.abs(X[:, :2])),
        (MLP(3, [4, 2], "relu", "softmax", seed=0), squared_error, np.abs(X[:, :2])),
        (MLP(3, [4, 2], "gelu", "linear", seed=0), mse, X[:, 1:]),
        (MLP(3, [4, 3], "relu", "linear", seed=0), cross_entropy, one_hot(np.arange(11) % 3, 3)),
        (MLP(3, [4, 1], "silu", "linear", seed=0), binary_cross_entropy, X[:, :1] > 0),
        (MLP(3, [4, 1], "relu", "linear", seed=0), hinge, np.sign(X[:, :1])),
        (Neuron(3, "sigmoid", seed=0), squared_error, X[:, :1]),
    ],
)
def test_cost_and_gradients_are_those_of_the_scalar_engine(model, loss, y):
    data = Data(X, y)
    cost, gradients = scalar(model, data, loss)
    assert total_cost(model, data, loss) == pytest.approx(cost, rel=1e-12)
    np.testing.assert_allclose(
        [p.grad for p in model.parameters()], gradients, rtol=1e-11, atol=1e-14
    )


def test_weight_decay_is_added_to_every_example():
    model, data = MLP(3, [2], seed=0), Data(X, X[:, :2])
    plain = Compiled(model, squared_error, data)
    decayed = Compiled(model, squared_error, data, weight_decay=0.1)
    everything = slice(0, len(data))
    extra = l2(model.parameters(), 0.1).data
    np.testing.assert_allclose(
        decayed.costs(data, everything) - plain.costs(data, everything), extra, rtol=1e-12
    )
    gradients = [
        each.to_model_order(each.costs_and_gradient(data, everything)[1])
        for each in (decayed, plain)
    ]
    weights = np.array([p.data for p in model.parameters()])
    np.testing.assert_allclose(gradients[0] - gradients[1], 0.2 * weights, rtol=1e-10, atol=1e-14)


def test_memory_is_bounded_by_parts():
    data = Data(np.random.default_rng(0).normal(size=(2500, 2)), np.zeros((2500, 1)))
    model = MLP(2, [3, 1], "tanh", seed=0)
    cost = np.mean([squared_error(model(x), [0.0]).data for x in data.x])
    assert total_cost(model, data) == pytest.approx(cost, rel=1e-12)


class Skip(Module):
    """A model of another make: a network with a shortcut, and one input it never looks at."""

    def __init__(self):
        self.inner = MLP(2, [2], "tanh", "tanh", seed=0)
        self.gate = Value(0.5)

    def __call__(self, x):
        return [a + self.gate * x[0] for a in self.inner(x[:2])]


def test_any_module_can_be_compiled_and_asked():
    model, data = Skip(), Data(X, X[:, :2])
    outputs = [[a.data for a in model([Value(v) for v in x])] for x in X]
    np.testing.assert_allclose(predict(model, X), outputs, rtol=1e-12)
    cost, gradients = scalar(model, data, squared_error)
    assert total_cost(model, data) == pytest.approx(cost, rel=1e-12)
    np.testing.assert_allclose([p.grad for p in model.parameters()], gradients, rtol=1e-11)


def test_a_loss_that_adds_the_outputs_up_leaves_them_to_be_read():
    def by_hand(outputs, targets):
        return sum(abs(a - y) for a, y in zip(outputs, targets, strict=True))

    model, data = MLP(3, [4, 2], "tanh", seed=0), Data(X, X[:, :2])
    work = Compiled(model, by_hand, data)
    work.costs(data, slice(0, 5))
    np.testing.assert_allclose(work.last_outputs(), predict(model, X[:5]), rtol=1e-12)
    history = fit(model, data, loss=by_hand, optimizer=SGD(0.01), epochs=30, progress=False)
    assert history[-1].cost < history[0].cost
    work = Compiled(model, by_hand, data)
    work.costs(data, slice(5, 11))
    np.testing.assert_allclose(work.last_outputs(), predict(model, X[5:]), rtol=1e-12)


def test_networks_are_asked_without_recording():
    model = MLP(3, [4, 2], "tanh", "softmax", seed=0)
    outputs = [[a.data for a in model(x)] for x in X]
    np.testing.assert_allclose(predict(model, X), outputs, rtol=1e-12)


def test_every_gradient_of_a_mini_batch_can_be_traced_to_the_output(mnist_folder):
    batch = mnist(mnist_folder, "t10k")[:100]
    model = MLP(784, [16, 16, 10], "sigmoid", "sigmoid", seed=0)
    work = Compiled(model, squared_error, batch)
    _, gradient = work.costs_and_gradient(batch, slice(0, 100))
    average = work.to_model_order(gradient)
    table = votes(model, batch)
    np.testing.assert_allclose(-table.average, average, rtol=1e-9, atol=1e-15)
    generator = np.random.default_rng(0)
    for k in generator.integers(100, size=2):
        graph = work.program.example(int(k))
        for place in generator.integers(13_002, size=3):
            why = explain(graph, wrt=table.labels[place], most=3)
            entry = -table.table[k, place]
            assert why.total == pytest.approx(entry, rel=1e-10, abs=1e-16)
            assert f"∂C/∂{table.labels[place]}" in str(why)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: (MLP(3, [2], seed=0), squared_error, X[:, :1]), "2 outputs, the data 1 targets"),
        (lambda: (MLP(3, [1], seed=0), hinge, np.eye(11)[:, :1]), "a target of the hinge is −1"),
        (
            lambda: (MLP(3, [2], seed=0), cross_entropy, np.vstack([[0, 1], np.ones((10, 2))])),
            "the targets are probabilities",
        ),
        (lambda: (MLP(2, [2], seed=0), squared_error, X[:, :2]), "expected 2 inputs"),
    ],
)
def test_data_that_does_not_fit_is_refused(make, message):
    model, loss, y = make()
    with pytest.raises(ValueError, match=re.escape(message)):
        Compiled(model, loss, Data(X, y))


def test_parameters_the_model_does_not_know_or_use_are_named():
    stray, data = Value(1.0, "stray"), Data(X, X[:, :1])

    def loss(outputs, targets):
        return stray * squared_error(outputs, targets)

    with pytest.raises(ValueError, match=r"stray.* it is not a parameter of the model"):
        Compiled(MLP(3, [1], seed=0), loss, data)
    model = Skip()
    model.unused = Value(1.0, "unused")
    with pytest.raises(ValueError, match=r"does not depend on the parameter .*unused"):
        Compiled(model, squared_error, Data(X, X[:, :2]))
