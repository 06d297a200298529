"""What the tests of programs share."""

import importlib.util
from pathlib import Path

import pytest

from autograd.program.planner import Planner


def load(name):
    """Return a module beside this one; test modules cannot import one another."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def random_graphs():
    """Seeded graphs over all rows."""
    return load("random_graphs")


@pytest.fixture(scope="session")
def repeated_shapes():
    """Attention, convolutions, and the same layer at every position."""
    return load("repeated_shapes")


@pytest.fixture
def force(monkeypatch):
    """Return a function that makes every program run its "groups", or its "rows"."""

    def force(plan):
        monkeypatch.setattr(Planner, "is_grouping_faster", lambda *_: plan == "groups")

    return force
