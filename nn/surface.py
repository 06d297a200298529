"""Cost surfaces. Import them from here: ``from nn.surface import Landscape``."""

from .lessons.landscape import Landscape, random_direction
from .lessons.surface_data import DescentPath, Surface

__all__ = ["DescentPath", "Landscape", "Surface", "random_direction"]
