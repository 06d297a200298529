"""What a training leaves behind: its epochs, and all it needs to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from autograd.graph.wording import aligned, number

from ..optimizers import Optimizer
from ..updates import State


class Epoch(NamedTuple):
    """One pass over the examples.

    Attributes:
        number: which one, from 1.
        cost: the average cost of the examples, each as its mini-batch came by: before its step.
        accuracy: the share of them that were right then; None where there are no classes.
        validation_cost: the average cost of the validation examples after the epoch, or None.
        validation_accuracy: the share of those that were right, or None.
        examples: how many examples came by; fewer than there are after Ctrl-C.
        seconds: how long it took, without validation.
    """

    number: int
    cost: float
    accuracy: float | None
    validation_cost: float | None
    validation_accuracy: float | None
    examples: int
    seconds: float

    def __str__(self) -> str:
        speed = self.examples / self.seconds if self.seconds else 0.0
        return ", ".join(
            [
                f"epoch {self.number}: cost {number(self.cost, 4)}",
                *_percent("accuracy", self.accuracy),
                *_percent("validation", self.validation_accuracy),
                f"{speed:,.0f} examples/s",
            ]
        )

    @property
    def cells(self) -> list[str]:
        """Its numbers as cells of a table; those that were not measured are empty."""
        validation = "" if self.validation_cost is None else number(self.validation_cost, 4)
        return [
            str(self.number),
            number(self.cost, 4),
            _share(self.accuracy),
            validation,
            _share(self.validation_accuracy),
            number(self.seconds, 3),
        ]


@dataclass
class History:
    """The epochs of a training, and the state from which another `fit` goes on bit for bit.

    Attributes:
        epochs: what happened, one entry for each epoch.
        optimizer: the update rule.
        state: what the rule remembers, arrays in the order of `model.parameters()`.
        random: the state of the shuffling's bit generator.
        interrupted: whether Ctrl-C ended the last epoch early.
    """

    optimizer: Optimizer
    epochs: list[Epoch] = field(default_factory=list)
    state: State = ()
    random: dict[str, Any] = field(default_factory=dict, repr=False)
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.epochs)

    def __iter__(self) -> Iterator[Epoch]:
        return iter(self.epochs)

    def __getitem__(self, index: int) -> Epoch:
        return self.epochs[index]

    def __str__(self) -> str:
        head = ["epoch", "cost", "accuracy", "validation cost", "accuracy", "seconds"]
        rows = [e.cells for e in self.epochs]
        end = ["  (interrupted: the last epoch is not complete)"] if self.interrupted else []
        return "\n".join([*aligned([head, *rows]), *end])

    __repr__ = __str__


def _share(accuracy: float | None) -> str:
    return "" if accuracy is None else f"{accuracy:.2%}"


def _percent(name: str, accuracy: float | None) -> list[str]:
    return [] if accuracy is None else [f"{name} {accuracy:.1%}"]
