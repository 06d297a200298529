"""The only place that formats: numbers, names and formulas, as text, as LaTeX and as words.

Every formula is a row of the table run over symbols and printed in a dialect; none is typed here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from ..engine.formula import Dialect, Expr, Symbols, lift, render, symbol
from ..engine.operation import Op
from ..engine.ops import COMPARISONS, CONSTANT
from .graph import Graph
from .node import Edge

MINUS = "−"
_TEXTBOOK = Symbols(textbook=True)  # the namespace in which rows give the form of the textbooks
_RAISED = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")
_MOST_TERMS = 8  # of a long sum, before its middle is left out


# --- numbers --------------------------------------------------------------------------------------


def number(x: float, digits: int = 5) -> str:
    """Write a number for reading: so many significant digits at most, a true minus sign, no "-0".

    >>> number(-0.40800000000000003), number(1 / 3), number(-1.5e-10), number(2.0)
    ('−0.408', '0.33333', '−1.5·10⁻¹⁰', '2')
    """
    mantissa, exponent = _parts(x, digits)
    return mantissa + (f"·10{str(exponent).translate(_RAISED)}" if exponent else "")


def latex_number(x: float, digits: int = 5) -> str:
    r"""Write a number in LaTeX.

    >>> print(latex_number(-1.5e-10))
    -1.5 \cdot 10^{-10}
    """
    mantissa, exponent = _parts(x, digits)
    power = rf" \cdot 10^{{{exponent}}}" if exponent else ""
    return mantissa.replace(MINUS, "-") + power


def _parts(x: float, digits: int) -> tuple[str, int]:
    """Return mantissa and power of ten; the power is 0 where the number reads well without one."""
    mantissa, _, exponent = f"{abs(x):.{digits}g}".partition("e")
    return f"{MINUS if x < 0 else ''}{mantissa}", int(exponent or 0)


def aligned(rows: list[list[str]]) -> list[str]:
    """Return rows of cells as lines, columns under each other; a cell over 48 wide stands out.

    >>> aligned([["a", "= 1"], ["loss", "= 2"]])
    ['  a     = 1', '  loss  = 2']
    """
    columns = list(zip(*rows, strict=True))
    widths = [min(max(map(len, column)), 48) for column in columns]
    return [
        "  " + "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


# --- names ----------------------------------------------------------------------------------------

_PLAIN = re.compile(r"[^\W\d_][\w′']*(\[[\w,]+\])?[′']*")  # a label that reads as one symbol
_INDEXED = re.compile(r"([A-Za-z]+)_?(\d*)(?:\[(\d+(?:,\d+)*)\])?([′']*)")
_GREEK = frozenset(
    "alpha beta gamma delta epsilon eta theta lambda mu sigma phi psi omega".split()  # noqa: SIM905
)
_LATEX_ESCAPES = str.maketrans(
    {c: "\\" + c for c in "#$%&_{}"} | {"\\": r"\backslash ", "~": r"\sim ", "^": r"\hat{} "}
)


def name_text(label: str, longest: int = 40) -> str:
    """Write a label as a symbol: unprintable characters replaced, long ones cut, phrases in ().

    >>> name_text("W1[1,2]"), name_text("a+b"), name_text("x" * 50, longest=5)
    ('W1[1,2]', '(a+b)', 'xxxx…')
    """
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in label)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    return shown if _PLAIN.fullmatch(label) else f"({shown})"


def name_latex(label: str) -> str:
    """Write a label in LaTeX; a layer's number becomes a raised (l), indices are lowered.

    >>> print(name_latex("W1[1,2]"), name_latex("x2"), name_latex("loss"), name_latex("50 % off"))
    W^{(1)}_{1,2} x_{2} \\mathrm{loss} \\text{50 \\% off}
    """
    found = _INDEXED.fullmatch(label)
    if not found:
        return rf"\text{{{label[:40].translate(_LATEX_ESCAPES)}}}"
    letters, digits, indices, primes = found.groups()
    base = letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
    base = rf"\{letters}" if letters in _GREEK else base
    if indices:
        layer = f"^{{({digits}){_latex_primes(primes)}}}" if digits or primes else ""
        return f"{base}{layer}_{{{indices}}}"
    return base + (f"_{{{digits}}}" if digits else "") + "'" * len(primes)


def _latex_primes(primes: str) -> str:
    return r"\prime" * len(primes)


# --- dialects -------------------------------------------------------------------------------------

TEXT = Dialect(
    {
        "add": (3, "{0:3} + {1:4}"),
        "sub": (3, "{0:3} − {1:4}"),
        "mul": (4, "{0:4}·{1:5}"),
        "div": (4, "{0:4}/{1:5}"),
        "neg": (3, "−{0:4}"),
        "pow": (6, "{0:7}^{1:7}"),
        "pow 2": (6, "{0:7}²"),
        "square": (6, "{0:7}²"),
        "pow 3": (6, "{0:7}³"),
        "abs": (9, "|{0}|"),
        "gt": (2, "{0:3} > {1:3}"),
        "ge": (2, "{0:3} ≥ {1:3}"),
        "lt": (2, "{0:3} < {1:3}"),
        "le": (2, "{0:3} ≤ {1:3}"),
        "where": (1, "{1:2} if {0:2} else {2:2}"),
    },
    names={"sigmoid": "σ", "log": "ln", "sqrt": "√", "maximum": "max"},
    number=number,
    symbol=name_text,
    most_terms=_MOST_TERMS,
)

LATEX = Dialect(
    {
        "add": (3, "{0:3} + {1:4}"),
        "sub": (3, "{0:3} - {1:4}"),
        "mul": (4, r"{0:4} \, {1:5}"),
        "div": (9, r"\frac{{{0}}}{{{1}}}"),
        "neg": (3, "-{0:4}"),
        "pow": (6, "{{{0:7}}}^{{{1}}}"),
        "square": (6, "{{{0:7}}}^{{2}}"),
        "sqrt": (9, r"\sqrt{{{0}}}"),
        "abs": (9, r"\left|{0}\right|"),
        "exp": (7, "e^{{{0}}}"),
        "gt": (2, "{0:3} > {1:3}"),
        "ge": (2, r"{0:3} \ge {1:3}"),
        "lt": (2, "{0:3} < {1:3}"),
        "le": (2, r"{0:3} \le {1:3}"),
        "where": (1, r"\begin{{cases}} {1} & {0} \\ {2} & \text{{else}} \end{{cases}}"),
    },
    names={
        **{name: rf"\{name}" for name in ("sin", "cos", "tan", "tanh", "max")},
        **{"sigmoid": r"\sigma", "log": r"\ln", "atan": r"\arctan", "maximum": r"\max"},
    },
    number=latex_number,
    symbol=name_latex,
    parentheses=r"\left({}\right)",
    most_terms=_MOST_TERMS,
    cut=r"\cdots",
)

WORDS = Dialect(
    {
        "add": (3, "{0} plus {1}"),
        "sub": (3, "{0} minus {1:4}"),
        "mul": (4, "{0:4} times {1:4}"),
        "div": (4, "{0:4} over {1:5}"),
        "neg": (3, "minus {0:4}"),
        "pow": (6, "{0:7} to the power {1:7}"),
        "pow 2": (6, "{0:7} squared"),
        "square": (6, "{0:7} squared"),
        "pow 3": (6, "{0:7} cubed"),
        "sqrt": (9, "the square root of {0:7}"),
        "abs": (9, "the absolute value of {0:7}"),
        "exp": (9, "e to the power {0:7}"),
        "log": (9, "the natural logarithm of {0:7}"),
        "gt": (2, "{0} is above {1}"),
        "ge": (2, "{0} is at least {1}"),
        "lt": (2, "{0} is below {1}"),
        "le": (2, "{0} is at most {1}"),
        "where": (1, "{1} where {0}, else {2}"),
    },
    number=number,
    symbol=name_text,
    most_terms=_MOST_TERMS,
)


# --- formulas of a graph --------------------------------------------------------------------------


def name(graph: Graph, index: int) -> str:
    """Return what a node is called: its label, a constant's number, or v and its place."""
    node = graph.nodes[index]
    if node.op is CONSTANT and not node.label:
        return number(node.data)
    return node.name


def formula(graph: Graph, index: int, dialect: Dialect = TEXT) -> str:
    """Write how a node was computed, in the names of its parents.

    >>> from autograd import Value
    >>> w, x = Value(0.4, "w"), Value(0.5, "x")
    >>> graph = Graph.of((w * x + 1).relu())
    >>> [formula(graph, node.index) for node in graph.nodes if not node.is_leaf]
    ['w·x', 'v2 + 1', 'ReLU(v4)']
    """
    return formula_of(graph.nodes[index].op, _names(graph, index), dialect)


def formula_in_numbers(graph: Graph, index: int, dialect: Dialect = TEXT) -> str:
    """Write how a node was computed, in the numbers of its parents: 0.4·0.5 + 1."""
    numbers = [Expr("digits", (graph.nodes[k].data,)) for k in graph.nodes[index].parents]
    return formula_of(graph.nodes[index].op, numbers, dialect)


def formula_of(op: Op, inputs: Sequence[Expr], dialect: Dialect = TEXT) -> str:
    """Write a row of the table over inputs of any kind."""
    return render(_forward(op, inputs, dialect), dialect)


def local_derivative(graph: Graph, edge: Edge, dialect: Dialect = TEXT, binding: int = 0) -> str:
    """Write ∂child/∂parent of an edge as its formula; in `WORDS`, as one says it.

    >>> from autograd import Value
    >>> graph = Graph.of(Value(2.0, "x").tanh())
    >>> local_derivative(graph, graph.edges[0]), local_derivative(graph, graph.edges[0], WORDS)
    ('1 − tanh(x)²', '1 minus tanh(x) squared')
    """
    partials = _derivatives(graph, edge.child, dialect)[1]
    return render(partials[edge.slot], dialect, binding)


def factor_derivative(graph: Graph, edge: Edge, dialect: Dialect = TEXT) -> str:
    """Write ∂child/∂parent as a factor of a product: f′(z) where its formula has cases.

    >>> from autograd import Value
    >>> graph = Graph.of(Value(2.0, "x").relu())
    >>> factor_derivative(graph, graph.edges[0]), local_derivative(graph, graph.edges[0])
    ('ReLU′(x)', '1 if x > 0 else 0')
    """
    inputs, partials = _derivatives(graph, edge.child, dialect)
    return _factor(graph.nodes[edge.child].op, inputs, partials[edge.slot], dialect)


def derivatives_of(
    op: Op, inputs: Sequence[Expr], output: Expr | None, dialect: Dialect = TEXT
) -> list[tuple[str, str]]:
    """Write every local derivative of a row over any inputs, as its formula and as a factor.

    `output` stands for the row's own result; None writes the result's formula there.
    """
    partials = _partials(op, tuple(inputs), output, dialect)
    return [(render(p, dialect), _factor(op, inputs, p, dialect)) for p in partials]


def _factor(op: Op, inputs: Sequence[Expr], partial: Expr, dialect: Dialect) -> str:
    cases = any(part.head == "where" for part in partial.walk())
    if not cases or len(inputs) > 1:
        return render(partial, dialect, binding=4)
    prime = f"{op.latex}'" if dialect is LATEX else f"{op.glyph}′"
    return render(Expr(prime, tuple(inputs)), dialect)


def quotient(graph: Graph, top: int, bottom: int, dialect: Dialect = TEXT) -> str:
    """Write ∂top/∂bottom."""
    over, under = (_written_name(graph, index, dialect) for index in (top, bottom))
    if dialect is LATEX:
        return rf"\frac{{\partial {over}}}{{\partial {under}}}"
    return f"∂{over}/∂{under}"


def factors_in_numbers(numbers: Sequence[float], dialect: Dialect = TEXT) -> str:
    """Write a product of numbers as a person does: (−0.408)(0.6)(1)(0.5)."""
    return "".join(f"({dialect.number(x)})" for x in numbers)


def _written_name(graph: Graph, index: int, dialect: Dialect) -> str:
    return dialect.symbol(name(graph, index))


def _names(graph: Graph, index: int) -> list[Expr]:
    """Return the parents as symbols, constants without a label as their numbers."""
    nodes = [graph.nodes[parent] for parent in graph.nodes[index].parents]
    return [
        Expr("digits", (node.data,))
        if node.op is CONSTANT and not node.label
        else symbol(node.name)
        for node in nodes
    ]


def _called(op: Op, dialect: Dialect) -> str:
    if op in COMPARISONS:
        return COMPARISONS[op]
    if op.name in dialect.templates or op.name in dialect.names:
        return op.name
    return {LATEX: op.latex, WORDS: op.name}.get(dialect, op.glyph)


def _forward(op: Op, inputs: Sequence[Expr], dialect: Dialect) -> Expr:
    if op.latex:  # written as a call, σ(z), not by its formula
        return Expr(_called(op, dialect), tuple(inputs))
    return lift(op.forward(_TEXTBOOK, *inputs))


def _derivatives(
    graph: Graph, index: int, dialect: Dialect
) -> tuple[Sequence[Expr], Sequence[Expr]]:
    """Return a node's parents as symbols, and its local derivatives."""
    child, inputs = graph.nodes[index], tuple(_names(graph, index))
    output = symbol(child.name) if child.label else None
    return inputs, _partials(child.op, inputs, output, dialect)


@lru_cache(maxsize=64)  # one node's derivatives are asked for edge by edge
def _partials(
    op: Op, inputs: tuple[Expr, ...], output: Expr | None, dialect: Dialect
) -> tuple[Expr, ...]:
    result = _forward(op, inputs, dialect) if output is None else output
    return tuple(map(lift, op.partials(_TEXTBOOK, result, *inputs)))
