"""`draw` and `Drawing`: graphviz's own object, and pictures without the dot program."""

import base64
import os
import re
from pathlib import Path
from xml.etree import ElementTree

import graphviz
import pytest

from autograd import Graph, Value, draw, sin
from autograd.views.drawing import Drawing


@pytest.fixture
def output():
    a = Value(2.0, label="a")
    b = a * a + sin(a)
    b.label = "b"
    return b


@pytest.fixture
def no_dot(monkeypatch):
    """No program can be found."""
    monkeypatch.setenv("PATH", "")


def test_a_drawing_is_graphvizs_own(output):
    drawing = draw(output)
    assert isinstance(drawing, graphviz.Digraph) and isinstance(drawing, Drawing)
    assert drawing.source.startswith("digraph")


def test_gradients_are_shown_once_backward_was_called(output):
    assert not draw(output).picture.gradients
    assert draw(output, gradients=True).picture.gradients
    output.backward()
    assert draw(output).picture.gradients
    assert not draw(output, gradients=False).picture.gradients


def test_a_value_and_its_graph_draw_alike(output):
    assert draw(output).svg() == draw(Graph.of(output)).svg()
    assert draw(output).source == draw(Graph.of(output)).source


def test_focus_by_value_label_and_index(output):
    a = output.parents[1].parents[0]
    sine = output.parents[1]
    assert draw(output, focus=a).svg() == draw(output, focus="a").svg()
    by_value = draw(output, focus=sine)
    assert by_value.svg() == draw(output, focus=Graph.of(output).index("v2")).svg()
    (card,) = (card for card in by_value.picture.cards if card.focused)
    assert card.name == "sin"


def test_a_focus_that_is_not_there_is_refused(output):
    with pytest.raises(ValueError, match="is not part of the computation"):
        draw(output, focus=Value(1.0))
    with pytest.raises(ValueError, match="labels are: a, b"):
        draw(output, focus="c")
    with pytest.raises(TypeError, match="does not hold Values: give the label or the index"):
        draw(Graph.of(output), focus=output)


@pytest.mark.usefixtures("no_dot")
def test_pictures_need_no_dot_program(output, tmp_path):
    drawing = draw(output)
    ElementTree.fromstring(drawing.svg())
    assert drawing._repr_mimebundle_()
    assert drawing.save(tmp_path / "a.svg") == str(tmp_path / "a.svg")
    with pytest.raises(graphviz.ExecutableNotFound):
        drawing.pipe(format="svg")


@pytest.mark.parametrize("name", ["a.svg", "A.SVG", "a.dot", "a.gv"])
def test_save_writes_what_the_name_says(output, tmp_path, name):
    drawing = draw(output)
    drawing.save(tmp_path / "new" / name)
    written = (tmp_path / "new" / name).read_text(encoding="utf-8")
    assert written == (drawing.svg() if name.lower().endswith("svg") else drawing.source)
    assert os.listdir(tmp_path / "new") == [name]


@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "a", "a.svg.txt"])
def test_save_refuses_other_names_and_says_what_to_write(output, tmp_path, name):
    with pytest.raises(ValueError, match=r"\.svg.*\.dot.*render"):
        draw(output).save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_save_works_as_graphvizs_own_does(output, tmp_path):
    drawing = draw(output)
    path = drawing.save(directory=tmp_path)
    assert Path(path).read_text(encoding="utf-8") == drawing.source
    Path(path).write_text("mine", encoding="utf-8")
    drawing.save(skip_existing=True)
    assert Path(path).read_text(encoding="utf-8") == "mine"


@pytest.mark.optional("dot")
@pytest.mark.parametrize("name", ["a", "a.gv", "a.anything"])
def test_render_is_graphvizs_own(output, tmp_path, name):
    rendered = draw(output).render(tmp_path / name, format="png", cleanup=True)
    assert Path(rendered).read_bytes().startswith(b"\x89PNG")
    assert os.listdir(tmp_path) == [f"{name}.png"]


@pytest.mark.optional("dot", "resvg_py")
@pytest.mark.parametrize(("name", "kind"), [("a.svg", None), ("a.svg", "svg"), ("a.png", None)])
def test_a_name_that_ends_in_a_format_is_that_of_the_picture(output, tmp_path, name, kind):
    drawing = draw(output)
    drawing.save(tmp_path / name)
    rendered = drawing.render(tmp_path / name, **({"format": kind} if kind else {}))
    assert rendered == str(tmp_path / name)
    assert b"digraph" not in Path(rendered).read_bytes()
    assert (tmp_path / "a.gv").read_text(encoding="utf-8") == drawing.source


@pytest.mark.optional("dot")
def test_a_picture_is_kept_when_another_format_is_rendered(output, tmp_path):
    drawing = draw(output)
    drawing.save(tmp_path / "a.svg")
    assert drawing.render(tmp_path / "a.svg", format="pdf") == str(tmp_path / "a.svg.pdf")
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == drawing.svg()


@pytest.mark.optional("dot")
def test_render_to_an_outfile_and_pipe(output, tmp_path):
    draw(output).render(outfile=tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert b"<svg" in draw(output).pipe(format="svg")


@pytest.mark.usefixtures("no_dot")
def test_notebooks_get_an_image_that_needs_no_trust(output):
    drawing = draw(output, title='<"title">')
    html = drawing._repr_html_()
    (data,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]*)"', html)
    assert base64.b64decode(data).decode() == drawing.svg()
    assert "&lt;&quot;title&quot;&gt;" in html


def test_copies_keep_the_picture(output):
    drawing = draw(output)
    copy = drawing.copy()
    assert isinstance(copy, Drawing)
    assert (copy.svg(), copy.source) == (drawing.svg(), drawing.source)
    assert repr(copy) == "<Drawing of b: 4 boxes, 5 edges>"


def test_nodes_added_by_hand_are_in_the_source(output):
    drawing = draw(output)
    with drawing.subgraph(name="cluster_mine") as mine:
        mine.node("note", "look here")
    assert drawing.source.count("look here") == 1 and drawing.source.count("rankdir") == 1


def test_a_large_graph_is_refused_with_advice():
    a = Value(1.0)
    for _ in range(2100):
        a = sin(a)
    with pytest.raises(ValueError, match=r"too many to draw.*focus=.*depth="):
        draw(a, level="scalar")
    assert len(draw(a, depth=10).picture.cards) == 12


def test_several_outputs_share_a_drawing():
    x = Value(0.5, "x")
    y1, y2 = x.tanh(), x.sigmoid()
    y1.label, y2.label = "y1", "y2"
    drawing = draw([y1, y2], gradients=True)
    kinds = {card.name: card.kind for card in drawing.picture.cards}
    assert kinds == {"x": "leaf", "y1": "output", "y2": "output"}
    assert "∂(y1 + y2)/∂box" in drawing.svg()
    assert len(draw([y1, y2], depth=0).picture.cards) >= 2
