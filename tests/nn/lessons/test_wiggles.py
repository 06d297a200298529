"""Two parameters wiggled: the changes are those of the cost, in the ratio of the gradients."""

import re

import pytest

from nn import MLP, Data, moons, sensitivities, total_cost, wiggle


def test_the_changes_are_those_of_the_cost_and_close_to_the_gradients():
    model, data = MLP(2, [3, 1], "tanh", seed=0), moons(20, seed=0)
    before = total_cost(model, data)
    gradients = {name: p.grad for name, p in model.named_parameters()}
    found = wiggle(model, data, "W1[1,2]", "b2[1]", 1e-6)
    assert found.cost == pytest.approx(before, rel=1e-12)
    for name, change in zip(found.names, found.changes, strict=True):
        assert change / found.amount == pytest.approx(gradients[name], rel=1e-4)
    expected = abs(gradients["W1[1,2]"] / gradients["b2[1]"])
    assert found.ratio == pytest.approx(expected, rel=1e-4)
    more, less = sorted(found.names, key=lambda name: -abs(gradients[name]))
    assert str(found).endswith(f" more to {more} than to {less}.")
    assert total_cost(model, data) == before
    assert more == sensitivities(model).compare("W1[1,2]", "b2[1]").split()[7]


def test_a_parameter_without_effect_is_said_to_have_none():
    model = MLP.from_arrays([[[1.0, 1.0]]], [[0.0]])
    still = wiggle(model, Data([[0.0, 2.0]], [[1.0]]), "W1[1,2]", "W1[1,1]")
    assert str(still).endswith("The cost reacts to W1[1,2] only.")
    assert still.ratio == float("inf")
    none = MLP.from_arrays([[[1.0, 1.0]]], None)
    found = wiggle(none, Data([[0.0, 0.0]], [[0.0]]), "W1[1,1]", "W1[1,2]")
    assert str(found).endswith("The cost reacts to neither.")


@pytest.mark.parametrize(
    ("first", "amount", "message"),
    [
        ("W9", 0.1, "no parameter is labeled 'W9'"),
        ("b1[1]", 0.1, "two parameters are compared; got 'b1[1]' twice"),
        ("W1[1,1]", 0, "the amount must be a number other than 0; got 0"),
        ("W1[1,1]", "0.1", "the amount must be a number other than 0; got '0.1'"),
    ],
)
def test_what_cannot_be_wiggled_is_refused(first, amount, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        wiggle(MLP(1, [1], seed=0), Data([[1.0]], [[1.0]]), first, "b1[1]", amount)
