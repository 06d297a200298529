"""`grad`: gradients as Values, which can be drawn and differentiated again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .condition import Condition
from .functions import function_of, where
from .namespace import Calls, Namespace
from .operation import OPS
from .topological import inner_nodes
from .value import Value, constant, record


class Values(Calls):
    """The namespace whose numbers are Values: a formula run over it records itself."""

    def call(self, name: str, *inputs: Value | float) -> Value:
        """Return the Value that an operation of the table gives."""
        return function_of(OPS[name])(*inputs)

    def __getattr__(self, name: str) -> Callable[..., Value]:
        if name in OPS:  # a formula may call any operation
            return function_of(OPS[name])
        raise AttributeError(f"there is no operation {name!r}")

    def pow(self, base: Value, exponent: Value | float) -> Value | float:
        """Return base**exponent, without a node where the exponent is 0 or 1."""
        if isinstance(exponent, Value) or exponent not in (0.0, 1.0):
            return base**exponent
        return base if exponent == 1.0 else 1.0

    def where(self, condition: Condition, yes: Value | float, no: Value | float) -> Value:
        """Return the branch that the data takes; the condition is recorded too."""
        return where(condition, yes, no)


VALUES: Namespace = Values()
_ELSEWHERE = (1.0, 0.5, 2.0)  # at one of them every operation has finite slopes


def grad(output: Value, leaves: Sequence[Value] | None = None) -> list[Value]:
    """Return ∂output/∂leaf for each leaf, as new Values that can be differentiated again.

    The local derivatives are recorded by the same formulas as the forward pass, so that ``grad`` of
    a ``grad`` is a second derivative. A slope that depends on a branch, such as that of relu,
    records the comparison. The `.grad` of the leaves is not changed.

    Raises:
        TypeError: `output` or an entry of `leaves` is not a `Value`, or `leaves` is a single one.
        ValueError: a leaf's data was changed after `output` was recorded.

    >>> x = Value(2.0)
    >>> (slope,) = grad(x**3, [x])
    >>> (curvature,) = grad(slope, [x])
    >>> slope.data, curvature.data
    (12.0, 12.0)
    """
    leaves = _check_values(output, leaves)
    order = inner_nodes(output)
    wanted = _dependents(order, leaves)
    adjoints: dict[Value, Value | float] = {output: 1.0}
    for node in reversed(order):
        if node in adjoints and node in wanted:
            _check_current(node)
            _pass_on(node, adjoints, wanted)
    return [_as_value(adjoints.get(leaf, 0.0)) for leaf in leaves]


def _check_values(output: Value, leaves: Sequence[Value] | None) -> list[Value]:
    """Return the leaves as a list, or refuse what is not a computation of Values."""
    if callable(output):
        raise TypeError(
            "grad: takes an output that was computed, not a function. "
            "Write x = Value(2.0), then grad(f(x), [x])"
        )
    if isinstance(output, list | tuple):
        raise TypeError("grad: takes one output; write grad(total([y1, y2]), [x]) for a sum")
    if isinstance(leaves, Value):
        raise TypeError(f"grad: leaves is a list; write grad(output, [{leaves.label or 'x'}])")
    if leaves is None:
        raise TypeError("grad: name the leaves to differentiate by; write grad(output, [x])")
    for v in (output, *leaves):
        if not isinstance(v, Value):
            raise TypeError(f"grad: expected a Value, got {v!r}")
    return list(leaves)


def _dependents(order: list[Value], leaves: Sequence[Value]) -> set[Value]:
    """Return the leaves and every node that depends on one. The others need no gradient."""
    wanted = set(leaves)
    wanted.update(node for node in order if not wanted.isdisjoint(node.parents))
    return wanted


def _check_current(node: Value) -> None:
    if not node.op.reproduces(node.data, node.partials, [parent.data for parent in node.parents]):
        raise ValueError(
            f"grad: data was changed after {node!r} was recorded, so its formula no longer gives "
            "its number. Record the expression again, then take its gradient."
        )


def _pass_on(node: Value, adjoints: dict[Value, Value | float], wanted: set[Value]) -> None:
    """Add upstream × local derivative to each parent that is wanted."""
    upstream = adjoints[node]
    partials = _record_partials(node, upstream)
    for parent, partial in zip(node.parents, partials, strict=True):
        if parent in wanted:
            contribution = _times(upstream, partial)
            before = adjoints.get(parent)
            adjoints[parent] = contribution if before is None else before + contribution


def _record_partials(node: Value, upstream: Value | float) -> Sequence[Value | float]:
    """Return the local derivatives as Values; where no gradient arrives they need not be finite."""
    try:
        return node.op.partials(VALUES, node, *node.parents)
    except (ArithmeticError, ValueError):
        if not isinstance(upstream, Value) or upstream.data != 0.0:
            raise
        return _record_partials_if_reached(node, upstream)


def _record_partials_if_reached(node: Value, upstream: Value) -> Sequence[Value | float]:
    """Return the local derivatives, taken elsewhere as long as no gradient arrives at the node.

    What arrives is 0 here, and 0 times any finite slope is right. With other data the condition
    lets the node's own slopes through.
    """
    reached = (upstream > 0) | (upstream < 0)
    for place in _ELSEWHERE:
        try:
            inputs = [where(reached, parent, place) for parent in node.parents]
            return node.op.partials(VALUES, record(node.op, inputs), *inputs)
        except (ArithmeticError, ValueError):
            continue
    return node.op.partials(VALUES, node, *node.parents)  # which says why there are none


def _times(a: Value | float, b: Value | float) -> Value | float:
    """Return a·b, without a node where one of them is the plain number 1 or 0."""
    for one, other in ((a, b), (b, a)):
        if not isinstance(one, Value) and one in (0.0, 1.0):
            return other if one else 0.0
    return a * b


def _as_value(gradient: Value | float) -> Value:
    return gradient if isinstance(gradient, Value) else constant(gradient)
