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


def test_marks_that_turn_the_direction_are_shown_as_such():
    assert text.printable("a\u202eb\u2066c\ufeff") == "a�b�c�"
    assert text.printable("שלום 😀") == "שלום 😀"


@given(st.text(st.characters(exclude_categories=())), st.integers(4, 30))
def test_shortened_text_fits_and_keeps_both_ends(anything, limit):
    shown = text.shortened(anything, limit)
    whole = text.printable(anything)
    assert len(shown) <= limit
    assert shown == whole or (shown[0] == whole[0] and shown[-1] == whole[-1] and "…" in shown)
