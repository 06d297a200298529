"""Formulas as instructions: an expression over rows becomes a sequence of NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..engine.formula import Expr
from .instructions import Instruction, Operand, Rows
from .liveness import recycle

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
_POWERS = {2.0: "square", 0.5: "sqrt", -1.0: "reciprocal"}  # many times faster than np.power
# Arrays with one column for all examples; the others have one per example.
SHARED = frozenset(["F", "K", "E", "S", "N", "GF", "GK"])

Lookup = Callable[[Expr], Rows]


class Emitter:
    """Appends instructions to a list and hands out temporary rows, which last for one call."""

    def __init__(self, instructions: list[Instruction], rows: dict[str, int]) -> None:
        self.instructions = instructions
        self.rows = rows
        self._start = len(instructions)
        self.used = {"T": 0, "S": 0, "M": 0, "N": 0}
        self.count = 0  # of temporaries

    def do(self, function: str, *operands: Operand, out: Rows) -> Rows:
        """Append one instruction and return where its result is."""
        self.instructions.append(Instruction(function, operands, out))
        return out

    def pass_back(self, function: str, upstream: Rows, local: Operand, out: Rows) -> None:
        """Append the instruction that makes a contribution of adjoints and a local derivative."""
        self.instructions.append(Instruction(function, (upstream, local), out, passes_back=True))

    def temporary(self, count: int, *, shared: bool, truth: bool = False) -> Rows:
        """Return rows for a result: of numbers or of truth values, per example or shared by all."""
        array = ("N" if shared else "M") if truth else ("S" if shared else "T")
        start = self.used[array]
        self.used[array] += count
        self.count += 1
        return Rows(array, start, start + count)

    def close(self) -> None:
        """Use temporary rows again where what they held has been read for the last time."""
        for array, used in self.used.items():
            if used and self.count > 2:  # of two, the second is written from the first
                written = self.instructions[self._start :]
                self.instructions[self._start :], _, used = recycle(written, array)
            if used:
                self.rows[array] = max(self.rows.get(array, 0), used)

    def compute(self, function: str, *operands: Operand, truth: bool = False) -> Rows:
        """Append one instruction that writes to temporary rows and return them."""
        rows = [operand for operand in operands if isinstance(operand, Rows)]
        shared = all(r.array in SHARED for r in rows)
        out = self.temporary(max(map(len, rows)), shared=shared, truth=truth)
        return self.do(function, *operands, out=out)

    def compute_shared(self, function: str, rows: Rows) -> Rows:
        """Append one instruction that reduces each row over the batch."""
        return self.do(function, rows, out=self.temporary(len(rows), shared=True))

    def formula(
        self, expr: Expr, lookup: Lookup, known: dict[Expr, Rows], into: Rows | None = None
    ) -> Operand:
        """Append what computes an expression, each part once; return its rows, or its number.

        `lookup` gives the rows of a symbol, `known` what was computed before and is used again.
        """
        if into is not None:
            return self._into(expr, lookup, known, into)
        if expr.head == "number":
            return float(expr.args[0])
        if expr.head in ("symbol", "stack"):
            return lookup(expr)
        if expr not in known:
            known[expr] = self._compute(expr, lookup, known)
        return known[expr]

    def _into(self, expr: Expr, lookup: Lookup, known: dict[Expr, Rows], into: Rows) -> Rows:
        if expr.head in ("number", "symbol", "stack") or expr in known:
            return self.do("copy", self.formula(expr, lookup, known), out=into)
        known[expr] = self._compute(expr, lookup, known, into)
        return known[expr]

    def _compute(
        self, expr: Expr, lookup: Lookup, known: dict[Expr, Rows], into: Rows | None = None
    ) -> Rows:
        if expr.head == "total":  # of stacked rows
            return self._total(expr, lookup, known, into)
        function, operands = _call(expr)
        if expr.head in ("add", "mul") and len(operands) > 2:
            return self._chain(
                function, (self.formula(operand, lookup, known) for operand in operands), into
            )
        arguments = [self.formula(operand, lookup, known) for operand in operands]
        truth = expr.head in _COMPARISONS
        if into is None:
            return self.compute(function, *arguments, truth=truth)
        return self.do(function, *arguments, out=into)

    def _chain(self, function: str, arguments: Iterable[Operand], into: Rows | None) -> Rows:
        """Append a + b + c + … as one instruction after the other on the same rows.

        Where it is known which rows, each argument is computed just before it is added.
        """
        if into is None:
            arguments = list(arguments)
            rows = [a for a in arguments if isinstance(a, Rows)]
            shared = all(r.array in SHARED for r in rows)
            into = self.temporary(max(map(len, rows)), shared=shared)
        terms = iter(arguments)
        self.do(function, next(terms), next(terms), out=into)
        for term in terms:
            self.do(function, into, term, out=into)
        return into

    def _total(
        self, expr: Expr, lookup: Lookup, known: dict[Expr, Rows], into: Rows | None
    ) -> Rows:
        stacked = self.formula(expr.args[0], lookup, known)
        assert isinstance(stacked, Rows)
        if into is None:
            into = self.temporary(1, shared=stacked.array in SHARED)
        return self.do("sum_columns", stacked, out=into)


def _call(expr: Expr) -> tuple[str, Sequence[Expr]]:
    """Return the NumPy function of an expression and its operands."""
    if expr.head == "pow" and expr.args[1].head == "number":
        special = _POWERS.get(expr.args[1].args[0])
        if special:
            return special, expr.args[:1]
    return _NUMPY.get(expr.head, expr.head), expr.args
