"""`training_setup`: the training and the test data of ``gradtrace train``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nn.data.batches import Data
from nn.data.datasets import PARTS, digits, mnist, mnist_count

from .process_share import ALONE, ProcessShare

LEAST_TO_LEARN = 9  # ten digits are needed, because a tenth is kept for testing


class TrainingSetup(NamedTuple):
    """The training data, the test data, the hyperparameters, and a note to print.

    If several processes train together, `learn` and `test` are the share of this process, and
    `whole_test` returns the test data of all processes.
    """

    learn: Data
    test: Data
    whole_test: Callable[[], Data]
    epochs: int
    learning_rate: float
    note: str = ""


def training_setup(folder: Path | None, member: ProcessShare = ALONE) -> TrainingSetup:
    """Return what to train on: MNIST's digits from a folder, or scikit-learn's.

    The network learns from MNIST's train-* files and is tested with its t10k-* files. If the folder
    has only one part, or if the digits are scikit-learn's, their last tenth is kept for testing.

    Args:
        folder: the folder with MNIST's files, or None for scikit-learn's digits.
        member: which of several processes this one is. It reads only its own share of the digits.

    Raises:
        OSError, DataFileError: the files in the folder are missing or not MNIST's.
        ImportError: scikit-learn is not installed.
        ValueError: there are fewer than ten digits.
    """
    if folder is None:
        data = digits()
        # The digits are sorted by writer. They are shuffled, so that both parts have all writers.
        data = data[np.random.default_rng(0).permutation(len(data))]
        return _keep_last_tenth(len(data), lambda rows: data[rows], member, 150)
    return _mnist_setup(folder, member)


def _mnist_setup(folder: Path, member: ProcessShare) -> TrainingSetup:
    """Return the setup for the parts of MNIST that are in the folder."""
    counts, missing = {}, ""
    for name in PARTS:
        try:
            counts[name] = mnist_count(folder, name)
        except FileNotFoundError as error:
            missing = error.strerror or str(error)
    if not counts:
        mnist(folder)  # raises the error that names the folder
    if not missing:
        learn, test = (mnist(folder, name, member.share_of(counts[name])) for name in PARTS)
        whole = test if member.count == 1 else None
        setup = TrainingSetup(learn, test, lambda: whole or mnist(folder, PARTS[1]), 20, 5.0)
        return _check_count(setup, *counts.values())
    ((name, count),) = counts.items()
    note = (
        f"In {folder} there is {missing}.\nThe first nine tenths of the {name} digits are learned "
        "from, the others are for testing.\n"
    )
    return _keep_last_tenth(count, lambda rows: mnist(folder, name, rows), member, 20, note)


def _keep_last_tenth(
    count: int, read: Callable[[slice], Data], member: ProcessShare, epochs: int, note: str = ""
) -> TrainingSetup:
    """Return the setup that keeps the last tenth of the data for testing.

    Args:
        count: how many digits there are.
        read: returns the digits of a slice.
        member: which of several processes this one is.
        epochs: how often each digit is used, unless the user says otherwise.
        note: what to print after the counts.
    """
    split = count - count // 10
    learn, test = read(member.share_of(split)), read(member.share_of(count - split, split))
    setup = TrainingSetup(learn, test, lambda: read(slice(split, count)), epochs, 5.0, note)
    return _check_count(setup, split, count - split)


def _check_count(setup: TrainingSetup, learn: int, test: int) -> TrainingSetup:
    """Return the setup with the counts in its note, or refuse too few digits."""
    if learn < LEAST_TO_LEARN or not test:
        raise ValueError(
            f"there are {learn + test} digits; at least {LEAST_TO_LEARN + 1} are needed, "
            f"{LEAST_TO_LEARN} to learn from and one to test with"
        )
    return setup._replace(
        note=f"{learn:,} digits to learn from, {test:,} to test with\n{setup.note}"
    )
