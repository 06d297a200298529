"""The cell magic: judged where it stands, errors as words."""

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
    assert shell.known == {("cell", "calc"): calc}


def test_a_cell_is_judged_and_shows_as_much_as_asked():
    report = calc("answer", "x = 3\ny = x^2 -> 8")
    assert (report.ok, report.reveal) == (False, "answer")


def test_what_cannot_be_read_is_said_in_words(capsys):
    assert calc("", "x = (") is None
    assert calc("everything", "x = 1") is None
    said = capsys.readouterr().out
    assert "line 1, column" in said
    assert "none, hint, answer" in said
