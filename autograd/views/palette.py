"""The colors and strokes of all drawings.

Positive numbers are blue and negative numbers orange, because people with red-green color
blindness can tell these colors apart. Boxes of different kinds also have different outlines, and
arrows of different signs have different dashes, so neither depends on color alone. The tests check
that text has a contrast of at least 4.5.
"""

from __future__ import annotations

from typing import NamedTuple

from .picture_parts import Arrow

INK = "#1b2530"
SOFT = "#56616d"
PAPER = "#ffffff"
FONTS = (
    "'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
)

FRAME_LINE = "#c3ccd6"
FRAME_FILLS = ("#f5f7fa", "#ebeff4")
"""The insides of frames, from the outermost inwards."""


class Outline(NamedTuple):
    """How a box is drawn: fill, line, its width and dashes, the radius of its corners."""

    fill: str
    line: str
    width: float = 1.2
    dashes: str = ""
    radius: float = 4.0


OUTLINES = {
    "leaf": Outline("#fdf4d9", "#a98a2e", radius=13.0),
    "constant": Outline("#f1f1ef", "#85857f", dashes="3 2", radius=2.0),
    "node": Outline("#ffffff", "#6b7a8a"),
    "output": Outline("#e4f1e6", "#3f7a4d", width=1.6),
    "group": Outline("#e9e6f4", "#6a5fa0", width=1.6, radius=6.0),
    # the box "… 12 more" for the parents of a node that are not drawn
    "more": Outline("#ffffff", "#85857f", dashes="1.5 2.5", radius=2.0),
}


class Stroke(NamedTuple):
    """How an edge is drawn."""

    color: str
    width: float
    dashes: str = ""
    opacity: float = 1.0


COLORS = {"+": "#14599c", "−": "#a84300", "0": "#626a73", "": "#56616d"}
DASHES = {"+": "", "−": "7 3.5", "0": "1.2 3.2", "": ""}
"""The color and the dashes for the sign of a number, or for "" if no sign is shown."""


def stroke(arrow: Arrow) -> Stroke:
    """Return an arrow's stroke. Its color and dashes show the sign, and its width the size."""
    color, dashes = COLORS[arrow.sign], DASHES[arrow.sign]
    if arrow.sign in ("+", "−"):
        return Stroke(color, 1.1 + 2.4 * arrow.share, dashes, 0.6 + 0.4 * arrow.share)
    return Stroke(color, 1.1, dashes)


DARK = {
    PAPER: "#161b21",
    INK: "#e9eef3",
    SOFT: "#a9b4c0",
    FRAME_LINE: "#3a4652",
    FRAME_FILLS[0]: "#1a2027",
    FRAME_FILLS[1]: "#20272f",
    "#fdf4d9": "#35301c",
    "#a98a2e": "#c9a94c",
    "#f1f1ef": "#262a2c",
    "#85857f": "#92978f",
    "#6b7a8a": "#7b8a9a",
    "#e4f1e6": "#1c3324",
    "#3f7a4d": "#6fb582",
    "#e9e6f4": "#2a2740",
    "#6a5fa0": "#a297de",
    "#14599c": "#74b7ff",
    "#a84300": "#ffa768",
    "#626a73": "#a3adb8",
    "#8425ad": "#dc9dff",  # the current step of a film
}
"""For each color of a light picture, the color on a dark system."""

DARK_STYLE = (
    ".gradtrace{font-variant-numeric:tabular-nums}@media (prefers-color-scheme:dark){"
    f".gradtrace{{fill:{DARK[INK]}}}"
    + "".join(
        f'.gradtrace [{kind}="{light}"]{{{kind}:{dark}}}'
        for light, dark in DARK.items()
        for kind in ("fill", "stroke")
    )
    + "}"
)
"""The CSS rules that replace the attributes of a light picture on a dark system."""
