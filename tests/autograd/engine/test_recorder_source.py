"""The source of a recorder: each part once, in time that grows with its length."""

from autograd.engine import ops
from autograd.engine.operation import Op
from autograd.engine.recorder_source import many_recorder_source, recorder_source


def test_a_part_used_twice_is_computed_once():
    twice = Op("twice", 1, _twice, _twice_slope, "t")
    assert recorder_source(twice).count("exp(u)") == 1
    body = many_recorder_source(ops.LOGSUMEXP, 3).partition("(parents):")[2]
    assert body.count("exp(") == 3  # in the value and in all slopes
    assert body.count(">=") == 2


def _twice(xp, x):
    return xp.exp(x) + xp.sin(xp.exp(x))


def _twice_slope(xp, y, x):
    return (xp.exp(x) * (1 + xp.cos(xp.exp(x))),)


def test_a_recorder_is_written_in_time_that_grows_with_its_length(effort):
    # Every term shares the maximum of all 64.
    assert effort(lambda: many_recorder_source(ops.LOGSUMEXP, 64)) < 75
