"""`Graph`: order, the checker, JSON, `expand`, subgraphs, and replaying."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import (
    Edge,
    Graph,
    GraphError,
    Node,
    Value,
    dot,
    draw,
    explain,
    grad,
    logsumexp,
    tanh,
    total,
    trace,
)
from autograd.engine.functions import record
from autograd.engine.ops import ADD, CONSTANT, LEAF, MUL
from autograd.graph.serialization import read_graph, write_graph


def hand_example():
    """The 2-2-1 ReLU network, as one would write it: neurons, then the cost."""
    x = [Value(0.5, label="x1"), Value(0.1, label="x2")]
    w = [[Value(0.4), Value(0.2)], [Value(0.3), Value(0.7)]]
    for j, row in enumerate(w):
        for k, weight in enumerate(row):
            weight.label = f"W1[{j + 1},{k + 1}]"
    a = [dot(row, x, b).relu() for row, b in zip(w, (0.1, -0.3), strict=True)]
    y = dot([0.6, 0.9], a, 0.2)
    cost = (y - 0.8) ** 2 / 2
    cost.label = "C"
    return cost


AWKWARD = [
    "",
    " ",
    "a",
    "a",
    'quote"and\\',
    "ŷ₁ ∂C/∂w",
    "two\nlines",
    "</script>",
    "\x00",
    "v1",
    "🙂",
]
NUMBERS = st.floats(-1e3, 1e3).map(lambda v: v + 0.0)


@st.composite
def outputs(draw):
    labels = st.sampled_from(AWKWARD)
    nodes = [Value(draw(NUMBERS), label=draw(labels)) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(0, 8))):
        a, b, c = (draw(st.sampled_from(nodes)) for _ in range(3))
        make = draw(
            st.sampled_from(
                [
                    lambda a, b, c: tanh(a),
                    lambda a, b, c: tanh(a * b) + 0.1,
                    lambda a, b, c: tanh(a) ** 3,
                    lambda a, b, c: tanh(dot([a, b], [b, c], c)),
                    lambda a, b, c: tanh(total([a, a, b])),
                    lambda a, b, c: logsumexp([tanh(a), tanh(b), 1]),
                    lambda a, b, c: tanh(a).leaky_relu(0.3),
                ]
            )
        )
        node = make(a, b, c)
        node.label = draw(labels)
        nodes.append(node)
    return nodes[-1]


def behind(output):
    found, stack = {output: None}, [output]
    while stack:
        for parent in stack.pop().parents:
            if parent not in found:
                found[parent] = None
                stack.append(parent)
    return list(found)


def bits(*numbers):
    return struct.pack(f"{len(numbers)}d", *numbers)


# --- the snapshot ---------------------------------------------------------------------------------


@given(outputs())
def test_nodes_are_numbered_in_topological_order_and_tell_what_was_recorded(output):
    graph = Graph.of(output)
    assert [node.index for node in graph.nodes] == list(range(len(graph.nodes)))
    assert all(parent < node.index for node in graph.nodes for parent in node.parents)
    assert len(graph.nodes) == len(behind(output))
    last = graph.output
    assert (last.data, last.op, last.partials, last.label) == (
        output.data,
        output.op,
        output.partials,
        output.label,
    )


@given(outputs())
def test_adjoints_are_bit_for_bit_the_gradients_of_backward(output):
    graph = Graph.of(output)
    output.backward()
    swept = Graph.of(output)
    assert swept.adjoints == graph.adjoints
    assert (graph.swept, swept.swept) == (False, True)
    nodes = behind(output)
    by_index = sorted(bits(node.grad) for node in nodes)
    assert by_index == sorted(bits(adjoint) for adjoint in graph.adjoints)


@given(outputs())
def test_edges_are_every_use_of_a_parent_in_order(output):
    graph = Graph.of(output)
    want = [
        Edge(node.index, parent, slot, node.partials[slot])
        for node in graph.nodes
        for slot, parent in enumerate(node.parents)
    ]
    assert list(graph.edges) == want
    for node in graph.nodes[:-1]:
        through = [edge.partial * graph.adjoints[edge.child] for edge in graph.edges]
        into = [
            t for t, edge in zip(through, graph.edges, strict=True) if edge.parent == node.index
        ]
        assert graph.adjoints[node.index] == pytest.approx(math.fsum(into), rel=1e-12, abs=1e-12)


def test_a_snapshot_is_frozen_while_its_values_move_on():
    a = Value(2.0, label="a")
    out = a * a
    graph = Graph.of(out)
    a.data, a.label, out.label = 5.0, "other", "out"
    assert [node.data for node in graph.nodes] == [2.0, 4.0]
    assert graph.nodes[0].label == "a"
    for change in (
        lambda: setattr(graph, "nodes", ()),
        lambda: setattr(graph.nodes[0], "data", 1.0),
    ):
        with pytest.raises(AttributeError):
            change()


def test_the_graph_of_a_leaf_and_of_a_graph():
    graph = Graph.of(Value(3.0, label="x"))
    assert graph.nodes == (Node(0, LEAF, (), (), 3.0, "x"),)
    assert graph.adjoints == (1.0,)
    assert graph.edges == ()
    assert Graph.of(graph) is graph


def test_constants_and_leaves_are_told_apart():
    graph = Graph.of(Value(2.0) * 3)
    assert [node.op for node in graph.nodes] == [LEAF, CONSTANT, MUL]
    assert [node.is_leaf for node in graph.nodes] == [True, True, False]
    assert [node.name for node in graph.nodes] == ["v0", "v1", "v2"]


def test_a_long_chain_makes_a_graph_without_recursion():
    x = Value(1.0)
    node = x
    for _ in range(20_000):
        node = node + x
    graph = Graph.of(node)
    assert graph.adjoints[0] == 20_001.0
    assert Graph.from_json(graph.to_json()) == graph


@pytest.mark.parametrize("thing", [2.0, "a", None, [], [Value(1.0), 2.0], {}, b"a"])
def test_only_values_and_graphs_have_a_graph(thing):
    with pytest.raises(TypeError, match="expected one Value, a list of Values, or a Graph"):
        Graph.of(thing)


# --- several outputs ------------------------------------------------------------------------------


def heads():
    """Return x, y1 = tanh x and y2 = x·y1: the second output depends on the first."""
    x = Value(0.5, label="x")
    y1 = tanh(x)
    y2 = x * y1
    y1.label, y2.label = "y1", "y2"
    return x, y1, y2


def test_several_outputs_share_one_graph():
    x, y1, y2 = heads()
    graph = Graph.of([y2, y1])
    assert [graph.nodes[output].label for output in graph.outputs] == ["y2", "y1"]
    assert [node.label for node in graph.nodes] == ["x", "y1", "y2"]
    assert Graph.of([y2]) == Graph.of(y2)
    assert Graph.of((y1, x)).outputs == (1, 0)
    assert Graph.of(value for value in (y1, y2)) == Graph.of(np.array([y1, y2]))


def test_the_adjoints_of_several_outputs_are_the_gradient_of_their_sum():
    x, y1, y2 = heads()
    graph = Graph.of([y1, y2])
    whole = Graph.of(y1 + y2)
    assert [graph.adjoints[graph.index(n)] for n in ("x", "y1", "y2")] == [
        whole.adjoints[whole.index(n)] for n in ("x", "y1", "y2")
    ]
    y1.backward()
    assert not Graph.of([y1, y2]).swept
    y2.backward()
    assert Graph.of([y1, y2]).swept
    assert x.grad == pytest.approx(graph.adjoints[graph.index("x")], rel=1e-15)


def test_the_output_of_several_is_refused_with_what_to_take():
    graph = Graph.of(heads()[1:])
    with pytest.raises(ValueError, match=r"2 outputs \(y1, y2\): take one of graph\.outputs"):
        graph.output  # noqa: B018
    assert graph.subgraph("y1").output.label == "y1"
    assert graph.subgraph("y1").outputs == (1,)


def test_outputs_beyond_the_nodes_are_refused():
    nodes = Graph.of(Value(1.0)).nodes
    for outputs in ((1,), (0, -1)):
        with pytest.raises(GraphError, match="are not all among the 1 nodes"):
            Graph(nodes, outputs=outputs)


def test_several_outputs_survive_expanding_and_json():
    a = [Value(2.0, label="a"), Value(3.0, label="b")]
    graph = Graph.of([dot(a, a), a[0], total(a)])
    assert Graph.from_json(graph.to_json()) == graph
    expanded = graph.expand()
    assert [expanded.nodes[k].data for k in expanded.outputs] == [13.0, 2.0, 5.0]
    assert not any(node.op.composite for node in expanded.nodes)


def test_a_module_is_to_be_called():
    with pytest.raises(TypeError, match="call it with its inputs, and pass what it returns"):
        Graph.of(tanh)


# --- the checker ----------------------------------------------------------------------------------


def small():
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    out = tanh(a * b) + a
    out.parents[0].parents[0].label = "z"
    out.label = "out"
    return out, a, b


def test_data_changed_after_the_recording_is_named():
    out, a, _ = small()
    a.data = 2.5
    with pytest.raises(
        GraphError, match=r"node 2 \(z\) was recorded as 6\.0, but mul of its paren"
    ):
        Graph.of(out)
    a.data = 2.0
    assert Graph.of(out)
    out.parents[0].parents[0].data = 6.5
    with pytest.raises(GraphError, match=r"\(z\) was recorded as 6\.5"):
        Graph.of(out)


TAMPERED = [
    (2, {"data": 6.1}, r"node 2 \(z\) was recorded as 6\.1, but mul of its parents \(a, b\)"),
    (2, {"partials": (2.0, 3.0)}, r"node 2 \(z\) was recorded"),
    (2, {"partials": (3.0, math.nan)}, r"node 2 \(z\) was recorded"),
    (2, {"op": ADD}, r"node 2 \(z\) was recorded as 6\.0, but add of"),
    (2, {"parents": (0, 2)}, r"node 2 \(z\) comes before one of its parents"),
    (2, {"parents": (0, 4)}, r"node 2 \(z\) comes before one of its parents"),
    (2, {"parents": (-1, 1)}, r"node 2 \(z\) comes before one of its parents"),
    (2, {"parents": (0,)}, r"node 2 \(z\): mul with 1 parents and 2 partials"),
    (2, {"parents": (), "partials": ()}, r"node 2 \(z\): mul with 0 parents and 0 partials"),
    (0, {"op": MUL}, r"node 0 \(a\): mul with 0 parents"),
    (4, {"op": LEAF}, r"node 4 \(out\): leaf with 2 parents"),
    (3, {"index": 7}, r"node 3 \(v7\) comes before"),
]


@pytest.mark.parametrize(("place", "change", "message"), TAMPERED)
def test_a_tampered_node_is_refused_by_name(place, change, message):
    nodes = list(Graph.of(small()[0]).nodes)
    nodes[place] = nodes[place]._replace(**change)
    with pytest.raises(GraphError, match=message):
        Graph(tuple(nodes))


def test_a_graph_has_at_least_one_node():
    with pytest.raises(GraphError, match="at least one node"):
        Graph(())


# --- JSON -----------------------------------------------------------------------------------------


@given(outputs())
def test_json_gives_the_graph_back_to_the_last_bit(output):
    output.backward()
    graph = Graph.of(output)
    again = Graph.from_json(graph.to_json())
    assert again == graph
    assert again.to_json() == graph.to_json()
    assert bits(*again.adjoints) == bits(*graph.adjoints)
    assert [bits(n.data, *n.partials) for n in again.nodes] == [
        bits(n.data, *n.partials) for n in graph.nodes
    ]
    assert [type(n.data) for n in again.nodes] == [float] * len(again.nodes)


def test_every_row_survives_json(op, samples):
    for point in samples(op, moderate=True, number=1):
        graph = Graph.of(record(op, point))
        assert Graph.from_json(graph.to_json()) == graph


def test_extreme_numbers_survive_json():
    for number in (5e-324, -0.0, 1.7976931348623157e308, 1 / 3, 1e-300):
        graph = Graph.of(Value(number))
        assert bits(Graph.from_json(graph.to_json()).output.data) == bits(number)


def test_format_1_is_still_read():
    old = json.dumps(
        {
            "gradtrace": 1,
            "swept": True,
            "nodes": [["leaf", [], [], 3.0, "x"], ["mul", [0, 0], [3.0, 3.0], 9.0, "y"]],
        }
    )
    x = Value(3.0, label="x")
    y = x * x
    y.label = "y"
    y.backward()
    assert Graph.from_json(old) == Graph.of(y)


def test_format_2_has_room_for_facts_that_this_reader_does_not_know():
    content = json.loads(Graph.of(small()[0]).to_json())
    content["colors"] = ["red"]
    content["nodes"][0].append({"color": 12})
    assert Graph.from_json(json.dumps(content)) == Graph.of(small()[0])
    for wrong in ([{}, {}], ["block"], [None]):
        content["nodes"][0][5:] = wrong
        with pytest.raises(GraphError, match="node 0: it has entries that are not known"):
            Graph.from_json(json.dumps(content))


@pytest.mark.parametrize("outputs", [None, 3, "3", [1.0], [True], [99], [-1]])
def test_outputs_that_make_no_sense_are_a_graph_error(outputs):
    content = json.loads(Graph.of(small()[0]).to_json())
    with pytest.raises(GraphError, match="outputs"):
        Graph.from_json(json.dumps(content | {"outputs": outputs}))


@pytest.mark.parametrize("slope", [math.inf, -math.inf, math.nan])
def test_a_slope_that_is_not_finite_is_written_as_strict_json(slope):
    nodes = (Node(0, LEAF, (), (), 1.0), Node(1, MUL, (0, 0), (slope, 1.0), 1.0))
    text = write_graph(nodes, False, (1,))
    json.loads(text, parse_constant=pytest.fail)
    again, swept, outputs, guards = read_graph(text)
    assert bits(*again[1].partials) == bits(slope, 1.0)
    assert (swept, outputs, guards) == (False, (1,), ())


LEAVES = [["leaf", [], [], 2.0, "a"], ["leaf", [], [], 3.0, "b"]]


def text(*nodes, **fields):
    return json.dumps({"gradtrace": 1, "swept": False, "nodes": [*LEAVES, *nodes], **fields})


MALFORMED = [
    "",
    "null",
    "[]",
    "3",
    '"text"',
    "{}",
    "{",
    "[" * 100_000,
    '{"gradtrace": 1}',
    text(gradtrace=99),
    text(nodes=None),
    text(nodes=[]),
    text(nodes={"a": 1}),
    text(nodes=[3]),
    text(["mul", [0, 1], [3.0, 2.0], 6.0]),
    text(["mul", [0, 1], [3.0, 2.0], 6.0, "", ""]),
    text(["mul", [0, 1], [3.0, 2.0], 7.0, ""]),
    text(["mul", [0, 1], [3.0, 2.5], 6.0, ""]),
    text(["mul", [0, 1], [3.0, 2.0, 1.0], 6.0, ""]),
    text(["mul", [0, 2], [3.0, 2.0], 6.0, ""]),
    text(["mul", [0, 10**30], [3.0, 2.0], 6.0, ""]),
    text(["mul", [0, -1], [3.0, 2.0], 6.0, ""]),
    text(["mul", [0, 0.5], [3.0, 2.0], 6.0, ""]),
    text(["mul", [0, "1"], [3.0, 2.0], 6.0, ""]),
    text(["mul", [False, True], [3.0, 2.0], 6.0, ""]),
    text(["mul", 1, [3.0, 2.0], 6.0, ""]),
    text(["mul", [0, 1], 3.0, 6.0, ""]),
    text(["mul", [0, 1], ["3", 2.0], 6.0, ""]),
    text(["mul", [0, 1], [3.0, None], 6.0, ""]),
    text(["mul", [0, 1], [3.0, 2.0], "6.0", ""]),
    text(["mul", [0, 1], [3.0, 2.0], 6.0, 5]),
    text(["mul", [0, 1], [3.0, 2.0], 6.0, None]),
    text(["nul", [0, 1], [3.0, 2.0], 6.0, ""]),
    text([["mul"], [0, 1], [3.0, 2.0], 6.0, ""]),
    text([None, [0, 1], [3.0, 2.0], 6.0, ""]),
    text(["power(1e999)", [0], [3.0], 6.0, ""]),
    text(["power(1..2)", [0], [3.0], 6.0, ""]),
    text(["__import__('os')", [0], [3.0], 6.0, ""]),
    text(["leaf", [], [], "2.0", ""]),
    text(["leaf", [], [], None, ""]),
    text(["leaf", [], [], math.nan, ""]),
    text(["leaf", [], [], math.inf, ""]),
    text(["leaf", [], [], 10**400, ""]),
    text(["leaf", [], [], [2.0], ""]),
    text(["leaf", [0], [1.0], 2.0, ""]),
    text(["dot", [0, 1], [3.0, 2.0, 1.0], 6.0, ""]),
    text(["tanh", [0, 1], [3.0, 2.0], 6.0, ""]),
    text(swept=0),
    text(swept="yes"),
]


@pytest.mark.parametrize("malformed", MALFORMED, ids=lambda t: t[-60:])
def test_malformed_json_is_a_graph_error(malformed):
    with pytest.raises(GraphError) as caught:
        Graph.from_json(malformed)
    assert len(str(caught.value)) < 500


@settings(max_examples=100)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=8))
def test_any_other_node_is_a_graph_error(entry):
    with pytest.raises(GraphError):
        Graph.from_json(text(entry))


def test_the_error_of_a_bad_node_says_where_it_stands():
    with pytest.raises(GraphError, match="node 2: no operation is named 'nul'"):
        Graph.from_json(text(["nul", [0, 1], [3.0, 2.0], 6.0, ""]))
    with pytest.raises(GraphError, match="format 99; this version reads 1 and 2"):
        Graph.from_json(text(gradtrace=99))


# --- expand, subgraph, index, record --------------------------------------------------------------


def test_expand_splits_a_neuron_into_products_and_sums():
    graph = Graph.of(hand_example())
    expanded = graph.expand()
    operations = [node.op.name for node in expanded.nodes if not node.is_leaf]
    assert operations.count("mul") == 6
    assert operations.count("add") == 6
    assert "dot" not in operations
    assert expanded.expand() == expanded


COMPOSITES = [("dot", 2), ("dot", 5), ("dot", 1), ("sum", 1), ("sum", 6), ("squared_error", 4)]


@pytest.mark.parametrize(("name", "count"), [*COMPOSITES, ("half_squared_error", 6)])
def test_expand_keeps_the_value_to_the_bit_and_the_gradients(name, count):
    from autograd.engine.operation import OPS

    leaves = [Value(math.sin(k + 1), label=f"x{k}") for k in range(count)]
    output = record(OPS[name], leaves)
    output.label = "y"
    graph = Graph.of(output)
    expanded = graph.expand()
    assert bits(expanded.output.data) == bits(graph.output.data)
    assert expanded.output.label == "y"
    for leaf in leaves:
        before = graph.adjoints[graph.index(leaf.label)]
        assert expanded.adjoints[expanded.index(leaf.label)] == pytest.approx(before, rel=1e-15)
    assert all(len(node.parents) <= 2 for node in expanded.nodes)
    assert not any(node.op.composite and len(node.parents) > 1 for node in expanded.nodes)


@settings(max_examples=50)
@given(outputs())
def test_expand_of_any_graph_agrees_in_value_and_gradients(output):
    output.backward()
    for k, node in enumerate(behind(output)):
        node.label = f"n{k}"
    graph = Graph.of(output)
    expanded = graph.expand()
    assert expanded.swept
    assert bits(expanded.output.data) == bits(graph.output.data)
    for node in graph.nodes:
        if node.is_leaf:
            other = expanded.nodes[expanded.index(node.label)]
            assert (other.data, other.op) == (node.data, node.op)
            assert expanded.adjoints[other.index] == pytest.approx(
                graph.adjoints[node.index], rel=1e-9, abs=1e-12
            )


@given(outputs())
def test_record_makes_the_same_computation_on_new_leaves(output):
    graph = Graph.of(output)
    again = graph.record()
    assert again is not output
    assert Graph.of(again) == graph
    again.backward()
    assert all(node.grad == 0.0 for node in behind(output))


@given(outputs())
def test_the_subgraph_of_a_node_is_what_it_was_computed_from(output):
    graph = Graph.of(output)
    assert graph.subgraph(-1) == graph
    for node in graph.nodes:
        part = graph.subgraph(node.index)
        assert (part.output.data, part.output.label) == (node.data, node.label)
    for value in behind(output):
        parts = {graph.subgraph(n.index) for n in graph.nodes if n.data == value.data}
        assert len(Graph.of(value).nodes) in {len(part.nodes) for part in parts}


def test_a_subgraph_has_the_gradients_of_its_own_output():
    graph = Graph.of(small()[0])
    part = graph.subgraph("z")
    assert [node.name for node in part.nodes] == ["a", "b", "z"]
    assert part.adjoints == (3.0, 2.0, 1.0)


def test_a_node_is_found_by_label_by_name_and_by_number():
    graph = Graph.of(small()[0])
    assert [graph.index(label) for label in ("a", "b", "z", "v3", "out")] == [0, 1, 2, 3, 4]
    assert [graph.index(k) for k in (0, 4, -1, -5)] == [0, 4, 4, 0]


def test_a_node_that_is_not_there_is_refused_with_the_labels_that_are():
    graph = Graph.of(small()[0])
    with pytest.raises(ValueError, match="no node is labeled 'w'; the labels are: a, b, z, out"):
        graph.index("w")
    for number in (5, -6):
        with pytest.raises(ValueError, match=f"there is no node {number}; the graph has 5 nodes"):
            graph.index(number)
    for other in (1.0, None, ("a",)):
        with pytest.raises(TypeError, match="by its label or its index"):
            graph.index(other)
    with pytest.raises(ValueError, match="the labels are: none"):
        Graph.of(Value(1.0)).index("w")
    for count, end in ((2, r"1 is \S+\)"), (6, r"5 is \S+\)"), (7, r"5 is \S+, …\)")):
        alike = Graph.of(total(Value(1.0, label="w") for _ in range(count)))
        with pytest.raises(ValueError, match=rf"{count} nodes are labeled 'w': .*{end}"):
            alike.index("w")


def test_a_gradient_has_a_graph_that_agrees_with_itself():
    a, b = Value(0.5, label="a"), Value(-1.5, label="b")
    out = tanh(a * b).sigmoid() * logsumexp([a, b, a * b])
    graph = Graph.of(out)
    for leaf in (a, b):
        (slope,) = grad(out, [leaf])
        assert Graph.of(slope).output.data == pytest.approx(
            graph.adjoints[graph.index(leaf.label)], rel=1e-14
        )


def test_a_graph_is_short_at_a_prompt():
    assert repr(Graph.of(small()[0])) == "<Graph of out: 5 nodes, 5 edges>"
    assert repr(Graph.of(heads()[1:])) == "<Graph of y1, y2: 3 nodes, 3 edges>"
    many = [Value(float(k), label=f"x{k}") for k in range(9)]
    assert repr(Graph.of(many)) == "<Graph of x0, x1, …, x8: 9 nodes, 0 edges>"


# --- nodes that only a guard reads ----------------------------------------------------------------


def guarded():
    """Return the graph of y = x·x, in which x − 3 comes after the output."""
    x = Value(2.0, label="x")
    y = x * x
    y.label = "y"
    return Graph(Graph.of([y, x - 3]).nodes, outputs=(1,))


def test_the_output_need_not_be_the_last_node():
    graph = guarded()
    assert (graph.output.label, len(graph.nodes)) == ("y", 4)
    assert graph.needed == {0, 1}
    assert graph.adjoints == (4.0, 1.0, 0.0, 0.0)
    assert Graph.from_json(graph.to_json()) == graph


def test_what_only_a_guard_reads_is_neither_traced_nor_explained_nor_drawn():
    graph = guarded()
    assert {step.child for step in trace(graph)} == {1}
    assert explain(graph, "x").path_count == 2
    assert {card.name for card in draw(graph).picture.cards} == {"x", "y"}
    assert not any(card.note for card in draw(graph).picture.cards)
    assert {card.name for card in draw(graph, focus="x").picture.cards} == {"x", "y"}
    assert {card.name for card in draw(graph, depth=1).picture.cards} == {"x", "y"}


# --- leaves of one label --------------------------------------------------------------------------


def test_leaves_of_one_label_are_numbered_wherever_they_are_named():
    first, second = Value(1.0, "w"), Value(2.0, "w")
    y = first * second + Value(3.0, "b")
    graph = Graph.of(y)
    assert graph.names == ("w₁", "w₂", "v2", "b", "v4")
    assert [node.label for node in graph.nodes[:2]] == ["w", "w"]
    assert graph.index("w₂") == 1
    with pytest.raises(ValueError, match="0 is w₁, 1 is w₂"):
        graph.index("w")
    assert "w₂" in str(explain(y, wrt=first)) and "w₁" in str(explain(y, wrt=second))


def test_the_label_of_one_leaf_is_its_name():
    x = Value(1.0, "x")
    assert Graph.of(x * x).names == ("x", "v1")
