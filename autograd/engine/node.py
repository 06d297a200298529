"""`LiveNode`: how a recorded number is stored. `Value` adds the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Self, TypeVar

from .errors import adjoint_failure
from .note import AnyNote, NumberedNote, with_label
from .number import Number, real_number
from .operation import Op
from .ops import CONSTANT
from .source_line import SourceLine, source_line

N = TypeVar("N", bound="LiveNode")


class LiveNode:
    """One number of a computation, with its parents and the local derivatives ∂this/∂parent.

    Most nodes have one or two parents, which are stored in two slots. A tuple of parents in each
    node would make recording about 50% slower, because Python's garbage collector would have to
    visit twice as many objects.

    ==============  ==============  ======  ===========  =========
    parents         `_a`            `_b`    `_p`         `_q`
    ==============  ==============  ======  ===========  =========
    none            None            None
    one             a               None    ∂/∂a
    two             a               b       ∂/∂a         ∂/∂b
    more            (a, b, c, …)    None    (∂/∂a, …)
    a neuron's sum  (w₁ … wₙ, b)    x       (x₁ … xₙ 1)  (w₁ … wₙ)
    ==============  ==============  ======  ===========  =========

    `_p` has the partials with respect to the entries of `_a`, and `_q` those with respect to the
    entries of `_b`. The last row is the weighted sum w·x + b of a neuron, the only row in which
    `_b` is a tuple. Its partials are ∂/∂w = x, ∂/∂b = 1 and ∂/∂x = w. The weights and the bias are
    leaves. The tuples are shared, because that saves memory. All neurons of a layer refer to the
    same tuple x, and all examples refer to the same tuple of weights.
    """

    __slots__ = ("__weakref__", "_a", "_b", "_data", "_grad", "_note", "_p", "_q", "op")

    _data: float
    _grad: float
    op: Op
    # A note, or a plain tuple with the fields of a `NumberedNote`. Creating a plain tuple is
    # faster.
    _note: Any
    _a: Any
    _b: Any
    _p: Any
    _q: Any

    @property
    def note(self) -> AnyNote:
        """The label, or a `Note` if the node has more than a label."""
        note: AnyNote = self._note
        return NumberedNote._make(note) if note.__class__ is tuple else note

    @note.setter
    def note(self, note: AnyNote) -> None:
        self._note = note

    @property
    def label(self) -> str:
        """The node's name, or "" if it has none.

        A name given by hand takes precedence over the one that `recording` found in the code.
        """
        note = self.note
        return note if isinstance(note, str) else note.label or note.name

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a string; got {label!r}. Write x.label = 'w'.")
        self.note = with_label(self.note, label)

    @property
    def block(self) -> tuple[str, ...]:
        """The names of the blocks that the node was recorded in, outermost first."""
        return () if isinstance(self.note, str) else self.note.block

    @property
    def line(self) -> SourceLine | None:
        """The line of code that recorded the node inside `recording`, else None."""
        origin = None if isinstance(self.note, str) else self.note.origin
        if origin is None or isinstance(origin, SourceLine):
            return origin
        return source_line(*origin)  # from the code object and the offset of the instruction

    @property
    def data(self) -> float:
        """The number, a float.

        The recorded nodes keep their numbers when the data of a leaf is changed, so the expression
        must then be computed again.
        """
        return self._data

    @data.setter
    def data(self, number: Number) -> None:
        self._data = self._as_finite_float("data", number)

    @property
    def grad(self) -> float:
        """The gradient, a float. Assigning None sets it to 0."""
        return self._grad

    @grad.setter
    def grad(self, number: Number | None) -> None:
        self._grad = 0.0 if number is None else self._as_finite_float("grad", number)

    def _as_finite_float(self, name: str, number: Number) -> float:
        """Return the number assigned to the attribute `name`, converted to a float."""
        if number.__class__ is float and number - number == 0.0:  # a finite float
            return number
        try:
            return real_number(number)
        except (TypeError, ValueError, OverflowError) as error:
            whose = f" of {self.label}" if self.label else ""
            raise type(error)(f"cannot set .{name}{whose}: {error}") from None

    @property
    def was_swept(self) -> bool:
        """Whether the node holds a gradient of an earlier call of `backward`.

        The answer is also False if that gradient is exactly 0.
        """
        return self._grad != 0.0

    @property
    def parents(self) -> tuple[Self, ...]:
        """The operands, in order and with repeats; () for a leaf."""
        if self._a is None:
            return ()
        if self._b.__class__ is tuple:  # a neuron's sum, whose operands are w, x, b in this order
            return (*self._a[:-1], *self._b, self._a[-1])
        if self._a.__class__ is tuple:
            return self._a
        return (self._a,) if self._b is None else (self._a, self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The recorded local derivatives ∂self/∂parent, one for each of `parents`."""
        if self._a is None:
            return ()
        if self._b.__class__ is tuple:  # ∂/∂w, ∂/∂x, ∂/∂b, the order of `parents`
            return (*self._p[:-1], *self._q, self._p[-1])
        if self._a.__class__ is tuple:
            return tuple(self._p)  # some operations give a list
        return (self._p,) if self._b is None else (self._p, self._q)

    def _check_gradients(self) -> None:
        """Raise the error for the first parent whose gradient is not finite.

        Constants are skipped, because their gradients are not used.
        """
        for parent, partial in zip(self.parents, self.partials, strict=True):
            if not math.isfinite(parent._grad) and parent.op is not CONSTANT:
                raise adjoint_failure(self.op, self.parents, parent, self._grad, partial)


def reset_gradients(nodes: list[Any]) -> None:
    for node in nodes:
        node._grad = 0.0


def pass_back(nodes: list[Any]) -> None:
    """Add gradient × local derivative to each parent's gradient, from the last node to the first.

    This is the chain rule. Every node must come after its parents in the list.

    Raises:
        OverflowError: the gradient of a parent overflows.
        ValueError, ZeroDivisionError: a local derivative is not finite.
    """
    for node in reversed(nodes):
        upstream = node._grad
        if upstream == 0.0:
            continue  # a gradient of 0 passes on 0, even if a local derivative is infinite or nan
        first, second = node._a, node._b
        if first.__class__ is not tuple:
            parent, partial = first, node._p
            parent._grad = total = parent._grad + upstream * partial
            if second is not None:
                parent, partial = second, node._q
                parent._grad = gradient = parent._grad + upstream * partial
                total += gradient
        elif second is None:
            total = 0.0
            for parent, partial in zip(first, node._p):  # noqa: B905 - `strict` is slow
                parent._grad = gradient = parent._grad + upstream * partial
                total += gradient
        else:  # a neuron's sum: one loop over the products, and then the bias
            parent = first[-1]
            parent._grad = total = parent._grad + upstream
            # `zip` stops at the end of x, so that it leaves out the bias, the last entry of `_a`.
            for w, x_data, x, w_data in zip(first, node._p, second, node._q):  # noqa: B905
                w._grad = w_gradient = w._grad + upstream * x_data
                x._grad = x_gradient = x._grad + upstream * w_data
                total += w_gradient + x_gradient
        # This tests all parents at once. If the total t is finite, t − t is 0.0, which is falsy. If
        # t is inf or nan, it is nan, which is truthy. The total may overflow although every
        # gradient is finite. Then `_check_gradients` raises nothing.
        if total - total:
            node._check_gradients()


def make_node(
    cls: type[Any],
    data: float,
    op: Op,
    parents: Sequence[Any],
    partials: Sequence[float],
    note: AnyNote,
    grad: float = 0.0,
) -> Any:
    """Return a node of the class `cls` with these fields, without checking them."""
    node = LiveNode.__new__(cls)
    node._data, node._grad, node.op, node._note = data, grad, op, note
    node._a = node._b = None
    if len(parents) > 2:
        node._a, node._p = tuple(parents), tuple(partials)
    elif parents:
        node._a, node._p = parents[0], partials[0]
        if len(parents) == 2:
            node._b, node._q = parents[1], partials[1]
    return node


def take_leaf_gradients(inner_nodes: list[N]) -> dict[N, float]:
    """Return the gradients of the leaves among the parents of these nodes, and set them to 0.

    `Value.backward` adds the returned gradients back after its sweep. Two calls then give exactly
    twice the gradients of one. Adding the terms of the second sweep to the earlier gradients one by
    one would not, because each addition rounds.
    """
    gradients = {
        leaf: leaf._grad for node in inner_nodes for leaf in node.parents if not leaf.parents
    }
    reset_gradients(list(gradients))
    return gradients
