"""A program that PyInstaller froze finds the files of the live page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograd import hooks
from autograd.version import __version__

APP = """
import sys
from autograd import Value, __version__, draw, explain, page
x = Value(0.5, "x"); y = x.tanh(); y.label = "y"; y.backward()
page(y).save(sys.argv[1] + "/y.html"); draw(y).save(sys.argv[1] + "/y.svg")
print(__version__, explain(y, wrt=x).total == x.grad)
"""


def test_the_hooks_are_in_the_folder_that_pyinstaller_is_told():
    (folder,) = hooks.directories()
    assert {path.name for path in Path(folder).glob("hook-*.py")} == {
        "hook-autograd.py",
        "hook-gradtrace.py",
    }


@pytest.mark.optional("PyInstaller")
def test_a_frozen_program_writes_a_page(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    root = str(Path(hooks.__file__).parents[2])
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR"]
    command += ["--additional-hooks-dir", *hooks.directories(), "--paths", root, "app.py"]
    environment = {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr
    frozen = tmp_path / "dist" / "app" / ("app.exe" if sys.platform == "win32" else "app")
    ran = subprocess.run(
        [frozen, tmp_path], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ran.stdout == f"{__version__} True\n", ran.stderr
    assert "<script>" in (tmp_path / "y.html").read_text(encoding="utf-8")
