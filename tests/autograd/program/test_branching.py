"""Branches that data chose: guards over a batch, and one program for each branch of a function."""

import math
from random import Random

import numpy as np
import pytest

from autograd import (
    Value,
    clip,
    compile,  # noqa: A004 - its name, as re.compile has it
    maximum,
    tanh,
    total,
    where,
)

# --- guards of a recorded graph -------------------------------------------------------------------


def recorded(function, *numbers, **options):
    x = [Value(v, f"x{k}") for k, v in enumerate(numbers, start=1)]
    return compile(function(*x), inputs=x, **options)


BRANCHES = {
    "max": lambda x: max(x, 0.0) * 3,
    "min": lambda x: 3 * min(-x, x + 5),
    "if": lambda x: x * 3 if x > 0 else -x,
    "sorted": lambda x: sorted([x, 0.0 * x])[1] + 1.0,
    "np.where": lambda x: np.where(x > 0, x, 2 * x).item() + 0.0,
    "equality": lambda x: x * 3 if x == 1.0 else x * 2,
    "while": lambda x: next(v for v in (x, x + 2, x + 4, x + 8) if v > 0) * 1.5,
    "of an inner number": lambda x: x * 3 if (x * 2 - 1) > 0 else x,
}


@pytest.mark.parametrize("name", BRANCHES)
def test_an_example_that_takes_another_branch_is_refused_by_the_comparison(name):
    program = recorded(BRANCHES[name], 1.0)
    assert program.forward([[1.0, 1.0]]).shape == (2,)
    for call in (program.forward, program.input_gradients):
        with pytest.raises(ValueError, match=r"^example 1: `.*` \(test_branching\.py:\d+\) was .*"):
            call([[1.0, -3.0, 1.0]])
    with pytest.raises(ValueError, match=r"example 1: .*Record again"):
        program.example(1)
    assert program.example(0).output.data == BRANCHES[name](Value(1.0)).data


def test_the_message_names_source_and_cure():
    program = recorded(lambda x: 3 * x if x > 0 else x, 1.0)
    with pytest.raises(ValueError, match=r"`x > 0`|`x1 > 0`") as caught:
        program.forward([[2.0, -2.0]])
    assert "was true when this was recorded and is false here" in str(caught.value)
    assert "maximum(x1, 0) / where(x1 > 0, …)" in str(caught.value)


def test_a_guard_can_be_a_warning_or_be_ignored():
    columns = [[1.0, -3.0]]
    with pytest.warns(UserWarning, match=r"example 1: .*was false when") as caught:
        found = recorded(BRANCHES["max"], 1.0, guards="warn").forward(columns)
    assert caught[0].filename == __file__
    assert found.tolist() == [3.0, -9.0]
    program = recorded(BRANCHES["max"], 1.0, guards="ignore")
    assert program.forward(columns).tolist() == [3.0, -9.0]
    assert program.example(1).output.data == -9.0
    with pytest.raises(ValueError, match="'raise', 'warn' or 'ignore'; got 'off'"):
        recorded(BRANCHES["max"], 1.0, guards="off")


def test_the_branch_is_named_rather_than_an_operation_that_it_protects():
    program = recorded(lambda x: x.log() if x > 0 else -x, 1.0)
    with pytest.raises(ValueError, match=r"example 1: `x > 0`|example 1: `x1 > 0`"):
        program.forward([[1.0, -1.0]])
    with pytest.raises(ValueError, match=r"example 0: log\(x1=-1\.0\)"):
        recorded(lambda x: x.log() if x > -2 else -x, 1.0).forward([[-1.0]])


def test_an_input_that_is_only_compared_is_checked_too():
    program = recorded(lambda x, y: 3 * x if x - y > 0 else x, 2.0, 1.0)
    assert program.forward([[2.0], [1.0]]).tolist() == [6.0]
    assert program.input_gradients([[2.0], [1.0]]).tolist() == [[3.0], [0.0]]
    with pytest.raises(ValueError, match="example 1: "):
        program.forward([[2.0, 2.0], [1.0, 3.0]])


def test_a_weight_that_is_compared_is_checked_too():
    w, x = Value(1.0, "w"), Value(1.0, "x")
    program = compile(x * w if w > 0 else x, inputs=[x])
    assert program.value_and_grad([[2.0, 4.0]])[0] == 3.0
    program.weights[:] = -1.0
    with pytest.raises(ValueError, match=r"`w > 0`"):
        program.value_and_grad([[2.0, 4.0]])


def test_a_guarded_sum_of_products_is_not_absorbed():
    w = [Value(0.5 + k, f"w{k}") for k in range(3)]

    def neuron(*x):
        z = w[0] * x[0] + w[1] * x[1] + w[2]
        return (z if z > 0 else 0.1 * z) + 1.0

    program = recorded(neuron, 1.0, 1.0)
    assert program.forward([[1.0], [2.0]]).tolist() == [0.5 + 3.0 + 2.5 + 1.0]
    with pytest.raises(ValueError, match="example 0: "):
        program.value_and_grad([[-20.0], [2.0]])


def test_what_decides_nothing_and_what_has_no_branch_raises_no_alarm():
    x, best = Value(1.0, "x"), Value(3.0, "best")
    if best < 4:
        best = best - 1
    y = tanh(x) * 2
    assert compile(y, inputs=[x]).forward([[1.0, -1.0]]).shape == (2,)
    chosen = where(x > 0, x, 2 * x) + maximum(x, 0.0) + clip(x, -1.0, 1.0) + abs(x)
    np.testing.assert_allclose(
        compile(chosen, inputs=[x]).forward([[2.0, -2.0]]), [2 + 2 + 1 + 2, -4 + 0 - 1 + 2]
    )


# --- functions ------------------------------------------------------------------------------------


def check(function, columns, first=0):
    """Compare a compiled function with calling it for every example."""
    columns = np.array(columns, float)
    program = compile(function, columns[:, first].tolist())
    wanted, slopes = [], []
    for column in columns.T.tolist():
        x = [Value(v) for v in column]
        out = function(x)
        if isinstance(out, Value) and out.parents:
            out.backward()
        elif isinstance(out, Value) and out in x:
            out.grad = 1.0
        wanted.append(out.data if isinstance(out, Value) else float(out))
        slopes.append([v.grad for v in x])
    np.testing.assert_allclose(program.forward(columns), wanted, rtol=1e-13)
    np.testing.assert_allclose(program.input_gradients(columns).T, slopes, rtol=1e-12, atol=1e-15)
    for k in range(len(wanted)):
        assert program.example(k).output.data == pytest.approx(wanted[k], rel=1e-14)
    return program


def returns_early(x):
    y = 2 * x[0]
    if y > 0:
        return y
    return y * 0.1


FUNCTIONS = {
    "a leaf or a number": (lambda x: x[0] if x[0] > 0 else 0.0, 2),
    "a guard after the last node": (returns_early, 2),
    "max of three": (lambda x: max(x) * min(x), 6),
    "sorted": (lambda x: total([v * (k + 1) for k, v in enumerate(sorted(x))]), 6),
    "a loop": (lambda x: _halve(x[0]) + x[1], 3),
    "nested": (lambda x: (x[0] if x[0] > x[1] else x[1] * 2) if x[2] > 0 else x[0] * x[1], 3),
    "no branch": (lambda x: tanh(x[0]) * x[1], 1),
}


def _halve(v):
    while v > 1:
        v = v / 2
    return v


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("first", [0, 5])
def test_a_function_with_branches_runs_over_a_batch_as_by_itself(name, first):
    function, branches = FUNCTIONS[name]
    columns = np.random.default_rng(0).uniform(-3, 3, (3, 40))
    program = check(function, columns, first)

    assert len(program.programs) <= branches
    assert f"{len(program.programs)} branches so far; 3 inputs" in repr(program)


def test_parameters_of_all_branches_learn_together():
    w, b, unused = Value(2.0, "w"), Value(0.5, "b"), Value(9.0)

    def function(x):
        if x[0] > 0:
            return w * x[0]
        return b * x[0] + w if x[0] > -1 else x[0]

    columns = np.array([[1.0, -0.5, 3.0, -2.0]])
    program = compile(function, [1.0])
    assert program.parameters == [w]
    value, gradients = program.value_and_grad(columns, "sum")
    assert value == 2.0 + (-0.25 + 2.0) + 6.0 - 2.0
    assert program.outputs.tolist() == [2.0, 1.75, 6.0, -2.0]
    assert program.parameters == [w, b]
    assert gradients.tolist() == [1.0 + 1.0 + 3.0, -0.5]
    mean, slopes = program.value_and_grad(columns)
    assert (mean, slopes.tolist()) == (value / 4, [1.25, -0.125])
    program.weights -= slopes
    program.write_back()
    assert (w.data, b.data, w.grad, b.grad) == (0.75, 0.625, 1.25, -0.125)
    assert unused.data == 9.0
    w.data = 5.0
    program.read_values()
    assert program.forward([[1.0]]).tolist() == [5.0]


def test_a_branch_is_recorded_with_the_present_weights():
    w = Value(1.0, "w")
    program = compile(lambda x: x[0] * 2 if w * x[0] > 0 else w * x[0], [1.0])
    program.weights[:] = -1.0
    assert program.forward([[1.0, -1.0]]).tolist() == [-1.0, -2.0]
    assert w.data == 1.0


READS = {
    "a branch": lambda v: v[0] * 2 if v[0].data > 0 else -v[0],
    "a factor": lambda v: v[0] * v[0].data,
    "a rare branch": lambda v: v[0] * v[0] if v[0].data == 7 else v[0],
    "a constant": lambda v: v[0].data,
    "an exponent": lambda v: v[0] ** int(abs(v[0].data)),
    "how many terms": lambda v: sum(v[0] for _ in range(int(abs(v[0].data)))),
    "inside a branch": lambda v: v[0] * v[0].data if v[0] > 0 else v[0],
    "a random number": lambda v: v[0] * np.random.random(),
    "which input": lambda v: v[int(v[1].data > 0)],
}


@pytest.mark.parametrize("name", READS)
def test_numbers_that_are_read_outside_of_the_graph_are_refused(name):
    program = compile(READS[name], [1.0, 1.0])
    columns = [np.arange(-4.0, 8.0), np.arange(12.0) % 3 - 1]
    for ask in (program.forward, program.value_and_grad, program.input_gradients):
        with pytest.raises(ValueError, match=r"for example \d+, two recordings have.*\.data"):
            ask(columns)


def test_a_function_that_raises_where_its_recording_gives_a_number_is_refused():
    program = compile(lambda v: v[0] * 2 if v[0].data > 0 else int("q"), [1.0])
    with pytest.raises(ValueError, match=r"example 2, the function raises ValueError.*gives -6"):
        program.forward([[1.0, 2.0, -3.0]])


def test_a_weight_that_is_read_is_refused_when_it_has_changed():
    w = Value(2.0, "w")
    program = compile(lambda v: v[0] * w * w.data, [1.0])
    assert program.forward([[1.0, 3.0]]).tolist() == [4.0, 12.0]
    program.weights[:] = 3.0
    with pytest.raises(ValueError, match="the numbers 2 and 3 in the same place"):
        program.forward([[1.0, 3.0]])


def test_errors_of_a_function_name_its_example():
    program = compile(lambda x: x[0].log() if x[0] < 1 else (x[0] - 3).log(), [5.0])
    for column, words in (
        ([5.0, 2.0], r"example 1: log\(-1\.0\)"),
        ([5.0, 0.5, -1.0], r"example 2: log\(x1=-1\.0\)"),
        ([0.5, 0.25, 0.0], r"example 2: log\(x1=0\.0\)"),
    ):
        with pytest.raises(ValueError, match=words):
            program.forward([column])
    with pytest.raises(ValueError, match=r"it seems transposed|must have shape"):
        program.forward([1.0])
    with pytest.raises(IndexError, match="there is no example 7"):
        program.example(7)


def test_too_many_branches_and_what_is_no_number_are_refused():
    program = compile(lambda x: _halve(x[0]), [1.0])
    with pytest.raises(ValueError, match="more than 64 branches"):
        program.forward(2.0 ** np.arange(100)[None])
    with pytest.raises(TypeError, match="the function returns one Value; got list"):
        compile(lambda x: x, [1.0])
    with pytest.raises(TypeError, match="each branch computes other Values"):
        compile(lambda x: x[0], [1.0], keep=[Value(1.0)])
    with pytest.raises(ValueError, match="one example"):
        compile(lambda x: 1.0, [])


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("float64", -744, -711), ("float32", -102, -90)]
)
def test_a_sigmoid_that_is_hardly_above_0_takes_its_branch(dtype, low, high):
    columns = np.linspace(low, high, 100)[None]
    program = compile(lambda x: x[0] if x[0].sigmoid() > 0 else x[0] * 2, [1.0], dtype=dtype)
    np.testing.assert_allclose(program.forward(columns), columns[0], rtol=1e-6)
    assert len(program.programs) == 1


def test_comparisons_before_and_after_are_none_of_the_functions():
    x = Value(3.0, "x")
    assert x > 2
    compile(lambda v: v[0] if v[0] > 0 else -v[0], example=[1.0])
    y = x * 2
    with pytest.raises(ValueError, match="x > 2"):
        compile(y, inputs=[x]).forward([[1.0]])


# --- at random ------------------------------------------------------------------------------------


def random_function(rng, *, branching):
    """Return a function of three numbers that chooses, or does not, by comparing."""
    kinds = ["tanh", "product", "sum", "where", "maximum", "clip"]
    kinds += ["if", "if else", "max", "min", "sorted", "numpy"] if branching else []
    steps = [
        (rng.choice(kinds), rng.random(), rng.random(), rng.uniform(-1, 1))
        for _ in range(rng.randint(2, 7))
    ]

    def function(x):
        pool = list(x)
        for kind, i, j, c in steps:
            a, b = pool[int(i * len(pool))], pool[int(j * len(pool))]
            pool.append(_step(kind, a, b, c))
        return total([v if isinstance(v, Value) else Value(v) for v in pool[-3:]])

    return function


def _step(kind, a, b, c):
    if kind == "if" and a > c:
        return a * b
    return {
        "if": lambda: b + c,
        "tanh": lambda: tanh(a) + c,
        "product": lambda: a * b * c,
        "sum": lambda: a + c * b,
        "where": lambda: where(a > b, a, c * b),
        "maximum": lambda: maximum(a, b) + maximum(a, c),
        "clip": lambda: clip(a, -abs(c), abs(c)),
        "if else": lambda: a - b if a * c < b else a + 2 * b,
        "max": lambda: max(a, b, c * a) + 0.5 * a,
        "min": lambda: min(a, b) * c,
        "sorted": lambda: total([(k + 1) * v for k, v in enumerate(sorted([a, b, a * c]))]),
        "numpy": lambda: np.maximum(a, b) + a * c,
    }[kind]()


def judge(seed, batch=12):
    """Return how many examples were refused, after comparing everything else with the engine."""
    rng = Random(seed)
    branching = seed % 3 != 0
    function = random_function(rng, branching=branching)
    columns = np.array([[rng.uniform(-2, 2) for _ in range(batch)] for _ in range(3)])
    wanted = [function([Value(v) for v in column]).data for column in columns.T.tolist()]
    x = [Value(v, f"x{k}") for k, v in enumerate(columns[:, 0].tolist(), start=1)]
    program, refused = compile(function(x), inputs=x), 0
    for k in range(batch):
        if not program.holds(columns[:, k : k + 1]).all():
            with pytest.raises(ValueError, match="was never recorded"):
                program.forward(columns[:, k : k + 1])
            refused += 1
        else:
            (found,) = program.forward(columns[:, k : k + 1])
            assert math.isclose(found, wanted[k], rel_tol=1e-12, abs_tol=1e-14), (seed, k)
    assert branching or not refused, f"seed {seed}: a false alarm"
    everything = compile(function, columns[:, 0].tolist()).forward(columns)
    np.testing.assert_allclose(everything, wanted, rtol=1e-12, atol=1e-14, err_msg=str(seed))
    return refused


def test_random_functions_give_the_engines_numbers_or_name_the_guard():
    refused = [judge(seed) for seed in range(60)]

    assert sum(refused) > 50


@pytest.mark.parametrize("bound", [3e38, 4e38, 1e300])
def test_a_guard_may_compare_with_a_number_beyond_float32(bound):
    w = Value(2.0)
    branches = compile(lambda x: w * x[0] if x[0] < bound else x[0], example=[1.0], dtype="float32")
    assert branches.forward([[1.0, 2.0]]).tolist() == [2.0, 4.0]
    x = Value(1.0)
    program = compile(w * x if x < bound else x, inputs=[x], dtype="float32")
    assert program.forward([[1.0, 2.0]]).tolist() == [2.0, 4.0]
    assert program.holds([[1.0, 2.0]]).all()
