"""Loss functions, which return the cost C(outputs, targets) of one example as a Value.

Targets may be numbers or Values. A program for batches needs Values, because targets vary from
example to example.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.functions import constant, dot, logsumexp, record, relu, softplus, total
from autograd.engine.number import Number, check_list
from autograd.engine.operation import Op
from autograd.engine.ops import HALF_SQUARED_ERROR, SQUARED_ERROR
from autograd.engine.value import Value

from .arrays import count_text

OneOrMany = Value | Number | Sequence[Value | Number]
"""One number or Value, or one for each output."""
Loss = Callable[..., Value]
"""The cost of one example, a function of its outputs and targets."""

_TOLERANCE = 1e-6  # how far the sum of the targets of `cross_entropy` may be from 1


def half_squared_error(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return C = ½ Σ (ŷᵢ − yᵢ)². The ½ makes ∂C/∂ŷᵢ = ŷᵢ − yᵢ.

    Raises:
        ValueError: the numbers of outputs and targets differ, or both are 0.

    >>> half_squared_error(Value(0.392), 0.8).data
    0.08323200000000001
    """
    return _record_squares(HALF_SQUARED_ERROR, outputs, targets)


def squared_error(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return C = Σ (ŷᵢ − yᵢ)². Its derivatives are ∂C/∂ŷᵢ = 2(ŷᵢ − yᵢ).

    It is the cost of one example in 3Blue1Brown's lessons on neural networks.

    Raises:
        ValueError: the numbers of outputs and targets differ, or both are 0.

    >>> squared_error([Value(1.0), Value(2.0)], [0.0, 0.0]).data
    5.0
    """
    return _record_squares(SQUARED_ERROR, outputs, targets)


def mse(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return the mean squared error, C = (1/m) Σ (ŷᵢ − yᵢ)² over m numbers, without a ½.

    Raises:
        ValueError: the numbers of outputs and targets differ, or both are 0.

    >>> mse([Value(1.0), Value(2.0)], [0.0, 0.0]).data
    2.5
    """
    cost = squared_error(outputs, targets)
    m = len(cost.parents) // 2  # the parents are the outputs and as many targets
    if m == 1:
        return cost
    cost.label = ""  # because the quotient gets the label C
    return _label_cost(cost / m)


def cross_entropy(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return C = ln Σ exp zᵢ − Σ yᵢ zᵢ, the cross-entropy −Σ yᵢ ln softmax(z)ᵢ.

    ∂C/∂zᵢ = aᵢ − yᵢ, where a = softmax(z).

    The outputs are logits z, computed by a linear layer without softmax, so that nothing overflows.

    Args:
        outputs: the logits z, one for each class.
        targets: the target probabilities y, or the number of the target class, counted from 0.

    Raises:
        ValueError: the numbers of outputs and targets differ, there is no such class, a target is
            below 0, or the targets do not add up to 1.

    >>> round(cross_entropy([Value(2.0), Value(0.0)], 0).data, 6)
    0.126928
    >>> cross_entropy([Value(1000.0), Value(0.0)], [0.0, 1.0]).data
    1000.0
    """
    z = _as_values(outputs)
    targets = _unpack(targets)
    if isinstance(targets, Integral) and not isinstance(targets, bool):
        targets = _one_hot(int(targets), len(z))
    y = _pair_targets(z, targets)
    for target in y:
        if target.data < 0:
            raise ValueError(f"a target is a probability, 0 or more; got {target.data}")
    total_target = math.fsum(target.data for target in y)
    if not math.isclose(total_target, 1.0, rel_tol=_TOLERANCE):
        raise ValueError(
            f"the targets are probabilities that add up to 1; these add up to {total_target}"
        )
    return _label_cost(logsumexp(z) - dot(y, z))


def binary_cross_entropy(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return C = Σ [ln(1 + exp zᵢ) − yᵢ zᵢ] = −Σ [yᵢ ln σ(zᵢ) + (1 − yᵢ) ln(1 − σ(zᵢ))].

    The outputs are logits z, computed by a linear layer without sigmoid, so that nothing overflows.
    ∂C/∂zᵢ = σ(zᵢ) − yᵢ. A target y is 0 or 1, or a probability between them.

    Raises:
        ValueError: the numbers of outputs and targets differ, both are 0, or a target is outside
            0 to 1.

    >>> binary_cross_entropy(Value(-1000.0), 1).data
    1000.0
    """
    z = _as_values(outputs)
    y = _pair_targets(z, targets)
    for target in y:
        if not 0 <= target.data <= 1:
            advice = ": write (y + 1) / 2 for labels −1 and 1" if target.data == -1 else ""
            raise ValueError(f"a target is a probability from 0 to 1; got {target.data}{advice}")
    return _label_cost(total(softplus(entry) for entry in z) - dot(y, z))


def hinge(outputs: OneOrMany, targets: OneOrMany) -> Value:
    """Return C = Σ max(0, 1 − yᵢ ŷᵢ), the max-margin cost; the targets y are −1 or 1.

    Raises:
        ValueError: the numbers of outputs and targets differ, both are 0, or a target is neither
            −1 nor 1.

    >>> hinge(Value(0.25), 1).data, hinge(Value(0.25), -1).data, hinge(Value(3.0), 1).data
    (0.75, 1.25, 0.0)
    """
    predictions = _as_values(outputs)
    y = _pair_targets(predictions, targets)
    for target in y:
        if target.data not in (-1.0, 1.0):
            raise ValueError(f"a target of the hinge is −1 or 1; got {target.data}")
    margins = [relu(1 - target * output) for output, target in zip(predictions, y, strict=True)]
    # The total of one margin would be a node that only repeats it.
    return _label_cost(total(margins) if len(margins) > 1 else margins[0])


def l2(parameters: Iterable[Value], strength: float) -> Value:
    """Return λ Σ w², to be added to a cost so that weights stay small; ∂/∂w = 2λw.

    Raises:
        ValueError: the strength λ is below 0, or there are no parameters.

    >>> l2([Value(3.0), Value(4.0)], 0.1).data
    2.5
    """
    check_list("parameters", parameters)
    w = list(parameters)
    if not w:
        raise ValueError("l2 takes parameters, at least one; got none")
    if not isinstance(strength, Number) or not strength >= 0:
        raise ValueError(f"l2 takes a strength of 0 or more; got {strength!r}")
    return strength * dot(w, w)


def doubtful_rows(loss: object, y: NDArray[Any]) -> list[int]:
    """Return the indices of the rows of y that the loss may reject.

    The caller evaluates the loss on these rows only, and the loss raises its own error for a row
    that it rejects. For the losses of this module, these are the rows whose targets break the rules
    of the loss, and rows that are close to that. Any other loss may reject any row, so the result
    has the first occurrence of each distinct row.

    Args:
        loss: the loss function.
        y: the targets, shape (examples, outputs).
    """
    if loss in (squared_error, half_squared_error, mse):
        return []
    if loss is cross_entropy:
        # Half of the tolerance is used, because `sum` rounds differently than `math.fsum`, which
        # the loss uses.
        fits = (np.abs(y.sum(axis=1) - 1) <= _TOLERANCE / 2) & (y >= 0).all(axis=1)
    elif loss is binary_cross_entropy:
        fits = ((y >= 0) & (y <= 1)).all(axis=1)
    elif loss is hinge:
        fits = (np.abs(y) == 1).all(axis=1)
    else:
        _, firsts = np.unique(y, axis=0, return_index=True)
        return sorted(firsts.tolist())
    doubtful: list[int] = np.flatnonzero(~fits).tolist()
    return doubtful


def _record_squares(op: Op, outputs: OneOrMany, targets: OneOrMany) -> Value:
    predictions = _as_values(outputs)
    return _label_cost(record(op, [*predictions, *_pair_targets(predictions, targets)]))


def _unpack(numbers: OneOrMany) -> OneOrMany:
    """Return the only entry of an array without dimensions; anything else is returned unchanged."""
    return numbers.item() if isinstance(numbers, np.ndarray) and not numbers.ndim else numbers


def _as_values(outputs: OneOrMany) -> list[Value]:
    return _constants(_as_list(outputs, "outputs"), "output")


def _constants(entries: Sequence[Value | Number], name: str) -> list[Value]:
    """Return Values, and constants for plain numbers. An error says which entry is no number."""
    values = []
    for i, entry in enumerate(entries, start=1):
        try:
            values.append(entry if isinstance(entry, Value) else constant(entry))
        except (TypeError, ValueError, OverflowError) as error:
            raise type(error)(f"{name} {i}: {error}") from None
    return values


def _as_list(numbers: OneOrMany, name: str) -> Sequence[Value | Number]:
    numbers = _unpack(numbers)
    if isinstance(numbers, Value | Number):
        return [numbers]
    check_list(name, numbers)
    return numbers if isinstance(numbers, list | tuple) else list(numbers)


def _one_hot(label: int, classes: int) -> list[float]:
    if not 0 <= label < classes:
        raise ValueError(f"there is no class {label}: {classes} outputs, counted from 0")
    return [float(k == label) for k in range(classes)]


def _pair_targets(predictions: list[Value], targets: OneOrMany) -> list[Value]:
    """Return targets as Values, one for each output. Numbers become constants named y or y1, …"""
    targets = _as_list(targets, "targets")
    values = _constants(targets, "target")
    for i, (value, target) in enumerate(zip(values, targets, strict=True), start=1):
        if value is not target:  # a new constant
            value.label = "y" if len(values) == 1 else f"y{i}"
    if len(predictions) != len(values):
        raise ValueError(
            f"{count_text(len(predictions), 'output')} but {count_text(len(values), 'target')}"
        )
    if not values:
        raise ValueError("a cost needs at least one output and its target")
    return values


def _label_cost(cost: Value) -> Value:
    cost.label = "C"
    return cost
