"""Neural networks that are built from Values: layers, losses, optimizers, training and lessons."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd.version import __version__ as __version__

# Type checkers cannot tell which names `__getattr__` provides, so the names are listed for them.
# `X as X` marks X as exported.
if TYPE_CHECKING:
    from .data.batches import Data as Data
    from .data.batches import batches as batches
    from .data.batches import one_hot as one_hot
    from .data.clouds import circles as circles
    from .data.clouds import clusters as clusters
    from .data.clouds import moons as moons
    from .data.clouds import spiral as spiral
    from .data.datasets import digits as digits
    from .data.datasets import mnist as mnist
    from .data.datasets import xor as xor
    from .data.first_names import names as names
    from .data.idx import DataFileError as DataFileError
    from .data.idx import read_idx as read_idx
    from .data.idx import write_idx as write_idx
    from .dropout import Dropout as Dropout
    from .dropout import training_mode as training_mode
    from .groups import Groups as Groups
    from .groups import without_bias_decay as without_bias_decay
    from .layers import Layer as Layer
    from .lessons.avenues import avenues as avenues
    from .lessons.equations import equations as equations
    from .lessons.landscape import Landscape as Landscape
    from .lessons.nudges import nudges as nudges
    from .lessons.sensitivities import sensitivities as sensitivities
    from .lessons.votes import votes as votes
    from .lessons.wiggles import wiggle as wiggle
    from .losses import binary_cross_entropy as binary_cross_entropy
    from .losses import cross_entropy as cross_entropy
    from .losses import half_squared_error as half_squared_error
    from .losses import hinge as hinge
    from .losses import l2 as l2
    from .losses import mse as mse
    from .losses import squared_error as squared_error
    from .module import Module as Module
    from .network import MLP as MLP
    from .neuron import Neuron as Neuron
    from .optimizer_base import Optimizer as Optimizer
    from .optimizers import SGD as SGD
    from .optimizers import Adam as Adam
    from .optimizers import AdamW as AdamW
    from .optimizers import Momentum as Momentum
    from .optimizers import Nesterov as Nesterov
    from .play.playground import Playground as Playground
    from .play.playground import playground as playground
    from .sequences.attention import Attention as Attention
    from .sequences.embedding import Embedding as Embedding
    from .sequences.gpt import GPT as GPT
    from .sequences.norms import LayerNorm as LayerNorm
    from .sequences.norms import RMSNorm as RMSNorm
    from .sequences.rnn import RNN as RNN
    from .sequences.transformer import Block as Block
    from .targets import TargetType as TargetType
    from .torch_state import load_state_dict as load_state_dict
    from .torch_state import state_dict as state_dict
    from .train.batched import Compiled as Compiled
    from .train.batched import total_cost as total_cost
    from .train.checkpoint import CheckpointError as CheckpointError
    from .train.checkpoint import load as load
    from .train.checkpoint import save as save
    from .train.history import Epoch as Epoch
    from .train.history import History as History
    from .train.metrics import accuracy as accuracy
    from .train.metrics import confusion as confusion
    from .train.prediction import predict as predict
    from .train.run import Batch as Batch
    from .train.training import fit as fit

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
    "sequences.gpt": "GPT",
    "sequences.norms": "LayerNorm RMSNorm",
    "sequences.rnn": "RNN",
    "sequences.transformer": "Block",
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
# The modules are imported at first use, because training needs neither the lessons nor the
# playground.
_LAZY = {name: module for module, names in _MODULES.items() for name in names.split()}
__all__ = sorted(_LAZY)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f".{_LAZY[name]}", __name__), name)
    raise AttributeError(f"module 'nn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
