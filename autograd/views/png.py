"""Turn an SVG picture into a PNG, with an optional package and no system program.

The package is resvg-py, because its wheel holds all it needs. CairoSVG was the other choice. It
needs the C library cairo, which pip does not install.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from math import sqrt

SCALE = 2.0  # pixels of the PNG per pixel of the SVG, in each direction
_MOST_PIXELS = 20_000_000  # because a larger one takes minutes to draw


def png(svg: str) -> bytes:
    """Return the picture as a PNG. A large picture has fewer than two pixels per SVG pixel.

    Letters are drawn in the fonts of the machine. Without any font, the boxes stay empty.

    Raises:
        ImportError: resvg-py is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise ImportError(
            "a PNG is made by resvg-py, which is not installed: pip install resvg-py"
        ) from None
    width, height = map(float, re.findall(r' (?:width|height)="(\d+)"', svg)[:2])
    scale = min(SCALE, sqrt(_MOST_PIXELS / (width * height)))
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=scale))


def has_png() -> bool:
    """Return whether the package that makes a PNG is installed."""
    return find_spec("resvg_py") is not None
