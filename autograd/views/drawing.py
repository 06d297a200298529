"""Draw a recorded graph: values, gradients and every local derivative on its edge."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import graphviz

from ..encoding import encodable
from ..engine.value import Value
from ..files import replace_file, write_text
from ..graph.graph import Graph, Output
from ..graph.location import locate
from .display import Displayed
from .dot import write_source
from .film import film
from .host_html import picture_html
from .levels import network_to_show
from .network_names import check_unnamed
from .network_scene import scene_of
from .network_svg import NetworkPicture, network_svg
from .picture import picture_of
from .picture_parts import Picture
from .png import png
from .selection import cut
from .svg import svg
from .text import checked_title


def draw(
    output: Output | Graph,
    *,
    title: str = "",
    gradients: bool | None = None,
    level: str | None = None,
    focus: Value | str | int | None = None,
    depth: int | None = None,
    direction: str = "LR",
    names: Sequence[str] | None = None,
) -> Drawing:
    """Return a drawing of everything `output` was computed from.

    A box shows a value and its gradient, and an edge shows its local derivative. The color, the
    dashes and the width of an edge show its contribution to the gradient.

    Args:
        output: the Value that was computed, or its Graph.
        title: a line above the picture.
        gradients: whether gradients are shown. By default, they are if `backward` was called.
        level: how much detail is drawn. "scalar" gives every number a box; "neuron" and "layer"
            draw one box for each; "network" draws a circle for each neuron and a line for each
            weight. By default a graph of more than 60 numbers is drawn as a network. If it has no
            blocks, its numbers are folded into those that have names or are read more than once.
        focus: a Value, label or index; only paths through it are drawn.
        depth: the largest number of steps back from the output that are drawn. Boxes say how many
            numbers are left out.
        direction: "LR" from left to right, or "TB" from top to bottom.
        names: the names of a network's outputs, such as those of its classes.

    Several outputs, `draw([y1, y2])`, share one drawing; gradients are then those of their sum.

    Raises:
        TypeError: `output` or `focus` is of another kind; a Graph holds no Values.
        ValueError: what is left is too large to draw, or an argument makes no sense.
    """
    title = checked_title(title)
    graph, center = (Graph.of(output), None) if focus is None else locate(output, focus)
    shows_gradients = graph.swept if gradients is None else gradients
    is_cut = center is not None or depth is not None
    network = network_to_show(graph, level, is_cut=is_cut, direction=direction)
    picture: Picture | NetworkPicture
    if network is not None:
        picture = NetworkPicture(scene_of(network, names, notes=True), title, shows_gradients)
    else:
        check_unnamed(names)
        shown = cut(graph, focus=center, depth=depth, level=level)
        picture = picture_of(
            graph,
            shown,
            title=title,
            gradients=shows_gradients,
            focus=center,
            direction=direction,
        )
    return Drawing(picture, graph)


class Drawing(Displayed, graphviz.Digraph):  # type: ignore[misc]  # graphviz is not typed
    """A drawing: a `graphviz.Digraph` that can also draw itself without the `dot` program.

    `.source` is its DOT text. `.render()`, `.pipe()` and `.view()` are those of graphviz, and call
    `dot`. `.svg()`, `.save("….svg")`, `.film("….svg")` and the picture in a notebook use the
    embedded layout. They show the recorded graph, without nodes added by hand.
    """

    filename: str
    directory: str
    _is_written = True

    def __init__(
        self,
        picture: Picture | NetworkPicture | None = None,
        graph: Graph | None = None,
        **options: Any,
    ):
        self.picture = Picture() if picture is None else picture
        self.graph = graph
        super().__init__(**options)
        self._is_written = picture is None or "body" in options

    @property
    def body(self) -> list[str]:
        """The lines of the DOT source, as in graphviz.

        They are written when they are first read, because the embedded layout does not need them.
        """
        if not self._is_written:
            self._is_written = True
            write_source(self, self.picture)
        return self._body

    @body.setter
    def body(self, lines: list[str]) -> None:
        self._body = lines

    def _copy_kwargs(self, **options: Any) -> Any:
        return {**super()._copy_kwargs(**options), "picture": self.picture, "graph": self.graph}

    @cached_property
    def _svg(self) -> str:
        if isinstance(self.picture, NetworkPicture):
            return network_svg(self.picture)
        return svg(self.picture)

    def svg(self) -> str:
        """Return the picture as SVG text, complete in itself."""
        return self._svg

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write "….svg" or "….png" (the picture) or "….dot" / "….gv" (its DOT source).

        Return the path. The file is replaced atomically. Without a filename, as in graphviz, the
        DOT source goes to `self.filepath`. A PNG has twice as many pixels each way as the SVG; it
        needs ``pip install resvg-py``.

        Raises:
            ImportError: a PNG is asked for, and the package that makes it is not installed.
            ValueError: the name ends in anything else.
        """
        name = os.fspath(self.filename or "") if filename is None else os.fspath(filename)
        folder = os.fspath(self.directory or "") if directory is None else os.fspath(directory)
        path = Path(folder) / name
        # graphviz's render() calls this with skip_existing=None, and the name may have any suffix.
        suffix = ".dot" if filename is None or skip_existing is None else path.suffix.lower()
        if suffix in (".dot", ".gv"):  # render() continues with these names
            self.filename, self.directory = name, folder
        if skip_existing and path.exists():
            return str(path)
        if suffix not in (".svg", ".png", ".dot", ".gv"):
            raise ValueError(
                f"{path.name!r} should end in .svg or .png (the picture) or .dot (its source); for "
                'other formats, .render(format="pdf") needs the dot program of Graphviz'
            )
        if suffix == ".png":
            replace_file(path, png(self.svg()))
        else:
            write_text(path, self.svg() if suffix == ".svg" else self.source)
        return str(path)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> str:
        """Draw with the dot program, as graphviz does, and return the path of the picture.

        A filename such as "y.svg", which ends in a format, names the picture; its DOT source goes
        to "y.gv". Any other filename names the DOT source, as in graphviz.
        """
        name = os.fspath(filename or "")
        suffix, kind = Path(name).suffix[1:].lower(), options.get("format")
        if suffix in graphviz.FORMATS - {"dot", "gv"} and not options.get("outfile"):
            options["outfile"] = Path(directory or "") / (
                name if kind in (None, suffix) else f"{name}.{kind}"
            )
            filename = directory = None
        return str(super().render(filename=filename, directory=directory, **options))

    def film(self, filename: str | os.PathLike[str]) -> str:
        """Write an SVG that plays both sweeps, step by step, and return its path.

        It moves by CSS alone, so it plays in a README and in a notebook that is not trusted.

        Raises:
            ValueError: the drawing does not show every number, or the name does not end in .svg.
        """
        path = Path(filename)
        if path.suffix.lower() != ".svg":
            raise ValueError(f"{path.name!r} should end in .svg")
        if self.graph is None or not isinstance(self.picture, Picture):
            raise ValueError('a film shows every number: draw(output, level="scalar").film(…)')
        write_text(path, film(self.graph, self.picture))
        return str(path)

    def _repr_html_(self) -> str:
        """Return an `<img>`, because untrusted notebooks, HTML export and GitHub keep it."""
        return picture_html(self.svg(), self._summary())

    def _summary(self) -> str:
        return f"{self.picture.title or self.picture.output}: {self.picture.size}"

    @encodable
    def __repr__(self) -> str:
        return f"<Drawing of {self._summary()}>"

    @encodable
    def __str__(self) -> str:
        """Return the DOT source, as graphviz does."""
        return str(self.source)
