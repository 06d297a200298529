"""From left to right, and from top to bottom."""

import pytest

from autograd import Value, draw, page
from autograd.views.direction import arrange_towards
from autograd.views.layout import Group, Link
from nn import MLP, half_squared_error


def cost():
    return half_squared_error(MLP(2, [2, 1], "tanh", seed=0)([0.5, 0.1]), 0.8)


def test_top_to_bottom_is_as_sound_as_left_to_right(geometry):
    sizes, edges, groups = geometry.network(3, 4, 2)
    for direction in ("LR", "TB"):
        layout = arrange_towards(direction, sizes, edges, groups)
        assert geometry.overlaps(layout.boxes) == []
        assert geometry.edges_through_boxes(layout, edges) == []
        assert [(box.width, box.height) for box in layout.boxes] == sizes
        labels = [box for box in layout.labels if box]
        assert geometry.overlaps([*layout.boxes, *labels]) == []


def test_edges_point_downwards():
    layout = arrange_towards("TB", [(80.0, 40.0)] * 2, [Link(0, 1, 30.0, 15.0)], [Group((0, 1))])
    assert layout.boxes[0].bottom < layout.boxes[1].y
    assert layout.curves[0][-1].y == layout.boxes[1].y


def test_drawings_pages_and_dot_follow_the_direction():
    drawing = draw(cost(), direction="TB")
    assert "rankdir=TB" in drawing.source
    width, height = (float(drawing.svg().split(f'{side}="')[1].split('"')[0]) for side in SIDES)
    across = draw(cost()).svg()
    assert width / height < float(across.split('width="')[1].split('"')[0]) / height
    assert page(cost(), direction="TB").scenes[0].picture.direction == "TB"


SIDES = ("width", "height")


def test_other_directions_are_refused():
    x = Value(1.0, "x")
    with pytest.raises(ValueError, match="TB"):
        draw(x * x, direction="up")
    with pytest.raises(ValueError, match="left to right"):
        draw(cost(), level="network", direction="TB")
