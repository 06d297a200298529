"""Color only where a terminal shows it."""

import io

import pytest

from gradtrace.terminal import style


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_color(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert style("yes", "good", Terminal()) == "\033[32myes\033[0m"


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_no_color_and_dumb_terminals_get_plain_text(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert style("yes", "good", Terminal()) == "yes"


def test_a_file_gets_plain_text():
    assert style("yes", "good", io.StringIO()) == "yes"
