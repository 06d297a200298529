"""Costs of one example, C(outputs, targets), as Values."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.number import Number
from autograd.operation import Op
from autograd.ops import HALF_SQUARED_ERROR, SQUARED_ERROR
from autograd.value import Value, constant, record

Outputs = Value | Number | Sequence[Value | Number]
Targets = Outputs


def half_squared_error(outputs: Outputs, targets: Targets) -> Value:
    """Return C = ½ Σ (ŷᵢ − yᵢ)²; ∂C/∂ŷᵢ = ŷᵢ − yᵢ, which is what the ½ is for.

    Raises:
        ValueError: there is not one target for each output, or there are none.

    >>> half_squared_error(Value(0.392), 0.8).data
    0.08323200000000001
    """
    return _squared(HALF_SQUARED_ERROR, outputs, targets)


def squared_error(outputs: Outputs, targets: Targets) -> Value:
    """Return C = Σ (ŷᵢ − yᵢ)², the cost of one example in the digits lesson; ∂C/∂ŷᵢ = 2(ŷᵢ − yᵢ).

    Raises:
        ValueError: there is not one target for each output, or there are none.
    """
    return _squared(SQUARED_ERROR, outputs, targets)


def mse(outputs: Outputs, targets: Targets) -> Value:
    """Return the mean squared error, C = (1/m) Σ (ŷᵢ − yᵢ)² over m numbers, without a ½.

    Raises:
        ValueError: there is not one target for each output, or there are none.

    >>> mse([Value(1.0), Value(2.0)], [0.0, 0.0]).data
    2.5
    """
    total = squared_error(outputs, targets)
    m = len(total.parents) // 2
    if m == 1:
        return total
    total.label = ""
    return _labelled(total / m)


def _squared(op: Op, outputs: Outputs, targets: Targets) -> Value:
    ours = [outputs] if isinstance(outputs, Value | Number) else list(outputs)
    theirs = _targets(targets)
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} outputs but {len(theirs)} targets")
    if not ours:
        raise ValueError("a cost needs at least one output and its target")
    return _labelled(record(op, [*ours, *theirs]))


def _targets(targets: Targets) -> list[Value]:
    """Return targets as Values; plain numbers become constants y, or y1, y2, …"""
    if isinstance(targets, Value | Number):
        targets = [targets]
    values = [t if isinstance(t, Value) else constant(t) for t in targets]
    for i, (value, given) in enumerate(zip(values, targets, strict=True), start=1):
        if value is not given:
            value.label = "y" if len(values) == 1 else f"y{i}"
    return values


def _labelled(cost: Value) -> Value:
    cost.label = "C"
    return cost
