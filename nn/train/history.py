"""The history of a training: its epochs, and the state that is needed to continue it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograd.encoding import encodable
from autograd.graph.wording import aligned, number_text

from ..optimizer_base import Optimizer
from ..targets import TargetType
from ..updates import State, Steps
from .identity import Identity


class Epoch(NamedTuple):
    """One pass over the examples.

    Attributes:
        number: the number of the epoch, counted from 1.
        cost: the average cost of the examples, each measured before the step of its mini-batch.
        accuracy: the share of the examples that were right; None if the targets are numbers.
        validation_cost: the average cost of the validation examples after the epoch, or None.
        validation_accuracy: the share of the validation examples that were right, or None.
        examples: how many examples were used, which may be fewer than all if the epoch was cut
            short.
        seconds: how long it took, without validation.
        metrics: the metrics that `fit` was given, by name. Those of the validation examples are
            called "validation …". None if there are none.

    >>> print(Epoch(1, 0.25, 0.9, None, None, 1000, 0.5))
    epoch 1: cost 0.25, accuracy 90.0%, 2,000 examples/s
    """

    number: int
    cost: float
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None
    examples: int
    seconds: float
    metrics: dict[str, float] | None = None

    @encodable
    def __str__(self) -> str:
        speed = self.examples / self.seconds if self.seconds else 0.0
        return ", ".join(
            [
                f"epoch {self.number}: cost {number_text(self.cost, 4)}",
                *_percent("accuracy", self.accuracy),
                *_percent("validation", self.validation_accuracy),
                *(
                    f"{name} {number_text(found, 4)}"
                    for name, found in (self.metrics or {}).items()
                ),
                f"{speed:,.0f} examples/s",
            ]
        )

    def cells(self, metrics: list[str]) -> list[str]:
        """Return the numbers as cells of a table, with empty cells for those not measured."""
        validation = "" if self.validation_cost is None else number_text(self.validation_cost, 4)
        measured = self.metrics or {}
        return [
            str(self.number),
            number_text(self.cost, 4),
            _share(self.accuracy),
            validation,
            _share(self.validation_accuracy),
            *(number_text(measured[name], 4) if name in measured else "" for name in metrics),
            number_text(self.seconds, 3),
        ]


class Best(NamedTuple):
    """The state of a training after its best epoch.

    Attributes:
        weights: the parameters that learn.
        state: the state of the optimizer, like `History.state`.
        steps: the number of its steps, like `History.steps`.
    """

    weights: Sequence[float]
    state: State
    steps: Steps


@dataclass
class History:
    """The epochs of a training, and the state from which another `fit` continues bit for bit.

    Attributes:
        optimizer: the update rule.
        epochs: one entry for each epoch.
        state: the state of the rule, a tuple of arrays in the order of `model.parameters()`. For
            Groups, it is one such tuple for each group.
        random: the state of NumPy's bit generator that shuffles the examples.
        interrupted: whether Ctrl-C, a callback or an error ended the training during an epoch.
        stopped: why the training ended early, or "".
        steps: how many steps the optimizer has taken. For Groups, it is a tuple with one number
            for each group.
        targets: the type of the targets, determined when the training began.
        best: the number of the epoch with the lowest validation cost, where `patience` was given.
        model: the names, shapes and activations of the model.
        learning: the names of the parameters that learned; None if all of them did.
        put_aside: the state after the epoch `best`, to which `fit` returns at its end. It is None
            after that.
    """

    optimizer: Optimizer
    epochs: list[Epoch] = field(default_factory=list)
    state: State = ()
    random: dict[str, Any] = field(default_factory=dict, repr=False)
    interrupted: bool = False
    stopped: str = ""
    steps: Steps = 0
    targets: TargetType | None = None
    best: int | None = None
    model: Identity = field(default_factory=Identity, repr=False)
    learning: tuple[str, ...] | None = field(default=None, repr=False)
    put_aside: Best | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __getitem__(self, index: int) -> Epoch:
        return self.epochs[index]

    @encodable
    def __str__(self) -> str:
        metrics = list(dict.fromkeys(name for epoch in self.epochs for name in epoch.metrics or {}))
        head = ["epoch", "cost", "accuracy", "validation cost", "accuracy", *metrics, "seconds"]
        lines = aligned([head, *(epoch.cells(metrics) for epoch in self.epochs)])
        if self.interrupted:
            lines.append("  (interrupted: the last epoch is not complete)")
        if self.stopped:
            lines.append(f"  (stopped: {self.stopped})")
        if self.best is not None and self.put_aside is not None and len(self) > self.best:
            lines.append(f"  (epoch {self.best} was the best; the model has later weights)")
        elif self.best is not None:
            lines.append(f"  (the model has the weights of epoch {self.best}, the best)")
        return "\n".join(lines)

    __repr__ = __str__


def _share(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.2%}"


def _percent(name: str, accuracy: float | None) -> list[str]:
    return [] if accuracy is None else [f"{name} {accuracy:.1%}"]
