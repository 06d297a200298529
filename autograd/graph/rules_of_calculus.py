"""The rules of calculus behind the local derivatives of paths, as an explanation lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..engine.dialect import Dialect, render
from ..engine.formula import symbol
from ..engine.operation import Op
from ..engine.ops import CONSTANT
from .derivations import DEFINITION, INVERSE, derive, rule_of
from .formulas import Writer
from .parts import Edge
from .paths import Path
from .wording import LATEX, formula_of

_CHAIN_RULE = (
    "chain rule: the factors of a path are multiplied, and the products of all paths are added"
)


def write_rules(writer: Writer, paths: Sequence[Path]) -> str:
    """Return the lines that name the rule of each local derivative on the paths.

    A local derivative is named once, and the derivative of a function is derived once.
    """
    lines = ["", "", f"rules ({_CHAIN_RULE}):"]
    for left, right, rule, is_derivation in _rows(writer, paths):
        indent = "    " if is_derivation else "  "
        lines.append(f"{indent}{left} = {right}   {rule}")
    return "\n".join(lines)


def write_rules_latex(writer: Writer, paths: Sequence[Path]) -> list[str]:
    """Return the rules as rows of LaTeX equations."""
    rows = _rows(writer, paths)
    equations = [rf"{left} &= {right} \quad \text{{{rule}}}" for left, right, rule, _ in rows]
    return [rf"&\text{{{_CHAIN_RULE}}}", *equations]


def _rows(writer: Writer, paths: Sequence[Path]) -> Iterator[tuple[str, str, str, bool]]:
    """Yield rows of a left side, a right side and a rule, and whether each is from a derivation."""
    edges = list(_distinct_edges(writer, paths))
    for edge, op in edges:
        left = writer.quotient(edge.child, edge.parent)
        parents = [writer.graph.nodes[k].op for k in writer.graph.nodes[edge.child].parents]
        has_constant = CONSTANT in parents and len(parents) == 2
        rule = rule_of(op, edge.slot, has_constant=has_constant)
        yield left, writer.local_derivative(edge), rule, False
    for op in dict.fromkeys(op for _, op in edges):
        for row in _derivation_rows(op, writer.dialect):
            yield *row, True


def _distinct_edges(writer: Writer, paths: Sequence[Path]) -> Iterator[tuple[Edge, Op]]:
    """Yield the edges of the paths with their operations. Equal rows are not repeated."""
    seen: set[tuple[int, int, str]] = set()
    for edge in (edge for path in paths for edge in path.edges):
        key = edge.child, edge.parent, writer.local_derivative(edge)
        if key not in seen:
            seen.add(key)
            yield edge, writer.graph.nodes[edge.child].op


def _derivation_rows(op: Op, dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    """Yield the left side, the right side and the rule of each line of a derivation."""
    x = symbol("x")
    name = rf"{op.latex}'" if dialect is LATEX else f"{op.glyph}′"
    steps = derive(op, x) if op.arity == 1 else []
    for k, (formula, rule) in enumerate(steps):
        right = render(formula, dialect)
        if rule == INVERSE:  # tan(atan(x)) = x
            yield right, "x", DEFINITION
        elif rule == DEFINITION:
            yield render(formula_of(op, [x], dialect), dialect), right, rule
        else:
            yield f"{name}(x)" if k == 1 else "", right, rule  # f′(x) is written once
