"""`Module` finds the parameters of a model, names them, and converts them to and from arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autograd.engine.value import Value

from .arrays import Array, as_array, count_text


class ParameterGroup(NamedTuple):
    """Parameters that belong together, such as the matrix W1.

    Attributes:
        name: the name of their array.
        values: the parameters in row-major order.
        shape: the shape of the array.
        entry: the format of a parameter's name. It has places for the name of the array and the
            indices, as in "W1[1,2]".
    """

    name: str
    values: Sequence[Value]
    shape: tuple[int, ...] = ()
    entry: str = "{}[{}]"

    @property
    def names(self) -> list[str]:
        """The names of the parameters."""
        if not self.shape:
            return [self.name]
        numbers = [[str(k) for k in range(1, size + 1)] for size in self.shape]
        # The format is applied only once, because there may be very many names. The # marks the
        # place of the indices.
        before, after = self.entry.format(self.name, "#").rsplit("#", 1)
        return [f"{before}{','.join(indices)}{after}" for indices in product(*numbers)]

    @property
    def array(self) -> Array:
        """A copy of the parameters' data."""
        return np.array([value.data for value in self.values], np.float64).reshape(self.shape)


class Module:
    """The base class of models. Its parameters are Values with names and in a stable order.

    A subclass needs only attributes and a `__call__`. Every Value that was made from a number, not
    computed, is a parameter. Values and Modules are found as attributes, and in nested lists,
    tuples, dicts and object arrays, in the order in which they were set. Each is counted once, even
    if it is used twice.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.height = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x[0] + self.height
    >>> Line()
    <Line: 2 parameters>
    >>> Line().named_parameters()
    [('slope', Value(2.0)), ('height', Value(1.0))]
    """

    def __call__(self, *args: Any) -> Any:
        """Return the outputs for one example, a Value or a list of Values.

        Raises:
            NotImplementedError: the module does not define it.
        """
        name = type(self).__name__
        advice = " (here it is not called forward)" if hasattr(self, "forward") else ""
        raise NotImplementedError(f"{name} needs a method __call__(self, x){advice}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {count_text(len(self.parameters()), 'parameter')}>"

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return (name, parameter) pairs, such as ("encoder.W1[1,2]", Value(0.5)).

        Each parameter occurs once, under its first name.

        Raises:
            TypeError: parameters are kept in a set, which has no stable order.
        """
        groups = _groups(self)
        return [pair for g in groups for pair in zip(g.names, g.values, strict=True)]

    def parameters(self) -> list[Value]:
        """Return the parameters, in the order of `named_parameters`.

        Raises:
            TypeError: parameters are kept in a set, which has no stable order.
        """
        return [value for group in _groups(self) for value in group.values]

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, before the next backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def arrays(self) -> dict[str, Array]:
        """Return copies of the parameters' data as arrays by name, "W1", "b1", ….

        Flattened and concatenated, they are in the order of `parameters`.
        """
        return {group.name: group.array for group in _groups(self)}

    def load_arrays(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Set all parameters from arrays such as `arrays` returns.

        Raises:
            TypeError: the arrays are not given by name, or one does not hold real numbers.
            ValueError: a name is missing or unknown, a shape is not the one expected, or a number
                is not finite. No parameter is changed then.
        """
        if not isinstance(arrays, Mapping):
            raise TypeError(
                f"the arrays are given by name, as net.arrays() has them; got {arrays!r}"
            )
        groups = list(_groups(self))
        names = [group.name for group in groups]
        if set(arrays) != set(names):
            raise ValueError(f"expected the arrays {sorted(names)}; got {sorted(arrays)}")
        given = [_array_for(group, arrays[group.name]) for group in groups]
        for group, array in zip(groups, given, strict=True):
            for parameter, number in zip(group.values, array.ravel().tolist(), strict=True):
                parameter.data = number

    def _parts(self) -> Iterator[tuple[str, Any]]:
        """Yield pairs (name, part). A part is a Value, a Module, a ParameterGroup or a container.

        A subclass overrides this method to change the order or the names.
        """
        yield from vars(self).items()

    def _parts_except(self, *names: str) -> Iterator[tuple[str, Any]]:
        """Yield the attributes that a subclass added: all except those named."""
        return ((name, part) for name, part in vars(self).items() if name not in names)


def modules_in(
    part: Any, kinds: type | tuple[type, ...], seen: set[int] | None = None
) -> Iterator[Any]:
    """Yield the modules of these classes in a module or a container of modules, each of them once.

    The search does not look inside the modules that it yields. `seen` has the ids of the visited
    objects.
    """
    seen = set() if seen is None else seen
    if id(part) in seen:
        return
    seen.add(id(part))
    if isinstance(part, kinds):
        yield part
    elif isinstance(part, Module):
        yield from modules_in(vars(part), kinds, seen)
    else:
        for entry in part.values() if isinstance(part, Mapping) else part:
            # Most entries are parameters. They are skipped, because a generator for each of them
            # would take time.
            if isinstance(entry, Module | Mapping | list | tuple):
                yield from modules_in(entry, kinds, seen)


def _groups(module: Module) -> Iterator[ParameterGroup]:
    """Yield all parameters of a module and its submodules, each of them once."""
    seen = {id(module)}  # the ids of the modules and parameters found so far
    for name, part in module._parts():
        yield from _groups_in(part, name, seen)


def _groups_in(part: Any, name: str, seen: set[int]) -> Iterator[ParameterGroup]:
    """Yield the parameters in a part of a module. `name` is the name of the part."""
    if isinstance(part, ParameterGroup):
        # The module that contains the group names it.
        yield from _yield_unseen(part._replace(name=name), seen)
    elif isinstance(part, Value):
        if not part.parents:
            yield from _yield_unseen(ParameterGroup(name, [part]), seen)
    elif isinstance(part, Module):
        if id(part) not in seen:
            seen.add(id(part))
            for inner, entry in part._parts():
                yield from _groups_in(entry, _join_names(name, inner), seen)
    else:
        yield from _groups_in_container(part, name, seen)


def _groups_in_container(part: Any, name: str, seen: set[int]) -> Iterator[ParameterGroup]:
    if isinstance(part, np.ndarray):
        if part.dtype == object:
            yield from _groups_in_array(part, name, seen)
    elif isinstance(part, Mapping):
        for key, entry in part.items():
            yield from _groups_in(entry, _join_names(name, f"{key}"), seen)
    elif isinstance(part, Sequence) and not isinstance(part, str | bytes | range):
        for k, entry in enumerate(part, start=1):
            yield from _groups_in(entry, _add_index(name, f"{k}"), seen)
    elif isinstance(part, AbstractSet) and any(isinstance(e, Value | Module) for e in part):
        raise TypeError(f"{name} is a set, whose order is not stable: keep parameters in a list")


def _groups_in_array(array: NDArray[Any], name: str, seen: set[int]) -> Iterator[ParameterGroup]:
    if all(isinstance(entry, Value) and not entry.parents for entry in array.flat):
        yield from _yield_unseen(ParameterGroup(name, array.ravel().tolist(), array.shape), seen)
        return
    for place, entry in np.ndenumerate(array):
        yield from _groups_in(entry, _add_index(name, ",".join(f"{k + 1}" for k in place)), seen)


def _yield_unseen(group: ParameterGroup, seen: set[int]) -> Iterator[ParameterGroup]:
    """Yield a group. If some of its parameters were seen before, yield the others one by one."""
    ids = {id(value) for value in group.values}
    if len(ids) == len(group.values) and seen.isdisjoint(ids):
        seen |= ids
        yield group
        return
    for name, value in zip(group.names, group.values, strict=True):
        if id(value) not in seen:
            seen.add(id(value))
            yield ParameterGroup(name, [value])


def _join_names(name: str, inner: str) -> str:
    return f"{name}.{inner}" if name and inner else name or inner


def _add_index(name: str, index: str) -> str:
    """Return name[index], or name[1,index] for a name that has an index already."""
    return f"{name[:-1]},{index}]" if name.endswith("]") else f"{name}[{index}]"


def _array_for(group: ParameterGroup, given: ArrayLike) -> Array:
    array = as_array(given, group.name)
    if array.shape != group.shape:
        raise ValueError(f"{group.name} must have shape {group.shape}; got shape {array.shape}")
    return array
