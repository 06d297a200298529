"""How right a model is: what targets mean is decided once, never from the numbers at hand."""

import re

import numpy as np
import pytest

from nn import (
    MLP,
    SGD,
    Data,
    Neuron,
    accuracy,
    confusion,
    fit,
    one_hot,
    xor,
)
from nn.targets import TargetType


def saying(number):
    """Return a network of one input and one output that always says this."""
    return MLP.from_arrays([[[0.0]]], [[number]])


def column(*targets, **options):
    return Data(np.arange(float(len(targets)))[:, None], np.array(targets)[:, None], **options)


def test_accuracy_and_confusion_count_answers():
    model = MLP.from_arrays([np.eye(3)], [np.zeros(3)])
    data = Data(one_hot([0, 1, 2, 2], 3), one_hot([0, 1, 1, 2], 3))
    assert accuracy(model, data) == 0.75
    found = confusion(model, data)
    assert found.table.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert str(found).split("\n") == [
        *("class (row), answer (column)", "     0  1  2", "  0  1  0  0"),
        *("  1  0  1  1", "  2  0  0  1"),
    ]


def test_a_label_is_judged_at_one_half_a_sign_and_a_logit_at_zero():
    model = MLP.from_arrays([[[1.0]]], [[0.0]])
    assert accuracy(model, Data([[0.4], [0.6]], [[0], [1]])) == 1.0
    assert accuracy(model, Data([[-0.4], [0.6]], [[-1], [1]])) == 1.0
    logit = TargetType("label", 0.0)
    assert accuracy(model, Data([[-0.4], [0.3]], [[0], [1]], logit)) == 1.0
    assert accuracy(model, Data([[-0.4], [0.3]], [[0], [1]]), targets=logit) == 1.0
    assert accuracy(model, Data([[-0.4], [0.3]], [[0], [1]]), at=0) == 1.0
    assert accuracy(model, Data([[0.1], [0.2]], [[0], [1]]), at=0.15) == 1.0
    assert confusion(model, Data([[0.4], [0.6]], [[0], [1]])).table.tolist() == [[1, 0], [0, 1]]


def test_a_test_set_of_one_class_is_judged_as_the_whole():
    both = column(0, 0, 1, 1)
    parts = [both[both.labels == k] for k in (0, 1)]
    assert [accuracy(saying(1.0), part) for part in parts] == [0.0, 1.0]
    assert [accuracy(saying(0.0), part) for part in parts] == [1.0, 0.0]
    assert confusion(saying(0.0), parts[1]).table.tolist() == [[0, 0], [2, 0]]


@pytest.mark.parametrize(
    ("targets", "says", "right"),
    [
        ("label", 0.3, 0.0),
        ("label", 0.7, 1.0),
        (TargetType("label", 0.0), 0.3, 1.0),
        (TargetType("label", 0.0), -0.3, 0.0),
    ],
)
def test_targets_all_alike_are_judged_by_the_meaning_that_is_named(targets, says, right):
    with pytest.raises(ValueError, match="If they are classes or labels say so"):
        accuracy(saying(says), column(1, 1, 1))
    assert accuracy(saying(says), column(1, 1, 1), targets=targets) == right
    assert accuracy(saying(says), column(1, 1, 1, targets=targets)) == right


def test_several_labels_are_judged_by_label():
    model = MLP.from_arrays([np.eye(3)], [np.zeros(3)])
    data = Data([[0.9, 0.8, 0.1], [0.2, 0.9, 0.9]], [[1, 1, 0], [0, 1, 0]], "labels")
    assert data.targets == TargetType("labels")
    assert data.labels.tolist() == [[1, 1, 0], [0, 1, 0]]
    assert accuracy(model, data) == 5 / 6
    found = confusion(model, data)
    assert found.table.tolist() == [[[1, 0], [0, 1]], [[0, 0], [0, 2]], [[1, 1], [0, 0]]]
    assert str(found).split("\n")[5:9] == ["output 2", "     0  1", "  0  0  0", "  1  0  2"]


def test_numbers_have_no_accuracy():
    data = Data([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    model = Neuron(1, "linear", seed=0)
    history = fit(model, data, optimizer=SGD(0.01), validation=data[:1], progress=False)
    assert history[0].accuracy is None
    assert history[0].validation_accuracy is None
    for judge in (accuracy, confusion):
        for part in (data, data[:1]):
            with pytest.raises(ValueError, match="the targets are numbers, and no answer"):
                judge(model, part)


@pytest.mark.parametrize(
    ("judge", "message"),
    [
        (lambda: accuracy(saying(1.0), xor()[:0]), "there are no examples to judge"),
        (
            lambda: accuracy(saying(1.0), column(0, 1), targets="logits"),
            "targets are one of 'classes', 'label', 'labels', 'numbers'; got 'logits'",
        ),
        (
            lambda: accuracy(saying(1.0), column(0, 1, 7), targets="label"),
            "the targets of example 2 are [7.0]: one label has a single target",
        ),
        (
            lambda: accuracy(saying(1.0), column(0, 1), targets="classes"),
            "one_hot(labels, classes)",
        ),
        (
            lambda: accuracy(MLP(1, [2]), Data([[1.0]], [[0, 1]]), targets="label"),
            "one label has a single target",
        ),
        (
            lambda: confusion(MLP(1, [2]), Data([[1.0]], [[0, 1]], "classes"), at=0.5),
            "at=0.5 has no meaning for classes",
        ),
        (
            lambda: accuracy(MLP(1, [2]), column(0, 1)),
            "outputs of shape (2, 2) for targets of shape (2, 1)",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(judge, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        judge()
