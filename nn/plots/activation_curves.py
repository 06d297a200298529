"""Plots of activations and of their slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from ..activations import Activation, activate, activation_name, slope
from ..arrays import as_shaped_array
from .canvas import INK, NEGATIVE, POSITIVE, axes

_STYLES = ((POSITIVE, "-"), (NEGATIVE, "--"), ("#009e73", "-."), ("#cc79a7", ":"))
_POINTS = 401


def plot_activations(
    activations: Sequence[Activation] = ("relu", "sigmoid", "tanh"),
    *,
    show: Literal["values", "slopes"] = "values",
    between: tuple[float, float] = (-5.0, 5.0),
    ax: Any = None,
) -> Any:
    """Draw g(z), or its slope g′(z), for several activations g.

    Args:
        activations: up to four activations, each of one number.
        show: "values" for g(z), "slopes" for g′(z).
        between: the smallest and the largest z.
        ax: where to draw; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: the activations are not in a list, or `between` does not hold numbers.
        ValueError: there are no activations or more than four, one of them is unknown or is
            softmax, or `show` is unknown.
    """
    if isinstance(activations, str) or not isinstance(activations, Sequence):
        raise TypeError(f"activations are a list, such as ['relu']; got {activations!r}")
    if not 1 <= len(activations) <= len(_STYLES):
        raise ValueError(f"one to {len(_STYLES)} activations fit a picture; got {len(activations)}")
    if show not in ("values", "slopes"):
        raise ValueError(f"show is one of values, slopes; got {show!r}")
    low, high = as_shaped_array(between, "between", "(2,)")
    if not low < high:
        raise ValueError(f"between is the smallest z and the largest; got {between!r}")
    z = np.linspace(low, high, _POINTS)
    ys = [_curve(activation, z, show) for activation in activations]
    ax = axes(ax, 3.0)
    for cross in (ax.axhline, ax.axvline):
        cross(0, color=INK, lw=0.6)
    for activation, y, (color, line) in zip(activations, ys, _STYLES, strict=False):
        ax.plot(z, y, color=color, ls=line, lw=1.9, label=activation_name(activation))
    ax.set_xlabel("weighted sum z")
    ax.set_ylabel("g(z)" if show == "values" else "slope g′(z)")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, loc="upper left")
    return ax


def _curve(activation: Activation, z: Any, show: str) -> Any:
    a = activate(activation, z)
    steepness = slope(activation, z, a)  # `slope` is always called, because it refuses softmax
    return a if show == "values" else steepness
