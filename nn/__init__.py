"""Neural networks that are built from Values: layers, losses, optimizers, training and lessons."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd.version import __version__ as __version__

if TYPE_CHECKING:
    from .data.batches import Data, batches, one_hot
    from .data.clouds import circles, clusters, moons, spiral
    from .data.datasets import digits, mnist, xor
    from .data.first_names import names
    from .data.idx import DataFileError, read_idx, write_idx
    from .dropout import Dropout, training_mode
    from .groups import Groups, without_bias_decay
    from .layers import Layer
    from .lessons.avenues import avenues
    from .lessons.equations import equations
    from .lessons.landscape import Landscape
    from .lessons.nudges import nudges
    from .lessons.sensitivities import sensitivities
    from .lessons.votes import votes
    from .lessons.wiggles import wiggle
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
    from .neuron import Neuron
    from .optimizer_base import Optimizer
    from .optimizers import SGD, Adam, AdamW, Momentum, Nesterov
    from .play.playground import Playground, playground
    from .sequences.attention import Attention
    from .sequences.embedding import Embedding
    from .sequences.gpt import GPT, Block
    from .sequences.norms import LayerNorm, RMSNorm
    from .sequences.rnn import RNN
    from .targets import TargetType
    from .torch_state import load_state_dict, state_dict
    from .train.batched import Compiled, total_cost
    from .train.checkpoint import CheckpointError, load, save
    from .train.history import Epoch, History
    from .train.metrics import accuracy, confusion
    from .train.prediction import predict
    from .train.run import Batch
    from .train.training import fit

__all__ = [
    "GPT",
    "MLP",
    "RNN",
    "SGD",
    "Adam",
    "AdamW",
    "Attention",
    "Batch",
    "Block",
    "CheckpointError",
    "Compiled",
    "Data",
    "DataFileError",
    "Dropout",
    "Embedding",
    "Epoch",
    "Groups",
    "History",
    "Landscape",
    "Layer",
    "LayerNorm",
    "Module",
    "Momentum",
    "Nesterov",
    "Neuron",
    "Optimizer",
    "Playground",
    "RMSNorm",
    "TargetType",
    "accuracy",
    "avenues",
    "batches",
    "binary_cross_entropy",
    "circles",
    "clusters",
    "confusion",
    "cross_entropy",
    "digits",
    "equations",
    "fit",
    "half_squared_error",
    "hinge",
    "l2",
    "load",
    "load_state_dict",
    "mnist",
    "moons",
    "mse",
    "names",
    "nudges",
    "one_hot",
    "playground",
    "predict",
    "read_idx",
    "save",
    "sensitivities",
    "spiral",
    "squared_error",
    "state_dict",
    "total_cost",
    "training_mode",
    "votes",
    "wiggle",
    "without_bias_decay",
    "write_idx",
    "xor",
]

_MODULES = {
    "data.batches": "Data batches one_hot",
    "data.clouds": "circles clusters moons spiral",
    "data.datasets": "digits mnist xor",
    "data.first_names": "names",
    "data.idx": "DataFileError read_idx write_idx",
    "dropout": "Dropout training_mode",
    "groups": "Groups without_bias_decay",
    "layers": "Layer",
    "lessons.avenues": "avenues",
    "lessons.equations": "equations",
    "lessons.landscape": "Landscape",
    "lessons.nudges": "nudges",
    "lessons.sensitivities": "sensitivities",
    "lessons.votes": "votes",
    "lessons.wiggles": "wiggle",
    "losses": "binary_cross_entropy cross_entropy half_squared_error hinge l2 mse squared_error",
    "module": "Module",
    "network": "MLP",
    "neuron": "Neuron",
    "optimizer_base": "Optimizer",
    "optimizers": "SGD Adam AdamW Momentum Nesterov",
    "play.playground": "Playground playground",
    "sequences.attention": "Attention",
    "sequences.embedding": "Embedding",
    "sequences.gpt": "GPT Block",
    "sequences.norms": "LayerNorm RMSNorm",
    "sequences.rnn": "RNN",
    "targets": "TargetType",
    "torch_state": "load_state_dict state_dict",
    "train.batched": "Compiled total_cost",
    "train.checkpoint": "CheckpointError load save",
    "train.history": "Epoch History",
    "train.metrics": "accuracy confusion",
    "train.prediction": "predict",
    "train.run": "Batch",
    "train.training": "fit",
}
# Imported at first use: a training needs neither the lessons nor the playground.
_LAZY = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
