"""The command ``gradtrace train``, which trains the digits network and analyzes its gradients."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from autograd.files import check_writable
from autograd.graph.wording import aligned, number_text
from nn.data.batches import Data
from nn.data.datasets import PARTS, digits, mnist, mnist_count
from nn.lessons.nudges import nudges
from nn.lessons.sensitivities import Sensitivity, sensitivities
from nn.losses import squared_error
from nn.network import MLP
from nn.optimizers import SGD
from nn.train.batched import total_cost
from nn.train.checkpoint import load, save
from nn.train.metrics import accuracy, confusion
from nn.train.training import fit

from .launcher import run_processes
from .process_share import ALONE, ProcessShare, add_process_options, joined_processes

SHOWN_DIGIT = 2  # the digit whose wanted changes are shown, as in the lesson
LEAST_TO_LEARN = 9  # ten digits are needed, because a tenth is kept for testing


class TrainingSetup(NamedTuple):
    """The training data, the test data, the hyperparameters, and a note to print.

    If several processes train together, `learn` and `test` are the share of this process, and
    `whole_test` reads all test data.
    """

    learn: Data
    test: Data
    whole_test: Callable[[], Data]
    epochs: int
    learning_rate: float
    note: str = ""


def train_digits(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Train the digits network from the command line."""
    _add_options(parser)
    options = parser.parse_args(arguments)
    for name, least in (("epochs", 0), ("processes", 1), ("seed", 0)):
        given = getattr(options, name)
        if given is not None and given < least:
            parser.error(f"--{name} must be {least} or more; got {given}")
    if options.processes > 1 and options.engine != "jax":
        parser.error("--processes needs --engine jax")
    if options.processes > 1 and options.process is None:
        file = None if options.save is None else str(options.save)
        return run_processes(arguments, options.processes, file)
    member = ProcessShare(options.process or 0, options.processes)
    with joined_processes(options.coordinator, member):
        train(
            options.mnist,
            options.epochs,
            options.save,
            options.seed,
            progress=not options.quiet,
            engine=options.engine,
            resume=options.resume,
            member=member,
        )
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Train the network with two hidden layers of 16 neurons on handwritten digits; print its "
        "accuracy, its most and least sensitive weights, and what one example wants. Ctrl-C ends "
        "the training and keeps what was learned."
    )
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument("--mnist", type=Path, metavar="DIR", help="a folder with MNIST's IDX files")
    data.add_argument("--digits", action="store_true", help="the 8×8 digits of scikit-learn")
    parser.add_argument("--epochs", type=int, metavar="N", help="how often each digit is used")
    parser.add_argument("--save", type=Path, metavar="FILE", help="where to save the network")
    parser.add_argument(
        "--seed", type=int, default=0, help="the seed for weights and shuffling (default: 0)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument(
        "--resume", type=Path, metavar="FILE", help="continue a training that was saved in FILE"
    )
    add_process_options(parser)


def training_setup(folder: Path | None, member: ProcessShare = ALONE) -> TrainingSetup:
    """Return what to train on: MNIST's digits from a folder, or scikit-learn's.

    A process that trains together with others reads its own share of the digits.

    The network learns from MNIST's train-* files and is tested with its t10k-* files. If the
    folder has only one part, or for scikit-learn's digits, the last tenth is kept for testing.

    Raises:
        OSError, DataFileError: the files in the folder are missing or not MNIST's.
        ImportError: scikit-learn is not installed.
        ValueError: there are fewer than ten digits.
    """
    if folder is None:
        data = digits()
        # They are sorted by writer. Without shuffling, the last tenth would be by unknown writers.
        data = data[np.random.default_rng(0).permutation(len(data))]
        return _keep_last_tenth(len(data), lambda rows: data[rows], member, 150)
    return _mnist(folder, member)


def _mnist(folder: Path, member: ProcessShare) -> TrainingSetup:
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
    """Return the setup that keeps the last tenth of the data for testing."""
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


def train(
    folder: Path | None,
    epochs: int | None = None,
    file: Path | None = None,
    seed: int = 0,
    *,
    progress: bool = True,
    engine: Literal["numpy", "jax"] = "numpy",
    resume: Path | None = None,
    member: ProcessShare = ALONE,
    show: Callable[[str], None] = lambda text: print(text, flush=True),
) -> MLP:
    """Train the network with two hidden layers of 16, show what it learned, and save it to a file.

    Raises:
        OSError: a file of digits cannot be read, or the network cannot be saved in the file. The
            file is checked before the training.
        ImportError, ValueError: for the reasons that `training_setup` gives.
    """
    if file is not None and member.is_first:
        check_writable(file)
    if not member.is_first:
        show, progress = lambda text: None, False
    learn, test, whole_test, usual, rate, note = training_setup(folder, member)
    model = MLP(learn.x.shape[1], [16, 16, 10], "sigmoid", "sigmoid", seed=seed)
    before = None if resume is None else load(resume, model)[1]
    sizes = "-".join(map(str, model.sizes))
    show(f"{sizes}, {len(model.parameters()):,} weights and biases, sigmoid, squared error")
    show(note)
    history = fit(
        model,
        learn,
        loss=squared_error,
        optimizer=SGD(rate) if before is None else None,
        epochs=max(0, (usual if epochs is None else epochs) - len(before or ())),
        validation=test,
        seed=seed,
        progress=progress,
        checkpoint=file,
        resume=before,
        engine=engine,
    )
    if not member.is_first:
        return model
    test = whole_test()
    if file is not None:
        save(file, model, history)
    if history.interrupted:
        show("Stopped by Ctrl-C; what was learned is kept.\n")
    for block in _results(model, test):
        show(block + "\n")
    if file is not None:
        show(f"Saved in {file}; nn.load({str(file)!r}) gives model and history back")
    return model


def _results(model: MLP, test: Data) -> Iterator[str]:
    yield f"Accuracy: {accuracy(model, test):.1%} of the {len(test):,} digits it has never seen"
    yield str(confusion(model, test))
    yield _sensitive_weights(model, test)
    yield _wanted_changes(model, test)


def _sensitive_weights(model: MLP, test: Data) -> str:
    cost = total_cost(model, test)
    found = sensitivities([w for w in model.parameters() if w.label.startswith("W")])
    most, least = found.most(), found.least()
    middle = found[(len(found) - found.idle) // 2].label
    return "\n".join(
        [
            f"The cost of those digits is C = {number_text(cost)}. "
            "The weights it is most sensitive to,",
            *_rows(most),
            "and least, of those that matter at all:",
            *_rows(least),
            f"  {found.compare(most[0].label, middle)}",
            f"  {found.idle:,} of {len(found):,} weights do not matter: their pixel is never lit",
        ]
    )


def _rows(found: tuple[Sensitivity, ...]) -> list[str]:
    return aligned([[w.label, f"∂C/∂w = {number_text(w.gradient)}"] for w in found])


def _wanted_changes(model: MLP, test: Data) -> str:
    k = int(np.argmax(test.labels == SHOWN_DIGIT))
    return "\n".join(
        [
            f"What one example wants, a {test.labels[k]} (output n + 1 stands for the digit n).",
            str(nudges(model, test.x[k].tolist(), test.y[k].tolist())),
        ]
    )
