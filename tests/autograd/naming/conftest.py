"""What every test of names begins with."""

import pytest

from autograd.engine.kept_guards import forget_guards


@pytest.fixture(autouse=True)
def no_guards_of_other_tests():
    forget_guards()
