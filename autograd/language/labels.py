"""Names that are not one word: z(h1), v-1 before v0, Input ($x$): before a number, data loss."""

from __future__ import annotations

import re

from ..late_pattern import compile_late
from .vocabulary import function_name

# The name z(h1) of a neuron, or a(L-1) of the layer before L.
_LABELED = compile_late(r"(?:^|[,;])\s*([^\W\d_]+)\(([^\W\d]\w*(?:[-−]1)?)\)\s*[=≈]")
_WORD = compile_late(r"[^\W\d]\w*")
_NAME = r"[^\W\d_][\w{}\\^']{0,12}"
_NAME_OF_LABEL = compile_late(
    rf"(\W*(?:[^\W\d][\w-]*\s+){{1,3}})(?:\(\s*[$`]?({_NAME})[$`]?\s*\)|[$`]({_NAME})[$`])"
    r"\s*:(?=[\s*$`]*[^\s*$`])"
)
# After these words, what stands in brackets is no name, or names a new value.
_NO_LABELS = """
part question problem step case exercise item option section eq equation new updated
gradient grad derivative slope change delta error update
"""
_NO_NAME = compile_late(rf"(?i)[^:(]*\b(?:{'|'.join(_NO_LABELS.split())})\b")
_NOUNS = """
loss cost error penalty residual score gradient delta output input activation weight bias sum term
"""
_PHRASE = compile_late(
    r"(?i)(?:^|[,;|])\W{0,9}(?:(?:the|a|an|our|my|so|then|thus|now|and|hence) )*"
    rf"((?:[^\W\d_]+[ ]){{1,2}})({'|'.join(_NOUNS.split())})\s*(?:\([^()]*\)\s*)?[=:≈]"
)
# As in: Input to bottom neuron = 0.9·0.6 = 0.54
_LONG_PHRASE = compile_late(r"\W*((?:[^\W\d_]+ ){2,5})([^\W\d_]{4,})\s*=(?=[^=]*\d)")
# After one of these words, a noun that also stands alone is another quantity.
_LAYERS = compile_late(
    r"(?:bias|hidden|input|output|data|reg|regularization|first|second|previous) "
)
# Words that do not distinguish kinds of loss, and words for the old and the new value.
_NO_ADJECTIVES = """
the a an our your this that its my so then now thus and hence new old updated next previous initial
final current with for of in is get
"""
_OWN_TARGET = compile_late(r"[\s*$`]*\\?[^\W\d][\w{}\\^'/]*\s*=")


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

    A head is no function if the sheet defines it for several neurons, and never by its argument.

    >>> label_neurons(["z(h1) = w*x", "z(o) = v*h1", "h1 = σ(z(h1))"])
    ['z_h1  = w*x', 'z_o  = v*h1', 'h1 = σ(z_h1 )']
    """
    labeled = [
        (*one.groups(), line[one.end() :])
        for line in lines
        if "(" in line
        for one in _LABELED.finditer(line)
    ]
    if not labeled:
        return lines
    arguments: dict[str, set[str]] = {}
    for head, argument, _ in labeled:
        arguments.setdefault(head, set()).add(argument)
    own_call = re.compile(rf"(?<!\w)(?:{'|'.join(arguments)})\([^()]*\)")
    functions = {
        head
        for head, argument, rest in labeled
        if function_name(head) or argument in _WORD.findall(own_call.sub("", rest))
    }
    layers = {one[:-2] for found in arguments.values() for one in found if one[-2:-1] in "-−"}
    heads = [
        head
        for head, found in arguments.items()
        if head not in functions and (len(found) > 1 or found <= layers)
    ]
    if not heads:
        return lines
    call = re.compile(rf"(?<!\w)(d?(?:{'|'.join(heads)}))\((\w+)([-−]1)?\)")
    return [
        call.sub(
            lambda one: f"{one[1]}⟨{one[2]}{one[3]}⟩" if one[3] else f"{one[1]}_{one[2]} ", line
        )
        for line in lines
    ]


# The target v-1, which is the name before v0 in a trace of automatic differentiation.
_BEFORE_ZERO = compile_late(r"(?:^|[,;|])\s*([^\W\d_])[-−]1\s*=(?!=)")


def join_minus_one(lines: list[str]) -> list[str]:
    """Return the lines with v₋₁ for v-1 if a line defines v-1 and the sheet has a v0 and no v.

    >>> join_minus_one(["v-1 = x = 2", "v0 = y = 5", "v1 = v-1*v0"])
    ['v₋₁ = x = 2', 'v0 = y = 5', 'v1 = v₋₁*v0']
    """
    letters = {found[1] for line in lines for found in _BEFORE_ZERO.finditer(line)}
    text = "\n".join(lines) if letters else ""
    letters = {
        one
        for one in letters
        if re.search(rf"(?<![^\W\d_]){one}_?[0₀]", text)
        and not re.search(rf"(?<!\w){one}\s*(?:[=≈←]|<-|:\s)", text)  # n − 1 is a difference
    }
    if not letters:
        return lines
    name = re.compile(rf"(?<![^\W\d_])([d∂]?(?:{'|'.join(letters)})[\u0300-\u036f]?)[-−]1(?![\w.])")
    return [name.sub(r"\1₋₁", line) for line in lines]


def join_phrases(lines: list[str]) -> list[str]:
    """Return the lines with data loss as data_loss if the sheet has another kind of loss too.

    >>> join_phrases(["data loss = 2", "reg loss = 3", "J = data loss + reg loss"])
    ['data_loss = 2', 'reg_loss = 3', 'J = data_loss + reg_loss']
    """
    phrases: dict[str, dict[str, None]] = {}
    for line in lines:
        found = _PHRASE.search(line) or _LONG_PHRASE.match(line)
        if found and not set(found[1].casefold().split()) & set(_NO_ADJECTIVES.split()):
            phrases.setdefault(found[2].casefold(), {})[found[1].casefold() + found[2]] = None
    several = [
        phrase
        for noun, found in phrases.items()
        if len(found) > 1
        or (_LAYERS.match(next(iter(found))) and _has_target(noun, lines))
        or _is_in_formula(next(iter(found)), lines)
        for phrase in found
    ]
    if not several:
        return lines
    pattern = re.compile(rf"(?i)(?<!\w)(?:{'|'.join(map(re.escape, several))})(?!\w)")
    return [
        pattern.sub(lambda phrase: phrase[0].replace(" ", "_"), line) if "=" in line else line
        for line in lines
    ]


def _is_in_formula(phrase: str, lines: list[str]) -> bool:
    """Whether a formula uses a phrase, as L = data loss + 2 does."""
    used = re.compile(rf"(?i)[=+*·×/(−-]\s*{re.escape(phrase)}(?!\w)(?!\s*[=:])")
    return any(map(used.search, lines))


def _has_target(noun: str, lines: list[str]) -> bool:
    """Whether a line gives the noun itself a value, as output = 0.3 does."""
    target = re.compile(rf"(?i)\W*{noun}\s*=")
    return any(map(target.match, lines))
