"""Scopes, which give the names in an expression their meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from ..engine.value import Value
from .quantity import (
    Quantity,
    scalar,
)
from .sheet_source import Source, WorksheetError
from .suggestion import suggestion
from .trees import Derivative, Name
from .vocabulary import function_name


class Scope(Protocol):
    """The meaning of the names in an expression."""

    def quantity(self, name: str) -> Quantity | None:
        """Return the quantity with this name, or None if it is not defined."""

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Return the values of a derivative dC/dw."""

    def names(self) -> Iterable[str]:
        """Return all defined names."""


class Names:
    """A scope of given quantities, without derivatives."""

    def __init__(self, quantities: Mapping[str, Value | Quantity]) -> None:
        self._quantities = {
            name: scalar(q) if isinstance(q, Value) else q for name, q in quantities.items()
        }

    def quantity(self, name: str) -> Quantity | None:
        """Return the quantity with this name, or None if it is not defined."""
        return self._quantities.get(name)

    def derivative(self, tree: Derivative, source: Source) -> Quantity:
        """Raise an error, because derivatives need a worksheet."""
        raise source.error(f"{tree} has no meaning outside a worksheet", tree.place)

    def names(self) -> Iterable[str]:
        """Return all defined names."""
        return self._quantities


class Bound:
    """A scope that adds a value for the variable of a function to another scope."""

    def __init__(self, scope: Scope, name: str, value: Quantity) -> None:
        self._scope, self._name, self._value = scope, name, value
        self.derivative, self.names = scope.derivative, scope.names

    def quantity(self, name: str) -> Quantity | None:
        """Return the value of the variable, or the quantity that the other scope has."""
        return self._value if name == self._name else self._scope.quantity(name)


def hint_for(name: str, scope: Scope) -> str:
    if function_name(name):
        return f"; write the function as {name}(…)"
    known = list(scope.names())
    if near := suggestion(name, known):
        return near
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"; write {name} = … on a line before this one. Defined are: {shown or 'no names yet'}"


def computed(
    place: int, source: Source, compute: Callable[[], Quantity], what: str = ""
) -> Quantity:
    """Return `compute()`, and turn its errors into worksheet errors that point at `place`.

    The message of such an error begins with `what`.
    """
    try:
        return compute()
    except WorksheetError:
        raise
    except (ValueError, ArithmeticError, TypeError) as error:
        # "log(-1.0): needs x > 0" becomes "log(-1.0) has no value, because it needs x > 0".
        message = str(error).replace(": needs ", " has no value, because it needs ", 1)
        raise source.error(what + message, place) from None


def named(tree: Name, scope: Scope, source: Source) -> Quantity:
    """Return the quantity that a name refers to, or the part of it that the index selects.

    Raises:
        WorksheetError: the quantity is not defined, or the index does not exist.
    """
    found = scope.quantity(tree.name)
    if found is None:
        raise source.error(f"{tree.name} is not defined{hint_for(tree.name, scope)}", tree.place)
    what = f"there is no {tree}, because "
    return computed(tree.place, source, lambda: found.at(tree.index), what)
