"""Values against a small reference, through everything that can happen to a graph, in any order.

With GRADTRACE_NIGHTLY in the environment the machine is run 5,000 times instead of 50.
"""

import copy
import math
import os
import pickle

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from autograd import (
    GraphError,
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
)
from autograd.engine.topological import all_nodes

# --- the reference: one class, its operations written out, and the chain rule ---------------------

BINARY = {  # a call on Values or floats, and the slopes
    "add": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "sub": (lambda a, b: a - b, lambda a, b: (1.0, -1.0)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
}
UNARY = {
    "tanh": (math.tanh, lambda a: (1 - math.tanh(a) ** 2,)),
    "relu": (lambda a: max(a, 0.0), lambda a: (float(a > 0),)),
}
OPERATIONS = BINARY | UNARY


class Reference:
    def __init__(self, data, parents=(), name=""):
        self.data, self.grad, self.parents, self.name = data, 0.0, parents, name
        if parents:
            numbers = [parent.data for parent in parents]
            self.data = OPERATIONS[name][0](*numbers)
            self.slopes = OPERATIONS[name][1](*numbers)

    def order(self):
        found = {}
        waiting = [(self, False)]
        while waiting:
            node, is_done = waiting.pop()
            if is_done:
                found[node] = None
            elif node not in found:
                waiting += [(node, True), *((parent, False) for parent in node.parents)]
        return list(found)

    def backward(self):
        order = self.order()
        for node in order:
            if node.parents:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            for parent, slope in zip(
                node.parents, node.slopes if node.parents else (), strict=True
            ):
                parent.grad += slope * node.grad

    def again(self, numbers):
        """Return the computation with other numbers for leaves, swept, and its leaves."""
        made = {}
        for node in self.order():
            parents = tuple(made[parent] for parent in node.parents)
            made[node] = Reference(numbers.get(node, node.data), parents, node.name)
        made[self].backward()
        return made

    def is_fresh(self):
        """Return whether every number is what its operation gives for the present leaves."""
        numbers = [(n, [p.data for p in n.parents]) for n in self.order() if n.parents]
        return all(
            (n.data, n.slopes) == (OPERATIONS[n.name][0](*x), OPERATIONS[n.name][1](*x))
            for n, x in numbers
        )


# --- the machine ----------------------------------------------------------------------------------

NUMBERS = st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 1.5])


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


PLACES = st.integers(0, 11)
STEP = st.tuples(st.sampled_from(sorted(OPERATIONS)), PLACES, PLACES)


class Graphs(RuleBasedStateMachine):
    """`known` holds pairs of a Value and its reference, which every rule treats alike."""

    def __init__(self):
        super().__init__()
        self.known = [(Value(x), Reference(x)) for x in (0.5, -1.5)]
        self.record([("mul", 0, 1), ("tanh", 0, 0)])

    def pick(self, place):
        return self.known[-1 - place % len(self.known)]

    def leaves_of(self, value):
        """Return the leaves that a Value depends on, and their references."""
        reference_of = dict(self.known)
        leaves = [node for node in all_nodes(value) if not node.parents]
        return leaves, [reference_of[leaf] for leaf in leaves]

    @rule(x=NUMBERS)
    def make_leaf(self, x):
        self.known.append((Value(x), Reference(x)))

    @rule(steps=st.lists(STEP, min_size=1, max_size=6))
    def record(self, steps):
        for name, *places in steps:
            pairs = [self.pick(place) for place in places[: 1 if name in UNARY else 2]]
            values, references = zip(*pairs, strict=True)
            value = OPERATIONS[name][0](*values) if name in BINARY else getattr(values[0], name)()
            if abs(value.data) < 1e3:
                self.known.append((value, Reference(0.0, references, name)))

    @rule(place=PLACES, x=NUMBERS)
    def change_the_data_of_a_leaf(self, place, x):
        leaves, references = self.leaves_of(self.pick(place)[0])
        leaves[0].data = references[0].data = x

    @rule(place=PLACES, x=NUMBERS)
    def set_a_gradient(self, place, x):
        value, reference = self.pick(place)
        value.grad = reference.grad = x

    @rule(place=PLACES)
    def sweep(self, place):
        value, reference = self.pick(place)
        value.backward()
        reference.backward()

    @rule(place=PLACES)
    def clear(self, place):
        value, reference = self.pick(place)
        value.zero_grad()
        for node in reference.order():
            node.grad = 0.0

    @rule(place=PLACES, way=st.sampled_from(["copy", "pickle"]))
    def copy_a_graph(self, place, way):
        value, reference = self.pick(place)
        leaves, references = self.leaves_of(value)
        values = [*leaves, value]
        made = copy.deepcopy(values) if way == "copy" else pickle.loads(pickle.dumps(values))
        self.known += zip(made, copy.deepcopy([*references, reference]), strict=True)

    @rule(place=PLACES, x=NUMBERS)
    def compile_for_a_batch(self, place, x):
        value, reference = self.pick(place)
        leaves, references = self.leaves_of(value)
        if not reference.is_fresh():
            with pytest.raises(GraphError):
                compile(value, inputs=leaves)
            return
        program = compile(value, inputs=leaves)
        columns = [[node.data, x] for node in references]
        outputs, slopes = program.forward(columns), program.input_gradients(columns)
        for k, numbers in enumerate(zip(*columns, strict=True)):
            made = reference.again(dict(zip(references, numbers, strict=True)))
            assert close(outputs[k], made[reference].data)
            for i, node in enumerate(references):
                assert close(slopes[i][k], made[node].grad)

    @invariant()
    def all_numbers_agree(self):
        for value, reference in self.known:
            assert close(value.data, reference.data)
            assert close(value.grad, reference.grad)


EXAMPLES = 5000 if os.environ.get("GRADTRACE_NIGHTLY") else 50
Graphs.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
TestGraphs = Graphs.TestCase
