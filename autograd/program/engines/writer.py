"""A plan as the text of a pure function: every instruction is a definition of a variable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import cast

from ..finiteness import covering_rows
from ..instructions import MASKS, SHARED, Grid, Instruction, Location, Operand, Rows
from ..plan import Plan
from .expressions import COMPARISONS, EXPRESSION_STYLES, ExpressionStyle
from .operand_groups import input_groups, parameter_groups
from .pieces import Pieces

_GIVEN = frozenset(["inputs", "shared", "values"])  # `ok` tells whether these are finite


class FunctionWriter:
    """Writes the lines of one plan for one library.

    Attributes:
        groups: the rows of the input columns that each array of the argument ``columns`` holds.
        parameter_groups: the parameters that each array of the argument ``parameters`` holds.
    """

    def __init__(self, plan: Plan, engine: str, kept: int) -> None:
        self.plan = plan
        self.kept = kept
        self.style: ExpressionStyle = EXPRESSION_STYLES[engine]
        self.groups = input_groups(plan)
        self.parameter_groups = parameter_groups(plan)
        self.lines: list[str] = []
        self.pieces: dict[str, Pieces] = defaultdict(Pieces)
        self._sums = 0

    def write(self) -> list[str]:
        """Return the body of ``run(parameters, columns, seed)``."""
        self._write_given()
        for name, instructions in self.plan.sections.items():
            if name == "backward":
                self._write_seed()
            for k, instruction in enumerate(instructions):
                if k in self.plan.comments[name]:
                    self.lines.append(f"# {name}: {self.plan.comments[name][k]}")
                self._write_instruction(instruction)
        self.lines += self._results()
        return self.lines

    # --- what is given ----------------------------------------------------------------------------

    def _write_given(self) -> None:
        count, constants = len(self.plan.parameters), self.plan.constants
        self.lines += ["batch, dtype = columns[0].shape[1], parameters[0].dtype"]
        if self.style.xp == "torch":
            self.lines.append("device = parameters[0].device")
        for k, group in enumerate(self.parameter_groups):
            self.pieces["shared"].put(group.start, group.stop, f"parameters[{k}].reshape(-1, 1)")
        if constants:
            numbers = self.style.numbers.format(f"[{', '.join(map(_number, constants))}]")
            self.lines.append(f"constants = {numbers}.reshape(-1, 1)")
            self.pieces["shared"].put(count, count + len(constants), "constants")
        for k, (start, stop) in enumerate(self.groups):
            self.pieces["inputs"].put(start, stop, f"columns[{k}]")

    def _write_seed(self) -> None:
        full = self.style.full.format("seed", rows=1, columns="batch")
        self._define(self.plan.seed, full)

    # --- instructions -----------------------------------------------------------------------------

    def _write_instruction(self, instruction: Instruction) -> None:
        function, operands, out, _ = instruction
        if function == "scatter_add":
            self._write_scatter_add(instruction)
        elif function == "take":
            whole, rows = cast(tuple[Rows, tuple[int, ...]], operands)
            self._define(out, self._take(whole.array, rows))
        elif any(isinstance(part, Grid) or _has_blocks(part) for part in (*operands, out)):
            self._write_blocks(instruction)
        else:
            text, height, is_shared = self._expression(instruction)
            if function in COMPARISONS and out.array not in MASKS:
                text = self.style.typed.format(text)
            if (height, is_shared) != (out.height, out.is_shared):
                form = self.style.widened if height else self.style.full
                columns = "1" if out.is_shared else "batch"
                text = form.format(text, rows=out.height, columns=columns)
            self._define(out, text)

    def _expression(self, instruction: Instruction) -> tuple[str, int, bool]:
        """Return an instruction's expression, its rows (0: a number), and whether it is shared."""
        function, operands, out, _ = instruction
        assert isinstance(out, Rows)  # `_write_blocks` takes grids
        texts = [self._operand(operand) for operand in operands]
        heights = [operand.height if isinstance(operand, Rows) else 0 for operand in operands]
        is_shared = all(operand.is_shared for operand in operands if isinstance(operand, Rows))
        if function == "matmul":
            text = self._product(texts, out)
            text = f"({text}).reshape(-1, 1)" if out.columns else text
            return text, out.height, out.is_shared
        if function == "copy_where":
            mask, yes = texts
            text = self.style.call("where", [mask, yes, self._read(out)])
            return text, max(*heights, out.height), is_shared and out.is_shared
        if function == "sum_rows":
            return self.style.total(texts[0], 1), heights[0], True
        if function == "sum_columns":
            return self.style.total(texts[0], 0), 1, is_shared
        if function == "dot_rows":
            text = self._contribution(instruction, f"{texts[0]} * {texts[1]}")
            return self.style.total(text, 1), max(heights), True
        text = self._contribution(instruction, self._call(function, texts, operands))
        return text, max(heights), is_shared

    def _write_blocks(self, instruction: Instruction) -> None:
        """Define a result that is computed with arrays of three dimensions and kept as rows."""
        function, operands, out, _ = instruction
        texts = [self._operand(operand) for operand in operands]
        if function in ("sum_rows", "sum_columns"):
            text = self.style.total(texts[0], 1 if function == "sum_rows" else 0)
        else:
            if function == "matmul" and self.style.xp == "jnp":
                texts[0] = self._one_for_each_block(operands[0], texts[0], out)
            text = self.style.call(function, texts)
        columns = "1" if out.is_shared else "batch"
        (first,) = operands[:1]
        if function == "copy" and isinstance(first, Rows) and first.height < out.height:
            blocks = out.shape[0] if isinstance(out, Grid) else out.blocks
            shape = f"{blocks}, {out.height // blocks}"
            text = self.style.widened.format(text, rows=shape, columns=columns)
        self._define(out, f"({text}).reshape({out.height}, {columns})")

    def _one_for_each_block(self, left: Operand, text: str, out: Rows | Grid) -> str:
        """Repeat a matrix that all blocks share, so that each block has its own.

        With a single matrix, XLA would compute the blocks in another order and copy the results.
        """
        if not isinstance(left, Rows) or left.blocks:
            return text
        blocks = out.shape[0] if isinstance(out, Grid) else out.blocks
        rows = out.height // blocks
        shape = f"{blocks}, {rows}"
        return self.style.widened.format(text, rows=shape, columns=left.height // rows)

    def _product(self, texts: list[str], out: Rows) -> str:
        """Return a matrix product. If it varies by example, the left operand is the weights."""
        left, right = texts
        if left.endswith(".T") and not out.is_shared:
            left = self.style.transposed.format(left.removesuffix(".T"))
        return self.style.call("matmul", [left, right])

    def _call(self, function: str, texts: list[str], operands: Sequence[Operand]) -> str:
        is_bound = function in ("maximum", "minimum") and self.style.xp == "torch"
        if is_bound and any(isinstance(operand, float) for operand in operands):
            # The operand that is a number comes first.
            number, array = sorted(texts, key=lambda text: text not in map(repr, operands))
            return f"torch.clamp({array}, {'min' if function == 'maximum' else 'max'}={number})"
        return self.style.call(function, texts)

    def _contribution(self, instruction: Instruction, text: str) -> str:
        """Return a contribution. It is 0 where the adjoint is 0, even if the slope is infinite."""
        function, operands, _, passes_back = instruction
        if not passes_back or not isinstance(operands[1], Rows):
            return text
        if function != "divide" and operands[1].array in _GIVEN | MASKS:
            return text
        upstream = self._operand(operands[0])
        return self.style.call("where", [f"{upstream} == 0.0", "0.0", text])

    def _write_scatter_add(self, instruction: Instruction) -> None:
        """Define one variable for rows to which contributions are added by index."""
        added, rows = instruction.operands
        pieces = self.pieces[instruction.out.array]
        touched, places = pieces.holding(cast(tuple[int, ...], rows))
        self._sums += 1
        name = f"sums_{self._sums}"
        before = self.style.joined(touched)
        indices = self.style.indices.format(places)
        text = self.style.added.format(before, self._operand(added), indices)
        self.lines.append(f"{name} = {text}")
        count = sum(piece.stop - piece.start for piece in touched)
        offset = 0
        for piece in touched:
            pieces.put(piece.start, piece.stop, name, offset, count)
            offset += piece.stop - piece.start

    # --- rows -------------------------------------------------------------------------------------

    def _define(self, out: Rows | Grid, text: str) -> None:
        name = f"{out.array}_{out.start}_{out.stop}"
        if isinstance(out, Rows):
            self.pieces[out.array].put(out.start, out.stop, name)
        else:
            self._sums += 1  # a number, because two grids may have the same first and last row
            name = f"grid_{self._sums}"
            for offset, row in enumerate(out.rows):
                self.pieces[out.array].put(row, row + 1, name, offset, out.height)
        self.lines.append(f"{name} = {text}")

    def _take(self, array: str, rows: tuple[int, ...]) -> str:
        """Return single rows of an array as an expression of the pieces that hold them."""
        touched, places = self.pieces[array].places(rows)
        columns = "1" if array in SHARED else "batch"
        return self.style.chosen(self.style.joined(touched), places, columns)

    def _operand(self, operand: Operand) -> str:
        if isinstance(operand, Rows):
            return self._read(operand)
        if isinstance(operand, Grid):
            (blocks, rows), columns = operand.shape, "1" if operand.is_shared else "batch"
            return f"{self._take(operand.array, operand.rows)}.reshape({blocks}, {rows}, {columns})"
        assert isinstance(operand, float)
        return _number(operand)

    def _read(self, rows: Rows) -> str:
        """Return the expression of rows, as a matrix if they are read as one."""
        matrix = rows._replace(transposed=False)
        if rows.columns and matrix in self.parameter_groups:
            text = f"parameters[{self.parameter_groups.index(matrix)}]"
            return f"{text}.T" if rows.transposed else text
        found = self.pieces[rows.array].read(rows.start, rows.stop)
        text = self.style.joined(found)
        if rows.blocks:
            columns = rows.columns or ("1" if rows.is_shared else "batch")
            text = f"{text}.reshape({rows.blocks}, -1, {columns})"
            return f"{text}.swapaxes(1, 2)" if rows.transposed else text
        text = f"{text}.reshape(-1, {rows.columns})" if rows.columns else text
        return f"{text}.T" if rows.transposed else text

    def _row(self, place: Location | float) -> str:
        """Return one row, shape (batch,), or a number that a guard compares."""
        if isinstance(place, float):
            return _number(place)
        text = f"{self._read(Rows(place.array, place.row, place.row + 1))}[0]"
        if place.array in SHARED:
            widened = self.style.widened.format(f"{text}.reshape(1, 1)", rows=1, columns="batch")
            return f"{widened}[0]"
        return text

    # --- what is returned -------------------------------------------------------------------------

    def _results(self) -> Iterator[str]:
        """Yield the lines that return outputs, kept numbers, gradients, guards and `watched`."""
        output, *kept = map(self._row, self.plan.roots[: self.kept + 1])
        yield ""
        yield f"outputs = {output}"
        stacked = f"{self.style.xp}.stack([{', '.join(kept)}])" if kept else "()"
        yield f"kept = {stacked}"
        yield f"gradients = [{', '.join(map(self._gradient, self.parameter_groups))}]"
        yield f"guards = [{', '.join(self._guards())}]"
        yield f"watched = [{', '.join(self._watched())}]"
        yield "return outputs, kept, gradients, guards, watched"

    def _gradient(self, group: Rows) -> str:
        """Return the gradient of a group of parameters, in its shape."""
        pieces = self.pieces["shared_adjoints"].read(group.start, group.stop)
        return self.style.reshaped(pieces, group.columns)

    def _guards(self) -> Iterator[str]:
        """Yield for each guard whether it holds, shape (batch,)."""
        for guard in self.plan.guards:
            left, right = self._row(guard.left), self._row(guard.right)
            yield f"({left} {guard.relation} {right}) == {guard.outcome}"

    def _watched(self) -> Iterator[str]:
        """Yield arrays that are all finite if the inputs are finite and nothing overflowed."""
        computed = ("values", "shared", "adjoints")
        arrays = {a: {p.variable for p in self.pieces[a].all} for a in computed}
        yield from sorted({name for names in arrays.values() for name in names})
        for rows in covering_rows(self.plan.forward, self.plan.rows):
            if rows.array == "inputs":
                for piece in self.pieces["inputs"].read(rows.start, rows.stop):
                    yield str(piece)


def _has_blocks(part: Operand) -> bool:
    return isinstance(part, Rows) and part.blocks > 0


def _number(number: float) -> str:
    return repr(number) if isfinite(number) else f"float('{number}')"
