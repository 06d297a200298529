"""A playground: a network that trains in the browser, with the formulas that Python recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from html import escape
from string import Template
from typing import Any

import numpy as np

from autograd.engine.number import shortened
from autograd.files import write_html
from autograd.graph.wording import number_text
from autograd.views.self_contained import asset, in_strict_mode, json_in_html, policy
from autograd.views.text import checked_title

from ..activations import SOFTMAX
from ..arrays import check_count, check_positive
from ..data.batches import Data, require_data
from ..data.clouds import circles, clusters, moons, spiral
from ..initialization import Seed, random_generator
from ..losses import Loss, squared_error
from ..network import MLP, runs_its_layers
from ..train.arguments import check_loss
from .script_data import Kit, weights_in_order

_VIEWS = "autograd.views"
_SCRIPTS = ("begin", "random", "train", "places", "stage", "plane", "neurons", "controls")
# The scripts of the live page that draw a network and step through it.
_STAGE_SCRIPTS = (
    "state",
    "scene",
    "network",
    "network_painting",
    "network_layout",
    "opened",
    "steps",
    "panel",
    "lens",
    "viewport",
    "pointers",
    "map",
    "legend",
)
_POINTS = 200  # the number of points in each data set that the page offers
_FRAME_HEIGHT = 820  # the height in a notebook, in pixels


def playground(
    model: MLP,
    data: Data | None = None,
    *,
    loss: Loss = squared_error,
    learning_rate: float = 0.1,
    batch_size: int = 10,
    seed: Seed = 0,
    title: str = "Playground",
) -> Playground:
    """Return a page on which a network with two inputs can be trained and inspected.

    The browser computes both sweeps by the recorded formulas and shuffles as NumPy does. `fit` with
    `SGD(learning_rate)`, the same batch size and the same seed therefore gives the same weights. A
    click on a neuron shows its numbers for the example under the pointer, and explains its
    gradient. Layers, neurons, the activation and the data can be changed on the page.

    Args:
        model: the network, with two inputs. It is not changed.
        data: the examples; the default is 200 points of `moons`. If every example has one
            label, 0 or 1 or −1 or 1, the page offers other clouds of points too.
        loss: the cost of one example, loss(outputs, targets).
        learning_rate: η at the beginning.
        batch_size: the size of a mini-batch at the beginning.
        seed: for the shuffling, as in `fit`.
        title: the heading.

    Raises:
        TypeError: the model is not an MLP, or the data is not Data.
        ValueError: the page cannot train this network, or not with this loss.

    >>> playground(MLP(2, [4, 1], "tanh", seed=0), moons(20, seed=0))
    <Playground "Playground": 2-4-1, 20 examples>
    """
    _check_model(model)
    data = moons(_POINTS, seed=0) if data is None else data
    require_data(data)
    shape = (data.x.shape[1], data.y.shape[1])
    if not len(data) or shape != (model.sizes[0], model.sizes[-1]):
        raise ValueError(f"the examples must have 2 inputs and {model.sizes[-1]} outputs: {data!r}")
    check_count(batch_size, "the size of a mini-batch")
    check_positive(learning_rate, "the learning rate")
    check_loss(loss)
    checked_title(title)
    settings = {"rate": learning_rate, "size": batch_size}
    return Playground(model, data, Kit(model, loss, data), settings, random_generator(seed), title)


def _check_model(model: MLP) -> None:
    if not isinstance(model, MLP):
        raise TypeError(f"a playground trains an MLP; got {shortened(model)}")
    if not runs_its_layers(model):
        raise ValueError(
            "a playground computes the network itself, layer by layer, so it needs an MLP whose "
            "layers and neurons are those of nn, without a `__call__` of their own"
        )
    if model.sizes[0] != 2:
        raise ValueError(
            f"a playground shows a plane, so the network needs 2 inputs; it has {model.sizes[0]}"
        )
    for layer in model.layers:
        if not isinstance(layer.activation, str) or layer.activation == SOFTMAX:
            raise ValueError(
                'a playground needs activations by name, such as "tanh", but not "softmax". For '
                'classes write output_activation="linear" and loss=cross_entropy'
            )
        if any(neuron.b is None for neuron in layer.neurons):
            raise ValueError("a playground needs neurons with a bias")


class Playground:
    """One self-contained page. `.html` is its text; a notebook shows it in a frame."""

    def __init__(
        self,
        model: MLP,
        data: Data,
        kit: Kit,
        settings: dict[str, float],
        generator: np.random.Generator,
        title: str,
    ) -> None:
        self.model, self.data, self.title = model, data, title
        self._kit, self._settings = kit, settings
        self._random = _generator_state(generator)
        self._weights = weights_in_order(model)

    @cached_property
    def html(self) -> str:
        """The whole page."""
        script, style = self._script(), "".join(_styles())
        return Template(asset(__package__, "playground.html")).substitute(
            policy=policy(script, style),
            title=escape(self.title),
            style=style,
            data=json_in_html(self._data()),
            script=script,
        )

    def _script(self) -> str:
        """Return the JavaScript of the page.

        The scripts of the live page become the body of a function, `openStage`, because the page
        draws another network whenever the user changes its layers.
        """
        scripts = {name: asset(__package__, f"{name}.js") for name in _SCRIPTS}
        of_page = "".join(asset(_VIEWS, f"{name}.js") for name in _STAGE_SCRIPTS)
        body = of_page + scripts["stage"]
        scripts["stage"] = f"function openStage(data, tellChosen) {{\n{body}}}\n"
        begin, *rest = scripts.values()
        engine = [asset(_VIEWS, f"{name}.js") for name in ("numbers", "engine")]
        return in_strict_mode(begin, self._kit.script(), *engine, *rest)

    def _data(self) -> dict[str, Any]:
        names = [str(layer.activation) for layer in self.model.layers]
        return {
            **self._kit.data(),
            **self._settings,
            "plan": {"sizes": self.model.sizes, "activations": names},
            "weights": self._weights,
            "random": self._random,
            "targets": self.data.y.shape[1],
            "threshold": self.data.targets.threshold,
            "can_be_right": self.data.targets.kind in ("label", "classes"),
            "sets": {"given": _points(self.data), **self._other_clouds()},
        }

    def _other_clouds(self) -> dict[str, Any]:
        """Return the other clouds. Their targets are the lowest and the highest target of the data.

        Only data with one label for each example has other clouds.
        """
        if self.data.targets.kind != "label":
            return {}
        low, high = float(self.data.y.min()), float(self.data.y.max())
        makers = {"moons": moons, "xor": clusters, "circles": circles, "spiral": spiral}
        clouds = {name: make(_POINTS, seed=1) for name, make in makers.items()}
        return {
            name: _points(Data(cloud.x.round(4), np.where(cloud.y > 0, high, low)))
            for name, cloud in clouds.items()
        }

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the page to a file in one atomic step, and return its path.

        Raises:
            ValueError: the name does not end in .html or .htm.
            OSError: it cannot be written there.
        """
        return write_html(path, self.html)

    def _repr_html_(self) -> str:
        """Return the page in a frame, for notebooks."""
        return (
            f'<iframe style="width:100%;border:0;height:{_FRAME_HEIGHT}px" sandbox="allow-scripts"'
            f' title="{escape(self.title)}" srcdoc="{escape(self.html)}"></iframe>'
        )

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.model.sizes))
        return f'<Playground "{self.title}": {sizes}, {number_text(len(self.data))} examples>'


def _styles() -> Iterator[str]:
    yield from (asset(_VIEWS, f"{name}.css") for name in ("colors", "stage", "network"))
    yield asset(__package__, "playground.css")


def _points(data: Data) -> dict[str, Any]:
    return {"x": data.x.tolist(), "y": data.y.tolist()}


def _generator_state(generator: np.random.Generator) -> dict[str, Any]:
    """Return the state of a generator for JavaScript, with long integers as text.

    A number of JavaScript has too few digits for these integers.
    """
    saved: Any = generator.bit_generator.state
    if saved["bit_generator"] != "PCG64":
        raise ValueError("a playground shuffles as NumPy's default generator does: give an int")
    long = {name: str(value) for name, value in saved["state"].items()}
    return {**long, "has_uint32": saved["has_uint32"], "uinteger": saved["uinteger"]}
