"""Parsing of fractions, roots, absolute values and norms."""

from __future__ import annotations

from .short_gradients import ShortGradients
from .spelling import canonical_name
from .token import Token
from .trees import Apply, Number, Tree


class Fractions(ShortGradients):
    """The part of the parser that reads fractions, roots and what stands between bars."""

    # The number of open | and ‖. After a factor, a bar closes if one is open, and else it may open.
    # The count tells this, since both ends look alike.
    _open_bars = 0

    def _group(self) -> Tree:
        self._enter_nested(self.next)
        if opened := self.take("{"):
            inner = self.sum()
            self.expect("}", opened)
        else:
            inner = self.atom()
        self.depth -= 1
        return inner

    def _braced_below(self) -> Tree:
        r"""Read \underbrace{…}_{…}. The words below the brace are skipped."""
        self.at += 1
        inner = self._group()
        if self.next.text in ("_", "^"):
            self.at += 1
            self.skip_group()
        return inner

    def _fraction(self) -> Tree:
        r"""Read \frac{a}{b} as a derivative or as a quotient."""
        sign = self.next
        derivative = self._derivative()
        if derivative:
            return derivative
        self.at += 1
        digits = self.next
        if digits.text.isdecimal() and len(digits.text) == 2:  # \frac12 is a half
            self.at += 1
            pair = [Number(float(digit), digits.place, digit) for digit in digits.text]
            return Apply("/", tuple(pair), sign.place)
        self._enter_nested(sign)
        top, bottom = self._group(), self._group()
        self.depth -= 1
        return Apply("/", (top, bottom), sign.place)

    def _root(self) -> Tree:
        sign = self.next
        self.at += 1
        self._enter_nested(sign)
        inner = self.atom()
        self.depth -= 1
        if self.next.kind == "name" and self.next.tight and isinstance(inner, Number):
            raise self.source.error(
                f"this has two readings: write √{inner.text}*{self.next.text} or "
                f"√({inner.text}{self.next.text})",
                sign.place,
            )
        return Apply("sqrt", (inner,), sign.place)

    def _absolute(self) -> Tree:
        """Read |x| or ‖x‖. The norm may end with the subscript _2, as in ‖x‖_2."""
        opened = self.next
        self.at += 1
        self._enter_nested(opened)
        self._open_bars += 1
        inner = self.sum()
        self._open_bars -= 1
        if opened.text == "|" and self.next.text == "‖":  # as in |a||b|
            self.tokens[self.at] = self.next._replace(text="|", tight=True)
        else:
            self.expect(opened.text, opened)
        self.depth -= 1
        if opened.text == "|":
            return Apply("|", (inner,), opened.place)
        return self._norm(inner, opened)

    def _norm(self, inner: Tree, opened: Token) -> Tree:
        """Read the subscript after ‖x‖ and return the norm that it stands for.

        The subscript is 1, 2, F or missing.
        """
        kind = canonical_name(self.next.text).removeprefix("_")
        is_named = self.next.tight and self.next.kind == "name" and self.next.text[0] == "_"
        if not (is_named or (self.next.tight and kind in ("1", "2"))):
            return Apply("norm", (inner,), opened.place)
        self.at += 1
        if kind == "1":
            return Apply("sum", (Apply("abs", (inner,), opened.place),), opened.place)
        if kind not in ("2", "F"):
            raise self.source.error(
                "only the norms ‖x‖, ‖x‖₁ and ‖W‖_F are known here", self.tokens[self.at - 1].place
            )
        return Apply("norm", (inner,), opened.place)
