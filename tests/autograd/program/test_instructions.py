"""Rows are views that print as NumPy; instructions say which arrays they use."""

import numpy as np

from autograd.program.instructions import Instruction, Rows


def test_rows_are_views_and_print_as_numpy():
    arrays = {"values": np.ones((6, 5)), "shared_scratch": np.zeros((6, 1))}
    matrix = Rows("shared_scratch", 0, 6, 3, True)

    assert Rows("values", 1, 3).of(arrays).base is not None
    assert np.shares_memory(Rows("values", 1, 3).of(arrays), arrays["values"])
    assert matrix.of(arrays).shape == (3, 2)
    assert np.shares_memory(matrix.of(arrays), arrays["shared_scratch"])
    assert (str(Rows("values", 1, 3)), str(matrix)) == (
        "values[1:3]",
        "shared_scratch[0:6].reshape(-1, 3).T",
    )


def test_an_instruction_knows_what_it_reads_and_writes():
    instruction = Instruction("multiply", (Rows("inputs", 0, 1), 2.0), Rows("values", 0, 1))

    assert instruction.uses("inputs")
    assert instruction.uses("values")
    assert not instruction.uses("adjoints")
