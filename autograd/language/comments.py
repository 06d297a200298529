"""Calculations in comments, such as the result in z = w*x + b  # 0.8*0.5 + 0.1 = 0.5."""

from __future__ import annotations

import re

from ..late_pattern import compile_late

RESULT = r"[-+−]?\d*\.\d+(?:e[-+]?\d+)?|\[[-+−\d.,;e\s\[\]]+\]"
_JOINER = r"(?:->|→|=>|=|≈)"
# Numbers with an operation between them, and with no names except those of functions.
_NUMBERS = (
    r"(?:[-+−*/·×^().,\d\s²³]|\b(?:e|exp|log|ln|sqrt|tanh|sigmoid|relu|max)\b(?=[\^(])|σ(?=\())"
    r"{1,400}"
)
_HAS_OPERATION = r"(?=.{0,99}?(?:\d\s*\)*\s*[-+−*/·×^=≈]|[^\W\d]))"
_BODY = compile_late(
    rf"[#/\s]*(?:([^\W\d]\w*)\s*(?={_JOINER}|becomes\b))?({_JOINER}?|becomes\b)\s*"
    rf"(?:({RESULT}|[-+−]?\d+)|{_HAS_OPERATION}{_NUMBERS}(?:{_JOINER}{_NUMBERS})*(?<=[\d)\s]))\s*"
)
_PRINTED = compile_late(
    r"""\s*(?:\#\s*)?print\(\s*(?:(?P<f>f)?(?P<quote>["'])[^"'{}]*(?(f)\{|(?P=quote)\s*,))?
    \s*(?P<name>[^"'\#,{}:=!]+?)\s*(?(f)(?:[=:!][^"'{}]*)?\}[^"'{}]*["'])\)\s*\#
    \s*(?:(?P<label>[^\W\d]\w*)\s*[:=]\s*|(?:->|→|=>|=|≈|prints)\s*)?"""
    rf"(?P<result>(?:tensor\()?(?:{RESULT}|[-+−]?\d+\.?)\)?)\s*",
    re.VERBOSE,
)
_SHOWS = frozenset(("output", "out", "prints", "result", "shows", "ausgabe"))
_NAME = compile_late(r"\s*([^\W\d]\w*)\s*[-+]?=(.*)", re.DOTALL)
# A tensor or an array as Python prints it. Only its numbers are kept.
_SHOWN = compile_late(
    r"(?P<head>(?:tensor|array|np\.float64)\()(?P<numbers>[^()a-z]*)(?:[a-z_]+=[^()]*)?\)"
)
_SHOWN_ALONE = compile_late(r"\s*[^\W\d][\w.\[\]()@]*\s*")  # as in w.grad  # -0.8
_LETTER = compile_late(r"[^\W\d]")
_ALONE = compile_late(r"\s*(?:#|//)\s*(?=[^\W\d]|∂)(?P<chain>[^#=≈:]{1,30}[=≈](?!=).*\d\)?)[\s.]*")
_WORD = compile_late(r"[^\W\d_]{4,}(?!\w*[(\d_])")


def with_commented_result(line: str) -> str:
    """Return a line as a chain if its comment is a result or the substituted numbers.

    >>> with_commented_result("z = w*x  # 0.4"), with_commented_result("z = w*x  # = 0.8*0.5")
    ('z = w*x   →0.4', 'z = w*x    = 0.8*0.5')
    """
    start = max(line.rfind("#"), line.rfind(" //"))
    if "tensor(" in line or "array(" in line or "float64(" in line:
        line = line[:start] + _SHOWN.sub(_numbers_shown, line[start:])
    found, target = _BODY.fullmatch(line, start), _NAME.match(line)
    before = line[:start].rstrip().removesuffix(";")
    if start < 0 or not found or not before.strip():
        return line
    name, joiner, result = found.groups()
    has_formula = target and "#" not in before and _LETTER.search(before.partition("=")[2])
    is_shown = result and _SHOWN_ALONE.fullmatch(before)
    if (name and not (target and name == target[1])) or not (joiner or has_formula or is_shown):
        return line
    joiner = "→" if joiner == "becomes" else joiner
    end = found.end(2) if joiner else line.index(line[start:].lstrip("#/ ")[0], start)
    return before + (joiner or ("→" if result else "=")).rjust(end - len(before)) + line[end:]


def printed_result(line: str) -> str:
    """Return a line as a claim if it prints a quantity and has the result in a comment.

    >>> printed_result('print(f"z = {z:.2f}")  # 0.40').split()
    ['z', '→', '0.40']
    """
    found = _PRINTED.fullmatch(line)
    if not found:
        return line
    label = found["label"] or found["name"]
    if label != found["name"] and label.casefold() not in _SHOWS:
        return line
    claim = f"{found['name'].rjust(found.end('name'))} →"
    return claim.ljust(found.start("result")) + line[found.start("result") :]


def _numbers_shown(found: re.Match[str]) -> str:
    shown = " " * len(found["head"]) + found["numbers"].rstrip(" ,")
    return shown.ljust(len(found[0]))


def commented_chain(line: str) -> str:
    """Return the calculation in a line that is a comment, or "" if there is none.

    >>> commented_chain("# z = 0.8*0.5 = 0.4"), commented_chain("# the input x = 0.5")
    ('  z = 0.8*0.5 = 0.4', '')
    """
    found = _ALONE.fullmatch(line)
    is_chain = found and len(re.findall(_JOINER, found["chain"])) > 1
    if not found or not is_chain or _WORD.search(found["chain"]):
        return ""
    return " " * found.start("chain") + line[found.start("chain") :]
