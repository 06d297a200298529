"""`Block`: one layer of a transformer, which is attention and a small network."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.block import block
from autograd.engine.functions import relu
from autograd.engine.value import Value

from ..initialization import Seed, random_generator
from ..module import Module
from .attention import Attention
from .norms import RMSNorm
from .vectors import Vector, add, multiply, parameter_matrix


class Block(Module):
    """One layer of a GPT: attention, and then a small network for each token.

    The result of each of these two parts is added to the part's input. This is called a residual
    connection.

    Args:
        size: the length of the vector of a token.
        heads: the number of heads of the attention.
        seed: for the initial numbers, an int or a numpy Generator.
        deviation: the standard deviation of the initial numbers.

    >>> layer = Block(4, 2, seed=0)
    >>> [len(y) for y in layer([[Value(1.0)] * 4, [Value(2.0)] * 4])]
    [4, 4]
    """

    equations = ("h = x + attention(norm(x))", "y = h + W₂ relu(W₁ norm(h))")

    def __init__(
        self, size: int, heads: int, seed: Seed = None, *, deviation: float = 0.08
    ) -> None:
        generator = random_generator(seed)
        self.attention = Attention(size, heads, generator, deviation=deviation)
        self.W1 = parameter_matrix("W1", 4 * size, size, deviation, generator)
        self.W2 = parameter_matrix("W2", size, 4 * size, deviation, generator)
        self._norm = RMSNorm(size)

    def __call__(self, xs: Sequence[Vector]) -> list[list[Value]]:
        """Return one vector for each token."""
        with block("attention"):
            changes = self.attention([self._normalize(t, x) for t, x in enumerate(xs, start=1)])
        with block("MLP"):
            pairs = enumerate(zip(xs, changes, strict=True), start=1)
            return [self._transform(t, add(x, y)) for t, (x, y) in pairs]

    def _normalize(self, t: int, x: Vector) -> list[Value]:
        with block(f"token {t}"):
            return self._norm(x)

    def _transform(self, t: int, h: list[Value]) -> list[Value]:
        with block(f"token {t}"):
            inner = [relu(z) for z in multiply(self.W1, self._norm(h))]
            return add(h, multiply(self.W2, inner), "x")  # the input x of the next block
