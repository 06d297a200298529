"""Parameters go to PyTorch and come back, with its names."""

import numpy as np
import pytest

from nn import GPT, MLP, load_state_dict, state_dict

pytestmark = pytest.mark.optional("torch")


@pytest.fixture
def torch(optional):
    return optional("torch")


def test_an_mlp_is_a_sequential_of_pytorch(torch):
    net = MLP(3, [4, 2], activation="tanh", seed=0)
    state = state_dict(net)
    assert list(state) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    theirs.double().load_state_dict(state)
    x = [0.5, -1.0, 2.0]
    expected = theirs(torch.tensor(x, dtype=torch.float64)).tolist()
    assert [y.data for y in net(x)] == pytest.approx(expected, abs=1e-14)


def test_a_state_dict_is_loaded_by_its_order(torch):
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    net = MLP(3, [4, 2], activation="relu", seed=0)
    load_state_dict(net, theirs.state_dict())
    x = [0.5, -1.0, 2.0]
    expected = theirs.double()(torch.tensor(x, dtype=torch.float64)).tolist()
    assert [y.data for y in net(x)] == pytest.approx(expected, abs=1e-14)


def test_other_modules_keep_their_names_and_come_back_equal(torch):
    gpt, other = (GPT("abc", context=4, size=4, heads=2, seed=seed) for seed in (0, 1))
    load_state_dict(other, state_dict(gpt))
    assert all(np.array_equal(a, other.arrays()[name]) for name, a in gpt.arrays().items())


def test_what_does_not_fit_is_named(torch):
    net = MLP(3, [4, 2], seed=0)
    with pytest.raises(ValueError, match=r"W1 has shape \(4, 3\), and 0.weight"):
        load_state_dict(net, state_dict(MLP(2, [4, 2], seed=0)))
    with pytest.raises(ValueError, match=r"the module has 4 arrays .* the state_dict 2"):
        load_state_dict(net, state_dict(MLP(3, [4], seed=0)))
