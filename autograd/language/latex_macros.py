r"""Expansion of the macros that a LaTeX text defines, such as \newcommand{\pd}[2]{…}."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..late_pattern import compile_late
from .layout import LONGEST_SHEET
from .sheet_source import WorksheetError

_DEFINITION = compile_late(
    r"\\(?:newcommand|providecommand|renewcommand|DeclareMathOperator)\*?\s{0,9}"
    r"(?:\{\s{0,9}(\\[A-Za-z]+)\s{0,9}\}|(\\[A-Za-z]+))\s{0,9}(?:\[(\d)\])?\s{0,9}(?=\{)"
    r"|\\def\s{0,9}(\\[A-Za-z]+)\s{0,9}((?:#\d){0,9})(?=\{)"
)
_COMMENT = compile_late(r"(?<!\\)%")
_CALL = compile_late(r"\\[A-Za-z]+")
_PARAMETER = compile_late(r"#(\d)")
_SPACES = compile_late(r"[ \t]*")
_MOST_PASSES = 8  # each pass expands the macros inside the bodies of others


@dataclass(frozen=True)
class _Macro:
    count: int
    body: str


def expand_macros(text: str) -> str:
    r"""Return a text with its macros replaced by their bodies, and without the definitions.

    >>> expand_macros(r"\newcommand{\d}[2]{\frac{d #1}{d #2}}\d{C}{w} = 2")
    '\\frac{d C}{d w} = 2'

    Raises:
        WorksheetError: the expanded text is too long.
    """
    text, macros = _without_definitions(text)
    for _ in range(_MOST_PASSES if macros else 0):
        expanded = _expand_once(text, macros)
        if expanded == text:
            break
        text = expanded
    return text


def _without_definitions(text: str) -> tuple[str, dict[str, _Macro]]:
    """Return a text without the definitions of macros, and the macros by name."""
    macros: dict[str, _Macro] = {}
    closings, parts, at = _closings(text), list[str](), 0
    for found in _DEFINITION.finditer(text):
        stop = closings.get(found.end())
        line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
        if stop is None or found.start() < at or _COMMENT.search(line):
            continue
        body = text[found.end() + 1 : stop].replace("\n", " ")
        if "Operator" in found[0]:
            body = rf"\operatorname{{{body}}}"
        count = int(found[3] or 0) + (found[5] or "").count("#")
        name = found[1] or found[2] or found[4]
        if not (name in macros and "provide" in found[0]):
            macros[name] = _Macro(count, body)
        # The line breaks of a definition stay, so that the lines of the text keep their numbers.
        parts += [text[at : found.start()], "\n" * text.count("\n", found.start(), stop)]
        at = stop + 1
    return "".join([*parts, text[at:]]), macros


def _expand_once(text: str, macros: dict[str, _Macro]) -> str:
    closings, parts, at, length = _closings(text), list[str](), 0, len(text)
    for found in _CALL.finditer(text):
        macro = macros.get(found[0])
        if macro is None or found.start() < at:
            continue
        arguments, stop = _arguments(text, found.end(), macro.count, closings)
        if len(arguments) < macro.count:
            continue
        values = {str(k): argument for k, argument in enumerate(arguments, 1)}
        pieces = _PARAMETER.split(macro.body)  # text and the numbers of parameters, in turn
        pieces[1::2] = [values.get(number, "#" + number) for number in pieces[1::2]]
        length += sum(map(len, pieces))
        if length > LONGEST_SHEET:
            raise WorksheetError("the macros of this file expand to a text that is too long")
        parts += [text[at : found.start()], *pieces]
        at = stop
    return "".join([*parts, text[at:]])


def _arguments(
    text: str, start: int, count: int, closings: dict[int, int]
) -> tuple[list[str], int]:
    """Return the arguments of a macro, each in braces or a single character, and their end."""
    arguments: list[str] = []
    for _ in range(count):
        spaces = _SPACES.match(text, start)
        start = spaces.end() if spaces else start
        stop = closings.get(start)
        if stop is not None:
            arguments.append(text[start + 1 : stop])
            start = stop + 1
        elif text[start : start + 1].strip("{}\n"):
            arguments.append(text[start])
            start += 1
    return arguments, start


def _closings(text: str) -> dict[int, int]:
    """Return a mapping from the position of each opening brace to that of its closing brace."""
    opened: list[int] = []
    closings = {}
    for found in re.finditer(r"\\.|[{}]", text):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            closings[opened.pop()] = found.start()
    return closings
