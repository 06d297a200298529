"""Branches by data: each example takes its own, in `fit`, `total_cost` and `Landscape`."""

import random

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Data,
    Dropout,
    Landscape,
    Layer,
    Module,
    accuracy,
    fit,
    moons,
    squared_error,
    total_cost,
)
from nn.train.batched import Compiled
from nn.train.branched import Branches

DRAW = np.random.default_rng(0)
LINE = Data(DRAW.normal(size=(12, 2)), 3 * DRAW.normal(size=(12, 1)))


def huber(outputs, targets):
    e = outputs[0] - targets[0]
    return e * e / 2 if abs(e) <= 1 else abs(e) - 0.5


def huber_of_recorded(outputs, targets):
    """Choose between two costs that are both recorded before the comparison."""
    e = outputs[0] - targets[0]
    near, far = e * e / 2, abs(e) - 0.5
    return near if abs(e) <= 1 else far


def asymmetric(outputs, targets):
    """Weigh an example by its target and an error by its sign."""
    e = outputs[0] - targets[0]
    weight = 3.0 if targets[0] > 0 else 1.0
    if e > 0:
        weight *= 2
    return weight * e * e


class Kinked(Module):
    """A model with a rectifier written by hand, and a parameter that one branch alone uses."""

    def __init__(self):
        self.hidden, self.out = Layer(2, 4, "linear", 0), Layer(4, 1, "linear", 1)
        self.shift, self.leak = Value(0.1, "shift"), Value(0.2, "leak")

    def __call__(self, x):
        h = [z if z > 0 else self.leak * z for z in self.hidden(x)[:2]]
        y = self.out([*h, *self.hidden(x)[2:]])[0]
        return [y + self.shift if y > self.shift else y]


CASES = {
    "Huber": (lambda: MLP(2, [3, 1], "tanh", seed=0), huber),
    "Huber, chosen": (lambda: MLP(2, [3, 1], "tanh", seed=0), huber_of_recorded),
    "asymmetric": (lambda: MLP(2, [3, 1], "tanh", seed=0), asymmetric),
    "a kinked model": (Kinked, squared_error),
    "both": (Kinked, huber),
}
every_case = pytest.mark.parametrize(("make", "loss"), CASES.values(), ids=CASES)


def scalar(model, data, loss):
    """Return the average cost and leave its gradient, example by example."""
    model.zero_grad()
    cost = sum(loss(model(x), y) for x, y in data) / len(data)
    cost.backward()
    return cost.data


def numbers(model):
    return [p.data for p in model.parameters()]


@every_case
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1), slice(3, 4)])
def test_costs_and_gradients_are_those_of_each_example(make, loss, order):
    model, same, data = make(), make(), LINE[order]
    wanted = scalar(same, data, loss)
    assert total_cost(model, data, loss) == pytest.approx(wanted, rel=1e-12)
    np.testing.assert_allclose(
        [p.grad for p in model.parameters()], [p.grad for p in same.parameters()], rtol=1e-10
    )


@every_case
def test_training_takes_the_steps_of_the_scalar_engine(make, loss):
    model, same, rule = make(), make(), Adam(0.05)
    history = fit(model, LINE, loss=loss, optimizer=Adam(0.05), epochs=15, batch_size=12,
                  validation=LINE[::2], progress=False)  # fmt: skip
    for epoch in history:
        assert epoch.cost == pytest.approx(scalar(same, LINE, loss), rel=1e-9)
        rule.step(same.parameters())
        wanted = np.mean([loss(same(x), y).data for x, y in LINE[::2]])
        assert epoch.validation_cost == pytest.approx(wanted, rel=1e-9)
    np.testing.assert_allclose(numbers(model), numbers(same), rtol=1e-8, atol=1e-10)


@every_case
def test_a_surface_follows_every_branch(make, loss):
    model = make()
    labels = [label for label, _ in model.named_parameters()][:2]
    land = Landscape(model, LINE, tuple(labels), loss)
    for place in ([1.0, 0.0], [-2.0, 3.0]):
        for p, number in zip(model.parameters()[:2], place, strict=True):
            p.data = number
        wanted = np.mean([loss(model(x), y).data for x, y in LINE])
        assert land.cost(place) == pytest.approx(wanted, rel=1e-12)


def test_answers_are_those_of_the_branch():
    data, model = moons(60, seed=0), Kinked()
    history = fit(model, data, optimizer=Adam(0.03), epochs=30, batch_size=10, seed=0,
                  validation=data, progress=False)  # fmt: skip
    outputs = np.array([model(x)[0].data for x in data.x])
    right = np.mean((outputs > 0) == (data.y[:, 0] > 0))
    assert history[-1].validation_accuracy == accuracy(model, data) == right >= 0.8


def test_branches_dropout_and_weights_together():
    class Net(Module):
        def __init__(self):
            self.hidden, self.drop, self.out = Layer(2, 6, "tanh", 0), Dropout(0.3), Layer(6, 1)

        def __call__(self, x):
            return self.out(self.drop(self.hidden(x)))

    weights = DRAW.uniform(size=12)

    def learned(seed, **options):
        model = Net()
        model.out.load_arrays(Layer(6, 1, "linear", 1).arrays())
        fit(model, LINE, loss=huber, optimizer=SGD(0.1), epochs=3, batch_size=5, seed=seed,
            progress=False, **options)  # fmt: skip
        return numbers(model)

    weighted = learned(0, sample_weight=weights)
    assert weighted == learned(0, sample_weight=weights) != learned(0) != learned(1)


def test_a_pause_changes_no_bit():
    whole, paused = Kinked(), Kinked()
    more = {"loss": huber, "batch_size": 5, "progress": False}
    fit(whole, LINE, optimizer=Adam(0.02), epochs=4, seed=1, **more)
    history = fit(paused, LINE, optimizer=Adam(0.02), epochs=2, seed=1, **more)
    fit(paused, LINE, resume=history, epochs=2, **more)
    assert numbers(whole) == numbers(paused)


def test_without_branches_there_is_one_program():
    model = MLP(2, [3, 1], "relu", seed=0)
    assert not isinstance(Compiled(model, squared_error, LINE).program, Branches)
    assert isinstance(Compiled(model, huber, LINE).program, Branches)


@pytest.mark.parametrize(
    "draw",
    [random.random, np.random.random, np.random.default_rng(0).random, random.Random(0).random],
    ids=["random", "numpy.random", "a Generator", "a Random"],
)
@pytest.mark.parametrize("kind", ["factor", "branch", "noise"])
def test_random_numbers_in_a_recording_are_refused(draw, kind):
    class Noisy(Module):
        def __init__(self):
            self.w = [Value(k / 8, f"w{k}") for k in range(1, 7)]

        def __call__(self, x):
            terms = [w * x[0] for w in self.w]
            if kind == "factor":
                terms = [t * (draw() > 0.5) for t in terms]
            elif kind == "branch":
                terms = [t if draw() > 0.5 else t.tanh() for t in terms]
            else:
                terms = [t + draw() for t in terms]
            return [sum(terms)]

    for ask in (
        lambda: total_cost(Noisy(), LINE),
        lambda: fit(Noisy(), LINE, optimizer=SGD(0.1), progress=False),
        lambda: Landscape(Noisy(), LINE, ("w[1]", "w[2]")),
    ):
        with pytest.raises(ValueError, match=r"draws random numbers.*Use nn\.Dropout"):
            ask()
