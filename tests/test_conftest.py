"""A skip is a skip, with its reason, and a failure where GRADTRACE_NO_SKIP is set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = """
import pytest

@pytest.mark.optional("surely_not_installed")
def test_by_mark(): ...

def test_inside(optional):
    optional("surely_not_installed")

@pytest.mark.skip(reason="no particular one")
def test_plain(): ...

@pytest.mark.optional("json", "python3")
def test_with_all_it_needs(optional):
    assert optional("json").loads("1") == 1
    assert optional("python3").endswith("python3")

@pytest.mark.xfail(reason="known", strict=True)
def test_expected(): assert False
"""


@pytest.fixture
def outcome(tmp_path):
    (tmp_path / "conftest.py").write_text(
        Path(__file__).with_name("conftest.py").read_text("utf-8"), encoding="utf-8"
    )
    (tmp_path / "test_example.py").write_text(EXAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = optional(what): needs it\n")

    def run(**environment):
        command = [sys.executable, "-m", "pytest", "-q", "-rsf", "-p", "no:cacheprovider"]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("GRADTRACE", "PYTEST"))}
        done = subprocess.run(
            command, cwd=tmp_path, env=clean | environment, capture_output=True, text=True
        )
        return done.stdout

    return run


def test_what_is_missing_is_skipped_with_the_reason(outcome):
    text = outcome()
    assert "1 passed, 3 skipped, 1 xfailed" in text
    assert "surely_not_installed is not installed here" in text


def test_no_skip_turns_every_skip_into_a_failure(outcome):
    text = outcome(GRADTRACE_NO_SKIP="1")
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in text  # marks are read in the set-up
    assert text.count("GRADTRACE_NO_SKIP is set, but: ") >= 3
    assert "surely_not_installed is not installed here" in text
