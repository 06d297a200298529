"""The quantities for which a sheet writes a number."""

from __future__ import annotations

from collections.abc import Collection

from .trees import plain_number

Index = tuple[int, ...]


class WrittenNumbers:
    """For each number, the quantities and the elements of lists for which it was written.

    >>> numbers = WrittenNumbers()
    >>> numbers.note("w", (), "0.5")
    >>> numbers.note("x", (2,), "0.50")
    >>> list(numbers.names_with(0.5)), list(numbers.elements_with(0.5))
    (['w'], [('x', (2,))])
    """

    def __init__(self) -> None:
        self._names: dict[float, dict[str, None]] = {}  # dicts are used as ordered sets
        self._elements: dict[float, dict[tuple[str, Index], None]] = {}

    def note(self, name: str, index: Index, text: str) -> None:
        """Record that the sheet gives this number as a value of a quantity or of an element."""
        number = plain_number(text)
        if number is None:
            return
        if index:
            self._elements.setdefault(number, {})[name, index] = None
        else:
            self._names.setdefault(number, {})[name] = None

    def names_with(self, number: float) -> Collection[str]:
        """Return the quantities for which the sheet gave this number, perhaps an older one."""
        return self._names.get(number, {}).keys()

    def elements_with(self, number: float) -> Collection[tuple[str, Index]]:
        """Return the elements of lists for which the sheet gave this number."""
        return self._elements.get(number, {}).keys()

    def forget(self, names: Collection[str]) -> None:
        """Forget the numbers of these quantities."""
        for known in self._names.values():
            for name in names:
                known.pop(name, None)
        for places in self._elements.values():
            for place in [place for place in places if place[0] in names]:
                del places[place]
