"""What an operation is: a name, one formula, and the namespaces that the formula runs over."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def _pow(base: float, exponent: float) -> float:
    """baseᵉˣᵖᵒⁿᵉⁿᵗ among the reals: where Python's ``**`` turns complex, a ValueError."""
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("a negative base with a fractional exponent is not a real number")
    return float(result)


def _where(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


def _maximum(a: float, b: float) -> float:
    return a if a >= b else b


def _minimum(a: float, b: float) -> float:
    return a if a <= b else b


def _cosh(x: float) -> float:
    """Cosh x, ∞ where it leaves the floats: what is divided by it is then 0, as it should be."""
    try:
        return math.cosh(x)
    except OverflowError:
        return math.inf


class Floats:
    """The namespace of Python floats; errors are those of `math`."""

    exp, log, log1p, sqrt = math.exp, math.log, math.log1p, math.sqrt
    sin, cos, tan, tanh, atan = math.sin, math.cos, math.tan, math.tanh, math.atan
    abs, pow, where, cosh = abs, staticmethod(_pow), staticmethod(_where), staticmethod(_cosh)
    maximum, minimum = staticmethod(_maximum), staticmethod(_minimum)


FLOATS = Floats()


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation: its formula, its local derivatives, and how it is written.

    `arity` is None for any number of inputs. `glyph` is the operation's short sign in pictures and
    text; `latex`, where given, is the function's name in LaTeX and means that the operation is
    written as a call, σ(z), rather than by its formula. `needs` says which inputs are allowed,
    `convention` what holds at a kink. `composite` rows are made of plainer ones, into which
    `Graph.expand` splits them.
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

    def __call__(self, xp: Any, *inputs: Any) -> Any:
        """Return the value over `xp`, by the namespace's own function of this name if it has one.

        So a formula may use another row and is differentiated through that row, printed as σ(x),
        and still computed by the one formula over floats and arrays.
        """
        own = getattr(xp, self.name, None)
        return own(*inputs) if own else self.forward(xp, *inputs)

    def reproduces(self, output: float, partials: Sequence[float], inputs: Sequence[float]) -> bool:
        """Whether the row gives this for these inputs, to 1e-12: nothing was changed since."""
        try:
            again = self.forward(FLOATS, *inputs)
            slopes = self.partials(FLOATS, again, *inputs)
        except (ArithmeticError, ValueError, TypeError):
            return False
        return len(slopes) == len(partials) and all(
            math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-300)
            for old, new in zip((output, *partials), (again, *slopes), strict=True)
        )

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        return op_named, (self.name,)


def stable(xp: Any, *, computed: Callable[[], T], textbook: Callable[[], T]) -> T:
    """Return a formula in the form `xp` wants: best for floats, or as textbooks print it.

    σ′ = σ(1 − σ) is how everybody writes it, but 1 − σ(40) is 0 in floating point. The tests prove
    the two forms equal.
    """
    return textbook() if getattr(xp, "textbook", False) else computed()


OPS: dict[str, Op] = {}


def row(op: Op) -> Op:
    """Enter an operation in the table and return it."""
    OPS[op.name] = op
    return op


# Makers of rows with a constant in them, by name: power(3), leaky_relu(0.01).
MAKERS: dict[str, Callable[[float], Op]] = {}


def op_named(name: str) -> Op:
    """Return the row of that name; ``power(3.0)`` and ``leaky_relu(0.01)`` are made when asked for.

    Raises:
        ValueError: there is no such row.

    >>> from autograd.engine import ops
    >>> op_named("tanh") is ops.TANH, op_named("power(2.0)") is ops.power(2)
    (True, True)
    """
    if name in OPS:
        return OPS[name]
    made = re.fullmatch(r"(\w+)\((-?[\d.e+-]+)\)", name)
    if made and made[1] in MAKERS:
        return MAKERS[made[1]](float(made[2]))
    raise ValueError(f"no operation is named {name!r}; there are {', '.join([*OPS, *MAKERS])}")
