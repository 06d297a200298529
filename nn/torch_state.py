"""Parameters to and from PyTorch's `state_dict`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograd.engine.number import shortened

from .module import Module
from .network import MLP


def state_dict(module: Module) -> dict[str, Any]:
    """Return the parameters as tensors by name, for ``load_state_dict`` of a module of PyTorch.

    An MLP has the names of ``torch.nn.Sequential(Linear, activation, Linear, …)``: "0.weight",
    "0.bias", "2.weight". Other modules have the names of their arrays.

    Raises:
        ImportError: PyTorch is not installed.
        TypeError: `module` is not a Module.
    """
    _check_module(module)
    import torch

    arrays = module.arrays()
    names = _torch_names(module, arrays)
    return {names[name]: torch.tensor(array) for name, array in arrays.items()}


def load_state_dict(module: Module, state: Mapping[str, Any]) -> None:
    """Set the parameters from a `state_dict` of PyTorch. Only the order counts, not the names.

    Args:
        module: a module whose arrays have the shapes of the tensors.
        state: tensors by name. There must be one for each array of the module.

    Raises:
        TypeError: `module` is not a Module, or `state` is not a dictionary of tensors.
        ValueError: the number of tensors or a shape differs; the message names the first one.
    """
    _check_module(module)
    if not isinstance(state, Mapping):
        raise TypeError(f"a state_dict has tensors by name; got {shortened(state)}")
    arrays = module.arrays()
    if len(arrays) != len(state):
        raise ValueError(
            f"the module has {len(arrays)} arrays ({', '.join(arrays)}), the state_dict "
            f"{len(state)} ({', '.join(state)})"
        )
    converted = {}
    for (ours, array), (theirs, tensor) in zip(arrays.items(), state.items(), strict=True):
        if not hasattr(tensor, "detach"):
            raise TypeError(f"{theirs} must be a tensor of PyTorch; got {shortened(tensor)}")
        number = np.asarray(tensor.detach().cpu().double())
        if number.shape != array.shape:
            raise ValueError(
                f"{ours} has shape {array.shape}, and {theirs}, which is at its place in the "
                f"state_dict, has shape {number.shape}"
            )
        converted[ours] = number
    module.load_arrays(converted)


def _check_module(module: object) -> None:
    if not isinstance(module, Module):
        raise TypeError(f"the module must be one of nn, such as an MLP; got {shortened(module)}")


def _torch_names(module: Module, arrays: Mapping[str, Any]) -> dict[str, str]:
    if not isinstance(module, MLP):
        return {name: name for name in arrays}
    kinds = {"W": "weight", "b": "bias"}
    return {name: f"{2 * (int(name[1:]) - 1)}.{kinds[name[0]]}" for name in arrays}
