"""Draw a recorded graph: values, gradients and every local derivative on its edge."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import graphviz

from ..engine.topological import all_nodes
from ..engine.value import Value
from ..files import write_text
from ..graph.graph import Graph
from .dot import write_source
from .picture import Picture, picture_of
from .selection import cut
from .svg import svg


def draw(
    output: Value | Graph,
    *,
    title: str = "",
    gradients: bool | None = None,
    focus: Value | str | int | None = None,
    depth: int | None = None,
    collapse: str | None = None,
) -> Drawing:
    """Return a drawing of everything `output` was computed from, left to right.

    A box shows a value and its gradient, an edge its local derivative; the edge's colour, dashes
    and width show its contribution to the gradient. Gradients are shown once `backward()` was
    called, or as `gradients` says.

    A large graph is cut by `focus` (a Value, label or index: only paths through it), `depth` (at
    most so many steps back from the output) and `collapse` ("neuron" or "layer": one box for each).
    Boxes say how much is not shown.

    Raises:
        ValueError: what is left is too large to draw, or an argument makes no sense.
    """
    graph = Graph.of(output)
    center = None if focus is None else _index(output, graph, focus)
    return Drawing(
        picture_of(
            graph,
            cut(graph, focus=center, depth=depth, collapse=collapse),
            title=title,
            gradients=graph.swept if gradients is None else gradients,
            focus=center,
        )
    )


def _index(output: Value | Graph, graph: Graph, focus: Value | str | int) -> int:
    if not isinstance(focus, Value):
        return graph.index(focus)
    if isinstance(output, Graph):
        raise ValueError("a Graph holds no Values: give focus as a label or an index")
    for index, value in enumerate(all_nodes(output)):
        if value is focus:
            return index
    raise ValueError(f"the output does not depend on the focus {focus!r}")


_LEAST_SCALE = 0.6  # of a picture in a notebook


class Drawing(graphviz.Digraph):  # type: ignore[misc]  # graphviz is not typed
    """A drawing: a `graphviz.Digraph` that can also draw itself, without the `dot` program.

    `.source` is its DOT text, and `.render()`, `.pipe()` and `.view()` are graphviz's own and call
    `dot`. `.svg()`, `.save("….svg")` and the picture in a notebook use the embedded layout; they
    show the recorded graph, not nodes added by hand.
    """

    def __init__(self, picture: Picture | None = None, **options: Any):
        super().__init__(**options)
        self.picture = Picture() if picture is None else picture
        if picture is not None and "body" not in options:
            write_source(self, picture)

    def _copy_kwargs(self, **options: Any) -> Any:
        return {**super()._copy_kwargs(**options), "picture": self.picture}

    @cached_property
    def _svg(self) -> str:
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
        """Write "….svg" (the picture) or "….dot" / "….gv" (its DOT source); return the path.

        The file is replaced as a whole or not at all. Without a filename, as in graphviz, the DOT
        source goes to `self.filepath`.

        Raises:
            ValueError: the name ends in anything else.
        """
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path = Path(self.filepath)
        if skip_existing and path.exists():
            return str(path)
        # render() hands over any name for its DOT source, and always skip_existing=None.
        suffix = ".dot" if filename is None or skip_existing is None else path.suffix.lower()
        if suffix not in (".svg", ".dot", ".gv"):
            raise ValueError(
                f"{path.name!r} should end in .svg (the picture) or .dot (its source); for other "
                'formats, .render(format="png") needs the dot program of Graphviz'
            )
        write_text(path, self.svg() if suffix == ".svg" else self.source)
        return str(path)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, str]:
        """Return an `<img>` for notebooks: it survives untrusted ones, HTML export and GitHub."""
        drawn = self.svg()
        data = b64encode(drawn.encode()).decode("ascii")
        width = int(drawn.split('width="', 1)[1].split('"', 1)[0])
        # It shrinks to the page as long as it can be read; a wider one is scrolled.
        style = f"max-width:100%;min-width:{width * _LEAST_SCALE:.0f}px"
        bundle = {
            "text/html": f'<div style="overflow-x:auto"><img style="{style}"'
            f' alt="{escape(self._summary())}" src="data:image/svg+xml;base64,{data}"></div>',
            "text/plain": repr(self),
        }
        wanted = set(bundle if include is None else include) - set(exclude or ())
        return {kind: content for kind, content in bundle.items() if kind in wanted}

    def _summary(self) -> str:
        cards, arrows = len(self.picture.cards), len(self.picture.arrows)
        return f"{self.picture.title or self.picture.output}: {cards} boxes, {arrows} edges"

    def __repr__(self) -> str:
        return f"<Drawing of {self._summary()}>"
