"""The opposite sign convention: books that write δ = −∂E/∂net and use it so throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .grader import Marker
from .judged import Judged
from .written import Verdict, Written, judge

Pair = tuple[str, str]
Pairs = frozenset[Pair]


def candidates(marker: Marker) -> Iterator[Pairs]:
    """Yield sets of gradients (C, w) that the writer may hold with the opposite sign by convention.

    At least two gradients with respect to something computed are needed, and the sign must be
    turned in all of them; those of parameters may be turned with them.
    """
    inner: dict[Pair, list[Judged]] = {}
    leaves: dict[Pair, list[Judged]] = {}
    for judged in marker.judged:
        pair = _pair(judged)
        if pair and judged.exact and judged.verdict is not Verdict.BLANK:
            given = marker.book.is_given(pair[1])
            (leaves if given else inner).setdefault(pair, []).append(judged)
    if sum(map(len, inner.values())) >= 2 and all(map(_turned, inner.values())):
        yield frozenset(inner)
        if leaves:
            yield frozenset(inner) | frozenset(leaves)


def is_consistent(marker: Marker, opposite: Pairs) -> bool:
    """Whether a sheet marked by the convention makes sense throughout.

    What counts in the end tells it from a mistake: the updates go downhill, or, where there are
    none, the gradients of the parameters have their true sign.
    """
    gradients = [judged for judged in marker.judged if _pair(judged)]
    if any(judged.verdict.blamed for judged in gradients):
        return False
    if marker.moves:
        updates = [j for j in marker.judged if j.kind == "value" and "'" in j.quantity]
        return all(move <= 0 for move in marker.moves) and _mostly_right(updates)
    return _mostly_right([j for j in gradients if _pair(j) not in opposite and j.exact])


def _mostly_right(judged: Sequence[Judged]) -> bool:
    right = sum(one.verdict in _RIGHT for one in judged)
    return right * 2 > len(judged)


_RIGHT = (Verdict.EXACT, Verdict.ROUNDED, Verdict.TRUNCATED)


def _pair(judged: Judged) -> Pair | None:
    if judged.kind != "gradient":
        return None
    top, _, bottom = judged.quantity.partition("/d")
    return top[1:], bottom.partition("[")[0]


def _turned(group: Sequence[Judged]) -> bool:
    """Whether these numbers are right but for their sign, which is turned in all."""
    for judged in group:
        written = Written.read(judged.written)
        rights = judged.exact, abs(judged.follows) * (1 if judged.exact > 0 else -1)
        if not written.value or all(judge(written, -right) is Verdict.WRONG for right in rights):
            return False
    return True


def sentence(opposite: Pairs) -> str:
    """Return what the report says about it, once."""
    if not opposite:
        return ""
    names = ", ".join(f"d{top}/d{bottom}" for top, bottom in sorted(opposite))
    return (
        f"Your {names} have the opposite sign throughout, δ = −∂E/∂net. That is a convention of "
        "some books and no mistake, as you use it consistently."
    )
