"""What a `Landscape` returns: a cost surface on a grid, and the path of a descent."""

from __future__ import annotations

from dataclasses import dataclass

from autograd.graph.wording import number_text

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class DescentPath:
    """The places that gradient descent passed through, and the cost of all examples at each.

    Attributes:
        name: the name that plots show.
        places: the coordinates, shape (steps + 1, 2). The start comes first.
        costs: the cost at each place, shape (steps + 1,).
    """

    name: str
    places: Array
    costs: Array

    def __repr__(self) -> str:
        first, last = number_text(float(self.costs[0])), number_text(float(self.costs[-1]))
        return f"<DescentPath {self.name}: {len(self.costs) - 1} steps, cost {first} to {last}>"


@dataclass(frozen=True, eq=False)
class Surface:
    """The cost on a grid over two parameters or directions.

    Attributes:
        names: the names of the two coordinates.
        first: the values of the first coordinate, shape (m,).
        second: the values of the second coordinate, shape (n,).
        costs: the costs, shape (n, m), because matplotlib expects this layout.
    """

    names: tuple[str, str]
    first: Array
    second: Array
    costs: Array

    def __repr__(self) -> str:
        size, low = f"{len(self.first)}×{len(self.second)}", number_text(float(self.costs.min()))
        return f"<Surface over {' and '.join(self.names)}: {size} costs from {low}>"
