"""Groups inside groups."""

from autograd.views.layout.nesting import NONE, Nesting
from autograd.views.layout.records import Group

GROUPS = [Group((0,)), Group((1, 2), 0), Group((3,), 0), Group((4,))]


def test_lineages_run_from_the_outermost_group_inwards():
    nesting = Nesting(6, GROUPS)
    assert nesting.lineage == [(0,), (0, 1), (0, 2), (3,), ()]
    assert nesting.home == [0, 1, 1, 2, 3, NONE]
    assert nesting.inside == [1, 0, 0, 0]


def test_two_homes_part_at_the_outermost_groups_they_do_not_share():
    nesting = Nesting(6, GROUPS)
    assert nesting.parting(1, 2) == (1, 2)
    assert nesting.parting(1, 3) == (0, 3)
    assert nesting.parting(0, 1) == (NONE, 1)
    assert nesting.parting(NONE, 2) == (NONE, 0)
    assert nesting.parting(2, 2) == (NONE, NONE)


def test_members_of_a_dropped_group_belong_to_the_one_around_it():
    nesting = Nesting(6, GROUPS, frozenset({1, 3}))
    assert nesting.home == [0, 0, 0, 2, NONE, NONE]
    assert nesting.kept == (0, 2)
