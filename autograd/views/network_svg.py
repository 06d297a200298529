"""Write the picture of a network as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from ..graph.wording import number_text
from . import text
from .layout import Box
from .network_notes import LINE, Note
from .network_scene import NetworkScene
from .network_wires import WireLine
from .palette import COLORS, DARK_STYLE, DASHES, FONTS, INK, PAPER, SOFT
from .spots import SMALL, Caption
from .svg_parts import rectangle, text_svg
from .text import printable
from .unit_parts import Wire
from .unit_svg import sign_of, unit_svg

_LEGEND, _LEGEND_LETTERS = 18.0, 11.5  # a line of the legend, and its letters
_MOST_USES = 3  # local derivatives in the tip of a wire without a weight


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
    width = max(scene.width, 640.0)
    legend = _legend(scene, width - 32, gradients)
    height = scene.height + top + _LEGEND * len(legend) + 6
    shift = (width - scene.width) / 2
    name = title or f"Network of {len(scene.spots)} units"
    return "\n".join(
        [
            '<svg class="gradtrace" xmlns="http://www.w3.org/2000/svg"'
            f' width="{width:.0f}" height="{height:.0f}"'
            f' viewBox="0 0 {width:.0f} {height:.0f}" font-family={quoteattr(FONTS)}'
            f' text-anchor="middle" fill="{INK}" direction="ltr" role="img"'
            f" aria-label={quoteattr(printable(name))}>",
            f"<style>{DARK_STYLE}</style>{_ARROW}",
            f'<rect width="100%" height="100%" fill="{PAPER}"/>',
            *([text_svg(width / 2, 24, title, 16)] if title else []),
            f'<g transform="translate({shift:.1f} {top:g})">',
            *_drawn(scene, gradients),
            "</g>",
            *_drawn_legend(legend, scene.height + top),
            "</svg>",
        ]
    )


def _drawn(scene: NetworkScene, gradients: bool) -> Iterator[str]:
    """Yield all that is drawn, from the back to the front."""
    yield from (_image_frame(image) for image in scene.images.values())
    yield from (_line(scene, line) for line in scene.lines)
    for line in scene.lines:
        yield from _weight(scene, line)
    yield from (_wire_name(line) for line in scene.lines if line.name)
    for spot in scene.spots:
        yield from unit_svg(scene, spot, gradients)
    for caption in scene.captions:
        yield from _caption(caption)
    for note in scene.notes:
        yield from _note(note, gradients)


def _drawn_legend(legend: list[str], top: float) -> Iterator[str]:
    for k, words in enumerate(legend, start=1):
        yield text_svg(16, top + _LEGEND * k, words, _LEGEND_LETTERS, anchor="start", color=SOFT)


def _image_frame(image: Box) -> str:
    return rectangle(image, f'fill="none" stroke="{SOFT}" stroke-opacity="0.6"')


def _caption(caption: Caption) -> Iterator[str]:
    """Yield the words below columns, and a bracket if there are several."""
    if caption.first < caption.last:
        way = f"M{caption.left:.1f} {caption.y - 19:.1f}v4H{caption.right:.1f}v-4"
        yield f'<path d="{way}" fill="none" stroke="{SOFT}" stroke-opacity="0.6"/>'
    yield text_svg(caption.x, caption.y, caption.words, SMALL, color=SOFT)


def _note(note: Note, gradients: bool) -> Iterator[str]:
    """Yield the words of a note and its arrow; those of a gradient only where one is shown."""
    (x1, y1), (x2, y2) = note.start, note.end
    curve = f"C{x1:.1f} {(y1 + y2) / 2:.1f} {x2:.1f} {(y1 + y2) / 2:.1f} {x2:.1f} {y2:.1f}"
    yield f'<path d="M{x1:.1f} {y1:.1f}{curve}" fill="none" stroke="{SOFT}" {_ARROW_AT_THE_END}/>'
    for k, words in enumerate(note.words):
        if gradients or "∂" not in words:
            yield text_svg(note.at[0], note.at[1] + k * LINE, words, SMALL, color=SOFT)


def _line(scene: NetworkScene, line: WireLine) -> str:
    wire = scene.network.wires[line.wire]
    sign = sign_of(wire.weight)
    dashes = f' stroke-dasharray="{DASHES[sign]}"' if sign == "−" else ""
    look = (
        f'stroke="{COLORS[sign]}" stroke-width="{0.5 + 2.5 * line.size:.2f}" '
        f'stroke-opacity="{0.15 + 0.7 * line.size:.2f}"{dashes}'
    )
    if wire.parameter is None:
        look = f'stroke="{SOFT}" stroke-width="1" stroke-opacity="0.7" {_ARROW_AT_THE_END}'
    return (
        f'<path class="wire" d="{line.way}" fill="none" stroke-linejoin="round" {look}>'
        f"<title>{escape(_wire_words(scene, wire))}</title></path>"
    )


_ARROW = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 1l8 3-8 3z" fill="{SOFT}"/></marker>'
)
_ARROW_AT_THE_END = 'marker-end="url(#arrow)"'


def _weight(scene: NetworkScene, line: WireLine) -> Iterator[str]:
    """Yield the number of a wire, on a background that covers the line."""
    if line.place is None:
        return
    x, y = line.at(line.place)
    words = number_text(scene.network.wires[line.wire].weight, digits=4)
    width = text.width(words, SMALL) + 2
    yield (
        f'<rect x="{x - width / 2:.1f}" y="{y - SMALL / 2 - 2:.1f}" width="{width:.1f}"'
        f' height="{SMALL + 4:g}" fill="{PAPER}" fill-opacity="0.9"/>'
    )
    color = COLORS[sign_of(scene.network.wires[line.wire].weight)]
    yield text_svg(x, y + 4.6, words, SMALL, color=color)


def _wire_name(line: WireLine) -> str:
    x, y = line.points[0]
    return text_svg(x + 5, y - 6, line.name, SMALL, anchor="start", color=SOFT)


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


def _legend(scene: NetworkScene, width: float, gradients: bool) -> list[str]:
    """Return the lines of the legend, each at most so wide."""
    scale, shown = scene.scale, [scene.folding] if scene.folding else []
    shown.append(f"fill: value, darkest {number_text(scale.value, digits=3)}")
    if gradients:
        shown.append(f"ring: gradient, widest {number_text(scale.gradient, digits=3)}")
    if scale.weight:
        shown.append(f"line: weight, widest {number_text(scale.weight, digits=3)}")
    shown += ["blue and solid: positive", "orange and dashed: negative", "gray arrow: no weight"]
    if scene.hidden_wires:
        shown.append(f"the {len(scene.lines):,} strongest of {scene.wires:,} wires are drawn")
    lines = [shown[0]]
    for words in shown[1:]:
        longer = f"{lines[-1]}  ·  {words}"
        fits = text.width(longer, _LEGEND_LETTERS) <= width
        lines[-1:] = [longer] if fits else [lines[-1], words]
    return lines
