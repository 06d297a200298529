"""Begin the history of a training, or continue an earlier one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from autograd.engine.number import shortened

from ..initialization import Seed, random_generator
from ..optimizer_base import Optimizer
from ..parameters import Parameters
from .arguments import check_optimizer
from .history import History
from .identity import Identity
from .saved_history import check_resumed


def begin_history(
    optimizer: Optimizer | None, seed: Seed, resume: History | None, model: Identity
) -> tuple[History, np.random.Generator]:
    """Return a new history, or a copy of the one to resume, and the generator for shuffling."""
    if resume is None:
        check_optimizer(optimizer)
        assert optimizer is not None
        return History(optimizer, model=model), random_generator(seed)
    if not isinstance(resume, History):
        raise TypeError(f"resume= is the History that fit returned; got {shortened(resume)}")
    if optimizer is not None:
        check_optimizer(optimizer)
    optimizer = optimizer or resume.optimizer
    check_resumed(optimizer, resume.optimizer)
    if resume.model != Identity():  # it is empty in a history that was constructed by hand
        resume.model.check_same(model, "the history", "the model")
    bits = getattr(np.random, resume.random["bit_generator"])()  # such as np.random.PCG64()
    bits.state = resume.random
    history = replace(resume, optimizer=optimizer, epochs=list(resume.epochs), stopped="")
    history.model = model
    return history, np.random.Generator(bits)


def parameters_to_train(train: Parameters | None, resume: History | None) -> Parameters | None:
    """Return `train`, or the parameters that learned in the history to resume."""
    return resume.learning if train is None and isinstance(resume, History) else train


def check_learning(history: History, resume: History) -> None:
    """Refuse to resume with an optimizer whose state belongs to other parameters."""
    if history.learning != resume.learning and resume.state:
        now, before = (
            "all parameters" if names is None else f"{len(names):,} parameters, {names[0]} first,"
            for names in (history.learning, resume.learning)
        )
        raise ValueError(
            f"{now} are to learn, but {before} learned in the history to resume. "
            f"{history.optimizer} has a state for the parameters that learned. Give the same "
            "train=, or use a new optimizer and leave resume= out"
        )
