"""`sensitivities`, which ranks the parameters by how strongly the cost depends on each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

from autograd.encoding import encodable
from autograd.engine.value import Value
from autograd.graph.wording import aligned, number_text

from ..module import Module
from ..parameters import name_parameters

_ROWS = 8  # rows that are printed; a longer list also shows the least sensitive parameters


class Sensitivity(NamedTuple):
    """A parameter and its derivative ∂C/∂θ, which says how strongly the cost depends on it."""

    label: str
    gradient: float


@dataclass(frozen=True)
class Sensitivities(Sequence[Sensitivity]):
    """Parameters ranked by the size of their gradient, the most sensitive first.

    >>> w, b = Value(1.0, "w"), Value(0.0, "b")
    >>> w.grad, b.grad = 3.2, -0.1
    >>> ranked = sensitivities([w, b])
    >>> ranked.compare("w", "b")
    'the cost is 32× more sensitive to w (3.2) than to b (−0.1)'
    """

    ranked: tuple[Sensitivity, ...]

    def __len__(self) -> int:
        return len(self.ranked)

    @overload
    def __getitem__(self, index: int) -> Sensitivity: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Sensitivity, ...]: ...
    def __getitem__(self, index: int | slice) -> Sensitivity | tuple[Sensitivity, ...]:
        return self.ranked[index]

    def most(self, count: int = 3) -> tuple[Sensitivity, ...]:
        """Return the parameters to which the cost is most sensitive, in order."""
        return self.ranked[:count]

    def least(self, count: int = 3) -> tuple[Sensitivity, ...]:
        """Return the parameters with the smallest gradients other than 0, the smallest first."""
        return tuple(entry for entry in reversed(self.ranked) if entry.gradient)[:count]

    @property
    def idle(self) -> int:
        """The number of parameters whose gradient is 0."""
        return sum(entry.gradient == 0 for entry in self.ranked)

    def compare(self, one: str, other: str) -> str:
        """Return a sentence that compares how sensitive the cost is to two parameters.

        Raises:
            ValueError: there is no parameter with that label.
        """
        more, less = sorted((self._find(one), self._find(other)), key=lambda s: -abs(s.gradient))
        if not more.gradient:
            return f"to first order, the cost reacts neither to {one} nor to {other}"
        size = f"{more.label} ({number_text(more.gradient)})"
        if not less.gradient:
            return f"to first order, the cost reacts to {size} but not to {less.label}"
        ratio = number_text(abs(more.gradient / less.gradient), digits=3)
        return (
            f"the cost is {ratio}× more sensitive to {size} "
            f"than to {less.label} ({number_text(less.gradient)})"
        )

    def _find(self, label: str) -> Sensitivity:
        for entry in self.ranked:
            if entry.label == label:
                return entry
        raise ValueError(f"no parameter is labeled {label!r}")

    @encodable
    def __str__(self) -> str:
        lines = ["The cost is most sensitive to"]
        lines += aligned([[s.label, number_text(s.gradient)] for s in self.most(_ROWS)])
        if len(self.ranked) > _ROWS:
            lines.append("and least, of those whose gradient is not 0, to")
            lines += aligned([[s.label, number_text(s.gradient)] for s in self.least()])
        if self.idle:
            lines.append(
                f"To first order, it does not react to {self.idle:,} of {len(self):,} at all."
            )
        return "\n".join(lines)

    __repr__ = __str__


def sensitivities(model: Module | Sequence[Value]) -> Sensitivities:
    """Return the parameters ranked by |∂C/∂θ|, from the gradients of the last backward pass.

    A gradient says how sensitive the cost is. If one gradient is 3.2 and another is 0.1, a small
    change of the first parameter changes the cost 32 times as much as the same change of the
    second. This holds to first order. Where a gradient is 0, as at a minimum, a change of the
    parameter may still change the cost. `wiggle` measures how much.

    Args:
        model: a network, or parameters.

    Raises:
        TypeError: `model` is neither a network nor a list of parameters.
        ValueError: all gradients are 0, because `backward` was not called or the cost is at a
            minimum.

    >>> w, b = Value(1.0, "w"), Value(0.5, "b")
    >>> (3 * w + 0.1 * b).backward()
    >>> print(sensitivities([b, w]))
    The cost is most sensitive to
      w  3
      b  0.1
    """
    pairs = model.named_parameters() if isinstance(model, Module) else name_parameters(model)
    if not any(parameter.grad for _, parameter in pairs):
        raise ValueError("every gradient is 0; call backward() on a cost of this model first")
    entries = [Sensitivity(label, parameter.grad) for label, parameter in pairs]
    return Sensitivities(tuple(sorted(entries, key=lambda entry: -abs(entry.gradient))))
