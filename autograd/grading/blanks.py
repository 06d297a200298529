"""The answers of a sheet, found and replaced, so that it becomes an exercise."""

from __future__ import annotations

from ..language.chain import Chain
from ..language.trees import Derivative
from ..late_pattern import compile_late

_JOINER_BEFORE = compile_late(r"\s*(?:&?\s*(?:[=≈≃≅→←]|->|:=|<-|[+]=|\\(?:approx|to))\s*&?\s*)$")


def answered_part(chain: Chain) -> tuple[int, int, str] | None:
    """Return the start and the end of an answer with its working, and the blank to put there."""
    last = chain.members[-1]
    if last.digits is None or chain.is_given:
        return None
    shown = 0 if isinstance(chain.target, Derivative) else _shown_members(chain)
    following = chain.members[shown]
    start = _JOINER_BEFORE.sub("", chain.source.text[: following.span[0]])
    sign = "->" if last.joiner in ("->", "←") else last.joiner
    gap = chain.source.text[len(start) : following.span[0]] if shown else ""
    joiner = gap if gap.strip() == sign else f" {sign} "
    return len(start), last.span[1], f"{joiner}?"


def _shown_members(chain: Chain) -> int:
    """Return how many members of a chain stay in an exercise: the first, unless it is a result."""
    return 1 if chain.members[0].role != "result" else 0


def replace_part(lines: list[str], chain: Chain, start: int, end: int, text: str) -> None:
    """Put a text in the place of a part of a chain, which may reach over several lines."""
    first = chain.source.line - 1
    count = chain.source.text.count("\n") + 1
    whole = "\n".join(lines[first : first + count])
    changed = (whole[:start] + text + whole[end:]).split("\n")
    lines[first : first + count] = [*changed, *[""] * (count - len(changed))]
