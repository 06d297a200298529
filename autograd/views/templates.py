"""The words of the live page: each row's formulas once, with places for names and numbers.

A formula becomes a list of text and places: ``[0, "·", 1]`` is its first input, a dot, its second.
A place k written as −k − 1 takes parentheses around a negative number. One list serves both the
formula in names and the formula in numbers, so the page can write either after a leaf has changed.

>>> from autograd.engine.ops import SUB, TANH
>>> formula_places(SUB, 2)
[0, ' − ', -2]
>>> derivative_places(TANH, 1, labelled=True)[0]["words"]
['1 minus ', -2, ' squared']
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..engine.formula import Expr
from ..engine.operation import Op
from ..graph.wording import MINUS, TEXT, WORDS, derivatives_of, formula_of

Places = list[str | int]

_MARK = re.compile("ꙮ(\\d+)ꙮ")


class _Place(float):
    """A number that is written as its place, ꙮ3ꙮ, so that a formula shows where it stands."""

    place: int

    def __abs__(self) -> _Place:
        return self

    def __format__(self, spec: str) -> str:
        return f"ꙮ{self.place}ꙮ"


def _places(count: int, sign: float) -> list[Expr]:
    made = []
    for k in range(count):
        place = _Place(sign)
        place.place = k
        made.append(Expr("digits", (place,)))
    return made


def formula_places(op: Op, count: int) -> Places:
    """Return a row's formula of so many inputs."""
    return _filled(lambda sign: [formula_of(op, _places(count, sign))])[0]


def derivative_places(op: Op, count: int, *, labelled: bool) -> list[dict[str, Places]]:
    """Return each local derivative as a factor; as a formula and in words where those differ.

    Place `count` is the row's own result, which goes by its name if the node is labelled.
    """

    def written(sign: float) -> list[str]:
        *inputs, output = _places(count + 1, sign)
        result = output if labelled else None
        text = derivatives_of(op, inputs, result, TEXT)
        words = derivatives_of(op, inputs, result, WORDS)
        return [p for (a, b), (c, _) in zip(text, words, strict=True) for p in (a, b, c)]

    found = _filled(written)
    return [_derivative(*found[k : k + 3]) for k in range(0, len(found), 3)]


def _derivative(local: Places, factor: Places, words: Places) -> dict[str, Places]:
    derivative = {"factor": factor}
    derivative |= {"local": local} if local != factor else {}
    return derivative | ({"words": words} if words != local else {})


def _filled(written: Callable[[float], list[str]]) -> list[Places]:
    """Write with positive and with negative numbers; where they differ, parentheses are needed."""
    return [_merged(plus, minus) for plus, minus in zip(written(1.0), written(-1.0), strict=True)]


def _merged(plus: str, minus: str) -> Places:
    bare, signed = _MARK.split(plus), _MARK.split(minus)
    merged: Places = []
    closing = ""
    for text, place, other in zip(bare[:-1:2], bare[1::2], signed[:-1:2], strict=True):
        wrapped = other.removeprefix(closing) != text + MINUS
        closing = ")" if wrapped else ""
        merged += [text, -int(place) - 1 if wrapped else int(place)]
    return [part for part in [*merged, bare[-1]] if part != ""]
