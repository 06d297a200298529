"""Lines copied from an interactive session, such as one of Python, and tables of numbers.

The functions replace prompts by spaces or arrows, and mark the rows of matrices and tables. The
text that is kept stays in its columns, so that error messages point at the right place. Only
a row of numbers behind a mark such as R's [1] moves one to the right, for its opening bracket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..late_pattern import compile_late

# A lone > is the prompt of R only before `name <- `, because quoted lines begin with > too.
_PROMPT = compile_late(
    r"\s*(?:>>> ?|(?:julia|ghci|octave:\d+)> ?|sage: ?|\.\.\. |In \[\d+\]: ?|> (?=\w+ <- ))"
)
_PRINT = compile_late(r"(\s*print\()([^'\"#,]*)\)\s*")
# What print shows, perhaps in a comment below it.
_PRINTED = compile_late(
    r"\s*#?\s*(?:tensor\(|array\()?(\[*\s*[-+−]?\d[-+\d.e,\s\[\]]*)(?:,\s*[a-z_]+=[^()]*)?\)?\s*"
)
_INPUT_MARK = compile_late(r"\s*In \[\d+\]:")
_OUTPUT = compile_late(r"\s*(?:Out\[\d+\]: ?|(?:## ?)?\[1\] )")
_NUMBERS = compile_late(r"\s*(?:array|tensor)?\(?\[*\s*[-+−]?\d[-+\d.e,\s\[\]]*\)?\s*")
_EXPRESSION = compile_late(r"[^=→←#]*[^\W\d][^=→←#]*")
_ROUNDED = compile_late(r"^round\((.+),\s*\d\)$")
_ASSIGNMENT = compile_late(r"[^\W\d][\w.]*\s*=(?=[^=→←#;]*[^\W\d])[^=→←#;]*")
_NUMBER_ASSIGNMENT = compile_late(r"[^\W\d]\w*\s*=\s*[-\d.]+\s*")
_COLUMN_GAP = compile_late(r"(?<=\S)[ \t]{2,}(?=\S)")
_NOT_A_HEADING = compile_late(r"[|=≈→]|(?:^|\s)[-+−]?\d[\d.]*(?:\s|$)")
_TABLE_NUMBER = r"~?[-+−]?\d*[.,]?\d+(?:e[-+−]?\d+)?"
_ROW = compile_late(r"\s*[-+−]?\d*[.,]?\d+(?:[ \t]+[-+−]?\d*[.,]?\d+)*\s*")
_BRACKETED_ROW = compile_late(r"\s*\[[^\[\]=]*\]\s*")
_FIRST_ROW = compile_late(r"(?<=[=≈→]) +(?=\[[^\[\]=]*\]\s*$)")
# The line above a matrix ends with its name. After other words the name has at most three
# characters, because a longer last word may be no name.
_NAME_OF_MATRIX = compile_late(r"(?:[^=:]*\s)?[^\W\d]\w{0,2}\s*[:=]\s*|\s*[^\W\d]\w*\s*[:=]\s*")


def without_prompts(lines: Sequence[str]) -> list[str]:
    """Return the lines without prompts, and with an arrow before each printed number.

    >>> without_prompts([">>> c = 5.0", ">>> c", "5.0", "Out[2]: 0.25"])
    ['    c = 5.0', '    c →', '5.0', '      → 0.25']
    """
    found = list(lines)
    has_cells = any(map(_INPUT_MARK.match, lines))
    following, number = "", 0  # the next line that is not empty
    for k, line in reversed(list(enumerate(lines))):
        printed = _PRINT.fullmatch(line)
        before = next((one for one in reversed(lines[:k]) if one.strip()), "") if printed else ""
        # A print below another print gets no output, because the output may belong to either.
        is_alone = printed and not _PRINT.fullmatch(before)
        if printed and is_alone and (output := _PRINTED.fullmatch(following)):
            found[k] = f"{' ' * len(printed[1])}{printed[2]} →".ljust(len(line))
            found[number] = (" " * output.start(1) + output[1]).ljust(len(following))
            following, number = line, k
            continue
        if prompt := _PROMPT.match(line):
            rest = line[prompt.end() :]
            # Six spaces in place of "round(" keep the columns.
            rest = _ROUNDED.sub(lambda call: f"      {call[1]}".ljust(len(call[0])), rest)
            # Julia also shows the value of an assignment.
            is_formula = _EXPRESSION.fullmatch(rest) or (
                "julia>" in prompt[0] and _ASSIGNMENT.fullmatch(rest)
            )
            # After `c = 5.0`, the 5.0 that Julia shows says nothing new.
            if (
                "julia>" in prompt[0]
                and _NUMBER_ASSIGNMENT.fullmatch(rest)
                and _NUMBERS.fullmatch(following)
            ):
                found[number] = " " * len(following)
            is_shown = is_formula and _NUMBERS.fullmatch(following)
            blank = " " * (prompt.end() - 1)
            found[k] = f"{blank} {rest}" + (" →" if is_shown else "")
        elif output := _OUTPUT.match(line):
            found[k] = "→ ".rjust(output.end()) + _as_list(line[output.end() :])
        elif has_cells and _EXPRESSION.fullmatch(line) and _NUMBERS.fullmatch(following):
            # The arrow goes to the next line if that is empty. Then no empty line separates the
            # formula from its number.
            between = k + 1 if not lines[k + 1].strip() else k
            found[between] += " →"
        if line.strip():
            following, number = line, k
    return found


def with_brackets(lines: Sequence[str]) -> list[str]:
    """Return the lines with brackets around the rows of a matrix that stands below its name.

    >>> with_brackets(["Kernel K:", "1 0", "0 2", "x = 1"])
    ['Kernel K=[', '1 0', '0 2]', 'x = 1']
    """
    found = list(lines)
    for k, line in enumerate(lines):
        if first := _FIRST_ROW.search(line):
            stop = _end_of_rows(lines, k + 1, _BRACKETED_ROW)
            if stop > k + 1:
                found[k] = f"{line[: first.start()]}[{line[first.start() + 1 :]}"
                found[stop - 1] += "]"
        elif _NAME_OF_MATRIX.fullmatch(line):
            stop = _end_of_rows(lines, k + 1, _ROW)
            # A matrix has two rows or more, or one row of several numbers.
            if stop - k > 2 or (stop - k == 2 and len(lines[k + 1].split()) > 1):
                found[k] = line.rstrip()[:-1] + "=["
                found[stop - 1] += "]"
    return found


def with_columns(lines: Sequence[str]) -> list[str]:
    """Return the lines with | between the columns of a table that spaces align.

    >>> with_columns(["n   x_n", "0   2.0", "1   2.1", "x = 3   y = 4"])
    ['n | x_n', '0 | 2.0', '1 | 2.1', 'x = 3   y = 4']
    >>> with_columns(["x = 3   y", "0   2.0", "1   2.1"])
    ['x = 3   y', '0   2.0', '1   2.1']
    """
    found = list(lines)
    for k, line in enumerate(lines):
        count = len(_COLUMN_GAP.split(line.strip()))
        if count < 2 or _NOT_A_HEADING.search(line):
            continue
        row = re.compile(rf"\s*{_TABLE_NUMBER}(?:\s{{2,}}{_TABLE_NUMBER}){{{count - 1}}}\s*")
        stop = _end_of_rows(lines, k + 1, row)
        # A table has a heading and at least two rows.
        for row_number in range(k, stop if stop > k + 2 else k):
            found[row_number] = _COLUMN_GAP.sub(
                lambda gap: " |".ljust(len(gap[0])), lines[row_number]
            )
    return found


def _end_of_rows(lines: Sequence[str], start: int, row: re.Pattern[str]) -> int:
    """Return the number of the first line from `start` on that is no row."""
    return next((k for k in range(start, len(lines)) if not row.fullmatch(lines[k])), len(lines))


def _as_list(printed: str) -> str:
    """Return several numbers that R prints in one line as a list in brackets."""
    return f"[{printed}]" if _ROW.fullmatch(printed) and len(printed.split()) > 1 else printed
