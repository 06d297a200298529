"""What the tests of the notebooks share; test modules cannot import one another."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reading():
    """The module that reads notebooks."""
    path = Path(__file__).with_name("reading.py")
    spec = importlib.util.spec_from_file_location("reading", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


collect_ignore = ["refresh.py"]  # a script; it imports what is not a dependency
