"""What an operation is: a name, one formula, its local derivatives, and all that is known of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from .namespace import FLOATS as FLOATS
from .namespace import Namespace as Namespace

T = TypeVar("T")


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation.

    Attributes:
        name: how it is found in the table; constants are part of it, as in ``power(3.0)``.
        arity: the number of inputs, None for any number.
        forward: ``forward(xp, *inputs)``, the value.
        partials: ``partials(xp, output, *inputs)``, the local derivatives, one for each input.
        glyph: the short sign in pictures and text.
        latex: the function's name in LaTeX, for operations that are written as a call, σ(z). The
            others are written by their formula.
        needs: which inputs are allowed, for error messages.
        convention: which slope is taken where the sides differ, for operations with a kink.
        composite: whether `Graph.expand` splits it into plainer operations.
        infix: whether it is written between its operands. The others can be called by name.
        kinked: whether its slope jumps somewhere.
        activation: whether neurons use it, and how: rectifying ones pass one side through, so that
            their weights start larger.
        square: whether it squares its input or its inputs' differences.
        monotone: 1 if it never falls, −1 if it never rises, else 0. The values on an interval then
            lie between those at its ends.
        aliases: other names for it in worksheets.
        ufunc: NumPy's name for it, where that differs. NumPy calls the method of this name on each
            entry of an array of Values.
    """

    name: str
    arity: int | None
    forward: Callable[..., Any]
    partials: Callable[..., tuple[Any, ...]]
    glyph: str
    latex: str = ""
    needs: str = ""
    convention: str = ""
    composite: bool = False
    infix: bool = False
    kinked: bool = False
    activation: Literal["", "saturating", "rectifying"] = ""
    square: bool = False
    monotone: Literal[-1, 0, 1] = 0
    aliases: tuple[str, ...] = ()
    ufunc: str = ""

    @property
    def family(self) -> str:
        """The name without constants: "leaky_relu" for every slope."""
        return self.name.partition("(")[0]

    def __call__(self, xp: Any, *inputs: Any) -> Any:
        """Return the value over `xp`, by the namespace's own function of this name if it has one.

        A formula may therefore call another operation. It is then differentiated through that
        operation, printed as σ(x), and evaluated by the same formula over floats and arrays.
        """
        own = getattr(xp, self.name, None) if self.name in OPS else None
        return own(*inputs) if own else self.forward(xp, *inputs)

    def reproduces(self, output: float, partials: Sequence[float], inputs: Sequence[float]) -> bool:
        """Whether the operation still gives this output and these partials, to 1e-12.

        It does not if data was changed after recording.
        """
        try:
            again = self.forward(FLOATS, *inputs)
            slopes = local_derivatives(self, again, inputs)
        except (ArithmeticError, ValueError, TypeError):
            return False
        if again == output and tuple(slopes) == tuple(partials):
            return True
        return len(slopes) == len(partials) and all(
            math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-300) or (old != old and new != new)
            for old, new in zip((output, *partials), (again, *slopes), strict=True)
        )

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        return op_named, (self.name,)


def local_derivatives(op: Op, output: float, inputs: Sequence[float]) -> tuple[float, ...]:
    """Return the local derivatives over floats, inf or nan where they are not finite.

    Python's floats raise an error there, as in 1/0; NumPy's give inf or nan.

    >>> from autograd.engine.ops import SQRT
    >>> local_derivatives(SQRT, 0.0, [0.0])
    (inf,)
    """
    try:
        return op.partials(FLOATS, output, *inputs)
    except (ArithmeticError, ValueError):
        numbers = [np.float64(x) for x in (output, *inputs)]
        with np.errstate(all="ignore"):
            return tuple(float(slope) for slope in op.partials(np, *numbers))


def in_form(xp: Any, *, computed: Callable[[], T], textbook: Callable[[], T]) -> T:
    """Return the numerically stable form, or the textbook form if ``xp.textbook`` is true.

    Everybody writes σ′ = σ(1 − σ), but 1 − σ(40) is 0 in floating point. The tests prove the two
    forms equal.
    """
    return textbook() if getattr(xp, "textbook", False) else computed()


OPS: dict[str, Op] = {}


def row(op: Op) -> Op:
    """Enter an operation in the table and return it."""
    OPS[op.name] = op
    return op


# Operations that users have added, by name.
USERS: dict[str, Op] = {}

# Makers of operations with a constant in them, by name: power(3), leaky_relu(0.01).
MAKERS: dict[str, Callable[[float], Op]] = {}

# Operations that a maker has made, while somebody uses them.
_MADE: WeakValueDictionary[str, Op] = WeakValueDictionary()


def unique(op: Op) -> Op:
    """Return the operation of this name that is in use already, else this one.

    A maker keeps a bounded number of operations. One that it has dropped while nodes still hold it
    is found again here, so that equal operations are the same object.
    """
    return _MADE.setdefault(op.name, op)


def op_named(name: str) -> Op:
    """Return the operation of that name, such as ``tanh``, ``power(3.0)`` or one of the user's.

    Raises:
        ValueError: there is no such operation.

    >>> from autograd.engine import ops
    >>> op_named("tanh") is ops.TANH, op_named("power(2.0)") is ops.power(2)
    (True, True)
    """
    if name in OPS or name in USERS:
        return OPS.get(name) or USERS[name]
    made = re.fullmatch(r"(\w+)\((-?[\d.e+-]+)\)", name)
    if made and made[1] in MAKERS:
        return MAKERS[made[1]](float(made[2]))
    raise ValueError(
        f"no operation is named {name!r}; there are {', '.join([*OPS, *MAKERS, *USERS])}. One of "
        "your own is made by autograd.operation before it is asked for."
    )
