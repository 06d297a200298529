"""Sheets of the slip machine: the first wrong line is found, and its slip is named."""

import importlib.util
import random
import re
from pathlib import Path

import pytest

from autograd import Worksheet
from autograd.grading.slips.table import SLIPS

_SPEC = importlib.util.spec_from_file_location("machine", Path(__file__).with_name("machine.py"))
machine = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(machine)

SHAPES = list(machine.SHAPES)
SLIPS_OF_A_PAPER = 4


def made_sheets(shape):
    """Yield some sheets of one shape, each with one slip."""
    rng = random.Random(shape)
    paper = machine.SHAPES[shape](rng)
    keys = paper.keys
    rng.shuffle(keys)
    made = (machine.slip(paper, key, rng) for key in keys)
    yield from [sheet for sheet in made if sheet][:SLIPS_OF_A_PAPER]


@pytest.fixture(scope="module")
def outcomes():
    return [
        (made, Worksheet.parse(made.text).check())
        for shape in SHAPES
        for made in made_sheets(shape)
    ]


def test_there_are_at_least_twenty_shapes():
    assert len(SHAPES) >= 20


@pytest.mark.parametrize("shape", SHAPES)
def test_a_careful_writer_is_never_called_wrong(shape):
    made = machine.write(machine.SHAPES[shape](random.Random(shape)))
    report = Worksheet.parse(made.text).check()
    assert report.ok, f"{made.text}\n{report}"
    assert not any(line.slips for line in report.lines)


def test_the_first_wrong_line_is_the_one_with_the_slip(outcomes):
    found = [
        report.first_wrong and report.first_wrong.line == made.line for made, report in outcomes
    ]
    assert len(found) >= 80
    assert sum(map(bool, found)) >= 0.98 * len(found)


def test_the_slip_that_was_made_comes_first_or_is_listed(outcomes):
    first = listed = 0
    for made, report in outcomes:
        keys = [slip.key for slip in report.first_wrong.slips] if report.first_wrong else []
        first += bool(keys) and keys[0] in made.alike
        listed += bool(made.alike.intersection(keys))
    assert first >= 0.85 * len(outcomes)
    assert listed >= 0.95 * len(outcomes)


def test_no_slip_is_named_on_a_right_line(outcomes):
    for _, report in outcomes:
        for line in report.lines:
            assert line.verdict.blamed or not line.slips or line.verdict.value == "carried on"


# --- chance ---------------------------------------------------------------------------------------

HEAD = """x = 0.35
w = 0.8
b = 0.1
v = -1.3
t = 0.9
z = w*x + b
a = sigmoid(z)
n = v*a
y = sigmoid(n)
C = ½(y - t)²
"""


def said_of_random_numbers(digits, count):
    """Return how often a number that nobody computed is explained exactly, or perhaps."""
    rng, exactly, perhaps = random.Random(digits), 0, 0
    for _ in range(count):
        quantity, scale = rng.choice((("dC/dw", 0.05), ("dC/dv", 0.08), ("dC/dz", 0.05)))
        number = f"{scale * rng.uniform(0.3, 3) * rng.choice((-1, 1)):.{digits - 1}e}"
        wrong = Worksheet.parse(f"{HEAD}{quantity} -> {number}").check().first_wrong
        if wrong and wrong.slips:
            exactly += wrong.slips[0].is_certain
            perhaps += not wrong.slips[0].is_certain
    return exactly / count, perhaps / count


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_chance_is_hardly_ever_called_a_slip(digits):
    exactly, perhaps = said_of_random_numbers(digits, 30)
    assert exactly <= 0.04
    assert perhaps <= 0.2
    assert digits > 1 or exactly == perhaps == 0


# --- the table ------------------------------------------------------------------------------------


def test_every_row_is_one_sentence_about_the_writer():
    for row in SLIPS:
        assert row.sentence.startswith("You "), row.key
        assert row.sentence.endswith((".", "}.")), row.key
        assert len(re.findall(r"[.!?](?:\s|$)", row.sentence)) == 1, row.key
    assert len({row.key for row in SLIPS}) == len(SLIPS)
    assert len({row.sentence for row in SLIPS}) >= len(SLIPS) - 2  # "You use {}."
