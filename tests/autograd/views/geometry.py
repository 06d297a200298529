"""Graphs to lay out, and measures of pictures: what touches, passes through or crosses what."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random

from autograd.views.layout import Box, Group, Layout, Link, Point

Line = list[Point]
Size = tuple[float, float]

SLACK = 1e-6


def line(curve: Sequence[Point], pieces: int = 8) -> Line:
    """The curve as straight pieces; level ones stay whole."""
    points = [curve[0]]
    for start in range(0, len(curve) - 1, 3):
        p0, p1, p2, p3 = curve[start : start + 4]
        steps = 1 if p0.y == p1.y == p2.y == p3.y else pieces
        for step in range(1, steps + 1):
            t, s = step / steps, 1 - step / steps
            a, b, c, d = s**3, 3 * s * s * t, 3 * s * t * t, t**3
            points.append(
                Point(
                    a * p0.x + b * p1.x + c * p2.x + d * p3.x,
                    a * p0.y + b * p1.y + c * p2.y + d * p3.y,
                )
            )
    return points


def crossings(curves: Iterable[Sequence[Point]]) -> int:
    """How many times two different curves cross each other."""
    segments = sorted(
        (min(p.x, q.x), max(p.x, q.x), min(p.y, q.y), max(p.y, q.y), number, p, q)
        for number, curve in enumerate(curves)
        for p, q in pairwise(line(curve))
        if p != q
    )
    total = 0
    active: list[tuple[float, float, float, float, int, Point, Point]] = []
    for segment in segments:
        left, _, low, high, number, p, q = segment
        active = [other for other in active if other[1] > left]
        total += sum(
            _cross(p, q, other[5], other[6])
            for other in active
            if other[4] != number and other[2] <= high and low <= other[3]
        )
        active.append(segment)
    return total


def _cross(p: Point, q: Point, r: Point, s: Point) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)

    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def network(inputs: int, *layers: int) -> tuple[list[Size], list[Link], list[Group]]:
    """A network of dot nodes: weights, bias, sum and activation of each neuron in one group."""
    edges: list[Link] = []
    groups: list[Group] = []
    count, before = inputs, list(range(inputs))
    for width in layers:
        whole = len(groups)
        groups.append(Group((), None, 16))
        activations = []
        for _ in range(width):
            members = tuple(range(count, count + len(before) + 3))
            *leaves, z, a = members
            edges += [Link(parent, z, 40, 15) for parent in (*leaves, *before)]
            edges.append(Link(z, a, 20, 15))
            groups.append(Group(members, whole, 16))
            activations.append(a)
            count += len(members)
        before = activations
    return [(90.0, 66.0)] * count, edges, groups


def irregular(count: int, seed: int, reach: float = 20) -> tuple[list[Size], list[Link]]:
    """A random graph with leaves, reuse, and edges from near and from far."""
    random = Random(seed)
    sizes = [
        (random.choice((60.0, 90.0, 130.0)), random.choice((30.0, 66.0))) for _ in range(count)
    ]
    pairs, used = [], set()
    for head in range(1, count):
        if head < count - 1 and random.random() < 0.3:
            continue
        for _ in range(random.randint(1, 2)):
            tail = head - 1 - min(head - 1, int(random.expovariate(1 / reach)))
            pairs.append((tail, head))
            used.add(tail)
    pairs += [
        (tail, min(count - 1, tail + 1 + int(random.expovariate(1 / reach))))
        for tail in range(count - 1)
        if tail not in used
    ]
    return sizes, [Link(tail, head, random.choice((12.0, 50.0)), 15.0) for tail, head in pairs]


def overlaps(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    """The pairs of boxes that overlap."""
    found, active = [], list[Box]()
    for box in sorted(boxes, key=lambda box: box.x):
        active = [other for other in active if other.right > box.x + SLACK]
        found += [(box, o) for o in active if o.y < box.bottom - SLACK and box.y < o.bottom - SLACK]
        active.append(box)
    return found


def edges_through_boxes(layout: Layout, edges: Sequence[Link]) -> list[tuple[int, int]]:
    """The pairs (edge, box) where an edge enters a box that is not its end."""
    found = []
    for number, (edge, curve) in enumerate(zip(edges, layout.curves, strict=True)):
        points = line(curve)
        xs, ys = [p.x for p in points], [p.y for p in points]
        for index, box in enumerate(layout.boxes):
            is_near = (  # a test of the whole curve, which is quick and leaves few boxes
                min(xs) < box.right and box.x < max(xs) and min(ys) < box.bottom and box.y < max(ys)
            )
            if is_near and index not in (edge.tail, edge.head):
                found += [(number, index) for p, q in pairwise(points) if enters(p, q, box)]
    return found


def enters(p: Point, q: Point, box: Box) -> bool:
    """Whether a straight piece shares more than a border with a box (Liang and Barsky)."""
    first, last = 0.0, 1.0
    sides = (
        (p.x - q.x, p.x - box.x - SLACK),
        (q.x - p.x, box.right - SLACK - p.x),
        (p.y - q.y, p.y - box.y - SLACK),
        (q.y - p.y, box.bottom - SLACK - p.y),
    )
    for slope, room in sides:
        if slope == 0:
            if room < 0:
                return False
        elif slope < 0:
            first = max(first, room / slope)
        else:
            last = min(last, room / slope)
    return first < last


def dot_curves(
    sizes: Sequence[Size], edges: Sequence[Link], groups: Sequence[Group] = ()
) -> list[list[Point]]:
    """The curves that Graphviz's `dot` draws between boxes of these sizes in these groups."""
    lines = ['digraph { rankdir=LR; node [shape=box fixedsize=true label=""]']
    lines += [f"{n} [width={w / 72} height={h / 72}]" for n, (w, h) in enumerate(sizes)]
    lines += _clusters(groups)
    lines += [f"{edge.tail} -> {edge.head}" for edge in edges]
    text = "\n".join([*lines, "}"])
    run = subprocess.run(["dot", "-Tjson"], input=text, capture_output=True, text=True, check=True)
    drawn = json.loads(run.stdout).get("edges", [])
    return [_spline(edge["pos"]) for edge in drawn]


def _clusters(groups: Sequence[Group]) -> list[str]:
    """DOT text of nested clusters; inner groups stand after the groups they are in."""
    texts = [" ".join(map(str, group.members)) for group in groups]
    for index in reversed(range(len(groups))):
        texts[index] = f"subgraph cluster_{index} {{ {texts[index]} }}"
        if (parent := groups[index].parent) is not None:
            texts[parent] += " " + texts[index]
    return [text for text, group in zip(texts, groups, strict=True) if group.parent is None]


def _spline(pos: str) -> list[Point]:
    words = [word for word in pos.split() if not word.startswith(("e,", "s,"))]
    return [Point(*map(float, word.split(","))) for word in words]
