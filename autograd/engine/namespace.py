"""The functions that a formula may call, and Python's floats as the first namespace that has them.

A formula is written once, ``xp.exp(-x)``, and run over many kinds of numbers. `xp` is the namespace
of one kind: `FLOATS`, the module ``numpy``, `formula.Symbols`, `second_order.VALUES`, intervals, or
``jax.numpy``. All of them use NumPy's names.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Protocol


class Namespace(Protocol):
    """What every namespace offers to formulas; a formula may call nothing else."""

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
    """The namespace of Python's floats; errors are those of `math`."""

    acos, acosh, asin, asinh = map(staticmethod, (math.acos, math.acosh, math.asin, math.asinh))
    atan, atanh, cos, sin = map(staticmethod, (math.atan, math.atanh, math.cos, math.sin))
    exp, expm1, log, log1p = map(staticmethod, (math.exp, math.expm1, math.log, math.log1p))
    sinh, sqrt, tan, tanh = map(staticmethod, (math.sinh, math.sqrt, math.tan, math.tanh))
    abs = staticmethod(abs)

    @staticmethod
    def cosh(x: float) -> float:
        """Return cosh x, or inf where it overflows, so that 1/cosh² x becomes 0."""
        try:
            return math.cosh(x)
        except OverflowError:
            return math.inf

    @staticmethod
    def pow(base: float, exponent: float) -> float:
        """Return base**exponent, a ValueError where Python's result is complex."""
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
        """Return the larger number, `a` if they are equal."""
        return a if a >= b else b

    @staticmethod
    def minimum(a: float, b: float) -> float:
        """Return the smaller number, `a` if they are equal."""
        return a if a <= b else b


FLOATS: Namespace = Floats()


def _by_name(name: str) -> Callable[..., Any]:
    return lambda self, *inputs: self.call(name, *inputs)


class Calls(ABC):
    """A namespace whose functions are all computed by one method that is given their name."""

    abs, acos, acosh, asin, asinh, atan, atanh, cos, cosh, exp, expm1 = map(
        _by_name,
        "abs acos acosh asin asinh atan atanh cos cosh exp expm1".split(),  # noqa: SIM905
    )
    log, log1p, maximum, minimum, pow, sin, sinh, sqrt, tan, tanh, where = map(
        _by_name,
        "log log1p maximum minimum pow sin sinh sqrt tan tanh where".split(),  # noqa: SIM905
    )

    @abstractmethod
    def call(self, name: str, *inputs: Any) -> Any:
        """Return the function of that name, one of `FUNCTIONS`, of these inputs."""
