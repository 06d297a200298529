"""What happens while `fit` runs: callbacks, metrics, patience, and how nothing is lost."""

import copy
import math
import pickle
import threading

import numpy as np
import pytest

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Batch,
    Data,
    Layer,
    Module,
    Momentum,
    Neuron,
    binary_cross_entropy,
    fit,
    hinge,
    load,
    moons,
    save,
    squared_error,
    total_cost,
    xor,
)

MOONS, UNSEEN = moons(60, seed=0), moons(60, seed=1)


def net():
    return MLP(2, [5, 1], "tanh", seed=0)


def numbers(model):
    return [p.data for p in model.parameters()]


def run(model, data=MOONS, **options):
    options = {"optimizer": Adam(0.02), "batch_size": 16, "seed": 3, "progress": False} | options
    return fit(model, data, loss=options.pop("loss", hinge), **options)


# --- callbacks ------------------------------------------------------------------------------------


def test_callbacks_are_told_every_batch_and_every_epoch():
    batches, epochs = [], []
    history = run(net(), epochs=2, on_batch=batches.append, on_epoch=epochs.append)
    assert [b[:3] for b in batches] == [(e, k, n) for e in (1, 2) for k, n in enumerate(
        [16, 16, 16, 12], start=1)]  # fmt: skip
    assert isinstance(batches[0], Batch)
    assert epochs == history.epochs
    cost = sum(b.cost * b.examples for b in batches[:4]) / 60
    assert history[0].cost == pytest.approx(cost, rel=1e-12)


def test_callbacks_see_the_parameters_and_change_nothing_by_looking():
    seen, model, alone = [], net(), net()
    run(model, epochs=2, on_batch=lambda _: seen.append(numbers(model)), on_epoch=print)
    run(alone, epochs=2)
    assert seen[-1] == numbers(model) == numbers(alone)
    assert len({tuple(each) for each in seen}) == 8


def test_a_callback_may_change_parameters():
    model = net()

    def bound(_):
        for p in model.parameters():
            p.data = max(-0.3, min(0.3, p.data))

    run(model, epochs=5, optimizer=SGD(0.5), on_batch=bound)
    assert max(map(abs, numbers(model))) <= 0.3


def test_a_callback_ends_the_training_by_returning_true():
    history = run(net(), epochs=9, on_epoch=lambda epoch: epoch.number == 3)
    assert (len(history), history.stopped, history.interrupted) == (
        3,
        "on_epoch returned True",
        False,
    )
    history = run(net(), epochs=9, on_batch=lambda batch: batch.number == 2)
    assert (len(history), history[0].examples, history.interrupted) == (1, 32, True)
    assert "on_batch returned True" in str(history)


def test_an_error_in_a_callback_loses_nothing():
    def fail(epoch):
        if epoch.number == 3:
            raise RuntimeError("no space left for notes")

    model, same = net(), net()
    with pytest.raises(RuntimeError) as caught:
        run(model, epochs=9, on_epoch=fail)
    history = caught.value.history
    assert (len(history), history.stopped) == (3, "RuntimeError: no space left for notes")
    more = run(model, epochs=2, optimizer=None, resume=history)
    whole = run(same, epochs=5)
    assert numbers(model) == numbers(same)
    assert [e.cost for e in more] == [e.cost for e in whole]


def test_callbacks_run_under_the_callers_error_state():
    states = []
    with np.errstate(all="raise"):
        run(net(), on_epoch=lambda _: states.append(np.geterr()))
        assert states == [np.geterr()]


# --- metrics --------------------------------------------------------------------------------------


def mean_error(outputs, y):
    return np.abs(outputs - y).mean()


def test_metrics_of_ones_own_are_measured_over_all_examples():
    model = net()
    history = run(
        model,
        epochs=2,
        optimizer=SGD(1e-12),
        validation=UNSEEN,
        metrics={"error": mean_error, "first": lambda outputs, y: y[0, 0]},
    )
    errors = [np.mean([abs(model(x)[0].data - y[0]) for x, y in data]) for data in (MOONS, UNSEEN)]
    found = history[-1].metrics
    assert list(found) == ["error", "first", "validation error", "validation first"]
    assert [found["error"], found["validation error"]] == pytest.approx(errors, rel=1e-6)
    assert found["validation first"] == UNSEEN.y[0, 0]
    assert "error" in str(history).split("\n")[0]
    assert "validation error" in str(history[-1])


def test_metrics_are_saved(tmp_path):
    model = net()
    history = run(model, metrics={"error": mean_error})
    save(tmp_path / "a.npz", model, history)
    assert load(tmp_path / "a.npz")[1].epochs == history.epochs


# --- patience -------------------------------------------------------------------------------------


def test_patience_ends_the_training_with_the_best_weights():
    costs, weights, model = [], [], MLP(2, [30, 1], "tanh", seed=0)
    small, few = moons(12, noise=0.4, seed=0), moons(200, noise=0.4, seed=2)

    def note(epoch):
        costs.append(epoch.validation_cost)
        weights.append(numbers(model))

    history = run(model, small, loss=squared_error, epochs=500, validation=few, patience=7,
                  optimizer=Adam(0.05), on_epoch=note)  # fmt: skip
    best = int(np.argmin(costs))
    assert history.best == best + 1
    assert len(history) == best + 1 + 7
    assert history.stopped == "no lower validation cost in 7 epochs"
    assert numbers(model) == weights[best]
    assert total_cost(model, few, squared_error) == pytest.approx(min(costs), rel=1e-12)
    assert f"weights of epoch {best + 1}, the best" in str(history)


def test_patience_that_is_never_used_up_also_gives_the_best():
    costs, model = [], net()
    run(model, epochs=4, optimizer=SGD(0.9), validation=UNSEEN, patience=99,
        on_epoch=lambda epoch: costs.append(epoch.validation_cost))  # fmt: skip
    assert total_cost(model, UNSEEN, hinge) == pytest.approx(min(costs), rel=1e-12)


@pytest.mark.parametrize("optimizer", [Adam(0.05), Momentum(0.1, 0.5)], ids=["Adam", "Momentum"])
@pytest.mark.parametrize("ending", ["whole", "stopped", "killed"])
def test_the_best_weights_outlive_a_pause_and_are_in_the_checkpoint(tmp_path, ending, optimizer):
    model, reference, file = net(), net(), tmp_path / "a.npz"
    noisy = moons(20, noise=0.6, seed=52)  # so that an early epoch is the best
    options = {"validation": noisy, "patience": 9, "seed": 4}
    whole = run(reference, epochs=9, optimizer=copy.deepcopy(optimizer), **options)

    def stop(epoch):
        if ending == "killed" and epoch.number == 8:
            raise RuntimeError("power cut")
        return ending == "stopped" and epoch.number == 8

    options |= {"checkpoint": file, "on_epoch": stop, "epochs": 9}
    options["optimizer"] = copy.deepcopy(optimizer)
    if ending == "killed":
        with pytest.raises(RuntimeError) as caught:
            run(model, **options)
        history = caught.value.history
        assert f"epoch {history.best} was the best; the model has later weights" in str(history)
        history.epochs[history.best :] = []
        assert f"the model has the weights of epoch {history.best}, the best" in str(history)
    else:
        history = run(model, **options)
        assert f"weights of epoch {history.best}, the best" in str(history)
        assert numbers(load(file)[0]) == numbers(model)
    loaded, saved = load(file)
    if ending == "killed":  # the file continues as if there had been no pause
        assert "the model has later weights" in str(saved)
        options |= {"resume": saved, "epochs": 2, "on_epoch": None, "optimizer": None}
        saved = run(loaded, **options)
        assert [e.cost for e in saved] == [e.cost for e in whole]
    assert 1 < saved.best == whole.best < 8
    assert numbers(loaded) == numbers(reference)
    assert np.array_equal(saved.state[0], whole.state[0])
    assert saved.steps == whole.steps


def test_a_validation_cost_of_0_stays_the_best_after_a_pause():
    model, far = Neuron.from_arrays([1.5], 0.0, "linear"), Data([[1.0], [-1.0]], [[1.0], [-1.0]])
    wrong = Data([[0.5], [-0.5]], [[-1.0], [1.0]])
    options = {"validation": far, "patience": 9, "optimizer": SGD(3.0)}
    history = run(model, wrong, epochs=1, **options | {"optimizer": SGD(0.1)})
    assert history[0].validation_cost == 0
    history = run(model, wrong, resume=history, epochs=3, **options)
    assert history[-1].validation_cost > 0
    assert history.best == 1
    assert total_cost(model, far, hinge) == 0


# --- nothing is lost ------------------------------------------------------------------------------


class Explodes(Module):
    """exp(w x), whose cost overflows after some steps uphill."""

    def __init__(self):
        self.w = Value(1.0, "w")

    def __call__(self, x):
        return (self.w * x[0]).exp()


def uphill(outputs, targets):
    return -outputs[0] + 0.0 * targets[0]


@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("optimizer", [SGD(1.0), Momentum(1.0), Adam(50.0)])
def test_a_training_that_diverges_keeps_its_history_and_the_last_good_weights(size, optimizer):
    model, data = Explodes(), Data(np.ones((4, 1)), np.zeros((4, 1)))
    rule = copy.deepcopy(optimizer)
    with pytest.raises((ArithmeticError, ValueError), match=r"exp|gradient|weight") as caught:
        run(model, data, loss=uphill, optimizer=rule, epochs=99, batch_size=size)
    history = caught.value.history
    assert history.interrupted or size == 4
    assert history.stopped.startswith(type(caught.value).__name__)
    assert all(math.isfinite(epoch.cost) for epoch in history)
    assert math.isfinite(model.w.data)
    assert model.w.data > 1.0
    assert math.isfinite(total_cost(model, data, uphill))
    if not isinstance(rule, Adam):  # the squares of such gradients overflow in Adam
        cost = lambda o, t: o[0] + 0 * t[0]  # noqa: E731
        rule = type(rule)(1e-300)
        further = fit(model, data, loss=cost, optimizer=rule, resume=history, progress=False)
        assert len(further) == len(history) + 1


class InPlace(Momentum):
    """A rule of one's own, which changes its state in place."""

    def rule(self, w, g, state=()):
        (velocity,) = state or (np.zeros_like(g),)
        velocity *= self.momentum
        velocity += g
        return w - self.learning_rate * velocity, (velocity,)


@pytest.mark.parametrize("size", [1, 4])
def test_a_state_that_a_rule_changes_in_place_is_restored_too(size):
    kept = []
    for rule in (Momentum(1.0), InPlace(1.0)):
        model, data = Explodes(), Data(np.ones((4, 1)), np.zeros((4, 1)))
        with pytest.raises((ArithmeticError, ValueError)) as caught:
            run(model, data, loss=uphill, optimizer=rule, epochs=99, batch_size=size)
        kept.append((model.w.data, caught.value.history.state, caught.value.history.steps))
    assert kept[0] == kept[1]


def test_weights_that_overflow_in_the_last_step_are_taken_back():
    model = Neuron.from_arrays([1.0], 0.0, "linear")
    with pytest.raises(OverflowError, match="after a step the weight of w1 is") as caught:
        fit(model, Data([[1.0]], [[0.0]]), optimizer=SGD(1e308), progress=False)
    assert [p.data for p in model.parameters()] == [1.0, 0.0]
    assert len(caught.value.history) == 1


def test_an_overflow_in_the_validation_keeps_what_was_learned():
    model, start = Explodes(), Explodes()
    data = Data([[1.0]], [[0.0]])
    with pytest.raises(ArithmeticError) as caught:
        run(model, data, loss=uphill, optimizer=SGD(0.1), validation=Data([[1e6]], [[0.0]]))
    assert model.w.data > start.w.data
    assert len(caught.value.history) == 1


def test_an_error_before_the_first_epoch_moves_nothing():
    model = net()
    with pytest.raises(ValueError, match="patience needs"):
        run(model, patience=1)
    assert numbers(model) == numbers(net())


def test_tied_weights_learn_once_and_count_once():
    class Twice(Module):
        def __init__(self):
            self.first = Layer(2, 2, "tanh", 0)
            self.second = self.first
            self.out = Layer(2, 1, "linear", 1)

        def __call__(self, x):
            return self.out(self.second(self.first(x)))

    for optimizer in (SGD(0.1), Momentum(0.1), Adam(0.1)):
        model, by_hand, rule = Twice(), Twice(), copy.deepcopy(optimizer)
        run(model, xor(), loss=squared_error, optimizer=optimizer, epochs=3, batch_size=4)
        for _ in range(3):
            by_hand.zero_grad()
            (sum(squared_error(by_hand(x), y) for x, y in xor()) / 4).backward()
            rule.step(by_hand.parameters())
        np.testing.assert_allclose(numbers(model), numbers(by_hand), rtol=1e-11)
        assert len(numbers(model)) == 9


def test_networks_histories_and_optimizers_go_through_pickle_and_on():
    model, same = net(), net()
    rule = Adam(0.02)
    history = run(model, epochs=2, optimizer=rule)
    again, history, rule = pickle.loads(pickle.dumps((model, history, rule)))
    run(again, epochs=3, optimizer=None, resume=history)
    run(same, epochs=5)
    assert numbers(again) == numbers(same)
    copied, rule = copy.deepcopy((again, rule))
    run(copied, optimizer=rule)


def test_one_network_learns_in_another_process(run_python):
    source = """
import pickle, concurrent.futures as c, multiprocessing as m
from nn import *
def learn(net):
    fit(net, moons(30, seed=0), optimizer=Adam(0.01), seed=0, progress=False)
    return net
if __name__ == "__main__":
    net = MLP(2, [3, 1], seed=0)
    with c.ProcessPoolExecutor(1, m.get_context("fork")) as pool:
        there = pool.submit(learn, net).result()
    here = learn(net)
    print([p.data for p in here.parameters()] == [p.data for p in there.parameters()])
"""
    assert run_python(source).strip() == "True"


def test_threads_train_side_by_side():
    found = []

    def work(seed):
        model = MLP(2, [5, 1], "tanh", seed=seed)
        run(model, epochs=3)
        found.append((seed, numbers(model)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = net()
    run(alone, epochs=3)
    assert dict(found)[0] == numbers(alone)


def test_the_garbage_collector_is_as_it_was(run_python):
    source = """
import gc
from nn import *
def fails(outputs, targets):
    raise RuntimeError
for state in (gc.enable, gc.disable):
    state()
    before = gc.isenabled()
    fit(MLP(2, [1]), xor(), optimizer=SGD(0.1), progress=False)
    assert gc.isenabled() is before
    try:
        fit(MLP(2, [1]), xor(), loss=fails, optimizer=SGD(0.1), progress=False)
    except RuntimeError:
        print(gc.isenabled() is before)
"""
    assert run_python(source).split() == ["True", "True"]


def test_the_callers_error_state_of_numpy_breaks_nothing():
    data = Data([[1e-160], [2e-160]], [[1e-160], [0.0]])
    with np.errstate(all="raise"):
        run(Neuron(1, "sigmoid", seed=0), data, loss=squared_error, epochs=20, validation=data)
        run(net(), xor(), loss=binary_cross_entropy, optimizer=SGD(50.0), epochs=20, l2=1e-6)
        assert math.isfinite(total_cost(net(), MOONS, hinge))
