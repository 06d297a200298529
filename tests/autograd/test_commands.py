import pytest

from autograd import Graph, GraphError, Value
from autograd.__main__ import main
from autograd.commands import write_page


@pytest.fixture
def saved(tmp_path):
    """A graph as JSON in a file."""
    x = Value(2.0, "x")
    y = (x * x).tanh()
    y.label = "y"
    file = tmp_path / "graph.json"
    file.write_text(Graph.of(y).to_json(), encoding="utf-8")
    return file


def test_a_page_is_written_beside_its_graph(saved):
    written = write_page(saved)
    assert written == str(saved.with_suffix(".html"))
    assert "Backpropagation through y" in saved.with_suffix(".html").read_text(encoding="utf-8")


def test_the_command_says_where_the_page_is(saved, capsys):
    target = saved.with_name("out.html")
    assert main(["page", str(saved), "-o", str(target), "--title", "T & t", "--depth", "1"]) == 0
    assert str(target) in capsys.readouterr().out
    assert "<title>T &amp; t</title>" in target.read_text(encoding="utf-8")


def test_a_file_that_holds_no_graph_is_refused(tmp_path, capsys):
    file = tmp_path / "notes.json"
    file.write_text("hello")
    with pytest.raises(GraphError, match="not a graph"):
        write_page(file)
    assert main(["page", str(file)]) == 2
    assert "not a graph" in capsys.readouterr().err
    assert main(["page", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
