"""Cost surfaces. This module is the public name of `nn.lessons.surface`."""

from .lessons.landscape import DescentPath, Landscape, Surface

__all__ = ["DescentPath", "Landscape", "Surface"]
