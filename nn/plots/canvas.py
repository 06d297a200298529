"""What all pictures share: matplotlib, imported at first use, and colors that everybody can tell.

Blue is positive and orange negative. The sign is never shown by color alone: negative lines are
dashed, and negative numbers have their sign.
"""

from __future__ import annotations

from typing import Any

from autograd.views.palette import COLORS, INK, SOFT

POSITIVE, NEGATIVE = COLORS["+"], COLORS["−"]
PATH_COLORS = ("#d55e00", "#ffffff", "#cc79a7", "#f0e442")  # on viridis; Okabe & Ito's
DPI_WIDTH = 7.0  # inches: the width of a notebook's column

__all__ = ["DPI_WIDTH", "INK", "NEGATIVE", "PATH_COLORS", "POSITIVE", "SOFT"]


def pyplot() -> Any:
    """Return matplotlib's pyplot.

    Raises:
        ImportError: matplotlib is not installed; the message says how to get it.
    """
    try:
        from matplotlib import pyplot
    except ImportError:
        raise ImportError(
            "pictures of networks need matplotlib, which is not installed: "
            'pip install "gradtrace[plots]"'
        ) from None
    return pyplot


def axes(ax: Any, height: float, projection: str | None = None) -> Any:
    """Return the Axes given, or those of a new figure of notebook width and this height."""
    if ax is not None:
        return ax
    figure = pyplot().figure(figsize=(DPI_WIDTH, height), layout="constrained")
    return figure.add_subplot(projection=projection)


def bare(ax: Any) -> Any:
    """Return Axes for a diagram: no ticks, no frame, equal scales.

    The background is white in every style, because the colors of a diagram are made for white.
    """
    ax.set_facecolor("white")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal")
    return ax


def diverging() -> Any:
    """Return the map from orange over white to blue, for numbers around 0."""
    pyplot()
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(
        "signs", [NEGATIVE, "#f2b27f", "#ffffff", "#8fb8dd", POSITIVE]
    )
