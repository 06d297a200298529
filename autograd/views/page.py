"""The live page: one HTML file that steps through any recorded graph and computes with it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cached_property
from html import escape
from string import Template
from typing import Any

from ..encoding import encodable
from ..engine.value import Value
from ..files import write_html
from ..graph.graph import Graph, Output
from ..graph.location import locate
from .answer_sheet import AnswerSheet, Row, answer_sheet
from .code_lines import code_of
from .display import Displayed
from .heat_maps import tables_of
from .host_html import Embedded, page_html
from .interval_script import interval_rows
from .javascript import functions
from .levels import NetworkLevel, Scenes, scenes_of
from .page_data import graph_data, operations_of, slips_data
from .self_contained import asset, in_strict_mode, json_in_html, policy
from .text import checked_title, counted, cut_middle

_SCRIPTS = (
    "numbers", "engine", "given", "state", "scene", "network", "network_painting",
    "network_layout", "opened", "steps", "folding", "panel", "lens", "viewport", "pointers", "map",
    "details", "search", "leaves", "leaf_table", "code", "tables", "link", "copy", "legend", "main",
)  # fmt: skip
_STYLES = ("colors", "stage", "network", "page")
_PANES = ("code", "tables")
_OF_NETWORKS = ("network", "network_painting", "network_layout", "opened")
_PREDICT = ("judge", "intervals", "ledger", "equal_numbers", "rounding", "marking", "predict")
_TO_PLAY = (_PREDICT, ("curve",), ("wiggle",))
_FRAME_HEIGHT = 680  # of the page in a notebook, in pixels
_MOST_IN_STILL = 2000  # texts; a larger still picture is only for browsers without scripts


def page(
    output: Output | Graph,
    *,
    title: str = "",
    focus: Value | str | int | None = None,
    depth: int | None = None,
    level: str | None = None,
    direction: str = "LR",
    names: Sequence[str] | None = None,
    play: bool = False,
) -> Page:
    """Return a live page of everything `output` was computed from.

    The page steps through both sweeps, edge by edge. Leaves can be dragged and typed, and the
    browser computes all numbers again by the same formulas. If a comparison of Values chose the
    recorded branch, and new numbers would choose another, the page says so instead of showing
    numbers. It opens between the two sweeps. "file.html#step=12" opens after the twelfth step.

    A graph of more than 60 numbers opens as a network with a circle for each neuron. A click opens
    the circle into its numbers. A graph without blocks is folded, and the page says so.

    Args:
        output: the Value that was computed, or its Graph.
        title: the title of the page.
        focus: a Value, label or index; only paths through it are shown. If `level` is "neuron" or
            "layer", the largest paths from it to the output are shown in scalars.
        depth: the largest number of steps back from the output that are shown.
        level: another view: "network", "layer", "neuron" or "scalar".
        direction: "LR", or "TB" for boxes from top to bottom.
        names: the names of a network's outputs.
        play: whether the page also asks for the next number of either sweep and judges the answer.
            It then draws the output as a function of the dragged leaf, with its tangent and its
            kinks, and compares what the same change of two leaves does to the output.

    Raises:
        TypeError: there are several outputs, or `output` or `focus` is of another kind.
        ValueError: what is left is too large to show, or an argument makes no sense.

    >>> x = Value(3.0, "x")
    >>> page(x * x, title="A square")
    <Page "A square": 2 nodes>
    """
    title = checked_title(title)
    graph, center = (Graph.of(output), None) if focus is None else locate(output, focus)
    if len(graph.outputs) > 1:
        raise TypeError(
            f"a page shows one output, and there are {len(graph.outputs)}: write page(y) for one, "
            "or page(total(outputs)) for their sum; draw(outputs) shows them all"
        )
    scenes = scenes_of(
        graph, title=title, focus=center, depth=depth, level=level, direction=direction, names=names
    )
    return Page(graph, scenes, title or _title(graph), play=play)


class Page(Displayed):
    """One self-contained HTML page. `.html` is its text. A notebook shows it live.

    It loads nothing and runs only its own script, because its Content-Security-Policy forbids
    anything else.
    """

    def __init__(self, graph: Graph, scenes: Scenes, title: str, *, play: bool = False) -> None:
        self.graph = graph
        self.play = play
        self.scenes = scenes
        self.title = cut_middle(title, 120)

    @cached_property
    def html(self) -> str:
        """The whole page."""
        script = self._script()
        parts = [*_STYLES, *self._panes, *(["play"] if self.play else [])]
        parts = [name for name in parts if name not in _OF_NETWORKS or self._has_network]
        style = "".join(_asset(f"{name}.css") for name in parts)
        return Template(_asset("page.html")).substitute(
            policy=policy(script, style),
            title=escape(self.title),
            style=style,
            data=json_in_html(self._data()),
            script=script,
            still=_still(self.svg()),
        )

    @property
    def _has_network(self) -> bool:
        return any(isinstance(scene, NetworkLevel) for scene in self.scenes)

    def _script(self) -> str:
        """Return the script, with only the parts that this page needs."""
        # The first two scripts are in `engine_of`.
        names = [name for name in _SCRIPTS[2:] if name not in _OF_NETWORKS or self._has_network]
        names = [name for name in names if name not in _PANES or name in self._panes]
        parts = [engine_of(self._rows), *(_asset(f"{name}.js") for name in names)]
        if self.play:  # each in a block, so that none sees the names of another
            first = [interval_rows(self._rows), "", ""]
            parts += [
                "{\n" + rows + "".join(_asset(f"{n}.js") for n in part) + "}\n"
                for rows, part in zip(first, _TO_PLAY, strict=True)
            ]
        return in_strict_mode(*parts)

    @cached_property
    def _sheet(self) -> AnswerSheet | None:
        """The worksheet of the answers, or None without answers or if no sheet can hold them."""
        return answer_sheet(self.graph) if self.play else None

    @cached_property
    def _rows(self) -> list[Row]:
        """The operations that the script computes with, each with how many inputs it has."""
        of_sheet = self._sheet.rows if self._sheet else []
        return list(dict.fromkeys([*operations_of(self.graph), *of_sheet]))

    @cached_property
    def _panes(self) -> dict[str, Any]:
        """The data of the panes that this page has: the code and the heat maps."""
        panes = {"code": code_of(self.graph), "tables": tables_of(self.graph)}
        return {name: content for name, content in panes.items() if content}

    def _data(self) -> dict[str, Any]:
        return {
            **self._panes,
            **graph_data(self.graph),
            "scenes": [scene.data(self.graph) for scene in self.scenes],
            **(slips_data(self.graph) if self.play else {}),
            **({"sheet": self._sheet.data(self._rows)} if self._sheet else {}),
        }

    def save(self, path: str | os.PathLike[str]) -> str:
        """Write the page to a file atomically, and return its path.

        Raises:
            ValueError: the name does not end in .html or .htm.
            OSError: it cannot be written there.
        """
        return write_html(path, self.html)

    def embed(self, height: int = _FRAME_HEIGHT) -> Embedded:
        """Return HTML that shows the page in another document, in a frame of this height in pixels.

        The text can be pasted into the source of a site: in Sphinx below ``.. raw:: html``, in
        MkDocs and Quarto as its own paragraph. A notebook shows the page.

        Raises:
            ValueError: the height is not a positive number.
        """
        if not isinstance(height, int) or height <= 0:
            raise ValueError(f"height is a number of pixels, such as 680; got {height!r}")
        return page_html(self.html, self.svg(), self.title, height)

    def svg(self) -> str:
        """Return the still picture of the page as SVG text, complete in itself."""
        return self._svg

    @cached_property
    def _svg(self) -> str:
        return self.scenes[0].svg()

    def _repr_html_(self) -> str:
        """Return the live page in a frame, above a picture.

        GitHub and untrusted notebooks remove frames, so the picture remains.
        """
        return str(self.embed())

    @encodable
    def __repr__(self) -> str:
        return f'<Page "{self.title}": {counted(len(self.graph.nodes), "node")}>'


# --- the parts of the file ------------------------------------------------------------------------


def _asset(name: str) -> str:
    return asset(__package__, name)


def engine_source(graph: Graph) -> str:
    """Return the part of the page's script that computes: a graph's rows and the two sweeps."""
    return engine_of(operations_of(graph))


def engine_of(rows: Sequence[Row]) -> str:
    """Return the part of the page's script that computes with these rows."""
    return f"const ROWS = {functions(rows)};\n" + _asset("numbers.js") + _asset("engine.js")


def _still(svg: str) -> str:
    """Return a picture without tips and styles. The page shows it until the script runs."""
    plain = re.sub(r"<(title|style)>.*?</\1>\n?", "", svg, flags=re.DOTALL)
    plain = re.sub(r' data-(edge|node)="\d+"', "", plain)
    plain = re.sub(r"(?<=\d)\.0(?=[ \"CHLhvz-])", "", plain)  # 83.0 as 83, to save bytes
    graph = '<svg id="graph" aria-label="Computation graph"'
    if plain.count("<text") > _MOST_IN_STILL:
        return f"{graph}></svg><noscript>{plain}</noscript>"
    return plain.replace("<svg", graph, 1)


def _title(graph: Graph) -> str:
    label = graph.output.label
    return f"Backpropagation through {label}" if label else "Backpropagation"
