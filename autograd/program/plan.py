"""`Plan`: a program as data, which an engine runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..engine.formula import Expr
from .instructions import Instruction, Location, Rows
from .recipe import Recipe


class Comment(NamedTuple):
    """A comment at the first instruction of an operation for the nodes from `first` to `last`."""

    kind: str
    first: int
    last: int

    def __str__(self) -> str:
        more = f" … {self.last}" if self.last != self.first else ""
        return f"{self.kind} of node {self.first}{more}"


class PlannedGuard(NamedTuple):
    """A comparison that must have the recorded outcome. `right` is a place or a number."""

    left: Location
    relation: str
    right: Location | float
    outcome: bool


class Fallback(NamedTuple):
    """Instructions that may overflow, and a recipe that gives the same results if they do.

    Attributes:
        start: the first instruction that may overflow.
        stop: the instruction after the last one.
        recipe: the recipe. `rows`, `scratch` and `height` are its arguments, as in `Recipe.follow`.
        is_limit: whether the recipe is the one of the instructions themselves. Following it again
            with infinite intermediate results gives the limit. For example, tanh′(1000) = 1/cosh²
            1000 is 1/∞ = 0.
    """

    start: int
    stop: int
    recipe: Recipe
    rows: Mapping[Expr, Rows]
    scratch: Mapping[str, int]
    height: int
    is_limit: bool = False

    def instructions(self) -> list[Instruction]:
        """Return the instructions of the recipe. They are made only if they are needed."""
        return self.recipe.follow(self.rows, self.scratch, self.height)[0]


@dataclass(frozen=True, eq=False)
class Plan:
    """A program's instructions, and the content of its arrays. `lower` returns it.

    The arrays are described in `instructions`. Every number has a row of its own, so that the
    instructions can also be read as definitions. An engine may use a row for several numbers.

    Attributes:
        prepare: computes what all examples share from the parameters and constants, once.
        forward: computes what varies by example.
        backward: computes the adjoints of numbers that vary, and adds up those of shared numbers.
            The engine sets the adjoint of the output, `roots[0]`, to 1 or to 1/batch before.
        finish: computes the gradients of the parameters from the adjoints that all examples share,
            once.
        rows: how many rows each array has.
        inputs: for each row of ``inputs``, the node of the graph, or None if no node uses the row.
        parameters: for each of the first rows of ``shared`` the node of the graph.
        constants: the numbers in the rows of ``shared`` after the parameters.
        roots: the places of the output, of the numbers that are kept, and of those that guards
            compare.
        guards: the comparisons that every example must satisfy, in the order of `Graph.guards`.
        comments: for each of the four lists, the comments by the index of their instruction.
        fallbacks: for each of the four lists, the fallbacks for instructions that overflow.
        calls: how many groups of operations there are.
        products: how many of the groups are matrix products.
    """

    prepare: tuple[Instruction, ...]
    forward: tuple[Instruction, ...]
    backward: tuple[Instruction, ...]
    finish: tuple[Instruction, ...]
    rows: Mapping[str, int]
    inputs: tuple[int | None, ...]
    parameters: tuple[int, ...]
    constants: tuple[float, ...]
    roots: tuple[Location, ...]
    guards: tuple[PlannedGuard, ...]
    comments: Mapping[str, Mapping[int, Comment]]
    fallbacks: Mapping[str, Sequence[Fallback]]
    calls: int
    products: int

    @property
    def sections(self) -> dict[str, tuple[Instruction, ...]]:
        """The four lists of instructions by name, in the order in which they run."""
        return {
            "prepare": self.prepare,
            "forward": self.forward,
            "backward": self.backward,
            "finish": self.finish,
        }

    @property
    def seed(self) -> Rows:
        """The row that holds the adjoint of the output."""
        row = self.roots[0].row
        return Rows("adjoints", row, row + 1)

    @property
    def has_input_gradients(self) -> bool:
        """Whether the gradients of the inputs are computed."""
        return any(i.out.array == "input_adjoints" for i in self.backward)
