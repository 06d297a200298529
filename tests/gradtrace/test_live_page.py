import pytest

from autograd import Graph, GraphError, Value
from gradtrace.__main__ import main
from gradtrace.live_page import write_page


@pytest.fixture
def saved(tmp_path):
    """A graph as JSON in a file."""
    x = Value(2.0, "x")
    y = (x * x).tanh()
    y.label = "y"
    file = tmp_path / "graph.json"
    file.write_text(Graph.of(y).to_json(), encoding="utf-8")
    return file


def test_a_page_is_written_where_the_user_stands(saved, monkeypatch):
    monkeypatch.chdir(saved.parent)
    assert write_page(saved.name) == "graph.html"
    assert "graph.json" in saved.with_suffix(".html").read_text(encoding="utf-8")


def test_the_command_says_where_the_page_is(saved, capsys):
    target = saved.with_name("out.html")
    assert main(["page", str(saved), "-o", str(target), "--title", "T & t", "--depth", "1"]) == 0
    assert str(target) in capsys.readouterr().out
    assert "<title>T &amp; t</title>" in target.read_text(encoding="utf-8")


def test_a_file_that_holds_no_graph_is_refused(tmp_path, capsys):
    file = tmp_path / "notes.json"
    file.write_text("hello")
    with pytest.raises(GraphError, match="not a graph"):
        write_page(str(file))
    assert main(["page", str(file)]) == 2
    assert "not a graph" in capsys.readouterr().err
    assert main(["page", str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_worksheet_has_a_page(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my sheet.calc").write_text("x = 0.5\nC = x^2  -> 0.25\n", encoding="utf-8")
    assert main(["page", "my sheet.calc"]) == 0
    assert "my-sheet.html" in capsys.readouterr().out
    assert "my sheet.calc" in (tmp_path / "my-sheet.html").read_text(encoding="utf-8")
    assert main(["page", "my sheet.calc", "--focus", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
    (tmp_path / "bad.calc").write_text("x = (1", encoding="utf-8")
    assert main(["page", "bad.calc"]) == 2
    assert "line 1, column 7" in capsys.readouterr().err
