"""Tables of softmax weights, for the heat maps of a page."""

import pytest

from autograd import Graph, Value, block, dot, exp, logsumexp, page, total
from autograd.views.heat_maps import tables_of
from nn import GPT, MLP, cross_entropy, half_squared_error
from nn.activations import softmax


def test_the_attention_of_each_head_is_a_table():
    gpt = GPT("ab", context=4, size=4, heads=2, seed=0)
    tables = tables_of(Graph.of(gpt.cost("ab")))
    assert [t["name"] for t in tables] == [
        "layer 1, attention, head 1, softmax",
        "layer 1, attention, head 2, softmax",
    ]
    assert tables[0]["rows"] == ["token 1", "token 2", "token 3"]
    places = [entry[:2] for entry in tables[0]["entries"]]
    assert places == [(t, s) for t in (1, 2, 3) for s in range(1, t + 1)]


def by_hand(scores):
    powers = [exp(score) for score in scores]
    return [power / total(powers) for power in powers]


def stable(scores):
    return [exp(score - logsumexp(scores)) for score in scores]


def with_plus(scores):
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


@pytest.mark.parametrize("weigh", [softmax, by_hand, with_plus, stable])
def test_softmaxes_of_ones_own_are_a_table_however_they_are_written(weigh):
    vectors = [[Value(0.1 * k), Value(0.2)] for k in range(3)]
    outputs = []
    for token, query in enumerate(vectors):
        with block("head"), block(f"token {token}"):
            weights = weigh([dot(query, key) for key in vectors])
        outputs.append(total(weights) * weights[0])
    (table,) = tables_of(Graph.of(total(outputs)))
    assert table["name"] == "head, softmax"
    assert table["rows"] == ["token 0", "token 1", "token 2"]
    assert [entry[:2] for entry in table["entries"]] == [
        (row, column) for row in (1, 2, 3) for column in (1, 2, 3)
    ]


def test_several_rows_of_one_block_are_numbered():
    rows = [softmax([Value(1.0), Value(0.1 * k)]) for k in range(3)]
    (table,) = tables_of(Graph.of(total([a * b for a, b in rows])))
    assert (table["name"], table["rows"]) == ("softmax", ["1", "2", "3"])


def test_rows_labels_and_quotients_are_no_tables():
    net = MLP(2, [3, 1], seed=0)
    assert tables_of(Graph.of(half_squared_error(net([0.1, 0.2]), [1.0]))) == []
    assert tables_of(Graph.of(cross_entropy(MLP(2, [3, 3], seed=0)([0.1, 0.2]), 1))) == []
    cells = [Value(k, f"m[{k},1]") / 2.0 for k in range(1, 5)]
    for k, cell in enumerate(cells):
        cell.label = f"n[{k // 2},{k % 2}]"
    assert tables_of(Graph.of(total(cells))) == []
    parts = [Value(k) / total([Value(1.0), Value(2.0)]) for k in range(1, 5)]
    assert tables_of(Graph.of(total(parts))) == []


def test_a_page_has_heat_maps_only_with_tables():
    rows = [softmax([Value(1.0), Value(0.1 * k)]) for k in range(3)]
    html = page(total([a * b for a, b in rows])).html
    assert '"tables":' in html and "makeTables" in html
    assert "makeTables" not in page(rows[0][0]).html
