"""`Value`: a number that remembers how it was computed, and tells how much each part mattered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from . import ops
from .errors import described, failure
from .number import Number, real_number
from .operation import FLOATS, Op
from .ops import CONSTANT, DOT, LEAF
from .recorder import compiled, recorder, weighted_sum_source
from .topological import all_nodes, inner_nodes

_SCOPE: dict[str, Any] = {}  # the globals of the emitted recorders; filled below the class


def unary(op: Op) -> Callable[[Value | Number], Value]:
    """Return the function that records a row of one input."""
    return recorder(op, _SCOPE)


def binary(op: Op) -> Callable[[Value | Number, Value | Number], Value]:
    """Return the function that records a row of two inputs."""
    return recorder(op, _SCOPE)


_add, _sub, _mul, _div = map(binary, (ops.ADD, ops.SUB, ops.MUL, ops.DIV))
_pow = binary(ops.POW)


class Value:
    """A number v that records how it was computed: after ``out.backward()``, v.grad = ∂out/∂v.

    Attributes:
        data: the number, a float. Change a leaf's data only between recordings.
        grad: the gradient. Leaves add up over calls of `backward`; inner nodes hold the last one's.
        op: the row of the table that made it; `ops.LEAF` for numbers you made.
        parents: the operands in order, repeats included: ``a + a`` has two.
        partials: ∂this/∂parent for each parent, as recorded.
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

    # One or two parents and partials sit in slots, more of them in tuples in _a and _p: a tuple per
    # node would be a second object for the garbage collector to walk, half the time again. A
    # neuron's sum has two tuples that it shares with others, (w₁ … wₙ, b) and x, and their slopes.
    __slots__ = ("__weakref__", "_a", "_b", "_p", "_q", "data", "grad", "label", "op")

    data: float
    grad: float
    op: Op
    label: str
    _a: Any
    _b: Any
    _p: Any
    _q: Any

    def __init__(self, data: Number, label: str = "") -> None:
        if label.__class__ is not str and not isinstance(label, str):
            raise TypeError(f"a label is a string; got {label!r}. Write Value(number, label='w').")
        plain = data.__class__ is float and data - data == 0.0  # finite; by far the commonest
        self.data = data if plain else real_number(data)  # type: ignore[assignment]
        self.grad = 0.0
        self.op = LEAF
        self._a = self._b = None
        self.label = label

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands, in order and with repeats; () for a leaf."""
        if self._a is None:
            return ()
        if self._b.__class__ is tuple:  # a neuron's (w₁ … wₙ, b) and its layer's x
            return (*self._a[:-1], *self._b, self._a[-1])
        if self._a.__class__ is tuple:
            return self._a
        return (self._a,) if self._b is None else (self._a, self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The recorded local derivatives ∂self/∂parent, one for each of `parents`."""
        if self._a is None:
            return ()
        if self._b.__class__ is tuple:
            return (*self._p[:-1], *self._q, self._p[-1])
        if self._a.__class__ is tuple:
            return tuple(self._p)
        return (self._p,) if self._b is None else (self._p, self._q)

    # --- the chain rule ---------------------------------------------------------------------------

    def backward(self) -> None:
        """Add ∂self/∂leaf to every leaf's `grad`, and set that of every inner node.

        Leaves accumulate over calls, so that the examples of a mini-batch add up; `zero_grad`
        starts afresh. The local derivatives are those recorded: changing a leaf's data afterwards
        does not change them.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> y.backward(); x.grad
        6.0
        >>> y.backward(); x.grad
        12.0
        """
        order = inner_nodes(self)
        # Swept before: contribution by contribution, twice would round to not quite the double.
        earlier = _set_aside(order) if self.grad else {}
        for node in order:
            node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            upstream = node.grad
            if upstream == 0.0:
                continue  # nothing to pass on
            if node._a.__class__ is tuple:
                for parent, partial in zip(node._a, node._p):  # noqa: B905 - hot; equal by recording
                    parent.grad += upstream * partial
                if node._b is not None:
                    for parent, partial in zip(node._b, node._q):  # noqa: B905
                        parent.grad += upstream * partial
            else:
                node._a.grad += upstream * node._p
                if node._b is not None:
                    node._b.grad += upstream * node._q
        for leaf, gradient in earlier.items():
            leaf.grad += gradient

    def zero_grad(self) -> None:
        """Set `grad` to 0 here and in everything this was computed from, leaves included."""
        for node in all_nodes(self):
            node.grad = 0.0

    # --- arithmetic -------------------------------------------------------------------------------

    __add__, __sub__, __mul__, __truediv__ = _add, _sub, _mul, _div
    __neg__ = unary(ops.NEG)
    __abs__ = unary(ops.ABS)

    def __radd__(self, other: Number) -> Value:
        if other.__class__ is int and other == 0:
            return self  # where Python's sum() starts
        return _add(other, self)

    def __rsub__(self, other: Number) -> Value:
        return _sub(other, self)

    def __rmul__(self, other: Number) -> Value:
        return _mul(other, self)

    def __rtruediv__(self, other: Number) -> Value:
        return _div(other, self)

    def __pow__(self, exponent: Value | Number) -> Value:
        """Return selfⁿ; a plain number as exponent is part of the operation, not a parent."""
        if isinstance(exponent, Value):
            return _pow(self, exponent)
        base, n = operands(ops.POW, self, exponent)
        return NotImplemented if n is None else record(ops.power(n.data), (base,))

    def __rpow__(self, base: Number) -> Value:
        return _pow(base, self)

    def __pos__(self) -> Value:
        return self

    # --- functions of one number; NumPy's ufuncs call these on arrays -----------------------------

    exp, log, sqrt = map(unary, (ops.EXP, ops.LOG, ops.SQRT))
    sin, cos, tan, atan = map(unary, (ops.SIN, ops.COS, ops.TAN, ops.ATAN))
    tanh, sigmoid, relu = map(unary, (ops.TANH, ops.SIGMOID, ops.RELU))
    softplus, silu, gelu = map(unary, (ops.SOFTPLUS, ops.SILU, ops.GELU))
    square = unary(ops.SQUARE)
    arctan, absolute = atan, __abs__

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """Return x above 0 and slope·x elsewhere."""
        return record(ops.leaky_relu_row(slope), (self,))

    # --- as a number ------------------------------------------------------------------------------

    def __float__(self) -> float:
        return self.data

    def __bool__(self) -> bool:
        return self.data != 0.0

    def __eq__(self, other: object) -> bool:
        return bool(self.data == other) if _comparable(other) else NotImplemented

    def __lt__(self, other: Value | Number) -> bool:
        return self.data < float(other) if _comparable(other) else NotImplemented

    def __le__(self, other: Value | Number) -> bool:
        return self.data <= float(other) if _comparable(other) else NotImplemented

    def __gt__(self, other: Value | Number) -> bool:
        return self.data > float(other) if _comparable(other) else NotImplemented

    def __ge__(self, other: Value | Number) -> bool:
        return self.data >= float(other) if _comparable(other) else NotImplemented

    # Two nodes with equal data are still two nodes: sets and dictionaries keep both.
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        parts = [repr(self.data)]
        parts += [f"grad={self.grad!r}"] if self.grad else []
        parts += [f"label={self.label!r}"] if self.label else []
        parts += [f"op={self.op.name}"] if self.op is not LEAF else []
        return f"Value({', '.join(parts)})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    # --- copies -----------------------------------------------------------------------------------

    def __copy__(self) -> Value:
        """Return another node with the same parents."""
        return _node(self.data, self.grad, self.op, self.parents, self.partials, self.label)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        """Return a copy of the whole graph behind this node, without recursion."""
        for node in all_nodes(self):
            if id(node) not in memo:
                parents = tuple(memo[id(parent)] for parent in node.parents)
                memo[id(node)] = _node(
                    node.data, node.grad, node.op, parents, node.partials, node.label
                )
        copied: Value = memo[id(self)]
        return copied

    def __reduce__(self) -> tuple[Callable[..., Value], tuple[Any, ...]]:
        """Pickle the graph behind this node as a flat list, without recursion.

        Leaves keep their identity among all objects of one pickle; inner nodes are stored once for
        each output that is pickled.
        """
        if not self.parents:
            return _node, (self.data, self.grad, self.op, (), (), self.label)
        nodes = all_nodes(self)
        index = {node: k for k, node in enumerate(nodes)}
        return _unflatten, ([node._flat(index) for node in nodes],)

    def _flat(self, index: dict[Value, int]) -> Value | tuple[Any, ...]:
        if not self.parents:
            return self
        parents = tuple(index[parent] for parent in self.parents)
        return self.data, self.grad, self.op, parents, self.partials, self.label


def _set_aside(order: list[Value]) -> dict[Value, float]:
    """Set the `grad` of the leaves below these nodes to 0, and return what they held."""
    held = {leaf: leaf.grad for node in order for leaf in node.parents if leaf._a is None}
    for leaf in held:
        leaf.grad = 0.0
    return held


_new = object.__new__


def _node(
    data: float,
    grad: float,
    op: Op,
    parents: Sequence[Value],
    partials: Sequence[float],
    label: str,
) -> Value:
    """Return a node with just these fields, unchecked."""
    node: Value = _new(Value)
    node.data, node.grad, node.op, node.label = data, grad, op, label
    node._a = node._b = None
    if len(parents) > 2:
        node._a, node._p = tuple(parents), tuple(partials)
    elif parents:
        node._a, node._p = parents[0], partials[0]
        if len(parents) == 2:
            node._b, node._q = parents[1], partials[1]
    return node


def _unflatten(flat: list[Value | tuple[Any, ...]]) -> Value:
    """Undo `Value.__reduce__`."""
    nodes: list[Value] = []
    for entry in flat:
        if isinstance(entry, Value):
            nodes.append(entry)
        else:
            data, grad, op, parents, partials, label = entry
            nodes.append(_node(data, grad, op, tuple(nodes[k] for k in parents), partials, label))
    return nodes[-1]


# --- recording ------------------------------------------------------------------------------------


def record(op: Op, inputs: Sequence[Value | Number]) -> Value:
    """Return the node ``op(*inputs)``, by the row's one formula over floats.

    Raises:
        TypeError: an input is not a number.
        ValueError, ZeroDivisionError, OverflowError: as `math` raises them, the operands named.

    >>> record(ops.LOGSUMEXP, [0.0, 0.0]).data
    0.6931471805599453
    """
    return record_nodes(op, operands(op, *inputs))


def record_nodes(op: Op, parents: tuple[Value, ...]) -> Value:
    """Return the node ``op(*parents)`` of parents known to be Values: `record` unchecked."""
    if op.arity is None and 2 < len(parents) <= _MOST_EMITTED:
        return many(op, len(parents))(parents)
    data = [parent.data for parent in parents]
    try:
        output = op.forward(FLOATS, *data)
        partials = op.partials(FLOATS, output, *data)
    except (ArithmeticError, ValueError, TypeError) as error:
        raise failure(op, parents, error) from None
    # Where the output of a row with many inputs is finite, so are its partials: no loop over those.
    if output - output or (len(partials) == 1 and partials[0] - partials[0]):
        raise failure(op, parents, None)
    return _node(output, 0.0, op, parents, partials, "")


# Parents; above, running the row costs less than compiling its formula written out.
_MOST_EMITTED = 64


@cache
def many(op: Op, count: int) -> Callable[[tuple[Value, ...]], Value]:
    """Return the compiled recorder of a row with `count` parents."""
    return recorder(op, _SCOPE, count)


@cache
def weighted_sum(count: int) -> Callable[..., Value]:
    """Return the recorder of a neuron's sum of `count` products: ``f((w…, b), x, (x…, 1.0))``.

    The last tuple holds x's numbers and a 1. All are kept as they are, so that neurons of one layer
    share x, and all examples a neuron's weights; what is recorded is the row DOT all the same.
    """
    if count <= _MOST_EMITTED // 2:
        return compiled(DOT, weighted_sum_source(count), f"weighted sum of {count}", _SCOPE)

    def recorded(weights: tuple[Value, ...], x: tuple[Value, ...], data: Sequence[float]) -> Value:
        w = tuple([weight.data for weight in weights])
        output = DOT.forward(FLOATS, *w[:-1], *data[:-1], w[-1])
        if output - output:
            raise failure(DOT, (*weights[:-1], *x, weights[-1]), None)
        node = _node(output, 0.0, DOT, (), (), "")
        node._a, node._b, node._p, node._q = weights, x, data, w[:-1]
        return node

    return recorded


_PLAIN = (float, int)


def operands(op: Op, *inputs: Any) -> tuple[Value, ...]:
    """Return the inputs as Values, numbers as constants.

    Where a binary operator meets something that has an operator of its own (an array), a pair of
    Nones says: leave it to the other.

    Raises:
        TypeError: an input is not a number; the message names it.
    """
    if len(inputs) == 2:  # by far the commonest: a plain number beside a Value
        a, b = inputs
        if a.__class__ is Value and b.__class__ in _PLAIN:
            return a, _operand(b, op, inputs)
        if b.__class__ is Value and a.__class__ in _PLAIN:
            return _operand(a, op, inputs), b
    if (
        op.arity == 2
        and not op.latex
        and any(hasattr(x, "__array_ufunc__") and np.ndim(x) for x in inputs)
    ):
        return None, None  # type: ignore[return-value]
    return tuple(x if isinstance(x, Value) else _operand(x, op, inputs) for x in inputs)


def _operand(number: Any, op: Op, inputs: Sequence[Any]) -> Value:
    try:
        return constant(number)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{op.name}({described(inputs)}): {error}") from None


def constant(number: Number) -> Value:
    """Return a constant: the leaf for a plain number in an expression, not a parameter."""
    node = Value(number)
    node.op = CONSTANT
    return node


def _comparable(other: object) -> bool:
    return isinstance(other, Value | Number)


_SCOPE |= {
    "Value": Value,
    "new": _new,
    "operands": operands,
    "failure": failure,
    "ERRORS": (ArithmeticError, ValueError),
}
