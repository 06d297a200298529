"""The evidence of several numbers: a slip that explains all of them is less likely chance."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import replace

from ...late_pattern import compile_late
from ..verdict import Found, Judged
from .search import GENERAL

MOST_CHANCE = 0.1  # a slip that is likelier to fit by chance is not named
_MOST_KEPT = 0.5  # a slip that is likelier is not kept for comparison with other lines
MOST_LISTED = 5  # slips of one number
_INSTEAD = compile_late(r"(.* )(\S+) instead of (\S+)(?: in .*)?")
_SAME_LIST = compile_late(r"(\w+)\[[\d,]+\] instead of \1\[[\d,]+\]")  # w[1] instead of w[2]
_TWO = compile_late(r"(\w+)\[[\d,]+\] and \1\[")  # w[1] and w[2]
_INDEX = compile_late(r"\[[\d,]+\](?! instead of)")


def _common_sentence(lines: Sequence[Sequence[Found]], key: str) -> str:
    """Return one sentence for all elements of a vector, or "": "at a" for "at a[1]", "at a[2]"."""
    sentences = {one.sentence for found in lines for one in found if one.key == key}
    if any(map(_TWO.search, sentences)):
        return ""
    shorter = {_INDEX.sub("", _SAME_LIST.sub(r"\1 in the wrong order", s)) for s in sentences}
    return shorter.pop() if len(shorter) == 1 < len(sentences) else ""


def _is_one_misreading(lines: Sequence[Sequence[Found]], key: str) -> bool:
    """Whether the same misreading explains several numbers.

    If the same number was read for several others, these are several misreadings.
    """
    sentences = (one.sentence for found in lines for one in found if one.key == key)
    pairs = {match.groups()[1:] for match in map(_INSTEAD.fullmatch, sentences) if match}
    return len({read for read, _ in pairs}) == len(pairs)


def combine(lines: Sequence[Sequence[Found]]) -> list[list[Found]]:
    """Return the slips of each wrong number of a line. Slips that explain all of them go first.

    If there are such slips, the others are left out, and their chances are multiplied.

    >>> one, two = Found("sign", "you …", 0.5, 0.2), Found("sign", "you …", -0.3, 0.2)
    >>> [[round(slip.chance, 6) for slip in slips] for slips in combine([[one], [two]])]
    [[0.04], [0.04]]
    """
    common = set.intersection(*({one.key for one in found} for found in lines)) if lines else set()
    common = {key for key in common if _is_one_misreading(lines, key)}
    if len(lines) > 1 and common:
        chances = {key: dict[float, float]() for key in common}
        for one in itertools.chain.from_iterable(lines):
            if one.key in common:
                chances[one.key][one.predicted] = one.chance
        chance = {key: math.prod(different.values()) for key, different in chances.items()}
        said = {key: _common_sentence(lines, key) for key in common}
        lines = [
            [
                replace(one, sentence=said[one.key] or one.sentence, chance=chance[one.key])
                for one in found
                if one.key in common
            ]
            for found in lines
        ]
    likely = ([one for one in found if one.chance < _MOST_KEPT] for found in lines)
    return [sorted(found, key=lambda one: not one.is_certain)[:MOST_LISTED] for found in likely]


def share_evidence(lines: Sequence[Judged]) -> list[Judged]:
    """Return verdicts in which the chances of a slip are multiplied over the lines it explains.

    Numbers with a single digit are left out, because they prove too little.
    """
    chances: dict[str, dict[int, Found]] = {}
    for one in lines:
        for slip in one.slips if one.verdict.blamed and not _has_one_digit(one) else ():
            earlier = chances.setdefault(_identity(slip), {})
            if all(slip.predicted != other.predicted for other in earlier.values()):
                earlier.setdefault(one.line, slip)
    joint = {key: math.prod(s.chance for s in slips.values()) for key, slips in chances.items()}

    def shared(slip: Found) -> Found:
        return replace(slip, chance=min(slip.chance, joint.get(_identity(slip), slip.chance)))

    def lines_left(slip: Found) -> int:  # the more lines it explains, the smaller
        return -len(chances.get(_identity(slip), ()))

    def told(one: Judged) -> tuple[Found, ...]:
        found = one.slips if _has_one_digit(one) else map(shared, one.slips)
        return tuple(slip for slip in sorted(found, key=lines_left) if slip.chance < MOST_CHANCE)

    return [replace(one, slips=told(one)) if one.slips else one for one in lines]


def _has_one_digit(one: Judged) -> bool:
    """Whether a number has a single digit after its leading zeros."""
    digits = re.sub(r"[^1-9]*([0-9]*)[.,]?([0-9]*).*", r"\1\2", one.written)
    return one.kind in ("value", "gradient") and len(digits) == 1


def _identity(slip: Found) -> str:
    """Return what two equal slips share: the key, or the whole sentence of a general slip.

    "x instead of y" and "y instead of x" are the same slip, an exchange.
    """
    if slip.key not in GENERAL:
        return slip.key
    if exchanged := _INSTEAD.fullmatch(slip.sentence):
        return f"{exchanged[1]} {sorted(exchanged.groups()[1:])}"
    return slip.sentence
