"""The backward half of a plan: the instructions that compute adjoints, from the last call back.

The derivatives are the partials of the table of operations, evaluated with symbols. Only the
derivatives of matrix products and of the sums in `contraction` are written here. Those of a matrix
product Z = Wᵀ X + b are ∂W = X ∂Zᵀ, ∂X = W ∂Z, and ∂b = Σ ∂Z over the batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ..engine.note import new_tuple
from ..engine.ops import LEAF
from .calls import Call, Schedule, is_wide
from .contributions import ONE, Adjoints, Local
from .forward import ForwardLowering
from .frame import CallFrame
from .instructions import Location, Operand, Rows
from .stacking import Partial, Slots, Y


class BackwardLowering(ForwardLowering):
    """Lowers the calls of a schedule forward, and then backward."""

    def __init__(
        self, schedule: Schedule, wanted: frozenset[int], *, is_quick: bool = True
    ) -> None:
        super().__init__(schedule, wanted, is_quick=is_quick)
        self.adjoints = Adjoints(self.rows)
        self.waiting: dict[Location, list[tuple[Rows, Local]]] = defaultdict(list)

    def lower_backward(self, output: Location) -> None:
        """Append the instructions of `backward` and `finish`, from the last call to the first."""
        self.adjoints.touched.add(output)  # the engine sets its adjoint
        for k, call in reversed(list(enumerate(self.schedule.calls))):
            if not any(map(self.needs.__getitem__, call.members)):
                continue
            frame = self.begin("backward" if call.varies else "finish", call)
            if self.collect_adjoints(call, frame):
                if call.is_product:
                    self.pass_back_product(k, call, frame)
                elif k in self.contractions:
                    self.pass_back_contraction(k, call, frame)
                elif k in self.sums:
                    upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
                    operands = (upstream._replace(blocks=len(call.members)),)
                    blocks = len(call.members)
                    self.adjoints.add_result(self.sums[k], "copy", operands, frame, blocks=blocks)
                else:
                    self.pass_back(k, call, frame)
        self.fill_gradients()

    def collect_adjoints(self, call: Call, frame: CallFrame) -> bool:
        """Deliver the contributions that wait for this call.

        Return False if none of its adjoints received a contribution. Otherwise write 0 to the rows
        that received none.
        """
        places = [self.places[member] for member in call.members]
        for place in places:
            for upstream, local in self.waiting.pop(place, ()):
                self.adjoints.add([place], upstream, local, frame)
        if self.adjoints.touched.isdisjoint(places):
            return False
        if len(places) > 1:
            self.adjoints.give_own_rows(places, frame)
        return True

    def pass_back(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append instructions that add a call's contributions to the adjoints of its operands."""
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        wanted = [p for p in self.formulas[k].partials if self.is_needed(call, p.slots)]
        known = self.compute_partials(k, wanted, frame)
        for slots, function, form, _ in wanted:
            operand = known[slots]
            places = self.places_of(k, slots)
            if form.quick.atomic and function == "multiply" and self.may_wait(call, slots):
                self.waiting[places[0]].append((upstream, Local(function, operand)))
            else:
                used = dict(frame.used)
                local = new_tuple(Local, (function, operand))
                self.adjoints.add(places, upstream, local, frame)
                frame.used = used  # the temporary rows of one contribution serve the next one

    def compute_partials(
        self, k: int, wanted: Sequence[Partial], frame: CallFrame
    ) -> dict[Slots, Operand]:
        """Return the operand of each local derivative, and compute those that are not kept."""
        known: dict[Slots, Operand] = {}
        missing = []
        for partial in wanted:
            if partial.form.quick.head == "number":
                known[partial.slots] = float(partial.form.quick.args[0])
            elif (k, partial.slots) in self.kept:
                known[partial.slots] = self.kept[k, partial.slots]
            else:
                missing.append(partial)
        if missing:
            rows = {Y: self.outputs(self.schedule.calls[k])}
            forms = [partial.form for partial in missing]
            found = self.follow(forms, [None] * len(missing), rows, k, frame)
            known |= zip([partial.slots for partial in missing], found, strict=True)
        return known

    def may_wait(self, call: Call, slots: Slots) -> bool:
        """Whether a contribution may wait until the backward step of its target.

        Otherwise a sum of n summands would write n rows of adjoints long before they are read.
        """
        target = self.terms[self.terms[call.members[0]].parents[slots[0]]]
        is_single = call.op.arity is None and len(call.members) == len(slots) == 1
        return is_single and target.varies and bool(target.parents)

    def pass_back_contraction(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append ∂aᵢ = Σⱼ ∂yᵢⱼ bⱼ and ∂bⱼ = Σᵢ ∂yᵢⱼ aᵢ, as far as they are needed."""
        contraction, a, b = self.contractions[k]
        _, to_a, to_b = contraction.equations
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        if contraction.count_b:
            upstream = upstream._replace(blocks=contraction.count_a)
        half = len(self.operands[k]) // 2
        if self.is_needed(call, tuple(range(half))):
            operands = upstream, b
            self.adjoints.add_result(contraction.a, to_a, operands, frame, blocks=a.blocks)
        if self.is_needed(call, tuple(range(half, 2 * half))):
            operands = upstream, a
            self.adjoints.add_result(contraction.b, to_b, operands, frame, blocks=b.blocks)

    def pass_back_product(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append ∂W = X ∂Zᵀ, ∂X = W ∂Z and ∂b = Σ ∂Z, as far as they are needed."""
        weights, xs, biases = self.product_places(call)
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        positions = call.positions
        blocks = positions if positions > 1 else 0
        count = len(call.members) // positions
        slots = len(self.terms[call.members[0]].parents)
        inputs = len(xs) // positions
        if self.is_needed(call, tuple(range(inputs))):
            self.pass_back_weights(call, self.kept[k, "x"], upstream, weights, frame)
        if self.is_needed(call, tuple(range(inputs, 2 * inputs))):
            factors = self.matrix(weights, count, frame), upstream._replace(blocks=blocks)
            self.adjoints.add_result(xs, "matmul", factors, frame, blocks=blocks)
        if self.is_needed(call, tuple(range(2 * inputs, slots))):
            if positions > 1:
                total = frame.scratch(count, shared=False)
                stacked = upstream._replace(blocks=positions)
                frame.do("sum_columns", stacked, out=total._replace(blocks=1))
                upstream = total
            self.adjoints.add(biases, upstream, ONE, frame)

    def pass_back_weights(
        self, call: Call, x: Rows, upstream: Rows, weights: Sequence[Location], frame: CallFrame
    ) -> None:
        """Append ∂W = X ∂Zᵀ, which is a sum over the positions if there are several."""
        positions = call.positions
        columns = len(call.members) // positions
        upstream = upstream._replace(blocks=x.blocks)
        factors = x, upstream.transpose()
        if is_wide(columns, len(weights) // columns):
            factors, columns = (upstream, x.transpose()), len(weights) // columns
        if positions == 1:
            self.adjoints.add_result(weights, "matmul", factors, frame, columns=columns)
            return
        out = frame.scratch(len(weights) * positions, shared=True)
        products = frame.do("matmul", *factors, out=out._replace(columns=columns, blocks=positions))
        self.adjoints.add_result(
            weights, "sum_columns", (products,), frame, columns=columns, blocks=1
        )

    def fill_gradients(self) -> None:
        """Write 0 to the gradients of inputs and parameters that received no contribution."""
        if all(self.places[k].array == "inputs" for k in self.wanted):
            every = [Location("inputs", row) for row in range(self.rows["inputs"])]
            self.adjoints.give_own_rows(every, CallFrame(self.sections["backward"], self.rows))
        leaves = [self.places[k] for k, t in enumerate(self.terms) if t.op is LEAF and not t.varies]
        self.adjoints.give_own_rows(leaves, CallFrame(self.sections["finish"], self.rows))
