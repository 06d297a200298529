"""Rows of an array in variables, against a list that says for each row where it is."""

import re
from random import Random

from autograd.program.engines.pieces import Pieces


def rows_of(piece):
    """Return the variable and the row in it for each row of a piece, from its text."""
    found = re.fullmatch(r"(\w+)(?:\[(\d+):(\d+)\])?", str(piece))
    name, start, stop = found.groups()
    rows = range(piece.height) if start is None else range(int(start), int(stop))
    return [(name, row) for row in rows]


def test_random_writes_and_reads_agree_with_a_list():
    rng = Random(0)
    for _ in range(60):
        pieces, truth = Pieces(), {}
        for k in range(20):
            start = rng.randrange(12)
            stop = rng.randint(start + 1, 13)
            offset = rng.choice([0, 0, 2])
            height = stop - start + offset + rng.choice([0, 1]) if offset else 0
            pieces.put(start, stop, f"v{k}", offset, height)
            truth.update({row: (f"v{k}", row - start + offset) for row in range(start, stop)})
            a = rng.randrange(12)
            b = rng.randint(a + 1, 13)
            read = pieces.read(a, b)
            assert all(piece.start < piece.stop for piece in read)
            found = [row for piece in read for row in rows_of(piece)]
            assert found == [truth[row] for row in range(a, b) if row in truth]
            wanted = [rng.choice(sorted(truth)) for _ in range(4)]
            for touched, places in (pieces.places(wanted), pieces.holding(wanted)):
                joined = [row for piece in touched for row in rows_of(piece)]
                assert [joined[place] for place in places] == [truth[row] for row in wanted]
            assert all(any(p.start <= row < p.stop for row in wanted) for p in touched)
            assert not [p for p in pieces.all if p.start >= p.stop]
