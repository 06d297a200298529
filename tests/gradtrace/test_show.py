"""The picture of a worksheet's graph, as a user asks for it."""

import xml.etree.ElementTree as ET

from gradtrace.__main__ import main


def test_show_draws_into_the_current_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    sheet = tmp_path / "sheet.calc"
    sheet.write_text("x = 3.172\ny = x^2 -> 10.06\n")
    assert main(["show", str(sheet)]) == 0
    ET.parse(tmp_path / "sheet.svg")
    assert main(["show", str(sheet), "--output", "other.dot"]) == 0
    assert "digraph" in (tmp_path / "other.dot").read_text()
    sheet.write_text("x = 3")
    assert main(["show", str(sheet)]) == 2
    assert "no single number" in capsys.readouterr().err
