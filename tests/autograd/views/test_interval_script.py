"""Rows of the table as JavaScript over intervals, beside the rows over intervals in Python."""

import json
import random
import subprocess

import pytest

from autograd.engine.operation import OPS
from autograd.grading.interval_functions import (
    STABLE_INTERVALS,
    over_intervals,
    partials_over_intervals,
)
from autograd.grading.intervals import Interval
from autograd.views.interval_script import interval_rows
from autograd.views.page import engine_of
from autograd.views.self_contained import asset

ROWS = [(op, op.arity or 4) for op in OPS.values() if op.arity != 0]
ASK = """
const told = asked.map(([code, inputs]) => {
  const u = inputs.map(([low, high]) => interval(low, high)), y = overIntervals(code, u);
  const all = [y, ...partialsOverIntervals(code, y, u), ...partialsOverIntervals(code, y, u, true)];
  return all.map(({ low, high }) => [String(low), String(high)]);
});
console.log(JSON.stringify(told));
"""


def inputs(rng, count):
    found = []
    for _ in range(count):
        low = rng.choice([rng.uniform(-2, 3), rng.uniform(0.1, 0.9), 0.0])
        found.append((low, low + rng.choice([0.0, 0.01, 0.5])))
    return found


@pytest.mark.optional("node")
def test_the_browser_computes_the_same_intervals(optional):
    rng = random.Random(0)
    asked = [(code, inputs(rng, count)) for code, (_, count) in enumerate(ROWS) for _ in range(20)]
    script = [engine_of(ROWS), interval_rows(ROWS), asset("autograd.views", "intervals.js")]
    script += [f"const asked = {json.dumps(asked)};", ASK]
    done = subprocess.run(
        [optional("node"), "-"], input="\n".join(script), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    for (code, ends), told in zip(asked, json.loads(done.stdout), strict=True):
        op, u = ROWS[code][0], [Interval(*pair) for pair in ends]
        y = over_intervals(op, u)
        wanted = [y, *partials_over_intervals(op, y, u)]
        wanted += partials_over_intervals(op, y, u, STABLE_INTERVALS)
        got = [float(end) for pair in told for end in pair]
        expected = [end for one in wanted for end in (one.low, one.high)]
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-14), (op.name, ends)
