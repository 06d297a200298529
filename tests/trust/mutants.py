"""Mutation testing: change one thing in a room of `autograd`; the tests of the room must notice.

A mutant changes an operator, a comparison, a number or a condition, or drops a statement. Mutants
are drawn at random from all that a room has. The tests run once with the coverage of the room; a
mutant is then judged by the tests that executed its lines, quick ones first. It survives if they
all pass. Some rooms are judged by the tests of others too: what is noted about names is
shown by graphs, and what language reads is judged by grading. `equivalent.txt` lists survivors that
no test can notice, each with the reason.

    python tests/trust/mutants.py engine graph --count 50 [--seed 0]
    python tests/trust/mutants.py --changed main --count 10     # modules that differ from a branch
"""

from __future__ import annotations

import argparse
import ast
import copy
import itertools
import json
import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

try:
    import resource
except ImportError:  # not a POSIX system: only the seconds in all are limited
    resource = None  # type: ignore[assignment]

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
# Each room, and the folders whose tests judge it.
ROOMS = {
    "engine": ("engine", "graph", "numeric"),
    "naming": ("naming", "graph"),
    "graph": ("graph", "engine"),
    "program": ("program",),
    "grading": ("grading",),
    "language": ("language", "grading"),
}
NO_TESTS = 5  # the exit status of pytest that found none
# Seconds of the processor, and seconds in all, because a mutant may also wait forever. One that
# needs more is ended, and counts as noticed.
MOST_COMPUTING, MOST_WAITING = 300, 1200
IMPORTED = ("numpy", "mpmath", "sympy", "pytest")  # once, for all mutants
SWAPS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


class Mutant(NamedTuple):
    module: str
    line: int
    description: str  # what was written, and what is written instead
    code: str  # the whole module
    lines: range  # the lines of the statement that is changed

    def __str__(self) -> str:
        return f"{self.module}: {self.description}"


def mutations(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node may become."""
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        changed = copy.copy(node)
        changed.op = SWAPS[type(node.op)]()
        yield changed
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        changed = copy.copy(node)
        changed.ops = [SWAPS[type(node.ops[0])](), *node.ops[1:]]
        yield changed
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.If | ast.IfExp):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield changed
    elif isinstance(node, ast.AugAssign | ast.Raise | ast.Continue | ast.Break) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ):
        yield ast.Pass()
    elif isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.Constant(None))


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.new, node) if node is self.old else self.generic_visit(node)


def not_run(tree: ast.AST) -> set[int]:
    """Return the nodes that are annotations or seen by type checkers only."""
    parts: list[ast.AST] = []
    for node in ast.walk(tree):
        parts += [n for f in ("annotation", "returns") if (n := getattr(node, f, None))]
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            parts.append(node)
    return {id(inner) for part in parts for inner in ast.walk(part)}


def statement_lines(statement: ast.stmt) -> range:
    """Return the lines of a statement without those of the statements inside it."""
    body = getattr(statement, "body", None)
    last = statement.end_lineno if not body else max(statement.lineno, body[0].lineno - 1)
    return range(statement.lineno, (last or statement.lineno) + 1)


def shorten(node: ast.AST) -> str:
    return ast.unparse(node).split("\n", 1)[0][:150]


def sites(module: str, text: str) -> list[tuple[str, int]]:
    """Return where a module can be changed: its name, and the place of a node in `ast.walk`."""
    tree = ast.parse(text)
    skipped = not_run(tree)
    return [
        (module, place)
        for place, node in enumerate(ast.walk(tree))
        if id(node) not in skipped
        for _ in mutations(node)
    ]


def make_mutant(module: str, place: int, text: str) -> Mutant:
    """Return the module with its node at that place changed."""
    tree = ast.parse(text)
    node = next(itertools.islice(ast.walk(tree), place, None))
    (new,) = mutations(node)
    enclosing = [  # the last one is the innermost
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.stmt) and any(inner is node for inner in ast.walk(each))
    ]
    shown = f"{shorten(node)} → {shorten(new)}"
    if shorten(enclosing[-1]) != shorten(node):
        shown += f" in {shorten(enclosing[-1])}"
    line, lines = getattr(node, "lineno", 0), statement_lines(enclosing[-1])
    changed = ast.fix_missing_locations(_Replace(node, new).visit(tree))
    return Mutant(module, line, shown, ast.unparse(changed), lines)


class Timed:
    """A plugin that notes how long each test took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        before = self.seconds.get(report.nodeid, 0.0)
        self.seconds[report.nodeid] = before + report.duration


class Selected:
    """A plugin that keeps the tests of a list, in its order."""

    def __init__(self, names: list[str]) -> None:
        self.place = {name: k for k, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.place),
            key=lambda item: self.place[item.nodeid],
        )


def run_here(tree: Path, arguments: list[str], plugin: Any, answer: Path | None = None) -> None:
    """Run pytest in this process, which was forked for it, and end the process."""
    import pytest

    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = answer is None
    os.environ["PYTHONPATH"] = str(tree)
    if answer is None and resource is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_COMPUTING, MOST_COMPUTING))
    for stream in (1, 2):
        os.dup2(os.open(tree.parent / "output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    status = pytest.main(["-x", "-q", "--no-header", "--tb=line", *arguments], plugins=[plugin])
    if answer is not None:
        answer.write_text(json.dumps(plugin.seconds), encoding="utf-8")
    os._exit(status)


def run(*arguments: Any) -> int:
    """Run `run_here` in a forked process and return its exit status; None becomes 1."""
    process = multiprocessing.get_context("fork").Process(target=run_here, args=arguments)
    process.start()
    process.join(MOST_WAITING if arguments[-1] is None else None)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode if process.exitcode is not None else 1


class Room:
    """The tests of a room: how long each takes, and which of them execute a line."""

    def __init__(self, name: str, tree: Path) -> None:
        from coverage import CoverageData

        self.tree = tree
        source, tests = f"autograd/{name}", [f"tests/autograd/{room}" for room in ROOMS[name]]
        answer, data = tree.parent / f"{name}.json", tree.parent / f"{name}.coverage"
        os.environ["COVERAGE_FILE"] = str(data)
        options = [f"--cov={source}", "--cov-context=test", "--cov-report="]
        if run(tree, [source, *tests, *options], Timed(), answer):
            raise SystemExit((tree.parent / "output").read_text()[-3000:])
        del os.environ["COVERAGE_FILE"]
        self.seconds: dict[str, float] = json.loads(answer.read_text(encoding="utf-8"))
        self.coverage = CoverageData(str(data))
        self.coverage.read()

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute the changed statement; all, if importing executes it."""
        by_line = self.coverage.contexts_by_lineno(str(self.tree / mutant.module))
        contexts = {c for line in mutant.lines for c in by_line.get(line, ())}
        names = {context.rpartition("|")[0] for context in contexts}
        if "" in names:
            names = set(self.seconds)
        return sorted(names & set(self.seconds), key=lambda name: self.seconds[name])

    def kills(self, mutant: Mutant) -> bool:
        tests, path = self.tests_of(mutant), self.tree / mutant.module
        if not tests:
            return False
        text = path.read_text(encoding="utf-8")
        path.write_text(mutant.code, encoding="utf-8")
        for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            stale.unlink()
        files = list(dict.fromkeys(name.split("::")[0] for name in tests))
        status = run(self.tree, files, Selected(tests), None)
        path.write_text(text, encoding="utf-8")
        if status == NO_TESTS:
            raise SystemExit(f"none of these tests was found again: {tests}")
        return status != 0


def reasons() -> dict[str, str]:
    """Return the mutants that no test can notice, with the reason."""
    found, text = {}, EQUIVALENT.read_text(encoding="utf-8") if EQUIVALENT.exists() else ""
    for part in text.split("\n\n"):
        mutant, _, reason = part.strip().partition("\n")
        found[mutant] = " ".join(reason.split())
    return found


def judge(modules: list[str], count: int, seed: int, tree: Path) -> tuple[int, int]:
    """Judge mutants of some modules of one room; return how many were killed, and of how many."""
    start, known = time.monotonic(), reasons()
    # The copy, because the tree may be edited meanwhile.
    texts = {name: (tree / name).read_text("utf-8") for name in modules}
    every = [site for name in modules for site in sites(name, texts[name])]
    drawn = random.Random(seed).sample(every, min(count, len(every)))
    made = [make_mutant(name, place, texts[name]) for name, place in drawn]
    chosen = [m for m in made if "return None → return None" not in m.description]
    room = Room(modules[0].split("/")[1], tree)
    killed = equivalent = 0
    for mutant in sorted(chosen):
        if room.kills(mutant):
            killed += 1
        elif str(mutant) in known:
            equivalent += 1
        else:
            tests = len(room.tests_of(mutant))
            print(f"  survives {tests} tests, line {mutant.line}\n{mutant}", flush=True)
    total = len(chosen) - equivalent
    print(
        f"{modules[0].split('/')[1]}: {killed} of {total} killed, {equivalent} equivalent, "
        f"of {len(every)} mutants, in {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return killed, total


def modules_of(rooms: list[str], base: str | None) -> Iterator[list[str]]:
    """Yield the modules of each room; with a base branch, those that differ from it."""
    command = ["git", "diff", "--name-only", f"{base}...HEAD"] if base else ["git", "ls-files"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for room in rooms:
        found = [n for n in names.split() if n.startswith(f"autograd/{room}/")]
        found = [n for n in found if n.endswith(".py") and (ROOT / n).exists()]
        if found:
            yield found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", default=[*ROOMS])
    parser.add_argument("--count", type=int, default=50, help="mutants of a room, drawn at random")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--changed", metavar="BRANCH")
    parser.add_argument("--least", type=int, default=90, help="percent that must be killed")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # because threads do not survive a fork
    for name in IMPORTED:
        __import__(name)
    killed = total = 0
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name).resolve() / "tree"
        ignored = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__")
        shutil.copytree(ROOT, tree, ignore=ignored)
        for modules in modules_of(list(options.rooms), options.changed):
            found = judge(modules, options.count, options.seed, tree)
            killed, total = killed + found[0], total + found[1]
    print(f"{killed} of {total} mutants killed, {round(100 * killed / max(total, 1))} %")
    return 0 if 100 * killed >= options.least * total else 1


if __name__ == "__main__":
    sys.exit(main())
