"""The slope of a recorded graph by the complex step: f(x + ih) = f(x) + ih·f′(x) for a tiny h.

Differences of a function lose the digits of a slope that is small compared with the function's
value. The complex step keeps them, because it subtracts nothing. It uses only the forward formulas
of the operations and never their partials.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.namespace import Calls, Namespace
from ..engine.topological import inner_nodes
from ..engine.value import Value

# The steps, relative to the point. The error of the method grows with the square of the step. If
# the two steps give different slopes, the method does not work for the function.
_STEPS = 1e-100, 1e-95
LEAST_SLOPE = 1e-150  # a smaller slope may be an error of the method, or the result of underflow


class Complex(Calls):
    """The namespace of complex numbers. NumPy orders them by real part, then by imaginary part."""

    def call(self, name: str, *inputs: Any) -> Any:
        """Return the result of NumPy's function of this name."""
        return getattr(np, name)(*inputs)

    def abs(self, x: Any) -> Any:
        """Return x if x ≥ 0, else −x. NumPy's order of complex numbers decides, as in `maximum`."""
        return np.where(x >= 0, x, -x)

    def log1p(self, x: Any) -> Any:
        """Return ln(1 + x). For small x, `np.log1p` would round the real part to 0."""
        real, imaginary = np.real(x), np.imag(x)
        size = np.log1p(real * (2 + real) + imaginary**2) / 2
        return size + 1j * np.arctan2(imaginary, 1 + real)


COMPLEX: Namespace = Complex()


def complex_slope(output: Value, leaf: Value) -> float | None:
    """Return ∂output/∂leaf, or None if the complex step cannot compute it.

    It cannot if an operation does not accept complex numbers, or if an operation has no complex
    derivative at this point. A slope below `LEAST_SLOPE` is returned as 0.

    >>> x = Value(40.0)
    >>> complex_slope(x.sigmoid(), x)
    4.248354255291589e-18
    """
    try:
        slopes = [_slope(output, leaf, step * (abs(leaf.data) or 1.0)) for step in _STEPS]
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None
    first, second = (x if abs(x) >= LEAST_SLOPE else 0.0 for x in slopes)
    return first if math.isclose(first, second, rel_tol=1e-12) else None


def _slope(output: Value, leaf: Value, step: float) -> float:
    numbers: dict[Value, Any] = {leaf: np.complex128(complex(leaf.data, step))}
    with np.errstate(all="ignore"):
        for node in inner_nodes(output):
            inputs = [numbers.get(parent, np.complex128(parent.data)) for parent in node.parents]
            numbers[node] = node.op.forward(COMPLEX, *inputs)
    return float(np.imag(numbers.get(output, 0.0))) / step
