"""The table of slips: what is done wrongly, the number it gives, and what to do instead.

A row's number is predicted by sweeping the recorded graph with the slip in it, so a row works on any
network. To add a slip, write its edits and add a row.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ..intervals import Interval
from . import backward_slips as back
from . import forward_slips as forth
from .answers import Verdict, Written, judge, slack
from .counterfactual import MOST_NODES, Bench, Edit
from .judged import Found

Kind = Literal["gradient", "value"]
MOST_LISTED = 6
_MOST_EDITS = 120  # of one number, tried in pairs
_MOST_STEPS = 60_000  # nodes swept for one number, in the search for single slips and for pairs
_WIDEST = 0.01  # relative: what rounding may blur a prediction by


@dataclass(frozen=True)
class Slip:
    """A row: what is done wrongly, as a sentence; what to do instead; and its edits of a sweep.

    Rows come likeliest first.
    """

    key: str
    kind: Kind
    sentence: str
    instead: str
    edits: Callable[[Bench], Iterator[Edit]]


def _row(kind: Kind, key: str, edits: Callable[[Bench], Iterator[Edit]], *words: str) -> Slip:
    return Slip(key, kind, words[0], words[1], edits)


SLIPS: tuple[Slip, ...] = (
    # --- gradients: δ and f′ ---
    _row("gradient", "dead-relu", back.dead_passed,
         "the gradient was passed through a dead ReLU", "where z ≤ 0, ReLU′(z) = 0: nothing gets through"),
    _row("gradient", "sign", back.sign,
         "the error was taken as (target − output)", "the slope of ½(y − t)² is (y − t)"),
    _row("gradient", "one-hot", back.one_hot_forgotten,
         "the target was not subtracted: p instead of p − y", "after softmax and cross-entropy, δ = p − y"),
    _row("gradient", "slope-after-cross-entropy", back.slope_after_cross_entropy,
         "f′ was multiplied again after cross-entropy", "the logarithm has cancelled it: δ = p − y as it stands"),
    _row("gradient", "f-prime-forgotten", back.f_prime_forgotten,
         "f′(z) was forgotten", "δ = ∂C/∂a · f′(z): multiply by the slope of the activation"),
    _row("gradient", "f-for-f-prime", back.f_for_f_prime,
         "f(z) was used where f′(z) belongs", "multiply by the slope f′(z), not by the activation a itself"),
    _row("gradient", "f-prime-at-a", back.slope_at_output,
         "f′ was taken at a instead of at z: the activation was applied to what is squashed already",
         "σ′(z) = a(1 − a): put z into σ′, or a into a(1 − a)"),
    _row("gradient", "f-prime-formula-at-z", back.slope_formula_at_input,
         "z was put into the formula for a, such as z(1 − z)", "a(1 − a) and 1 − a² are written in the output a"),
    _row("gradient", "squashed-twice", back.squashed_twice,
         "the sigmoid's derivative was applied to an already squashed value twice", "a(1 − a) once is the whole slope"),
    _row("gradient", "f-prime-twice", back.f_prime_twice,
         "f′(z) was multiplied twice", "each activation on a path gives its slope once"),
    _row("gradient", "relu-on-gradient", back.relu_on_gradient,
         "ReLU was applied to the gradient", "multiply by ReLU′(z), which is 1 or 0 by the sign of z, not of δ"),
    # --- gradients: paths, weights, inputs ---
    _row("gradient", "updated-weight", back.updated_weight,
         "the updated weight was used while back-propagating", "all gradients of a step use the old weights"),
    _row("gradient", "overwritten", back.overwritten,
         "one path's contribution was written over another's", "contributions of all paths are added: +=, not ="),
    _row("gradient", "one-path", back.one_path,
         "one path only was followed", "where a number is used several times, add what comes back from each use"),
    _row("gradient", "path-left-out", back.last_path_dropped,
         "one of the paths was left out", "where a number is used several times, add what comes back from each use"),
    _row("gradient", "paths-multiplied", back.paths_multiplied,
         "the paths' contributions were multiplied", "factors along a path are multiplied, paths are added"),
    _row("gradient", "input-dropped", back.input_dropped,
         "the input was forgotten", "∂C/∂w = δ · x: multiply by what comes in through this weight"),
    _row("gradient", "weight-dropped", back.weight_dropped,
         "the weight on the way back was forgotten", "∂C/∂a = Σ w · δ: multiply by the weight that a went through"),
    _row("gradient", "transposed", back.transposed_weight,
         "the weights were read with their indices exchanged", "going back it is Wᵀδ: the weight from j to i is W[i,j]"),
    _row("gradient", "wrong-weight", back.neighbours_weight,
         "a neighbour's number was used", "take the weight, or the input, of this very connection"),
    _row("gradient", "neighbours-gradient", back.neighbours_gradient,
         "this is the gradient of another number", "look at which index belongs to which connection"),
    _row("gradient", "bias-times-input", back.bias_times_input,
         "the bias gradient was multiplied by an input", "∂z/∂b = 1: the gradient of a bias is δ itself"),
    _row("gradient", "upstream-dropped", back.upstream_dropped,
         "the gradient coming from behind was left out", "chain rule: upstream × local derivative"),
    # --- gradients: constants and functions ---
    _row("gradient", "quotient-sign", back.quotient_sign,
         "the sign in the quotient rule was lost", "∂(a/b)/∂b = −a/b²"),
    _row("gradient", "log10", back.log_ten,
         "log₁₀ was differentiated, not ln", "(ln x)′ = 1/x"),
    _row("gradient", "degrees", back.degrees,
         "the calculator was set to degrees", "angles are in radians here"),
    _row("gradient", "stale", back.stale,
         "this is the gradient of the step before", "after an update, compute the gradients anew with the new weights"),
    _row("gradient", "accumulated", back.accumulated,
         "the gradient of the step before was added on", "start each step from zero gradients"),
    _row("gradient", "mean-forgotten", back.mean_forgotten,
         "the 1/m of the mean was forgotten", "the slope of (1/m)Σ has the factor 1/m"),
    _row("gradient", "mean-twice", back.mean_twice,
         "the 1/m of the mean was applied twice", "divide by m once"),
    _row("gradient", "two-lost", back.two_lost,
         "a factor 2 was lost, or ½ applied twice", "(u²)′ = 2u u′; only a ½ in front cancels the 2"),
    _row("gradient", "two-doubled", back.two_doubled,
         "a factor 2 too many: the ½ was lost", "the ½ in front of a square cancels the 2 of its slope"),
    _row("gradient", "minus", back.minus_lost,
         "a minus sign was lost", "follow the sign of every factor on the path"),
    # --- updates ---
    _row("value", "ascent", forth.ascent,
         "the step went uphill: + for −", "descent subtracts: w − η ∂C/∂w"),
    _row("value", "rate-forgotten", forth.rate_forgotten,
         "the learning rate was forgotten", "the step is η times the gradient"),
    _row("value", "rate-twice", forth.rate_twice,
         "the learning rate was applied twice", "multiply the gradient by η once"),
    _row("value", "stale-step", forth.stale_step,
         "the gradient of the step before was used", "after an update, compute the gradients anew"),
    _row("value", "accumulated-step", forth.accumulated_step,
         "the gradient of the step before was added on", "start each step from zero gradients"),
    _row("value", "step-alone", forth.step_alone,
         "this is the step, not the new value", "the new value is w − η ∂C/∂w"),
    # --- momentum and Adam ---
    _row("value", "correction-forgotten", forth.correction_forgotten,
         "the bias correction was forgotten", "divide by 1 − βᵗ"),
    _row("value", "correction-power", forth.correction_power,
         "1 − β was used for 1 − βᵗ", "β is raised to the number t of the step"),
    _row("value", "correction-step", forth.correction_step,
         "βᵗ was taken with the t of another step", "the first step has t = 1"),
    _row("value", "share-forgotten", forth.share_forgotten,
         "the factor 1 − β was forgotten", "a running average is β·old + (1 − β)·new"),
    _row("value", "shares-exchanged", forth.shares_exchanged,
         "β and 1 − β were exchanged", "a running average is β·old + (1 − β)·new"),
    _row("value", "velocity-forgotten", forth.velocity_forgotten,
         "the velocity of the step before was forgotten", "momentum adds the new gradient to β times the old velocity"),
    _row("value", "root-forgotten", forth.square_root_forgotten,
         "the square root was forgotten", "divide by √v"),
    # --- values ---
    _row("value", "half-lost", forth.half_lost,
         "the ½ was lost", "C = ½(y − t)²"),
    _row("value", "log10", forth.log_ten,
         "log₁₀ was used for ln", "log is the natural logarithm here"),
    _row("value", "degrees", forth.degrees,
         "the calculator was set to degrees", "angles are in radians here"),
    _row("value", "activation-forgotten", forth.activation_forgotten,
         "the activation was forgotten", "a = f(z)"),
    _row("value", "activation-twice", forth.activation_twice,
         "the activation was applied twice", "a = f(z), once"),
    _row("value", "slope-for-value", forth.slope_for_value,
         "f′(z) was used where f(z) belongs", "forward, it is the activation itself"),
    _row("value", "bias-forgotten", forth.bias_forgotten,
         "the bias was forgotten", "z = w·x + b"),
    _row("value", "transposed", forth.transposed,
         "the weights were read with their indices exchanged", "W[i,j] leads from input j to neuron i"),
    _row("value", "softmax-unnormalized", forth.softmax_unnormalized,
         "the division by the sum of exponentials was forgotten", "softmax: exp(zᵢ) / Σ exp(zⱼ)"),
    _row("value", "mean-forgotten", forth.mean_forgotten,
         "the sum was taken for the mean", "divide by m"),
    _row("value", "mean-twice", forth.mean_twice,
         "1/m was applied twice", "divide by m once"),
    _row("value", "half-twice", forth.half_twice,
         "½ was applied twice, or where there is none", "look at the factor in front of the square"),
    _row("value", "square", forth.square_forgotten,
         "the square was forgotten, or doubled instead", "u² = u·u"),
    _row("value", "sign", forth.sign_turned,
         "a sign was turned round", "follow the sign of every term"),
    _row("value", "term-forgotten", forth.term_forgotten,
         "a term of the sum was left out", "add all terms"),
    _row("value", "factor-forgotten", forth.factor_forgotten,
         "a factor was left out", "multiply all factors"),
    _row("value", "divisor", forth.divisor_slips,
         "the divisor was forgotten, or the quotient turned round", "a/b divides a by b"),
    _row("value", "wrong-number", forth.wrong_number,
         "a neighbour's number was used", "take the number that belongs to this very place"),
)  # fmt: skip


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
                f"{one.key}+{two.key}",
                one.kind,
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
                found.append(
                    Found("point", "the decimal point was moved", "count the places", right)
                )
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
