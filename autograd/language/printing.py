"""Calls of print(…) and cat(…), and the lines that they show.

A line that a call shows, such as "z (logit): 0.5" of ``print(f"z (logit): {z}")``, becomes the
claim z -> 0.5. Calls are only parsed and never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..late_pattern import compile_late

_CALL = compile_late(r"\s*(?:>>> ?)?(?:print|cat)\(.*\)\s*(?:#.*)?")
_LONGEST = 300  # the longest call, and the longest line that it shows
_MOST_WAITING = 20  # calls whose lines were not found yet
_NUMBER = r"[-+−]?\d*\.?\d+(?:[eE][-+]?\d+)?\.?"
_HOLE = rf"(?:tensor\(|array\()?({_NUMBER}|\[[^\[\]]*\])\)?"
_UNCHANGED = frozenset(("item", "numpy", "tolist", "detach", "copy", "squeeze", "flatten"))
_R_OUTPUT = compile_late(r"##\s")


@dataclass(frozen=True)
class _Template:
    """What a call shows: a pattern for the line, and the name of the number in each group."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]


def with_printed_numbers(lines: Sequence[str]) -> list[str]:
    """Return the lines with a claim in place of each line that a call before it shows.

    >>> with_printed_numbers(['print(f"z (logit): {z:.2f}")', "z (logit): 0.50"])[1]
    '      z -> 0.50'
    """
    found = list(lines)
    waiting: list[_Template] = []
    for k, line in enumerate(lines):
        if "(" in line and _CALL.fullmatch(line):
            template = _template(line)
            waiting = [*waiting, template][-_MOST_WAITING:] if template else waiting
        elif waiting and line.strip() and len(line) < _LONGEST:
            number = next((n for n, one in enumerate(waiting) if _match(one, line)), None)
            if number is not None:
                found[k] = _claims(line, waiting[number])
                waiting = waiting[number + 1 :]
    return found


def is_printed(line: str, lines: Sequence[str]) -> bool:
    """Whether one of the calls in these lines shows this line."""
    templates = (_template(one) for one in lines if _CALL.fullmatch(one))
    return len(line) < _LONGEST and any(one and _match(one, line) for one in templates)


def _match(template: _Template, line: str) -> re.Match[str] | None:
    start = _R_OUTPUT.match(line)
    return template.pattern.fullmatch(line, start.end() if start else 0)


def _claims(line: str, template: _Template) -> str:
    """Return a line as claims, with every number at its place if the names fit before it."""
    match = _match(template, line)
    assert match
    claims, at = "", 0
    for k, name in enumerate(template.names, 1):
        claim = f"{'; ' if k > 1 else ''}{name} -> "
        claims += claim.rjust(match.start(k) - at) + match[k]
        at = match.end(k)
    if len(claims) == at:
        return claims.ljust(len(line))
    pairs = zip(template.names, match.groups(), strict=True)
    return " " * len(line) + "; ".join(f"{name} -> {number}" for name, number in pairs)


def _template(call: str) -> _Template | None:
    """Return what a call shows, or None if it shows no numbers behind words."""
    if len(call) > _LONGEST:
        return None
    try:
        tree = ast.parse(call.strip().removeprefix(">>>").strip(), mode="eval").body
        assert isinstance(tree, ast.Call)
        parts = list(_parts(tree.args))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    pattern, names = r"\s*", []
    for text, name in parts:
        pattern += r"\s*".join(map(re.escape, text.split())) + r"\s*" if text else _HOLE + r"\s*"
        names += [name] if name else []
    has_words = any(re.search(r"[^\W\d_]", text) for text, _ in parts)
    return _Template(re.compile(pattern), tuple(names)) if names and has_words else None


def _parts(args: Sequence[ast.expr]) -> Iterator[tuple[str, str]]:
    """Yield the words that a call shows, as (text, ""), and its expressions, as ("", name)."""
    for arg in args:
        pieces = arg.values if isinstance(arg, ast.JoinedStr) else [arg]
        for piece in pieces:
            value = piece.value if isinstance(piece, ast.FormattedValue) else piece
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value, ""
            else:
                yield "", ast.unparse(_shown(value))


def _shown(node: ast.expr) -> ast.expr:
    """Return z of z.item(), round(z, 4), float(z) and r(z), which all show the number of z."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=args) if (
            name in _UNCHANGED or (name == "round" and len(args) == 1 and not _is_module(inner))
        ):
            return _shown(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="round"), args=[first, *_]):
            return _shown(first)
        case ast.Call(
            func=ast.Name(id="round" | "float" | "format" | "signif" | "r"), args=[first, *_]
        ):
            return _shown(first)
    return node


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "numpy", "torch", "jnp")
