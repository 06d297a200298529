"""How right a model is: accuracy and confusion, of many outputs and of one."""

import numpy as np
import pytest

from nn import MLP, SGD, Data, Neuron, accuracy, confusion, fit, one_hot


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


def test_a_single_output_is_judged_at_the_middle_of_its_targets():
    model = MLP.from_arrays([[[1.0]]], [[0.0]])
    assert accuracy(model, Data([[0.4], [0.6]], [[0], [1]])) == 1.0
    assert accuracy(model, Data([[-0.4], [0.6]], [[-1], [1]])) == 1.0
    assert accuracy(model, Data([[0.1], [0.2]], [[0], [1]]), at=0.15) == 1.0
    assert confusion(model, Data([[0.4], [0.6]], [[0], [1]])).table.tolist() == [[1, 0], [0, 1]]


def test_numbers_that_are_no_classes_have_no_accuracy():
    data = Data([[1.0], [2.0], [3.0]], [[1.0], [2.0], [3.0]])
    model = Neuron(1, "linear", seed=0)
    history = fit(model, data, optimizer=SGD(0.01), validation=data, progress=False)
    assert history[0].accuracy is None
    assert history[0].validation_accuracy is None
    assert history[0].validation_cost < history[0].cost
    with pytest.raises(ValueError, match="the targets are no classes"):
        accuracy(model, data)
