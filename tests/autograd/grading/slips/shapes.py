"""All shapes of papers."""

import random

import architectures
import calculations
import exercises
from networks import dense

SHAPES = {
    "two-two-one": lambda rng: dense(rng, [2, 2, 1], ["relu", "linear"]),
    "two-two-two": lambda rng: dense(rng, [2, 2, 2], ["sigmoid", "sigmoid"]),
    "tanh deep": lambda rng: dense(rng, [2, 2, 2, 1], ["tanh", "tanh", "linear"]),
    "one layer": lambda rng: dense(rng, [3, 2], ["sigmoid"]),
    "linear": lambda rng: dense(rng, [2, 2], ["linear"]),
    "wide": lambda rng: dense(rng, [3, 4, 2], ["relu", "tanh"]),
    "narrow": lambda rng: dense(rng, [1, 2, 1], ["tanh", "sigmoid"]),
    "softmax": lambda rng: dense(rng, [2, 3], ["linear"], "softmax"),
    "hidden softmax": lambda rng: dense(rng, [2, 2, 2], ["tanh", "linear"], "softmax"),
    "relu softmax": lambda rng: dense(rng, [3, 3, 3], ["relu", "linear"], "softmax"),
    "two steps": lambda rng: dense(rng, [2, 2], ["sigmoid"], steps=2),
    "two steps deep": lambda rng: dense(rng, [1, 2, 1], ["tanh", "linear"], steps=2),
    "updates on the way": lambda rng: dense(
        rng, [2, 2, 1], ["sigmoid", "sigmoid"], updates_first=True
    ),
    "sigmoid neuron": calculations.neuron,
    "tanh neuron": lambda rng: calculations.neuron(rng, "tanh"),
    "regression": calculations.regression,
    "regression in the update": lambda rng: calculations.regression(rng, 3, inside_update=True),
    "momentum": calculations.momentum,
    "adam": calculations.adam,
    "adam in one line": calculations.adam_in_one_line,
    "functions": calculations.functions,
    "quotients": calculations.quotients,
    "paths": calculations.paths,
    "penalty": calculations.penalty,
    "recurrent": calculations.recurrent,
    "logistic": calculations.logistic,
    "update only": calculations.update_only,
    "descent": exercises.descent,
    "short descent": lambda rng: exercises.descent(rng, is_short=True),
    "dropout": exercises.dropout,
    "softmax by hand": exercises.softmax_by_hand,
    "squares of softmax": exercises.squares_of_softmax,
    "summed loss": exercises.summed_loss,
    "products": exercises.products,
    "two examples": exercises.two_examples,
    "convolution": exercises.convolution,
    "gated": exercises.gated,
    "normalization": exercises.normalization,
    "lstm": architectures.lstm,
    "attention": architectures.attention,
    "batch norm": architectures.batch_norm,
    "embedding": architectures.embedding,
    "skip": architectures.skip,
    "temperature": architectures.temperature,
    "leaky": architectures.leaky,
    "gelu": architectures.gelu,
    "tied": architectures.tied,
    "batch": architectures.batch,
}


def papers(seed):
    """Yield a paper of every shape, with random numbers."""
    rng = random.Random(seed)
    for shape, make in SHAPES.items():
        yield shape, make(rng)
