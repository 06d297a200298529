"""`fit` trains a model by stochastic gradient descent on a compiled program."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.number import shortened
from autograd.engine.value import Value
from autograd.files import Name

from ..data.batches import Data, Indices
from ..initialization import Seed
from ..losses import Loss, squared_error
from ..module import Module
from ..optimizer_base import Optimizer
from ..parameters import Parameters, name_parameters
from ..targets import Kind, TargetType, decide_type
from . import arguments
from .batched import Compiled, check_targets
from .checkpoint import save
from .data_parallel import compile_sharded
from .history import Epoch, History
from .identity import Description, describe
from .interruption import interruptible
from .progress import Progress, progress_shown
from .run import Batch, Metric, Run
from .saved_history import check_resumed
from .watch import Watch
from .weights import weights_of


def fit(
    model: Module,
    data: Data,
    *others: object,  # this and `unknown` are only accepted to be refused with advice
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

    The method is stochastic gradient descent. In every epoch the examples are shuffled and divided
    into mini-batches, of which the last may be smaller. Each mini-batch makes one step against the
    gradient of its average cost. Ctrl-C ends the training after the current mini-batch and keeps
    the weights.

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
            or no. With "labels", each output does. With "numbers", no output is right or wrong. By
            default `nn.targets.decide_type` determines it from the loss and the data. The history
            keeps it as `history.targets`.
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
        on_epoch: called with the Epoch after each one; the training ends if it returns True. The
            parameters of the model are up to date and may be changed.
        on_batch: called with the Batch after each step, under the same rules as `on_epoch`.
        progress: whether to show the progress, by tqdm if it is installed and by lines otherwise.
        resume: the history of an earlier `fit` of this model, whose state and shuffling are
            continued as if there had been no pause; `seed` is not used then.
        checkpoint: a file to which model and history are saved after every epoch, as by `save`, so
            that a training that is killed can be resumed from its last whole epoch.
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
    arguments.check_numbers(epochs, batch_size, l2, patience, seed)
    arguments.check_functions(on_epoch=on_epoch, on_batch=on_batch)
    arguments.check_engine(engine, mesh)
    arguments.check_metrics(metrics or {})
    named = name_parameters(model)
    places = arguments.places_of(_parameters_to_train(train, resume), named)
    chosen = [named[k] for k in places]
    history, generator = _begin(optimizer, seed, resume, describe(model))
    history.learning = tuple(name for name, _ in chosen) if len(chosen) < len(named) else None
    if resume is not None:
        _check_learning(history, resume)
        history.optimizer.go_on(chosen, resume.state, resume.steps)
    is_weighted = sample_weight is not None or class_weight is not None
    compiled: Compiled
    if engine == "numpy":
        compiled = Compiled(model, loss, data, float(l2), is_weighted=is_weighted, is_training=True)
    else:
        compiled = compile_sharded(
            model, loss, data, validation, mesh, float(l2), is_weighted=is_weighted
        )
        # From here on, `data` and `validation` are those of all processes together.
        data, *rest = (share.whole for share in compiled.shares)
        validation = rest[0] if rest else None
    history.targets = _targets(compiled, data, targets, history.targets)
    history.targets.check(data.y)
    if validation is not None:
        check_targets(loss, validation, compiled.outputs, "the validation data")
        history.targets.check(validation.y)
    weights = weights_of(data, history.targets, sample_weight, class_weight)
    update = history.optimizer.start(chosen, _order(compiled, places))
    run = Run(compiled, update, data, history.targets, weights, generator, metrics or {})
    # The callbacks run with the caller's settings for floating-point errors.
    watch = Watch(run, history, patience, on_epoch, on_batch, np.geterr())
    # The results are checked for being finite, so NumPy's own errors and warnings are off.
    with (
        np.errstate(all="ignore"),
        _writing_back(run, history, chosen),
        _showing_progress(progress) as shown,
    ):
        # The first computation of a mini-batch is slower. It is done here once without a step, so
        # that the seconds of the first epoch do not include the difference.
        compiled.warm_up(data, batch_size)
        save_checkpoint = partial(_save, checkpoint, model, run, history, chosen)
        _train(run, history, epochs, batch_size, validation, watch, shown, save_checkpoint)
    return history


def _train(
    run: Run,
    history: History,
    epochs: int,
    batch_size: int,
    validation: Data | None,
    watch: Watch,
    shown: Progress,
    save_checkpoint: Callable[[], None],
) -> None:
    """Run epoch after epoch, until all are done or something ends the training early."""
    last = len(history) + epochs
    with interruptible() as interrupts:
        for number in range(len(history) + 1, last + 1):
            shown.start(number, last, len(run.data))
            for k, (examples, cost) in enumerate(run.steps(batch_size), start=1):
                shown.update(run.tally.examples, run.tally.cost, run.tally.accuracy)
                watch.after_batch(number, k, examples, cost)
                if interrupts:
                    history.stopped = "Ctrl-C"
                if history.stopped:
                    break
            # `stopped` says why the training ends, and `interrupted` that an epoch is incomplete.
            history.interrupted = bool(interrupts) or run.tally.examples < len(run.data)
            epoch = run.measured(number, validation)
            history.epochs.append(epoch)
            run.begin_epoch()  # so that an error from here on does not add this epoch again
            shown.finish(epoch)
            watch.after_epoch(epoch)
            save_checkpoint()
            if history.stopped:
                break
    watch.end()


# --- beginning and ending -------------------------------------------------------------------------


def _begin(
    optimizer: Optimizer | None, seed: Seed, resume: History | None, model: Description
) -> tuple[History, np.random.Generator]:
    """Return a new history, or a copy of the one to resume, and the generator for shuffling."""
    if resume is None:
        arguments.check_optimizer(optimizer)
        assert optimizer is not None
        return History(optimizer, model=model), np.random.default_rng(seed)
    if not isinstance(resume, History):
        raise TypeError(f"resume= is the History that fit returned; got {shortened(resume)}")
    if optimizer is not None:
        arguments.check_optimizer(optimizer)
    optimizer = optimizer or resume.optimizer
    check_resumed(optimizer, resume.optimizer)
    if resume.model != Description():  # empty in a history made by hand
        resume.model.check_same(model, "the history", "the model")
    bits = getattr(np.random, resume.random["bit_generator"])()
    bits.state = resume.random
    history = replace(resume, optimizer=optimizer, epochs=list(resume.epochs), stopped="")
    history.model = model
    return history, np.random.Generator(bits)


def _parameters_to_train(train: Parameters | None, resume: History | None) -> Parameters | None:
    """Return `train`, or the parameters that learned in the history to resume."""
    return resume.learning if train is None and isinstance(resume, History) else train


def _check_learning(history: History, resume: History) -> None:
    if history.learning != resume.learning and resume.state:
        ours, theirs = (
            "all parameters" if names is None else f"{len(names):,} parameters, {names[0]} first,"
            for names in (history.learning, resume.learning)
        )
        raise ValueError(
            f"{ours} are to learn, but {theirs} learned in the history to resume. "
            f"{history.optimizer} keeps numbers for the parameters that learned. Give the same "
            "train=, or use a new optimizer and leave resume= out"
        )


def _targets(
    compiled: Compiled, data: Data, given: Kind | TargetType | None, before: TargetType | None
) -> TargetType:
    """Return the type of the targets that was given, or is in the history, or is determined now."""
    if isinstance(given, TargetType):
        return given
    if given is None and before is not None:
        return before
    return decide_type(compiled.cost, compiled.outputs, data.y, data.targets, given)


def _order(compiled: Compiled, places: Indices) -> Indices:
    """Return, for each parameter of the program, its index among those that learn, or −1.

    Args:
        compiled: the program.
        places: the indices in ``model.parameters()`` of the parameters that learn.
    """
    index = np.full(len(compiled.order), -1)
    index[places] = np.arange(len(places))
    return index[compiled.order]


@contextmanager
def _writing_back(
    run: Run, history: History, chosen: Sequence[tuple[str, Value]]
) -> Iterator[None]:
    """Write the weights to the model and the state to the history, also if the training fails."""
    try:
        yield
    except BaseException as error:
        if run.tally.examples:
            history.epochs.append(run.so_far(len(history) + 1))
            history.interrupted = True
        history.stopped = f"{type(error).__name__}: {error}"
        vars(error)["history"] = history  # mypy does not allow error.history
        raise
    finally:
        _write_back(run, history, chosen)


def _write_back(run: Run, history: History, chosen: Sequence[tuple[str, Value]]) -> None:
    run.compiled.program.write_back()
    history.optimizer.finish(chosen, run.update)
    history.state, history.steps = history.optimizer.state, history.optimizer.steps
    history.random = dict(run.generator.bit_generator.state)


def _save(
    checkpoint: Name | None,
    model: Module,
    run: Run,
    history: History,
    chosen: Sequence[tuple[str, Value]],
) -> None:
    """Save the training so far, if that is wanted. Of several processes the first one does it."""
    if checkpoint is not None:
        _write_back(run, history, chosen)
        if run.compiled.is_first:
            save(checkpoint, model, history)


@contextmanager
def _showing_progress(wanted: bool) -> Iterator[Progress]:
    shown = progress_shown(wanted)
    try:
        yield shown
    finally:
        shown.close()
