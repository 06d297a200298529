"""Draw the rooms of the project and the imports between them, as they are in the code.

Run ``python docs/draw_rooms.py``; it writes docs/rooms.svg. An arrow leads from a room to each room
that imports it. An import that a chain of other arrows implies is not drawn.
"""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

from autograd.files import write_text
from autograd.views.layout import Box, Link, arrange

ROOT = Path(__file__).parents[1]
ROOMS = {
    "autograd.engine": "one operation, one Value, one sweep",
    "autograd.naming": "names read from the code",
    "autograd.graph": "the frozen snapshot and what is read from it",
    "autograd.program": "record one example, run a thousand",
    "autograd.pytorch": "PyTorch as graphs of scalars",
    "autograd.numeric": "gradients checked by differences",
    "autograd.language": "what people write, as Values",
    "autograd.grading": "numbers by hand, judged",
    "autograd.views": "pictures and live pages",
    "nn": "neurons, layers, losses, optimizers",
    "nn.data": "examples and mini-batches",
    "nn.sequences": "attention, a GPT, an RNN",
    "nn.train": "fit, history, checkpoints",
    "nn.lessons": "what gradients mean",
    "nn.play": "training in the browser",
    "nn.plots": "charts by matplotlib",
    "gradtrace": "the command line",
}
DOORS = {"nn.surface"}  # hands on the names of another room
FILLS = {"autograd": "#fdf4d9", "nn": "#e4f1e6", "gradtrace": "#e9e6f4"}
INK, SOFT, LINE = "#1b2530", "#56616d", "#85857f"
HEIGHT = 52.0


def room_of(module: str) -> str | None:
    """Return the room that a module is in, or None for a door or a module outside the rooms."""
    rooms = [room for room in ROOMS if f"{module}.".startswith(f"{room}.")]
    return max(rooms, key=len, default=None)


def imported_modules(path: Path) -> set[str]:
    """Return the absolute names of what a file imports at its top."""
    package = path.relative_to(ROOT).parts[:-1]
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            found.add(".".join([*start, *filter(None, [node.module])]))
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


def imports_between_rooms() -> dict[str, set[str]]:
    """Return for each room the other rooms that its modules import."""
    found: dict[str, set[str]] = {room: set() for room in ROOMS}
    for package in ("autograd", "nn", "gradtrace"):
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            room = room_of(module)
            if room and path.name != "__init__.py" and module not in DOORS:
                found[room].update(filter(None, map(room_of, imported_modules(path))))
    return {room: others - {room} for room, others in found.items()}


def without_shortcuts(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Return the imports that no chain of other imports implies."""
    reached: dict[str, set[str]] = {}
    for room in TopologicalSorter(imports).static_order():
        reached[room] = imports[room].union(*(reached[other] for other in imports[room]))
    return {
        room: {
            other
            for other in others
            if not any(other in reached[third] for third in others - {other})
        }
        for room, others in imports.items()
    }


def draw_room(name: str, text: str, box: Box) -> str:
    """Return one room as a box with its name and its purpose."""
    middle = box.middle
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{HEIGHT:g}" rx="7" '
        f'fill="{FILLS[name.split(".")[0]]}" stroke="{LINE}"/>'
        f'<text x="{middle.x:.1f}" y="{middle.y - 4:.1f}" font-weight="600" fill="{INK}">'
        f"{name.replace('.', '/')}/</text>"
        f'<text x="{middle.x:.1f}" y="{middle.y + 14:.1f}" font-size="11" fill="{SOFT}">'
        f"{escape(text)}</text>"
    )


def draw() -> str:
    """Return the picture as SVG."""
    names = list(ROOMS)
    links = [
        Link(names.index(other), names.index(room))
        for room, others in without_shortcuts(imports_between_rooms()).items()
        for other in sorted(others)
    ]
    sizes = [(24 + 6.6 * max(len(text), len(name) + 2), HEIGHT) for name, text in ROOMS.items()]
    layout = arrange(sizes, links)
    arrows = []
    for curve in layout.curves:
        start, *rest = (f"{point.x:.1f},{point.y:.1f}" for point in curve)
        arrows.append(f'<path d="M{start}C{" ".join(rest)}" marker-end="url(#tip)"/>')
    boxes = [
        draw_room(name, text, box)
        for (name, text), box in zip(ROOMS.items(), layout.boxes, strict=True)
    ]
    width, height = layout.width + 24, layout.height + 24
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -12 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}" font-family="Helvetica, Arial, sans-serif" '
            'font-size="13" text-anchor="middle" role="img" aria-label="The rooms of gradtrace and '
            'the imports between them">',
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{SOFT}"/></marker>'
            "</defs>",
            f'<rect x="-12" y="-12" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            f'<g fill="none" stroke="{SOFT}" stroke-width="1.2">',
            *arrows,
            "</g>",
            *boxes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    write_text(ROOT / "docs" / "rooms.svg", draw())
