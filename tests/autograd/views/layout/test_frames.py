"""Frame sides as unknowns: after parting, every constraint holds."""

from random import Random

from autograd.views.layout.cells import Cells
from autograd.views.layout.frames import Below, Sides
from autograd.views.layout.layering import layered
from autograd.views.layout.ordering import reduce_crossings


def sides_of(graph):
    sizes, edges, groups = graph
    layers, nesting = layered(len(sizes), edges, groups)
    cells = Cells([height for _, height in sizes], layers, edges, nesting)
    reduce_crossings(cells)
    cells.open_gaps()
    return cells, Sides(cells)


def test_parting_fulfils_every_constraint_wherever_the_cells_were(geometry):
    cells, sides = sides_of(geometry.network(3, 3, 2))
    random = Random(0)
    for _ in range(5):
        y = [random.uniform(-300, 300) for _ in cells.height]
        assert sides.part(y)
        at = {**dict(enumerate(y)), **sides.side}
        for chain in sides.chains:
            assert chain
            for upper, lower, distance in chain:
                assert at[lower] - at[upper] >= distance - 1e-9


def test_cells_that_are_apart_already_stay(geometry):
    cells, sides = sides_of(geometry.network(2, 2))
    y = [0.0] * len(cells.height)
    sides.part(y)
    again = list(y)
    sides.part(again)
    assert max(abs(one - two) for one, two in zip(y, again, strict=True)) < 1e-9


def test_contradictory_constraints_move_nothing(geometry):
    cells, sides = sides_of(geometry.network(2, 2))
    sides.chains.append([Below(0, 1, 5.0), Below(1, 0, 5.0)])
    y = [0.0] * len(cells.height)
    assert not sides.part(y)
    assert set(y) == {0.0}


def test_clipping_keeps_cells_inside_their_frames(geometry):
    cells, sides = sides_of(geometry.network(2, 2))
    y = [0.0] * len(cells.height)
    sides.part(y)
    for number, column in enumerate(cells.columns):
        far = [10_000.0 + total for total in range(len(column))]
        for cell, clipped in zip(column, sides.clip(number, far), strict=True):
            for group in cells.nesting.lineage[cells.home[cell]]:
                assert clipped < sides.side[sides.bottom(group)]
