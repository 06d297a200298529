"""Plots of the cost or the accuracy during training."""

from __future__ import annotations

import math
from typing import Any, Literal

from autograd.engine.number import shortened

from ..train.history import History
from .canvas import NEGATIVE, POSITIVE, axes

# If the largest cost is this many times the smallest, the scale is logarithmic. The file numbers.js
# of the live page has the same rule.
_WIDE = 100
_MARKS = 40  # the most markers on a curve, because more of them would hide the line


def plot_history(
    history: History, what: Literal["cost", "accuracy"] = "cost", *, ax: Any = None
) -> Any:
    """Draw the cost or the accuracy of each epoch, for the learning and the validation examples.

    The validation curve is drawn only if it was measured. It may be better than the learning curve
    in early epochs, because each mini-batch is measured before its step, but the validation
    examples are measured at the end of the epoch. The scale is logarithmic if the largest cost is
    at least 100 times the smallest.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: there are no epochs, or no accuracies.
    """
    if not isinstance(history, History):
        raise TypeError(f"the history is what fit returned; got {shortened(history)}")
    if what not in ("cost", "accuracy"):
        raise ValueError(f"what is drawn is 'cost' or 'accuracy'; got {what!r}")
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
    if what == "cost" and 0 < _WIDE * min(learning) <= max(learning):
        ax.set_yscale("log")
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _curve(ax: Any, x: list[int], y: list[float], color: str, style: str, name: str) -> None:
    every = math.ceil(len(x) / _MARKS)
    ax.plot(x, y, style, color=color, label=name, ms=4.5, lw=1.6, markevery=every)
