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


@contextmanager
def joined_processes(coordinator: str | None, member: ProcessShare) -> Iterator[None]:
    """Join the other processes, and end this one with a clear message if one of them is lost."""
    if member.count == 1:
        yield
        return
    if coordinator is None:
        raise ValueError("--process needs --coordinator HOST:PORT, at which process 0 listens")
    join_processes(coordinator, member.count, member.index)
    try:
        yield
    except Exception as error:
        print(f"gradtrace: {error}", file=sys.stderr, flush=True)
        os._exit(FAILED)  # at a normal exit JAX would wait for the processes that are lost
