"""Which plan and which chunk: modelled from calls and numbers, bounded by the cache."""

from random import Random

import numpy as np
import pytest

from autograd import Value, compile, sin, tanh, total  # noqa: A004 - its name, as re.compile has it
from autograd.program import workspace


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
    program, _ = wide()
    grouped = program._plan("input gradients", True)

    assert [program._best_plan("input gradients", batch) for batch in (1, 10_000)] == [grouped] * 2


def test_for_thousands_a_call_per_number_beats_gathering_operands():
    program, _ = scattered()
    rows, groups = (program._plan("input gradients", grouped) for grouped in (False, True))

    assert program._best_plan("input gradients", 10_000) is rows
    assert rows.cost(10_000, 8) < groups.cost(10_000, 8)


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
    small = compile((x := Value(0.5)) * Value(2.0), inputs=[x])._plan("gradients", True)
    large, _ = wide(60, 40)
    plan = large._plan("input gradients", True)

    assert plan.rows_per_example > small.rows_per_example
    assert plan.chunk(8) < small.chunk(8)
    assert plan.chunk(4) >= plan.chunk(8)
    assert plan.chunk(8) > 0


def test_a_failed_call_does_not_hide_a_later_one():
    x = Value(1.0, "x")
    program = compile(x.log(), inputs=[x])
    for _ in range(2):
        with pytest.raises(ValueError, match="example 1"):
            program.forward([[1.0, -1.0]])
    assert workspace.run([]) is None
