"""What focus, depth and collapse leave, and that they count what they leave out."""

import pytest

from autograd import Graph, Value, block, dot, relu
from autograd.views import selection as cuts
from autograd.views.selection import cut


def wide(count=20):
    """One neuron with many inputs, and a cost."""
    weights = [Value(0.01 * j, label=f"W1[1,{j}]") for j in range(1, count + 1)]
    inputs = [Value(1.0 / j, label=f"x{j}") for j in range(1, count + 1)]
    with block("layer 1"), block("neuron 1"):
        z = dot(weights, inputs, Value(0.1, label="b1[1]"))
        a = relu(z)
    z.label = "z1[1]"
    a.label = "a1[1]"
    cost = (a - inputs[0]) ** 2
    cost.label = "C"
    return Graph.of(cost)


def names(graph, found):
    return [
        f"…{item.cut}" if item.cut else item.name or graph.nodes[item.nodes[0]].name
        for item in found.items
    ]


def test_nothing_is_cut_unless_asked():
    graph = wide()
    found = cut(graph)
    assert [item.nodes for item in found.items] == [(n,) for n in range(len(graph.nodes))]
    assert [tie.edges[0] for tie in found.ties] != []
    assert sorted(tie.edges for tie in found.ties) == [(edge,) for edge in sorted(graph.edges)]


def test_focus_leaves_paths_through_one_node_and_counts_the_rest():
    graph = wide()
    found = cut(graph, focus=graph.index("W1[1,7]"))
    shown = names(graph, found)
    assert shown[0] == "W1[1,7]" and "C" in shown and "x3" not in shown
    assert "…40" in shown  # 19 weights, 20 inputs, the bias
    assert all(item.cut or item.nodes for item in found.items)


def test_uses_outside_the_focus_are_counted_too():
    graph = wide()
    found = cut(graph, focus=graph.index("z1[1]"))
    (x1,) = (item for item in found.items if item.nodes == (graph.index("x1"),))
    assert x1.other_uses == 1  # in a − x1


def test_depth_counts_steps_back_from_the_output():
    graph = wide()
    output = len(graph.nodes) - 1
    assert names(graph, cut(graph, depth=0)) == ["C", "…1"]
    assert [item.nodes for item in cut(graph, depth=1).items if item.nodes] == [
        (output - 1,),
        (output,),
    ]
    assert names(graph, cut(graph, depth=100)) == names(graph, cut(graph))


def test_the_numbers_add_up():
    """Every parent of a shown node is either drawn or counted."""
    graph = wide()
    for options in ({"depth": 2}, {"focus": 3}, {"depth": 3, "focus": 5}):
        found = cut(graph, **options)
        for head, item in enumerate(found.items):
            if item.nodes:
                drawn = {e.parent for t in found.ties if t.head == head for e in t.edges}
                hidden = sum(found.items[t.tail].cut for t in found.ties if t.head == head)
                assert len(drawn) + hidden == len(set(graph.nodes[item.nodes[0]].parents))


def test_a_collapsed_neuron_is_one_box():
    graph = wide()
    for level, name in (("neuron", "neuron 1"), ("layer", "layer 1")):
        found = cut(graph, level=level)
        (item,) = (item for item in found.items if item.name)
        assert item.name == name and len(item.nodes) == 23  # 20 weights, b, z, a
        assert len(found.items) == 20 + 1 + 2


def test_several_edges_into_a_collapsed_box_are_one_arrow():
    x = Value(1.0, label="x")
    with block("layer 1"), block("neuron 1"):
        z = dot([Value(2.0, label="v"), Value(3.0, label="w")], [x, x], Value(0.0))
    found = cut(Graph.of(z * 2), level="neuron")
    assert sorted(len(tie.edges) for tie in found.ties) == [1, 1, 2]


def test_collapsing_into_a_circle_is_refused():
    w = Value(2.0, label="w")
    with block("layer 1"):
        first = w * 3
    with block("layer 2"):
        second = first * 5
    with block("layer 1"):
        back = second * w
    with pytest.raises(ValueError, match="cycle"):
        cut(Graph.of(back), level="layer")


@pytest.mark.parametrize("options", [{"level": "all"}, {"depth": -1}, {"depth": 1.5}])
def test_senseless_arguments_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cut(wide(), **options)


def test_what_is_too_large_says_how_to_cut_it(monkeypatch):
    monkeypatch.setattr(cuts, "LIMIT", 30)
    with pytest.raises(ValueError, match=r"focus=.*depth=.*level="):
        cut(wide())
    assert len(cut(wide(), level="layer").items) < 30
