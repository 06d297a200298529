"""The numbers of a program's parameters, and how they are copied from and to the Values."""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from .instructions import Array


class Weights:
    """What `Program` and `BranchingProgram` have in common.

    Attributes:
        parameters: the Values that are no inputs, in the order of `weights` and `gradients`.
        weights: the parameters' numbers in one array, shape (parameters,).
        gradients: the gradients of the last `value_and_grad`.
    """

    parameters: list[Value]
    weights: Array
    gradients: Array
    _has_gradients = False

    def __getattr__(self, name: str) -> Any:
        if name == "backward":
            raise AttributeError(
                f"a {type(self).__name__} has no backward. program.value_and_grad(columns, 'mean') "
                "returns the mean output and the parameters' gradients; program.write_back() "
                "copies them to each parameter's .grad"
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def write_back(self) -> None:
        """Copy `weights` to the parameters' `.data`, and the last gradients to their `.grad`."""
        for parameter, weight in zip(self.parameters, self.weights.tolist(), strict=True):
            parameter.data = weight
        if self._has_gradients:  # for the parameters that were known at the last `value_and_grad`
            for parameter, gradient in zip(self.parameters, self.gradients.tolist(), strict=False):
                parameter.grad = gradient

    def read_values(self) -> None:
        """Copy the parameters' `.data` to `weights`, after changing them by hand."""
        self.weights[:] = [parameter.data for parameter in self.parameters]
