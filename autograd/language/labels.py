"""Names that stand in brackets: z(h1) of a neuron, and the label Input ($x$): before a number."""

from __future__ import annotations

import re

from .vocabulary import function_name

_LABELED = re.compile(r"\s*([^\W\d_]+)\(([^\W\d]\w*)\)\s*[=≈]")  # the name z(h1) of a neuron
_NAME = r"[^\W\d_][\w{}\\^']{0,12}"
_NAME_OF_LABEL = re.compile(
    rf"(\W*(?:[^\W\d][\w-]*\s+){{1,3}})(?:\(\s*[$`]?({_NAME})[$`]?\s*\)|[$`]({_NAME})[$`])"
    r"\s*:(?=[\s*$`]*[^\s*$`])"
)
# After these words, what stands in brackets is no name, or names a new value.
_NO_LABELS = """
part question problem step case exercise item option section eq equation new updated
gradient grad derivative slope change delta error update
"""
_NO_NAME = re.compile(rf"(?i)[^:(]*\b(?:{'|'.join(_NO_LABELS.split())})\b")
_OWN_TARGET = re.compile(r"[\s*$`]*\\?[^\W\d][\w{}\\^'/]*\s*=")


def name_label(line: str) -> str:
    """Return a line in which the name in a label takes the place of the label.

    >>> name_label("Input ($x$): 2.0"), name_label("Loss (L): L = y^2")
    ('        x  = 2.0', 'Loss (L): L = y^2')
    """
    found = _NAME_OF_LABEL.match(line)
    if not found or _NO_NAME.match(line) or _OWN_TARGET.match(line, found.end()):
        return line
    start, end = found.span(2 if found[2] else 3)
    return " " * start + line[start:end] + "=".rjust(found.end() - end) + line[found.end() :]


def label_neurons(lines: list[str]) -> list[str]:
    """Return the lines with z(h1) and z(o) as z_h1 and z_o if they are names of neurons.

    They are no functions if the sheet defines several of them, and none by its own argument.

    >>> label_neurons(["z(h1) = w*x", "z(o) = v*h1", "h1 = σ(z(h1))"])
    ['z_h1  = w*x', 'z_o  = v*h1', 'h1 = σ(z_h1 )']
    """
    arguments: dict[str, set[str]] = {}
    functions = set()
    for line in lines:
        if found := _LABELED.match(line):
            arguments.setdefault(found[1], set()).add(found[2])
            if function_name(found[1]) or found[2] in re.findall(r"\w+", line[found.end() :]):
                functions.add(found[1])
    heads = [head for head, found in arguments.items() if len(found) > 1 and head not in functions]
    if not heads:
        return lines
    call = re.compile(rf"(?<!\w)(d?(?:{'|'.join(heads)}))\((\w+)\)")
    return [call.sub(r"\1_\2 ", line) for line in lines]
