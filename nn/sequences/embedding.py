"""`Embedding`: a table with one vector of parameters for each token."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.functions import dot
from autograd.engine.number import shortened
from autograd.engine.value import Value

from ..initialization import Seed
from ..module import Module
from .vectors import label_entries, parameter_matrix


class Embedding(Module):
    """A table E with one row for each token. The rows are learned like all other parameters.

    Args:
        count: how many tokens there are.
        size: the length of each vector.
        seed: for the initial numbers, an int or a numpy Generator.
        name: the name of the table in labels.
        deviation: the standard deviation of the initial numbers.

    >>> table = Embedding(3, 2, seed=0)
    >>> [v.label for v in table(1)]
    ['E[2,1]', 'E[2,2]']
    """

    equations = ("x = eₖ, row k of the table E", "for a token as a vector y of 0 and 1: x = Eᵀ y")

    def __init__(
        self, count: int, size: int, seed: Seed = None, *, name: str = "E", deviation: float = 0.08
    ) -> None:
        if not isinstance(name, str):
            raise TypeError(f"name must be a string; got {shortened(name)}")
        self.table = parameter_matrix(name, count, size, deviation, seed)

    def __call__(self, token: int | Sequence[Value]) -> list[Value]:
        """Return the vector of a token.

        Args:
            token: its number, counted from 0, or a vector with one entry for each token, which is
                1 for the token and 0 for all others.

        Raises:
            TypeError: the token is neither a whole number nor a vector.
            ValueError: there is no such token, or the vector has another length.
        """
        count = len(self.table)
        if isinstance(token, int):
            if not 0 <= token < count:
                raise ValueError(f"there is no token {token}: {count} tokens, counted from 0")
            return list(self.table[token])
        if not isinstance(token, Sequence):
            raise TypeError(f"a token is a whole number or a vector; got {shortened(token)}")
        if len(token) != count:
            raise ValueError(
                f"a token is a whole number or a vector of {count} numbers; got {shortened(token)}"
            )
        return label_entries("x", [dot(token, column) for column in self.table.T])
