"""`Identity`: what must agree before a saved training is loaded into a model."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..activations import activation_name
from ..layers import Layer
from ..module import Module, modules_in
from ..neuron import Neuron


@dataclass(frozen=True)
class Identity:
    """The names and shapes of a model's parameters, and its activations.

    Attributes:
        shapes: the shape of every array of parameters, by name.
        activations: the activations of all layers and neurons, in order.
    """

    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    activations: tuple[str, ...] = ()

    def check_same(self, other: Identity, ours: str, theirs: str) -> None:
        """Refuse a model with another identity.

        Args:
            other: the identity of the other model.
            ours: what this model is called in the message, such as "the history".
            theirs: what the other one is called.
        """
        for name in [*self.shapes, *(name for name in other.shapes if name not in self.shapes)]:
            here, there = self.shapes.get(name), other.shapes.get(name)
            if here != there:
                raise ValueError(
                    f"{ours} belongs to another network than {theirs}: {name} has "
                    f"{_shape(here)} in {ours}, {_shape(there)} in {theirs}"
                )
        if self.activations != other.activations:
            raise ValueError(
                f"{ours} belongs to another network than {theirs}: the activations are "
                f"{_join_names(self.activations)} in {ours}, "
                f"{_join_names(other.activations)} in {theirs}"
            )


def identify(model: Module) -> Identity:
    """Return the names and shapes of a model's parameters, and its activations."""
    shapes = {name: array.shape for name, array in model.arrays().items()}
    parts = modules_in(model, (Layer, Neuron))
    return Identity(shapes, tuple(activation_name(part.activation) for part in parts))


def _shape(shape: tuple[int, ...] | None) -> str:
    return "no array" if shape is None else f"shape {shape}"


def _join_names(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
