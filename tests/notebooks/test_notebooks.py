"""The tutorial notebooks: what each promises and holds, and that its outputs are what it shows."""

import ast
import copy
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import autograd
from autograd import check

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
README = (ROOT / "notebooks" / "README.md").read_text("utf-8")
INDEX = re.findall(r"^\| \[(\d+)\. (.+?)\]\((\w+\.ipynb)\) \| (\d+) \|", README, re.MULTILINE)
SECONDS = 60  # for a notebook
BYTES = 1_000_000  # of a notebook
WRITES_A_CLASS = {"11_build_your_own_value.ipynb"}  # it is what the learner does there
OURS = {"autograd", "nn", "numpy"}
MACHINE = re.compile(
    r"/(?:home|tmp|work|root|usr|opt|var|mnt|Users)/|site-packages|\b0x[0-9a-f]{5,}|\b[A-Z]:\\"
)


def every(notebooks):
    return pytest.mark.parametrize("path", notebooks, ids=[path.stem for path in notebooks])


def text_outputs(cell):
    """Return the texts of a cell's outputs as they are stored, without pictures' data."""
    stored = json.dumps(cell.outputs, ensure_ascii=False)
    return re.sub(r"base64,[\w+/=]+|\"image/png\": \"[^\"]*\"", "", stored)


# --- what a notebook holds ------------------------------------------------------------------------


def test_the_index_lists_all_notebooks_in_order():
    assert [name for _, _, name, _ in INDEX] == [path.name for path in NOTEBOOKS]


@every(NOTEBOOKS)
def test_it_opens_with_its_promise(reading, path):
    number, title, minutes = next((n, t, m) for n, t, name, m in INDEX if name == path.name)
    first = reading.read(path)[0]
    assert first.kind == "markdown"
    assert first.text.startswith(f"# {number}. {title}\n")
    promise = first.text.partition("**After this notebook you will be able to**")[2]
    assert 3 <= len(re.findall(r"^[-*] ", promise, re.MULTILINE)) <= 4
    assert promise.rstrip().endswith(f"*About {minutes} minutes.*")


@every(NOTEBOOKS)
def test_it_imports_at_the_top_and_defines_nothing(reading, path):
    cells = reading.read(path)
    assert cells[1].kind == "code"
    for cell in cells:
        if cell.kind != "code":
            continue
        nodes = list(ast.walk(ast.parse(cell.text)))
        # `operation` takes formulas, and calling it is what the notebook shows.
        formulas = [
            argument
            for node in nodes
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "operation"
            for argument in node.args
        ]
        for node in nodes:
            if node in formulas or path.name in WRITES_A_CLASS:
                continue
            defines = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
            assert not isinstance(node, defines), f"{cell.id} defines something"
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert cell is cells[1], f"{cell.id} imports something"
                named = [alias.name for alias in node.names]
                modules = [node.module] if isinstance(node, ast.ImportFrom) else named
                known = OURS | sys.stdlib_module_names
                assert {module.partition(".")[0] for module in modules} <= known


@every(NOTEBOOKS)
def test_every_code_cell_is_introduced(reading, path):
    cells = reading.read(path)
    for before, cell in pairwise(cells):
        if cell.kind == "code":
            assert before.kind == "markdown", f"nothing is said before {cell.id}"


@every(NOTEBOOKS)
def test_it_closes_with_three_exercises_and_leads_on(reading, path):
    cells = reading.read(path)
    headings = [k for k, c in enumerate(cells) if c.text.startswith("## Three exercises")]
    assert len(headings) == 1
    tagged = [k for k, cell in enumerate(cells) if "exercise" in cell.tags]
    code = [k for k, c in enumerate(cells) if c.kind == "code" and "code" not in c.tags]
    assert tagged == code[-3:]
    assert headings[0] < tagged[0]
    assert "Replace each `?`" in "".join(cell.text for cell in cells[headings[0] :])
    names = [name for _, _, name, _ in INDEX]
    place = names.index(path.name)
    neighbors = [name for k, name in enumerate(names) if abs(k - place) == 1]
    assert re.findall(r"\]\((\w+\.ipynb)\)", cells[-1].text) == neighbors


@every(NOTEBOOKS)
def test_it_was_run_from_top_to_bottom_and_shows_no_trouble(reading, path):
    content = json.loads(path.read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]
    for cell in reading.read(path):
        for kind, said in cell.says:
            assert kind not in ("error", "stream stderr"), cell.id
            assert "Warning" not in said, cell.id
        shown = cell.text + text_outputs(cell) + json.dumps(cell.says, ensure_ascii=False)
        assert not MACHINE.search(shown), f"{cell.id}: {MACHINE.search(shown)[0]}"


@every(NOTEBOOKS)
def test_it_is_small_and_holds_nothing_of_the_machine_or_the_hour(path):
    assert path.stat().st_size <= BYTES
    content = json.loads(path.read_text("utf-8"))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    ids = [cell["id"] for cell in content["cells"]]
    assert len(ids) == len(set(ids))
    for cell in content["cells"]:
        assert re.fullmatch(r"[a-z][a-z0-9-]{0,23}", cell["id"])
        assert {*cell["metadata"]} <= {"tags"}
        assert {*cell["metadata"].get("tags", ())} <= {"exercise", "code", "measured"}
        assert not any(output.get("metadata") for output in cell.get("outputs", ()))


# --- the exercises --------------------------------------------------------------------------------


def sheet_of(cell):
    """Return the sheet of an exercise, whose cell is nothing but check("…")."""
    (statement,) = ast.parse(cell.text).body
    call = statement.value
    assert isinstance(call, ast.Call), "an exercise is one check of a sheet"
    assert (call.func.id, call.keywords) == ("check", [])
    (sheet,) = call.args
    return ast.literal_eval(sheet)


def filled(sheet, wrong=None):
    """Return the sheet with right numbers for its blanks, and, if asked for, one wrong one."""
    answers = [line.exact for line in check(sheet).lines if line.verdict.value == "blank"]
    if wrong is not None:
        answers[wrong] = 1.5 * answers[wrong] + 0.37
    numbers = iter(answers)
    lines = []
    for line in sheet.split("\n"):
        start, arrow, rest = line.partition("->")
        answer, mark, comment = rest.partition("#")
        answer = re.sub(r"\?", lambda _: f"{next(numbers):.10f}", answer)
        lines.append(start + arrow + answer + mark + comment)
    assert next(numbers, None) is None
    return "\n".join(lines)


@every(NOTEBOOKS)
def test_its_exercises_are_right_when_filled_in_rightly(reading, path):
    found = reading.exercises(reading.read(path))
    assert len(found) == 3
    for cell in found:
        sheet = sheet_of(cell)
        verdicts = {line.verdict.value for line in check(sheet).lines}
        assert "blank" in verdicts, cell.id
        assert check(sheet).ok, f"{cell.id}: what is given is wrong"
        report = check(filled(sheet))
        assert report.ok, f"{cell.id}\n{report}"
        right = {"exact", "right as rounded"}
        assert {line.verdict.value for line in report.lines} <= right, f"{cell.id}\n{report}"


@every(NOTEBOOKS)
def test_its_exercises_notice_a_wrong_answer(reading, path):
    for cell in reading.exercises(reading.read(path)):
        sheet = sheet_of(cell)
        blanks = [line for line in check(sheet).lines if line.verdict.value == "blank"]
        for k in range(len(blanks)):
            assert not check(filled(sheet, wrong=k)).ok, f"{cell.id}: blank {k + 1}"


@every(NOTEBOOKS)
def test_its_exercises_keep_their_answers(reading, path):
    """Numbers of three digits or more only: a 2 is found everywhere."""
    for cell in reading.exercises(reading.read(path)):
        sheet = sheet_of(cell)
        said = "\n".join(text for _, text in cell.says)
        shown = {*reading.tokens(said)} - {*reading.tokens(sheet)}
        for line in check(sheet).lines:
            exact = f"{abs(line.exact):.8g}"
            if line.verdict.value == "blank" and len(exact.strip("0.").replace(".", "")) > 2:
                assert exact not in shown, f"{cell.id} tells {line.quantity}"


# --- the exercises in code ------------------------------------------------------------------------


def run_in_code(reading, path, fill):
    """Run the exercises in code, their blanks filled in, and return their reports."""
    cells, space, reports = reading.read(path), {}, []
    exec(cells[1].text, space)
    for cell in [cell for cell in cells if "code" in cell.tags]:
        *statements, last = ast.parse(fill(cell)).body
        exec(compile(ast.Module(statements, []), cell.id, "exec"), space)
        reports.append(eval(compile(ast.Expression(last.value), cell.id, "eval"), space))
    return reports


def solve(cell, solution):
    """Return the text of an exercise with its solution in place of the line with the blanks."""
    text, count = re.subn(r'^.*"\?".*$', lambda _: solution, cell.text, flags=re.M)
    assert count == 1
    return text


@every(NOTEBOOKS[:9])
def test_its_exercises_in_code_are_blank_and_can_be_solved(reading, solutions, path):
    for report in run_in_code(reading, path, lambda cell: cell.text):
        assert {line.verdict.value for line in report.lines} == {"blank"}
    reports = run_in_code(
        reading, path, lambda cell: solve(cell, solutions[path.name[:2], cell.id])
    )
    assert len(reports) == 2
    for report in reports:
        assert report.right == report.asked == len(report.lines), report


@every(NOTEBOOKS[:9])
def test_its_exercises_in_code_notice_a_wrong_answer(reading, path):
    for report in run_in_code(reading, path, lambda cell: cell.text.replace("?", "9.75")):
        assert {line.verdict.value for line in report.lines} == {"wrong"}


# --- the outputs ----------------------------------------------------------------------------------


def run(arguments, timeout=SECONDS):
    """Run the script that `make notebooks` runs."""
    return subprocess.run(
        [sys.executable, str(Path(__file__).with_name("refresh.py")), *map(str, arguments)],
        env={name: text for name, text in os.environ.items() if name != "PYTHONWARNINGS"},
        capture_output=True,
        text=True,
        timeout=timeout,
    )


@pytest.mark.optional("nbclient", "ipykernel", "matplotlib", "sklearn")
@every(NOTEBOOKS)
def test_its_outputs_are_what_a_fresh_run_shows(reading, path, tmp_path):
    done = run(["--to", tmp_path, path])
    assert done.returncode == 0, done.stderr
    found = reading.differences(reading.read(path), reading.read(tmp_path / path.name))
    assert not found, "run make notebooks\n" + "\n".join(found)


def notebook(*sources):
    cells = [
        {"cell_type": "code", "id": f"c{k}", "source": source, "metadata": {}, "outputs": []}
        | {"execution_count": None}
        for k, source in enumerate(sources)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"hour": "now"}, "cells": cells}


@pytest.mark.optional("nbclient", "ipykernel")
def test_the_kernel_runs_this_checkout_and_leaves_nothing_of_itself(reading, tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps(notebook("import autograd, nn\n[autograd.__file__, nn.__file__]")))
    done = run([path])
    assert done.returncode == 0, done.stderr
    ((kinds, said),) = reading.read(path)[0].says
    assert kinds == "text/plain"
    assert ast.literal_eval(said)[0] == str(Path(autograd.__file__).resolve())
    content = json.loads(path.read_text("utf-8"))
    assert "hour" not in content["metadata"]
    assert "version" not in path.read_text("utf-8")


@pytest.mark.optional("nbclient", "ipykernel")
def test_a_notebook_that_fails_is_not_written(tmp_path):
    path = tmp_path / "one.ipynb"
    before = json.dumps(notebook("1 / 0"))
    path.write_text(before, encoding="utf-8")
    done = run([path])
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    assert path.read_text("utf-8") == before


@pytest.mark.optional("nbclient", "ipykernel", "matplotlib")
def test_a_second_run_changes_nothing(tmp_path):
    picture = "import os, matplotlib.pyplot as plt\nplt.plot([0, 1], [0, 1 + 1e-9 * os.getpid()]);"
    content = notebook("import time\nprint(time.time_ns(), 'ns')", picture)
    content["cells"][0]["metadata"] = {"tags": ["measured"]}
    path = tmp_path / "one.ipynb"
    path.write_text(json.dumps(content))
    written = []
    for _ in range(2):
        assert run([path]).returncode == 0
        written.append(path.read_text("utf-8"))
    assert "image/png" in written[0]
    assert written[0] == written[1]


# --- the comparison itself ------------------------------------------------------------------------

PICTURE = """from autograd import Value, draw, page
w = Value(0.4321, "w")
C = (w * 3).tanh()
C.backward()
draw(C)"""


def shown(reading, *outputs, tags=()):
    content = notebook("show()")
    content["cells"][0] |= {"outputs": list(outputs), "metadata": {"tags": list(tags)}}
    return reading.cells_of(content)


def data(**kinds):
    named = {kind.replace("_", "/", 1): text for kind, text in kinds.items()}
    return {"output_type": "execute_result", "data": named, "metadata": {}, "execution_count": 1}


@pytest.fixture
def recorded():
    space = {}
    exec(PICTURE, space)
    return space


@pytest.mark.parametrize("view", ["draw", "page"])
def test_a_number_that_changed_in_a_picture_or_a_page_is_noticed(reading, recorded, view):
    def output(value):
        return data(**{"text_html": recorded[view](value)._repr_mimebundle_()["text/html"]})

    w = recorded["Value"](0.4322, "w")
    other = (w * 3).tanh()
    other.backward()
    old, again = (shown(reading, output(recorded["C"])) for _ in range(2))
    assert reading.differences(old, again) == []
    (found,) = reading.differences(old, shown(reading, output(other)))
    assert found == "cell c0: it said '0.25908', now '0.25895'"  # the slope on the last edge


def test_a_changed_word_kind_or_count_is_noticed_and_the_last_bits_are_not(reading):
    old = shown(reading, data(text_plain="C falls to 0.083232"))
    for text in ("C falls to 0.08325", "C rises to 0.083232", "C falls to 0.083232 now", "C falls"):
        assert reading.differences(old, shown(reading, data(text_plain=text)))
    assert reading.differences(old, shown(reading, data(text_html="C falls to 0.083232")))
    assert reading.differences(old, shown(reading))
    close = shown(reading, data(text_plain="C falls to 0.08323200000000001"))
    assert reading.differences(old, close) == []


def test_what_is_measured_is_compared_by_its_words(reading):
    old = shown(reading, data(text_plain="12.5 ms, 3 times as fast"), tags=["measured"])
    new = shown(reading, data(text_plain="9.25 ms, 14 times as fast"), tags=["measured"])
    assert reading.differences(old, new) == []
    slow = shown(reading, data(text_plain="9.25 ms, 14 times as slow"), tags=["measured"])
    assert reading.differences(old, slow)


@every(NOTEBOOKS[:1])
def test_a_changed_number_in_a_committed_notebook_is_noticed(reading, path):
    content = json.loads(path.read_text("utf-8"))
    changed = copy.deepcopy(content)
    texts = [
        output["data"]
        for cell in changed["cells"]
        for output in cell.get("outputs", ())
        if "data" in output and re.search(r"\d", "".join(output["data"]["text/plain"]))
    ]
    texts[0]["text/plain"] = [re.sub(r"\d", "7", "".join(texts[0]["text/plain"]), count=1) + "7"]
    old, new = reading.cells_of(content), reading.cells_of(changed)
    assert len(reading.differences(old, new)) == 1
