"""The cell magics: judged where it stands, errors as words; named from the code."""

import pytest

import autograd
from autograd.grading.magic import calc


class Shell:
    """What IPython offers an extension."""

    def __init__(self):
        self.known = {}

    def register_magic_function(self, function, kind, name):
        self.known[kind, name] = function


def test_the_extension_makes_the_magic_known():
    shell = Shell()
    autograd.load_ipython_extension(shell)
    assert shell.known["cell", "calc"] is calc
    assert shell.known.keys() == {("cell", "calc"), ("cell", "trace")}


@pytest.fixture
def ipython(optional):
    """Return a shell of IPython with the magics."""
    shell = optional("IPython.core.interactiveshell").InteractiveShell()
    shell.run_cell("%load_ext autograd\nfrom autograd import Value, Graph", silent=True)
    return shell


def test_a_traced_cell_names_its_values(ipython):
    cell = "w, x = Value(0.5), Value(2.0)\nfor k in range(2):\n    z = w * x + k\nz = z * z"
    assert ipython.run_cell(f"%%trace\n{cell}").success
    nodes = ipython.user_ns["Graph"].of(ipython.user_ns["z"]).nodes
    # The first z of the loop is not part of the graph of the last one.
    assert [n.name for n in nodes if n.label] == ["w", "x", "z@2", "z@3"]
    assert [n.line.number for n in nodes if n.label] == [1, 1, 3, 4]
    assert (nodes[-1].line.text, nodes[-1].line.place) == ("z = z * z", "cell:4")


def test_an_error_in_a_traced_cell_is_raised_and_nothing_stays_changed(ipython):
    before = autograd.Value.__init__
    done = ipython.run_cell("%%trace\nx = Value(1.0)\nx / 0.0")
    assert isinstance(done.error_in_exec, ZeroDivisionError)
    assert autograd.Value.__init__ is before


def test_a_cell_is_judged_and_shows_as_much_as_asked():
    report = calc("answer", "x = 3\ny = x^2 -> 8")
    assert (report.ok, report.reveal) == (False, "answer")


def test_what_cannot_be_read_is_said_in_words(capsys):
    assert calc("", "x = (") is None
    assert calc("everything", "x = 1") is None
    said = capsys.readouterr().out
    assert "line 1, column" in said
    assert "none, hint, answer" in said
