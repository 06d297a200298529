"""The command ``gradtrace train``, which trains the digits network and analyzes its gradients."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from autograd.files import check_writable
from autograd.graph.wording import aligned, number_text
from nn.data.batches import Data
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
from .process_share import (
    ALONE,
    ProcessShare,
    add_process_options,
    check_process_options,
    joined_processes,
)
from .training_setup import training_setup

# The results end with the changes that one example of this digit wants. 3Blue1Brown's lesson on
# backpropagation shows a 2 as well.
SHOWN_DIGIT = 2


def train_digits(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> int:
    """Train the digits network from the command line."""
    _add_options(parser)
    options = parser.parse_args(arguments)
    for name, least in (("epochs", 0), ("processes", 1), ("seed", 0)):
        given = getattr(options, name)
        if given is not None and given < least:
            parser.error(f"--{name} must be {least} or more; got {given}")
    check_process_options(parser, options)
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
    learn, test, whole_test, default_epochs, rate, note = training_setup(folder, member)
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
        epochs=max(0, (default_epochs if epochs is None else epochs) - len(before or ())),
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
    """Yield the paragraphs that say what the network has learned."""
    yield f"Accuracy: {accuracy(model, test):.1%} of the {len(test):,} digits it has never seen"
    yield str(confusion(model, test))
    yield _sensitive_weights(model, test)
    yield _wanted_changes(model, test)


def _sensitive_weights(model: MLP, test: Data) -> str:
    cost = total_cost(model, test)
    ranked = sensitivities([w for w in model.parameters() if w.label.startswith("W")])
    most, least = ranked.most(), ranked.least()
    # `middle` is the middle one of the weights whose gradient is not 0.
    middle = ranked[(len(ranked) - ranked.idle) // 2].label
    return "\n".join(
        [
            f"The cost of those digits is C = {number_text(cost)}. "
            "The weights it is most sensitive to,",
            *_rows(most),
            "and least, of those whose gradient is not 0:",
            *_rows(least),
            f"  {ranked.compare(most[0].label, middle)}",
            f"  {ranked.idle:,} of {len(ranked):,} weights have the gradient 0, among them those "
            "of pixels that are never lit",
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
