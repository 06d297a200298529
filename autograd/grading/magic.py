"""The cell magics: ``%%calc`` checks a cell as a worksheet, ``%%trace`` records a cell."""

from __future__ import annotations

from typing import Any

from ..language.sheet_source import WorksheetError
from ..naming.recording import recording
from .feedback import REVEALS
from .report import Report
from .worksheet import Worksheet


def calc(line: str, cell: str) -> Report | None:
    """Return the report on a cell; ``%%calc answer`` also shows the correct numbers.

    A cell that cannot be read prints what to write instead.

    >>> calc("", "x = 3\\ny = x^2 -> 9").ok
    True
    """
    reveal = line.strip() or "hint"
    if reveal not in REVEALS:
        print(f"%%calc is followed by nothing or by {', '.join(REVEALS)}; got {reveal!r}")
        return None
    try:
        return Worksheet.parse(cell).check(reveal)
    except WorksheetError as error:
        print(error)
        return None


def load_ipython_extension(shell: Any) -> None:
    """Make ``%%calc`` and ``%%trace`` known to IPython; ``%load_ext autograd`` calls this."""

    def trace(line: str, cell: str) -> None:
        """Run the cell inside `recording`, so that its Values get names and lines."""
        with recording():
            result = shell.run_cell(cell)
        result.raise_error()

    shell.register_magic_function(calc, "cell", "calc")
    shell.register_magic_function(trace, "cell", "trace")
