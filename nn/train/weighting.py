"""The weights of examples: given one by one, or by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arrays import Array, as_array
from ..data.batches import Data
from ..targets import TargetType


def example_weights(
    data: Data, targets: TargetType, sample_weight: Any, class_weight: Any
) -> Array | None:
    """Return the weight of every example, shape (examples,), or None if all are 1."""
    weights = None
    if sample_weight is not None:
        weights = _check_weights(as_array(sample_weight, "sample_weight"), "sample_weight")
        if weights.shape != (len(data),):
            raise ValueError(
                f"sample_weight must have one weight for each of the {len(data)} examples, shape "
                f"({len(data)},); got shape {weights.shape}"
            )
    if class_weight is not None:
        by_class = _weights_by_class(data, targets, class_weight)
        weights = by_class if weights is None else weights * by_class
    if weights is not None and not weights.any():
        raise ValueError("all weights are 0, so that nothing would be learned")
    return weights


def _weights_by_class(data: Data, targets: TargetType, class_weight: Any) -> Array:
    if targets.kind not in ("classes", "label"):
        raise ValueError(
            f"class_weight is for classes or one label; the targets are {targets.kind}. Write "
            'targets="classes" or "label" if they are, or give sample_weight'
        )
    wanted = targets.wanted(data.y)
    count = max(data.y.shape[1], 2)
    if isinstance(class_weight, str):
        if class_weight != "balanced":
            raise ValueError(f'class_weight is "balanced" or numbers; got {class_weight!r}')
        sizes = np.bincount(wanted, minlength=count)
        return np.asarray(len(wanted) / (np.count_nonzero(sizes) * sizes[wanted]), np.float64)
    if isinstance(class_weight, Mapping):
        unknown = [k for k in class_weight if k not in range(count)]
        if unknown:
            raise ValueError(f"class_weight names class {unknown[0]!r}; there are 0 to {count - 1}")
        class_weight = [class_weight.get(k, 1.0) for k in range(count)]
    weights = _check_weights(as_array(class_weight, "class_weight"), "class_weight")
    if weights.shape != (count,):
        raise ValueError(
            f"class_weight must have one weight for each of the {count} classes; "
            f"got shape {weights.shape}"
        )
    return np.asarray(weights[wanted], np.float64)


def _check_weights(weights: Array, name: str) -> Array:
    if (weights < 0).any():
        raise ValueError(f"{name} must be 0 or more; got {weights.min():g}")
    return weights
