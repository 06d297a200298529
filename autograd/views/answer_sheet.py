"""The worksheet for the answers on a page, and the graph that `check` makes of it.

The page judges answers by this graph, so that it gives the same verdicts as `check`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, count

from ..engine.operation import Op
from ..engine.ops import CONSTANT, DOT, LOGSUMEXP, SUM
from ..engine.topological import all_nodes
from ..engine.value import Value
from ..grading.grader import Grader
from ..grading.structure import leads_to_softmax, softmaxes
from ..graph.formulas import fill, formula_template
from ..graph.graph import Graph
from ..graph.parts import Node
from ..graph.wording import TEXT
from ..language.names import CONSTANTS
from ..language.reader import read_sheet
from ..language.sheet_source import WorksheetError
from ..language.trees import Derivative, Name

_WHOLE = replace(TEXT, most_terms=None)
_ATOM = 9  # the precedence of a name
_NO_NAME = re.compile(r"[\W_]+")
Row = tuple[Op, int]


@dataclass(frozen=True)
class AnswerSheet:
    """A sheet with a line for each node of a graph.

    Attributes:
        names: the name of each node in the sheet, or the number of a constant.
        formulas: the formula of each computed node, by its index.
        cells: the Value of each node in the sheet, or None for a constant.
    """

    names: list[str]
    formulas: dict[int, str]
    cells: list[Value | None]

    @cached_property
    def nodes(self) -> list[Value]:
        """All numbers of the sheet, parents first."""
        return all_nodes(*(cell for cell in self.cells if cell is not None))

    @property
    def rows(self) -> list[Row]:
        """The operations of the sheet, each with how many inputs it has."""
        return list(dict.fromkeys((v.op, len(v.parents)) for v in self.nodes if v.parents))

    def data(self, codes: Sequence[Row]) -> dict[str, object]:
        """Return the sheet as the page reads it. `codes` are the operations of its script."""
        place = {value: k for k, value in enumerate(self.nodes)}
        kinds = [{"code": codes.index(row), "family": row[0].family} for row in self.rows]
        kind = {row: k for k, row in enumerate(self.rows)}
        return {
            "names": self.names,
            "formulas": self.formulas,
            "cells": [None if cell is None else place[cell] for cell in self.cells],
            "rows": kinds,
            "nodes": [
                [
                    kind[value.op, len(value.parents)] if value.parents else -1,
                    [place[parent] for parent in value.parents],
                    value.data,
                ]
                for value in self.nodes
            ],
            "softmaxes": [
                {
                    "inputs": [place[z] for z in outputs],
                    "outputs": [place[p] for p in outputs.values()],
                    "steps": [
                        place[value]
                        for value in self.nodes
                        if leads_to_softmax(value) and not outputs.keys().isdisjoint(value.parents)
                    ],
                }
                for outputs in softmaxes(self.nodes)
            ],
        }


def answer_sheet(graph: Graph) -> AnswerSheet | None:
    """Return the sheet of a graph, or None for a graph that no sheet can compute."""
    names = _names(graph)
    formulas = {
        node.index: _formula(node.op, [_operand(names[parent]) for parent in node.parents])
        for node in graph.nodes
        if node.parents
    }
    lines = dict(_lines(graph, names, formulas))
    grader = Grader()
    try:
        reading = read_sheet("\n".join(lines.values()))
        grader.grade(reading.statements)
    except (WorksheetError, ArithmeticError):
        return None
    # A sheet changes names such as W1_1_1, so its names are taken from the lines that it read.
    read = dict(zip(lines, (one.target for one in reading.chains()), strict=False))
    cells = [_cell(grader, read.get(node.index)) for node in graph.nodes]
    if not all(_is_same(node, cell) for node, cell in zip(graph.nodes, cells, strict=True)):
        return None
    return AnswerSheet(names, formulas, cells)


def _is_same(node: Node, cell: Value | None) -> bool:
    if cell is None:
        return node.op is CONSTANT
    return math.isclose(cell.data, node.data, rel_tol=1e-9, abs_tol=1e-12)


def _cell(grader: Grader, target: Derivative | Name | None) -> Value | None:
    found = grader.book.quantity(target.name) if isinstance(target, Name) else None
    return found.items[0] if found and len(found.items) == 1 else None


def _lines(graph: Graph, names: list[str], formulas: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the line of each node that has one, after its index."""
    for node in graph.nodes:
        if node.parents:
            yield node.index, f"{names[node.index]} = {formulas[node.index]} -> ?"
        elif node.label or node.op is not CONSTANT:
            yield node.index, f"{names[node.index]} = {node.data!r}"


def _names(graph: Graph) -> list[str]:
    """Return for each node a name that a sheet can read; equal names are numbered.

    A sheet reads W1_1 and W11 as the same name.
    """
    taken: set[str] = set()
    names: list[str] = []
    for node in graph.nodes:
        name = _name(node, graph.names[node.index])
        numbered = chain([name], (f"{name}_{k}" for k in count(2)))
        free = next(one for one in numbered if one.replace("_", "") not in taken)
        is_number = node.op is CONSTANT and not node.label
        if not is_number:
            taken.add(free.replace("_", ""))
        names.append(name if is_number else free)
    return names


def _name(node: Node, called: str) -> str:
    if node.op is CONSTANT and not node.label:
        return repr(node.data)
    name = _NO_NAME.sub("_", called).strip("_") if node.label else ""
    return name if name[:1].isalpha() and name not in CONSTANTS else f"v{node.index}"


def _operand(name: str) -> str:
    return f"({name})" if name.startswith("-") else name


def _formula(op: Op, operands: list[str]) -> str:
    """Return a formula that a sheet can read, with every term of a sum."""
    half = len(operands) // 2
    if op is DOT:
        products = [f"{w}*{x}" for w, x in zip(operands[:half], operands[half:], strict=False)]
        return " + ".join([*products, *operands[2 * half :]])
    if op is SUM:
        return " + ".join(operands)
    if op is LOGSUMEXP:
        return f"ln({' + '.join(f'exp({x})' for x in operands)})"
    return fill(formula_template(op, len(operands), _WHOLE), [(x, _ATOM) for x in operands])
