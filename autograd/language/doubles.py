r"""Formulas that stand twice in copied text: as signs and in LaTeX, as in α=0.1\alpha=0.1."""

from __future__ import annotations

import re

from ..late_pattern import compile_late
from .spelling import ACCENTS, NAMES

# A run of signs. The space after a command such as \hat m belongs to it.
_RUN = compile_late(r"(?:\\[A-Za-z]+ (?=[^\W\d])|[^\s$])+")
_LONGEST_RUN = 200
_ACCENTS = rf"\\(?:{'|'.join(ACCENTS)})\s*"
_COMMAND = compile_late(rf"{_ACCENTS}|\\[A-Za-z]+\s*|\\[,;:! ]|[_{{}}^\\\u0302]")
_LOST = str.maketrans("", "", "·⋅×√-−")


def without_doubles(line: str) -> str:
    r"""Return a line in which spaces replace the first of two equal formulas.

    >>> without_doubles(r"Let g1=4g_1=4 and α=0.1\alpha=0.1.")
    'Let     g_1=4 and      \\alpha=0.1.'
    """
    return _RUN.sub(lambda run: _second_half(run[0]), line)


def _second_half(run: str) -> str:
    """Return a run with its first half blanked if both halves are the same formula."""
    whole = run.rstrip(".,;:")
    if not 4 <= len(whole) <= _LONGEST_RUN or whole.count("=") % 2 or "=" not in whole:
        return run
    for middle in range(2, len(whole) - 1):
        one, other = whole[:middle], whole[middle:]
        is_marked = "\\" in other or "_" in other or one == other
        if is_marked and _plain(one) == _plain(other):
            return " " * middle + run[middle:]
    return run


def _plain(formula: str) -> list[str]:
    """Return the sorted signs of a formula, without those that copied text may lose.

    It may lose roots, products, fractions and minus signs, or move a minus sign.
    """

    def sign(found: re.Match[str]) -> str:
        command = found[0].strip()
        return NAMES.get(command, "")

    return sorted(_COMMAND.sub(sign, formula).replace("ϵ", "ε").translate(_LOST))
