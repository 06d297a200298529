"""A network of layers as circles and lines, with its weights, activations, gradients or nudges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd.graph.wording import number

from ..activations import activation_name
from ..arrays import Array
from ..lessons.nudges import nudges
from ..losses import Loss, OneOrMany, squared_error
from ..matrix import backward, forward
from ..network import MLP
from .canvas import DPI_WIDTH, INK, NEGATIVE, POSITIVE, SOFT, axes, bare, diverging

Show = Literal["weights", "activations", "gradients", "nudges"]
_MOST = 10  # neurons of a layer shown before the middle is left out
_TITLES = {
    "weights": "weights",
    "activations": "activations a (circles), weights (lines)",
    "gradients": "gradients ∂C/∂W (lines), activations (circles)",
    "nudges": "nudges −∂C/∂a (circles), weights (lines)",
}


@dataclass(frozen=True)
class _Column:
    """The neurons of one layer that are drawn: their indices, and their place in the picture."""

    shown: list[int]
    count: int
    x: float

    @property
    def cut(self) -> bool:
        return len(self.shown) < self.count

    def y(self, place: int) -> float:
        """Return the height of the place-th shown neuron; a cut column has a gap in the middle."""
        rows = len(self.shown) + self.cut
        row = place + (self.cut and place >= len(self.shown) // 2)
        return (rows - 1) / 2 - row


def plot_network(
    model: MLP,
    x: ArrayLike | None = None,
    y: OneOrMany | None = None,
    *,
    show: Show = "weights",
    loss: Loss = squared_error,
    ax: Any = None,
) -> Any:
    """Draw a network: neurons as circles, weights as lines, sign as color, size as thickness.

    Negative lines are dashed. Of layers with more than 10 neurons the first and the last are drawn,
    with "⋮" between them.

    Args:
        model: the network.
        x: one example, needed for all but "weights".
        y: its target, needed for "gradients" and "nudges".
        show: "weights"; "activations" fills the circles with a; "gradients" makes ∂C/∂W the lines;
            "nudges" fills the circles with −∂C/∂a and says which way they should go.
        loss: the cost of the example.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: `x` or `y` is missing or does not fit, or `show` is unknown.
    """
    lines, circles = _numbers(model, x, y, show, loss)
    tallest = max(min(count, _MOST + 1) for count in model.sizes)
    columns = [_column(count, k * max(2.4, 0.45 * tallest)) for k, count in enumerate(model.sizes)]
    width, height = columns[-1].x + 2.8, tallest + 1.8
    ax = bare(axes(ax, min(6.0, 0.4 + DPI_WIDTH * height / width)))
    for k, w in enumerate(lines):
        _draw_lines(ax, w, columns[k], columns[k + 1])
    strongest = max((float(np.abs(c).max()) for c in circles if c is not None), default=1.0) or 1.0
    size = min(11.0, 105 / width)  # of the letters, so that numbers fit the circles
    for column, filled in zip(columns, circles, strict=True):
        _draw_circles(ax, column, filled, strongest, size, show)
    if circles[-1] is not None:
        _write_outputs(ax, columns[-1], circles[-1])
    _name_layers(ax, model, columns, tallest)
    ax.set_title(_TITLES[show], fontsize=10, color=INK)
    return ax


def _numbers(
    model: MLP, x: ArrayLike | None, y: OneOrMany | None, show: str, loss: Loss
) -> tuple[list[Array], Sequence[Array | None]]:
    """Return what the lines and what the circles of each layer show."""
    if show not in _TITLES:
        raise ValueError(f"show is one of {', '.join(_TITLES)}; got {show!r}")
    weights = [layer.weights for layer in model.layers]
    if show == "weights":
        return weights, [None] * len(model.sizes)
    if x is None or (y is None and show != "activations"):
        raise ValueError(f"to show {show} give the example: x, and for a cost its target y")
    found = forward(model, x)
    if show == "activations" or y is None:
        return weights, found.a
    if show == "gradients":
        return backward(model, found, y, loss).weights, found.a  # type: ignore[arg-type]
    wanted = nudges(model, found.a[0].tolist(), y, loss).layers
    changes = [np.array([nudge.change for nudge in layer]) for layer in wanted]
    return weights, [None, *changes]


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
    ax: Any, column: _Column, filled: Array | None, strongest: float, size: float, show: str
) -> None:
    from matplotlib.patches import Circle

    colors = diverging()
    letters = 2 * size if show == "nudges" else size  # an arrow has the circle to itself
    for place, k in enumerate(column.shown):
        value = None if filled is None else float(filled[k])
        fill = "white" if value is None else colors(0.5 + 0.5 * value / strongest)
        at = column.x, column.y(place)
        ax.add_patch(Circle(at, 0.36, facecolor=fill, edgecolor=INK, lw=1.0, zorder=3))
        if value is not None:
            color = "white" if abs(value) > 0.72 * strongest else INK
            style = {"ha": "center", "va": "center", "color": color, "zorder": 4}
            ax.text(*at, _inscribed(value, show), fontsize=letters, **style)
    if column.cut:
        ax.text(column.x, 0, "⋮", ha="center", va="center", fontsize=15, color=INK)


def _inscribed(value: float, show: str) -> str:
    if show == "nudges":
        return "↑" if value > 0 else "↓" if value < 0 else ""
    return number(round(value, 2))


def _write_outputs(ax: Any, column: _Column, filled: Array) -> None:
    for place, k in enumerate(column.shown):
        at = column.x + 0.5, column.y(place)
        ax.text(*at, number(float(filled[k]), 2), va="center", fontsize=7.5, color=INK)


def _name_layers(ax: Any, model: MLP, columns: list[_Column], tallest: int) -> None:
    names = ["inputs", *(f"layer {layer.number}" for layer in model.layers)]
    kinds = ["", *(activation_name(layer.activation) for layer in model.layers)]
    low = -(tallest - 1) / 2 - 0.8
    for column, name, kind in zip(columns, names, kinds, strict=True):
        text = f"{name}\n{column.count}{f' {kind}' if kind else ''}"
        ax.text(column.x, low, text, ha="center", va="top", fontsize=8, color=SOFT)
    ax.set_xlim(-1.1, columns[-1].x + 1.7)
    ax.set_ylim(low - 1.2, tallest / 2 + 0.2)


def _rgb(color: str) -> tuple[float, float, float]:
    return tuple(int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))  # type: ignore[return-value]
