"""Targets behind words that change what they mean, as in: gradient of w = 0.3."""

from __future__ import annotations

import re
from dataclasses import replace

from .gradient_chains import GradientReader
from .members import RawChain, RawMember
from .trees import Apply, Derivative, Name, Tree
from .vocabulary import function_name

_SLOPE_WORDS = """
gradient gradients grad derivative slope sensitivity ableitung steigung dérivée derivada gradiente
derivata
"""
_SLOPES = frozenset(_SLOPE_WORDS.split())
_OF_STEPS = frozenset(
    ("descent", "ascent", "step", "update", "updated", "updating", "new", "after")
)
_ERRORS = frozenset(("error", "delta", "fehler", "erreur"))
_OF = frozenset(("of", "for", "at", "in", "wrt", "von", "für", "de"))
_LONGEST = 50  # a longer label is no name


class WordedTargets(GradientReader):
    """The part of the reader that knows when a quantity behind words is not itself meant."""

    def _meant_by_words(self, raw: RawChain, target: Name) -> Tree:
        """Return what the words before a target make of it, or the target itself.

        The gradient of w is dL/dw, the sigmoid of z is σ(z), and the error of h is a new quantity.
        """
        words = [word.casefold() for word in self._words_before(raw, target)]
        if not words or _OF_STEPS & set(words) or raw.is_new or raw.is_point:
            return target
        if _SLOPES & set(words):
            slope = self._slope_of(target)
            return slope or self._own_name(raw, target, words)
        if words[-1] in _OF and len(words) > 1 and self.names.knows(target.name):
            if function := function_name(words[-2]):
                return Apply(function, (target,), target.place)
            if words[-2] in _ERRORS:
                return self._own_name(raw, target, words)
        return target

    def _words_before(self, raw: RawChain, target: Name) -> list[str]:
        text = self.source.text[raw.place : target.place] if raw.words else ""
        return re.findall(r"[^\W\d_]+", text.rpartition(":")[2])

    def _slope_of(self, target: Name) -> Derivative | None:
        """Return the derivative of the loss by a quantity, or None if there is no loss."""
        resolved = Name(*self.names.resolve(target.name), target.place)
        resolved = replace(resolved, index=target.index or resolved.index)
        top = self.names.loss_of(resolved.name) if self.names.knows(resolved.name) else ""
        is_other = top and top != resolved.name
        return Derivative(Name(top, (), target.place), resolved, target.place) if is_other else None

    def _own_name(self, raw: RawChain, target: Name, words: list[str]) -> Name:
        name = "_".join([*words, target.name])
        return replace(target, name=name, index=()) if len(name) < _LONGEST else target

    def _judge_call(self, raw: RawChain, call: Apply) -> None:
        """Judge "sigmoid of z = 0.6" as the arithmetic of σ(z)."""
        first = RawMember("", call, (raw.place, raw.members[0].span[0]))
        whole = replace(raw, target=None, members=[first, *raw.members])
        self._emit("arithmetic", None, self._resolve_members(whole))
