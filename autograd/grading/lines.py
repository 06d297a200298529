"""The file format: a sheet as lines, each with its parts; nothing is computed here.

A line is empty, a comment, ``---`` or one calculation: ``name = expression -> answer``, where the
expression or the answer may be missing. Text is kept as it stands, so that a sheet can be written
back to the last character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..language.quantity import MOST_CELLS
from ..language.tokens import Source, WorksheetError
from .written import Written

LONGEST_SHEET = 400_000  # characters
MOST_LINES = 10_000
DEEPEST_ANSWER = 2

Span = tuple[int, int]
_ANSWER = re.compile("->|→")
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})\s*(\w*)")
VERDICT_MARK = "  #= "  # before a verdict that was written into a sheet


@dataclass(frozen=True, slots=True)
class Line:
    """One line and where its parts lie in it; a part that is missing is None.

    `kind` is "text" for what is passed over, "step" for ``---``, else "calculation".
    """

    source: Source
    kind: Literal["text", "step", "calculation"]
    target: Span | None = None
    formula: Span | None = None
    answer: Span | None = None

    def part(self, span: Span) -> str:
        """Return the text of a part."""
        return self.source.text[slice(*span)].strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the writer got: a shape and numbers row by row; None for a blank, "?"."""

    shape: tuple[int, ...]
    items: tuple[Written | None, ...]
    place: int


def read_lines(text: str) -> list[Line]:
    """Return the lines of a sheet; in Markdown, those outside ```` ```calc ```` blocks are text.

    Raises:
        WorksheetError: the text is too long, or a line is no calculation.
    """
    if len(text) > LONGEST_SHEET:
        raise WorksheetError(
            f"the sheet is too long: {len(text)} characters, at most {LONGEST_SHEET} are read"
        )
    raw = text.split("\n")
    if len(raw) > MOST_LINES:
        raise WorksheetError(f"the sheet has {len(raw)} lines; at most {MOST_LINES} are read")
    inside = _calc_blocks(raw)
    return [
        _line(Source(line.rstrip("\r"), number)) if inside is None or number in inside
        else Line(Source(line.rstrip("\r"), number), "text")
        for number, line in enumerate(raw, start=1)
    ]  # fmt: skip


def _calc_blocks(raw: list[str]) -> set[int] | None:
    """Return the numbers of the lines in calc blocks; None where there are no such blocks."""
    inside: set[int] = set()
    fence, calc, found = "", False, False
    for number, line in enumerate(raw, start=1):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, calc = mark[1], mark[2] == "calc"
            found = found or calc
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            fence = ""
        elif fence and calc:
            inside.add(number)
    return inside if found else None


def _line(source: Source) -> Line:
    end = source.text.find("#")
    end = len(source.text) if end < 0 else end
    code = source.text[:end]
    if not code.strip():
        return Line(source, "text")
    if re.fullmatch(r"\s*-{3,}\s*", code):
        return Line(source, "step")
    return _calculation(source, code)


def _calculation(source: Source, code: str) -> Line:
    arrow = _ANSWER.search(code)
    stop = arrow.start() if arrow else len(code)
    answer = (arrow.end(), len(code)) if arrow else None
    if answer and not code[slice(*answer)].strip():
        raise source.error("an answer is expected after ->, or ? for a blank", len(code))
    equals = code.find("=", 0, stop)
    if equals < 0:
        if not arrow:
            raise source.error(
                "this line has neither = nor ->; write name = … to define a quantity, "
                "or … -> number for what you got",
                len(code) - len(code.lstrip()),
            )
        return Line(source, "calculation", (0, stop), None, answer)
    if not code[equals + 1 : stop].strip():
        raise source.error("an expression is expected after =", equals + 1)
    if not code[:equals].strip():
        raise source.error("a name is expected before =", equals)
    return Line(source, "calculation", (0, equals), (equals + 1, stop), answer)


# --- answers --------------------------------------------------------------------------------------

_PIECE = re.compile(
    r"\s*(?:(?P<open>\[)|(?P<close>\])|(?P<comma>,)|(?P<number>[^\[\],\s][^\[\],]*))"
)


def read_answer(line: Line) -> Answer | None:
    """Return what stands after ->, None where there is no answer.

    Raises:
        WorksheetError: it is no number, vector or matrix of numbers.

    >>> read_answer(read_lines("z -> [0.32, ?]")[0]).items
    (Written(text='0.32', value=Fraction(8, 25), unit=Fraction(1, 100)), None)
    """
    if not line.answer:
        return None
    start, end = line.answer
    found: list[tuple[tuple[int, ...], Written | None]] = []
    path: list[int] = []
    for piece in _PIECE.finditer(line.source.text, start, end):
        place = piece.start(piece.lastgroup or 0)
        if piece["open"]:
            path.append(0)
            if len(path) > DEEPEST_ANSWER:
                raise line.source.error("answers are numbers, vectors or matrices", place)
        elif piece["close"] or piece["comma"]:
            _close(line, path, piece["comma"] is not None, place)
        else:
            if len(found) >= MOST_CELLS:
                raise line.source.error(f"an answer has at most {MOST_CELLS} numbers", place)
            found.append((tuple(path), _number(line, piece["number"].strip(), place)))
    if path:
        raise line.source.error("this answer lacks a closing ]", end)
    return _shaped(line, found, start + 1)


def _close(line: Line, path: list[int], comma: bool, place: int) -> None:
    if not path:
        what = "decimals are written with a point, vectors in [ ]" if comma else "it closes nothing"
        raise line.source.error(f"this {',' if comma else ']'} has no [ before it; {what}", place)
    if comma:
        path[-1] += 1
    else:
        path.pop()


def _number(line: Line, text: str, place: int) -> Written | None:
    if not text:
        raise line.source.error("a number is expected here", place)
    if text == "?":
        return None
    try:
        return Written.read(text)
    except ValueError as error:
        raise line.source.error(str(error), place) from None


def _shaped(line: Line, found: list[tuple[tuple[int, ...], Written | None]], place: int) -> Answer:
    """Return the answer with its shape; its numbers stand at indices 0, 1, 2, … of each level."""
    paths = [path for path, _ in found]
    depth = len(paths[0]) if paths else 0
    shape = tuple(max(path[k] for path in paths if len(path) > k) + 1 for k in range(depth))
    count = 1
    for n in shape:
        count *= n
    if not paths or any(len(path) != depth for path in paths) or len(set(paths)) != count:
        raise line.source.error(
            "the rows of this answer differ in length, or a number is missing", place
        )
    return Answer(shape, tuple(number for _, number in found), place)
