"""The layout as a whole: nothing overlaps, nothing is passed through, few edges cross."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd.views.layout import Group, Link, arrange

GRAPHS = {
    "one box": ([(60, 40)], []),
    "unconnected": ([(60, 40)] * 5, []),
    "chain": ([(60, 40)] * 30, [Link(n, n + 1, 30, 15) for n in range(29)]),
    "a + a": ([(60, 40)] * 2, [Link(0, 1, 30, 15), Link(0, 1, 30, 15)]),
    "ladder": (
        [(60, 40)] * 40,
        [Link(n, n + k, 30, 15) for n in range(38) for k in (1, 2)],
    ),
    "sum of 30": ([(60, 40)] * 31, [Link(n, 30, 30, 15) for n in range(30)]),
    "all to all": ([(60, 40)] * 16, [Link(i, 8 + j, 30, 15) for i in range(8) for j in range(8)]),
    "no labels": ([(60, 40)] * 9, [Link(n // 2, n) for n in range(1, 9)]),
}
IRREGULAR = [(30, 0), (60, 1), (100, 2), (100, 3)]


def assert_sound(geometry, edges, layout):
    """Assert what every layout promises."""
    labels = [label for label in layout.labels if label]
    assert len(labels) == sum(edge.height > 0 for edge in edges)
    assert geometry.overlaps([*layout.boxes, *labels]) == []
    assert geometry.edges_through_boxes(layout, edges) == []
    for edge, curve in zip(edges, layout.curves, strict=True):
        tail, head = layout.boxes[edge.tail], layout.boxes[edge.head]
        assert curve[0].x == tail.right and tail.y < curve[0].y < tail.bottom
        assert curve[-1].x == head.x and head.y < curve[-1].y < head.bottom
        assert all(p.x <= q.x + 1e-9 for p, q in zip(curve[::3], curve[3::3], strict=False))
    for box in (*layout.boxes, *labels, *filter(None, layout.frames)):
        assert box.x >= -1e-9 and box.right <= layout.width + 1e-9
        assert box.y >= -1e-9 and box.bottom <= layout.height + 1e-9


@pytest.mark.parametrize("name", GRAPHS)
def test_nothing_overlaps_on_regular_graphs(geometry, name):
    sizes, edges = GRAPHS[name]
    layout = arrange(sizes, edges)
    assert_sound(geometry, edges, layout)
    assert [(box.width, box.height) for box in layout.boxes] == sizes


@pytest.mark.parametrize(("count", "seed"), IRREGULAR)
def test_nothing_overlaps_on_irregular_graphs(geometry, count, seed):
    sizes, edges = geometry.irregular(count, seed)
    assert_sound(geometry, edges, arrange(sizes, edges))


def test_labels_lie_on_their_edges(geometry):
    sizes, edges = geometry.irregular(80, 4)
    layout = arrange(sizes, edges)
    for curve, label in zip(layout.curves, layout.labels, strict=True):
        assert any(p == pytest.approx(label.middle) for p in curve[::3])


def test_edges_between_the_same_boxes_can_be_told_apart():
    layout = arrange(*GRAPHS["a + a"])
    first, second = layout.curves
    assert abs(first[0].y - second[0].y) > 5 and abs(first[-1].y - second[-1].y) > 5
    assert not layout.labels[0].overlaps(layout.labels[1])


@pytest.mark.parametrize("shape", [(2, 2, 1), (3, 4, 2), (1, 1), (5, 3, 3, 3)])
def test_every_neuron_and_layer_has_its_frame(geometry, shape):
    sizes, edges, groups = geometry.network(*shape)
    layout = arrange(sizes, edges, groups)
    assert_sound(geometry, edges, layout)
    assert all(layout.frames)
    assert_frames_right(groups, layout)


def assert_frames_right(groups, layout):
    """Assert that frames contain exactly their members and lie beside or inside each other."""
    members = [set(group.members) for group in groups]
    for index in reversed(range(len(groups))):
        if groups[index].parent is not None:
            members[groups[index].parent] |= members[index]
    for frame, inside in zip(layout.frames, members, strict=True):
        for index, box in enumerate(layout.boxes):
            assert frame is None or (
                frame.contains(box) if index in inside else not frame.overlaps(box)
            )
    for one, first in enumerate(layout.frames):
        for two, second in enumerate(layout.frames[:one]):
            if first and second and first.overlaps(second):
                assert second.contains(first) and members[one] <= members[two]


def test_frames_keep_their_order(geometry):
    layout = arrange(*geometry.network(3, 4))
    tops = [frame.y for frame in layout.frames[1:]]
    assert tops == sorted(tops)


def test_a_group_that_cannot_be_framed_gets_no_frame():
    edges = [Link(0, 1), Link(1, 2), Link(2, 3)]
    tangled = [Group((0, 2)), Group((1, 3))]
    layout = arrange([(60, 40)] * 4, edges, tangled)
    assert layout.frames == (None, None)


def test_a_straight_edge_keeps_clear_of_boxes_where_frames_cannot_be_placed(geometry):
    pairs = [(1, 2), (3, 4), (3, 8), (0, 8), (0, 9), (2, 5), (2, 8), (3, 9), (1, 8)]
    edges = [Link(tail, head, 20, 15) for tail, head in pairs]
    groups = [Group(()), Group((2, 4, 8), 0), Group((0, 9), 0)]
    assert_sound(geometry, edges, arrange([(10, 10)] * 11, edges, groups))


@settings(max_examples=60)
@given(st.data())
def test_any_graph_with_any_groups_is_laid_out_soundly(geometry, data):
    count = data.draw(st.integers(1, 14))
    size = st.tuples(st.floats(10, 150), st.floats(10, 90))
    sizes = data.draw(st.lists(size, min_size=count, max_size=count))
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    pairs = [(min(pair), max(pair)) for pair in data.draw(st.lists(ends, max_size=25))]
    edges = [Link(tail, head, 20.0, 15.0) for tail, head in pairs if tail != head]
    homes = data.draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    groups = [
        Group(tuple(box for box, home in enumerate(homes) if home == group), parent)
        for group, parent in ((1, None), (2, 0), (3, data.draw(st.sampled_from([None, 0]))))
    ]
    layout = arrange(sizes, edges, groups)
    assert_sound(geometry, edges, layout)
    assert_frames_right(groups, layout)


def networks(geometry):
    return [geometry.network(*shape) for shape in ((2, 2, 1), (3, 4, 2), (4, 6, 3), (2, 8, 1))]


def assert_crosses_little(geometry, graph):
    """Assert no more crossings than dot's plus 20 %, counted in both pictures by one function."""
    ours = geometry.crossings(arrange(*graph).curves)
    assert ours <= 1.2 * geometry.crossings(geometry.dot_curves(*graph))


@pytest.mark.optional("dot")
def test_networks_cross_about_as_little_as_with_dot(geometry):
    for graph in networks(geometry):
        assert_crosses_little(geometry, graph)


@pytest.mark.optional("dot")
@pytest.mark.parametrize("name", ["ladder", "all to all", "a + a", *IRREGULAR, (200, 5), (400, 7)])
def test_about_as_few_crossings_as_dot(geometry, name):
    assert_crosses_little(
        geometry, GRAPHS[name] if isinstance(name, str) else geometry.irregular(*name)
    )


def test_crossings_are_counted_right(geometry):
    """Two edges that must cross do, and the count sees it; two that need not, do not."""
    sizes = [(60, 40)] * 6
    twisted = [Link(0, 3), Link(0, 4), Link(0, 5), Link(1, 3), Link(1, 4), Link(1, 5)]
    twisted += [Link(2, 3), Link(2, 4), Link(2, 5)]
    assert geometry.crossings(arrange(sizes, twisted).curves) == 9
    assert geometry.crossings(arrange(sizes, [Link(0, 5), Link(1, 4), Link(2, 3)]).curves) == 0


def test_the_same_input_gives_the_same_layout(geometry, run_python):
    graph = geometry.irregular(60, 5)
    assert arrange(*graph) == arrange(*graph)
    source = (
        "from autograd.views.layout import arrange, Link\n"
        f"edges = [Link(*e) for e in {[tuple(edge) for edge in graph[1]]!r}]\n"
        f"print(hash(arrange({graph[0]!r}, edges).curves))"
    )
    assert len({run_python(source, PYTHONHASHSEED=seed) for seed in "12"}) == 1


def test_a_long_chain_is_no_problem():
    layout = arrange([(60, 40)] * 2000, [Link(n, n + 1, 30, 15) for n in range(1999)])
    assert len({box.y for box in layout.boxes}) == 1
    assert all(one.right < two.x for one, two in zip(layout.boxes, layout.boxes[1:], strict=False))


def test_a_variable_used_all_along_a_long_chain_stays_cheap(geometry):
    """Horner's rule: the edges from x would need half a million cells if all passed the layers."""
    edges = [Link(n, n + 1, 30, 15) for n in range(1, 999)]
    edges += [Link(0, n, 30, 15) for n in range(2, 1000)]
    layout = arrange([(60, 40)] * 1000, edges)
    assert geometry.overlaps([*layout.boxes, *layout.labels]) == []
    sample = edges[1990:] + edges[:5]
    curves = layout.curves[1990:] + layout.curves[:5]
    for edge, curve in zip(sample, curves, strict=True):
        for p, q in zip(line := geometry.line(curve), line[1:], strict=False):
            for index, box in enumerate(layout.boxes):
                assert index in edge[:2] or not geometry.enters(p, q, box)


def test_the_time_grows_little_faster_than_the_graph(geometry):
    def seconds(count):
        sizes, edges = geometry.irregular(count, 6)
        start = time.process_time()
        arrange(sizes, edges)
        return time.process_time() - start

    seconds(50)
    small, large = min(seconds(250) for _ in range(3)), seconds(2000)
    assert large < 3 * 8 * small


def test_a_cycle_is_refused():
    with pytest.raises(ValueError, match="cycle"):
        arrange([(60, 40)] * 2, [Link(0, 1), Link(1, 0)])


def test_nothing_to_lay_out():
    layout = arrange([], [], [Group(())])
    assert (layout.width, layout.boxes, layout.frames) == (0, (), (None,))
