"""Parsing of short forms of derivatives, such as dw, ∇w, w.grad and f_x."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .differentials import Differentials
from .known_names import split_name
from .spelling import canonical_name
from .token import Token
from .trees import Derivative, Name, Row, Tree


class ShortGradients(Differentials):
    """The part of the parser that finds out what is differentiated in dw, ∇w or f_x."""

    def _nabla(self) -> Tree:
        """Read ∇w, ∇_w or ∇_w C."""
        sign = self.next
        self.at += 1
        name, is_below = "", self.next.text.startswith("_")
        if self.next.text == "_":
            self.at += 1
            braced = self.take("{")
            name = self.next.text
            self.at += 1
            if braced:
                self.expect("}", braced)
        elif self.next.kind == "name":
            name = self.next.text.removeprefix("_")
            self.at += 1
        variables = self.names.variables_of(name)
        if len(variables) == 1 and self.next.tight and self.next.text == "(":
            return self._call(name + "'", sign)
        if len(variables) == 1:  # as in ∇f of f(x), where x may be a vector
            whole, variable = Name(name, (), sign.place), Name(variables[0], (), sign.place)
            return Derivative(whole, variable, sign.place)
        if variables:
            return _slopes_of(name, variables, sign.place)
        bottom = Name(*self.names.resolve(name), sign.place)
        is_apart = is_below or not self.next.tight
        if self.next.kind == "name" and self.names.knows(self.next.text) and is_apart:
            top = self.next
            self.at += 1
            return Derivative(Name(top.text, (), top.place), bottom, sign.place)
        return self._gradient(bottom, f"∇{bottom}")

    def _gradient(self, bottom: Name, written: str) -> Tree:
        top = self.names.loss_of(bottom.name)
        if not top and (self.names.knows(written) or self._is_all_of(written)):
            return Name(written, (), bottom.place)  # as in ∇w = α·error·x of a sheet without a loss
        if written == f"∇{top}":
            raise self.source.error(
                f"{written} has a number for each quantity; write d{top}/dw, with the name of one "
                "of them for w",
                bottom.place,
            )
        if not top:
            raise self.source.error(
                f"{written}: it is not clear what is differentiated; write dC/d{bottom}, with the "
                "name of what you differentiate for C",
                bottom.place,
            )
        return Derivative(Name(top, (), bottom.place), bottom, bottom.place, written=written)

    def _is_all_of(self, written: str) -> bool:
        """Whether ∇w or w.grad is the whole text being parsed, as on the left of ∇w = …."""
        first = self.tokens[0].text
        begins = first == "∇" if written[0] == "∇" else written == f"{first}.grad"
        return begins and self.next.kind == "end"

    def _short_gradient(self, name: str, token: Token) -> Tree | None:
        """Return the derivative that dw, dL_dw, grad_w or w_grad stands for if w is a quantity."""
        if self.names.is_ordinary(name):
            return None
        if partial := self._partial(name, token.place):
            return partial
        if name in ("grad", "gradient") and self.next.kind in ("name", "sign"):
            braced = self.take("(")
            if self.next.kind == "name":
                return self._grad_of(braced, token)
            return None
        if name[0] == "d" and self.names.knows("d") and self.names.factors(name):
            return None  # because dv is d·v in a sheet with d = −1
        for top, bottom_name in _split_gradient(name):
            resolved, index = self.names.resolve(bottom_name)
            if not self.names.knows(resolved):
                continue
            if top := self.names.loss_of(resolved, top):
                bottom = Name(resolved, index + self._index(), token.place)
                return Derivative(Name(top, (), token.place), bottom, token.place, written=name)
        return None

    def _partial(self, name: str, place: int) -> Derivative | None:
        """Return the derivative that f_x or fxy stands for if the sheet has a function f(x, y)."""
        for size in range(1, len(name) if not self.names.is_function(name) else 1):
            if not (variables := self.names.variables_of(name[:size])):
                continue
            rest = name[size:].removeprefix("_")
            below = [rest] if rest in variables else split_name(rest, variables.__contains__)
            if 0 < len(below) <= 2:
                bottom, second = Name(below[0], (), place), Name(below[-1], (), place)
                top = Name(name[:size], (), place)
                return Derivative(top, bottom, place, second if len(below) == 2 else None)
        return None

    def _grad_of(self, braced: Token | None, token: Token) -> Tree:
        name = self.next
        self.at += 1
        if variables := self.names.variables_of(name.text):
            if braced:
                self.expect(")", braced)
            return _slopes_of(name.text, variables, token.place)
        bottom = self._quantity(name.text, name)
        assert isinstance(bottom, Name)
        if braced and self.take(","):  # as in grad(L, w)
            name = self.next
            self.at += 1
            below = self._quantity(name.text, name)
            self.expect(")", braced)
            assert isinstance(below, Name)
            return Derivative(bottom, below, token.place)
        if braced:
            self.expect(")", braced)
        return self._gradient(replace(bottom, place=token.place), f"grad {bottom}")


def _slopes_of(name: str, variables: Iterable[str], place: int) -> Row:
    """Return the gradient of a function f(x, y), which is the list of its slopes."""
    whole = Name(name, (), place)
    return Row(tuple(Derivative(whole, Name(v, (), place), place) for v in variables), place)


def _split_gradient(name: str) -> list[tuple[str, str]]:
    """Return the possible readings of a name as a gradient, as pairs (top, bottom).

    The top is "" if the name does not say what is differentiated, as in dw.
    """
    found: list[tuple[str, str]] = []
    if name.endswith("_grad"):
        found.append(("", name[:-5]))
    if name.startswith("grad_"):
        found.append(("", name[5:]))
    if name.startswith("d") and len(name) > 1:
        inside = name[1:]
        for k in range(1, len(inside) - 1):
            if inside[k] == "d":
                top = inside[:k].removesuffix("_")
                found.append((top, canonical_name(inside[k + 1 :].removeprefix("_"))))
        found.append(("", inside.removeprefix("_")))
    return found
