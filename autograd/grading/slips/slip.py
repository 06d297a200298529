"""A slip: a known mistake, with its sentence and the edits that make it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...engine.value import Value
from ..counterfactual import Edit
from ..naming import called
from ..segment import Segment

MOST_PLACES = 8  # nodes at which a slip is tried one by one

Edits = Callable[[Segment], Iterator[Edit]]


@dataclass(frozen=True, slots=True)
class Slip:
    """A row of the table.

    The sentence is the docstring of the function that yields the edits. The braces {} in it stand
    for the place that an edit names, such as " at a1". The edits apply to values and to gradients.

    A general slip says little more than which number was changed. It is left out beside a specific
    one that predicts the same number. A choice is right by another convention. It is named however
    likely chance is.
    """

    key: str
    sentence: str
    edits: Edits
    is_general: bool = False
    is_choice: bool = False

    def said(self, what: str = "") -> str:
        """Return the sentence for one place, to be read after "if"."""
        text = self.sentence.format(what).rstrip(".")
        return text[0].lower() + text[1:]


def slip(key: str, *, is_general: bool = False, is_choice: bool = False) -> Callable[[Edits], Slip]:
    """Return the decorator that makes a row of a function that yields edits."""
    return lambda edits: Slip(
        key, " ".join((edits.__doc__ or "").split()), edits, is_general, is_choice
    )


def places(nodes: Iterable[Value], word: str = " at ") -> str:
    """Return the place of a slip, such as " at a1, a2 …", or "" if no node has a name.

    Several elements of a vector are called by the name of the vector.
    """
    labels = {node.label for node in nodes if node.label}
    if len(labels) > 1:
        labels = {label.partition("[")[0] for label in labels}
    names = sorted(labels)
    return word + ", ".join(names[:3]) + " …" * (len(names) > 3) if names else ""


def one_by_one(
    nodes: list[Value], edit: Callable[[list[Value], str], Edit], word: str = " at "
) -> Iterator[Edit]:
    """Yield an edit for all nodes together, then for each alone."""
    if nodes:
        yield edit(nodes, places(nodes, word))
    for node in nodes[:MOST_PLACES] if len(nodes) > 1 else ():
        yield edit([node], word + called(node))


def instead_of(other: Value, node: Value) -> str:
    """Return the words "x2 instead of x1"."""
    return f"{called(other)} instead of {called(node)}"
