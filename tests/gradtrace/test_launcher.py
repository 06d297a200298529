"""``gradtrace train --processes 2``: equal to one process, and what happens when one dies."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from gradtrace.launcher import _find_cause
from gradtrace.process_share import ProcessShare
from nn import load, write_idx

COMMAND = [sys.executable, "-m", "gradtrace", "train"]
needs_processes = pytest.mark.optional("jax")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Both parts of an MNIST of 151 and 31 random digits, the labels of all classes."""
    folder, rng = tmp_path_factory.mktemp("mnist"), np.random.default_rng(0)
    for part, count in (("train", 151), ("t10k", 31)):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = rng.integers(0, 256, (count, 28, 28), np.uint8) // (labels[:, None, None] + 1)
        write_idx(folder / f"{part}-images-idx3-ubyte", images.astype(np.uint8))
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", labels)
    return folder


def run(*arguments, timeout=240):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=timeout
    )


def weights(path):
    model, history = load(path)
    return np.array([p.data for p in model.parameters()]), history


@needs_processes
def test_two_processes_equal_one_and_resume_bit_for_bit(folder, tmp_path):
    files = [tmp_path / f"{name}.npz" for name in ("one", "two", "half", "rest")]
    jax = ("--engine", "jax", "--processes", 2)
    for file, epochs, more in (
        (files[0], 4, ()),
        (files[1], 4, jax),
        (files[2], 2, jax),
        (files[3], 4, (*jax, "--resume", files[2])),
    ):
        done = run("--mnist", folder, "--epochs", epochs, "--save", file, "--quiet", *more)
        assert done.returncode == 0, done.stderr
        assert "151 digits to learn from, 31 to test with" in done.stdout
    (one, history), (two, other), (rest, resumed) = (weights(files[k]) for k in (0, 1, 3))
    assert np.abs(one - two).max() < 1e-12
    assert (two == rest).all()
    assert [e._replace(seconds=0) for e in resumed] == [e._replace(seconds=0) for e in other]
    for a, b in zip(history, other, strict=True):
        assert abs(a.cost - b.cost) < 1e-12 and a.accuracy == b.accuracy


@needs_processes
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks for processes in /proc")
@pytest.mark.parametrize("victim", [0, 1])
@pytest.mark.parametrize(
    ("sent", "fate"),
    [(signal.SIGKILL, "was killed by signal 9"), (signal.SIGSTOP, "stopped answering")],
    ids=["killed", "frozen"],
)
def test_a_lost_process_ends_the_others_with_a_clear_message(folder, tmp_path, victim, sent, fate):
    file = tmp_path / "net.npz"
    arguments = ["--mnist", folder, "--engine", "jax", "--processes", "2", "--epochs", "100000"]
    launcher = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--save", str(file), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until = time.monotonic() + 200
        while not file.exists() and time.monotonic() < until and launcher.poll() is None:
            time.sleep(0.1)
        assert file.exists(), "no epoch was saved in time"
        children = children_of(launcher.pid).items()
        os.kill(next(k for k, line in children if f"--process\0{victim}\0" in line), sent)
        _, errors = launcher.communicate(timeout=60)
    finally:
        launcher.kill()
    assert launcher.returncode == 2
    assert f"process {victim} of 2 {fate}" in errors
    assert f"Continue from the last whole epoch with --resume {file}" in errors
    assert len(load(file)[1]) >= 1


@needs_processes
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it looks for processes in /proc")
def test_the_processes_end_with_a_launcher_that_is_terminated(folder):
    arguments = ["--mnist", folder, "--engine", "jax", "--processes", "2", "--epochs", "100000"]
    launcher = subprocess.Popen(
        [*COMMAND, *map(str, arguments), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while f"--process\0{1}\0" not in "".join(children_of(launcher.pid).values()):
        assert time.monotonic() < until
        time.sleep(0.1)
    started = list(children_of(launcher.pid))
    launcher.terminate()
    _, errors = launcher.communicate(timeout=60)
    assert launcher.returncode == 2 and "Stopped by SIGTERM. Nothing was saved" in errors
    assert not any(os.path.exists(f"/proc/{pid}") for pid in started)


class Ended:
    """A process with the exit status that `poll` gives; None if it still runs."""

    def __init__(self, returncode):
        self.returncode, self.pid = returncode, 0

    def poll(self):
        return self.returncode


@pytest.mark.parametrize(
    ("statuses", "cause"),
    [
        ([-6, -9], 1),  # JAX aborts the process that lost the killed one
        ([-9, 2], 0),
        ([2, 2], 1),  # which of two errors came first is not known
        ([None, -6], 0),  # the process that still runs does not answer
        ([None, 2], 1),  # an error of its own
        ([-6, None, -6], 1),
    ],
)
def test_the_cause_is_the_process_that_was_lost_first(statuses, cause):
    assert _find_cause([Ended(status) for status in statuses]) == cause


def children_of(parent):
    """Return the command line of each child process by its number."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as stat, open(f"/proc/{entry}/cmdline") as line:
                if stat.read().rpartition(")")[2].split()[1] == str(parent):
                    found[int(entry)] = line.read()
        except OSError:
            continue
    return found


def test_several_processes_need_jax_and_a_coordinator(folder):
    done = run("--mnist", folder, "--processes", "2")
    assert done.returncode == 2 and "--processes needs --engine jax" in done.stderr
    done = run("--mnist", folder, "--engine", "jax", "--processes", "5000")
    assert done.returncode == 2 and "run the command on each with --process K" in done.stderr
    done = run("--mnist", folder, "--engine", "jax", "--processes", "2", "--process", "1")
    assert done.returncode == 2 and "--coordinator HOST:PORT" in done.stderr


def test_the_shares_of_all_processes_are_all_examples():
    shares = [ProcessShare(k, 3).share_of(10, 5) for k in range(3)]
    assert [list(range(20))[s] for s in shares] == [[5, 6, 7, 8], [9, 10, 11], [12, 13, 14]]
