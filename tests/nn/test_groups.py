"""Groups: each parameter in one of them, whichever way it is named."""

import re

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Groups,
    Module,
    Momentum,
    fit,
    load,
    moons,
    save,
    without_bias_decay,
    xor,
)


def network():
    return MLP(2, [3, 1], "tanh", seed=0)


def numbers(net):
    return [p.data for p in net.parameters()]


CHOICES = {
    "modules": lambda net: [net.layers[0], net.layers[1]],
    "lists of Values": lambda net: [layer.parameters() for layer in net.layers],
    "generators": lambda net: [iter(layer.parameters()) for layer in net.layers],
    "names": lambda net: [[n for n, _ in layer.named_parameters()] for layer in net.layers],
    "pairs": lambda net: [layer.named_parameters() for layer in net.layers],
}


@pytest.mark.parametrize("choose", CHOICES.values(), ids=CHOICES)
def test_parameters_are_chosen_by_modules_values_or_names(choose):
    net, one = network(), network()
    first, second = choose(net)
    fit(net, xor(), optimizer=Groups((second, SGD(0.1)), (first, SGD(0.1))), epochs=3, seed=0,
        batch_size=2, progress=False)  # fmt: skip
    fit(one, xor(), optimizer=SGD(0.1), epochs=3, seed=0, batch_size=2, progress=False)
    assert numbers(net) == numbers(one)


def test_each_group_has_its_own_rule_and_state():
    net = network()
    before = np.array(numbers(net))
    groups = Groups((net.layers[0], SGD(1e-9)), (net.layers[1], Momentum(0.1)))
    history = fit(net, xor(), optimizer=groups, epochs=2, seed=0, progress=False)
    moved = np.abs(np.array(numbers(net)) - before)
    assert moved[:9].max() < 1e-6 < moved[9:].max()
    assert history.state[0] == ()
    assert history.state[1][0].shape == (4,)


def test_groups_step_by_hand_as_in_fit():
    net, one = network(), network()
    rules = [Groups((n.layers[0], Adam(0.1)), (n.layers[1], SGD(0.2)), clip_norm=0.1)
             for n in (net, one)]  # fmt: skip
    fit(net, xor(), optimizer=rules[0], epochs=3, batch_size=4, progress=False)
    for _ in range(3):
        one.zero_grad()
        costs = [(one(x)[0] - y[0]).square() for x, y in xor()]
        (sum(costs) / 4).backward()
        rules[1].step(one.parameters())
    np.testing.assert_allclose(numbers(net), numbers(one), rtol=1e-10)


@pytest.mark.parametrize("make", [
    lambda net: Groups((net.layers[0], Adam(0.01)), (net.layers[1], Momentum(0.1)), clip_norm=1.0),
    lambda net: without_bias_decay(net, AdamW(0.01, weight_decay=0.3)),
])  # fmt: skip
def test_groups_are_saved_and_continued_bit_for_bit(tmp_path, make):
    whole, paused = network(), network()
    more = {"batch_size": 7, "progress": False}
    data = moons(40, seed=0)
    fit(whole, data, optimizer=make(whole), epochs=5, seed=1, **more)
    history = fit(paused, data, optimizer=make(paused), epochs=2, seed=1, **more)
    save(tmp_path / "a.npz", paused, history)
    net, again = load(tmp_path / "a.npz")
    assert repr(again.optimizer) == repr(history.optimizer)
    fit(net, data, resume=again, epochs=3, **more)
    assert numbers(net) == numbers(whole)


NET = network()
REFUSED = {
    "a parameter in none": (
        lambda: fit(NET, xor(), optimizer=Groups((NET.layers[0], SGD(0.1))), progress=False),
        "the parameter W2[1,1] is in no group: put it in one",
    ),
    "a parameter in two": (
        lambda: Groups((NET, SGD(0.1)), (NET.layers[0], SGD(0.2))),
        "is in two groups",
    ),
    "one of another network": (
        lambda: fit(network(), xor(), optimizer=Groups((NET, SGD(0.1))), progress=False),
        "is in a group but not among the parameters that learn",
    ),
    "an empty group": (lambda: Groups(([], SGD(0.1))), "has no parameters"),
    "one optimizer twice": (
        lambda: Groups((NET.layers[0], RULE), (NET.layers[1], RULE)),
        "each group needs an optimizer of its own",
    ),
    "no pair": (lambda: Groups(NET.layers[0]), "a group is a pair of parameters and their"),
    "the pair the other way round": (lambda: Groups((SGD(0.1), NET)), "a group is a pair"),
    "PyTorch's dict": (lambda: Groups({"params": NET, "lr": 0.1}), "a group is a pair"),
    "clipping inside": (
        lambda: Groups((NET, SGD(0.1, clip_norm=1.0))),
        "the gradient is clipped as a whole, by Groups(…, clip_norm=…)",
    ),
    "groups inside": (lambda: Groups((NET, Groups((NET, SGD(0.1))))), "groups inside a group"),
    "a limit below 0": (lambda: Groups((NET, SGD(0.1)), clip_norm=-1), "must be above 0; got -1"),
}
RULE = SGD(0.1)


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_a_division_into_groups_is_refused(make, message):
    with pytest.raises((TypeError, ValueError), match=re.escape(message)):
        make()


class Named(Module):
    def __init__(self):
        self.w, self.b, self.b2, self.beta, self.bias_out = (Value(k / 8) for k in range(5))
        self.basis, self.inner = [Value(1.0), Value(2.0)], network().layers[0]


def test_biases_are_known_by_their_own_names():
    model = Named()
    (weights, _), (biases, rule) = without_bias_decay(model, SGD(0.1, weight_decay=0.1)).groups
    names = {id(value): name for name, value in model.named_parameters()}
    assert [names[id(value)] for value in biases] == [
        *("b", "b2", "bias_out"),
        *(name for name in names.values() if re.match(r"inner\.b", name)),
    ]
    assert len(weights) + len(biases) == len(model.parameters())
    assert rule.weight_decay == 0


def test_a_schedule_is_kept_in_both_groups():
    net = network()
    rule = without_bias_decay(net, AdamW(lambda step: 0.1 / (1 + step), clip_norm=1.0))
    fit(net, xor(), optimizer=rule, epochs=3, batch_size=4, progress=False)
    assert [member.learning_rate for _, member in rule.groups] == [0.1 / 4] * 2
    assert rule.clip_norm == 1.0


def test_a_pause_keeps_the_number_of_steps_of_each_group(tmp_path):
    steps, net, first = [], network(), SGD(0.01)
    options = {"batch_size": 2, "seed": 0, "progress": False}
    fit(net, xor(), optimizer=first, train=net.layers[0], epochs=3, **options)
    second = SGD(lambda step: steps.append(step) or 0.01)
    groups = Groups((net.layers[0], first), (net.layers[1], second))
    history = fit(net, xor(), optimizer=groups, **options)
    assert history.steps == (8, 2)
    save(tmp_path / "a.npz", net, history)
    saved = load(tmp_path / "a.npz")[1]
    assert saved.steps == (8, 2)
    fit(net, xor(), optimizer=groups, resume=saved, **options)
    assert steps == [0, 1, 2, 3]


def test_a_history_of_other_groups_is_not_continued():
    net = network()
    groups = Groups((net.layers[0], SGD(0.1)), (net.layers[1], SGD(0.2)))
    history = fit(net, xor(), optimizer=groups, progress=False)
    with pytest.raises(ValueError, match="has 2 groups, but the optimizer has 1; divide"):
        fit(net, xor(), optimizer=Groups((net, SGD(0.1))), resume=history, progress=False)
