"""`check`: numbers written by hand, on a sheet or beside a computation recorded in Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, overload

from ..engine.namespace import NUMPY
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..language.quantity import Quantity, scalar
from ..language.sheet_source import Source
from ..language.suggestion import suggestion
from ..late_pattern import compile_late
from .expected import Expected
from .feedback import Reveal
from .grader import Grader
from .lines import Answer, parse_answer
from .report import Report
from .slips.evidence import share_evidence
from .worksheet import Worksheet
from .written import Written

Key = str | Value | Sequence[Any]
_DERIVATIVE = compile_late(r"\s*[d∂]([^/]*)/\s*[d∂](.+)")
_INDEXED = compile_late(r"(.+)\[(\d+)(?:,\s*(\d+))?\]")


@overload
def check(output: str, *, reveal: Reveal = "hint") -> Report: ...
@overload
def check(
    output: Value,
    answers: Mapping[Any, Any] | Iterable[tuple[Any, Any]],
    *,
    reveal: Reveal = "hint",
) -> Report: ...
def check(
    output: Value | str,
    answers: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None,
    *,
    reveal: Reveal = "hint",
) -> Report:
    """Return the verdict on numbers written by hand, in the order they are given.

    Args:
        output: the result of a computation, such as a cost. `backward` need not have been called.
            Or the text of a worksheet with its answers: ``check(text)`` is
            ``Worksheet.parse(text).check()``.
        answers: the writer's numbers, by key. A key is "dC/dw" for a gradient, or "z1" for a value.
            "W1" stands for all of W1[1,1], W1[1,2] and so on. A `Value` or an array of Values
            stands for their gradients. An array cannot be a key of a dictionary, so pairs are
            accepted too. A number is text, such as "-0.1224", or a float, which counts as the
            digits that Python prints.
        reveal: how much the report shows of a wrong number: "none" its verdict, "hint" also the
            slip that explains it, "answer" also the correct number and its working.

    Raises:
        TypeError: `output` is neither Value nor text, answers are missing or too many, or a key or
            an answer is of another kind.
        ValueError: a key means nothing here, or an answer is no number or of another shape.
        WorksheetError: a line of the text is no calculation, or cannot be computed.

    >>> w, x = Value(0.4, "w"), Value(0.5, "x")
    >>> C = (w * x - 0.8).square()
    >>> C.label = "C"
    >>> report = check(C, {"C": "0.36", "dC/dw": "0.60", x: -0.48})
    >>> [line.verdict.value for line in report.lines]
    ['exact', 'wrong', 'exact']
    >>> report.first_wrong.slips[0].sentence
    'you take the error as (target − output) instead of (output − target)'
    >>> check("x = 3\\ny = x^2 -> 9\\ndy/dx -> 6").ok
    True
    """
    if isinstance(output, str):
        if answers is not None:
            raise TypeError("check: a worksheet holds its own answers, behind ->; give it alone")
        return Worksheet.parse(output).check(reveal)
    if not isinstance(output, Value):
        raise TypeError(f"check: the output is a Value, or the text of a sheet; got {output!r}")
    if answers is None:
        raise TypeError('check: what did you get? Write check(C, {"dC/dw": "-0.1224"})')
    return _check_recorded(output, answers).revealing(reveal)


def _check_recorded(
    output: Value, answers: Mapping[Any, Any] | Iterable[tuple[Any, Any]]
) -> Report:
    grader, names = Grader(), _Names(output)
    for name, cells in names.quantities.items():
        grader.book.adopt(name, cells)
    grader.book.ledger.enter(output)
    grader.outputs.append(output)
    for key, given in _pairs(answers):
        name, cells, gradient = names.meant(key)
        sweep = grader.book.ledger.sweep(output) if gradient else None
        answer = _answer(given, name)
        grader.answer(Expected(name, cells, sweep), answer, Source(f"{name} -> {given}", 0))
    return Report(tuple(share_evidence(grader.judged)))


def _pairs(answers: Any) -> list[tuple[Any, Any]]:
    pairs = answers.items() if isinstance(answers, Mapping) else answers
    if isinstance(pairs, str) or not isinstance(pairs, Iterable):
        raise TypeError(f'check: answers are given as {{"dC/dw": "-0.1224"}}; got {answers!r}')
    pairs = list(pairs)
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError(f'check: an answer is a pair ("dC/dw", "-0.1224"); got {pair!r}')
    return pairs


class _Names:
    """The quantities of a recorded computation, by label."""

    def __init__(self, output: Value) -> None:
        self.output = output
        self.nodes = all_nodes(output)
        self.label = output.label or "output"
        self.quantities: dict[str, Quantity] = {}
        groups: dict[str, dict[tuple[int, ...], Value]] = {}
        for node in self.nodes:
            indexed = _INDEXED.fullmatch(node.label)
            if indexed:
                index = tuple(int(k) for k in indexed.groups()[1:] if k)
                groups.setdefault(indexed[1], {})[index] = node
            if node.label:
                self.quantities.setdefault(node.label, scalar(node))
        for name, members in groups.items():
            whole = _whole(members)
            if whole is not None:
                self.quantities.setdefault(name, whole)

    def meant(self, key: Key) -> tuple[str, Quantity, bool]:
        """Return the name of a key, its numbers, and whether the key means their gradients."""
        if isinstance(key, Value):
            if key is self.output:
                return self.label, scalar(key), False
            name = f"d{self.label}/d{key.label or 'value'}"
            return name, self._known(scalar(key), name), True
        if isinstance(key, str):
            derivative = _DERIVATIVE.fullmatch(key)
            if derivative and key not in self.quantities:
                return key, self._named(derivative[2].strip(), key), True
            return key, self._named(key.strip(), key), False
        cells = _array(key)
        name = f"d{self.label}/d{_array_name(cells)}"
        return name, self._known(cells, name), True

    def _named(self, name: str, key: str) -> Quantity:
        derivative = _DERIVATIVE.fullmatch(key)
        top = derivative[1].strip() if derivative else ""
        if derivative and key not in self.quantities and self.output.label not in ("", top):
            raise ValueError(
                f"{key!r}: the output is labeled {self.output.label!r}, not {top!r}; "
                f"write d{self.output.label}/d{name}"
            )
        if name == self.label:
            return scalar(self.output)
        if name not in self.quantities:
            raise ValueError(
                f"{key!r}: no value is labeled {name!r}{suggestion(name, self.quantities)}. Give "
                "Values labels, or use the Value itself as the key."
            )
        return self.quantities[name]

    def _known(self, cells: Quantity, name: str) -> Quantity:
        if not set(cells.items) <= set(self.nodes):
            raise ValueError(f"{name}: the output was not computed from this value")
        return cells


def _whole(members: dict[tuple[int, ...], Value]) -> Quantity | None:
    """Return labeled numbers as a vector or matrix, or None if some are missing."""
    depth = len(next(iter(members)))
    if any(len(index) != depth for index in members):
        return None
    shape = tuple(max(index[k] for index in members) for k in range(depth))
    if len(members) != prod(shape):
        return None
    return Quantity(shape, tuple(members[index] for index in sorted(members)))


def _array(key: Any) -> Quantity:
    array = NUMPY.array(key, dtype=object)
    if not array.size or array.ndim > 2 or not all(isinstance(v, Value) for v in array.ravel()):
        raise TypeError(
            f"a key is a label, dC/dw, a Value or an array of Values; got {type(key).__name__}"
        )
    return Quantity(array.shape, tuple(array.ravel()))


def _array_name(cells: Quantity) -> str:
    """Return the name of an array: "w" for w[1], w[2], …, and "(a, b, …)" for other Values."""
    labels = [value.label for value in cells.items]
    stem = labels[0].partition("[")[0]
    places = product(*(range(1, size + 1) for size in cells.shape))
    if not stem or labels == [f"{stem}[{','.join(map(str, place))}]" for place in places]:
        return stem or "values"
    shown = labels if len(labels) <= 4 else [labels[0], "…", labels[-1]]
    return f"({', '.join(label or 'value' for label in shown)})" if len(labels) > 1 else labels[0]


def _answer(given: Any, name: str) -> Answer:
    if isinstance(given, str):
        return parse_answer(given)
    if given is None:
        return Answer((), (None,), 0)
    array = NUMPY.array(given, dtype=object)
    if array.ndim > 2 or not array.size:
        raise ValueError(f"{name}: an answer is a number, a vector or a matrix")
    return Answer(array.shape, tuple(_written(x, name) for x in _flat(array)), 0)


def _flat(array: Any) -> Iterator[Any]:
    return iter(array.ravel().tolist())


def _written(x: Any, name: str) -> Written | None:
    if x is None or x == "?":
        return None
    if isinstance(x, str):
        return Written.read(x)
    if isinstance(x, bool) or not hasattr(x, "__float__"):
        raise TypeError(f"{name}: an answer is a number or its text; got {x!r}")
    return Written.of(float(x))
