"""What ``gradtrace train`` does: the digits network of the lesson, trained and looked into."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autograd.graph.wording import aligned, number
from nn.data.batches import Data
from nn.data.datasets import digits, mnist
from nn.lessons.nudges import nudges
from nn.lessons.sensitivities import Sensitivity, sensitivities
from nn.losses import squared_error
from nn.network import MLP
from nn.optimizers import SGD
from nn.train.batched import total_cost
from nn.train.checkpoint import save
from nn.train.metrics import accuracy, confusion
from nn.train.training import fit

SHOWN_DIGIT = 2  # the lesson follows the wishes of a 2


class Recipe(NamedTuple):
    """What to learn from, what to test with, and for how long."""

    learn: Data
    test: Data
    epochs: int
    learning_rate: float


def train_digits(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Train the digits network from the command line."""
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
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same bits (0)")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    options = parser.parse_args(arguments)
    train(options.mnist, options.epochs, options.save, options.seed, progress=not options.quiet)
    return 0


def plan(folder: Path | None) -> Recipe:
    """Return MNIST's digits from a folder, or scikit-learn's; the last tenth is for testing.

    Raises:
        OSError, DataFileError: the files in the folder are missing or not MNIST's.
        ImportError: scikit-learn is not installed.
    """
    data = digits() if folder is None else mnist(folder)
    count = len(data) // 10
    if folder is None:
        # They come writer by writer: unshuffled, the last tenth would be writers never seen.
        data = data[np.random.default_rng(0).permutation(len(data))]
    return Recipe(data[:-count], data[-count:], 150 if folder is None else 20, 5.0)


def train(
    folder: Path | None,
    epochs: int | None = None,
    file: Path | None = None,
    seed: int = 0,
    *,
    progress: bool = True,
    show: Callable[[str], None] = print,
) -> MLP:
    """Train the network with two hidden layers of 16, show what it learnt, and save it to a file.

    Raises:
        OSError, DataFileError, ImportError: as `plan`, or the file cannot be written.
    """
    learn, test, usual, rate = plan(folder)
    model = MLP(learn.x.shape[1], [16, 16, 10], "sigmoid", "sigmoid", seed=seed)
    sizes = "-".join(map(str, model.sizes))
    show(f"{sizes}, {len(model.parameters()):,} weights and biases, sigmoid, squared error")
    show(f"{len(learn):,} digits to learn from, {len(test):,} to test with\n")
    history = fit(
        model,
        learn,
        loss=squared_error,
        optimizer=SGD(rate),
        epochs=usual if epochs is None else epochs,
        validation=test,
        seed=seed,
        progress=progress,
    )
    if file is not None:
        save(file, model, history)
    if history.interrupted:
        show("Stopped by Ctrl-C; what was learnt is kept.\n")
    for block in (*_judged(model, test), _sensitive(model, test), _wishes(model, test)):
        show(block + "\n")
    if file is not None:
        show(f"Saved in {file}; nn.load({str(file)!r}) gives model and history back")
    return model


def _judged(model: MLP, test: Data) -> tuple[str, str]:
    right = f"Accuracy: {accuracy(model, test):.1%} of the {len(test):,} digits it has never seen"
    return right, str(confusion(model, test))


def _sensitive(model: MLP, test: Data) -> str:
    cost = total_cost(model, test)
    found = sensitivities([w for w in model.parameters() if w.label.startswith("W")])
    most, least = found.most(), found.least()
    middle = found[(len(found) - found.idle) // 2].label
    return "\n".join(
        [
            f"The cost of those digits is C = {number(cost)}. The weights it is most sensitive to,",
            *_rows(most),
            "and least, of those that matter at all:",
            *_rows(least),
            f"  {found.compare(most[0].label, middle)}",
            f"  {found.idle:,} of {len(found):,} weights do not matter: their pixel is never lit",
        ]
    )


def _rows(found: tuple[Sensitivity, ...]) -> list[str]:
    return aligned([[w.label, f"∂C/∂w = {number(w.gradient)}"] for w in found])


def _wishes(model: MLP, test: Data) -> str:
    k = int(np.argmax(test.labels == SHOWN_DIGIT))
    return "\n".join(
        [
            f"What one example wants, a {test.labels[k]} (output n + 1 stands for the digit n).",
            str(nudges(model, test.x[k].tolist(), test.y[k].tolist())),
        ]
    )
