"""The table of slips: whoever makes one is told which, and is not blamed for what follows."""

import math
from pathlib import Path

import pytest

from autograd import Worksheet
from autograd.grading.counterfactual import Bench
from autograd.grading.grader import Marker
from autograd.grading.lines import Answer, read_lines
from autograd.grading.scope import labels
from autograd.grading.slips.search import SLIPS
from autograd.grading.written import Written

NETWORKS = sorted((Path(__file__).parents[1] / "networks").glob("*.calc"))
MOST_PER_ROW = 2  # instances, each in another network


# --- a writer who makes one slip and then goes on rightly -----------------------------------------


def written(shape, numbers):
    texts = [f"{x:#.6g}" for x in numbers]
    if len(shape) < 2:
        return f"[{', '.join(texts)}]" if shape else texts[0]
    rows = [", ".join(texts[k : k + shape[1]]) for k in range(0, len(texts), shape[1])]
    return f"[{', '.join(f'[{row}]' for row in rows)}]"


class Writer:
    """Fills the blanks of a sheet, each number computed from those he wrote before, 6 digits."""

    def __init__(self, text, slip=None, place=-1):
        self.text, self.slip, self.place = text, slip, place
        self.marker = Marker()
        self.made = None

    def write(self):
        """Return the solved sheet."""
        out, place = self.text.split("\n"), -1
        for line in read_lines(self.text):
            if line.kind == "step":
                self.marker.book.next_step()
            elif line.kind == "calculation":
                asked = self.marker._asked(line)
                if line.answer:
                    place += 1
                    text = self.answer(asked, line, place == self.place)
                    out[line.source.line - 1] = line.source.text.replace("?", text)
        return "\n".join(out)

    def answer(self, asked, line, slips):
        names = labels(asked.name, asked.cells)
        numbers = []
        for k, name in enumerate(names):
            x = self.marker._allowed(asked, k)[0].middle
            x = x if math.isfinite(x) else asked.cells.items[k].data
            numbers.append(self.slipped(asked, k, name, x) if slips and not self.made else x)
        text = written(asked.cells.shape, numbers)
        items = tuple(Written.read(f"{x:#.6g}") for x in numbers)
        self.marker.answer(asked, Answer(asked.cells.shape, items, 0), line.source)
        return text

    def slipped(self, asked, k, name, right):
        index = list(asked.cells.indices)[k]
        cell = asked.cells.items[k]
        called = name if asked.sweep else asked.name
        bench = Bench(self.marker.book, cell, asked.sweep, called, index)
        if (self.slip.kind == "gradient") != bench.is_gradient:
            return right
        for edit in self.slip.edits(bench):
            wrong = bench.predict((edit,), bench.bases[0])
            if math.isfinite(wrong) and abs(wrong - right) > 0.004 * max(abs(right), 1e-3):
                self.made = name
                return wrong
        return right


def instances(slip):
    """Yield sheets with this slip, each of another network, and where it was made."""
    for path in NETWORKS:
        text = path.read_text()
        for place in range(text.count("?")):
            writer = Writer(text, slip, place)
            sheet = writer.write()
            if writer.made:
                yield sheet, writer.made
                break


@pytest.fixture(scope="module")
def outcomes():
    """For every row: its instances, with what was said about each."""
    found = {}
    for slip in SLIPS:
        row = found.setdefault((slip.kind, slip.key), [])
        for sheet, made in instances(slip):
            report = Worksheet.parse(sheet).check()
            row.append((sheet, made, report))
            if len(row) == MOST_PER_ROW:
                break
    return found


def test_every_row_has_instances_in_two_networks(outcomes):
    assert {key: len(row) for key, row in outcomes.items() if len(row) < 2} == {}


def test_the_first_wrong_line_is_found_and_no_consequence_is_blamed(outcomes):
    for (_, key), row in outcomes.items():
        for sheet, made, report in row:
            blamed = [line.quantity for line in report.lines if line.verdict.blamed]
            assert blamed == [made], f"{key}\n{sheet}\n{report}"


def test_the_right_slip_is_listed_always_and_first_in_four_of_five(outcomes):
    first = total = 0
    for (_, key), row in outcomes.items():
        for sheet, _, report in row:
            keys = [slip.key for slip in report.first_wrong.slips]
            assert key in keys, f"{key} not in {keys}\n{sheet}\n{report}"
            total += 1
            first += keys[0] == key
    assert total >= 2 * len(SLIPS)
    assert first >= 0.8 * total


def test_no_slip_is_named_on_a_right_line(outcomes):
    for row in outcomes.values():
        for _, _, report in row:
            assert all(line.verdict.blamed for line in report.lines if line.slips)


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_without_a_slip_nothing_is_wrong(path):
    report = Worksheet.parse(Writer(path.read_text()).write()).check()
    assert report.ok, report
    assert not any(line.slips for line in report.lines)


# --- slips computed here, by hand formulas and not by the table -----------------------------------


def sigma(z):
    return 1 / (1 + math.exp(-z))


X, W, B, V, T = 0.35, 0.8, 0.1, -1.3, 0.9
Z = W * X + B
A = sigma(Z)
N = V * A
Y = sigma(N)
ERROR = Y - T
D2 = ERROR * Y * (1 - Y)
D1 = D2 * V * A * (1 - A)
HEAD = f"""x = {X}
w = {W}
b = {B}
v = {V}
t = {T}
z = w*x + b -> {Z:.5f}
a = sigmoid(z) -> {A:.5f}
n = v*a -> {N:.5f}
y = sigmoid(n) -> {Y:.5f}
C = ½(y - t)² -> {ERROR * ERROR / 2:.6f}
"""


@pytest.mark.parametrize(
    ("quantity", "number", "key"),
    [
        ("dC/dy", -ERROR, "sign"),
        ("dC/dy", 2 * ERROR, "two-doubled"),
        ("dC/dn", ERROR, "f-prime-forgotten"),
        ("dC/dn", ERROR * Y, "f-for-f-prime"),
        ("dC/dn", ERROR * sigma(Y) * (1 - sigma(Y)), "f-prime-at-a"),
        ("dC/dn", ERROR * N * (1 - N), "f-prime-formula-at-z"),
        ("dC/dn", ERROR * Y * (1 - Y) * (1 - Y * (1 - Y)), "squashed-twice"),
        ("dC/dn", ERROR * (Y * (1 - Y)) ** 2, "f-prime-twice"),
        ("dC/dv", D2, "input-dropped"),
        ("dC/dv", A, "upstream-dropped"),
        ("dC/da", D2, "weight-dropped"),
        ("dC/dw", D1, "input-dropped"),
        ("dC/db", D1 * X, "bias-times-input"),
        ("v' = v - 0.7*dC/dv", V + 0.7 * D2 * A, "ascent"),
        ("v' = v - 0.7*dC/dv", V - D2 * A, "rate-forgotten"),
        ("v' = v - 0.7*dC/dv", V - 0.49 * D2 * A, "rate-twice"),
        ("sigmoid(z)", Z, "activation-forgotten"),
        ("sigmoid(z)", sigma(A), "activation-twice"),
        ("ln(y) + 2", math.log10(Y) + 2, "log10"),
        ("sin(z + 1)", math.sin(math.radians(Z + 1)), "degrees"),
    ],
)
def test_a_slip_computed_by_hand_is_named(quantity, number, key):
    report = Worksheet.parse(f"{HEAD}{quantity} -> {number:.6g}").check()
    assert report.first_wrong, report
    assert report.first_wrong.line == 11
    assert report.first_wrong.slips[0].key == key, report


def test_two_slips_together_are_found_only_when_one_does_not_fit():
    report = Worksheet.parse(f"{HEAD}dC/dn -> {-ERROR * Y:.6g}").check()
    assert report.first_wrong.slips[0].key == "sign+f-for-f-prime"


def test_when_no_slip_fits_the_right_working_is_shown():
    report = Worksheet.parse(f"{HEAD}dC/dn -> 7.7777").check()
    assert report.first_wrong.slips == ()
    assert "No known slip gives this number" in str(report)
    assert "∂C/∂n = ∂C/∂y · y·(1 − y)" in report.first_wrong.working


def test_a_right_working_says_nothing_twice():
    working = Worksheet.parse("r = 2/3 -> 0.65").check().first_wrong.working
    assert working == "r = 2/3 = 0.666667"


def test_an_updated_weight_used_while_going_back_is_named():
    new = V - 0.7 * D2 * A
    text = f"""{HEAD}dC/dn -> {D2:.7f}
dC/dv -> {D2 * A:.7f}
v' = v - 0.7*dC/dv -> {new:.6f}
dC/da -> {D2 * new:.7f}
dC/dz -> {D2 * new * A * (1 - A):.7f}"""
    report = Worksheet.parse(text).check()
    assert report.first_wrong.quantity == "dC/da"
    assert report.first_wrong.slips[0].key == "updated-weight"
    assert report.lines[-1].verdict.value == "carried on"


@pytest.mark.parametrize("number", ["0.0542", "0.542", "0.0452"])
def test_slips_of_the_pen(number):
    x = 0.0524 if number == "0.0542" else 0.0542 if number == "0.542" else 0.0425
    report = Worksheet.parse(f"x = {x}\ny = 1*x\nz = y + 0\nz -> {number}").check()
    assert report.first_wrong.slips[-1].key in ("digits", "point")
