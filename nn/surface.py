"""Cost surfaces. Import them from here: ``from nn.surface import Landscape``."""

from .lessons.landscape import DescentPath, Landscape, Surface

__all__ = ["DescentPath", "Landscape", "Surface"]
