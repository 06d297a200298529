"""`NumberLike`: how a Value behaves where Python or NumPy expects a number.

Values are compared and printed as their data. An operation that would silently take the number out
of its graph, such as ``float(x)``, raises an error that says what to write instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NoReturn, Self

from ..encoding import encodable
from . import ops
from .condition import Condition, Equality, comparison_method
from .node import LiveNode
from .number import is_number
from .ops import LEAF


def _refusal(sentence: str) -> Callable[..., NoReturn]:
    """Return a method that raises a TypeError with this sentence, whatever its arguments are.

    In the sentence, {x} stands for the node's label, or for x if the label is not a Python name.
    """

    def refuse(self: NumberLike, *_: object, **__: object) -> NoReturn:
        raise TypeError(sentence.format(x=self.label if self.label.isidentifier() else "x"))

    refuse.__doc__ = f"Not supported: {sentence.format(x='x')}."
    return refuse


class ForeignAttribute:
    """An attribute of other autograd engines. Its error says what to write instead."""

    def __init__(self, sentence: str) -> None:
        self._message = f"a Value has no such attribute: {sentence}"

    def __get__(self, node: object, owner: type | None = None) -> Any:
        if node is None:  # for `help`, which reads the attribute of the class
            return self
        raise AttributeError(self._message)

    def __set__(self, node: object, value: object) -> NoReturn:
        raise AttributeError(self._message)


class NumberLike(LiveNode):
    """A node that Python compares and prints as a number, and whose methods NumPy calls."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if NumberLike not in cls.__bases__:  # only Value derives directly from NumberLike
            raise TypeError(
                f"{cls.__name__} cannot be a subclass of Value, because operations return plain "
                "Values: write functions of Values, and operation(name, forward, partials) for an "
                "operation of your own"
            )

    # --- comparisons ------------------------------------------------------------------------------

    __lt__, __le__ = comparison_method(ops.LESS), comparison_method(ops.LESS_EQUAL)
    __gt__, __ge__ = comparison_method(ops.GREATER), comparison_method(ops.GREATER_EQUAL)

    def __eq__(self, other: object) -> Any:
        """Compare data with a number. Two Values are equal only if they are the same object."""
        if is_number(other):
            return Equality(self, float(other))
        return self is other if isinstance(other, LiveNode) else NotImplemented

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        if isinstance(equal, Condition):
            return ~equal
        return equal if equal is NotImplemented else not equal

    # Nodes are hashed by identity, so that a set or a dictionary keeps two nodes with equal data.
    # The method must be assigned, because a class that defines `__eq__` does not inherit it.
    __hash__ = object.__hash__

    # --- conversions that would lose the graph ----------------------------------------------------

    __float__ = __int__ = __complex__ = _refusal(
        "a number that leaves its graph has no gradient: write {x}.data for the plain number; "
        "write autograd.sin instead of math.sin; write np.array(values, dtype=object) for an "
        "array of Values"
    )
    __bool__ = _refusal(
        "the truth of a Value is ambiguous: write {x} is not None to ask whether there is one, "
        "{x}.data != 0 to ask whether its number is nonzero, or a comparison such as {x} > 0"
    )
    __and__ = __rand__ = __or__ = __ror__ = _refusal(
        "a Value is not a condition: write comparisons in parentheses, such as "
        "({x} > 0) & ({x} < 1), because & and | bind more tightly than > and <"
    )
    __round__ = __floor__ = __ceil__ = __trunc__ = floor = ceil = rint = trunc = round = _refusal(
        "a rounded number has slope 0: write round({x}.data, 3) for a plain number, or "
        'f"{{{x}:.3f}}" to print one'
    )
    __index__ = _refusal(
        "a Value is not a whole number: write int({x}.data) for an index or a count"
    )
    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __divmod__ = __rdivmod__ = _refusal(
        "a Value has no remainder: write {x} - n*b with a whole number n computed from {x}.data, "
        "such as n = math.floor({x}.data / b)"
    )

    # --- what other engines have ------------------------------------------------------------------

    _prev = ForeignAttribute("write x.parents for the Values that it was computed from")
    _backward = ForeignAttribute(
        "write operation(name, forward, partials) to define an operation of your own; the slopes "
        "that a node recorded are x.partials"
    )
    _op = ForeignAttribute("write x.op.name for the name of the operation that made it")
    requires_grad = ForeignAttribute(
        "every Value has a gradient; update only the data of those that you train"
    )
    item = detach = numpy = ForeignAttribute(
        "write x.data for the number, or Value(x.data) for a new leaf"
    )

    # --- text -------------------------------------------------------------------------------------

    @encodable
    def __repr__(self) -> str:
        parts = [repr(self._data)]
        parts += [f"grad={self._grad!r}"] if self._grad else []
        parts += [f"label={self.label!r}"] if self.label else []
        parts += [f"op={self.op.name}"] if self.op is not LEAF else []
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    # --- what NumPy's functions call on the entries of an array -----------------------------------

    def conjugate(self) -> Self:
        """Return the Value itself, a real number."""
        return self

    def exp2(self: Any) -> Any:
        """Return 2ˣ."""
        return 2.0**self

    def log2(self: Any) -> Any:
        """Return the logarithm to base 2."""
        return self.log() / math.log(2.0)

    def log10(self: Any) -> Any:
        """Return the logarithm to base 10."""
        return self.log() / math.log(10.0)

    def deg2rad(self: Any) -> Any:
        """Convert an angle from degrees to radians."""
        return self * (math.pi / 180.0)

    def rad2deg(self: Any) -> Any:
        """Convert an angle from radians to degrees."""
        return self * (180.0 / math.pi)

    def hypot(self: Any, other: Any) -> Any:
        """Return √(x² + y²)."""
        return (self * self + other * other).sqrt()

    radians, degrees = deg2rad, rad2deg
    cbrt = _refusal("there is no cube root: write {x} ** (1/3), which needs {x} ≥ 0")
    arctan2 = _refusal(
        "there is no arctan2: write atan(y / x) for x > 0; for x < 0 add π if y ≥ 0, and subtract "
        "π if y < 0"
    )
