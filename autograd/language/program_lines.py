"""Lines of a sheet that are statements of Python, such as loops, and not calculations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from .layout import Line
from .sheet_source import Source, WorksheetError

_STATEMENT = re.compile(
    r"\s*(?:import\s|from\s[\w.]+\simport\b|return\b|assert\b|with\b[^=]*:\s*$|plt\.|@\w"
    r"|print\s*\()"
)
_BLOCK = re.compile(
    r"\s*(?:(def|class)\s+\w+.*:|(for)\s[\w, ()]+\sin\s.*:"
    r"|(while|if|elif|else)\b(?!.*[^=<>!]=[^=]).*:\s*$)"
)
_WITHOUT_PARAMETERS = re.compile(r"\s*def\s+\w+\(\s*(?:self\s*)?\)")
_ASSIGNED = re.compile(r"\s*[\w.\[\], ]+?\s*(?:[-+*/]=|=(?!=))")


@dataclass(frozen=True)
class _Block:
    """The first line of an indented block, and its keyword, such as def, for or else."""

    source: Source
    keyword: str
    indent: int

    def refusal(self, line: str) -> WorksheetError | None:
        """Return an error if a line of the block computes something by a loop or a condition."""
        if self.keyword in ("def", "class") or not _ASSIGNED.match(line):
            return None
        return self.source.error(
            "a loop is not run here; write its steps one after the other, with --- between them"
            if self.keyword in ("for", "while")
            else "a condition is not evaluated here; write a = z if z > 0 else 0, or a = max(0, z)",
            self.indent,
        )


def mark_programs(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines of a sheet, with the kind "program" for statements of Python.

    A line that a loop or a condition computes gets a refusal.
    """
    block: _Block | None = None
    for line in lines:
        code = line.source.code
        indent = len(code) - len(code.lstrip())
        if block and code.strip() and indent > block.indent:
            yield replace(line, kind="program", refusal=block.refusal(code))
            continue
        if code.strip():
            block = None
        if line.kind == "code" and (found := _BLOCK.match(code)):
            block = _Block(line.source, found[found.lastindex or 1], indent)
            yield replace(line, kind="program", refusal=block.refusal(code[found.end() :]))
            if _WITHOUT_PARAMETERS.match(code):
                block = None  # because nothing from outside enters the calculation
        else:
            is_statement = line.kind == "code" and _STATEMENT.match(code)
            yield replace(line, kind="program") if is_statement else line
