"""The SVG: well-formed, complete, honest about hostile labels, nothing clipped."""

import re
from xml.etree import ElementTree

import pytest

from autograd import Graph, Value, sin, total
from autograd.views import text
from autograd.views.card_sizes import card_size, label_size
from autograd.views.picture import picture_of
from autograd.views.picture_parts import Card
from autograd.views.selection import cut
from autograd.views.svg import svg

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<b>bold</b> & &amp; &#0;",
    "'single' \"double\" `back`",
    "{a|b} <c> [d]",
    "back\\slash \\n \\N \\l \\",
    "]]> <!-- -- > <![CDATA[ ?>",
    "\u202egnp.exe",
    "שלום عربى",
    "😀 e\u0301 👩‍👩‍👧",
    "NUL \x00 ESC \x1b \uffff",
    "\ud800 lone",
    "x" * 10_000,
    "%s {0} ${x}",
    "line\nbreak\ttab",
]
SVG = "{http://www.w3.org/2000/svg}"


def picture(output, *, gradients=True, title=""):
    graph = Graph.of(output)
    return picture_of(graph, cut(graph), gradients=gradients, title=title)


def parse(output, **options):
    return ElementTree.fromstring(svg(picture(output, **options)))


def words(root):
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def cost():
    x = Value(0.3, label="x")
    y = x * x + sin(x) * -2 + x * 0
    y.label = "y"
    return y


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_and_titles_are_plain_text(label):
    root = parse(Value(1.0, label=label) * 2, title=label)
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds == {"svg", "title", "rect", "text", "g", "path", "style"}
    shown = text.cut_middle(label, 22)
    assert shown in words(root)
    assert max(map(len, words(root))) < 200


def test_every_node_and_edge_is_drawn_once_and_numbered():
    output = cost()
    root, graph = parse(output), Graph.of(output)
    nodes = [int(g.get("data-node")) for g in root.iter(f"{SVG}g") if g.get("data-node")]
    drawn = [(g.get("class"), g.get("data-edge")) for g in root.iter(f"{SVG}g")]
    edges = [int(edge) for kind, edge in drawn if kind == "edge"]
    assert sorted(nodes) == list(range(len(graph.nodes)))
    assert sorted(edges) == list(range(len(graph.edges)))


def test_values_gradients_and_local_derivatives_can_be_read():
    shown = words(parse(cost()))
    for wanted in ("0.3", "∂ −1.3107", "−2", "0.95534", "y −", "x"):
        assert wanted in shown or wanted.removesuffix(" −") in shown


def test_before_backward_no_gradient_is_shown():
    shown = words(parse(cost(), gradients=False))
    assert not any(word.startswith("∂") for word in shown)
    assert any("local derivative" in word for word in shown)
    assert not any("contribution" in word for word in shown)


def test_signs_show_without_color():
    root = parse(cost())
    kinds = {}
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "edge":
            path = group.find(f"{SVG}path")
            kinds.setdefault(path.get("stroke"), set()).add(path.get("stroke-dasharray"))
    assert all(len(dashes) == 1 for dashes in kinds.values())
    assert len(set.union(*kinds.values())) == len(kinds) == 3


def test_the_legend_explains_what_is_shown():
    shown = " ".join(words(parse(cost())))
    for part in ("value", "∂y/∂box", "∂child/∂parent", "positive", "negative", "zero"):
        assert part in shown


@pytest.mark.parametrize("label", ["x", "W1[1,2]", "temperature", "WWWWMMMM@@", "水温の値"])
def test_cards_are_wider_than_their_text(label):
    card = Card("node", label, "tanh", "−1.2346·10⁻¹⁰", "−0.02448", "+ 12 more uses")
    width, height = card_size(card)
    assert width >= text.width(label, 14, bold=True) + text.width("tanh", 11.5) + 16
    assert width >= text.width("−1.2346·10⁻¹⁰", 13) + 16
    assert height >= 4 * 13


def test_everything_lies_inside_the_picture():
    root = parse(total([Value(1.0, label=f"a{n}") for n in range(9)]), title="T" * 90)
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter(f"{SVG}text"):
        assert 0 <= float(element.get("y")) <= height
        size = float(element.get("font-size"))
        room = text.width("".join(element.itertext()), size)
        x = float(element.get("x"))
        right = x + (room if element.get("text-anchor") == "start" else room / 2)
        assert right <= width + 1


def test_nothing_is_fetched_and_nothing_runs():
    source = svg(picture(cost()))
    assert re.findall(r"https?://[^\"]*", source) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|@import|href|url\(|\son\w+=", source)


def test_an_edge_without_text_takes_no_room():
    arrows = picture(cost()).arrows
    assert all(label_size(arrow)[0] > 0 for arrow in arrows)
