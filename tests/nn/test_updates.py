"""Rules of one's own: the order and the names they see, and that what they are given is theirs."""

import re

import numpy as np
import pytest

from autograd import Value
from nn import MLP, SGD, Data, Groups, Layer, Module, Momentum, fit, squared_error, xor

DRAW = np.random.default_rng(0)


class Reversed(Module):
    """A model whose program has its parameters in another order than its attributes."""

    def __init__(self):
        self.out, self.hidden = Layer(3, 1, "linear", 1), Layer(2, 3, "tanh", 0)

    def __call__(self, x):
        return self.out(self.hidden(x))


class Bare(Module):
    """A model of bare Values in lists, used in another order than they were made."""

    def __init__(self):
        self.b, self.w = Value(0.1), [Value(0.2), Value(0.3)]

    def __call__(self, x):
        return self.w[1] * x[1] + (self.w[0] * x[0]).tanh() + self.b


MODELS = {
    "MLP": lambda: MLP(2, [3, 1], "tanh", seed=0),
    "Reversed": Reversed,
    "Bare": Bare,
    "in another": lambda: Around(MLP(2, [3, 1], "tanh", seed=0)),
}
every_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


class Around(Module):
    def __init__(self, inner):
        self.gain, self.inner = Value(0.5), inner

    def __call__(self, x):
        return [self.gain * a for a in self.inner(x)]


class Recording(SGD):
    """Plain descent that keeps what it was given."""

    def rule(self, w, g, state=(), names=()):
        self.seen = names, w.copy(), g.copy()
        return w - self.learning_rate * g, ()


def by_hand(model, data):
    """Return the gradient of the average cost, in the order of `named_parameters`."""
    model.zero_grad()
    costs = [squared_error(model(x), y) for x, y in data]
    (sum(costs) / len(costs)).backward()
    return [p.grad for p in model.parameters()]


@every_model
def test_fit_and_step_give_parameters_in_the_order_of_their_names(make):
    model, rule = make(), Recording(0.1)
    w, g = [p.data for p in model.parameters()], by_hand(model, xor())
    names = tuple(name for name, _ in model.named_parameters())
    fit(model, xor(), optimizer=rule, batch_size=4, progress=False)
    assert rule.seen[0] == names
    assert rule.seen[1].tolist() == w
    np.testing.assert_allclose(rule.seen[2], g, rtol=1e-12)
    by_hand(model, xor())
    stepped = Recording(0.1)
    stepped.step(model.named_parameters())
    assert stepped.seen[0] == names
    assert stepped.seen[2].tolist() == [p.grad for p in model.parameters()]


@every_model
@pytest.mark.parametrize("which", [0, -1])
def test_a_mask_falls_on_the_weights_it_names(make, which):
    model = make()
    wanted = model.named_parameters()[which][0]

    class Masked(SGD):
        def rule(self, w, g, state=(), names=()):
            return w - self.learning_rate * g * [name == wanted for name in names], ()

    before = [p.data for p in model.parameters()]
    fit(model, xor(), optimizer=Masked(0.1), epochs=3, batch_size=3, seed=0, progress=False)
    moved = [
        name
        for (name, p), was in zip(model.named_parameters(), before, strict=True)
        if p.data != was
    ]
    assert moved == [wanted]


class Heavy(SGD):
    """Momentum that keeps the gradient it was given, without a copy."""

    def rule(self, w, g, state=()):
        v = 0.9 * state[0] + g if state else g
        return w - self.learning_rate * v, (v,)


class InPlace(SGD):
    """Momentum that changes everything in place."""

    def rule(self, w, g, state=()):
        v = state[0] if state else np.zeros_like(g)
        v *= 0.9
        v += g
        w -= self.learning_rate * v
        g[:] = np.nan
        return w, (v,)


def trained(optimizer, make=MODELS["MLP"], epochs=3, resume=None):
    net = make()
    first = fit(
        net, xor(), optimizer=optimizer, epochs=epochs, batch_size=2, seed=0, progress=False
    )
    fit(net, xor(), resume=first, epochs=2, batch_size=2, progress=False)
    fit(net, xor(), resume=first, epochs=2, batch_size=2, progress=False)
    return np.array([p.data for p in net.parameters()])


@every_model
@pytest.mark.parametrize("kind", [Heavy, InPlace])
def test_a_rule_may_keep_or_change_what_it_is_given(make, kind):
    ours, theirs = trained(kind(0.05), make), trained(Momentum(0.05, 0.9), make)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_a_rule_in_step_receives_copies_too():
    w = [Value(1.0, "a"), Value(2.0, "b")]
    heavy, momentum = Heavy(0.1), Momentum(0.1, 0.9)
    twins = [Value(1.0, "a"), Value(2.0, "b")]
    for gradient in (1.0, -2.0, 0.5):
        for value in (*w, *twins):
            value.grad = gradient
        heavy.step(w)
        momentum.step(twins)
    assert [v.data for v in w] == pytest.approx([v.data for v in twins], rel=1e-12)


@pytest.mark.parametrize(
    ("returns", "error", "message"),
    [
        (lambda w: w, TypeError, "Own.rule returns (w, state), where state is a tuple"),
        (lambda w: (w, [1.0]), TypeError, "where state is a tuple of numbers and arrays"),
        (lambda w: (w[:2], ()), ValueError, "returns a w of the shape it was given, (13,); got"),
        (lambda w: (0.0, ()), ValueError, "got shape ()"),
        (lambda w: None, TypeError, "got None"),
    ],
)
def test_what_a_rule_returns_is_checked_and_nothing_moves(returns, error, message):
    class Own(SGD):
        def rule(self, w, g, state=()):
            return returns(w)

    net = MLP(2, [3, 1], seed=0)
    before = [p.data for p in net.parameters()]
    with pytest.raises(error, match=re.escape(message)):
        fit(net, xor(), optimizer=Own(0.1), progress=False)
    assert [p.data for p in net.parameters()] == before


def test_a_rule_of_ones_own_in_a_group_sees_its_own_parameters():
    model, rule = Reversed(), Recording(0.1)
    groups = Groups((model.hidden, rule), (model.out, SGD(0.1)))
    data = Data(DRAW.normal(size=(6, 2)), DRAW.normal(size=(6, 1)))
    names = tuple(name for name, _ in model.named_parameters() if name.startswith("hidden"))
    gradient = dict(
        zip([n for n, _ in model.named_parameters()], by_hand(model, data), strict=True)
    )
    fit(model, data, optimizer=groups, batch_size=6, progress=False)
    assert rule.seen[0] == names
    np.testing.assert_allclose(rule.seen[2], [gradient[name] for name in names], rtol=1e-12)
