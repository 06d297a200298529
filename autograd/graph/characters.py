"""Make text safe to print, whatever characters it has."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """Replace the characters that could disturb the text around them or the terminal.

    Control characters, lone surrogates and marks that change the direction of the text after them
    become "�". Line breaks and tabs become spaces. All other characters are kept, because names
    may contain them. This includes spaces of every width, joined emoji, flags, and marks without a
    width.

    >>> printable("a\\x00b\\n")
    'a�b '
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_printable, text))


# Characters that embed, override or isolate a writing direction, and the marks around interlinear
# annotations.
_HARMFUL = frozenset(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x2070), *range(0xFFF9, 0xFFFC)])
)


def _printable(character: str) -> str:
    if character in "\t\n\r\v\f\u2028\u2029":
        return " "
    is_harmful = unicodedata.category(character) in ("Cc", "Cs") or character in _HARMFUL
    # In Unicode, the last two code points of each plane and 32 others are not characters. XML
    # refuses some of them.
    is_noncharacter = ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef"
    return "\N{REPLACEMENT CHARACTER}" if is_harmful or is_noncharacter else character


def isolated(name: str) -> str:
    """Return a name that does not reverse the direction of the formula around it.

    A name in a right-to-left script is put between the characters FIRST STRONG ISOLATE and POP
    DIRECTIONAL ISOLATE, so that ∂y/∂x reads from left to right in any script.
    """
    if name.isascii() or not any(unicodedata.bidirectional(c) in ("R", "AL") for c in name):
        return name
    return f"\u2068{name}\u2069"
