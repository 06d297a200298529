"""Measure contenders fairly, in one run, and print what came out beside what was promised.

Every round runs each contender once, in turn, so that a machine that slows down slows down all of
them; the median over the rounds counts. Round 0 warms up (first runs fault pages in) and is thrown
away. Python's garbage collector runs as a user has it, on; before each measurement it is emptied,
so that nobody pays for another's rubbish.
"""

from __future__ import annotations

import argparse
import gc
import math
import os
import platform
import statistics
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata

RIVALS = ("micrograd", "xad")
OURS = "gradtrace"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Phases = dict[str, float]
"""Seconds by phase of a run: {"forward": …, "backward": …}."""

Run = Callable[[], Phases]


@dataclass
class Stopwatch:
    """Charges the time between calls of `lap` to phases."""

    phases: Phases = field(default_factory=dict)
    last: float = field(default_factory=time.perf_counter)

    def lap(self, phase: str) -> None:
        now = time.perf_counter()
        self.phases[phase] = self.phases.get(phase, 0.0) + now - self.last
        self.last = now


@dataclass(frozen=True)
class Faster:
    """A promise: a rival takes at least this many times our time."""

    times: float

    def verdict(self, ours: float, theirs: float) -> str:
        kept = theirs >= self.times * ours
        return f"{theirs / ours:.1f}× our time (target ≥ {self.times:g}) {mark(kept)}"


@dataclass(frozen=True)
class Near:
    """A promise: we take at most this many times a rival's time."""

    times: float

    def verdict(self, ours: float, theirs: float) -> str:
        kept = ours <= self.times * theirs
        return f"{theirs / ours:.2f}× our time (target ≥ {1 / self.times:g}) {mark(kept)}"


def mark(kept: bool) -> str:
    """Return a tick or a cross."""
    return "✓" if kept else "✗"


# --- measuring ------------------------------------------------------------------------------------


def interleaved(runs: Mapping[str, Run], repeats: int) -> dict[str, Phases]:
    """Return the median seconds of each contender's phases, "total" among them."""
    laps: dict[str, list[Phases]] = {name: [] for name in runs}
    for _ in range(repeats + 1):
        for name, run in runs.items():
            gc.collect()
            phases = run()
            laps[name].append({**phases, "total": sum(phases.values())})
    return {name: _medians(found[1:]) for name, found in laps.items()}


def _medians(laps: Sequence[Phases]) -> Phases:
    return {phase: statistics.median(lap[phase] for lap in laps) for phase in laps[0]}


def collector_share(run: Run, repeats: int) -> float:
    """Return which part of a run's time is the garbage collector's, as it tells itself."""

    def watched() -> Phases:
        watch = Stopwatch()
        gc.callbacks.append(lambda moment, _: watch.lap("collect" if moment == "stop" else "rest"))
        try:
            seconds = sum(run().values())
        finally:
            gc.callbacks.pop()
        return {"collect": watch.phases.get("collect", 0.0), "run": seconds}

    found = interleaved({OURS: watched}, repeats)[OURS]
    return found["collect"] / found["run"]


@dataclass
class Allocated:
    """With this, the bytes Python allocated inside: those `kept` at the end and the `peak`."""

    kept: int = 0
    peak: int = 0

    def __enter__(self) -> Allocated:
        gc.collect()
        tracemalloc.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kept, self.peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()


def deeply(work: Callable[[], None]) -> None:
    """Run `work` where a million calls may nest: micrograd's backward nests one per node."""
    sys.setrecursionlimit(10**7)
    threading.stack_size(1 << 29)
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as failure:  # raised again below
            failures.append(failure)

    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def check_agreement(numbers: Mapping[str, Sequence[float]], tolerance: float = 1e-9) -> None:
    """Refuse to time contenders that compute different things.

    Raises:
        AssertionError: a rival's number differs from ours.
    """
    for name, theirs in numbers.items():
        assert len(theirs) == len(numbers[OURS]), name
        for k, (a, b) in enumerate(zip(numbers[OURS], theirs, strict=True)):
            assert math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance), (name, k, a, b)


# --- printing -------------------------------------------------------------------------------------


def repeats_from_command_line(doc: str | None, default: int) -> int:
    """Read the command line of a benchmark; its help is the benchmark's docstring."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--repeats", type=int, default=default, help=f"rounds to take medians of ({default})"
    )
    repeats: int = parser.parse_args().repeats
    if repeats < 1:
        parser.error("--repeats must be 1 or more")
    return repeats


def print_machine(repeats: int) -> None:
    """Print what the numbers below were measured with, and on what."""
    versions = ", ".join(f"{name} {_version(name)}" for name in (OURS, *RIVALS, "numpy"))
    threads = ", ".join(f"{name}={os.environ.get(name, 'unset')}" for name in THREADS)
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs")
    print(f"{versions}\n{threads}")
    print(f"medians of {repeats} interleaved rounds after a warm-up; garbage collector on\n")


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def print_table(
    title: str, found: Mapping[str, Phases], promises: Mapping[str, Faster | Near]
) -> None:
    """Print one line per contender: milliseconds of each phase, and the promise against it."""
    phases = list(found[OURS])
    print(title)
    print(" " * 12 + "".join(f"{phase:>12}" for phase in phases))
    for name in (OURS, *RIVALS):
        if name not in found:
            print(f"  {name:<10}  not installed")
            continue
        cells = "".join(f"{1e3 * found[name][phase]:>9.2f} ms" for phase in phases)
        times = found[OURS]["total"], found[name]["total"]
        verdict = promises[name].verdict(*times) if name in promises else ""
        print(f"  {name:<10}{cells}  {verdict}".rstrip())
