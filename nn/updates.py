"""Apply the update rules of an optimizer to arrays of parameters.

An optimizer has one rule, or several that each change their own part of the parameters.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import shortened

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
State = tuple[Any, ...]
"""The numbers and arrays that a rule keeps from one step to the next. It is () before the first."""
Steps = int | tuple[int, ...]
"""The number of steps that an optimizer has taken, or for Groups, that each group has taken."""

F = TypeVar("F", bound=Callable[..., Any])


class Rule(Protocol):
    """An update rule that counts its steps."""

    steps: int

    def rule(self, w: Any, g: Any, state: State = ()) -> tuple[Any, State]:
        """Return the new w and the new state."""


def elementwise(rule: F) -> F:
    """Mark a rule that treats every entry alike and changes nothing in place.

    Such a rule is faster, because its arrays need not be copied or sorted. The mark is an attribute
    of the function, so a subclass that overrides `rule` does not inherit it.
    """
    rule.is_elementwise = True  # type: ignore[attr-defined]
    return rule


class Part:
    """A rule and the parameters that it changes.

    Args:
        optimizer: the optimizer whose method `rule` changes these parameters.
        members: the indices of its parameters among all parameters that are trained, ascending.
        names: the names of its parameters, in the same order.
        owners: for each entry of the arrays w and g in `step`, the index of the trained parameter
            that it belongs to, or −1 if it belongs to none. The arrays may have another order.
        state: what the rule has stored so far. Its arrays are in the order of `names`.
    """

    def __init__(
        self,
        optimizer: Rule,
        members: Indices,
        names: Sequence[str],
        owners: Indices,
        state: State,
    ) -> None:
        self.optimizer, self.names = optimizer, tuple(names)
        # A rule without the mark may be a user's own. It may change its arrays in place, and it may
        # depend on the order of their entries.
        self.is_custom = not getattr(optimizer.rule, "is_elementwise", False)
        self.takes_names = "names" in inspect.signature(optimizer.rule).parameters
        entries = np.flatnonzero(np.isin(owners, members))
        # The name of the parameter at entries[i] is names[ranks[i]].
        ranks = np.searchsorted(members, owners[entries])
        if self.is_custom:
            entries, ranks = entries[np.argsort(ranks)], np.arange(len(ranks))
        # A slice selects all entries without a copy, unlike an array of indices.
        is_whole = not self.is_custom and len(entries) == len(owners)
        self.entries: Indices | slice = slice(None) if is_whole else entries
        self._ranks = ranks
        self._state = _map_arrays(
            lambda array: array[ranks], self._copy_if_custom(state), len(names)
        )

    @property
    def state(self) -> State:
        """The current state of the rule. Its arrays are in the order of `names`."""
        return _map_arrays(self._by_names, self._copy_if_custom(self._state), len(self.names))

    def step(self, w: Array, g: Array) -> None:
        """Change this part of w by one step."""
        if self.is_custom:
            w[self.entries], self._state = self._custom_step(w[self.entries], g[self.entries])
        else:
            rule = self.optimizer.rule
            w[self.entries], self._state = rule(w[self.entries], g[self.entries], self._state)
        self.optimizer.steps += 1

    def has_finite_state(self) -> bool:
        """Return whether all arrays in the state are finite."""
        return all(np.isfinite(array).all() for array in self._state if np.ndim(array))

    def save_point(self) -> tuple[State, int]:
        """Return the state that `go_back` restores. Later steps do not change it."""
        return self._copy_if_custom(self._state), self.optimizer.steps

    def go_back(self, saved: tuple[State, int]) -> None:
        """Restore the state that `save_point` returned. This does not change the parameters."""
        self._state, self.optimizer.steps = saved

    def _custom_step(self, w: Array, g: Array) -> tuple[Array, State]:
        """Call a rule that the user wrote, and check its result.

        The rule may change its arguments in place. They are copies, because `entries` is an array
        of indices if the rule is a user's own.
        """
        names = {"names": self.names} if self.takes_names else {}
        result = self.optimizer.rule(w, g, self._state, **names)
        if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[1], tuple)):
            raise TypeError(
                f"{type(self.optimizer).__name__}.rule returns (w, state), where state is a tuple "
                f"of numbers and arrays; got {shortened(result)}"
            )
        if np.shape(result[0]) != w.shape:
            raise ValueError(
                f"{type(self.optimizer).__name__}.rule returns a w of the shape it was given, "
                f"{w.shape}; got shape {np.shape(result[0])}"
            )
        return result

    def _copy_if_custom(self, state: State) -> State:
        """Return a copy of the state for a user's rule, which may change the state in place."""
        return copy.deepcopy(state) if self.is_custom else state

    def _by_names(self, array: Array) -> Array:
        """Return an array whose entries are in the order of `names`."""
        ordered = np.empty_like(array)
        ordered[self._ranks] = array
        return ordered


class Update:
    """All parts of an optimizer, which together make one training step.

    Args:
        parts: the rules with their parameters.
        clip: a function that clips the gradient of all parts together, or None.
    """

    def __init__(self, parts: Sequence[Part], clip: Callable[[Array], Array] | None) -> None:
        self.parts, self._clip = list(parts), clip
        self._trained = _union([part.entries for part in self.parts])

    def step(self, w: Array, g: Array) -> None:
        """Change w in place by one step of every part."""
        if self._clip is not None:
            clipped = np.zeros_like(g)
            clipped[self._trained] = self._clip(g[self._trained])
            g = clipped
        for part in self.parts:
            part.step(w, g)


def _union(entries: list[Indices | slice]) -> Indices | slice:
    """Return all the entries. If one part has a slice, it already covers all of them."""
    chosen = [each for each in entries if not isinstance(each, slice)]
    return slice(None) if len(chosen) < len(entries) else np.concatenate(chosen)


def _map_arrays(change: Callable[[Any], Any], state: State, size: int) -> State:
    """Apply a function to each array of the state that has one number for each parameter."""
    return tuple(change(array) if np.shape(array) == (size,) else array for array in state)
