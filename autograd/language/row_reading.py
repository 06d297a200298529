"""Rows of tables, which are read as chains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..late_pattern import compile_late
from .chain_reading import ChainReader
from .members import RawChain, RawMember, written_number
from .respelling import NEW
from .sheet_source import Source, WorksheetError
from .spelling import canonical_name
from .table_entries import Cell, TableEntry
from .tables import TableRow
from .trees import Apply, Derivative, Name, Row, names_in

_NEW_HEADING = compile_late(
    rf"(?i)(?:{NEW}|neue[rs]?|nouvelle)\s+(.+)|(\w+?)(?:_?\{{?(?:{NEW})\}}?|['′]|_?\{{?[nkti]\+1\}}?)"
)
_NOT_DEFINED = "its quantities are not defined on a line before it"
_NO_HEADINGS = (
    "it is not clear what its columns are; head them with the names of quantities, or with words "
    "such as value, gradient and new"
)


class RowReader(ChainReader):
    """The part of the reader that reads the rows of tables."""

    def read_row(self, row: TableRow) -> None:
        """Read the numbers of a row as values of the quantities in the headings.

        A row that counts rounds gives the values after the updates that precede it.
        """
        self.source = row.source
        before = len(self.statements)
        chains = [chain for heading, cells in row.cells if (chain := self._column(heading, cells))]
        names = [c.target.name for c in chains if isinstance(c.target, Name)]
        has_formula = any(chain.target is None for chain in chains)
        if row.number and not (has_formula or any(map(self.names.knows, names))):
            for chain in chains:  # the row of step 2 gives h2 if there is no h
                if isinstance(chain.target, Name):
                    name = canonical_name(f"{chain.target.name}_{row.number}")
                    chain.target = replace(chain.target, name=name)
            row = replace(row, is_round=False)
        if row.is_round:
            self._read_round(chains, is_first=row.is_first)
        else:
            for chain in chains:
                self._chain(chain)
        if len(self.statements) == before:
            self._skip(_NOT_DEFINED if row.cells else _NO_HEADINGS)

    def read_entry(self, entry: TableEntry) -> None:
        """Read a cell under a heading such as old, gradient or new."""
        self.source = entry.source
        name = self._parsed(Source(entry.name))
        if not isinstance(name, Name):
            return
        name = replace(name, place=entry.cells[0].place)
        target = self._gradient_by(name, entry.top) if entry.role == "gradient" else name
        if target is None:
            self._skip_part("the sheet computes no loss of which its gradients could be")
            target = replace(name, name=f"d{name.name}")
        members = []
        for cell in entry.cells:
            span = (cell.place, cell.place + len(cell.text))
            members.append(RawMember("=", self._parsed(self.source, *span), span))
        is_new = entry.role == "new"
        raw = RawChain(members[0].span[0], target, members, is_new, is_new)
        self._chain(replace(raw, is_row=True))

    def _read_round(self, chains: list[RawChain], *, is_first: bool) -> None:
        """Read a row such as | 2 | 0.25 | 0.06 | under the headings epoch, w and f.

        Every row after the first one begins the next step.
        """
        for chain in chains:
            self._prepare_functions(chain)
        if not is_first:
            chains = [chain for chain in chains if not self._read_new_value(chain)]
            self._next_step()
        for chain in chains:
            self._read_cell(chain, chains)
        self._pending.update(self._updated)

    def _read_new_value(self, chain: RawChain) -> bool:
        """Read a cell that states the new value of the row before, and return whether it does."""
        target = chain.target
        if not isinstance(target, Name) or chain.is_new:
            return False
        known = self.names.quantities.get(target.name)
        if target.name in self._updated:
            target = replace(target, name=target.name + "'")
            self._emit("claim", target, self._make_members(chain.members))
        elif known and known.is_given and self._step_of(target):
            self._chain(replace(chain, is_new=True, was_named_new=True, is_row=True))
        else:
            return False
        return True

    def _read_cell(self, chain: RawChain, row: list[RawChain]) -> None:
        target = chain.target
        if chain.is_new or target is None:
            self._chain(replace(chain, is_row=True))
        elif isinstance(target, Derivative):
            self._emit("gradient", target, self._make_members(chain.members))
        elif isinstance(target, Name) and self._changes_unexplained(chain):
            if any(one.target is None and _uses(one, target.name) for one in row):
                # A column such as f(x) is the value at each x.
                self._define(target.name, target, self._make_members(chain.members))
            else:
                self._skip_part(f"the sheet does not say how {target} changes")
        elif isinstance(target, Name) and self.names.knows(target.name):
            self._emit("claim", target, self._make_members(chain.members))
        elif isinstance(target, Name) and any(
            target.name in names_in(member.tree) for other in row for member in other.members
        ):
            self._chain(chain)  # because the formula of another column uses it

    def _column(self, heading: str, cells: Sequence[Cell]) -> RawChain | None:
        """Return a chain from a heading such as f(x) and the numbers below it, or None.

        One number is the value itself. Several numbers are a vector.
        """
        place, end = cells[0].place, cells[-1].place + len(cells[-1].text)
        new = _NEW_HEADING.fullmatch(heading)
        name, _, formula = (new[1] or new[2] if new else heading).partition("=")
        try:
            target = self._parsed(Source(name))
            computed = self._parsed(Source(formula)) if formula else None
            values = [self._parsed(self.source, c.place, c.place + len(c.text)) for c in cells]
        except WorksheetError:
            return None
        if not all(map(written_number, values)):
            return None
        if isinstance(target, Name | Derivative):
            target = replace(target, place=place)
        is_new = bool(new) and isinstance(target, Name)
        value = values[0] if len(values) == 1 else Row(tuple(values), place)
        member = RawMember("=", value, (place, end))
        if computed:
            first = RawMember("=", computed, (place, end), formula.strip())
            return RawChain(place, target, [first, member], is_new, is_new)
        if isinstance(target, Apply):
            first = RawMember("", target, (place, end), heading)
            return RawChain(place, None, [first, member])
        return RawChain(place, target, [member], is_new, is_new)


def _uses(chain: RawChain, name: str) -> bool:
    return any(name in names_in(member.tree) for member in chain.members)
