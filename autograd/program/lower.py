"""From the schedule to instructions: each row's one formula, over symbols, as NumPy calls.

The derivatives are the rows' own partials, run over symbols like everything else; the one thing
added here is the matrix form of dot: Z = Wᵀ X + b has ∂W = X ∂Zᵀ, ∂X = W ∂Z and ∂b = Σ ∂Z over the
batch. W stands with one row per input: measured, BLAS multiplies so at least as fast, and in
float32 the gradient of a wide layer takes half the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ..engine.formula import Expr, number
from ..engine.ops import LEAF
from .emitter import SHARED, Emitter
from .instructions import Instruction, Operand, Rows
from .rows import CallFormulas, Slots, runs
from .schedule import Call, Place, Schedule, block, split

_MOST_RUNS = 2  # of consecutive rows copied one by one; beyond, rows are gathered by index
_ADJOINT = {"V": "G", "X": "GX", "F": "GF"}


@dataclass(frozen=True, slots=True)
class Divisor:
    """A local derivative 1/d, by which the upstream is divided: one call instead of two."""

    operand: Operand


Local = Operand | Divisor


@dataclass
class Code:
    """The instructions of a program, and how many rows each of its arrays needs.

    `prepare` is run once for all examples, `forward` and `backward` per chunk of the batch,
    `finish` once: it carries the gradients from what all examples share back to the parameters.
    """

    prepare: list[Instruction] = field(default_factory=list)
    forward: list[Instruction] = field(default_factory=list)
    backward: list[Instruction] = field(default_factory=list)
    finish: list[Instruction] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    notes: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))

    def note(self, name: str, text: str) -> list[Instruction]:
        """Say what the next instruction of a list begins, and return the list."""
        instructions: list[Instruction] = getattr(self, name)
        self.notes[name][len(instructions)] = text
        return instructions


def lower(plan: Schedule, wanted: frozenset[int]) -> Code:
    """Return the instructions of a schedule; `wanted` are the terms whose gradients are asked."""
    return _Lowering(plan, wanted).run()


class _Lowering:
    """Lowers the calls one by one, forward and then back."""

    def __init__(self, plan: Schedule, wanted: frozenset[int]) -> None:
        self.plan = plan
        self.wanted = wanted
        self.code = Code(rows={**plan.rows, "K": 0, "D": 0, "E": 0})
        self.formulas: dict[int, CallFormulas] = {}
        self.kept: dict[tuple[int, object], Rows] = {}  # what backward needs again, by call
        self.touched: set[Place] = set()  # numbers whose adjoint row holds something already
        self.same: dict[Place, Rows] = {}  # of these, numbers whose adjoint is still another's row
        self.pending: dict[Place, list[tuple[Rows, Local]]] = defaultdict(list)
        self.needs = [False] * len(plan.terms)
        for index, term in enumerate(plan.terms):
            self.needs[index] = index in wanted or any(self.needs[p] for p in term.parents)

    def run(self) -> Code:
        """Return the code of both sweeps."""
        names = [_name(self.plan, call) for call in self.plan.calls]
        for k, call in enumerate(self.plan.calls):
            section = "forward" if call.varies else "prepare"
            emit = self._emitter(self.code.note(section, names[k]))
            (self._forward_product if call.is_product else self._forward_rows)(k, call, emit)
            emit.close()
        self.touched.add(self.plan.places[len(self.plan.terms) - 1])  # seeded by the program
        for k, call in reversed(list(enumerate(self.plan.calls))):
            section = "backward" if call.varies else "finish"
            emit = self._emitter(self.code.note(section, names[k]))
            if any(self.needs[member] for member in call.members) and self._complete(call, emit):
                (self._backward_product if call.is_product else self._backward_rows)(k, call, emit)
                emit.close()
        self._fill_leaves()
        return self.code

    # --- rows -------------------------------------------------------------------------------------

    def _emitter(self, instructions: list[Instruction]) -> Emitter:
        return Emitter(instructions, self.code.rows)

    def _outputs(self, call: Call, *, adjoint: bool = False) -> Rows:
        (first, length), *_ = runs([self.plan.places[member] for member in call.members])
        array = _ADJOINT[first.array] if adjoint else first.array
        return Rows(array, first.row, first.row + length)

    def _keep(self, array: str, count: int) -> Rows:
        """Return rows of their own, which keep their content until the next forward pass."""
        start = self.code.rows[array]
        self.code.rows[array] += count
        return Rows(array, start, start + count)

    def _gathered(self, places: Sequence[Place], emit: Emitter, *, keep: bool = False) -> Rows:
        """Return rows that hold the numbers at these places: a slice where they are in line."""
        found = runs(places)
        if len(found) == 1:
            first, length = found[0]
            return Rows(first.array, first.row, first.row + length)
        if all(place.array == "F" for place in places):  # shared by all examples: gathered once
            if (key := (-1, tuple(places))) not in self.kept:
                self.kept[key] = self._keep("K", len(places))
                _gather(found, places, self._emitter(self.code.prepare), self.kept[key])
            return self.kept[key]
        out = self._keep("D", len(places)) if keep else emit.temporary(len(places), shared=False)
        _gather(found, places, emit, out)
        return out

    # --- forward ----------------------------------------------------------------------------------

    def _forward_rows(self, k: int, call: Call, emit: Emitter) -> None:
        formulas = self.formulas[k] = CallFormulas(call, self.plan.operands(call))
        known: dict[Expr, Rows] = {}

        def lookup(expr: Expr) -> Rows:
            if expr.args[0] == "y":
                return self._outputs(call)
            if expr not in known:
                known[expr] = self._gathered(formulas.places_of(expr), emit)
            return known[expr]

        emit.formula(formulas.forward, lookup, known, into=self._outputs(call))
        for slots, partial in formulas.partials:
            if not partial.atomic and partial.head != "stack" and formulas.shares_work(partial):
                count = len(call.members) if len(slots) == 1 else len(slots)
                kept = self._keep("D" if call.varies else "E", count)
                emit.formula(partial, lookup, known, into=kept)
                self.kept[k, slots] = kept

    def _forward_product(self, k: int, call: Call, emit: Emitter) -> None:
        weights, xs, biases = self._product_places(call)
        x = self._gathered(xs, emit, keep=True)
        self.kept[k, "x"] = x
        turned = self._block(weights, call, emit).turned()
        out = emit.do("matmul", turned, x, out=self._outputs(call))
        if biases:
            emit.do("add", out, self._gathered(biases, emit), out=out)

    def _product_places(self, call: Call) -> tuple[list[Place], list[Place], list[Place]]:
        """Return the places of W, input by input, of the inputs, and of the biases, if any."""
        parts = [split(self.plan.terms[member]) for member in call.members]
        places = self.plan.places
        weights = [places[w] for w in block(parts)]
        return weights, [places[x] for x in parts[0][1]], [places[b] for *_, c in parts for b in c]

    def _block(self, weights: Sequence[Place], call: Call, emit: Emitter) -> Rows:
        rows = self._gathered(weights, emit)
        return Rows(rows.array, rows.start, rows.stop, len(call.members))

    # --- backward ---------------------------------------------------------------------------------

    def _complete(self, call: Call, emit: Emitter) -> bool:
        """Fill adjoint rows that nothing has reached with 0; False where nothing reached any."""
        places = [self.plan.places[member] for member in call.members]
        for place in places:
            for upstream, local in self.pending.pop(place, ()):
                self._deliver([place], upstream, local, emit)
        if not any(place in self.touched for place in places):
            return False
        if len(places) > 1:
            self._fill(places, emit)
        return True

    def _upstream(self, call: Call) -> Rows:
        """Return the rows that hold the adjoints of a call's results."""
        own = self._outputs(call, adjoint=True)
        return self.same.get(self.plan.places[call.members[0]], own) if len(own) == 1 else own

    def _fill(self, places: Sequence[Place], emit: Emitter) -> None:
        for place in places:
            if place in self.same:
                emit.do("copy", self.same.pop(place), out=_adjoint(place, 1))
        missing = [place for place in places if place not in self.touched]
        for first, length in runs(sorted(set(missing))):
            emit.do("copy", 0.0, out=_adjoint(first, length))
        self.touched.update(missing)

    def _fill_leaves(self) -> None:
        """Write 0 to the gradients of the inputs and the parameters that nothing reached."""
        rows, places = self.code.rows["X"], self.plan.places
        if all(places[k].array == "X" for k in self.wanted):
            every = [Place("X", row) for row in range(rows)]
            self._fill(every, self._emitter(self.code.backward))
        leaves = [places[k] for k, term in enumerate(self.plan.terms) if term.op is LEAF]
        self._fill([p for p in leaves if p.array == "F"], self._emitter(self.code.finish))

    def _backward_rows(self, k: int, call: Call, emit: Emitter) -> None:
        formulas, upstream = self.formulas[k], self._upstream(call)
        known: dict[Expr, Rows] = {}

        def lookup(expr: Expr) -> Rows:
            if expr.args[0] == "y":
                return self._outputs(call)
            if expr not in known:
                known[expr] = self._gathered(formulas.places_of(expr), emit)
            return known[expr]

        for slots, partial in formulas.partials:
            if self._is_needed(call, slots):
                kept = self.kept.get((k, slots))
                local: Local
                if kept:
                    local = kept
                elif partial.head == "div" and partial.args[0] == number(1.0):
                    local = Divisor(emit.formula(partial.args[1], lookup, known))
                else:
                    local = emit.formula(partial, lookup, known)
                if partial.atomic and self._may_wait(call, slots):
                    self.pending[formulas.places(slots)[0]].append((upstream, local))
                    continue
                self._deliver(formulas.places(slots), upstream, local, emit)

    def _may_wait(self, call: Call, slots: Slots) -> bool:
        """Whether a gradient is passed on only when its turn comes to be passed on further.

        A sum of many, or of many products, would fill a row for each long before it is read.
        """
        terms = self.plan.terms
        target = terms[terms[call.members[0]].parents[slots[0]]]
        alone = call.op.arity is None and len(call.members) == len(slots) == 1
        return alone and target.varies and bool(target.parents)

    def _is_needed(self, call: Call, slots: Slots) -> bool:
        terms = self.plan.terms
        return any(self.needs[terms[m].parents[slot]] for m in call.members for slot in slots)

    def _backward_product(self, k: int, call: Call, emit: Emitter) -> None:
        weights, xs, biases = self._product_places(call)
        upstream = self._upstream(call)
        parts = [split(self.plan.terms[member]) for member in call.members]
        if any(self.needs[w] for row, _, _ in parts for w in row):
            factors = self.kept[k, "x"], upstream.turned()
            self._matrix(factors, weights, len(call.members), emit)
        if any(self.needs[x] for x in parts[0][1]):
            self._matrix((self._block(weights, call, emit), upstream), xs, 0, emit)
        if any(self.needs[b] for *_, c in parts for b in c):
            self._deliver(biases, upstream, 1.0, emit)

    def _matrix(
        self,
        factors: tuple[Rows, Rows],
        places: Sequence[Place],
        columns: int,
        emit: Emitter,
    ) -> None:
        """Add a matrix product to the adjoints at these places: of so many columns, or a batch."""
        found = runs(places)
        first, length = found[0]
        if len(found) == 1 and self.touched.isdisjoint(places):
            out = _adjoint(first, length)
            emit.do("matmul", *factors, out=Rows(out.array, out.start, out.stop, columns))
            self.touched.update(places)
            return
        out = emit.temporary(len(places), shared=columns > 0)
        emit.do("matmul", *factors, out=Rows(out.array, out.start, out.stop, columns))
        self._spread(places, out, emit)

    def _deliver(
        self, places: Sequence[Place], upstream: Rows, local: Local, emit: Emitter
    ) -> None:
        """Add upstream × local derivative to the adjoints at these places."""
        found = runs(places)
        if len(found) > 1 and not all(place.array == found[0][0].array for place in places):
            part = 0
            for first, length in found:
                local_part, up_part = _part(local, part, length), _part(upstream, part, length)
                same = [Place(first.array, first.row + i) for i in range(length)]
                self._deliver(same, up_part, local_part, emit)
                part += length
            return
        summed = found[0][0].array == "F" and upstream.array not in SHARED
        if len(found) > 1:
            out = emit.temporary(len(places), shared=summed or upstream.array in SHARED)
            self._contribution(upstream, local, summed, out, emit)
            self._spread(places, out, emit)
            return
        target = _adjoint(*found[0])
        if self.touched.isdisjoint(places):
            if local == 1.0 and target.array == upstream.array and len(places) == 1:
                self.same[places[0]] = upstream  # complete by now, so it may be read in its place
                self.touched.add(places[0])
                return
            self._contribution(upstream, local, summed, target, emit)
            self.touched.update(places)
            return
        before = self.same.pop(places[0], None) if len(places) == 1 else None
        if before is None:
            self._fill(places, emit)
            before = target
        if local in (1.0, -1.0) and not summed:
            emit.do("add" if local == 1.0 else "subtract", before, upstream, out=target)
        else:
            out = emit.temporary(len(target), shared=target.array in SHARED)
            self._contribution(upstream, local, summed, out, emit)
            emit.do("add", before, out, out=target)

    def _contribution(
        self, upstream: Rows, local: Local, summed: bool, out: Rows, emit: Emitter
    ) -> None:
        """Write upstream × local derivative, summed over the batch if its target is shared."""
        if summed and isinstance(local, Divisor):
            quotient = emit.temporary(max(len(upstream), len(out)), shared=upstream.array in SHARED)
            emit.pass_back("divide", upstream, local.operand, out=quotient)
            upstream, local = quotient, 1.0
        if summed:
            if isinstance(local, Rows) and local.array not in SHARED:
                emit.pass_back("dot_rows", upstream, local, out=out)
                return
            if local == 1.0 and len(upstream) == len(out):
                emit.do("sum_rows", upstream, out=out)
                return
            upstream = emit.compute_shared("sum_rows", upstream)
        if local == 1.0:
            emit.do("copy", upstream, out=out)
        elif local == -1.0:
            emit.do("negative", upstream, out=out)
        elif isinstance(local, Divisor):
            emit.pass_back("divide", upstream, local.operand, out=out)
        else:
            emit.pass_back("multiply", upstream, local, out=out)

    def _spread(self, places: Sequence[Place], contribution: Rows, emit: Emitter) -> None:
        """Add rows of contributions to adjoints that do not stand side by side."""
        if len({place.array for place in places}) > 1:
            start = contribution.start
            for _, stretch in groupby(places, key=lambda place: place.array):
                same = list(stretch)
                stop = start + len(same)
                self._spread(same, Rows(contribution.array, start, stop), emit)
                start = stop
            return
        found = runs(places)
        if len(found) > _MOST_RUNS:
            self._fill(places, emit)
            array = _ADJOINT[places[0].array]
            whole = Rows(array, 0, self.code.rows[places[0].array])
            emit.do("scatter_add", contribution, tuple(p.row for p in places), out=whole)
            return
        start = contribution.start
        for first, length in found:
            part = Rows(contribution.array, start, start + length)
            same = [Place(first.array, first.row + i) for i in range(length)]
            target = _adjoint(first, length)
            if self.touched.isdisjoint(same):
                emit.do("copy", part, out=target)
                self.touched.update(same)
            else:
                self._fill(same, emit)
                emit.do("add", target, part, out=target)
            start += length


def _name(plan: Schedule, call: Call) -> str:
    """Say what a call computes: the operation and its numbers' places in the graph."""
    nodes = [plan.terms[member].node for member in call.members]
    kind = "matrix product" if call.is_product else call.op.name
    return f"{kind} of node {nodes[0]}" + (f" … {nodes[-1]}" if len(nodes) > 1 else "")


def _adjoint(place: Place, length: int) -> Rows:
    return Rows(_ADJOINT[place.array], place.row, place.row + length)


def _part(rows: Local, start: int, length: int) -> Any:
    """Return so many of the rows; a number, or one row for all, as it is."""
    if isinstance(rows, Divisor):
        return Divisor(_part(rows.operand, start, length))
    if not isinstance(rows, Rows) or len(rows) == 1:
        return rows
    return Rows(rows.array, rows.start + start, rows.start + start + length)


def _gather(
    found: Sequence[tuple[Place, int]], places: Sequence[Place], emit: Emitter, out: Rows
) -> None:
    """Copy the numbers at these places into rows that stand side by side."""
    one_array = len({place.array for place in places}) == 1
    if one_array and len(found) > _MOST_RUNS:
        whole = Rows(places[0].array, 0, max(place.row for place in places) + 1)
        emit.do("take", whole, tuple(place.row for place in places), out=out)
        return
    start = out.start
    for first, length in found:
        source = Rows(first.array, first.row, first.row + length)
        emit.do("copy", source, out=Rows(out.array, start, start + length))
        start += length
