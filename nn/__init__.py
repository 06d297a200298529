"""gradtrace's networks: neurons, layers, losses and optimizers made of Values."""

from .layers import MLP, Layer, Module, Neuron
from .losses import half_squared_error, mse, squared_error
from .optimizers import SGD

__all__ = [
    "MLP",
    "SGD",
    "Layer",
    "Module",
    "Neuron",
    "half_squared_error",
    "mse",
    "squared_error",
]
