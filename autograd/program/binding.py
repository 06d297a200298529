"""Instructions as calls of NumPy. `source` prints the text of the calls that the program runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np

from .instructions import Array, Grid, Instruction, Operand, Rows
from .products import WHOLE, ProductText, product_text

Bound = Callable[[], Any]

# Other functions are called as np.function(*operands, out). The rows of `out` are {out}.
_CALLS = {
    "copy": "np.copyto({out}, {0})",
    "copy_where": "np.copyto({out}, {1}, 'same_kind', {0})",
    "take": "np.take({0}, {1}, 0, {out}, 'clip')",  # "clip" writes to `out` without a copy
    "sum_rows": "np.add.reduce({0}, 1, None, {out}, True)",
    "sum_columns": "np.add.reduce({0}, 0, None, {out}, True)",
    "dot_rows": "np.vecdot({0}, {1}, {out}[:, 0])",
    "maximum": "np.maximum({0}, {1}, out={out})",  # `out` by position would make a new array
    "minimum": "np.minimum({0}, {1}, out={out})",
    "scatter_add": "scatter_add({0}, {1}, {out})",
}
# The call of "sum_rows" for rows in two dimensions. It takes half the time of np.add.reduce.
_SUM_OVER_EXAMPLES = "np.dot({0}, np.ones_like({0}[0]), {out}[:, 0])"


def call_text(function: str, operands: int) -> str:
    """Return the call of an instruction's function, with {0}, {1} … and {out} to be filled in.

    >>> call_text("multiply", 2), call_text("copy", 1)
    ('np.multiply({0}, {1}, {out})', 'np.copyto({out}, {0})')
    """
    given = "".join(f"{{{k}}}, " for k in range(operands))
    if "->" in function:
        return f"np.einsum({function!r}, {given}out={{out}})"
    return _CALLS.get(function, f"np.{function}({given}{{out}})")


class Views(dict[Rows | Grid, Array]):
    """The views of rows of some arrays. Each is made once, because most are used several times.

    >>> views = Views({"values": np.arange(6.0).reshape(3, 2)})
    >>> views[Rows("values", 1, 2)]
    array([[2., 3.]])
    """

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        super().__init__()
        self.arrays = arrays
        self.dtype = next(
            (a.dtype for a in arrays.values() if a.dtype.kind == "f"), np.dtype(float)
        )

    def __missing__(self, rows: Rows | Grid) -> Array:
        view = self[rows] = rows.of(self.arrays)
        return view


def texts_of(instruction: Instruction, views: Views | None) -> ProductText:
    """Return the calls of an instruction, with {0}, {1} … and {out} to be filled in.

    Without views, a product is one call, because the fastest calls depend on the shapes.
    """
    function, operands, out, _ = instruction
    if function == "matmul":
        if views is None:
            return ProductText([WHOLE])
        a, b = (_view(operand, views) for operand in operands)
        return product_text(a, b, views[out])
    if function == "sum_rows" and not getattr(operands[0], "blocks", 0):
        return ProductText([_SUM_OVER_EXAMPLES])
    return ProductText([call_text(function, len(operands))])


def bind(instruction: Instruction, views: Views) -> Bound:
    """Return the call of an instruction, whose operands are views of arrays."""
    function, operands, out_rows, _ = instruction
    out = views[out_rows]
    # As `_view` has it, without a call for each operand, because plans have very many.
    found = [views[o] if o.__class__ is Rows else _view(o, views) for o in operands]
    if function == "matmul":
        return bind_product(found[0], found[1], out)
    if function == "sum_rows" and found[0].ndim == 2:  # as _SUM_OVER_EXAMPLES writes it
        return partial(np.dot, found[0], _ones(found[0].shape[1], out.dtype), out[:, 0])
    if function == "scatter_add":
        return _bind_scatter_add(found[0], found[1], out)
    return _binder(function, len(found))(out, *found)


def bind_product(a: Array, b: Array, out: Array) -> Bound:
    """Return the call that does out ← a b."""
    texts, size = product_text(a, b, out)
    temporary = None if size is None else np.empty((size[0], size[2]), out.dtype)[:, : size[1]]
    calls = [_compile(text, 2)(out, a, b, temporary) for text in texts]
    return calls[0] if len(calls) == 1 else partial(_run_all, calls)


def _run_all(calls: Sequence[Bound]) -> None:
    for call in calls:
        call()


@lru_cache(maxsize=8)
def _ones(count: int, dtype: np.dtype[Any]) -> Array:
    return np.ones(count, dtype)


@cache
def _binder(function: str, operands: int) -> Callable[..., Bound]:
    """Return the function that makes a call from views, compiled from `call_text`."""
    return _compile(call_text(function, operands), operands)


@lru_cache(maxsize=4096)
def _compile(text: str, operands: int) -> Callable[..., Bound]:
    """Return the function that makes a call from views, compiled from the text of the call."""
    names = [f"a{k}" for k in range(operands)]
    called, _, arguments = text.format(*names, out="out", temporary="temporary").partition("(")
    parameters = ", ".join(["out", *names, "temporary=None"])
    code = f"lambda {parameters}: partial({called}, {arguments}"
    found: Callable[..., Bound] = eval(code, {"np": np, "partial": partial})  # nosec B307
    return found


def bind_past_zeros(instruction: Instruction, views: Views) -> Bound:
    """Return a slower call of an instruction, in which an adjoint of 0 always passes back 0.

    The plain call gives nan if the local derivative is infinite, because 0·∞ is nan.
    """
    if not instruction.passes_back:
        return bind(instruction, views)
    upstream, local = (_view(operand, views) for operand in instruction.operands)
    out = views[instruction.out]
    if instruction.function == "dot_rows":
        return lambda: np.vecdot(upstream, np.where(upstream == 0, 0, local), out[:, 0])
    call = bind(instruction, views)

    def carry_out() -> None:
        zero = upstream == 0  # computed first, because `out` may be in the memory of `upstream`
        call()
        np.copyto(out, 0, where=zero)

    return carry_out


def _view(operand: Operand, views: Views) -> Any:
    if operand.__class__ is Rows or operand.__class__ is Grid:
        return views[operand]
    # A number becomes an array here. Otherwise NumPy would convert it at each call, which takes a
    # third of the time of a short call.
    return np.array(operand, views.dtype if operand.__class__ is float else None)


# --- adding to rows by index ----------------------------------------------------------------------


def scatter_add(a: Array, rows: Array, out: Array) -> None:
    """Compute out[rows] += a, also if a row occurs more than once."""
    order = np.argsort(rows, kind="stable")
    unique, starts = np.unique(rows[order], return_index=True)
    out[unique] += np.add.reduceat(a[order], starts, axis=0)


def _bind_scatter_add(a: Array, rows: Array, out: Array) -> Bound:
    """Return the call of `scatter_add` for these rows, whose order is computed only once."""
    order = np.argsort(rows, kind="stable")
    unique, starts = np.unique(rows[order], return_index=True)
    if len(unique) == len(rows):
        return partial(_add_rows, a, rows, out)
    return partial(_add_segments, a, order, unique, starts, out)


def _add_rows(a: Array, rows: Array, out: Array) -> None:
    out[rows] += a


def _add_segments(a: Array, order: Array, unique: Array, starts: Array, out: Array) -> None:
    out[unique] += np.add.reduceat(a[order], starts, axis=0)
