"""Whole trainings by `fit` are those of PyTorch: rules, decay, clipping, schedules, groups, frozen
layers and weights of examples, in float64 and with the same mini-batches."""

import copy

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Adam,
    AdamW,
    Data,
    Groups,
    Momentum,
    Nesterov,
    binary_cross_entropy,
    cross_entropy,
    fit,
    hinge,
    moons,
    mse,
    one_hot,
    without_bias_decay,
)
from nn.data.batches import batch_indices

pytestmark = pytest.mark.optional("torch")

EPOCHS, SIZE = 12, 7
MOONS = moons(40, seed=0)
BITS = Data(MOONS.x, (MOONS.y + 1) / 2)
THREE = Data(MOONS.x, one_hot(np.arange(40) % 3, 3))


def halved(step):
    return 0.1 * 0.5 ** (step // 20)


def cosine(step):
    return 0.02 * (1 + np.cos(np.pi * step / 72)) / 2


def warm_up(step):
    return 0.05 * min(1.0, step / 10)


class Torch:
    """The same network in PyTorch, and its training."""

    def __init__(self, torch, net, loss):
        self.torch, self.loss = torch, loss
        layers = []
        for layer in net.layers:
            w, b = layer.arrays().values()
            linear = torch.nn.Linear(w.shape[1], w.shape[0], dtype=torch.float64)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(w))
                linear.bias.copy_(torch.from_numpy(b))
            layers += [linear, torch.nn.Tanh()]
        self.net = torch.nn.Sequential(*layers[:-1])

    def train(self, data, optimizer, after_backward=lambda: None, schedule=None, weights=None):
        torch = self.torch
        x, y = torch.from_numpy(data.x.copy()), torch.from_numpy(data.y.copy())
        generator, step = np.random.default_rng(1), 0
        for _ in range(EPOCHS):
            for wanted in batch_indices(len(data), SIZE, generator):
                for group in optimizer.param_groups if schedule else []:
                    group["lr"] = schedule(step)
                optimizer.zero_grad()
                costs = self.loss(torch, self.net(x[wanted]), y[wanted])
                if weights is not None:
                    costs = costs * torch.from_numpy(weights[wanted])
                costs.mean().backward()
                after_backward()
                optimizer.step()
                step += 1
        parts = [p.detach().numpy().ravel() for p in self.net.parameters()]
        return np.concatenate(parts)


LOSSES = {
    mse: lambda torch, a, y: ((a - y) ** 2).mean(dim=1),
    hinge: lambda torch, a, y: torch.relu(1 - a * y).sum(dim=1),
    cross_entropy: lambda torch, a, y: torch.nn.functional.cross_entropy(a, y, reduction="none"),
    binary_cross_entropy: lambda torch, a, y: torch.nn.functional.binary_cross_entropy_with_logits(
        a, y, reduction="none"
    ).sum(dim=1),
}


def check_same(torch, optimizer, theirs, data=MOONS, loss=mse, options=None, **more):
    """Train both, and compare every weight."""
    net = MLP(2, [4, data.y.shape[1]], "tanh", seed=3)
    rival = Torch(torch, net, LOSSES[loss])
    start = np.array([p.data for p in net.parameters()])
    ours = optimizer(net) if callable(optimizer) else copy.deepcopy(optimizer)
    options = {key: value(net) if callable(value) else value for key, value in options.items()}
    fit(
        net,
        data,
        loss=loss,
        optimizer=ours,
        epochs=EPOCHS,
        batch_size=SIZE,
        seed=1,
        progress=False,
        **options,
    )
    after = more.pop("after", None)
    more = more | ({"after_backward": lambda: after(rival)} if after else {})
    wanted = rival.train(data, theirs(rival.net), **more)
    found = np.array([p.data for p in net.parameters()])
    assert np.abs(found - start).max() > 0.01
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


RULES = {
    "SGD": (SGD(0.1), lambda t, net: t.optim.SGD(net.parameters(), lr=0.1)),
    "SGD with decay": (
        SGD(0.1, weight_decay=0.01),
        lambda t, net: t.optim.SGD(net.parameters(), lr=0.1, weight_decay=0.01),
    ),
    "Momentum with decay": (
        Momentum(0.05, 0.8, weight_decay=0.02),
        lambda t, net: t.optim.SGD(net.parameters(), lr=0.05, momentum=0.8, weight_decay=0.02),
    ),
    "Nesterov with decay": (
        Nesterov(0.05, 0.8, weight_decay=0.02),
        lambda t, net: t.optim.SGD(
            net.parameters(), lr=0.05, momentum=0.8, weight_decay=0.02, nesterov=True
        ),
    ),
    "Adam": (Adam(0.02), lambda t, net: t.optim.Adam(net.parameters(), lr=0.02)),
    "Adam with decay": (
        Adam(0.02, weight_decay=0.03),
        lambda t, net: t.optim.Adam(net.parameters(), lr=0.02, weight_decay=0.03),
    ),
    "AdamW": (AdamW(0.02), lambda t, net: t.optim.AdamW(net.parameters(), lr=0.02)),
    "AdamW, 0.2": (
        AdamW(0.02, 0.8, 0.95, weight_decay=0.2),
        lambda t, net: t.optim.AdamW(
            net.parameters(), lr=0.02, betas=(0.8, 0.95), weight_decay=0.2
        ),
    ),
}


@pytest.mark.parametrize(("ours", "theirs"), RULES.values(), ids=RULES)
def test_rules(optional, ours, theirs):
    torch = optional("torch")
    check_same(torch, ours, lambda net: theirs(torch, net), options={})


@pytest.mark.parametrize(
    ("loss", "data"),
    [(hinge, MOONS), (cross_entropy, THREE), (binary_cross_entropy, BITS)],
    ids=["hinge", "cross_entropy", "binary_cross_entropy"],
)
def test_losses(optional, loss, data):
    torch = optional("torch")
    check_same(
        torch,
        AdamW(0.02),
        lambda net: torch.optim.AdamW(net.parameters(), lr=0.02),
        data,
        loss,
        options={},
    )


@pytest.mark.parametrize("schedule", [halved, cosine, warm_up])
@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
def test_schedules(optional, schedule, kind):
    torch = optional("torch")
    ours = {"SGD": SGD, "AdamW": AdamW}[kind](schedule)
    rule = getattr(torch.optim, kind)
    check_same(
        torch, ours, lambda net: rule(net.parameters(), lr=1.0), options={}, schedule=schedule
    )


@pytest.mark.parametrize("limit", [0.01, 0.3, 100.0])
@pytest.mark.parametrize("by", ["norm", "value"])
def test_clipping(optional, limit, by):
    torch = optional("torch")
    clip = getattr(torch.nn.utils, f"clip_grad_{by}_")
    check_same(
        torch,
        Momentum(0.1, **{f"clip_{by}": limit}),
        lambda net: torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9),
        options={},
        after=lambda rival: clip(rival.net.parameters(), limit),
    )


def test_groups_with_one_limit(optional):
    torch = optional("torch")
    check_same(
        torch,
        lambda net: Groups(
            (net.layers[1].parameters(), AdamW(0.01)),
            (net.layers[0].parameters(), AdamW(0.03, 0.7, weight_decay=0.1)),
            clip_norm=0.5,
        ),
        lambda net: torch.optim.AdamW(
            [
                {"params": net[2].parameters()},
                {"params": net[0].parameters(), "lr": 0.03, "betas": (0.7, 0.999)}
                | {"weight_decay": 0.1},
            ],
            lr=0.01,
        ),
        options={},
        after=lambda rival: torch.nn.utils.clip_grad_norm_(rival.net.parameters(), 0.5),
    )


@pytest.mark.parametrize("kind", ["SGD", "AdamW"])
def test_no_decay_of_biases(optional, kind):
    torch = optional("torch")
    rule, ours = getattr(torch.optim, kind), {"SGD": SGD, "AdamW": AdamW}[kind]
    check_same(
        torch,
        lambda net: without_bias_decay(net, ours(0.05, weight_decay=0.1)),
        lambda net: rule(
            [
                {"params": [net[0].weight, net[2].weight], "weight_decay": 0.1},
                {"params": [net[0].bias, net[2].bias], "weight_decay": 0.0},
            ],
            lr=0.05,
        ),
        options={},
    )


def test_frozen_layers(optional):
    torch = optional("torch")
    check_same(
        torch,
        Adam(0.05, clip_norm=0.2),
        lambda net: torch.optim.Adam(net[2].parameters(), lr=0.05),
        options={"train": lambda net: net.layers[-1].parameters()},
        after=lambda rival: torch.nn.utils.clip_grad_norm_(rival.net[2].parameters(), 0.2),
    )


@pytest.mark.parametrize("by", ["sample_weight", "class_weight"])
def test_weights_of_examples(optional, by):
    torch = optional("torch")
    weights = np.where(BITS.y[:, 0] > 0, 3.0, 0.5)
    given = weights if by == "sample_weight" else {0: 0.5, 1: 3.0}
    check_same(
        torch,
        Adam(0.05),
        lambda net: torch.optim.Adam(net.parameters(), lr=0.05),
        BITS,
        binary_cross_entropy,
        options={by: given},
        weights=weights,
    )
