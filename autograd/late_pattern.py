"""Regular expressions that are compiled when they are first used.

The language of worksheets has more than two hundred, of which a short sheet uses a third. Compiling
them all takes a fifth of the time of ``gradtrace check``.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LatePattern:
    """A regular expression whose methods are those of the compiled pattern."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the compiled pattern. Later, it is found without this method."""
        if name.startswith("__"):  # copy and pickle look for methods that a pattern lacks
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        self.__dict__[name] = found = getattr(compiled, name)
        return found


def compile_late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a regular expression that is compiled when it is first used.

    >>> digits = compile_late(r"[0-9]+")
    >>> digits.findall("w12 = 3")
    ['12', '3']
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))
