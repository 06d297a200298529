"""Removal of tokens that only align or explain a line, such as & and (row-wise)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .sheet_names import SheetNames
from .token import Token, is_joiner

OPENING, CLOSING = frozenset("([{⟦⟨⎧"), frozenset(")]}⟧⟩")
_CONTINUES = frozenset("+-*/·⊙@;")
_MOST_SEPARATORS = 8  # that stand between two equations of an array


def without_remarks(found: Sequence[Token], names: SheetNames) -> Iterator[Token]:
    """Yield the tokens without words in parentheses before a joiner, as in exp(S) (row-wise) =."""
    at = 0
    while at < len(found):
        stop = at + 1
        if found[at].text == "(" and not found[at].tight:
            while found[stop].text == "-" or _is_plain_word(found[stop], names):
                stop += 1
        if stop > at + 1 and found[stop].text == ")" and is_joiner(found[stop + 1]):
            at = stop + 1
        yield found[at]
        at += 1


def _is_plain_word(token: Token, names: SheetNames) -> bool:
    is_known = names.is_quantity(token.text) or names.is_function(token.text)
    return token.kind == "name" and token.text.isalpha() and len(token.text) > 1 and not is_known


def without_alignment(found: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without each & that aligns an equation.

    An & between two equations is replaced by a semicolon. Parentheses around definitions, as in
    (x = 1, y = 2), are also removed. An & in a matrix stays because it separates numbers.
    """
    depth, opened, has_joiner = 0, 0, False
    for k, token in enumerate(found):
        if token.kind in ("name", "number"):
            yield token
            continue
        depth += (token.text in OPENING) - (token.text in CLOSING)
        if not depth:
            has_joiner = token.text != ";" and (has_joiner or is_joiner(token))
        if token.text == "(" and depth == 1 and _holds_definition(found, k):
            depth, opened = 0, opened + 1
            yield token._replace(text=";")
        elif token.text == ")" and opened and depth <= 0:
            depth, opened = 0, opened - 1
        elif token.text in ("≈", "~") and k and found[k - 1].text == "=":
            continue  # as in z = ≈ 0.4
        elif token.text == ";" and k and not depth and _continues(found, k + 1):
            continue  # as in z &= w x \\\\ &= 0.4
        elif token.text == "->" and not depth and _opens_equation(found, k):
            yield token._replace(text="⇒")
        elif token.text == "->" and not depth and _points_at_word(found, k):
            yield token._replace(kind="other", is_text=True)
        elif depth or token.text != "&":
            yield token
        elif has_joiner and _opens_column(found, k):
            has_joiner = False
            yield token._replace(text=";")


def _opens_equation(found: Sequence[Token], place: int) -> bool:
    """Whether an arrow stands before an equation, as in x = 1 -> y = 2x = 2."""
    following = found[place + 1 : place + 8]
    stop = next((k for k, token in enumerate(following) if token.text in ("=", "≈")), 0)
    names = [token for token in following[:stop] if token.text not in ("/", "∂", ":")]
    return stop > 0 and all(token.kind == "name" for token in names)


def _points_at_word(found: Sequence[Token], place: int) -> bool:
    """Whether the line ends with an arrow and words, as in −6 < 0 → misclassified."""
    words = [token.text for token in found[place + 1 : -1]]
    return len("".join(words)) > 3 and all(word.isalpha() and len(word) > 1 for word in words)


def _continues(found: Sequence[Token], place: int) -> bool:
    """Whether a joiner follows, perhaps after the & that aligns it, or an operator after an &."""
    nearest = found[place : place + _MOST_SEPARATORS]
    after = next((token for token in nearest if token.text not in ("&", ";")), found[-1])
    return is_joiner(after) or (found[place].text == "&" and after.text in _CONTINUES)


def _opens_column(found: Sequence[Token], place: int) -> bool:
    """Whether an & separates two equations, as the second one does in a &= 3 & b &= 2."""
    nearest = found[place : place + _MOST_SEPARATORS]
    after = next((token for token in nearest if token.text != "&"), found[-1])
    is_beside = is_joiner(found[place - 1]) or is_joiner(after) or after.text in _CONTINUES
    return after.kind != "end" and not is_beside


def _holds_definition(found: Sequence[Token], place: int) -> bool:
    """Whether a parenthesis after a space begins with a name and an = or ≈."""
    following = found[place + 1 : place + 3]
    is_definition = [token.kind for token in following] == ["name", "sign"]
    return not found[place].tight and is_definition and following[1].text in ("=", "≈")


def joiners_of(found: Sequence[Token]) -> Iterator[int]:
    """Yield the positions of the joiners, such as =, that stand outside brackets."""
    depth, was_joined = 0, False
    for k, token in enumerate(found):
        if token.kind != "sign":
            continue
        if token.text in OPENING:
            depth += 1
        elif token.text in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and is_joiner(token) and (token.text != "⇒" or _opens_result(found[k + 1])):
            if token.text == "←" and was_joined:
                return  # because this arrow points at a result, as in L = 4.84 ← the loss
            was_joined = True
            yield k


def _opens_result(token: Token) -> bool:
    return token.kind == "number" or token.text in ("-", "?", "[")
