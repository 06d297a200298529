"""Widths that suffice, characters that can be shown."""

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.views import text

# Advance widths of DejaVu Sans, the widest of the usual fonts, in thousandths of the size.
DEJAVU = {
    **dict.fromkeys("0123456789", 636),
    **dict(zip("abcdefghijklmnopqrstuvwxyz", (
        613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974,
        634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525), strict=True)),
    **dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
        684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
        748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685), strict=True)),
    " ": 318, ".": 318, ",": 318, "·": 318, "[": 390, "]": 390, "(": 390, "-": 361, "/": 337,
    "−": 838, "+": 838, "×": 838, "=": 838, "<": 838, "#": 838, "&": 780, "%": 950, "@": 1000,
}  # fmt: skip


@pytest.mark.parametrize("character", DEJAVU)
def test_the_estimated_width_suffices_for_every_character(character):
    assert text.width(character, 1000) >= DEJAVU[character]


def test_the_estimate_is_not_wasteful():
    sample = "W1[1,2] −0.02448 temperature"
    true = sum(DEJAVU[character] for character in sample) / 1000
    assert true < text.width(sample, 1.0) < 1.25 * true
    assert text.width(sample, 1.0, bold=True) > 1.1 * true


@given(st.text(st.characters(exclude_categories=())))
def test_printable_text_is_valid_xml_on_one_line(anything):
    shown = text.printable(anything)
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert (ElementTree.fromstring(f"<t>{escaped}</t>".encode()).text or "") == shown
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown)
    assert len(shown) == len(anything)


LETTERS = {
    "an ideographic space": "学习\u3000率",
    "a space that does not break": "10\u202fkg",
    "a joiner": "👩\u200d🔬",
    "a non-joiner": "می\u200cخواهم",
    "the flag of a country": "🇩🇪",
    "the flag of England": "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "a number sign of Arabic": "\u0600١٢",
    "the first column of a file with a byte order mark": "\ufeffprice",
    "a soft hyphen": "tem\u00adperature",
    "a place where a line may break": "long\u200bname",
    "a mark of the direction": "\u200fפלט",
    "a letter that this Python does not know": "\U0001fae8\U0001fac6",
}


@pytest.mark.parametrize("name", LETTERS.values(), ids=LETTERS)
def test_a_letter_of_a_name_is_kept(name):
    assert text.printable(name) == name


def test_what_has_no_width_of_its_own_takes_no_room():
    assert text.width("e\u0301", 10) == text.width("e", 10)
    assert text.width("\ufeffprice", 10) == text.width("price", 10)


def test_marks_that_turn_the_direction_are_shown_as_such():
    assert text.printable("a\u202eb\u2066c") == "a�b�c"
    assert text.printable("שלום 😀") == "שלום 😀"


@given(st.text(st.characters(exclude_categories=())), st.integers(4, 30))
def test_shortened_text_fits_and_keeps_both_ends(anything, limit):
    shown = text.cut_middle(anything, limit)
    whole = text.printable(anything)
    assert len(shown) <= limit
    assert shown == whole or (shown[0] == whole[0] and shown[-1] == whole[-1] and "…" in shown)


def test_a_count_agrees_with_its_noun():
    assert [text.counted(k, "box") for k in (0, 1, 2)] == ["0 boxes", "1 box", "2 boxes"]
