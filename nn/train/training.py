"""`fit`: stochastic gradient descent, compiled."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..activations import SOFTMAX
from ..data.batches import Data, Indices, batch_indices, decide
from ..initialization import Seed
from ..losses import binary_cross_entropy, cross_entropy, squared_error
from ..module import Module
from ..network import MLP
from ..optimizers import Optimizer
from ..updates import State
from .batched import Compiled, Loss, parts
from .history import Epoch, History
from .metrics import threshold
from .progress import progress_shown


def fit(
    model: Module,
    data: Data,
    *,
    loss: Loss = squared_error,
    optimizer: Optimizer | None = None,
    epochs: int = 1,
    batch_size: int = 100,
    validation: Data | None = None,
    seed: Seed = None,
    l2: float = 0.0,
    progress: bool = True,
    resume: History | None = None,
) -> History:
    """Change a model's parameters so that its cost on the data falls, and return what happened.

    Stochastic gradient descent: in every epoch the examples are shuffled and divided into
    mini-batches, the last one short, and each mini-batch makes one step against the gradient of its
    average cost. Ctrl-C ends it after the mini-batch at work and keeps what was learnt.

    Args:
        model: what learns; any Module that is called with inputs and returns Values.
        data: the examples to learn from.
        loss: the cost of one example, loss(outputs, targets).
        optimizer: the update rule; may be left out only when going on with `resume`.
        epochs: how many times each example comes by.
        batch_size: the size of a mini-batch; `len(data)` makes it full-batch descent.
        validation: examples not learnt from, whose cost and accuracy is measured after each epoch.
        seed: of the shuffling, an int or a numpy Generator; the same seed, the same bits.
        l2: λ of λ Σ θ², which is added to every cost.
        progress: whether to show it, by tqdm where installed and by plain lines elsewhere.
        resume: the history of an earlier `fit` of this model, whose state and shuffling go on as if
            there had been no pause; `seed` is not used then.

    Raises:
        ValueError: data, loss, model or optimizer do not fit each other.
        ArithmeticError: a number left the range of floats; the message names node and example.

    >>> from nn import SGD, half_squared_error
    >>> model = MLP.from_arrays([[[0.0]]], [[0.0]])
    >>> line = Data([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]])
    >>> history = fit(model, line, loss=half_squared_error, optimizer=SGD(0.3), epochs=200,
    ...               batch_size=3, progress=False)
    >>> [round(p.data, 6) for p in model.parameters()]
    [2.0, 1.0]
    """
    history, generator = _begin(optimizer, seed, resume)
    _check(model, loss, data, epochs, batch_size)
    run = _Run(Compiled(model, loss, data, l2), history, generator, data, threshold(loss, data))
    run.compiled.rehearse(data, batch_size)
    shown = progress_shown(progress)
    last = len(history) + epochs
    with _interruptible() as stop:
        try:
            for number in range(len(history) + 1, last + 1):
                shown.start(number, last, len(data))
                found = run.epoch(number, batch_size, validation, shown.update, stop)
                shown.finish(found)
                history.epochs.append(found)
                if stop:
                    break
        finally:
            run.finish()
            shown.close()
    history.interrupted = bool(stop)
    return history


class _Run:
    """A training at work: the program, what the rule remembers, and the shuffling."""

    def __init__(
        self,
        compiled: Compiled,
        history: History,
        generator: np.random.Generator,
        data: Data,
        threshold: float,
    ) -> None:
        self.compiled, self.history, self.generator = compiled, history, generator
        self.data, self.threshold = data, threshold
        self.state: State = tuple(self._reordered(part, into=True) for part in history.state)

    def epoch(
        self, number: int, size: int, validation: Data | None, tell: Any, stop: list[int]
    ) -> Epoch:
        """Make a step for each mini-batch, and measure."""
        tally = _Tally(self.data, self.threshold)
        start = time.perf_counter()
        for wanted in batch_indices(len(self.data), size, self.generator):
            costs, gradient = self.compiled.costs_and_gradient(self.data, wanted)
            tally.add(costs, self.compiled.answers(), wanted)
            self._step(gradient)
            tell(tally.examples, tally.cost, tally.accuracy)
            if stop:
                break
        seconds = time.perf_counter() - start
        cost, right = self._tested(validation) if validation is not None else (None, None)
        return Epoch(number, tally.cost, tally.accuracy, cost, right, tally.examples, seconds)

    def _step(self, gradient: NDArray[Any]) -> None:
        weights = self.compiled.program.weights
        weights[:], self.state = self.history.optimizer.rule(weights, gradient, self.state)

    def _tested(self, data: Data) -> tuple[float, float | None]:
        tally = _Tally(data, self.threshold)
        for part in parts(len(data)):
            costs = self.compiled.costs(data, part)
            tally.add(costs, self.compiled.answers(), part)
        return tally.cost, tally.accuracy

    def finish(self) -> None:
        """Write what was learnt to the model, and all that going on needs to the history."""
        self.compiled.program.write_back()
        self.history.state = tuple(self._reordered(part, into=False) for part in self.state)
        self.history.random = dict(self.generator.bit_generator.state)

    def _reordered(self, part: Any, *, into: bool) -> Any:
        """Return a part of the state in the other order, the program's or the model's."""
        if np.ndim(part) == 0:
            return part
        return part[self.compiled.order] if into else self.compiled.to_model_order(part)


class _Tally:
    """The average cost, and the share of right answers, of the examples so far."""

    def __init__(self, data: Data, threshold: float) -> None:
        self.labels = data.labels if data.classified else None
        self.threshold = threshold
        self.examples, self._cost, self._right = 0, 0.0, 0

    def add(self, costs: NDArray[Any], answers: NDArray[Any], wanted: Indices | slice) -> None:
        self.examples += len(costs)
        self._cost += float(costs.sum())
        if self.labels is not None:
            right = decide(answers, self.threshold) == self.labels[wanted]
            self._right += int(np.count_nonzero(right))

    @property
    def cost(self) -> float:
        return self._cost / self.examples

    @property
    def accuracy(self) -> float | None:
        return None if self.labels is None else self._right / self.examples


# --- beginning and stopping -----------------------------------------------------------------------


def _begin(
    optimizer: Optimizer | None, seed: Seed, resume: History | None
) -> tuple[History, np.random.Generator]:
    """Return the history that will be added to, a copy of the one to resume, and the shuffling."""
    if resume is None:
        if optimizer is None:
            raise ValueError("fit needs an update rule, such as optimizer=SGD(learning_rate=0.1)")
        return History(optimizer), np.random.default_rng(seed)
    optimizer = optimizer or resume.optimizer
    if type(optimizer) is not type(resume.optimizer):
        raise ValueError(
            f"{resume.optimizer} has been at work; its state is of no use to {optimizer}"
        )
    bits = getattr(np.random, resume.random["bit_generator"])()
    bits.state = resume.random
    return History(optimizer, list(resume.epochs), resume.state), np.random.Generator(bits)


def _check(model: Module, loss: Loss, data: Data, epochs: int, batch_size: int) -> None:
    if not len(data):
        raise ValueError("there are no examples to learn from")
    if epochs < 0:
        raise ValueError(f"epochs must be 0 or more; got {epochs}")
    if batch_size < 1:
        raise ValueError(f"a mini-batch has at least one example; got batch_size={batch_size}")
    logits = loss in (cross_entropy, binary_cross_entropy)
    if logits and isinstance(model, MLP) and model.layers[-1].activation in (SOFTMAX, "sigmoid"):
        raise ValueError(
            f"{loss.__name__} takes logits and applies the {model.layers[-1].activation} itself: "
            'make the network with output_activation="linear"'
        )


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """Yield a list that is empty until Ctrl-C; a second Ctrl-C interrupts at once, as ever."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield caught  # Ctrl-C never reaches this thread
        return
    before = signal.getsignal(signal.SIGINT)

    def note(signum: int, frame: object) -> None:
        caught.append(signum)
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, note)
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
