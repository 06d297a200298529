"""The rows looked at show every input and every parameter that is not finite, and are few."""

import numpy as np
import pytest

from autograd import Value, compile, dot, relu, sigmoid, total  # noqa: A004
from autograd.program.finiteness import watched
from autograd.program.instructions import Instruction, Rows
from autograd.program.lower import Code
from nn import MLP, squared_error


def leaves(count, name):
    return [Value(0.1 * (k + 1), f"{name}{k + 1}") for k in range(count)]


def test_of_a_network_one_stretch_of_results_is_looked_at_and_no_weight():
    net, x, y = MLP(30, [8, 8, 3], activation="sigmoid", seed=0), leaves(30, "x"), leaves(3, "y")
    program = compile(squared_error(net(x), y), inputs=x + y)
    (rows,) = program._plan("gradients", True).watched

    assert rows.array == "V"


def test_an_input_that_a_relu_could_hide_is_looked_at_itself():
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile(relu(x) * w, inputs=[x])
    found = program._plan("gradients", True).watched

    assert Rows("X", 0, 1) in found


def test_what_was_in_a_temporary_row_before_is_forgotten():
    t = Rows("T", 0, 2)
    code = Code(rows={"X": 2, "F": 0})
    code.forward = [
        Instruction("add", (Rows("X", 0, 2), 1.0), t),
        Instruction("copy", (0.0,), Rows("T", 1, 2)),
        Instruction("multiply", (t, 2.0), Rows("V", 0, 2)),
    ]

    assert watched(code) == [Rows("X", 0, 2)]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("plan", ["groups", "rows"])
def test_every_single_number_that_is_not_finite_is_found_by_name(force, plan, bad):
    x, w, b = leaves(4, "x"), leaves(6, "w"), leaves(3, "b")
    hidden = [sigmoid(dot(w[2 * k : 2 * k + 2], x[:2], b[k])) for k in range(3)]
    output = total([*hidden, relu(x[2]) * w[0], (x[3] - b[0]) ** 2])
    program = compile(output, inputs=x)
    force(plan)
    program.forward(np.ones((4, 3)))
    for row in range(4):
        columns = np.ones((4, 3))
        columns[row, 1] = bad
        with pytest.raises(ValueError, match=f"example 1: x{row + 1} is"):
            program.forward(columns)
    for k, parameter in enumerate(program.parameters):
        good = program.weights[k]
        program.weights[k] = bad
        with pytest.raises(ValueError, match=f"the weight of {parameter.label} is"):
            program.forward(np.ones((4, 3)))
        program.weights[k] = good
