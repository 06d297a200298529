"""A diagram of a network that shows weights, activations, gradients or nudges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd.graph.wording import number

from ..activations import activation_name
from ..arrays import Array, as_array, count_text
from ..lessons.nudges import nudges
from ..losses import Loss, OneOrMany, squared_error
from ..matrix import backward, forward
from ..network import MLP, layers_of
from .canvas import DPI_WIDTH, INK, NEGATIVE, POSITIVE, SOFT, axes, bare, diverging

Show = Literal["weights", "activations", "gradients", "nudges"]
_MOST = 10  # neurons drawn in a layer; the middle of a larger layer is left out
_MOST_WRITTEN = 12  # with more weights, no numbers are written, because they would overlap
_MOST_WIRES = 6  # lines drawn from an image to each neuron, namely those with the largest |w·x|
_TITLES = {
    "weights": "weights",
    "activations": "activations a (circles), weights (lines)",
    "gradients": "gradients ∂C/∂W (lines), activations (circles)",
    "nudges": "nudges −∂C/∂a (circles), weights (lines)",
}


@dataclass(frozen=True)
class _Column:
    """The indices of the neurons of one layer that are drawn, and the x coordinate of the layer."""

    shown: list[int]
    count: int
    x: float

    @property
    def cut(self) -> bool:
        return len(self.shown) < self.count

    def y(self, position: int) -> float:
        """Return the y coordinate of a neuron, given its position among those that are drawn."""
        rows = len(self.shown) + self.cut
        row = position + (self.cut and position >= len(self.shown) // 2)
        return (rows - 1) / 2 - row


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
    lines are dashed. A layer with more than 10 neurons shows only its first and last five, with
    "⋮" between them. If there are more than 10 inputs and they fill a square, they are drawn as an
    image. In small networks the weights are written on the lines, and the biases below the neurons.

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
    called = _output_names(model, names)
    lines, circles, biases = _numbers(model, x, y, show, loss)
    tallest = max(min(count, _MOST + 1) for count in model.sizes)
    columns = [_column(count, k * max(2.4, 0.45 * tallest)) for k, count in enumerate(model.sizes)]
    width, height = columns[-1].x + 2.8, tallest + 1.8
    ax = bare(axes(ax, min(6.0, 0.4 + DPI_WIDTH * height / width)))
    image = _image_of(x) if columns[0].cut else None
    for k, w in enumerate(lines):
        if k or image is None:
            _draw_lines(ax, w, columns[k], columns[k + 1])
    is_small = sum(w.size for w in lines) <= _MOST_WRITTEN
    strongest = max((float(np.abs(c).max()) for c in circles if c is not None), default=1.0) or 1.0
    size = min(11.0, 105 / width)  # the font size at which numbers fit into the circles
    for k, (column, filled) in enumerate(zip(columns, circles, strict=True)):
        if k or image is None:
            _draw_circles(ax, column, filled, strongest, size, show, 3 if is_small else 2)
    if image is not None:
        _draw_image(ax, image, lines[0], columns[0], columns[1])
    if is_small:
        for k, (w, b) in enumerate(zip(lines, biases, strict=True)):
            _write_weights(ax, w, columns[k], columns[k + 1], size)
            _write_biases(ax, b, "∂C/∂b" if show == "gradients" else "b", columns[k + 1], size)
    _write_names(ax, called, columns[-1], size)
    _name_layers(ax, model, columns, tallest)
    ax.set_title(_TITLES[show], fontsize=10)
    return ax


def _numbers(
    model: MLP, x: ArrayLike | None, y: OneOrMany | None, show: str, loss: Loss
) -> tuple[list[Array], Sequence[Array | None], list[Array]]:
    """Return what the lines, the circles and the biases show, each as a list of arrays by layer."""
    if show not in _TITLES:
        raise ValueError(f"show is one of {', '.join(_TITLES)}; got {show!r}")
    weights = [layer.weights for layer in model.layers]
    biases = [layer.biases for layer in model.layers]
    if show == "weights":
        return weights, [None] * len(model.sizes), biases
    if x is None or (y is None and show != "activations"):
        raise ValueError(f"to show {show} give the example: x, and for a cost its target y")
    found = forward(model, x)
    if show == "activations" or y is None:
        return weights, found.a, biases
    if show == "gradients":
        back = backward(model, found, y, loss)  # type: ignore[arg-type]
        return back.weights, found.a, back.biases
    wanted = nudges(model, found.a[0].tolist(), y, loss).layers
    changes = [np.array([nudge.change for nudge in layer]) for layer in wanted]
    return weights, [None, *changes], biases


def _column(count: int, x: float) -> _Column:
    shown = list(range(count))
    if count > _MOST:
        shown = [*shown[: _MOST // 2], *shown[-(_MOST // 2) :]]
    return _Column(shown, count, x)


def _draw_lines(ax: Any, w: Array, left: _Column, right: _Column) -> None:
    from matplotlib.collections import LineCollection

    part = w[np.ix_(right.shown, left.shown)]
    strongest = float(np.abs(part).max()) or 1.0
    for sign, color, style in ((1, POSITIVE, "solid"), (-1, NEGATIVE, (0, (4, 2)))):
        pairs = np.argwhere(sign * part > 0)
        ends = [[(left.x, left.y(j)), (right.x, right.y(i))] for i, j in pairs]
        size = np.abs(part[pairs[:, 0], pairs[:, 1]]) / strongest
        colors = [(*_rgb(color), 0.12 + 0.8 * s) for s in size]
        widths = 0.3 + 2.4 * size
        ax.add_collection(
            LineCollection(ends, colors=colors, linewidths=widths, linestyles=[style], zorder=1)
        )


def _draw_circles(
    ax: Any,
    column: _Column,
    filled: Array | None,
    strongest: float,
    size: float,
    show: str,
    decimals: int,
) -> None:
    from matplotlib.patches import Circle

    colors = diverging()
    letters = 2 * size if show == "nudges" else size  # an arrow is one character, so it fits
    for place, k in enumerate(column.shown):
        value = None if filled is None else float(filled[k])
        fill = "white" if value is None else colors(0.5 + 0.5 * value / strongest)
        at = column.x, column.y(place)
        ax.add_patch(Circle(at, 0.36, facecolor=fill, edgecolor=INK, lw=1.0, zorder=3))
        if value is not None:
            color = "white" if abs(value) > 0.72 * strongest else INK
            style = {"ha": "center", "va": "center", "color": color, "zorder": 4}
            ax.text(*at, _circle_text(value, show, decimals), fontsize=letters, **style)
    if column.cut:
        ax.text(column.x, 0, "⋮", ha="center", va="center", fontsize=15, color=INK)


def _circle_text(value: float, show: str, decimals: int) -> str:
    if show == "nudges":
        return "↑" if value > 0 else "↓" if value < 0 else ""
    return number(round(value, decimals))


def _write_weights(ax: Any, w: Array, left: _Column, right: _Column, size: float) -> None:
    """Write each weight near the left end of its line, because the lines meet at the right."""
    for i, j in np.ndindex(*w.shape):
        start, end = np.array([left.x, left.y(j)]), np.array([right.x, right.y(i)])
        at = start + (0.34 if w.shape[0] > 1 else 0.5) * (end - start)
        color = POSITIVE if w[i, j] >= 0 else NEGATIVE
        box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        style = {"ha": "center", "va": "center", "color": color, "bbox": box, "zorder": 2}
        ax.text(*at, number(float(w[i, j]), 3), fontsize=size - 2, **style)


def _write_biases(ax: Any, b: Array, name: str, column: _Column, size: float) -> None:
    for i, bias in enumerate(b.tolist()):
        at = column.x, column.y(i) - 0.40
        ax.text(
            *at, f"{name} = {number(bias, 3)}", fontsize=size - 3, ha="center", va="top", color=SOFT
        )


def _output_names(model: MLP, names: Sequence[str] | None) -> list[str]:
    """Return the names of the outputs. A single output has the name "" by default."""
    count = model.sizes[-1]
    if names is None:
        return [str(k) for k in range(count)] if count > 1 else [""]
    if isinstance(names, str) or not isinstance(names, Sequence) or len(names) != count:
        raise ValueError(f"names is a list of {count_text(count, 'name')}; got {names!r}")
    return [str(name) for name in names]


def _write_names(ax: Any, names: Sequence[str], column: _Column, size: float) -> None:
    for place, k in enumerate(column.shown):
        at = column.x + 0.5, column.y(place)
        ax.text(*at, names[k], va="center", fontsize=size, fontweight="bold", color=INK)


def _image_of(x: ArrayLike | None) -> Array | None:
    """Return the example as a square image, or None if its size is not a square number."""
    if x is None:
        return None
    pixels = as_array(x, "x")
    side = math.isqrt(pixels.size)
    return pixels.reshape(side, side) if side * side == pixels.size else None


def _draw_image(ax: Any, image: Array, w: Array, left: _Column, right: _Column) -> None:
    """Draw the image instead of the inputs, with lines from the pixels that matter most."""
    from matplotlib.patches import Rectangle

    side, half = len(image), 1.6
    extent = (left.x - half, left.x + half, -half, half)
    ax.imshow(image, cmap="gray_r", extent=extent, zorder=1, interpolation="nearest")
    frame: dict[str, Any] = {"fill": False, "edgecolor": SOFT, "lw": 0.8, "zorder": 2}
    ax.add_patch(Rectangle((left.x - half, -half), 2 * half, 2 * half, **frame))
    pixel = 2 * half / side
    products = w[right.shown] * image.ravel()
    strongest = np.argsort(-np.abs(products), axis=1, kind="stable")[:, :_MOST_WIRES]
    for place, k in enumerate(right.shown):
        for j in strongest[place]:
            row, column = divmod(int(j), side)
            start = left.x - half + (column + 0.5) * pixel, half - (row + 0.5) * pixel
            color = POSITIVE if w[k, j] >= 0 else NEGATIVE
            style = {"color": color, "lw": 0.7, "alpha": 0.7, "zorder": 2}
            style["ls"] = "-" if w[k, j] >= 0 else (0, (4, 2))
            ax.plot([start[0], right.x], [start[1], right.y(place)], **style)
    ax.set_aspect("equal")


def _name_layers(ax: Any, model: MLP, columns: list[_Column], tallest: int) -> None:
    names = ["inputs", *(f"layer {layer.number}" for layer in model.layers)]
    kinds = ["", *(activation_name(layer.activation) for layer in model.layers)]
    low = -(tallest - 1) / 2 - 0.8
    for column, name, kind in zip(columns, names, kinds, strict=True):
        text = f"{name}\n{column.count}{f' {kind}' if kind else ''}"
        ax.text(column.x, low, text, ha="center", va="top", fontsize=8, color=SOFT)
    ax.set_xlim(-1.8 if columns[0].cut else -1.1, columns[-1].x + 1.7)
    ax.set_ylim(low - 1.2, tallest / 2 + 0.2)


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))  # type: ignore[return-value]
