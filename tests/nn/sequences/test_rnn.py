"""The recurrent network against NumPy, and its steps as blocks."""

import numpy as np
import pytest

from autograd import Graph, total
from nn import RNN


def test_the_outputs_are_those_of_the_equations():
    rnn = RNN(2, 3, 1, seed=0)
    xs = [[0.5, -1.0], [0.1, 0.2], [0.0, 2.0]]
    a = rnn.arrays()
    h = np.zeros(3)
    for x, (y,) in zip(xs, rnn(xs), strict=True):
        h = np.tanh(a["W"] @ x + a["U"] @ h + a["b"])
        assert y.data == pytest.approx((a["V"] @ h + a["c"])[0], abs=1e-14)


def test_each_step_is_a_block_and_the_gradient_goes_through_all_of_them():
    rnn = RNN(1, 2, 1, seed=0)
    outputs = rnn([[1.0], [0.0], [0.0]])
    graph = Graph.of(outputs[-1][0])
    assert {node.block for node in graph.nodes if node.parents} == {
        ("step 1",), ("step 2",), ("step 3",),
    }  # fmt: skip
    total(y for (y,) in outputs).backward()
    assert all(w.grad for w in rnn.W.flat)
