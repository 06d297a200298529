"""The written result of a chain, as numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from ..language.chain import Chain, Digits
from ..language.grammar import parse
from ..language.members import is_written, read_digits
from ..language.sheet_source import Source
from .written import Written

TENTH = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Answer:
    """A written result: its shape, and its numbers row by row. A blank, "?", is None."""

    shape: tuple[int, ...]
    items: tuple[Written | None, ...]
    place: int


def read_answer(chain: Chain, zero: Fraction = TENTH) -> Answer | None:
    """Return the last result of a chain, or None if the chain states a given number.

    `zero` is the unit of a 0 without decimals.

    Raises:
        WorksheetError: a number is out of range.
    """
    last = chain.members[-1]
    if last.digits is None or (chain.is_given and len(chain.members) == 1):
        return None
    return answer_of(last.digits, chain.source, zero)


def answer_of(digits: Digits, source: Source, zero: Fraction = TENTH) -> Answer:
    """Return written digits as numbers.

    Raises:
        WorksheetError: a number is out of range.
    """
    try:
        items = [Written.read(text) if text else None for text in digits.texts]
    except ValueError as error:
        raise source.error(str(error), digits.place) from None
    return Answer(digits.shape, tuple(_sharpen_zeros(items, zero)), digits.place)


def _sharpen_zeros(items: list[Written | None], zero: Fraction) -> Iterator[Written | None]:
    """Yield the numbers. A bare 0 gets the unit of the decimals beside it, or else `zero`.

    The unit is not 1, because nobody rounds 0.3 to 0.
    """
    unit = max((item.unit for item in items if item and 0 < item.unit < 1), default=zero)
    for item in items:
        is_bare = item is not None and not item.value and item.unit == 1
        yield replace(item, unit=unit) if item and is_bare else item


def parse_answer(text: str) -> Answer:
    """Return an answer that was given as text: a number, a vector, a matrix, or ? for a blank.

    Raises:
        ValueError: it is something else.

    >>> parse_answer("[0.32, ?]").items
    (Written(text='0.32', value=Fraction(8, 25), unit=Fraction(1, 100)), None)
    """
    source = Source(text)
    if "[" not in text and text.strip() != "?":
        return Answer((), (Written.read(text),), 0)
    tree = parse(source)
    if not is_written(tree):
        raise source.error("this is not a vector or a matrix of numbers", 0)
    return answer_of(read_digits(tree, source, 0), source)
