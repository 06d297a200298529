"""Notes on numbers that a sheet gives for quantities, but neither computes nor uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .chain import Chain, Statement
from .names import RATES
from .trees import Derivative, Name, names_in


def with_unexplained_noted(statements: Sequence[Statement]) -> Iterator[Statement]:
    """Yield the statements, with a note on each number after the first calculation that is unused.

    Such a number may be a result that the reader did not recognize, so the report says that it was
    not judged.
    """
    chains = [one for one in statements if isinstance(one, Chain)]
    used = {name for chain in chains for name in _names_used(chain)}
    has_begun = False
    for one in statements:
        if isinstance(one, Chain):
            has_begun = has_begun or not one.is_given
            name = one.target.name if isinstance(one.target, Name) else ""
            is_unused = (
                one.is_given and len(one.members) == 1 and one.act == "define" and name not in used
            )
            if has_begun and is_unused and not one.notes and name.casefold() not in RATES:
                note = f"{name} is taken as given, because no line says how it is computed"
                one = replace(one, notes=(note,))
        yield one


def _names_used(chain: Chain) -> Iterator[str]:
    """Yield the names in the formulas of a chain, and those that a derivative or a claim is of."""
    for member in chain.members:
        yield from names_in(member.tree)
    if chain.target and (isinstance(chain.target, Derivative) or chain.act in ("claim", "update")):
        for name in names_in(chain.target):
            yield from (name, name.rstrip("'"))
