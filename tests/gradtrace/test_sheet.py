"""The commands on worksheets, as a user runs them."""

import io
import json
import xml.etree.ElementTree as ET

import pytest

from gradtrace.__main__ import main

RIGHT = "x = 3\ny = x^2 -> 9\ndy/dx -> 6\n"
WRONG = RIGHT.replace("-> 6", "-> 3")


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text, name="sheet.calc"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_exit_statuses(sheet, capsys):
    assert main(["check", sheet(RIGHT)]) == 0
    assert main(["check", sheet(WRONG)]) == 1
    assert main(["check", sheet("x = (")]) == 2
    assert "line 1, column" in capsys.readouterr().err
    assert main(["check", "missing.calc"]) == 2
    assert main(["check", sheet(RIGHT, "a.calc"), sheet(WRONG, "b.calc")]) == 1


def test_json_is_an_array_with_an_entry_for_each_file(sheet, capsys):
    assert main(["check", "--json", sheet(WRONG, "w.calc"), sheet("x = (", "u.calc")]) == 2
    wrong, unreadable = json.loads(capsys.readouterr().out)
    assert wrong["lines"][wrong["first_wrong"]]["slips"][0]["key"] == "two-lost"
    assert (unreadable["line"], unreadable["ok"]) == (1, False)


def test_standard_input(monkeypatch, capsys):
    for text, status in ((RIGHT, 0), (WRONG, 1)):
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        assert main(["check", "-"]) == status
    assert "2 of 2 numbers are right" in capsys.readouterr().out


def test_annotate_blank_and_trace(sheet, capsys):
    main(["check", "--annotate", sheet(WRONG)])
    assert "dy/dx -> 3  #= WRONG, it is 6" in capsys.readouterr().out
    assert main(["blank", sheet(RIGHT)]) == 0
    assert capsys.readouterr().out == "x = 3\ny = x^2 -> ?\ndy/dx -> ?\n"
    assert main(["trace", sheet(RIGHT)]) == 0
    assert "∂y/∂y · 2·x" in capsys.readouterr().out


def test_show_draws_where_one_stands(sheet, tmp_path, capsys):
    assert main(["show", sheet(RIGHT)]) == 0
    ET.parse(tmp_path / "sheet.svg")
    assert main(["show", sheet(RIGHT), "--output", "other.dot"]) == 0
    assert "digraph" in (tmp_path / "other.dot").read_text()
    assert main(["show", sheet("x = 3")]) == 2
    assert "no single number" in capsys.readouterr().err
