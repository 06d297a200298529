"""The scene of a network as plain data, which the live page reads.

The page computes lines, sizes and colors from its current numbers. What depends on the whole graph
is computed here: the places of the units, the strongest wires, and the layouts of the insides of
units. Units with the same structure share one layout.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..graph.graph import Graph
from .layout import Link, arrange
from .network_scene import NetworkScene
from .network_wires import Point
from .spots import Caption, Spot
from .text import cut_middle
from .unit_parts import Path, Unit

BOX = (96.0, 60.0)  # of a number inside an opened unit
MOST_INSIDE = 60  # numbers in a unit that opens
_LABEL = (48.0, 16.0)  # of a local derivative between two of them


def network_data(scene: NetworkScene, inner: Mapping[Path, int]) -> dict[str, Any]:
    """Return the scene as JSON data. `inner` has the index of the scene inside each block."""
    network = scene.network
    insides: dict[tuple[Any, ...], int] = {}
    column = network.column_of
    units = [_unit_data(scene, k, column[k], insides, inner) for k in range(len(network.units))]
    return {
        "width": round(scene.width, 1),
        "height": round(scene.height, 1),
        "units": units,
        "columns": [{"row": row} for row in scene.row_of],
        "images": [
            [column, *(round(x, 1) for x in (box.x, box.y, box.width, box.height))]
            for column, box in scene.images.items()
        ],
        "notes": [[*note.words, *_rounded(note.at, note.start, note.end)] for note in scene.notes],
        "captions": [_caption_data(caption) for caption in scene.captions],
        "wires": [
            [network.wires[line.wire].tail, network.wires[line.wire].head, line.place]
            + ([line.name, line.passes_over] if line.name or line.passes_over else [])
            for line in scene.lines
        ],
        "rows": [[round(row.top, 1), round(row.bottom, 1)] for row in scene.rows],
        "total": scene.wires,
        "folding": scene.folding,
        "insides": [inside_layout(*shape) for shape in insides],
    }


def _rounded(*points: Point) -> list[float]:
    return [round(x, 1) for point in points for x in point]


def _caption_data(caption: Caption) -> dict[str, Any]:
    return {
        "name": caption.words,
        "columns": [caption.first, caption.last],
        "reach": [round(caption.left, 1), round(caption.right, 1)],
        "y": round(caption.y, 1),
    }


def _unit_data(
    scene: NetworkScene,
    number: int,
    column: int,
    insides: dict[tuple[Any, ...], int],
    inner: Mapping[Path, int],
) -> dict[str, Any]:
    unit, spot = scene.network.units[number], scene.spots[number]
    data: dict[str, Any] = {
        "shape": spot.shape,
        "at": [round(spot.x, 1), round(spot.y, 1)],
        "node": unit.result,
        "nodes": unit.nodes,
        "column": column,
    }
    if spot.width:
        data["size"] = [round(spot.width, 1), round(spot.height, 1)]
    else:
        data["radius"] = round(spot.radius, 1)
    data |= _words_data(spot, unit)
    if spot.cells:
        data["results"] = unit.results
        data["cells"] = [
            [*(round(x, 1) for x in cell[:4]), cell.node, cell.kind] for cell in spot.cells
        ]
        if unit.kind == "block" and unit.path in inner:
            data["inner"] = inner[unit.path]
    elif 0 < len(unit.nodes) <= MOST_INSIDE:
        shape = _shape(scene.network.graph, unit)
        data["inside"] = insides.setdefault(shape, len(insides))
    return data


def _words_data(spot: Spot, unit: Unit) -> dict[str, Any]:
    """Return what the unit is called, and what is written beside it and below it."""
    data: dict[str, Any] = {"name": spot.name, "side": spot.side} if spot.name else {}
    if spot.room_beside:
        data["beside"] = round(spot.room_beside, 1)
    if spot.target is not None:
        data["target"] = spot.target
    if unit.path:
        data["title"] = cut_middle(", ".join(unit.path), 60)
    if spot.has_bias:
        data["bias"] = unit.bias
    return data


def _shape(graph: Graph, unit: Unit) -> tuple[tuple[int, ...], ...]:
    """Return the parents of each node of a unit that are in the unit, by their places in it."""
    place = {node: k for k, node in enumerate(unit.nodes)}
    return tuple(
        tuple(place[parent] for parent in graph.nodes[node].parents if parent in place)
        for node in unit.nodes
    )


def inside_layout(*parents: tuple[int, ...]) -> dict[str, Any]:
    """Return the layout of the computed nodes of a unit: their boxes, and the edges among them.

    The arguments are the result of `_shape`.
    """
    links = [(parent, child) for child, found in enumerate(parents) for parent in found]
    layout = arrange([BOX] * len(parents), [Link(*link, *_LABEL) for link in links])
    return {
        "width": round(layout.width, 1),
        "height": round(layout.height, 1),
        "boxes": [[round(box.x, 1), round(box.y, 1)] for box in layout.boxes],
        "edges": [
            [*link, [round(x, 1) for point in curve for x in point], _middle(label)]
            for link, curve, label in zip(links, layout.curves, layout.labels, strict=True)
        ],
    }


def _middle(label: Any) -> list[float] | None:
    return label and [round(label.middle.x, 1), round(label.middle.y, 1)]
