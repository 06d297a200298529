"""What a sheet says about one of its quantities."""

from __future__ import annotations

from dataclasses import dataclass, field

from .trees import Apply, Tree


@dataclass
class SheetQuantity:
    """What the sheet says about one quantity.

    Attributes:
        tree: the definition, with resolved names. It is None if the sheet gives only numbers.
        line: the line of the definition.
        rank: 0 for a number, 1 for a vector and 2 for a matrix, judged from its form alone.
        length: the number of items if it was given as a list, or 0.
        digits: the text of the numbers that were last written for the quantity, by index.
        uses: the names that appear in its definition.
        was_used: whether the definition of another quantity uses this one.
        is_put_in: whether only the numbers that a line put in for the name define it.
        is_row: whether it was given as a row such as [1 2], whose transpose is a column.
    """

    tree: Tree | None
    line: int
    rank: int = 0
    length: int = 0
    digits: dict[tuple[int, ...], str] = field(default_factory=dict)
    uses: frozenset[str] = frozenset()
    was_used: bool = False
    is_put_in: bool = False
    is_row: bool = False

    @property
    def is_explained(self) -> bool:
        """Whether a formula or a calculation gives the quantity."""
        return isinstance(self.tree, Apply)

    @property
    def is_given(self) -> bool:
        """Whether the sheet gives the quantity as numbers, as it does for inputs and parameters."""
        return not self.uses and self.tree is None
