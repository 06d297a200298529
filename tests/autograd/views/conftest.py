"""What the tests of the pictures share."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from autograd import Graph, Value


@pytest.fixture(scope="session")
def geometry():
    """Graphs and measures; test modules cannot import one another, so it comes as a fixture."""
    spec = importlib.util.spec_from_file_location(
        "geometry", Path(__file__).with_name("geometry.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, **options
        )
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


# --- labels that would do harm --------------------------------------------------------------------

HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "\"'`{}$title${data}%s\\",
    "\u202eright to left\u202c שלום",
    "🧮👩\u200d🔬",
    "a\x00b\x1b[31m\ud800",
    "]]><!--",
    "x" * 10_000,
]


@pytest.fixture(params=HOSTILE, ids=lambda label: ascii(label[:12]))
def hostile_label(request):
    """A label that would do harm, or break the picture, were it not shown as text."""
    return request.param


@pytest.fixture
def hostile_graph():
    """A graph in which every label is hostile."""
    values = [Value(1.0 + k, label) for k, label in enumerate(HOSTILE)]
    whole = values[0]
    for value in values[1:]:
        whole = (whole * value).tanh()
        whole.label = value.label
    whole.backward()
    return Graph.of(whole)
