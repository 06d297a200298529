"""The functions that a formula may call, and the namespace of Python's floats.

A formula such as ``xp.exp(-x)`` is written once and evaluated with many kinds of numbers. Each kind
has a namespace `xp` of functions with NumPy's names. Examples are `FLOATS`, `NUMPY`,
`formula.Symbols`, `second_order.VALUES` and the module ``jax.numpy``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from importlib import import_module
from typing import Any, Protocol


class Namespace(Protocol):
    """The functions of every namespace.

    A formula may call these functions and other operations, but nothing else (see `Op.__call__`).
    """

    def abs(self, x: Any, /) -> Any: ...
    def acos(self, x: Any, /) -> Any: ...
    def acosh(self, x: Any, /) -> Any: ...
    def asin(self, x: Any, /) -> Any: ...
    def asinh(self, x: Any, /) -> Any: ...
    def atan(self, x: Any, /) -> Any: ...
    def atanh(self, x: Any, /) -> Any: ...
    def cos(self, x: Any, /) -> Any: ...
    def cosh(self, x: Any, /) -> Any: ...
    def exp(self, x: Any, /) -> Any: ...
    def expm1(self, x: Any, /) -> Any: ...
    def log(self, x: Any, /) -> Any: ...
    def log1p(self, x: Any, /) -> Any: ...
    def maximum(self, a: Any, b: Any, /) -> Any: ...
    def minimum(self, a: Any, b: Any, /) -> Any: ...
    def pow(self, base: Any, exponent: Any, /) -> Any: ...
    def sin(self, x: Any, /) -> Any: ...
    def sinh(self, x: Any, /) -> Any: ...
    def sqrt(self, x: Any, /) -> Any: ...
    def tan(self, x: Any, /) -> Any: ...
    def tanh(self, x: Any, /) -> Any: ...
    def where(self, condition: Any, yes: Any, no: Any, /) -> Any: ...


FUNCTIONS = frozenset(name for name in vars(Namespace) if not name.startswith("_"))


class Floats:
    """The namespace of Python's floats. Its functions raise the errors of the module `math`."""

    # `staticmethod` tells type checkers that these functions take no `self`.
    acos, acosh, asin, asinh = map(staticmethod, (math.acos, math.acosh, math.asin, math.asinh))
    atan, atanh, cos, sin = map(staticmethod, (math.atan, math.atanh, math.cos, math.sin))
    exp, expm1, log, log1p = map(staticmethod, (math.exp, math.expm1, math.log, math.log1p))
    sinh, sqrt, tan, tanh = map(staticmethod, (math.sinh, math.sqrt, math.tan, math.tanh))
    abs = staticmethod(abs)

    @staticmethod
    def cosh(x: float) -> float:
        """Return cosh x, or inf if it overflows, so that 1/cosh² x is 0 and not an error."""
        try:
            return math.cosh(x)
        except OverflowError:
            return math.inf

    @staticmethod
    def pow(base: float, exponent: float) -> float:
        """Return base**exponent, or raise a ValueError if Python's result is complex."""
        result = base**exponent
        if isinstance(result, complex):
            raise ValueError("a negative base with a fractional exponent is not a real number")
        return float(result)

    @staticmethod
    def where(condition: bool, yes: float, no: float) -> float:
        """Return `yes` if the condition holds, else `no`."""
        return yes if condition else no

    @staticmethod
    def maximum(a: float, b: float) -> float:
        """Return the larger number, or `a` if both are equal."""
        return a if a >= b else b

    @staticmethod
    def minimum(a: float, b: float) -> float:
        """Return the smaller number, or `a` if both are equal."""
        return a if a <= b else b


class _NumPy:
    """The module `numpy`, imported at its first use, because short programs never use it."""

    def __getattr__(self, name: str) -> Any:
        function = getattr(import_module("numpy"), name)
        setattr(self, name, function)
        return function


FLOATS: Namespace = Floats()
NUMPY: Any = _NumPy()  # for arrays, and for floats whose results may be infinite or undefined


def _calling(name: str) -> Callable[..., Any]:
    """Return the method ``f(self, *inputs)`` that returns ``self.call(name, *inputs)``."""
    return lambda self, *inputs: self.call(name, *inputs)


class Calls(ABC):
    """The base class of namespaces that compute all their functions by one method, `call`.

    The names are written out, because type checkers need them.
    """

    abs, acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, expm1 = map(
        _calling,
        "abs acos acosh asin asinh atan atanh cos cosh exp expm1".split(),  # noqa: SIM905
    )
    log, log1p, maximum, minimum, pow, sin, sinh, sqrt, tan, tanh, where = map(
        _calling,
        "log log1p maximum minimum pow sin sinh sqrt tan tanh where".split(),  # noqa: SIM905
    )

    @abstractmethod
    def call(self, name: str, *inputs: Any) -> Any:
        """Return the value of the function with this name in `FUNCTIONS` at these inputs."""
