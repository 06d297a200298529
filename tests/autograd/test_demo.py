"""The demo: every number of the text's hand computation, reproduced and verified."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from autograd import Graph, demo
from nn import SGD

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


@pytest.fixture
def computed():
    net = demo.network()
    output = demo.cost(net)
    output.backward()
    graph = Graph.of(output)
    SGD(demo.LEARNING_RATE).step(net.parameters())
    return demo.numbers(graph, net)


@pytest.mark.parametrize(
    ("kind", "label"), [(kind, label) for kind, rows in EXACT.items() for label in rows]
)
def test_every_number_is_exact_to_1e_15(computed, kind, label):
    assert computed[kind][label] == pytest.approx(EXACT[kind][label], abs=1e-15, rel=0)


def test_the_gradients_on_the_values_are_those_of_the_graph():
    net = demo.network()
    output = demo.cost(net)
    output.backward()
    for label, parameter in net.named_parameters():
        assert parameter.grad == pytest.approx(EXACT["gradient"][label], abs=1e-15, rel=0)


def test_the_demo_verifies_every_printed_number_and_draws(tmp_path):
    shown: list[str] = []
    assert demo.run(tmp_path / "new", shown.append)
    text = "\n".join(shown)
    assert "26 of 26 printed numbers are right" in text
    assert text.count("right as rounded") == 5
    assert "∂C/∂W1[1,1] = ∂C/∂z2[1]" in text
    assert "MSE" in text
    assert "W1[2,1] belongs to the second neuron" in text
    ET.parse(tmp_path / "new" / "gradtrace-demo.svg")


def test_the_picture_in_the_readme_is_the_one_the_demo_draws(tmp_path):
    """Refresh it with ``make demo`` and copy gradtrace-demo.svg there."""
    demo.run(tmp_path, lambda _: None)
    committed = Path(__file__).parents[2] / "notebooks" / "pictures" / "two-two-one.svg"
    assert (tmp_path / "gradtrace-demo.svg").read_bytes() == committed.read_bytes()


def test_a_wrong_printed_number_is_found(tmp_path, monkeypatch):
    wrong = demo.Printed("∂C/∂b2", "gradient", ("b2[1]",), ("0.408",))
    monkeypatch.setattr(demo, "PRINTED", (*demo.PRINTED, wrong))
    shown: list[str] = []
    assert not demo.run(tmp_path, shown.append)
    assert "26 of 27" in "\n".join(shown)


def run(*arguments: str, cwd, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "autograd", *arguments],
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


def test_help_says_where_to_start(tmp_path):
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for word in ("demo", "explain(c, wrt=a)", "exit status"):
        assert word in done.stdout
    assert run(cwd=tmp_path).returncode == 2
    assert run("--version", cwd=tmp_path).stdout.startswith("gradtrace ")
