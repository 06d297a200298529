"""The formulas of the live page, once for each operation, with places for names and numbers.

A formula becomes a list of text and places: ``[0, " − ", [1, 4]]`` is the first input, a minus
sign, and the second input. Its parentheses are written if its precedence is below 4, as that of a
negative number. The page writes the formula in names and in numbers from the same list.

>>> from autograd.engine.ops import SUB, TANH
>>> formula_places(SUB, 2)
[0, ' − ', [1, 4]]
>>> derivative_places(TANH, 1, labeled=True)[0]["words"]
['1 minus ', [1, 7], ' squared']
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..engine.dialect import Place
from ..engine.operation import Op
from ..engine.ops import DOT, SUM
from ..graph.formulas import Template, derivative_templates, formula_template
from ..graph.wording import TEXT, WORDS

Places = list[str | int | list[int]]

_LOOSEST = 3  # the precedence of a negative number, the lowest of all that is put in a place


def formula_places(op: Op, count: int) -> Places:
    """Return the formula of an operation with this number of inputs."""
    return _places(formula_template(op, count, TEXT))


_WHOLE = replace(TEXT, most_terms=None)


def whole_formula_places(op: Op, count: int) -> Places | None:
    """Return the formula with all its terms, or None if `formula_places` has them all."""
    whole = _places(formula_template(op, count, _WHOLE))
    return None if whole == formula_places(op, count) else whole


def derivative_places(op: Op, count: int, *, labeled: bool) -> list[dict[str, Places]]:
    """Return each local derivative as a factor, and as a formula and in words if those differ.

    Place `count` is the result of the operation. It is used only if the node has a label.
    """
    text, words = (
        derivative_templates(op, count, dialect, names_output=labeled) for dialect in (TEXT, WORDS)
    )
    return [
        _derivative(_places(local), _places(factor), _places(said))
        for (local, factor), (said, _) in zip(text, words, strict=True)
    ]


def row_of_page(op: Op, count: int, labeled: bool, *, code: int) -> dict[str, Any]:
    """Return what the page must know of an operation with this number of inputs.

    `code` is the place of its function in the array ROWS of the page's script.
    """
    whole = None if op is DOT or op is SUM else whole_formula_places(op, count)
    return {
        **({"whole": whole} if whole else {}),
        **({} if labeled else {"unlabeled": True}),
        "op": op.name,
        "glyph": op.glyph,
        "code": code,
        "needs": op.needs,
        "convention": op.convention,
        "forward": formula_places(op, count),
        "slots": derivative_places(op, count, labeled=labeled),
    }


def _derivative(local: Places, factor: Places, words: Places) -> dict[str, Places]:
    derivative = {"factor": factor}
    derivative |= {"local": local} if local != factor else {}
    return derivative | ({"words": words} if words != local else {})


def _places(template: Template) -> Places:
    return [part if isinstance(part, str) else _as_data(part) for part in template]


def _as_data(place: Place) -> int | list[int]:
    return place.input if place.binding <= _LOOSEST else [place.input, place.binding]
