"""Facts about a whole sheet: its notation, and the names to which it assigns a value."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .layout import Line
from .spelling import canonical_name
from .tokens import Notation, raised_names

_TARGET = re.compile(
    r"((?:\\?[^\W\d]|_)[\w\u0300-\u036f]{0,60}(?:_?\{[^{}\n]{0,40}\})?['′]{0,3})"
    r"\s{0,60}&?\s{0,60}(?:=(?!=)|≈|:=|←|\\approx)"
)
_COMMA_NUMBER = re.compile(r"(?<![\w.,])\d+,\d+(?![\w.,])")
_POINT_NUMBER = re.compile(r"(?<![\w,.])\d*\.\d+")
_LIST = re.compile(r"\[[^\[\]]*\]|\([^()]*\)")
_FROM_ZERO = re.compile(r"\w\[\s*0\s*[\],]|\]\[\s*0\s*\]|\w\[\s*\d+\s*,\s*0\s*\]")


def notation_of(lines: Iterable[Line]) -> Notation:
    """Return the notation in which the sheet writes its numbers and names."""
    code = "\n".join(line.source.code for line in lines if line.kind != "nothing")
    return Notation(
        decimal_comma=_has_decimal_commas(code),
        raised=raised_names(code),
        first_index=0 if _FROM_ZERO.search(code) else 1,
    )


def _has_decimal_commas(code: str) -> bool:
    """Whether 0,5 means a half.

    This is so if no number has a decimal point and some comma cannot be the comma of a list.
    """
    if _POINT_NUMBER.search(code) or not _COMMA_NUMBER.search(code):
        return False
    alone = _LIST.sub(" ", code)
    mixed = any(
        re.search(r"\d,\d", part[0]) and re.search(r"\d[,;]\s", part[0])
        for part in _LIST.finditer(code)
    )
    return mixed or bool(_COMMA_NUMBER.search(alone))


def target_names(lines: Iterable[Line]) -> set[str]:
    """Return the names to which any line of the sheet assigns a value."""
    return {
        canonical_name(found[1].lstrip("\\"))
        for line in lines
        if line.kind == "code"
        for found in _TARGET.finditer(line.source.code)
        if _begins_chain(line.source.code[: found.start()])
    }


def _begins_chain(before: str) -> bool:
    """Whether a name after this text is a target and not part of an expression."""
    is_factor = before[-1:].isdigit()
    return not is_factor and not before.rstrip(" &").endswith(tuple("=≈→←>~+-−*/·("))
