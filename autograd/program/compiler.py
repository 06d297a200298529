"""`compile`: a graph of one example, or a function of it, as a program over a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import DTypeLike

from ..engine.collector import collector_paused
from ..engine.value import Value
from .branching import BranchingProgram
from .computation import read_computation
from .examples import GuardMode
from .program import Program


@overload
def compile(  # noqa: A001
    output: Value,
    inputs: Sequence[Value],
    *,
    keep: Sequence[Value] = (),
    dtype: DTypeLike = np.float64,
    guards: GuardMode = "raise",
) -> Program: ...
@overload
def compile(  # noqa: A001
    output: Callable[[list[Value]], Any],
    inputs: Sequence[float] = (),
    *,
    example: Sequence[float] = (),
    dtype: DTypeLike = np.float64,
) -> BranchingProgram: ...
def compile(  # noqa: A001 - named like re.compile
    output: Value | Callable[[list[Value]], Any],
    inputs: Sequence[Any] = (),
    *,
    example: Sequence[float] = (),
    keep: Sequence[Value] = (),
    dtype: DTypeLike = np.float64,
    guards: GuardMode = "raise",
) -> Program | BranchingProgram:
    """Return a program that runs the recorded computation over batches of other inputs.

    `inputs` are the leaves that differ from example to example. The other leaves are parameters,
    and plain numbers are constants. An input that the output does not depend on has gradient 0.
    `Program.kept` has the numbers of the Values in `keep`, on which the output must depend.

    The program repeats the operations that were recorded. If a Python ``if`` chose between
    operations by comparing Values, every example is checked. An example for which the comparison
    has another outcome is refused. With `guards` "warn" there is only a warning, and with "ignore"
    the example is computed without a check. A leaf that was compared, but is neither an input nor a
    parameter, counts as a constant.

    ``compile(function, example)`` takes a function and the numbers of one example instead. The
    function is called with a list of new leaves. Other Values that it uses are parameters. The
    function may choose between branches by comparing Values, because it is recorded again for every
    branch that an example takes.

    Raises:
        TypeError: an input is not a Value, or the function does not return one.
        ValueError: an input is computed or is named twice, or the output does not depend on a Value
            to keep.

    >>> from autograd import dot
    >>> w, b = [Value(0.5, "w1"), Value(-1.0, "w2")], Value(0.1, "b")
    >>> x = [Value(1.0, "x1"), Value(2.0, "x2")]
    >>> program = compile(dot(w, x, b).tanh(), inputs=x)
    >>> program  # doctest: +NORMALIZE_WHITESPACE
    <Program of 7 nodes in 2 groups, 1 of them matrix products; 2 inputs, 3 parameters;
     40 bytes per example, float64>

    >>> halved = compile(lambda x: x[0] if x[0] > 0 else x[0] / 2, [1.0])
    >>> halved.forward([[1.0, -1.0, 3.0]])
    array([ 1. , -0.5,  3. ])
    """
    with collector_paused():
        if callable(output):
            if keep:
                raise TypeError(
                    "compile(function, …) has no keep=…: each branch computes other Values"
                )
            return BranchingProgram(output, inputs or example, dtype)
        if guards not in ("raise", "warn", "ignore"):
            raise ValueError(f"guards is 'raise', 'warn' or 'ignore'; got {guards!r}")
        return Program(read_computation(output, inputs, keep), dtype, guards)
