"""Guards: every comparison that may have chosen the output is kept."""

import copy
import itertools
import pickle
import random
import re
import statistics
import time
import weakref
from functools import reduce

import numpy as np
import pytest

from autograd import Graph, GraphError, Value
from autograd.engine import recorder
from autograd.engine.kept_guards import forget_guards, kept_guards
from autograd.graph.guards import Guard


@pytest.fixture(autouse=True)
def no_guards_of_other_tests():
    forget_guards()
    yield
    forget_guards()


def guards(output, *inputs):
    return [(g.text, g.outcome) for g in Graph.of(output, inputs).guards]


def test_an_if_is_a_guard_with_operands_outcome_and_source():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = x * y if x > 0 else x + y
    (guard,) = Graph.of(z).guards
    assert (guard.left, guard.relation, guard.right, guard.bound) == (0, ">", None, 0.0)
    assert (guard.outcome, guard.text) == (True, "x > 0")
    assert re.fullmatch(r"test_guards\.py:\d+", guard.place)
    assert guard.explain() == (
        f"`x > 0` ({guard.place}) was true when this was recorded and is false here; the other "
        "branch was never recorded. Record again, or write maximum(x, 0) / where(x > 0, …). If no "
        "branch depends on the comparison, compare the numbers: x.data instead of x"
    )


def test_operands_off_the_graph_become_its_last_nodes():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = x * 2 if x - y > 0 else x * y
    graph = Graph.of(z)
    assert [node.op.name for node in graph.nodes] == ["leaf", "leaf", "mul", "sub"]
    assert graph.output.op.name == "mul"
    assert graph.adjoints == (3.0, 2.0, 1.0, 0.0)
    (guard,) = graph.guards
    assert (guard.left, guard.text, guard.outcome) == (3, "x - y > 0", False)
    assert graph.violated([3.0, 2.0, 6.0, 1.0]) == (guard,)
    assert graph.violated([1.0, 2.0, 2.0, -1.0]) == ()


USES = [
    (lambda a, b: max(a, b) * 3, [("b > a", True)]),
    (lambda a, b: min(a, 0.0) + b, [("a > 0", True)]),
    (lambda a, b: sorted([a, b])[0] * 2, [("b < a", False)]),
    (lambda a, b: np.sort(np.array([b, a]))[0] * 2, [("a < b", True)]),
    (lambda a, b: np.maximum([a, b], 1.5).sum(), [("a >= 1.5", False), ("b >= 1.5", True)]),
    (lambda a, b: np.clip([a * b], 0, 1)[0] * b, [("v4 >= 0", True), ("v4 <= 1", False)]),
    (lambda a, b: np.where(np.array([a, b]) > 1, a, b).sum(), [("a > 1", False), ("b > 1", True)]),
    (lambda a, b: np.array([a, b])[np.argmax(np.array([a, b]))] * 2, [("b > a", True)]),
    (lambda a, b: a * 2 if (a > 0) & ~(b < 0) else b, [("a > 0", True), ("b < 0", False)]),
    (lambda a, b: a * 2 if a > 5 or b > 1 else b, [("a > 5", False), ("b > 1", True)]),
    (lambda a, b: a * 2 if 0 < a < 2 else b, [("a > 0", True), ("a < 2", True)]),
    (lambda a, b: a * 2 if not a >= b else b, [("a >= b", False)]),
    (lambda a, b: a * b if a == 1 else b, [("a == 1", True)]),
    (lambda a, b: a * b if a != 0 else b, [("a == 0", False)]),
    (lambda a, b: [a, b][int(a > 0)] * 2, [("a > 0", True)]),
    (lambda a, b: max(a, b), [("b > a", True)]),
    (lambda a, b: sorted([a, b])[0], [("b < a", False)]),
    (lambda a, b: np.array([a, b]).max(), None),
    (lambda a, b: statistics.median([a, b, 0.5 * a]) * 2, None),
]  # fmt: skip


@pytest.mark.parametrize(("use", "expected"), USES)
def test_what_python_and_numpy_compare_is_kept(use, expected):
    a, b = Value(1.0, "a"), Value(2.0, "b")
    found = guards(use(a, b), a, b)
    assert found
    assert expected is None or set(found) >= set(expected)


def test_guards_come_in_the_order_in_which_they_were_first_recorded():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    asked = [x > 1, y > 1, x > 1, y > 2, y > 1]
    assert all(asked)
    assert guards(x * y) == [("x > 1", True), ("y > 1", True), ("y > 2", True)]


def test_a_comparison_counts_if_it_may_have_chosen_the_output():
    x, other, best = Value(2.0, "x"), Value(1.0, "other"), Value(10.0, "best")
    loss = x * x
    x > 1  # noqa: B015 - nobody asks for the outcome
    assert other > 0  # of a leaf that the graph does not have
    assert guards(loss) == []
    assert guards(loss, other) == [("other > 0", True)]
    best = loss if loss < best else best  # `loss` does not change when it wins
    assert guards(best) == [("loss < best", True)]


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda y: pickle.loads(pickle.dumps(y))]
)
@pytest.mark.parametrize(
    "choose",
    [
        lambda x: x * x if x > 0 else -x,
        lambda x: (lambda a, b: a if a > b else b)(x * 3, x * x),
        lambda x: (x * x if x - 1 > 0 else -x) * 2,
    ],
)
def test_copies_and_pickles_have_the_guards(duplicate, choose):
    y = choose(Value(2.0, "x"))
    wanted, again = guards(y), Graph.of(duplicate(y))
    forget_guards()
    assert len(wanted) == 1
    assert guards(again.record()) == guards(duplicate(again.record())) == wanted


def test_a_subgraph_has_the_guards_of_its_numbers():
    x, t = Value(2.0, "x"), Value(1.0, "t")
    y = x * x if x - 1 > 0 else -x
    once, thrice = y * 1, t * 3
    once.label, thrice.label = "once", "thrice"
    z = (once if t * x < 9 else x) + (once if once > thrice else x)
    graph = Graph.of(z)
    part = graph.subgraph(Graph.of(y).output.index)
    wanted = [guard.text for guard in Graph.of(y).guards]
    assert [guard.text for guard in part.guards] == wanted
    assert wanted == ["x - 1 > 0", "t * x < 9", "once > thrice"]
    assert graph.subgraph(graph.output.index) == graph


def sweep_something(t):
    ((t - 1) ** 2).backward()


@pytest.mark.parametrize("sweeps", range(5))
@pytest.mark.parametrize("is_deleted", [False, True])
def test_guards_outlive_the_backward_of_other_numbers(sweeps, is_deleted):
    x, t = Value(2.0, "x"), Value(0.0)
    h = x * 3
    y = h if h > 1 else x
    if is_deleted:
        del h, y
    for _ in range(sweeps):
        sweep_something(t)
    assert guards(x * x) == [("h > 1", True)]
    x.data = 5.0  # h has another number now
    assert guards(x * x) == []


def test_equal_comparisons_before_several_sweeps_are_one_guard():
    x, sizes = Value(2.0, "x"), set()
    for _ in range(20):
        y = x * x if x * 3 > 1 else x
        y.backward()
        sizes.add((len(Graph.of(y).nodes), len(Graph.of(y).guards)))
    assert sizes == {(4, 1)}


@pytest.mark.parametrize("change", [0.0, 0.01])
def test_what_was_compared_is_freed(change):
    w, seen = Value(2.0, "w"), []
    for _ in range(50):
        x = Value(1.0)
        loss = (w * x - 1) ** 2
        assert loss > 0
        loss.backward()
        w.data -= change
        seen += [weakref.ref(loss), weakref.ref(x)]
    del loss, x
    assert len([ref for ref in seen if ref() is not None]) <= 4
    assert recorder.current_note == ""
    assert len(kept_guards([])) <= 2 + 8


def test_a_guard_outlives_some_of_its_leaves_but_not_all():
    x, t, u = Value(2.0, "x"), Value(1.0, "t"), Value(3.0, "u")
    outcomes = [
        x * 3 - t > 0,
        t < u,
        t * 2 < u + 1,
    ]
    assert all(outcomes)
    del t, outcomes
    for _ in range(3):
        sweep_something(Value(0.0))
    assert len(guards(x * x)) == 1
    assert len(guards(u * u)) == 2
    del u
    x.data = -2.0
    for _ in range(30):
        assert x > -3
        sweep_something(Value(0.0))
    assert {guard.relation for guard in kept_guards([])} == {">"}


@pytest.mark.parametrize("per_sweep", [1, 30])
def test_what_unchanged_inputs_compared_again_and_again_is_kept_once(per_sweep):
    inputs = [Value(float(k), f"x{k}") for k in range(3)]
    for k in range(60 * per_sweep):
        x = inputs[k % 3]
        assert x * 2 + 1 > 0
        if k % per_sweep == 0:
            sweep_something(Value(0.0))
    for _ in range(3):
        sweep_something(Value(0.0))
    assert len(kept_guards([])) <= 3 * 2 + 8 + per_sweep
    found = Graph.of(inputs[0] * 1, inputs).guards
    assert [guard.outcome for guard in found] == [True] * 3


def test_of_many_different_guards_the_youngest_are_kept(monkeypatch):
    monkeypatch.setattr("autograd.engine.guard_copies._LIMIT", 20)
    x = Value(1.0, "x")
    for k in range(200):
        assert x > -k - 0.5
        sweep_something(Value(0.0))
    kept = kept_guards([])
    assert 20 <= len(kept) <= 20 + 2 * 8 + 20
    assert kept[-1].right == -199.5


def test_a_test_to_stop_after_backward_keeps_no_earlier_step_alive():
    w, seen = Value(2.0, "w"), []
    for _ in range(50):
        loss = (w * 3 - 1) ** 2
        loss.backward()
        if loss < 1e-9:
            break
        w.data -= 0.01 * w.grad
        w.grad = 0.0
        seen.append(weakref.ref(loss))
    assert len([ref for ref in seen if ref() is not None]) <= 4


@pytest.mark.parametrize("others", [0, 50])
def test_a_guard_on_a_leaf_that_changed_is_kept_whatever_else_is_compared(others):
    x, t = Value(2.0, "x"), Value(1.0, "t")
    y = x * x if x > 0 else -x
    z = x * 3 > 1 and y  # x*3 has another number when x changes
    sweep_something(t)
    sweep_something(t)
    x.data = 5.0
    for k in range(others):
        assert t > -k - 1
        sweep_something(t)
    del y, z
    assert guards(x * x) == [("x > 0", True)]


def test_copying_several_values_gives_each_its_own_guards():
    for _ in range(20):
        forget_guards()
        inputs = [Value(1.0 + k, f"x{k}") for k in range(6)]
        for k, x in enumerate(inputs):
            assert reduce(lambda s, _: s + 1, range(k), x * (2.0 + k)) > 0.5 * k
        for _ in range(2):
            sweep_something(Value(0.0))
        outputs = [x * x for x in inputs]
        wanted = [guards(y) for y in outputs]
        assert [guards(y) for y in copy.deepcopy(outputs)] == wanted
        assert all(wanted)


def test_a_training_loop_has_no_guards_of_earlier_steps():
    w, best = Value(2.0, "w"), Value(100.0)
    for _ in range(3):
        loss = (w - 1) ** 2
        assert guards(loss) == []
        loss.backward()
        if loss < best:
            best = loss
        w.data -= 0.1 * w.grad
        w.grad = 0.0
    assert guards((w - 1) ** 2) == []  # loss < best was decided by another w


def test_a_parameter_made_after_a_comparison_keeps_no_graph_alive():
    x = Value(2.0, "x")
    seen = weakref.ref(big := x * 3)
    assert big > 0
    w = Value(0.5, "w")
    del big
    x.backward()
    x.backward()
    assert (seen(), w.note) == (None, "w")


def test_a_guard_of_other_numbers_is_left_out():
    x = Value(2.0, "x")
    assert x > 0
    x.data = -2.0
    assert guards(x * 3) == []


def test_what_was_compared_with_a_chosen_number_counts_too():
    values = [Value(v, name) for v, name in ((3.0, "a"), (1.0, "b"), (2.0, "c"))]
    best = values[0]
    for value in values[1:]:
        if value < best:
            best = value
    assert guards(best * 2) == [("b < a", True), ("c < b", False)]


def outcome_of_max(values):
    best = values[0]
    for value in values[1:]:
        best = value if value > best else best
    return best


def flip_if_negative(y):
    if y < 0:
        y = -y
    return y


def keep_if_large(y, other):
    is_large = bool(y > other)
    twice = 2 * other
    return y if is_large else twice


CHOICES = [
    # Nothing is recorded after the comparison.
    lambda v: (lambda h: h if h > 0 else v[1] * 0.1)(v[0] * 2),
    lambda v: flip_if_negative(v[0] * 2),
    lambda v: (lambda a, b: a if a > b else b)(v[0] * 2, v[0] * v[0]),
    lambda v: reduce(lambda a, b: b if b < a else a, [x * x for x in v]),
    lambda v: (lambda a, b, c: a if c > 0.2 else b)(v[0] * v[1], v[1] * 3, v[0] - v[1]),
    lambda v: (lambda h: (h if h < 0.5 else 0.5 * v[1]) if h > -0.5 else -0.5 * v[1])(v[0] * v[1]),
    lambda v: {True: v[0] * 2, False: v[1] * v[2]}[bool(v[0] > v[1])],
    lambda v: [x * 3 for x in v][[bool(x > 0) for x in v].count(True) - 1],
    lambda v: v[0] * v[1] * 2 if v[0] * v[1] > v[2] else v[0] - v[1],
    lambda v: next((y for y in [x * x for x in v] if y > 0.3), v[0] * 1),
    lambda v: outcome_of_max([x * x for x in v]),
    lambda v: keep_if_large(v[0] * v[1], v[2] + v[3]),
    lambda v: sorted([x * v[0] for x in v])[2],
    lambda v: v[0] if v[0] > v[1] else v[1],
    # Something is.
    lambda v: sorted(v)[1] * 2,
    lambda v: max(v) - min(v),
    lambda v: outcome_of_max(v) ** 2,
    lambda v: statistics.median(v) * 3,
    lambda v: v[0] * 2 if v[1] - v[2] > 0.3 else v[3] * v[0],
    lambda v: sum(x for x in v if x > 0.2) + 0 * v[0],
    lambda v: np.sort(np.array(v))[2] * 1,
    lambda v: np.clip(np.array(v), -0.5, 0.5).sum() + 0 * v[0],
]


@pytest.mark.parametrize("choose", CHOICES, ids=range(len(CHOICES)))
def test_a_graph_is_right_for_other_numbers_or_a_guard_says_so(choose):
    rng = random.Random(1)
    inside = 0
    for _ in range(60):
        leaves = [Value(rng.uniform(-1, 1)) for _ in range(4)]
        graph = Graph.of(choose(leaves), leaves)
        place = {n.data: n.index for n in graph.nodes if n.is_leaf}
        others = [rng.uniform(-1, 1) if rng.random() < 0.3 else leaf.data for leaf in leaves]
        replaced = {place[v.data]: Value(x) for v, x in zip(leaves, others, strict=True)}
        forget_guards()
        wanted = choose([Value(x) for x in others])
        forget_guards()
        try:
            found = graph.record(replaced)
        except ValueError as error:
            assert "the other branch was never recorded" in str(error)  # noqa: PT017
        else:
            inside += 1
            assert found.data == wanted.data
    assert inside >= 10


@pytest.mark.parametrize(
    ("choose", "texts"),
    [
        (lambda x, w, t: x * w * 2 if x * w > t else x - w, ["x * w > t"]),
        (lambda x, w, t: x * w if t < x else w, ["t < x"]),
        (lambda x, w, t: x * w if t * t <= (x + w) / 2 else x, ["t * t <= (x + w) / 2"]),
        (lambda x, w, t: x * w if x * t > 1 else x, ["x * t > 1"]),
        (lambda x, w, t: x * w if t > 0 else x, []),
    ],
)
def test_a_graph_without_a_compared_leaf_has_the_guard_of_its_own_numbers(choose, texts):
    x, w, t = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "t")
    output = choose(x, w, t)
    graph = Graph.of(output)
    assert [guard.text for guard in graph.guards] == texts
    assert graph.subgraph(graph.outputs[0]) == graph
    assert len(Graph.of(output, [x, w, t]).guards) == 1
    if texts:
        with pytest.raises(ValueError, match="the other branch was never recorded"):
            graph.record({graph.index("x"): Value(-5.0)})


def test_many_comparisons_age_in_one_pass():
    """The second sweep took a minute when each of the comparisons was searched by itself."""
    x = y = Value(1.0)
    for _ in range(4000):
        y = y + x
        if y > 5:
            y = y * 0.9
    begin = time.process_time()
    y.backward()
    y.backward()
    assert time.process_time() - begin < 2


def test_guards_without_branches_are_never_violated():
    x = Value(2.0, "x")
    graph = Graph.of((x * x).tanh() + abs(x))
    assert graph.guards == ()


def test_guards_survive_json_subgraphs_expansion_and_recording_again():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    z = (x * y + 1 if x - y < 0 else x) if x > 0 else y
    graph = Graph.of(z * 2)
    assert len(graph.guards) == 2
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.of(graph.record()).guards == graph.guards
    assert [g.text for g in graph.expand().guards] == [g.text for g in graph.guards]
    assert [g.text for g in graph.subgraph("x").guards] == ["x > 0", "x - y < 0"]
    assert [g.text for g in graph.subgraph("y").guards] == ["x - y < 0"]


@pytest.mark.parametrize(
    "entry",
    [
        [9, ">", None, 0.0, True, "x > 0", "f:1"],
        [0, "?", None, 0.0, True, "x > 0", "f:1"],
        [0, ">", 9, 0.0, True, "x > 0", "f:1"],
        [0, ">", None, 0.0, 1, "x > 0", "f:1"],
        [0, ">", None, 0.0, True, 3, "f:1"],
        [0, ">", None],
    ],
)
def test_a_text_with_a_false_guard_is_refused(entry):
    import json

    content = json.loads(Graph.of(Value(1.0)).to_json()) | {"guards": [entry]}
    with pytest.raises(GraphError, match=r"guard|to_json"):
        Graph.from_json(json.dumps(content))


def test_a_text_without_guards_is_still_read():
    import json

    content = json.loads(Graph.of(Value(1.0)).to_json())
    del content["guards"]
    assert Graph.from_json(json.dumps(content)).guards == ()


def test_a_guard_is_checked_for_every_example_of_a_batch():
    guard = Guard(0, ">", 1, 0.0, True, "x > y", "f:1")
    numbers = [np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0])]
    assert guard.holds(numbers).tolist() == [False, False, True]
    flipped = Guard(0, "<=", 1, 0.0, False, "x <= y", "f:1")
    assert flipped.holds(numbers).tolist() == [False, False, True]


@pytest.mark.parametrize(("a", "b"), [*itertools.product([False, True], repeat=2)])
def test_conditions_compare_as_truth_values_without_being_asked(a, b):
    x = Value(1.0, "x")
    left, right = x > (0 if a else 2), x < (2 if b else 0)
    same = left == right
    assert recorder.current_note == ""
    assert bool(same) is (a == b)
    assert bool(left != right) is (a != b)
    assert bool(left == True) is a  # noqa: E712
    assert bool(left != np.True_) is not a


def test_a_line_that_cannot_be_found_still_has_its_place():
    x = Value(1.0)
    names = {"x": x}
    exec(compile("y = x * 2 if x > 0 else x", "<made>", "exec"), names)
    (guard,) = Graph.of(names["y"]).guards
    assert (guard.text, guard.place) == ("v0 > 0", "<made>:1")
