"""Write the picture of a network as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ..graph.wording import number_text
from . import text
from .layout import Box
from .network_columns import LARGEST, beside
from .network_scene import NetworkScene
from .network_wires import WireLine
from .palette import COLORS, DARK_STYLE, DASHES, FONTS, INK, OUTLINES, PAPER, SOFT
from .spots import READABLE, SMALL, Caption, Spot
from .svg import rectangle
from .text import printable
from .unit_parts import Wire

_LEGEND = 26.0
_MOST_USES = 3  # of an input inside a unit, with their local derivatives


@dataclass(frozen=True, slots=True)
class NetworkPicture:
    """What a drawing of a network shows: its scene, a title, and whether gradients are shown."""

    scene: NetworkScene
    title: str = ""
    gradients: bool = True

    @property
    def output(self) -> str:
        """The name of what was computed."""
        graph = self.scene.network.graph
        return ", ".join(graph.nodes[output].name for output in graph.outputs)

    @property
    def size(self) -> str:
        """How much is drawn, in words."""
        return f"a network of {len(self.scene.spots)} units, {len(self.scene.lines)} wires"


def network_svg(picture: NetworkPicture) -> str:
    """Return the picture as one SVG element, complete in itself."""
    scene, title, gradients = picture.scene, picture.title, picture.gradients
    top = 34.0 if title else 0.0
    width, height = max(scene.width, 640.0), scene.height + top + _LEGEND
    shift = (width - scene.width) / 2
    name = title or f"Network of {len(scene.spots)} units"
    return "\n".join(
        [
            '<svg class="gradtrace" xmlns="http://www.w3.org/2000/svg"'
            f' width="{width:.0f}" height="{height:.0f}"'
            f' viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(FONTS)}'
            f' font-size="{SMALL:g}" fill="{INK}" direction="ltr" role="img"'
            f" aria-label={quoteattr(printable(name))}>",
            f"<style>{DARK_STYLE}</style>{_ARROW}",
            f'<rect width="100%" height="100%" fill="{PAPER}"/>',
            *([_text(width / 2, 24, title, size=16)] if title else []),
            f'<g transform="translate({shift:.1f} {top:g})">',
            *(_image_frame(image) for image in scene.images.values()),
            *(_line(scene, line) for line in scene.lines),
            *(part for line in scene.lines for part in _weight(scene, line)),
            *(_wire_name(line) for line in scene.lines if line.name),
            *(part for spot in scene.spots for part in _spot(scene, spot, gradients)),
            *(part for caption in scene.captions for part in _caption(caption)),
            "</g>",
            *_legend(scene, height - 10, gradients),
            "</svg>",
        ]
    )


def _image_frame(image: Box) -> str:
    return rectangle(image, f'fill="none" stroke="{SOFT}" stroke-opacity="0.6"')


def _caption(caption: Caption) -> Iterator[str]:
    """Yield the words below columns, and a bracket if there are several."""
    if caption.first < caption.last:
        way = f"M{caption.left:.1f} {caption.y - 19:.1f}v4H{caption.right:.1f}v-4"
        yield f'<path d="{way}" fill="none" stroke="{SOFT}" stroke-opacity="0.6"/>'
    yield _text(caption.x, caption.y, caption.words, color=SOFT)


def _sign(x: float) -> str:
    return "+" if x > 0 else "−" if x < 0 else "0"


def _line(scene: NetworkScene, line: WireLine) -> str:
    wire = scene.network.wires[line.wire]
    sign = _sign(wire.weight)
    dashes = f' stroke-dasharray="{DASHES[sign]}"' if sign == "−" else ""
    look = (
        f'stroke="{COLORS[sign]}" stroke-width="{0.5 + 2.5 * line.size:.2f}" '
        f'stroke-opacity="{0.15 + 0.7 * line.size:.2f}"{dashes}'
    )
    if wire.parameter is None:
        look = f'stroke="{SOFT}" stroke-width="1" stroke-opacity="0.7" {_ARROW_AT_THE_END}'
    way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line.points)
    return (
        f'<path class="wire" d="{way}" fill="none" stroke-linejoin="round" {look}>'
        f"<title>{escape(_wire_words(scene, wire))}</title></path>"
    )


_ARROW = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1l8 3-8 3z" fill="{SOFT}"/></marker>'
)
_ARROW_AT_THE_END = 'marker-end="url(#arrow)"'


def _weight(scene: NetworkScene, line: WireLine) -> Iterator[str]:
    """Yield the number of a wire, on a ground that parts the line."""
    if line.place is None:
        return
    x, y = line.at(line.place)
    words = number_text(scene.network.wires[line.wire].weight, digits=4)
    width = text.width(words, SMALL) + 2
    yield (
        f'<rect x="{x - width / 2:.1f}" y="{y - SMALL / 2 - 2:.1f}" width="{width:.1f}"'
        f' height="{SMALL + 4:g}" fill="{PAPER}" fill-opacity="0.9"/>'
    )
    color = COLORS[_sign(scene.network.wires[line.wire].weight)]
    yield _text(x, y + 4.6, words, color=color)


def _wire_name(line: WireLine) -> str:
    x, y = line.points[0]
    return _text(x + 5, y - 6, line.name, anchor="start", color=SOFT)


def _wire_words(scene: NetworkScene, wire: Wire) -> str:
    graph = scene.network.graph
    if wire.parameter is None:
        uses = [graph.edges[k] for k in wire.edges[:_MOST_USES]]
        names = graph.names
        slopes = [f"∂{names[e.child]}/∂{names[e.parent]} = {number_text(e.partial)}" for e in uses]
        more = f"; {len(wire.edges) - len(uses)} more" * (len(wire.edges) > len(uses))
        return printable(f"no weight; {', '.join(slopes)}{more}")
    node = graph.nodes[wire.parameter]
    gradient = number_text(graph.adjoints[wire.parameter])
    return f"{printable(node.name)} = {number_text(node.data)}, gradient {gradient}"


def _spot(scene: NetworkScene, spot: Spot, gradients: bool) -> Iterator[str]:
    unit = scene.network.units[spot.unit]
    node = scene.network.graph.nodes[unit.result]
    gradient = scene.network.graph.adjoints[unit.result]
    told = f"{', '.join(unit.path) or node.name}: {number_text(node.data)}"
    told += f", gradient {number_text(gradient)}" if gradients else ""
    yield f'<g class="unit {spot.shape}"><title>{escape(printable(told))}</title>'
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
            yield _text(spot.x, spot.y + spot.radius + SMALL + 3, words, color=SOFT)
    yield "</g>"


def _box_of(spot: Spot) -> Box:
    width, height = spot.width or 2 * spot.radius, spot.height or 2 * spot.radius
    return Box(spot.x - width / 2, spot.y - height / 2, width, height)


def _circle(spot: Spot, value: float, gradient: float | None, words: str) -> Iterator[str]:
    at = f'cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{spot.radius:.1f}"'
    ring = SOFT if gradient is None else COLORS[_sign(gradient)]
    width = 1.2 if gradient is None else 1.0 + 3.0 * abs(spot.ring)
    dashes = ' stroke-dasharray="4 2.5"' if gradient is not None and gradient < 0 else ""
    yield f'<circle {at} fill="{PAPER}"/>'
    yield (
        f'<circle {at} fill="{COLORS[_sign(value)]}" fill-opacity="{0.55 * abs(spot.fill):.3f}" '
        f'stroke="{ring}" stroke-width="{width:.2f}"{dashes}/>'
    )
    if spot.radius >= READABLE:
        size = letters_in(spot.radius)
        yield _text(spot.x, spot.y + 0.35 * size, number_in(value, spot.radius), size=size)
    if words:
        side = -1 if spot.side == "before" else 1
        x = spot.x + side * (spot.radius + 6)
        width = text.width(words, SMALL)
        yield (
            f'<rect x="{x - (width if side < 0 else 0):.1f}" y="{spot.y - SMALL / 2 - 1:.1f}"'
            f' width="{width:.1f}" height="{SMALL + 3:g}" fill="{PAPER}" fill-opacity="0.8"/>'
        )
        yield _text(x, spot.y + 4.6, words, anchor="end" if side < 0 else "start", color=SOFT)


def letters_in(radius: float) -> float:
    """Return the size of the letters in a circle."""
    return min(SMALL, 0.7 * radius)


def number_in(value: float, radius: float) -> str:
    """Return a number with as many digits as have room in a circle, at most three.

    Where not even one has room, a small number is ≈0, and a large one is left out.
    """
    words = [
        number_text(value, digits=digits) for digits in ((2, 1) if radius < LARGEST else (3, 2, 1))
    ]
    small = "≈0" if abs(value) < 1 else ""
    room = 2.1 * radius  # because `text.width` leaves room for wide letters, and digits are not
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
        yield _text(spot.x, spot.y + 4.6 + 17 * (k - (len(rows) - 1) / 2), words)


def _block(scene: NetworkScene, spot: Spot, gradients: bool) -> Iterator[str]:
    """Yield the box of a block: its name and its cells."""
    look = OUTLINES["group" if scene.network.units[spot.unit].path else "leaf"]
    graph, scale = scene.network.graph, scene.scale
    frame = f'fill="{PAPER}" stroke="{look.line}" stroke-width="{look.width:g}"'
    yield rectangle(_box_of(spot), frame, 6)
    yield _text(spot.x, spot.y - spot.height / 2 + 16, spot.name)
    tables = [abs(graph.nodes[c.node].data) for c in spot.cells if c.kind == "table"]
    for x, y, width, height, node, kind in spot.cells:
        if kind == "gradient" and not gradients:
            continue
        value = graph.adjoints[node] if kind == "gradient" else graph.nodes[node].data
        most = {"gradient": scale.gradient, "value": scale.value}.get(kind) or max(tables)
        color = INK if kind == "table" else COLORS[_sign(value)]
        share = 0.75 * abs(value) / (most or 1.0)
        look_of_cell = f'fill="{color}" stroke="{SOFT}" stroke-opacity="0.4"'
        cell = Box(spot.x + x, spot.y + y, width, height)
        yield rectangle(cell, f'{look_of_cell} fill-opacity="{share:.3f}"')


def _legend(scene: NetworkScene, y: float, gradients: bool) -> Iterator[str]:
    scale, shown = scene.scale, [scene.folding] if scene.folding else []
    shown.append(f"fill: value, darkest {number_text(scale.value, digits=3)}")
    if gradients:
        shown.append(f"ring: gradient, widest {number_text(scale.gradient, digits=3)}")
    if scale.weight:
        shown.append(f"line: weight, widest {number_text(scale.weight, digits=3)}")
    shown += ["blue and solid: positive", "orange and dashed: negative", "gray arrow: no weight"]
    if scene.hidden_wires:
        shown.append(f"the {len(scene.lines):,} strongest of {scene.wires:,} wires are drawn")
    yield _text(16, y, "  ·  ".join(shown), anchor="start", color=SOFT, size=11.5)


def _text(
    x: float, y: float, words: str, *, anchor: str = "middle", color: str = INK, size: float = SMALL
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}"'
        f' fill="{color}">{escape(printable(words))}</text>'
    )
