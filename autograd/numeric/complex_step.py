"""The slope of a recorded graph by the complex step: f(x + ih) = f(x) + ih·f′(x) for a tiny h.

Nothing is subtracted, so no digits are lost: this decides where the slope is too small beside the
function for differences. It uses the forward formulas of the operations alone, never their
partials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.topological import inner_nodes
from ..engine.value import Value

_STEPS = 1e-100, 1e-95  # relative; the error of the method is their square
LEAST_SLOPE = 1e-150  # a smaller one may be an error of the method, or underflow


class Complex:
    """The namespace of complex numbers, which NumPy orders by real part, then imaginary part."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(np, name)
        return function

    @staticmethod
    def abs(x: Any) -> Any:
        """Return x or −x, by the order of NumPy, so that `abs` and `maximum` agree at 0."""
        return np.where(x >= 0, x, -x)

    @staticmethod
    def log1p(x: Any) -> Any:
        """Return ln(1 + x), also for small x, whose real part NumPy rounds to 0."""
        real, imaginary = np.real(x), np.imag(x)
        size = np.log1p(real * (2 + real) + imaginary**2) / 2
        return size + 1j * np.arctan2(imaginary, 1 + real)


COMPLEX = Complex()


def complex_slope(output: Value, leaf: Value) -> float | None:
    """Return ∂output/∂leaf, or None where the complex step does not give it.

    It does not where an operation cannot be computed with complex numbers, or has no slope there
    as a complex function. A slope below `LEAST_SLOPE` is returned as 0.

    >>> x = Value(40.0)
    >>> complex_slope(x.sigmoid(), x)
    4.248354255291589e-18
    """
    try:
        slopes = [_slope(output, leaf, step * (abs(leaf.data) or 1.0)) for step in _STEPS]
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None
    slope, again = (x if abs(x) >= LEAST_SLOPE else 0.0 for x in slopes)
    return slope if math.isclose(slope, again, rel_tol=1e-12) else None


def _slope(output: Value, leaf: Value, step: float) -> float:
    numbers: dict[Value, Any] = {leaf: np.complex128(complex(leaf.data, step))}
    with np.errstate(all="ignore"):
        for node in inner_nodes(output):
            inputs = [numbers.get(parent, np.complex128(parent.data)) for parent in node.parents]
            numbers[node] = node.op.forward(COMPLEX, *inputs)
    return float(np.imag(numbers.get(output, 0.0))) / step
