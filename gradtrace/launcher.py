"""Start and watch several processes of ``gradtrace train`` on this machine."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from .exit_status import FAILED

_LOOPBACK = "127.0.0.1"
_POLL = 0.1  # seconds between two checks of the processes
_LONGEST_PAUSE = 20.0  # seconds for which a process may be suspended, for example by a debugger
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_PATIENCE = 5.0  # seconds that a process has to end by itself before it is killed

Process = subprocess.Popen[bytes]


def run_processes(arguments: Sequence[str], count: int, saved_file: str | None) -> int:
    """Run ``gradtrace train`` in `count` processes that train together; return the exit status.

    The first process shows the progress. If one process ends early, the others are ended too. The
    message then says how to continue from `saved_file`, the file to which every epoch is saved. All
    processes are also ended if this one is interrupted or terminated.
    """
    address = f"{_LOOPBACK}:{_free_port()}"
    with ExitStack() as stack:
        for number in _ENDING:
            stack.callback(signal.signal, number, signal.signal(number, _interrupt))
        logs = [stack.enter_context(TemporaryFile()) for _ in range(count)]
        processes = [
            _start([*arguments, "--process", str(k), "--coordinator", address], logs[k], k == 0)
            for k in range(count)
        ]
        try:
            return _watch(processes, logs, saved_file)
        except KeyboardInterrupt as interrupt:
            cause = str(interrupt) or "Ctrl-C"
            print(f"\nStopped by {cause}. {_advice(saved_file)}", file=sys.stderr)
            return FAILED
        finally:
            _end(processes)


def _interrupt(number: int, _: object) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)


def _start(arguments: list[str], log: IO[bytes], is_first: bool) -> Process:
    command = [sys.executable, "-m", "gradtrace", "train", *arguments]
    stream = None if is_first else log
    # Each process has a session of its own, so that Ctrl-C reaches only the launcher, which then
    # ends all processes.
    return subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)


def _watch(processes: list[Process], logs: Sequence[IO[bytes]], saved_file: str | None) -> int:
    """Wait for all processes, and return the exit status.

    The wait ends early if a process is lost. A process is lost if it failed, was killed, or was
    suspended for too long.
    """
    if not _wait_for_loss(processes):
        return 0
    cause = _find_cause(processes)
    # The log of process 0 is empty, because its output went to the terminal.
    logs[cause].seek(0)
    sys.stderr.write(logs[cause].read().decode("utf-8", "replace")[-2000:])
    print(
        f"\ngradtrace: process {cause} of {len(processes)} {_how_it_ended(processes[cause])}, so "
        f"the others were ended. {_advice(saved_file)}",
        file=sys.stderr,
    )
    return FAILED


def _wait_for_loss(processes: list[Process]) -> bool:
    """Wait until all processes have ended, or one is lost, and return whether one is lost."""
    last_running = time.monotonic()  # the last time at which no process was suspended
    while any(process.poll() is None for process in processes):
        if any(process.returncode for process in processes):
            # Processes that end at about the same time have then all ended, so that `_find_cause`
            # can choose among them.
            time.sleep(_POLL)
            return True
        if not any(process.poll() is None and _is_suspended(process.pid) for process in processes):
            last_running = time.monotonic()
        elif time.monotonic() - last_running > _LONGEST_PAUSE:
            return True  # the others wait for it, and JAX may wait for minutes
        time.sleep(_POLL)
    return any(process.poll() for process in processes)


def _find_cause(processes: list[Process]) -> int:
    """Return the number of the process that was lost first.

    A process that was killed by a signal is a cause. A process that JAX aborted is not a cause,
    because JAX aborts a process that lost another one. If only aborted processes have ended, the
    cause is a process that still runs but does not answer. The result is 0 if no process is lost,
    because the one that was suspended has been continued.
    """
    failed = [k for k, process in enumerate(processes) if process.poll()]
    is_silent = failed and all(processes[k].returncode == -signal.SIGABRT for k in failed)
    for k, process in enumerate(processes):
        if process.poll() is None and (is_silent or _is_suspended(process.pid)):
            return k
    # A cause is preferred to a consequence. Among several, the process with the largest number is
    # chosen, because process 0 coordinates the others and is usually lost last.
    return min(failed, key=lambda k: (_is_consequence(processes[k].returncode), -k), default=0)


def _is_consequence(code: int) -> bool:
    """Return whether a process with this exit code may have ended because it lost another one."""
    return code > 0 or code == -signal.SIGABRT


def _is_suspended(pid: int) -> bool:
    """Return whether a process is suspended, as by SIGSTOP. The answer is False except on Linux."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    # The state follows the name of the program in parentheses, which may itself contain ")".
    return status.rpartition(")")[2].split()[0] in ("T", "t")


def _how_it_ended(process: Process) -> str:
    code = process.poll()
    if code is None:
        return "stopped answering"
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit status {code}"


def _advice(saved_file: str | None) -> str:
    """Return how to continue from the file to which every epoch is saved, if there is one."""
    if saved_file is None:
        return "Nothing was saved; --save FILE saves every epoch."
    if not Path(saved_file).exists():
        return "No epoch was finished, so nothing was saved."
    return f"Continue from the last whole epoch with --resume {saved_file}"


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
