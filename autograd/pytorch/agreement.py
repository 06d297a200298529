"""Whether a graph has the outputs and the gradients of the module that it was made from."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.functions import dot
from ..engine.kept_guards import own_guards
from ..engine.value import Value
from .entries import Entries

Numbers = np.ndarray[Any, np.dtype[np.float64]]


def check_agreement(
    torch: Any,
    module: Any,
    inputs: Any,
    outputs: Sequence[Value],
    leaves: Mapping[str | int, Entries],
) -> None:
    """Compare outputs and gradients with those of the module itself.

    A trace of PyTorch may differ from the module. It also leaves out whatever changes gradients
    alone, such as the `backward` of an `autograd.Function`.

    Args:
        torch: the module `torch`.
        module: the module that was traced.
        inputs: the tensors that it is called with.
        outputs: the outputs of the graph.
        leaves: the leaves of each parameter, by name, and of each input, by number.

    Raises:
        NotImplementedError: an output or a gradient differs.
    """
    # With equal factors, the gradients of two outputs might cancel.
    factors = [1 + math.sin(k) / 2 for k in range(len(outputs))]
    floats = [t for t in (*module.parameters(), *inputs) if _is_float(torch, t)]
    tolerance = 1e-9 if all(t.dtype == torch.float64 for t in floats) else 1e-5
    results, gradients, precision = _run_if_possible(torch, module, inputs, factors)
    tolerance = max(tolerance, precision)
    name = type(module).__name__
    _check_outputs(name, outputs, results, tolerance)
    swept = _sweep(outputs, factors, leaves)
    for key in (key for key in swept if key in gradients):
        # PyTorch has some slopes, such as the 1/6 of hardsigmoid, in single precision.
        k = _first_difference(swept[key], gradients[key], max(tolerance, 1e-6))
        if k is not None:
            label = leaves[key].ravel()[k].label
            of_sum = ", of a weighted sum of the outputs" if len(outputs) > 1 else ""
            raise NotImplementedError(
                f"the graph of {name} would not have PyTorch's gradients: that of {label} is "
                f"{swept[key][k]:.6g} in the graph and {gradients[key][k]:.6g} in PyTorch{of_sum}. "
                "The module may have derivatives of its own, as a hook or an autograd.Function "
                "has; write it with operations of PyTorch and detach(). Or a number is at a kink "
                "or at a tie; move it a little"
            )


def _check_outputs(name: str, outputs: Sequence[Value], wanted: Numbers, tolerance: float) -> None:
    found = np.array([value.data for value in outputs])
    k = _first_difference(found, wanted, tolerance) if found.shape == wanted.shape else None
    if k is not None:
        is_rounded = math.isclose(found[k], wanted[k], rel_tol=1e-3)
        raise NotImplementedError(
            f"PyTorch's trace of {name} differs from the module: output {k + 1} "
            f"is {found[k]:.12g} by the trace and {wanted[k]:.12g} by the module. A graph would "
            "explain another computation; write "
            + (
                "the module in double precision, for example without x.float()"
                if is_rounded
                else "the module with other operations of PyTorch"
            )
        )


def _run_if_possible(
    torch: Any, module: Any, inputs: Any, factors: Sequence[float]
) -> tuple[Numbers, dict[str | int, Numbers], float]:
    """Return the outputs and the gradients as `_run` does, and the precision of the numbers.

    A module that creates single-precision numbers cannot run in double precision. Some functions of
    PyTorch refuse an input, such as a target, that needs a gradient.
    """
    failure: Exception | None = None
    for dtype, precision in ((torch.float64, 0.0), (None, 1e-3)):  # a long sum loses some digits
        for needs_gradient in (True, False):
            try:
                return *_run(torch, module, inputs, factors, dtype, needs_gradient), precision
            except (RuntimeError, TypeError, ValueError) as error:
                failure = failure or error
    raise NotImplementedError(
        f"PyTorch cannot run {type(module).__name__} and its gradients, with which a graph is "
        f"compared: {str(failure).strip().splitlines()[0]}"
    ) from failure


def _run(
    torch: Any,
    module: Any,
    inputs: Any,
    factors: Sequence[float],
    dtype: Any,
    needs_gradient: bool,
) -> tuple[Numbers, dict[str | int, Numbers]]:
    """Return the outputs of the module and the gradients of Σ factor·output.

    The module is called with copies of its parameters and buffers, which a call may change.

    Args:
        torch: the module `torch`.
        module: the module.
        inputs: the tensors that it is called with.
        factors: the factor of each output.
        dtype: the type to convert numbers to, or None.
        needs_gradient: whether all inputs need a gradient, also those that did not when given.
    """
    tree = torch.utils._pytree

    def copy(tensor: Any) -> Any:
        if not isinstance(tensor, torch.Tensor):
            return tensor
        copied = tensor.detach().clone()
        is_leaf = needs_gradient or tensor.requires_grad
        if not _is_float(torch, copied):
            return copied
        copied = copied.to(dtype).requires_grad_(is_leaf)
        for hook in (tensor._backward_hooks or {}).values() if is_leaf else ():
            copied.register_hook(hook)
        return copied

    given = tree.tree_map(copy, tuple(inputs))
    parameters = {name: copy(tensor) for name, tensor in module.named_parameters()}
    buffers = {name: copy(tensor).detach() for name, tensor in module.named_buffers()}
    leaves = {**parameters, **dict(enumerate(tree.tree_leaves(given)))}
    leaves = {key: x for key, x in leaves.items() if getattr(x, "requires_grad", False)}
    slopes: Sequence[Any] = [None] * len(leaves)
    with torch.enable_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch warns about its own code
        results = torch.func.functional_call(module, parameters | buffers, given)
        found = [t for t in tree.tree_leaves(results) if _is_float(torch, t)]
        flat = torch.cat([t.reshape(-1).double() for t in found])
        if leaves and flat.requires_grad and len(flat) == len(factors):
            total = (flat * torch.tensor(factors, dtype=torch.float64, device=flat.device)).sum()
            slopes = torch.autograd.grad(total, list(leaves.values()), allow_unused=True)
    pairs = zip(leaves.items(), slopes, strict=True)
    return _numbers(flat), {
        key: _numbers(torch.zeros_like(leaf) if slope is None else slope)
        for (key, leaf), slope in pairs
    }


def _is_float(torch: Any, given: Any) -> bool:
    return isinstance(given, torch.Tensor) and given.is_floating_point()


def _numbers(tensor: Any) -> Numbers:
    found: Numbers = tensor.detach().double().cpu().numpy().ravel()
    return found


def _sweep(
    outputs: Sequence[Value], factors: Sequence[float], leaves: Mapping[str | int, Entries]
) -> dict[str | int, Numbers]:
    """Return the gradients of Σ factor·output, or nothing if one of them is not finite.

    A graph without finite gradients says so when its gradients are read.
    """
    with own_guards():
        total = dot(factors, outputs)
        try:
            total.backward()
        except (ArithmeticError, ValueError):
            return {}
        found = {
            key: np.array([leaf.grad for leaf in array.ravel().tolist()])
            for key, array in leaves.items()
        }
        total.zero_grad()
    return found


def _first_difference(found: Numbers, wanted: Numbers, tolerance: float) -> int | None:
    finite = np.abs(wanted[np.isfinite(wanted)])
    scale = max(finite.max(initial=0.0), np.abs(found).max(initial=0.0))
    differs = ~np.isclose(found, wanted, tolerance, tolerance * scale + 1e-12)
    return int(np.argmax(differs)) if differs.any() else None
