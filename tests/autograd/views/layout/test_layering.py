"""Layers: edges go right, leaves stand late, edges are short, groups follow each other."""

from autograd.views.layout.layering import layered
from autograd.views.layout.records import Group, Link


def layers(count, pairs, groups=()):
    return layered(count, [Link(*pair) for pair in pairs], groups)[0]


def test_edges_go_to_the_right(geometry):
    for seed in range(5):
        sizes, edges = geometry.irregular(60, seed)
        found, _ = layered(len(sizes), edges, ())
        assert all(found[edge.tail] < found[edge.head] for edge in edges)
        assert set(found) == set(range(max(found) + 1))  # no layer is empty


def test_leaves_stand_next_to_their_first_use():
    assert layers(5, [(0, 1), (1, 2), (2, 3), (4, 3)]) == [0, 1, 2, 3, 2]
    assert layers(5, [(0, 1), (1, 2), (2, 3), (4, 3), (4, 2)]) == [0, 1, 2, 3, 1]


def test_a_sum_of_early_numbers_is_made_early():
    """One long edge out of the sum is shorter than three long edges into it."""
    chain = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]
    found = layers(7, [*chain, (0, 6), (0, 6), (1, 6), (6, 5)])
    assert found[6] == 2


def test_edges_are_not_much_longer_than_need_be(geometry):
    """Everything as late as possible is the plain way; ours must be clearly better."""
    sizes, edges = geometry.irregular(100, 11)
    found, _ = layered(len(sizes), edges, ())
    late = layers_as_late_as_possible(len(sizes), edges)
    assert length(edges, found) < 0.9 * length(edges, late)


def length(edges, found):
    return sum(found[edge.head] - found[edge.tail] for edge in edges)


def layers_as_late_as_possible(count, edges):
    found = [0] * count
    for box in reversed(range(count)):
        found[box] = min((found[e.head] - 1 for e in edges if e.tail == box), default=0)
    return found


def test_a_layer_of_a_network_ends_before_the_next_begins(geometry):
    sizes, edges, groups = geometry.network(2, 3, 2)
    found, nesting = layered(len(sizes), edges, groups)
    spans = {}
    for box, home in enumerate(nesting.home):
        for group in nesting.lineage[home][:1]:
            spans.setdefault(group, []).append(found[box])
    (first, second) = spans.values()
    assert max(first) < min(second)
    assert all(found[x] < min(first) for x in (0, 1))  # the inputs come before the weights


def test_inputs_stand_before_weights_also_without_groups(geometry):
    sizes, edges, _ = geometry.network(2, 3)
    found, _ = layered(len(sizes), edges, ())
    assert found[0] == found[1] == found[2] - 1


def test_groups_that_feed_each_other_are_dropped_from_the_outside():
    edges = [Link(0, 1), Link(1, 2), Link(2, 3)]
    groups = [Group(()), Group((0, 2), 0), Group((1, 3))]
    _, nesting = layered(4, edges, groups)
    assert 0 not in nesting.kept and 2 not in nesting.kept
