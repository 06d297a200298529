"""Convert the history of a training to JSON and arrays, and back, for checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groups import Groups
from ..optimizer_base import Optimizer
from ..optimizers import OPTIMIZERS
from ..targets import TargetType
from ..updates import State, Steps
from .history import Best, Epoch, History
from .identity import Identity

Arrays = dict[str, NDArray[Any]]
_PLAIN = str | bool | int | float | None  # what JSON can hold
# The attributes that are not settings. The history stores them elsewhere.
_NOT_SETTINGS = tuple(f.name for f in fields(Optimizer) if not f.init)


class UnknownOptimizer(Optimizer):
    """An optimizer that a file has only the name of, for example because it has a schedule.

    Attributes:
        kind: the name of its class.
        reason: why it could not be rebuilt.
    """

    def __init__(self, kind: str, reason: str) -> None:
        self.kind, self.reason = kind, reason

    def __repr__(self) -> str:
        return f"<{self.kind}, which {self.reason}>"

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def check_resumed(optimizer: Optimizer, before: Optimizer) -> None:
    """Refuse an optimizer that cannot continue with the state of another one."""
    if isinstance(optimizer, UnknownOptimizer):
        raise ValueError(
            f"the history was saved with {optimizer!r}. Give it again: "
            f"fit(…, optimizer={optimizer.kind.rpartition('.')[2]}(…), resume=history)"
        )
    kind = before.kind if isinstance(before, UnknownOptimizer) else _kind(type(before))
    if _kind(type(optimizer)).rpartition(".")[2] != kind.rpartition(".")[2]:
        raise ValueError(
            f"the history was made with {before}, whose state does not fit {optimizer}: continue "
            "with the former optimizer, or leave resume= out"
        )


def to_json(history: History) -> tuple[dict[str, Any], Arrays]:
    """Return a history as plain data for JSON, and its arrays by name."""
    arrays: Arrays = {}
    about = {
        "epochs": [list(epoch) for epoch in history.epochs],
        "optimizer": _optimizer_to_json(history.optimizer, history, arrays, "optimizer"),
        "random": history.random,
        "interrupted": history.interrupted,
        "state": _state_to_json(history.state, arrays, "state"),
        "stopped": history.stopped,
        "steps": history.steps,
        "targets": history.targets and asdict(history.targets),
        "best": history.best,
        "model": asdict(history.model),
        "learning": history.learning,
        "put_aside": _best_to_json(history.put_aside, arrays),
    }
    return about, arrays


def from_json(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> History:
    """Return the history in a file. A file of format 1 lacks some of its attributes."""
    if "remembers" in about:  # format 1, where it is the number of arrays in the state
        parts = [arrays[f"state/{k}"] for k in range(about["remembers"])]
        state: State = tuple(part if part.ndim else part.item() for part in parts)
    else:
        state = _state_from_json(about["state"], arrays)
    model, targets = about.get("model"), about.get("targets")
    learning = about.get("learning")
    return History(
        _optimizer_from_json(about["optimizer"], arrays),
        [Epoch(*entry) for entry in about["epochs"]],
        state,
        about["random"],
        about["interrupted"],
        about.get("stopped", ""),
        _steps(about.get("steps", 0)),
        TargetType(**targets) if targets else None,
        about.get("best"),
        Identity(_shapes(model["shapes"]), tuple(model["activations"])) if model else Identity(),
        None if learning is None else tuple(learning),
        _best_from_json(about.get("put_aside"), arrays),
    )


def _steps(steps: int | list[int]) -> Steps:
    return tuple(steps) if isinstance(steps, list) else steps


def _best_to_json(best: Best | None, arrays: Arrays) -> Any:
    if best is None:
        return None
    arrays["best"] = np.asarray(best.weights, np.float64)
    return {"state": _state_to_json(best.state, arrays, "best/state"), "steps": best.steps}


def _best_from_json(about: Any, arrays: Mapping[str, NDArray[Any]]) -> Best | None:
    if about is None:
        return None
    state = _state_from_json(about["state"], arrays)
    return Best(arrays["best"].tolist(), state, _steps(about["steps"]))


def _shapes(shapes: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(shape) for name, shape in shapes.items()}


# --- the state of a rule: numbers, arrays, and tuples of them ------------------------------------


def _state_to_json(state: Any, arrays: Arrays, name: str) -> Any:
    """Return the state as nested lists of names, and add its numbers to `arrays` by these names."""
    if isinstance(state, tuple):
        return [_state_to_json(part, arrays, f"{name}/{k}") for k, part in enumerate(state)]
    arrays[name] = np.asarray(state)
    if arrays[name].dtype.hasobject:
        raise TypeError(f"the state of a rule must be numbers and arrays; got {state!r}")
    return name


def _state_from_json(about: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    if isinstance(about, list):
        return tuple(_state_from_json(part, arrays) for part in about)
    array = arrays[about]
    return array if array.ndim else array.item()


# --- the optimizer --------------------------------------------------------------------------------


def _optimizer_to_json(
    optimizer: Optimizer, history: History, arrays: Arrays, name: str
) -> dict[str, Any]:
    if isinstance(optimizer, UnknownOptimizer):
        return {"kind": optimizer.kind, "unknown": optimizer.reason}
    if isinstance(optimizer, Groups):
        members = [_optimizer_to_json(rule, history, arrays, name) for _, rule in optimizer.groups]
        about = [
            {"members": optimizer.names_of(k), "optimizer": member}
            for k, member in enumerate(members)
        ]
        limits = {"clip_norm": optimizer.clip_norm, "clip_value": optimizer.clip_value}
        return {"kind": "Groups", "groups": about, **limits}
    settings = {key: value for key, value in vars(optimizer).items() if key not in _NOT_SETTINGS}
    settings = {key: x.item() if isinstance(x, np.generic) else x for key, x in settings.items()}
    lost = [key for key, value in settings.items() if not isinstance(value, _PLAIN)]
    if lost:
        reason = f"has settings that a file cannot hold: {', '.join(lost)}"
        return {"kind": _kind(type(optimizer)), "unknown": reason}
    return {"kind": _kind(type(optimizer)), "settings": settings}


def _optimizer_from_json(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> Optimizer:
    kind = about["kind"]
    if "unknown" in about:
        return UnknownOptimizer(kind, about["unknown"])
    if kind == "Groups":
        limits = {"clip_norm": about["clip_norm"], "clip_value": about["clip_value"]}
        groups = [
            (group["members"], _optimizer_from_json(group["optimizer"], arrays))
            for group in about["groups"]
        ]
        return Groups(*groups, **limits)
    cls = OPTIMIZERS.get(kind) or _all_kinds().get(kind)
    if cls is None:
        return UnknownOptimizer(kind, "is not defined here; import its class before loading")
    if "settings" not in about:  # format 1
        return cls(**{key: value for key, value in about.items() if key != "kind"})
    optimizer = cls.__new__(cls)
    vars(optimizer).update(about["settings"])
    return optimizer


def _kind(kind: type) -> str:
    """Return the name of a rule. The name of a rule that is not from `nn` includes its module."""
    is_of_nn = OPTIMIZERS.get(kind.__name__) is kind
    return kind.__name__ if is_of_nn else f"{kind.__module__}.{kind.__qualname__}"


def _all_kinds() -> dict[str, type[Optimizer]]:
    """Return all subclasses of Optimizer by name, including those of users."""

    def subclasses_of(kind: type[Optimizer]) -> Iterator[type[Optimizer]]:
        for subclass in kind.__subclasses__():
            yield subclass
            yield from subclasses_of(subclass)

    return {_kind(kind): kind for kind in subclasses_of(Optimizer)}
