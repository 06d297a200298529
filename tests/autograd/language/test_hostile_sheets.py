"""Sheets that fuzzing found to be slow or too deep: each ends in a report or in an error."""

import contextlib

import pytest

from autograd import Worksheet, WorksheetError

HOSTILE = [
    "y = " + "x'=" * 100_000,
    "x = 1\n" + "\t" * 100_000,
    "x = 1\n" + "\t" * 20_000 + "# 1",
    "y = a" + " " * 50_000 + "# 3",
    "a=b " * 20_000 + "# x",
    "a = b label" + "\t" * 50_000,
    "for a in" * 20_000 + ":",
    "| a | 1 |\n" * 3_000,
    "t = 1\n" * 3_000,
    "x = 1\ny = " + "np." * 5_000 + "x",
    "y = " + "\\underbrace{" * 2_000,
    "y = " + "\\begin{cases}" * 2_000,
    "y = " + "1[x>" * 3_000,
    "y = " + "sum_i " * 3_000,
    "y = " + "\\frac" * 3_000,
    "{}{->\n```\n}",
    "y = " + "[" * 40 + "1 + 1" + "] + 1" * 40,
    "x = 1\ny = " + "x if x > 0 else " * 3_000 + "x",
    "f(x) = " + "f(" * 40 + "x" + ")" * 40 + "\nx = 1\ny = f(x)",
    "f(x) = g(x)\ng(x) = f(x)\nx = 1\ny = f(x)",
    "f(x) = sin(x)\ng(x) = " + "f(" * 45 + "x" + ")" * 45 + "\nh(x) = " + "g(" * 45 + "x" + ")" * 45
    + "\nx = 1\ny = h(x)",
    "\\" * 100_000,
    "\n".join(f"x{i}^2 = 4" for i in range(5_000)),
    # formulas in reverse order, which wait for each other
    "\n".join(f"y{i} = y{i + 1} + 1" for i in range(2_000)) + "\ny2000 = 1",
    # a wrong sum of too many numbers to be computed again with a slip
    "\n".join(f"x{i} = 0.1" for i in range(2_100))
    + "\ny = " + " + ".join(f"x{i}" for i in range(2_100)) + " -> 17.123",
    # a wrong number for every class of a softmax, each judged by rounding the same sum
    "z = [" + ", ".join(["0.1"] * 250) + "]\np = softmax(z) -> [" + ", ".join(["0.002"] * 250)
    + "]\nL = -ln(p[1])\ndL/dz -> [" + ", ".join(["0.02"] * 250) + "]",
    # a quadratic number of results that rest on a changed one
    "\n".join(["x0 = 2", *(f"x{i + 1} = x{i} + 0.1" for i in range(2_000))])
    + "\n" + "\n".join(f"x{i} -> {2 + i / 10:.1f}" for i in range(1, 2_000)),
    # single numbers that no line computes, among which the inputs of an activation are looked for
    "\n".join(f"z{i} = 0.37{i}5" for i in range(2_000))
    + "\n" + "\n".join(f"out{i} = 0.59{i}27" for i in range(2_000)),
    # long lists, whose gradients are all of one given name
    "x = [" + ", ".join(["0.1"] * 4_000) + "]\ny = sum(x^2) -> 40\ndy/dx -> ["
    + ", ".join(["0.2"] * 4_000) + "]",
    # wrong gradients with long paths
    "x0 = 2\n" + "\n".join(f"x{i + 1} = tanh(x{i}) -> 0.5" for i in range(900))
    + "\n" + "\n".join(f"dx900/dx{i} -> 0.01" for i in range(900)),
    # patterns for numbers between bars, headings of tables, lists, printed lines and \\over
    "a = |" + "1," * 30 + "1 x",
    "a " + "| bcdefgh " * 20 + "| =",
    " " * 30_000 + "| a",
    "a = b = " + "12, " * 40 + "x",
    "a = b = 1, 2, 3" + " " * 20_000 + "x",
    "x = " + "1" * 20_000 + "y",
    'a = 1\nprint(f"x' + "{a}" * 6 + '")\nx' + "1" * 40 + "y",
    "y = {" + "\\over " * 20_000,
    "a = [" + ";" * 50_000,
    "\n".join(f"x{i} = {i}      y{i} = z{i} + 1" for i in range(1_000)),
    "I have f(x) = w2*x + b2" + ", with w1=2, b1=-1, w2=32 + b2" * 600 + ", w2=3, b2=0.5 and x=1",
]  # fmt: skip


LIMIT = 125  # 5 seconds, in the units of `effort`


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: f"{text[:24]!r}… {len(text)}")
def test_a_hostile_sheet_ends_soon_in_a_report_or_an_error(text, effort):
    def read():
        with contextlib.suppress(WorksheetError):
            str(Worksheet.parse(text).check())

    assert effort(read) < LIMIT
