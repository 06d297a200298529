"""Store the results of a training in the model, in the history and in a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograd.engine.value import Value
from autograd.files import Name

from ..module import Module
from .checkpoint import save
from .history import History
from .run import Run


@contextmanager
def results_stored(
    run: Run, history: History, chosen: Sequence[tuple[str, Value]]
) -> Iterator[None]:
    """Store the results at the end of a ``with`` block, even if the training fails.

    An error gets the history as its attribute `history`.

    Args:
        run: the training.
        history: its history.
        chosen: the names and Values of the parameters that learn.
    """
    try:
        yield
    except BaseException as error:
        if run.tally.examples:
            history.epochs.append(run.unfinished_epoch(len(history) + 1))
            history.interrupted = True
        history.stopped = f"{type(error).__name__}: {error}"
        vars(error)["history"] = history  # type checkers refuse error.history
        raise
    finally:
        store_results(run, history, chosen)


def store_results(run: Run, history: History, chosen: Sequence[tuple[str, Value]]) -> None:
    """Write the weights to the model, and the states of optimizer and generator to the history."""
    run.compiled.program.write_back()
    history.optimizer.finish(chosen, run.update)
    history.state, history.steps = history.optimizer.state, history.optimizer.steps
    history.random = dict(run.generator.bit_generator.state)


def save_training(
    checkpoint: Name | None,
    model: Module,
    run: Run,
    history: History,
    chosen: Sequence[tuple[str, Value]],
) -> None:
    """Save the training if a checkpoint is given. Of several processes, the first saves it."""
    if checkpoint is not None:
        store_results(run, history, chosen)
        if run.compiled.is_first:
            save(checkpoint, model, history)
