"""`fit` trains a model by stochastic gradient descent on a compiled program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd.files import Name

from ..data.batches import Data, Indices
from ..initialization import Seed
from ..losses import Loss, squared_error
from ..module import Module
from ..optimizer_base import Optimizer
from ..parameters import Parameters, name_parameters
from ..targets import Kind, TargetType
from . import arguments
from .batched import Compiled
from .data_parallel import compile_sharded
from .history import Epoch, History
from .identity import identify
from .interruption import interruptible
from .persistence import Results
from .progress import Progress, choose_progress
from .resumption import begin_history, check_learning, parameters_to_train
from .run import Batch, Metric, Run
from .target_checks import check_targets, check_type
from .watch import Watch
from .weighting import example_weights


def fit(
    model: Module,
    data: Data,
    *others: object,  # `others` and `unknown` exist only for an error message with advice
    loss: Loss = squared_error,
    optimizer: Optimizer | None = None,
    epochs: int = 1,
    batch_size: int = 100,
    validation: Data | None = None,
    seed: Seed = None,
    l2: float = 0.0,
    targets: Kind | TargetType | None = None,
    train: Parameters | None = None,
    sample_weight: ArrayLike | None = None,
    class_weight: Mapping[int, float] | ArrayLike | None = None,
    metrics: Mapping[str, Metric] | None = None,
    patience: int | None = None,
    on_epoch: Callable[[Epoch], object] | None = None,
    on_batch: Callable[[Batch], object] | None = None,
    progress: bool = True,
    resume: History | None = None,
    checkpoint: Name | None = None,
    engine: Literal["numpy", "jax"] = "numpy",
    mesh: Any = None,
    **unknown: object,
) -> History:
    """Change a model's parameters so that its cost on the data falls, and return what happened.

    The method is stochastic gradient descent. In every epoch, the examples are shuffled and divided
    into mini-batches. The last one may be smaller. For each mini-batch, the optimizer makes one
    step against the gradient of its average cost. Ctrl-C ends the training after the current
    mini-batch and keeps the weights.

    An optimizer keeps its state, so that a second `fit` of the same model with the same optimizer
    continues from the first one. `resume` continues the shuffling as well, bit for bit.

    Args:
        model: the model, any Module that is called with inputs and returns Values.
        data: the examples to learn from.
        loss: the cost of one example, loss(outputs, targets).
        optimizer: the update rule; may be left out only when continuing with `resume`.
        epochs: how many times each example is used.
        batch_size: the size of a mini-batch; `len(data)` makes it full-batch descent.
        validation: other examples, whose cost and accuracy are measured after each epoch.
        seed: for the shuffling and for Dropout, an int or a numpy Generator. The same int gives
            the same result, to the last bit.
        l2: λ. The sum λ Σ θ² over all weights and biases of the model is added to the cost of every
            example, and therefore also to the costs in the history.
        targets: what the targets mean, which decides whether an output counts as right. With
            "classes", the largest output names the class. With "label", the only output answers yes
            or no. With "labels", each output answers a question of its own. With "numbers", no
            output is right or wrong. By default `nn.targets.decide_type` determines it from the
            loss and the data. The history keeps it as `history.targets`.
        train: the parameters that learn, such as ``net.layers[-1].parameters()``, a Module, or
            names. By default all parameters learn. A parameter that does not learn keeps its value.
        sample_weight: the weight of each example, by which its cost is multiplied.
        class_weight: the weight of each class by its number, or "balanced" for weights that give
            all classes the same total.
        metrics: additional metrics by name. Each is a function of all outputs and all targets, two
            arrays of shape (examples, outputs), that returns a number.
        patience: the training ends if the validation cost has not reached a new minimum for this
            many epochs. The model then has the weights of the epoch with the lowest validation
            cost.
        on_epoch: called with the Epoch after each epoch. The training ends if it returns True. The
            parameters of the model are up to date and may be changed.
        on_batch: called with the Batch after each step, under the same rules as `on_epoch`.
        progress: whether to show the progress, by tqdm if it is installed and by lines otherwise.
        resume: the history of an earlier `fit` of this model. Its state and its shuffling continue
            as if there had been no pause, and `seed` is not used. If the earlier training had a
            `patience` and has ended, the new one continues from the weights of the best epoch.
        checkpoint: a file to which `save` writes the model and the history after every epoch. If
            the process is killed, the training can be resumed from the last complete epoch.
        engine: what computes costs and gradients, "numpy" or "jax". The results agree to rounding.
        mesh: with the engine "jax", the devices among which every mini-batch is divided; all
            devices by default. If they belong to several processes, each of them calls `fit` with
            its own part of the examples and the same other arguments. The mini-batches are drawn
            from all parts, joined in the order of the processes.

    Raises:
        TypeError: an argument has a wrong type; the message says what to write.
        ValueError: data, loss, model or optimizer do not fit each other.
        ArithmeticError: a number overflowed; the message names the node and the example. The model
            then has the weights it had before the last step. This exception and any other during
            the training have the history so far as `error.history`.

    >>> from nn import MLP, SGD, half_squared_error
    >>> model = MLP.from_arrays([[[0.0]]], [[0.0]])
    >>> line = Data([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]])
    >>> history = fit(model, line, loss=half_squared_error, optimizer=SGD(0.3), epochs=200,
    ...               batch_size=3, progress=False)
    >>> [round(p.data, 6) for p in model.parameters()]
    [2.0, 1.0]
    """
    arguments.refuse_foreign(others, unknown)
    arguments.check_examples(model, data, loss, validation, patience)
    arguments.check_numbers(epochs, batch_size, l2, patience)
    arguments.check_functions(on_epoch=on_epoch, on_batch=on_batch)
    arguments.check_engine(engine, mesh)
    arguments.check_metrics(metrics or {})
    named = name_parameters(model)
    learning = arguments.indices_to_train(parameters_to_train(train, resume), named)
    chosen = [named[k] for k in learning]
    history, generator = begin_history(optimizer, seed, resume, identify(model))
    history.learning = tuple(name for name, _ in chosen) if len(chosen) < len(named) else None
    if resume is not None:
        check_learning(history, resume)
        history.optimizer.continue_from(chosen, resume.state, resume.steps)
    is_weighted = sample_weight is not None or class_weight is not None
    compiled: Compiled
    if engine == "numpy":
        compiled = Compiled(model, loss, data, float(l2), is_weighted=is_weighted, is_training=True)
    else:
        compiled = compile_sharded(
            model, loss, data, validation, mesh, float(l2), is_weighted=is_weighted
        )
        # From here on, `data` and `validation` are those of all processes together.
        data, *rest = (share.whole for share in compiled.shares)  # the validation data is second
        validation = rest[0] if rest else None
    if targets is None:
        targets = history.targets  # None in a new history
    history.targets = check_type(targets, compiled.cost, compiled.outputs, data)
    if validation is not None:
        check_targets(loss, validation, compiled.outputs, "the validation data")
        history.targets.check(validation.y)
    weights = example_weights(data, history.targets, sample_weight, class_weight)
    owners = _owners(compiled, learning)
    update = history.optimizer.start(chosen, owners)
    run = Run(compiled, update, data, history.targets, weights, generator, metrics or {})
    results = Results(run, history, model, chosen, owners, checkpoint)
    # The callbacks run with the caller's settings for floating-point errors.
    watch = Watch(results, patience, on_epoch, on_batch, np.geterr())
    # The results are checked for being finite, so NumPy's own errors and warnings are off.
    with (
        np.errstate(all="ignore"),
        results.stored(),
        _progress_shown(progress) as shown,
    ):
        # The first computation of a mini-batch is slower. It is done here once, without a step, so
        # that it does not count in the seconds of the first epoch.
        compiled.warm_up(data, batch_size)
        _train(results, epochs, batch_size, validation, watch, shown)
    return history


def _train(
    results: Results,
    epochs: int,
    batch_size: int,
    validation: Data | None,
    watch: Watch,
    shown: Progress,
) -> None:
    """Run epoch after epoch, until all are done or something ends the training early."""
    run, history = results.run, results.history
    last = len(history) + epochs
    with interruptible() as signals:
        for number in range(len(history) + 1, last + 1):
            shown.start(number, last, len(run.data))
            for k, (examples, cost) in enumerate(run.steps(batch_size), start=1):
                shown.update(run.tally.examples, run.tally.cost, run.tally.accuracy)
                watch.after_batch(number, k, examples, cost)
                if signals:
                    history.stopped = "Ctrl-C"
                if history.stopped:
                    break
            # After Ctrl-C, the epoch counts as interrupted even if it happens to be complete. A
            # callback may have ended it too.
            history.interrupted = bool(signals) or run.tally.examples < len(run.data)
            epoch = run.finished_epoch(number, validation)
            history.epochs.append(epoch)
            run.begin_epoch()  # so that `results.stored` does not add this epoch again on an error
            shown.finish(epoch)
            watch.after_epoch(epoch)
            results.save()
            if history.stopped:
                break
    results.return_to_best()  # if there is a patience


def _owners(compiled: Compiled, learning: Indices) -> Indices:
    """Return, for each parameter of the program, its index among those that learn, or −1.

    Args:
        compiled: the program.
        learning: the indices in ``model.parameters()`` of the parameters that learn.
    """
    index = np.full(len(compiled.order), -1)
    index[learning] = np.arange(len(learning))
    return index[compiled.order]


@contextmanager
def _progress_shown(is_shown: bool) -> Iterator[Progress]:
    shown = choose_progress(is_shown)
    try:
        yield shown
    finally:
        shown.close()
