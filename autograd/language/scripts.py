"""Subscripts and superscripts of names, such as w_{xh} and a^(1)."""

from __future__ import annotations

import re

from ..late_pattern import compile_late
from .spelling import (
    ACCENTS,
    FONTS,
    LOWERED_DIGITS,
    LOWERED_LETTERS,
    NAMES,
    RAISED_LETTERS,
    RAISED_SIGNS,
    canonical_name,
)

LOWERED = LOWERED_DIGITS + "".join(LOWERED_LETTERS)  # the subscript characters
RAISED = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾" + "".join(RAISED_LETTERS)
NOT_IN_NAMES = "½¼¾⅓⅔⅛⅕ΣᵀΠ" + LOWERED + RAISED + "ʹʰ"
LETTER = rf"[^\W\d_{NOT_IN_NAMES}]"
MARKS = "\u0300-\u036f"
SUBSCRIPT = compile_late(r"\s*_?\{([^{}]*)\}|_(\w|\\[A-Za-z]+)|⟨([\w+−-]+)⟩")  # and x⟨t⟩
SUPERSCRIPT = compile_late(
    rf"\^\{{\s*([^{{}}^]{{1,12}})\s*\}}|\^(\([\w ]{{1,8}}\)|\[[\w ]{{1,8}}\]|[\w*+])|([{RAISED}]+)"
)
_DECORATED = compile_late(
    rf"\\({'|'.join((*ACCENTS, *FONTS))})\b\s*"
    r"(?:\{\s*(\w+|\\[A-Za-z]+)\s*\}|(\\[A-Za-z]+|[^\W\d]))"
)
# The star in y*. A star before another sign, a closing bracket or the end is no multiplication.
STAR = compile_late(r"\*(?=\s*(?:[-+−*/·)\],;=≈]|$))")


def plain_words(inside: str) -> str:
    r"""Return the text in braces without commands: \text{in} gives in, and \theta gives θ."""
    if inside.isalnum():
        return inside
    inside = re.sub(r"\\(?:text|mathrm|mathbf)\s*\{?", "", inside).replace("}", "")
    for command, letter in NAMES.items() if "\\" in inside else ():
        if command in inside:
            inside = re.sub(re.escape(command) + r"(?![A-Za-z])", letter, inside)
    return re.sub(r"[\s\\{}]+", "", inside)


def plain_letters(text: str) -> str:
    r"""Replace LaTeX accents and fonts around names by plain letters.

    \hat{m} becomes m̂, and \text{net} becomes net.

    >>> plain_letters(r"\hat{m}_2 = 3, \text{net}_{h1} = 4") == "m\u0302_2 = 3, net_{h1} = 4"
    True
    """
    if "\\" not in text:
        return text

    def letters(found: re.Match[str]) -> str:
        inside = NAMES.get(found[2] or found[3], found[2] or found[3])
        return inside[:1] + ACCENTS.get(found[1], "") + inside[1:]

    return _DECORATED.sub(letters, text)


def plain_superscript(found: re.Match[str]) -> str:
    inside = found[1] or found[2] or found[3]
    letters = "".join(RAISED_LETTERS.get(c, c) for c in inside.translate(RAISED_SIGNS))
    return re.sub(r"\s+", "", letters)


# In sin w^2 = 0.3, the w^2 ends a formula and is a power. It is no new name w^2, so a match after a
# function or a command is skipped.
_FUNCTION_BEFORE = compile_late(r"(?:\\(?!q?quad)[A-Za-z]+|\b(?:exp|ln|log|sin|cos|tanh|relu))\s*$")


def raised_names(text: str) -> set[str]:
    """Return the names with a superscript that the text assigns or differentiates by.

    A superscript in brackets after a ∂ is always part of the name.

    >>> sorted(raised_names("z¹ = 0.5\\nδ^o = (y − z¹)^2\\n∂C/∂a^(2) = 1"))
    ['a^(2)', 'z^1', 'δ^o']
    """
    found = set()
    for match in _RAISED_BELOW.finditer(text):
        letters = NAMES.get(match[1], match[1])
        name = canonical_name(plain_words(letters + (match[2] or match[4] or "")))
        if raised := SUPERSCRIPT.match(match[3]):
            found.add(f"{name}^{plain_superscript(raised)}")
    targets = list(_RAISED_TARGET.finditer(text))
    assigned = _first_assignments(text) if targets else {}
    for match in targets:
        letters = NAMES.get(match[1], match[1])
        name = canonical_name(plain_words(letters + (match[2] or match[4] or "")))
        before = text[max(0, match.start() - 12) : match.start(1)]
        if _FUNCTION_BEFORE.search(before):
            continue
        raised = SUPERSCRIPT.match("^*" if match[3] == "*" else match[3])
        # e^z is the exponential function, and x^T is a transpose.
        if raised and name != "e" and (above := plain_superscript(raised)) != "T":
            is_power = above in ("2", "3") and assigned.get(match[1], len(text)) < match.start()
            found |= set() if is_power else {f"{name}^{above}"}
    return found


def _first_assignments(text: str) -> dict[str, int]:
    """Return where a text first assigns a value to each name."""
    first: dict[str, int] = {}
    for found in _ASSIGNED.finditer(text):
        first.setdefault(found[1], found.start())
    return first


_ASSIGNED = compile_late(
    rf"(?<![\w\\}}])(\\[A-Za-z]{{1,12}}|(?:{LETTER}|[{MARKS}])[\w{MARKS}]{{0,50}})\s{{0,40}}=(?!=)"
)
_RAISED_BELOW = compile_late(
    rf"(?:\\partial\b|∂)\s?\{{?\s?(\\[A-Za-z]{{1,12}}|(?:{LETTER}|[{MARKS}])[\w{MARKS}]{{0,40}}?"
    rf"(?:[{LOWERED_DIGITS}]{{1,9}})?)(_\{{[^{{}}\n]{{0,40}}\}}|_\w{{1,40}})?"
    r"(\^\{\s?[(\[][\w ]{1,8}[)\]]\s?\}|\^\([\w ]{1,8}\)|\^\[[\w ]{1,8}\])(_\w|_\{[^{}\n]{0,40}\})?"
)
_RAISED_TARGET = compile_late(
    rf"(?:^|[\n,;|$:]|(?<![=≈])(?<![=≈] )&"
    rf"|\\\\|[^\W\d]{{2}}\s)\s{{0,40}}(?:[-*•]\s+)?(\\[A-Za-z]{{1,12}}|(?:{LETTER}|[{MARKS}])[\w{MARKS}]{{0,40}}?"
    rf"(?:[{LOWERED_DIGITS}]{{1,9}})?)(_\{{[^{{}}\n]{{0,40}}\}}|_\w{{1,40}})?"
    rf"(\^\{{[^{{}}\n]{{1,12}}\}}|\^\([\w ]{{1,8}}\)|\^\[[\w ]{{1,8}}\]"
    rf"|\^[\w+]|\^?\*|[{RAISED}]{{1,9}})"
    r"(_\w|_\{[^{}\n]{0,40}\})?\s{0,40}&?\s{0,40}(?:=|≈|:=|←|\\approx|->)"
)
