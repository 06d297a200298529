"""A diagram of one neuron with its inputs, weights, sum, bias and activation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd.engine.number import Number, shortened
from autograd.engine.value import Value
from autograd.graph.wording import name_text, number_text

from ..activations import activation_name
from ..neuron import Neuron
from .canvas import INK, NEGATIVE, POSITIVE, SOFT, axes, bare

_MOST = 8  # if there are more inputs, those in the middle are left out


# The positions from left to right, and the radii of the circles.
_INPUT_RADIUS = 0.34  # the radius of the inputs, which are at position 0
_WEIGHT_TEXT = 1.25
_SUM, _SUM_RADIUS = 3.0, 0.42
_Z_TEXT = 4.05
_ACTIVATION, _ACTIVATION_RADIUS = 5.25, 0.5
_OUTPUT_TEXT, _OUTPUT_END = 6.4, 7.1
_TEXT_HEIGHT = 0.14  # the height of texts above the arrows


def plot_neuron(neuron: Neuron, x: Sequence[Number] | None = None, *, ax: Any = None) -> Any:
    """Draw a neuron, a = g(w₁x₁ + … + wₙxₙ + b), with its weights.

    If inputs are given, their values, the weighted sum and the output are written too.

    Args:
        neuron: the neuron.
        x: the inputs. None shows the weights and the bias only.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: `x` does not have one number for each input.
    """
    if not isinstance(neuron, Neuron):
        raise TypeError(f"the picture of a neuron needs a Neuron; got {shortened(neuron)}")
    a = None if x is None else neuron(x)
    shown = list(range(len(neuron.w)))
    if len(shown) > _MOST:
        # −1 stands for the inputs that are left out.
        shown = [*shown[: _MOST // 2], -1, *shown[-(_MOST // 2 - 1) :]]
    ax = bare(axes(ax, max(2.6, 0.62 * (len(shown) + 1))))
    top = (len(shown) - 1) / 2
    strongest = max(abs(w.data) for w in neuron.w) or 1.0
    for row, k in enumerate(shown):
        if k < 0:
            ax.text(0, top - row, "⋮", ha="center", va="center", fontsize=16, color=INK)
        else:
            _draw_input(ax, neuron, k, top - row, None if x is None else float(x[k]), strongest)
    _draw_body(ax, neuron, a, top)
    ax.set_xlim(-0.7, 8.0)
    ax.set_ylim(-top - 1.15, top + 0.75)
    return ax


def _draw_input(
    ax: Any, neuron: Neuron, k: int, y: float, x: float | None, strongest: float
) -> None:
    """Draw input k at height y, and the line of its weight to the sum."""
    w = neuron.w[k]
    name = f"x{k + 1}" if x is None else f"x{k + 1}\n{number_text(x, 3)}"
    _circle(ax, 0, y, _INPUT_RADIUS, name, "#fdf4d9")
    color = POSITIVE if w.data >= 0 else NEGATIVE
    width = 0.8 + 2.6 * abs(w.data) / strongest
    share = _SUM_RADIUS / math.hypot(_SUM, y)  # the part of the line that is inside the circle Σ
    end = _SUM * (1 - share), y * share
    style = {"color": color, "lw": width, "ls": "-" if w.data >= 0 else (0, (4, 2))}
    line = {"arrowstyle": "-", "shrinkA": 0, "shrinkB": 0} | style
    ax.annotate("", end, (_INPUT_RADIUS, y), arrowprops=line)
    text = f"{name_text(w.label)} = {number_text(w.data, 3)}"
    y_text = y + (end[1] - y) * (_WEIGHT_TEXT - _INPUT_RADIUS) / (end[0] - _INPUT_RADIUS)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
    ax.text(_WEIGHT_TEXT, y_text, text, color=color, fontsize=9, ha="center", va="center", bbox=box)


def _draw_body(ax: Any, neuron: Neuron, a: Any, top: float) -> None:
    """Draw the sum, the bias, the activation and the output."""
    # The only input of the activation is z. A linear neuron records no activation.
    z = None if a is None else a.parents[0] if neuron.activation != "linear" else a
    _circle(ax, _SUM, 0, _SUM_RADIUS, "Σ", "#ffffff", size=15)
    arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.4, "shrinkA": 0, "shrinkB": 0}
    if neuron.b is not None:
        _draw_bias(ax, neuron.b, -max(top, 0.4) - 0.6, arrow)
    rim = _ACTIVATION - _ACTIVATION_RADIUS
    ax.annotate("", (rim, 0), (_SUM + _SUM_RADIUS, 0), arrowprops=arrow)
    text = "z" if z is None else f"z = {number_text(z.data, 3)}"
    ax.text(_Z_TEXT, _TEXT_HEIGHT, text, ha="center", fontsize=9)
    name = activation_name(neuron.activation) if neuron.activation != "linear" else "id"
    _circle(ax, _ACTIVATION, 0, _ACTIVATION_RADIUS, name, "#e4f1e6")
    ax.annotate("", (_OUTPUT_END, 0), (_ACTIVATION + _ACTIVATION_RADIUS, 0), arrowprops=arrow)
    text = "ŷ" if a is None else f"ŷ = {number_text(a.data, 3)}"
    ax.text(_OUTPUT_TEXT, _TEXT_HEIGHT, text, ha="center", fontsize=9)
    formula = "ŷ = g(Σ wᵢxᵢ + b)" if neuron.b is not None else "ŷ = g(Σ wᵢxᵢ)"
    ax.text(_ACTIVATION, -0.68, formula, ha="center", va="top", fontsize=8, color=SOFT)


def _draw_bias(ax: Any, b: Value, low: float, arrow: dict[str, Any]) -> None:
    """Draw the bias at height `low`, with an arrow up to the sum."""
    color = POSITIVE if b.data >= 0 else NEGATIVE
    ax.annotate("", (_SUM, -_SUM_RADIUS), (_SUM, low + 0.12), arrowprops=arrow | {"color": color})
    text = f"{name_text(b.label)} = {number_text(b.data, 3)}"
    ax.text(_SUM, low, text, ha="center", va="top", color=color, fontsize=9)


def _circle(ax: Any, x: float, y: float, r: float, text: str, fill: str, size: float = 8.5) -> None:
    from matplotlib.patches import Circle

    ax.add_patch(Circle((x, y), r, facecolor=fill, edgecolor=INK, lw=1.2, zorder=3))
    ax.text(x, y, text, ha="center", va="center", fontsize=size, color=INK, zorder=4)
