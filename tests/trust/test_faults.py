"""Full disks, read-only folders, killed processes, closed pipes: a file is whole or as before."""

import json
import os
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
    "check -",
]
# For each kind of output: how a process gets it, the exit status, and what standard error says.
OUTPUTS = {
    "a closed pipe": ("r, w = os.pipe(); os.close(r); os.dup2(w, 1)", 141, ""),
    "no stream": ("os.close(0); os.close(1); sys.stdin = sys.stdout = None", 0, ""),
    "a full disk": (
        "os.dup2(os.open('/dev/full', os.O_WRONLY), 1)",
        2,
        "gradtrace: No space left on device\n",
    ),
}
# Most commands run in a fork of one process, because a start of Python takes longer than they do.
RUNS = """
import json, os, sys
import gradtrace.demo, gradtrace.listing, gradtrace.live_page, gradtrace.sheet, gradtrace.show
from gradtrace.__main__ import run_process
told = {{}}
for command in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        sys.argv = ["gradtrace", *command.split()]
        os.dup2(os.open("errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        {redirect}
        if command in ("", "check sheet.calc"):
            os.execv(sys.executable, [sys.executable, "-m", *sys.argv])
        run_process()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    told[command] = [status, open("errors").read()]
print(json.dumps(told))
"""


@pytest.mark.parametrize("output", OUTPUTS)
def test_output_that_nobody_can_take_is_told_in_one_line_or_in_silence(tmp_path, output):
    redirect, status, message = OUTPUTS[output]
    if "/dev/full" in redirect and not Path("/dev/full").exists():
        pytest.skip("the device /dev/full is not here")
    (tmp_path / "sheet.calc").write_text("x = 2\ny = x^2 -> 4\n")
    done = subprocess.run(
        [sys.executable, "-c", RUNS.format(redirect=redirect), json.dumps(COMMANDS)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        input="x = 2\ny = x^2 -> 4\n" if output != "no stream" else "",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {c: [status, message] for c in COMMANDS}
