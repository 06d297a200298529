"""The opposite sign convention, of books that write δ = −∂E/∂net throughout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .grader import Grader
from .verdict import Judged, Verdict, judge
from .written import Written

Pair = tuple[str, str]
Pairs = frozenset[Pair]


def candidates(grader: Grader) -> Iterator[Pairs]:
    """Yield sets of gradients (C, w) that the writer may give the opposite sign by convention.

    It is a convention if most gradients by computed quantities have the opposite sign, and at least
    two. The gradients by parameters may follow it or not. A single exception is a mistake.
    """
    told = [one for one in grader.judged if one.exact and one.verdict is not Verdict.BLANK]
    pairs = dict.fromkeys(one.pair for one in told if one.pair)
    leaves = {pair for pair in pairs if grader.book.is_given(pair[1])}
    inner = pairs.keys() - leaves  # the gradients by computed quantities
    lines = [one for one in told if one.pair in inner]
    opposite = sum(map(_has_opposite_sign, lines))
    if opposite >= 2 and 2 * opposite > len(lines):
        yield frozenset(inner)
        if leaves:
            yield frozenset(inner) | frozenset(leaves)


def is_consistent(grader: Grader, opposite: Pairs) -> bool:
    """Whether a sheet that is judged by the convention is consistent, and not mistaken.

    The updates have to go downhill. Without updates, the gradients by parameters need their true
    sign. Fewer than half of the gradients by computed quantities may be wrong.
    """
    gradients = [one for one in grader.judged if one.pair]
    pairs = {one.pair for one in gradients if one.pair}
    computed = {pair for pair in pairs if not grader.book.is_given(pair[1])}
    inner = [one for one in gradients if one.pair in computed]
    blamed = [one for one in gradients if one.verdict.blamed]
    inner_blamed = [one for one in inner if one.verdict.blamed]
    if len(blamed) > len(inner_blamed) or 2 * len(inner_blamed) >= len(inner):
        return False
    if grader.moves:
        updates = [j for j in grader.judged if j.kind == "value" and "'" in j.quantity]
        return all(move <= 0 for move in grader.moves) and _mostly_right(updates)
    others = [j for j in grader.judged if j.pair and j.pair not in opposite and j.exact]
    return _mostly_right(others)


def _mostly_right(judged: Sequence[Judged]) -> bool:
    right = sum(one.verdict.right and one.verdict is not Verdict.CONVENTION for one in judged)
    return right * 2 > len(judged)


def _has_opposite_sign(judged: Judged) -> bool:
    """Whether only the sign of a number is wrong."""
    written = Written.read(judged.written)
    rights = judged.exact, math.copysign(judged.follows, judged.exact)
    return bool(written.value) and any(
        judge(written, -right) is not Verdict.WRONG for right in rights
    )


def sentence(opposite: Pairs) -> str:
    """Return the sentence of the report about the convention."""
    if not opposite:
        return ""
    names = ", ".join(f"d{top}/d{bottom}" for top, bottom in sorted(opposite))
    return (
        f"Your {names} have the opposite sign throughout, δ = −∂E/∂net. That is a convention of "
        "some books and no mistake, as you use it consistently."
    )
