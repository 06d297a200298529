"""Parsing of sums such as Σᵢ xᵢ and Σ(y − t)², with their limits."""

from __future__ import annotations

from ..late_pattern import compile_late
from .brackets import Brackets
from .spelling import LOWERED_LETTERS
from .token import Token
from .trees import Apply, Name, Number, Tree

_FREE_INDEX = compile_late(r".+_[ijkn]")


class SumGrammar(Brackets):
    """The part of the parser that reads Σ, its limits and its summand."""

    def _total(self) -> Tree:
        """Read a sum Σ with its limits.

        The summand is the parenthesis directly after Σ, or else the whole product after it.
        """
        sign = self.next
        self.at += 1
        limits = self._limits()
        self._enter_nested(sign)
        if self.next.text == "(" and self.next.tight:
            inner = self._bracketed()
            is_raised = self.next.kind == "raised" or self.next.text == "^"
            if is_raised and isinstance(inner, Apply) and inner.head in ("+", "-"):
                inner = self._with_exponents(inner)  # as in Σ(y − t)², the sum of the squares
            elif is_raised:
                raise self.source.error(
                    "this has two readings: write (Σ(…))² for the square of the sum, or Σ((…)²) "
                    "for the sum of squares",
                    self.next.place,
                )
            inner = self._with_indexed_factors(inner)
        else:
            inner = self.product()
        self.depth -= 1
        return Apply("sum" if limits is None else "Σ", (inner, *(limits or ())), sign.place)

    def _with_indexed_factors(self, inner: Tree) -> Tree:
        """Return a summand with the factors that belong to it.

        These have an index, as in Σ(ŷᵢ − yᵢ)·xᵢ, or stand in brackets, as in Σ(x − 1)(y − 2).
        """
        while True:
            at = self.at + (self.next.text in ("*", "·", "⊙"))
            is_open = self.tokens[at].text == "("
            if is_open and (self.next.text == "(" or self._has_index(at)) and self.next.tight:
                self.at = at
                inner = Apply(
                    "⊙", (inner, self._with_exponents(self._bracketed())), self.next.place
                )
                continue
            is_signed = self.next.text in ("*", "·", "⊙")
            token = self.tokens[self.at + is_signed]
            if token.kind != "name" or not _FREE_INDEX.fullmatch(token.text):
                return inner
            self.at += is_signed
            inner = Apply("·", (inner, self.power()), token.place)

    def _has_index(self, start: int) -> bool:
        """Whether the brackets that open here hold a name with an index, such as yᵢ."""
        inside = [token.text for token in self.tokens[start:]]
        stop = inside.index(")") if ")" in inside else 0
        return any(map(_FREE_INDEX.fullmatch, inside[:stop]))

    def _limits(self) -> tuple[Tree, Tree] | None:
        """Read the limits of a sum. Return 1 and n for Σ_{i=1}^{n} if n has a value."""
        lower: Tree | None = None
        upper: Tree | None = None
        while True:
            token = self.next
            lowered = token.kind == "other" and token.text in LOWERED_LETTERS
            is_index = token.kind == "name" and token.text.startswith("_") and token.tight
            if lowered or is_index or token.kind == "raised":
                self.at += 1
            elif token.text == "_":
                self.at += 1
                lower = self._first_of(self.skip_group())
            elif token.kind == "sign" and token.text == "^":
                self.at += 1
                upper = self._limit(self.skip_group())
            else:
                return (lower, upper) if lower and upper else None

    def _first_of(self, group: list[Token]) -> Tree | None:
        """Return the 1 of i = 1."""
        is_equation = [token.text for token in group[1:2]] == ["="]
        return self._limit(group[2:]) if is_equation else None

    def _limit(self, group: list[Token]) -> Tree | None:
        if len(group) != 1:
            return None
        (token,) = group
        if token.kind == "number":
            return Number(token.value, token.place, token.text)
        is_known = token.kind == "name" and self.names.knows(token.text)
        return Name(token.text, (), token.place) if is_known else None
