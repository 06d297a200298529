"""Contrast by the formula of WCAG 2, and signs that do not need color."""

import itertools

import pytest

from autograd.views import palette
from autograd.views.picture_parts import Arrow


def luminance(color):
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, two):
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


FILLS = [look.fill for look in palette.OUTLINES.values()]


@pytest.mark.parametrize("fill", [*FILLS, *palette.FRAME_FILLS, palette.PAPER])
def test_text_can_be_read_on_everything_it_stands_on(fill):
    for ink in (palette.INK, palette.SOFT):
        assert contrast(ink, fill) >= 4.5


@pytest.mark.parametrize("sign", palette.COLORS)
def test_edge_labels_can_be_read_also_through_their_background(sign):
    for paper in (palette.PAPER, *palette.FRAME_FILLS):
        assert contrast(palette.COLORS[sign], paper) >= 4.5


def test_outlines_stand_out_from_the_paper():
    assert all(contrast(look.line, palette.PAPER) >= 3 for look in palette.OUTLINES.values())


def test_kinds_of_boxes_differ_in_outline_and_not_only_in_color():
    shapes = {
        kind: (look.dashes, look.radius, look.width) for kind, look in palette.OUTLINES.items()
    }
    assert len(set(shapes.values())) == len(shapes)


def test_signs_differ_in_dashes_and_sizes_in_width():
    dashes = [palette.stroke(Arrow(0, 1, "", sign, 0.5)).dashes for sign in "+−0"]
    assert all(one != two for one, two in itertools.combinations(dashes, 2))
    widths = [palette.stroke(Arrow(0, 1, "", "+", share)).width for share in (0.0, 0.5, 1.0)]
    assert widths == sorted(set(widths))
