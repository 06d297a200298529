"""The reference of the language: every form that it shows is read as it says."""

import re
from pathlib import Path

import pytest

import autograd.language
from autograd import WorksheetError
from autograd.grading.grader import Grader
from autograd.language.reader import read_sheet

TEXT = (Path(autograd.language.__file__).parent / "forms.txt").read_text(encoding="utf-8")
FORM = re.compile(r"(line )?(.+?)\s+(means|asks) ?(.*)")


def forms():
    given, title = "", ""
    for line in TEXT.split("\n"):
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("given "):
            given = line[6:].replace("; ", "\n")
        elif title and (found := FORM.fullmatch(line.rstrip())):
            parts = [part or "" for part in found.groups()]
            yield pytest.param(given, *parts, id=f"{title}: {parts[1]}")


FORMS = list(forms())


def outcome(given, text):
    """Return every number that a sheet has in the end, and every number that was judged."""
    grader = Grader()
    grader.grade(read_sheet(given + "\n" + text).statements)
    book = grader.book
    numbers = {
        name: [round(item.data, 10) for item in book.quantity(name).items]
        for name in list(book.names())
        if book.quantity(name)
    }
    judged = [(one.written, round(one.exact, 10), one.verdict.value) for one in grader.judged]
    return numbers, judged


def test_there_are_at_least_two_hundred_forms():
    assert len(FORMS) >= 200
    assert len({param.id for param in FORMS}) == len(FORMS)


@pytest.mark.parametrize(("given", "is_line", "form", "what", "reading"), FORMS)
def test_a_form_is_read_as_the_reference_says(given, is_line, form, what, reading):
    start = "" if is_line else "result = "
    if what == "asks":
        with pytest.raises(WorksheetError, match=re.escape(reading.strip())) as caught:
            outcome(given, start + form)
        assert caught.value.line == given.count("\n") + 2
        return
    numbers, judged = outcome(given, start + form)
    expected, others = outcome(
        given, start + reading.strip().replace("; ", "\n") if reading else ""
    )
    assert list(numbers.values()) == list(expected.values())
    assert judged == others
