"""What the tests of programs share."""

import importlib.util
from pathlib import Path

import pytest

from autograd.program.program import Program


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
        def chosen(self, want, *_):
            return self._plan(want, plan == "groups")

        monkeypatch.setattr(Program, "_best_plan", chosen)

    return force
