"""Full disks, read-only folders, killed processes, closed pipes: a file is whole or as before."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd import Value, draw, page
from nn import MLP, moons, playground, save, write_idx

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, limits and pipes of POSIX")


def graph():
    x = Value(0.5, "x")
    y = (x * 3).tanh()
    y.backward()
    return y


WRITES = {
    "y.svg": lambda path: draw(graph()).save(path),
    "y.dot": lambda path: draw(graph()).save(path),
    "film.svg": lambda path: draw(graph()).film(path),
    "y.html": lambda path: page(graph()).save(path),
    "play.html": lambda path: playground(MLP(2, [2, 1], "tanh", seed=0), moons(9)).save(path),
    "net.npz": lambda path: save(path, MLP(2, [2, 1], seed=0)),
    "idx": lambda path: write_idx(path, np.arange(200, dtype=np.uint8)),
    "idx.gz": lambda path: write_idx(path, np.arange(200, dtype=np.uint8)),
}
SCRIPT = """
import json, os, resource, signal, sys, traceback
sys.path.insert(0, {here!r})
from test_faults import WRITES
told = {{}}
for name, write in WRITES.items():
    child = os.fork()
    if not child:
        {before}
        try:
            write(os.path.join({folder!r}, name))
        except OSError as error:
            print(json.dumps([name, str(error)]), flush=True)
        os._exit(0)
    told[name] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps(told))
"""


def write_all(folder, before):
    """Write all kinds of files over old ones, each in a process; return what happened to each."""
    for name in WRITES:
        (folder / name).write_bytes(b"old")
    code = SCRIPT.format(here=str(Path(__file__).parent), folder=str(folder), before=before)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *errors, statuses = map(json.loads, done.stdout.splitlines())
    return dict(errors), statuses


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_killed_process_leaves_the_old_files(tmp_path, step):
    before = f"os.{step} = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)"
    _, statuses = write_all(tmp_path, before)
    assert statuses == dict.fromkeys(WRITES, -signal.SIGKILL)
    assert {name: (tmp_path / name).read_bytes() for name in WRITES} == dict.fromkeys(
        WRITES, b"old"
    )


def test_a_full_disk_leaves_the_old_files_and_nothing_else(tmp_path):
    """A limit on the size of files stands for the disk, because nobody may mount a small one."""
    before = (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40, 40))"
    )
    errors, _ = write_all(tmp_path, before)
    assert errors == {name: f"[Errno 27] File too large: '{tmp_path / name}'" for name in WRITES}
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == dict.fromkeys(WRITES, b"old")


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, which nobody can write")
def test_a_read_only_file_system_is_named(name):
    with pytest.raises(OSError, match=f"/proc/{name}"):
        WRITES[name](f"/proc/{name}")


COMMANDS = [
    "",
    "--help",
    "check --help",
    "demo",
    "check sheet.calc",
    "check sheet.calc --annotate",
    "blank sheet.calc",
    "trace sheet.calc",
    "help sheet",
    "show sheet.calc",
    "page sheet.calc",
]


def run_command(command, folder, redirected="", **options):
    """Start a command, with its standard streams redirected by the shell."""
    (folder / "sheet.calc").write_text("x = 2\ny = x^2 -> 4\n")
    line = f"exec {shlex.quote(sys.executable)} -m gradtrace {command} {redirected}"
    return subprocess.Popen(
        ["sh", "-c", line],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        **options,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_a_closed_pipe_ends_a_command_in_silence(tmp_path, command):
    reading, writing = os.pipe()
    os.close(reading)  # as `head` does when it has read enough
    process = run_command(command, tmp_path, stdout=writing)
    os.close(writing)
    assert process.communicate()[1] == ""
    assert process.returncode == 141


@pytest.mark.parametrize("command", [*COMMANDS, "check -"])
def test_standard_streams_that_are_closed_are_no_error(tmp_path, command):
    process = run_command(command, tmp_path, "<&- >&-")
    assert process.communicate()[1] == ""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs the device /dev/full")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_told_in_one_line(tmp_path, command):
    with open("/dev/full", "w") as full:
        process = run_command(command, tmp_path, stdout=full)
        assert process.communicate()[1] == "gradtrace: No space left on device\n"
    assert process.returncode == 2
