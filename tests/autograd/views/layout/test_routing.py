"""Curves: level at boxes, smooth, never beyond what they pass."""

from itertools import pairwise

import pytest

from autograd.views.layout import Link, arrange


def pieces(curve):
    return [curve[at : at + 4] for at in range(0, len(curve) - 1, 3)]


def test_edges_leave_and_enter_level(geometry):
    for curve in arrange(*geometry.irregular(60, 1)).curves:
        assert curve[0].y == pytest.approx(curve[1].y)
        assert curve[-1].y == pytest.approx(curve[-2].y)


def test_curves_have_no_corners(geometry):
    for curve in arrange(*geometry.irregular(60, 2)).curves:
        for (_, _, before, joint), (_, after, _, _) in pairwise(pieces(curve)):
            turn = (joint.x - before.x) * (after.y - joint.y)
            turn -= (joint.y - before.y) * (after.x - joint.x)
            assert turn == pytest.approx(0, abs=1e-6)


def test_a_piece_stays_between_the_heights_of_its_ends(geometry):
    for curve in arrange(*geometry.irregular(60, 3)).curves:
        for p, a, b, q in pieces(curve):
            low, high = sorted((p.y, q.y))
            assert low - 1e-6 <= min(a.y, b.y) and max(a.y, b.y) <= high + 1e-6
            assert p.x < a.x < b.x < q.x


def test_steep_edges_get_wider_gaps():
    def gap(parents):
        layout = arrange([(60, 40)] * (parents + 1), [Link(n, parents) for n in range(parents)])
        return layout.boxes[-1].x - layout.boxes[0].right

    assert gap(2) < gap(5) <= gap(9)


def test_ends_on_one_side_of_a_box_lie_on_it_in_order():
    layout = arrange([(60, 40)] * 31, [Link(n, 30) for n in range(30)])
    ends = sorted((layout.boxes[n].y, curve[-1].y) for n, curve in enumerate(layout.curves))
    heights = [y for _, y in ends]
    assert heights == sorted(heights)
    assert layout.boxes[30].y < heights[0] and heights[-1] < layout.boxes[30].bottom
