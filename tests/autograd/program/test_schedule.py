"""Calls and places: one matrix product per set of shared inputs, blocks of weights, slices."""

import random
from itertools import pairwise

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    dot,
    sigmoid,
    sin,
    tanh,
    total,
)
from autograd.program.instructions import Rows
from nn import MLP, squared_error


def plan(output, inputs, *, grouped=True):
    """Return the plan, and the calls of its schedule."""
    planner = compile(output, inputs=inputs)._runner.planner
    schedule = planner.grouped if grouped else planner.single
    return planner.plan("gradients", grouped=grouped), schedule.calls


def values(count, name):
    return [Value(0.1 * (k + 1), f"{name}{k + 1}") for k in range(count)]


def by_hand(w, x, b):
    return sum((a * c for a, c in zip(w, x, strict=True)), b)


def network(neuron, sizes=(5, 4, 4, 3)):
    x = values(sizes[0], "x")
    a = x
    for n, m in pairwise(sizes):
        rows = [values(n, "w") for _ in range(m)]
        a = [sigmoid(neuron(row, a, b)) for row, b in zip(rows, values(m, "b"), strict=True)]
    y = values(sizes[-1], "y")
    return squared_error(a, y), x + y


@pytest.mark.parametrize("grouped", [True, False], ids=["groups", "rows"])
@pytest.mark.parametrize("neuron", [dot, by_hand], ids=["dot", "by hand"])
def test_a_network_is_one_matrix_product_per_layer(neuron, grouped):
    found, calls = plan(*network(neuron), grouped=grouped)

    assert sum(call.is_product for call in calls) == 3
    products = [i for i in found.forward if i.function == "matmul"]
    assert len(products) == 3


@pytest.mark.parametrize("neuron", [dot, by_hand], ids=["dot", "by hand"])
def test_weights_are_read_where_they_lie(neuron):
    found, _ = plan(*network(neuron))
    every = [*found.prepare, *found.forward, *found.backward, *found.finish]

    assert not {i.function for i in every} & {"take", "copy", "scatter_add"}
    for instruction in found.forward:
        if instruction.function == "matmul":
            block, x = instruction.operands
            assert (block.array, x.array in ("inputs", "values")) == ("shared", True)
            assert block.transposed
    view = Rows("shared", 0, 20, 5).of({"shared": np.arange(40.0).reshape(-1, 1)})
    assert view.base is not None
    assert view.flags.c_contiguous


def test_the_digits_network_in_both_ways_has_the_same_three_products():
    net = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    x, y = values(784, "x"), values(10, "y")
    found, calls = plan(squared_error(net(x), y), x + y)

    assert [c.op.name for c in calls] == [
        *("dot", "sigmoid") * 3,
        "squared_error",
    ]
    assert [i.function for i in found.forward].count("matmul") == 3
    used = [i.function for i in found.backward]
    assert used.count("matmul") == 3 + 2  # all weights; of what they read, not the pixels
    assert [i.out.height for i in found.backward if i.out.array == "input_adjoints"] == []


def test_neurons_on_other_inputs_make_another_product():
    w, x = values(8, "w"), values(4, "x")
    rows = [dot(w[:2], x[:2]), dot(w[2:4], x[:2]), dot(w[4:6], x[2:]), dot(w[6:], x[2:])]
    _, calls = plan(total([tanh(r) for r in rows]), x)

    products = [c for c in calls if c.is_product]
    assert [len(c.members) for c in products] == [2, 2]


def test_weights_that_vary_are_no_matrix_product():
    x = values(4, "x")
    _, calls = plan(dot(x[:2], x[2:]) * Value(2.0, "w"), x)

    assert not any(c.is_product for c in calls)


def test_equal_operations_on_a_level_are_one_call_on_slices():
    x, w = values(6, "x"), Value(0.5, "w")
    found, calls = plan(total([sin(v) for v in reversed(x)]) * w, x)

    call = next(c for c in calls if c.op.name == "sin")
    assert len(call.members) == 6
    assert [i.function for i in found.forward].count("sin") == 1
    assert "take" not in {i.function for i in found.forward}
    assert Rows("inputs", 0, 6) in next(i for i in found.forward if i.function == "sin").operands


def test_rows_have_one_call_per_number():
    x, w = values(6, "x"), Value(0.5, "w")
    found, _ = plan(total([sin(v) for v in x]) * w, x, grouped=False)

    assert [i.function for i in found.forward].count("sin") == 6


def test_what_depends_on_parameters_alone_is_computed_once():
    w, x = values(3, "w"), values(1, "x")
    squares = total([p * p for p in w])
    found, calls = plan(tanh(x[0]) + 0.1 * squares, x)

    assert [c.varies for c in calls] == [False, False, True, True]
    assert len(found.prepare) > 0
    assert all(
        i.out.array in ("shared", "gathered", "shared_slopes", "shared_scratch", "shared_masks")
        for i in found.prepare
    )
    assert all(
        i.out.array in ("shared_adjoints", "shared_scratch", "shared_masks") for i in found.finish
    )
    assert "square" not in {i.function for i in found.forward}


def test_parameters_stand_first_and_products_side_by_side():
    w, b, x = values(4, "w"), values(2, "b"), values(2, "x")
    stray = Value(3.0, "stray")
    out = stray * dot(w[2:], x, b[1]) + dot(w[:2], x, b[0])
    program = compile(out, inputs=x)

    assert program.weights.tolist() == [p.data for p in program.parameters]
    names = [p.label for p in program.parameters]
    assert names[-1] == "stray" or names[0] == "stray"
    assert sorted(names) == ["b1", "b2", "stray", "w1", "w2", "w3", "w4"]


def test_a_sum_over_all_parameters_reads_them_where_they_lie_in_whatever_order_it_was_written():
    net, x, y = MLP(4, [5, 3], activation="tanh", seed=0), values(4, "x"), values(3, "y")
    squares = total([p * p for p in net.parameters()])
    found, _ = plan(squared_error(net(x), y) + 0.1 * squares, x + y)

    assert len(found.prepare) < 8
    assert len(found.finish) < 8


@pytest.mark.parametrize("seed", range(30))
def test_sums_of_products_that_mix_weights_and_inputs_in_any_order(seed):
    rng = random.Random(seed)
    w, v, x, u = (Value(rng.random(), name) for name in "wvxu")
    pool = [w, v, x.sin(), u.sin()]
    sums = [dot(rng.sample(pool, 3), [w, v, rng.choice(pool)]) for _ in range(4)]
    columns = np.random.default_rng(seed).uniform(-1, 1, (2, 5))
    program = compile(total([s.tanh() for s in sums]), [x, u])
    ours = program.forward(columns)
    assert [program.example(k).output.data for k in range(5)] == pytest.approx(ours, rel=1e-14)
