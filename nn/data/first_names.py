"""`names`: invented first names, from which a model can learn to spell."""

from __future__ import annotations

from importlib.resources import files


def names() -> list[str]:
    """Return 640 first names in lower case, of 3 to 8 letters, in alphabetical order.

    They were made for this purpose from syllables in a random order. Some of them happen to be the
    names of people.

    >>> len(names()), names()[:3]
    (640, ['adaso', 'adeus', 'akion'])
    """
    return files(__package__).joinpath("names.txt").read_text(encoding="utf-8").split()
