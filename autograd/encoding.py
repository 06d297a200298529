"""Make text printable where standard output has another encoding than UTF-8."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

_GREEK = {
    chr(letter): unicodedata.name(chr(letter)).split()[-1].lower()
    for letter in range(ord("α"), ord("ω") + 1)
}

_LOOK_ALIKE = str.maketrans(
    {"∂": "d", "−": "-", "·": "*", "×": "x", "→": "->", "←": "<-", "Σ": "Sum", "±": "+-"}
    | {"′": "'", "≈": "~", "≥": ">=", "≤": "<=", "≠": "!=", "ŷ": "y^", "√": "sqrt"}
    | {"…": "...", "½": "1/2", "“": '"', "”": '"', "’": "'", "⊙": "o", "∞": "inf"}
    | _GREEK
    # Σ is in the first line, because it stands for a sum.
    | {letter.upper(): name.capitalize() for letter, name in _GREEK.items() if letter not in "σς"}
    | {chr(ord("₀") + digit): str(digit) for digit in range(10)}
    | {raised: f"^{digit}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True)}
)


def encodable(write: Callable[[T], str]) -> Callable[[T], str]:
    """Wrap a `__str__` so that standard output can encode its text.

    A file on Windows or a terminal in a container may support only cp1252 or ASCII. A sign such
    as ∂ is then replaced by ASCII characters that look or sound like it, and any other character
    by ``?``. With UTF-8, which is the usual encoding, the text is unchanged.
    """

    @wraps(write)
    def write_encodable(self: T) -> str:
        return encodable_text(write(self))

    return write_encodable


def encodable_text(text: str) -> str:
    """Return a text that standard output can encode, with signs replaced as by `encodable`."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_LOOK_ALIKE).encode(encoding, "replace").decode(encoding)
    return text
