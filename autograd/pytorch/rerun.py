"""Operations that PyTorch runs itself, on numbers that show which entries each result comes from.

An operation that only moves entries runs on their indices 0, 1, 2, …. An operation that chooses
entries, such as a maximum, runs on their data and returns the places of the chosen ones. A linear
operation runs on unit vectors, which give the matrix of its coefficients.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .choices import guard_chosen, guard_row
from .entries import Entries, as_entries, dot_of
from .nested_arguments import data_of, map_arrays
from .reductions import share

# The operations that `choose`, `run_linear` and `max_pool` run.
CHOICES = {"max", "min", "median", "sort", "topk", "kthvalue", "mode", "cummax", "cummin"}
LINEAR = {
    *("upsample_bilinear2d", "upsample_bicubic2d", "upsample_trilinear3d", "_embedding_bag"),
    *("index_put", "index_add", "scatter_add"),
}
POOLS = {
    *("max_pool2d_with_indices", "max_pool3d_with_indices"),
    *("adaptive_max_pool2d", "adaptive_max_pool3d", "fractional_max_pool2d"),
}


class Call(NamedTuple):
    """A call of an operation, with its name in ATen and its function `target`."""

    torch: Any
    name: str
    target: Any
    args: Any
    options: Any

    def run_on_data(self) -> Any:
        """Return the result for the data of the Values."""
        return self.target(*as_data(self.torch, self.args), **as_data(self.torch, self.options))


def move(call: Call) -> Any:
    """Run an operation that only moves entries on the numbers 0, 1, 2, … in place of its entries.

    Returns the moved entries, in a list if the operation returns several tensors.
    """
    torch, name, target, args, options = call
    takes_floats = "upsample" in name  # PyTorch has it for floats only

    def as_entries_if_float(x: Any) -> Any:
        return as_entries_of(x) if x.is_floating_point() else x

    if not takes_floats:
        args = map_arrays(args, as_entries_if_float, of=torch.Tensor)
    numbered, entries = _numbered(args)
    dtype = torch.float64 if takes_floats else torch.int64
    given = map_arrays(numbered, lambda numbers: torch.tensor(numbers, dtype=dtype))
    # A dtype or a memory format for the entries does not fit their indices.
    options = {k: v for k, v in options.items() if k not in ("dtype", "memory_format")}
    moved = target(*given, **options)
    table = as_entries(entries)

    def look_up(tensor: Any) -> Entries:
        return as_entries(table[tensor.long().numpy()])

    if not isinstance(moved, torch.Tensor):
        return [look_up(t) for t in moved]
    found = look_up(moved)
    if name == "embedding" and len(args) > 2 and args[2] >= 0:
        _, indices, padding_index = args[:3]
        padding = indices.numpy() == padding_index  # this row of the table has no gradient
        found[padding] = data_of(found[padding])
    return found


def choose(call: Call) -> Any:
    """Run an operation that chooses entries along an axis, such as a sort or a maximum."""
    args, found = call.args, call.run_on_data()
    array = args[0]
    if isinstance(found, call.torch.Tensor):  # the extreme of all entries
        # Equal entries share the slope.
        ties = array.ravel()[data_of(array).ravel() == found.item()].tolist()
        return as_entries(share(ties, array.ravel().tolist()))
    values, places = found
    # The axis is the second argument of all of them, but the third of topk and kthvalue.
    position = 2 if call.name in ("topk", "kthvalue") else 1
    axis = args[position] if len(args) > position else call.options.get("dim", -1)
    indices = places.numpy()
    if indices.ndim < array.ndim:
        indices = np.expand_dims(indices, axis)
    chosen = np.take_along_axis(array, indices, axis)
    if array.ndim:
        for place in np.ndindex(np.moveaxis(array, axis, -1).shape[:-1]):
            entries, row = (np.moveaxis(a, axis, -1)[place].tolist() for a in (chosen, array))
            guard_row(entries, row, is_cumulative=call.name.startswith("cum"))
    return as_entries(chosen.reshape(tuple(values.shape))), places


def max_pool(call: Call) -> Any:
    """Run a pooling layer that returns the largest entry of each window, and its place."""
    array = call.args[0]
    best, places = call.run_on_data()
    axes = 3 if "3d" in call.name else 2
    # PyTorch counts the places over all axes that the windows move along.
    flat = array.reshape(*array.shape[:-axes], -1)
    chosen = np.take_along_axis(flat, places.numpy().reshape(*flat.shape[:-1], -1), -1)
    chosen = chosen.reshape(tuple(best.shape))
    for k in range(flat.shape[-1]):
        # If entry k is 1 and all others are 0, the windows that contain it have the maximum 1.
        probe = np.zeros(flat.shape)
        probe[..., k] = 1.0
        given = call.torch.tensor(probe.reshape(array.shape))
        found, _ = call.target(given, *call.args[1:], **call.options)
        for place in zip(*np.nonzero(found.numpy()), strict=True):
            guard_chosen(chosen[place], [flat[place[:-axes]][k]])
    return as_entries(chosen), places


def run_linear(call: Call) -> Any:
    """Run an operation that is linear in its entries, as one weighted sum for each result.

    Raises:
        NotImplementedError: it is not linear with these arguments.
    """
    torch, name, target, args, options = call
    numbered, entries = _numbered(args)

    def run(point: Any) -> Any:
        """Return the result where the entries are those of a point."""
        given = map_arrays(numbered, lambda places: torch.tensor(point[places]))
        found = target(*given, **options)
        return found if isinstance(found, torch.Tensor) else found[0]

    point = np.zeros(len(entries))
    constant = run(point)
    coefficients = np.empty((len(entries), constant.numel()))
    for k in range(len(entries)):
        point[k] = 1.0
        coefficients[k] = (run(point) - constant).ravel().numpy()
        point[k] = 0.0
    table = as_entries(entries)
    data = data_of(table)
    whole = run(data).ravel().numpy()
    # At the data, an operation that is not linear differs from these coefficients. The tolerance
    # allows for rounding.
    if not np.allclose(whole, constant.ravel().numpy() + data @ coefficients, rtol=1e-9, atol=1e-9):
        raise NotImplementedError(f"{name} is not linear with these arguments")
    result = np.empty(constant.numel(), object)
    for k, offset in enumerate(constant.ravel().tolist()):
        used = np.flatnonzero(coefficients[:, k])
        result[k] = dot_of(coefficients[used, k].tolist(), table[used].tolist(), offset)
    shaped = result.reshape(tuple(constant.shape))
    # An embedding bag also returns three tensors that only PyTorch's own backward pass reads.
    return (shaped, None, None, None) if name == "_embedding_bag" else shaped


def _numbered(given: Any) -> tuple[Any, list[Any]]:
    """Return arguments with arrays of the numbers 0, 1, 2, … of their entries, and the entries."""
    entries: list[Any] = []

    def number(array: Entries) -> Any:
        start = len(entries)
        entries.extend(array.ravel().tolist())
        return np.arange(start, len(entries)).reshape(array.shape)

    return map_arrays(given, number), entries


def as_entries_of(tensor: Any) -> Entries:
    """Return the numbers of a tensor as an array of objects."""
    return as_entries(tensor.detach().cpu().numpy())


def as_data(torch: Any, given: Any) -> Any:
    """Return arguments with arrays of Values as tensors of their data."""
    return map_arrays(given, lambda a: torch.tensor(data_of(a), dtype=torch.float64))
