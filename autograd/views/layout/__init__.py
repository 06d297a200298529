"""A layered layout for directed graphs without cycles, in plain Python.

Start with `arrange`. The steps are one module each: `layers`, `cells`, `ordering`, `placement`
(with `frames`), `routing`.
"""

from .arrange import arrange
from .records import Box, Group, Layout, Link, Point

__all__ = ["Box", "Group", "Layout", "Link", "Point", "arrange"]
