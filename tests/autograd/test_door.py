"""What `autograd.<Tab>` and `help` show."""

import pydoc

import pytest

import autograd
from autograd import Value, grad


def test_dir_lists_what_all_holds_and_each_can_be_had():
    assert set(autograd.__all__) <= set(dir(autograd))
    for name in autograd.__all__:
        assert getattr(autograd, name) is not None
    assert len(autograd.__all__) == len(set(autograd.__all__))


def test_the_first_screen_of_help_names_everything():
    screen = pydoc.plain(pydoc.render_doc(autograd)).splitlines()[:24]
    words = set("\n".join(screen).replace(",", " ").split())
    plural = {"Step": "Steps", "Node": "Nodes", "Edge": "Edges"}
    assert {plural.get(name, name) for name in autograd.__all__} <= words


@pytest.mark.parametrize(
    ("name", "formula", "slope"),
    [
        ("tanh", "tanh(x)", "1 - tanh(x)**2"),
        ("relu", "relu(x) = x if x > 0 else 0", "1 if x > 0 else 0"),
        ("__mul__", "a * b", "b and a"),
        ("log", "log(x)", "1 / x"),
    ],
)
def test_help_of_a_method_shows_formula_and_slope(name, formula, slope):
    shown = pydoc.plain(pydoc.render_doc(getattr(Value, name)))
    assert formula in shown
    assert slope in shown
    assert getattr(Value, name).__doc__


def test_the_version_is_that_of_the_distribution():
    assert autograd.__version__[0].isdigit()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'tahn'"):
        autograd.tahn  # noqa: B018


def test_grad_says_how_it_is_called():
    x = Value(2.0, "x")
    with pytest.raises(TypeError, match=r"not a function\. Write x = Value"):
        grad(lambda v: v * v)
    with pytest.raises(TypeError, match=r"one output; write grad\(total"):
        grad([x * x, x], [x])
    with pytest.raises(TypeError, match="name the leaves"):
        grad(x * x)
    with pytest.raises(TypeError, match=r"write grad\(output, \[x\]\)"):
        grad(x * x, x)
