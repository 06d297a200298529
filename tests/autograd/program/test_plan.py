"""A plan is frozen data: every number has a row, and the roots say where results are."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from autograd import Value, compile, tanh  # noqa: A004 - its name, as re.compile has it
from autograd.program.binding import Views, bind
from autograd.program.instructions import MASKS, SHARED, Location
from autograd.program.plan import Comment
from nn import MLP, squared_error


def network():
    net = MLP(3, [4, 2], "relu", "sigmoid", seed=0)
    x, y = [Value(0.1) for _ in range(3)], [Value(0.0) for _ in range(2)]
    return compile(squared_error(net(x), y), inputs=x + y)


def test_a_plan_cannot_be_changed():
    plan = network().plan
    with pytest.raises(FrozenInstanceError):
        plan.rows = {}
    assert all(isinstance(section, tuple) for section in plan.sections.values())


def test_an_engine_of_ten_lines_carries_a_plan_out():
    """The instructions, on arrays with all rows, give what the program gives."""
    program, columns = network(), np.random.default_rng(0).normal(size=(5, 6))
    plan = program.plan
    arrays = {"inputs": columns}
    for array in {*plan.rows, "adjoints", "shared_adjoints"}:
        rows = plan.rows.get(array, plan.rows[{"adjoints": "values"}.get(array, "shared")])
        kind = bool if array in MASKS else float
        arrays.setdefault(array, np.zeros((rows, 1 if array in SHARED else 6), kind))
    arrays["shared"][: len(plan.parameters), 0] = program.weights
    arrays["adjoints"][plan.seed.start] = 1.0
    for instructions in plan.sections.values():
        for instruction in instructions:
            bind(instruction, Views(arrays))()
    _, gradients = program.value_and_grad(columns, "sum")
    output = plan.roots[0]

    np.testing.assert_allclose(arrays[output.array][output.row], program.outputs, rtol=1e-15)
    found = arrays["shared_adjoints"][: len(plan.parameters), 0]
    np.testing.assert_allclose(found, gradients, rtol=1e-13)


def test_the_order_of_inputs_and_parameters_is_in_nodes_of_the_graph():
    w, x, unused = Value(2.0, "w"), Value(1.0, "x"), Value(0.0, "unused")
    inner = tanh(w * x)
    program = compile(inner + 3.0, inputs=[unused, x], keep=[inner, w])
    labels = [node.label for node in program.graph.nodes]

    assert program.plan.inputs[0] is None
    assert labels[program.plan.inputs[1]] == "x"
    assert [labels[node] for node in program.plan.parameters] == ["w"]
    assert program.plan.constants == (3.0,)
    assert [place.array for place in program.plan.roots] == ["values", "values", "shared"]


def test_a_guard_has_the_places_of_what_it_compares():
    w, x = Value(2.0, "w"), Value(3.0, "x")
    z = w * x
    branch = z if z > w else -z
    plan = compile(branch * (2.0 if x < 5 else 3.0), inputs=[x]).plan

    assert [guard.outcome for guard in plan.guards] == [True, True]
    assert [guard.relation for guard in plan.guards] == [">", "<"]
    assert [guard.left.array for guard in plan.guards] == ["values", "inputs"]
    assert plan.guards[0].right == Location("shared", 0)
    assert plan.guards[1].right == 5.0


def test_comments_say_what_an_instruction_begins():
    assert str(Comment("tanh", 4, 4)) == "tanh of node 4"
    assert str(Comment("matrix product", 4, 9)) == "matrix product of node 4 … 9"
