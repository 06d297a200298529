"""`check`: answers to a computation recorded in Python."""

import numpy as np
import pytest

from autograd import Value, Worksheet, check
from nn import MLP, half_squared_error


@pytest.fixture
def cost():
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    return net, half_squared_error(net([0.5, 0.1]), 0.8)


def verdicts(report):
    return [line.verdict.value for line in report.lines]


def test_labels_texts_and_floats(cost):
    _, output = cost
    report = check(output, {"C": "0.0832", "dC/dW1[1,1]": "-0.1224", "∂C/∂b1[1]": -0.2448})
    assert verdicts(report) == ["right as rounded", "exact", "exact"]
    assert report.ok


def test_values_and_arrays_as_keys(cost):
    net, output = cost
    first = net.layers[0].neurons[0]
    array = np.array([neuron.w for neuron in net.layers[0].neurons], dtype=object)
    report = check(output, [(first.b, -0.2448), (array, [[-0.1224, -0.02448], [0, 0]])])
    assert report.ok
    assert report.lines[1].quantity == "dC/dW1[1,1]"
    assert check(output, {tuple(first.w): ["-0.1224", "-0.0245"]}).ok


def test_whole_matrices_by_their_name_and_blanks(cost):
    _, output = cost
    report = check(output, {"dC/dW1": "[[-0.1224, ?], [0, 0]]", "z1": "[0.32, -0.08]", "C": None})
    assert verdicts(report)[1] == "blank"
    assert report.ok
    assert 0 < report.score < 1


def test_carried_on_and_wrong_with_its_slip(cost):
    _, output = cost
    report = check(output, {"dC/dz2[1]": "0.408", "dC/dW2[1,1]": "0.13056"})
    assert verdicts(report) == ["wrong", "carried on"]
    assert report.first_wrong.slips[0].key == "sign"


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        ({"dC/dW9": "1"}, ValueError, "no value is labeled 'W9'"),
        ({"dE/dW1": "1"}, ValueError, "labeled 'C', not 'E'"),
        ({"C": "abc"}, ValueError, "not a decimal number"),
        ({"C": [1, 2]}, ValueError, "vector of 2"),
        ({3: "1"}, TypeError, "a key is"),
        ({Value(1.0): "1"}, ValueError, "not computed from"),
        (None, TypeError, "what did you get"),
    ],
)
def test_errors_say_what_to_write(cost, answers, error, words):
    with pytest.raises(error, match=words):
        check(cost[1], answers)


def test_a_sheet_brings_its_own_answers():
    text = "x = 3\ny = x^2 -> 9\ndy/dx -> 5"
    assert check(text) == Worksheet.parse(text).check()
    with pytest.raises(TypeError, match="its own answers"):
        check(text, {"y": "9"})
    with pytest.raises(TypeError, match="a Value, or the text of a sheet"):
        check(3.0, {})


def test_reports_print_show_and_become_json(cost):
    import json

    report = check(cost[1], {"C": "0.1"})
    assert "<table>" in report._repr_html_()
    assert json.loads(report.to_json())["lines"][0]["quantity"] == "C"


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["w", "x"], ["dC/d(w, x)[1]", "dC/d(w, x)[2]"]),
        (["w[1]", "w[2]"], ["dC/dw[1]", "dC/dw[2]"]),
        (["w[2]", "w[1]"], ["dC/d(w[2], w[1])[1]", "dC/d(w[2], w[1])[2]"]),
        (["", ""], ["dC/dvalues[1]", "dC/dvalues[2]"]),
    ],
)
def test_rows_of_an_array_of_values_do_not_have_the_name_of_another_value(labels, names):
    values = [Value(2.0, labels[0]), Value(3.0, labels[1])]
    output = values[0] * values[1]
    output.label = "C"
    text = str(check(output, [(np.array(values, dtype=object), [3.0, 2.0])]))
    assert all(f"{name}  " in text for name in names)
