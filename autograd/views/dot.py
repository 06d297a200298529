"""Write a picture as a graphviz graph, for those who have the `dot` program."""

from __future__ import annotations

import re
from html import escape

import graphviz

from ..graph.wording import number_text
from .network_svg import NetworkPicture
from .palette import COLORS, FRAME_FILLS, FRAME_LINE, INK, OUTLINES, SOFT, stroke
from .picture_parts import EDGE_WORDS, Arrow, Card, Picture

_FONT = "Helvetica,Arial,sans-serif"
_STYLES = {
    "leaf": "rounded,filled",
    "constant": "dashed,filled",
    "node": "filled",
    "output": "filled",
    "group": "rounded,filled",
    "more": "dotted,filled",
}


def write_source(graph: graphviz.Digraph, picture: Picture | NetworkPicture) -> None:
    """Add the picture to an empty graphviz graph."""
    if isinstance(picture, NetworkPicture):
        _write_network(graph, picture)
    else:
        _write_boxes(graph, picture)


def _write_network(graph: graphviz.Digraph, picture: NetworkPicture) -> None:
    """Add a circle for each unit, and the wires that are drawn."""
    scene = picture.scene
    graph.attr(rankdir="LR", ranksep="1.6", nodesep="0.08", fontname=_FONT, fontcolor=SOFT)
    graph.attr(label=graphviz.escape(picture.title))
    graph.attr("node", shape="circle", fontname=_FONT, fontsize="9", fontcolor=INK, width="0.3")
    graph.attr("edge", arrowhead="none")
    for spot in scene.spots:
        unit = scene.network.units[spot.unit]
        value = scene.network.graph.nodes[unit.result].data
        shape = "box" if spot.width else "circle"
        words = f"{spot.name} {number_text(value, digits=3)}".strip()
        graph.node(f"n{spot.unit}", label=graphviz.escape(words), shape=shape)
    for line in scene.lines:
        wire = scene.network.wires[line.wire]
        weight = 0.0 if wire.parameter is None else wire.weight
        color = COLORS["+" if weight > 0 else "−" if weight < 0 else "0"]
        style = "dashed" if weight < 0 else "solid"
        width = f"{0.4 + 2 * line.size:.2f}"
        graph.edge(f"n{wire.tail}", f"n{wire.head}", color=color, style=style, penwidth=width)


def _write_boxes(graph: graphviz.Digraph, picture: Picture) -> None:
    graph.attr(
        rankdir=picture.direction, nodesep="0.18", ranksep="0.45", fontname=_FONT, fontcolor=SOFT
    )
    graph.attr(fontsize="11", labelloc="b", labeljust="l", label=_caption(picture))
    graph.attr("node", shape="box", fontname=_FONT, fontsize="12", fontcolor=INK, margin="0.1,0.05")
    graph.attr("edge", fontname=_FONT, fontsize="10", arrowsize="0.6")
    clusters = [
        graphviz.Digraph(
            f"cluster_{number}",
            graph_attr={
                "label": graphviz.escape(frame.name),
                "style": "rounded,filled",
                "color": FRAME_LINE,
                "fillcolor": FRAME_FILLS[0 if frame.parent is None else 1],
                "labelloc": "t",
            },
        )
        for number, frame in enumerate(picture.frames)
    ]
    cluster_of = {card: clusters[n] for n, f in enumerate(picture.frames) for card in f.members}
    for place, card in enumerate(picture.cards):
        _write_card(cluster_of.get(place, graph), f"n{place}", card)
    for place in reversed(range(len(clusters))):
        parent = picture.frames[place].parent
        (graph if parent is None else clusters[parent]).subgraph(clusters[place])
    for arrow in picture.arrows:
        _write_arrow(graph, arrow)


def _caption(picture: Picture) -> str:
    lines = []
    if picture.title:
        lines.append(f'<FONT POINT-SIZE="15" COLOR="{INK}">{_html(picture.title)}</FONT>')
    shown = f"value, ∂ = ∂{_html(picture.output)}/∂box" if picture.gradients else "value"
    lines.append(f"in a box: {shown} · {EDGE_WORDS}")
    if picture.gradients:
        lines.append(
            "an edge's contribution to the gradient (wider is larger): "
            f'<FONT COLOR="{COLORS["+"]}">solid positive</FONT>, '
            f'<FONT COLOR="{COLORS["−"]}">dashed negative</FONT>, dotted zero'
        )
    return "<" + "".join(f'{line}<BR ALIGN="LEFT"/>' for line in lines) + ">"


_ESCAPE = re.compile(r"\\(?=[A-Za-z])")


def _html(words: str) -> str:
    """Return words as an HTML-like label of dot.

    Even there, dot replaces "\\N" by the name of the node, and it cannot be escaped. A zero-width
    space between the two characters prevents this.
    """
    return escape(_ESCAPE.sub("\\\\\u200b", words))


def _write_card(graph: graphviz.Digraph, name: str, card: Card) -> None:
    look = OUTLINES[card.kind]
    graph.node(
        name,
        label=_card_label(card),
        style=_STYLES[card.kind],
        fillcolor=look.fill,
        color=look.line,
        penwidth="3" if card.focused else f"{look.width:g}",
        peripheries="2" if card.kind == "output" else "1",
        tooltip=graphviz.escape(card.tip or card.name),
    )


def _card_label(card: Card) -> str:
    name = f"<B>{_html(card.name)}</B>" if card.name else ""
    if card.mark:
        name += f' <FONT POINT-SIZE="10" COLOR="{SOFT}">{_html(card.mark)}</FONT>'
    gradient = f'<FONT COLOR="{SOFT}">∂</FONT> {_html(card.gradient)}' if card.gradient else ""
    note = f'<FONT POINT-SIZE="10" COLOR="{SOFT}">{_html(card.note)}</FONT>' if card.note else ""
    rows = [row for row in (name, _html(card.value), gradient, note) if row]
    return f"<{'<BR/>'.join(rows)}>"


def _write_arrow(graph: graphviz.Digraph, arrow: Arrow) -> None:
    look = stroke(arrow)
    style = {"−": "dashed", "0": "dotted"}.get(arrow.sign, "solid")
    graph.edge(
        f"n{arrow.tail}",
        f"n{arrow.head}",
        label=graphviz.escape(f" {arrow.text} ") if arrow.text else "",
        color=f"{look.color}{round(255 * look.opacity):02x}",
        fontcolor=SOFT,
        style=style,
        penwidth=f"{look.width:.2f}",
        tooltip=graphviz.escape(arrow.tip),
    )
