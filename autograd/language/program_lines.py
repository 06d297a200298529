"""Lines of a sheet that are statements of Python, such as loops, and not calculations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..late_pattern import compile_late
from .layout import Line
from .sheet_source import Source, WorksheetError

_STATEMENT = compile_late(
    r"\s*(?:import\s|from\s[\w.]+\simport\b|return\b|assert\b|with\b[^=]*:\s*$|plt\.|@\w"
    r"|print\s*\()"
)
_BLOCK = compile_late(
    r"\s*(?:(def|class)\s+\w+.*:|(for)\s[\w, ()]+\sin\s.*:"
    r"|(while|if|elif|else)\b(?!.*[^=<>!]=[^=]).*:\s*$)"
)
_FUNCTION = compile_late(r"(\s*)def(\s+\w+\s*\([\w\s,:.]+\)\s*)(?:->[^:]*)?:(.*)", re.DOTALL)
_ANNOTATION = compile_late(r":\s*[\w.]+")
_RETURN = compile_late(r"(\s*)return(\s.*)", re.DOTALL)
_QUOTES = compile_late(r"\"{3}|'{3}")
_LAMBDA = compile_late(r"(\s*\w+)\s*=\s*lambda\s+([\w\s,]+):", re.DOTALL)
_R_FUNCTION = compile_late(
    r"(\s*\w+)\s*(?:<-|=)\s*function\s*\(([\w\s,=.]+)\)(?=\s*[^\s{])", re.DOTALL
)
_WITHOUT_PARAMETERS = compile_late(r"\s*def\s+\w+\(\s*(?:self\s*)?\)")
_MAIN = compile_late(r"\s*if\s+__name__\s*==")
_ASSIGNED = compile_late(r"\s*[\w.\[\], ]+?\s*(?:[-+*/]=|=(?!=))")


@dataclass(frozen=True)
class _Block:
    """The first line of an indented block, and its keyword, such as def, for or else."""

    source: Source
    keyword: str
    indent: int

    def refusal(self, line: str) -> WorksheetError | None:
        """Return an error if a line of the block assigns something in a loop or a condition."""
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

    A line that assigns something in a loop or a condition gets a refusal.
    """
    block: _Block | None = None
    for line in _with_functions(list(lines)):
        code = line.source.code
        indent = len(code) - len(code.lstrip())
        if block and code.strip() and indent > block.indent:
            yield replace(line, kind="program", refusal=block.refusal(code))
            continue
        if code.strip():
            block = None
        if line.kind == "code" and (found := _BLOCK.match(code)):
            block = _Block(line.source, found[found.lastindex or 1], indent)
            refusal = None if _MAIN.match(line.source.text) else block.refusal(code[found.end() :])
            yield replace(line, kind="program", refusal=refusal)
            if _WITHOUT_PARAMETERS.match(code) or _MAIN.match(line.source.text):
                block = None  # its lines are read, because they do not depend on arguments
        else:
            is_statement = line.kind == "code" and _STATEMENT.match(code)
            yield replace(line, kind="program") if is_statement else line


def _with_functions(lines: list[Line]) -> Iterator[Line]:
    """Yield the lines. A Python function that only returns a formula is rewritten as f(x) = …."""
    at = 0
    while at < len(lines):
        code = lines[at].source.code
        if found := _LAMBDA.match(code) or _R_FUNCTION.match(code):
            parameters = ", ".join(part.split("=")[0].strip() for part in found[2].split(","))
            head = f"{found[1]}({parameters})".ljust(found.end() - 1)
            source = replace(lines[at].source, code=f"{head}={code[found.end() :]}")
            yield replace(lines[at], source=source, kind="function")
            at += 1
            continue
        stop = _end_of_block(lines, at) if _FUNCTION.fullmatch(code) else at + 1
        yield from ([one] if (one := _as_function(lines[at:stop])) else lines[at:stop])
        at = stop


def _end_of_block(lines: list[Line], start: int) -> int:
    """Return the index after the last line of the block that is indented more than line `start`."""
    code, stop = lines[start].source.code, start + 1
    indent = len(code) - len(code.lstrip())
    for number in range(start + 1, len(lines)):
        code = lines[number].source.code
        if code.strip():
            if len(code) - len(code.lstrip()) <= indent:
                break
            stop = number + 1
    return stop


def _as_function(block: list[Line]) -> Line | None:
    """Return "def f(x): return x*2" as the line f(x) = x*2, or None for any other block.

    What is not part of the formula becomes spaces, so that every position stays the same.
    """
    head = _FUNCTION.fullmatch(block[0].source.code)
    if not head:
        return None
    codes = [head[3], *(line.source.code for line in block[1:])]
    bodies = list(_outside_docstrings(codes))
    body = _RETURN.fullmatch(codes[bodies[0]]) if len(bodies) == 1 else None
    if not body:
        return None
    blank = [re.sub(r"[^\n]", " ", line.source.code) for line in block]
    codes = [*blank]
    name = _ANNOTATION.sub(lambda found: " " * len(found[0]), head[2])
    codes[0] = f"{head[1]}   {name}".ljust(head.start(3))
    formula = f"{body[1]}=     {body[2]}"
    if bodies[0] == 0:
        codes[0] += formula
    else:
        codes[bodies[0]] = formula
    text = "\n".join(line.source.text for line in block)
    return Line(Source(text, block[0].source.line, "\n".join(codes)), "function")


def _outside_docstrings(codes: list[str]) -> Iterator[int]:
    """Yield the numbers of the lines that are neither empty nor part of a docstring."""
    is_inside = False
    for k, code in enumerate(codes):
        quotes = len(_QUOTES.findall(code))
        if code.strip() and not (is_inside or quotes):
            yield k
        is_inside ^= quotes % 2 == 1
