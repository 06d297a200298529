"""The demo: every number of the text's hand computation, reproduced and verified."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from autograd import Graph, Worksheet
from gradtrace import demo
from nn import MLP, half_squared_error

# SOURCES B7, the column "exact".
EXACT = {
    "value": {"z1[1]": 0.32, "z1[2]": -0.08, "a1[1]": 0.32, "a1[2]": 0.0, "z2[1]": 0.392}
    | {"C": 0.083232},
    "gradient": {"z2[1]": -0.408, "b2[1]": -0.408, "W2[1,1]": -0.13056, "W2[1,2]": 0.0}
    | {"z1[1]": -0.2448, "z1[2]": 0.0, "b1[1]": -0.2448, "b1[2]": 0.0}
    | {"W1[1,1]": -0.1224, "W1[1,2]": -0.02448, "W1[2,1]": 0.0, "W1[2,2]": 0.0},
    "updated": {"b2[1]": 0.2408, "W2[1,1]": 0.613056, "W2[1,2]": 0.9, "b1[1]": 0.12448}
    | {"b1[2]": -0.3, "W1[1,1]": 0.41224, "W1[1,2]": 0.202448, "W1[2,1]": 0.3, "W1[2,2]": 0.7},
}


@pytest.fixture(scope="module")
def computed():
    example = demo.sheet()
    graph = Graph.of(example.output)
    grader = example._graded()
    updated = {
        f"{name}[{','.join(map(str, index))}]": grader.book.renewed(name, index).data
        for name, index in grader.book.places.values()
        if index and grader.book.renewed(name, index) is not None
    }
    return {
        "value": {node.label: node.data for node in graph.nodes},
        "gradient": {node.label: graph.adjoints[node.index] for node in graph.nodes},
        "updated": updated,
    }


@pytest.mark.parametrize(
    ("kind", "label"), [(kind, label) for kind, rows in EXACT.items() for label in rows]
)
def test_every_number_is_exact_to_1e_15(computed, kind, label):
    assert computed[kind][label] == pytest.approx(EXACT[kind][label], abs=1e-15, rel=0)


def test_the_sheet_and_the_network_of_nn_are_the_same_computation():
    net = MLP.from_arrays(
        [[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]], activation="relu"
    )
    output = half_squared_error(net([0.5, 0.1]), 0.8)
    output.backward()
    graph = Graph.of(demo.sheet().output)
    for label, parameter in net.named_parameters():
        assert parameter.grad == graph.adjoints[graph.index(label)]


def test_the_demo_verifies_every_printed_number_and_draws(tmp_path):
    shown: list[str] = []
    assert demo.run_demo(tmp_path / "new", shown.append)
    text = "\n".join(shown)
    assert "26 of 26 printed numbers are right" in text
    assert text.count("right as rounded") == 5
    assert "∂C/∂W1[1,1] = ∂C/∂z2[1]" in text
    assert "MSE" in text
    assert "W1[2,1] belongs to the second neuron" in text
    assert "Below 1e-06 after 29 steps" in text
    ET.parse(tmp_path / "new" / "gradtrace-demo.svg")


def test_a_wrong_printed_number_is_found(tmp_path):
    example = demo.sheet()
    wrong = Worksheet.parse(str(example) + "∂C/∂b2 -> [0.408]\n")
    shown: list[str] = []
    assert not demo.run_demo(tmp_path, shown.append, wrong)
    assert "26 of 27" in "\n".join(shown)


def run(*arguments: str, cwd, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradtrace", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_command_is_plain_text_when_it_is_no_terminal(tmp_path):
    done = run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\033[" not in done.stdout
    assert "gradtrace-demo.svg" in done.stdout
    assert (tmp_path / "gradtrace-demo.svg").exists()


def test_the_command_survives_a_terminal_without_unicode(tmp_path):
    done = run("demo", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run("demo", "--output", str(tmp_path / "file"), cwd=tmp_path)
    assert done.returncode == 2
    assert "file" in done.stderr
    assert "Traceback" not in done.stderr
    assert "26 of 26 printed numbers are right" in done.stdout


def test_help_says_where_to_start(tmp_path):
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("demo", "explain(c, wrt=a)", "exit status"):
        assert word in done.stdout
    assert run(cwd=tmp_path).stdout == done.stdout
    assert run("--version", cwd=tmp_path).stdout.startswith("gradtrace ")
