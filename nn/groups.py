"""`Groups`, which trains different parameters with different optimizers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.number import shortened
from autograd.engine.value import Value

from .optimizer_base import Optimizer
from .parameters import Parameters, members_of, name_parameters
from .updates import Indices, Part, State, Steps, Update

_BIAS = re.compile(r"(b\d*|b_\w+|bias\w*)(\[.*\])?")


class Groups(Optimizer):
    """An optimizer that applies a different optimizer to each group of parameters.

    Args:
        groups: pairs of parameters and their optimizer. The parameters are a Module, such as a
            layer, or Values, or names. Every parameter that is trained must be in exactly one
            group.
        clip_norm: the greatest norm of the gradient of all groups together.
        clip_value: the greatest absolute value of each number in the gradient.

    Raises:
        TypeError: a group is not a pair of parameters and an optimizer.
        ValueError: there are no groups, a group has no parameters, a parameter or an optimizer is
            in two groups, the optimizer of a group is itself a `Groups` or clips the gradient, or a
            setting is out of range.

    >>> from nn import MLP, SGD, Adam
    >>> net = MLP(2, [3, 1], seed=0)
    >>> Groups((net.layers[0], SGD(0.01)), (net.layers[1], Adam(0.001)))
    Groups(9 parameters by SGD(learning_rate=0.01), 4 parameters by Adam(learning_rate=0.001))
    """

    def __init__(
        self,
        *groups: tuple[Parameters, Optimizer],
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        if not groups:
            raise ValueError(
                "Groups needs at least one group, such as (net.parameters(), SGD(0.1))"
            )
        self.groups = [_check_group(group) for group in groups]
        self._names: dict[Value, str] = {}
        # The constructor of Optimizer is not called, because it needs a learning rate.
        self.weight_decay, self.clip_norm, self.clip_value = 0.0, clip_norm, clip_value
        self.check_settings()
        seen = [member for members, _ in self.groups for member in members]
        if len(set(seen)) < len(seen):
            twice = next(member for member in seen if seen.count(member) > 1)
            raise ValueError(f"the parameter {twice!r} is in two groups")
        if len({id(optimizer) for _, optimizer in self.groups}) < len(self.groups):
            raise ValueError("each group needs an optimizer of its own; one is in two groups")

    def __repr__(self) -> str:
        parts = [
            f"{len(members):,} parameters by {optimizer!r}" for members, optimizer in self.groups
        ]
        limits = {"clip_norm": self.clip_norm, "clip_value": self.clip_value}
        parts += [f"{name}={limit!r}" for name, limit in limits.items() if limit is not None]
        return f"Groups({', '.join(parts)})"

    # Groups are compared by identity, because the dataclass Optimizer would compare only its own
    # fields and ignore the groups.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def has_schedule(self) -> bool:
        """Whether any group has a learning rate that is a function of the step."""
        return any(optimizer.has_schedule for _, optimizer in self.groups)

    @property
    def step_counts(self) -> Steps:
        """The number of steps of each group."""
        return tuple(optimizer.steps for _, optimizer in self.groups)

    def start(self, named: Sequence[tuple[str, Value]], owners: Indices | None = None) -> Update:
        """Return an update of these parameters that continues from the current state.

        `Optimizer.start` explains the arguments.
        """
        self.check_parameters(named)
        owners = np.arange(len(named)) if owners is None else owners
        states = self.state or ((),) * len(self.groups)
        parts = [
            Part(optimizer, indices, [named[k][0] for k in indices], owners, state)
            for (_, optimizer), indices, state in zip(
                self.groups, self._group_indices(named), states, strict=True
            )
        ]
        return Update(parts, self.clipping())

    def finish(self, named: Sequence[tuple[str, Value]], update: Update) -> None:
        """Store the state that each group has reached in this update."""
        self.state = tuple(part.state for part in update.parts)
        self.steps = max(part.optimizer.steps for part in update.parts)
        self._values = tuple(value for _, value in named)

    def continue_from(self, named: Sequence[tuple[str, Value]], state: State, steps: Steps) -> None:
        """Restore the state and the numbers of steps that were saved in a history.

        Raises:
            ValueError: the history has another number of groups.
        """
        each = steps if isinstance(steps, tuple) else (steps,) * len(self.groups)
        if len(each) != len(self.groups):
            raise ValueError(
                f"the history has {len(each)} groups, but the optimizer has {len(self.groups)}; "
                "divide the parameters as before, or leave resume= out"
            )
        super().continue_from(named, state, max(each))
        for (_, optimizer), number in zip(self.groups, each, strict=True):
            optimizer.steps = number

    def names_of(self, k: int) -> list[str]:
        """Return the names of the parameters of group k.

        A file can store names, but it cannot store Values.

        Raises:
            ValueError: the optimizer has not been used, so the names are not known.
        """
        members = self.groups[k][0]
        unnamed = [m for m in members if not isinstance(m, str) and m not in self._names]
        if unnamed:
            raise ValueError("the names of the parameters are not known before the first training")
        return [m if isinstance(m, str) else self._names[m] for m in members]

    def _group_indices(self, named: Sequence[tuple[str, Value]]) -> list[Indices]:
        """Return, for each group, the indices of its parameters in `named`."""
        self._names = {value: name for name, value in named}
        index: dict[Any, int] = {value: k for k, (_, value) in enumerate(named)}
        index |= {name: k for k, (name, _) in enumerate(named)}
        unknown = [m for members, _ in self.groups for m in members if m not in index]
        if unknown:
            raise ValueError(
                f"{unknown[0]!r} is in a group but not among the parameters that learn"
            )
        indices = [np.sort([index[m] for m in members]) for members, _ in self.groups]
        ungrouped = set(range(len(named))) - {int(k) for group in indices for k in group}
        if ungrouped:
            raise ValueError(
                f"the parameter {named[min(ungrouped)][0]} is in no group: put it in one, or pass "
                "train= with the names of the parameters that learn"
            )
        return indices


def without_bias_decay(parameters: Parameters, optimizer: Optimizer) -> Groups:
    """Return Groups with this optimizer for all parameters, but without weight decay for biases.

    A parameter is a bias if the last part of its name is like b, b1, b1[2], b_out or bias.

    Args:
        parameters: the model, or its `named_parameters()`.
        optimizer: an optimizer whose `weight_decay` is above 0.

    Raises:
        TypeError: `parameters` or `optimizer` is something else.

    >>> from nn import MLP, SGD
    >>> without_bias_decay(MLP(2, [3, 1], seed=0), SGD(0.1, weight_decay=0.01))
    ... # doctest: +NORMALIZE_WHITESPACE
    Groups(9 parameters by SGD(learning_rate=0.1, weight_decay=0.01),
           4 parameters by SGD(learning_rate=0.1))
    """
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be an Optimizer, such as SGD(0.1); got {shortened(optimizer)}"
        )
    weights: list[Value] = []
    biases: list[Value] = []
    for name, value in name_parameters(parameters):
        (biases if _BIAS.fullmatch(name.rpartition(".")[2]) else weights).append(value)
    # Clipping belongs to Groups, because it applies to the gradient as a whole.
    groups = [
        (weights, optimizer.with_settings(clip_norm=None, clip_value=None)),
        (biases, optimizer.with_settings(clip_norm=None, clip_value=None, weight_decay=0.0)),
    ]
    return Groups(
        *(group for group in groups if group[0]),
        clip_norm=optimizer.clip_norm,
        clip_value=optimizer.clip_value,
    )


def _check_group(group: Any) -> tuple[list[Value | str], Optimizer]:
    if not (isinstance(group, tuple) and len(group) == 2 and isinstance(group[1], Optimizer)):
        raise TypeError(
            "a group is a pair of parameters and their optimizer, such as "
            f"(net.layers[0].parameters(), SGD(0.1)); got {shortened(group)}"
        )
    parameters, optimizer = group
    if isinstance(optimizer, Groups) or optimizer.clip_norm or optimizer.clip_value:
        raise ValueError(
            "groups inside a group, and clipping in a group, are not supported: the gradient is "
            f"clipped as a whole, by Groups(…, clip_norm=…); got {optimizer!r}"
        )
    members = members_of(parameters)
    if not members:
        raise ValueError(f"the group of {optimizer!r} has no parameters")
    return members, optimizer
