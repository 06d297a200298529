"""What the tests of the notebooks share; test modules cannot import one another."""

import importlib.util
from pathlib import Path

import pytest


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def reading():
    """The module that reads notebooks."""
    return _load("reading")


@pytest.fixture(scope="session")
def solutions():
    """The solved exercises in code."""
    return _load("solutions").SOLUTIONS


collect_ignore = ["refresh.py"]  # a script; it imports what is not a dependency
