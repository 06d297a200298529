"""`Value`: a number that records how it was computed, and backpropagates through that record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ops, recorder
from .copies import copy_graph, copy_node, reduce_graph
from .kept_guards import age_guards
from .node import pass_back, reset_gradients, take_leaf_gradients
from .note import with_block
from .number import Number, real_number
from .number_like import NumberLike
from .operation import Op
from .ops import CONSTANT, LEAF
from .recorder import RecordedMethod, operands, record_nodes
from .topological import all_nodes, inner_nodes

_Unary = Callable[["Value | Number"], "Value"]
_Binary = Callable[["Value | Number", "Value | Number"], "Value"]

# `unary(op)` and `binary(op)` return a placeholder. At its first use, the method that records `op`
# replaces it. The annotations describe that method.
unary: Callable[[Op], _Unary] = RecordedMethod  # type: ignore[assignment]
binary: Callable[[Op], _Binary] = RecordedMethod  # type: ignore[assignment]


class Value(NumberLike):
    """A number that records how it was computed.

    After ``out.backward()``, ``v.grad`` is ∂out/∂v for every Value v that `out` depends on.

    Attributes:
        data: the number, a float. After assigning to the data of a leaf, compute the expression
            again, because the recorded nodes keep their numbers.
        grad: the gradient. A leaf accumulates its gradient over calls of `backward`. An inner node
            holds the gradient of the last call.
        op: the operation that computed the number. It is `ops.LEAF` for ``Value(2.0)``.
        parents: the operands in order. An operand that is used twice occurs twice, as in ``a + a``.
        partials: the local derivatives ∂self/∂parent at the time of recording, one for each parent.
        label: a name that is shown in messages, explanations and pictures.

    Raises:
        TypeError: `data` is not one real number.
        ValueError: `data` is not finite.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + a
    >>> c.backward()
    >>> c.data, a.grad, b.grad
    (-4.0, -2.0, 2.0)
    """

    __slots__ = ()

    def __init__(self, data: Number, label: str = "") -> None:
        if label.__class__ is not str and not isinstance(label, str):
            raise TypeError(f"a label is a string; got {label!r}. Write Value(number, label='w').")
        # Most data are finite floats, and this test is faster than `real_number`. Type checkers do
        # not see that it makes data a float.
        is_finite_float = data.__class__ is float and data - data == 0.0
        self._data = data if is_finite_float else real_number(data)  # type: ignore[assignment]
        self._grad = 0.0
        self.op = LEAF
        # The note has the current blocks, but no guard, because a guard matters only for numbers
        # that were computed in a branch. A leaf is not computed.
        note: Any = recorder.current_note  # the empty string if there is no block and no guard
        # Comparing classes is faster than `isinstance`.
        self._note = label if note.__class__ is str else with_block(label, note.block)
        self._a = self._b = None  # no parents

    # --- the chain rule ---------------------------------------------------------------------------

    def backward(self) -> None:
        """Add ∂self/∂leaf to the `grad` of every leaf, and set the `grad` of every inner node.

        The gradients of leaves accumulate over calls, so that the gradients of the examples in a
        mini-batch are summed. `zero_grad` sets them to 0.

        Raises:
            OverflowError: a gradient overflows.
            ValueError, ZeroDivisionError: a nonzero gradient is multiplied by a local derivative
                that is not finite, such as that of sqrt(x) or of 1/x at x = 0.

        All gradients of the graph are set to 0 before an error is raised.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward(); x.grad
        6.0
        >>> y.backward(); x.grad
        12.0
        """
        age_guards()  # so that the recorded comparisons do not keep this graph in memory
        order = inner_nodes(self)  # operands before results
        # A second call sums the new gradients of the leaves apart from the earlier ones (see
        # `take_leaf_gradients`).
        earlier = take_leaf_gradients(order) if self.was_swept else {}
        reset_gradients(order)
        self._grad += 1.0  # ∂self/∂self. It is added, because a leaf may have an earlier gradient
        try:
            pass_back(order)
        except (ArithmeticError, ValueError):
            self.zero_grad()
            raise
        for leaf, gradient in earlier.items():
            leaf._grad += gradient

    def zero_grad(self) -> None:
        """Set `grad` of this node, and of every node that it was computed from, to 0."""
        reset_gradients(all_nodes(self))

    __copy__ = copy_node
    __deepcopy__ = copy_graph
    __reduce__ = reduce_graph

    # --- arithmetic -------------------------------------------------------------------------------

    __add__, __sub__ = binary(ops.ADD), binary(ops.SUB)
    __mul__, __truediv__ = binary(ops.MUL), binary(ops.DIV)
    __neg__, __abs__ = unary(ops.NEG), unary(ops.ABS)
    _power = binary(ops.POW)

    # Python calls these methods if the left operand is a plain number. The recorders accept a plain
    # number as either operand, so Value.__add__ may be called with a number in place of `self`.

    def __radd__(self, other: Number) -> Value:
        if other.__class__ is int and other == 0:
            return self  # because Python's sum() starts with the int 0
        return Value.__add__(other, self)

    def __rsub__(self, other: Number) -> Value:
        return Value.__sub__(other, self)

    def __rmul__(self, other: Number) -> Value:
        return Value.__mul__(other, self)

    def __rtruediv__(self, other: Number) -> Value:
        return Value.__truediv__(other, self)

    def __pow__(self, exponent: Value | Number) -> Value:
        """Return self**exponent.

        An exponent that is a plain number is part of the operation and not a parent. The base may
        then be negative, because only the derivative with respect to an exponent contains
        log(base).
        """
        if exponent.__class__ is Value:
            return Value._power(self, exponent)
        base, power = operands(Value, ops.POW, self, exponent)
        if power is None:  # the exponent is an array, whose own operator takes over
            return NotImplemented
        if power.op is not CONSTANT:  # from a recorded comparison, or a Value in a 0-d array
            return Value._power(base, power)
        return record_nodes(ops.make_power(power.data), (base,))

    def __rpow__(self, base: Number) -> Value:
        return Value._power(base, self)

    def __pos__(self) -> Value:
        return self

    # --- functions; NumPy's ufuncs call these methods on the entries of an array ------------------

    exp, log, sqrt = map(unary, (ops.EXP, ops.LOG, ops.SQRT))
    expm1, log1p = map(unary, (ops.EXPM1, ops.LOG1P))
    sin, cos, tan = map(unary, (ops.SIN, ops.COS, ops.TAN))
    asin, acos, atan = map(unary, (ops.ASIN, ops.ACOS, ops.ATAN))
    sinh, cosh = map(unary, (ops.SINH, ops.COSH))
    asinh, acosh, atanh = map(unary, (ops.ASINH, ops.ACOSH, ops.ATANH))
    tanh, sigmoid, relu = map(unary, (ops.TANH, ops.SIGMOID, ops.RELU))
    softplus, silu, gelu = map(unary, (ops.SOFTPLUS, ops.SILU, ops.GELU))
    square, erf, erfc = map(unary, (ops.SQUARE, ops.ERF, ops.ERFC))
    maximum, minimum = map(binary, (ops.MAXIMUM, ops.MINIMUM))
    absolute = fabs = __abs__
    arcsin, arccos, arctan = asin, acos, atan
    arcsinh, arccosh, arctanh = asinh, acosh, atanh

    def clip(self, low: Value | Number | None = None, high: Value | Number | None = None) -> Value:
        """Return `low` if self is below it, `high` if self is above it, and self otherwise.

        None means that there is no bound. The derivative with respect to self is 1 between the
        bounds and at the bounds. If `low` is greater than `high`, the result is `high`.
        """
        if low is None or high is None:
            # `self` is the first operand, because the first one gets the slope where both are
            # equal, as at a bound.
            above = self if low is None else Value.maximum(self, low)
            return above if high is None else Value.minimum(above, high)
        return record_nodes(ops.CLIP, operands(Value, ops.CLIP, self, low, high))

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """Return self where it is positive, and slope·self elsewhere."""
        return record_nodes(ops.make_leaky_relu(slope), (self,))
