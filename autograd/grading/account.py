"""Verdicts as text, as a notebook table, and as plain data."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Sequence

from ..graph.wording import aligned, number
from .judged import Judged
from .written import Verdict

_DIGITS = 8  # significant ones, of an exact number
_RIGHT = (Verdict.EXACT, Verdict.ROUNDED, Verdict.TRUNCATED)
_COLUMNS = ("line", "quantity", "you wrote", "exact", "verdict")


def line_data(judged: Judged) -> dict[str, object]:
    """Return one verdict as plain data."""
    return {
        "quantity": judged.quantity,
        "kind": judged.kind,
        "line": judged.line,
        "written": judged.written,
        "exact": judged.exact,
        "follows": judged.follows,
        "verdict": judged.verdict.value,
        "slips": [
            {"key": s.key, "sentence": s.sentence, "instead": s.instead, "predicted": s.predicted}
            for s in judged.slips
        ],
        "working": judged.working,
    }


def account(lines: Sequence[Judged], convention: str = "", title: str = "") -> str:
    """Return the verdicts as text: a table, then the mistakes, their consequences and the score."""
    table = aligned([list(_COLUMNS), *(_row(judged) for judged in lines)]) if lines else []
    blocks = [
        [title] if title else [],
        table,
        [convention] if convention else [],
        *(_mistake(k, judged, lines) for k, judged in enumerate(_wrong(lines))),
        [summary(lines)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _row(judged: Judged) -> list[str]:
    return [
        str(judged.line) if judged.line else "",
        quantity(judged),
        judged.written or "?",
        "" if judged.verdict is Verdict.BLANK else number(judged.exact, digits=_DIGITS),
        said(judged),
    ]


def quantity(judged: Judged) -> str:
    """Return what was judged, in words where it is a formula."""
    return f"working of {judged.quantity}" if judged.kind == "working" else judged.quantity


def said(judged: Judged) -> str:
    """Return the verdict in words; a consequence says what it follows from."""
    if judged.verdict is Verdict.WRONG:
        return "WRONG"
    if judged.verdict is Verdict.CARRIED:
        return "carried on: follows from your earlier numbers"
    return str(judged.verdict.value)


def _wrong(lines: Sequence[Judged]) -> list[Judged]:
    return [judged for judged in lines if judged.verdict.blamed]


def _mistake(k: int, judged: Judged, lines: Sequence[Judged]) -> list[str]:
    """Return what is to be said about one mistake."""
    return [
        f"{'First mistake' if k == 0 else 'Another mistake'}: "
        f"{_place(judged)}{quantity(judged)}. {_difference(judged)}",
        *_likely(judged),
        *([f"  right working: {judged.working}"] if judged.working else []),
        *(_consequences(lines) if k == 0 else []),
    ]


def _place(judged: Judged) -> str:
    return f"line {judged.line}, " if judged.line else ""


def _difference(judged: Judged) -> str:
    digits = _enough(judged.written)
    right = number(judged.exact, digits=digits)
    if judged.kind == "working":
        return (
            f"Your formula comes to {number(judged.follows, digits=6)}, "
            f"the derivative is {number(judged.exact, digits=6)}."
        )
    here = f"You wrote {judged.written}, it is {right}"
    if _near(judged.follows, judged.exact):
        return here + "."
    return (
        here + f"; by your own earlier numbers it would be {number(judged.follows, digits=digits)}."
    )


def _enough(written: str) -> int:
    """Return how many digits show the difference to a number as written."""
    return min(15, max(6, sum(c.isdigit() for c in written.lstrip("-−0.")) + 2))


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-3 * max(abs(a), abs(b), 1e-12)


def _likely(judged: Judged) -> Iterator[str]:
    if not judged.slips:
        yield "  No known slip gives this number."
        return
    for k, slip in enumerate(judged.slips):
        start = "exactly what you get if" if k == 0 else "                    or if"
        yield f"  {start} {slip.sentence}: {number(slip.predicted, digits=6)}."
        if k == 0:
            yield f"  instead: {slip.instead}."


def _consequences(lines: Sequence[Judged]) -> list[str]:
    """Return which lines only follow from it."""
    first = next(k for k, judged in enumerate(lines) if judged.verdict.blamed)
    after = [j for j in lines[first + 1 :] if j.verdict is Verdict.CARRIED]
    if not after:
        return []
    names = list(dict.fromkeys(quantity(judged) for judged in after))
    shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    return [f"  consequences, no mistakes of their own: {shown}."]


def summary(lines: Sequence[Judged]) -> str:
    """Return how many numbers are right."""
    counts = Counter(judged.verdict for judged in lines)
    asked = len(lines) - counts[Verdict.UNTOLD]
    right = sum(counts[verdict] for verdict in _RIGHT) + counts[Verdict.CONVENTION]
    parts = [f"{right} of {asked} numbers are right"]
    if carried := counts[Verdict.CARRIED]:
        parts.append(f"{carried} follow{'s' * (carried == 1)} from your earlier numbers")
    parts += [
        f"{counts[verdict]} {word}"
        for verdict, word in ((Verdict.WRONG, "wrong"), (Verdict.BLANK, "blank"))
        if counts[verdict]
    ]
    if counts[Verdict.UNTOLD]:
        parts.append(f"{counts[Verdict.UNTOLD]} more with too few digits to tell")
    return ", ".join(parts) + "." if lines else "There is no answer to check."


# --- notebooks ------------------------------------------------------------------------------------

_COLOURS = {Verdict.WRONG: "#c62828", Verdict.CARRIED: "#8a6d00", Verdict.BLANK: "#666666"}


def account_html(lines: Sequence[Judged], convention: str = "", title: str = "") -> str:
    """Return the verdicts as an HTML table with the mistakes below, everything escaped."""
    head = "".join(f"<th style='text-align:left'>{cell}</th>" for cell in _COLUMNS)
    body = "".join(_html_row(judged) for judged in lines)
    mistakes = "\n\n".join(
        "\n".join(_mistake(k, judged, lines)) for k, judged in enumerate(_wrong(lines))
    )
    notes = "\n\n".join(part for part in (convention, mistakes, summary(lines)) if part)
    caption = f"<caption>{html.escape(title)}</caption>" if title else ""
    return (
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"<pre>{html.escape(notes)}</pre>"
    )


def _html_row(judged: Judged) -> str:
    colour = _COLOURS.get(judged.verdict, "inherit")
    cells = "".join(
        f"<td style='text-align:left;color:{colour}'>{html.escape(cell)}</td>"
        for cell in _row(judged)
    )
    return f"<tr>{cells}</tr>"
