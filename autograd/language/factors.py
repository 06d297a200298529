"""Products without a sign, such as 2x and (a − y) x: what begins a factor, and what is a remark."""

from __future__ import annotations

from ..engine.namespace import FLOATS
from ..engine.operation import OPS
from ..late_pattern import compile_late
from .calls import CallGrammar
from .token import Token, is_joiner
from .trees import Apply, Derivative, Name, Number, Tree
from .vocabulary import function_name

_RESULT = compile_late(r"\s*[=≈]\s*([-−]?(?:\d+\.?\d*|\.\d+))(?![\d.]*\s*[·*])")
_ACTIVATIONS = frozenset(("relu", "tanh", "sigmoid"))
_OPENERS = frozenset(
    ("(", "⟨", "[", "{", "√", "Σ", r"\frac", r"\pdv", "∂", "∇", "⟦", "⎧", r"\underbrace")
)


class FactorRules(CallGrammar):
    """The part of the parser that tells factors from what follows a formula."""

    def _check_quotient(self, left: Tree, divisor: Token) -> None:
        """Refuse a/b c and a/bc, because they have two readings.

        A fraction of numbers, as in 1/2 (y − t)², is accepted, because nobody means 1/(2(y − t)²).
        """
        assert isinstance(left, Apply)
        top, bottom = left.args
        after = self.next
        is_share = isinstance(bottom, Number) and (
            isinstance(top, Number) and (not after.tight or after.kind != "name")
        )
        is_apart = (
            not after.tight
            and isinstance(top, Number | Derivative)
            and (isinstance(bottom, Name | Number))
        )
        # as in λ/2 ‖w‖²
        is_half = isinstance(bottom, Number) and after.text in ("‖", "|") and not after.tight
        in_brackets = is_half or divisor.text in ("(", "{", "[", "|", "√")
        if is_share or is_apart or in_brackets or isinstance(bottom, Derivative):
            return
        start, stop = divisor.place, after.end
        below = self.source.text[start : after.place].strip()
        raise self.source.error(
            f"this has two readings: write (…/{below})*{after.text}… or "
            f"…/({self.source.text[start:stop].strip()}…)",
            start,
        )

    def opens_factor(self) -> bool:
        """Whether the next token begins a factor that is multiplied without a sign."""
        token = self.next
        if token.kind == "name":
            is_factor = token.tight or self.names.is_plausible(token.text)
            return is_factor and not self._begins_next_step()
        if token.kind == "number":
            return self._opens_term(token)
        if token.kind == "sign":
            if token.text in ("|", "‖"):
                return not self._open_bars and self._bar_closes_later()
            return token.text in _OPENERS and not (token.text in "([" and self._is_remark())
        return False

    def _begins_next_step(self) -> bool:
        """Whether an activation of the number before it begins, as in = 0.3 relu(0.3) = 0.3.

        The result shows that the line does not mean the product 0.3·relu(0.3).
        """
        number, call = self.tokens[self.at - 1], self.tokens[self.at : self.at + 4]
        function = function_name(call[0].text)
        if function not in _ACTIVATIONS or number.kind != "number" or call[0].tight:
            return False
        is_call = [token.text for token in call[1:]] == ["(", number.text, ")"]
        found = _RESULT.match(self.source.text, call[-1].end) if is_call else None
        if not found:
            return False
        value: float = OPS[function].forward(FLOATS, number.value)
        result = float(found[1].replace("−", "-"))
        return abs(result - value) < abs(result - number.value * value)

    def _opens_term(self, token: Token) -> bool:
        """Whether a number begins a factor.

        It does only if a name follows it directly: (1/N) 2x is a product, and 2 3 is not.
        """
        before, after = self.tokens[self.at - 1], self.tokens[self.at + 1]
        opens = after.kind == "name" and after.tight and not token.tight
        is_factor = before.text == ")" and token.tight  # as in (1 − o)0.69
        return is_factor or (opens and (before.kind == "name" or before.text in (")", ".T")))

    def _is_remark(self) -> bool:
        """Whether a parenthesis after a space contains words, as in 0.66 (cut off)."""
        if self.next.tight:
            return False
        depth, is_worded = 0, False
        opened, closing = self.next.text, ")" if self.next.text == "(" else "]"
        for k, token in enumerate(self.tokens[self.at :], self.at):
            depth += (token.text == opened) - (token.text == closing)
            is_unknown = token.kind == "name" and not self.names.is_plausible(token.text)
            is_worded = is_worded or is_unknown or token.kind == "other" or token.text == "."
            is_worded = is_worded or is_joiner(token)  # as in −0.51 (relu'(0.5) = 1)
            is_worded = is_worded or token.text.endswith("%")  # as in 0.321 (32.1%)
            if depth == 0:
                after = self.tokens[k + 1]  # an exponent shows a product, as in ½ (target − guess)²
                return is_worded and not (
                    after.tight and (after.kind == "raised" or after.text == "^")
                )
        return True

    def _bar_closes_later(self) -> bool:
        bar = self.next.text
        return any(t.kind == "sign" and t.text == bar for t in self.tokens[self.at + 1 :])
