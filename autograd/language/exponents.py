"""Parsing of what follows an atom: exponents, transposes and methods."""

from __future__ import annotations

from .cursor import DEEPEST
from .factors import FactorRules
from .token import Token
from .trees import Apply, Name, Number, Row, Tree


class ExponentGrammar(FactorRules):
    """The part of the parser that reads x², x^(a + 1), Wᵀ and p.sum()."""

    def _with_exponents(self, tree: Tree) -> Tree:
        for _ in range(DEEPEST):
            if self.next.kind not in ("raised", "sign"):
                break
            if self.next.kind == "raised":
                mark = self.next
                self.at += 1
                exponent = Number(mark.value, mark.place, f"{mark.value:g}")
                tree = Apply("^", (tree, exponent), mark.place)
            elif transpose := self.take(".T") or self._take_transposing_prime():
                tree = Apply(".T", (tree,), transpose.place)
            elif sign := self.take("^"):
                tree = self._raised(tree, sign)
            elif self._at_method():
                tree = self._method(tree)
            else:
                break
        return tree

    def _raised(self, base: Tree, sign: Token) -> Tree:
        """Read the exponent after ^, or the transpose ^T."""
        if self._is_transposition(base):
            return Apply(".T", (base,), sign.place)
        self._enter_nested(sign)
        is_braced = self.next.text == "{"
        exponent = self.signed()
        self.depth -= 1
        if not is_braced:
            self._check_exponent(exponent)
        if isinstance(base, Name) and base.name == "e" and not self.names.knows("e"):
            return Apply("exp", (exponent,), base.place)
        if isinstance(base, Name) and base.name == "e" and _is_negative(exponent):
            raise self.source.error(
                "this has two readings, because e is a quantity of this sheet; write exp(…) for "
                "the exponential function",
                base.place,
            )
        return Apply("^", (base, exponent), sign.place)

    def _check_exponent(self, exponent: Tree) -> None:
        """Refuse x^1/2, which people write for x^(1/2) and also for (x^1)/2."""
        slash, after = self.next, self.tokens[self.at + 1]
        is_share = slash.text == "/" and slash.tight and after.tight and after.kind == "number"
        if is_share and isinstance(exponent, Number) and exponent.value == 1:
            raise self.source.error(
                f"this has two readings: write ^({exponent.text}/{after.text}) for the exponent "
                f"{exponent.text}/{after.text}, or (…)/{after.text}",
                exponent.place,
            )

    def _is_transposition(self, base: Tree) -> bool:
        braced = self.next.text == "{" and self.tokens[self.at + 2].text == "}"
        token = self.tokens[self.at + 1] if braced else self.next
        is_matrix = isinstance(base, Row) or (isinstance(base, Name) and base.name[0].isupper())
        if not braced and token.kind == "name":
            token = self._split_transposition(token)
        plain = token.text == "T" and (is_matrix or not self.names.knows("T"))
        if not plain and (token.kind, token.text) != ("sign", ".T"):
            return False
        self.at += 3 if braced else 1
        return True

    def _split_transposition(self, token: Token) -> Token:
        """Divide the Tx of w^Tx into T and x, because ^ raises only one character in LaTeX."""
        rest = token.text[1:]
        if not rest:
            return token
        if (
            token.text[0] != "T"
            or self.names.knows(token.text)
            or not self.names.is_plausible(rest)
        ):
            return token
        place = token.place + 1
        parts = [token._replace(text="T", end=place), token._replace(text=rest, place=place)]
        self.tokens[self.at : self.at + 1] = parts
        return parts[0]

    def _take_transposing_prime(self) -> Token | None:
        """Take the prime of [1 2]', which transposes as in MATLAB."""
        closes = self.at > 0 and self.tokens[self.at - 1].text in (")", "]")
        return self.take("'") if closes and self.next.tight else None


def _is_negative(tree: Tree) -> bool:
    return (isinstance(tree, Apply) and tree.head == "neg") or (
        isinstance(tree, Number) and tree.value < 0
    )
