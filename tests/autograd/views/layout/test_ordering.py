"""Crossing reduction: it finds what can be found by trying everything, and keeps groups whole."""

from itertools import permutations, product
from random import Random

from autograd.views.layout.cells import Cells
from autograd.views.layout.layering import layered
from autograd.views.layout.ordering import follow_wishes, reduce_crossings
from autograd.views.layout.records import Link


def cells_of(sizes, edges, groups=()):
    layers, nesting = layered(len(sizes), edges, groups)
    return Cells([height for _, height in sizes], layers, edges, nesting)


def crossings(cells, layers):
    place = {cell: rank for layer in layers for rank, cell in enumerate(layer)}
    total = 0
    for layer in layers:
        ends = [(place[cell], place[other]) for cell in layer for other in cells.after[cell]]
        total += sum(a < c and b > d for a, b in ends for c, d in ends)
    return total


def fewest(cells):
    return min(
        crossings(cells, layers)
        for layers in product(*(permutations(layer) for layer in cells.columns[::2]))
    )


def test_small_graphs_get_nearly_the_fewest_possible_crossings():
    ours, possible = [], []
    for seed in range(40):
        random = Random(seed)
        pairs = {(random.randrange(4), 4 + random.randrange(4)) for _ in range(9)}
        pairs |= {(4 + random.randrange(4), 8 + random.randrange(3)) for _ in range(7)}
        cells = cells_of([(60, 40)] * 11, [Link(*pair) for pair in sorted(pairs)])
        if all(len(layer) <= 5 for layer in cells.columns[::2]) and len(cells.columns) <= 5:
            possible.append(fewest(cells))
            reduce_crossings(cells)
            ours.append(crossings(cells, cells.columns[::2]))
    assert len(ours) > 20
    assert sum(ours) <= 1.1 * sum(possible)


def test_the_order_stays_a_permutation(geometry):
    cells = cells_of(*geometry.irregular(80, 1))
    before = [sorted(column) for column in cells.columns]
    reduce_crossings(cells)
    assert [sorted(column) for column in cells.columns] == before


def test_far_fewer_crossings_than_at_random(geometry):
    cells = cells_of(*geometry.irregular(150, 2))
    random = Random(0)
    for column in cells.columns:
        random.shuffle(column)
    at_random = crossings(cells, cells.columns[::2])
    reduce_crossings(cells)
    assert crossings(cells, cells.columns[::2]) < 0.15 * at_random


def test_groups_stay_together_and_in_their_order(geometry):
    cells = cells_of(*geometry.network(4, 5, 3))
    reduce_crossings(cells)
    for layer in cells.columns[::2]:
        homes = [cells.home[cell] for cell in layer if cells.home[cell] >= 0]
        assert homes == sorted(homes)


def test_wishes_are_followed_only_where_they_cross_nothing_more(geometry):
    cells = cells_of(*geometry.irregular(80, 3))
    reduce_crossings(cells)
    before = crossings(cells, cells.columns[::2])
    random = Random(1)
    wishes = [random.random() * 1000 for _ in cells.height]
    order = [list(column) for column in cells.columns]
    follow_wishes(cells, wishes)
    assert crossings(cells, cells.columns[::2]) <= before
    assert order != cells.columns
