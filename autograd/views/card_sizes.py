"""The sizes of boxes, labels, frames and letters."""

from __future__ import annotations

from math import ceil

from . import text
from .layout import Group
from .picture_parts import Arrow, Card, Picture

NAME, NUMBER = 14.0, 13.0  # the sizes of letters
ROW, PAD_Y = 18.0, 6.0
_PAD_X = 10.0
_LEAST_WIDTH, _WIDTH_STEP = 60.0, 15.0
_LABEL_HEIGHT = 16.0
_FRAME_HEADER = 16.0


def card_size(card: Card) -> tuple[float, float]:
    """Return the size of a card's box, in which its text fits in any usual font."""
    name = text.width(card.name, NAME, bold=True)
    if card.mark:
        name += 6 + text.width(card.mark, NUMBER)
    rows = [
        name,
        text.width(card.value, NUMBER),
        text.width("∂ " + card.gradient, NUMBER) if card.gradient else 0.0,
        text.width(card.note, NUMBER),
    ]
    # Widths are multiples of a step, so that most boxes below each other are equally wide.
    width = _WIDTH_STEP * ceil((max(rows) + 2 * _PAD_X) / _WIDTH_STEP)
    return max(_LEAST_WIDTH, width), ROW * len(_rows(card)) + 2 * PAD_Y


def label_size(arrow: Arrow) -> tuple[float, float]:
    """Return the room that an edge's label takes."""
    return (text.width(arrow.text, NUMBER) + 4, _LABEL_HEIGHT) if arrow.text else (0.0, 0.0)


def groups_of(picture: Picture) -> list[Group]:
    """Return the frames as groups, with the room for their names."""
    is_beside = picture.direction == "TB"  # there the name stands beside the members
    headers = [
        text.width(frame.name, NUMBER) + 4 if is_beside else _FRAME_HEADER
        for frame in picture.frames
    ]
    frames = zip(picture.frames, headers, strict=True)
    return [Group(frame.members, frame.parent, header) for frame, header in frames]


def _rows(card: Card) -> list[str]:
    return [row for row in (card.name, card.value, card.gradient, card.note) if row]
