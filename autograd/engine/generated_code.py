"""Compile generated functions, and switch a function between two versions of its code."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any


def bind_source(
    name: str, source: str, filename: str, bound: Mapping[str, Any], variables: dict[str, Any]
) -> Any:
    """Return the function called `name` that the source defines.

    Args:
        name: the name of the function.
        source: its source, which `inspect.getsource` and tracebacks show.
        filename: the name of the file that tracebacks show.
        bound: objects that the function uses, by name. They become variables of an enclosing
            function, which Python reads faster than global variables.
        variables: the global variables of the function. They may change later.
    """
    source = f"def bind({', '.join(bound)}):\n{indent(source, '    ')}    return {name}\n"
    # `inspect` and `traceback` read files from this cache. An entry is size, time, lines and name.
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), variables, namespace)  # nosec B102
    return namespace["bind"](**bound)


class Twin:
    """A function with two versions of its code. The second version is compiled at first use."""

    def __init__(self, function: Any, compile_other: Callable[[], Any]) -> None:
        self.function, self._compile_other = function, compile_other
        self._other: Any = None

    def exchange(self) -> None:
        """Let the function run the other version from now on.

        Python allows this only if both versions have the same number of free variables.
        `bind_source` ensures that, because both versions have the same `bound`.
        """
        if self._other is None:
            self._other = self._compile_other()
        function, other = self.function, self._other
        function.__code__, other.__code__ = other.__code__, function.__code__
