"""The width of text in pictures, and the shortening of long text."""

from __future__ import annotations

import unicodedata
from functools import cache

from ..graph.characters import printable

__all__ = ["checked_title", "counted", "cut_middle", "printable", "width"]

_NARROW = frozenset("iIjlrtf.,:;'|!()[]{}/\\ -·")
_WIDE = frozenset("mwMWOQ%@#&^~∂∑ωψ×÷±+−=<>≤≥→—…")
_EMS = {"none": 0.0, "narrow": 0.42, "plain": 0.66, "capital": 0.79, "wide": 1.0, "full": 1.2}
_BOLD = 1.13  # how much wider bold letters are
_WITHOUT_WIDTH = frozenset(("Mn", "Me", "Cf"))  # accents, enclosing marks and joiners


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return a width in which `text` fits at a font size in any usual sans-serif font.

    The table follows DejaVu Sans, because it is the widest of these fonts.
    """
    ems = sum([_breadth_in_ems(character) for character in text])
    return size * ems * (_BOLD if bold else 1.0)


@cache
def _breadth_in_ems(character: str) -> float:
    return _EMS[_breadth(character)]


def _breadth(character: str) -> str:
    if character in _NARROW:
        return "narrow"
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return "none"
    if character in _WIDE:
        return "wide"
    if unicodedata.east_asian_width(character) in "WF" or ord(character) > 0xFFFF:
        return "full"
    return "capital" if character.isupper() else "plain"


def checked_title(title: str) -> str:
    """Return a title as printable text of at most 120 characters.

    Raises:
        TypeError: the title is not a string.
    """
    if not isinstance(title, str):
        raise TypeError(f"the title is a string; got {title!r}")
    return cut_middle(title, 120)


def cut_middle(text: str, limit: int) -> str:
    """Return printable text of at most `limit` characters, with "…" in place of its middle.

    The end is kept, because names often differ there.

    >>> cut_middle("temperature_of_the_water", 12)
    'tempera…ater'
    """
    # Of a very long text, only the ends are made printable, which takes less time.
    shown = printable(text[: 4 * limit] + text[-limit:] if len(text) > 5 * limit else text)
    if len(shown) <= limit:
        return shown
    tail = (limit - 1) * 2 // 5
    return f"{shown[: limit - 1 - tail]}…{shown[-tail:]}"


def counted(count: int, noun: str) -> str:
    """Return a number and its noun.

    >>> counted(1, "box"), counted(2, "box"), counted(0, "edge")
    ('1 box', '2 boxes', '0 edges')
    """
    ending = "" if count == 1 else "es" if noun.endswith("x") else "s"
    return f"{count} {noun}{ending}"
