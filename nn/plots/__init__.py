"""Pictures by matplotlib, an optional extra; each function returns its Axes and takes `ax=`."""

from .activations import plot_activations
from .curves import plot_history
from .images import plot_digit, plot_weights
from .network import plot_network
from .neuron import plot_neuron
from .surfaces import plot_contour, plot_surface

__all__ = [
    "plot_activations",
    "plot_contour",
    "plot_digit",
    "plot_history",
    "plot_network",
    "plot_neuron",
    "plot_surface",
    "plot_weights",
]
