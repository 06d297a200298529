"""`grad`: the gradient as recorded Values, which can be drawn and differentiated again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .condition import Condition
from .functions import constant, function_of, record, where
from .namespace import Calls, Namespace
from .number import check_list
from .operation import OPS
from .ops import LEAF
from .topological import inner_nodes
from .value import Value


class ValueNamespace(Calls):
    """The functions that a derivative formula calls, for Values.

    Evaluating the formula with this namespace records nodes.
    """

    def call(self, name: str, *inputs: Value | float) -> Value:
        """Return the result of the operation of that name as a Value."""
        return function_of(OPS[name])(*inputs)

    def __getattr__(self, name: str) -> Callable[..., Value]:
        if name in OPS:  # because the formula of an operation may call any other operation
            return function_of(OPS[name])
        raise AttributeError(f"there is no operation {name!r}")

    def pow(self, base: Value, exponent: Value | float) -> Value | float:
        """Return base**exponent. If the exponent is the number 0 or 1, no node is recorded."""
        if isinstance(exponent, Value) or exponent not in (0.0, 1.0):
            return base**exponent
        return base if exponent == 1.0 else 1.0

    def where(self, condition: Condition, yes: Value | float, no: Value | float) -> Value:
        """Return `yes` if the condition holds, else `no`, and record the condition too."""
        return where(condition, yes, no)


VALUES: Namespace = ValueNamespace()
# Every built-in operation has finite local derivatives at one of these numbers at least, if all its
# inputs are set to it. For example, acosh has them at 2, and atanh has them at 0.5.
_SAFE_INPUTS = (1.0, 0.5, 2.0)


# `leaves` has a default only so that the error for a missing argument can say what to write.
def grad(output: Value, leaves: Sequence[Value] | None = None) -> list[Value]:
    """Return ∂output/∂leaf for each leaf, as new Values that can be differentiated again.

    The local derivatives are recorded as Values, so that the ``grad`` of a ``grad`` is a second
    derivative. If a local derivative depends on a comparison, as that of relu does, the comparison
    is recorded too. The `.grad` of the leaves is not changed.

    Raises:
        TypeError: `output` or an entry of `leaves` is not a `Value`, or `leaves` is a single Value.
        ValueError: a leaf's data was changed after `output` was recorded.

    >>> x = Value(2.0)
    >>> (slope,) = grad(x**3, [x])
    >>> (curvature,) = grad(slope, [x])
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    leaves = _check_values(output, leaves)
    order = inner_nodes(output)
    dependents = _dependents(order, leaves)
    # Adjoints that do not depend on data are plain numbers, so that they need no nodes.
    adjoints: dict[Value, Value | float] = {output: 1.0}
    for node in reversed(order):
        if node in adjoints and node in dependents:
            _check_current(node)
            _add_to_parents(node, adjoints, dependents)
    return [_as_value(adjoints.get(leaf, 0.0)) for leaf in leaves]


def _check_values(output: Value, leaves: Sequence[Value] | None) -> list[Value]:
    """Return the leaves as a list, or raise an error if the arguments are not Values."""
    if callable(output):
        raise TypeError(
            "grad: takes an output that was computed, not a function. "
            "Write x = Value(2.0), then grad(f(x), [x])"
        )
    if isinstance(output, list | tuple):
        raise TypeError("grad: takes one output; write grad(total([y1, y2]), [x]) for a sum")
    if not isinstance(output, Value):
        raise TypeError(f"grad: expected a Value, got {output!r}")
    if isinstance(leaves, Value):
        raise TypeError(f"grad: leaves is a list; write grad(output, [{leaves.label or 'x'}])")
    if leaves is None:
        raise TypeError(
            "grad: name the leaves to differentiate with respect to; write grad(output, [x])"
        )
    check_list("grad: leaves", leaves)
    for leaf in leaves:
        if not isinstance(leaf, Value):
            raise TypeError(f"grad: expected a Value, got {leaf!r}")
    return list(leaves)


def _dependents(order: list[Value], leaves: Sequence[Value]) -> set[Value]:
    """Return the leaves and all nodes that depend on one. The other nodes need no gradient."""
    dependents = set(leaves)
    for node in order:
        if not dependents.isdisjoint(node.parents):
            dependents.add(node)
    return dependents


def _check_current(node: Value) -> None:
    """Raise an error if the data of the node's parents was changed after it was recorded."""
    if not node.op.reproduces(node.data, node.partials, [parent.data for parent in node.parents]):
        raise ValueError(
            f"grad: data was changed after {node!r} was recorded, so that computing this node "
            "again would give another number. Record the expression again, then take its gradient."
        )


def _add_to_parents(
    node: Value, adjoints: dict[Value, Value | float], dependents: set[Value]
) -> None:
    """Add upstream × local derivative to the adjoint of each parent in `dependents`."""
    upstream = adjoints[node]
    partials, zero = _record_partials(node, upstream)
    for parent, partial in zip(node.parents, partials, strict=True):
        if parent in dependents:
            contribution = _times(upstream, partial)
            if zero is not None:
                contribution = zero + contribution
            before = adjoints.get(parent)  # None instead of 0, so that no addition is recorded
            adjoints[parent] = contribution if before is None else before + contribution


def _record_partials(
    node: Value, upstream: Value | float
) -> tuple[Sequence[Value | float], Value | None]:
    """Return the local derivatives, as Values where they depend on data.

    If they are not finite and `upstream` is 0, return finite substitutes. The second entry of the
    result is then the 0 that is added to each contribution (see `_zero_with_infinite_slope`). It is
    None if there are no substitutes or `upstream` is a constant.
    """
    try:
        return node.op.partials(VALUES, node, *node.parents), None
    except (ArithmeticError, ValueError):
        if not isinstance(upstream, Value) or upstream.data != 0.0:
            raise
        zero = _zero_with_infinite_slope(upstream) if _depends_on_leaf(upstream) else None
        return _record_finite_partials(node, upstream), zero


def _record_finite_partials(node: Value, upstream: Value) -> Sequence[Value | float]:
    """Return finite local derivatives for an upstream gradient that is 0 now.

    Any finite derivatives then give the right product, 0, so they are computed at one of
    `_SAFE_INPUTS`. Each input is where(upstream ≠ 0, the node's own input, the safe input). It is
    the safe input now. If the recorded graph is evaluated later with data that make upstream
    nonzero, it is the node's own input.
    """
    is_upstream_nonzero = _is_nonzero(upstream)
    for safe in _SAFE_INPUTS:
        try:
            inputs = [where(is_upstream_nonzero, parent, safe) for parent in node.parents]
            return node.op.partials(VALUES, record(node.op, inputs), *inputs)
        except (ArithmeticError, ValueError):
            continue
    # No safe input worked. This raises the error for the inputs of the node itself.
    return node.op.partials(VALUES, node, *node.parents)


def _depends_on_leaf(output: Value) -> bool:
    """Return whether a path of nonzero slopes leads from the output to a leaf."""
    reached = {output}
    for node in reversed(inner_nodes(output)):
        if node in reached:
            slopes = zip(node.parents, node.partials, strict=True)
            reached.update(parent for parent, slope in slopes if slope != 0.0)
    return any(node.op is LEAF for node in reached)


def _is_nonzero(number: Value) -> Condition:
    return (number > 0) | (number < 0)


def _zero_with_infinite_slope(upstream: Value) -> Value:
    """Return a 0 whose derivative with respect to `upstream` is infinite if `upstream` is 0.

    When `upstream` is 0, upstream × substitute is the right product, 0. The derivative of this
    product with respect to `upstream` would be the substitute, but the true local derivative is not
    finite. Adding this 0 to the product makes the derivative infinite, so that a second `grad`
    raises an error instead of returning a wrong number.
    """
    is_nonzero = _is_nonzero(upstream)
    # `where` computes both branches. The inner `where` gives sqrt the input 1 instead of an
    # `upstream` that may be negative.
    return where(is_nonzero, 0.0, where(is_nonzero, 1.0, upstream).sqrt())


def _times(a: Value | float, b: Value | float) -> Value | float:
    """Return a·b. If a factor is the plain number 1 or 0, no node is recorded."""
    for one, other in ((a, b), (b, a)):
        if not isinstance(one, Value) and one in (0.0, 1.0):
            return other if one else 0.0
    return a * b


def _as_value(gradient: Value | float) -> Value:
    """Return a gradient as a Value. A gradient that is a plain number becomes a constant."""
    return gradient if isinstance(gradient, Value) else constant(gradient)
