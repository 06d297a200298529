"""Arrays as blocks of text or as LaTeX. The middle of a large array is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.graph.wording import latex_number, number_text

Term = str | NDArray[np.float64]
"""A sign such as "+", or an array. A one-dimensional array is written as a column."""

MOST = 6  # the largest number of rows or columns that are shown in full
_FIRST, _LAST = 3, 2  # how many are shown at the start and at the end of a larger array
_BRACKETS = {"top": "⎡⎤", "middle": "⎢⎥", "bottom": "⎣⎦", "only": "[]"}
_LATEX = {"⊙": r"\odot", "…": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots"}
T = TypeVar("T")


def side_by_side(terms: Sequence[Term], digits: int = 5) -> list[str]:
    """Return lines of text with signs and arrays side by side. Signs are on the first line.

    >>> print("\\n".join(side_by_side(["δ =", np.array([-0.2448, 0.0])])))
    δ = ⎡−0.2448⎤
        ⎣      0⎦
    """
    blocks = [[term] if isinstance(term, str) else _block(term, digits) for term in terms]
    height = max(map(len, blocks))
    # Every block gets the same height, and every line of a block the same width.
    padded = [[line.ljust(len(b[0])) for line in b + [""] * (height - len(b))] for b in blocks]
    return [" ".join(cells).rstrip() for cells in zip(*padded, strict=True)]


def latex_terms(terms: Sequence[Term], digits: int = 5) -> str:
    """Return signs and arrays as LaTeX. Signs other than ⊙ must be LaTeX already."""
    return " ".join(
        _LATEX.get(term, term) if isinstance(term, str) else _latex(term, digits) for term in terms
    )


def shape_text(shape: Sequence[int]) -> str:
    """Return a shape in the form (16×784) or (10), as it is written beside an equation."""
    return f"({'×'.join(map(str, shape))})"


def _cells(array: NDArray[np.float64], digits: int, latex: bool) -> list[list[str]]:
    """Return the rows of an array as text, with dots for the entries that are left out."""
    matrix = array.reshape(len(array), -1)
    write = latex_number if latex else number_text
    rows = [
        _insert_dots([write(float(x), digits) for x in _keep_ends(list(row))], len(row))
        for row in _keep_ends(list(matrix))
    ]
    if len(matrix) > MOST:
        rows.insert(_FIRST, ["⋱" if cell == "…" else "⋮" for cell in rows[0]])
    return rows


def _keep_ends(entries: list[T]) -> list[T]:
    """Return the entries that are written, without those in the middle of a long list."""
    return entries if len(entries) <= MOST else entries[:_FIRST] + entries[-_LAST:]


def _insert_dots(cells: list[str], count: int) -> list[str]:
    """Insert "…" where entries were left out of a row that had `count` entries."""
    return cells if count <= MOST else [*cells[:_FIRST], "…", *cells[_FIRST:]]


def _block(array: NDArray[np.float64], digits: int) -> list[str]:
    """Return an array as lines of text with brackets, all of the same width."""
    rows = _cells(array, digits, latex=False)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    last = len(lines) - 1
    kinds = ["top" if k == 0 else "bottom" if k == last else "middle" for k in range(len(lines))]
    brackets = [_BRACKETS[kind if last else "only"] for kind in kinds]
    return [f"{b[0]}{line}{b[1]}" for b, line in zip(brackets, lines, strict=True)]


def _latex(array: NDArray[np.float64], digits: int) -> str:
    rows = _cells(array, digits, latex=True)
    body = r" \\ ".join(" & ".join(_LATEX.get(cell, cell) for cell in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"
