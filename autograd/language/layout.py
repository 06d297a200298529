"""The lines of a sheet, grouped into calculations.

Comments, bullets and other decoration are replaced by spaces and not removed, so that a position
in `code` is the same position in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..late_pattern import compile_late
from .adornment import without_adornment
from .comments import commented_chain, printed_result, with_commented_result
from .doubles import without_doubles
from .labels import join_minus_one, join_phrases, label_neurons, name_label
from .matlab import from_matlab, is_matlab, without_matlab_prompts
from .plain_data import with_lists, with_result, without_shapes
from .printing import with_printed_numbers
from .respelling import join_differentials, respell
from .sheet_source import Source, WorksheetError
from .side_by_side import in_reading_order
from .transcripts import with_brackets, with_columns, without_prompts

LONGEST_SHEET = 400_000  # the most characters in a sheet
MOST_LINES = 10_000
_MOST_JOINED = 300  # the most lines in one calculation

Kind = Literal["nothing", "step", "table", "code", "comment", "program", "function"]
_LINE_END = compile_late("(\r\n|[\n\r\v\f\x85\u2028\u2029])")
_FENCE = compile_late(r"\s{0,3}(`{3,}|~{3,})\s*(\w*)")
_LABEL = compile_late(
    r"""(?:;?\s{0,80}\b\w{1,60}\.label\s*=|,\s*(?:label|_op)\s*=)\s*(?:'[^']*'|"[^"]*")"""
)
# The division of whole numbers in Python, as in x // 2. Behind a gap or a semicolon, // begins a
# comment, as in z = w*x;  // 0.4.
_DIVISION = compile_late(r"(?<=[\w)\]]) // (?=[\w(.]+\s*(?:[#→;*/+-]|$))")
_WHERE = compile_late(r"^\s*(?:[Ww]here|WHERE|[Ww]ith)\s+(?=[^\W\d]\w*\s?\([\w\s,]+\)\s*=)")
_BLANK = compile_late(
    r"(?<=[=≈→>] )(?:_{2,}|\.{3,}|…+)(?=\s*$)|(?<=[=≈→>·*×+−(-] )_{2,}(?!\w)|(?<=\()_{2,}(?=\))"
)  # as in z = ___ · 0.5 + ___
_STEP = compile_late(r"\s*-{3,}\s*")
# A line of only these characters separates parts of the page.
_RULE = compile_late(r"[\s|:=*_~-]*")
_TABLE = compile_late(r"\s*\|.*\|\s*|[^|=≈→]+(?:\|[^|=≈→]*)+")
# The rule below the headings of a table, as in ---|:---:, and headings without a rule.
_TABLE_RULE = compile_late(r"\s*(?:\|\s*)?:?-+:?\s*(?:\|\s*:?-+:?\s*)*(?:\|\s*)?")
_HEADINGS = compile_late(r"[^|=≈→\d]*\w\s+(?:\|\s(?=[^|=≈→]*[^\W\d])[^|=≈→]*)+")
_TABBED = compile_late(r"\S[^\t=≈→#]*(?:\t[^\t=≈→#]*)*\t[^\t=≈→#]*[^\s=≈→#]\s*")  # of a spreadsheet
_JOINED_BEFORE = compile_late(
    r"\s*&\s*(?:\\q?quad\b\s*)?[-+−·]\s*\S"  # the next line of a long formula
    r"|\s*\\begin\{\w?matrix\}"
    r"|\s*(?:&\s*)?(?:=(?![=>])|≈|≃|≅|->|→|\\(?:approx|simeq|to|rightarrow|cdot|times|odot)\b|:=|←|[+·×⋅](?=\s*\S)(?!\s*[\d.]+\s*:))"
)
_EQUALS_BEFORE = compile_late(r"\s*(?:&\s*)?[=≈](?![=>])")
_OPEN_END = compile_late(r"(?:[=≈+*/·×⋅@(\[,]|->|→|\\approx|\\cdot|\\times)\s*$")
_JOINER = compile_late(r"[=≈→←]|->|<-|\\(?:approx|simeq|to|rightarrow|leftarrow)\b")
_BRACKET = compile_late(r"[\[({\])}]|\\(?:begin|end)\{(?:\w*matrix|cases)\}")
_NEW_CALCULATION = compile_late(r"\s*[^\W\d][\w{}^']*\s*(?:=(?!=)|≈|:=|->|←)")


@dataclass(frozen=True, slots=True)
class Line:
    """A calculation, a row of a table, the start of a step, or a line without a calculation.

    A calculation may span several lines of the sheet. A line with a `refusal` cannot be read.
    """

    source: Source
    kind: Kind
    refusal: WorksheetError | None = None


def split_text(text: str) -> list[tuple[str, str]]:
    r"""Return the lines of a text as pairs of a line and its line ending.

    >>> split_text("a\r\nb\x0bc")
    [('a', '\r\n'), ('b', '\x0b'), ('c', '')]
    """
    parts = _LINE_END.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def read_layout(text: str) -> list[Line]:
    """Return the lines of a sheet.

    If a Markdown text has ```` ```calc ```` blocks, everything outside these blocks is ignored.

    Raises:
        WorksheetError: the text is too long.
    """
    if len(text) > LONGEST_SHEET:
        raise WorksheetError(
            f"the sheet is too long: {len(text)} characters, at most {LONGEST_SHEET} are read"
        )
    raw = [line for line, _ in split_text(text)]
    if len(raw) > MOST_LINES:
        raise WorksheetError(f"the sheet has {len(raw)} lines; at most {MOST_LINES} are read")
    rows = in_reading_order(raw)
    numbers, raw = [number + 1 for number, _ in rows], [line for _, line in rows]
    lines = with_printed_numbers(without_matlab_prompts(raw))
    lines = without_prompts(list(map(from_matlab, lines)) if is_matlab(lines) else lines)
    lines = [with_result(with_lists(line)) for line in with_columns(with_brackets(lines))]
    raw = [text.ljust(len(line)) for text, line in zip(raw, lines, strict=True)]
    code = _without_fences(raw, [_blank_out(line) for line in lines])
    code = join_phrases(label_neurons(join_minus_one(join_differentials(code))))
    return list(_joined(numbers, raw, code))


def _blank_out_strings(line: str) -> str:
    """Return a Python line without print(…) and without the labels of Values."""
    line = printed_result(line) if "print" in line else line
    return _LABEL.sub(lambda match: " " * len(match[0]), line)


def _blank_out(line: str) -> str:
    """Return a line in which spaces replace everything that is not a calculation.

    A number in a Python comment, as in ``z = w*x  # 0.4``, is kept because it is a result.
    """
    if "=" in line and ("_" in line or "\\" in line):
        line = without_doubles(line)
    line = without_shapes(respell(line))
    if "label" in line or "print" in line:
        line = _blank_out_strings(line)
    if " // " in line:
        line = _DIVISION.sub(" ⫽  ", line)
    if "#" in line or "//" in line:
        line = with_commented_result(line)
    line = without_adornment(line)
    if "here" in line or "ith" in line:
        line = _WHERE.sub(lambda found: " " * len(found[0]), line)
    if ":" in line:
        line = name_label(line)
    if "\t" in line:
        line = re.sub(r"\t=(?=\S)", "\t ", line)  # the = of a formula in a spreadsheet
        line = line.replace("\t", "|") if _TABBED.fullmatch(line) else line
    if "__" in line or "..." in line or "…" in line:
        line = _BLANK.sub(lambda found: "?".ljust(len(found[0])), line)
    return line


def _without_fences(raw: list[str], code: list[str]) -> list[str]:
    """Blank the fences of code blocks, and everything outside calc blocks if there are any."""
    fence, language, inside = "", "", [False] * len(raw)
    for number, line in enumerate(raw):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence, language, code[number] = mark[1], mark[2], " " * len(line)
        elif fence and mark and mark[1].startswith(fence) and not mark[2]:
            fence, code[number] = "", " " * len(line)
        elif fence:
            inside[number] = language == "calc"
    if not any(inside):
        return code
    pairs = zip(code, inside, strict=True)
    return [line if is_inside else " " * len(line) for line, is_inside in pairs]


def _joined(numbers: list[int], raw: list[str], code: list[str]) -> Iterator[Line]:
    at, in_tables = 0, _rows_of_tables(code)
    while at < len(raw):
        stop = at + 1 if at in in_tables else _end_of_calculation(code, at)
        source = Source("\n".join(raw[at:stop]), numbers[at], "\n".join(code[at:stop]))
        kind = "table" if at in in_tables else _kind(source.code)
        if not source.code.strip() and (chain := commented_chain(source.text)):
            source, kind = replace(source, code=chain), "comment"
        yield Line(source, kind)
        at = stop


def _rows_of_tables(code: list[str]) -> set[int]:
    """Return the rows of tables whose headings have a rule below them, or no = in their cells.

    Such a row may hold a calculation, as in 3 | u | x*w = 2.
    """
    found: set[int] = set()
    for k, line in enumerate(code):
        if "|" not in line or k in found:
            continue
        is_rule = _TABLE_RULE.fullmatch(line)
        count = _count_bars(line)
        if is_rule or _HEADINGS.fullmatch(line):
            stop = k + 1
            while stop < len(code) and _count_bars(code[stop]) == count:
                stop += 1
            rows = [n for n in range(k - bool(is_rule), stop) if not _TABLE_RULE.fullmatch(code[n])]
            if not any(_has_several_chains(code[n]) for n in rows):
                found.update(n for n in rows if n >= 0 and _count_bars(code[n]) == count)
    return found


def _has_several_chains(row: str) -> bool:
    """Whether a row without outer bars holds several calculations, as in z = 2x | dz/dx = 2."""
    return not row.lstrip().startswith("|") and sum("=" in cell for cell in row.split("|")) > 1


def _count_bars(line: str) -> int:
    """Return how many bars separate the cells of a row. Bars in parentheses are no separators."""
    if "|" not in line:
        return 0
    inside = re.sub(r"\([^()]*\)", "", line.strip())
    return inside.removeprefix("|").removesuffix("|").count("|")


def _kind(code: str) -> Kind:
    if _STEP.fullmatch(code):
        return "step"
    if _RULE.fullmatch(code):
        return "nothing"
    return "table" if _TABLE.fullmatch(code) else "code"


def _end_of_calculation(code: list[str], start: int) -> int:
    """Return the number of the line after the calculation that begins at `start`."""
    stop = start + 1
    if _kind(code[start]) != "code" or not code[start].strip():
        return stop
    if not (_JOINER.search(code[start]) or _is_continued(code, stop)):
        return stop
    stop = _closing_line(code, start, stop)
    while stop < min(len(code), start + _MOST_JOINED):
        following = next((k for k in range(stop, len(code)) if code[k].strip()), stop)
        is_apart = following > stop and not _EQUALS_BEFORE.match(code[following])
        if _is_continued(code, following) and not is_apart:  # = also goes on behind empty lines
            stop = _closing_line(code, following, following + 1)
            continue
        ends_open = _OPEN_END.search(code[stop - 1]) and code[stop].strip()
        if not ends_open or _NEW_CALCULATION.match(code[stop]):
            break
        stop = _closing_line(code, stop, stop + 1)
    return stop


def _is_continued(code: list[str], number: int) -> bool:
    return number < len(code) and _JOINED_BEFORE.match(code[number]) is not None


def _closing_line(code: list[str], start: int, number: int) -> int:
    """Return the line after the one that closes the brackets opened in `start`, or `number`."""
    open_brackets = _open_brackets(code[start])
    for k in range(number, min(len(code), number + _MOST_JOINED) if open_brackets > 0 else number):
        if _NEW_CALCULATION.match(code[k]):
            break
        open_brackets += _open_brackets(code[k])
        if open_brackets <= 0:
            return k + 1
    return number


def _open_brackets(line: str) -> int:
    depth = 0
    for mark in _BRACKET.findall(line):
        depth += 1 if mark in "[({" or mark.startswith(r"\begin") else -1
    return depth
