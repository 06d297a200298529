"""Pictures: they are drawn, where asked, with what they should show; and no matplotlib is no crash.

That they look right was looked at; these tests hold what can be counted.
"""

import re
import sys

import numpy as np
import pytest

from autograd import Graph, Value
from autograd.views.network_scene import MOST_WIRES, scene_of
from autograd.views.units import network_of
from nn import MLP, SGD, Data, History, Neuron, binary_cross_entropy, fit, moons
from nn.lessons.landscape import DescentPath, Landscape
from nn.lessons.nudges import nudges
from nn.targets import TargetType

pytestmark = pytest.mark.optional("matplotlib")


@pytest.fixture(autouse=True)
def pyplot(optional):
    optional("matplotlib").use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def net(sizes=(3, 2)):
    return MLP(4, list(sizes), "tanh", "sigmoid", seed=0)


def surface():
    data = moons(20, 0.1, seed=0)
    land = Landscape(
        MLP(2, [1], seed=0),
        Data(data.x, (data.y + 1) / 2),
        ("W1[1,1]", "W1[1,2]"),
        binary_cross_entropy,
    )
    paths = [land.descend([2.0, 2.0], 1.0, 3), land.descend([2.0, 2.0], 1.0, 1, 5, seed=0)]
    return land.around(paths, 5), paths


def history():
    data = moons(30, seed=0)
    model = MLP(2, [2, 1], "tanh", seed=0)
    return fit(model, data, optimizer=SGD(0.1), epochs=3, validation=data, progress=False)


X, Y = [0.5, -1.0, 0.0, 2.0], [1.0, 0.0]


def plots():
    from nn import plots

    return {
        "neuron": lambda ax: plots.plot_neuron(Neuron(3, "sigmoid", seed=0), [1, 2, 3], ax=ax),
        "large neuron": lambda ax: plots.plot_neuron(Neuron(50, seed=0), ax=ax),
        "weights": lambda ax: plots.plot_network(net(), ax=ax),
        "activations": lambda ax: plots.plot_network(net(), X, show="activations", ax=ax),
        "gradients": lambda ax: plots.plot_network(net(), X, Y, show="gradients", ax=ax),
        "nudges": lambda ax: plots.plot_network(net(), X, Y, show="nudges", ax=ax),
        "large network": lambda ax: plots.plot_network(net((40, 30, 2)), X, ax=ax),
        "activations g": lambda ax: plots.plot_activations(ax=ax),
        "digit network": lambda ax: plots.plot_network(net((3, 2)), X, names=["no", "yes"], ax=ax),
        "boundary": lambda ax: plots.plot_boundary(MLP(2, [1], seed=0), moons(20, seed=0), ax=ax),
        "contour": lambda ax: plots.plot_contour(*surface(), ax=ax),
        "cost": lambda ax: plots.plot_history(history(), ax=ax),
        "accuracy": lambda ax: plots.plot_history(history(), "accuracy", ax=ax),
        "weight images": lambda ax: plots.plot_weights(net((10, 2)), ax=ax),
        "digit": lambda ax: plots.plot_digit(net((3, 2)), X, 1, ax=ax),
    }


@pytest.mark.parametrize("name", plots())
def test_every_picture_is_drawn_in_its_own_figure_or_where_asked(name, pyplot):
    own = plots()[name](None)
    assert own.figure.get_size_inches()[0] == 7.0
    own.figure.canvas.draw()
    figure, ax = pyplot.subplots()
    assert plots()[name](ax) is ax
    figure.canvas.draw()
    assert len(ax.get_children()) > 10


def test_the_surface_is_drawn_in_three_dimensions(pyplot):
    from nn.plots import plot_surface

    ax = plot_surface(*surface())
    ax.figure.canvas.draw()
    assert ax.name == "3d"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        *("full batch", "mini-batches of 5")
    ]
    other = pyplot.figure().add_subplot(projection="3d")
    assert plot_surface(*surface(), ax=other) is other


@pytest.mark.parametrize("steps", [0, 1, 3])
@pytest.mark.parametrize("name", ["plot_contour", "plot_surface"])
def test_every_step_between_start_and_end_has_a_dot(name, steps):
    from nn import plots

    land = Landscape(MLP(2, [1], seed=0), Data([[1.0, 2.0]], [[1.0]]), ("W1[1,1]", "W1[1,2]"))
    path = land.descend([2.0, 2.0], 0.1, steps)
    ax = getattr(plots, name)(land.around([path], 5), [path])
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert len(dots.get_xdata()) == max(steps - 1, 0)
    ax.figure.canvas.draw()


def test_a_long_path_has_no_dots():
    from nn.plots import plot_contour

    whole, _ = surface()
    places = np.linspace([0.0, 0.0], [1.0, 1.0], 200)
    ax = plot_contour(whole, [DescentPath("long", places, np.zeros(200))])
    assert all(line.get_marker() != "o" for line in ax.lines)


@pytest.mark.parametrize(
    ("show", "expected"),
    [("values", {"relu": 2.0, "tanh": np.tanh(2.0)}), ("slopes", {"relu": 1.0, "tanh": 0.070651})],
)
def test_activations_are_drawn_as_they_are_computed(show, expected):
    from nn.plots import plot_activations

    ax = plot_activations(["relu", "tanh"], show=show, between=(-2.0, 2.0))
    curves = {line.get_label(): line.get_ydata() for line in ax.lines if len(line.get_xdata()) > 2}
    assert {name: y[-1] for name, y in curves.items()} == pytest.approx(expected, rel=1e-5)
    assert len({line.get_linestyle() for line in ax.lines if line.get_label() in curves}) == 2
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["relu", "tanh"]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_neuron_shows_its_numbers():
    from nn.plots import plot_neuron

    neuron = Neuron.from_arrays([0.4, -0.2], 0.1, "relu")
    shown = texts(plot_neuron(neuron, [0.5, 0.1]))
    for text in ("w1 = 0.4", "w2 = −0.2", "b = 0.1", "z = 0.28", "ŷ = 0.28", "relu", "Σ"):
        assert text in shown
    assert "z" in texts(plot_neuron(neuron))


def test_the_sign_of_a_weight_shows_in_the_line_not_only_in_color():
    from nn.plots import plot_network

    ax = plot_network(MLP.from_arrays([[[1.0, -1.0]]], [[0.0]]))
    positive, negative = ax.collections
    assert (len(positive.get_segments()), len(negative.get_segments())) == (1, 1)
    assert positive.get_linestyle()[0][1] is None
    assert negative.get_linestyle()[0][1] is not None
    assert tuple(positive.get_colors()[0][:3]) != tuple(negative.get_colors()[0][:3])


def test_a_small_network_shows_all_its_numbers_each_once():
    from nn.plots import plot_network

    model = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.25]])
    shown = texts(plot_network(model, [0.5, 0.15], show="activations"))
    biases = ("b = 0.1", "b = −0.3", "b = 0.25")
    for text in ("0.4", "0.2", "0.3", "0.7", "0.6", "0.9", *biases, "x1", "x2"):
        assert shown.count(text) == 1
    numbers = [text for text in shown if re.fullmatch(r"−?[0-9.]+", text)]
    assert sorted(numbers) == sorted(
        [*("0.4", "0.2", "0.3", "0.7", "0.6", "0.9"), *("0.5", "0.15", "0.33", "0", "0.448")]
    )
    gradients = texts(plot_network(model, [0.5, 0.15], 0.8, show="gradients"))
    assert sum(text.startswith("∂C/∂b = ") for text in gradients) == 3


def test_a_digit_is_drawn_in_place_of_its_pixels_and_classes_are_named():
    from nn.plots import plot_network

    model = MLP(784, [16, 10], "relu", seed=0)
    ax = plot_network(model, np.random.default_rng(0).random(784), show="activations")
    assert ax.images[0].get_array().shape == (28, 28, 4)
    names = [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"]
    assert names == list("0123456789")
    named = texts(plot_network(MLP(2, [2], seed=0), names=["cat", "dog"]))
    assert {"cat", "dog"} <= set(named)


def test_diagrams_are_white_in_dark_styles(pyplot):
    from nn.plots import plot_network

    with pyplot.style.context("dark_background"):
        ax = plot_network(net())
        assert ax.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
        assert ax.title.get_color() == "white"


def classified(count):
    generator = np.random.default_rng(0)
    return Data(generator.normal(size=(30, 2)), np.eye(count)[np.arange(30) % count])


@pytest.mark.parametrize(
    ("model", "data", "targets", "answers"),
    [
        (MLP(2, [1], seed=0), moons(30, seed=0), None, 2),
        (MLP(2, [1], seed=0), moons(30, seed=0), TargetType("label", 0.3), 2),
        (MLP(2, [3], seed=0), classified(3), None, 3),
        (MLP.from_arrays([[[0.0, 0.0]]], [[1.0]]), moons(30, seed=0), None, 2),
    ],
)
def test_a_boundary_shows_every_example_in_the_form_of_its_answer(model, data, targets, answers):
    from nn.plots import plot_boundary

    ax = plot_boundary(model, data, targets)
    points = [c for c in ax.collections if len(c.get_offsets()) > 1]
    assert sum(len(c.get_offsets()) for c in points) == len(data)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        *map(str, range(answers)),
    ]
    ax.figure.canvas.draw()


def test_the_boundary_is_where_the_output_crosses_its_threshold():
    from nn.plots import plot_boundary

    model = MLP.from_arrays([[[2.0, 0.0]]], [[0.5]])  # answers 1 right of x1 = −0.25
    ax = plot_boundary(model, moons(30, seed=0))
    drawn = [c for c in ax.collections if getattr(c, "filled", True) is False]
    lines = [path.vertices for contour in drawn for path in contour.get_paths()]
    assert len(lines) == 2  # one for each answer
    for line in lines:
        np.testing.assert_allclose(line[:, 0], -0.25, atol=1e-9)


def test_every_neuron_of_a_large_network_is_drawn_and_sizes_are_named():
    from nn.plots import plot_network

    ax = plot_network(MLP(784, [16, 10], "relu", seed=0))
    shown = texts(ax)
    assert "inputs: 784" in shown
    assert "layer 1: 16 relu" in shown
    assert len(ax.patches) == 16 + 10 + 1  # and the frame of the image
    assert sum(len(lines.get_segments()) for lines in ax.collections) == MOST_WIRES


def test_it_is_the_scene_of_the_other_pictures():
    from nn.plots import plot_network

    model = net()
    ax = plot_network(model, X, show="activations")
    outputs = model([Value(x, f"x{k}") for k, x in enumerate(X, start=1)])
    scene = scene_of(network_of(Graph.of(outputs)))
    middles = [(spot.x, spot.y) for spot in scene.spots]
    assert [circle.center for circle in ax.patches] == middles
    lines = [line for part in ax.collections for line in part.get_segments()]
    assert sorted(map(np.ndarray.tolist, lines)) == sorted(
        [list(point) for point in line.points] for line in scene.lines
    )


def test_nudges_are_those_of_the_lesson():
    from nn.plots import plot_network

    model = net()
    arrows = [t for t in texts(plot_network(model, X, Y, show="nudges")) if t in ("↑", "↓")]
    wanted = [nudge.change for layer in nudges(model, X, Y).layers for nudge in layer]
    assert arrows == ["↑" if change > 0 else "↓" for change in wanted]


def test_no_two_words_overlap(pyplot):
    from nn.plots import plot_network

    model = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.25]])
    for show in ("weights", "activations", "gradients", "nudges"):
        ax = plot_network(model, [0.5, 0.15], 0.8, show=show)
        ax.figure.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts]
        pairs = [(k, j) for k in range(len(boxes)) for j in range(k)]
        assert not [(k, j) for k, j in pairs if boxes[k].overlaps(boxes[j])]


def test_nudges_point_where_they_should_go():
    from nn.plots import plot_network

    model = net()
    shown = texts(plot_network(model, X, Y, show="nudges"))
    outputs = [a.data for a in model(X)]
    assert "↑" in shown
    assert shown.count("↑") + shown.count("↓") == 5
    assert outputs[0] < 1


def test_a_long_curve_is_not_hidden_under_its_marks():
    from nn.plots import plot_history

    short = history()
    long = History(short.optimizer, [*short] * 50)
    assert [line.get_markevery() for line in plot_history(short).lines] == [1, 1]
    assert [line.get_markevery() for line in plot_history(long).lines] == [4, 4]


def test_a_digit_names_answer_and_truth():
    from nn.plots import plot_digit

    model = MLP.from_arrays([np.eye(4)[:2]], [[0.0, 0.0]])
    assert plot_digit(model, [1.0, 0, 0, 0], 0).get_title() == "answer: 0, right"
    assert plot_digit(model, [1.0, 0, 0, 0], 1).get_title() == "answer: 0, but it is a 1"
    assert plot_digit(model, [1.0, 0, 0, 0]).get_title() == "answer: 0"


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda p: p.plot_network(net(), show="colors"), "show is one of weights, activations"),
        (
            lambda p: p.plot_network(net(), show="nudges"),
            "show='nudges' needs an example: give x and the target y",
        ),
        (
            lambda p: p.plot_network(net(), X, show="gradients"),
            "show='gradients' needs an example: give x and the target y",
        ),
        (
            lambda p: p.plot_network(net(), names=["yes"]),
            "names is a list with one name for each of the 2 outputs; got ['yes']",
        ),
        (
            lambda p: p.plot_network(net(), names="ab"),
            "names is a list with one name for each of the 2 outputs; got 'ab'",
        ),
        (
            lambda p: p.plot_boundary(net(), Data([X], [Y])),
            "over examples of two inputs; got Data(1",
        ),
        (
            lambda p: p.plot_boundary(MLP(2, [1]), Data([[0, 1]], [[3.5]])),
            "the targets are numbers, and no answer is right or wrong",
        ),
        (
            lambda p: p.plot_boundary(MLP(2, [2]), Data([[0, 1]], [[1, 1]], "labels")),
            "several labels have several boundaries",
        ),
        (lambda p: p.plot_weights(MLP(3, [1], seed=0)), "3 inputs are not a square image"),
        (lambda p: p.plot_weights(net(), shape=(3, 2)), "not an image of shape (3, 2)"),
        (lambda p: p.plot_activations([]), "one to 4 activations fit a picture; got 0"),
        (lambda p: p.plot_activations(["relu"] * 5), "got 5"),
        (lambda p: p.plot_activations(show="heights"), "show is one of values, slopes"),
        (lambda p: p.plot_activations(["softmax"]), "softmax is an activation of a whole layer"),
        (lambda p: p.plot_history(History(SGD(0.1))), "the history has no cost to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, message):
    from nn import plots

    with pytest.raises(ValueError, match=re.escape(message)):
        draw(plots)


def test_without_matplotlib_a_sentence_says_what_to_do(monkeypatch):
    from nn.plots import plot_network

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        plot_network(net())
