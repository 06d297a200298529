"""Topological order: parents first, each node once, the same in every run, at any depth."""

from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, total
from autograd.engine.topological import all_nodes, inner_nodes, order_indices


@st.composite
def recorded(draw):
    """A random graph of sums, each of one to four earlier nodes, repeats allowed."""
    nodes = [Value(float(k)) for k in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 12))):
        parents = draw(st.lists(st.sampled_from(range(len(nodes))), min_size=1, max_size=4))
        nodes.append(total(nodes[k] for k in parents))
    return nodes[-1]


def reachable(output):
    found, stack = {output}, [output]
    while stack:
        for parent in stack.pop().parents:
            if parent not in found:
                found.add(parent)
                stack.append(parent)
    return found


@given(recorded())
def test_every_node_comes_once_and_after_its_parents(output):
    nodes = all_nodes(output)
    place = {node: k for k, node in enumerate(nodes)}
    assert len(place) == len(nodes)
    assert set(nodes) == reachable(output)
    assert nodes[-1] is output
    assert all(place[parent] < place[node] for node in nodes for parent in node.parents)


@given(recorded())
def test_inner_nodes_are_those_with_parents_in_the_same_order(output):
    assert inner_nodes(output) == [node for node in all_nodes(output) if node.parents]


@given(recorded())
def test_a_leaf_stands_before_its_first_use_and_after_the_node_before_that(output):
    nodes = all_nodes(output)
    for k, node in enumerate(nodes[:-1]):
        if not node.parents:
            later = next(other for other in nodes[k + 1 :] if other.parents)
            assert node in later.parents


def test_order_is_depth_first_with_the_first_parent_first():
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    left, right = a * b, b * a
    output = left + right
    assert all_nodes(output) == [a, b, left, right, output]
    assert [id(node) for node in all_nodes(output)] == [id(n) for n in (a, b, left, right, output)]


def test_a_leaf_is_its_own_order():
    leaf = Value(1.0)
    assert all_nodes(leaf) == [leaf]
    assert inner_nodes(leaf) == []


def test_of_several_outputs_each_node_comes_once_and_after_its_parents():
    x = Value(1.0)
    y = x * 2
    z = y + x
    for outputs in ([y, z], [z, y], [z, x], [x, z, x]):
        order = all_nodes(*outputs)
        assert len(order) == len(set(order))
        place = {node: k for k, node in enumerate(order)}
        assert all(place[p] < place[node] for node in order for p in node.parents)
        assert set(outputs) <= set(order)
    assert inner_nodes(y, z) == inner_nodes(z)


def test_indices_are_sorted_by_priority_and_those_on_or_after_a_cycle_are_missing():
    assert order_indices([[], [], []]) == [0, 1, 2]
    assert order_indices([[], [], []], priority=[2, 1, 0]) == [2, 1, 0]
    assert order_indices([[], [0], [0, 1, 1]]) == [2, 1, 0]
    assert order_indices([[1], [0], [3], []]) == [2, 3]
    assert order_indices([[1], [0, 2], []]) == []
