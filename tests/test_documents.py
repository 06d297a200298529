"""The documents name the rooms in reading order; their picture and their links are up to date."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
# A block of Python, and the block of text behind it, which is what it prints.
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.M | re.S)
EXAMPLES = [
    pytest.param(code, printed, id=f"{document.stem}-{k}")
    for document in DOCUMENTS
    for k, (code, printed) in enumerate(EXAMPLE.findall(document.read_text(encoding="utf-8")))
]
GENERATED = {"sheets.md", "CHANGELOG.md", "CONTRIBUTING.md"}  # by docs/build_site.py


def test_the_architecture_lists_the_rooms_in_reading_order(load_module):
    order = load_module(ROOT / "tests" / "test_reading_order.py").ORDER
    rooms = list(dict.fromkeys(module.rpartition(".")[0] for module in order))
    listed = re.findall(
        r"^\| `([\w/]+)/` \|", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.M
    )
    assert [room.replace("/", ".") for room in listed] == [
        room for room in rooms if room != "autograd"
    ]


def test_the_architecture_names_files_that_exist():
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for room, file in re.findall(r"^\| `([\w/]+)/` \|.*\| `(\w+\.py)` \|$", text, re.M):
        assert (ROOT / room / file).exists(), f"{room}/{file}"
    engine = text.split("## The engine in an hour")[1].split("## ")[0]
    for file in re.findall(r"`(\w+\.py)`", engine):
        assert (ROOT / "autograd" / "engine" / file).exists(), file


def test_the_picture_of_the_rooms_shows_the_imports_as_they_are(load_module):
    drawn = load_module(ROOT / "docs" / "draw_rooms.py").draw()
    assert (ROOT / "docs" / "rooms.svg").read_text(encoding="utf-8") == drawn


def test_every_link_leads_to_a_file():
    for document in DOCUMENTS:
        for link in re.findall(
            r"\]\(([^)#:]+)(?:#[\w-]+)?\)", document.read_text(encoding="utf-8")
        ):
            if Path(link).name not in GENERATED or document.parent == ROOT:
                assert (document.parent / link).exists(), f"{document.name}: {link}"


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_every_block_can_be_pasted_alone_and_prints_what_stands_below(
    code, printed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    output = io.StringIO()
    with redirect_stdout(output):
        exec(compile(code, "block", "exec"), {"__name__": "block"})
    assert output.getvalue() == printed
