"""What the tests of the pictures share."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def geometry():
    """Graphs and measures; test modules cannot import one another, so it comes as a fixture."""
    spec = importlib.util.spec_from_file_location(
        "geometry", Path(__file__).with_name("geometry.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
