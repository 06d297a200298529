"""The README's examples run, and its commands exist."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_example_in_the_readme_prints_what_it_says():
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 15
    assert result.failed == 0


def test_every_make_target_the_readme_names_exists():
    targets = re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"`?make (\w+)", (ROOT / "README.md").read_text())
    assert set(named) - {"and"} <= {*targets}


def test_every_file_the_readme_links_to_exists():
    for link in re.findall(r"\]\(([^)#]+)\)", (ROOT / "README.md").read_text()):
        assert (ROOT / link).exists(), link
