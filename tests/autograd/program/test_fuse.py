"""Sums of products written by hand become dot rows, exactly where every inner node has one use."""

import pytest

from autograd import Graph, Value, dot, sigmoid, tanh, total
from autograd.engine.ops import ADD, CONSTANT, DOT, LEAF, MUL, SUM
from autograd.engine.topological import all_nodes
from autograd.program.fuse import fuse


@pytest.fixture
def leaves():
    return (
        [Value(0.5 + k, f"w{k}") for k in range(4)],
        [Value(0.1 + k, f"x{k}") for k in range(4)],
        Value(0.3, "b"),
    )


def fused(output, inputs):
    """The terms of a graph whose inputs are these Values."""
    place = {value: k for k, value in enumerate(all_nodes(output))}
    terms, _ = fuse(Graph.of(output), frozenset(place[v] for v in inputs))
    return terms


def operations(terms):
    return [term.op.name for term in terms if term.parents]


FORMS = {
    "from the left": lambda w, x, b: w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + b,
    "from the right": lambda w, x, b: w[0] * x[0] + (w[1] * x[1] + (w[2] * x[2] + b)),
    "bias first": lambda w, x, b: b + w[0] * x[0] + w[1] * x[1] + w[2] * x[2],
    "bias inside": lambda w, x, b: (w[0] * x[0] + b) + (w[1] * x[1] + w[2] * x[2]),
    "a tree": lambda w, x, b: (w[0] * x[0] + w[1] * x[1]) + (w[2] * x[2] + b),
    "Python's sum": lambda w, x, b: sum(a * c for a, c in zip(w[:3], x[:3], strict=True)) + b,
    "sum from b": lambda w, x, b: sum((a * c for a, c in zip(w[:3], x[:3], strict=True)), b),
    "total": lambda w, x, b: total([*(a * c for a, c in zip(w[:3], x[:3], strict=True)), b]),
    "x before w": lambda w, x, b: x[0] * w[0] + w[1] * x[1] + x[2] * w[2] + b,
    "dot": lambda w, x, b: dot(w[:3], x[:3], b),
    "dot, turned": lambda w, x, b: dot(x[:3], w[:3], b),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_way_to_write_a_neuron_is_one_dot_row_weights_first(leaves, form):
    w, x, b = leaves
    output = FORMS[form](w, x, b)
    terms = fused(output, x[:3])

    assert operations(terms) == ["dot"]
    assert terms[-1].op is DOT
    names = [all_nodes(output)[terms[p].node].label for p in terms[-1].parents]
    assert names == ["w0", "w1", "w2", "x0", "x1", "x2", "b"]


def test_a_pair_is_turned_only_where_the_second_alone_is_fixed(leaves):
    w, x, _ = leaves
    terms = fused(x[0] * x[1] + w[0] * w[1] * x[2], x[:3])

    varies = [terms[p].varies for p in terms[-1].parents]
    assert terms[-1].op is DOT
    assert varies == [True, False, True, True]


@pytest.mark.parametrize("place", range(3))
def test_an_inner_node_with_a_second_use_stays_a_term(leaves, place):
    w, x, b = leaves
    products = [a * c for a, c in zip(w[:3], x[:3], strict=True)]
    output = (products[0] + products[1] + products[2] + b) * products[place].sin()
    terms = fused(output, x[:3])

    assert operations(terms).count("dot") == 1
    assert operations(terms).count("mul") == 2  # the shared product, and the last one
    shared = next(k for k, t in enumerate(terms) if t.op is MUL)
    row = next(term for term in terms if term.op is DOT)
    assert shared not in row.parents
    (added,) = [term for term in terms if term.op is SUM]
    assert set(added.parents) == {shared, terms.index(row)}
    assert terms[added.parents[1]].data == pytest.approx(added.data - terms[shared].data)


def test_a_shared_sum_stays_a_term(leaves):
    w, x, b = leaves
    inner = w[0] * x[0] + b
    terms = fused((inner + w[1] * x[1]) * inner, x[:2])

    (shared,) = [k for k, t in enumerate(terms) if t.op is DOT]
    (added,) = [term for term in terms if term.op is SUM]
    assert [terms[p].op for p in added.parents if p != shared] == [MUL]


def test_what_varies_besides_the_products_leaves_them_a_matrix_product():
    w, x = [[Value(v) for v in row] for row in ((0.1, 0.2), (0.3, 0.4))], [Value(1.0), Value(2.0)]
    bias = Value(0.5)
    skipped = [w[k][0] * x[0] + w[k][1] * x[1] + bias + x[k] for k in range(2)]
    terms = fused(skipped[0] * skipped[1], x)

    rows = [term for term in terms if term.op is DOT]
    assert [len(term.parents) for term in rows] == [5, 5]
    assert operations(terms).count("sum") == 2


def test_a_product_twice_in_one_sum_has_two_uses(leaves):
    w, x, _ = leaves
    product = w[0] * x[0]
    terms = fused(product + product, x[:1])

    assert operations(terms) == ["mul", "add"]
    assert terms[-1].parents[0] == terms[-1].parents[1]


def test_a_plain_sum_is_no_dot(leaves):
    _, x, b = leaves

    assert operations(fused(x[0] + x[1] + b, x[:2])) == ["add", "add"]


def test_a_difference_is_left_alone(leaves):
    w, x, _ = leaves

    assert operations(fused(w[0] * x[0] - w[1] * x[1], x[:2])) == ["mul", "mul", "sub"]


def test_several_biases_are_added_once_for_all_examples(leaves):
    w, x, b = leaves
    terms = fused(w[0] * x[0] + b + w[1] * x[1] + w[3], x[:2])

    assert operations(terms) == ["sum", "dot"]
    bias = terms[terms[-1].parents[-1]]
    assert bias.op is SUM
    assert not bias.varies
    assert bias.data == b.data + w[3].data


def test_products_of_parameters_alone_are_not_drawn_into_what_varies(leaves):
    w, x, b = leaves
    terms = fused(w[0] * w[1] + w[2] * x[0] + b, x[:1])

    product = next(t for t in terms if t.op is MUL)
    assert not product.varies
    assert operations(terms)[-1] == "dot"


def test_only_what_depends_on_constants_alone_is_folded(leaves):
    w, x, _ = leaves
    two = Value(2.0, "parameter")
    terms = fused(total([tanh(dot([2.0], [3.0])), tanh(two), x[0]]) + w[0], x[:1])

    assert operations(terms).count("tanh") == 1
    folded = [t.data for t in terms if t.op is CONSTANT]
    assert folded == [tanh(Value(6.0)).data]
    assert sum(t.op is LEAF for t in terms) == 3


def test_constants_that_nothing_needs_any_more_are_gone(leaves):
    _, x, _ = leaves
    terms = fused(x[0] * (Value(1.0) * 0 + dot([2.0], [3.0]) + 1), x[:1])

    assert [t.data for t in terms if t.op is CONSTANT and t.node < 0] == []
    nodes = [t.node for t in terms if t.node >= 0]
    assert len(set(nodes)) == len(nodes)


def test_terms_are_in_topological_order_and_end_with_the_output(leaves):
    w, x, b = leaves
    hidden = [sigmoid(w[k] * x[0] + w[k + 1] * x[1] + b) for k in range(3)]
    output = total([h * h for h in hidden])
    terms = fused(output, x[:2])

    assert all(p < k for k, term in enumerate(terms) for p in term.parents)
    assert terms[-1].data == output.data
    needed = {p for term in terms for p in term.parents} | {len(terms) - 1}
    assert needed == set(range(len(terms))), "nothing is there that nothing needs"


def test_a_deep_sum_is_fused_without_recursion():
    x = [Value(float(k)) for k in range(5_000)]
    w = [Value(0.5) for _ in x]
    terms = fused(sum(a * c for a, c in zip(w, x, strict=True)), x)

    assert operations(terms) == ["dot"]
    assert len(terms[-1].parents) == 10_000


def test_add_of_products_keeps_the_recorded_number(leaves):
    w, x, b = leaves
    output = w[0] * x[0] + w[1] * x[1] + b
    terms = fused(output, x[:2])

    assert output.op is ADD
    assert terms[-1].data == output.data


def test_what_is_to_be_kept_is_not_absorbed_and_its_place_is_known(leaves):
    w, x, b = leaves
    product = w[0] * x[0]
    output = product + w[1] * x[1] + b
    place = {value: k for k, value in enumerate(all_nodes(output))}
    inputs = frozenset(place[v] for v in x[:2])
    terms, roots = fuse(Graph.of(output), inputs, [place[product], place[b]])

    assert [terms[root].data for root in roots] == [output.data, product.data, b.data]
    assert terms[roots[1]].op is MUL


@pytest.mark.parametrize("make", [lambda w, x: x, lambda w, x: w, lambda w, x: w * w])
def test_an_output_that_is_a_leaf_or_does_not_vary_is_copied(leaves, make):
    w, x, _ = leaves
    output = make(w[0], x[0])
    place = {value: k for k, value in enumerate(all_nodes(output))}
    terms, roots = fuse(Graph.of(output), frozenset(place[v] for v in x[:1] if v in place))

    assert terms[roots[0]].op is SUM
    assert terms[roots[0]].varies
    assert len(terms[roots[0]].parents) == 1
