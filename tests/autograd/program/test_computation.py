"""What is read from a graph before it is planned."""

from bisect import bisect

import numpy as np
import pytest

from autograd import Value, compile  # noqa: A004
from autograd.engine.kept_guards import own_guards
from autograd.program.computation import read_computation


def test_leaves_are_inputs_or_parameters_and_each_knows_its_node():
    w, b, x, unused = Value(2.0, "w"), Value(1.0, "b"), Value(3.0, "x"), Value(0.0, "unused")
    y = w * x
    found = read_computation(y + b, [x, unused], keep=[y])

    labels = [node.label for node in found.graph.nodes]
    assert [labels[k] for k in found.parameter_nodes] == [p.label for p in found.parameters]
    assert sorted(p.label for p in found.parameters) == ["b", "w"]
    assert labels[found.input_nodes[0]] == "x"
    assert found.describe_unused() == " (the output does not depend on unused)"
    assert found.kept == 1


def test_what_guards_compare_is_among_the_roots():
    x, w = Value(3.0, "x"), Value(2.0, "w")
    assert x * 2 > w
    found = read_computation(w * x, [x])

    names = [found.graph.nodes[k].name for k in found.guarded]
    assert "w" in names
    assert len(names) == 2
    assert len(found.planner.roots) == 1 + len(names)


def test_a_leaf_that_only_a_guard_compares_is_a_constant():
    x, w, best = Value(1.0, "x"), Value(2.0, "w"), Value(100.0, "best")
    loss = (x * w - 1).square()
    assert loss < best
    program = compile(loss, [x])
    assert program.parameters == [w]
    assert program.value_and_grad([[3.0]])[1].tolist() == [30.0]
    assert program.holds([[3.0, 30.0]]).tolist() == [True, False]


def count_additions(x, w, t):
    total = x * w
    for _ in range(8):
        if total - t > 10:
            break
        total = total + x
    return total


def apply_nested(a, t):
    def is_large(b):
        return b - t > 0

    return a * 2 if is_large(a) else a


def match_number(x, w, t):
    match x * w - t:
        case 2.5:
            return x * w
        case _:
            return w * x * x


# Each compares a number that was computed from x, from w, and from t, which is no input.
MIXED = [
    lambda x, w, t: x * w if x * w - t > 0 else w,
    lambda x, w, t: x * w if not 0 >= x * w - t else w,  # noqa: SIM300
    lambda x, w, t: x * w if t - x * w <= 0 else w,
    lambda x, w, t: x * w if bool(x * w - t >= 0) else w,
    lambda x, w, t: x * w if 2.5 in [x * w - t] else w * 2,
    lambda x, w, t: x * w if x * w - t == 2.5 else w * 2,
    lambda x, w, t: x * w if abs(x * w - t) > 1 else w,
    lambda x, w, t: x * w if x * w - t > t * t - x else w,
    lambda x, w, t: x * w if (x * w - t > 0) & (x + t > 0) else w,
    lambda x, w, t: x * w if 0 < x * w - t < 100 else w,
    lambda x, w, t: x * w if any(z > 0 for z in [x * w - t, t - 9]) else w,
    lambda x, w, t: x * w if w - t > 0 else w,
    lambda x, w, t: w * (max(x - t, w) is w) + x,
    lambda x, w, t: w * (min([w * x, x - t]).parents[0] is w) + x,
    lambda x, w, t: w * [v.parents[0] for v in sorted([w * x, x - t])].index(w) + x,
    lambda x, w, t: w * np.array([w * x, x - t]).argmax() + x,
    lambda x, w, t: w * bisect([0.0, 5.0], x * w - t) + x,
    lambda x, w, t: apply_nested(x * w, t),
    count_additions,
    match_number,
]


@pytest.mark.parametrize("choose", MIXED, ids=range(len(MIXED)))
@pytest.mark.parametrize("sweeps", [0, 3])
def test_a_leaf_that_is_no_input_is_a_constant_of_what_is_compared(choose, sweeps):
    x, w, t = Value(2.0, "x"), Value(1.5, "w"), Value(0.5, "t")
    output = choose(x, w, t)
    for _ in range(sweeps):
        output.backward()
    program = compile(output, inputs=[x])
    computed = 0
    for number in np.linspace(-6, 6, 25):
        for weight in (1.5, 0.2, -1.5):
            program.weights[program.parameters.index(w)] = weight
            with own_guards():
                wanted = choose(Value(number), Value(weight), t).data
            try:
                (found,) = program.forward([[number]])
            except ValueError as error:
                assert "Every example is compared with t = 0.5" in str(error)  # noqa: PT017
            else:
                computed += 1
                assert found == pytest.approx(wanted, abs=1e-12)
    assert 0 < computed < 75
