"""What the reader forgets behind a line that cannot be read."""

from __future__ import annotations

from .bare_lines import BareLineReader
from .chain_targets import NEW_NAME
from .missing_names import RestsOnUnreadError
from .notation import changed_names
from .sheet_source import WorksheetError
from .tables import Row
from .trees import Name


class ForgettingReader(BareLineReader):
    """The part of the reader that goes on behind a line that cannot be read."""

    def leave_out(self, row: Row, error: WorksheetError) -> None:
        """Record a line that cannot be read, and forget what depends on its names."""
        self.source = row.source
        self._refuse(error)
        self.names.notes = []
        root = error.root if isinstance(error, RestsOnUnreadError) else row.source.line
        for written in changed_names(row.source.code):
            for name in {written, self._old_name(written)}:
                self._forget(name, root)

    def _old_name(self, name: str) -> str:
        """Return w for a name of its new value, such as w' or w_new."""
        if found := NEW_NAME.fullmatch(name):
            name = found[1] or found[2]
        name = self.names.resolve(name)[0]
        old = name.rstrip("'")
        return name if old in self.names.functions else old  # f′(x) does not change f(x)

    def _forget(self, name: str, line: int) -> None:
        """Forget the quantity, the function and the waiting formula with this name."""
        self.lost[name] = line
        for gone in self.names.forget(name):
            self.lost[gone] = line
            for known in (self._stated, self._pending, self._assigned):
                known.discard(gone)
            self._updated.pop(gone, None)
        for functions in (self.names.functions, self._functions, self._slopes):
            functions.pop(name, None)
        for waiting in self.waiting:
            target = waiting.raw.target
            waiting.is_read = waiting.is_read or (isinstance(target, Name) and target.name == name)
