"""Calls of print(…) and cat(…), and the lines that they show.

A line that a call shows, such as "z (logit): 0.5" of ``print(f"z (logit): {z}")``, becomes the
claim z -> 0.5. Calls are only parsed and never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..late_pattern import compile_late
from .printed_values import Assignments, is_label_of, names_a_target

_CALL = compile_late(r"\s*(?:>>> ?)?(?:print|cat)\(.*\)\s*(?:#.*)?")
_LONGEST = 300  # the longest call, and the longest line that it shows
_MOST_WAITING = 20  # calls whose lines were not found yet
_MOST_IN_A_CELL = 100
_MOST_HOLES = 4  # numbers that a call shows
_NUMBER = r"[-+−]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?\.?"
_HOLE = rf"\s*(?:tensor\(|array\()?({_NUMBER}|\[[^\[\]]*\])\)?\s*"
_UNCHANGED = frozenset(("item", "numpy", "tolist", "detach", "copy", "squeeze", "flatten"))
_MODULES = frozenset(("np", "numpy", "torch", "jnp", "math"))
_FUNCTIONS = frozenset(("abs", "exp", "log", "sqrt", "tanh", "sum", "mean", "max", "min"))
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)
_PLAIN_FORMAT = compile_late(r"[-+ <>^]?\d*(?:\.\d+)?[efgd]?")  # without 57 % and 1,000
_UNREAD = "?"  # the code of an expression such as len(x), which the language cannot read
_MARKED = compile_late(r"##?\s")  # output in a comment, and output of R
_HAS_TARGET = compile_late(r"[=:/]")
_OUTPUT_HEADING = compile_late(r"(?i)\W*(?:output|prints|printed)\W*")
_VALUE = r"[-+−\d.\[][-+−\d.e,\s\[\]]*"
_ASSIGNED_NUMBER = compile_late(rf"\s*[^\W\d][\w.]*\s*=\s*{_VALUE}")
_CODE = compile_late(rf"\s*[^\W\d][\w.\[\], ]*(?:[-+*/]?=|<-)(?!=)(?!\s*{_VALUE}$)")


@dataclass(frozen=True)
class _Template:
    """What a call shows: a pattern for the line, and the code of the number in each group.

    Attributes:
        labels: the words before each number.
    """

    pattern: re.Pattern[str]
    codes: tuple[str, ...]
    labels: tuple[str, ...]


def with_printed_numbers(lines: Sequence[str]) -> list[str]:
    """Return the lines with a claim in place of each line that a call before it shows.

    A line becomes empty if values on which its number depends have changed since the call.

    >>> lines = ["z = 0.5", 'print(f"z (logit): {z:.2f}")', "z (logit): 0.50"]
    >>> with_printed_numbers(lines)[2]
    '      z -> 0.50'
    """
    found = list(lines)
    calls = {k for k, line in enumerate(lines) if "(" in line and _CALL.fullmatch(line)}
    waiting: list[tuple[int, _Template]] = []
    values = Assignments()
    output = _start_of_output(lines, calls) if calls else 0
    for k, line in enumerate(lines if calls else ()):
        if k in calls:
            template = None if values.is_in_block(line) else _template(line, values.names)
            waiting = [*waiting, (k, template)][-_MOST_WAITING:] if template else waiting
            continue
        if waiting and line.strip() and len(line) < _LONGEST:
            number = next((n for n, (_, one) in enumerate(waiting) if _match(one, line)), None)
            call, template = waiting[number or 0]
            # In the middle of a program, y = 4 assigns a new value.
            is_output = k >= output or ">>>" in lines[call]
            if number is not None and (is_output or not _ASSIGNED_NUMBER.fullmatch(line)):
                waiting = waiting[number + 1 :]
                is_old = values.changed_since(call, template.codes)
                found[k] = _passed_over(line) if is_old else _claims(line, template, values.names)
                continue
        values.note(k, line)
    return found


def _start_of_output(lines: Sequence[str], calls: Collection[int]) -> int:
    """Return the number of the line after the last line of code, or after "Output:"."""
    last = max(calls)
    for k, line in enumerate(lines):
        if k > min(calls) and _OUTPUT_HEADING.fullmatch(line):
            return k
        if _CODE.match(line):
            last = max(last, k)
    return last + 1


def printed_lines(lines: Sequence[str], calls: Sequence[str]) -> list[str]:
    """Return those of the lines that one of the calls shows."""
    found = (_template(call) for call in calls if _CALL.fullmatch(call))
    templates = [one for one in found if one and _UNREAD not in one.codes][:_MOST_IN_A_CELL]
    short = [line for line in lines if line.strip() and len(line) < _LONGEST]
    return [line for line in short if any(_match(one, line) for one in templates)]


def _match(template: _Template, line: str) -> re.Match[str] | None:
    start = _MARKED.match(line)
    return template.pattern.fullmatch(line, start.end() if start else 0)


def _passed_over(line: str) -> str:
    """Return what replaces a line that is not judged.

    In place of a comment, this is a statement, because a calculation in a comment is read.
    """
    return ("import shown" if _MARKED.match(line) else "").ljust(len(line))


def _claims(line: str, template: _Template, names: Collection[str]) -> str:
    """Return a line as claims, with every number at its place if the names fit before it.

    A line such as "dL/dw = 4" stays as it is if the call does not show what the line names. Other
    such lines are passed over, and so is what the language cannot compute.
    """
    if _UNREAD in template.codes:
        return line if _HAS_TARGET.search(line) else _passed_over(line)
    pairs = zip(template.labels, template.codes, strict=True)
    if not all(is_label_of(label, code, names) for label, code in pairs):
        is_readable = all(names_a_target(label, names) for label in template.labels)
        return line if is_readable else _passed_over(line)
    match = _match(template, line)
    assert match
    claims, at = "", 0
    for k, code in enumerate(template.codes, 1):
        claim = f"{'; ' if k > 1 else ''}{code} -> "
        claims += claim.rjust(match.start(k) - at) + match[k]
        at = match.end(k)
    if len(claims) == at:
        return claims.ljust(len(line))
    numbers = zip(template.codes, match.groups(), strict=True)
    return " " * len(line) + "; ".join(f"{code} -> {number}" for code, number in numbers)


def _template(call: str, names: Collection[str] | None = None) -> _Template | None:
    """Return what a call shows, or None if it shows no numbers behind words that can be read.

    Without `names`, every name is taken as known.
    """
    if len(call) > _LONGEST:
        return None
    try:
        tree = ast.parse(call.strip().removeprefix(">>>").strip(), mode="eval").body
        assert isinstance(tree, ast.Call)
        parts = list(_parts(tree.args, names))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    pattern, label = r"\s*", ""
    labels: list[str] = []
    codes: list[str] = []
    for text, code in [*parts, ("", "")]:
        label += text + " "
        if not text:
            words = label.split()
            # Numbers that nothing separates, or that a digit separates, cannot be told apart.
            if code and codes and (not words or label.lstrip()[0] in "0123456789.-+"):
                return None
            pattern += r"\s*".join(map(re.escape, words))
        if code:
            pattern += _HOLE
            labels.append(label.strip())
            codes.append(code)
            label = ""
    has_words = any(re.search(r"[^\W\d_]", text) for text, _ in parts)
    if not has_words or not 0 < len(codes) <= _MOST_HOLES:
        return None
    return _Template(re.compile(pattern + r"\s*"), tuple(codes), tuple(labels))


def _parts(args: Sequence[ast.expr], names: Collection[str] | None) -> Iterator[tuple[str, str]]:
    """Yield the words that a call shows, as (text, ""), and its expressions, as ("", code).

    Raises:
        ValueError: a name is not known, or a format is not read.
    """
    for arg in args:
        for piece in arg.values if isinstance(arg, ast.JoinedStr) else [arg]:
            value = piece
            if isinstance(piece, ast.FormattedValue):
                value = piece.value
                if piece.format_spec and not _PLAIN_FORMAT.fullmatch(_text_of(piece.format_spec)):
                    raise ValueError("a format that is not read")
            if isinstance(value, ast.Constant) and type(value.value) in (str, int, float):
                yield str(value.value) or " ", ""
                continue
            shown = _shown(value)
            is_read = _is_read(shown, None)
            if is_read and not _is_read(shown, names):
                raise ValueError("an unknown name")
            yield "", ast.unparse(shown) if is_read else _UNREAD


def _text_of(format_spec: ast.expr) -> str:
    return ast.unparse(format_spec)[2:-1]  # without f' and '


def _is_read(node: ast.expr, names: Collection[str] | None) -> bool:
    """Whether an expression computes a number from known names with functions that are read."""
    match node:
        case ast.Name(id=name):
            return names is None or name in names
        case ast.Constant(value=value):
            return type(value) in (int, float)
        case ast.Attribute(value=ast.Name() as inner, attr="grad" | "data"):
            return _is_read(inner, names)
        case ast.Subscript(value=inner, slice=ast.Constant(value=int())):
            return _is_read(inner, names)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return _is_read(inner, names)
        case ast.BinOp(left=left, op=operator, right=right) if isinstance(operator, _OPERATORS):
            return _is_read(left, names) and _is_read(right, names)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args, keywords=[]):
            module = node.func.value if isinstance(node.func, ast.Attribute) else None
            is_function = name in _FUNCTIONS and (module is None or _is_module(module))
            return is_function and bool(args) and all(_is_read(arg, names) for arg in args)
    return False


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
    return isinstance(node, ast.Name) and node.id in _MODULES
