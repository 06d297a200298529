"""The history and how a training shows itself: by tqdm, by lines, or not at all."""

import sys

import pytest

from nn import SGD, Epoch, History, Neuron, fit, moons, xor

EPOCH = Epoch(3, 0.25, 0.5, 0.125, 0.75, 1000, 0.5)


def test_an_epoch_is_one_readable_line():
    assert str(EPOCH) == ("epoch 3: cost 0.25, accuracy 50.0%, validation 75.0%, 2,000 examples/s")
    assert str(Epoch(1, 2.0, None, None, None, 10, 0.0)) == "epoch 1: cost 2, 0 examples/s"


def test_a_history_is_a_table():
    history = History(SGD(0.1), [EPOCH, Epoch(4, 0.125, None, None, None, 1000, 0.25)])
    assert str(history).split("\n") == [
        "  epoch  cost   accuracy  validation cost  accuracy  seconds",
        "  3      0.25   50.00%    0.125            75.00%    0.5",
        "  4      0.125                                       0.25",
    ]
    assert [epoch.number for epoch in history] == [3, 4]
    assert (len(history), history[0]) == (2, EPOCH)


def learn(**options):
    return fit(Neuron(2, seed=0), xor(), optimizer=SGD(0.1), epochs=3, **options)


def test_silence_is_silent(capfd):
    learn(progress=False)
    assert capfd.readouterr() == ("", "")


def test_without_tqdm_each_epoch_is_a_plain_line(capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    learn(validation=moons(10, seed=0))
    out, err = capfd.readouterr()
    assert out == ""
    lines = err.strip().split("\n")
    assert [line.split(":")[0] for line in lines] == ["epoch 1", "epoch 2", "epoch 3"]
    assert all("cost" in line and "examples/s" in line for line in lines)


@pytest.mark.optional("tqdm")
def test_with_tqdm_one_bar_shows_cost_accuracy_and_speed(capfd):
    learn()
    out, err = capfd.readouterr()
    assert out == ""
    last = err.strip().split("\r")[-1]
    assert "epoch 3/3: 100%" in last
    assert "12.0/12.0" in last
    for word in ("cost=", "accuracy=", "examples/s"):
        assert word in last


@pytest.mark.optional("tqdm")
def test_a_resumed_training_counts_its_own_examples(capfd):
    history = learn(progress=False)
    fit(Neuron(2, seed=0), xor(), epochs=2, resume=history)
    assert "epoch 5/5: 100%" in capfd.readouterr().err
