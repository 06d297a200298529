"""A graph of PyTorch is right for other numbers, or a guard says that PyTorch chooses otherwise."""

import random

import pytest

from autograd import Value, from_torch

pytestmark = pytest.mark.optional("torch")

GIVEN = (0.9, -0.35, 0.4)


def functions(torch):
    F = torch.nn.functional  # noqa: N806 - its usual name
    return [
        *(torch.nn.ELU(), torch.nn.SELU(), torch.nn.Hardshrink(), torch.nn.Threshold(0.1, 20.0)),
        *(torch.nn.Softplus(2.0, 0.5), torch.nn.PReLU().double(), torch.nn.ReLU6()),
        lambda x: x.max() * 2,
        lambda x: x.sort()[0][1],
        lambda x: x.topk(2)[0].sum(),
        lambda x: x.median(),
        lambda x: x.cummax(0)[0].prod(),
        lambda x: x[x.argmin()] * 2,
        lambda x: x.mode()[0],
        lambda x: torch.where(x > 0, x, x * x),
        lambda x: x.masked_fill(x.abs() <= 0.5, 2.0),
        lambda x: (x == x.max()) * x,
        *(lambda x, f=f: x * f(x) for f in (torch.floor, torch.round, torch.trunc, torch.sign)),
        lambda x: torch.fmod(x, 0.7) + torch.remainder(x, 0.7) + torch.ceil(x) * x,
        lambda x: torch.copysign(x, x.flip(0)),
        lambda x: torch.atan2(x[0], x[1]) * x[2],
        lambda x: F.max_pool1d(x[None], 2),
        lambda x: F.max_pool2d((x[:, None] * x)[None], 2, 1),
        lambda x: F.adaptive_max_pool1d(x[None], 2),
        lambda x: x * torch.bucketize(x, torch.tensor([-0.5, 0.0, 0.5], dtype=torch.float64)),
        lambda x: F.huber_loss(x, x.flip(0) + 0.2, delta=0.5),
    ]


@pytest.mark.parametrize("k", range(29))
def test_other_numbers_give_what_pytorch_gives_or_are_refused(k):
    import torch

    def tensor(numbers):
        return torch.tensor(numbers, dtype=torch.float64)

    function, rng = functions(torch)[k], random.Random(k)
    weights = tensor([1.0, 0.7, -0.4])  # of the outputs, of which one may be a single number

    def weighted(x):
        found = function(x).reshape(-1)
        return (found * weights.repeat(3)[: len(found)]).sum()

    graph = from_torch(weighted, tensor(GIVEN))
    place = {n.data: n.index for n in graph.nodes if n.op.name == "leaf"}
    inside = 0
    for _ in range(60):
        spread = rng.choice([0.1, 1.5])
        numbers = [x + rng.uniform(-spread, spread) for x in GIVEN]
        leaves = {place[x]: Value(y) for x, y in zip(GIVEN, numbers, strict=True) if x in place}
        try:
            found = graph.record(leaves).data
        except ValueError as error:
            assert "the other branch was never recorded" in str(error)  # noqa: PT017
        else:
            inside += 1
            assert found == pytest.approx(weighted(tensor(numbers)).item(), rel=1e-9)
    assert inside >= 10


@pytest.mark.parametrize(("given", "other"), [(1.2, 0.5), (1.2, 1.5), (2.2, 2.5), (2.2, 1.5)])
@pytest.mark.parametrize("decimals", [0, 1])
def test_round_decides_a_half_as_pytorch_does(given, other, decimals):
    check_steps(lambda x, torch: torch.round(x, decimals=decimals), given, other)
    check_steps(lambda x, torch: torch.round(x, decimals=decimals), 1.22, 1.28)


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("other", [0.0, 1.0, 0.7])
def test_a_number_on_a_boundary_is_in_the_bucket_that_pytorch_says(right, other):
    def bounds(torch):
        return torch.tensor([0.0, 1.0], dtype=torch.float64)

    check_steps(lambda x, torch: torch.bucketize(x, bounds(torch), right=right), 0.5, other)
    check_steps(lambda x, torch: torch.searchsorted(bounds(torch), x, right=right), 0.5, other)


@pytest.mark.parametrize("other", [0.7, 1.0, 1.4, -0.2])
def test_what_is_detached_is_refused_for_other_numbers(other):
    check_steps(lambda x, torch: torch.round(x.detach()), 1.2, other)
    check_steps(lambda x, torch: x.detach() * 3.0, 1.2, other)
    check_steps(lambda x, torch: torch.where((x * 2).detach() > 1, x, -x), 1.2, other)


def check_steps(step, given, other):
    """Check that x·step(x), recorded at one number, is right or refused at the other."""
    import torch

    def tensor(number):
        return torch.tensor([number], dtype=torch.float64)

    def function(x):
        return (x * step(x, torch) + x).sum()

    graph = from_torch(function, tensor(given))
    leaf = next(n.index for n in graph.nodes if n.op.name == "leaf")
    try:
        found = graph.record({leaf: Value(other)}).data
    except ValueError as error:
        assert "the other branch was never recorded" in str(error)  # noqa: PT017
    else:
        assert found == pytest.approx(function(tensor(other)).item(), rel=1e-12)
