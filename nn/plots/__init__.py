"""Plots of networks with matplotlib, which is optional. Each function takes and returns Axes."""

from .activation_curves import plot_activations
from .boundary import plot_boundary
from .images import plot_digit, plot_weights
from .network_diagram import plot_network
from .neuron_diagram import plot_neuron
from .surfaces import plot_contour, plot_surface
from .training_curves import plot_history

__all__ = [
    "plot_activations",
    "plot_boundary",
    "plot_contour",
    "plot_digit",
    "plot_history",
    "plot_network",
    "plot_neuron",
    "plot_surface",
    "plot_weights",
]
