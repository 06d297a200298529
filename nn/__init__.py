"""gradtrace's networks: neurons, layers, losses and optimizers made of Values."""

from .layers import Layer, Neuron
from .losses import (
    binary_cross_entropy,
    cross_entropy,
    half_squared_error,
    hinge,
    l2,
    mse,
    squared_error,
)
from .module import Module
from .network import MLP
from .optimizers import SGD, Adam, Momentum, Nesterov

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "Layer",
    "Module",
    "Momentum",
    "Nesterov",
    "Neuron",
    "binary_cross_entropy",
    "cross_entropy",
    "half_squared_error",
    "hinge",
    "l2",
    "mse",
    "squared_error",
]
