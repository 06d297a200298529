"""Texts and rectangles as SVG."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .layout import Box
from .palette import INK
from .text import printable


def text_svg(
    x: float, y: float, words: str, size: float, *, weight: int = 400, anchor: str = "middle",
    color: str = INK, role: str = "",
) -> str:  # fmt: skip
    """Return a text element. Attributes with their default are left to the whole picture."""
    look = f' class="{role}"' if role else ""
    look += f' text-anchor="{anchor}"' if anchor != "middle" else ""
    look += f' font-weight="{weight}"' if weight != 400 else ""
    look += f' fill="{color}"' if color != INK else ""
    shown = escape(printable(words))
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{look}>{shown}</text>'


def rectangle(box: Box, look: str, radius: float = 0.0) -> str:
    """Return a rectangle with these attributes."""
    corners = f' rx="{radius:g}"' if radius else ""
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        f"{corners} {look}/>"
    )
