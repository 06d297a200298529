"""How the nodes of a graph are written: their names, formulas and derivatives.

The formula of an operation is worked out once, as a template with places for its inputs. Names or
numbers are then put in for each node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache

from ..engine.dialect import ATOM, Dialect, Place, render_template
from ..engine.formula import place
from ..engine.operation import Op
from ..engine.ops import CONSTANT
from .characters import printable
from .graph import Graph
from .parts import Edge
from .wording import LATEX, TEXT, derivatives_of, formula_of

_MOST_OUTPUTS = 3  # a sum of more outputs is written with its first and its last one only
_PRODUCT_PRECEDENCE = 4


Template = tuple[str | Place, ...]
Word = tuple[str, int]
"""A name or a number as text, and its precedence, which tells where it needs parentheses."""


@lru_cache(maxsize=1024)
def formula_template(op: Op, count: int, dialect: Dialect) -> Template:
    """Return the formula of an operation, with a place for each of its `count` inputs.

    >>> from autograd.engine.ops import SUB
    >>> formula_template(SUB, 2, TEXT)
    (Place(input=0, binding=3), ' − ', Place(input=1, binding=4))
    """
    return render_template(formula_of(op, [place(k) for k in range(count)], dialect), dialect)


@lru_cache(maxsize=1024)
def derivative_templates(
    op: Op, count: int, dialect: Dialect, *, names_output: bool
) -> tuple[tuple[Template, Template], ...]:
    """Return a template for each local derivative in full, and one for it as a factor.

    If `names_output` is true, a derivative that contains the operation's own result has place
    `count` for it. Otherwise the derivative contains the formula of the result.
    """
    *inputs, output = (place(k) for k in range(count + 1))
    result = output if names_output else None
    return tuple(
        (
            render_template(local, dialect),
            render_template(factor, dialect, binding=_PRODUCT_PRECEDENCE),
        )
        for local, factor in derivatives_of(op, inputs, result, dialect)
    )


def fill(
    template: Template, words: Sequence[Word] | Mapping[int, Word], dialect: Dialect = TEXT
) -> str:
    """Return the text of a template with words in its places, in parentheses where needed.

    >>> fill(("2/", Place(0, 5)), [("3·10⁻⁷", 4)])
    '2/(3·10⁻⁷)'
    """
    parts: list[str] = []
    for part in template:
        if isinstance(part, str):
            parts.append(part)
            continue
        text, precedence = words[part.input]
        parts.append(text if precedence >= part.binding else dialect.parentheses.format(text))
    return "".join(parts)


class Writer:
    """Writes the nodes of one graph in one dialect.

    >>> from autograd import Value
    >>> w, x = Value(0.4, "w"), Value(-3e-7, "x")
    >>> graph = Graph.of((w * x + 1).relu())
    >>> writer = Writer(graph)
    >>> [writer.formula(node.index) for node in graph.nodes if not node.is_leaf]
    ['w·x', 'v2 + 1', 'ReLU(v4)']
    >>> writer.formula_in_numbers(2)
    '0.4·(−3·10⁻⁷)'
    >>> relu = graph.edges[-1]
    >>> writer.local_derivative(relu), writer.factor_derivative(relu)
    ('1 if v4 > 0 else 0', 'ReLU′(v4)')
    """

    def __init__(self, graph: Graph, dialect: Dialect = TEXT) -> None:
        self.graph, self.dialect = graph, dialect
        self._names: dict[int, str] = {}
        self._numbers: dict[int, Word] = {}
        self._words: dict[int, Word] = {}
        self._gradients: dict[int, str] = {}

    def name(self, index: int) -> str:
        """Return a node's label, or the number of a constant, or "v" and the index."""
        node = self.graph.nodes[index]
        if node.op is CONSTANT and not node.label:
            return self._number(index)[0]
        return printable(self.graph.names[index])

    def symbol(self, index: int) -> str:
        """Return a node's name as a symbol in a formula."""
        text = self._names.get(index)
        if text is None:
            text = self._names[index] = self.dialect.symbol(self.name(index))
        return text

    def formula(self, index: int) -> str:
        """Write how a node was computed, in the names of its parents."""
        return self._fill_formula(index, self._word)

    def formula_in_numbers(self, index: int) -> str:
        """Write how a node was computed, in the numbers of its parents: 0.4·0.5 + 1."""
        return self._fill_formula(index, self._number)

    def _fill_formula(self, index: int, word: Callable[[int], Word]) -> str:
        node = self.graph.nodes[index]
        template = formula_template(node.op, len(node.parents), self.dialect)
        return fill(template, [word(parent) for parent in node.parents], self.dialect)

    def local_derivative(self, edge: Edge) -> str:
        """Write ∂child/∂parent of an edge as a formula in the dialect of this writer."""
        return self._fill_derivative(edge, as_factor=False)

    def factor_derivative(self, edge: Edge) -> str:
        """Write ∂child/∂parent as a factor of a product. A formula with cases is written f′(z)."""
        return self._fill_derivative(edge, as_factor=True)

    def _fill_derivative(self, edge: Edge, *, as_factor: bool) -> str:
        child = self.graph.nodes[edge.child]
        templates = derivative_templates(
            child.op, len(child.parents), self.dialect, names_output=bool(child.label)
        )
        in_full, factor = templates[edge.slot]
        template = factor if as_factor else in_full
        if len(template) == 1 and isinstance(template[0], str):
            return template[0]
        # Only the words of operands in the template are written, because a sum of products may have
        # very many operands.
        words = {}
        for part in template:
            if part.__class__ is Place:
                is_output = part.input == len(child.parents)
                words[part.input] = self._word(
                    edge.child if is_output else child.parents[part.input]
                )
        return fill(template, words, self.dialect)

    def quotient(self, top: int, bottom: int) -> str:
        """Write ∂top/∂bottom."""
        return self._write_quotient(self.symbol(top), bottom)

    def gradient(self, index: int) -> str:
        """Write ∂output/∂node, or the derivative of the sum of the outputs if there are several."""
        text = self._gradients.get(index)
        if text is None:
            text = self._gradients[index] = self._write_quotient(self.output, index)
        return text

    @cached_property
    def output(self) -> str:
        """The output as a symbol, or the sum of several outputs in parentheses."""
        symbols = [self.symbol(output) for output in self.graph.outputs]
        if len(symbols) > _MOST_OUTPUTS:
            symbols = [symbols[0], r"\dots" if self.dialect is LATEX else "…", symbols[-1]]
        total = " + ".join(symbols)
        return total if len(symbols) == 1 else self.dialect.parentheses.format(total)

    def _write_quotient(self, top: str, bottom: int) -> str:
        if self.dialect is LATEX:
            return rf"\frac{{\partial {top}}}{{\partial {self.symbol(bottom)}}}"
        return f"∂{top}/∂{self.symbol(bottom)}"

    def _word(self, index: int) -> Word:
        word = self._words.get(index)
        if word is None:
            node = self.graph.nodes[index]
            is_number = node.op is CONSTANT and not node.label
            word = self._number(index) if is_number else (self.symbol(index), ATOM)
            self._words[index] = word
        return word

    def _number(self, index: int) -> Word:
        word = self._numbers.get(index)
        if word is None:
            data = self.graph.nodes[index].data
            text = self.dialect.number(data)
            word = self._numbers[index] = text, self.dialect.precedence(data, text)
        return word
