"""How NumPy, JAX and PyTorch write the functions of instructions, as expressions."""

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
    """How one library writes the functions.

    Attributes:
        module: the module that is imported, and the name that it is given.
        xp: the name of the namespace.
        calls: functions that this library writes in its own way; {0}, {1} … are the operands.
        axis: the argument that keeps an axis which is summed.
        full: an array of one number; {rows} and {columns} are its shape.
        typed: a mask as numbers.
        widened: an array broadcast to a shape.
        indices: a tuple of row numbers.
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
        """Return the expression of a function of operands."""
        text = self.calls.get(function) or _OPERATORS.get(function)
        if text is None and "->" in function:
            return f"{self.xp}.einsum({function!r}, {', '.join(operands)})"
        if text is None:
            text = f"{self.xp}.{function}({', '.join(f'{{{k}}}' for k in range(len(operands)))})"
        return text.format(*operands)

    def total(self, text: str, axis: int) -> str:
        """Return the sum along an axis, which stays with length 1."""
        return f"({text}).sum({axis}, {self.axis}=True)"

    def joined(self, pieces: list[Piece]) -> str:
        """Return the rows of pieces, one piece below the other."""
        if len(pieces) == 1:
            return str(pieces[0])
        if turns := interleaved(pieces):
            return f"{self.xp}.stack([{', '.join(map(str, turns))}], 1).reshape({len(pieces)}, -1)"
        return f"{self.xp}.concatenate([{', '.join(map(str, pieces))}])"

    def chosen(self, text: str, rows: list[int]) -> str:
        """Return rows of an array: a slice if the distances between them are equal."""
        step = rows[1] - rows[0] if len(rows) > 1 else 1
        if step > 0 and rows == list(range(rows[0], rows[-1] + 1, step)):
            by = f":{step}" if step > 1 else ""
            return f"{text}[{rows[0]}:{rows[-1] + 1}{by}]"
        return f"{text}[{self.indices.format(rows)}]"


DIALECTS = {
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
