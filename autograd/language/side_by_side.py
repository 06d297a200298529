"""Lines that hold several calculations beside each other, such as the columns of a page.

Such a line is divided into several rows. In each of them, spaces replace the other calculations, so
that every position in the line stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set

from ..late_pattern import compile_late

Row = tuple[int, str]  # the number of a line, counted from 0, and a part of its text

# A comma between digits belongs to a number, as in 1,5. A comma before a space separates numbers.
_NUMBER = r"[-+−]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[-+−]?\d+)?"
_BARS = compile_late(rf"\|(\s*{_NUMBER}(?:(?:,\s+|\s+){_NUMBER})*\s*)\|")
_BEFORE_BARS = frozenset("=≈→·×*@(+−-")
_DIFFERENCE = compile_late(r"\d\s+[-+−]\d")  # |3 -2| may be the absolute value of 3 − 2
_TRANSPOSE = compile_late(r"\s*(?:ᵀ|'|\^\{?(?:T|\\top))")
_START = compile_late(r"(?:^|(?<=[\s,;]))[^\W\d][\w'′^{}]{0,12}\s*=\s*(?=\[|\|)")
_GROUP = compile_late(r"\[{1,2}[^\[\]|=]*\]{1,2}|\|[^|=]*\|")
_ONLY_GROUPS = compile_late(rf"[\s,;]*(?:(?:{_GROUP.pattern})[\s,;]*)+")
_SPACE = compile_late(r"(?<=[^\s|])[ \t|]{2,}(?=[^\s|])|(?<=\S)\t(?=\S)")
_JOINER = compile_late(r"[=≈←]|->|→")
_WORD = compile_late(r"[^\W\d]\w*'*")
_MOST_ROWS = 60  # in one matrix, or in one block of columns


def in_reading_order(lines: Sequence[str]) -> list[Row]:
    """Return the rows of a text in the order in which they are read.

    Matrices beside each other come one after the other. A left column comes before a right one if
    the right one uses a name before the left one defines it.

    >>> in_reading_order(["x = 1      dy/dx = 2x = 2", "y = x^2    dy/dy = 1"])[1:]
    [(1, 'y = x^2'), (0, '           dy/dx = 2x = 2'), (1, '           dy/dy = 1')]
    """
    found: list[Row] = []
    known: set[str] = set()  # the words of the lines before
    at = 0
    while at < len(lines):
        rows = _matrices_at(lines, at) or _columns_at(lines, at, known) or [(at, lines[at])]
        found += rows
        at = max(number for number, _ in rows) + 1
        known.update(name for _, text in rows for name in _WORD.findall(text))
    return found


def _masked(line: str, start: int, stop: int) -> str:
    """Return a line in which only the part between two positions is left."""
    return re.sub(r"\S", " ", line[:start]) + line[start:stop]


# --- matrices -------------------------------------------------------------------------------------


def _matrices_at(lines: Sequence[str], at: int) -> list[Row]:
    """Return the rows of the matrices that begin in a line, or [] if it has no such matrices.

    The bars around the rows of a matrix, as in A = | 1 2 |, become brackets.
    """
    line = lines[at]
    if "[" not in line and "|" not in line:
        return []
    starts = [found.start() for found in _START.finditer(line)]
    bars = [one for one in _BARS.finditer(line) if _is_behind_sign(line, one.start())]
    stacked = _rows_below(lines, at, max(1, len(starts)))
    if not all(_is_certain_row(one[0]) for one in bars):
        stacked = []
    if len(starts) > 1 and stacked:
        return list(_divided(lines, at, starts, stacked))
    if bars and stacked:
        below = [(number, _with_brackets(lines[number])) for number in stacked]
        return [(at, _with_brackets(line, bars[-1].start())), *below]
    rows = [one for one in bars if _is_row(one)]
    return [(at, _with_brackets(line, rows[0].start()))] if rows and rows == bars else []


def _is_behind_sign(line: str, place: int) -> bool:
    return line[:place].rstrip()[-1:] in _BEFORE_BARS


def _is_certain_row(text: str) -> bool:
    """Whether bars hold numbers, and no comma of which one cannot say what it is, as in |1,5|."""
    return _BARS.fullmatch(text) is not None and (
        "," not in text or len(text.strip("| ").split()) > 1
    )


def _is_row(bars: re.Match[str]) -> bool:
    """Whether bars hold the row of a matrix and not one number, whose absolute value is meant."""
    is_difference = _DIFFERENCE.search(bars[1]) and not _TRANSPOSE.match(bars.string, bars.end())
    return len(bars[1].split()) > 1 and not is_difference


def _rows_below(lines: Sequence[str], at: int, count: int) -> list[int]:
    """Return the numbers of the lines below a line that hold only `count` rows of matrices."""
    found: list[int] = []
    for number in range(at + 1, min(len(lines), at + _MOST_ROWS)):
        line = lines[number]
        groups = _GROUP.findall(line)
        if not _ONLY_GROUPS.fullmatch(line) or len(groups) != count:
            break
        if any(one.startswith("|") and not _is_certain_row(one) for one in groups):
            break
        found.append(number)
    return found


def _divided(
    lines: Sequence[str], at: int, starts: Sequence[int], below: Sequence[int]
) -> Iterator[Row]:
    for k, (start, stop) in enumerate(zip(starts, [*starts[1:], len(lines[at])], strict=True)):
        yield at, _with_brackets(_masked(lines[at], start, stop).rstrip(" ;"), start)
        for number in below:
            group = list(_GROUP.finditer(lines[number]))[k]
            yield number, _with_brackets(_masked(lines[number], *group.span()))


def _with_brackets(line: str, start: int = 0) -> str:
    """Return a line with brackets in place of the bars around numbers from `start` on."""
    return line[:start] + _BARS.sub(r"[\1]", line[start:])


# --- columns --------------------------------------------------------------------------------------


def _columns_at(lines: Sequence[str], at: int, known: Set[str]) -> list[Row]:
    """Return the rows of two columns that begin in a line, the left ones first, or [].

    The words of the lines before are known.
    """
    gap = _gap_in(lines[at])
    if gap is None:
        return []
    left, right, number = list[Row](), list[Row](), at
    while number < min(len(lines), at + _MOST_ROWS) and lines[number].strip():
        parts = _parts(lines[number], gap)
        if parts is None:
            break
        start, stop = parts
        if start:
            left.append((number, lines[number][:start]))
        if stop < len(lines[number]):
            right.append((number, _masked(lines[number], stop, len(lines[number]))))
        number += 1
    return [*left, *right] if _is_read_later(known, left, right) else []


def _gaps(line: str) -> list[re.Match[str]]:
    """Return the gaps between columns: a tab, three spaces, or a bar between spaces."""
    return [
        found
        for found in _SPACE.finditer(line)
        if "\t" in found[0] or found[0].strip(" ") == "|" or "   " in found[0]
    ]


def _gap_in(line: str) -> int | None:
    """Return the position where a second column begins in a line, or None if there is none."""
    gaps = _gaps(line)
    is_table = line.lstrip().startswith("|")
    return gaps[0].end() if len(gaps) == 1 and not is_table else None


def _parts(line: str, gap: int) -> tuple[int, int] | None:
    """Return the end of the left column and the start of the right one in a line.

    Return None if the line does not have these columns.
    """
    gaps = _gaps(line)
    if len(gaps) == 1 and (abs(gaps[0].end() - gap) <= 1 or not {*gaps[0][0]}.isdisjoint("|\t")):
        return gaps[0].span()
    start = len(line) - len(line.lstrip())
    if not gaps and len(line.rstrip()) < gap:
        return len(line), len(line)
    return (0, start) if not gaps and start >= gap - 1 else None


def _is_read_later(known: Set[str], left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Whether the right column uses a name before the line in which the left one defines it."""
    if min(_calculations(left), _calculations(right)) < 2:
        return False
    if _has_repeated_target(left):
        return False  # because it is not clear which of the values the right column uses
    defined = _definitions(left)
    own = _definitions(right)
    uses = [(number, name) for number, text in right for name in _names_in(text)]
    if not any(
        defined.get(name, number) > number
        for number, name in uses
        if name not in known and name not in own
    ):
        return False
    # The left column must not need the right one, nor a value that the right one has changed.
    needed = [(number, name) for number, text in left for name in _names_in(text)]
    return not any(
        name in own and (name not in defined or own[name] < number) for number, name in needed
    )


def _calculations(rows: Iterable[Row]) -> int:
    return sum(_JOINER.search(text) is not None for _, text in rows)


def _has_repeated_target(rows: Iterable[Row]) -> bool:
    """Whether two lines have the same text left of their first sign such as =."""
    targets = [text[: sign.start()].strip() for _, text in rows if (sign := _JOINER.search(text))]
    return len(set(targets)) < len(targets)


def _definitions(rows: Iterable[Row]) -> dict[str, int]:
    """Return the first line in which each name stands left of a sign such as =."""
    found: dict[str, int] = {}
    for number, text in rows:
        sign = _JOINER.search(text)
        names = _WORD.findall(text[: sign.start()]) if sign else []
        if names:
            found.setdefault(names[-1], number)
    return found


def _names_in(text: str) -> Iterator[str]:
    """Yield the names in a text, and L for the dL of a derivative."""
    for name in _WORD.findall(text):
        yield name
        if name[0] in "d∂" and len(name) > 1:
            yield name[1:]
