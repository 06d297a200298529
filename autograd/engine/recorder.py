"""Recorders: the functions that compute the result of an operation and return it as a node.

This module compiles the source that `recorder_source` generates. The compiled functions use the
globals of this module, such as `operands`, `ERRORS` and `new`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache
from types import FrameType
from typing import Any, TypeVar

from .compiled_recorders import BINDERS
from .description import describe
from .errors import describe_operands, failure
from .generated_code import Twin, bind_source
from .namespace import FUNCTIONS, NUMPY
from .node import LiveNode, make_node
from .note import AnyNote
from .number import is_of_numpy, real_number
from .operation import FLOATS, Op, local_derivatives
from .ops import CONSTANT, DOT
from .recorder_source import (
    many_recorder_source,
    recorder_source,
    traced_source,
    weighted_sum_source,
)

N = TypeVar("N", bound=LiveNode)

current_note: AnyNote = ""
"""The note that every recorder stores in its new node.

It has the names of the current blocks, such as "layer 1", and the last guard (see `note.Note`). It
is an empty string if there are none.
"""

note_node: Callable[[Any, FrameType], Any] | None = None
"""The function that recorders call with each new node and the frame of their caller, or None.

`recording` sets it by `call_note_node`. A recorder returns what this function returns.
"""

getframe = sys._getframe  # used by the recorders that `traced_source` returns
ERRORS = (ArithmeticError, ValueError)  # the errors that a formula over floats may raise
new = LiveNode.__new__  # skips `__init__`, which would check a number that is known to be valid


def recorder(op: Op, cls: type[N]) -> Callable[..., N]:
    """Return the function of one or two operands that records an operation as a node of `cls`."""
    function = _compile(op, cls, recorder_source(op), op.name)
    function.__doc__ = describe(op)
    return function


class RecordedMethod:
    """A placeholder in a class body, which the recorder of its operation replaces at first use.

    Compiling the recorders of all operations takes longer than importing all other modules of the
    engine, and most programs use only a few of them.
    """

    def __init__(self, op: Op) -> None:
        self.op = op
        self.names: list[str] = []

    def __set_name__(self, owner: type[LiveNode], name: str) -> None:
        self.names.append(name)  # called twice for a method with an alias, such as asin = arcsin

    def __get__(self, instance: LiveNode | None, owner: type[LiveNode]) -> Any:
        method = recorder(self.op, owner)
        for name in self.names:
            setattr(owner, name, method)
        return method if instance is None else method.__get__(instance)


# For an operation with more parents than this, no function is compiled, because compiling takes
# longer than it saves. `record_carefully` evaluates the formula instead.
MOST_COMPILED = 64


@cache
def many_recorder(op: Op, count: int, cls: type[N]) -> Callable[[tuple[N, ...]], N]:
    """Return the recorder of an operation for a tuple of `count` parents. `count` is at least 3."""
    return _compile(op, cls, many_recorder_source(op, count), f"{op.name}{count}")


def record_nodes(op: Op, parents: tuple[N, ...]) -> N:
    """Return the node ``op(*parents)`` for one or more parents, which must be nodes."""
    # `many_recorder` stores a tuple of parents, which `LiveNode` allows for three or more.
    if op.arity is None and 2 < len(parents) <= MOST_COMPILED:
        cls = parents[0].__class__
        return many_recorder(op, len(parents), cls)(parents)  # type: ignore[no-any-return, arg-type]
    return record_carefully(op, parents)


def record_carefully(op: Op, parents: tuple[N, ...]) -> N:
    """Return the node ``op(*parents)``, even if a local derivative is not finite.

    For example, the derivative of the square root is infinite at 0. Such a derivative is an error
    only if a nonzero gradient is multiplied by it. See `node.pass_back`.

    Raises:
        ValueError, ZeroDivisionError, OverflowError: the result is not a finite number.
    """
    data = [parent._data for parent in parents]
    try:
        output = op.forward(FLOATS, *data)
    except (*ERRORS, TypeError) as error:
        raise failure(op, parents, error) from None
    if output - output:  # for inf and nan this is nan, which counts as true
        raise failure(op, parents, None)
    partials = local_derivatives(op, output, data)
    node: N = make_node(parents[0].__class__, output, op, parents, partials, current_note)
    return node if note_node is None else note_node(node, getframe(1))


@cache
def weighted_sum(cls: type[N], count: int) -> Callable[..., N]:
    """Return the recorder of a weighted sum w·x + b with `count` products.

    It is called as ``f((w₁, …, wₙ, b), (x₁, …, xₙ), data)``, where `data` has the numbers of x and
    then 1.0. The node stores these tuples without copying them, because the neurons of a layer
    share x, and the examples share the weights of a neuron. The node's operation is DOT.

    The weights and the bias must be leaves, because `inner_nodes` does not visit them.
    """
    if count <= MOST_COMPILED // 2:
        return _compile(DOT, cls, weighted_sum_source(count), f"weighted sum of {count}")

    def record(weights: tuple[N, ...], x: tuple[N, ...], data: Sequence[float]) -> N:
        w = tuple([weight._data for weight in weights])  # a list is faster than a generator
        output = DOT.forward(FLOATS, *w[:-1], *data[:-1], w[-1])
        if output - output:
            raise failure(DOT, (*weights[:-1], *x, weights[-1]), None)
        node: N = make_node(cls, output, DOT, (), (), current_note)
        # The last row of the table in `LiveNode`. The 1.0 at the end of `data` is ∂z/∂b.
        node._a, node._b, node._p, node._q = weights, x, data, w[:-1]
        return node if note_node is None else note_node(node, getframe(1))

    return record


def _compile(op: Op, cls: type[N], source: str, name: str) -> Callable[..., N]:
    """Return the recorder that the source defines, and prepare its version with `note_node`."""
    bound = {"Value": cls, "op": op, **{name: getattr(FLOATS, name) for name in FUNCTIONS}}

    def bind(source: str, version: str) -> Any:
        file = f"<autograd recorder {version}>"
        return bind_source(f"record_{op.name}", source, file, bound, _GLOBALS)

    function: Callable[..., N] = bind(source, name)
    function.__name__ = function.__qualname__ = op.name
    twin = Twin(function, lambda: bind(traced_source(source), f"{name} that notes its caller"))
    _TWINS.append(twin)
    if note_node is not None:
        twin.exchange()
    if source not in BINDERS:
        return function
    compiled: Callable[..., N] = BINDERS[source](cls, op, _GLOBALS)
    compiled.__name__ = compiled.__qualname__ = op.name
    compiled.__wrapped__ = function  # type: ignore[attr-defined] # for `inspect.getsource`
    return compiled


_GLOBALS = globals()  # the recorders read `current_note` and `note_node` when they are called
_TWINS: list[Twin] = []


def call_note_node(function: Callable[[Any, FrameType], Any] | None) -> None:
    """Make all recorders call this function with each new node. None turns this off.

    The code of all recorders is exchanged, because a test of `note_node` in each of them would cost
    time even while it is None.
    """
    global note_node
    if (function is None) != (note_node is None):
        for twin in _TWINS:
            twin.exchange()
    note_node = function


# --- operands that are numbers --------------------------------------------------------------------

_PLAIN_TYPES = (float, int)


def operands(cls: type[N], op: Op, *inputs: Any) -> tuple[N, ...]:
    """Return the inputs as nodes. Inputs that are plain numbers become constants.

    If one operand of a binary operator is an array, the result is (None, None). The recorder then
    returns NotImplemented, so that Python calls the operator of the array.

    Raises:
        TypeError: an input is not a number. The message names the input.
    """
    if len(inputs) == 2:  # a fast path for the most common case, a plain number and a node
        a, b = inputs
        if a.__class__ is cls and b.__class__ in _PLAIN_TYPES:
            return a, _operand(cls, b, op, inputs)
        if b.__class__ is cls and a.__class__ in _PLAIN_TYPES:
            return _operand(cls, a, op, inputs), b
    if op.infix and any(hasattr(x, "__array_ufunc__") and NUMPY.ndim(x) for x in inputs):
        return None, None  # type: ignore[return-value]
    return tuple(x if isinstance(x, cls) else _operand(cls, x, op, inputs) for x in inputs)


def _operand(cls: type[N], operand: Any, op: Op, inputs: Sequence[Any]) -> N:
    """Return the node for an operand that is not a node, usually a constant.

    `op` and all its `inputs` are needed for the error message.
    """
    if operand.__class__ not in _PLAIN_TYPES:
        operand = _unpack(operand, op)
        if isinstance(operand, cls):
            return operand
    try:
        return make_constant(cls, operand)
    except (TypeError, ValueError, OverflowError) as error:
        raise type(error)(f"{op.name}({describe_operands(inputs)}): {error}") from None


def _unpack(operand: Any, op: Op) -> Any:
    """Return the Value of a condition, the entry of a zero-dimensional array, or the operand."""
    if hasattr(operand, "as_value"):  # a condition, whose value is 1 or 0
        return operand.as_value()
    if is_of_numpy(operand, "ndarray") and not operand.ndim:
        return operand.item()
    is_list = isinstance(operand, Sequence) or is_of_numpy(operand, "ndarray")
    if is_list and not isinstance(operand, str) and op.arity and not op.infix:
        takes, call = ("one number", "x") if op.arity == 1 else ("single numbers", "x, …")
        raise TypeError(
            f"{op.name} takes {takes}: write [{op.name}({call}) for x in …] for several"
        )
    return operand


def make_constant(cls: type[N], number: Any) -> N:
    """Return the leaf that stands for a plain number in an expression, such as the 2 in 2·x."""
    node = new(cls)
    is_finite_float = number.__class__ is float and number - number == 0.0
    node._data = number if is_finite_float else real_number(number)
    node._grad = 0.0
    node.op = CONSTANT
    node._note = current_note
    node._a = node._b = None
    return node
