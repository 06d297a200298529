"""Rewriting of the indices in a report for a sheet that counts from 0."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from ..late_pattern import compile_late
from .verdict import Judged

_ELEMENT = compile_late(r"([^\W\d]\w*['′]?)\[(\d+(?:,\d+)*)\]")  # as in W1[1,2]


class CountedFromZero:
    """Changes the names of elements, which count from 1, to those of a sheet that counts from 0.

    `own_names` are the names of the quantities of the sheet. An element that has such a name, such
    as y[0] on a line `y[0] = 0.3`, keeps its index.
    """

    def __init__(self, own_names: Container[str]) -> None:
        self._own_names = own_names

    def text(self, text: str) -> str:
        """Return a text in which the indices are one less, except in names of the sheet.

        >>> CountedFromZero(["y[1]"]).text("dC/dW1[1,2] = p[3] - y[1]")
        'dC/dW1[0,1] = p[2] - y[1]'
        >>> CountedFromZero(["delta[0]"]).text("delta[0,2]")
        'delta[0,1]'
        """
        return _ELEMENT.sub(self._lowered, text)

    def _lowered(self, found: re.Match[str]) -> str:
        names = (found[1], found[1].removeprefix("d"))  # W1 for the dW1 of dC/dW1
        first, *others = found[2].split(",")
        if any(f"{name}[{found[2]}]" in self._own_names for name in names):
            return found[0]
        # If scores[0] is a name of the sheet, scores[0,2] keeps its first index.
        if all(f"{name}[{first}]" not in self._own_names for name in names):
            first = str(int(first) - 1)
        return f"{found[1]}[{','.join([first, *(str(int(index) - 1) for index in others)])}]"

    def verdict(self, judged: Judged) -> Judged:
        """Return a verdict whose name, slips and working count from 0."""
        slips = [
            # The sentence about arithmetic quotes the sheet, which counts from 0 already.
            one if one.key == "arithmetic" else replace(one, sentence=self.text(one.sentence))
            for one in judged.slips
        ]
        return replace(
            judged,
            quantity=self.text(judged.quantity),
            slips=tuple(slips),
            working=self.text(judged.working),
        )
