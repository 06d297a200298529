"""Histories in files: rules of one's own, schedules and groups, and what older files lack."""

import io
import json
import re

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    CheckpointError,
    Module,
    Neuron,
    TargetType,
    binary_cross_entropy,
    fit,
    load,
    moons,
    save,
    without_bias_decay,
    xor,
)
from nn.train.saved_history import UnknownOptimizer

DATA = moons(40, seed=0)


class Lookahead(SGD):
    """A rule of one's own with a setting, a nested state and a number."""

    def __init__(self, learning_rate, pull=0.5):
        super().__init__(learning_rate)
        self.pull = pull

    def rule(self, w, g, state=()):
        slow, (count,) = state or (w, (0,))
        w = w - self.learning_rate * g
        slow = slow + self.pull * (w - slow)
        return slow, (slow, (count + 1,))


class WithArray(SGD):
    def __init__(self, learning_rate):
        super().__init__(learning_rate)
        self.scale = np.ones(21)


def net():
    return MLP(2, [5, 1], "tanh", seed=0)


def numbers(model):
    return [p.data for p in model.parameters()]


def learn(model, epochs=2, **options):
    options = {"batch_size": 7, "seed": 1, "progress": False} | options
    return fit(model, DATA, epochs=epochs, **options)


def through_a_file(folder, model, history):
    save(folder / "a.npz", model, history)
    return load(folder / "a.npz")


OPTIMIZERS = {
    "AdamW": lambda model: AdamW(0.01, weight_decay=0.2),
    "clipped": lambda model: SGD(0.1, clip_norm=0.5, weight_decay=0.1),
    "float32": lambda model: Adam(np.float32(0.01), beta1=np.float64(0.5)),
    "one's own": lambda model: Lookahead(0.1, 0.25),
    "groups": lambda model: without_bias_decay(model, AdamW(0.01)),
}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_training_continues_from_a_file_bit_for_bit(tmp_path, make):
    whole, paused = net(), net()
    straight = learn(whole, 5, optimizer=make(whole))
    first = learn(paused, 2, optimizer=make(paused))
    model, history = through_a_file(tmp_path, paused, first)
    assert type(history.optimizer) is type(first.optimizer)
    more = learn(model, 3, resume=history)
    assert numbers(model) == numbers(whole)
    assert [e.cost for e in more] == [e.cost for e in straight]
    count = (30, 30) if make is OPTIMIZERS["groups"] else 30
    assert more.steps == straight.steps == count


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Adam(lambda step: 0.1 / (1 + step)), "a file cannot hold: learning_rate"),
        (lambda: WithArray(0.1), "a file cannot hold: scale"),
    ],
)
def test_what_a_file_cannot_hold_is_given_again(tmp_path, make, reason):
    whole, paused = net(), net()
    learn(whole, 5, optimizer=make())
    model, history = through_a_file(tmp_path, paused, learn(paused, 2, optimizer=make()))
    assert numbers(model) == numbers(paused)
    with pytest.raises(ValueError, match=re.escape(reason)):
        learn(model, resume=history)
    learn(model, 3, resume=history, optimizer=make())
    assert numbers(model) == numbers(whole)
    with pytest.raises(ValueError, match="whose state does not fit AdamW"):
        learn(model, resume=history, optimizer=AdamW(0.1))


def test_a_rule_that_is_not_defined_where_it_is_loaded(tmp_path, run_python):
    path = tmp_path / "a.npz"
    run_python(f"""
from nn import *
class Mine(SGD):
    def rule(self, w, g, state=()):
        return w - self.learning_rate * g, ()
net = MLP(2, [5, 1], "tanh", seed=0)
save({str(path)!r}, net, fit(net, moons(40, seed=0), optimizer=Mine(0.1), progress=False))
""")
    model, history = load(path)
    assert isinstance(history.optimizer, UnknownOptimizer)
    assert len(history) == 1
    with pytest.raises(ValueError, match=r"Mine, which is not defined here.*optimizer=Mine\(…\)"):
        learn(model, resume=history)
    save(path, model, history)
    assert load(path)[1].optimizer.kind == "__main__.Mine"


def test_everything_of_a_history_comes_back(tmp_path):
    model = net()
    history = learn(model, 9, optimizer=Adam(0.05), validation=DATA, patience=3, targets="label",
                    metrics={"size": lambda outputs, y: len(y)}, train=model.layers[1],
                    on_epoch=lambda epoch: epoch.number == 4)  # fmt: skip
    again = through_a_file(tmp_path, model, history)[1]
    for name in ("epochs", "interrupted", "stopped", "steps", "targets", "best", "model"):
        assert getattr(again, name) == getattr(history, name), name
    assert again.learning == history.learning == ("W2[1,1]", "W2[1,2]", "W2[1,3]", "W2[1,4]",
                                                  "W2[1,5]", "b2[1]")  # fmt: skip
    assert str(again) == str(history)
    assert history.targets == TargetType("label", 0.0)


def test_what_targets_mean_stays_with_the_history():
    model = Neuron.from_arrays([1.0, 0.0], 0.0, "linear")
    data = xor()
    history = fit(model, data, loss=binary_cross_entropy, optimizer=SGD(1e-12), progress=False)
    assert history.targets == TargetType("label", 0.0)
    ones = data[1:3]
    again = fit(model, ones, resume=history, progress=False)
    assert again.targets == history.targets
    assert again[-1].accuracy == 0.5


def test_files_of_format_1_are_read(tmp_path):
    model = net()
    history = learn(model, 2, optimizer=Adam(0.01))
    save(tmp_path / "a.npz", model, history)
    with np.load(tmp_path / "a.npz") as file:
        arrays = {name: file[name] for name in file.files}
    about = json.loads(arrays["about"].tobytes())
    told = about["history"]
    keep = {"epochs": [epoch[:7] for epoch in told["epochs"]], "random": told["random"]}
    settings = {"learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    keep |= {"optimizer": {"kind": "Adam", **settings}, "interrupted": False, "remembers": 3}
    about |= {"gradtrace": 1, "history": keep}
    about.pop("sha256")
    arrays.pop("about")
    from nn.train.checkpoint import _digest

    about["sha256"] = _digest(about, arrays)
    file = io.BytesIO()
    np.savez(file, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **arrays)
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    again, old = load(tmp_path / "a.npz")
    assert old.optimizer == Adam(0.01)
    learn(again, 2, resume=old)
    learn(model, 2, resume=history)
    assert numbers(again) == numbers(model)


class Scaled(MLP):
    def __call__(self, x):
        return super().__call__([v / 255 for v in x])


class Pair(Module):
    def __init__(self, activation="tanh"):
        self.parts = {"a": MLP(2, [3], activation, "tanh"), "b": [Neuron(3, activation)]}

    def __call__(self, x):
        return self.parts["b"][0](self.parts["a"](x))


@pytest.mark.parametrize("make", [lambda: Scaled(2, [3, 1], seed=0), Pair])
def test_models_of_ones_own_are_loaded_into_one_like_them(tmp_path, make):
    model = make()
    save(tmp_path / "a.npz", model)
    kind = type(model).__name__
    with pytest.raises(CheckpointError, match=f"it holds a model of the kind {kind}: write load"):
        load(tmp_path / "a.npz")
    again = make()
    assert load(tmp_path / "a.npz", again)[0] is again
    assert numbers(again) == numbers(model)


def test_weights_for_other_activations_are_refused_with_both(tmp_path):
    save(tmp_path / "a.npz", Pair())
    model = Pair("relu")
    before = numbers(model)
    message = "the activations are tanh, tanh in the file, tanh, relu in the model"
    with pytest.raises(CheckpointError, match=message):
        load(tmp_path / "a.npz", model)
    assert numbers(model) == before
