"""Placement: pooled averages are optimal, chains are straight, parents lie around their child."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.views.layout import Link, arrange
from autograd.views.layout.placement import pooled

numbers = st.floats(-100, 100)


@given(st.lists(st.tuples(numbers, st.floats(0.1, 10), st.floats(0, 20)), min_size=1, max_size=8))
def test_pooled_positions_keep_their_distances_and_cannot_be_bettered(rows):
    wanted, weights, distances = zip(*rows, strict=True)
    found = pooled(wanted, weights, list(accumulate(distances)))
    for index in range(1, len(found)):
        assert found[index] - found[index - 1] >= distances[index] - 1e-6
    # Optimal: moving everything from some place on by a little, down or if it is free up, costs.
    for start in range(len(found)):
        cost = sum(
            weight * (position - want)
            for want, weight, position in zip(
                wanted[start:], weights[start:], found[start:], strict=True
            )
        )
        free = start == 0 or found[start] - found[start - 1] > distances[start] + 1e-6
        assert cost >= -1e-4
        assert not free or cost <= 1e-4


def test_a_chain_is_straight():
    layout = arrange(
        [(60, 40 + n % 3 * 10) for n in range(20)], [Link(n, n + 1) for n in range(19)]
    )
    assert len({round(box.middle.y, 6) for box in layout.boxes}) == 1


def test_a_long_edge_passes_straight():
    edges = [Link(n, n + 1, 20, 15) for n in range(8)] + [Link(0, 8, 20, 15)]
    layout = arrange([(60, 40)] * 9, edges)
    # Between the layers of its ends, whose gaps it bends in, it does not move.
    inner = [p.y for p in layout.curves[-1] if layout.boxes[1].x < p.x < layout.boxes[7].right]
    assert max(inner) - min(inner) < 1e-6


def test_a_child_lies_amid_its_parents():
    layout = arrange([(60, 40)] * 8, [Link(n, 7, 20, 15) for n in range(7)])
    middles = sorted(box.middle.y for box in layout.boxes[:7])
    assert layout.boxes[7].middle.y == pytest.approx(middles[3])
    assert middles[-1] - middles[0] == pytest.approx(6 * (40 + 16))  # no wasted room


def test_the_sum_and_the_activation_of_a_neuron_are_on_one_level(geometry):
    sizes, edges, groups = geometry.network(2, 2, 1)
    layout = arrange(sizes, edges, groups)
    only = [edge for edge in edges if edge.width == 20]
    assert len(only) == 3
    for edge in only:
        tail, head = layout.boxes[edge.tail], layout.boxes[edge.head]
        assert tail.middle.y == pytest.approx(head.middle.y)
