"""Checks of the arguments of `fit`, whose error messages say what to write instead."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import Number, shortened
from autograd.engine.value import Value

from ..activations import SOFTMAX
from ..arrays import check_count
from ..data.batches import Data, require_data
from ..losses import binary_cross_entropy, cross_entropy
from ..module import Module
from ..network import MLP
from ..optimizer_base import Optimizer
from ..optimizers import OPTIMIZERS
from ..parameters import Parameters, members_of

_ADVICE = {
    "lr": "the learning rate belongs to the optimizer: optimizer=SGD(learning_rate=0.1)",
    "learning_rate": "the learning rate belongs to the optimizer: optimizer=SGD(learning_rate=0.1)",
    "validation_data": "write validation=Data(x, y)",
    "validation_split": "write fit(net, data[:n], validation=data[n:], …)",
    "eval_set": "write validation=Data(x, y)",
    "verbose": "write progress=False for silence",
    "callbacks": "write on_epoch=function or on_batch=function",
    "callback": "write on_epoch=function or on_batch=function",
    "early_stopping": "write patience=5 with validation=…",
    "weight_decay": "write l2=…, or optimizer=AdamW(0.001, weight_decay=0.01)",
    "criterion": "write loss=…",
    "loss_fn": "write loss=…",
    "schedule": "the learning rate may be a function: SGD(lambda step: 0.1 / (1 + step))",
    "scheduler": "the learning rate may be a function: SGD(lambda step: 0.1 / (1 + step))",
    "clip_norm": "clipping belongs to the optimizer: SGD(0.1, clip_norm=1.0)",
    "sample_weights": "write sample_weight=…",
    "class_weights": "write class_weight=…",
    "random_state": "write seed=0",
    "batch": "write batch_size=…",
    "n_epochs": "write epochs=…",
    "shuffle": "every epoch is shuffled; with batch_size=len(data) the order has no effect",
    "x": "write fit(net, Data(x, y), …)",
    "y": "write fit(net, Data(x, y), …)",
}
"""What to write in place of the arguments that other libraries have."""


def refuse_foreign(positional: Sequence[object], named: Mapping[str, object]) -> None:
    """Refuse arguments that `fit` does not have."""
    if positional:
        raise TypeError(
            "fit takes the model and one Data, and all other arguments by name: "
            "fit(net, Data(x, y), optimizer=SGD(0.1), …)"
        )
    for name in named:
        advice = _ADVICE.get(name, "help(nn.fit) lists the arguments")
        raise TypeError(f"fit has no argument {name!r}: {advice}")


def check_examples(
    model: Module, data: Data, loss: object, validation: Data | None, patience: object
) -> None:
    """Refuse a model, data, a loss and validation examples that do not fit each other."""
    check_model(model)
    check_data(data)
    check_loss(loss)
    check_logits(loss, model)
    if validation is not None:
        check_validation(validation, data)
    elif patience is not None:
        raise ValueError("patience needs validation=, the examples by which epochs are compared")


def check_model(model: object) -> None:
    """Refuse an object that is not a model."""
    if isinstance(model, Module):
        return
    if isinstance(model, type) and issubclass(model, Module):
        raise TypeError(f"the model is a class; make one first, such as {model.__name__}(…)")
    raise TypeError(
        f"the model must be a Module, such as MLP(2, [3, 1]); got {shortened(model)}. A model of "
        "your own is a class that inherits nn.Module and has its parameters as attributes"
    )


def check_data(data: object, name: str = "data") -> None:
    """Refuse an object that is not Data, and Data without examples."""
    if not len(require_data(data, name)):
        raise ValueError(f"{name} has no examples")


def check_validation(validation: object, data: Data) -> None:
    """Refuse validation examples of another shape than the training examples."""
    check_data(validation, "validation")
    assert isinstance(validation, Data)
    count, other = data.x.shape[1], validation.x.shape[1]
    if count != other:
        raise ValueError(f"the data has {count} inputs, the validation data {other}")
    count, other = data.y.shape[1], validation.y.shape[1]
    if count != other:
        raise ValueError(f"the data has {count} targets for each example, the validation {other}")


def check_loss(loss: object) -> None:
    """Refuse a name in place of a function."""
    if isinstance(loss, type) or not callable(loss):
        name = _LOSSES.get(loss, "squared_error") if isinstance(loss, str) else "squared_error"
        raise TypeError(
            "the loss is a function loss(outputs, targets) of one example; "
            f"got {shortened(loss)}: write loss=nn.{name} or a function of your own"
        )


def check_logits(loss: object, model: Module) -> None:
    """Refuse a network that outputs probabilities if the loss takes logits."""
    if loss not in (cross_entropy, binary_cross_entropy) or not isinstance(model, MLP):
        return
    activation = model.layers[-1].activation
    if activation in (SOFTMAX, "sigmoid"):
        raise ValueError(
            f"{getattr(loss, '__name__', 'the loss')} takes logits and applies the {activation} "
            'itself: make the network with output_activation="linear"'
        )


_LOSSES = {
    "mse": "mse",
    "mean_squared_error": "mse",
    "squared_error": "squared_error",
    "cross_entropy": "cross_entropy",
    "crossentropy": "cross_entropy",
    "categorical_crossentropy": "cross_entropy",
    "sparse_categorical_crossentropy": "cross_entropy",
    "log_loss": "cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "binary_cross_entropy": "binary_cross_entropy",
    "bce": "binary_cross_entropy",
    "hinge": "hinge",
}
"""The losses of `nn` by the names that other libraries give them."""


def check_optimizer(optimizer: object) -> None:
    """Refuse a class, a name or another library's optimizer."""
    if isinstance(optimizer, Optimizer):
        return
    if optimizer is None:
        raise ValueError("fit needs an optimizer, such as optimizer=SGD(learning_rate=0.1)")
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        raise TypeError(
            f"the optimizer is a class; make one: optimizer={optimizer.__name__}(learning_rate=…)"
        )
    known = {kind.lower(): kind for kind in OPTIMIZERS}
    name = known.get(str(optimizer).lower(), "Adam")
    raise TypeError(
        f"the optimizer must be one of nn's, such as optimizer={name}(learning_rate=0.01); "
        f"got {shortened(optimizer)}"
    )


def check_numbers(epochs: object, batch_size: object, l2: object, patience: object) -> None:
    """Refuse counts that are not whole or too small, and a weight decay below 0."""
    check_count(epochs, "epochs", least=0)
    if isinstance(batch_size, int | np.integer) and batch_size < 1:
        raise ValueError(f"a mini-batch has at least one example; got batch_size={batch_size}")
    check_count(batch_size, "batch_size")
    if not isinstance(l2, Number) or not 0 <= float(l2) < math.inf:
        raise ValueError(f"l2 must be a finite number, 0 or more; got {shortened(l2)}")
    if patience is not None:
        check_count(patience, "patience")


def check_functions(**functions: object) -> None:
    """Refuse callbacks and metrics that cannot be called."""
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name} must be a function; got {shortened(function)}")


def check_engine(engine: object, mesh: object) -> None:
    """Refuse an unknown engine, and a mesh without JAX."""
    if engine not in ("numpy", "jax"):
        raise ValueError(f'engine is "numpy" or "jax"; got {shortened(engine)}')
    if mesh is not None and engine != "jax":
        raise ValueError('a mesh is of JAX devices: write engine="jax" too')


def check_metrics(metrics: object) -> None:
    """Refuse metrics that are not a mapping of names to functions."""
    if not isinstance(metrics, Mapping):
        raise TypeError(
            "metrics are functions of all outputs and targets, by name: "
            'metrics={"error": lambda outputs, y: abs(outputs - y).mean()}; '
            f"got {shortened(metrics)}. The accuracy is in each Epoch without asking"
        )
    check_functions(**{f"metrics[{name!r}]": function for name, function in metrics.items()})


def indices_to_train(
    chosen: Parameters | None, named: Sequence[tuple[str, Value]]
) -> NDArray[np.intp]:
    """Return the indices of the parameters that learn, those given as `train=` or all of them."""
    if chosen is None:
        return np.arange(len(named))
    index: dict[Any, int] = {value: k for k, (_, value) in enumerate(named)}
    index |= {name: k for k, (name, _) in enumerate(named)}
    members = members_of(chosen)
    for member in members:
        if member not in index:
            raise ValueError(f"train= names {member!r}, which is not a parameter of the model")
    if not members:
        raise ValueError("train= names no parameters; leave it out to train all of them")
    return np.unique([index[member] for member in members])
