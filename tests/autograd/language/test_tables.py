"""Tables in sheets: rows as chains, columns as vectors, rounds of a loop."""

import pytest

from autograd import Worksheet


def verdicts(text):
    return [(one.quantity, one.verdict.value) for one in Worksheet.parse(text).check().lines]


def test_a_row_that_begins_with_a_name_is_a_chain_and_words_in_it_are_left_out():
    text = "| q | how | value |\n|---|---|---|\n| x | given | -2 |\n| z | x² + 1 | 5 |\n| z | | 6 |"
    assert verdicts(text) == [("z", "exact"), ("z", "wrong")]


def test_several_rows_of_numbers_are_vectors_and_a_single_row_is_numbers():
    data = "| x | y |\n|---|---|\n| 1 | 3 |\n| 2 | 5 |\n\n"
    assert verdicts(data + "s = Σ x y = 13") == [("s", "exact")]
    assert verdicts("| x | y |\n|---|---|\n| 1 | 3 |\n\ns = x y = 3") == [("s", "exact")]


def test_an_index_in_the_headings_counts_the_rows():
    text = (
        "f(w) = w²\n| k | w_k | f(w_k) | f'(w_k) |\n|-|-|-|-|\n| 0 | 1 | 1 | 2 |\n| 1 | 3 | 8 | 6 |"
    )
    assert verdicts(text) == [
        ("f(w_0)", "exact"),
        ("f'(w_0)", "exact"),
        ("f(w_1)", "wrong"),
        ("f'(w_1)", "exact"),
    ]


def test_a_row_of_a_later_round_gives_the_values_after_another_update():
    text = (
        "w = 1\nC = w²\nw ← w − 0.25 dC/dw\n\n| epoch | w | C |\n|-|-|-|\n| 0 | 1 | 1 |\n"
        "| 1 | 0.5 | 0.25 |\n| 2 | 0.25 | 0.07 |\n"
    )
    assert verdicts(text) == [
        ("w", "exact"),
        ("C", "exact"),
        ("w'", "exact"),
        ("C", "exact"),
        ("w'", "exact"),
        ("C", "wrong"),
    ]


def test_a_row_with_two_numbers_has_no_reading_and_is_passed_over():
    assert verdicts("x = 1\n| z | 0.5 | 0.4 |\nz = x = 1") == [("z", "exact")]


STEP = "x = 2; y = 1; lr = 0.1; z = w*x + b; L = (z - y)^2\n"


@pytest.mark.parametrize(
    "table",
    [
        "| weight | old | gradient | new |\n|-|-|-|-|\n"
        "| w | 0.5 | 0.4 | 0.46 |\n| b | 0.1 | 3 | 0.08 |",
        "| | $w$ | $b$ |\n|-|-|-|\n"
        "| old value | 0.5 | 0.1 |\n| dL/d· | 0.4 | 3 |\n| new | 0.46 | 0.08 |",
        "| θ | before | ∂L/∂θ | η ∂L/∂θ | after |\n|-|-|-|-|-|\n"
        "| w | 0.5 | 0.4 | | 0.46 |\n| b | 0.1 | 3 | | 0.08 |",
    ],
)
def test_headings_say_what_is_old_what_is_a_gradient_and_what_is_new(table):
    assert verdicts(STEP + table) == [
        ("dL/dw", "exact"),
        ("dL/db", "wrong"),
        ("w'", "exact"),
        ("b'", "exact"),
    ]


def test_values_and_gradients_stand_beside_each_other_in_a_table_of_nodes():
    head = "| node | formula | forward | backward |\n|-|-|-|-|\n"
    rows = "| a | input | 2 | 12 |\n| d | 3a | 6 | 2 |\n| f | d² | 36 | 1 |"
    assert verdicts(head + rows) == [
        ("d", "exact"),
        ("f", "exact"),
        ("df/da", "wrong"),
        ("df/dd", "wrong"),
        ("df/df", "exact"),
    ]


def test_without_a_loss_the_gradients_of_a_table_are_given_and_the_step_is_judged():
    table = (
        "lr = 0.1\n| | old | grad | new |\n|-|-|-|-|\n| w | 0.5 | 0.4 | 0.46 |\n| b | 1 | 2 | 0.9 |"
    )
    assert verdicts(table) == [("w'", "exact"), ("b'", "wrong")]


def test_a_row_of_numbers_without_headings_is_passed_over_and_said():
    report = Worksheet.parse("| | |\n|-|-|\n| 1 | 2 |\n| 3 | 4 |\n\nz = 1 + 1 = 2").check()
    assert [one.quantity for one in report.lines] == ["z"]
    assert "it is not clear what its columns are" in str(report)


def test_a_first_cell_may_hold_the_formula_of_its_row():
    head = "x = 2, y = 3\n| quantity | value | gradient |\n|-|-|-|\n"
    text = head + "| x | 2 | 3 |\n| y | 3 | 3 |\n| f = x*y | 6 | 1 |"
    assert verdicts(text)[2:] == [
        ("f", "exact"),
        ("df/dx", "exact"),
        ("df/dy", "wrong"),
        ("df/df", "exact"),
    ]


@pytest.mark.parametrize(
    "heading",
    ["η × grad", "η·∂C/∂θ gradient", "step: lr * gradient", "α grad", "-gradient", "gradient/2"],
)
def test_a_column_with_multiples_of_the_gradient_is_not_the_gradient(heading):
    text = (
        "w = 0.5\nb = 0.1\nη = 0.1\nC = (2w + b - 3)^2 = 3.61\n"
        f"| weight | old value | gradient | {heading} | new value |\n|---|---|---|---|---|\n"
        "| w | 0.5 | -7.6 | -0.76 | 1.26 |\n| b | 0.1 | -3.8 | -0.38 | 0.58 |"
    )
    found = [(one.quantity, one.verdict.value) for one in Worksheet.parse(text).check().lines]
    assert found[3:] == [
        ("dC/dw", "exact"),
        ("dC/db", "exact"),
        ("w'", "exact"),
        ("b'", "wrong"),
    ]


def test_a_table_of_a_function_gives_its_argument_in_every_row():
    rows = "| 0 | 3 | 9 |\n| 1 | 4 | 16 |\n| 2 | 5 | 24 |"
    text = f"f(x) = x^2\n\n| step | x | f(x) |\n|---|---|---|\n{rows}"
    assert [verdict for _, verdict in verdicts(text)] == ["exact", "exact", "wrong"]
