"""Slips in a gradient: each a generator of edits of the backward sweep over the recorded graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from ..operation import FLOATS
from ..value import Value
from .counterfactual import Base, Bench, Edit, LocalEdit, activations

_MOST_PLACES = 8  # where a slip is tried one by one, not only everywhere at once
_ERRORS = frozenset({"half_squared_error", "squared_error", "sub"})


def _on(nodes: set[Value], change: LocalEdit, what: str = "") -> Edit:
    """Return the edit that changes the local derivatives of these nodes only."""

    def local(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        return change(base, child, slot, partial, upstream) if child in nodes else partial

    return Edit(local=local, what=what)


def _activation_edits(bench: Bench, change: LocalEdit) -> Iterator[Edit]:
    """Yield the edit at all activations, then for each layer of them, then for each alone."""
    found = list(activations(bench))
    if not found:
        return
    layers: dict[str, set[Value]] = {}
    for node in found:
        layers.setdefault(bench.book.places.get(node, ("", ()))[0], set()).add(node)
    yield _on(set(found), change, _where(bench, found))
    if 1 < len(layers) <= _MOST_PLACES:
        for members in layers.values():
            yield _on(members, change, _where(bench, list(members)))
    if len(layers) < len(found) <= _MOST_PLACES:
        for node in found:
            yield _on({node}, change, _where(bench, [node]))


def _where(bench: Bench, nodes: list[Value]) -> str:
    names = sorted({node.label for node in nodes if node.label})
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def sign(bench: Bench) -> Iterator[Edit]:
    """(t − y) for (y − t)."""
    if any(node.op.name in _ERRORS for node in bench.segment):
        yield Edit(finish=lambda g: -g)


def minus_lost(bench: Bench) -> Iterator[Edit]:
    """A minus sign too many or too few, where no error (y − t) explains it."""
    if not list(sign(bench)):
        yield Edit(finish=lambda g: -g)


def f_prime_forgotten(bench: Bench) -> Iterator[Edit]:
    """f′ taken as 1."""
    yield from _activation_edits(bench, lambda base, child, slot, partial, upstream: 1.0)


def dead_passed(bench: Bench) -> Iterator[Edit]:
    """ReLU′ taken as 1 where z is not above 0."""
    dead = {n for n in activations(bench) if n.op.name == "relu" and n.partials == (0.0,)}
    if dead:
        yield _on(dead, lambda *_: 1.0, _where(bench, list(dead)))


def relu_on_gradient(bench: Bench) -> Iterator[Edit]:
    """ReLU applied to the gradient, max(0, δ), instead of ReLU′(z)·δ."""
    relus = {node for node in activations(bench) if node.op.name == "relu"}
    if relus:
        yield _on(relus, lambda base, child, slot, partial, up: float(up > 0), "")


def f_for_f_prime(bench: Bench) -> Iterator[Edit]:
    """F(z) multiplied where f′(z) belongs."""
    yield from _activation_edits(bench, lambda base, child, *_: base.data(child))


def slope_at_output(bench: Bench) -> Iterator[Edit]:
    """f′(a) instead of f′(z): the sigmoid is applied to what is squashed already."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        a = base.data(child)
        again = child.op.forward(FLOATS, a)
        return float(child.op.partials(FLOATS, again, a)[0])

    yield from _activation_edits(bench, change)


def slope_formula_at_input(bench: Bench) -> Iterator[Edit]:
    """z(1 − z), or 1 − z²: the formula for the output, with the input put into it."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        z = base.data(child.parents[0])
        shapes = {"sigmoid": z * (1 - z), "tanh": 1 - z * z}
        return shapes.get(child.op.name, partial)

    yield from _activation_edits(bench, change)


def squashed_twice(bench: Bench) -> Iterator[Edit]:
    """a(1 − a) taken for a squashed value, and the slope taken of it once more: s(1 − s)."""

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        again = {"sigmoid": partial * (1 - partial), "tanh": 1 - partial * partial}
        return again.get(child.op.name, partial)

    yield from _activation_edits(bench, change)


def f_prime_twice(bench: Bench) -> Iterator[Edit]:
    """f′ multiplied twice."""
    yield from _activation_edits(bench, lambda base, child, slot, partial, up: partial * partial)


def _softmax_of(bench: Bench, z: Value) -> Value | None:
    """Return the softmax output pᵢ that belongs to the input zᵢ, if there is one."""
    assert bench.sweep
    for child, _ in bench.sweep.uses.get(z, []):
        places = [child] if child.op.name == "exp" else []
        if child.op.name == "sub" and child.parents[1].op.name == "logsumexp":
            places = [user for user, _ in bench.sweep.uses[child] if user.op.name == "exp"]
        for exp in places:
            if child is not exp:
                return exp
            for quotient, slot in bench.sweep.uses[exp]:
                if quotient.op.name == "div" and slot == 0:
                    return quotient
    return None


def one_hot_forgotten(bench: Bench) -> Iterator[Edit]:
    """P instead of p − y."""
    if not bench.sweep:
        return
    probabilities: dict[Value, Value] = {}
    for node in bench.segment:
        p = _softmax_of(bench, node) or _log_softmax(bench, node)
        if p is not None and node not in bench.stops:
            probabilities[node] = p
    if probabilities:
        yield Edit(seed=lambda base, n: _probability(base, probabilities, n))


def _log_softmax(bench: Bench, z: Value) -> Value | None:
    """Return the logsumexp that z goes into directly."""
    assert bench.sweep
    for child, _ in bench.sweep.uses.get(z, []):
        if child.op.name == "logsumexp":
            return child
    return None


def _probability(base: Base, found: dict[Value, Value], node: Value) -> float | None:
    if node not in found:
        return None
    p = found[node]
    if p.op.name == "logsumexp":
        return math.exp(base.data(node) - base.data(p))
    return base.data(p)


def slope_after_cross_entropy(bench: Bench) -> Iterator[Edit]:
    """(p − y)·p(1 − p): the slope that cross-entropy had cancelled, multiplied again."""
    assert bench.sweep
    if not any(node.op.name in ("log", "logsumexp") for node in bench.sweep.order):
        return
    squashed: dict[Value, Value] = {}
    for node in bench.segment:
        p = _softmax_of(bench, node) or _sigmoid_of(bench, node)
        if p is not None and (p in bench.inner or p in bench.sweep.exact):
            squashed[node] = p
    if not squashed:
        return
    if bench.node in squashed:
        p = squashed[bench.node]
        yield Edit(finish=lambda g: g * _bell(Base(bench.book, True).data(p)))
        return

    def gather(node: Value, parts: list[float]) -> float:
        total = math.fsum(parts)
        if node not in squashed:
            return total
        return total * _bell(Base(bench.book, True).data(squashed[node]))

    yield Edit(gather=gather)


def _bell(p: float) -> float:
    return p * (1 - p)


def _sigmoid_of(bench: Bench, z: Value) -> Value | None:
    assert bench.sweep
    users = bench.sweep.uses.get(z, [])
    return next((child for child, _ in users if child.op.name == "sigmoid"), None)


# --- paths ----------------------------------------------------------------------------------------


def _shared(bench: Bench) -> list[Value]:
    """Return the nodes of a segment that several uses lead on from, the asked one first."""
    assert bench.sweep
    found = [
        node
        for node in bench.segment
        if node not in bench.stops and len(_uses_inside(bench, node)) > 1
    ]
    return found[:_MOST_PLACES]


def _uses_inside(bench: Bench, node: Value) -> list[tuple[Value, int]]:
    assert bench.sweep
    return [use for use in bench.sweep.uses.get(node, []) if use[0] in bench.inner]


def _gather_at(nodes: set[Value], gather: Callable[[list[float]], float], what: str) -> Edit:
    return Edit(
        gather=lambda node, parts: gather(parts) if node in nodes else math.fsum(parts),
        what=what,
    )


def one_path(bench: Bench) -> Iterator[Edit]:
    """One path only; the others are left out."""
    for node in _shared(bench):
        uses = _uses_inside(bench, node)
        for k, (child, _) in enumerate(uses[:_MOST_PLACES]):
            if k:
                yield _gather_at({node}, lambda parts, k=k: parts[k], f"through {_called(child)}")
    shared = set(_shared(bench))
    if len(shared) > 1:
        yield _gather_at(shared, lambda parts: parts[-1], "")


def _called(node: Value) -> str:
    return node.label or node.op.name


def overwritten(bench: Bench) -> Iterator[Edit]:
    """The last path written over the ones before, = for +=."""
    shared = _shared(bench)
    for node in shared:
        yield _gather_at({node}, lambda parts: parts[0], _called(node))
    if len(shared) > 1:
        yield _gather_at(set(shared), lambda parts: parts[0], "")


def paths_multiplied(bench: Bench) -> Iterator[Edit]:
    """Paths multiplied, not added."""
    for node in _shared(bench):
        yield _gather_at({node}, math.prod, _called(node))


def last_path_dropped(bench: Bench) -> Iterator[Edit]:
    """All paths but one."""
    for node in _shared(bench):
        count = len(_uses_inside(bench, node))
        for k in range(count if 2 < count <= _MOST_PLACES else 0):
            yield _gather_at({node}, lambda parts, k=k: math.fsum(parts) - parts[k], _called(node))


# --- weights and inputs ---------------------------------------------------------------------------


def _other_factor(child: Value, slot: int) -> Value | None:
    """Return what the parent in this slot is multiplied by: w for x, x for w."""
    if child.op.name == "mul":
        return child.parents[1 - slot]
    half = len(child.parents) // 2
    if child.op.name == "dot" and slot < 2 * half:
        return child.parents[(slot + half) % (2 * half)]
    return None


def _factors(bench: Bench) -> Iterator[tuple[Value, int, Value]]:
    """Yield child, slot and other factor for every product on the way to the output."""
    assert bench.sweep
    for node in bench.segment:
        if node in bench.stops and node is not bench.node:
            continue
        for child, slot in _uses_inside(bench, node):
            other = _other_factor(child, slot)
            if other is not None:
                yield child, slot, other


def _at_edge(edge: tuple[Value, int], partial: Callable[[Base], float], what: str = "") -> Edit:
    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        return partial(base) if (child, slot) == edge else right

    return Edit(local=local, what=what)


def input_dropped(bench: Bench) -> Iterator[Edit]:
    """∂z/∂w taken as 1, not x."""
    edges = [(child, slot) for child, slot in bench.uses if _other_factor(child, slot) is not None]
    if bench.node.parents or not edges:
        return

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        return 1.0 if (child, slot) in edges else right

    other = _other_factor(*edges[0])
    yield Edit(local=local, what=_called(other) if other is not None else "")


def weight_dropped(bench: Bench) -> Iterator[Edit]:
    """∂z/∂a taken as 1, not w."""
    edges = [(c, s, other) for c, s, other in _factors(bench) if bench.node.parents or c not in {
        use for use, _ in bench.uses
    }]  # fmt: skip
    for child, slot, other in edges[:_MOST_PLACES]:
        yield _at_edge((child, slot), lambda base: 1.0, _called(other))
    if len(edges) > 1:
        wrong = {(child, slot) for child, slot, _ in edges}
        yield Edit(
            local=lambda base, child, slot, right, up: 1.0 if (child, slot) in wrong else right
        )


def transposed_weight(bench: Bench) -> Iterator[Edit]:
    """W[j,i] for W[i,j], everywhere: W instead of Wᵀ."""
    places = bench.book.places
    cells = {place: node for node, place in places.items()}
    swapped: dict[tuple[Value, int], Value] = {}
    for child, slot, other in _factors(bench):
        name, index = places.get(other, ("", ()))
        mirror = cells.get((name, index[::-1])) if len(index) == 2 else None
        if mirror is not None and mirror is not other:
            swapped[child, slot] = mirror
    if swapped:
        yield Edit(
            local=lambda base, child, slot, right, up: (
                base.data(swapped[child, slot]) if (child, slot) in swapped else right
            )
        )


def neighbours_weight(bench: Bench) -> Iterator[Edit]:
    """Another weight, or another input, of the same layer."""
    for child, slot, other in list(_factors(bench))[:_MOST_PLACES]:
        for candidate in _neighbours(bench, child, other)[: 2 * _MOST_PLACES]:
            yield _at_edge(
                (child, slot),
                lambda base, c=candidate: base.data(c),
                f"{_called(candidate)} for {_called(other)}",
            )


def _neighbours(bench: Bench, child: Value, other: Value) -> list[Value]:
    """Return what could be mistaken for a factor: numbers beside it in its sum, or of its name."""
    name, index = bench.book.places.get(other, ("", ()))
    same = [
        node
        for node, (theirs, at) in bench.book.places.items()
        if theirs == name and index and at != index and len(at) == len(index)
    ]
    summed = _summands(bench, child)
    beside = [
        candidate
        for term in summed
        for candidate in term.parents
        if not candidate.parents == () or not other.parents
    ]
    leaf = not other.parents
    kind = [c for c in beside if bool(not c.parents) == leaf and c is not other]
    return list(dict.fromkeys([*same, *kind]))


def _summands(bench: Bench, child: Value) -> list[Value]:
    """Return the products that stand in one sum with `child`."""
    assert bench.sweep
    if child.op.name == "dot":
        return [child]
    found, stack, seen = [], [child], {child}
    while stack and len(found) < _MOST_PLACES:
        node = stack.pop()
        if node.op.name == "mul":
            found.append(node)
        near = [user for user, _ in bench.sweep.uses.get(node, []) if user.op.name in _SUMS]
        near += [p for p in node.parents if node.op.name in _SUMS and p.op.name in (*_SUMS, "mul")]
        stack += [n for n in near if n not in seen]
        seen.update(near)
    return found


_SUMS = ("add", "sub", "sum")


def neighbours_gradient(bench: Bench) -> Iterator[Edit]:
    """The gradient of another number of the same kind, written in this one's place."""
    assert bench.sweep
    kind = _kind(bench, bench.node)
    for other in [n for n in bench.sweep.uses if n is not bench.node and _kind(bench, n) == kind]:
        if len(bench.sweep.uses) <= _MOST_NAMED:
            yield Edit(finish=lambda g, o=other: _gradient_of(bench, o), what=_called(other))


_MOST_NAMED = 200


def _kind(bench: Bench, node: Value) -> tuple[bool, str]:
    """Return whether a number is given, and its name without its number: W of W[1,2], w of w12."""
    name = bench.book.places.get(node, ("", ()))[0]
    return not node.parents, name.rstrip("0123456789'_") or f"node {id(node)}"


def _gradient_of(bench: Bench, node: Value) -> float:
    assert bench.sweep
    written = bench.sweep.written.get(node)
    return written.middle if written else bench.sweep.adjoint(node)


def bias_times_input(bench: Bench) -> Iterator[Edit]:
    """∂z/∂b taken as an input, not 1."""
    if bench.node.parents or len(bench.uses) > _MOST_PLACES:
        return
    biased = [(c, s) for c, s in bench.uses if _other_factor(c, s) is None]
    inputs: dict[Value, None] = {}
    for child, _ in biased:
        sums = [child] if child.op.name == "dot" else _summands(bench, child)
        for term in sums:
            half = len(term.parents) // 2
            factors = term.parents[: 2 * half] if term.op.name in ("dot", "mul") else ()
            inputs.update(dict.fromkeys(factors))
    for x in list(inputs)[: 2 * _MOST_PLACES]:
        yield Edit(
            local=lambda base, child, slot, right, up, x=x: (
                base.data(x) if (child, slot) in biased else right
            ),
            what=_called(x),
        )


def upstream_dropped(bench: Bench) -> Iterator[Edit]:
    """The local derivative alone, without the gradient that comes from behind."""
    direct = {child for child, _ in bench.uses}
    yield Edit(seed=lambda base, node: 1.0 if node in direct else None)
    bends = {c for n in direct if n in set(activations(bench)) for c, _ in bench.sweep.uses[n]}  # type: ignore[union-attr]
    if bends:
        yield Edit(seed=lambda base, node: 1.0 if node in bends else None)


def updated_weight(bench: Bench) -> Iterator[Edit]:
    """The weight after its step, where the one before it belongs."""
    swapped: dict[Value, Value] = {}
    for _, _, other in _factors(bench):
        name, index = bench.book.places.get(other, ("", ()))
        new = bench.book.renewed(name, index) if name else None
        if new is not None:
            swapped[other] = new

    def local(base: Base, child: Value, slot: int, right: float, upstream: float) -> float:
        other = _other_factor(child, slot)
        return base.data(swapped[other]) if other in swapped else right

    if swapped:
        yield Edit(local=local)


# --- constants ------------------------------------------------------------------------------------


def _counts(bench: Bench) -> list[float]:
    """Return the m of every division by a whole number on the way."""
    found: dict[float, None] = {}
    for node in bench.segment:
        if node.op.name == "div" and not node.parents[1].parents:
            m = node.parents[1].data
            if m == int(m) and m > 1 and node is not bench.node:
                found[m] = None
        if node.op.name == "mul" and node is not bench.node:
            for parent in node.parents:
                share = _share(parent)
                if share:
                    found[share] = None
    return list(found)


def _share(node: Value) -> float:
    """Return m where a node is the plain number 1/m with a whole m above 2."""
    if node.op.name == "div" and all(not p.parents for p in node.parents):
        top, bottom = (p.data for p in node.parents)
        return bottom if top == 1 and bottom == int(bottom) and bottom > 2 else 0.0
    if node.parents or node.label or not node.data:
        return 0.0
    m = 1 / node.data
    return round(m) if m > 2 and abs(m - round(m)) < 1e-9 else 0.0


def mean_forgotten(bench: Bench) -> Iterator[Edit]:
    """1/m left out."""
    for m in _counts(bench):
        yield Edit(finish=lambda g, m=m: g * m, what=f"m = {int(m)}")


def mean_twice(bench: Bench) -> Iterator[Edit]:
    """1/m applied twice."""
    for m in _counts(bench):
        yield Edit(finish=lambda g, m=m: g / m, what=f"m = {int(m)}")


def two_lost(bench: Bench) -> Iterator[Edit]:
    """A factor 2 left out, or a ½ too many."""
    if any(n.op.name in _SQUARES for n in bench.segment):
        yield Edit(finish=lambda g: g / 2)


def two_doubled(bench: Bench) -> Iterator[Edit]:
    """A factor 2 too many, or the ½ left out."""
    if any(n.op.name in _SQUARES for n in bench.segment):
        yield Edit(finish=lambda g: g * 2)


_SQUARES = frozenset({"power(2.0)", "square", "half_squared_error", "squared_error"})


def quotient_sign(bench: Bench) -> Iterator[Edit]:
    """+a/b² for −a/b²."""
    quotients = {n for n in bench.segment if n.op.name == "div"}
    yields = any(slot == 1 for n in bench.segment for c, slot in _uses_inside(bench, n)
                 if c in quotients)  # fmt: skip
    if yields:
        yield _on(quotients, lambda base, child, slot, partial, up: -partial if slot else partial)


def log_ten(bench: Bench) -> Iterator[Edit]:
    """The slope of log₁₀ for that of ln."""
    logs = {n for n in bench.segment if n.op.name == "log"}
    if logs:
        yield _on(logs, lambda base, child, slot, partial, up: partial / math.log(10))


def degrees(bench: Bench) -> Iterator[Edit]:
    """The angle read as degrees by the calculator."""
    waves = {n for n in bench.segment if n.op.name in ("sin", "cos", "tan")}

    def change(base: Base, child: Value, slot: int, partial: float, upstream: float) -> float:
        x = math.radians(base.data(child.parents[0]))
        return float(child.op.partials(FLOATS, child.op.forward(FLOATS, x), x)[0])

    if waves:
        yield _on(waves, change)


def stale(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before."""
    before = bench.book.before.get(_full_name(bench))
    if before is not None:
        yield Edit(finish=lambda g: before)


def accumulated(bench: Bench) -> Iterator[Edit]:
    """The gradient of the step before added on."""
    before = bench.book.before.get(_full_name(bench))
    if before is not None:
        yield Edit(finish=lambda g: g + before)


def _full_name(bench: Bench) -> str:
    return bench.name
