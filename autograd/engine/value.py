"""`Value`: a number that records how it was computed, and backpropagates through that record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import ops, recorder
from .condition import forget_guards
from .node import set_leaves_aside
from .note import Note, with_block
from .number import Number, real_number
from .number_like import NumberLike
from .operation import Op
from .ops import CONSTANT, LEAF
from .recorder import RecordedMethod, make_constant, operands, record_nodes
from .topological import all_nodes, inner_nodes


def unary(op: Op) -> Callable[[Value | Number], Value]:
    """Return the method that records an operation of one operand."""
    method: Any = RecordedMethod(op)
    return method  # type: ignore[no-any-return]


def binary(op: Op) -> Callable[[Value | Number, Value | Number], Value]:
    """Return the method that records an operation of two operands."""
    method: Any = RecordedMethod(op)
    return method  # type: ignore[no-any-return]


class Value(NumberLike):
    """A number v that records how it was computed: after ``out.backward()``, v.grad = ∂out/∂v.

    Attributes:
        data: the number, a float. Change a leaf's data only between recordings.
        grad: the gradient. In leaves it accumulates over calls of `backward`; inner nodes hold that
            of the last call.
        op: the operation that computed it; `ops.LEAF` if you made it.
        parents: the operands in order, repeats included: ``a + a`` has two.
        partials: the local derivatives ∂this/∂parent, one for each parent, as recorded.
        label: a name for messages, explanations and pictures.

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
        is_plain = data.__class__ is float and data - data == 0.0  # a finite float, most often
        self._data = data if is_plain else real_number(data)  # type: ignore[assignment]
        self._grad = 0.0
        self.op = LEAF
        note = recorder.current_note
        self.note = with_block(label, note.block) if isinstance(note, Note) else label
        self._a = self._b = None

    # --- the chain rule ---------------------------------------------------------------------------

    def backward(self) -> None:
        """Add ∂self/∂leaf to the `grad` of every leaf, and set the `grad` of every inner node.

        The gradients of leaves accumulate over calls, so that the examples of a mini-batch add up.
        `zero_grad` sets them to 0. Changing the data of a leaf after the recording does not change
        the local derivatives.

        Raises:
            OverflowError, ValueError, ZeroDivisionError: a gradient overflows, or reaches a local
                derivative that is not finite. All gradients of the graph are 0 then.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward(); x.grad
        6.0
        >>> y.backward(); x.grad
        12.0
        """
        forget_guards()  # because a training loop would otherwise keep all its graphs alive
        order = inner_nodes(self)
        earlier = set_leaves_aside(order) if self.was_swept else {}
        for node in order:
            node._grad = 0.0
        self._grad += 1.0
        try:
            for node in reversed(order):
                node.pass_back()
        except (ArithmeticError, ValueError):
            self.zero_grad()
            raise
        for leaf, gradient in earlier.items():
            leaf._grad += gradient

    def zero_grad(self) -> None:
        """Set `grad` to 0 here and in everything that this was computed from."""
        for node in all_nodes(self):
            node._grad = 0.0

    # --- arithmetic -------------------------------------------------------------------------------

    __add__, __sub__ = binary(ops.ADD), binary(ops.SUB)
    __mul__, __truediv__ = binary(ops.MUL), binary(ops.DIV)
    __neg__, __abs__ = unary(ops.NEG), unary(ops.ABS)
    _power = binary(ops.POW)

    def __radd__(self, other: Number) -> Value:
        if other.__class__ is int and other == 0:
            return self  # where Python's sum() starts
        return Value.__add__(other, self)

    def __rsub__(self, other: Number) -> Value:
        return Value.__sub__(other, self)

    def __rmul__(self, other: Number) -> Value:
        return Value.__mul__(other, self)

    def __rtruediv__(self, other: Number) -> Value:
        return Value.__truediv__(other, self)

    def __pow__(self, exponent: Value | Number) -> Value:
        """Return self**exponent. An exponent that is a plain number is not a parent."""
        if exponent.__class__ is Value:
            return Value._power(self, exponent)
        base, n = operands(Value, ops.POW, self, exponent)
        if n is None:
            return NotImplemented
        if n.op is not CONSTANT:  # a Value inside an array without dimensions
            return Value._power(base, n)
        return record(ops.power(n.data), (base,))

    def __rpow__(self, base: Number) -> Value:
        return Value._power(base, self)

    def __pos__(self) -> Value:
        return self

    # --- functions of one number; NumPy's ufuncs call these on arrays -----------------------------

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
        """Return self, or the bound that it lies beyond; None means no bound.

        Its slope is 1 between the bounds and on them. If they are crossed, the upper one counts.
        """
        if low is None or high is None:
            above = self if low is None else Value.maximum(self, low)
            return above if high is None else Value.minimum(above, high)
        return record(ops.CLIP, (self, low, high))

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """Return x above 0 and slope·x elsewhere."""
        return record(ops.leaky_relu_row(slope), (self,))


def record(op: Op, inputs: Sequence[Value | Number]) -> Value:
    """Return the node ``op(*inputs)``; numbers become constants.

    Raises:
        TypeError: an input is not a number.
        ValueError, ZeroDivisionError, OverflowError: as `math` raises them, with operands named.

    >>> record(ops.LOGSUMEXP, [0.0, 0.0]).data
    0.6931471805599453
    """
    return record_nodes(op, operands(Value, op, *inputs))


def constant(number: Number) -> Value:
    """Return a constant: the leaf for a plain number in an expression, not a parameter."""
    return make_constant(Value, number)
