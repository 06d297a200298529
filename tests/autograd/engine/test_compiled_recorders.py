"""The compiled modules, where there are any, do what the modules in Python do."""

import gc
import inspect
import random
from itertools import product

import pytest

from autograd import Value, recording
from autograd.engine.compiled_recorders import BINDERS
from autograd.engine.operation import OPS
from autograd.engine.recorder import recorder, weighted_sum

pytestmark = pytest.mark.skipif(not BINDERS, reason="the engine is not compiled here")

NUMBERS = [
    *(-1.7e308, -1e200, -750.0, -40.5, -7.0, -1.5, -1.0, -0.3, -1e-9, -5e-324, -0.0),
    *(0.0, 1e-310, 1e-9, 0.25, 1.0, 1.5, 3.0, 20.0, 710.0, 1e160, 1.7e308),
]


def told(record, *inputs):
    """Return all that a recorder says of these inputs, every number to the last bit."""
    try:
        node = record(*inputs)
    except (ArithmeticError, ValueError) as error:
        return type(error), str(error)
    numbers = [node.data, *node.partials, *(parent.data for parent in node.parents)]
    return node.op, node.grad, [number.hex() for number in numbers]


@pytest.mark.parametrize("row", [op for op in OPS.values() if op.arity in (1, 2)], ids=repr)
def test_a_recorder_records_what_its_source_in_python_does(row):
    compiled = recorder(row, Value)
    source = compiled.__wrapped__
    assert not inspect.isfunction(compiled) and inspect.isfunction(source)
    for inputs in product(NUMBERS, repeat=row.arity):
        nodes = [Value(x, label="ab"[k]) for k, x in enumerate(inputs)]
        assert told(compiled, *nodes) == told(source, *nodes)
        assert told(compiled, *nodes[:-1], inputs[-1]) == told(source, *nodes[:-1], inputs[-1])
    assert compiled.__name__ == source.__name__ == row.name


@pytest.mark.parametrize("count", [1, 2, 16, 32])
def test_a_weighted_sum_is_that_of_its_source_in_python(count):
    compiled, number = weighted_sum(Value, count), random.Random(count)
    for scale in (1.0, 1e-200, 1e154, 1e308):
        weights = tuple(Value(scale * number.uniform(-1, 1)) for _ in range(count + 1))
        x = tuple(Value(scale * number.uniform(-1, 1)) for _ in range(count))
        inputs = weights, x, (*(v.data for v in x), 1.0)
        assert told(compiled, *inputs) == told(compiled.__wrapped__, *inputs)


PROGRAM = """
import nn, pickle
from autograd import Graph, Value, dot, explain, recording, trace, where
x = [Value(0.1 * k - 0.7, label=f"x{k}") for k in range(40)]
net = nn.MLP(40, [16, 33, 3], activation="tanh", seed=0)
with recording():
    outputs = net(x)
    cost = sum((o - k) ** 2 for k, o in enumerate(outputs)) / 3 + x[0] * x[0] * x[0]
    if cost > 0.5:
        cost = where(cost > 1, cost, 2.0 * cost).log() + dot(x, x)
for _ in range(2):
    cost.backward()
print([v.grad.hex() for v in [*net.parameters(), *x]], cost, cost.line)
print(Graph.of(cost).to_json(), explain(cost, wrt=x[0]), trace(cost))
print(Graph.of(pickle.loads(pickle.dumps(cost))).to_json())
for wrong in ("x[0] / 0", "x[1].log()", "x[2].exp() * 1e308 * 9", "x[3] + 'a'", "x[4]._c"):
    try:
        eval(wrong)
    except Exception as error:
        print(repr(error))
y = (x[7] - x[7]).sqrt() * 2
try:
    y.backward()
except ArithmeticError as error:
    print(repr(error), x[7].grad)
"""


def test_a_program_prints_the_same_in_both_modes(run_python):
    assert run_python(PROGRAM, GRADTRACE_PURE="") == run_python(PROGRAM, GRADTRACE_PURE="1")
    where = "import autograd.engine.node as node; print(node.__file__)"
    assert run_python(where, GRADTRACE_PURE="1").endswith(".py\n")


def test_the_collector_visits_only_the_nodes_that_have_names():
    a, b = Value(2.0), Value(3.0)
    assert not gc.is_tracked(a * b)
    with recording():
        c = a * b
    assert gc.is_tracked(c)
