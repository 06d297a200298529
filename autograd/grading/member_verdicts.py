"""The verdicts on the formulas and the substituted numbers of a chain.

A formula is compared with the derivative, or with the definition above it. Substituted numbers are
compared with the formula. Results are judged in `answer_verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..engine.topological import all_nodes
from ..engine.value import Value
from ..language.chain import Chain, Member, align
from ..language.quantity import Quantity
from ..language.trees import Apply, Derivative, Name, Number, Tree, leaves
from .book import Book
from .definitions import labels
from .expected import Expected
from .explainer import Explainer
from .intervals import Interval, interval
from .structure import has_two_factors
from .substitution import intervals_of
from .verdict import Found, Judged, Verdict, follows, judge, slack
from .written import Written

_ROUNDED_FROM = 2  # significant digits: 0.1 and 0.5 in a formula are exact
_MOST_EXPLAINED = 4  # wrong numbers of one formula for which slips are searched


def judge_members(explainer: Explainer, chain: Chain, expected: Expected) -> Iterator[Judged]:
    """Yield the verdicts on formulas and substituted numbers.

    The formula that defines a quantity is not judged, because there is nothing to compare it with.
    """
    defines = chain.act in ("define", "update")
    formula: Member | None = None
    before: Member | None = None  # the latest member with substituted numbers
    for place, member in enumerate(chain.members):
        if member.role == "formula":
            formula = formula or member
            if place or not defines:
                yield from _judge_formula(explainer, chain, member, expected)
        elif member.role == "numbers" and (place or expected.sweep):
            yield from _judge_numbers(explainer, chain, member, formula, before, expected)
        before = member if member.role == "numbers" else before


def _judge_formula(
    explainer: Explainer, chain: Chain, member: Member, expected: Expected
) -> Iterator[Judged]:
    """Yield the verdict on a formula. It is right if exact numbers give it the right value.

    A right formula is reported for a gradient only. Elsewhere it repeats a definition.
    """
    cells = explainer.book.evaluate(member.tree, chain.source, expected.cells.shape)
    if len(cells.items) != len(expected.cells.items):
        raise chain.source.error(
            f"{expected.name} is {expected.cells.kind}, but this formula gives {cells.kind}",
            member.span[0],
        )
    rights = [expected.exact(k) for k in range(len(cells.items))]
    outputs = [expected.sweep.output] * len(rights) if expected.sweep else expected.cells.items
    pairs = zip(cells.items, rights, outputs, strict=True)
    off = [k for k, pair in enumerate(pairs) if not _is_equal(*pair)]
    if off:
        parts = _possible_values(explainer.book, chain, member, cells)
        ledger = explainer.book.ledger
        ways = {k: [interval(rights[k]), *expected.follows(k, ledger)] for k in off if k in parts}
        off = [k for k in off if k not in parts or not _fits(parts[k], ways[k])]
    k = off[0] if off else 0  # the verdict is on the first wrong number
    name = labels(expected.name, expected.cells)[k] if off else expected.name
    judged = Judged(
        name, "working", chain.source.line, chain.text_of(member),
        rights[k], cells.items[k].data, Verdict.WRONG if off else Verdict.EXACT,
    )  # fmt: skip
    if off:
        comes_to = {k: cells.items[k].data for k in off[:_MOST_EXPLAINED]}
        yield explainer.explain_formula(expected, comes_to, judged)
    elif expected.sweep:
        yield judged


def _is_equal(cell: Value, right: float, output: Value) -> bool:
    """Whether a formula comes to the right number, apart from the rounding errors of floats.

    If summands cancel, the errors are those of the summands, which may exceed the result.
    """
    error = abs(cell.data - right)
    is_close = error <= 1e-9 * max(abs(cell.data), abs(right))
    if is_close or error > 1e-14:
        return is_close
    sums = [n for n in (*all_nodes(cell), *all_nodes(output)) if not has_two_factors(n)]
    summands = (abs(parent.data) for n in sums if len(n.parents) > 1 for parent in n.parents)
    return error <= 1e-14 * max(summands, default=0.0)


def _possible_values(
    book: Book, chain: Chain, member: Member, cells: Quantity
) -> dict[int, Interval]:
    """Return the intervals of the results that rest on rounded numbers, by index.

    The formula may contain such numbers, as 2a·(−0.7916) does. It may also use a quantity that the
    sheet computes from them alone, as dL/da = −0.257·(1 − 0.655²) where the sheet never defines a.
    """
    if _holds_rounded(member.tree):
        parts = intervals_of(member.tree, chain.source, _ROUNDED_FROM, book, cells.shape)
        return dict(enumerate(parts))
    items = enumerate(cells.items)
    return {k: book.ledger.own(cell) for k, cell in items if book.rests_on_rounded(cell)}


def _holds_rounded(tree: Tree) -> bool:
    """Whether a formula contains a decimal number that may be rounded."""
    texts = (leaf.text.lstrip("-−+") for leaf in leaves(tree) if isinstance(leaf, Number))
    return any("." in t and Written.read(t).significant >= _ROUNDED_FROM for t in texts)


def _judge_numbers(
    explainer: Explainer,
    chain: Chain,
    member: Member,
    formula: Member | None,
    before: Member | None,
    expected: Expected,
) -> Iterator[Judged]:
    """Yield the verdict on wrong substituted numbers.

    A substituted number stands for every number that rounds to it.
    """
    shape = expected.cells.shape
    parts = intervals_of(member.tree, chain.source, shape=shape)
    earlier: list[Interval] = []
    if before:
        earlier = intervals_of(before.tree, chain.source, _ROUNDED_FROM, shape=shape)
    for k, part in enumerate(parts[: len(expected.cells.items)]):
        ways = [interval(expected.exact(k)), *expected.follows(k, explainer.book.ledger)]
        ways += earlier[k : k + 1]  # as in ½·(−0.747)² = ½·0.5580
        if formula and expected.working:
            # The right numbers put into a wrong formula are no second mistake.
            ways.append(explainer.book.ledger.own(expected.working.items[k]))
        if not _fits(part, ways):
            explainer.note_mistake(expected, k, chain.source.line)
            wrong = list(_wrong_numbers(explainer.book, chain, formula, member)) if formula else []
            wrong = wrong or (list(_wrong_parts(chain, before, member)) if before else [])
            yield Judged(
                expected.name, "numbers", chain.source.line, chain.text_of(member),
                expected.exact(k), part.middle, Verdict.WRONG,
                tuple(wrong or explainer.slips_of_numbers(expected, k, part)),
            )  # fmt: skip
            return


def _fits(part: Interval, ways: list[Interval]) -> bool:
    size = abs(part.middle) or 1.0
    return any(part.meets(way, slack(way.middle, size)) for way in ways)


def _wrong_numbers(book: Book, chain: Chain, formula: Member, numbers: Member) -> Iterator[Found]:
    """Yield each name of the formula for which a wrong number was substituted."""
    for name, tree in align(formula.tree, numbers.tree):
        if isinstance(name, Name | Derivative) and isinstance(tree, Number) and tree.text:
            cells = book.evaluate(name, chain.source)
            own = book.ledger.own(cells.items[0])
            is_count = tree.text == "N"  # the number of examples
            written = Written.of(tree.value) if is_count else Written.read(tree.text)
            right = judge(written, cells.items[0].data).right
            if len(cells.items) == 1 and not right and follows(written, own) is Verdict.WRONG:
                # The sentence gives the right number only if the sheet shows it already.
                is_known = book.is_on_sheet(cells.items[0])
                but = f"but your {name} is {own.middle:.6g}" if is_known else f"which is not {name}"
                said = f"you put in {tree.text} for {name}, {but}"
                yield Found("put-in", said, written.number, is_seen=True)


def _wrong_parts(chain: Chain, before: Member, after: Member) -> Iterator[Found]:
    """Yield each number of a member that a part of the member before it does not come to.

    An example is the 0.68 of 1/(1 + e^(−0.5)) = 1/(1 + 0.68).
    """
    stack = [(before.tree, after.tree)]
    while stack:
        part, number = stack.pop()
        if isinstance(part, Apply) and isinstance(number, Number):
            written = Written.read(number.text)
            (value,) = intervals_of(part, chain.source, shape=())
            if not value.meets(written.claimed, slack(value.middle)):
                said = f"you write {number.text}, but that part of the line comes to another number"
                yield Found("arithmetic", said, written.number, is_seen=True)
        elif isinstance(part, Apply) and isinstance(number, Apply) and part.head == number.head:
            stack += zip(part.args, number.args, strict=False)


def blame_arithmetic(chain: Chain, expected: Expected, judged: Judged) -> Judged:
    """Add the slip "wrong arithmetic" to a verdict if only the result of a chain is wrong.

    The caller has found that the substituted numbers are right.
    """
    computed = [member for member in chain.members if member.role != "result"]
    is_put_in = len(computed) > 1 and computed[-1].role == "numbers"
    explained = any(slip.is_certain for slip in judged.slips)
    if not is_put_in or explained or not judged.verdict.blamed or len(expected.cells.items) > 1:
        return judged
    said = f"you compute {chain.text_of(computed[-1])} wrongly"
    found = Found("arithmetic", said, Written.read(judged.written).number, is_seen=True)
    return replace(judged, slips=(found, *judged.slips))
