"""Recognition of a loss from its numbers: (1/3)·[(1 − 2)² + (2 − 4)² + (3 − 6)²] is mean((ŷ − y)²).

Only the value is compared, because people leave out zeros and add up terms in their heads.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from .names import LOSS_NAMES, PREDICTION_NAMES, TARGET_NAMES
from .sheet_names import SheetNames
from .trees import Apply, Name, Number, Tree, plain_number

_MOST_NUMBERS = 200
_MOST_QUANTITIES = 300  # the most quantities of a sheet in which losses are recognized
Numbers = Sequence[float]


def recognize_loss(value: float, error: float, name: str, names: SheetNames) -> Tree | None:
    """Return the loss of a prediction that has this value up to an error, or None.

    The loss must be the only one that fits.
    """
    if name.casefold() not in LOSS_NAMES or len(names.quantities) > _MOST_QUANTITIES:
        return None
    found = [
        tree
        for prediction, target in _pairs(names, name)
        for tree, loss in _losses(*prediction, *target)
        if abs(loss - value) <= error
    ]
    return found[0] if len(found) == 1 else None


def _pairs(
    names: SheetNames, loss: str
) -> Iterator[tuple[tuple[Name, Numbers], tuple[Name, Numbers]]]:
    """Yield each computed prediction with each target that has as many numbers."""
    known = [
        (name, [plain_number(text) for text in quantity.digits.values()])
        for name, quantity in names.quantities.items()
        if quantity.digits and quantity.rank < 2 and name != loss
    ]
    numbers = [(name, [x for x in one if x is not None]) for name, one in known if None not in one]
    ends = set(names.ends())
    for target, theirs in numbers:
        if target.casefold() in TARGET_NAMES and names.quantities[target].is_given:
            for name, ours in numbers:
                is_prediction = name in ends or name.casefold() in PREDICTION_NAMES
                is_short = len(ours) == len(theirs) <= _MOST_NUMBERS
                if is_prediction and name != target and is_short:
                    yield (Name(name, (), 0), ours), (Name(target, (), 0), theirs)


def _losses(p: Name, ps: Numbers, t: Name, ts: Numbers) -> Iterator[tuple[Tree, float]]:
    """Yield the usual losses of a prediction p and a target t, each with its value."""
    square = _apply("^", _apply("-", p, t), _number(2))
    squares = sum((a - b) ** 2 for a, b in zip(ps, ts, strict=True))
    yield from _multiples(square, squares, len(ps), (1, 2))
    if all(b in (0, 1) for b in ts) and all(0 < a < 1 for a in ps):
        one = _number(1)
        right = _apply("⊙", t, _apply("log", p))
        wrong = _apply("⊙", _apply("-", one, t), _apply("log", _apply("-", one, p)))
        right_sum = -sum(b * math.log(a) for a, b in zip(ps, ts, strict=True))
        wrong_sum = -sum((1 - b) * math.log(1 - a) for a, b in zip(ps, ts, strict=True))
        both = _apply("neg", _apply("+", right, wrong))
        if sum(ts) == 1 and len(ts) > 1 and abs(sum(ps) - 1) < _NEAR_ONE:  # a softmax
            yield _apply("sum", _apply("neg", right)), right_sum
        else:
            yield from _multiples(both, right_sum + wrong_sum, len(ps), (1,))


_NEAR_ONE = 0.01  # because the sum of rounded probabilities is only nearly 1


def _multiples(
    tree: Tree, total: float, count: int, divisors: Sequence[int]
) -> Iterator[tuple[Tree, float]]:
    """Yield the sum and the mean of a list, and the halves of both."""
    forms = (
        [(tree, total)]
        if count == 1
        else [(_apply("sum", tree), total), (_apply("mean", tree), total / count)]
    )
    for form, value in forms:
        # Half the sum of two numbers is their mean, which has its own form.
        is_sum_of_two = count == 2 and form is forms[0][0]
        for divisor in (1,) if is_sum_of_two else divisors:
            yield (_apply("/", form, _number(divisor)) if divisor > 1 else form), value / divisor


def _apply(head: str, *args: Tree) -> Apply:
    return Apply(head, args, 0)


def _number(value: int) -> Number:
    return Number(float(value), 0, str(value))
