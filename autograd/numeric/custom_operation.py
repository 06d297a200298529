"""`operation` adds an operation of the user's own to the table of operations."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Sequence
from typing import Any

from ..engine.formula import SYMBOLS, Expr, lift, symbol
from ..engine.functions import record
from ..engine.namespace import FUNCTIONS
from ..engine.number import Number, shortened
from ..engine.operation import MAKERS, OPS, USER_OPS, Op, op_named
from ..engine.recorder import recorder
from ..engine.value import Value
from .operation_checks import Bounds, check_slopes, check_values, sample_points

_TRIED_COUNT = 3  # an operation that takes any number of inputs is tried with this many
# The functions of a namespace that have a kink. A formula that uses one may have a kink too.
_KINKED = frozenset(name for name in FUNCTIONS if OPS[name].kinked)


class UserOperation:
    """A function of Values that records the operation `op`."""

    def __init__(self, op: Op) -> None:
        self.op = op
        self.__name__ = op.name
        # `recorder` generates a faster function, but only for one or two inputs.
        self._record: Callable[..., Value] = (
            recorder(op, Value) if op.arity in (1, 2) else lambda *inputs: record(op, inputs)
        )

    def __call__(self, *inputs: Value | Number) -> Value:
        return self._record(*inputs)

    def __repr__(self) -> str:
        return f"<operation {self.op.name}>"

    def __reduce__(self) -> tuple[Callable[[str], UserOperation], tuple[str]]:
        return _operation_named, (self.op.name,)


def _operation_named(name: str) -> UserOperation:
    return UserOperation(op_named(name))


def operation(
    name: str,
    forward: Callable[..., Any],
    partials: Callable[..., tuple[Any, ...]],
    domain: Bounds | Sequence[Bounds] = (-2.0, 2.0),
    *,
    needs: str = "",
    convention: str = "",
) -> UserOperation:
    """Return a function of Values that records an operation of your own.

    The two formulas are evaluated with floats, NumPy arrays, symbols and Values. The operation can
    therefore be traced, explained, drawn, recomputed in an interactive web page, compiled and
    differentiated again, like the built-in ones. A formula uses operators and the functions of the
    namespace `xp`, which have NumPy's names, such as ``xp.exp`` and ``xp.where``.

    Args:
        name: the name of the operation, a Python identifier that is not taken.
        forward: ``forward(xp, *inputs)``, which returns the value.
        partials: ``partials(xp, output, *inputs)``, which returns the tuple of the local
            derivatives, one for each input.
        domain: the interval (low, high) in which the formulas hold, or one interval for each input.
            The partials are compared with finite differences of `forward` at points inside it.
        needs: which inputs are allowed, in words for the error message.
        convention: which slope the operation has at a kink, in words.

    Raises:
        TypeError: a formula cannot be evaluated with symbols, for example because it calls `math`
            or uses ``if``.
        ValueError: the name is taken, the domain is empty, a formula has no finite result there, or
            a partial is not the slope of `forward`. The message gives the numbers.

    >>> softsign = operation(
    ...     "softsign",
    ...     lambda xp, x: x / (1 + xp.abs(x)),
    ...     lambda xp, y, x: (1 / (1 + xp.abs(x)) ** 2,),
    ... )
    >>> x = Value(-3.0)
    >>> y = softsign(x)
    >>> y.backward()
    >>> y.data, x.grad
    (-0.75, 0.0625)
    """
    _check_name(name)
    for what, text in (("needs", needs), ("convention", convention)):
        if not isinstance(text, str):
            raise TypeError(f"operation {name}: {what} is a string; got {shortened(text)}")
    arity = _count_inputs(name, forward, partials)
    count = arity or _TRIED_COUNT
    formulas = _evaluate_with_symbols(name, forward, partials, count)
    latex_name = name.replace("_", r"\_")
    op = Op(
        name,
        arity,
        _refuse_complex(forward),
        partials,
        glyph=name,
        latex=rf"\operatorname{{{latex_name}}}",
        needs=needs,
        convention=convention,
        kinked=any(part.head in _KINKED for formula in formulas for part in formula.walk()),
    )
    points = sample_points(name, domain, count)
    check_values(op, points)
    function = UserOperation(op)
    check_slopes(name, function, points)
    USER_OPS[name] = op
    return function


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"operation: its name must be a Python name; got {shortened(name)}")
    if name in OPS or name in MAKERS or name in FUNCTIONS:
        raise ValueError(f"operation: the name {name} is taken; choose another")


def _count_inputs(
    name: str, forward: Callable[..., Any], partials: Callable[..., Any]
) -> int | None:
    """Return the number of inputs that the formulas take, None for any number."""
    counts = [
        _count_parameters(name, "forward", forward, ("xp",)),
        _count_parameters(name, "partials", partials, ("xp", "output")),
    ]
    if None not in counts and counts[0] != counts[1]:
        raise TypeError(
            f"operation {name}: forward takes {counts[0]} inputs, partials {counts[1]}; write "
            "forward(xp, *inputs) and partials(xp, output, *inputs) with the same inputs"
        )
    return counts[1] if counts[0] is None else counts[0]


def _count_parameters(
    name: str, what: str, function: Callable[..., Any], before: tuple[str, ...]
) -> int | None:
    """Return how many parameters follow those in `before`, or None for any number."""
    if not callable(function):
        raise TypeError(f"operation {name}: {what} is a function; got {shortened(function)}")
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return None
    count = sum(p.default is p.empty and p.kind is not p.KEYWORD_ONLY for p in parameters)
    if count <= len(before):
        raise TypeError(
            f"operation {name}: {what} takes {', '.join(before)} and then the inputs, at least "
            f"one; got {what}{inspect.signature(function)}"
        )
    return count - len(before)


def _evaluate_with_symbols(
    name: str, forward: Callable[..., Any], partials: Callable[..., Any], count: int
) -> list[Expr]:
    """Return the formulas of the value and of the partials, as expressions."""
    inputs = [symbol(f"x{k}") for k in range(count)]
    try:
        value = _as_formula(forward(SYMBOLS, *inputs))
        slopes = partials(SYMBOLS, symbol("y"), *inputs)
        if isinstance(slopes, tuple) and len(slopes) == count:
            return [value, *map(_as_formula, slopes)]
    except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise TypeError(
            f"operation {name}: {error}. A formula uses operators and xp's functions: "
            f"{', '.join(sorted(FUNCTIONS))}"
        ) from None
    raise TypeError(
        f"operation {name}: partials returns a tuple of {count}, one slope for each input; "
        f"got {shortened(slopes)}"
    )


def _as_formula(result: Any) -> Expr:
    if isinstance(result, Expr | float | int):
        return lift(result)
    raise TypeError(f"a formula returns a number; got {shortened(result)}")


def _refuse_complex(forward: Callable[..., Any]) -> Callable[..., Any]:
    """Return a formula that raises a ValueError where Python's ``**`` gives a complex number."""

    def checked(xp: Any, *inputs: Any) -> Any:
        result = forward(xp, *inputs)
        # `gradcheck` evaluates formulas with complex inputs, which may have a complex result.
        if isinstance(result, complex) and not any(isinstance(x, complex) for x in inputs):
            raise ValueError("a negative base with a fractional exponent is not a real number")
        return result

    return checked
