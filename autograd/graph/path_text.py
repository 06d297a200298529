"""The text of paths in an explanation: products of local derivatives in several forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from .formulas import Writer
from .paths import Path
from .wording import LATEX

T = TypeVar("T")

_MOST_FACTORS = 12  # the middle of a longer path is left out


def _write_product(writer: Writer, path: Path) -> list[str]:
    """Return a path's product four times: as quotients, as formulas, as numbers, as one number."""
    if not path.edges:
        return ["1"]
    dialect = writer.dialect
    times = r" \cdot " if dialect is LATEX else " · "
    rows = [
        times.join(_write_first_and_last(path.edges, lambda e: writer.quotient(e.child, e.parent))),
        times.join(_write_first_and_last(path.edges, writer.factor_derivative)),
        "".join(_write_first_and_last(path.edges, lambda e: f"({dialect.number(e.partial)})")),
        dialect.number(path.contribution),
    ]
    # A path of one edge has one factor. Its quotient would only name the derivative, and its factor
    # as a number would repeat the product.
    return rows if len(path.edges) > 1 else [rows[1], rows[3]]


def _write_first_and_last(items: Sequence[T], write: Callable[[T], str]) -> list[str]:
    """Write all items, or the first six and the last six if there are more than twelve."""
    if len(items) <= _MOST_FACTORS:
        return [write(item) for item in items]
    half = _MOST_FACTORS // 2
    return [*map(write, items[:half]), "…", *map(write, items[-half:])]


def write_only_path(writer: Writer, path: Path, left: str) -> str:
    """Return the lines ``left = …`` of the only path, with their equals signs aligned."""
    # For y = 2a, the formula and the number are both 2, and 2 is written once.
    rows = dict.fromkeys(_write_product(writer, path))
    lines = [f"{left if k == 0 else ' ' * len(left)} = {row}" for k, row in enumerate(rows)]
    return "\n".join(lines) + _explain_dead_path(writer, path)


class PathGroup(NamedTuple):
    """Consecutive paths that are written alike.

    They lead through the same nodes. They differ only in which operand of an operation they use, as
    in x * x.

    Attributes:
        first: the number of the first path, counted from 1.
        count: the number of paths.
        path: the first path.
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


def group_paths(writer: Writer, paths: Sequence[Path]) -> list[PathGroup]:
    """Return the paths as groups of consecutive paths that are written alike."""
    groups: list[PathGroup] = []
    last_steps = None
    for number, path in enumerate(paths, start=1):
        steps = [(e.child, e.parent, e.partial, writer.factor_derivative(e)) for e in path.edges]
        if steps == last_steps:
            groups[-1] = groups[-1]._replace(count=groups[-1].count + 1)
        else:
            groups.append(PathGroup(number, 1, path))
        last_steps = steps
    return groups


def write_group(writer: Writer, group: PathGroup, wrt: int) -> str:
    """Return the heading, the nodes and the product of paths from node `wrt`, as lines of text."""
    path = group.path
    start = path.edges[0].child if path.edges else wrt
    nodes = " ← ".join(
        _write_first_and_last([start, *(edge.parent for edge in path.edges)], writer.name)
    )
    first, *others = _write_product(writer, path)
    lines = [f"\n{group.heading}: {nodes}", f"  {first}", *(f"  = {row}" for row in others)]
    return "\n".join(lines) + _explain_dead_path(writer, path)


def _explain_dead_path(writer: Writer, path: Path) -> str:
    """Return a note that names the local derivative that makes a path's product 0, or ""."""
    stop = next((edge for edge in path.edges if edge.partial == 0.0), None)
    if stop is None:
        return ""
    factor = writer.factor_derivative(stop)
    # A factor that is written 0 is not followed by "= 0" again.
    why = f"{writer.quotient(stop.child, stop.parent)} = {factor}" + " = 0" * (factor != "0")
    if writer.dialect is LATEX:
        return rf" \quad \text{{(a dead path: }} {why} \text{{)}}"
    return f"   (a dead path: {why})"


def write_equations(writer: Writer, path: Path, start: str) -> str:
    """Return `start` and the lines of a path in LaTeX, with the equals signs aligned."""
    first, *others = _write_product(writer, path)
    rows = [start + first, *(f"&= {row}" for row in others)]
    return " \\\\\n".join(rows) + _explain_dead_path(writer, path)
