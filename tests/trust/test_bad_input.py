"""What is refused, and in which words: a table over the public functions, commands and files.

Each row is a call, and below it, indented, the error that it raises and words of the message, in
their order, with … between them. They are the words that no better sentence may leave out: what
came in, and where.
"""

import contextlib
import io
import json
import math
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from gradtrace.__main__ import main

HERE = Path(__file__).with_name("bad_input")


def rows(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the calls of a table, the errors that they raise, and words of the messages."""
    text = (HERE / name).read_text("utf-8")
    for call, expected in re.findall(r"^([^\s#].*)\n    (.*)$", text, re.M):
        error, _, words = expected.partition(":")
        if os.name != "nt" or "Is a directory" not in words:  # Windows says it in its own words
            yield call, error, words.strip()


def table(*names: str) -> pytest.MarkDecorator:
    found = [row for name in names for row in rows(name)]
    return pytest.mark.parametrize(("call", "error", "words"), found, ids=[c for c, *_ in found])


def test_the_documents_say_how_many_there_are():
    count = sum(len(list(rows(path.name))) for path in HERE.iterdir())
    assert f"\n| {count} bad inputs " in (HERE.parents[2] / "docs" / "tested.md").read_text("utf-8")


def assert_words(words: str, message: str) -> None:
    place = 0
    for part in words.split(" … "):
        assert part in message[place:], message
        place = message.index(part, place) + len(part)


# --- Python ---------------------------------------------------------------------------------------

MAKERS = {
    "x": lambda _: autograd.Value(0.5, "x"),
    "w": lambda _: autograd.Value(2.0, "w"),
    "zero": lambda _: autograd.Value(0.0, "zero"),
    "y": lambda names: swept_output(names["w"], names["x"]),
    "twins": lambda _: autograd.Value(1.0, "t") * autograd.Value(2.0, "t"),
    "g": lambda names: autograd.Graph.of(names["y"]),
    "p": lambda names: swept_program(autograd.compile(names["y"], inputs=[names["x"]])),
    "fresh": lambda names: autograd.compile(names["y"], inputs=[names["x"]]),
    "logp": lambda names: autograd.compile(autograd.log(names["x"]), inputs=[names["x"]]),
    "guarded": lambda _: guarded_program(),
    "net": lambda _: nn.MLP(2, [2, 1], seed=0),
    "gpt": lambda _: nn.GPT("abc", context=4, size=4, heads=2, seed=0),
    "data": lambda _: nn.Data([[0.0, 1.0], [1.0, 0.0]], [[0.0], [1.0]]),
    "data3": lambda _: nn.Data([[0.0, 1.0, 2.0]], [[0.0]]),
    "hist": lambda names: nn.fit(
        nn.MLP(2, [1], seed=0), names["data"], optimizer=nn.SGD(0.1), progress=False
    ),
    "land": lambda names: nn.Landscape(names["net"], names["data"], ("b1[1]", "b2[1]")),
    "walk": lambda names: names["land"].descend([1.0, 1.0], 0.1, 2),
    "swept": lambda names: swept_network(names["net"]),
    "saved": lambda names: saved_network(names),
    "idx": lambda names: written_idx(names),
    "made": lambda names: lambda content: made(names.folder, content),
    "npz": lambda names: lambda **arrays: saved_arrays(names.folder, arrays),
    "edited": lambda names: lambda old, new: edited(names["g"], old, new),
}


class Names(dict[str, object]):
    """What the calls of the table name; each thing is made when a call needs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.update(math=math, np=np, autograd=autograd, nn=nn)
        for module in (autograd, nn):
            self.update({name: getattr(module, name) for name in module.__all__})

    def __missing__(self, name: str) -> object:
        if name not in MAKERS:
            raise KeyError(name)
        self[name] = MAKERS[name](self)
        return self[name]


def swept_output(w, x):
    y = (w * x).tanh()
    y.label = "y"
    y.backward()
    return y


def swept_program(program):
    program.value_and_grad([[0.5, 1.0]])
    return program


def guarded_program():
    u = autograd.Value(1.0, "u")
    return autograd.compile(u * 2 if u > 0 else u, inputs=[u])


def swept_network(net):
    nn.squared_error(net([1.0, 2.0]), [0.0]).backward()
    return nn.sensitivities(net)


def saved_network(names):
    path = names.folder / "net.npz"
    nn.save(path, names["net"])
    return path


def written_idx(names):
    path = names.folder / "idx"
    nn.write_idx(path, np.arange(6, dtype=np.uint8).reshape(3, 2))
    return path


def made(folder, content):
    path = folder / "made"
    path.write_bytes(content)
    return path


def saved_arrays(folder, arrays):
    path = folder / "made.npz"
    np.savez(path, **arrays)
    return path


def edited(graph, old, new):
    """Return the graph in JSON with one part replaced by another."""
    text = json.dumps(json.loads(graph.to_json()))
    assert old in text
    return text.replace(old, new, 1)


class Empty:
    pass


def refuse(call: str, error: str, words: str, names: Names) -> None:
    names["Empty"] = Empty
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its type is compared below
        exec(call, names)
    assert type(caught.value).__name__ == error, caught.value
    assert_words(words, str(caught.value))
    assert " object at 0x" not in str(caught.value)


@table("autograd.txt", "nn.txt")
def test_what_public_functions_refuse(call, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refuse(call, error, words, Names(tmp_path))


@pytest.mark.optional("matplotlib")
@table("plots.txt")
def test_what_plots_refuse(call, error, words, tmp_path):
    import matplotlib as mpl

    mpl.use("Agg")
    names = Names(tmp_path)
    exec("from nn.plots import *", names)
    refuse(call, error, words, names)


# --- the command line -----------------------------------------------------------------------------

FILES = {
    "good.calc": "x = 2\ny = x^2 -> 4\n",
    "wrong.calc": "x = 2\ny = x^2 -> 5\n",
    "bad.calc": "x = 3\ny = sigmod(x) -> 0.95\n",
    "empty.calc": "",
    "words.md": "# A title\n\nNo calculation here.\n",
    "bad.json": '{"gradtrace": 2',
    "other.json": "[1, 2, 3]",
    "bad.ipynb": '{"cells": 3}',
    "half.ipynb": '{"cells": [',
    "net.npz": "not a zip file",
}


@table("commands.txt")
def test_what_the_command_line_refuses(call, error, words, tmp_path, monkeypatch):
    """The error is the exit status; the words stand in what is printed."""
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    Path("latin.calc").write_bytes(b"x = 1 # \xe9\n")
    Path("folder").mkdir()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(shlex.split(call)[1:])
        except SystemExit as stop:
            status = stop.code
    assert status == int(error), err.getvalue()
    assert "Traceback" not in err.getvalue()
    assert_words(words, err.getvalue() + out.getvalue())


# --- the fields of a page -------------------------------------------------------------------------


@pytest.mark.optional("node")
def test_what_the_fields_of_a_page_refuse(optional):
    """The error is "problem", or "unfinished" for a number that is still being typed."""
    asset = Path(autograd.__file__).parent / "views" / "assets" / "numbers.js"
    found = [(json.loads(call), kind, words) for call, kind, words in rows("fields.txt")]
    script = (
        f"{asset.read_text('utf-8')}\n"
        f"const typed = {json.dumps([call for call, *_ in found])};\n"
        "console.log(JSON.stringify(typed.map(readNumber)))"
    )
    done = subprocess.run([optional("node"), "-e", script], capture_output=True, check=True)
    for (call, kind, words), answer in zip(found, json.loads(done.stdout), strict=True):
        assert "value" not in answer, call
        assert ("problem" in answer) == (kind == "problem"), call
        assert_words(words, answer.get("problem", ""))


TAKES_NOTHING = {"digits", "names", "recording", "xor"}


def test_every_public_function_has_a_row():
    assert sum(len(list(rows(path.name))) for path in HERE.glob("*.txt")) >= 800
    calls = " ".join(call for name in ("autograd", "nn") for call, *_ in rows(f"{name}.txt"))
    functions = {
        name
        for module in (autograd, nn)
        for name in module.__all__
        if not isinstance(getattr(module, name), type)
    }
    assert {name for name in functions if not re.search(rf"\b{name}\(", calls)} <= TAKES_NOTHING
