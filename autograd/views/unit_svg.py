"""Write the units of a network as SVG: circles, boxes, pixels and boxes of cells."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ..graph.wording import number_text
from . import text
from .layout import Box
from .network_columns import LARGEST, beside
from .network_scene import NetworkScene
from .palette import COLORS, INK, OUTLINES, PAPER, SOFT
from .spots import READABLE, SMALL, Spot
from .svg_parts import rectangle, text_svg
from .text import printable


def unit_svg(scene: NetworkScene, spot: Spot, gradients: bool) -> Iterator[str]:
    """Yield a unit as a circle, a box, a pixel or a box of cells, with a tip."""
    unit = scene.network.units[spot.unit]
    node = scene.network.graph.nodes[unit.result]
    gradient = scene.network.graph.adjoints[unit.result]
    tip = f"{', '.join(unit.path) or node.name}: {number_text(node.data)}"
    tip += f", gradient {number_text(gradient)}" if gradients else ""
    yield f'<g class="unit {spot.shape}"><title>{escape(printable(tip))}</title>'
    if spot.cells:
        yield from _block(scene, spot, gradients)
    elif spot.shape == "box":
        yield from _box(scene, spot, gradient if gradients else None)
    elif spot.shape == "pixel":
        yield rectangle(_box_of(spot), f'fill="{INK}" fill-opacity="{abs(spot.fill):.3f}"')
    else:
        compared = None if spot.target is None else scene.network.graph.nodes[spot.target].data
        words = beside(spot.name, compared)
        yield from _circle(spot, node.data, gradient if gradients else None, words)
        if spot.has_bias and unit.bias is not None:
            bias = scene.network.graph.nodes[unit.bias]
            words = f"{printable(bias.name)} {number_text(bias.data, digits=4)}"
            yield text_svg(spot.x, spot.y + spot.radius + SMALL + 3, words, SMALL, color=SOFT)
    yield "</g>"


def _box_of(spot: Spot) -> Box:
    width, height = spot.width or 2 * spot.radius, spot.height or 2 * spot.radius
    return Box(spot.x - width / 2, spot.y - height / 2, width, height)


def _circle(spot: Spot, value: float, gradient: float | None, words: str) -> Iterator[str]:
    at = f'cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{spot.radius:.1f}"'
    ring = SOFT if gradient is None else COLORS[sign_of(gradient)]
    width = 1.2 if gradient is None else 1.0 + 3.0 * abs(spot.ring)
    dashes = ' stroke-dasharray="4 2.5"' if gradient is not None and gradient < 0 else ""
    yield f'<circle {at} fill="{PAPER}"/>'
    yield (
        f'<circle {at} fill="{COLORS[sign_of(value)]}" fill-opacity="{0.55 * abs(spot.fill):.3f}" '
        f'stroke="{ring}" stroke-width="{width:.2f}"{dashes}/>'
    )
    if spot.radius >= READABLE:
        size = letters_in(spot.radius)
        yield text_svg(spot.x, spot.y + 0.35 * size, number_in(value, spot.radius), size=size)
    if words:
        side = -1 if spot.side == "before" else 1
        x = spot.x + side * (spot.radius + 6)
        width = text.width(words, SMALL)
        yield (
            f'<rect x="{x - (width if side < 0 else 0):.1f}" y="{spot.y - SMALL / 2 - 1:.1f}"'
            f' width="{width:.1f}" height="{SMALL + 3:g}" fill="{PAPER}" fill-opacity="0.8"/>'
        )
        anchor = "end" if side < 0 else "start"
        yield text_svg(x, spot.y + 4.6, words, SMALL, anchor=anchor, color=SOFT)


def letters_in(radius: float) -> float:
    """Return the size of the letters in a circle."""
    return min(SMALL, 0.7 * radius)


def number_in(value: float, radius: float) -> str:
    """Return a number with as many digits as fit into a circle, at most three.

    If not even one digit fits, a small number becomes ≈0, and a large one is left out.
    """
    words = [
        number_text(value, digits=digits) for digits in ((2, 1) if radius < LARGEST else (3, 2, 1))
    ]
    small = "≈0" if abs(value) < 1 else ""
    room = 2.1 * radius  # more than the diameter, because digits are narrower than `text.width`
    return next((w for w in words if text.width(w, letters_in(radius)) <= room), small)


def _box(scene: NetworkScene, spot: Spot, gradient: float | None) -> Iterator[str]:
    unit = scene.network.units[spot.unit]
    node = scene.network.graph.nodes[unit.result]
    look = OUTLINES["output" if unit.result in scene.network.graph.outputs else "node"]
    frame = f'fill="{look.fill}" stroke="{look.line}" stroke-width="{look.width:g}"'
    yield rectangle(_box_of(spot), frame, 6)
    rows = [spot.name, number_text(node.data)] + (
        [] if gradient is None else [f"∂ {number_text(gradient)}"]
    )
    for k, words in enumerate(rows):
        yield text_svg(spot.x, spot.y + 4.6 + 17 * (k - (len(rows) - 1) / 2), words, SMALL)


def _block(scene: NetworkScene, spot: Spot, gradients: bool) -> Iterator[str]:
    """Yield the box of a block: its name and its cells."""
    look = OUTLINES["group" if scene.network.units[spot.unit].path else "leaf"]
    graph, scale = scene.network.graph, scene.scale
    frame = f'fill="{PAPER}" stroke="{look.line}" stroke-width="{look.width:g}"'
    yield rectangle(_box_of(spot), frame, 6)
    yield text_svg(spot.x, spot.y - spot.height / 2 + 16, spot.name, SMALL)
    tables = [abs(graph.nodes[c.node].data) for c in spot.cells if c.kind == "table"]
    for x, y, width, height, node, kind in spot.cells:
        if kind == "gradient" and not gradients:
            continue
        value = graph.adjoints[node] if kind == "gradient" else graph.nodes[node].data
        most = {"gradient": scale.gradient, "value": scale.value}.get(kind) or max(tables)
        color = INK if kind == "table" else COLORS[sign_of(value)]
        share = 0.75 * abs(value) / (most or 1.0)
        look_of_cell = f'fill="{color}" stroke="{SOFT}" stroke-opacity="0.4"'
        cell = Box(spot.x + x, spot.y + y, width, height)
        yield rectangle(cell, f'{look_of_cell} fill-opacity="{share:.3f}"')


def sign_of(x: float) -> str:
    """Return the key of `COLORS` and `DASHES` for a number."""
    return "+" if x > 0 else "−" if x < 0 else "0"
