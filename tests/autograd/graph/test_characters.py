"""Names of every script are shown, and printed text can be encoded wherever it is printed."""

import pytest

from autograd.graph.characters import isolated, printable

SHOWN = [
    "学习\u3000率",
    "prix\u00a0net",
    "10\u202fkg",
    "👩\u200d🔬 dose",
    "می\u200cخواهم",
    "x²",
    "ŷ",
]


@pytest.mark.parametrize("label", SHOWN)
def test_spaces_and_joined_letters_are_kept(label):
    assert printable(label) == label


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\ud800", "\uffff", "\u2069"])
def test_what_cannot_be_shown_is_replaced(hidden):
    assert printable(f"a{hidden}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_only_names_that_turn_a_formula_around_are_isolated():
    assert isolated("w") == "w" and isolated("θ") == "θ"
    assert isolated("משקל") == "\u2068משקל\u2069"
    assert isolated("وزن 2") == "\u2068وزن 2\u2069"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_results_are_printed_in_every_encoding(run_python, encoding):
    printed = run_python(
        "from autograd import Value, explain, trace, check, gradcheck\n"
        "x = Value(0.5, 'x'); y = x.tanh(); y.label = 'y'; y.backward()\n"
        "print(explain(y, wrt=x)); print(trace(y)); print(check('a = 2 -> 2')); "
        "print(gradcheck(lambda v: v * v, [1.0]))",
        PYTHONIOENCODING=encoding,
        PYTHONUTF8="0",
    )
    assert ("dy/dx" if encoding != "utf-8" else "∂y/∂x") in printed


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_has_a_name_of_any_letters_is_printed_in_every_encoding(run_python, encoding):
    printed = run_python(
        "from autograd import Graph, Value, draw, explain, page, trace\n"
        "x = Value(0.5, 'θ'); y = x * Value(-1.2, '学习率'); y.label = 'ŷ'; y.backward()\n"
        "for thing in (y, x > 0, Graph.of(y), trace(y), trace(y)[0], draw(y), page(y),\n"
        "              explain(y, wrt=x), explain(y, wrt=x).paths[0]):\n"
        "    print(thing, [thing])",
        PYTHONIOENCODING=encoding,
        PYTHONUTF8="0",
    )
    assert ("θ" in printed) == (encoding == "utf-8")
