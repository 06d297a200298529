"""The numbers that a chain should state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..language.chain import Chain, Member
from ..language.quantity import Quantity
from .choices import Choices, narrowed
from .intervals import Interval
from .ledger import Ledger
from .sweep import Form, OwnNumbers, Sweep

_CANCELED = 100  # the contributions to a gradient, in relation to their sum, that cancel


@dataclass(frozen=True, slots=True)
class Expected:
    """The numbers that a chain should state, exactly and by the writer's own numbers.

    Attributes:
        name: the name of the quantity or derivative.
        cells: the numbers of a quantity, or those of w for a derivative dC/dw.
        sweep: the gradients of C for a derivative dC/dw, or None for a quantity.
        working: the value of the first formula of a gradient.
        substituted: the intervals of the results of the first and of the last substituted numbers.
        sign: −1 for a gradient that the sheet writes with the opposite sign.
        pair: the names C and w of a gradient dC/dw.
    """

    name: str
    cells: Quantity
    sweep: Sweep | None = None
    working: Quantity | None = None
    substituted: tuple[Sequence[Interval], ...] = ()
    sign: float = 1.0
    pair: tuple[str, str] | None = None

    def exact(self, k: int) -> float:
        """Return the exact number."""
        cell = self.cells.items[k]
        return self.sign * (self.sweep.adjoint(cell) if self.sweep else cell.data)

    def cancels(self, k: int) -> bool:
        """Whether the contributions to a gradient cancel, so that rounding decides its digits."""
        cell = self.cells.items[k]
        return self.sweep is not None and self.sweep.contributed(cell) > _CANCELED * abs(
            self.sweep.adjoint(cell)
        )

    def key(self, k: int) -> object:
        """Return the key under which a mistake in a number is remembered."""
        cell = self.cells.items[k]
        return (self.sweep.output, cell) if self.sweep else cell

    def follows(self, k: int, numbers: OwnNumbers) -> list[Interval]:
        """Return the intervals of what follows from the writer's earlier lines."""
        return [reading(numbers) for reading in self._readings(k)]

    def _readings(self, k: int) -> list[Callable[[OwnNumbers], Interval]]:
        """Return functions that compute the number from the writer's earlier lines."""
        cell, sweep = self.cells.items[k], self.sweep
        if sweep is None:
            # The written number comes first, because a second name stands for the same number.
            return [lambda numbers: numbers.own(cell), lambda numbers: numbers.enter(cell)]

        def reading(form: Form) -> Callable[[OwnNumbers], Interval]:
            return lambda numbers: self.sign * sweep.follows(cell, form, numbers)

        return list(map(reading, sweep.forms))

    def ways(self, k: int, ledger: Ledger, *, is_narrow: bool = False) -> list[Interval]:
        """Return what follows from earlier lines, and from the earlier members of this chain.

        With `is_narrow`, the intervals are as narrow as the choices of the writer allow, which
        takes longer.
        """
        readings = self._readings(k)
        if self.working:
            working = self.working.items[k]
            readings.append(lambda numbers: numbers.own(working))
        choose = partial(Choices, ledger)
        found = [(is_narrow and narrowed(choose, ledger, one)) or one(ledger) for one in readings]
        return [*found, *(part for parts in self.substituted for part in parts[k : k + 1])]


# --- the parts of a chain -------------------------------------------------------------------------


def written_shape(chain: Chain) -> tuple[int, ...] | None:
    """Return the shape of the written result, or None if there is none."""
    digits = chain.members[-1].digits
    return digits.shape if digits and any(digits.texts) else None


def is_given(chain: Chain) -> bool:
    """Whether a chain defines its target by a written number."""
    return chain.members[0].role == "result"


def first_computed(chain: Chain) -> Member | None:
    """Return the first member with something to compute."""
    return next((member for member in chain.members if member.role != "result"), None)
