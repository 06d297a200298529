"""Cost surfaces under the name that readers import: ``from nn.surface import Landscape``."""

from .lessons.landscape import DescentPath, Landscape, Surface

__all__ = ["DescentPath", "Landscape", "Surface"]
