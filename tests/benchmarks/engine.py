"""Record and differentiate graphs of 100,000 binary nodes: time and memory per node.

Two shapes of a·b + d. The chain v ← v·a + d is as deep as can be, with three leaves; in the tree
every v is made of three others, so it is shallow, with 100,001 leaves (made beforehand).

The rivals are optional, pip install micrograd xad: micrograd is small pure Python as we are, xad a
tape in C++ (AGPL; the project does not depend on it). Its memory is outside Python's sight.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from harness import (
    OURS,
    Allocated,
    Faster,
    Near,
    Phases,
    Run,
    Stopwatch,
    check_agreement,
    collector_share,
    deeply,
    interleaved,
    mark,
    print_machine,
    print_table,
    repeats_from_command_line,
)
from libraries import Gradtrace, Library, installed

from autograd.engine.topological import inner_nodes

NODES = 100_000
MOST_BYTES = 280
PROMISES: dict[str, Faster | Near] = {"micrograd": Faster(5), "xad": Near(2)}

Build = Callable[[list[Any]], Any]
Case = tuple[Build, list[float]]  # how to build the graph, and its leaves


def chain(leaves: list[Any]) -> Any:
    v, a, d = leaves
    for _ in range(NODES // 2):
        v = v * a + d
    return v


def tree(leaves: list[Any]) -> Any:
    level = leaves
    while len(level) > 1:
        whole = len(level) // 3 * 3
        triples = zip(level[0:whole:3], level[1:whole:3], level[2:whole:3], strict=True)
        level = [*(a * b + d for a, b, d in triples), *level[whole:]]
    return level[0]


CHAIN: Case = chain, [1.0, 0.999, 0.5]
TREE: Case = tree, [random.Random(0).uniform(-0.5, 0.5) for _ in range(NODES + 1)]


def run(library: Library, case: Case) -> Phases:
    """Record and sweep once."""
    build, numbers = case
    leaves = library.start(lambda: [library.leaf(number) for number in numbers])
    watch = Stopwatch()
    output = build(leaves)
    watch.lap("record")
    library.backward(output)
    watch.lap("backward")
    return watch.phases


def gradients(library: Library, case: Case) -> list[float]:
    build, numbers = case
    leaves = library.start(lambda: [library.leaf(number) for number in numbers])
    library.backward(build(leaves))
    return library.gradients(leaves)


def bytes_per_node(library: Library, case: Case, *, sweep: bool) -> float:
    """Return the bytes that a recorded graph holds; with `sweep`, the most while it is swept.

    (micrograd's nested calls take a minute to trace, and its sweep allocates next to nothing.)
    """
    build, numbers = case
    leaves = library.start(lambda: [library.leaf(number) for number in numbers])
    with Allocated() as memory:
        output = build(leaves)
        if sweep:
            library.backward(output)
    return (memory.peak if sweep else memory.kept) / NODES


def profile(library: Gradtrace, case: Case) -> Phases:
    """Take our run apart: `backward` orders the nodes, then clears and sweeps them."""
    build, numbers = case
    leaves = library.start(lambda: [library.leaf(number) for number in numbers])
    watch = Stopwatch()
    output = build(leaves)
    watch.lap("record")
    inner_nodes(output)
    watch.lap("order")
    output.backward()
    watch.lap("backward")
    return watch.phases


def report(title: str, case: Case, repeats: int) -> None:
    libraries = installed()
    check_agreement({each.distribution: gradients(each, case) for each in libraries})
    runs: dict[str, Run] = {
        each.distribution: lambda library=each: run(library, case)  # type: ignore[misc]
        for each in libraries
    }
    print_table(title, interleaved(runs, repeats), PROMISES)
    print_memory(libraries, case)
    print_profile(case, runs[OURS], repeats)


def print_memory(libraries: list[Library], case: Case) -> None:
    for library in libraries:
        if library.distribution != "xad":
            held = bytes_per_node(library, case, sweep=False)
            print(f"  {library.distribution}: {held:.0f} bytes per node", end="")
            if library.distribution == OURS:
                most = bytes_per_node(library, case, sweep=True)
                print(f", at most {most:.0f} in the sweep", end="")
                print(f" (target < {MOST_BYTES}) {mark(most < MOST_BYTES)}", end="")
            print()


def print_profile(case: Case, ours: Run, repeats: int) -> None:
    library = Gradtrace()
    found = interleaved({OURS: lambda: profile(library, case)}, repeats)[OURS]
    record, order, backward = (
        found[phase] / NODES * 1e9 for phase in ("record", "order", "backward")
    )
    print(
        f"  ns per node: {record:.0f} recording, {order:.0f} ordering, {backward - order:.0f} "
        f"sweeping; {collector_share(ours, repeats):.0%} of the run is the garbage collector's\n"
    )


def main() -> None:
    repeats = repeats_from_command_line(__doc__, default=9)
    print_machine(repeats)
    report(f"chain, v ← v·a + d, {NODES:,} nodes", CHAIN, repeats)
    report(f"tree, a·b + d, {NODES:,} nodes", TREE, repeats)


if __name__ == "__main__":
    deeply(main)
