"""The backward half of a plan: the instructions that compute adjoints, from the last call back.

The derivatives are the partials of the table of operations, evaluated with symbols. Only the
derivatives of matrix products and of the sums in `contraction` are written here. Those of a matrix
product Z = Wᵀ X + b are ∂W = X ∂Zᵀ, ∂X = W ∂Z, and ∂b = Σ ∂Z over the batch.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..engine.note import new_tuple
from ..engine.ops import LEAF
from .calls import Call, Schedule, is_wide
from .contributions import ONE, Adjoints, Local
from .forward import ForwardLowering
from .frame import CallFrame
from .instructions import Location, Operand, Rows
from .stacking import Style, Y


class BackwardLowering(ForwardLowering):
    """Lowers the calls of a schedule forward, and then backward."""

    def __init__(
        self, schedule: Schedule, wanted: frozenset[int], *, style: Style = "quick"
    ) -> None:
        super().__init__(schedule, wanted, style=style)
        self.adjoints = Adjoints(self.rows)

    def lower_backward(self, output: Location) -> None:
        """Append the instructions of `backward` and `finish`, from the last call to the first."""
        self.adjoints.touched.add(output)  # the engine sets its adjoint
        for k, call in reversed(list(enumerate(self.schedule.calls))):
            if not any(map(self.needs.__getitem__, call.members)):
                continue
            frame = self.begin("backward" if call.varies else "finish", k)
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
        """Write 0 to the adjoints of a call that received no contribution.

        Return False if none of its adjoints received one.
        """
        places = [self.places[member] for member in call.members]
        if self.adjoints.touched.isdisjoint(places):
            return False
        if len(places) > 1:
            self.adjoints.give_own_rows(places, frame)
        return True

    def pass_back(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append instructions that add a call's contributions to the adjoints of its operands."""
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        work = self.works[k]
        slopes: list[Operand] = [*self.kept[k]]
        if work.slopes is not None:
            slopes += self.follow(work.slopes, {Y: self.outputs(call)}, k, frame)
        used = frame.used
        for slots, function, slope in work.passed:
            frame.used = used.copy()  # the temporary rows of one contribution serve the next one
            operand = slope if slope.__class__ is float else slopes[slope]
            local = new_tuple(Local, (function, operand))
            self.adjoints.add(self.places_of(k, slots), upstream, local, frame)

    def pass_back_contraction(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append ∂aᵢ = Σⱼ ∂yᵢⱼ bⱼ and ∂bⱼ = Σᵢ ∂yᵢⱼ aᵢ, as far as they are needed."""
        contraction, a, b = self.contractions[k]
        _, to_a, to_b = contraction.equations
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        if contraction.count_b:
            upstream = upstream._replace(blocks=contraction.count_a)
        needed, half = self.needed_operands(call), len(self.operands[k]) // 2
        if any(needed[:half]):
            operands = upstream, b
            self.adjoints.add_result(contraction.a, to_a, operands, frame, blocks=a.blocks)
        if any(needed[half:]):
            operands = upstream, a
            self.adjoints.add_result(contraction.b, to_b, operands, frame, blocks=b.blocks)

    def pass_back_product(self, k: int, call: Call, frame: CallFrame) -> None:
        """Append ∂W = X ∂Zᵀ, ∂X = W ∂Z and ∂b = Σ ∂Z, as far as they are needed."""
        weights, xs, biases = self.product_places(call)
        upstream = self.adjoints.read(self.places[call.members[0]], len(call.members))
        positions = call.positions
        blocks = positions if positions > 1 else 0
        count = len(call.members) // positions
        inputs = len(xs) // positions
        needed = self.needed_operands(call)
        if any(needed[:inputs]):
            (x,) = self.kept[k]
            self.pass_back_weights(call, x, upstream, weights, frame)
        if any(needed[inputs : 2 * inputs]):
            factors = self.matrix(weights, count, frame), upstream._replace(blocks=blocks)
            self.adjoints.add_result(xs, "matmul", factors, frame, blocks=blocks)
        if any(needed[2 * inputs :]):
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
