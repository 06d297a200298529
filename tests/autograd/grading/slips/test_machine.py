"""Sheets of the slip machine: the first wrong line is found, and its slip is named.

`measure.py` in this folder measures the same on thousands of sheets.
"""

import random
import re

import machine
import measure
import pytest
import shapes

from autograd import Worksheet
from autograd.grading import explainer
from autograd.grading.slips.table import SLIPS

SHAPES = list(shapes.SHAPES)
SHEETS = 150


def test_there_are_at_least_twenty_shapes():
    assert len(SHAPES) >= 20


def test_the_machine_makes_every_slip_of_the_table():
    made = {key.partition(" ")[0] for _, paper in shapes.papers(0) for key in paper.keys}
    assert made | {"kink"} == {row.key for row in SLIPS}  # no paper has a number at a kink


@pytest.mark.parametrize("shape", SHAPES)
def test_a_careful_writer_is_never_called_wrong(shape):
    made = machine.write(shapes.SHAPES[shape](random.Random(shape)))
    report = Worksheet.parse(made.text).check()
    assert report.ok, f"{made.text}\n{report}"
    assert not any(line.slips for line in report.lines)


def test_the_first_wrong_line_is_found_and_its_slip_comes_first_or_is_listed():
    outcomes = sum(measure.slips_by_kind(SHEETS).values(), measure.Counter())
    assert outcomes["line"] >= 0.98 * outcomes["sheets"]
    assert outcomes["first"] >= 0.85 * outcomes["sheets"]
    assert outcomes["listed"] >= 0.95 * outcomes["sheets"]


@pytest.mark.parametrize("writer", ["exact", *measure.writers(random.Random(0))])
def test_right_numbers_are_never_called_wrong(right_numbers, writer):
    numbers, wrong = right_numbers[writer]
    assert numbers["numbers"] > 50
    assert not wrong


@pytest.fixture(scope="module")
def right_numbers():
    return measure.right_numbers(400)


@pytest.fixture
def no_search(monkeypatch):
    """Look for no slips: that takes long, and changes no verdict on a line."""
    monkeypatch.setattr(explainer, "_MOST_SEARCHED", 0)


def test_wrong_numbers_are_never_called_right(no_search):
    assert measure.wrong_numbers(100) == (100, [])


@pytest.mark.parametrize(("units", "share"), [(1, 0.4), (2, 0.08), (3, 0.05)])
def test_a_number_that_is_a_few_units_off_is_seldom_excused_by_rounding(no_search, units, share):
    verdicts = measure.near_misses(80, units)
    excused = verdicts["right but for rounding on the way"] + verdicts["truncated"]
    assert excused <= share * verdicts.total()


@pytest.mark.parametrize("digits", [1, 2, 3, 4])
def test_chance_is_hardly_ever_called_a_slip(digits):
    said = measure.coincidences(digits, 30)
    assert said["exactly"] <= 0.04
    assert said["perhaps"] <= 0.2
    assert digits > 1 or said["exactly"] == said["perhaps"] == 0


# --- the table ------------------------------------------------------------------------------------


def test_every_row_is_one_sentence_about_the_writer():
    for row in SLIPS:
        assert row.sentence.startswith("You "), row.key
        assert row.sentence.endswith((".", "}.")), row.key
        assert len(re.findall(r"[.!?](?:\s|$)", row.sentence)) == 1, row.key
    assert len({row.key for row in SLIPS}) == len(SLIPS) - 1  # two tables of numbers to read
    assert len({row.sentence for row in SLIPS}) >= len(SLIPS) - 2  # "You use {}."
