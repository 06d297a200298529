"""Numbers, names and formulas of operations, written as text, as LaTeX and in words.

The formulas come from the table of operations. Each is evaluated with symbols, and the resulting
expression is written in a dialect. No formula is written a second time here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..engine.dialect import Dialect
from ..engine.formula import Expr, Symbols, lift
from ..engine.operation import OPS, Op
from ..engine.ops import COMPARISONS
from ..late_pattern import compile_late
from .characters import isolated, printable
from .latex_names import name_latex

MINUS = "−"
_TEXTBOOK = Symbols(textbook=True)  # asks formulas for the form that textbooks print
_SUPERSCRIPTS = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")
_MOST_TERMS = 8  # the middle of a longer sum is left out


# --- numbers --------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def number_text(x: float, digits: int = 5) -> str:
    """Write a number with a few significant digits and a true minus sign. Zero has no sign.

    >>> [number_text(x) for x in (-0.40800000000000003, 1 / 3, -1.5e-10, 2.0)]
    ['−0.408', '0.33333', '−1.5·10⁻¹⁰', '2']
    """
    mantissa, exponent = _split(x, digits)
    return mantissa + (f"·10{str(exponent).translate(_SUPERSCRIPTS)}" if exponent else "")


def latex_number(x: float, digits: int = 5) -> str:
    r"""Write a number in LaTeX.

    >>> print(latex_number(-1.5e-10))
    -1.5 \cdot 10^{-10}
    """
    mantissa, exponent = _split(x, digits)
    power = rf" \cdot 10^{{{exponent}}}" if exponent else ""
    return mantissa.replace(MINUS, "-").replace("∞", r"\infty") + power


def _split(x: float, digits: int) -> tuple[str, int]:
    """Return a number's mantissa and its power of ten, 0 for numbers of ordinary size."""
    mantissa, _, exponent = f"{abs(x):.{digits}g}".partition("e")
    if mantissa == "inf":
        mantissa = "∞"
    return (MINUS if x < 0 else "") + mantissa, int(exponent or 0)


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows of a table as lines of text with aligned columns.

    A column is at most 48 characters wide. A longer cell moves the rest of its line to the right.

    >>> aligned([["a", "= 1"], ["loss", "= 2"]])
    ['  a     = 1', '  loss  = 2']
    """
    widths = [min(max(map(len, column)), 48) for column in zip(*rows, strict=True)]
    line = "  " + "  ".join(f"{{:<{width}}}" for width in widths)
    return [line.format(*row).rstrip() for row in rows]


# --- names ----------------------------------------------------------------------------------------

# A label that reads as one symbol, such as W1[1,2], or a name from code, such as self.w[0]@2.
_PLAIN = compile_late(r"[^\W\d_][\w′'.]*(\[[\w, '-]+\])*[′']*(@\d+)?")


@lru_cache(maxsize=4096)
def name_text(label: str, longest: int = 40) -> str:
    """Write a label as a symbol.

    Characters that cannot be printed are replaced, long labels are cut, and a label that does not
    read as one symbol is put in parentheses.

    >>> name_text("W1[1,2]"), name_text("z@1"), name_text("a+b"), name_text("x" * 50, longest=5)
    ('W1[1,2]', 'z@1', '(a+b)', 'xxxx…')
    """
    if label.isalnum() and label.isascii() and label[0].isalpha() and len(label) <= longest:
        return label  # the most common case, checked first because it is fast
    shown = printable(label)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    return isolated(shown if _PLAIN.fullmatch(label) else f"({shown})")


# --- dialects -------------------------------------------------------------------------------------

_CALLED = [op for op in OPS.values() if op.latex]  # operations that are written as calls

# Each entry is a precedence and a template. ``{0:3}`` stands for input 0, in parentheses if its own
# precedence is below 3.
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
    names={op.name: op.glyph for op in _CALLED},
    number=number_text,
    symbol=name_text,
    most_terms=_MOST_TERMS,
    power_of_ten="·10",
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
    names={op.name: op.latex for op in _CALLED},
    number=latex_number,
    symbol=name_latex,
    parentheses=r"\left({}\right)",
    most_terms=_MOST_TERMS,
    omission=r"\cdots",
    power_of_ten=r" \cdot 10^",
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
    number=number_text,
    symbol=name_text,
    most_terms=_MOST_TERMS,
    power_of_ten="·10",
)


# --- formulas of operations -----------------------------------------------------------------------


def formula_of(op: Op, inputs: Sequence[Expr], dialect: Dialect = TEXT) -> Expr:
    """Return an operation applied to inputs: a call such as σ(z), or a formula such as a·b."""
    if op.latex:
        return Expr(_head(op, dialect), tuple(inputs))
    return lift(op.forward(_TEXTBOOK, *inputs))


def derivatives_of(
    op: Op, inputs: Sequence[Expr], output: Expr | None, dialect: Dialect = TEXT
) -> list[tuple[Expr, Expr]]:
    """Return each local derivative of an operation twice: in full, and as a factor of a product.

    As a factor, a derivative with cases is written f′(z).

    Args:
        op: the operation.
        inputs: the expressions that it is applied to.
        output: the expression for the operation's own result, which a derivative may contain. If it
            is None, the formula of the result is written.
        dialect: the dialect in which the expressions will be written.
    """
    result = formula_of(op, inputs, dialect) if output is None else output
    partials = map(lift, op.partials(_TEXTBOOK, result, *inputs))
    return [(partial, _factor(op, inputs, partial, dialect)) for partial in partials]


def _factor(op: Op, inputs: Sequence[Expr], partial: Expr, dialect: Dialect) -> Expr:
    if len(inputs) > 1 or not any(part.head == "where" for part in partial.walk()):
        return partial
    return Expr(f"{op.latex}'" if dialect is LATEX else f"{op.glyph}′", tuple(inputs))


def _head(op: Op, dialect: Dialect) -> str:
    """Return the head of an operation's formula, for which the dialect has a template or a name."""
    if op in COMPARISONS:
        return COMPARISONS[op]
    if OPS.get(op.name) is op:
        return op.name
    # The head of an operation with a constant, such as leaky ReLU, or of a user's operation is the
    # name as it is written.
    return {LATEX: op.latex, WORDS: op.name}.get(dialect, op.glyph)


def factors_in_numbers(numbers: Iterable[float], dialect: Dialect = TEXT) -> str:
    """Write a product of numbers as a person does: (−0.408)(0.6)(1)(0.5)."""
    return "".join(f"({dialect.number(x)})" for x in numbers)
