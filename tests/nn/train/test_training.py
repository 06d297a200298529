"""Learning: XOR, moons and real digits; the same bits again; Ctrl-C; how right a model is."""

import os
import re
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    Data,
    Momentum,
    Nesterov,
    Neuron,
    accuracy,
    binary_cross_entropy,
    confusion,
    cross_entropy,
    fit,
    half_squared_error,
    hinge,
    mnist,
    moons,
    squared_error,
    xor,
)


def bits(model):
    return [p.data.hex() for p in model.parameters()]


def quiet(model, data, **options):
    return fit(model, data, progress=False, **options)


# --- it learns ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "loss", "optimizer"),
    [
        (MLP(2, [4, 1], "tanh", "sigmoid", seed=1), half_squared_error, SGD(2.0)),
        (MLP(2, [4, 1], "tanh", "linear", seed=1), binary_cross_entropy, Momentum(0.1)),
        (MLP(2, [8, 1], "relu", "linear", seed=3), squared_error, Nesterov(0.02)),
        (MLP(2, [4, 1], "tanh", "linear", seed=1), binary_cross_entropy, Adam(0.05)),
    ],
    ids=["SGD", "Momentum", "Nesterov", "Adam"],
)
def test_xor_is_learnt(model, loss, optimizer):
    history = quiet(model, xor(), loss=loss, optimizer=optimizer, epochs=600, batch_size=4, seed=0)
    assert history[-1].cost < 0.01
    assert history[-1].accuracy == 1.0
    at = 0.0 if loss is binary_cross_entropy else None
    assert accuracy(model, xor(), at) == 1.0


@pytest.mark.parametrize("loss", [hinge, squared_error])
def test_moons_are_learnt(loss):
    data, unseen = moons(200, 0.1, seed=0), moons(200, 0.1, seed=1)
    model = MLP(2, [16, 16, 1], "relu", seed=0)
    history = quiet(
        model,
        data,
        loss=loss,
        optimizer=Adam(0.01),
        epochs=60,
        batch_size=20,
        seed=0,
        validation=unseen,
        l2=1e-5,
    )
    assert history[-1].cost < 0.1 * history[0].cost
    assert accuracy(model, data) == history[-1].accuracy == 1.0
    assert accuracy(model, unseen) == history[-1].validation_accuracy >= 0.99


def test_no_single_neuron_learns_xor():
    neuron = Neuron(2, "sigmoid", seed=0)
    history = quiet(neuron, xor(), optimizer=SGD(1.0), epochs=500, batch_size=4)
    assert history[-1].cost > 0.2


def test_the_cost_is_that_before_each_step_and_the_average_over_the_examples():
    data, model = Data([[1.0], [2.0], [3.0]], [[1.0], [1.0], [1.0]]), Neuron(1, "linear", seed=0)
    before = [squared_error(model(x), y).data for x, y in zip(data.x, data.y, strict=True)]
    history = quiet(model, data, optimizer=SGD(1e-3), batch_size=3, seed=0)
    assert history[0].cost == pytest.approx(np.mean(before), rel=1e-12)
    assert history[0].examples == 3
    assert history[0].accuracy is None  # targets all alike mean nothing in particular


def test_full_batch_descent_takes_the_steps_of_the_scalar_engine():
    data = moons(30, seed=0)
    ours, theirs = (MLP(2, [3, 1], "tanh", seed=0) for _ in range(2))
    quiet(ours, data, optimizer=SGD(0.1), epochs=5, batch_size=30, seed=0)
    rule = SGD(0.1)
    for _ in range(5):
        theirs.zero_grad()
        costs = [squared_error(theirs(x), y) for x, y in zip(data.x, data.y, strict=True)]
        (sum(costs) / len(costs)).backward()
        rule.step(theirs.parameters())
    np.testing.assert_allclose(
        [p.data for p in ours.parameters()], [p.data for p in theirs.parameters()], rtol=1e-11
    )


# --- real digits ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def parts(mnist_folder):
    data = mnist(mnist_folder, "t10k")
    return data[:9000], data[9000:]


def test_the_lesson_network_recognizes_nine_digits_of_ten(parts):
    learn, test = parts
    model = MLP(784, [16, 16, 10], "sigmoid", "sigmoid", seed=0)
    history = quiet(
        model,
        learn,
        loss=squared_error,
        optimizer=SGD(5.0),
        epochs=20,
        batch_size=100,
        validation=test,
        seed=0,
    )
    assert history[-1].validation_accuracy == accuracy(model, test) >= 0.90
    table = confusion(model, test).table
    assert table.sum() == 1000
    assert np.trace(table) == round(1000 * accuracy(model, test))


def test_relu_with_cross_entropy_and_adam_recognizes_more(parts):
    learn, test = parts
    model = MLP(784, [16, 16, 10], "relu", "linear", seed=5)
    options = {"loss": cross_entropy, "l2": 2e-3, "validation": test}
    history = quiet(model, learn, optimizer=Adam(0.005), epochs=15, seed=5, **options)
    history = quiet(model, learn, optimizer=Adam(0.0005), epochs=5, resume=history, **options)
    assert history[-1].validation_accuracy == accuracy(model, test) >= 0.92


# --- the same bits --------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits():
    def learnt(seed):
        model = MLP(2, [5, 1], "tanh", seed=0)
        quiet(model, moons(50, seed=0), optimizer=Adam(0.01), epochs=3, batch_size=8, seed=seed)
        return bits(model)

    assert learnt(4) == learnt(4) == learnt(np.random.default_rng(4))
    assert learnt(4) != learnt(5)


def test_the_same_bits_in_another_process_under_any_hash_seed(run_python):
    source = """
from nn import *
model = MLP(2, [5, 3, 1], "tanh", seed=0)
fit(model, moons(50, seed=0), optimizer=Momentum(0.01), epochs=3, batch_size=8, seed=1,
    progress=False)
print([p.data.hex() for p in model.parameters()])
"""
    assert run_python(source, PYTHONHASHSEED="1") == run_python(source, PYTHONHASHSEED="77")


@pytest.mark.parametrize("optimizer", [SGD(0.1), Momentum(0.05), Nesterov(0.05), Adam(0.01)])
def test_a_pause_changes_no_bit(optimizer):
    data = moons(50, seed=0)
    whole, paused = (MLP(2, [5, 1], "tanh", seed=0) for _ in range(2))
    straight = quiet(whole, data, epochs=5, seed=3, optimizer=replace(optimizer), batch_size=8)
    first = quiet(paused, data, epochs=2, seed=3, optimizer=replace(optimizer), batch_size=8)
    second = quiet(paused, data, epochs=3, resume=first, batch_size=8)
    assert bits(paused) == bits(whole)
    assert len(first) == 2
    costs = [[epoch[:3] for epoch in history] for history in (straight, second)]
    assert costs[0] == costs[1]


def test_only_the_same_rule_can_go_on():
    model, data = MLP(2, [1], seed=0), moons(10, seed=0)
    history = quiet(model, data, optimizer=Adam())
    with pytest.raises(ValueError, match=re.escape("whose state does not fit SGD(learning_rate=")):
        quiet(model, data, optimizer=SGD(0.1), resume=history)
    assert quiet(model, data, optimizer=Adam(1e-4), resume=history).optimizer.learning_rate == 1e-4


# --- Ctrl-C ---------------------------------------------------------------------------------------


def interrupting(after):
    """Return a loss that presses Ctrl-C when it is called, and how often it was."""
    timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def test_ctrl_c_keeps_what_was_learnt_and_training_can_go_on():
    data = moons(200, seed=0)
    model = MLP(2, [8, 1], "tanh", seed=0)
    start, handler = bits(model), signal.getsignal(signal.SIGINT)
    timer = interrupting(0.4)
    history = quiet(model, data, optimizer=Adam(0.01), epochs=10**6, batch_size=10, seed=0)
    timer.join()
    assert history.interrupted
    assert "interrupted" in str(history)
    assert bits(model) != start
    assert accuracy(model, data) > 0.8
    assert signal.getsignal(signal.SIGINT) is handler
    further = quiet(model, data, epochs=1, batch_size=10, resume=history)
    assert not further.interrupted
    assert further[-1].number == len(history) + 1


# --- what overflows -------------------------------------------------------------------------------


def test_a_cost_that_leaves_the_floats_names_the_example_and_keeps_the_weights_finite():
    model = MLP.from_arrays([[[1.0]]], [[0.0]])
    data = Data([[1e3]] * 8, [[0.0]] * 8)
    with pytest.raises((ArithmeticError, ValueError), match=r"example|gradient"):
        quiet(model, data, optimizer=SGD(1e9), epochs=60, batch_size=1)
