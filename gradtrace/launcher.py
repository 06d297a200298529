"""Start and watch several processes of ``gradtrace train`` on this machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO

from .exit_status import FAILED

_LOOPBACK = "127.0.0.1"
_POLL = 0.1  # seconds between two looks at the processes
_PATIENCE = 5.0  # seconds that a process has to end by itself before it is killed

Process = subprocess.Popen[bytes]


def run_processes(arguments: Sequence[str], count: int, resume_from: str | None) -> int:
    """Run ``gradtrace train`` in `count` processes that train together; return the exit status.

    The first process shows the progress. If one process ends early, the others are ended too.
    """
    address = f"{_LOOPBACK}:{_free_port()}"
    with ExitStack() as stack:
        logs = [stack.enter_context(TemporaryFile()) for _ in range(count)]
        processes = [
            _start([*arguments, "--process", str(k), "--coordinator", address], logs[k], k == 0)
            for k in range(count)
        ]
        try:
            return _watch(processes, logs, resume_from)
        except KeyboardInterrupt:
            print(f"\nStopped by Ctrl-C. {_advice(resume_from)}", file=sys.stderr)
            return FAILED
        finally:
            _end(processes)


def _start(arguments: list[str], log: IO[bytes], is_first: bool) -> Process:
    command = [sys.executable, "-m", "gradtrace", "train", *arguments]
    stream = None if is_first else log
    # In a session of their own, Ctrl-C reaches the launcher only, which ends all processes alike.
    return subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)


def _watch(processes: list[Process], logs: Sequence[IO[bytes]], resume_from: str | None) -> int:
    """Wait until all processes have ended well, or one has not."""
    while any(process.poll() is None for process in processes):
        if any(process.returncode for process in processes):
            time.sleep(_POLL)  # the process that ended first may be seen second
            break
        time.sleep(_POLL)
    failed = [k for k, process in enumerate(processes) if process.poll()]
    if not failed:
        return 0
    # The cause is a process that a signal killed. The others end with an error, or JAX aborts them,
    # because they lost it.
    cause = min(failed, key=lambda k: (_is_consequence(processes[k].returncode), -k))
    logs[cause].seek(0)
    sys.stderr.write(logs[cause].read().decode("utf-8", "replace")[-2000:])
    code = processes[cause].returncode
    how = f"was killed by signal {-code}" if code < 0 else f"ended with exit status {code}"
    print(
        f"\ngradtrace: process {cause} of {len(processes)} {how}, so that the others were ended. "
        f"{_advice(resume_from)}",
        file=sys.stderr,
    )
    return FAILED


def _is_consequence(code: int) -> bool:
    """Whether a process may have ended so because it lost another one."""
    return code > 0 or code == -signal.SIGABRT


def _advice(resume_from: str | None) -> str:
    if resume_from is None:
        return "Nothing was saved; --save FILE saves every epoch."
    return f"Continue from the last whole epoch with --resume {resume_from}"


def _end(processes: list[Process]) -> None:
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    for process in running:
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_LOOPBACK, 0))
        return int(listener.getsockname()[1])
