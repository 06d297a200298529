"""The four equations of backpropagation in NumPy, with one function for each equation.

The layers compute zˡ = Wˡ aˡ⁻¹ + bˡ and aˡ = σ(zˡ), where σ is any activation:

    BP1  δᴸ = ∇ₐC ⊙ σ′(zᴸ)
    BP2  δˡ = (Wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)
    BP3  ∂C/∂bˡ = δˡ
    BP4  ∂C/∂Wˡ = δˡ (aˡ⁻¹)ᵀ

The tests compare these functions with the gradients of the scalar engine. The names BP1 to BP4 come
from Nielsen, Neural Networks and Deep Learning, chapter 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.value import Value

from .activations import SOFTMAX, activate, slope
from .arrays import Array, as_array
from .layers import Layer
from .losses import Loss, half_squared_error
from .network import MLP, layers_of


class Forward(NamedTuple):
    """The results of the forward pass: z¹ … zᴸ, and a⁰ … aᴸ, where a⁰ is x.

    If x has several examples, each column of these arrays belongs to one example.
    """

    z: list[Array]
    a: list[Array]


class Backward(NamedTuple):
    """The results of the backward pass for one example. The lists start with layer 1.

    Attributes:
        outputs: ∇ₐC, the derivatives of the cost with respect to the outputs, shape (outputs,).
        errors: δ¹ … δᴸ, where δˡ = ∂C/∂zˡ.
        weights: ∂C/∂W¹ … ∂C/∂Wᴸ, each with the shape of its W.
        biases: ∂C/∂b¹ … ∂C/∂bᴸ. The array of a layer without biases has shape (0,).
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
        x: one example of shape (inputs,), or several as columns, shape (inputs, examples).

    Raises:
        TypeError: the model does not compute its outputs with its layers alone.
        ValueError: `x` has another shape, or holds a number that is not finite.
        ArithmeticError: a result is not finite; the message names the example and the operation.
    """
    layers = layers_of(model, "the forward pass in arrays")
    a = [as_array(x, "x")]
    if a[0].ndim not in (1, 2) or len(a[0]) != layers[0].inputs:
        raise ValueError(
            f"x must have shape ({layers[0].inputs},) or ({layers[0].inputs}, examples); "
            f"got {a[0].shape}"
        )
    z: list[Array] = []
    with np.errstate(all="ignore"):  # _check_finite raises an error instead
        for k, layer in enumerate(layers, start=1):
            if layer.inputs != len(a[-1]):
                raise ValueError(f"layer {k} takes {layer.inputs} inputs; it gets {len(a[-1])}")
            z.append(_weighted_sums(layer, a[-1]))
            a.append(activate(layer.activation, z[-1]))
    _check_finite(model, [*z, *a])
    return Forward(z, a)


def _weighted_sums(layer: Layer, a: Array) -> Array:
    """Return W a + b, or W a in a layer without biases."""
    sums: Array = layer.weights @ a
    b = layer.biases
    if b.size:
        sums += b if a.ndim == 1 else b[:, None]
    return sums


def _check_finite(model: MLP, numbers: list[Array]) -> None:
    """Raise an error if a result is not finite.

    The first bad example is computed once more by the scalar engine, because the engine's error
    message names the operation that failed.
    """
    wrong = [~np.isfinite(array).all(axis=0) for array in numbers if not np.isfinite(array).all()]
    if not wrong:
        return
    x, name = numbers[len(model.layers)], "the example"  # a⁰, which comes after z¹ … zᴸ
    if x.ndim == 2:
        k = min(int(np.argmax(examples)) for examples in wrong)
        x, name = x[:, k], f"example {k}"
    try:
        model(x.tolist())
    except (ArithmeticError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    raise ArithmeticError(f"{name}: a number of the forward pass is not finite")


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


def cost_gradient(loss: Loss, outputs: Sequence[float], y: ArrayLike) -> tuple[float, Array]:
    """Return C and ∇ₐC, which has shape (outputs,). The scalar engine differentiates any loss."""
    leaves = [Value(output, f"a{i}") for i, output in enumerate(outputs, start=1)]
    targets = (
        y if isinstance(y, int | np.integer) else np.atleast_1d(np.asarray(y, np.float64)).tolist()
    )
    cost = loss(leaves, targets)
    cost.backward()
    return cost.data, np.array([leaf.grad for leaf in leaves])


def backward(
    model: MLP,
    numbers: Forward,
    y: ArrayLike,
    loss: Loss = half_squared_error,
) -> Backward:
    """Return δ, ∂C/∂W and ∂C/∂b of all layers for one example, computed with BP1 to BP4.

    >>> model = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    >>> back = backward(model, forward(model, [0.5, 0.1]), 0.8)
    >>> [(error.round(6) + 0.0).tolist() for error in back.errors]
    [[-0.2448, 0.0], [-0.408]]

    Raises:
        ValueError: `numbers` is the forward pass of several examples, or the targets do not fit.
    """
    if numbers.a[0].ndim != 1:
        raise ValueError("the four equations hold for one example; give one row of x")
    gradient = cost_gradient(loss, numbers.a[-1].tolist(), y)[1]
    errors = _errors(model, numbers, gradient)
    return Backward(
        gradient,
        errors,
        # numbers.a is longer than errors, because it also has aᴸ. No layer takes aᴸ as its input.
        [weight_gradient(error, a) for error, a in zip(errors, numbers.a, strict=False)],
        [
            bias_gradient(error)[: len(layer.biases)]  # empty for a layer without biases
            for layer, error in zip(model.layers, errors, strict=True)
        ],
    )


def _errors(model: MLP, numbers: Forward, gradient: Array) -> list[Array]:
    """Return δ¹ … δᴸ, computed from the last to the first."""
    names = [layer.activation for layer in layers_of(model, "backpropagation in arrays")]
    if SOFTMAX in names[:-1]:
        raise ValueError("the four equations hold for softmax at the output only")
    # Softmax gets an empty array, because softmax_error takes no slopes.
    slopes = [
        np.empty(0) if name == SOFTMAX else slope(name, z, a)
        for name, z, a in zip(names, numbers.z, numbers.a[1:], strict=True)
    ]
    if names[-1] == SOFTMAX:
        errors = [softmax_error(gradient, numbers.a[-1])]
    else:
        errors = [output_error(gradient, slopes[-1])]
    for layer in range(len(names) - 2, -1, -1):
        errors.insert(0, hidden_error(model.layers[layer + 1].weights, errors[0], slopes[layer]))
    return errors
