"""The text of a report: a table of verdicts, and a few sentences for every mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from ..graph.wording import aligned, number_text
from .verdict import Found, Judged, Verdict

Reveal = Literal["none", "hint", "answer"]
REVEALS: tuple[Reveal, ...] = ("none", "hint", "answer")
COLUMNS = ("line", "quantity", "you wrote", "exact", "verdict")

_DIGITS = 8  # significant digits of an exact number in the table
_MOST_SLIPS = 3  # slips told for one mistake
_MOST_NAMED = 8  # quantities named in one sentence


def table_rows(lines: Sequence[Judged], reveal: Reveal) -> list[list[str]]:
    """Return a row of the table for every number.

    The exact number is shown beside a number that is right. Beside the others it is shown only if
    the answers may be revealed.
    """
    return [
        [
            str(one.line) if one.line else "",
            name_of(one),
            one.written or "?",
            _exact(one) if is_told and one.verdict is not Verdict.BLANK else "",
            verdict_text(one),
        ]
        for one, is_told in zip(lines, tells_exact(lines, reveal), strict=True)
    ]


def tells_exact(lines: Sequence[Judged], reveal: Reveal) -> list[bool]:
    """Return for each number whether its exact value may be shown.

    It is shown beside a right number. The exception is a right formula on a line where a result is
    still wrong or blank: its exact value would give that result away.
    """
    open_lines = {one.line for one in lines if not one.verdict.right}
    return [
        reveal == "answer"
        or (one.verdict.right and not (one.kind == "working" and one.line in open_lines))
        for one in lines
    ]


def _exact(one: Judged) -> str:
    """Return the exact number as text.

    If the writer wrote 0 and is right, this is 0 and not a rounding error such as 5.6·10⁻¹⁷.
    """
    is_zero = one.verdict is Verdict.EXACT and not one.written.strip("-−+0.,")
    return "0" if is_zero else number_text(one.exact, digits=_DIGITS)


def name_of(judged: Judged) -> str:
    """Return what was judged: the name of a number, or words for a formula or its numbers."""
    words = {"working": "formula for ", "numbers": "numbers put in for "}
    return words.get(judged.kind, "") + judged.quantity


def verdict_text(judged: Judged) -> str:
    """Return the verdict in words.

    For a number that is carried on, the words say whether a slip was repeated.
    """
    if judged.verdict is Verdict.WRONG:
        return "WRONG"
    if judged.verdict is Verdict.CARRIED:
        again = judged.slips and "the same slip again"
        return f"carried on: {again or 'follows from your earlier numbers'}"
    return str(judged.verdict.value)


def table_text(lines: Sequence[Judged], reveal: Reveal) -> str:
    """Return the table as text with aligned columns."""
    return "\n".join(aligned([list(COLUMNS), *table_rows(lines, reveal)])) if lines else ""


# --- mistakes -------------------------------------------------------------------------------------


def mistakes(lines: Sequence[Judged], reveal: Reveal) -> list[str]:
    """Return the sentences about each mistake.

    Numbers are one mistake if they have the same line, the same kind and the same first slip.
    Numbers of a line and a kind that no slip explains are one mistake too.
    """
    groups: dict[object, list[Judged]] = {}
    for one in lines:
        if one.verdict.blamed:
            groups.setdefault(_mistake_key(one), []).append(one)
    told, paragraphs = set[str](), list[str]()
    for group in groups.values():
        slip = _certain_slip(group) if reveal != "none" else ""
        heading = "Another mistake" if paragraphs else "First mistake"
        heading = "The same slip again" if slip and slip in told else heading
        told.add(slip)
        paragraphs.append("\n".join(_mistake(heading, group, lines, reveal)))
    return paragraphs


def _certain_slip(group: list[Judged]) -> str:
    """Return the key of the slip that explains the numbers for certain, or nothing."""
    slips = group[0].slips
    return slips[0].key if slips and slips[0].is_certain else ""


def _mistake_key(one: Judged) -> object:
    """Return the key of a mistake: line, kind, and the first slip that explains it, if any."""
    return one.line, one.kind, one.slips[0].key if one.slips else ""


def _mistake(
    heading: str, group: list[Judged], lines: Sequence[Judged], reveal: Reveal
) -> Iterator[str]:
    place = f"line {group[0].line}: " if group[0].line else ""
    yield f"{heading}, {place}{_listed(group)}."
    if reveal == "answer":
        yield from (f"  {_difference(one)}" for one in group[:_MOST_NAMED])
    elif group[0].kind in _SUBJECTS:
        comes_to = number_text(group[0].follows, digits=6)
        yield f"  {_SUBJECTS[group[0].kind]} to {comes_to}; that is not {group[0].quantity}."
    else:
        yield f"  You wrote {_joined([one.written for one in group])}; that is not correct."
    if reveal != "none":
        yield from _hints(group)
    if reveal == "answer":
        yield from (f"  Correct: {one.working}." for one in group[:_MOST_NAMED] if one.working)
    if after := _consequences(group, lines):
        yield f"  {after}"


# The subject and the verb of a sentence about a formula, or about the numbers put in for it.
_SUBJECTS = {"working": "Your formula comes", "numbers": "The numbers that you put in come"}


def _listed(group: list[Judged]) -> str:
    return _joined([name_of(one) for one in group])


def _joined(parts: Sequence[str]) -> str:
    """Return a list in words: "a, b and c"."""
    names = list(dict.fromkeys(parts))
    if len(names) > _MOST_NAMED:
        names = [*names[: _MOST_NAMED - 1], f"{len(names) - _MOST_NAMED + 1} more"]
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _difference(one: Judged) -> str:
    """Return the written number and the correct one, with enough digits to tell them apart."""
    digits = min(15, max(6, sum(c.isdigit() for c in one.written.lstrip("-−0.")) + 2))
    correct = number_text(one.exact, digits=digits)
    if one.kind in _SUBJECTS:
        comes_to, exact = number_text(one.follows, digits=6), number_text(one.exact, digits=6)
        return f"{_SUBJECTS[one.kind]} to {comes_to}; {one.quantity} is {exact}."
    own = number_text(one.follows, digits=digits)
    close = abs(one.follows - one.exact) <= 1e-3 * max(abs(one.follows), abs(one.exact), 1e-12)
    rest = "" if close else f" ({own} if you continue from your own numbers)"
    return f"You wrote {one.written}; the correct value is {correct}{rest}."


def _hints(group: list[Judged]) -> Iterator[str]:
    """Yield a sentence for every slip that explains the numbers."""
    slips = group[0].slips
    if not slips:
        these = "these numbers" if len(group) > 1 else "this number"
        yield f"  We cannot tell which slip gives {these}."
    seen = [slip for slip in slips if slip.is_seen]
    others = [slip for slip in slips if not slip.is_seen]
    certain = [slip for slip in others if slip.is_certain]
    for k, slip in enumerate([*seen, *(certain or others)][:_MOST_SLIPS]):
        yield "  " + (_first_hint(slip, group) if k == 0 else _other_hint(slip))


def _first_hint(slip: Found, group: list[Judged]) -> str:
    if slip.is_seen:
        return f"{slip.sentence[0].upper()}{slip.sentence[1:]}."
    if not slip.is_certain:
        return f"Perhaps {slip.sentence}: that fits, but it may be chance."
    if len(group) > 1:
        return f"You get exactly these numbers if {slip.sentence}."
    if group[0].kind in _SUBJECTS:
        return f"You get exactly this if {slip.sentence}."
    return f"You get exactly {number_text(slip.predicted, digits=6)} if {slip.sentence}."


def _other_hint(slip: Found) -> str:
    return f"{'You also get it if' if slip.is_certain else 'Or perhaps'} {slip.sentence}."


def _consequences(group: list[Judged], lines: Sequence[Judged]) -> str:
    """Return which numbers are wrong only because of this mistake."""
    line = group[0].line
    after = [
        one
        for one in lines
        if one.verdict is Verdict.CARRIED
        and line in one.causes
        and not one.slips
        and one.line != line
    ]
    if not after:
        return ""
    names = list(dict.fromkeys(name_of(one) for one in after))
    are = "are" if len(names) > 1 else "is"
    return f"{_joined(names)} {are} only wrong because of this line."


def note_on(judged: Judged, reveal: Reveal) -> str:
    """Return a verdict as it is written behind an answer."""
    if judged.verdict is not Verdict.WRONG:
        return verdict_text(judged)
    answer = f"; the correct value is {number_text(judged.exact, 6)}" if reveal == "answer" else ""
    certain = [slip for slip in judged.slips if slip.is_certain]
    hint = f": you get this if {certain[0].sentence}" if certain and reveal != "none" else ""
    return f"WRONG{answer}{hint}"


# --- the score ------------------------------------------------------------------------------------


def summary(lines: Sequence[Judged]) -> str:
    """Return how many numbers are right."""
    if not lines:
        return "There is no answer to check."
    counts = Counter(one.verdict for one in lines)
    asked = len(lines) - counts[Verdict.UNTOLD]
    parts = [f"{sum(one.verdict.right for one in lines)} of {asked} numbers are right"]
    if carried := counts[Verdict.CARRIED]:
        parts.append(f"{carried} follow{'s' * (carried == 1)} from your earlier numbers")
    parts += [
        f"{counts[verdict]} {word}"
        for verdict, word in ((Verdict.WRONG, "wrong"), (Verdict.BLANK, "blank"))
        if counts[verdict]
    ]
    if counts[Verdict.UNTOLD]:
        parts.append(f"{counts[Verdict.UNTOLD]} more with too few digits to tell")
    return ", ".join(parts) + "."
