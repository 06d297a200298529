"""The DOT source: `dot` reads it, and shows the same as the SVG."""

import subprocess
from xml.etree import ElementTree

import pytest

from autograd import Graph, Value, block, draw, relu, sin
from autograd.views import text

HOSTILE = [
    "</script><script>alert(1)</script>",
    "<b>bold</b> & &amp; &lt;",
    "'single' \"double\"",
    "{a|b} <c> [d]",
    "back\\slash \\n \\N \\G \\",
    "\u202egnp.exe",
    "😀 שלום",
    "NUL \x00 ESC \x1b",
    "\ud800 lone",
    "x" * 10_000,
    "<<<>>>",
    "",
]


def by_dot(drawing):
    run = subprocess.run(
        ["dot", "-Tsvg"], input=drawing.source.encode(), capture_output=True, check=True
    )
    assert run.stderr == b""
    return ElementTree.fromstring(run.stdout)


def words(root):
    texts = [
        "".join(element.itertext()).replace("\xa0", " ").replace("\u200b", "").strip()
        for element in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    return [word for word in texts if word]


def neuron():
    with block("layer 1"), block("neuron 1"):
        a = relu(Value(0.5, label="W1[1,1]") * Value(2.0, label="x") - 3)
    a.label = "a1[1]"
    output = a + sin(Value(1.0))
    output.backward()
    return output


@pytest.mark.optional("dot")
@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_labels_and_titles_are_plain_text(label):
    shown = words(by_dot(draw(Value(1.0, label=label) * 2, title=label)))
    assert shown.count("2") == 3  # the constant, the output, one local derivative
    if label:
        assert text.cut_middle(label, 22) in shown
        assert text.cut_middle(label, 120) in shown


@pytest.mark.optional("dot")
def test_dot_draws_every_box_edge_and_frame():
    drawing = draw(neuron())
    classes = [
        group.get("class") for group in by_dot(drawing).iter("{http://www.w3.org/2000/svg}g")
    ]
    assert classes.count("node") == len(drawing.picture.cards)
    assert classes.count("edge") == len(drawing.picture.arrows)
    assert classes.count("cluster") == len(drawing.picture.frames) == 1


def test_the_source_goes_left_to_right_and_has_no_records():
    source = draw(neuron()).source
    assert "rankdir=LR" in source and "record" not in source
    assert "style=dashed" in source or "style=dotted" in source


def test_without_gradients_the_source_has_none():
    graph = Graph.of(neuron())
    assert "∂</FONT>" in draw(graph).source
    assert "∂</FONT>" not in draw(graph, gradients=False).source
