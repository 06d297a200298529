"""What the tests of programs share."""

from pathlib import Path

import pytest

from autograd.program.planner import Planner


@pytest.fixture(scope="session")
def random_graphs(load_module):
    """Seeded graphs over all rows."""
    return load_module(Path(__file__).with_name("random_graphs.py"))


@pytest.fixture(scope="session")
def repeated_shapes(load_module):
    """Attention, convolutions, and the same layer at every position."""
    return load_module(Path(__file__).with_name("repeated_shapes.py"))


@pytest.fixture
def force(monkeypatch):
    """Return a function that makes every program run its "groups", or its "rows"."""

    def force(plan):
        monkeypatch.setattr(Planner, "is_grouping_faster", lambda *_: plan == "groups")

    return force
