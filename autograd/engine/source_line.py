"""`SourceLine`: a line of the user's code, found from a code object and an offset in it."""

from __future__ import annotations

import linecache
import re
from functools import cache
from pathlib import Path
from types import CodeType
from typing import NamedTuple


class SourceLine(NamedTuple):
    """One line of source code.

    Attributes:
        file: the name of the file, as Python knows it.
        number: the number of the line, counted from 1.
        text: the line without indentation, or "" if the source is not available.
    """

    file: str
    number: int
    text: str = ""

    @property
    def place(self) -> str:
        """The file and the line in short, such as "loss.py:12", or "cell:2" in a notebook."""
        return f"{short_name(self.file)}:{self.number}"


def source_line(code: CodeType, offset: int) -> SourceLine:
    """Return the line of the instruction at this offset of a code object."""
    return _read(code.co_filename, code, offset)


@cache
def _read(file: str, code: CodeType, offset: int) -> SourceLine:
    # Two code objects are equal if only their files differ, so the file is part of the key.
    positions = list(code.co_positions())  # one entry for every two bytes of bytecode
    line = (positions[offset // 2][0] if offset >= 0 else None) or code.co_firstlineno
    return SourceLine(file, line, linecache.getline(file, line).strip())


def short_name(file: str) -> str:
    """Return the name of a file without its folder. The code of a notebook is called a cell.

    >>> short_name("/home/ada/loss.py"), short_name("/tmp/ipykernel_7/1234.py")
    ('loss.py', 'cell')
    """
    is_cell = re.search(r"ipykernel_\d+|<ipython-input|<cell", file)
    return "cell" if is_cell else Path(file).name


def describe_origin(origin: tuple[CodeType, int] | tuple[str, str]) -> tuple[str, str]:
    """Return the text of an expression and its place, the file and the line.

    Args:
        origin: a code object and an offset in it, or an earlier result of this function, which is
            returned unchanged.
    """
    code, offset = origin
    return (code, str(offset)) if isinstance(code, str) else _find_expression(code, int(offset))


@cache
def _find_expression(code: CodeType, offset: int) -> tuple[str, str]:
    """Return the expression at a place in a code object, and its file and line.

    The expression is "" if the source is not available.
    """
    # There is one entry for every two bytes of bytecode. The offset is −1 in a frame that has
    # executed no instruction.
    positions = list(code.co_positions())
    unknown = None, None, None, None
    line, end_line, start, stop = positions[offset // 2] if offset >= 0 else unknown
    line = line or code.co_firstlineno
    place = f"{Path(code.co_filename).name}:{line}"
    # Positions count the bytes of a line in UTF-8.
    text = linecache.getline(code.co_filename, line).encode()
    return (text[start:stop].decode() if end_line == line else ""), place
