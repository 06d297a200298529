"""gradtrace's networks: neurons, layers, losses, optimizers and training, made of Values."""

from .batches import Data, batches, one_hot
from .checkpoint import CheckpointError, load, save
from .compiled import Compiled, predict, total_cost
from .datasets import digits, mnist, moons, xor
from .equations import equations
from .history import Epoch, History
from .idx import DataFileError, read_idx, write_idx
from .judging import accuracy, confusion
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
from .nudges import avenues, nudges
from .optimizers import SGD, Adam, Momentum, Nesterov
from .training import fit
from .votes import sensitivities, votes

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "CheckpointError",
    "Compiled",
    "Data",
    "DataFileError",
    "Epoch",
    "History",
    "Layer",
    "Module",
    "Momentum",
    "Nesterov",
    "Neuron",
    "accuracy",
    "avenues",
    "batches",
    "binary_cross_entropy",
    "confusion",
    "cross_entropy",
    "digits",
    "equations",
    "fit",
    "half_squared_error",
    "hinge",
    "l2",
    "load",
    "mnist",
    "moons",
    "mse",
    "nudges",
    "one_hot",
    "predict",
    "read_idx",
    "save",
    "sensitivities",
    "squared_error",
    "total_cost",
    "votes",
    "write_idx",
    "xor",
]
