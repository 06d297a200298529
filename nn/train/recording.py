"""One recorded example of a model and its loss, and the checks that it holds for all examples."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.engine.number import shortened
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value

from ..data.batches import Data
from ..dropout import Dropout, Mask, recorded_masks
from ..losses import Loss
from ..module import Module


@dataclass(frozen=True)
class Recording:
    """The cost of one example and what it was computed from.

    Attributes:
        cost: the cost, times the weight of the example if it has one.
        outputs: the outputs of the model.
        leaves: the inputs x and the targets y.
        weight: the weight of the example, or nothing.
        masks: the masks of the Dropout layers.
    """

    cost: Value
    outputs: list[Value]
    leaves: list[Value]
    weight: list[Value]
    masks: list[Mask]

    @property
    def inputs(self) -> list[Value]:
        """All leaves that vary from example to example, in the order of a program's columns."""
        return [*self.leaves, *self.weight, *(mask.factor for mask in self.masks)]


def record_example(
    model: Module,
    loss: Loss,
    data: Data,
    k: int = 0,
    *,
    is_weighted: bool = False,
    dropouts: Sequence[Dropout] = (),
) -> Recording:
    """Return the recorded cost of example k; the masks of the Dropout layers become leaves.

    Raises:
        TypeError: the loss does not return a Value.
        ValueError: the example does not fit the model or the loss.
    """
    x = [Value(number, f"x{i}") for i, number in enumerate(data.x[k].tolist(), start=1)]
    y = [Value(number, f"y{i}") for i, number in enumerate(data.y[k].tolist(), start=1)]
    with recorded_masks(dropouts) as masks:
        outputs = outputs_of(model, x)
    _check_outputs(outputs, model, data)
    try:
        cost = _as_cost(loss(outputs, y))
    except (ValueError, ArithmeticError) as error:
        raise type(error)(f"example {k:,}: {error}") from None
    weight = [Value(1.0, "weight")] if is_weighted else []
    return Recording(cost * weight[0] if weight else cost, outputs, [*x, *y], weight, masks)


def outputs_of(model: Module, x: Sequence[Any]) -> list[Value]:
    """Return a model's outputs as a list, also where it returns a single Value."""
    outputs = model(x)
    if isinstance(outputs, Value):
        return [outputs]
    if not isinstance(outputs, Iterable):
        raise TypeError(
            f"{type(model).__name__} must return a Value or a list of Values; it returned "
            f"{shortened(outputs)}"
        )
    return list(outputs)


def check_repeats(record: Callable[[int], Recording], data: Data) -> Recording:
    """Return the recording of the first example, after comparing it with others.

    More recordings of the same example find random numbers, which would otherwise be the same for
    all examples. A recording of another example finds numbers that were read from the inputs
    outside of the graph.

    Raises:
        ValueError: the recordings differ; the message says by which numbers.
    """
    before = _global_random_states()
    first = record(0)
    found = "" if _global_random_states() == before else "taken from a global random generator"
    repeats = max(1, min(_MOST_REPEATS, _REPEATED_NODES // len(all_nodes(first.cost))))
    for _ in range(repeats):
        found = found or _difference(first, record(0))
    if found:
        raise ValueError(
            f"the model or the loss draws random numbers: {found}. One recording is used for all "
            "examples, so that all would get the same numbers. Use nn.Dropout, or make random "
            "numbers inputs of the model, as columns of data.x"
        )
    other = _difference(first, record(_other_example(data))) if len(data) > 1 else ""
    if other.startswith(_SAME_PLACE):
        raise ValueError(
            f"the model or the loss reads numbers of an example outside of the graph: {other}. One "
            "recording is used for all examples. Calculate with the Values, not with their .data"
        )
    return first


_REPEATED_NODES, _MOST_REPEATS = 1000, 4
"""A small graph is recorded more often, because few random numbers may agree by chance."""
_SAME_PLACE = "two recordings have"


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's garbage collector, which would walk the growing graph again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _other_example(data: Data) -> int:
    """Return the first example with other targets than example 0, or example 1."""
    differs = np.any(data.y != data.y[0], axis=1)
    return int(np.argmax(differs)) or 1


def _difference(first: Recording, second: Recording) -> str:
    """Return in words how two recordings differ, or "" if they do not.

    Recordings of two examples may have other operations: guards see to that.
    """
    ours, theirs = all_nodes(first.cost), all_nodes(second.cost)
    if [node.op.name for node in ours] != [node.op.name for node in theirs]:
        return "two recordings of the same example have other operations"
    given = {*first.inputs, *second.inputs}
    for one, other in zip(ours, theirs, strict=True):
        if one.data != other.data and not one.parents and one not in given:
            return f"{_SAME_PLACE} the numbers {one.data:g} and {other.data:g} in the same place"
    return ""


def _global_random_states() -> tuple[Any, ...]:
    state: Any = np.random.get_state(legacy=False)
    return random.getstate(), state["state"]["pos"], state["state"]["key"].tobytes()


def _check_outputs(outputs: Sequence[object], model: Module, data: Data) -> None:
    """Refuse outputs that are not Values, and targets of which there is not one for each."""
    for output in outputs:
        if not isinstance(output, Value):
            raise TypeError(
                f"{type(model).__name__} must return Values, computed from its inputs; "
                f"got {shortened(output)}"
            )
    count = data.y.shape[1]
    if len(outputs) == count:
        return
    are_labels = count == 1 and len(outputs) > 1 and bool((data.y == np.floor(data.y)).all())
    raise ValueError(
        f"the model has {len(outputs)} outputs, the data {count} targets"
        + (
            f". If the targets are the numbers of classes, write "
            f"Data(x, one_hot(labels, {len(outputs)}))"
            if are_labels
            else ""
        )
    )


def _as_cost(cost: object) -> Value:
    if isinstance(cost, Value):
        return cost
    raise TypeError(
        "the loss must return a Value, computed from the outputs by + − · / and the functions of "
        f"autograd, so that its gradient is recorded; it returned {shortened(cost)}"
    )
