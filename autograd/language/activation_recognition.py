"""Recognition of an activation from its results: 0.59327 after net = 0.3775 is σ(net)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from .sheet_names import SheetNames
from .trees import Apply, Name, Tree, plain_number

_MOST_CANDIDATES = 50  # the most quantities that are compared for one number
_FEWEST_DECIMALS = 3  # With fewer decimals, a number may match an activation by chance.
# the first letters of weights, biases, inputs, targets and rates, but not of activations
_LETTERS_OF_INPUTS = frozenset("wWbBxXtTθηα")


def recognize_activation(texts: Sequence[str], target: str, names: SheetNames) -> Tree | None:
    """Return the activation whose results these are, or None.

    People write out = 0.59327 below net = 0.3775, without the formula. The activation is σ(z),
    tanh(z), relu(z) or softmax(z), and z is a quantity of `names`. relu(z) needs a negative
    number in z, because otherwise it equals z. If several activations fit, the result is None.
    """
    numbers = [plain_number(text) for text in texts]
    decimals = max(len(text.partition(".")[2]) for text in texts)
    may_be_relu = len(numbers) > 1 and 0.0 in numbers
    if target[0] in _LETTERS_OF_INPUTS or (decimals < _FEWEST_DECIMALS and not may_be_relu):
        return None
    if len(numbers) == 1 and (one := _softmax_element(numbers[0], target, decimals, names)):
        return one
    found = []
    lists = [(name, names.quantities[name]) for name in names.lists]
    # the lists that may be the inputs of a softmax
    logits = [name for name, one in lists if one.is_given and one.length > 1 and not one.was_used]
    for name in [*names.ends(), *logits][-_MOST_CANDIDATES:]:
        known = [plain_number(text) for text in names.quantities[name].digits.values()]
        inputs = [z for z in known if z is not None]
        if len(inputs) != len(numbers) or len(inputs) != len(known):
            continue
        outputs = {head: list(map(function, inputs)) for head, function in _ACTIVATIONS.items()}
        if len(inputs) > 1:
            outputs["softmax"] = _softmax(inputs)
        for head, expected in outputs.items():
            if name in logits and head != "softmax":
                continue
            is_sure = (
                min(inputs) < 0 < max(inputs) if head == "relu" else decimals >= _FEWEST_DECIMALS
            )
            pairs = zip(numbers, expected, strict=True)
            if is_sure and all(a is not None and abs(a - b) <= 10.0**-decimals for a, b in pairs):
                found.append(Apply(head, (Name(name, (), 0),), 0))
    return found[0] if len(found) == 1 else None


def _softmax_element(
    number: float | None, target: str, decimals: int, names: SheetNames
) -> Apply | None:
    """Return exp(z₂)/Σ exp(z) if p₂ has the value of this element of softmax(z), or None."""
    k = int(found[0]) if (found := re.search(r"\d{1,3}$", target)) else 0
    lists = [name for name in names.lists if names.quantities[name].rank == 1] if k else []
    for name in lists[-_MOST_CANDIDATES:]:
        inputs = [plain_number(text) for text in names.quantities[name].digits.values()]
        logits = [z for z in inputs if z is not None]
        # The input must have several elements, with element k among them.
        if len(logits) != len(inputs) or not 1 < len(logits) >= k:
            continue
        if number is not None and abs(_softmax(logits)[k - 1] - number) <= 10.0**-decimals:
            powers = Apply("sum", (Apply("exp", (Name(name, (), 0),), 0),), 0)
            return Apply("/", (Apply("exp", (Name(name, (k,), 0),), 0), powers), 0)
    return None


_ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-min(max(z, -700), 700))),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
}


def _softmax(z: Sequence[float]) -> list[float]:
    largest = max(z)
    powers = [math.exp(one - largest) for one in z]
    total = sum(powers)
    return [power / total for power in powers]
