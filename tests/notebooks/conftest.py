"""What the tests of the notebooks share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reading(load_module):
    """The module that reads notebooks."""
    return load_module(Path(__file__).with_name("reading.py"))


@pytest.fixture(scope="session")
def solutions(load_module):
    """The solved exercises in code."""
    return load_module(Path(__file__).with_name("solutions.py")).SOLUTIONS


collect_ignore = ["refresh.py"]  # a script; it imports what is not a dependency
