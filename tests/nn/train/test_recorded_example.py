"""One recording stands for all examples and all weights, or is refused: never false in silence."""

import math

import numpy as np
import pytest

from autograd import Value, where
from nn import MLP, SGD, Data, Module, fit, mse, squared_error, total_cost

DRAW = np.random.default_rng(0)
DATA = Data(DRAW.normal(size=(12, 2)), 2 * DRAW.normal(size=(12, 2)))
TOP = DATA.y[:, 0].max()
READS = {
    "a branch by an output": lambda o, t: o[1] * o[0] if o[0].data < 0.01 else o[1] * 10,
    "Huber": lambda o, t: (o[0] - t[0]) ** 2 if abs((o[0] - t[0]).data) < 0.5 else abs(o[0] - t[0]),
    "the largest output": lambda o, t: o[int(np.argmax([v.data for v in o]))] ** 2,
    "the class of the target": lambda o, t: o[int(t[-1].data > 0)] ** 2,
    "a weight by the target": lambda o, t: squared_error(o, t) * (2.0 if t[0].data > 0 else 1.0),
    "a floor": lambda o, t: o[0] * o[1] * math.floor(t[0].data),
    "a factor": lambda o, t: o[0] * o[0].data,
    "a detached output": lambda o, t: o[0] if o[0].data > 0 else Value(o[0].data) * o[0],
    "how many terms": lambda o, t: sum(o[0] for _ in range(1 + int(abs(t[0].data)))),
    "an exponent": lambda o, t: o[0] ** round(1 + abs(t[0].data)),
    "a rare target": lambda o, t: squared_error(o, t) * (2.0 if t[0].data == TOP else 1.0),
    "a shift": lambda o, t: mse([v - o[0].data for v in o], t),
}


@pytest.mark.parametrize("name", READS)
def test_a_loss_that_reads_data_is_refused(name):
    model = MLP(2, [2], seed=0)
    before = [p.data for p in model.parameters()]
    for ask in (total_cost, lambda *given: fit(*given[:2], loss=given[2], optimizer=SGD(0.1))):
        with pytest.raises(ValueError, match=r"reads numbers outside of the graph.*not with their"):
            ask(model, DATA, READS[name])
    assert [p.data for p in model.parameters()] == before


class Scaled(Module):
    """A model of one weight, which is 2, and one input."""

    def __init__(self, formula):
        self.w, self.formula = Value(2.0, "w"), formula

    def __call__(self, x):
        return [self.formula(self.w, x[0])]


@pytest.mark.parametrize(
    "formula",
    [
        lambda w, x: x * w * w.data,
        lambda w, x: x * w if w.data > 0 else x * w * w,
        lambda w, x: x * w if w.data > 1 else x * w * w,
        lambda w, x: x * w * round(w.data),
        lambda w, x: x * w if x.data < 2 else x * w.data,
        lambda w, x: x * w * w.data if w > 0 else x * w,
        lambda w, x: x * w if x > 0 else x.data * w,
    ],
)
def test_a_parameter_that_is_read_is_not_frozen(formula):
    data = Data([[1.0], [3.0], [-1.0], [-2.0]], [[0.0], [1.0], [0.0], [1.0]])
    with pytest.raises(ValueError, match="reads numbers outside of the graph"):
        fit(Scaled(formula), data, optimizer=SGD(0.01), epochs=6, batch_size=4, progress=False)


@pytest.mark.parametrize(
    "loss",
    [
        lambda o, t: squared_error(o, t) if o[0].data == o[0].data else None,
        lambda o, t: [squared_error(o, t), str(o[0].data), o[0] > 0][0],
        lambda o, t: o[1] * where(o[0] > t[0], o[0], t[0]) if t[0].data < 99 else 0.0,
        lambda o, t: squared_error(o, t) * (2.0 if t[1] > 0 else 1.0),
        lambda o, t: (o[0] - t[0]) ** 2 if t[1] > 0 else (o[1] - 1.0) ** 2,  # t[1] is only compared
    ],
)
def test_what_changes_no_recording_and_comparisons_are_allowed(loss):
    model = MLP(2, [2], seed=0)
    wanted = np.mean([loss(model(x), [Value(n) for n in y]).data for x, y in DATA])
    assert total_cost(model, DATA, loss) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("label", range(10))
def test_a_class_that_is_read_is_found_in_a_large_network_too(label):
    y = np.eye(10)[np.arange(200) % 9 if label == 9 else np.arange(200) % 10]
    y[-1] = np.eye(10)[label]
    model, data = MLP(400, [40, 10], seed=0), Data(np.zeros((200, 400)), y)
    with pytest.raises(ValueError, match=r"outside of the graph"):
        total_cost(model, data, lambda o, t: mse(o, t) * (2.0 if t[label].data > 0 else 1.0))
