"""Record one example of a model and its loss, and check that it is valid for all examples."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograd.engine.guard_selection import recorded_guards
from autograd.engine.kept_guards import own_guards
from autograd.engine.number import shortened
from autograd.engine.topological import all_nodes
from autograd.engine.value import Value
from autograd.program.rerecording import ADVICE, Rerecording, other_numbers, sample, sample_size

from ..data.batches import Data
from ..dropout import Dropout, Masks, recorded_masks
from ..losses import Loss
from ..module import Module


@dataclass(frozen=True)
class Recording:
    """The cost of one example and what it was computed from.

    Attributes:
        cost: the cost, times the weight of the example if it has one.
        outputs: the outputs of the model.
        inputs: all leaves that vary from example to example, in the order of a program's columns:
            the inputs x, the targets y, the weight if there is one, and the Dropout masks.
        drop_rates: the probability of 0 for each mask.
        has_branches: whether a comparison of Values may have decided what was recorded.
    """

    cost: Value
    outputs: list[Value]
    inputs: list[Value]
    drop_rates: list[float]
    has_branches: bool = False

    @cached_property
    def nodes(self) -> list[Value]:
        """All nodes that the cost was computed from. The cost is the last one."""
        return all_nodes(self.cost)


@dataclass(frozen=True)
class Recorder:
    """Records the cost of an example for a model and its loss.

    Args:
        model: the model.
        loss: the cost of one example.
        inputs: the number of inputs of an example.
        targets: the number of targets of an example.
        is_weighted: whether every example has a weight.
        dropouts: the layers whose masks become leaves.
    """

    model: Module
    loss: Loss
    inputs: int
    targets: int
    is_weighted: bool
    dropouts: Sequence[Dropout]

    def example(self, data: Data, k: int) -> Recording:
        """Return the recording of example k.

        Raises:
            TypeError: the loss or the model does not return Values.
            ValueError: the example does not fit the model or the loss.
        """
        try:
            with own_guards():  # guards of earlier recordings are left out
                x = [Value(n, f"x{i}") for i, n in enumerate(data.x[k].tolist(), start=1)]
                y = [Value(n, f"y{i}") for i, n in enumerate(data.y[k].tolist(), start=1)]
                weight = [Value(1.0, "weight")] if self.is_weighted else []
                recording = self.record([*x, *y, *weight], data)
                guards = recorded_guards([*recording.nodes, *recording.inputs])
                return replace(recording, has_branches=bool(guards))
        except (ValueError, ArithmeticError) as error:
            raise type(error)(f"example {k:,}: {error}") from None

    def record(self, leaves: Sequence[Value], data: Data | None = None) -> Recording:
        """Return the recording of an example.

        Args:
            leaves: the inputs, the targets, the weight if examples have weights, and the masks of
                the Dropout layers. Missing masks are made.
            data: if it is given, the number of outputs must be its number of targets.
        """
        end = self.inputs + self.targets
        outputs, masks = self.outputs(leaves)
        if data is not None:
            _check_outputs(outputs, self.model, data)
        cost = _as_cost(self.loss(outputs, list(leaves[self.inputs : end])))
        if self.is_weighted:
            cost = cost * leaves[end]
        return Recording(cost, outputs, [*leaves[: self._mask_start], *masks.factors], masks.rates)

    @property
    def _mask_start(self) -> int:
        """The index of the first mask among the leaves of an example."""
        return self.inputs + self.targets + (1 if self.is_weighted else 0)

    def outputs(self, leaves: Sequence[Value]) -> tuple[list[Value], Masks]:
        """Return the outputs of the model, and the masks that they were computed with."""
        with recorded_masks(self.dropouts, leaves[self._mask_start :]) as masks:
            return outputs_of(self.model, list(leaves[: self.inputs])), masks


def outputs_of(model: Module, x: Sequence[Any]) -> list[Value]:
    """Return the outputs of a model as a list, also if it returns a single Value."""
    outputs = model(x)
    if isinstance(outputs, Value):
        return [outputs]
    if not isinstance(outputs, Iterable):
        raise TypeError(
            f"{type(model).__name__} must return a Value or a list of Values; it returned "
            f"{shortened(outputs)}"
        )
    return list(outputs)


def checked_recording(
    record: Callable[[int], Recording], data: Data, parameters: Sequence[Value]
) -> Recording:
    """Return the recording of the first example, after comparing it with others.

    One recording is used for all examples. It must therefore not contain numbers that were read
    outside of the graph or drawn at random. To detect such numbers, other examples are recorded
    with other parameters. If the same example is recorded again and differs, the numbers are
    random. A model or a loss with branches is only searched for random numbers here, because its
    program compares the examples of each branch.

    Args:
        record: returns the recording of an example, given its index.
        data: the examples.
        parameters: the parameters of the model.
    """
    before = _global_random_states()
    first = record(0)
    original = Rerecording(first.cost, first.inputs, parameters)

    def difference(k: int) -> str:
        other = record(k)
        return original.difference(other.cost, other.inputs)

    random_source = ""
    if _global_random_states() != before:
        random_source = "taken from a global random generator"
    elif first.has_branches or len(data) == 1:
        random_source = _first_of(difference(0) for _ in range(_REPEATS))
    if not random_source and not first.has_branches:
        found = _find_difference(difference, data, parameters, len(first.nodes))
        random_source = found and _first_of(difference(0) for _ in range(_REPEATS))
        if found and not random_source:
            raise ValueError(
                f"the model or the loss reads numbers outside of the graph: {found}. One recording "
                f"is used for all examples and all steps. {ADVICE}"
            )
    if random_source:
        raise ValueError(
            f"the model or the loss draws random numbers: {random_source}. One recording is used "
            "for all examples, so that all would get the same numbers. Use nn.Dropout, or make "
            "random numbers inputs of the model, as columns of data.x"
        )
    return first


_REPEATS = 3  # because random numbers may agree by chance
# Factors for the parameters. Their signs and sizes differ, because a model may read a parameter as
# a plain number only on one side of 0 or of 1.
_SCALES = (1.0, -0.7, 1.6, 0.3, -2.5)


def _first_of(differences: Iterable[str]) -> str:
    """Return the first difference that is not "", or "" if there is none."""
    return next(filter(None, differences), "")


def _find_difference(
    difference: Callable[[int], str], data: Data, parameters: Sequence[Value], nodes: int
) -> str:
    """Return how another example differs, with these parameters or with others, or "".

    Args:
        difference: returns how the example with this index differs from the first, or "".
        data: the examples.
        parameters: the parameters of the model.
        nodes: how many nodes a recording has. The more nodes there are, the fewer recordings are
            compared.
    """
    count = sample_size(nodes)
    examples = sample(data.rows.T, count // 2)
    for scale in _SCALES[: math.ceil(count / len(examples))]:
        numbers = [
            # The second term also changes parameters that are 0, each by a different amount.
            p.data if scale == 1.0 else scale * p.data + 0.01 * (1 + k % 7)
            for k, p in enumerate(parameters)
        ]
        with other_numbers(parameters, numbers):
            for k in examples:
                # If the recording fails, the program will name this example.
                with suppress(ArithmeticError, ValueError):
                    text = difference(k)
                    if text:
                        return text
    return ""


def _global_random_states() -> tuple[Any, ...]:
    state: Any = np.random.get_state(legacy=False)
    return random.getstate(), state["state"]["pos"], state["state"]["key"].tobytes()


def _check_outputs(outputs: Sequence[object], model: Module, data: Data) -> None:
    """Refuse outputs that are not Values, and data without one target for each output."""
    for output in outputs:
        if not isinstance(output, Value):
            raise TypeError(
                f"{type(model).__name__} must return Values, computed from its inputs; "
                f"got {shortened(output)}"
            )
    count = data.y.shape[1]
    if len(outputs) == count:
        return
    message = f"the model has {len(outputs)} outputs, the data {count} targets"
    if count == 1 and len(outputs) > 1 and bool((data.y == np.floor(data.y)).all()):
        call = f"Data(x, one_hot(labels, {len(outputs)}))"
        message += f". If the targets are the numbers of classes, write {call}"
    raise ValueError(message)


def _as_cost(cost: object) -> Value:
    if isinstance(cost, Value):
        return cost
    raise TypeError(
        "the loss must return a Value, computed from the outputs by + − · / and the functions of "
        f"autograd, so that its gradient is recorded; it returned {shortened(cost)}"
    )
