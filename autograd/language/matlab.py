"""Lines of MATLAB and Octave, written with the signs of the language.

Each sign is replaced by one of the same length, so that a position in the line stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..late_pattern import compile_late

_ENDED = compile_late(r"^\s*\w+\s*=.*;\s*(?:%.*)?$")
_SIGN_OF_MATLAB = compile_late(r"[\w)\]]\s*\.[*/^]|=\s*\[[^\[\],]*[\s;][^\[\],]*\]\s*;")
_MATRIX = compile_late(r"=\s*\[[^\[\],]*;[^\[\],]*\]")  # as in [1 2; 3 4]
_ONLY_MATLAB = compile_late(r"[\w)\]]\s*\.[*/^]|\w'(?=\s*[*)]|\s*$)")


def is_matlab(lines: Sequence[str]) -> bool:
    """Whether lines end with ; and use what only MATLAB has, such as .* or [1; 2].

    >>> is_matlab(["W = [1 2; 3 4];", "z = W*x;  % [0.15; 0.35]"])
    True
    """
    if any(map(_MATRIX.search, lines)) and any(map(_ONLY_MATLAB.search, lines)):
        return True
    ended = [line for line in lines if _ENDED.match(line)]
    return len(ended) > 1 and any(_SIGN_OF_MATLAB.search(line) for line in ended)


def without_matlab_prompts(lines: Sequence[str]) -> list[str]:
    """Return the lines with spaces in place of >> if at least two lines begin with it.

    >>> without_matlab_prompts([">> x = 2;", ">> x^2", "ans =", "     4"])
    ['   x = 2;', '   x^2 →', '', '     4']
    """
    if sum(line.startswith(">> ") for line in lines) < 2:
        return list(lines)
    found = [f"   {line[3:]}" if line.startswith(">> ") else line for line in lines]
    for k, line in enumerate(found[1:], 1):
        if re.fullmatch(r"\s*ans =\s*", line) and lines[k - 1].startswith(">> "):
            found[k - 1], found[k] = f"{found[k - 1].rstrip(' ;')} →", ""
    return found


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
