"""The four equations of backpropagation as arrays, one function and one formula each.

For layers zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = σ(zˡ), with σ any activation:

    BP1  δᴸ = ∇ₐC ⊙ σ′(zᴸ)
    BP2  δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)
    BP3  ∂C/∂bˡ = δˡ
    BP4  ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ

The tests pin them to the gradients of the scalar engine. (Nielsen, Neural Networks and Deep
Learning, chapter 2; one text that prints them leaves out the transpose in the second.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.value import Value

from .activations import SOFTMAX, apply, slope
from .arrays import Array
from .losses import half_squared_error
from .network import MLP

Loss = Callable[[list[Value], list[float]], Value]


class Forward(NamedTuple):
    """The numbers of the forward pass: z¹ … zᴸ, and a⁰ = x, a¹ … aᴸ; columns are examples."""

    z: list[Array]
    a: list[Array]


class Backward(NamedTuple):
    """The numbers of the backward pass for one example, of the layers 1 … L in order.

    Attributes:
        outputs: ∇ₐC, the slopes of the cost in the outputs, shape (outputs,).
        errors: δ¹ … δᴸ, δˡ = ∂C/∂zˡ.
        weights: ∂C/∂W¹ … ∂C/∂Wᴸ, of the shapes of W.
        biases: ∂C/∂b¹ … ∂C/∂bᴸ.
    """

    outputs: Array
    errors: list[Array]
    weights: list[Array]
    biases: list[Array]

    @property
    def flat(self) -> Array:
        """All gradients as one array, in the order of `MLP.parameters`."""
        pairs = zip(self.weights, self.biases, strict=True)
        return np.concatenate([part.ravel() for pair in pairs for part in pair])


def forward(model: MLP, x: ArrayLike) -> Forward:
    """Return zˡ = Wˡ aˡ⁻¹ + bˡ and aˡ = σ(zˡ) of all layers.

    Args:
        model: the network.
        x: one example, shape (inputs,), or columns of them, shape (inputs, examples).

    Raises:
        ValueError: `x` has another shape.
    """
    a = [np.asarray(x, dtype=np.float64)]
    if a[0].ndim not in (1, 2) or len(a[0]) != model.sizes[0]:
        raise ValueError(
            f"x must have shape ({model.sizes[0]},) or ({model.sizes[0]}, examples); "
            f"got {a[0].shape}"
        )
    z: list[Array] = []
    for layer in model.layers:
        w, b = layer.arrays().values()
        z.append(w @ a[-1] + (b if a[0].ndim == 1 else b[:, None]))
        a.append(apply(layer.activation, z[-1]))
    return Forward(z, a)


def output_error(gradient: Array, slopes: Array) -> Array:
    """BP1: δᴸ = ∇ₐC ⊙ σ′(zᴸ), shapes (n) = (n) ⊙ (n)."""
    return gradient * slopes


def hidden_error(w_next: Array, error_next: Array, slopes: Array) -> Array:
    """BP2: δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ), shapes (n) = (m × n)ᵀ (m) ⊙ (n)."""
    return (w_next.T @ error_next) * slopes


def bias_gradient(error: Array) -> Array:
    """BP3: ∂C/∂bˡ = δˡ, shapes (n) = (n)."""
    return error


def weight_gradient(error: Array, a_before: Array) -> Array:
    """BP4: ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ, shapes (n × m) = (n) (m)ᵀ."""
    return np.outer(error, a_before)


def softmax_error(gradient: Array, a: Array) -> Array:
    """BP1 for softmax, whose outputs depend on every z: δᴸ = a ⊙ (∇ₐC − Σ aᵢ ∇ₐCᵢ)."""
    return a * (gradient - a @ gradient)


def cost_gradient(
    loss: Callable[..., Value], outputs: Sequence[float], y: ArrayLike
) -> tuple[float, Array]:
    """Return C and ∇ₐC, shape (outputs,), by the scalar engine: any loss will do."""
    leaves = [Value(output, f"a{i}") for i, output in enumerate(outputs, start=1)]
    targets = y if isinstance(y, int) else np.atleast_1d(np.asarray(y, np.float64)).tolist()
    cost = loss(leaves, targets)
    cost.backward()
    return cost.data, np.array([leaf.grad for leaf in leaves])


def backward(
    model: MLP,
    numbers: Forward,
    y: ArrayLike,
    loss: Callable[..., Value] = half_squared_error,
) -> Backward:
    """Return δ, ∂C/∂W and ∂C/∂b of all layers for one example, by BP1 to BP4.

    >>> model = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    >>> back = backward(model, forward(model, [0.5, 0.1]), 0.8)
    >>> [(error.round(6) + 0.0).tolist() for error in back.errors]
    [[-0.2448, 0.0], [-0.408]]

    Raises:
        ValueError: the numbers are those of several examples, or the targets do not fit.
    """
    if numbers.a[0].ndim != 1:
        raise ValueError("the four equations are those of one example; give one row of x")
    gradient = cost_gradient(loss, numbers.a[-1].tolist(), y)[1]
    errors = _errors(model, numbers, gradient)
    return Backward(
        gradient,
        errors,
        [weight_gradient(error, a) for error, a in zip(errors, numbers.a, strict=False)],
        [bias_gradient(error) for error in errors],
    )


def _errors(model: MLP, numbers: Forward, gradient: Array) -> list[Array]:
    """Return δ¹ … δᴸ, computed from the last to the first."""
    names = [layer.activation for layer in model.layers]
    if SOFTMAX in names[:-1]:
        raise ValueError("the four equations hold for softmax at the output only")
    slopes = [
        np.empty(0) if name == SOFTMAX else slope(name, z, a)
        for name, z, a in zip(names, numbers.z, numbers.a[1:], strict=True)
    ]
    if names[-1] == SOFTMAX:
        errors = [softmax_error(gradient, numbers.a[-1])]
    else:
        errors = [output_error(gradient, slopes[-1])]
    for layer in range(len(names) - 2, -1, -1):
        w_next = next(iter(model.layers[layer + 1].arrays().values()))
        errors.insert(0, hidden_error(w_next, errors[0], slopes[layer]))
    return errors
