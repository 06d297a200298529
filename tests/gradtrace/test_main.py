"""The table of commands: help, unknown words, and what is imported for them."""

import pytest

from gradtrace.__main__ import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([name, "--help"])
    assert stopped.value.code == 0
    assert f"usage: gradtrace {name}" in capsys.readouterr().out


def test_an_unknown_command_is_answered_with_those_there_are(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["nosuch", "sheet.calc"])
    assert stopped.value.code == 2
    assert "'check'" in capsys.readouterr().err


def test_a_similar_command_or_the_command_for_a_file_is_suggested(tmp_path, capsys):
    assert main(["chek", "sheet.calc"]) == 2
    assert capsys.readouterr().err.endswith("Did you mean 'check'?\n")
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("y = 1 + 1 -> 2")
    assert main([str(sheet)]) == 2
    assert f"write gradtrace check {sheet}" in capsys.readouterr().err


def test_the_version_is_printed(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.startswith("gradtrace ")


def test_help_imports_neither_numpy_nor_the_engine(run_python):
    loaded = run_python(
        "import os, sys\n"
        "from gradtrace.__main__ import main\n"
        "sys.stdout = open(os.devnull, 'w')\n"
        "main([])\n"
        "print(*sys.modules, file=sys.__stdout__)"
    ).split()
    assert "argparse" in loaded
    assert not {"numpy", "autograd", "nn", "importlib.metadata"} & set(loaded)


def test_a_check_imports_no_pictures(run_python, tmp_path):
    (tmp_path / "sheet.calc").write_text("y = 3^2 -> 9\n")
    loaded = run_python(
        "import os, sys\n"
        "from gradtrace.__main__ import main\n"
        "sys.stdout = open(os.devnull, 'w')\n"
        f"main(['check', {str(tmp_path / 'sheet.calc')!r}])\n"
        "print(*sys.modules, file=sys.__stdout__)"
    ).split()
    assert "autograd.grading.worksheet" in loaded
    assert not [name for name in loaded if name.startswith(("graphviz", "autograd.views"))]
