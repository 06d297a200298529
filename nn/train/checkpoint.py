"""Save a model and its training to one .npz file without pickle, and load it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd.engine.number import shortened
from autograd.files import Name, replace_file

from ..module import Module
from ..network import MLP, runs_its_layers
from .arguments import check_model
from .history import History
from .identity import Identity, identify
from .saved_history import from_json, to_json

FORMAT = 2  # increased when an older reader would misread the file
_READABLE_FORMATS = (1, FORMAT)
_START_OF_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # of a file with entries, and of one without
_READ_ERRORS = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, TypeError, ValueError, RuntimeError,
    MemoryError, OverflowError,
)  # fmt: skip
"""What can be raised when damaged bytes are read as an .npz file, in addition to OSError."""


class CheckpointError(ValueError):
    """A file is not a saved model, is damaged, or does not fit the model."""


def save(path: Name, model: Module, history: History | None = None) -> None:
    """Write a model, and the history from which `fit` continues bit for bit, to a .npz file.

    The file is replaced in one atomic step. If the process is killed before that step, the old file
    remains. An optimizer with settings that a file cannot hold, such as a schedule, is saved by
    name only. Give it to `fit` again when you continue from the file.

    Raises:
        TypeError: the model is not a Module, or the history is not a History.
        ValueError: the shuffling used a bit generator other than PCG64, NumPy's default.
        OSError: the file cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     save(f"{folder}/net.npz", MLP(2, [3, 1], seed=0))
    ...     load(f"{folder}/net.npz")
    (<MLP 2-3-1: relu, linear; 13 weights and biases>, None)
    """
    check_model(model)
    if history is not None and not isinstance(history, History):
        raise TypeError(f"the history must be what fit returned; got {shortened(history)}")
    arrays = {f"parameters/{name}": array for name, array in model.arrays().items()}
    about: dict[str, Any] = {"gradtrace": FORMAT, "model": _architecture(model)}
    if history is not None:
        _check_random(history)
        about["history"], states = to_json(history)
        arrays |= states
    about["sha256"] = _digest(about, arrays)
    file = io.BytesIO()
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    np.savez(file, allow_pickle=False, about=text, **arrays)
    replace_file(path, file.getvalue())


def load(path: Name, model: Module | None = None) -> tuple[Module, History | None]:
    """Return the model and the history that `save` wrote; the history is None if none was saved.

    Args:
        path: the file.
        model: the model to load the parameters into, of the same shapes and activations. It is
            needed if the saved model is not an MLP.

    Raises:
        CheckpointError: the file is truncated, changed, of another version or of another kind, or
            its arrays do not fit the model; the message names the file and the reason. The
            model is not changed then.
        OSError: the file cannot be read.
    """
    if model is not None:
        check_model(model)
    content = Path(path).read_bytes()
    try:
        about, arrays = _read(content)
        history = from_json(about["history"], arrays) if "history" in about else None
        parameters = {
            name.removeprefix("parameters/"): array
            for name, array in arrays.items()
            if name.startswith("parameters/")
        }
        description = about["model"]
    except _READ_ERRORS as error:
        reason = str(error) or type(error).__name__
        raise CheckpointError(
            f"{Path(path)}: not a complete model saved by gradtrace: {reason}"
        ) from None
    try:
        if model is None:
            model = _rebuild(description, parameters)
        else:
            _load_parameters(model, description, parameters)
    except _READ_ERRORS as error:
        raise CheckpointError(f"{Path(path)}: {error}") from error
    return model, history


def _read(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the description and the arrays in a file, after comparing them with its checksum."""
    if not content.startswith(_START_OF_ZIP):
        # NumPy would take the file for a pickle, and advise to allow pickles.
        raise ValueError("it is not an .npz file")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        if "about" not in file.files:
            raise ValueError('it has no entry "about"')
        about = json.loads(file["about"].tobytes())
        if about.get("gradtrace") not in _READABLE_FORMATS:
            readable = " and ".join(map(str, _READABLE_FORMATS))
            raise ValueError(f"format {about.get('gradtrace')!r}; this version reads {readable}")
        arrays = {name: file[name] for name in file.files if name != "about"}
    if about.pop("sha256") != _digest(about, arrays):
        raise ValueError("its content was changed after it was saved (the checksum differs)")
    return about, arrays


def _digest(about: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the checksum of the content: names, types, shapes and numbers."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name in sorted(arrays):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _architecture(model: Module) -> dict[str, Any]:
    """Return what `load` needs to rebuild the model, or to check the model that it is given."""
    return {"kind": _kind(model), "activations": list(identify(model).activations)}


def _kind(model: Module) -> str:
    """Return "MLP" if `load` can rebuild the network from activations and arrays.

    Otherwise, return the kind of model that the error message of `_rebuild` names.
    """
    if type(model) is not MLP:
        return type(model).__name__
    if runs_its_layers(model) and all(isinstance(layer.activation, str) for layer in model.layers):
        return "MLP"
    return "MLP with layers or activations of its own"


def _rebuild(about: dict[str, Any], parameters: dict[str, NDArray[Any]]) -> Module:
    """Return a new MLP with these parameters."""
    if about["kind"] != "MLP":
        raise ValueError(
            f"it holds a model of the kind {about['kind']}: write load(path, model) with a model "
            "of this kind, whose parameters will be replaced"
        )
    *hidden, output = about["activations"]
    layers = range(1, len(hidden) + 2)
    weights, biases = ([parameters.get(f"{kind}{k}") for k in layers] for kind in "Wb")
    return MLP.from_arrays(weights, biases, hidden, output)  # type: ignore[arg-type]


def _load_parameters(
    model: Module, about: dict[str, Any], parameters: dict[str, NDArray[Any]]
) -> None:
    """Put the parameters into a model of the same shapes and activations.

    A file of format 1 contains activations only for an MLP.
    """
    ours = identify(model)
    activations = tuple(about.get("activations", ours.activations))
    shapes = {name: array.shape for name, array in parameters.items()}
    Identity(shapes, activations).check_same(ours, "the file", "the model")
    model.load_arrays(parameters)


def _check_random(history: History) -> None:
    if history.random["bit_generator"] != "PCG64":
        raise ValueError(
            "save supports only PCG64, the generator of numpy.random.default_rng; the examples "
            f"were shuffled by {history.random['bit_generator']}"
        )
