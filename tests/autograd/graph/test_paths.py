"""Paths: counted exactly, the largest found without walking them all; their sum is the gradient."""

import math
import random

import pytest

from autograd import Edge, Graph, Value
from autograd.graph.paths import Path, count_paths, largest_paths


def test_a_path_through_an_infinite_slope_comes_first():
    x = Value(0.0, "x")
    graph = Graph.of(x.sqrt() * 2.0 + x * 3.0)
    found = largest_paths(graph, graph.index("x"), 2)
    assert [path.contribution for path in found] == [math.inf, 3.0]


def random_graph(seed: int, size: int = 12) -> Graph:
    rng = random.Random(seed)
    values = [Value(rng.uniform(-2, 2), f"x{k}") for k in range(3)]
    for _ in range(size):
        a, b = rng.choice(values[-6:]), rng.choice(values[-6:])
        values.append(
            rng.choice([lambda a, b: a * b, lambda a, b: a + b, lambda a, b: a.relu()])(a, b)
        )
    output = values[-1]
    for v in values[-5:-1]:
        output = output + v
    return Graph.of(output)


def all_paths(graph: Graph, wanted: int, node: int) -> list[list[float]]:
    """Every path from `node` down to `wanted`, by plain recursion: the oracle."""
    if node == wanted:
        return [[]]
    found = graph.nodes[node]
    return [
        [partial, *rest]
        for parent, partial in zip(found.parents, found.partials, strict=True)
        for rest in all_paths(graph, wanted, parent)
    ]


@pytest.mark.parametrize("seed", range(30))
def test_count_order_and_sum_agree_with_walking_every_path(seed):
    graph = random_graph(seed)
    for wanted in range(len(graph.nodes)):
        every = all_paths(graph, wanted, len(graph.nodes) - 1)
        found = largest_paths(graph, wanted, len(every))
        assert count_paths(graph, wanted) == len(every) == len(found)
        expected = sorted((abs(math.prod(path)) for path in every), reverse=True)
        sizes = [abs(path.contribution) for path in found]
        assert sizes == pytest.approx(expected, rel=1e-12, abs=1e-300)
        total = math.fsum(path.contribution for path in found)
        assert total == pytest.approx(graph.adjoints[wanted], rel=1e-9, abs=1e-12)
        assert len({path.edges for path in found}) == len(found)


def test_sixty_diamonds_have_two_to_the_sixty_paths_counted_at_once():
    v = Value(1.0, "x")
    for _ in range(60):
        v = v * 0.5 + v * 0.25
    graph = Graph.of(v)
    assert count_paths(graph, graph.index("x")) == 2**60
    first, second = largest_paths(graph, graph.index("x"), 2)
    assert first.contribution == 0.5**60
    assert second.contribution == 0.5**59 * 0.25


def test_largest_means_in_size_and_dead_paths_come_last():
    x = Value(2.0, "x")
    y = x * 3 - x * 5 + (-x).relu()
    graph = Graph.of(y)
    paths = largest_paths(graph, graph.index("x"), 9)
    assert [path.contribution for path in paths] == [-5.0, 3.0, 0.0]
    assert [path.dead for path in paths] == [False, False, True]


def test_products_beyond_the_floats_are_still_put_in_order():
    x = Value(1e-200, "x")
    y = (x * 1e-200) * 1e-200 + (x * 1e-100) * 1e-300
    paths = largest_paths(Graph.of(y), 0, 9)
    assert len(paths) == 2  # both products underflow to 0, neither path is dead
    assert [path.dead for path in paths] == [False, False]


def test_no_path_and_the_output_itself():
    x, y = Value(1.0, "x"), Value(2.0, "y")
    graph = Graph.of(x + y)
    assert [len(path.edges) for path in largest_paths(graph, 2, 9)] == [0]
    assert count_paths(graph, 2) == 1
    z = x + y
    graph = Graph.of(z * 1.0)
    assert count_paths(graph, graph.index("x")) == 1


@pytest.mark.parametrize("seed", range(20))
def test_a_few_paths_are_the_first_of_all_of_them(seed):
    graph = random_graph(seed, size=15)
    for wanted in range(0, len(graph.nodes), 3):
        every = largest_paths(graph, wanted, 10**6)
        for most in (1, 2, 5, 8):
            found = [abs(path.contribution) for path in largest_paths(graph, wanted, most)]
            largest = [abs(path.contribution) for path in every[:most]]
            assert found == pytest.approx(largest, rel=1e-12, abs=1e-300)


def test_equal_paths_come_in_the_order_of_their_operands():
    x = Value(1.0, "x")
    v = x
    for _ in range(3):
        v = v + v
    slots = [[e.slot for e in path.edges] for path in largest_paths(Graph.of(v), 0, 99)]
    assert slots == [[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)]


def test_factors_in_another_order_do_not_multiply_the_search():
    """Sums of logarithms of 0.3·0.7 and of 0.7·0.3 may differ in the last bit."""
    x = Value(0.1, "x")
    v = x
    for k in range(1200):
        v = v * (0.3 + k % 7 / 10) + v * (0.7 - k % 5 / 10)
    graph = Graph.of(v)
    assert len(graph.nodes) > 3500
    paths = largest_paths(graph, graph.index("x"), 8)
    assert len({path.edges for path in paths}) == 8
    assert all(len(path.edges) == 2400 for path in paths)


def test_several_outputs_share_the_list():
    x = Value(0.5, "x")
    graph = Graph.of([x * 3, x * -5, x])
    paths = largest_paths(graph, graph.index("x"), 9)
    assert [path.contribution for path in paths] == [-5.0, 3.0, 1.0]
    assert count_paths(graph, graph.index("x")) == 3
    assert sum(path.contribution for path in paths) == graph.adjoints[graph.index("x")]


def test_a_dead_path_contributes_nothing_even_beside_an_infinite_slope():
    dead = Path((Edge(3, 2, 0, 0.0), Edge(2, 0, 0, math.inf)))
    assert dead.dead
    assert dead.contribution == 0.0


def test_a_path_is_short_at_a_prompt():
    x = Value(2.0, "x")
    y = x
    for _ in range(20):
        y = y * 1.5
    (path,) = largest_paths(Graph.of(y), 0, 1)
    assert repr(path) == "<Path 40 ← 38 ← 36 ← 34 ← … ← 4 ← 2 ← 0: 3325.3>"
    assert repr(largest_paths(Graph.of(x), 0, 1)) == "[<Path without edges: 1>]"
