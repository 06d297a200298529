"""Rectangles."""

from autograd.views.layout import Box, Point

BOX = Box(10, 20, 30, 40)


def test_sides_and_middle():
    assert (BOX.right, BOX.bottom, BOX.middle) == (40, 60, Point(25, 40))


def test_boxes_that_share_only_a_border_do_not_overlap():
    assert not BOX.overlaps(Box(40, 20, 5, 5)) and not BOX.overlaps(Box(10, 60, 5, 5))
    assert BOX.overlaps(Box(39, 59, 5, 5)) and BOX.overlaps(BOX)


def test_containing():
    assert BOX.contains(BOX) and BOX.contains(Box(11, 21, 5, 5))
    assert not BOX.contains(Box(9, 21, 5, 5))
