"""Tables of computed numbers, for the heat maps of a page."""

from autograd import Graph, Value, block, page, total
from autograd.views.heat_maps import tables_of
from nn import GPT, MLP, half_squared_error


def test_the_attention_of_each_head_is_a_table():
    gpt = GPT("ab", context=4, size=4, heads=2, seed=0)
    tables = tables_of(Graph.of(gpt.cost("ab")))
    assert [t["name"] for t in tables] == [
        "layer 1, attention, head 1, a",
        "layer 1, attention, head 2, a",
    ]
    places = [entry[:2] for entry in tables[0]["entries"]]
    assert places == [(t, s) for t in (1, 2, 3) for s in range(1, t + 1)]


def test_rows_and_leaves_are_no_tables():
    net = MLP(2, [3, 1], seed=0)
    graph = Graph.of(half_squared_error(net([0.1, 0.2]), [1.0]))
    assert tables_of(graph) == []


def test_a_page_has_heat_maps_only_with_tables():
    with block("t"):
        cells = [Value(k) * 2.0 for k in range(4)]
    for cell, label in zip(cells, ("m[1,1]", "m[1,2]", "m[2,1]", "m[2,2]"), strict=True):
        cell.label = label
    html = page(total(cells)).html
    assert '"tables":' in html and "makeTables" in html
    assert "makeTables" not in page(cells[0]).html
