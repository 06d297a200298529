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
    >>> numbers.names_with(0.5), numbers.elements_with(0.5)
    (['w'], [('x', (2,))])
    """

    def __init__(self) -> None:
        self._places: dict[float, dict[tuple[str, Index], None]] = {}

    def note(self, name: str, index: Index, text: str) -> None:
        """Record that the sheet gives this number as a value of a quantity or of an element."""
        number = plain_number(text)
        if number is not None:
            self._places.setdefault(number, {})[name, index] = None

    def names_with(self, number: float) -> list[str]:
        """Return the quantities for which the sheet gave this number, perhaps an older one."""
        return [name for name, index in self._places.get(number, ()) if not index]

    def elements_with(self, number: float) -> list[tuple[str, Index]]:
        """Return the elements of lists for which the sheet gave this number."""
        return [place for place in self._places.get(number, ()) if place[1]]

    def forget(self, names: Collection[str]) -> None:
        """Forget the numbers of these quantities."""
        for places in self._places.values():
            for place in [place for place in places if place[0] in names]:
                del places[place]
