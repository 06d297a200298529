"""How an optimizer is applied: which parameters each rule changes, and in which order."""

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
"""What a rule remembers from step to step, numbers and arrays; () before the first step."""

F = TypeVar("F", bound=Callable[..., Any])


class Rule(Protocol):
    """An update rule that counts its steps."""

    steps: int

    def rule(self, w: Any, g: Any, state: State = ()) -> tuple[Any, State]:
        """Return the new w and the new state."""


def elementwise(rule: F) -> F:
    """Mark a rule that treats every entry alike and changes nothing in place.

    Its arrays need neither be copied nor be in a particular order, which makes it quick. The mark
    is on the function, so that a subclass with a rule of its own does not inherit it.
    """
    rule.is_elementwise = True  # type: ignore[attr-defined]
    return rule


class Part:
    """A rule and the parameters that it changes.

    Args:
        optimizer: the rule.
        members: the indices of its parameters among all named ones, ascending.
        names: the names of its parameters, in the same order.
        order: for each entry of w and g, the index of its parameter among all named ones.
        state: what the rule remembers so far, arrays in the order of `names`.
    """

    def __init__(
        self,
        optimizer: Rule,
        members: Indices,
        names: Sequence[str],
        order: Indices,
        state: State,
    ) -> None:
        self.optimizer, self.names = optimizer, tuple(names)
        self.is_own = not getattr(optimizer.rule, "is_elementwise", False)
        self.takes_names = "names" in inspect.signature(optimizer.rule).parameters
        entries = np.flatnonzero(np.isin(order, members))
        ranks = np.searchsorted(members, order[entries])
        if self.is_own:
            entries, ranks = entries[np.argsort(ranks)], np.arange(len(ranks))
        is_whole = not self.is_own and len(entries) == len(order)
        self.entries: Indices | slice = slice(None) if is_whole else entries
        self._ranks = ranks
        self._state = _map_arrays(lambda array: array[ranks], self._owned(state), len(names))

    @property
    def state(self) -> State:
        """What the rule remembers, arrays in the order of `names`."""
        return _map_arrays(self._by_names, self._owned(self._state), len(self.names))

    def step(self, w: Array, g: Array) -> None:
        """Change this part of w by one step."""
        if self.is_own:
            w[self.entries], self._state = self._own_step(w[self.entries], g[self.entries])
        else:
            rule = self.optimizer.rule
            w[self.entries], self._state = rule(w[self.entries], g[self.entries], self._state)
        self.optimizer.steps += 1

    def has_finite_state(self) -> bool:
        """Whether no array that the rule remembers has overflowed."""
        return all(np.isfinite(part).all() for part in self._state if np.ndim(part))

    def save_point(self) -> tuple[State, int]:
        """Return what `go_back` needs to undo the steps after this one."""
        return self._state, self.optimizer.steps

    def go_back(self, saved: tuple[State, int]) -> None:
        """Forget the steps since `save_point`."""
        self._state, self.optimizer.steps = saved

    def _own_step(self, w: Array, g: Array) -> tuple[Array, State]:
        """Call a rule of the user's own with copies, and check what it returns."""
        more = {"names": self.names} if self.takes_names else {}
        found = self.optimizer.rule(w, g, self._state, **more)
        if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], tuple)):
            raise TypeError(
                f"{type(self.optimizer).__name__}.rule returns (w, state), where state is a tuple "
                f"of numbers and arrays; got {shortened(found)}"
            )
        if np.shape(found[0]) != w.shape:
            raise ValueError(
                f"{type(self.optimizer).__name__}.rule returns a w of the shape it was given, "
                f"{w.shape}; got shape {np.shape(found[0])}"
            )
        return found

    def _owned(self, state: State) -> State:
        """Return a copy for a rule of the user's own, which may change its state in place."""
        return copy.deepcopy(state) if self.is_own else state

    def _by_names(self, array: Array) -> Array:
        ordered = np.empty_like(array)
        ordered[self._ranks] = array
        return ordered


class Update:
    """All rules of an optimizer, each with its part of the parameters.

    Args:
        parts: the rules with their parameters.
        clip: changes the gradient of all of them before the step, or None.
    """

    def __init__(self, parts: Sequence[Part], clip: Callable[[Array], Array] | None) -> None:
        self.parts, self._clip = list(parts), clip
        self._learns = _union([part.entries for part in self.parts])

    def step(self, w: Array, g: Array) -> None:
        """Change w in place by one step of every part."""
        if self._clip is not None:
            clipped = np.zeros_like(g)
            clipped[self._learns] = self._clip(g[self._learns])
            g = clipped
        for part in self.parts:
            part.step(w, g)


def _union(entries: list[Indices | slice]) -> Indices | slice:
    chosen = [each for each in entries if not isinstance(each, slice)]
    return slice(None) if len(chosen) < len(entries) else np.concatenate(chosen)


def _map_arrays(change: Callable[[Any], Any], state: State, size: int) -> State:
    """Return the state with a change made to each array that has one number per parameter."""
    return tuple(change(part) if np.shape(part) == (size,) else part for part in state)
