"""Cells: one per column on an edge's way, in the right group, and few enough."""

from itertools import pairwise

from autograd.views.layout.cells import Cells
from autograd.views.layout.layering import layered
from autograd.views.layout.records import Link


def cells_of(sizes, edges, groups=()):
    layers, nesting = layered(len(sizes), edges, groups)
    return Cells([height for _, height in sizes], layers, edges, nesting)


def test_a_path_passes_every_column_between_its_ends(geometry):
    sizes, edges = geometry.irregular(50, 1)
    cells = cells_of(sizes, edges)
    for path in cells.paths:
        assert all(cells.column[q] - cells.column[p] == 2 for p, q in pairwise(path))
    cells.open_gaps()
    for edge, path in zip(edges, cells.paths, strict=True):
        assert (path[0], path[-1]) == edge[:2]
        assert all(cells.column[q] - cells.column[p] == 1 for p, q in pairwise(path))


def test_every_label_has_its_cell_in_the_gap_before_the_head(geometry):
    sizes, edges = geometry.irregular(50, 2)
    cells = cells_of(sizes, edges)
    cells.open_gaps()
    for number, edge in enumerate(edges):
        cell = cells.label_of[number]
        assert cells.height[cell] == edge.height
        assert cells.column[cell] == cells.column[edge.head] - 1
        assert cells.paths[number][-2] == cell


def test_each_cell_stands_once_in_its_column(geometry):
    cells = cells_of(*geometry.irregular(50, 3))
    cells.open_gaps()
    found = [(cell, number) for number, column in enumerate(cells.columns) for cell in column]
    assert sorted(found) == list(enumerate(cells.column))


def test_an_edge_into_a_neuron_passes_its_weights_inside_the_neuron(geometry):
    sizes, edges, groups = geometry.network(1, 2)
    cells = cells_of(sizes, edges, groups)
    for edge, path in zip(edges, cells.paths, strict=True):
        assert all(cells.home[cell] == cells.home[edge.head] for cell in path[1:-1])


def test_the_number_of_cells_is_bounded():
    """A chain of n with a variable used at every step has n²/2 pieces of edges, but few cells."""
    edges = [Link(n, n + 1) for n in range(1, 1999)] + [Link(0, n) for n in range(2, 2000)]
    cells = cells_of([(60, 40)] * 2000, edges)
    assert len(cells.height) < 20_000
    assert cells.far and all(edges[number].tail == 0 for number in cells.far)
