"""Data sets: exclusive or, and handwritten digits. Nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from autograd.files import Name

from ..targets import TargetType
from .batches import Data, one_hot
from .idx import DataFileError, read_idx

PARTS = ("train", "t10k")
"""The names of the two parts of MNIST in its files. They have 60,000 and 10,000 digits."""


def xor() -> Data:
    """Return the four examples of exclusive or, with targets 0 and 1.

    No single neuron can learn this function.

    >>> [(x.tolist(), y.tolist()) for x, y in xor()]
    [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
    """
    return Data([[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], "label")


def digits() -> Data:
    """Return scikit-learn's 1,797 digits: 64 pixels from 0 to 1, and one-hot targets.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ImportError(
            "digits() reads the digits that come with scikit-learn, which is not installed: "
            "pip install scikit-learn, or use mnist(folder)"
        ) from None
    pixels, labels = load_digits(return_X_y=True)
    return Data(pixels / 16, one_hot(labels, 10), "classes")


def mnist(folder: Name, part: str | None = None, rows: slice = slice(None)) -> Data:
    """Return MNIST's digits from IDX files: 784 pixels from 0 to 1, and one-hot targets.

    The files have the names of the original distribution: train-images-idx3-ubyte,
    train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte. They may be gzipped.

    The files are also found under other names and in other folders. 7-Zip writes a dot, as in
    train-images.idx3-ubyte. Kaggle puts each file in a folder of its own. Torchvision puts the
    files in the folder MNIST/raw.

    Args:
        folder: where the files are.
        part: "train" or "t10k". None reads the parts that are there, "train" first.
        rows: which digits of the part to read; the others are not held in memory.

    Raises:
        FileNotFoundError: a file of the part is missing, or no part is there and `part` is None.
        DataFileError: a file is truncated, corrupted, or not what its name says.
        ValueError: there is no such part.
    """
    if part is not None and part not in PARTS:
        raise ValueError(f"MNIST has the parts train and t10k; got {part!r}")
    names = [part] if part else [p for p in PARTS if _find(folder, f"{p}-images", "idx3")]
    if not names:
        _require_file(folder, "train-images", "idx3", "t10k-images")  # raises FileNotFoundError
    parts = zip(*(_read_part(folder, name, rows) for name in names), strict=True)
    images, labels = (np.concatenate(arrays) for arrays in parts)
    examples = np.empty((len(images), 784 + 10))  # filled in place, to save memory
    np.divide(images.reshape(-1, 784), 255, out=examples[:, :784])
    examples[:, 784:] = one_hot(labels, 10)
    return Data.of_rows(examples, 784, TargetType("classes"))


def mnist_count(folder: Name, part: str) -> int:
    """Return how many digits a part of MNIST has, by reading the small file of its labels."""
    _require_file(folder, f"{part}-images", "idx3")
    return len(read_idx(_require_file(folder, f"{part}-labels", "idx1")))


def _read_part(folder: Name, part: str, rows: slice) -> tuple[Any, Any]:
    """Return the images and the labels of one part."""
    image_file = _require_file(folder, f"{part}-images", "idx3")
    label_file = _require_file(folder, f"{part}-labels", "idx1")
    images: Any = read_idx(image_file, rows)
    labels: Any = read_idx(label_file, rows)
    _expect(image_file, "images of 28×28 bytes", images, images.shape[1:] == (28, 28))
    _expect(
        label_file, f"{len(images)} labels of one byte", labels, labels.shape == images.shape[:1]
    )
    if labels.size and labels.max() > 9:
        raise DataFileError(f"{label_file}: expected labels from 0 to 9; found {labels.max()}")
    return images, labels


def _expect(path: Path, expected: str, array: Any, is_right: bool) -> None:
    """Raise an error unless the array is right and has entries of one byte."""
    if not is_right or array.dtype != np.uint8:
        actual = f"{array.dtype.name} of shape {array.shape}"
        raise DataFileError(f"{path}: expected {expected}; found {actual}")


def _find(folder: Name, name: str, kind: str) -> Path | None:
    """Return the path of a file, or None. Different tools unpack it under different names."""
    names = [f"{name}{dash}{kind}-ubyte{end}" for dash in "-." for end in ("", ".gz")]
    folders = (Path(folder), Path(folder) / "MNIST" / "raw")
    # Kaggle puts each file in a folder that has the name of the file.
    searched = [root / inner for root in folders for inner in ("", *names)]
    return next((p / n for p in searched for n in names if (p / n).is_file()), None)


def _require_file(folder: Name, name: str, kind: str, other: str = "") -> Path:
    """Return the path of a file, or raise an error that lists the files that are there."""
    path = _find(folder, name, kind)
    if path is not None:
        return path
    if not Path(folder).is_dir():
        raise FileNotFoundError(2, "no such folder of MNIST files", str(folder))
    there = sorted(entry.name for entry in Path(folder).iterdir())
    listed = ", ".join([*there[:6], *(["…"] if len(there) > 6 else [])]) or "nothing"
    wanted = f"{name}-{kind}-ubyte[.gz]" + (f" or {other}-{kind}-ubyte[.gz]" if other else "")
    raise FileNotFoundError(2, f"no MNIST file {wanted}; there is {listed}", str(folder))
