"""Three libraries behind one small interface, so that each benchmark's mathematics stands once.

Every network holds the same weights. gradtrace's is its own `MLP`; the rivals' is micrograd's
`nn.Neuron`, line for line, over their own numbers.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from importlib import util
from typing import Any, Protocol, TypeVar

from autograd import Value
from nn import MLP

Numbers = Sequence[Any]
Arrays = Sequence[Any]
T = TypeVar("T")


class Network(Protocol):
    """What a benchmark does with a network."""

    def __call__(self, x: Numbers) -> list[Any]: ...

    def parameters(self) -> list[Any]: ...


class ScalarNetwork:
    """Layers of neurons as micrograd has them: ``sum((wi * xi …), b)``, then the activation."""

    def __init__(
        self,
        leaf: Callable[[float], Any],
        weights: Arrays,
        biases: Arrays,
        activations: Sequence[Callable[[Any], Any] | None],
    ) -> None:
        self.weights = [[[leaf(float(v)) for v in row] for row in w] for w in weights]
        self.biases = [[leaf(float(v)) for v in b] for b in biases]
        self.activations = activations

    def __call__(self, x: Numbers) -> list[Any]:
        for w, b, activation in zip(self.weights, self.biases, self.activations, strict=True):
            sums = [sum((wi * xi for wi, xi in zip(row, x)), bi) for row, bi in zip(w, b)]  # noqa: B905
            x = [activation(z) for z in sums] if activation else sums
        return list(x)

    def parameters(self) -> list[Any]:
        """Layer by layer, W row by row, then b: gradtrace's order."""
        layers = zip(self.weights, self.biases, strict=True)
        return [p for w, b in layers for p in [*(v for row in w for v in row), *b]]


def parameters_of(made: Any) -> Numbers:
    """Return a network's parameters; leaves without a network are their own."""
    return made if isinstance(made, list) else made.parameters()


class Library:
    """How to use one library. Subclasses say what differs; `distribution` is its name on PyPI."""

    distribution: str
    module: str

    def __init__(self) -> None:
        self.engine = importlib.import_module(self.module)
        self.kept: Any = None

    @classmethod
    def installed(cls) -> bool:
        return util.find_spec(cls.module.split(".")[0]) is not None

    def leaf(self, number: float) -> Any:
        raise NotImplementedError

    def network(
        self, weights: Arrays, biases: Arrays, activation: str, output_activation: str
    ) -> Network:
        names = [activation] * (len(weights) - 1) + [output_activation]
        activations = [getattr(self, name, None) for name in names]  # "linear" has no function
        return ScalarNetwork(self.leaf, weights, biases, activations)

    def start(self, make: Callable[[], T]) -> T:
        """Return what `make` returns, ready to record: the same each time, as in training."""
        if self.kept is None:
            self.kept = make()
        self.zero_grad(parameters_of(self.kept))
        return self.kept

    def zero_grad(self, parameters: Numbers) -> None:
        for parameter in parameters:
            parameter.grad = 0.0

    def backward(self, output: Any) -> None:
        output.backward()

    def gradients(self, parameters: Numbers) -> list[float]:
        return [parameter.grad for parameter in parameters]

    def data(self, output: Any) -> float:
        return float(output.data)

    def update(self, parameters: Numbers, rate: float) -> None:
        for parameter in parameters:
            parameter.data -= rate * parameter.grad


class Gradtrace(Library):
    distribution = "gradtrace"
    module = "autograd"

    def leaf(self, number: float) -> Value:
        return Value(number)

    def relu(self, x: Value) -> Value:
        return x.relu()

    def network(
        self, weights: Arrays, biases: Arrays, activation: str, output_activation: str
    ) -> Network:
        return MLP.from_arrays(weights, biases, activation, output_activation)


class Micrograd(Library):
    distribution = "micrograd"
    module = "micrograd.engine"

    def leaf(self, number: float) -> Any:
        return self.engine.Value(number)

    def relu(self, x: Any) -> Any:
        return x.relu()

    def sigmoid(self, x: Any) -> Any:
        """micrograd has neither exp nor sigmoid; this one is in the style of its relu."""
        out = self.engine.Value(1 / (1 + math.exp(-x.data)), (x,), "sigmoid")

        def _backward() -> None:
            x.grad += out.data * (1 - out.data) * out.grad

        out._backward = _backward
        return out


class Xad(Library):
    """A new tape for each run; its parameters belong to the tape and are made anew with it."""

    distribution = "xad"
    module = "xad.adj_1st"

    def leaf(self, number: float) -> Any:
        return self.engine.Real(number)

    def relu(self, x: Any) -> Any:
        return x if x > 0 else self.engine.Real(0.0)  # quicker than recording xad.math.max

    def sigmoid(self, x: Any) -> Any:
        return 1.0 / (1.0 + self.exp(-x))

    def start(self, make: Callable[[], T]) -> T:
        self.exp = importlib.import_module("xad.math").exp
        self.tape = self.engine.Tape()
        self.tape.activate()
        made = make()
        for parameter in parameters_of(made):
            self.tape.registerInput(parameter)
        self.tape.newRecording()
        return made

    def zero_grad(self, parameters: Numbers) -> None:
        """A new recording starts at 0."""

    def backward(self, output: Any) -> None:
        self.tape.registerOutput(output)
        output.setDerivative(1.0)
        self.tape.computeAdjoints()

    def gradients(self, parameters: Numbers) -> list[float]:
        return [parameter.getDerivative() for parameter in parameters]

    def data(self, output: Any) -> float:
        return float(output.getValue())

    def update(self, parameters: Numbers, rate: float) -> None:
        for k, gradient in enumerate(self.gradients(parameters)):
            parameters[k] -= rate * gradient  # type: ignore[index]


def installed() -> list[Library]:
    """Return gradtrace and those of its rivals that can be imported."""
    return [library() for library in (Gradtrace, Micrograd, Xad) if library.installed()]
