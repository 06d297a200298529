"""Mutation testing: change one thing in a module at a time; the tests of the module must notice.

A mutant changes an operator, a comparison, a number or a condition. It survives if the tests still
pass. The tests are those that mirror the module, unless others are named.

    python tests/trust/mutants.py autograd/program/engines/pieces.py [--tests PATH …] [--most 40]
    python tests/trust/mutants.py --changed main          # what differs from a branch
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("engine", "graph", "program", "grading", "language")
TIMEOUT = 300  # seconds; a mutant that runs longer is killed and counts as noticed
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


def mutations(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what a node may become, with a description."""
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        changed = copy.copy(node)
        changed.op = SWAPS[type(node.op)]()
        yield f"{type(node.op).__name__} → {type(changed.op).__name__}", changed
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        changed = copy.copy(node)
        changed.ops = [SWAPS[type(node.ops[0])](), *node.ops[1:]]
        yield f"{type(node.ops[0]).__name__} → {type(changed.ops[0]).__name__}", changed
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield f"{node.value} → {node.value + 1}", ast.Constant(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} → {not node.value}", ast.Constant(not node.value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield f"without {type(node.op).__name__}", node.operand
    elif isinstance(node, ast.If | ast.IfExp):
        changed = copy.copy(node)
        changed.test = ast.UnaryOp(ast.Not(), node.test)
        yield "if not", changed


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.new, node) if node is self.old else self.generic_visit(node)


def mutants(text: str) -> list[tuple[int, str, str]]:
    """Return the line, the description and the text of every mutant of a module."""
    tree, found = ast.parse(text), []
    annotations = {
        id(part)
        for node in ast.walk(tree)
        for field in ("annotation", "returns")
        if (given := getattr(node, field, None)) is not None
        for part in ast.walk(given)
    }
    for node in ast.walk(tree):
        for description, new in [] if id(node) in annotations else mutations(node):
            # A deep copy, so that the tree is as it was for the next mutant.
            memo: dict[int, ast.AST] = {}
            whole = copy.deepcopy(tree, memo)
            changed = _Replace(memo[id(node)], new).visit(whole)
            code = ast.unparse(ast.fix_missing_locations(changed))
            found.append((getattr(node, "lineno", 0), description, code))
    return found


def tests_of(module: Path) -> list[str]:
    """Return the tests that mirror a module: its own file, or else its folder."""
    folder = ROOT / "tests" / module.parent
    own = folder / f"test_{module.stem}.py"
    return [str(own.relative_to(ROOT))] if own.exists() else [str(folder.relative_to(ROOT))]


def survives(copied: Path, tests: list[str]) -> bool:
    """Run the tests in a copy of the tree, and say whether they pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", *tests]
    environment = {**os.environ, "PYTHONPATH": str(copied)}
    try:
        done = subprocess.run(
            command, cwd=copied, env=environment, capture_output=True, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def judge(modules: list[Path], named: list[str], most: int) -> int:
    """Print the survivors of each module and return the share that was killed, in percent."""
    killed = total = 0
    with tempfile.TemporaryDirectory() as name:
        copied = Path(name) / "tree"
        ignored = shutil.ignore_patterns(".git", ".venv", "build", "__pycache__")
        shutil.copytree(ROOT, copied, ignore=ignored)
        for module in modules:
            text, tests = (ROOT / module).read_text(encoding="utf-8"), named or tests_of(module)
            doctests = [*tests, str(module)]
            if not survives(copied, doctests):
                raise SystemExit(f"the tests fail without any change: {doctests}")
            chosen = mutants(text)
            random.Random(0).shuffle(chosen)
            survivors = []
            for line, description, code in sorted(chosen[:most]):
                (copied / module).write_text(code, encoding="utf-8")
                if survives(copied, doctests):
                    survivors.append(f"  {module}:{line}: {description}")
            (copied / module).write_text(text, encoding="utf-8")
            count = min(most, len(chosen))
            killed, total = killed + count - len(survivors), total + count
            print(f"{module}: {count - len(survivors)} of {count} killed", *survivors, sep="\n")
    share = round(100 * killed / max(total, 1))
    print(f"{killed} of {total} mutants killed, {share} %")
    return share


def changed_modules(base: str) -> list[Path]:
    """Return the modules of the five rooms that differ from a branch."""
    command = ["git", "diff", "--name-only", f"{base}...HEAD"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rooms = tuple(f"autograd/{room}/" for room in ROOMS)
    found = [Path(n) for n in names.split() if n.startswith(rooms) and n.endswith(".py")]
    return [path for path in found if (ROOT / path).exists()]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", type=Path)
    parser.add_argument("--tests", nargs="*", default=[])
    parser.add_argument(
        "--most", type=int, default=40, help="mutants of a module, chosen by chance"
    )
    parser.add_argument("--changed", metavar="BRANCH")
    parser.add_argument("--least", type=int, default=90, help="percent that must be killed")
    options = parser.parse_args()
    modules = changed_modules(options.changed) if options.changed else options.modules
    if not modules:
        print("no module to change")
        return 0
    return 0 if judge(modules, options.tests, options.most) >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
