"""`explain`: a gradient as the sum over paths of products of local derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from ..encoding import encodable
from ..engine.dialect import Dialect
from ..engine.value import Value
from .formulas import Writer
from .graph import Graph, Output, locate
from .paths import Path, count_paths, largest_paths
from .rules_of_calculus import write_rules, write_rules_latex
from .wording import LATEX, TEXT, aligned

T = TypeVar("T")

_MOST_LINES = 20  # of code that are shown
_MOST_FACTORS = 12  # the middle of a longer path is left out


@dataclass(frozen=True)
class Explanation:
    """∂output/∂wrt as a sum over paths. It prints as text and shows as LaTeX in a notebook.

    Attributes:
        graph: the graph of the output.
        wrt: the index of the node that the gradient is with respect to.
        path_count: the exact number of paths from that node to the output.
        paths: the paths with the largest contributions, largest first.
        rules: whether the text names the rule of each local derivative and derives it.
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
            return _write_only_path(writer, self.paths[0], gradient) + rules + self._write_code()
        listed = "" if len(self.paths) == self.path_count else f"; the {len(self.paths)} largest:"
        count = _write_count(self.path_count)
        groups = _group_paths(writer, self.paths)
        return "\n".join(
            [
                f"{gradient}: {count} paths lead from {start} to {end}{listed}",
                *(_write_group(writer, self, group) for group in groups),
                "",
                f"{gradient} = {_write_sum(self, groups, TEXT)}{rules}{self._write_code()}",
            ]
        )

    def _write_code(self) -> str:
        """Return the lines of code that recorded the nodes on the paths, the output's first."""
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
            blocks = [_write_equations(writer, self.paths[0], f"{gradient} &= ")]
        else:
            groups = _group_paths(writer, self.paths)
            blocks = [
                _write_equations(writer, group.path, rf"\text{{{group.heading}:}} &\quad ")
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

    In this example, paths 1 and 2 are alike, and are written once. They lead through the first and
    the second operand of x * x.

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


# --- one path -------------------------------------------------------------------------------------


def _write_product(writer: Writer, path: Path) -> list[str]:
    """Return a path's product as quotients, as formulas, as numbers, and as one number."""
    if not path.edges:
        return ["1"]
    dialect = writer.dialect
    times = r" \cdot " if dialect is LATEX else " · "
    rows = [
        times.join(_write_ends(path.edges, lambda e: writer.quotient(e.child, e.parent))),
        times.join(_write_ends(path.edges, writer.factor_derivative)),
        "".join(_write_ends(path.edges, lambda e: f"({dialect.number(e.partial)})")),
        dialect.number(path.contribution),
    ]
    # If there is one edge, the first row only names the derivative, and the third is the number
    # that the last one has as well.
    return rows if len(path.edges) > 1 else [rows[1], rows[3]]


def _write_ends(items: Sequence[T], write: Callable[[T], str]) -> list[str]:
    """Write all items, or the first six and the last six if there are more than twelve."""
    if len(items) <= _MOST_FACTORS:
        return [write(item) for item in items]
    half = _MOST_FACTORS // 2
    return [*map(write, items[:half]), "…", *map(write, items[-half:])]


def _write_only_path(writer: Writer, path: Path, left: str) -> str:
    """Return the lines ``left = …`` of the only path, with their equals signs aligned."""
    rows = dict.fromkeys(_write_product(writer, path))  # ∂y/∂a = 2 is said once for y = 2a
    lines = [f"{left if k == 0 else ' ' * len(left)} = {row}" for k, row in enumerate(rows)]
    return "\n".join(lines) + _explain_dead_path(writer, path)


class PathGroup(NamedTuple):
    """Consecutive paths that are written alike, the number of the first, and how many they are.

    They lead through the same nodes, and differ only in the operand of an operation that has a node
    twice, such as x * x.
    """

    first: int
    count: int  # type: ignore[assignment]  # hides the method `tuple.count`
    path: Path

    @property
    def heading(self) -> str:
        """The numbers of the paths: "path 1", or "paths 1 and 2, the same twice"."""
        if self.count == 1:
            return f"path {self.first}"
        joined = "and" if self.count == 2 else "to"
        times = "twice" if self.count == 2 else f"{self.count} times"
        return f"paths {self.first} {joined} {self.first + self.count - 1}, the same {times}"


def _group_paths(writer: Writer, paths: Sequence[Path]) -> list[PathGroup]:
    groups: list[PathGroup] = []
    last = None
    for number, path in enumerate(paths, start=1):
        way = [(e.child, e.parent, e.partial, writer.factor_derivative(e)) for e in path.edges]
        if way == last:
            groups[-1] = groups[-1]._replace(count=groups[-1].count + 1)
        else:
            groups.append(PathGroup(number, 1, path))
        last = way
    return groups


def _write_group(writer: Writer, explanation: Explanation, group: PathGroup) -> str:
    path = group.path
    start = path.edges[0].child if path.edges else explanation.wrt
    way = " ← ".join(_write_ends([start, *(edge.parent for edge in path.edges)], writer.name))
    first, *others = _write_product(writer, path)
    lines = [f"\n{group.heading}: {way}", f"  {first}", *(f"  = {row}" for row in others)]
    return "\n".join(lines) + _explain_dead_path(writer, path)


def _explain_dead_path(writer: Writer, path: Path) -> str:
    """Say which local derivative makes a path dead, which means that its product is 0."""
    stop = next((edge for edge in path.edges if edge.partial == 0.0), None)
    if stop is None:
        return ""
    factor = writer.factor_derivative(stop)
    # A factor that is written 0 is not followed by "= 0" again.
    why = f"{writer.quotient(stop.child, stop.parent)} = {factor}" + " = 0" * (factor != "0")
    if writer.dialect is LATEX:
        return rf" \quad \text{{(a dead path: }} {why} \text{{)}}"
    return f"   (a dead path: {why})"


def _write_equations(writer: Writer, path: Path, start: str) -> str:
    """Return `start` and the lines of a path in LaTeX, with the equals signs aligned."""
    first, *others = _write_product(writer, path)
    rows = [start + first, *(f"&= {row}" for row in others)]
    return " \\\\\n".join(rows) + _explain_dead_path(writer, path)


def _write_count(paths: int) -> str:
    """Write how many paths there are, or the power of ten if the count has 100 bits or more.

    Nobody reads more digits, and Python refuses to print integers of more than 4,300 digits.
    """
    if paths.bit_length() < 100:
        return f"{paths:,}"
    return f"about 10^{round(math.log10(paths)):,}"


def _write_sum(explanation: Explanation, groups: Sequence[PathGroup], dialect: Dialect) -> str:
    """Return ``2·3 + 2 = 8``, with one term for all paths that are not listed."""
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
