"""Worksheets: the file format, steps, conventions, blanks, annotations, and hostile files."""

import random

import pytest

from autograd import Graph, Worksheet, WorksheetError
from gradtrace.demo import sheet as example

SHEET = """\
# a neuron
x = 0.5
w = 0.8
z = w*x            -> 0.4
y = tanh(z)        -> 0.38     # rounded
C = ½(y − 1)²      -> 0.19
dC/dy              -> -0.62
dC/dz              -> -0.53
dC/dw = dC/dz*x    -> -0.265
w' = w − 0.1*dC/dw -> 0.8265
---
z                  -> 0.413
C                  -> 0.185
"""


def verdicts(text):
    return {
        f"{line.quantity}@{line.line}": line.verdict.value
        for line in Worksheet.parse(text).check().lines
    }


def test_a_sheet_with_two_steps_is_right():
    report = Worksheet.parse(SHEET).check()
    assert report.ok, report
    assert report.score == 1
    assert [line.quantity for line in report.lines][-2:] == ["z", "C"]


def test_a_sheet_is_written_back_to_the_last_character():
    for text in (SHEET, SHEET.replace("\n", "\r\n"), "", "\n\n", "x = 1 ", str(example())):
        assert str(Worksheet.parse(text)) == text


def test_verdicts_written_in_are_comments_and_are_replaced():
    sheet = Worksheet.parse(SHEET.replace("-> -0.53", "-> 0.53"))
    once = sheet.annotated()
    assert "#= WRONG" in str(once)
    assert "#= exact" in str(once)
    assert str(once.annotated()) == str(once)
    assert once.check() == sheet.check()


def test_blank_makes_an_exercise_and_hides_the_working():
    blank = Worksheet.parse(SHEET).blank()
    assert "dC/dw -> ?" in str(blank)
    assert "z = w*x            -> ?" in str(blank)
    report = blank.check()
    assert report.ok
    assert {line.verdict.value for line in report.lines} == {"blank"}
    assert report.score == 0


def test_an_exercise_does_not_tell_its_answers_and_its_report_keeps_them():
    report = Worksheet.parse("x = 3.25\ny = x^2 -> ?\ndy/dx -> 6.5").check()
    assert [line.exact for line in report.lines] == [10.5625, 6.5]
    for shown in (str(report), repr(report), report._repr_html_()):
        assert "10.56" not in shown
        assert "6.5" in shown


def test_calc_blocks_in_markdown_are_one_sheet():
    text = (
        "# Title\n\nSome x = text.\n\n```calc\nx = 3\ny = x^2 -> 9\n```\n\n"
        "```python\nprint(1)\n```\n~~~calc\ndy/dx -> 6\n~~~\nThe end -> .\n"
    )
    sheet = Worksheet.parse(text)
    assert [(j.quantity, j.line) for j in sheet.check().lines] == [("y", 7), ("dy/dx", 14)]
    assert str(sheet.blank()).count("?") == 2


def test_a_working_is_judged_by_the_true_derivative():
    head = "x = 0.5\nw = 0.8\nt = 1\nC = ½(w*x - t)²\n"
    right = verdicts(head + "dC/dw = (w*x - t)*x -> -0.3")
    assert set(right.values()) == {"exact"}
    report = Worksheet.parse(head + "dC/dw = (t - w*x)*x -> 0.3").check()
    assert [line.verdict.value for line in report.lines] == ["wrong", "carried on"]
    assert report.first_wrong.kind == "working"
    assert report.first_wrong.slips[0].key == "sign"


@pytest.mark.parametrize("name", ["c = b", "c = 1*b", "b"])
def test_another_name_for_a_wrong_number_is_no_mistake_of_its_own(name):
    report = Worksheet.parse(f"a = 2\nb = 3*a -> 7.00\n{name} -> 7.00").check()
    assert [line.verdict.value for line in report.lines] == ["wrong", "carried on"]
    assert report.lines[1].follows == 7
    again = Worksheet.parse(f"a = 2\nb = 3*a -> 7.00\n{name} -> 8.00").check()
    assert [line.verdict.value for line in again.lines] == ["wrong", "wrong"]


def test_a_gradient_under_another_name_follows_from_what_was_written():
    sheet = "y = 0.8\nz = 0.392\nC = ½(z - y)²\ndC/dz -> -0.816\ndb = dC/dz -> -0.816"
    report = Worksheet.parse(sheet).check()
    assert [line.verdict.value for line in report.lines] == ["wrong", "carried on"]
    assert "You get exactly −0.816 if you lose the ½ in front of the square" in str(report)
    assert str(report).endswith(
        "0 of 2 numbers are right, 1 follows from your earlier numbers, 1 wrong."
    )


def test_a_name_for_a_gradient_is_that_gradient_for_what_follows():
    sheet = "y = 0.8\nz = 0.5\nw = 2\nu = w*z\nC = ½(u - y)²\nδ = dC/du -> 0.40\ndC/dz -> 0.80"
    report = Worksheet.parse(sheet).check()
    assert [line.verdict.value for line in report.lines] == ["wrong", "carried on"]


def test_a_factor_that_looks_like_one_over_m_does_not_stop_the_search():
    for factor in ("0.1", "0.25", "0.05", "1/3"):
        report = Worksheet.parse(f"x = 2\ny = {factor}*x\ndy/dx -> 7.31").check()
        assert report.first_wrong.quantity == "dy/dx"


def test_an_input_of_a_new_step_reaches_all_that_rests_on_it():
    text = """x = 1
w = 0.5
t = 2
y = w*x -> 0.5
C = (y - t)² -> 2.25
w' = w - 0.1*dC/dw -> 0.8
---
x = 2
t = 3
y -> 1.6
w' = w - 0.1*dC/dw -> 1.36
---
y -> 2.72
w' -> 1.472
"""
    assert {line.verdict.value for line in Worksheet.parse(text).check().lines} == {"exact"}


def test_a_quantity_that_was_stepped_once_keeps_its_value():
    text = "x = 1\nf = 2*x -> 2\nx' = x + 1 -> 2\n---\nf -> 4\n---\nf -> 4\n"
    assert {line.verdict.value for line in Worksheet.parse(text).check().lines} == {"exact"}


ADAM = """w = 0.8
x = 1.3
t = 0.25
m0 = 0
v0 = 0
L = (w*x - t)^2 -> 0.624100
dL/dw -> 2.054000
m1 = 0.9*m0 + (1 - 0.9)*dL/dw -> 0.205400
v1 = 0.999*v0 + (1 - 0.999)*(dL/dw)^2 -> 0.00421892
mh = m1/(1 - 0.9) -> 2.054000
vh = v1/(1 - 0.999) -> 4.218916
w' = w - 0.01*mh/sqrt(vh) -> 0.790000
---
L -> 0.603729
dL/dw -> 2.020200
m2 = 0.9*m1 + (1 - 0.9)*dL/dw -> 0.386880
v2 = 0.999*v1 + (1 - 0.999)*(dL/dw)^2 -> 0.00829591
mh = m2/(1 - 0.9^2) -> 2.036211
vh = v2/(1 - 0.999^2) -> 4.150028
w' = w - 0.01*mh/sqrt(vh) -> 0.780005
"""
MOMENTUM = """w = 0.5
x = 2
t = 3
v0 = 0
C = (w*x - t)^2 -> 4.00
g1 = dC/dw -> -8.00
v1 = 0.9*v0 + g1 -> -8.00
w' = w - 0.05*v1 -> 0.90
---
C -> 1.44
g2 = dC/dw -> -4.80
v2 = 0.9*v1 + g2 -> -12.00
w' = w - 0.05*v2 -> 1.50
---
C -> 0.00
v3 = 0.9*v2 + dC/dw -> -10.80
w' = w - 0.05*v3 -> 2.04
"""


@pytest.mark.parametrize("text", [ADAM, MOMENTUM])
def test_a_running_average_counts_on_from_its_value_in_the_step_before(text):
    report = Worksheet.parse(text).check()
    assert all(line.verdict.right or line.verdict.value == "carried on" for line in report.lines)


def test_a_formula_that_leaves_out_the_correction_of_its_step_is_still_wrong():
    report = Worksheet.parse(ADAM.replace("-> 2.036211", "-> 0.386880")).check()
    assert report.first_wrong.quantity == "mh"
    assert report.first_wrong.slips[0].key == "correction-forgotten"


def test_too_few_digits_truncated_and_blank():
    found = verdicts("x = 0.0042\ny = 1*x -> 0.00\nz = 2/3 -> 0.66\nu = x + 1 -> ?")
    assert found == {
        "y@2": "too few digits to tell",
        "z@3": "truncated",
        "u@4": "blank",
    }


DELTAS = """\
x = 0.5
w = 0.8
v = -1.3
t = 0.9
n = w*x
a = sigmoid(n)
y = v*a
E = ½(t − y)²
dE/dy -> 1.6783
dE/dn -> -0.5242
"""


def test_the_opposite_sign_used_consistently_is_a_convention_reported_once():
    report = Worksheet.parse(DELTAS + "w' = w + 0.5*dE/dn*x -> 0.669\n").check()
    assert report.ok, report
    assert {line.verdict.value for line in report.lines[:2]} == {"opposite sign convention"}
    assert str(report).count("convention of some books") == 1


def test_the_opposite_sign_that_goes_uphill_is_a_mistake():
    report = Worksheet.parse(DELTAS + "w' = w - 0.5*dE/dn*x -> 0.931\n").check()
    assert report.first_wrong.quantity == "dE/dy"
    assert not report.convention


def test_after_a_wrong_step_the_next_step_is_carried_on():
    text = SHEET.replace("-> 0.8265", "-> 0.7735").replace("0.413", "0.38675")
    report = Worksheet.parse(text.replace("-> 0.185", "-> 0.1993")).check()
    assert report.first_wrong.quantity == "w'"
    assert report.first_wrong.slips[0].key == "ascent"
    assert [line.verdict.value for line in report.lines][-2:] == ["carried on"] * 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x = 1\nx = 2", 2, "already defined in line 1"),
        ("x = 1\nx*3", 2, "neither = nor ->"),
        ("x = 1\ndy/dx -> 1", 2, "y is not defined"),
        ("x = 1\ny = 2*x\ndx/dy -> 1", 3, "line 1 gives x as a number, so if it comes from y,"),
        ("a = 2\nb = 3\nq = 6\nL = q*b -> 18\ndL/da -> 3", 5, "line 3 gives q as a number"),
        (
            "a = 2\nb = 3\np = a*b -> 6\nq = 6\nz = 9\nL = q*z -> 54\ndL/da -> 27",
            7,
            "line 4 gives q as a number",  # because p came to the same
        ),
        ("x = [1, 2]\ny = [x[1]*x[2], 0]\ndy/dx -> 1", 3, "of one number"),
        ("x = 1 -> [1, 2]", 1, "a vector of 2"),
        ("x = 1.5 -> 0,5", 1, "this comma has two readings"),
        ("x = [1, 2] -> [1, 2", 1, "is not closed"),
        ("2*x = 2", 1, "x is not defined"),
        ("x = 1 -> ", 1, "expected after ->"),
        ("x = ", 1, "expected after ="),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text, line, words):
    with pytest.raises(WorksheetError, match=words) as caught:
        Worksheet.parse(text).check()
    assert caught.value.line == line


def test_a_sheet_of_two_thousand_lines_is_checked_in_seconds(effort):
    count = 498
    lines = ["x = 0.5", "y = 0.8"]
    for k in range(1, count + 1):
        before = f"a{k - 1}" if k > 1 else "x"
        lines += [f"w{k} = {0.5 + k % 7 / 10}", f"a{k} = tanh(w{k}*{before} + 0.1) -> ?"]
    lines.append(f"C = 1/2*(a{count} - y)^2 -> 0.1")
    for k in range(count, 0, -1):
        lines += [f"dC/dw{k} -> 0.1", f"dC/da{k} -> 0.2"]
    assert len(lines) >= 1995
    assert effort(lambda: str(Worksheet.parse("\n".join(lines)).check())) < 125


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 200_000,
        "x = " + "1" * 1_000_000,
        "x = [" + "1, " * 5000 + "1]\n" + "\n".join(f"y{k} = x*x" for k in range(2000)),
        "x = [" + "1," * 3000 + "1]\ny = outer(x, x)",
        "x = 1 -> " + "[" * 100_000,
        "x = 1 -> 1e99999999",
        "x = 1 -> 1/0",
        "a = [[1,2],[3,4]]\n" + "\n".join(f"a{k + 1} = a{k or ''} @ a{k or ''}" for k in range(60)),
    ],
    ids=lambda text: f"{text[:14]!r} {len(text)}",
)
def test_hostile_sheets_are_refused_soon(text, effort):
    def refused():
        with pytest.raises(WorksheetError):
            Worksheet.parse(text).check()

    assert effort(refused) < 200  # four times what it takes where no coverage is measured


PIECES = (
    *("->", "=", "(", ")", "[", "]", "dC/dw", "∂", "**", "^", "9", "1e300", "-", "'", "---", "?"),
    *("#", "@", "/", "0", "x", "W1", "relu(", "²", "½", ",", "·10^", "e9", "é", "∂C/∂W1[1]"),
    *("max(", "[[1,2],[3,4]]", "log(", ".T", "\x00", "\n", "```calc"),
)


def mutated(rng, lines):
    """Return some lines of a sheet with pieces put in and cut out, or pieces alone."""
    if rng.random() < 0.5:
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 25)))
    text = "\n".join(lines[: rng.randint(1, len(lines))])
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(PIECES) + text[at + rng.randint(0, 3) :]
    return text


def test_fuzzed_sheets_raise_nothing_else(seeds):
    rng, lines = random.Random(4), SHEET.split("\n")
    for _ in seeds(1000):
        text = mutated(rng, lines)
        try:
            sheet = Worksheet.parse(text)
            assert str(sheet) == text
            str(sheet.check())
        except WorksheetError:
            pass


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x = 1\x80"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "sheet.calc"
    path.write_bytes(content)
    with pytest.raises(WorksheetError, match="UTF-8"):
        Worksheet.read(path)


def test_a_fraction_hides_no_quantity():
    report = Worksheet.parse("k = 1/2\nw = 2\nC = k*w^2 -> 2\ndC/dw -> 5.5").check()
    assert report.first_wrong.line == 4 and not report.notes


def test_an_activation_joins_the_neuron_of_its_sum_and_of_nothing_else():
    text = "x = [1, 2]\nW = [[1, 2], [3, 4]]\nz = W x\na = relu(z)\nb = relu(2 z)\nC = sum(a + b)"
    block = {node.label: node.block for node in Graph.of(Worksheet.parse(text).output).nodes}
    assert block["a[1]"] == block["z[1]"] == ("layer 1", "neuron 1")
    assert block["b[1]"] == ()
