"""`RNN`: a recurrent network, which reads one vector after the other."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.engine.block import block
from autograd.engine.functions import constant, tanh
from autograd.engine.number import Number
from autograd.engine.value import Value

from ..arrays import check_count
from ..initialization import Seed, random_generator
from ..module import Module
from .vectors import (
    Vector,
    check_vectors,
    label_entries,
    multiply,
    parameter_matrix,
    parameter_vector,
)


class RNN(Module):
    """A recurrent network: the state h after each input depends on the input and the state before.

    Args:
        inputs: the length of each input vector.
        size: the length of the state.
        outputs: the length of each output vector.
        seed: for the initial numbers, an int or a numpy Generator.

    >>> rnn = RNN(1, 3, 2, seed=0)
    >>> [len(y) for y in rnn([[0.5], [0.1], [0.2]])]
    [2, 2, 2]
    """

    equations = ("hₜ = tanh(W xₜ + U hₜ₋₁ + b), with h₀ = 0", "yₜ = V hₜ + c")

    def __init__(self, inputs: int, size: int, outputs: int, seed: Seed = None) -> None:
        check_count(inputs, "the number of inputs")
        check_count(size, "the number of hidden neurons")
        generator = random_generator(seed)
        self.W = parameter_matrix("W", size, inputs, inputs**-0.5, generator)
        self.U = parameter_matrix("U", size, size, size**-0.5, generator)
        self.b = parameter_vector("b", [0.0] * size)
        self.V = parameter_matrix("V", outputs, size, size**-0.5, generator)
        self.c = parameter_vector("c", [0.0] * outputs)

    def __call__(self, xs: Sequence[Sequence[Value | Number]]) -> list[list[Value]]:
        """Return one output vector for each input vector.

        Raises:
            TypeError: the input is not a list of vectors.
            ValueError: a vector has another length.
        """
        check_vectors(xs, self.W.shape[1])
        state: list[Value] = []
        outputs = []
        for t, x in enumerate(xs, start=1):
            with block(f"step {t}"):
                state = self._step(t, x, state)
                y = [v + c for v, c in zip(multiply(self.V, state), self.c, strict=True)]
                outputs.append(label_entries(f"y{t}", y))
        return outputs

    def _step(self, t: int, x: Sequence[Value | Number], state: Vector) -> list[Value]:
        """Return hₜ. The state is hₜ₋₁, or an empty list before the first step."""
        # Plain numbers become constants x1[1], x1[2], …. A Value in x keeps its own label.
        constants = label_entries(f"x{t}", [constant(0 if isinstance(v, Value) else v) for v in x])
        inputs = [v if isinstance(v, Value) else c for v, c in zip(x, constants, strict=True)]
        z = [w + b for w, b in zip(multiply(self.W, inputs), self.b, strict=True)]
        if state:
            z = [a + u for a, u in zip(z, multiply(self.U, state), strict=True)]
        return label_entries(f"h{t}", [tanh(entry) for entry in label_entries(f"z{t}", z)])
