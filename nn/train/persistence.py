"""Store the results of a training in the model, in the history and in a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from autograd.engine.value import Value
from autograd.files import Name

from ..data.batches import Indices
from ..module import Module
from .checkpoint import save
from .history import Best, History
from .run import Run


class Results:
    """Writes the results of a training to the model, to the history and to a checkpoint.

    Args:
        run: the training.
        history: the history of the training.
        model: the model.
        chosen: the parameters that learn, with their names.
        owners: for each weight of the program, the index of its parameter in `chosen`, or −1.
        checkpoint: the file for the model and the history, or None.
    """

    def __init__(
        self,
        run: Run,
        history: History,
        model: Module,
        chosen: Sequence[tuple[str, Value]],
        owners: Indices,
        checkpoint: Name | None,
    ) -> None:
        self.run, self.history, self.model = run, history, model
        self.chosen, self.owners, self.checkpoint = chosen, owners, checkpoint

    @contextmanager
    def stored(self) -> Iterator[None]:
        """Store the results at the end of a ``with`` block, also if the training fails.

        An error gets the history as its attribute `history`.
        """
        run, history = self.run, self.history
        try:
            yield
        except BaseException as error:
            if run.tally.examples:
                history.epochs.append(run.unfinished_epoch(len(history) + 1))
                history.interrupted = True
            history.stopped = f"{type(error).__name__}: {error}"
            vars(error)["history"] = history  # mypy refuses error.history
            raise
        finally:
            self.store()

    def store(self) -> None:
        """Write the weights to the model, and the states of optimizer and generator to history."""
        run, history = self.run, self.history
        run.compiled.program.write_back()
        history.optimizer.finish(self.chosen, run.update)
        history.state, history.steps = history.optimizer.state, history.optimizer.step_counts
        history.random = dict(run.generator.bit_generator.state)

    def save(self) -> None:
        """Save the training if a checkpoint is given. Only the first process saves it."""
        if self.checkpoint is not None:
            self.store()
            if self.run.compiled.is_first:
                save(self.checkpoint, self.model, self.history)

    def note_best(self) -> None:
        """Keep copies of the weights and of the optimizer's state, which are the best so far."""
        self.store()
        weights = [value.data for _, value in self.chosen]
        self.history.put_aside = Best(weights, self.history.state, self.history.steps)

    def return_to_best(self) -> None:
        """Restore the weights and the optimizer's state that `note_best` kept."""
        best = self.history.put_aside
        if best is not None:
            for (_, value), number in zip(self.chosen, best.weights, strict=True):
                value.data = float(number)
            self.run.compiled.program.read_values()
            optimizer = self.history.optimizer
            optimizer.continue_from(self.chosen, best.state, best.steps)
            self.run.update = optimizer.start(self.chosen, self.owners)
            self.history.put_aside = None
            self.save()
