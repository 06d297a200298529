"""Plots of cost surfaces with paths of gradient descent, from above or in three dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.number import check_list, shortened
from autograd.graph.wording import name_text

from ..lessons.surface_data import DescentPath, Surface
from .canvas import INK, axes, pyplot

_MOST_DOTS = 101  # a longer path has no dots, because they would overlap
START, END = "#3a7bd5", "#2ca25f"  # blue and green; the markers also differ in shape
_STYLES = (
    {"color": "#ffffff", "lw": 2.6, "ls": "-"},
    {"color": "#ff8c1a", "lw": 1.3, "ls": "-"},
    {"color": "#f0e442", "lw": 1.6, "ls": ":"},
)


def plot_contour(surface: Surface, paths: Sequence[DescentPath] = (), *, ax: Any = None) -> Any:
    """Draw a cost surface from above with lines of equal cost, and paths of gradient descent on it.

    A path of at most 101 places has a dot at each place.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: `surface` is not a Surface, or a path is not a DescentPath.
    """
    _check(surface, paths)
    ax = axes(ax, 5.0)
    levels = _levels(surface)
    filled = ax.contourf(surface.first, surface.second, surface.costs, levels, cmap="viridis")
    ax.contour(surface.first, surface.second, surface.costs, levels, colors="white", linewidths=0.3)
    ax.figure.colorbar(filled, ax=ax, label="cost C", format="%.3g")
    for path, style in zip(paths, _STYLES, strict=False):
        ax.plot(*path.places.T, label=path.name, **style, **_outline(style["lw"]))
        _draw_dots(ax, path.places, style["color"])
        _mark_ends(ax, path.places)
    _name_axes(ax, surface)
    _legend(ax, paths)
    return ax


def plot_surface(surface: Surface, paths: Sequence[DescentPath] = (), *, ax: Any = None) -> Any:
    """Draw a cost surface in three dimensions, with paths of gradient descent on it.

    A path of at most 101 places has a dot at each place.

    Args:
        surface: the costs on a grid.
        paths: the descents.
        ax: where to draw, Axes with projection="3d"; None for a new figure.

    Returns:
        The Axes.

    Raises:
        ImportError: matplotlib is not installed.
        TypeError: `surface` is not a Surface, or a path is not a DescentPath.
    """
    _check(surface, paths)
    ax = axes(ax, 5.4, "3d")
    ax.computed_zorder = False  # otherwise the surface may hide the paths
    grid = np.meshgrid(surface.first, surface.second)
    # Without antialiasing the surface still looks smooth, and the picture has half the bytes.
    ax.plot_surface(*grid, surface.costs, cmap="viridis", linewidth=0, antialiased=False, zorder=1)
    for path, style in zip(paths, _STYLES, strict=False):
        line = np.column_stack([path.places, path.costs])
        color = "#111111" if style["color"] == "#ffffff" else style["color"]
        ax.plot(*line.T, label=path.name, zorder=5, **(style | {"color": color}))
        _draw_dots(ax, line, style["color"])
        _mark_ends(ax, line)
    _name_axes(ax, surface)
    ax.set_zlabel("cost C")
    ax.view_init(elev=38, azim=-58)
    _legend(ax, paths)
    return ax


def _check(surface: object, paths: object) -> None:
    if not isinstance(surface, Surface):
        raise TypeError(f"the surface is what land.around(…) returned; got {shortened(surface)}")
    check_list("paths", paths)
    for path in paths if isinstance(paths, Sequence) else ():
        if not isinstance(path, DescentPath):
            raise TypeError(f"a path is what land.descend(…) returned; got {shortened(path)}")


def _levels(surface: Surface) -> Any:
    """Return contour levels that are closer together at low costs, where the surface is flat."""
    low, high = float(surface.costs.min()), float(surface.costs.max())
    # matplotlib refuses equal levels, so a flat surface gets a range of 1.
    return low + (high - low or 1.0) * np.linspace(0, 1, 25) ** 1.6


def _draw_dots(ax: Any, line: Any, color: Any) -> None:
    """Draw a dot at every place between start and end, which shows the length of the steps."""
    if len(line) <= _MOST_DOTS:
        style = {"marker": "o", "ms": 4.5, "mfc": color, "mec": INK, "mew": 0.6}
        ax.plot(*line[1:-1].T, ls="", zorder=5, **style)


def _mark_ends(ax: Any, line: Any) -> None:
    edge = {"edgecolors": INK, "linewidths": 0.8, "zorder": 6}
    ax.scatter(*line[:1].T, s=55, c=START, marker="o", **edge)
    ax.scatter(*line[-1:].T, s=70, c=END, marker="s", **edge)


def _outline(width: Any) -> dict[str, Any]:
    pyplot()
    from matplotlib import patheffects

    return {"path_effects": [patheffects.withStroke(linewidth=width + 1.4, foreground=INK)]}


def _name_axes(ax: Any, surface: Surface) -> None:
    ax.set_xlabel(name_text(surface.names[0]).strip("()"))
    ax.set_ylabel(name_text(surface.names[1]).strip("()"))


def _legend(ax: Any, paths: Sequence[DescentPath]) -> None:
    if paths:
        legend = ax.legend(loc="upper right", fontsize=8, title="start ●   end ■")
        legend.get_frame().set_facecolor("#c9d1d9")
