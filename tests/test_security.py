"""Every sentence of SECURITY.md about what strangers may send."""

import ast
import contextlib
import io
import json
import re
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from autograd import (
    Graph,
    GraphError,
    Value,
    Worksheet,
    WorksheetError,
    check,
    compile,  # noqa: A004 - its name, as re.compile has it
    draw,
    page,
)
from nn import MLP, DataFileError, load, read_idx, save
from nn.train.checkpoint import CheckpointError

EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(2)">'


def test_a_sheet_is_never_executed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for line in (
        "x = __import__('os').mkdir('made') -> 1",
        "x = open('made', 'w') -> 1",
        "x = eval('1') -> 1",
        "x = ().__class__.__bases__[0] -> 1",
        "x = exec(\"import os; os.mkdir('made')\") -> 1",
        r"\input{made} x = \write18{mkdir made} -> 1",
    ):
        try:
            str(check(line))
        except WorksheetError:
            continue
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_reads_sheets_calls_eval_or_exec():
    root = Path(check.__code__.co_filename).parents[1]
    for room in ("language", "grading"):
        for path in (root / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?<![\w.])(eval|exec|__import__)\(", text), path


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 100_000 + "1" + ")" * 100_000 + " -> 1",
        "x = " + "-" * 100_000 + "1 -> 1",
        "x = " + "1 + " * 300_000 + "1 -> 1",
        "x = 9^9^9^9^9 -> 1",
        "x = [" + "[" * 5_000 + "1" + "]" * 5_000 + "] -> 1",
        "x = 1 -> 1\n" * 300_000,
        "x = " + "9" * 1_000_000 + " -> 1",
        "x = outer(ones(10000), ones(10000)) -> 1",
        "x1 = 1\n" + "".join(f"x{k} = x{k - 1} + x{k - 1}\n" for k in range(2, 300)),
    ],
    ids=["brackets", "signs", "sum", "tower", "lists", "lines", "digits", "outer", "doubled"],
)
def test_a_sheet_takes_bounded_time_and_memory(text, effort):
    def read():
        with contextlib.suppress(WorksheetError):
            str(Worksheet.parse(text).check())

    assert effort(read) < 500
    tracemalloc.start()
    read()
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()


def test_a_checkpoint_is_read_without_pickle(tmp_path):
    path = tmp_path / "net.npz"
    np.savez(path, about=np.array([{"a": 1}], dtype=object))
    with pytest.raises(CheckpointError):
        load(path)


def test_the_checksum_and_the_shapes_of_a_checkpoint_are_compared(tmp_path):
    path = tmp_path / "net.npz"
    save(path, MLP(2, [2, 1], seed=0))
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.startswith("parameters/W1"):
                content = content[:-1] + bytes([content[-1] ^ 1])
            new.writestr(name, content)
    (tmp_path / "changed.npz").write_bytes(changed.getvalue())
    with pytest.raises(CheckpointError, match="checksum"):
        load(tmp_path / "changed.npz")
    with pytest.raises(CheckpointError):
        load(path, MLP(3, [2, 1], seed=0))


def test_an_idx_file_cannot_claim_more_memory_than_its_size_allows(tmp_path):
    path = tmp_path / "images"
    path.write_bytes(struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**10, 2**10))
    with pytest.raises(DataFileError):
        read_idx(path)
    with pytest.raises(DataFileError):
        read_idx(path, slice(0, 10))


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ('"tanh"', '"system"'),
        ("[0, 0]", "[0, 99]"),
        ("[0, 0]", "[2, 2]"),
        ("[0, 0]", "[-1, 0]"),
        ("[0, 0]", '["x", 0]'),
        ('"outputs": [2]', '"outputs": [7]'),
        ("1.0", "NaN"),
        ("[[", "["),
    ],
)
def test_a_graph_in_json_is_checked(part, changed):
    x = Value(1.0, label="x")
    text = json.dumps(json.loads(Graph.of((x * x).tanh()).to_json()))
    assert part in text
    with pytest.raises(GraphError):
        Graph.from_json(text.replace(part, changed, 1))


def test_a_label_is_text_in_pages_and_pictures():
    x = Value(1.0, label=EVIL)
    y = (x * 2).tanh()
    y.label = EVIL
    y.backward()
    for text in (page(y).html, draw(y).svg()):
        assert EVIL not in text
        assert "<img src=x" not in text


def test_a_label_is_text_in_a_script():
    x, w, unused = Value(1.0, "x"), Value(1.0, "w"), Value(1.0, '"""\nraise SystemExit(7)\n"""')
    program = compile(x * w, inputs=[x, unused])
    for engine in ("numpy", "torch", "jax"):
        text = program.source(engine)
        names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
        assert "SystemExit" not in names


def test_a_page_loads_nothing_and_says_so_to_the_browser():
    x = Value(1.0, label="x")
    html = page(x.tanh()).html
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]*)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", html)
    for forbidden in ("fetch(", "XMLHttpRequest", "WebSocket", "localStorage", "document.cookie"):
        assert forbidden not in html


@pytest.mark.optional("bandit")
def test_bandit_finds_nothing():
    root = Path(__file__).parents[1]
    packages = ("autograd", "nn", "gradtrace")
    command = ["bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", *packages]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_text_becomes_code_in_three_places_only():
    root = Path(__file__).parents[1]
    found = [
        path.relative_to(root).as_posix()
        for package in ("autograd", "nn", "gradtrace")
        for path in sorted((root / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("eval", "exec")
    ]
    assert found == [
        "autograd/engine/generated_code.py",
        "autograd/program/binding.py",
        "autograd/program/engines/function.py",
    ]


def test_each_of_these_tests_stands_for_a_sentence():
    text = (Path(__file__).parents[1] / "SECURITY.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^- ", text, re.M)) == 7
