"""What the tests of the pictures share."""

from pathlib import Path

import pytest

from autograd import Graph, Value


@pytest.fixture(scope="session")
def geometry(load_module):
    """Graphs and measures of layouts."""
    return load_module(Path(__file__).with_name("geometry.py"))


@pytest.fixture(scope="session")
def answering(load_module):
    """Learners, and the page's judge of their answers."""
    return load_module(Path(__file__).with_name("answering.py"))


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
