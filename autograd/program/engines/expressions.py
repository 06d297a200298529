"""Expressions that compute the functions of instructions with NumPy, JAX or PyTorch."""

from __future__ import annotations

from typing import NamedTuple

from .pieces import Piece, interleaved

ENGINES = ("numpy", "jax", "torch")

_OPERATORS = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "reciprocal": "1.0 / {0}",
    "absolute": "abs({0})",
    "greater": "{0} > {1}",
    "greater_equal": "{0} >= {1}",
    "less": "{0} < {1}",
    "less_equal": "{0} <= {1}",
    "matmul": "{0} @ {1}",
    "copy": "{0}",
}
COMPARISONS = frozenset(["greater", "greater_equal", "less", "less_equal"])


class ExpressionStyle(NamedTuple):
    """The expressions of one library.

    Attributes:
        module: the import statements.
        xp: the name of the namespace.
        calls: the functions whose expression differs here; {0}, {1} … are the operands.
        axis: the name of the argument that keeps a summed axis.
        full: an array of one number; {rows} and {columns} are its shape.
        typed: the conversion of a mask to numbers.
        widened: an array broadcast to a shape.
        indices: the index that selects the rows whose numbers are in the list {0}.
        added: {0} with the rows {1} added at the indices {2}.
        numbers: the numbers in {0} as an array of the type of the parameters.
        transposed: the transposed matrix {0}, the left operand of a product.
    """

    module: str
    xp: str
    calls: dict[str, str]
    axis: str
    full: str
    typed: str
    widened: str
    indices: str
    added: str
    numbers: str
    transposed: str = "{0}.T"

    def call(self, function: str, operands: list[str]) -> str:
        """Return the expression that applies a function to operands."""
        form = self.calls.get(function) or _OPERATORS.get(function)
        if form is not None:
            return form.format(*operands)
        if "->" in function:  # the subscripts of einsum
            return f"{self.xp}.einsum({function!r}, {', '.join(operands)})"
        return f"{self.xp}.{function}({', '.join(operands)})"

    def total(self, text: str, axis: int) -> str:
        """Return the sum along an axis. The axis is kept with length 1."""
        return f"({text}).sum({axis}, {self.axis}=True)"

    def joined(self, pieces: list[Piece]) -> str:
        """Return the rows of pieces, one piece below the other."""
        if len(pieces) == 1:
            return str(pieces[0])
        if variables := interleaved(pieces):
            # This takes the first row of each variable, then the second row of each, and so on.
            stacked = f"{self.xp}.stack([{', '.join(map(str, variables))}], 1)"
            return f"{stacked}.reshape({len(pieces)}, -1)"
        return f"{self.xp}.concatenate([{', '.join(map(str, pieces))}])"

    def reshaped(self, pieces: list[Piece], columns: int) -> str:
        """Return the rows of one-column pieces as a matrix with `columns` columns.

        The result is a vector if `columns` is 0. Several pieces are first reshaped to rows, because
        XLA joins columns number by number.
        """
        if len(pieces) == 1 or interleaved(pieces):
            text = self.joined(pieces)
            return f"{text}.reshape(-1, {columns})" if columns else f"{text}[:, 0]"
        rows = ", ".join(f"{piece}.reshape(1, -1)" for piece in pieces)
        text = f"{self.xp}.concatenate([{rows}], 1)"
        return f"{text}.reshape(-1, {columns})" if columns else f"{text}[0]"

    def chosen(self, text: str, rows: list[int], columns: str) -> str:
        """Return rows of an array. If possible, they are a slice, or a slice with repeated rows."""
        distinct = sorted(set(rows))
        found = self._sliced(text, distinct)
        if found and rows == distinct:
            return found
        times = len(rows) // len(distinct)
        if found and rows == [row for row in distinct for _ in range(times)]:
            before, after = f"{len(distinct)}, 1", f"{len(distinct)}, {times}"
        elif found and rows == distinct * times:
            before, after = f"1, {len(distinct)}", f"{times}, {len(distinct)}"
        else:
            return f"{text}[{self.indices.format(rows)}]"
        widened = self.widened.format(
            f"{found}.reshape({before}, {columns})", rows=after, columns=columns
        )
        return f"{widened}.reshape({len(rows)}, {columns})"

    def _sliced(self, text: str, rows: list[int]) -> str:
        """Return a slice that has these rows, or an empty text if there is none."""
        step = rows[1] - rows[0] if len(rows) > 1 else 1
        if rows != list(range(rows[0], rows[-1] + 1, step)):
            return ""
        return f"{text}[{rows[0]}:{rows[-1] + 1}{f':{step}' if step > 1 else ''}]"


EXPRESSION_STYLES = {
    "numpy": ExpressionStyle(
        module="import numpy as np",
        xp="np",
        calls={},
        axis="keepdims",
        full="np.full(({rows}, {columns}), {0}, dtype)",
        typed="({0}).astype(dtype)",
        widened="np.broadcast_to({0}, ({rows}, {columns}))",
        indices="{0}",
        added="add_rows({0}, {1}, {2})",
        numbers="np.array({0}, dtype)",
    ),
    "jax": ExpressionStyle(
        module="import jax\nimport jax.numpy as jnp\nimport numpy as np",
        xp="jnp",
        calls={},
        axis="keepdims",
        full="jnp.full(({rows}, {columns}), {0}, dtype)",
        typed="({0}).astype(dtype)",
        widened="jnp.broadcast_to({0}, ({rows}, {columns}))",
        indices="np.array({0})",
        added="{0}.at[{2}].add({1})",
        numbers="jnp.array({0}, dtype)",
        transposed="transpose({0})",
    ),
    "torch": ExpressionStyle(
        module="import torch",
        xp="torch",
        calls={"power": "torch.pow({0}, {1})"},
        axis="keepdim",
        full="torch.as_tensor({0}, dtype=dtype, device=device).expand({rows}, {columns})",
        typed="({0}).to(dtype)",
        widened="({0}).expand({rows}, {columns})",
        indices="torch.tensor({0}, device=device)",
        added="{0}.index_add(0, {2}, {1})",
        numbers="torch.tensor({0}, dtype=dtype, device=device)",
    ),
}
