"""Cost surfaces. Import them from here: ``from nn.surface import Landscape``."""

from .lessons.landscape import DescentPath, Landscape, Surface, random_direction

__all__ = ["DescentPath", "Landscape", "Surface", "random_direction"]
