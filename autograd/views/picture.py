"""The picture of a graph or of a part of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import sqrt

from ..engine.ops import CONSTANT
from ..graph.formulas import Writer
from ..graph.graph import Graph
from ..graph.parts import Edge, Node
from ..graph.wording import factors_in_numbers, number_text
from .neurons import NeuronPlace
from .picture_parts import Arrow, Card, Frame, Picture
from .selection import Cut, Item, Tie
from .text import counted, cut_middle, printable

_NAME_LENGTH = 22
_TIP_LENGTH = 300


def picture_of(
    graph: Graph,
    cut: Cut,
    *,
    title: str = "",
    gradients: bool = False,
    focus: int | None = None,
    direction: str = "LR",
) -> Picture:
    """Return the picture of a part of a graph."""
    return Picture(
        cards=tuple(_card(graph, item, gradients, focus) for item in cut.items),
        arrows=_arrows(graph, cut, gradients),
        frames=_frames(cut.items, graph),
        title=cut_middle(title, 120),
        output=_output_name(graph),
        gradients=gradients,
        direction=direction,
    )


def _output_name(graph: Graph) -> str:
    if len(graph.outputs) > 1:
        return cut_middle(Writer(graph).output, 2 * _NAME_LENGTH)
    return cut_middle(graph.output.label, _NAME_LENGTH) or "output"


# --- cards ----------------------------------------------------------------------------------------


def _card(graph: Graph, item: Item, gradients: bool, focus: int | None) -> Card:
    if item.cut:
        return Card("more", f"… {item.cut} more", tip=f"{item.cut} parents are not drawn")
    note = f"+ {counted(item.other_uses, 'more use')}" if item.other_uses else ""
    if item.name:
        return _group_card(graph, item, gradients, note)
    node = graph.nodes[item.nodes[0]]
    name, mark = _heading(node, graph.names[node.index])
    kind = _kind(graph, node)
    shows_gradient = gradients and kind != "constant"
    return Card(
        kind,
        name,
        mark,
        value=number_text(node.data),
        gradient=number_text(graph.adjoints[node.index]) if shows_gradient else "",
        note=note,
        tip=_card_tip(graph, node, shows_gradient),
        node=node.index,
        focused=node.index == focus,
    )


_MOST_RESULTS = 3  # numbers that a box of many nodes shows


def _group_card(graph: Graph, item: Item, gradients: bool, note: str) -> Card:
    """Return the box of a group. It shows the numbers that others read, and their gradients."""
    results = read_outside(graph, item.nodes)
    value = _several(graph.nodes[node].data for node in results)
    gradient = _several(graph.adjoints[node] for node in results) if gradients else ""
    tip = f"{item.name}: {value}" + (f", gradient {gradient}" if gradients else "")
    return Card("group", item.name, value=value, gradient=gradient, note=note, tip=tip)


def _several(numbers: Iterable[float]) -> str:
    words = [number_text(x, digits=4) for x in numbers]
    return ", ".join(words[:_MOST_RESULTS] + ["…"] * (len(words) > _MOST_RESULTS))


def read_outside(graph: Graph, nodes: Collection[int]) -> list[int]:
    """Return the outputs among some nodes, and those that nodes outside read.

    Leaves are returned only if there are no others.
    """
    inside = set(nodes)
    read = {
        parent
        for node in graph.nodes
        if node.index not in inside
        for parent in node.parents
        if parent in inside
    }
    found = sorted(read | (inside & set(graph.outputs)))
    computed = [node for node in found if graph.nodes[node].parents]
    return computed or found


def _kind(graph: Graph, node: Node) -> str:
    if node.index in graph.outputs:
        return "output"
    if node.op is CONSTANT:
        return "constant"
    return "leaf" if node.is_leaf else "node"


def _heading(node: Node, name: str) -> tuple[str, str]:
    glyph = printable(node.op.glyph)
    if node.label:
        return cut_middle(name, _NAME_LENGTH), glyph
    if node.op is CONSTANT:
        return "", ""
    return (glyph, name) if glyph else (name, "")


def _card_tip(graph: Graph, node: Node, shows_gradient: bool) -> str:
    name = graph.names[node.index]
    made = node.op.name if node.label else f"{node.op.name} {name}"
    text = f"{name} ({made}) = {node.data!r}" if node.label else f"{made} = {node.data!r}"
    if shows_gradient:
        text += f", gradient {graph.adjoints[node.index]!r}"
    if node.line:
        text += f"; {node.code}"
    return cut_middle(text, _TIP_LENGTH)


# --- arrows ---------------------------------------------------------------------------------------


def _arrows(graph: Graph, cut: Cut, gradients: bool) -> tuple[Arrow, ...]:
    place = {edge: index for index, edge in enumerate(graph.edges)}
    inner = _inner_nodes(graph, cut)
    sizes = [_contribution(graph, edge) for tie in cut.ties for edge in tie.edges]
    largest = max((abs(size) for size in sizes), default=0.0) or 1.0
    most = largest if gradients else 0.0
    return tuple(_arrow(graph, tie, place, most, inner) for tie in cut.ties)


def _inner_nodes(graph: Graph, cut: Cut) -> set[int]:
    """Return the nodes in groups whose numbers the boxes of the groups do not show."""
    groups = [item.nodes for item in cut.items if item.name]
    return {node for nodes in groups for node in {*nodes}.difference(read_outside(graph, nodes))}


def _contribution(graph: Graph, edge: Edge) -> float:
    upstream = graph.adjoints[edge.child]
    return upstream * edge.partial if upstream else 0.0


def _arrow(
    graph: Graph, tie: Tie, place: dict[Edge, int], most: float, inner: Collection[int]
) -> Arrow:
    """Return an arrow. `most` is the largest contribution in the picture, or 0 to show none.

    An arrow to a node in `inner` has no number. A reader would take it for the derivative of the
    number that the box shows.
    """
    if len(tie.edges) != 1:
        text = counted(len(tie.edges), "edge") if tie.edges else ""
        return Arrow(tie.tail, tie.head, text)
    edge = tie.edges[0]
    contribution = _contribution(graph, edge)
    sign = ("+" if contribution > 0 else "−" if contribution < 0 else "0") if most else ""
    return Arrow(
        tie.tail,
        tie.head,
        "" if edge.child in inner else number_text(edge.partial),
        sign,
        sqrt(abs(contribution) / most) if most else 0.0,
        tip=_arrow_tip(graph, edge, bool(most)),
        edge=place[edge],
    )


def _arrow_tip(graph: Graph, edge: Edge, shows_contribution: bool) -> str:
    child, parent = graph.names[edge.child], graph.names[edge.parent]
    text = f"∂{cut_middle(child, 60)}/∂{cut_middle(parent, 60)} = {number_text(edge.partial)}"
    if shows_contribution:
        factors = factors_in_numbers((graph.adjoints[edge.child], edge.partial))
        text += f"; contribution {factors} = {number_text(_contribution(graph, edge))}"
    return text


# --- frames ---------------------------------------------------------------------------------------


def _frames(items: Sequence[Item], graph: Graph) -> tuple[Frame, ...]:
    """Return the frames of layers and of the neurons inside them.

    A layer of one neuron, or of collapsed neurons, has a single frame.
    """
    layers: dict[int, dict[NeuronPlace, list[int]]] = {}
    for index, item in enumerate(items):
        if item.neuron:
            layers.setdefault(item.neuron.layer, {}).setdefault(item.neuron, []).append(index)
    frames: list[Frame] = []
    for _, neurons in sorted(layers.items()):
        whole = len(frames)
        first = min(neurons)
        is_folded = all(items[members[0]].name for members in neurons.values())
        if len(neurons) == 1 or is_folded:
            own = f", {first.name}" if first.number and not is_folded else ""
            together = tuple(index for members in neurons.values() for index in members)
            frames.append(Frame(first.around + own, together))
            continue
        direct = next((tuple(m) for neuron, m in neurons.items() if not neuron.number), ())
        frames.append(Frame(first.around, direct))
        frames += [
            Frame(neuron.name, tuple(members), whole)
            for neuron, members in sorted(neurons.items())
            if neuron.number
        ]
    return tuple(frames)
