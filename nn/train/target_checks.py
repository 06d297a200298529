"""Check the targets of a training, and determine their type."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.kept_guards import own_guards
from autograd.engine.value import Value
from autograd.program.recorded_result import compared_leaves
from autograd.program.rerecording import ADVICE, Rerecording

from ..data.batches import Data
from ..losses import Loss, doubtful_rows
from ..targets import Kind, TargetType, decide_type

_MOST_COMPARED = 1000  # the largest number of targets for which recordings of the loss are compared


def check_targets(loss: Loss, data: Data, outputs: Sequence[Value], name: str = "") -> None:
    """Refuse data if the loss refuses any of its targets.

    Args:
        loss: the cost of one example.
        data: the examples.
        outputs: the outputs of the model for any example. The loss is tried with them.
        name: what the data is called in the message.

    Raises:
        ValueError: the loss refuses a target, or reads its number outside of the graph; the message
            names the example.
    """
    first: Rerecording | None = None  # the others are compared with this recording
    for count, k in enumerate(doubtful_rows(loss, data.y)):
        z = [Value(output.data) for output in outputs]
        y = [Value(number) for number in data.y[k].tolist()]
        try:
            with own_guards():
                cost = loss(z, y)
                is_compared = count < _MOST_COMPARED and not compared_leaves()
        except (ValueError, ArithmeticError) as error:
            raise type(error)(f"example {k:,}{name and f' of {name}'}: {error}") from None
        if not is_compared or not isinstance(cost, Value):
            continue
        if first is None:
            first = Rerecording(cost, [*z, *y])
            continue
        found = first.difference(cost, [*z, *y])
        if found:
            raise ValueError(
                f"example {k:,}: the loss reads numbers outside of the graph: {found}. {ADVICE}"
            )


def check_type(
    given: Kind | TargetType | None, cost: Value, outputs: Sequence[Value], data: Data
) -> TargetType:
    """Return the type of the targets, and check that the targets of the data have this type.

    Args:
        given: the type or kind that the caller gave, or None to determine it.
        cost: the recorded cost of one example.
        outputs: the outputs of the model that the cost was computed from.
        data: the examples.
    """
    if not isinstance(given, TargetType):
        given = decide_type(cost, outputs, data.y, data.targets, given)
    given.check(data.y)
    return given
