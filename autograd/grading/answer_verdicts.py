"""The verdicts on a written result, number by number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..language.quantity import Quantity
from ..language.sheet_source import Source
from .book import Book
from .definitions import labels
from .expected import Expected
from .explainer import Explainer
from .lines import Answer
from .slips import other_gradients
from .verdict import Found, Judged, Verdict, claim, fits, verdict_on
from .written import Written

Numbers = Sequence[Written | None]
"""Written numbers in the order of the cells, with None for a blank."""

# These verdicts are checked again with a narrower interval, because they depend on the width of the
# interval that the writer's earlier numbers allow.
_NARROWED = (Verdict.CARRIED, Verdict.UNTOLD)


def judge_answer(
    explainer: Explainer, expected: Expected, answer: Answer, source: Source
) -> tuple[Numbers, list[Judged]]:
    """Return the numbers of an answer in the order of the cells, and the verdicts on them.

    Raises:
        WorksheetError: the answer has another shape than the quantity.
    """
    answer = _repeated(answer, expected)
    is_transposed = not fits(answer.shape, expected.cells.shape)
    if is_transposed and answer.shape != expected.cells.shape[::-1]:
        raise source.error(
            f"{expected.name} is {expected.cells.kind}, but this answer is "
            f"{Quantity(answer.shape, ()).kind}",
            answer.place,
        )
    numbers = _exchange_rows(answer) if is_transposed else answer.items
    names = labels(expected.name, expected.cells)
    judged = [
        _judge_number(explainer, expected, k, name, source.line, written)
        for k, (name, written) in enumerate(zip(names, numbers, strict=True))
    ]
    if is_transposed:
        judged = [_blame_transposed(one) if one.verdict.right else one for one in judged]
    return numbers, explainer.explain(expected, judged, numbers)


def _repeated(answer: Answer, expected: Expected) -> Answer:
    """Return the answer with its single number repeated, if all expected numbers are equal.

    A single ? stands for a list of blanks.
    """
    count = len(expected.cells.items)
    is_single = len(answer.items) == 1 < count
    if is_single and (answer.items[0] is None or len(set(map(expected.exact, range(count)))) == 1):
        return Answer(expected.cells.shape, answer.items * count, answer.place)
    return answer


def _judge_number(
    explainer: Explainer,
    expected: Expected,
    k: int,
    name: str,
    line: int,
    written: Written | None,
) -> Judged:
    exact, ways = expected.exact(k), expected.ways(k, explainer.book.ledger)
    verdict = verdict_on(written, exact, ways) if written else Verdict.BLANK
    if written and verdict in _NARROWED and not written.is_vague and not expected.cancels(k):
        ways = expected.ways(k, explainer.book.ledger, is_narrow=True)
        verdict = verdict_on(written, exact, ways)
    causes: tuple[int, ...] = ()
    if written and verdict.blamed:
        verdict = explainer.rounded_on_the_way(expected, k, written) or verdict
    if written and verdict.blamed:
        found = explainer.carried_otherwise(expected, k, written)
        verdict, causes = found or (verdict, causes)
    has_opposite_sign = expected.sign < 0 and exact != 0
    is_right = verdict not in (Verdict.UNTOLD, Verdict.BLANK) and not verdict.blamed
    return Judged(
        name,
        "gradient" if expected.sweep else "value",
        line,
        written.text if written else "",
        exact,
        follows=ways[0].middle if math.isfinite(ways[0].middle) else exact,
        verdict=Verdict.CONVENTION if has_opposite_sign and is_right else verdict,
        causes=causes,
        pair=expected.pair,
    )


def _exchange_rows(answer: Answer) -> Numbers:
    """Return the numbers of a matrix with its rows and columns exchanged."""
    rows, columns = answer.shape
    return tuple(answer.items[i * columns + j] for j in range(columns) for i in range(rows))


def _blame_transposed(judged: Judged) -> Judged:
    """Return the verdict on a right number in a matrix that was written transposed."""
    row = other_gradients.transpose_gradient
    found = Found(row.key, row.said(), judged.exact)
    return replace(judged, verdict=Verdict.WRONG, slips=(found,))


def note_answer(book: Book, expected: Expected, numbers: Numbers, judged: Sequence[Judged]) -> None:
    """Record the numbers of an answer, because the writer continues with them."""
    for cell, written, one in zip(expected.cells.items, numbers, judged, strict=True):
        if written is None:
            continue
        claimed = expected.sign * claim(written, one)
        if expected.sweep:
            expected.sweep.write(cell, claimed)
        elif cell.parents or cell in book.ledger.derivatives:  # a given number stays exact
            book.write(cell, claimed)
