"""What a chain asks: the numbers that its results are about, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

from ..language.chain import Chain, Member
from ..language.quantity import Quantity
from .claims import FORMS, Ledger, Sweep
from .intervals import Interval


@dataclass(frozen=True, slots=True)
class Asked:
    """The numbers that are asked for.

    Attributes:
        name: what they are called.
        cells: the numbers, or what the derivative is with respect to.
        sweep: for a gradient, the sweep that it is one of.
        working: what the first formula of a gradient comes to.
        put_in: what the numbers that were put in may come to.
        sign: −1 for a gradient that the sheet writes with the opposite sign.
        pair: for a gradient, the names of what is differentiated and with respect to what.
    """

    name: str
    cells: Quantity
    sweep: Sweep | None = None
    working: Quantity | None = None
    put_in: tuple[Interval, ...] = ()
    sign: float = 1.0
    pair: tuple[str, str] | None = None

    def exact(self, k: int) -> float:
        """Return what a number should be."""
        cell = self.cells.items[k]
        return self.sign * (self.sweep.adjoint(cell) if self.sweep else cell.data)

    def key(self, k: int) -> object:
        """Return under what a mistake in a number is kept."""
        cell = self.cells.items[k]
        return (self.sweep.output, cell) if self.sweep else cell

    def follows(self, k: int, ledger: Ledger) -> list[Interval]:
        """Return what a number may be by the writer's earlier lines, one interval for each way."""
        cell = self.cells.items[k]
        if self.sweep is None:
            # First the number as written: a second name for it means the same.
            return [ledger.own(cell), ledger.enter(cell)]
        return [self.sign * self.sweep.follows(cell, form) for form in FORMS]

    def ways(self, k: int, ledger: Ledger) -> list[Interval]:
        """Return what a number may be by the earlier lines, and by its own formula and numbers."""
        found = self.follows(k, ledger)
        if self.working:
            found.append(ledger.own(self.working.items[k]))
        return [*found, *self.put_in[k : k + 1]]


# --- the parts of a chain -------------------------------------------------------------------------


def written_shape(chain: Chain) -> tuple[int, ...] | None:
    """Return the shape of what was written, None for a blank or nothing."""
    digits = chain.members[-1].digits
    return digits.shape if digits and any(digits.texts) else None


def is_given(chain: Chain) -> bool:
    """Whether a chain defines its target by a written number."""
    return chain.members[0].role == "result"


def first_computed(chain: Chain) -> Member | None:
    """Return the first member with something to compute."""
    return next((member for member in chain.members if member.role != "result"), None)
