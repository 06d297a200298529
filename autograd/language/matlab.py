"""Lines of MATLAB and Octave, written with the signs of the language.

Each sign is replaced by one of the same length, so that a position in the line stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ENDED = re.compile(r"^\s*\w+\s*=.*;\s*(?:%.*)?$")
_SIGN_OF_MATLAB = re.compile(r"[\w)\]]\s*\.[*/^]|=\s*\[[^\[\],]*[\s;][^\[\],]*\]\s*;")


def is_matlab(lines: Sequence[str]) -> bool:
    """Whether lines end with ; and use what only MATLAB has, such as .* or [1; 2].

    >>> is_matlab(["W = [1 2; 3 4];", "z = W*x;  % [0.15; 0.35]"])
    True
    """
    ended = [line for line in lines if _ENDED.match(line)]
    return len(ended) > 1 and any(_SIGN_OF_MATLAB.search(line) for line in ended)


def from_matlab(line: str) -> str:
    """Return a line with · for the matrix product, * for the elementwise one, and ᵀ for '.

    >>> from_matlab("dW = (y - t)*h' .* a;  % [1 2]")
    'dW = (y - t)·hᵀ  * a;  # [1 2]'
    """
    code, sign, comment = line.partition("%")
    code = re.sub(r"(?<!\.)\*", "·", code)
    code = re.sub(r"\.(?=[*/^])", " ", code)
    code = re.sub(r"(?<=[\w)\]])'", "ᵀ", code)
    return code + sign.replace("%", "#") + comment
