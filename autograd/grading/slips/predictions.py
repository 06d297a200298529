"""The numbers that the slips of the table lead to, for every node of a recorded graph.

A page that asks for a number compares the answer with them, because it cannot search by itself.
"""

from __future__ import annotations

import math
from itertools import islice

from ...engine.ops import CONSTANT
from ...engine.value import Value
from ...language.quantity import scalar
from ..book import Book
from ..counterfactual import Numbers
from ..segment import Segment
from ..verdict import slack
from .search import single_slips

MOST_NODES = 60  # of a graph; a larger one has too many numbers to ask for
_MOST_TRIED = 60  # slips of one number, the likeliest first
Predictions = dict[int, list[tuple[float, str]]]


def predictions(values: list[Value], output: Value) -> tuple[Predictions, Predictions]:
    """Return the predictions for values and for gradients, by the index of the node.

    A prediction is a number and the sentence of the slip, to be read after "if". A slip is left out
    if it leads to the right number, or to the number of an earlier slip.
    """
    book = Book()
    for value in values:
        if value.label:
            book.adopt(value.label, scalar(value))
    book.ledger.enter(output)
    sweep = book.ledger.sweep(output)
    numbers: Predictions = {}
    gradients: Predictions = {}
    for k, value in enumerate(values):
        if value.parents:
            numbers[k] = _predictions_of(Segment(book, value, None, value.label))
        if value.op is not CONSTANT and value is not output:
            name = f"d{output.label or 'output'}/d{value.label or 'value'}"
            gradients[k] = _predictions_of(Segment(book, value, sweep, name, whole=True))
    return numbers, gradients


def _predictions_of(segment: Segment) -> list[tuple[float, str]]:
    numbers = Numbers(segment.book, False)
    right = segment.predict((), numbers)
    found: dict[float, str] = {}
    for candidate in islice(single_slips(segment), _MOST_TRIED):
        predicted = segment.predict(candidate.edits, numbers)
        if math.isfinite(predicted) and abs(predicted - right) > slack(right, abs(right)):
            found.setdefault(predicted, candidate.sentence)
    return list(found.items())
