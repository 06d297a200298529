"""The forward half of a plan: the instructions that compute the values of a schedule's calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..engine.formula import Expr
from ..engine.note import new_tuple
from .call_work import CallWork, FormRecipes, work_of
from .calls import Call, Schedule, is_wide, split_dot, weights_of
from .contraction import Contraction, Places, find_contraction, find_sums
from .frame import CallFrame
from .instructions import TEMPORARY, Instruction, Location, Operand, Rows, rows_at
from .places import runs
from .plan import Comment, Fallback
from .stacking import Slots, Style, Y


class ForwardLowering:
    """Lowers the calls of a schedule one by one, and keeps what the backward half needs."""

    def __init__(
        self, schedule: Schedule, wanted: frozenset[int], *, style: Style = "quick"
    ) -> None:
        self.schedule = schedule
        self.style = style
        self.terms, self.places = schedule.terms, schedule.places
        self.wanted = wanted
        self.rows = {**schedule.rows, "gathered": 0, "slopes": 0, "shared_slopes": 0}
        self.sections: dict[str, list[Instruction]] = {
            "prepare": [],
            "forward": [],
            "backward": [],
            "finish": [],
        }
        self.described = [self.describe(call) for call in schedule.calls]
        self.comments: dict[str, dict[int, Comment]] = {name: {} for name in self.sections}
        self.fallbacks: dict[str, list[Fallback]] = {name: [] for name in self.sections}
        self.gathered: dict[tuple[Location, ...], Rows] = {}
        self.kept: dict[int, list[Rows]] = {}  # by call, what the backward half reads
        self.works: dict[int, CallWork] = {}
        self.contractions: dict[int, tuple[Contraction, Rows, Rows]] = {}
        self.sums: dict[int, Places] = {}
        self.operands = [[] if c.is_product else schedule.operands(c) for c in schedule.calls]
        self.needs = [index in wanted for index in range(len(self.terms))]
        for index, term in enumerate(self.terms):
            if not self.needs[index]:
                self.needs[index] = any(map(self.needs.__getitem__, term.parents))

    def describe(self, call: Call) -> Comment:
        """Return the comment that names a call."""
        kind = "matrix product" if call.is_product else call.op.name
        first, last = self.terms[call.members[0]].node, self.terms[call.members[-1]].node
        return new_tuple(Comment, (kind, first, last))  # type: ignore[no-any-return]

    def begin(self, name: str, k: int) -> CallFrame:
        """Return a frame that appends call k to a section, and add the comment of the call."""
        section = self.sections[name]
        self.comments[name][len(section)] = self.described[k]
        return CallFrame(section, self.rows, self.fallbacks[name])

    # --- forward ----------------------------------------------------------------------------------

    def lower_forward(self) -> None:
        """Append the instructions of `prepare` and `forward`."""
        for k, call in enumerate(self.schedule.calls):
            frame = self.begin("forward" if call.varies else "prepare", k)
            if call.is_product:
                self.compute_product(k, call, frame)
            elif not self.compute_sums(k, call, frame):
                self.compute_value(k, call, frame)

    def compute_value(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append instructions for a call's value, and for slopes that share work with it."""
        needed = self.needed_operands(call)
        work = work_of(call, self.operands[k], needed, style=self.style)
        rows = {Y: self.outputs(call)}
        for target, slots in work.kept:
            array = "slopes" if call.varies else "shared_slopes"
            rows[target] = self.keep(array, len(call.members) * len(slots))
        self.works[k], self.kept[k] = work, [rows[target] for target, _ in work.kept]
        self.follow(work.value, rows, k, frame)

    def compute_sums(self, k: int, call: Call, frame: CallFrame) -> bool:
        """Append instructions for a call that sums along an axis. Return False for other calls."""
        if len(call.members) == 1:
            return False
        operands = self.operands[k]
        contraction, summands = find_contraction(call, operands), find_sums(call, operands)
        if contraction is not None:
            a = self.gather(contraction.a, frame, keep=True)._replace(blocks=contraction.count_a)
            b = self.gather(contraction.b, frame, keep=True)
            b = b._replace(blocks=contraction.count_b or contraction.count_a)
            self.contractions[k] = contraction, a, b
            out = self.outputs(call)
            if contraction.count_b:
                out = out._replace(blocks=contraction.count_a)
            frame.do(contraction.equations[0], a, b, out=out)
        elif summands is not None:
            self.sums[k] = summands
            blocks = len(call.members)
            rows = self.gather(summands, frame)._replace(blocks=blocks)
            frame.do("sum_rows", rows, out=self.outputs(call)._replace(blocks=blocks))
        return contraction is not None or summands is not None

    def compute_product(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append Z = Wᵀ X + b."""
        weights, xs, biases = self.product_places(call)
        blocks = call.positions if call.positions > 1 else 0
        x = self.gather(xs, frame, keep=True)._replace(blocks=blocks)
        self.kept[k] = [x]
        w = self.matrix(weights, len(call.members) // call.positions, frame)
        out = self.outputs(call)._replace(blocks=blocks)
        frame.do("matmul", w.transpose(), x, out=out)
        if biases:
            frame.do("add", out, self.gather(biases, frame), out=out)

    def follow(
        self, work: FormRecipes, rows: dict[Expr, Rows], k: int, frame: CallFrame
    ) -> list[Operand]:
        """Append instructions that compute formulas, and return where their values are.

        `rows` has the rows of the symbols to write to. This method adds the rows of the operands.
        """
        operands = self.operands[k]
        for part, slots in work.operands:
            if part not in rows:
                places = operands[slots[0]] if len(slots) == 1 else self.places_of(k, slots)
                rows[part] = self.gather(places, frame)
        start, height = len(frame.instructions), len(self.schedule.calls[k].members)
        if work.stable is None and not work.is_limit:
            return frame.follow(work.steps, rows, height)
        used = dict(frame.used)
        found = frame.follow(work.steps, rows, height)
        stop = len(frame.instructions)
        if work.stable is not None:
            computed: list[Any] = [found[index] for index in work.computed]
            # The temporary rows of results are read later, so the fallback must use other rows.
            if any(out.array in TEMPORARY for out in computed):
                used = dict(frame.used)
            placed = rows | dict(zip(work.results, computed, strict=True))
            frame.add_fallback(Fallback(start, stop, work.stable, placed, used, height))
        else:
            frame.add_fallback(Fallback(start, stop, work.steps, rows, used, height, is_limit=True))
        return found

    def places_of(self, k: int, slots: Slots) -> list[Location]:
        """Return the places of a call's operands in these slots."""
        operands = self.operands[k]
        if len(slots) == 1:
            return operands[slots[0]]
        return [place for slot in slots for place in operands[slot]]

    def needed_operands(self, call: Call) -> tuple[bool, ...]:
        """Return for each operand of a call whether a wanted gradient depends on it."""
        parents = [self.terms[member].parents for member in call.members]
        if len(parents) == 1:
            return tuple(map(self.needs.__getitem__, parents[0]))
        return tuple(
            [any(map(self.needs.__getitem__, slot)) for slot in zip(*parents, strict=True)]
        )

    # --- rows -------------------------------------------------------------------------------------

    def outputs(self, call: Call) -> Rows:
        """Return the rows of a call's values."""
        return rows_at(self.places[call.members[0]], len(call.members))

    def keep(self, array: str, count: int) -> Rows:
        """Return rows that nothing else uses, so that they still hold their numbers in backward."""
        start = self.rows[array]
        self.rows[array] = start + count
        return Rows(array, start, start + count)

    def gather(self, places: Sequence[Location], frame: CallFrame, *, keep: bool = False) -> Rows:
        """Return rows that hold the numbers at these places, without a copy if they are adjacent.

        Numbers that all examples share are gathered once, before the examples are computed.
        """
        if len(places) == 1:
            return rows_at(places[0])
        (first, length), *others = runs(places)
        if not others:
            return rows_at(first, length)
        if all(place.array == "shared" for place in places):
            key = tuple(places)
            if key not in self.gathered:
                out = self.gathered[key] = self.keep("gathered", len(places))
                CallFrame(self.sections["prepare"], self.rows).gather(places, out)
            return self.gathered[key]
        count = len(places)
        return frame.gather(
            places, self.keep("slopes", count) if keep else frame.scratch(count, shared=False)
        )

    def matrix(self, weights: Sequence[Location], outputs: int, frame: CallFrame) -> Rows:
        """Return the weights of a matrix product as a matrix, one row per input."""
        found, inputs = self.gather(weights, frame), len(weights) // outputs
        if is_wide(outputs, inputs):
            return found._replace(columns=inputs, transposed=True)
        return found._replace(columns=outputs)

    def product_places(self, call: Call) -> tuple[list[Location], list[Location], list[Location]]:
        """Return the places of W, of the inputs, and of the biases, if any.

        The inputs are those of each position, one after the other.
        """
        places, count = self.places, len(call.members) // call.positions
        parts = [split_dot(self.terms[member]) for member in call.members[:count]]
        biases = [places[b] for *_, bias in parts for b in bias]
        inputs = [places[x] for k in call.members[::count] for x in split_dot(self.terms[k])[1]]
        return [places[w] for w in weights_of(parts)], inputs, biases
