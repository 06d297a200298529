"""Data that people write without brackets and signs, such as x: 1 2 3 or a result behind a gap.

Positions in a line stay the same. Signs that a line lacks may be added at its end.
"""

from __future__ import annotations

import re

from ..late_pattern import compile_late
from .labels import name_label

_NUMBER = r"[-+−]?(?:\d{1,20}(?:[.,]\d{1,20})?|[.,]\d{1,20})(?:e[-+−]?\d{1,3})?"
_LIST = compile_late(
    r"(?:^|(?<=[\d)\]][,;|] ))(?P<before>[\s*+•>-]*(?:[^\W\d][\w()]*[ \t]+){0,3}?"
    r"[`$*]*(?:[^\W\d]\w{0,7}|\\[a-z]+)[`$*]*[ \t]*)(?P<sign>[:=])(?P<space>[ \t*]+)"
    rf"(?P<numbers>{_NUMBER}(?:(?:[ \t]*,)?[ \t]+{_NUMBER})+)(?P<after>[ \t]*[,;|.]?)"
    r"(?=\s*$|\s*[^\W\d])"
)
# the numbers behind a formula, as in: x̂ = (x − μ)/σ = −1.07, −0.53, 0, 1.6
_RESULTS = compile_late(rf"(?<==)\s({_NUMBER}(?:,[ \t]+{_NUMBER}){{2,}})[ \t]*(?:\.[ \t]*)?$")
_FEW = 3  # this many numbers in a row are a list
_SHAPE = compile_late(
    r"(?<![\w)\]}])[(\[]\s*(?:shape:?\s*)?\d+\s*[x×]\s*\d+\s*[)\]]"  # (2x3)
    r"|(?<=\()(?P<rows>\d+)[x×](?P<columns>\d+)(?=\))"  # ones(2x3)
)
_BEHIND_GAP = compile_late(
    r"[\w)\]'′}²³](?:[ \t]{3,40}|\t)(?P<result>[-−]?\d{0,20}[.,]?\d{1,20})[ \t]*$"
)
_NOT_IN_CHAINS = frozenset("#|&")
_SLOPE = compile_late(r"\s*[d∂]\w+\s*/\s*[d∂]\w+\s*")
_LETTER = compile_late(r"[^\W\d]")


def with_lists(line: str) -> str:
    """Return a line with brackets around numbers that only commas and spaces separate.

    >>> with_lists("x: 1 2 3, y = 2, 4, 5")
    'x=[1 2 3] y =[2, 4, 5]'
    >>> with_lists("y = 2 x = 2, 4, 6")
    'y = 2 x =[2, 4, 6]'
    """
    line = _LIST.sub(_list, name_label(line) if "(" in line else line)
    return _RESULTS.sub(r"[\1]", line) if "," in line and line.count("=") > 1 else line


def _list(found: re.Match[str]) -> str:
    numbers, after = found["numbers"], found["after"]
    count = len(numbers.replace(",", " ").split())
    is_clear = count >= _FEW or found["sign"] == ":" or re.search(r"\.\d+,|, .*\.", numbers)
    is_first = not found.start() or re.search("[=:]", found.string[: found.start()])
    if not (is_clear and is_first):  # as in x1, w1 = 2.0, 0.5
        return found[0]
    before = found["before"].replace("*", " ").replace("`", " ")
    return f"{before}={found['space'][:-1]}[{numbers}]" + " " * (len(after) - 1)


def with_result(line: str) -> str:
    """Return a line with = before a number that stands alone behind its formula.

    >>> with_result("z = w*x     0.5"), with_result("dE/db       0.2")
    ('z = w*x    =0.5', 'dE/db      =0.2')
    """
    found = _BEHIND_GAP.search(line)
    if (
        not found or "\t=" in line or not _NOT_IN_CHAINS.isdisjoint(line)
    ):  # a spreadsheet writes = before its formulas
        return line
    *before, formula = re.split("[=≈→]", line[: found.start() + 1])
    is_formula = _LETTER.search(formula) if before else _SLOPE.fullmatch(formula)
    if not is_formula:
        return line
    start = found.start("result")
    return f"{line[: start - 1]}={line[start:]}"


def without_shapes(line: str) -> str:
    """Return a line without the sizes of its matrices.

    >>> without_shapes("Z = X @ W (2x2)"), without_shapes("ones(2x3)")
    ('Z = X @ W      ', 'ones(2,3)')
    """
    return _SHAPE.sub(_shape, line) if "x" in line or "×" in line else line


def _shape(found: re.Match[str]) -> str:
    return f"{found['rows']},{found['columns']}" if found["rows"] else " " * len(found[0])
