"""A node is stored, labeled, copied and pickled without loss, at any depth."""

import copy
import pickle

import pytest

from autograd import Graph, Value, dot, tanh
from autograd.engine.node import pass_back
from autograd.engine.note import Note
from autograd.engine.topological import all_nodes


def example():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    out = tanh(dot([a, b], [0.1, a], b)) + a**3 / b
    out.label = "out"
    out.backward()
    return a, b, out


def test_copy_makes_another_node_with_the_same_parents():
    _, _, out = example()
    twin = copy.copy(out)
    assert twin is not out
    for name in ("data", "grad", "op", "parents", "partials", "label"):
        assert getattr(twin, name) == getattr(out, name)
    leaf = copy.copy(Value(1.0, label="x"))
    assert (leaf.data, leaf.label, leaf.parents) == (1.0, "x", ())


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda things: pickle.loads(pickle.dumps(things))]
)
def test_a_deep_copy_or_a_pickle_is_the_same_graph_of_other_nodes(duplicate):
    a, b, out = example()
    a2, b2, out2 = duplicate([a, b, out])
    assert Graph.of(out2) == Graph.of(out)
    assert (a2.grad, b2.grad, out2.grad) == (a.grad, b.grad, out.grad)
    assert (a2.label, b2.label, out2.label) == ("a", "b", "out")
    assert a2 is not a
    before = a.grad
    out2.backward()
    assert (a.grad, a2.grad) == (before, 2 * before)  # the leaf is shared inside the copy only


def test_copies_of_a_long_chain_need_no_recursion():
    x = Value(1.0, label="x")
    node = x
    for _ in range(20_000):  # twenty times as deep as Python may recurse
        node = node + 1e-6
    for twin in (pickle.loads(pickle.dumps(node)), copy.deepcopy(node)):
        assert twin.data == node.data
        twin.backward()
        order = all_nodes(twin)
        assert len(order) == 40_001
        assert (order[0].label, order[0].grad) == ("x", 1.0)
    assert x.grad == 0.0


def test_a_label_set_on_a_node_with_a_note_leaves_the_rest_of_the_note_alone():
    x = Value(1.0)
    x.note = note = Note("a")
    x.label = "b"
    assert (x.label, x.note, note.label) == ("b", Note("b"), "a")


def test_pass_back_adds_to_the_parents_what_the_chain_rule_gives():
    a, b = Value(2.0), Value(5.0)
    product = a * b
    a.grad, product.grad = 1.0, 10.0
    pass_back([product])
    assert (a.grad, b.grad) == (1.0 + 10.0 * 5.0, 10.0 * 2.0)
