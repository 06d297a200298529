"""Training curves."""

from __future__ import annotations

import math
from typing import Any, Literal

from ..train.history import History
from .canvas import NEGATIVE, POSITIVE, axes

_MARKS = 40  # on a curve, at most: more would hide it


def plot_history(
    history: History, what: Literal["cost", "accuracy"] = "cost", *, ax: Any = None
) -> Any:
    """Draw the cost, or the accuracy, of each epoch: learning and, if measured, validation.

    The learning curve shows each mini-batch before its step, the validation curve the end of the
    epoch: early on the second may well be better.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: there are no epochs, or no accuracies.
    """
    learning = [getattr(epoch, what) for epoch in history]
    validation = [getattr(epoch, f"validation_{what}") for epoch in history]
    if not learning or None in learning:
        raise ValueError(f"the history has no {what} to draw")
    ax = axes(ax, 3.6)
    numbers = [epoch.number for epoch in history]
    scale = 100 if what == "accuracy" else 1
    _curve(ax, numbers, [scale * y for y in learning], POSITIVE, "o-", "learning")
    if None not in validation:
        _curve(ax, numbers, [scale * y for y in validation], NEGATIVE, "s--", "validation")
        ax.legend(frameon=False)
    ax.set_xlabel("epoch")
    ax.set_ylabel("cost C" if what == "cost" else "right answers, %")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _curve(ax: Any, x: list[int], y: list[float], color: str, style: str, name: str) -> None:
    every = math.ceil(len(x) / _MARKS)
    ax.plot(x, y, style, color=color, label=name, ms=4.5, lw=1.6, markevery=every)
