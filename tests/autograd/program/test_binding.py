"""The few functions that NumPy does not have with an `out`, and views of rows."""

import numpy as np
import pytest

from autograd.program.binding import Views, bind, bind_past_zeros, call_text, scatter_add
from autograd.program.instructions import Instruction, Rows


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    return {
        "values": rng.normal(size=(6, 5)),
        "adjoints": rng.normal(size=(6, 5)),
        "shared_scratch": np.zeros((6, 1)),
    }


def carry_out(arrays, function, *operands, out):
    bind(Instruction(function, operands, out), Views(arrays))()


@pytest.mark.parametrize("rows", [(0, 2, 4), (1, 1, 3), (5, 0, 5, 0, 5), (3,)])
def test_scatter_adds_repeated_rows_as_often_as_they_occur(arrays, rows):
    expected = arrays["adjoints"].copy()
    np.add.at(expected, list(rows), arrays["values"][: len(rows)])
    by_itself = arrays["adjoints"].copy()
    scatter_add(arrays["values"][: len(rows)], np.array(rows), by_itself)
    source = Rows("values", 0, len(rows))
    carry_out(arrays, "scatter_add", source, rows, out=Rows("adjoints", 0, 6))

    np.testing.assert_allclose(arrays["adjoints"], expected, atol=1e-14)
    np.testing.assert_allclose(by_itself, expected, atol=1e-14)


def test_the_helpers_write_what_numpy_gives(arrays):
    v, g = arrays["values"].copy(), arrays["adjoints"].copy()
    arrays |= {"masks": v[:2] > 0, "scratch": np.zeros((2, 5))}
    out = Rows("scratch", 0, 2)

    carry_out(arrays, "copy", -1.0, out=out)
    carry_out(arrays, "copy_where", Rows("masks", 0, 2), Rows("values", 0, 2), out=out)
    np.testing.assert_array_equal(arrays["scratch"], np.where(v[:2] > 0, v[:2], -1.0))
    carry_out(arrays, "take", Rows("values", 0, 6), (4, 1), out=out)
    np.testing.assert_array_equal(arrays["scratch"], v[[4, 1]])
    carry_out(arrays, "copy", 7.0, out=out)
    np.testing.assert_array_equal(arrays["scratch"], 7.0)
    carry_out(arrays, "sum_columns", Rows("values", 0, 6), out=Rows("scratch", 0, 1))
    np.testing.assert_allclose(arrays["scratch"][0], v.sum(axis=0))
    carry_out(arrays, "sum_rows", Rows("values", 0, 6), out=Rows("shared_scratch", 0, 6))
    np.testing.assert_allclose(arrays["shared_scratch"][:, 0], v.sum(axis=1))
    carry_out(
        arrays,
        "dot_rows",
        Rows("values", 0, 6),
        Rows("adjoints", 0, 6),
        out=Rows("shared_scratch", 0, 6),
    )
    np.testing.assert_allclose(arrays["shared_scratch"][:, 0], (v * g).sum(axis=1))


@pytest.mark.parametrize(
    "function", ["maximum", "minimum", "add", "multiply", "subtract", "divide", "power"]
)
def test_numpys_own_functions_take_their_out_without_a_warning(arrays, function):
    v, g = np.abs(arrays["values"]) + 1, np.abs(arrays["adjoints"]) + 1
    arrays |= {"values": v, "adjoints": g, "scratch": np.zeros((6, 5))}
    whole = Rows("values", 0, 6), Rows("adjoints", 0, 6)
    carry_out(arrays, function, *whole, out=Rows("scratch", 0, 6))

    np.testing.assert_array_equal(arrays["scratch"], getattr(np, function)(v, g))


def test_what_is_printed_is_what_is_run(arrays):
    arrays["scratch"] = np.zeros((2, 5))
    for function, operands in (
        ("take", (Rows("values", 0, 6), (4, 1))),
        ("sum_columns", (Rows("values", 0, 2),)),
        ("maximum", (Rows("values", 0, 2), Rows("adjoints", 0, 2))),
        ("subtract", (Rows("values", 0, 2), Rows("adjoints", 0, 2))),
    ):
        out = Rows("scratch", 0, 1 if function == "sum_columns" else 2)
        carry_out(arrays, function, *operands, out=out)
        bound = arrays["scratch"].copy()
        written = [f"np.array({o})" if isinstance(o, list) else str(o) for o in operands]
        written = [w if "[" in w else f"np.array({w})" for w in written]
        exec(call_text(function, len(operands)).format(*written, out=out), {"np": np} | arrays)
        np.testing.assert_array_equal(arrays["scratch"], bound)


@pytest.mark.parametrize("function", ["multiply", "divide", "dot_rows"])
def test_an_adjoint_of_zero_passes_back_zero_whatever_the_slope(function):
    arrays = {
        "adjoints": np.array([[0.0, 2.0, 0.0]]),
        "scratch": np.array([[np.nan if function == "divide" else np.inf, 4.0, 1.0]]),
        "values": np.zeros((1, 3)),
        "shared_adjoints": np.zeros((1, 1)),
    }
    out = Rows("shared_adjoints" if function == "dot_rows" else "values", 0, 1)
    operands = Rows("adjoints", 0, 1), Rows("scratch", 0, 1)
    with np.errstate(all="ignore"):
        bind_past_zeros(Instruction(function, operands, out, passes_back=True), Views(arrays))()
    wanted = {"multiply": [[0.0, 8.0, 0.0]], "divide": [[0.0, 0.5, 0.0]], "dot_rows": [[8.0]]}
    assert arrays[out.array].tolist() == wanted[function]
