"""Rows are used again as soon as they have been read, and never while they are needed."""

import random

import numpy as np

from autograd.program.binding import Views, bind
from autograd.program.instructions import Instruction, Rows
from autograd.program.liveness import recycle


def row(k, array="scratch"):
    return Rows(array, k, k + 1)


def chain(length):
    """scratch[k + 1] = scratch[k] + 1, and the last one to values."""
    steps = [Instruction("add", (row(k), 1.0), row(k + 1)) for k in range(length)]
    return [
        Instruction("copy", (0.0,), row(0)),
        *steps,
        Instruction("copy", (row(length),), row(0, "values")),
    ]


def test_the_numbers_of_a_chain_take_turns_in_two_rows():
    instructions, _, count = recycle(chain(50), "scratch")

    assert count == 2
    assert not any(i.out in i.operands for i in instructions)


def test_rows_held_from_the_start_keep_their_place_until_they_are_read():
    before = [
        Instruction("copy", (1.0,), row(1)),
        Instruction("add", (row(7), row(1)), row(2)),
        Instruction("copy", (row(2),), row(3)),
    ]
    after, place, count = recycle(before, "scratch", held=[7])

    assert after[0].out.start != place[7]
    assert after[1].operands[0] == row(place[7])
    assert after[2].out.start in (place[7], place[1])
    assert count == 3


def carried_out(instructions, rows):
    arrays = {"scratch": np.full((rows, 3), np.nan), "values": np.zeros((8, 3))}
    for instruction in instructions:
        bind(instruction, Views(arrays))()
    return arrays["values"]


def test_random_programs_give_the_same_with_fewer_rows():
    for seed in range(50):
        rng = random.Random(seed)
        instructions, blocks, start = [], [], 0
        for _ in range(40):
            length = rng.choice([1, 1, 3])
            same = [b for b in blocks[-6:] if len(b) == length]
            out = Rows("scratch", start, start + length)
            operands = tuple(rng.choice(same) if same else 0.5 for _ in range(2))
            if same:
                instructions.append(Instruction("add", operands, out))
            else:
                instructions.append(Instruction("copy", (rng.uniform(0.9, 1.1),), out))
            blocks.append(out)
            start += length
        ends = [b for b in blocks[-6:] if len(b) == 1]
        instructions += [Instruction("copy", (b,), row(k, "values")) for k, b in enumerate(ends)]
        again, _, count = recycle(instructions, "scratch")

        assert count < start / 2
        np.testing.assert_array_equal(carried_out(again, count), carried_out(instructions, start))
