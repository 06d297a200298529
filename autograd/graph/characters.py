"""Make text safe to print, whatever characters it has and whatever encoding the output has."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

_LOOK_ALIKE = str.maketrans(
    {"∂": "d", "−": "-", "·": "*", "×": "x", "→": "->", "←": "<-", "Σ": "Sum", "σ": "sigma"}
    | {"′": "'", "≈": "~", "≥": ">=", "≤": "<=", "≠": "!=", "ŷ": "y^", "η": "eta", "√": "sqrt"}
    | {"…": "...", "½": "1/2", "“": '"', "”": '"', "’": "'", "⊙": "o", "α": "alpha", "∞": "inf"}
    | {raised: f"^{digit}" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True)}
)


def printable(text: str) -> str:
    """Return the text with every character that cannot be shown replaced.

    Control characters, lone surrogates and marks that change the direction of what follows become
    "�"; line breaks and tabs become spaces. Spaces of every width and joined emoji are kept.

    >>> printable("a\\x00b\\n")
    'a�b '
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character in "\t\n\r\v\f\u2028\u2029":
        return " "
    # Emoji and some scripts join characters with zero-width characters, which are kept.
    is_joiner = character in "\u200c\u200d"
    is_hidden = unicodedata.category(character) in ("Cc", "Cs", "Cf", "Cn") and not is_joiner
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE
    return "\N{REPLACEMENT CHARACTER}" if is_hidden or is_noncharacter else character


def isolated(name: str) -> str:
    """Return a name that does not reverse the direction of the formula around it.

    A name in a right-to-left script is put between the characters FIRST STRONG ISOLATE and POP
    DIRECTIONAL ISOLATE, so that ∂y/∂x reads from left to right in any script.
    """
    if name.isascii() or not any(unicodedata.bidirectional(c) in ("R", "AL") for c in name):
        return name
    return f"\u2068{name}\u2069"


def encodable(write: Callable[[T], str]) -> Callable[[T], str]:
    """Make a `__str__` whose text standard output can encode.

    A file on Windows or a terminal in a container may support only cp1252 or ASCII. A sign such
    as ∂ is then replaced by ASCII characters that look or sound like it, and any other character
    by ``?``. With UTF-8, which is the usual encoding, the text is unchanged.
    """

    @wraps(write)
    def write_encodable(self: T) -> str:
        text = write(self)
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            return text.translate(_LOOK_ALIKE).encode(encoding, "replace").decode(encoding)
        return text

    return write_encodable
