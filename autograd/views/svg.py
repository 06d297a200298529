"""Write a picture as SVG, placed by the embedded layout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from . import text
from .card_sizes import NAME, NUMBER, PAD_Y, ROW, card_size, groups_of, label_size
from .direction import arrange_towards
from .layout import Box, Layout, Link, Point
from .palette import (
    COLORS,
    DARK_STYLE,
    DASHES,
    FONTS,
    FRAME_FILLS,
    FRAME_LINE,
    INK,
    OUTLINES,
    PAPER,
    SOFT,
    stroke,
)
from .picture_parts import EDGE_WORDS, Arrow, Card, Frame, Picture
from .svg_parts import rectangle, text_svg

_TITLE = 17.0
_MARGIN = 14.0
_ARROWHEAD = 7.0


def svg(picture: Picture) -> str:
    """Return the picture as one SVG element that needs no other file."""
    layout = arrange_towards(
        picture.direction,
        [card_size(card) for card in picture.cards],
        [Link(arrow.tail, arrow.head, *label_size(arrow)) for arrow in picture.arrows],
        groups_of(picture),
    )
    legend = _legend(picture)
    top = _MARGIN + (_TITLE + 12 if picture.title else 0)
    bottom = 26.0 * len(legend) + 4
    width = max(
        layout.width, text.width(picture.title, _TITLE, bold=True), *map(_row_width, legend)
    )
    width, height = width + 2 * _MARGIN, top + layout.height + bottom + _MARGIN
    drawn = [
        '<svg class="gradtrace" xmlns="http://www.w3.org/2000/svg"'
        f' width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(FONTS)}'
        f' text-anchor="middle" fill="{INK}" direction="ltr" role="img">',
        f"<style>{DARK_STYLE}</style>",
        f"<title>{escape(_description(picture))}</title>",
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        *_title(picture.title),
        f'<g transform="translate({_MARGIN:g} {top:g})">',
        *_graph(picture, layout),
        "</g>",
        *_drawn_legend(legend, top + layout.height + 26),
        "</svg>",
    ]
    return "\n".join(drawn)


def _description(picture: Picture) -> str:
    return picture.title or f"Computation graph of {picture.output}: {picture.size}"


def _title(title: str) -> Iterator[str]:
    if title:
        yield text_svg(_MARGIN, _MARGIN + _TITLE, title, _TITLE, weight=600, anchor="start")


def _graph(picture: Picture, layout: Layout) -> Iterator[str]:
    for frame, box in zip(picture.frames, layout.frames, strict=True):
        if box:
            yield _frame(frame, box, 0 if frame.parent is None else 1)
    for arrow, curve in zip(picture.arrows, layout.curves, strict=True):
        yield _arrow(arrow, curve)
    for arrow, label in zip(picture.arrows, layout.labels, strict=True):
        if label:
            yield _label(arrow, label)
    for card, box in zip(picture.cards, layout.boxes, strict=True):
        yield from _card(card, box)


# --- pieces ---------------------------------------------------------------------------------------


def _frame(frame: Frame, box: Box, depth: int) -> str:
    fill = FRAME_FILLS[min(depth, len(FRAME_FILLS) - 1)]
    frame_box = rectangle(box, f'fill="{fill}" stroke="{FRAME_LINE}"', 8)
    name = text_svg(box.x + 9, box.y + 15, frame.name, NUMBER, anchor="start", color=SOFT)
    return f'<g class="frame">{frame_box}{name}</g>'


def _card(card: Card, box: Box) -> Iterator[str]:
    look = OUTLINES[card.kind]
    node = "" if card.node is None else f' data-node="{card.node}"'
    yield f'<g class="card {card.kind}"{node}>'
    if card.tip:
        yield f"<title>{escape(card.tip)}</title>"
    dashes = f' stroke-dasharray="{look.dashes}"' if look.dashes else ""
    width = 3.0 if card.focused else look.width
    yield rectangle(
        box,
        f'fill="{look.fill}" stroke="{look.line}" stroke-width="{width:g}"{dashes}',
        look.radius,
    )
    if card.kind == "output":
        inner = Box(box.x + 3, box.y + 3, box.width - 6, box.height - 6)
        yield rectangle(inner, f'fill="none" stroke="{look.line}" stroke-width="0.8"', 2)
    yield from _card_text(card, box)
    yield "</g>"


def _card_text(card: Card, box: Box) -> Iterator[str]:
    x, y = box.middle.x, box.y + PAD_Y + 13.5
    if card.name:
        yield from _heading(card, x, y)
        y += ROW
    if card.value:
        yield text_svg(x, y, card.value, NUMBER, role="value")
        y += ROW
    if card.gradient:
        yield text_svg(x, y, f"∂ {card.gradient}", NUMBER, role="gradient")
        y += ROW
    if card.note:
        yield text_svg(x, y, card.note, NUMBER, color=SOFT)


def _heading(card: Card, x: float, y: float) -> Iterator[str]:
    """Yield the name and the mark beside it as two texts.

    Some renderers cannot center one text of two pieces.
    """
    if not card.mark:
        yield text_svg(x, y, card.name, NAME, weight=600)
        return
    name, mark = text.width(card.name, NAME, bold=True), text.width(card.mark, NUMBER)
    border = x + (name - mark) / 2
    yield text_svg(border - 2, y, card.name, NAME, weight=600, anchor="end")
    yield text_svg(border + 4, y, card.mark, NUMBER, anchor="start", color=SOFT)


def _arrow(arrow: Arrow, curve: Sequence[Point]) -> str:
    look = stroke(arrow)
    tip, before = curve[-1], curve[-2]
    is_down = abs(tip.y - before.y) > abs(tip.x - before.x)
    short = _ARROWHEAD - 1
    end = Point(tip.x, tip.y - short) if is_down else Point(tip.x - short, tip.y)
    path = path_along([*curve[:-1], end])
    half = 2.6 + 0.7 * look.width
    side = (
        f"l{-half:.1f} {-_ARROWHEAD:g}h{2 * half:.1f}z"
        if is_down
        else f"l{-_ARROWHEAD:g} {-half:.1f}v{2 * half:.1f}z"
    )
    head = f"M{tip.x:.1f} {tip.y:.1f}{side}"
    dashes = f' stroke-dasharray="{look.dashes}"' if look.dashes else ""
    number = "" if arrow.edge is None else f' data-edge="{arrow.edge}"'
    # The group has no opacity, because some programs paint such a group on its own canvas.
    is_soft = look.opacity < 1
    line_opacity = f' stroke-opacity="{look.opacity:.2f}"' if is_soft else ""
    head_opacity = f' fill-opacity="{look.opacity:.2f}"' if is_soft else ""
    title = f"<title>{escape(arrow.tip)}</title>" if arrow.tip else ""
    return (
        f'<g class="edge"{number}>{title}'
        f'<path d="{path}" fill="none" stroke="{look.color}"'
        f' stroke-width="{look.width:.1f}"{line_opacity}{dashes}/>'
        f'<path d="{head}" fill="{look.color}"{head_opacity}/></g>'
    )


def path_along(points: Sequence[Point]) -> str:
    """Return a curve as an SVG path. Consecutive level pieces become one line."""
    x, y = points[0]
    pieces, is_level = [f"M{x:.1f} {y:.1f}"], False
    for at in range(1, len(points), 3):
        (x1, y1), (x2, y2), (x3, y3) = points[at : at + 3]
        was_level, is_level = is_level, y == y1 == y2 == y3
        if is_level and was_level:
            pieces.pop()
        pieces.append(
            f"H{x3:.1f}" if is_level else f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {x3:.1f} {y3:.1f}"
        )
        y = y3
    return "".join(pieces)


def _label(arrow: Arrow, box: Box) -> str:
    back = rectangle(box, f'fill="{PAPER}" fill-opacity="0.88"', 3)
    number = "" if arrow.edge is None else f' data-edge="{arrow.edge}"'
    words = text_svg(box.middle.x, box.y + 12.5, arrow.text, NUMBER, color=SOFT)
    return f'<g class="label"{number}>{back}{words}</g>'


# --- legend ---------------------------------------------------------------------------------------


def _legend(picture: Picture) -> list[list[tuple[str, str]]]:
    """Return the lines of the legend. A line is a list of signs, each with the words beside it."""
    if not picture.gradients:
        return [[("", "in a box: value"), ("", EDGE_WORDS)]]
    return [
        [("", f"in a box: value, ∂ = ∂{picture.output}/∂box"), ("", EDGE_WORDS)],
        [
            ("+", "positive"),
            ("−", "negative"),
            ("0", "zero"),
            ("", "contribution of an edge to the gradient: wider is larger"),
        ],
    ]


def _row_width(row: list[tuple[str, str]]) -> float:
    return sum(_piece_width(*piece) for piece in row)


def _piece_width(sign: str, words: str) -> float:
    # Long words need less than the width in which any font fits, hence 0.9.
    return 0.9 * text.width(words, NUMBER) + (56 if sign else 18)


def _drawn_legend(legend: list[list[tuple[str, str]]], top: float) -> Iterator[str]:
    for number, row in enumerate(legend):
        x, y = _MARGIN, top + 22 * number
        for sign, words in row:
            if sign:
                dashes = f' stroke-dasharray="{DASHES[sign]}"' if DASHES[sign] else ""
                yield (
                    f'<path d="M{x:.1f} {y - 4:.1f}h32" stroke="{COLORS[sign]}"'
                    f' stroke-width="2.2"{dashes}/>'
                )
                x += 38
            yield text_svg(x, y, words, NUMBER, anchor="start", color=SOFT)
            x += 0.9 * text.width(words, NUMBER) + 18
