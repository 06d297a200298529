"""A process that trains together with others: its share of the examples, and its options."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from autograd.program.engines.processes import join_processes
from nn.train.shares import share_bounds

from .exit_status import FAILED

_MOST_PER_PROCESSOR = 8  # more processes would only wait for each other and fill the memory
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class ProcessShare:
    """One process of several.

    Attributes:
        index: its number, from 0.
        count: how many processes there are.
    """

    index: int
    count: int

    @property
    def is_first(self) -> bool:
        """Whether it is the process that prints and saves."""
        return self.index == 0

    def share_of(self, examples: int, start: int = 0) -> slice:
        """Return the share of this process in `examples` examples that begin at `start`."""
        bounds = share_bounds(examples, self.index, self.count)
        return slice(start + bounds.start, start + bounds.stop)


ALONE = ProcessShare(0, 1)


def add_process_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for other engines and for several processes."""
    group = parser.add_argument_group("more than one processor")
    group.add_argument(
        "--engine",
        choices=("numpy", "jax"),
        default="numpy",
        help="what computes costs and gradients",
    )
    group.add_argument(
        "--processes", type=int, default=1, metavar="N", help="how many processes train together"
    )
    group.add_argument(
        "--process",
        type=int,
        metavar="K",
        help="on several hosts: run this command once on each, with K from 0 to N − 1",
    )
    group.add_argument(
        "--coordinator", metavar="HOST:PORT", help="on several hosts: where process 0 listens"
    )


def check_process_options(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End with an error message if the options for several processes do not fit each other."""
    if options.processes > 1 and options.engine != "jax":
        parser.error("--processes needs --engine jax")
    if options.process is None:
        if options.coordinator is not None:
            parser.error("--coordinator needs --processes N and --process K")
        most = _MOST_PER_PROCESSOR * (os.cpu_count() or 1)
        if options.processes > most:
            parser.error(
                f"--processes {options.processes} would start them all on this machine, which runs "
                f"at most {most}; on several hosts, run the command on each with --process K"
            )
        return
    if options.process not in range(options.processes):
        parser.error(
            f"--process must be from 0 to N − 1; got --process {options.process} with "
            f"--processes {options.processes}"
        )
    if options.processes > 1:
        host, _, port = (options.coordinator or "").rpartition(":")
        if not host or not port.isdecimal() or int(port) > _LARGEST_PORT:
            parser.error(
                "--process needs --coordinator HOST:PORT, at which process 0 listens, such as "
                f"10.0.0.1:9876; got {options.coordinator or 'none'}"
            )


@contextmanager
def joined_processes(coordinator: str | None, member: ProcessShare) -> Iterator[None]:
    """Join the other processes, and end this one with a clear message if one of them is lost."""
    if member.count == 1 or coordinator is None:
        yield
        return
    join_processes(coordinator, member.count, member.index)
    try:
        yield
    except Exception as error:
        print(f"gradtrace: {error}", file=sys.stderr, flush=True)
        os._exit(FAILED)  # at a normal exit JAX would wait for the processes that are lost
