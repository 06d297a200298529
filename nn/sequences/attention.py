"""Causal attention, in which each token reads from itself and the tokens before it."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.block import block
from autograd.engine.functions import dot
from autograd.engine.value import Value

from ..activations import softmax
from ..arrays import check_count
from ..initialization import Seed, random_generator
from ..module import Module
from .vectors import Vector, check_vectors, label_entries, multiply, parameter_matrix


class Attention(Module):
    """Attention with several heads. The output of token t depends on the tokens 1 … t.

    Every token has a query q, a key k and a value v. The output of token t is a weighted average of
    the values. The weight of token s grows with the product of the query of t and the key of s.
    Each head computes such an average with its own part of these vectors.

    Args:
        size: the length of the vector of a token.
        heads: the number of heads, which divides the size.
        seed: for the initial numbers, an int or a numpy Generator.
        deviation: the standard deviation of the initial numbers.

    Raises:
        ValueError: the number of heads does not divide the size.

    >>> attention = Attention(4, 2, seed=0)
    >>> [len(y) for y in attention([[Value(1.0)] * 4, [Value(2.0)] * 4])]
    [4, 4]
    """

    equations = (
        "q = Q x, k = K x, v = V x, each divided among the heads",
        "aₜₛ = softmaxₛ(qₜ·kₛ/√d) for s ≤ t",
        "oₜ = Σₛ aₜₛ vₛ",
        "y = O o, with the o of all heads one below the other",
    )

    def __init__(
        self, size: int, heads: int, seed: Seed = None, *, deviation: float = 0.08
    ) -> None:
        check_count(size, "the length of the vectors")
        check_count(heads, "the number of heads")
        if size % heads:
            raise ValueError(f"{heads} heads cannot divide vectors of length {size} evenly")
        generator = random_generator(seed)
        self.heads, self.head_size = heads, size // heads
        self.Q, self.K, self.V, self.O = (
            parameter_matrix(name, size, size, deviation, generator) for name in "QKVO"
        )

    def __call__(self, xs: Sequence[Vector]) -> list[list[Value]]:
        """Return one vector for each token.

        Raises:
            TypeError: the input is not a list of vectors.
            ValueError: a vector has another length.
        """
        check_vectors(xs, len(self.Q))
        q, k, v = ([], [], [])
        for t, x in enumerate(xs, start=1):
            with block(f"token {t}"):
                q.append(multiply(self.Q, x, "q"))
                k.append(multiply(self.K, x, "k"))
                v.append(multiply(self.V, x, "v"))
        heads = [self._head(h, q, k, v) for h in range(self.heads)]
        outputs = []
        for t, vectors in enumerate(zip(*heads, strict=True), start=1):
            with block(f"token {t}"):
                outputs.append(multiply(self.O, [o for vector in vectors for o in vector], "y"))
        return outputs

    def _head(
        self, h: int, q: list[list[Value]], k: list[list[Value]], v: list[list[Value]]
    ) -> list[list[Value]]:
        """Return oₜ of one head for each token."""
        part = slice(h * self.head_size, (h + 1) * self.head_size)
        outputs = []
        with block(f"head {h + 1}"):
            for t, query in enumerate(q):
                with block(f"token {t + 1}"):
                    scores = [
                        dot(query[part], key[part]) * self.head_size**-0.5 for key in k[: t + 1]
                    ]
                    weights = softmax(scores)
                    for s, weight in enumerate(weights, start=1):
                        weight.label = f"a[{t + 1},{s}]"
                    columns = zip(*(value[part] for value in v[: t + 1]), strict=True)
                    outputs.append(label_entries("o", [dot(weights, column) for column in columns]))
        return outputs
