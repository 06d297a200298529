"""Slips at an activation: forgotten, applied twice, its slope taken wrongly or of another one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ...engine.operation import FLOATS
from ...engine.value import Value
from ..counterfactual import Base, Bench, Compute, Edit, Local
from .edits import change_gradient, change_local, change_value
from .slip import MOST_PLACES, one_by_one, places, slip


def _at_layers(bench: Bench, change: Local) -> Iterator[Edit]:
    """Yield the edit of the slopes of all activations, of each layer, and of each alone."""
    found = bench.activations if bench.is_gradient else []
    layers: dict[str, list[Value]] = {}
    for node in found:
        layers.setdefault(bench.book.places.get(node, ("", ()))[0], []).append(node)
    if found:
        yield change_local(found, change, places(found))
    if 1 < len(layers) <= MOST_PLACES:
        yield from (change_local(group, change, places(group)) for group in layers.values())
    if len(layers) < len(found) <= MOST_PLACES:
        yield from (change_local([node], change, places([node])) for node in found)


def _by_kind(**slopes: Callable[[float, float], float]) -> Local:
    """Return the change of a slope to a function of z and a, for some kinds of activation."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        slope = slopes.get(child.op.family)
        return slope(base.data(child.parents[0]), base.data(child)) if slope else partial

    return change


@slip("dead-relu")
def pass_dead_relu(bench: Bench) -> Iterator[Edit]:
    """You let the gradient through the ReLU{}, although its slope is 0 where z is not above 0."""
    dead = [n for n in bench.activations if n.op.family == "relu" and n.partials == (0.0,)]
    if dead and bench.is_gradient:
        yield change_local(dead, lambda *_: 1.0, places(dead))


@slip("f-prime-forgotten")
def forget_slope(bench: Bench) -> Iterator[Edit]:
    """You forget the slope f′(z){}."""
    yield from _at_layers(bench, lambda *_: 1.0)


@slip("f-for-f-prime")
def multiply_by_value(bench: Bench) -> Iterator[Edit]:
    """You multiply by f(z) itself instead of its slope f′(z){}."""
    yield from _at_layers(bench, lambda base, child, *_: base.data(child))


@slip("f-prime-at-a")
def put_output_into_slope(bench: Bench) -> Iterator[Edit]:
    """You put a into the slope f′{}, although f′ is taken at z."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        a = base.data(child)
        return float(child.op.partials(FLOATS, child.op.forward(FLOATS, a), a)[0])

    yield from _at_layers(bench, change)


@slip("f-prime-formula-at-z")
def put_input_into_formula(bench: Bench) -> Iterator[Edit]:
    """You put z into the formula of the slope{}, although a(1 − a) and 1 − a² need a = f(z)."""
    yield from _at_layers(
        bench, _by_kind(sigmoid=lambda z, a: z * (1 - z), tanh=lambda z, a: 1 - z * z)
    )


@slip("slope-of-another")
def take_slope_of_another(bench: Bench) -> Iterator[Edit]:
    """You take the slope of another activation{}: 1 − a² is that of tanh, a(1 − a) that of σ."""
    yield from _at_layers(
        bench, _by_kind(sigmoid=lambda z, a: 1 - a * a, tanh=lambda z, a: a * (1 - a))
    )
    yield from _at_layers(
        bench, _by_kind(sigmoid=lambda z, a: 1 - z * z, tanh=lambda z, a: z * (1 - z))
    )
    yield from _at_layers(
        bench, _by_kind(relu=lambda z, a: a * (1 - a), leaky_relu=lambda z, a: float(z > 0))
    )


@slip("squashed-twice")
def take_slope_of_slope(bench: Bench) -> Iterator[Edit]:
    """You put the slope itself into the formula of the slope again{}."""
    yield from _at_layers(
        bench,
        lambda base, child, slot, p, up: {"sigmoid": p * (1 - p), "tanh": 1 - p * p}.get(
            child.op.name, p
        ),
    )


@slip("f-prime-twice")
def repeat_slope(bench: Bench) -> Iterator[Edit]:
    """You multiply by the slope f′(z) twice{}."""
    yield from _at_layers(bench, lambda base, child, slot, partial, up: partial * partial)


@slip("relu-on-gradient")
def apply_relu_to_gradient(bench: Bench) -> Iterator[Edit]:
    """You apply ReLU to the gradient, although only the sign of z decides what passes."""
    relus = [node for node in bench.activations if node.op.family == "relu"]
    if relus and bench.is_gradient:
        yield change_local(relus, lambda base, child, slot, partial, up: float(up > 0))


# --- softmax and cross-entropy --------------------------------------------------------------------


def _probability(
    bench: Bench, z: Value, quotients: dict[Value, Value]
) -> Callable[[Base], float] | None:
    """Return what reads the probability that softmax or σ makes of z, None where there is none."""
    assert bench.sweep
    if z in quotients:
        return lambda base: base.data(quotients[z])
    for child, _ in bench.sweep.uses.get(z, []):
        if child.op.family == "sigmoid":
            return lambda base, p=child: base.data(p)  # type: ignore[misc]
        if child.op.family == "logsumexp":
            return lambda base, whole=child: math.exp(base.data(z) - base.data(whole))  # type: ignore[misc]
        for exp, _ in bench.sweep.uses.get(child, []):
            if exp.op.family == "exp":
                return lambda base, p=exp: base.data(p)  # type: ignore[misc]
    return None


def _quotients(bench: Bench) -> dict[Value, Value]:
    """Return exp(z) divided by something, for each z that stands in one on the sheet."""
    assert bench.sweep
    found = [n for n in (*bench.book.places, *bench.sweep.order) if n.op.family == "div"]
    exps = {quotient.parents[0]: quotient for quotient in found}
    return {exp.parents[0]: exps[exp] for exp in exps if exp.op.family == "exp"}


def probabilities(bench: Bench) -> dict[Value, Callable[[Base], float]]:
    """Return the numbers before softmax or σ, where a logarithm follows."""
    if not bench.sweep:
        return {}
    order = bench.sweep.order
    if not any(node.op.family in ("log", "logsumexp", "softplus") for node in order):
        return {}
    ahead, quotients = (
        (node for node in bench.segment if node not in bench.stops),
        _quotients(bench),
    )
    found = {node: _probability(bench, node, quotients) for node in ahead}
    return {node: read for node, read in found.items() if read}


@slip("one-hot")
def forget_target(bench: Bench) -> Iterator[Edit]:
    """You forget to subtract the target, although cross-entropy has the gradient p − target."""
    found = probabilities(bench)
    if found:
        yield change_gradient(found, lambda base, node, parts, right: found[node](base))


@slip("slope-after-cross-entropy")
def repeat_canceled_slope(bench: Bench) -> Iterator[Edit]:
    """You also multiply by p(1 − p), although the cross-entropy cancels this factor."""
    found = probabilities(bench)

    def change(base: Base, node: Value, parts: list[float], right: float) -> float:
        p = found[node](base)
        return right * p * (1 - p)

    if found:
        yield change_gradient([bench.node] if bench.node in found else found, change)


@slip("softmax-slope-alone")
def take_one_softmax_slope(bench: Bench) -> Iterator[Edit]:
    """You take p(1 − p) for the whole slope of softmax, although every p depends on every z."""
    found = probabilities(bench)

    def change(base: Base, node: Value, parts: list[float], right: float) -> float:
        p = found[node](base)
        return p * (1 - p)

    if found:
        yield change_gradient(found, change)
    outputs = _softmax_outputs(bench)

    def times_slope(base: Base, node: Value, parts: list[float], right: float) -> float:
        p = base.data(outputs[node])
        return bench.gradient_of(outputs[node], base) * p * (1 - p)

    if outputs:
        yield change_gradient(outputs, times_slope)


def _softmax_outputs(bench: Bench) -> dict[Value, Value]:
    """Return for numbers before softmax the ones that it makes of them."""
    found: dict[Value, Value] = {}
    for node in bench.segment if bench.sweep else ():
        for child, slot in () if node in bench.stops else bench.uses(node):
            follower = next((user for user, _ in bench.uses(child)), None)
            if follower is not None and slot == 0 and _is_softmax(child, follower):
                found[node] = follower
    return found


def _is_softmax(first: Value, second: Value) -> bool:
    """Whether two steps are exp(z − logsumexp), or exp(z) and a division."""
    if first.op.family == "sub":
        return first.parents[1].op.family == "logsumexp" and second.op.family == "exp"
    return (
        first.op.family == "exp"
        and second.op.family == "div"
        and second.parents[0] is first
        and second.parents[1].op.family in ("add", "sum")
    )


# --- in a value -----------------------------------------------------------------------------------


def _in_values(bench: Bench, change: Compute, nodes: list[Value]) -> Iterator[Edit]:
    if not bench.is_gradient:
        yield from one_by_one(nodes, lambda some, what: change_value(some, change, what))


@slip("activation-forgotten")
def forget_activation(bench: Bench) -> Iterator[Edit]:
    """You forget the activation{}."""
    yield from _in_values(bench, lambda base, n, x, right: x[0], bench.activations)


@slip("activation-twice")
def repeat_activation(bench: Bench) -> Iterator[Edit]:
    """You apply the activation twice{}."""
    yield from _in_values(
        bench,
        lambda base, n, x, right: float(n.op.forward(FLOATS, right)),
        [n for n in bench.activations if "relu" not in n.op.family],
    )


@slip("slope-for-value")
def take_slope_for_value(bench: Bench) -> Iterator[Edit]:
    """You take the slope f′(z) instead of f(z) itself{}."""
    yield from _in_values(
        bench,
        lambda base, n, x, right: float(n.op.partials(FLOATS, right, *x)[0]),
        bench.activations,
    )


_OTHERS = {
    "sigmoid": (math.tanh, lambda z: max(z, 0.0)),
    "tanh": (lambda z: 1 / (1 + math.exp(-z)), lambda z: max(z, 0.0)),
    "relu": (lambda z: 1 / (1 + math.exp(-z)), math.tanh),
}


@slip("another-activation")
def apply_another_activation(bench: Bench) -> Iterator[Edit]:
    """You apply another activation than the sheet says{}."""
    for k in (0, 1):
        yield from _in_values(
            bench,
            lambda base, n, x, right, k=k: _OTHERS[n.op.family][k](x[0]),  # type: ignore[misc]
            bench.nodes(*_OTHERS),
        )


@slip("exponent-sign")
def lose_exponent_sign(bench: Bench) -> Iterator[Edit]:
    """You exchange e^z and e^−z{}."""
    yield from _in_values(bench, lambda base, n, x, right: 1 / right, bench.nodes("exp"))
    yield from _in_values(bench, lambda base, n, x, right: 1 - right, bench.nodes("sigmoid"))


@slip("softmax-unnormalized")
def forget_normalization(bench: Bench) -> Iterator[Edit]:
    """You forget to divide by the sum of all exponentials{}."""

    def change(base: Base, node: Value, x: list[float], right: float) -> float:
        if node.op.family == "div":
            return x[0]
        inner = node.parents[0]
        if inner.op.family == "sub" and inner.parents[1].op.family == "logsumexp":
            return math.exp(base.data(inner.parents[0]))
        return right

    yield from _in_values(bench, change, bench.nodes("exp"))
    quotients = [n for n in bench.nodes("div") if n.parents[0].op.family == "exp"]
    if quotients and not bench.is_gradient:
        yield change_value(quotients, change, places(quotients))
