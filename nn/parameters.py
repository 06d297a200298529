"""Parameters as arguments: a Module, Values, or names."""

from __future__ import annotations

from collections.abc import Iterable

from autograd.engine.number import check_list, shortened
from autograd.engine.value import Value

from .module import Module

Parameters = Module | Iterable[Value | str | tuple[str, Value]]
"""Parameters of a model: a Module, or Values, or their names, or pairs of both."""


def name_parameters(parameters: Parameters) -> list[tuple[str, Value]]:
    """Return (name, parameter) pairs, with each parameter once.

    A Value without a name is named by its label.
    """
    if isinstance(parameters, Module):
        return name_parameters(parameters.named_parameters())
    pairs: dict[Value, str] = {}
    if not isinstance(parameters, Value):
        check_list("parameters", parameters)
    for each in [parameters] if isinstance(parameters, Value) else parameters:
        name, value = each if isinstance(each, tuple) else (getattr(each, "label", ""), each)
        if not isinstance(value, Value):
            raise TypeError(
                f"parameters are Values, such as net.parameters(); got {shortened(each)}"
            )
        pairs.setdefault(value, name)
    return [(name, value) for value, name in pairs.items()]


def members_of(parameters: Parameters) -> list[Value | str]:
    """Return the chosen parameters as a list of Values and names, without duplicates."""
    if isinstance(parameters, str):
        return [parameters]
    if isinstance(parameters, Module | Value):
        return [value for _, value in name_parameters(parameters)]
    check_list("parameters", parameters)
    chosen = list(parameters)
    names = [each for each in chosen if isinstance(each, str)]
    values = name_parameters(each for each in chosen if not isinstance(each, str))
    return [*dict.fromkeys(names), *(value for _, value in values)]
