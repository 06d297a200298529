"""Change good files at random and read them: only the errors that the readers promise may come out.

Sheets in plain text, LaTeX, Markdown and notebooks, graphs in JSON, IDX files, checkpoints, and
what is typed into the fields of a page (by node, where it is installed). The seeds are the files
of the tests. On Python 3.12 and later, a changed file that executes a line of the project for the
first time becomes a seed too. What fails is written to a folder, so that it can be repeated.

    python tests/trust/fuzz.py --minutes 1 [--seed 0] [--failures FOLDER]
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from autograd import Graph, GraphError, Value, Worksheet, WorksheetError
from gradtrace.__main__ import main as command
from nn import MLP, SGD, CheckpointError, Data, DataFileError, fit, load, read_idx, save, write_idx

ROOT = Path(__file__).parents[2]
PROJECT = tuple(f"{ROOT / name}{os.sep}" for name in ("autograd", "nn", "gradtrace"))
SLOW = 20.0  # seconds of processor time for one file of a few kilobytes
Reader = Callable[[Path], object]
WORDS = [
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "->",
        "=",
        "'",
        "^",
        "**",
        "/",
        "·",
        "∂",
        "d",
        "?",
        "---",
        "\n",
    ),
    *("1e999", "1e-999", "0", "-0.0", "nan", "inf", "½", "₁", "²", r"\frac{", r"\begin{aligned}"),
    *("\0", "\ufeff", "\u202e", "\U0001f600", "𝑥", "é", "\r\n", "\t", "#", "```calc", "$$", "@"),
    *('"', "null", "true", "[]", "{}", "-1", "9" * 400, "softmax(", "sigma'", "<=", "where("),
]


def mutate(data: bytes, rng: random.Random, others: list[bytes]) -> bytes:
    """Return data with a few parts removed, repeated, exchanged, inserted, or bits flipped."""
    for _ in range(rng.choice([1, 1, 2, 3, 8])):
        a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        b = min(b, a + rng.choice([1, 4, 30, 300]))
        kind = rng.randrange(6)
        if kind == 0:
            data = data[:a] + data[b:]
        elif kind == 1:
            data = data[:b] + data[a:b] * rng.choice([1, 2, 50]) + data[b:]
        elif kind == 2:
            data = data[:a] + rng.choice(WORDS).encode("utf-8", "surrogatepass") + data[a:]
        elif kind == 3 and data:
            k = min(a, len(data) - 1)
            data = data[:k] + bytes([data[k] ^ (1 << rng.randrange(8))]) + data[k + 1 :]
        elif kind == 4:
            other = rng.choice(others)
            k = rng.randrange(len(other) + 1)
            data = data[:a] + other[k : k + rng.choice([3, 40, 400])] + data[b:]
        else:
            data = data[:a]
        data = data[:40_000]
    return data


def read_sheet(path: Path) -> None:
    """Read and check a sheet by the command line, which must never show a traceback."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        status = command(["check", str(path)])
    assert status in (0, 1, 2), status
    assert "Traceback" not in err.getvalue()


def read_worksheet(path: Path) -> None:
    with contextlib.suppress(WorksheetError, UnicodeDecodeError):
        sheet = Worksheet.parse(path.read_bytes().decode("utf-8"))
        report = sheet.check()
        assert str(report) and report._repr_html_()
        assert Worksheet.parse(str(sheet)) is not None


def read_graph(path: Path) -> None:
    with contextlib.suppress(GraphError, UnicodeDecodeError):
        graph = Graph.from_json(path.read_bytes().decode("utf-8"))
        assert Graph.from_json(graph.to_json()) == graph


def read_images(path: Path) -> None:
    with contextlib.suppress(DataFileError):
        array = read_idx(path)
        assert array.nbytes <= 1100 * path.stat().st_size
    with contextlib.suppress(DataFileError):
        read_idx(path, slice(1, 3))


def read_checkpoint(path: Path) -> None:
    with contextlib.suppress(CheckpointError):
        load(path)


def read_fields(path: Path) -> None:
    """Read each line as the field of a page does: a number, a sentence, or something unfinished."""
    assets = ROOT / "autograd" / "views" / "assets"
    script = (
        f"{(assets / 'numbers.js').read_text('utf-8')}\n"
        "const typed = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
        "console.log(JSON.stringify(typed.map((text) => {\n"
        "  const read = readNumber(text);\n"
        "  return 'value' in read ? Number.isFinite(read.value) : read.problem !== '';\n"
        "})))"
    )
    typed = path.read_bytes().decode("utf-8", "replace").splitlines()
    done = subprocess.run(
        ["node", "-e", script], input=json.dumps(typed), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-300:]
    assert all(json.loads(done.stdout)), typed


def seeds(folder: Path) -> list[tuple[str, bytes, Reader]]:
    """Return the kinds of files: an ending, the content of a good file, and its reader."""
    found: list[tuple[str, bytes, Reader]] = []
    sheets = [*(ROOT / "tests").rglob("*.calc"), *(ROOT / "tests").rglob("own_writing/*")]
    for path in sheets:
        if path.is_file():
            found += [(path.suffix, path.read_bytes(), r) for r in (read_sheet, read_worksheet)]
    if shutil.which("node"):
        fields = (ROOT / "tests" / "trust" / "bad_input" / "fields.txt").read_text("utf-8")
        lines = [json.loads(line) for line in fields.splitlines() if line.startswith('"')]
        lines += ["0.5", "0,5", "1 234", "1/3", "−2", "1.5·10⁻³", "1e-3", "pi", "١٢٫٥", "1.234,5"]
        found += [(".typed", "\n".join(lines).encode(), read_fields)] * 10
    notebook = (ROOT / "notebooks" / "08_check_your_homework.ipynb").read_bytes()
    found.append((".ipynb", notebook[:40_000], read_sheet))
    x = Value(0.5, label="x")
    y = ((x * 2 + 1).tanh() / x).exp()
    y.backward()
    found += [(".json", Graph.of(y).to_json().encode(), read_graph)] * 20
    write_idx(folder / "idx", np.arange(48, dtype=np.uint8).reshape(4, 3, 4))
    write_idx(folder / "idx.gz", np.arange(48, dtype=np.uint8).reshape(4, 3, 4))
    net = MLP(2, [2, 1], seed=0)
    data = Data([[0.0, 1.0], [1.0, 0.0]], [[0.0], [1.0]])
    save(folder / "net.npz", net, fit(net, data, optimizer=SGD(0.1), seed=0, progress=False))
    for name, reader in (
        ("idx", read_images),
        ("idx.gz", read_images),
        ("net.npz", read_checkpoint),
    ):
        found += [(Path(name).suffix, (folder / name).read_bytes(), reader)] * 20
    return found


class Coverage:
    """Counts the lines of the project that were executed, where Python can tell at little cost."""

    def __init__(self) -> None:
        self.count = 0
        if monitoring := getattr(sys, "monitoring", None):  # since Python 3.12
            monitoring.use_tool_id(monitoring.COVERAGE_ID, "fuzz")
            monitoring.register_callback(
                monitoring.COVERAGE_ID, monitoring.events.LINE, self._note_line
            )
            monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)

    def _note_line(self, code: CodeType, line: int) -> Any:
        self.count += code.co_filename.startswith(PROJECT)
        return sys.monitoring.DISABLE  # type: ignore[attr-defined]  # each line is told once


def run(minutes: float, seed: int, failures: Path) -> int:
    """Read changed files until the time is over, and return how many failures there were."""
    rng, counts, seen = random.Random(seed), Counter[str](), set[str]()
    coverage = Coverage()
    found: list[tuple[str, bytes, Reader]] = []  # changed files that executed a new line
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = seeds(folder)
        contents = [content for _, content, _ in kinds]
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            ending, content, reader = rng.choice(rng.choice([kinds, found or kinds]))
            path = folder / f"fuzzed{ending}"
            changed = mutate(content, rng, contents)
            path.write_bytes(changed)
            covered = coverage.count
            counts[reader.__name__] += 1
            start = time.process_time()
            try:
                reader(path)
                assert time.process_time() - start < SLOW, "too slow"
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                where = traceback.extract_tb(error.__traceback__)[-1]
                kind = (
                    f"{reader.__name__}: {type(error).__name__} at {where.filename}:{where.lineno}"
                )
                if kind not in seen:
                    seen.add(kind)
                    failures.mkdir(parents=True, exist_ok=True)
                    digest = hashlib.sha256(changed).hexdigest()[:12]
                    kept = failures / f"{reader.__name__}-{digest}{ending}"
                    kept.write_bytes(changed)
                    print(f"{kind}: {str(error)[:200]}\n  {kept}", flush=True)
            if coverage.count > covered:
                found.append((ending, changed, reader))
    print(f"{len(found)} changed files became seeds")
    print(", ".join(f"{count:,} × {name}" for name, count in sorted(counts.items())))
    print(f"{len(seen)} kinds of failures")
    return len(seen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"))
    options = parser.parse_args()
    warnings.simplefilter("error")
    np.seterr(all="ignore")
    return 1 if run(options.minutes, options.seed, options.failures) else 0


if __name__ == "__main__":
    sys.exit(main())
