"""Lines copied from an interactive session of Python or R, without the prompts.

An expression and the number printed below it become one calculation. Characters are replaced by
others of the same number, so that a position in the line stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PROMPT = re.compile(r"\s*(?:>>> ?|\.\.\. |In \[\d+\]: ?|> (?=\w+ <- ))")
_OUTPUT = re.compile(r"\s*(?:Out\[\d+\]: ?|(?:## ?)?\[1\] )")
_NUMBERS = re.compile(r"\s*(?:array|tensor)?\(?\[?\s*[-+−]?\d[-+\d.e,\s\[\]]*\)?\s*")
_EXPRESSION = re.compile(r"[^=→←#]*[^\W\d][^=→←#]*")


def without_prompts(lines: Sequence[str]) -> list[str]:
    """Return the lines without prompts, and with an arrow before each printed number.

    >>> without_prompts([">>> c = 5.0", ">>> c", "5.0", "Out[2]: 0.25"])
    ['    c = 5.0', 'c   →', '5.0', '      → 0.25']
    """
    found = list(lines)
    for k, line in enumerate(lines):
        following = next((other for other in lines[k + 1 :] if other.strip()), "")
        if prompt := _PROMPT.match(line):
            rest = line[prompt.end() :]
            is_shown = _EXPRESSION.fullmatch(rest) and _NUMBERS.fullmatch(following)
            blank = " " * (prompt.end() - 1)
            found[k] = f"{rest}{blank}→" if is_shown else f"{blank} {rest}"
        elif output := _OUTPUT.match(line):
            found[k] = "→ ".rjust(output.end()) + line[output.end() :]
    return found
