"""The playground: it trains as `fit` does, to the last digits, and can be driven by hand."""

import json
import subprocess

import numpy as np
import pytest

from autograd import Graph
from autograd.views.network_data import network_data
from autograd.views.network_scene import scene_of
from autograd.views.self_contained import asset
from autograd.views.units import network_of
from nn import MLP, SGD, Data, binary_cross_entropy, cross_entropy, fit, moons, squared_error
from nn.data.clouds import circles
from nn.losses import half_squared_error
from nn.play.playground import playground

VIEWS, PLAY = "autograd.views", "nn.play"


def labels(data):
    return Data(data.x, (data.y > 0).astype(float), "label")


def classes(data):
    return Data(data.x, np.hstack([data.y < 0, data.y > 0]).astype(float), "classes")


CASES = {
    "tanh, half squared error": (
        lambda: MLP(2, [4, 3, 1], "tanh", seed=0), moons(60, seed=0), half_squared_error, 7,
    ),
    "relu, squared error": (
        lambda: MLP(2, [8, 1], "relu", seed=1), circles(50, seed=1), squared_error, 10,
    ),
    "sigmoid, binary cross-entropy": (
        lambda: MLP(2, [5, 1], "sigmoid", seed=2), labels(moons(40, seed=2)),
        binary_cross_entropy, 40,
    ),
    "two classes, cross-entropy": (
        lambda: MLP(2, [6, 2], ["tanh"], seed=3), classes(moons(30, seed=3)), cross_entropy, 4,
    ),
    "no hidden layer, sigmoid": (
        lambda: MLP(2, [1], output_activation="sigmoid", seed=4), labels(moons(20, seed=4)),
        squared_error, 3,
    ),
}  # fmt: skip
STEPS = 60

TRAINING = """
const net = buildNetwork(kit.plan, kit);
const training = beginTraining(net, kit.sets.given, kit.weights, generatorOf(kit.random));
for (let k = 0; k < %d; k++)
  if (!trainStep(training, kit.rate, kit.size)) throw new Error(training.trouble);
const { costs } = training;
console.log(JSON.stringify({ weights: [...weightsOf(net)], costs, python: asPython(net) }));
"""


def trained_in_javascript(node, play, steps=STEPS, ending=TRAINING):
    parts = [f"const kit = {json.dumps(play._data())};", play._kit.script()]
    parts += [asset(VIEWS, f"{name}.js") for name in ("numbers", "engine")]
    parts += [asset(PLAY, f"{name}.js") for name in ("random", "train", "places")]
    source = "\n".join(parts) + (ending % steps if "%d" in ending else ending)
    done = subprocess.run([node, "-"], input=source, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.optional("node")
@pytest.mark.parametrize(("make", "data", "loss", "size"), CASES.values(), ids=CASES)
def test_the_browser_trains_as_fit_does(optional, make, data, loss, size):
    model = make()
    play = playground(model, data, loss=loss, learning_rate=0.2, batch_size=size, seed=9)
    got = trained_in_javascript(optional("node"), play)
    costs = []
    fit(
        model, data, loss=loss, optimizer=SGD(0.2), batch_size=size, seed=9, epochs=STEPS,
        progress=False, on_batch=lambda b: costs.append(b.cost) or len(costs) == STEPS,
    )  # fmt: skip
    wanted = [value.data for value in model.parameters()]
    assert len(costs) == STEPS
    assert got["costs"] == pytest.approx(costs, rel=1e-9, abs=1e-12)
    assert got["weights"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.optional("node")
def test_the_weights_as_python_are_those_of_the_page(optional):
    model = MLP(2, [3, 1], "relu", "sigmoid", seed=0)
    got = trained_in_javascript(optional("node"), playground(model, labels(moons(20, seed=0))))
    names = {}
    exec(got["python"], names)
    assert [value.data for value in names["net"].parameters()] == got["weights"]
    assert names["net"].sizes == [2, 3, 1]
    assert [layer.activation for layer in names["net"].layers] == ["relu", "sigmoid"]


GRAPH = """
const net = buildNetwork(kit.plan, kit);
const rows = net.model.rows.map((row) => (row < 0 ? "" : kit.rows[row].op));
const nameOf = (node) => net.nodes[node][3];
const told = ([, parents, , name], k) => [rows[k], parents.map(nameOf), name];
console.log(JSON.stringify(net.nodes.map(told)));
"""


@pytest.mark.optional("node")
@pytest.mark.parametrize(("make", "data", "loss", "size"), CASES.values(), ids=CASES)
def test_the_browser_builds_the_graph_that_python_records(optional, make, data, loss, size):
    model = make()
    play = playground(model, data, loss=loss)
    built = trained_in_javascript(optional("node"), play, ending=GRAPH)
    graph = Graph.of(loss(model(data.x[0]), data.y[0]))
    named = {node.label for node in graph.nodes if node.label and node.label[0] in "Wbxza"}
    recorded = {
        (node.op.name if node.parents else "", tuple(graph.nodes[p].label for p in node.parents))
        for node in graph.nodes
        if node.label in named
    }
    page = {(op, tuple(parents)) for op, parents, name in built if name in named}
    assert page == recorded
    assert len(built) == len(graph.nodes)


SCENE = "console.log(JSON.stringify(stageData(buildNetwork(kit.plan, kit), kit)));"
NETWORKS = {
    **CASES,
    "micrograd's": (lambda: MLP(2, [16, 16, 1], seed=0), moons(9, seed=0), squared_error, 1),
    "four layers": (lambda: MLP(2, [7, 1, 5, 9, 1], seed=0), moons(9, seed=0), squared_error, 1),
}


@pytest.mark.optional("node")
@pytest.mark.parametrize(("make", "data", "loss", "size"), NETWORKS.values(), ids=NETWORKS)
def test_the_network_stands_where_the_scene_without_notes_has_it(optional, make, data, loss, size):
    model = make()
    built = trained_in_javascript(
        optional("node"), playground(model, data, loss=loss), ending=SCENE
    )
    (scene,) = built["scenes"]
    network = network_of(Graph.of(loss(model(data.x[0]), data.y[0])))
    expected = json.loads(json.dumps(network_data(scene_of(network), {})))
    units, others = in_order(scene), in_order(expected)
    assert [said(u, scene) for u in units] == [said(u, expected) for u in others]
    for key in ("at", "radius", "size", "beside"):
        numbers = [np.ravel([u.get(key, 0) for u in us if key in u]) for us in (units, others)]
        assert numbers[0] == pytest.approx(numbers[1], abs=0.11)
    for key in ("width", "height", "total"):
        assert scene[key] == pytest.approx(expected[key], abs=0.11)
    assert scene["columns"] == expected["columns"]
    for mine, theirs in zip(scene["captions"], expected["captions"], strict=True):
        assert (mine["name"], mine["columns"]) == (theirs["name"], theirs["columns"])
        assert mine["reach"] == pytest.approx(theirs["reach"], abs=0.11)
        assert mine["y"] == pytest.approx(theirs["y"], abs=0.11)


def in_order(scene):
    return sorted(scene["units"], key=lambda unit: (unit["column"], unit["at"][1]))


def said(unit, scene):
    """Return what a unit is called and what is inside of it."""
    words = [unit.get(key) or "" for key in ("shape", "title", "name", "side")]
    inside = unit["nodes"] and scene["insides"][unit["inside"]]
    return words, len(unit["nodes"]), "bias" in unit, inside


SHUFFLED = """
const generator = generatorOf(kit.random);
console.log(JSON.stringify([1000, 7, 1].map((count) => permutation(generator, count))));
"""


@pytest.mark.optional("node")
def test_the_browser_shuffles_as_numpy_does(optional):
    play = playground(MLP(2, [1], seed=0), moons(10, seed=0), seed=123)
    got = trained_in_javascript(optional("node"), play, ending=SHUFFLED)
    generator = np.random.default_rng(123)
    assert got == [generator.permutation(n).tolist() for n in (1000, 7, 1)]


def test_one_file_is_small_and_asks_for_nothing(tmp_path):
    play = playground(MLP(2, [16, 16, 1], "relu", seed=0))
    path = play.save(tmp_path / "play.html")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert len(text.encode()) < 400_000
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert "default-src 'none'" in text
    assert text.replace('"', "") and "sandbox=" in play._repr_html_()


def softmax_net():
    return MLP(2, [3, 2], output_activation="softmax", seed=0)


def with_weights(outputs, targets):
    return squared_error(outputs, targets) + NET.parameters()[0]


NET = MLP(2, [1], seed=0)
REFUSED = {
    "no MLP": (lambda: playground(NET.layers[0]), TypeError, "trains an MLP"),
    "three inputs": (lambda: playground(MLP(3, [1], seed=0)), ValueError, "needs 2 inputs"),
    "softmax": (lambda: playground(softmax_net()), ValueError, "loss=cross_entropy"),
    "no bias": (lambda: playground(MLP(2, [1], bias=False, seed=0)), ValueError, "with a bias"),
    "other data": (
        lambda: playground(NET, Data([[1.0]], [[1.0]])), ValueError, "must have 2 inputs",
    ),
    "a loss of weights": (
        lambda: playground(NET, loss=with_weights), ValueError, "depends only on the outputs",
    ),
    "no rate": (lambda: playground(NET, learning_rate=0), ValueError, "above 0; got 0"),
    "no batch": (lambda: playground(NET, batch_size=0), ValueError, "mini-batch"),
    "another name": (lambda: playground(NET).save("x.svg"), ValueError, r"should end in \.html"),
}  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_it_cannot_train_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
