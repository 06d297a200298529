"""The steps of a worksheet, and the reference of its language, as a user prints them."""

from gradtrace.__main__ import main


def test_the_reference_of_the_language_is_printed(capsys):
    assert main(["help", "sheet"]) == 0
    assert "½(y − t)²" in capsys.readouterr().out


def test_every_step_of_a_worksheet_is_printed(tmp_path, capsys):
    (tmp_path / "sheet.calc").write_text("x = 3.172\ny = x^2 -> 10.06\n")
    assert main(["trace", str(tmp_path / "sheet.calc")]) == 0
    assert "∂y/∂y · 2·x" in capsys.readouterr().out
