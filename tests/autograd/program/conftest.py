"""What the tests of programs share."""

import importlib.util
from pathlib import Path

import pytest

from autograd.program.planner import Planner


@pytest.fixture(scope="session")
def random_graphs():
    """Seeded graphs over all rows; test modules cannot import one another, so they come so."""
    spec = importlib.util.spec_from_file_location(
        "random_graphs", Path(__file__).with_name("random_graphs.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def force(monkeypatch):
    """Return a function that makes every program run its "groups", or its "rows"."""

    def force(plan):
        monkeypatch.setattr(Planner, "is_grouping_faster", lambda *_: plan == "groups")

    return force
