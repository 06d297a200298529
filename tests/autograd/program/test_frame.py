"""A frame hands out temporary rows, and gathers operands by slices or by index."""

from autograd.program.frame import CallFrame
from autograd.program.instructions import Location, Rows


def test_temporary_rows_last_for_one_frame():
    rows = {}
    first, second = CallFrame([], rows), CallFrame([], rows)
    first.scratch(3, shared=False)

    assert first.scratch(2, shared=False) == Rows("scratch", 3, 5)
    assert second.scratch(1, shared=False) == Rows("scratch", 0, 1)
    assert second.scratch(1, shared=True) == Rows("shared_scratch", 0, 1)
    assert rows == {"scratch": 5, "shared_scratch": 1}


def test_few_runs_are_copied_and_many_are_taken_by_index():
    instructions = []
    frame = CallFrame(instructions, {})
    frame.gather([Location("values", k) for k in (1, 2, 7)], frame.scratch(3, shared=False))
    frame.gather([Location("values", k) for k in (1, 3, 7)], frame.scratch(3, shared=False))
    mixed = [Location("values", 1), Location("inputs", 3), Location("values", 7)]
    frame.gather(mixed, frame.scratch(3, shared=False))

    assert [i.function for i in instructions] == ["copy", "copy", "take", "copy", "copy", "copy"]
    assert instructions[2].operands == (Rows("values", 0, 8), (1, 3, 7))
