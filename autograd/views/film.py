"""A film of both sweeps: an SVG that CSS animates, so that it also plays in a README.

A number appears in its step, the edge of a backward step is lit, and a line below the picture shows
the step in symbols and numbers. At the end, the film begins again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape

from ..engine.ops import CONSTANT
from ..graph.formulas import Writer
from ..graph.graph import Graph
from ..graph.parts import Edge
from ..graph.steps import Step
from ..graph.tracing import Trace, trace
from ..graph.wording import factors_in_numbers, number_text
from .card_sizes import NUMBER
from .picture_parts import Picture
from .svg import svg
from .text import cut_middle

_SECONDS = 1.1  # the length of a step
_REST = 3  # steps without motion at the end
_NOW = "#8425ad"  # the color of the current step
_LONGEST = 110  # letters of the line below the picture


def film(graph: Graph, picture: Picture) -> str:
    """Return the animated SVG of a picture in which every number of the graph has its own box.

    Readers who ask for reduced motion see the last frame.

    Raises:
        ValueError: a number of the graph has no box of its own.
    """
    shown = {card.node for card in picture.cards}
    missing = [node.index for node in graph.nodes if node.index not in shown]
    if missing:
        raise ValueError(
            f"a film shows every number of a graph, and {len(missing)} are not in this drawing: "
            'draw(output, level="scalar") without focus and depth'
        )
    steps = trace(graph)
    still = svg(replace(picture, gradients=True))
    # The SVG is made 30 pixels higher, for the line below the picture.
    height = float(still.split('height="', 1)[1].split('"', 1)[0])
    still = still.replace(f'height="{height:.0f}"', f'height="{height + 30:.0f}"', 1)
    still = still.replace(f' {height:.0f}"', f' {height + 30:.0f}"', 1)  # of the viewBox
    still = _EDGE.sub(_with_runners, still)
    lines = "\n".join(_captions(graph, steps, height + 14))
    return still.removesuffix("</svg>") + f"{lines}\n<style>{_style(graph, steps)}</style></svg>"


_EDGE = re.compile(r'(<g class="edge" data-edge="(\d+)".*?<path d="([^"]+)".*?)</g>', re.DOTALL)


def _with_runners(edge: re.Match[str]) -> str:
    """Return an edge with two dots: a value runs along it forward, a gradient backward."""
    dots = (
        f'<circle class="run {way}{edge[2]}" r="4.5" fill="{_NOW}" opacity="0"'
        f" style=\"offset-path:path('{edge[3]}')\"/>"
        for way in ("f", "b")
    )
    return f"{edge[1]}{''.join(dots)}</g>"


def _style(graph: Graph, steps: Trace) -> str:
    """Return the CSS rules that play the animations of each step."""
    count = len(steps) + _REST
    length = f"{count * _SECONDS:.1f}s"
    complete = dict.fromkeys(graph.outputs, len(steps.forward))  # the last step of each gradient
    for place, step in enumerate(steps):
        if step.kind == "backward" and step.parent is not None:
            complete[step.parent] = place
    edges = {(e.child, e.slot): k for k, e in enumerate(graph.edges)}
    rules = [rule for k, step in enumerate(steps) for rule in _keyframes(count, k, step.kind)]
    for place, step in enumerate(steps):
        if step.kind == "forward":
            rules.append(_plays(f'[data-node="{step.child}"] .value', f"a{place}", length))
            rules.append(_plays(f'[data-node="{step.child}"] rect', f"l{place}", length))
            into = [edges[step.child, slot] for slot in range(len(graph.nodes[step.child].parents))]
            rules += [_plays(f'.label[data-edge="{edge}"]', f"a{place}", length) for edge in into]
            rules += [_plays(f".f{edge}", f"r{place}", length, "linear") for edge in into]
        else:
            edge = edges[step.child, step.slot or 0]
            rules.append(_plays(f'.edge[data-edge="{edge}"]', f"l{place}", length))
            rules.append(_plays(f".b{edge}", f"r{place}", length, "linear"))
    for node, place in complete.items():
        if graph.nodes[node].op is not CONSTANT:
            rules.append(_plays(f'[data-node="{node}"] .gradient', f"a{place}", length))
    rules += [
        f".s{place}{{animation:h{place} {length} step-end infinite}}" for place in range(len(steps))
    ]
    still = ".say{display:inline;opacity:0}"
    return (
        f"@media (prefers-reduced-motion:no-preference){{{still}"
        + "".join(rules)
        + f"}}@media (prefers-reduced-motion:reduce){{{still}.s{len(steps) - 1}{{opacity:1}}}}"
    )


def _keyframes(count: int, k: int, kind: str) -> Iterator[str]:
    """Yield the animations of step k.

    aₖ shows an element from the step on, and hₖ only during the step. lₖ lights it during the step.
    rₖ lets a dot run along its edge.
    """
    glow = f"filter:drop-shadow(0 0 2px {_NOW}) drop-shadow(0 0 2px {_NOW})"
    start, end = f"{100 * k / count:.2f}%", f"{100 * (k + 1) / count:.2f}%"
    yield f"@keyframes a{k}{{0%{{opacity:0}}{start},100%{{opacity:1}}}}"
    yield f"@keyframes h{k}{{0%{{opacity:0}}{start}{{opacity:1}}{end}{{opacity:0}}}}"
    yield f"@keyframes l{k}{{0%{{filter:none}}{start}{{{glow}}}{end},100%{{filter:none}}}}"
    first, last = ("0%", "100%") if kind == "forward" else ("100%", "0%")
    later = f"{100 * (k + 1) / count + 0.01:.2f}%"
    yield (
        f"@keyframes r{k}{{0%,{start}{{opacity:0;offset-distance:{first}}}"
        f"{100 * k / count + 0.01:.2f}%{{opacity:1}}{end}{{opacity:1;offset-distance:{last}}}"
        f"{later},100%{{opacity:0;offset-distance:{last}}}}}"
    )


def _plays(what: str, keyframes: str, length: str, timing: str = "step-end") -> str:
    return f".gradtrace {what}{{animation:{keyframes} {length} {timing} infinite}}"


def _captions(graph: Graph, steps: Trace, y: float) -> Iterator[str]:
    for place, step in enumerate(steps):
        words = _say(graph, step)
        # Programs without animation show the last line. Two attributes hide the others, because
        # some programs know only one of them. In a browser, the rules replace both.
        hidden = "" if place == len(steps) - 1 else ' opacity="0" display="none"'
        yield (
            f'<text class="say s{place}" x="16" y="{y:.0f}" text-anchor="start" '
            f'font-size="{NUMBER + 3:g}" fill="{_NOW}"{hidden}>'
            f"{escape(cut_middle(words, _LONGEST))}</text>"
        )


def _say(graph: Graph, step: Step) -> str:
    writer = Writer(graph)
    if step.kind == "forward":
        return (
            f"forward: {writer.name(step.child)} = {writer.formula(step.child)} = "
            f"{writer.formula_in_numbers(step.child)} = {number_text(step.after)}"
        )
    assert step.parent is not None and step.slot is not None
    edge = Edge(step.child, step.parent, step.slot, step.local)
    return (
        f"backward: {writer.gradient(step.child)} · {writer.factor_derivative(edge)} = "
        f"{factors_in_numbers([step.upstream, step.local])} = {number_text(step.contribution)} "
        f"is added to {writer.gradient(step.parent)}"
    )
