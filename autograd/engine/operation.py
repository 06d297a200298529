"""`Op`: an operation with its formula, its local derivatives and its properties."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, ParamSpec, TypeVar
from weakref import WeakValueDictionary

from .namespace import FLOATS as FLOATS  # ``as`` marks it as exported from here too
from .namespace import NUMPY

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, eq=False, repr=False)
class Op:
    """One operation.

    Attributes:
        name: the name of the operation. If the operation has a constant, the name contains it, as
            in ``power(3.0)``; otherwise the name is its key in the table `OPS`.
        arity: the number of inputs. None means that any number is allowed.
        forward: the function ``forward(xp, *inputs)`` that returns the value. The namespace `xp`
            has functions such as ``xp.exp`` for the inputs. It is `numpy` if the inputs are arrays.
        partials: the function ``partials(xp, output, *inputs)`` that returns the local derivatives,
            one for each input.
        glyph: the symbol of the operation in pictures and text.
        latex: the function's name in LaTeX, if the operation is printed as a call such as σ(z). If
            it is empty, the formula is printed instead.
        needs: a description of the allowed inputs, used in error messages.
        convention: a description of the derivative that is used at a kink, where the derivatives on
            the left and on the right differ.
        composite: whether `Graph.expand` splits the operation into simpler ones.
        infix: whether the operation is written as a sign between its operands, as in ``a + b``. The
            other operations are written as calls, as in ``tanh(a)``.
        kinked: whether the function or its derivative jumps somewhere.
        activation: the kind of activation function, or "" if the operation is not used as one. The
            initial weights before a rectifying activation are larger, because it passes on only
            about half of its inputs.
        square: whether the operation squares its input, or the differences between its inputs. The
            grader uses it to find forgotten factors of 2.
        monotone: 1 if the function never decreases, −1 if it never increases, else 0. The values of
            a monotone function on an interval lie between the values at the ends.
        rule: the rule of differentiation that gives the local derivatives, such as "power rule". It
            is empty for a function whose derivative is learned by heart, such as tanh.
        definition: the formula in terms of simpler functions, for an operation whose `forward` is
            only a call such as ``xp.tan(x)``. Derivations in explanations begin with it.
        inverse: the name of the inverse operation, such as "exp" for log.
        angle: whether the input is an angle, in radians.
        confused_with: the names of operations that students write by mistake for this one.
        aliases: further names that worksheets accept for the operation.
        ufunc: the name of NumPy's function, if it is not `name`. NumPy calls the method of this
            name on each entry of an array of Values.
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
    rule: str = ""
    definition: Callable[..., Any] | None = None
    inverse: str = ""
    angle: bool = False
    confused_with: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ufunc: str = ""

    @property
    def family(self) -> str:
        """The name without its constants, such as "leaky_relu" for ``leaky_relu(0.01)``."""
        return self.name.partition("(")[0]

    def __call__(self, xp: Any, *inputs: Any) -> Any:
        """Return the value of the operation at the inputs, computed with the functions of `xp`.

        If `xp` has a function of this name, this method calls it. Otherwise it calls `forward`.

        The formula of one operation may call another operation, as in ``SIGMOID(xp, x)``. The
        namespace of Values has a function sigmoid, which records one node. The namespace of
        textbook formulas has one too, which writes σ(x). The namespaces of floats and arrays have
        none, so this method evaluates `forward`.
        """
        # Only names of built-in operations are looked up, because a function of `xp` may have the
        # name of a user's operation and mean something else.
        function = getattr(xp, self.name, None) if self.name in OPS else None
        return function(*inputs) if function else self.forward(xp, *inputs)

    def reproduces(self, output: float, partials: Sequence[float], inputs: Sequence[float]) -> bool:
        """Return whether the operation gives this output and these partials for these inputs.

        The relative tolerance is 1e-12. The absolute tolerance is 1e-300, because subnormal numbers
        have too few digits for a relative tolerance. If the inputs are the current data of the
        parents, the answer tells whether the data was changed after the recording.
        """
        try:
            new_output = self.forward(FLOATS, *inputs)
            new_partials = local_derivatives(self, new_output, inputs)
        except (ArithmeticError, ValueError, TypeError):
            return False
        if new_output == output and new_partials == partials:  # the fast and usual case
            return True
        return len(new_partials) == len(partials) and all(
            math.isclose(old, new, rel_tol=1e-12, abs_tol=1e-300)
            or (math.isnan(old) and math.isnan(new))
            for old, new in zip((output, *partials), (new_output, *new_partials), strict=True)
        )

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Op], tuple[str]]:
        """Pickle the name only, because the formulas are functions that cannot be pickled."""
        return op_named, (self.name,)


def local_derivatives(op: Op, output: float, inputs: Sequence[float]) -> tuple[float, ...]:
    """Return the local derivatives as floats, which may be infinite or nan.

    Python's floats raise an error for 1/0, so the derivatives are then computed again with NumPy's
    floats, which return inf or nan.

    >>> from autograd.engine.ops import SQRT
    >>> local_derivatives(SQRT, 0.0, [0.0])
    (inf,)
    """
    try:
        return op.partials(FLOATS, output, *inputs)
    except (ArithmeticError, ValueError):
        numbers = [NUMPY.float64(x) for x in (output, *inputs)]
        with NUMPY.errstate(all="ignore"):
            return tuple(float(slope) for slope in op.partials(NUMPY, *numbers))


def in_form(
    xp: Any,
    *,
    stable: Callable[[], T],
    textbook: Callable[[], T],
    quick: Callable[[], T] | None = None,
    fused: Callable[[], T] | None = None,
) -> T:
    """Return a formula in the form that the namespace asks for.

    The forms are equal in exact arithmetic, and the tests compare them.

    Args:
        xp: the namespace. Its attributes `textbook`, `quick` and `fused` say which form it asks
            for.
        stable: returns the numerically stable form, which is the usual one.
        textbook: returns the form of textbooks, for printing. An example is σ′ = σ(1 − σ), which
            rounds to 0 at x = 40.
        quick: returns a form with fewer steps. It is as accurate as the stable form, unless an
            intermediate result overflows. Then its result is the limit or nan.
        fused: returns a stable form with fewer exponentials and divisions but more other steps,
            which cost little where an engine such as XLA fuses them.
    """
    if quick is not None and getattr(xp, "quick", False):
        return quick()
    if fused is not None and getattr(xp, "fused", False):
        return fused()
    return textbook() if getattr(xp, "textbook", False) else stable()


# The built-in operations, by name. Those of users are in `USER_OPS`.
OPS: dict[str, Op] = {}


def _registering(make: Callable[P, Op]) -> Callable[P, Op]:
    """Return a function with the parameters of `make` that also adds the operation to `OPS`."""

    def make_and_add(*args: P.args, **kwargs: P.kwargs) -> Op:
        op = make(*args, **kwargs)
        OPS[op.name] = op
        return op

    return make_and_add


row = _registering(Op)
"""The function that writes one row of the table: it adds ``Op(…)`` to `OPS` and returns it."""

# The operations that users have defined with `autograd.operation`, by name.
USER_OPS: dict[str, Op] = {}

# The makers, by name. A maker is a function that returns an operation with a given constant. For
# example, `make_power` is the maker of power(3.0).
MAKERS: dict[str, Callable[[float], Op]] = {}

# The operations that makers have returned and that are still in use, by name.
_MADE: WeakValueDictionary[str, Op] = WeakValueDictionary()


def unique(op: Op) -> Op:
    """Return the operation with the name of `op` that is already in use, or `op` if there is none.

    Operations are compared by identity, so there must not be two with the same name. The bounded
    cache of a maker may drop an operation that recorded nodes still use. When the maker is called
    again, this function gives it the object that those nodes hold.
    """
    return _MADE.setdefault(op.name, op)


def op_named(name: str) -> Op:
    """Return the operation of that name, such as ``tanh``, ``power(3.0)`` or a user's own.

    Raises:
        ValueError: there is no such operation.

    >>> from autograd.engine import ops
    >>> op_named("tanh") is ops.TANH, op_named("power(2.0)") is ops.make_power(2)
    (True, True)
    """
    if name in OPS or name in USER_OPS:
        return OPS.get(name) or USER_OPS[name]
    match = re.fullmatch(r"(\w+)\((-?[\d.e+-]+)\)", name)
    if match and match[1] in MAKERS:
        return MAKERS[match[1]](float(match[2]))
    name = name if len(name) <= 60 else f"{name[:59]}…"
    similar = get_close_matches(name, [*OPS, *MAKERS, *USER_OPS])
    guess = f"; did you mean {' or '.join(map(repr, similar))}?" if similar else "."
    raise ValueError(
        f"no operation is named {name!r}{guess} "
        "Define an operation of your own with autograd.operation before you use its name."
    )
