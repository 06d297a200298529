"""The table of slips: what is done wrongly, the number it gives, and what to do instead.

A row's number is predicted by sweeping the recorded graph with the slip in it, so that a row works
on any network. To add a slip, write its edits in `slips` and put it in its place here.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator

from ..counterfactual import MOST_NODES, Bench, Edit
from ..intervals import Interval
from ..judged import Found
from ..written import Verdict, Written, judge, slack
from . import connections, constants, updates, values
from . import repeated_use as paths
from . import slopes as activations
from .slip import Kind, Slip

MOST_LISTED = 6
_MOST_EDITS = 120  # of one number, tried in pairs
_MOST_STEPS = 60_000  # nodes swept for one number, in the search for single slips and for pairs
_WIDEST = 0.01  # relative: what rounding may blur a prediction by


SLIPS: tuple[Slip, ...] = (
    activations.dead_passed,
    constants.sign,
    activations.one_hot_forgotten,
    activations.slope_after_cross_entropy,
    activations.f_prime_forgotten,
    activations.f_for_f_prime,
    activations.slope_at_output,
    activations.slope_formula_at_input,
    activations.squashed_twice,
    activations.f_prime_twice,
    activations.relu_on_gradient,
    connections.updated_weight,
    paths.overwritten,
    paths.one_path,
    paths.last_path_dropped,
    paths.paths_multiplied,
    connections.input_dropped,
    connections.weight_dropped,
    connections.transposed_weight,
    connections.neighbours_weight,
    connections.neighbours_gradient,
    connections.bias_times_input,
    paths.upstream_dropped,
    constants.quotient_sign,
    constants.log_ten,
    constants.degrees,
    constants.stale,
    constants.accumulated,
    constants.mean_forgotten,
    constants.mean_twice,
    constants.two_lost,
    constants.two_doubled,
    constants.minus_lost,
    updates.ascent,
    updates.rate_forgotten,
    updates.rate_twice,
    updates.stale_step,
    updates.accumulated_step,
    updates.step_alone,
    updates.correction_forgotten,
    updates.correction_power,
    updates.correction_step,
    updates.share_forgotten,
    updates.shares_exchanged,
    updates.velocity_forgotten,
    updates.square_root_forgotten,
    values.half_lost,
    values.log_ten,
    values.degrees,
    values.activation_forgotten,
    values.activation_twice,
    values.slope_for_value,
    values.bias_forgotten,
    values.transposed,
    values.softmax_unnormalized,
    values.mean_forgotten,
    values.mean_twice,
    values.half_twice,
    values.square_forgotten,
    values.sign_turned,
    values.term_forgotten,
    values.factor_forgotten,
    values.divisor_slips,
    values.wrong_number,
)


# --- the search -----------------------------------------------------------------------------------


def slips(bench: Bench, written: Written) -> list[Found]:
    """Return the slips that give exactly the written number, likeliest first.

    First those of one slip, on the writer's own numbers and on the exact ones; only when there is
    none, of two together; last of all a slip of the pen.
    """
    if len(bench.segment) > MOST_NODES:
        return _of_the_pen(bench, written)
    found = _fitting(bench, written, ((slip, (edit,)) for slip, edit in _edits(bench)))
    if not found and bench.is_gradient and bench.stops and bench.sweep:
        start = Bench(bench.book, bench.node, bench.sweep, bench.name, bench.index, whole=True)
        found = _fitting(start, written, ((slip, (edit,)) for slip, edit in _edits(start)))
    found += _of_the_pen(bench, written)
    if not found and written.significant > 2:
        found = _fitting(bench, written, _pairs(bench))
    return found[:MOST_LISTED]


def _edits(bench: Bench) -> Iterator[tuple[Slip, Edit]]:
    kind: Kind = "gradient" if bench.is_gradient else "value"
    for slip in SLIPS:
        if slip.kind == kind:
            for edit in slip.edits(bench):
                yield slip, edit


def _pairs(bench: Bench) -> Iterator[tuple[Slip, tuple[Edit, ...]]]:
    """Yield two slips together, as one slip whose words are both."""
    single = list(itertools.islice(_edits(bench), _MOST_EDITS))
    for (one, first), (two, second) in itertools.combinations(single, 2):
        if one is not two and {one.key, two.key} not in _CANCELLING:
            both = Slip(
                one.kind,
                f"{one.key}+{two.key}",
                f"two slips together: {_said(one, first)}, and {_said(two, second)}",
                f"{one.instead}; {two.instead}",
                one.edits,
            )
            yield both, (first, second)


_CANCELLING = ({"sign", "minus"}, {"two-lost", "two-doubled"}, {"mean-forgotten", "mean-twice"})


def _fitting(
    bench: Bench, written: Written, tried: Iterable[tuple[Slip, tuple[Edit, ...]]]
) -> list[Found]:
    """Return those whose prediction is the written number; in its digits first, then nearly."""
    blur = _blur(bench.allowed)
    exactly: dict[str, Found] = {}
    nearly: dict[str, Found] = {}
    rights = [(base, bench.predict((), base)) for base in bench.bases]
    for slip, edits in itertools.islice(tried, _MOST_STEPS // len(bench.segment)):
        for base, right in rights:
            predicted = bench.predict(edits, base)
            if not math.isfinite(predicted) or _same(predicted, right):
                continue
            fit = _fit(written, predicted, blur)
            if fit is not None:
                words = _said(slip, edits[0]) if len(edits) == 1 else slip.sentence
                found = Found(slip.key, words, slip.instead, predicted)
                (exactly if fit == 0 else nearly).setdefault(slip.key, found)
                break
        if len(exactly) >= MOST_LISTED:
            break
    return [*exactly.values(), *(f for key, f in nearly.items() if key not in exactly)]


def _said(slip: Slip, edit: Edit) -> str:
    return slip.sentence + (f" ({edit.what})" if edit.what else "")


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def _blur(allowed: Interval) -> float:
    """Return, relatively, what the rounding of earlier lines may have changed in a result."""
    middle = abs(allowed.middle)
    return min(allowed.radius / middle, _WIDEST) if middle > 0 else 0.0


def _fit(written: Written, predicted: float, blur: float) -> int | None:
    """Return 0 if the prediction is written just so, 1 if rounding may explain it, else None."""
    verdict = judge(written, predicted)
    if verdict in (Verdict.EXACT, Verdict.ROUNDED):
        return 0
    if not written.value:
        return None
    reach = blur * abs(predicted) + slack(predicted)
    near = Interval(predicted - reach, predicted + reach)
    if verdict is Verdict.TRUNCATED or written.claimed.meets(near) or written.cut.meets(near):
        return 1
    return None


def _of_the_pen(bench: Bench, written: Written) -> list[Found]:
    """Return slips of copying: two digits exchanged, the point moved."""
    found = []
    for base in bench.bases:
        right = bench.predict((), base)
        if not math.isfinite(right) or not right:
            continue
        if _transposed_digits(written, right):
            found.append(
                Found("digits", "two digits were exchanged", "copy the number once more", right)
            )
        for power in (-3, -2, -1, 1, 2, 3):
            if written.value and judge(written, right * 10**power).ok:
                point = Found("point", "the decimal point was moved", "count the places", right)
                return [*found[:1], point][:1]
    return found[:1]


def _transposed_digits(written: Written, right: float) -> bool:
    """Whether exchanging two neighbouring digits of the written number makes it right."""
    mantissa = re.match(r"\D*[\d.]*", written.text)
    digits = [k for k in range(mantissa.end() if mantissa else 0) if written.text[k].isdecimal()]
    for k, j in itertools.pairwise(digits):
        text = list(written.text)
        text[k], text[j] = text[j], text[k]
        swapped = Written.read("".join(text))
        if swapped.value != written.value and judge(swapped, right).ok:
            return True
    return False
