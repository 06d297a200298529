"""The opposite sign convention: books that write δ = −∂E/∂net and use it so throughout."""

from __future__ import annotations

from collections.abc import Sequence

from .answers import Verdict, Written, judge
from .judged import Judged
from .marking import Marker

Pair = tuple[str, str]


def opposite_gradients(marker: Marker) -> frozenset[Pair]:
    """Return the gradients (C, w) that the writer holds with the opposite sign, by convention.

    A turned sign is a convention, not a mistake, where it is used throughout: every gradient with
    respect to something computed has it, there are at least two, and what counts in the end, the
    gradients of the parameters or the updates, come out right.
    """
    inner: dict[Pair, list[Judged]] = {}
    leaves: dict[Pair, list[Judged]] = {}
    for judged in marker.judged:
        pair = _pair(judged)
        if pair is None or not judged.exact or judged.verdict is Verdict.BLANK:
            continue
        given = marker.book.is_given(pair[1])
        (leaves if given else inner).setdefault(pair, []).append(judged)
    if sum(map(len, inner.values())) < 2 or not all(map(_turned, inner.values())):
        return frozenset()
    turned = frozenset(inner)
    updates = [j for j in marker.judged if j.kind == "value" and "'" in j.quantity]
    if leaves and all(map(_turned, leaves.values())):
        return turned | frozenset(leaves) if _all_right(updates) else frozenset()
    reached = [j for group in leaves.values() for j in group] or updates
    return turned if reached and _mostly_right(reached) else frozenset()


def _pair(judged: Judged) -> Pair | None:
    if judged.kind != "gradient":
        return None
    top, _, bottom = judged.quantity.partition("/d")
    return top[1:], bottom.partition("[")[0]


def _turned(group: Sequence[Judged]) -> bool:
    """Whether these numbers are all right but for their sign, which is turned in all."""
    for judged in group:
        written = Written.read(judged.written)
        turned = any(judge(written, -right).value != "wrong" for right in _rights(judged))
        if not turned or written.value == 0:
            return False
    return True


def _rights(judged: Judged) -> tuple[float, ...]:
    return judged.exact, abs(judged.follows) * (1 if judged.exact > 0 else -1)


def _all_right(updates: Sequence[Judged]) -> bool:
    return bool(updates) and not any(j.verdict.blamed for j in updates)


def _mostly_right(reached: Sequence[Judged]) -> bool:
    right = sum(j.verdict in (Verdict.EXACT, Verdict.ROUNDED, Verdict.TRUNCATED) for j in reached)
    return right * 2 > len(reached)


def sentence(opposite: frozenset[Pair]) -> str:
    """Return what the report says about it, once."""
    if not opposite:
        return ""
    names = ", ".join(f"d{top}/d{bottom}" for top, bottom in sorted(opposite))
    return (
        f"Your {names} have the opposite sign throughout: a convention of some books, δ = −∂E/∂net, "
        "and no mistake, as you use it consistently."
    )
