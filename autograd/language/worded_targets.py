"""Targets behind words that change what they mean, as in: gradient of w = 0.3."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property

from ..late_pattern import compile_late
from .gradient_chains import GradientReader
from .members import RawChain, RawMember, equal_numbers, is_written, written_number
from .trees import Apply, Derivative, Name, Number, Tree, leaves, names_in
from .vocabulary import function_name

_SLOPES = (
    "gradient|gradients|grad|derivative|slope|sensitivity|ableitung|steigung|dérivée|derivada"
    "|gradiente|derivata"
)
_BY = (
    r"with respect to|w\.?r\.?t\.?|by|nach|par rapport à|(?:con )?respecto (?:de|a)"
    r"|rispetto a"
)
_OF = "of|von|de"
# The words before a slope, of what, and by what, directly before the target.
_SLOPE_OF = compile_late(
    rf"(?i)(?P<before>.*?)(?<!\w)(?P<slope>{_SLOPES})"
    rf"(?:\s+(?:{_OF})\s+(?:(?:the|a|der|la)\s+)?(?P<top>[^\W\d]\w*)(?=\s+(?:{_BY}|for|für)\s))?"
    rf"\s+(?:(?P<clear>{_OF}|{_BY})\s+|(?P<for>for|für)\s+)?"
    r"(?:the\s+)?(?:(?:weights?|bias|input|output|parameter)\s+)?\W?"
)
# Between these words and a slope, no other word changes which slope it is.
_PLAIN_WORDS = """
the a our its and so then thus hence now therefore partial total correct exact analytical
analytic true final loss is get gives have obtain die der la le el il partielle
"""
# After these words, a slope is only mentioned.
_MENTIONING_WORDS = """
to need find compute calculate determine evaluate take using use with from via against subtract
subtracting when if after by times apply applying finding computing taking bestimme berechne
follow following down along move moving
"""
_PLAIN, _MENTIONS = frozenset(_PLAIN_WORDS.split()), frozenset(_MENTIONING_WORDS.split())
_OF_STEPS = frozenset(
    ("descent", "ascent", "step", "update", "updated", "updating", "new", "after")
)
_ERRORS = frozenset(("error", "delta", "fehler", "erreur"))
_OF_SOMETHING = frozenset(("of", "for", "at", "in", "von", "für", "de"))
# As in: the gradient of w = 2 is 12, or: of y = 6 with respect to w
_PREDICATE = compile_late(rf"(?i)\W*(?:is|are|was|equals|ist|war|est|es|{_BY})(?!\w)")
_CLAUSE = compile_late(r"[,;.]\s")
_LINE_BEGINNING = compile_late(
    r"(?m)(?:^|[,;|])[^\w\n]{0,5}([^\W\d]\w*)(?:\([^()=\n]{0,40}\))?[ \t]{0,20}[=:≈]"
)
_LONGEST = 50  # a longer label is no name


class WordedTargets(GradientReader):
    """The part of the reader that knows when a quantity behind words is not itself meant."""

    def _meant_by_words(self, raw: RawChain, target: Name) -> Tree:
        """Return what the words before a target make of it, or the target itself.

        The gradient of w is dL/dw, the sigmoid of z is σ(z), and the error of h is a new quantity.
        """
        text = self._text_before(raw, target)
        words = re.findall(r"[^\W\d_]+", text.casefold())
        if not words or _OF_STEPS & set(words) or raw.is_new or raw.is_point:
            return target
        if found := _SLOPE_OF.fullmatch(text):
            return self._meant_by_slope(raw, target, words, found)
        if words[-1] in _OF_SOMETHING and len(words) > 1 and self.names.knows(target.name):
            function = function_name(words[-2])
            if function and set(_SLOPES.split("|")) & set(words):
                return self._own_name(target, words)  # as in: derivative of the sigmoid of z
            if function:
                is_own = self._is_own_value(raw, target) or self._is_formula(raw, target)
                return target if is_own else Apply(function, (target,), target.place)
            if words[-2] in _ERRORS:
                return self._own_name(target, words)
        return target

    def _updated_by_gradient(self, raw: RawChain) -> Tree | None:
        """Return w for the target of "move against the gradient w = w − η·dw", or the target."""
        first = raw.members[0].tree if raw.members else None
        match raw.target, first:
            case Derivative(bottom=bottom, written=text), Apply(
                head="+" | "-", args=(Name(name), _)
            ):
                is_step = text.startswith("grad ") and name == bottom.name
                return bottom if is_step and raw.words & _MENTIONS else raw.target
        return raw.target

    def _text_before(self, raw: RawChain, target: Name) -> str:
        text = self.source.text[raw.place : target.place] if raw.words else ""
        return text.rpartition(":")[2]

    def _meant_by_slope(
        self, raw: RawChain, target: Name, words: list[str], found: re.Match[str]
    ) -> Tree:
        """Return the slope by the target, a name of its own if it is another slope, or the target.

        A gradient that is only mentioned says nothing of the target: To find the gradient of
        w = 2, … The words "slope m" do not say either that m is no slope itself.
        """
        clause = _CLAUSE.split(found["before"].casefold())[-1]
        before = set(re.findall(r"[^\W\d_]+", clause))
        is_mentioned, is_clear = bool(_MENTIONS & before), bool(found["clear"])
        has_link = is_clear or bool(found["for"])
        known = self.names.resolve(target.name)[0]
        if known not in self.names.quantities:
            is_own = not is_clear or (self._is_formula(raw, target) and not self._is_later(target))
            return target if is_own or is_mentioned else self._own_name(target, words)
        if self._is_own_value(raw, target):
            is_own = is_mentioned or not is_clear or self._is_predicated(raw, target)
        else:
            is_computed = bool(self.names.quantities[known].uses)
            is_formula = is_computed and self._is_formula(raw, target)
            is_own = is_mentioned and (not has_link or is_formula)
        is_noun = found["slope"].casefold() in ("slope", "steigung")
        if is_own or (is_noun and not has_link):
            return target
        slope = self._slope_by(target, found["top"] or "") if before <= _PLAIN | _MENTIONS else None
        return slope or self._own_name(target, words)

    def _is_later(self, target: Name) -> bool:
        """Whether a line begins with the target, or names a function like it."""
        return target.name in self._line_beginnings or bool(function_name(target.name))

    @cached_property
    def _line_beginnings(self) -> frozenset[str]:
        return frozenset(_LINE_BEGINNING.findall(self._code))

    def _is_formula(self, raw: RawChain, target: Name) -> bool:
        """Whether a formula for the target itself follows it."""
        first = raw.members[0].tree
        return any(name != target.name for name in names_in(first)) and not is_written(first)

    def _repeats_formula(self, raw: RawChain, target: Name) -> bool:
        """Whether the chain begins with the formula that the sheet has for the target."""
        known, first = self.names.quantities.get(target.name), raw.members[0].tree
        if known is None or known.tree is None or not names_in(first):
            return False
        return _parts(known.tree) == _parts(first)

    def _is_own_value(self, raw: RawChain, target: Name) -> bool:
        """Whether the chain repeats the formula or the number that the sheet has for the target."""
        known = self.names.quantities.get(target.name)
        number = written_number(raw.members[-1].tree)
        is_same = known is not None and equal_numbers(known.digits.get((), ""), number)
        return is_same or self._repeats_formula(raw, target)

    def _is_predicated(self, raw: RawChain, target: Name) -> bool:
        """Whether the chain only says which target is differentiated, as in: of y = 6 is 2."""
        end = raw.members[-1].span[1]
        is_followed = _PREDICATE.match(self.source.text, end) is not None
        return is_followed or self._repeats_formula(raw, target)

    def _slope_by(self, target: Name, top: str) -> Derivative | None:
        """Return the derivative of a quantity, or else of the loss, by the target, or None."""
        resolved = Name(*self.names.resolve(target.name), target.place)
        resolved = replace(resolved, index=target.index or resolved.index)
        found = self.names.loss_of(resolved.name, top)
        is_other = found and found != resolved.name
        return (
            Derivative(Name(found, (), target.place), resolved, target.place) if is_other else None
        )

    def _own_name(self, target: Name, words: list[str]) -> Name:
        name = "_".join([*words, target.name])
        return replace(target, name=name, index=()) if len(name) < _LONGEST else target

    def _judge_call(self, raw: RawChain, call: Apply) -> None:
        """Judge "sigmoid of z = 0.6" as the arithmetic of σ(z)."""
        first = RawMember("", call, (raw.place, raw.members[0].span[0]))
        whole = replace(raw, target=None, members=[first, *raw.members])
        self._emit("arithmetic", None, self._resolve_members(whole))


def _parts(tree: Tree) -> list[str]:
    return [leaf.text if isinstance(leaf, Number) else str(leaf) for leaf in leaves(tree)]
