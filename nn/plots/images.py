"""Plots of weights as images, and of a digit with the network's answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.graph.wording import number_text

from ..arrays import Array, as_array
from ..matrix import forward
from ..network import MLP, layers_of
from .canvas import INK, POSITIVE, SOFT, axes, diverging

_GAP = 2  # pixels between two images


def plot_weights(model: MLP, *, shape: tuple[int, int] | None = None, ax: Any = None) -> Any:
    """Draw the weights of each neuron of the first layer as an image.

    Positive weights are blue and negative weights are orange.

    Args:
        model: the network.
        shape: (rows, columns) of the input image; None for a square.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: the number of inputs does not fit an image of that shape.
    """
    w = layers_of(model, "the picture of weights")[0].weights
    rows, columns = _shape(shape, w.shape[1])
    across = min(8, len(w))
    down = math.ceil(len(w) / across)
    sheet = np.full((down * (rows + _GAP) - _GAP, across * (columns + _GAP) - _GAP), np.nan)
    corners = []
    for k, image in enumerate(w.reshape(-1, rows, columns)):
        top, left = (k // across) * (rows + _GAP), (k % across) * (columns + _GAP)
        sheet[top : top + rows, left : left + columns] = image
        corners.append((left, top))
    ax = axes(ax, 0.6 + 6.4 * sheet.shape[0] / sheet.shape[1])
    # The 0.5% largest weights get the same color. Otherwise one very large weight would make all
    # others look white.
    limit = float(np.quantile(np.abs(w), 0.995))
    shown = ax.imshow(sheet, cmap=diverging(), vmin=-limit, vmax=limit, interpolation="nearest")
    for k, corner in enumerate(corners, start=1):
        ax.text(corner[0] + 0.5, corner[1] + 0.5, f"{k}", fontsize=7, va="top", color=SOFT)
    ax.figure.colorbar(shown, ax=ax, label="weight", shrink=0.85, fraction=0.05, extend="both")
    ax.set_axis_off()
    return ax


def plot_digit(
    model: MLP,
    x: ArrayLike,
    label: int | None = None,
    *,
    shape: tuple[int, int] | None = None,
    ax: Any = None,
) -> Any:
    """Draw an image and, beside it, the network's outputs as bars.

    Args:
        model: the network, with one output for each class.
        x: the image, shape (pixels,).
        label: the right class. It is marked at its bar, and the title says if the answer is right.
        shape: (rows, columns) of the image; None for a square.
        ax: where to draw the image; None for a new figure. The bars need room on its right.

    Returns:
        The Axes of the image.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: `x` does not have that shape, or does not fit the network.
    """
    layers_of(model, "the picture of a digit")
    pixels = as_array(x, "x")
    rows, columns = _shape(shape, pixels.size)
    outputs = forward(model, pixels).a[-1]
    answer = int(outputs.argmax())
    is_new = ax is None
    ax = axes(ax, 3.2)
    ax.imshow(pixels.reshape(rows, columns), cmap="gray_r", interpolation="nearest")
    ax.set_xticks([])
    ax.set_yticks([])
    right = "" if label is None else ", right" if label == answer else f", but it is a {label}"
    ax.set_title(f"answer: {answer}{right}", fontsize=11, color=INK)
    _bars(ax.inset_axes([1.12, 0.0, 0.95 if is_new else 0.8, 1.0]), outputs, answer, label)
    return ax


def _bars(ax: Any, outputs: Array, answer: int, label: int | None) -> None:
    classes = range(len(outputs))
    colors = [POSITIVE if k == answer else "#b9c4cf" for k in classes]
    ax.barh(classes, outputs, color=colors, edgecolor=INK, linewidth=0.6)
    ax.set_yticks(classes, [f"▸ {k}" if k == label else f"{k}" for k in classes])
    ax.invert_yaxis()
    ax.axvline(0, color=INK, lw=0.8)
    low, high = min(0.0, float(outputs.min())), max(float(outputs.max()), 1e-9)
    ax.set_xlim(1.05 * low, high + 0.3 * (high - low))
    for k, output in enumerate(outputs):
        at = max(float(output), 0.0) + 0.02 * (high - low)
        ax.text(at, k, number_text(float(output), 3), va="center", fontsize=7, color=INK)
    ax.set_xlabel("output", fontsize=8)
    ax.tick_params(labelsize=8)
    ax.spines[["top", "right"]].set_visible(False)


def _shape(shape: tuple[int, int] | None, pixels: int) -> tuple[int, int]:
    if shape is None:
        return _square(pixels)
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        raise TypeError(f"the shape of an image is (rows, columns); got {shape!r}")
    if shape[0] * shape[1] != pixels:
        raise ValueError(f"{pixels} inputs are not an image of shape ({shape[0]}, {shape[1]})")
    return shape[0], shape[1]


def _square(pixels: int) -> tuple[int, int]:
    side = math.isqrt(pixels)
    if side * side != pixels:
        raise ValueError(f"{pixels} inputs are not a square image; give its shape=(rows, columns)")
    return side, side
