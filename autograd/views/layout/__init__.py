"""A layered layout for directed graphs without cycles, in plain Python.

Start with `arrange`. Each step has its module: `layering`, `cells`, `ordering` (with
`layer_order`), `placement` (with `frames`) and `routing`.
"""

from .arrange import arrange
from .records import Box, Group, Layout, Link, Point

__all__ = ["Box", "Group", "Layout", "Link", "Point", "arrange"]
