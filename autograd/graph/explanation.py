"""`explain`: a gradient as the sum over paths of products of local derivatives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..encoding import encodable
from ..engine.dialect import Dialect
from ..engine.value import Value
from .formulas import Writer
from .graph import Graph, Output
from .location import locate
from .path_text import PathGroup, group_paths, write_equations, write_group, write_only_path
from .paths import Path, count_paths, largest_paths
from .rules_of_calculus import write_rules, write_rules_latex
from .wording import LATEX, TEXT, aligned

_MOST_LINES = 20  # the largest number of lines of code that are shown


@dataclass(frozen=True)
class Explanation:
    """∂output/∂wrt as a sum over paths. It prints as text and shows as LaTeX in a notebook.

    Attributes:
        graph: the graph of the output.
        wrt: the index of the node that the gradient is with respect to.
        path_count: the exact number of paths from that node to the output.
        paths: the paths with the largest contributions, largest first.
        rules: whether the text names and derives the rule behind each local derivative.
    """

    graph: Graph
    wrt: int
    path_count: int
    paths: tuple[Path, ...]
    rules: bool = False

    @property
    def total(self) -> float:
        """∂output/∂wrt, the sum over all paths."""
        return self.graph.adjoints[self.wrt]

    @property
    def rest(self) -> float:
        """The sum of the contributions of the paths that are not in `paths`."""
        if len(self.paths) == self.path_count:
            return 0.0
        return self.total - sum(path.contribution for path in self.paths)

    @encodable  # replaces signs such as ∂ if standard output cannot encode them
    def __str__(self) -> str:
        writer = Writer(self.graph)
        gradient, start, end = writer.gradient(self.wrt), writer.name(self.wrt), writer.output
        if not self.path_count:
            return f"{gradient} = 0: no path leads from {start} to {end}"
        rules = write_rules(writer, self.paths) if self.rules else ""
        if self.path_count == 1:
            return write_only_path(writer, self.paths[0], gradient) + rules + self._write_code()
        which = "" if len(self.paths) == self.path_count else f"; the {len(self.paths)} largest:"
        count = _write_count(self.path_count)
        groups = group_paths(writer, self.paths)
        return "\n".join(
            [
                f"{gradient}: {count} paths lead from {start} to {end}{which}",
                *(write_group(writer, group, self.wrt) for group in groups),
                "",
                f"{gradient} = {_write_sum(self, groups, TEXT)}{rules}{self._write_code()}",
            ]
        )

    def _write_code(self) -> str:
        """Return the lines of code that recorded the nodes on the paths, from the output back."""
        nodes = dict.fromkeys(edge.child for path in self.paths for edge in path.edges)
        rows = [(self.graph.names[k], self.graph.nodes[k].code) for k in (*nodes, self.wrt)]
        written = aligned(list(dict.fromkeys(row for row in rows if row[1]))[:_MOST_LINES])
        return "\n\nCode:\n" + "\n".join(written) if written else ""

    __repr__ = __str__

    @property
    def latex(self) -> str:
        """The explanation in LaTeX, to be put between ``$$`` and ``$$``."""
        writer = Writer(self.graph, LATEX)
        gradient = writer.gradient(self.wrt)
        if not self.path_count:
            return f"{gradient} = 0"
        if self.path_count == 1:
            blocks = [write_equations(writer, self.paths[0], f"{gradient} &= ")]
        else:
            groups = group_paths(writer, self.paths)
            blocks = [
                write_equations(writer, group.path, rf"\text{{{group.heading}:}} &\quad ")
                for group in groups
            ]
            blocks.append(f"{gradient} &= {_write_sum(self, groups, LATEX)}")
        if self.rules:
            blocks += write_rules_latex(writer, self.paths)
        return "\\begin{aligned}\n" + " \\\\[6pt]\n".join(blocks) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$${self.latex}$$"


def explain(
    output: Output | Graph, wrt: Value | str | int, most: int = 8, *, rules: bool = False
) -> Explanation:
    """Explain ∂output/∂wrt as a sum over paths, each a product of local derivatives.

    Args:
        output: the output, or its graph. If there are several outputs, their sum is explained.
        wrt: what the gradient is with respect to: a Value, its label, or the index of its node.
        most: the largest number of paths to list. All paths are counted and summed, listed or not.
        rules: whether to name the rule of each local derivative, and to derive those of functions
            such as tanh from their definitions.

    Raises:
        TypeError: `output` or `wrt` has a type that is not listed above.
        ValueError: `wrt` is not part of the computation, or its label is not unique.

    In this example, paths 1 and 2 lead through the first and the second operand of x * x. They are
    alike, so they are written once.

    >>> x = Value(3.0, "x")
    >>> y = x * x + 2 * x
    >>> y.label = "y"
    >>> print(explain(y, wrt=x))
    ∂y/∂x: 3 paths lead from x to y
    <BLANKLINE>
    paths 1 and 2, the same twice: y ← v1 ← x
      ∂y/∂v1 · ∂v1/∂x
      = 1 · x
      = (1)(3)
      = 3
    <BLANKLINE>
    path 3: y ← v3 ← x
      ∂y/∂v3 · ∂v3/∂x
      = 1 · 2
      = (1)(2)
      = 2
    <BLANKLINE>
    ∂y/∂x = 2·3 + 2 = 8
    """
    graph, wanted = locate(output, wrt)
    if not isinstance(most, int) or most < 1:
        raise ValueError(f"most is the number of paths to list, 1 or more; got {most!r}")
    paths = tuple(largest_paths(graph, wanted, most))
    return Explanation(graph, wanted, count_paths(graph, wanted), paths, rules)


# --- the sum of the paths -------------------------------------------------------------------------


def _write_count(paths: int) -> str:
    """Write how many paths there are, or the power of ten if the count has 100 bits or more.

    Longer counts are of no use, and Python refuses to print integers of more than 4,300 digits.
    """
    if paths.bit_length() < 100:
        return f"{paths:,}"
    return f"about 10^{round(math.log10(paths)):,}"


def _write_sum(explanation: Explanation, groups: Sequence[PathGroup], dialect: Dialect) -> str:
    """Return the sum, such as ``2·3 + 2 = 8``, with one term for the paths that are not listed."""
    terms = [_write_term(group.path.contribution, group.count, dialect) for group in groups]
    text = " + ".join(terms)
    more = explanation.path_count - len(explanation.paths)
    if more:
        words = f"{_write_count(more)} more paths: {dialect.number(explanation.rest)}"
        text += rf" + (\text{{{words}}})" if dialect is LATEX else f" + ({words})"
    return f"{text} = {dialect.number(explanation.total)}"


def _write_term(x: float, count: int, dialect: Dialect) -> str:
    term = f"({dialect.number(x)})" if x < 0 else dialect.number(x)
    times = r" \cdot " if dialect is LATEX else "·"
    return term if count == 1 else f"{count}{times}{term}"
