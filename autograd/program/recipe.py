"""Recipes: the steps that compute a formula. Each step is a function of NumPy on registers.

The recipe of a formula is made once and followed wherever the formula is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ..engine.formula import Expr
from ..engine.note import new_tuple
from .instructions import SHARED, Instruction, Operand, Rows, rows_at
from .registers import RecipeStep, Register, Source, count_units, share_rows

_NUMPY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "neg": "negative",
    "gt": "greater",
    "ge": "greater_equal",
    "lt": "less",
    "le": "less_equal",
    "abs": "absolute",
    "pow": "power",
}
_COMPARISONS = frozenset(["gt", "ge", "lt", "le"])
_EXPONENTIAL = frozenset(["exp", "expm1", "cosh", "sinh"])
_POWERS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}  # many times faster than np.power


class Recipe(NamedTuple):
    """The steps that compute some expressions.

    Attributes:
        symbols: the symbols that are read or written.
        numbers: the numbers that are read.
        registers: the temporary rows.
        steps: function, operands and out of each step. An operand is an index into the list of all
            symbols, numbers and registers.
        results: the index of the result of each expression, in the same list.
        units: how many temporary rows each array needs.
    """

    symbols: tuple[Expr, ...]
    numbers: tuple[float, ...]
    registers: tuple[Register, ...]
    steps: tuple[tuple[str, tuple[int, ...], int], ...]
    results: tuple[int, ...]
    units: Mapping[str, int]

    def has_exponential(self) -> bool:
        """Return whether a step may overflow although its operand has ordinary size."""
        return any(function in _EXPONENTIAL for function, _, _ in self.steps)

    def follow(
        self, rows: Mapping[Expr, Rows], scratch: Mapping[str, int], height: int
    ) -> tuple[list[Instruction], list[Operand]]:
        """Return the instructions, and the rows or the number of each result.

        `rows` has the rows of the symbols. `scratch` has, for each array, the row at which
        temporary rows may begin. `height` is how many rows a symbol has.
        """
        table: list[Any] = [rows[part] for part in self.symbols]
        table += self.numbers
        for array, start, units in self.registers:
            first = scratch[array] + start * height
            table.append(rows_at((array, first), units * height))
        instructions: list[Instruction] = []
        for function, operands, out in self.steps:
            fields = function, tuple([table[k] for k in operands]), table[out], False
            instructions.append(new_tuple(Instruction, fields))
        return instructions, [table[k] for k in self.results]


@lru_cache(maxsize=4096)
def recipe(
    expressions: tuple[Expr, ...], targets: tuple[Expr | None, ...], shared: frozenset[str]
) -> Recipe:
    """Return the recipe for expressions.

    An expression is written to the rows of its target, a symbol, or to a register if its target is
    None. The symbols whose names are in `shared` are the same for all examples.
    """
    writer = _Writer(shared)
    results = [writer.write(e, target) for e, target in zip(expressions, targets, strict=True)]
    return writer.finish(results)


class _Writer:
    """Writes steps that compute every part of the expressions once."""

    def __init__(self, shared: frozenset[str]) -> None:
        self.shared = shared
        self.steps: list[RecipeStep] = []
        self.known: dict[Expr, Source] = {}
        self.registers = 0

    def write(self, expression: Expr, target: Expr | None = None) -> Source:
        """Append the steps that compute an expression and return where its value is."""
        if expression.head == "number":
            value: Source = float(expression.args[0])
        elif expression.atomic:
            value = expression
        elif expression in self.known:
            value = self.known[expression]
        else:
            value = self.known[expression] = self.compute(expression, target)
        if target is not None and value != target:
            return self.append("copy", [value], target)
        return value

    def compute(self, expression: Expr, target: Expr | None) -> Register | Expr:
        """Append the steps of an expression that is not known yet."""
        head, arguments = _simplify(expression)
        if head == "total":  # the sum of stacked rows
            stacked = self.write(arguments[0])
            return self.append("sum_columns", [stacked], target or self.new([stacked], 1))
        if head == "where":
            return self.choose(arguments, target)
        if head in ("add", "mul") and len(arguments) > 2:
            return self.accumulate(_NUMPY[head], arguments, target)
        operands = [self.write(argument) for argument in arguments]
        out = target or self.new(operands, is_mask=head in _COMPARISONS)
        return self.append(_NUMPY.get(head, head), operands, out)

    def choose(self, arguments: Sequence[Expr], target: Expr | None) -> Register | Expr:
        """Append a choice: copy one value everywhere, then the other where the mask is true."""
        mask, yes, no = [self.write(argument) for argument in arguments]
        out = self.append("copy", [no], target or self.new([mask, yes, no]))
        return self.append("copy_where", [mask, yes], out)

    def accumulate(
        self, function: str, arguments: Sequence[Expr], target: Expr | None
    ) -> Register | Expr:
        """Append a + b + c + … as steps that all write to the same rows.

        With a target, each argument is computed just before it is added, which needs fewer rows.
        """
        operands: Iterable[Source] = map(self.write, arguments)
        if target is None:
            operands = list(operands)
        out = target or self.new(operands)  # type: ignore[arg-type]
        rest = iter(operands)
        self.append(function, [next(rest), next(rest)], out)
        for operand in rest:
            self.append(function, [out, operand], out)
        return out

    def append(
        self, function: str, operands: Sequence[Source], out: Register | Expr
    ) -> Register | Expr:
        """Append a step and return where its result is."""
        self.steps.append(RecipeStep(function, tuple(operands), out))
        return out

    def new(self, operands: Sequence[Source], units: int = 0, *, is_mask: bool = False) -> Register:
        """Return a register for a result of these operands.

        Until `finish`, the `start` of a register is only its number.
        """
        array = "masks" if is_mask else "scratch"
        if all(map(self.is_shared, operands)):
            array = f"shared_{array}"
        self.registers += 1
        return Register(array, self.registers, units or max(map(count_units, operands)))

    def is_shared(self, source: Source) -> bool:
        """Return whether a source is the same for all examples."""
        if isinstance(source, Register):
            return source.array in SHARED
        return self.shared.issuperset(source.args) if isinstance(source, Expr) else True

    def finish(self, results: Sequence[Source]) -> Recipe:
        """Return the recipe."""
        moved, units = share_rows(self.steps, results, self.is_shared)
        return self.number(results, moved, units)

    def number(
        self, results: Sequence[Source], moved: Mapping[Source, Source], units: Mapping[str, int]
    ) -> Recipe:
        """Return the recipe with every source replaced by its index."""
        used = [o for step in self.steps for o in (*step.operands, step.out)] + list(results)
        sources = dict.fromkeys(moved.get(source, source) for source in used)
        symbols = [source for source in sources if isinstance(source, Expr)]
        registers = [source for source in sources if isinstance(source, Register)]
        numbers = [source for source in sources if isinstance(source, float)]
        index = {source: k for k, source in enumerate([*symbols, *numbers, *registers])}
        steps = tuple(
            (f, tuple(index[moved.get(o, o)] for o in operands), index[moved.get(out, out)])
            for f, operands, out in self.steps
            if f != "copy" or moved.get(operands[0], operands[0]) != moved.get(out, out)
        )
        found = tuple(index[moved.get(result, result)] for result in results)
        return Recipe(tuple(symbols), tuple(numbers), tuple(registers), steps, found, units)


def _simplify(expression: Expr) -> tuple[str, Sequence[Expr]]:
    """Return the head and the arguments of an expression in the form that is fastest in NumPy."""
    head, arguments = expression.head, expression.args
    if head == "pow" and arguments[1].head == "number" and arguments[1].args[0] in _POWERS:
        return _POWERS[arguments[1].args[0]], arguments[:1]
    if head == "where" and arguments[0].args == arguments[1:]:
        larger = arguments[0].head in ("gt", "ge")
        if larger or arguments[0].head in ("lt", "le"):
            return "maximum" if larger else "minimum", arguments[1:]
    return head, arguments
