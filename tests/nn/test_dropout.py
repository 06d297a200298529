"""Dropout: masks drawn anew for each example while a network learns, and none elsewhere."""

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Data,
    Dropout,
    Layer,
    Module,
    accuracy,
    fit,
    load,
    moons,
    predict,
    save,
    squared_error,
    total_cost,
    training_mode,
)
from nn.module import modules_in


class Net(Module):
    def __init__(self, rate=0.4, seed=0):
        self.hidden, self.drop = Layer(2, 8, "tanh", seed), Dropout(rate, seed=1)
        self.out = Layer(8, 1, "linear", seed)

    def __call__(self, x):
        return self.out(self.drop(self.hidden(x)))


MOONS = moons(40, seed=0)


def bits(net):
    return [p.data.hex() for p in net.parameters()]


def learn(net, epochs=3, **options):
    options = {"optimizer": Adam(0.02), "batch_size": 8, "seed": 5, "progress": False} | options
    return fit(net, MOONS, epochs=epochs, **options)


def test_outside_of_training_nothing_is_dropped():
    drop = Dropout(0.9)
    x = [Value(1.0), Value(2.0)]
    assert drop(x) == x
    assert [out.data for out in drop([1.0, 2.0])] == [1.0, 2.0]
    assert Dropout(0.5).parameters() == []


def test_in_training_the_expected_value_stays():
    drop = Dropout(0.25, seed=0)
    with training_mode(drop):
        drawn = np.array([out.data for out in drop([3.0] * 4000)])
    assert set(drawn) == {0.0, 4.0}
    assert drawn.mean() == pytest.approx(3.0, rel=0.05)
    assert not drop.is_training


def test_masks_by_hand_are_seeded():
    def drawn(seed):
        drop = Dropout(0.5, seed=seed)
        with training_mode(drop):
            return [out.data for _ in range(3) for out in drop([1.0] * 8)]

    assert drawn(1) == drawn(1) != drawn(2)


def test_a_gradient_passes_only_where_nothing_was_dropped():
    drop, x = Dropout(0.5, seed=0), [Value(float(k)) for k in range(1, 9)]
    with training_mode(drop):
        outputs = drop(x)
    sum(outputs).backward()
    assert [v.grad for v in x] == [out.data / v.data for out, v in zip(outputs, x, strict=True)]


class Seen(Module):
    """One weight for each input, whose gradient shows which inputs were dropped."""

    def __init__(self, rate):
        self.w, self.drop = [Value(0.0) for _ in range(6)], Dropout(rate)

    def __call__(self, x):
        return sum(w * v for w, v in zip(self.w, self.drop(x), strict=True))


def test_every_example_and_every_epoch_has_masks_of_its_own():
    net, data = Seen(0.5), Data(np.ones((3, 6)), np.ones((3, 1)))
    moves, before = [], np.zeros(6)

    def note(batch):
        nonlocal before
        now = np.array([p.data for p in net.w])
        moves.append(tuple(now != before))
        before = now

    fit(net, data, optimizer=SGD(0.01), batch_size=1, epochs=4, seed=0, progress=False,
        on_batch=note)  # fmt: skip
    assert len(set(moves)) > 6
    assert 0.25 < np.mean(moves) < 0.75


def test_the_first_step_is_that_of_the_masks_drawn():
    net, generator = Seen(0.5), np.random.default_rng(3)
    data = Data([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]], [[1.0]])
    fit(net, data, optimizer=SGD(0.1), seed=3, progress=False)
    generator.permutation(1)
    mask = (generator.random((6, 1)) >= 0.5) / 0.5
    assert [p.data for p in net.w] == pytest.approx(0.2 * (data.x * mask.T)[0])


def test_the_seed_gives_the_same_bits_and_another_seed_others():
    nets = [Net() for _ in range(3)]
    for net, seed in zip(nets, (5, 5, 6), strict=True):
        learn(net, seed=seed)
    assert bits(nets[0]) == bits(nets[1]) != bits(nets[2])


def test_a_pause_changes_no_bit_also_through_a_file(tmp_path):
    whole, paused = Net(), Net()
    straight = learn(whole, epochs=5)
    first = learn(paused, epochs=2)
    save(tmp_path / "a.npz", paused, first)
    again, history = load(tmp_path / "a.npz", Net(seed=9))
    second = fit(again, MOONS, resume=history, epochs=3, batch_size=8, progress=False)
    assert bits(again) == bits(whole)
    assert [e.cost for e in second] == [e.cost for e in straight]


def test_validation_predictions_and_costs_drop_nothing():
    net = Net(0.9)
    history = learn(net, validation=MOONS)
    outputs = [[net(x)[0].data] for x in MOONS.x]
    np.testing.assert_allclose(predict(net, MOONS.x), outputs, rtol=1e-12)
    assert accuracy(net, MOONS) == history[-1].validation_accuracy
    cost = np.mean([squared_error(net(x), y).data for x, y in MOONS])
    assert history[-1].validation_cost == pytest.approx(cost, rel=1e-12)
    assert total_cost(net, MOONS) == pytest.approx(cost, rel=1e-12)
    assert not net.drop.is_training


def test_a_rate_of_0_changes_nothing():
    plain, dropping = Net(0.0), Net(0.0)
    dropping.drop = Dropout(0.0)
    learn(plain)
    learn(dropping)
    assert bits(plain) == bits(dropping)


def test_the_same_layer_may_be_used_twice():
    class Twice(Module):
        def __init__(self):
            self.layers = [Layer(2, 4, "tanh", 0), Layer(4, 4, "tanh", 1), Layer(4, 1, "linear", 2)]
            self.drop = Dropout(0.3)

        def __call__(self, x):
            for layer in self.layers[:-1]:
                x = self.drop(layer(x))
            return self.layers[-1](x)

    net = Twice()
    assert len(list(modules_in(net, Dropout))) == 1
    assert learn(net, epochs=30)[-1].accuracy > 0.7


def test_layers_are_found_wherever_they_are():
    class Holder(Module):
        def __init__(self):
            self.parts = {"a": [Dropout(0.1), MLP(2, [1])], "b": (Dropout(0.2),)}
            self.itself = self

    assert [layer.rate for layer in modules_in(Holder(), Dropout)] == [0.1, 0.2]


@pytest.mark.parametrize("rate", [-0.1, 1, 1.0, float("nan"), "0.5", None])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match="the rate of a Dropout is from 0 to below 1; got"):
        Dropout(rate)


def test_an_error_while_recording_leaves_the_layer_as_it_was():
    class Fails(Module):
        def __init__(self):
            self.w, self.drop = Value(1.0), Dropout(0.5)

        def __call__(self, x):
            self.drop(x)
            raise RuntimeError("broken")

    net = Fails()
    with pytest.raises(RuntimeError, match="broken"):
        learn(net)
    assert [out.data for out in net.drop([1.0, 2.0])] == [1.0, 2.0]
