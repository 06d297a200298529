"""Which plan and which chunk: modelled from calls and numbers, bounded by the cache."""

from random import Random

import numpy as np
import pytest

from autograd import (
    Value,
    compile,  # noqa: A004 - its name, as re.compile has it
    sigmoid,
    sin,
    tanh,
    total,
)
from autograd.program.planner import estimate


def wide(width=40, depth=6):
    x = [Value(0.01 * k, f"x{k}") for k in range(width)]
    level = x
    for k in range(depth):
        level = [(sin if (i + k) % 2 else tanh)(v * level[i - 3]) for i, v in enumerate(level)]
    return compile(total(level), inputs=x), width


def scattered(nodes=300, inputs=10):
    """Operations in no order, of which few can be one call without gathering operands."""
    rng = Random(0)
    x = [Value(0.01 * k, f"x{k}") for k in range(inputs)]
    pool = list(x)
    operations = [lambda a, b: tanh(a), lambda a, b: a * b, lambda a, b: a - b]
    for _ in range(nodes):
        operation = rng.choice(operations)
        pool.append(operation(rng.choice(pool[-40:]), rng.choice(pool[-40:])))
    return compile(total(pool[-40:] + x), inputs=x), inputs


def test_equal_operations_side_by_side_are_one_call_whatever_the_batch():
    planner = wide()[0]._runner.planner

    assert [planner.is_grouping_faster(batch) for batch in (1, 10_000)] == [True, True]


def test_for_thousands_a_call_per_number_beats_gathering_operands():
    planner = scattered()[0]._runner.planner
    groups, rows = (estimate(planner.grouped, split=split) for split in (False, True))

    assert not planner.is_grouping_faster(10_000)
    assert rows[1] < groups[1]


def test_only_the_plan_that_is_chosen_is_made():
    program, inputs = scattered()
    program.input_gradients(np.zeros((inputs, 10_000)))

    assert list(program._runner.planner.plans) == [("input gradients", False, "quick")]


@pytest.mark.parametrize("grouped", [True, False])
@pytest.mark.parametrize(("function", "saved"), [(tanh, 0), (sigmoid, 3)])
def test_a_quick_form_saves_steps_and_has_a_fallback(function, saved, grouped):
    x = Value(0.5)
    plan = compile(function(x), inputs=[x])._runner.planner.plan
    stable, quick = (plan("input gradients", grouped=grouped, style=s) for s in ("stable", "quick"))

    assert len(stable.forward) - len(quick.forward) == saved
    assert not any(stable.fallbacks.values())
    fallbacks = [f.instructions() for f in quick.fallbacks["forward"]]
    assert fallbacks == ([list(stable.forward)] if saved else [])


def test_the_chosen_plan_gives_the_same_numbers(force):
    program, width = wide()
    columns = np.random.default_rng(0).normal(size=(width, 50))
    chosen = program.forward(columns), program.input_gradients(columns)
    for plan in ("groups", "rows"):
        force(plan)
        np.testing.assert_allclose(program.forward(columns), chosen[0], rtol=1e-13)
        np.testing.assert_allclose(
            program.input_gradients(columns), chosen[1], rtol=1e-12, atol=1e-15
        )


def test_a_chunk_is_smaller_the_more_an_example_needs_but_never_tiny():
    program = compile((x := Value(0.5)) * Value(2.0), inputs=[x])
    small = program._runner.engine(program.plan)
    program, _ = wide(60, 40)
    large = program._runner.engine(program.plan)

    assert large.rows_per_example > small.rows_per_example
    assert 0 < large.chunk() < small.chunk()


def test_a_failed_call_does_not_hide_a_later_one():
    x = Value(1.0, "x")
    program = compile(x.log(), inputs=[x])
    for _ in range(2):
        with pytest.raises(ValueError, match="example 1"):
            program.forward([[1.0, -1.0]])
