import base64
import hashlib
import json
import re
import subprocess
import xml.etree.ElementTree as ET
from html import unescape
from importlib.resources import files

import pytest

import autograd
from autograd import Value, draw, explain, page
from autograd.views.self_contained import asset
from nn import MLP, half_squared_error


def network():
    return MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])


def cost(net):
    return half_squared_error(net([0.5, 0.1]), 0.8)


def data_of(made):
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', made.html, re.S)
    return json.loads(found[1])


@pytest.fixture(scope="module")
def two_two_one():
    return page(cost(network()), title="The 2-2-1 network")


def test_the_page_of_the_example_is_small(two_two_one):
    assert len(two_two_one.html.encode()) < 150_000


def test_a_script_loses_spaces_and_comments_and_nothing_else():
    for file in sorted(files("autograd.views").joinpath("assets").iterdir()):
        if file.name.endswith(".js"):
            text = re.sub(
                r"^ *//.*|(?<=[;,{}]) +// [^\"'`\n]*$", "", file.read_text("utf-8"), flags=re.M
            )
            short = asset("autograd.views", file.name)
            assert re.sub(r"\s", "", short) == re.sub(r"\s", "", text)
            strings = r'"(?:[^"\\\n]|\\.)*"'
            assert re.findall(strings, short) == re.findall(strings, text)


def test_public_names_are_imported_at_first_use(run_python):
    out = run_python(
        "import sys, autograd; print('autograd.views.page' in sys.modules);"
        "autograd.page, autograd.Page; print('autograd.views.page' in sys.modules)"
    )
    assert out.split() == ["False", "True"]
    assert "page" in autograd.__all__


def test_it_asks_for_nothing_from_anywhere(two_two_one):
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", two_two_one.html)
    assert "wasm" not in two_two_one.html.lower()
    assert "eval(" not in two_two_one.html and "innerHTML" not in two_two_one.html


def test_the_policy_allows_this_script_and_this_style_only(two_two_one):
    html = two_two_one.html
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    for tag, name in (("<script>", "script"), ("<style>", "style")):
        body = html.split(tag)[1].split(f"</{name}>")[0]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert " style=" not in html and " onclick=" not in html


def test_the_same_graph_gives_the_same_page(two_two_one):
    assert page(cost(network()), title="The 2-2-1 network").html == two_two_one.html


def test_its_data_is_one_blob_that_cannot_end_its_element(hostile_graph):
    made = page(hostile_graph, title=hostile_graph.nodes[0].label)
    blob = made.html.split('id="data">')[1].split("</script>")[0]
    assert not set("<>&") & set(blob)
    assert made.html.count("<script") == made.html.count("</script>") == 2
    assert data_of(made)["nodes"][0][2] == 1.0


def test_hostile_labels_are_text_in_dot_svg_and_html(hostile_label):
    label = hostile_label
    x = Value(2.0, label)
    y = x * x
    y.label = label
    y.backward()
    drawing = draw(y, title=label)
    root = ET.fromstring(drawing.svg())
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags <= {"svg", "title", "rect", "g", "path", "text", "style"}
    assert len(drawing.source) < 20_000 and len(page(y, title=label).html.encode()) < 150_000
    ET.fromstring(re.search(r"<h1>.*?</h1>", page(y, title=label).html, re.S)[0])


def test_the_dot_program_reads_hostile_labels(optional, hostile_graph):
    program = optional("dot")
    source = draw(hostile_graph, title=hostile_graph.nodes[0].label).source
    done = subprocess.run(
        [program, "-Tsvg"], input=source.encode(), capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert not {"script", "img"} & {e.tag.split("}")[1] for e in ET.fromstring(done.stdout).iter()}


# --- saving and showing ---------------------------------------------------------------------------


def test_save_writes_the_page_and_replaces_an_old_one(two_two_one, tmp_path):
    target = tmp_path / "new" / "page.html"
    for _ in range(2):
        assert two_two_one.save(target) == str(target)
        assert target.read_text(encoding="utf-8") == two_two_one.html
    assert [file.name for file in target.parent.iterdir()] == ["page.html"]


def test_save_wants_a_name_that_a_browser_knows(two_two_one, tmp_path):
    with pytest.raises(ValueError, match=r"should end in \.html"):
        two_two_one.save(tmp_path / "page.svg")


def test_a_notebook_gets_a_picture_and_the_live_page(two_two_one):
    bundle = two_two_one._repr_mimebundle_()
    html = bundle["text/html"]
    picture = re.search(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]+)"', html)[1]
    assert ET.fromstring(base64.b64decode(picture)).tag.endswith("svg")
    assert html.index("<img") < html.index("<iframe") and 'sandbox="allow-scripts"' in html
    assert unescape(re.search(r'srcdoc="([^"]+)"', html)[1]) == two_two_one.html
    assert two_two_one._repr_mimebundle_(include=["text/plain"]) == {
        "text/plain": repr(two_two_one)
    }


# --- what it holds --------------------------------------------------------------------------------


def test_scenes_are_steps_of_the_trace(two_two_one):
    trace = autograd.trace(two_two_one.graph)
    data = data_of(two_two_one)
    assert [scene["name"] for scene in data["scenes"]] == ["scalars", "neurons", "layers"]
    scene = data["scenes"][0]
    cards, arrows = scene["cards"], scene["arrows"]
    edges = two_two_one.graph.edges
    forward = [cards[k]["node"] for k in scene["steps"]["forward"]]
    assert forward == [step.child for step in trace.forward]
    backward = [edges[arrows[k][2]] for k in scene["steps"]["backward"]]
    assert [(e.child, e.parent, e.slot) for e in backward] == [
        (step.child, step.parent, step.slot) for step in trace.backward
    ]


def test_every_formula_of_a_page_is_the_one_of_the_explanation():
    x = Value(-0.5, "x")
    y = (x.tanh() * x).exp()
    y.label = "y"
    rows = {(row["op"], len(row["slots"])): row for row in data_of(page(y))["rows"]}
    assert rows["tanh", 1]["slots"][0]["factor"] == ["(1 − tanh(", 0, ")²)"]
    assert "(1 − tanh(x)²)" in str(explain(y, wrt=x))
    assert rows["exp", 1]["slots"][0]["factor"] == [[1, 4]]  # y itself, by its name


def test_the_digits_network_opens_by_layer_with_the_chosen_paths():
    net = MLP(784, [16, 16, 10], activation="sigmoid", output_activation="sigmoid", seed=0)
    image = [((37 * k) % 100) / 100 for k in range(784)]
    output = half_squared_error(net(image), [0.0] * 2 + [1.0] + [0.0] * 7)
    made = page(output, level="layer", focus="W1[3,400]")
    scene = data_of(made)["scenes"][0]
    names = [card["name"] for card in scene["cards"]]
    assert {"W1[3,400]", "z1[3]", "a1[3]", "x1 … x784", "rest of layer 1", "C"} <= set(names)
    assert len(names) < 30
    held = {node for card in scene["cards"] for node in card.get("nodes", [card.get("node")])}
    assert held == set(range(len(made.graph.nodes)))  # nothing is left out


@pytest.mark.parametrize(
    ("options", "named"),
    [({"level": "row"}, "row"), ({"depth": -1}, "-1"), ({"focus": "nobody"}, "nobody")],
)
def test_arguments_that_make_no_sense_are_refused(options, named):
    with pytest.raises(ValueError, match=named):
        page(cost(network()), **options)
