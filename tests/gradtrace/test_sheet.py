"""The commands on worksheets, as a user runs them."""

import io
import json
from pathlib import Path

import pytest

from gradtrace.__main__ import main

RIGHT = "x = 3.172\ny = x^2 -> 10.06\ndy/dx -> 6.344\n"
WRONG = RIGHT.replace("-> 6.344", "-> 3.172")


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


def test_several_files_and_folders_end_with_one_table(sheet, tmp_path, capsys):
    (tmp_path / "class").mkdir()
    for name, text in (
        ("anna.md", RIGHT),
        ("ben.txt", WRONG),
        ("cem.calc", "x = ("),
        ("d.csv", "1"),
    ):
        sheet(text, f"class/{name}")
    assert main(["check", "class"]) == 2
    table = capsys.readouterr().out.split("\n\n")[-1].strip().split("\n")
    assert [line.split()[0] for line in table] == [
        "file",
        *(f"class/{n}" for n in ("anna.md", "ben.txt", "cem.calc")),
    ]
    assert table[2].split()[1:] == ["1", "0", "1", "line", "3,", "dy/dx:", "3.172"]


def test_the_table_as_csv_holds_no_formula_for_a_spreadsheet(sheet, capsys):
    assert main(["check", "--csv", sheet(RIGHT, "=A1.calc"), sheet(WRONG, "b.calc")]) == 1
    assert capsys.readouterr().out == (
        "file,right,carried,wrong,first mistake\n"
        "'=A1.calc,2,0,0,\n"
        'b.calc,1,0,1,"line 3, dy/dx: 3.172"\n'
    )


def test_a_folder_without_worksheets_is_no_success(tmp_path, capsys):
    assert main(["check", str(tmp_path)]) == 2
    assert "holds no worksheet" in capsys.readouterr().err


def test_json_is_an_array_with_an_entry_for_each_file(sheet, capsys):
    assert main(["check", "--json", sheet(WRONG, "w.calc"), sheet("x = (", "u.calc")]) == 2
    wrong, unreadable = json.loads(capsys.readouterr().out)
    assert wrong["lines"][wrong["first_wrong"]]["slips"][0]["key"] == "two-lost"
    assert (unreadable["line"], unreadable["ok"]) == (1, False)


@pytest.mark.parametrize(
    ("reveal", "shown", "hidden"),
    [
        ("none", ["3.172; that is not correct"], ["6.344", "factor 2"]),
        ("hint", ["You get exactly 3.172 if you lose the factor 2"], ["6.344"]),
        ("answer", ["the correct value is 6.344", "Correct: dy/dx = 2·x", "factor 2"], []),
    ],
)
def test_what_is_revealed_of_a_wrong_number(sheet, capsys, reveal, shown, hidden):
    assert main(["check", "--reveal", reveal, sheet(WRONG)]) == 1
    text = capsys.readouterr().out
    assert all(part in text for part in shown), text
    assert not any(part in text for part in hidden), text
    main(["check", "--json", "--reveal", reveal, sheet(WRONG)])
    wrong = json.loads(capsys.readouterr().out)[0]["lines"][1]
    assert (wrong["exact"] is None) == (reveal != "answer")
    assert bool(wrong["slips"]) == (reveal != "none")


def test_standard_input(monkeypatch, capsys):
    for text, status in ((RIGHT, 0), (WRONG, 1)):
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        assert main(["check", "-"]) == status
    assert "2 of 2 numbers are right" in capsys.readouterr().out


def test_a_sheet_without_answers_is_no_exercise(sheet, capsys):
    assert main(["blank", sheet("x = 1\ny = 2x")]) == 2
    assert "there is no answer that a blank could replace" in capsys.readouterr().err


def test_annotate_and_blank(sheet, capsys):
    main(["check", "--annotate", sheet(WRONG)])
    hint = "dy/dx -> 3.172  #= WRONG: you get this if you lose the factor 2 of the square"
    assert hint in capsys.readouterr().out
    main(["check", "--annotate", sheet("x = 2\ny = (3 = 3\nz = 2x = 5\n", "unread.calc")])
    shown = capsys.readouterr()
    assert shown.out.startswith("x = 2\ny = (3 = 3\nz = 2x = 5  #= WRONG")
    assert shown.err.startswith("unread.calc: line 2, column 8: the '(' of column 5 is not closed")
    main(["check", "--annotate", "--reveal", "answer", sheet("x = 3e-7\ny = 2*x -> 1e-7\n")])
    assert "#= WRONG; the correct value is 6·10⁻⁷" in capsys.readouterr().out
    assert main(["blank", sheet(RIGHT)]) == 0
    assert capsys.readouterr().out == "x = 3.172\ny = x^2 -> ?\ndy/dx -> ?\n"


@pytest.mark.parametrize(
    "command", [["check"], ["check", "--json"], ["check", "--annotate"], ["blank"], ["trace"]]
)
def test_what_is_printed_can_be_written_to_a_file_but_not_over_the_sheet(
    sheet, tmp_path, capsys, command
):
    name = sheet(RIGHT)
    assert main([*command, name, "-o", "-"]) == 0
    printed = capsys.readouterr().out
    assert main([*command, name, "-o", "a folder/ü.txt"]) == 0
    assert capsys.readouterr().out == f"Written to {Path('a folder/ü.txt')}\n"
    assert (tmp_path / "a folder/ü.txt").read_text(encoding="utf-8") == printed
    assert main([*command, name, "-o", f"./{name}"]) == 2
    assert "is the worksheet itself" in capsys.readouterr().err
    assert (tmp_path / name).read_text(encoding="utf-8") == RIGHT


def test_a_sheet_that_cannot_be_read_leaves_the_old_report(sheet, tmp_path, capsys):
    report = sheet("old", "report.txt")
    assert main(["check", "missing.calc", "-o", report]) == 2
    assert (tmp_path / report).read_text(encoding="utf-8") == "old"


def test_hidden_files_of_a_folder_are_not_read(sheet, tmp_path, capsys):
    for folder in ("class", "class/.ipynb_checkpoints"):
        (tmp_path / folder).mkdir()
        sheet(RIGHT, f"{folder}/anna.calc")
    sheet("\0", "class/._anna.calc")
    assert main(["check", "class"]) == 0
    assert capsys.readouterr().out.startswith(str(Path("class/anna.calc")))
