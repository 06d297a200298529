"""A diagram of a network that shows weights, activations, gradients or nudges.

The positions of its circles, lines and words are those of the scene that `autograd.draw` and the
live page use. This module draws the scene with matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import ArrayLike

from autograd.engine.value import Value
from autograd.graph.graph import Graph
from autograd.graph.wording import number_text
from autograd.views.network_scene import NetworkScene, scene_of
from autograd.views.network_wires import WireLine
from autograd.views.spots import READABLE, SMALL, Caption, Spot
from autograd.views.unit_svg import letters_in, number_in
from autograd.views.units import network_of

from ..arrays import as_array
from ..losses import Loss, OneOrMany, squared_error
from ..network import MLP, layers_of
from .canvas import INK, NEGATIVE, POSITIVE, SOFT, WIDTH, axes, bare, diverging

Show = Literal["weights", "activations", "gradients", "nudges"]
_TITLES = {
    "weights": "weights",
    "activations": "activations a (circles), weights (lines)",
    "gradients": "gradients ∂C/∂W (lines), activations (circles)",
    "nudges": "nudges −∂C/∂a (circles), weights (lines)",
}
_LEAST_WIDTH = 640.0  # the smallest width, so that a small network does not get huge circles
_TALLEST = 6.0  # the largest height in inches


def plot_network(
    model: MLP,
    x: ArrayLike | None = None,
    y: OneOrMany | None = None,
    *,
    show: Show = "weights",
    loss: Loss = squared_error,
    names: Sequence[str] | None = None,
    ax: Any = None,
) -> Any:
    """Draw a network with neurons as circles and weights as lines.

    The color of a line shows the sign of the weight, and its thickness shows the size. Negative
    lines are dashed. If there are many lines, only the strongest are drawn. A square number of
    inputs, 64 or more, is drawn as an image. In small networks the weights are written on the
    lines, and the biases below the neurons.

    Args:
        model: the network.
        x: one example, needed for all but "weights".
        y: its target, needed for "gradients" and "nudges".
        show: what to draw. "weights" draws the weights only. "activations" also colors the circles
            by the activations. "gradients" draws ∂C/∂W as lines in place of the weights. "nudges"
            colors the circles by −∂C/∂a, with an arrow up or down.
        loss: the cost of the example.
        names: the names of the outputs. None numbers them from 0 if there are several.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: the model does not compute its outputs with its layers alone.
        ValueError: `x` or `y` is missing or does not fit, `show` is unknown, or there is not one
            name for each output.
    """
    layers_of(model, "the picture of a network")
    graph = _record(model, x, y, show, loss)
    network = network_of(graph)
    assert network is not None  # because layers open blocks
    scene = scene_of(network, names)
    width, height = max(scene.width, _LEAST_WIDTH), scene.height
    inches = min(_TALLEST, 0.4 + WIDTH * height / width)
    is_new = ax is None
    ax = bare(axes(ax, inches))
    ax.set_xlim((scene.width - width) / 2, (scene.width + width) / 2)
    ax.set_ylim(height, 0)
    size = (WIDTH, inches - 0.4) if is_new else ax.get_position().size * ax.figure.get_size_inches()
    points = 72 * min(size[0] / width, size[1] / height)
    painter = _Painter(ax, scene, show, min(points, 11 / SMALL))
    painter.lines()
    painter.images()
    for spot in scene.spots:
        painter.spot(spot)
    for caption in scene.captions:
        painter.caption(caption)
    ax.set_title(_TITLES[show], fontsize=10)
    return ax


def _record(model: MLP, x: ArrayLike | None, y: OneOrMany | None, show: str, loss: Loss) -> Graph:
    """Return the graph of one example: of its cost, or of its outputs if no cost is shown."""
    if show not in _TITLES:
        raise ValueError(f"show is one of {', '.join(_TITLES)}; got {show!r}")
    has_cost = show in ("gradients", "nudges")
    if (x is None and show != "weights") or (y is None and has_cost):
        needs = "x and the target y" if has_cost else "x"
        raise ValueError(f"show={show!r} needs an example: give {needs}")
    numbers = [0.0] * model.sizes[0] if x is None else as_array(x, "x").ravel().tolist()
    outputs = model([Value(number, f"x{k}") for k, number in enumerate(numbers, start=1)])
    return Graph.of(loss(outputs, y) if has_cost and y is not None else outputs)


@dataclass(frozen=True)
class _Painter:
    """Draws a scene on Axes.

    Attributes:
        ax: the Axes.
        scene: the positions, in pixels.
        show: what is shown, as in `plot_network`.
        points: the size in points that one pixel of the scene has on paper.
    """

    ax: Any
    scene: NetworkScene
    show: str
    points: float

    # --- lines ------------------------------------------------------------------------------------

    def lines(self) -> None:
        """Draw the wires, one collection for each sign, and write their numbers where they fit."""
        from matplotlib.collections import LineCollection

        numbers = [self._line_number(line) for line in self.scene.lines]
        largest = max(map(abs, numbers), default=0.0) or 1.0
        looks = ((1, POSITIVE, "solid"), (-1, NEGATIVE, (0, (4, 2))), (0, SOFT, (0, (1, 2))))
        for sign, color, style in looks:
            indices = [k for k, x in enumerate(numbers) if (x > 0) - (x < 0) == sign]
            if not indices:
                continue
            self.ax.add_collection(
                LineCollection(
                    [self.scene.lines[k].polyline for k in indices],
                    colors=[
                        (*_rgb(color), 0.15 + 0.75 * abs(numbers[k]) / largest if sign else 0.6)
                        for k in indices
                    ],
                    linewidths=[
                        0.4 + 2.3 * abs(numbers[k]) / largest if sign else 0.8 for k in indices
                    ],
                    linestyles=[style],
                    zorder=1,
                )
            )
        for line, x in zip(self.scene.lines, numbers, strict=True):
            if line.place is not None:
                color = POSITIVE if x > 0 else NEGATIVE if x < 0 else SOFT
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
                self._write(line.at(line.place), number_text(x, 3), color=color, bbox=box, zorder=2)

    def _line_number(self, line: WireLine) -> float:
        """Return the weight of a wire, or its gradient; 0 where there is no weight."""
        wire, graph = self.scene.network.wires[line.wire], self.scene.network.graph
        if wire.parameter is None:
            return 0.0
        return graph.adjoints[wire.parameter] if self.show == "gradients" else wire.weight

    # --- images and circles -----------------------------------------------------------------------

    def images(self) -> None:
        """Draw inputs that form an image as this image, over the ends of their lines."""
        from matplotlib.patches import Rectangle

        ink = _rgb(INK)

        network = self.scene.network
        for column, box in self.scene.images.items():
            shares = [abs(self.scene.spots[k].fill) for k in network.columns[column].units]
            side = round(len(shares) ** 0.5)
            pixels = [(*ink, share) for share in shares]
            rows = [pixels[k : k + side] for k in range(0, len(pixels), side)]
            extent = (box.x, box.right, box.bottom, box.y)
            self.ax.imshow(rows, extent=extent, zorder=2, interpolation="nearest")
            frame: dict[str, Any] = {"fill": False, "edgecolor": SOFT, "lw": 0.8, "zorder": 2}
            self.ax.add_patch(Rectangle((box.x, box.y), box.width, box.height, **frame))

    def spot(self, spot: Spot) -> None:
        """Draw a neuron, an input or the cost, with its name and its bias."""
        if spot.shape == "box":
            self._box(spot)
        elif spot.shape == "circle":
            self._circle(spot)

    def _circle(self, spot: Spot) -> None:
        from matplotlib.patches import Circle

        graph, unit = self.scene.network.graph, self.scene.network.units[spot.unit]
        value, share = self._number_and_share(spot)
        fill = "white" if value is None else diverging()(0.5 + 0.5 * share)
        at = spot.x, spot.y
        self.ax.add_patch(Circle(at, spot.radius, facecolor=fill, edgecolor=INK, lw=1.0, zorder=3))
        color = "white" if abs(share) > 0.72 else INK
        if value is not None and self.show == "nudges":
            arrow = "↑" if value > 0 else "↓" if value < 0 else ""
            self._write(at, arrow, size=1.2 * spot.radius, color=color, zorder=4)
        elif value is not None and spot.radius >= READABLE:
            words, size = number_in(value, spot.radius), letters_in(spot.radius)
            self._write(at, words, size=size, color=color, zorder=4)
        if spot.name:
            is_input = spot.side == "before"
            beside = spot.x + (-1 if is_input else 1) * (spot.radius + 6), spot.y
            style: dict[str, Any] = {"ha": "left", "weight": "bold"}
            if is_input:
                style = {"ha": "right", "color": SOFT}
            ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}
            self._write(beside, spot.name, bbox=ground, zorder=2, **style)
        if spot.has_bias and unit.bias is not None:
            below = spot.x, spot.y + spot.radius + 9
            is_gradient = self.show == "gradients"
            bias = graph.adjoints[unit.bias] if is_gradient else graph.nodes[unit.bias].data
            words = f"{'∂C/∂b' if is_gradient else 'b'} = {number_text(bias, 3)}"
            self._write(below, words, color=SOFT, size=11)

    def _number_and_share(self, spot: Spot) -> tuple[float | None, float]:
        """Return the number of a circle, and its fraction of the largest number of all circles."""
        graph, unit = self.scene.network.graph, self.scene.network.units[spot.unit]
        if self.show == "weights" or (self.show == "nudges" and not unit.nodes):
            return None, 0.0
        if self.show == "nudges":
            return -graph.adjoints[unit.result], -spot.ring
        return graph.nodes[unit.result].data, spot.fill

    def _box(self, spot: Spot) -> None:
        from matplotlib.patches import FancyBboxPatch

        corner = spot.x - spot.width / 2, spot.y - spot.height / 2
        look: dict[str, Any] = {"facecolor": "#e4f1e6", "edgecolor": INK, "zorder": 3}
        shape = "round,pad=0,rounding_size=6"
        patch = FancyBboxPatch(corner, spot.width, spot.height, boxstyle=shape, **look)
        self.ax.add_patch(patch)
        node = self.scene.network.graph.nodes[self.scene.network.units[spot.unit].result]
        self._write((spot.x, spot.y), f"{spot.name}\n{number_text(node.data, 4)}", zorder=4)

    def caption(self, caption: Caption) -> None:
        """Write the name of a layer below it."""
        self._write((caption.x, caption.y - 13), caption.words, va="top", color=SOFT)

    def _write(
        self, at: tuple[float, float], words: str, size: float = SMALL, **style: Any
    ) -> None:
        centered = {"ha": "center", "va": "center", "color": INK}
        self.ax.text(*at, words, fontsize=size * self.points, **(centered | style))


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))  # type: ignore[return-value]
