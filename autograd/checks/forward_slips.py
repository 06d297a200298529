"""Slips in a value or an update: each a generator of edits of the forward computation."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ..operation import FLOATS
from ..value import Value
from .counterfactual import ACTIVATIONS, Base, Bench, Edit

_MOST_PLACES = 24  # nodes at which a slip is tried one by one

Change = Callable[[Base, Value, list[float], float], float]


def _at(node: Value, change: Change, what: str = "") -> Edit:
    """Return the edit of what one node computes."""

    def compute(base: Base, here: Value, inputs: list[float], right: float) -> float:
        return change(base, here, inputs, right) if here is node else right

    return Edit(compute=compute, what=what)


def _nodes(bench: Bench, *ops: str) -> list[Value]:
    """Return the nodes of a segment with these operations, the nearest to the result first."""
    found = [n for n in reversed(bench.segment) if n.op.name.partition("(")[0] in ops and n.parents]
    return found[:_MOST_PLACES]


def _called(node: Value) -> str:
    return node.label or (f"{node.data:g}" if not node.parents else node.op.name)


def is_update(bench: Bench) -> bool:
    """Whether the number is a new value, w′, of something that is there already."""
    return bench.name.endswith("'") and bench.book.quantity(bench.name[:-1]) is not None


def _is_gradient(book_name: str) -> bool:
    return "/" in book_name


def gradients_in(bench: Bench) -> list[Value]:
    """Return the gradients that a formula uses."""
    found: dict[Value, None] = {}
    for node in bench.segment:
        for parent in node.parents:
            if _is_gradient(bench.book.places.get(parent, ("", ()))[0]):
                found[parent] = None
    return list(found)


def _holds_gradient(bench: Bench, node: Value) -> bool:
    """Whether a gradient is among what a node of the segment was computed from."""
    wanted, stack, seen = set(gradients_in(bench)), [node], set()
    while stack:
        top = stack.pop()
        if top in wanted:
            return True
        if top not in seen:
            seen.add(top)
            stack += [p for p in top.parents if p in bench.inner or p in wanted]
    return False


# --- updates --------------------------------------------------------------------------------------


def ascent(bench: Bench) -> Iterator[Edit]:
    """W + η·g for w − η·g."""
    for node in _nodes(bench, "sub", "add") if is_update(bench) else ():
        if _holds_gradient(bench, node.parents[1]):
            turn = 1 if node.op.name == "sub" else -1
            yield _at(node, lambda base, n, x, right, turn=turn: x[0] + turn * x[1])


def _rates(bench: Bench) -> Iterator[tuple[Value, int]]:
    """Yield every product of a rate and a gradient, and the slot of the rate."""
    for node in _nodes(bench, "mul", "div"):
        for slot, parent in enumerate(node.parents):
            other = node.parents[1 - slot]
            if not parent.parents and _holds_gradient(bench, other):
                yield node, slot


def rate_forgotten(bench: Bench) -> Iterator[Edit]:
    """W − g for w − η·g."""
    if is_update(bench):
        for node, slot in _rates(bench):
            yield _at(node, lambda base, n, x, right, s=slot: x[1 - s])


def rate_twice(bench: Bench) -> Iterator[Edit]:
    """W − η²·g for w − η·g."""
    if is_update(bench):
        for node, slot in _rates(bench):
            yield _at(
                node,
                lambda base, n, x, right, s=slot: (
                    right * x[s] if n.op.name == "mul" else right / x[s]
                ),
            )


def step_alone(bench: Bench) -> Iterator[Edit]:
    """η·g, without the w it is subtracted from."""
    old = bench.book.quantity(bench.name[:-1]) if is_update(bench) else None
    if old is not None and gradients_in(bench):
        w = old.at(bench.index).items[0]
        base = Base(bench.book, True)
        yield Edit(finish=lambda x: base.data(w) - x)
        yield Edit(finish=lambda x: x - base.data(w))


def _with_gradient(bench: Bench, change: Callable[[float, float], float]) -> Iterator[Edit]:
    """Yield the edit that puts something made of the step before's gradient in place of this."""
    book = bench.book
    swapped = {
        node: change(node.data, book.before[node.label])
        for node in gradients_in(bench)
        if node.label in book.before
    }
    if not swapped:
        return

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        if not any(parent in swapped for parent in node.parents):
            return right
        changed = [swapped.get(p, x) for p, x in zip(node.parents, inputs, strict=True)]
        return float(node.op.forward(FLOATS, *changed))

    yield Edit(compute=compute)


def stale_step(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before."""
    yield from _with_gradient(bench, lambda now, before: before)


def accumulated_step(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before added on."""
    yield from _with_gradient(bench, lambda now, before: now + before)


# --- momentum and Adam ----------------------------------------------------------------------------


def correction_forgotten(bench: Bench) -> Iterator[Edit]:
    """M instead of m/(1 − βᵗ)."""
    for node in _nodes(bench, "div"):
        if node.parents[1].op.name == "sub":
            yield _at(node, lambda base, n, x, right: x[0])


def _one_minus_power(bench: Bench) -> Iterator[Value]:
    """Yield the nodes βᵗ of 1 − βᵗ."""
    for node in _nodes(bench, "sub"):
        power = node.parents[1]
        if power.op.name.startswith("pow"):
            yield power


def correction_step(bench: Bench) -> Iterator[Edit]:
    """βᵗ with the t of another step."""
    for node in _one_minus_power(bench):
        if node in bench.inner:
            for shift in (-1, 1):
                beta = node.parents[0]
                yield _at(
                    node,
                    lambda base, n, x, right, b=beta, k=shift: right * base.data(b) ** k,
                )


def correction_power(bench: Bench) -> Iterator[Edit]:
    """1 − β instead of 1 − βᵗ."""
    for node in _one_minus_power(bench):
        if node in bench.inner:
            yield _at(node, lambda base, n, x, right: x[0])


def share_forgotten(bench: Bench) -> Iterator[Edit]:
    """G instead of (1 − β)·g in a running average."""
    for node in _nodes(bench, "mul"):
        for slot, parent in enumerate(node.parents):
            if parent.op.name == "sub" and not any(p.parents for p in parent.parents):
                yield _at(node, lambda base, n, x, right, s=slot: x[1 - s])


def shares_exchanged(bench: Bench) -> Iterator[Edit]:
    """(1 − β)·m + β·g instead of β·m + (1 − β)·g."""
    for node in _nodes(bench, "add"):
        a, b = node.parents
        if a.op.name == b.op.name == "mul" and a in bench.inner and b in bench.inner:

            def change(
                base: Base, n: Value, x: list[float], right: float, a: Value = a, b: Value = b
            ) -> float:
                (p, u), (q, v) = ([base.data(f) for f in side.parents] for side in (a, b))
                return q * u + p * v

            yield _at(node, change)


def velocity_forgotten(bench: Bench) -> Iterator[Edit]:
    """The gradient alone, without the velocity of the step before."""
    old = bench.name.rstrip("'")
    own = [g for g in gradients_in(bench) if g.label.partition("/d")[2].partition("[")[0] == old]
    if own or not gradients_in(bench):
        return  # an update of what is differentiated has no velocity of its own
    for node in _nodes(bench, "add", "sub"):
        if any(p.label.partition("[")[0] == old for q in node.parents for p in (q, *q.parents)):
            for slot in (0, 1):
                if _holds_gradient(bench, node.parents[slot]):
                    sign = -1 if slot and node.op.name == "sub" else 1
                    yield _at(node, lambda base, n, x, right, s=slot, g=sign: g * x[s])


def square_root_forgotten(bench: Bench) -> Iterator[Edit]:
    """The number under the root, without the root."""
    for node in _nodes(bench, "sqrt"):
        yield _at(node, lambda base, n, x, right: x[0])


# --- values ---------------------------------------------------------------------------------------


def activation_forgotten(bench: Bench) -> Iterator[Edit]:
    """Z instead of f(z)."""
    for node in _nodes(bench, *ACTIVATIONS):
        yield _at(node, lambda base, n, x, right: x[0], _called(node))


def activation_twice(bench: Bench) -> Iterator[Edit]:
    """F(f(z)) instead of f(z)."""
    for node in _nodes(bench, *(ACTIVATIONS - {"relu"})):
        yield _at(node, lambda base, n, x, right: float(n.op.forward(FLOATS, right)), _called(node))


def slope_for_value(bench: Bench) -> Iterator[Edit]:
    """f′(z) instead of f(z)."""
    for node in _nodes(bench, *ACTIVATIONS):
        yield _at(
            node,
            lambda base, n, x, right: float(n.op.partials(FLOATS, right, *x)[0]),
            _called(node),
        )


def bias_forgotten(bench: Bench) -> Iterator[Edit]:
    """W·x instead of w·x + b."""
    for node in _nodes(bench, "dot"):
        if len(node.parents) % 2:
            yield _at(node, lambda base, n, x, right: right - x[-1], _called(node.parents[-1]))


def term_forgotten(bench: Bench) -> Iterator[Edit]:
    """One term of a sum left out."""
    for node in _nodes(bench, "dot"):
        half = len(node.parents) // 2
        for k in range(half if 1 < half <= _MOST_PLACES else 0):
            yield _at(
                node,
                lambda base, n, x, right, k=k, h=half: right - x[k] * x[k + h],
                f"{_called(node.parents[k])}·{_called(node.parents[k + half])}",
            )
    for node in _nodes(bench, "add", "sum", "sub"):
        for k, parent in enumerate(node.parents[:_MOST_PLACES]):
            sign = -1 if k and node.op.name == "sub" else 1
            yield _at(
                node, lambda base, n, x, right, k=k, s=sign: right - s * x[k], _called(parent)
            )


def factor_forgotten(bench: Bench) -> Iterator[Edit]:
    """One factor of a product left out."""
    for node in _nodes(bench, "mul"):
        for slot, parent in enumerate(node.parents):
            yield _at(node, lambda base, n, x, right, s=slot: x[1 - s], _called(parent))
    for node in _nodes(bench, "dot"):
        half = len(node.parents) // 2
        for k in range(2 * half if half <= _MOST_PLACES else 0):
            other = (k + half) % (2 * half)
            yield _at(
                node,
                lambda base, n, x, right, k=k, o=other: right - x[k] * x[o] + x[o],
                _called(node.parents[k]),
            )


def transposed(bench: Bench) -> Iterator[Edit]:
    """W[j,i] for W[i,j]: Wᵀ x instead of W x."""
    cells = {place: node for node, place in bench.book.places.items()}
    mirrors: dict[Value, Value] = {}
    for node in _nodes(bench, "dot", "mul"):
        for parent in node.parents:
            name, index = bench.book.places.get(parent, ("", ()))
            mirror = cells.get((name, index[::-1])) if len(index) == 2 else None
            if mirror is not None and mirror is not parent:
                mirrors[parent] = mirror
    if mirrors:
        yield _swapped(mirrors, "")


def _swapped(others: dict[Value, Value], what: str) -> Edit:
    """Return the edit that reads other numbers in place of some."""

    def compute(base: Base, node: Value, inputs: list[float], right: float) -> float:
        if not any(parent in others for parent in node.parents):
            return right
        changed = [
            base.data(others[p]) if p in others else x
            for p, x in zip(node.parents, inputs, strict=True)
        ]
        return float(node.op.forward(FLOATS, *changed))

    return Edit(compute=compute, what=what)


def wrong_number(bench: Bench) -> Iterator[Edit]:
    """A neighbour's weight or input, or the value before its step."""
    leaves = [p for n in bench.segment for p in n.parents if p not in bench.inner and p.label]
    for leaf in list(dict.fromkeys(leaves))[:_MOST_PLACES]:
        name, index = bench.book.places.get(leaf, ("", ()))
        others = [
            node
            for node, (theirs, at) in bench.book.places.items()
            if theirs == name and len(at) == len(index) and at != index
        ]
        others += [other for other in leaves if other is not leaf]
        for other in list(dict.fromkeys(others))[:_MOST_PLACES]:
            yield _swapped({leaf: other}, f"{_called(other)} for {_called(leaf)}")


def half_lost(bench: Bench) -> Iterator[Edit]:
    """The ½ of ½(y − t)² left out."""
    for node in _nodes(bench, "half_squared_error"):
        yield _at(node, lambda base, n, x, right: 2 * right)


def half_twice(bench: Bench) -> Iterator[Edit]:
    """½ applied twice, or where there is none."""
    for node in _nodes(bench, "half_squared_error", "squared_error", "power", "square"):
        if node.op.name in ("power(2.0)", "half_squared_error", "squared_error", "square"):
            yield _at(node, lambda base, n, x, right: right / 2)


def square_forgotten(bench: Bench) -> Iterator[Edit]:
    """The number itself, or its double, for its square."""
    for node in _nodes(bench, "power", "square"):
        yield _at(node, lambda base, n, x, right: x[0])
        yield _at(node, lambda base, n, x, right: 2 * x[0])
    for node in _nodes(bench, "half_squared_error"):
        yield _at(node, lambda base, n, x, right: x[0] - x[1])
        yield _at(node, lambda base, n, x, right: (x[0] - x[1]) / 2)


def sign_turned(bench: Bench) -> Iterator[Edit]:
    """A minus sign too many or too few."""
    yield Edit(finish=lambda x: -x)
    for node in _nodes(bench, "sub"):
        yield _at(node, lambda base, n, x, right: x[0] + x[1])
        yield _at(node, lambda base, n, x, right: x[1] - x[0])
    for node in _nodes(bench, "add"):
        yield _at(node, lambda base, n, x, right: x[0] - x[1])
        yield _at(node, lambda base, n, x, right: x[1] - x[0])
    for node in _nodes(bench, "neg"):
        yield _at(node, lambda base, n, x, right: x[0])
    for node in _nodes(bench, "dot"):
        if len(node.parents) % 2:
            yield _at(node, lambda base, n, x, right: right - 2 * x[-1])


def mean_forgotten(bench: Bench) -> Iterator[Edit]:
    """The sum for the mean."""
    for node in _nodes(bench, "div"):
        if not node.parents[1].parents and node.parents[1].data == int(node.parents[1].data):
            m = node.parents[1]
            yield _at(node, lambda base, n, x, right: x[0], f"m = {_called(m)}")


def mean_twice(bench: Bench) -> Iterator[Edit]:
    """1/m applied twice."""
    for node in _nodes(bench, "div"):
        if not node.parents[1].parents:
            yield _at(
                node, lambda base, n, x, right: right / x[1], f"m = {_called(node.parents[1])}"
            )


def divisor_slips(bench: Bench) -> Iterator[Edit]:
    """A divisor forgotten, or the quotient upside down."""
    for node in _nodes(bench, "div"):
        top, bottom = node.parents
        if bottom.parents and bottom.op.name != "sub" and top.op.name != "exp":
            yield _at(node, lambda base, n, x, right: x[0], _called(bottom))
        yield _at(node, lambda base, n, x, right: x[1] / x[0], _called(bottom))


def log_ten(bench: Bench) -> Iterator[Edit]:
    """Log₁₀ for ln."""
    logs = set(_nodes(bench, "log"))
    if logs:
        yield Edit(compute=lambda base, n, x, right: math.log10(x[0]) if n in logs else right)


def degrees(bench: Bench) -> Iterator[Edit]:
    """The angle read as degrees by the calculator."""
    waves = set(_nodes(bench, "sin", "cos", "tan"))
    if waves:
        yield Edit(
            compute=lambda base, n, x, right: (
                float(n.op.forward(FLOATS, math.radians(x[0]))) if n in waves else right
            )
        )


def softmax_unnormalized(bench: Bench) -> Iterator[Edit]:
    """Exp(z) without the division by the sum."""
    for node in _nodes(bench, "exp"):
        inner = node.parents[0]
        if inner.op.name == "sub" and inner.parents[1].op.name == "logsumexp":
            yield _at(node, lambda base, n, x, right: math.exp(base.data(n.parents[0].parents[0])))
    for node in _nodes(bench, "div"):
        if node.parents[0].op.name == "exp":
            yield _at(node, lambda base, n, x, right: x[0])
