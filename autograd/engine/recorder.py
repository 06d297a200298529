"""Recorders: the functions that compute an operation and return its node.

This module compiles the source that `recorder_source` generates. The compiled functions run with
this module's globals, as if they were written here.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Sequence
from functools import cache
from textwrap import indent
from typing import Any, TypeVar

import numpy as np

from .description import describe
from .errors import describe_operands, failure
from .namespace import FUNCTIONS
from .node import LiveNode, make_node
from .note import Note
from .number import real_number
from .operation import FLOATS, Op, local_derivatives
from .ops import CONSTANT, DOT
from .recorder_source import many_recorder_source, recorder_source, weighted_sum_source

N = TypeVar("N", bound=LiveNode)

current_note: Note | str = ""
"""What the nodes recorded from now on know besides their numbers. Every recorder reads it."""

ERRORS = (ArithmeticError, ValueError)  # what a formula over floats may raise
new = object.__new__


def recorder(op: Op, cls: type[N]) -> Callable[..., N]:
    """Return the function of one or two operands that records an operation as a node of `cls`."""
    function = _compile(op, cls, recorder_source(op), op.name)
    function.__doc__ = describe(op)
    return function


class RecordedMethod:
    """Stands in a class body for the recorder of an operation, until the class exists.

    A recorder makes nodes of its class, which does not exist while the body is executed. Python
    calls `__set_name__` as soon as it does.
    """

    def __init__(self, op: Op) -> None:
        self.op = op
        self.method: Callable[..., Any] | None = None

    def __set_name__(self, owner: type[LiveNode], name: str) -> None:
        self.method = self.method or recorder(self.op, owner)  # one method, also under two names
        setattr(owner, name, self.method)


# With more parents, evaluating the formula is cheaper than compiling a function for it.
MOST_COMPILED = 64


@cache
def many(op: Op, count: int, cls: type[N]) -> Callable[[tuple[N, ...]], N]:
    """Return the recorder of an operation with `count` parents, more than two, given as a tuple."""
    return _compile(op, cls, many_recorder_source(op, count), f"{op.name}{count}")


def record_nodes(op: Op, parents: tuple[N, ...]) -> N:
    """Return the node ``op(*parents)``. The parents must be nodes, at least one."""
    if op.arity is None and 2 < len(parents) <= MOST_COMPILED:
        cls = parents[0].__class__
        return many(op, len(parents), cls)(parents)  # type: ignore[no-any-return, arg-type]
    return record_carefully(op, parents)


def record_carefully(op: Op, parents: tuple[N, ...]) -> N:
    """Return the node ``op(*parents)`` also where a local derivative is not finite.

    Such a derivative, like that of the square root at 0, is an error only where a gradient reaches
    it. See `LiveNode.pass_back`.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: the result is not a finite number.
    """
    data = [parent._data for parent in parents]
    try:
        output = op.forward(FLOATS, *data)
    except (*ERRORS, TypeError) as error:
        raise failure(op, parents, error) from None
    if output - output:
        raise failure(op, parents, None)
    partials = local_derivatives(op, output, data)
    return make_node(parents[0].__class__, output, op, parents, partials, current_note)


@cache
def weighted_sum(cls: type[N], count: int) -> Callable[..., N]:
    """Return the recorder of a neuron's sum of `count` products: ``f((w…, b), x, (x…, 1.0))``.

    The last tuple holds the numbers of x and a 1. The tuples are stored, not copied: neurons of a
    layer share x, and examples share a neuron's weights. The node's operation is DOT.
    """
    if count <= MOST_COMPILED // 2:
        return _compile(DOT, cls, weighted_sum_source(count), f"weighted sum of {count}")

    def record(weights: tuple[N, ...], x: tuple[N, ...], data: Sequence[float]) -> N:
        w = tuple([weight._data for weight in weights])
        output = DOT.forward(FLOATS, *w[:-1], *data[:-1], w[-1])
        if output - output:
            raise failure(DOT, (*weights[:-1], *x, weights[-1]), None)
        node = make_node(cls, output, DOT, (), (), current_note)
        node._a, node._b, node._p, node._q = weights, x, data, w[:-1]
        return node

    return record


def _compile(op: Op, cls: type[N], source: str, name: str) -> Callable[..., N]:
    """Compile the source of a recorder, with its class, operation and functions bound in it."""
    bound = {"Value": cls, "op": op, **{name: getattr(FLOATS, name) for name in FUNCTIONS}}
    source = f"def bind({', '.join(bound)}):\n{indent(source, '    ')}    return record_{op.name}\n"
    filename = f"<autograd recorder {name}>"
    # So that inspect and tracebacks can show the source.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), globals(), namespace)
    function: Callable[..., N] = namespace["bind"](**bound)
    function.__name__ = function.__qualname__ = op.name
    return function


# --- operands that are numbers --------------------------------------------------------------------

_PLAIN = (float, int)


def operands(cls: type[N], op: Op, *inputs: Any) -> tuple[N, ...]:
    """Return the inputs as nodes, numbers as constants.

    Where a binary operator meets something with an operator of its own, such as an array, return
    (None, None), which the recorder turns into NotImplemented.

    Raises:
        TypeError: an input is not a number; the message names it.
    """
    if len(inputs) == 2:  # by far the most common case: a plain number and a node
        a, b = inputs
        if a.__class__ is cls and b.__class__ in _PLAIN:
            return a, _operand(cls, b, op, inputs)
        if b.__class__ is cls and a.__class__ in _PLAIN:
            return _operand(cls, a, op, inputs), b
    if op.infix and any(hasattr(x, "__array_ufunc__") and np.ndim(x) for x in inputs):
        return None, None  # type: ignore[return-value]
    return tuple(x if isinstance(x, cls) else _operand(cls, x, op, inputs) for x in inputs)


def _operand(cls: type[N], operand: Any, op: Op, inputs: Sequence[Any]) -> N:
    """Return an operand that is not a node as a node, most often a constant."""
    if operand.__class__ not in _PLAIN:
        operand = _unpack(operand, op)
        if isinstance(operand, cls):
            return operand
    try:
        return make_constant(cls, operand)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{op.name}({describe_operands(inputs)}): {error}") from None


def _unpack(operand: Any, op: Op) -> Any:
    """Return the node or the number that an operand stands for."""
    if hasattr(operand, "as_value"):  # a condition, which counts as 1 or 0
        return operand.as_value()
    if isinstance(operand, np.ndarray) and not operand.ndim:
        return operand.item()  # an array of no dimensions is its only entry
    is_several = isinstance(operand, Sequence | np.ndarray) and not isinstance(operand, str)
    if is_several and op.arity and not op.infix:
        raise TypeError(f"{op.name} takes one number: write [{op.name}(x) for x in …] for several")
    return operand


def make_constant(cls: type[N], number: Any) -> N:
    """Return a constant: the leaf for a plain number in an expression, not a parameter."""
    node = new(cls)
    is_plain = number.__class__ is float and number - number == 0.0  # finite
    node._data = number if is_plain else real_number(number)
    node._grad = 0.0
    node.op = CONSTANT
    node.note = current_note
    node._a = node._b = None
    return node
