"""What all tests share: optional things are asked for here, and nothing is skipped in silence.

Something that is not a dependency (a module such as torch, a program such as dot) is asked for by a
mark or inside a test; both take the name that `import` or a shell would::

    @pytest.mark.optional("torch")
    def test_that_needs_torch(): ...

    def test_with_a_detail_in_torch(optional):
        torch = optional("torch")       # the module, or the path of a program

Where it is missing the test is skipped, with the reason. With GRADTRACE_NO_SKIP set in the
environment it fails instead, as does every other skip but that for want of MNIST: so one machine
that has everything can prove that nothing was left out.
"""

import gc
import importlib
import importlib.util
import os
import shutil
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

NO_SKIP = "GRADTRACE_NO_SKIP"
_NO_DATA = "MNIST is not"

# On a busy machine two BLAS threads that wait for each other are a hundred times slower than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# What is imported and collected stays until the end. The collector would look through it at every
# pass, which takes 7 % of the time, so it is off until then, and leaves this out afterward.
gc.disable()

# A deadline is an absolute time, which a busy machine misses without any fault of the code.
# The examples are the same in every run but the nightly one, which draws new ones.
IS_NIGHTLY = bool(os.environ.get("GRADTRACE_NIGHTLY"))
settings.register_profile("gradtrace", deadline=None, derandomize=not IS_NIGHTLY)
settings.load_profile("gradtrace")


def find(what):
    """Return the module of that name, or the path of the program, or skip."""
    if importlib.util.find_spec(what.partition(".")[0]):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a library may use what another one deprecated
            return importlib.import_module(what)
    path = shutil.which(what)
    if path is None:
        pytest.skip(f"{what} is not installed here (neither a module nor a program of that name)")
    return path


@pytest.fixture
def optional():
    return find


@pytest.fixture(scope="session")
def mnist_folder():
    """Return the folder with MNIST's t10k files, or skip: they are never part of the repository."""
    beside = Path(__file__).parents[2] / "shared" / "data" / "mnist"
    folder = Path(os.environ.get("GRADTRACE_MNIST") or beside)
    if not any(folder.glob("t10k-images-idx3-ubyte*")):
        pytest.skip(f"{_NO_DATA} in {folder}; set GRADTRACE_MNIST to the folder of its files")
    return folder


@pytest.fixture(scope="session")
def seeds():
    """Return a function that gives a number of seeds, and ten times as many in the nightly run."""
    return lambda count: range(10 * count if IS_NIGHTLY else count)


@pytest.fixture(scope="session")
def every_third():
    """Return a function that gives every third entry of a list, and all in the nightly run."""
    return lambda entries: entries if IS_NIGHTLY else entries[::3]


@pytest.fixture
def effort():
    """Return a function that tells a task's processor time in units of this machine, here and now.

    The unit is a loop of a million additions, about 0.04 s; a busy or slow machine slows both.
    Coverage slows the packages by about three times, but not this loop.
    """
    slower = 3.0 if sys.gettrace() else 1.0

    def effort(work):
        start = time.process_time()
        work()
        taken = time.process_time() - start
        start, count = time.process_time(), 0
        for k in range(1_000_000):
            count += k
        return taken / slower / (time.process_time() - start)

    return effort


@pytest.fixture(scope="session")
def load_module():
    """Return a function that runs a file as a module; test modules cannot import one another."""

    def load(path):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


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


# --- a real browser, for what asks for playwright and chromium ------------------------------------

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
SIZES = {
    "phone": (390, 844),
    "notebook": (828, 680),
    "beamer": (1280, 720),
    "laptop": (1366, 768),
    "projector": (1920, 1080),
}


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS.split()
        )
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Return a function that opens a page from disk; in the end, nothing may have gone wrong."""
    wrong, contexts = [], []

    def open_page(made, where="", size="laptop", scheme="light", **options):
        file = tmp_path / f"page{len(contexts)}.html"
        if isinstance(made, str):
            file.write_text(made, encoding="utf-8")
        else:
            made.save(file)
        width, height = SIZES[size]
        options.setdefault("viewport", {"width": width, "height": height})
        context = browser.new_context(color_scheme=scheme, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: wrong.append(message.text))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("request", lambda r: r.url == file.as_uri() + where or watch(wrong, r.url, file))
        tab.goto(file.as_uri() + where)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


def watch(wrong, url, file):
    if not url.startswith(("data:", "about:")) and url.split("#")[0] != file.as_uri():
        wrong.append(f"asked for {url}")


def pytest_collection_finish():
    gc.enable()
    gc.freeze()


# --- what is missing, and what that means ---------------------------------------------------------


def pytest_runtest_setup(item):
    for mark in item.iter_markers("optional"):
        for what in mark.args:
            find(what)


def _failed_instead(report):
    if os.environ.get(NO_SKIP) and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        if _NO_DATA in str(reason):
            return report  # nothing to install: who has the digits has them
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {NO_SKIP} is set, but: {reason}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Tell in one line how many tests were skipped, and why."""
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ").split(" (", 1)[0]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    )
    if reasons:
        told = "; ".join(f"{reason} ({count})" for reason, count in reasons.most_common())
        terminalreporter.write_line(f"{reasons.total()} tests were skipped: {told}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    return _failed_instead((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    return _failed_instead((yield))
