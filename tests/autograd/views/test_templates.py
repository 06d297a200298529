import pytest

from autograd.engine.ops import DIV, DOT, LOGSUMEXP, MUL, POW, RELU, SIGMOID, TANH, make_power
from autograd.views.templates import derivative_places, formula_places


def test_a_formula_is_text_and_places():
    assert formula_places(MUL, 2) == [[0, 4], "·", [1, 5]]
    assert formula_places(RELU, 1) == ["ReLU(", 0, ")"]
    assert formula_places(DOT, 3) == [[0, 4], "·", [1, 5], " + ", [2, 4]]
    assert formula_places(make_power(2), 1) == [[0, 7], "²"]


def test_a_long_sum_is_cut_in_the_middle():
    places = formula_places(DOT, 2 * 784 + 1)
    assert any("785 terms" in part for part in places if isinstance(part, str))
    assert len(places) < 40


@pytest.mark.parametrize(("labeled", "places"), [(True, ["1 − ", [1, 7], "²"]), (False, None)])
def test_the_result_goes_by_its_name_or_its_formula(labeled, places):
    (slope,) = derivative_places(TANH, 1, labeled=labeled)
    assert slope["local"] == (places or ["1 − tanh(", 0, ")²"])


def test_one_derivative_for_each_input_in_three_forms():
    slopes = derivative_places(DIV, 2, labeled=True)
    assert slopes[0] == {"factor": ["1/", [1, 5]], "words": ["1 over ", [1, 5]]}
    assert "minus " in slopes[1]["words"]
    assert len(derivative_places(LOGSUMEXP, 5, labeled=True)) == 5
    assert len(derivative_places(DOT, 1569, labeled=True)) == 1569


def test_what_takes_no_parentheses_needs_none():
    (slope,) = derivative_places(RELU, 1, labeled=True)
    assert slope["words"] == ["1 where ", 0, " is above 0, else 0"]
    (slope,) = derivative_places(SIGMOID, 1, labeled=True)
    assert slope["factor"] == [[1, 4], "·(1 − ", [1, 4], ")"]
    assert formula_places(POW, 2) == [[0, 7], "^", [1, 7]]
