"""What all tests share: optional things are asked for here, and nothing is skipped in silence.

Something that is not a dependency (a module such as torch, a program such as dot) is asked for by a
mark or inside a test; both take the name that `import` or a shell would::

    @pytest.mark.optional("torch")
    def test_that_needs_torch(): ...

    def test_with_a_detail_in_torch(optional):
        torch = optional("torch")       # the module, or the path of a program

Where it is missing the test is skipped, with the reason. With GRADTRACE_NO_SKIP set in the
environment it fails instead, as does every other skip: so one machine that has everything can prove
that nothing was left out.
"""

import importlib
import importlib.util
import os
import shutil
import sys

import pytest

NO_SKIP = "GRADTRACE_NO_SKIP"


def find(what):
    """Return the module of that name, or the path of the program, or skip."""
    if importlib.util.find_spec(what):
        return importlib.import_module(what)
    path = shutil.which(what)
    if path is None:
        pytest.skip(f"{what} is not installed here (neither a module nor a program of that name)")
    return path


@pytest.fixture
def optional():
    return find


@pytest.fixture
def run_python():
    """Return a function that runs source text in a new interpreter and returns what it prints."""
    import subprocess

    def run(source, **environment):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", source],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def pytest_runtest_setup(item):
    for mark in item.iter_markers("optional"):
        for what in mark.args:
            find(what)


def _failed_instead(report):
    if os.environ.get(NO_SKIP) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {NO_SKIP} is set, but: {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _failed_instead((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _failed_instead((yield))
