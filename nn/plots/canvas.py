"""The colors and the Axes that all plots share.

Matplotlib is optional, so it is imported only when a plot is drawn. Blue means positive and orange
means negative, because color-blind people can tell these two apart. Color is never the only
difference. Negative lines are also dashed, and negative numbers have a minus sign.
"""

from __future__ import annotations

from typing import Any

from autograd.views.palette import COLORS, INK, SOFT

POSITIVE, NEGATIVE = COLORS["+"], COLORS["−"]
WIDTH = 7.0  # the width of a figure in inches, which fits the column of a notebook

__all__ = ["INK", "NEGATIVE", "POSITIVE", "SOFT", "WIDTH"]


def pyplot() -> Any:
    """Return matplotlib's pyplot, or raise an ImportError that says how to install it."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError(
            "pictures of networks need matplotlib, which is not installed: pip install matplotlib"
        ) from None
    return pyplot


def axes(ax: Any, height: float, projection: str | None = None) -> Any:
    """Return `ax`, or the Axes of a new figure of this height if `ax` is None."""
    if ax is not None:
        return ax
    figure = pyplot().figure(figsize=(WIDTH, height), layout="constrained")
    return figure.add_subplot(projection=projection)


def bare(ax: Any) -> Any:
    """Remove ticks and frame from Axes and make the scales equal, for a diagram.

    The background is white in every style, because the colors were chosen for white.
    """
    ax.set_facecolor("white")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal")
    return ax


def diverging() -> Any:
    """Return a colormap from orange through white to blue, for numbers around 0."""
    pyplot()  # raises the ImportError that says what to install
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(
        "signs", [NEGATIVE, "#f2b27f", "#ffffff", "#8fb8dd", POSITIVE]
    )
