"""The table of commands: help, unknown words, closed pipes, and what is imported for them."""

import os
import subprocess
import sys

import pytest

from gradtrace.__main__ import CLOSED_PIPE, COMMANDS, main


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


@pytest.mark.skipif(os.name != "posix", reason="closes a POSIX pipe")
def test_a_closed_pipe_ends_the_program_quietly(tmp_path):
    sheet = tmp_path / "long.calc"
    sheet.write_text("".join(f"x{k} = {k}\n" for k in range(2000)) + "y = x1*x2 -> 2\n")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "gradtrace", "trace", str(sheet)],
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (CLOSED_PIPE, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device /dev/full")
def test_a_full_disk_is_told_in_one_line(tmp_path):
    (tmp_path / "square.calc").write_text("x = 3\ny = x^2 -> 9\n")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gradtrace", "check", str(tmp_path / "square.calc")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (2, "gradtrace: No space left on device\n")
