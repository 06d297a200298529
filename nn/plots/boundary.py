"""A plot of the decision boundary of a model with two inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import Array
from ..data.batches import Data, require_data
from ..module import Module
from ..targets import Kind, TargetType
from ..train.metrics import judged_type
from ..train.prediction import predict
from .canvas import INK, NEGATIVE, POSITIVE, axes

_POINTS = 101  # the number of grid points along each input
_MARGIN = 0.15  # the margin on each side, as a fraction of the range of the examples
_COLORS = (NEGATIVE, POSITIVE, "#009e73", "#cc79a7", "#f0e442", "#56b4e9", "#999999", "#ffffff")
_MARKERS = "osD^vPX*"


def plot_boundary(
    model: Module, data: Data, targets: Kind | TargetType | None = None, *, ax: Any = None
) -> Any:
    """Draw the model's answer for every pair of inputs, and the examples as points.

    The color and the marker of a point show its wanted answer. If the model is wrong, the point and
    the area around it have different colors.

    Args:
        model: a model of two inputs.
        data: the examples.
        targets: what the targets mean, as in `accuracy`. For logits, give ``history.targets``.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: `data` is not Data.
        ValueError: there are no examples, or they do not have two inputs and one answer each.
    """
    require_data(data)
    if data.x.shape[1] != 2 or not len(data):
        raise ValueError(f"a boundary is drawn over examples of two inputs; got {data!r}")
    kind = _single_answer(data, targets)
    wanted = kind.wanted(data.y)
    ax = axes(ax, 4.6)
    ax.set_facecolor("white")  # in every style, because the colors were chosen for white
    first, second = (_range(data.x[:, k]) for k in (0, 1))
    _draw_answers(ax, model, kind, first, second)
    for answer in np.unique(wanted).tolist():
        color, marker = _COLORS[answer % len(_COLORS)], _MARKERS[answer % len(_MARKERS)]
        points = data.x[wanted == answer]
        style = {"c": color, "marker": marker, "edgecolors": INK, "linewidths": 0.7}
        ax.scatter(*points.T, s=26, zorder=3, label=f"{answer}", **style)
    ax.set(xlabel="input x1", ylabel="input x2", xlim=first[[0, -1]], ylim=second[[0, -1]])
    legend = ax.legend(
        title="wanted",
        loc="upper right",
        fontsize=8,
        title_fontsize=8,
        facecolor="white",
        labelcolor=INK,
    )
    legend.get_title().set_color(INK)
    return ax


def _single_answer(data: Data, targets: Kind | TargetType | None) -> TargetType:
    """Return what the targets mean, or raise an error if an example has several answers."""
    target_type = judged_type(data, targets)
    if target_type.kind == "labels":
        raise ValueError("several labels have several boundaries: give Data with a single label")
    return target_type


def _range(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    border = _MARGIN * (high - low or 1.0)  # 1.0 if all the values are equal
    return np.linspace(low - border, high + border, _POINTS)


def _draw_answers(ax: Any, model: Module, kind: TargetType, first: Array, second: Array) -> None:
    """Color the plane by the model's answer, and draw a line where the answer changes."""
    grid = np.stack([part.ravel() for part in np.meshgrid(first, second)], axis=1)
    for answer, lead in enumerate(_leads(predict(model, grid), kind)):
        heights, color = lead.reshape(_POINTS, _POINTS), _COLORS[answer % len(_COLORS)]
        if (lead > 0).any():
            ax.contourf(first, second, heights, [0, np.inf], colors=[color], alpha=0.25)
        if lead.min() < 0 < lead.max():
            ax.contour(first, second, heights, [0], colors=INK, linewidths=1.2)


def _leads(outputs: Array, kind: TargetType) -> list[Array]:
    """Return the lead of each answer, which is positive where the model gives the answer."""
    if kind.kind == "label":
        return [kind.threshold - outputs[:, 0], outputs[:, 0] - kind.threshold]
    others = [np.delete(outputs, k, axis=1).max(axis=1) for k in range(outputs.shape[1])]
    return [outputs[:, k] - other for k, other in enumerate(others)]
