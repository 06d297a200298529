"""Data sets: shapes, seeds, and files that are not what they should be."""

import re
import sys

import numpy as np
import pytest

from nn import DataFileError, digits, mnist, write_idx, xor


def test_xor_is_the_four_examples():
    data = xor()
    assert (data.x[:, 0] != data.x[:, 1]).astype(float).tolist() == data.y[:, 0].tolist()


@pytest.mark.optional("sklearn")
def test_the_digits_of_scikit_learn():
    data = digits()
    assert (data.x.shape, data.y.shape) == ((1797, 64), (1797, 10))
    assert (data.x.min(), data.x.max()) == (0.0, 1.0)
    assert data.labels[:5].tolist() == [0, 1, 2, 3, 4]


def test_without_scikit_learn_a_sentence_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match="pip install scikit-learn"):
        digits()


def test_the_ten_thousand_digits_of_mnist(mnist_folder):
    data = mnist(mnist_folder, "t10k")
    assert (data.x.shape, data.y.shape) == ((10_000, 784), (10_000, 10))
    assert (data.x.min(), data.x.max()) == (0.0, 1.0)
    assert data.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    assert np.bincount(data.labels).tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]


# --- MNIST's files, small and made up -------------------------------------------------------------


def written(folder, part="t10k", images=None, labels=None, end=""):
    images = np.zeros((3, 28, 28), np.uint8) if images is None else images
    labels = np.array([1, 2, 3], np.uint8) if labels is None else labels
    write_idx(folder / f"{part}-images-idx3-ubyte{end}", images)
    write_idx(folder / f"{part}-labels-idx1-ubyte{end}", labels)


@pytest.mark.parametrize("end", ["", ".gz"])
def test_plain_and_packed_files_and_both_parts(tmp_path, end):
    written(tmp_path, "t10k", end=end)
    assert len(mnist(tmp_path)) == 3
    train = np.full((2, 28, 28), 255, np.uint8)
    written(tmp_path, "train", train, np.array([9, 8], np.uint8), end)
    both = mnist(tmp_path)
    assert both.labels.tolist() == [9, 8, 1, 2, 3]
    assert both.x.sum(axis=1).tolist() == [784, 784, 0, 0, 0]
    assert mnist(tmp_path, "t10k").labels.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((3, 28, 27), np.uint8), None, "images of 28×28 bytes; found uint8 of shape (3"),
        (np.zeros((3, 28, 28), np.float32), None, "images of 28×28 bytes; found float32"),
        (np.zeros(3, np.uint8), None, "images of 28×28 bytes; found uint8 of shape (3,)"),
        (None, np.zeros(4, np.uint8), "3 labels of one byte; found uint8 of shape (4,)"),
        (None, np.zeros((3, 28, 28), np.uint8), "3 labels of one byte; found uint8 of shape (3, 2"),
        (None, np.array([1, 10, 2], np.uint8), "labels from 0 to 9; found 10"),
    ],
)
def test_files_of_the_wrong_kind_are_named(tmp_path, images, labels, message):
    written(tmp_path, images=images, labels=labels)
    with pytest.raises(DataFileError, match=re.escape(message)) as caught:
        mnist(tmp_path)
    assert str(tmp_path / "t10k-") in str(caught.value)


def test_missing_files_and_parts_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no MNIST file train-images-idx3-ubyte") as caught:
        mnist(tmp_path)
    assert caught.value.filename == str(tmp_path)
    written(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match="t10k-labels-idx1-ubyte"):
        mnist(tmp_path)
    with pytest.raises(ValueError, match="the parts train and t10k; got 'test'"):
        mnist(tmp_path, "test")
    (tmp_path / "mnist.npz").write_bytes(b"")
    with pytest.raises(FileNotFoundError, match=r"there is mnist\.npz, t10k-images-idx3-ubyte"):
        mnist(tmp_path, "train")
    with pytest.raises(FileNotFoundError, match="no such folder of MNIST files"):
        mnist(tmp_path / "none")


UNPACKED = {
    "dotted": "t10k-{0}.{1}-ubyte",
    "dotted and packed": "t10k-{0}.{1}-ubyte.gz",
    "in a folder": "t10k-{0}-{1}-ubyte/t10k-{0}-{1}-ubyte",
    "dotted in a folder": "t10k-{0}-{1}-ubyte/t10k-{0}.{1}-ubyte",
    "in a folder called as if packed": "t10k-{0}-{1}-ubyte.gz/t10k-{0}-{1}-ubyte",
    "torchvision": "MNIST/raw/t10k-{0}-{1}-ubyte",
    "torchvision, packed": "MNIST/raw/t10k-{0}-{1}-ubyte.gz",
}


@pytest.mark.parametrize("pattern", UNPACKED.values(), ids=UNPACKED)
def test_files_are_found_as_programs_unpack_them(tmp_path, pattern):
    for what, kind, array in (
        ("images", "idx3", np.zeros((3, 28, 28), np.uint8)),
        ("labels", "idx1", np.array([1, 2, 3], np.uint8)),
    ):
        path = tmp_path / pattern.format(what, kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_idx(path, array)
    assert mnist(tmp_path).labels.tolist() == [1, 2, 3]
    assert mnist(str(tmp_path), "t10k").x.shape == (3, 784)
