"""`Module`: anything with parameters, as a tree, with names and with arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.value import Value

from .arrays import Array as Array


class Module:
    """Anything with parameters: Values that learning changes, named, in a stable order.

    Your own module needs no more than attributes: every Value, every Module, and every list or
    tuple of them is found, in the order in which they were set.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.height = Value(2.0), Value(1.0)
    >>> Line().named_parameters()
    [('slope', Value(2.0)), ('height', Value(1.0))]
    """

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Return (name, parameter) pairs, each name once: "W1[1,2]", or "encoder.W1[1,2]"."""
        pairs: list[tuple[str, Value]] = []
        for name, part in _parts(self):
            inner = [("", part)] if isinstance(part, Value) else part.named_parameters()
            pairs += [(_joined(name, label), parameter) for label, parameter in inner]
        return pairs

    def parameters(self) -> list[Value]:
        """Return the parameters, in the order of `named_parameters`."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0, before the next backward pass."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def arrays(self) -> dict[str, Array]:
        """Return copies of the parameters' data as arrays by name, "W1", "b1", ….

        Laid end to end they are the parameters in their order.
        """
        arrays: dict[str, Array] = {}
        for name, part in _parts(self):
            inner = {"": np.array(part.data)} if isinstance(part, Value) else part.arrays()
            arrays |= {_joined(name, label): array for label, array in inner.items()}
        return arrays

    def load_arrays(self, arrays: Mapping[str, ArrayLike]) -> None:
        """Set all parameters from arrays as `arrays` returns them; all of them or none.

        Raises:
            ValueError: a name is missing or unknown, a shape is not the one expected, or a number
                is not finite. Nothing is changed then.
        """
        expected = self.arrays()
        if set(arrays) != set(expected):
            raise ValueError(f"expected the arrays {sorted(expected)}; got {sorted(arrays)}")
        given = [_fitting(name, arrays[name], array) for name, array in expected.items()]
        flat = np.concatenate([array.ravel() for array in given]).tolist() if given else []
        for parameter, number in zip(self.parameters(), flat, strict=True):
            parameter.data = number


def _parts(module: Module) -> Iterator[tuple[str, Value | Module]]:
    """Yield what a module is made of: Values and Modules, alone or in lists, by attribute name."""
    for name, attribute in vars(module).items():
        if not isinstance(attribute, list | tuple):
            yield from _part(name, attribute)
        else:
            for k, entry in enumerate(attribute, start=1):
                yield from _part(f"{name}[{k}]", entry)


def _part(name: str, attribute: Any) -> Iterator[tuple[str, Value | Module]]:
    if isinstance(attribute, Module) or (isinstance(attribute, Value) and not attribute.parents):
        yield name, attribute


def _joined(name: str, label: str) -> str:
    return f"{name}.{label}" if label else name


def _fitting(name: str, given: ArrayLike, expected: Array) -> Array:
    array = np.asarray(given, dtype=np.float64)
    if array.shape != expected.shape:
        raise ValueError(f"{name} must have shape {expected.shape}; got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite")
    return array
