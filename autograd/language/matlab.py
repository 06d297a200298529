"""Lines of MATLAB and Octave, written with the signs of the language.

Each sign is replaced by one of the same length, so that a position in the line stays the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..late_pattern import compile_late

_ENDED = compile_late(r"^\s*\w+\s*=.*;\s*(?:%.*)?$")
_SIGN_OF_MATLAB = compile_late(r"[\w)\]]\s*\.[*/^]|=\s*\[[^\[\],]*[\s;][^\[\],]*\]\s*;")
_MATRIX = compile_late(r"=\s*\[[^\[\],;]*;[^\[\],]*\]")  # as in [1 2; 3 4]
_ELEMENTWISE = compile_late(r"(?:\b[^\W\d]\w*|[)\]])\s*\.[*/^]")
_TRANSPOSED = compile_late(r"\b([^\W\d]\w*)'(?=\s*\*)|\*\s*([^\W\d]\w*)'")  # in a product
# A target such as a', f'(x) or w'[1], which MATLAB does not have.
_PRIMED_TARGET = compile_late(
    r"(?:^|[;,|:])\s*(?:\w+\s+){0,6}[^\s\[\](){}=*+,;|:·'-]+'+\s*"
    r"(?:(?:\[[^\[\]]*\]|\([^()]*\))\s*)?(?:[=≈←→:]|->)"
)


def is_matlab(lines: Sequence[str]) -> bool:
    """Whether lines use what only MATLAB has, such as .* or a transposed w' beside [1; 2].

    A sheet in which w' is a target is not MATLAB, because w' is then a name of its own.

    >>> is_matlab(["W = [1 2; 3 4];", "z = W*x;  % [0.15; 0.35]"])
    True
    """
    if any("'" in line and _PRIMED_TARGET.search(line) for line in lines):
        return False
    if any(map(_MATRIX.search, lines)) and any(
        _ELEMENTWISE.search(line) or _has_transposed(line, lines) for line in lines
    ):
        return True
    ended = [line for line in lines if _ENDED.match(line)]
    return len(ended) > 1 and any(_SIGN_OF_MATLAB.search(line) for line in ended)


def _has_transposed(line: str, lines: Sequence[str]) -> bool:
    """Whether a line multiplies by the transpose of a name that a line defines."""
    names = {left or right for left, right in _TRANSPOSED.findall(line)}
    return any(re.search(rf"(?m)^\s*(?:{'|'.join(names)})\s*=", one) for one in lines if names)


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
