"""The first contribution to an adjoint is written, and only the next ones are added."""

from autograd.program.contributions import ONE, Adjoints, Local
from autograd.program.frame import CallFrame
from autograd.program.instructions import Location, Rows


def written(*contributions):
    """Return the functions of the instructions that contributions to some places make."""
    rows, instructions = {"values": 9, "shared": 9}, []
    adjoints, frame = Adjoints(rows), CallFrame(instructions, rows)
    for places, upstream, local in contributions:
        adjoints.add(places, upstream, local, frame)
    return [i.function for i in instructions], adjoints


V = [Location("values", k) for k in range(9)]
UP = Rows("adjoints", 5, 6)
TWICE = Local("multiply", 2.0)


def test_an_adjoint_that_equals_another_row_is_read_there():
    functions, adjoints = written(([V[0]], UP, ONE))

    assert functions == []
    assert adjoints.read(V[0], 1) == UP


def test_the_second_contribution_is_added():
    assert written(([V[0]], UP, TWICE), ([V[0]], UP, TWICE))[0] == ["multiply", "multiply", "add"]
    assert written(([V[0]], UP, ONE), ([V[0]], UP, ONE))[0] == ["add"]
    assert written(([V[0]], UP, ONE), ([V[0]], UP, Local("multiply", -1.0)))[0] == ["subtract"]
    assert written(([V[0]], UP, Local("divide", Rows("values", 3, 4))))[0] == ["divide"]


def test_places_that_are_scattered_are_added_by_index():
    upstream = Rows("adjoints", 5, 9)
    functions, adjoints = written(([V[0], V[2], V[4], V[1]], upstream, TWICE))

    assert functions == ["multiply", *["copy"] * 2, "scatter_add"]
    assert adjoints.touched == {V[0], V[1], V[2], V[4]}


def test_what_reaches_a_parameter_is_summed_over_the_examples():
    w = [Location("shared", 0)]
    assert written((w, UP, ONE))[0] == ["sum_rows"]
    assert written((w, UP, Local("multiply", Rows("values", 1, 2))))[0] == ["dot_rows"]
    assert written((w, UP, TWICE))[0] == ["sum_rows", "multiply"]
    divided = Local("divide", Rows("values", 1, 2))
    assert written((w, UP, divided))[0] == ["divide", "sum_rows"]


def test_own_rows_are_copied_or_zero():
    rows, instructions = {"values": 9}, []
    adjoints, frame = Adjoints(rows), CallFrame(instructions, rows)
    adjoints.add([V[0]], UP, ONE, frame)
    adjoints.give_own_rows(V[:3], frame)

    assert [(i.function, i.operands[0]) for i in instructions] == [("copy", UP), ("copy", 0.0)]
    assert adjoints.read(V[0], 1) == Rows("adjoints", 0, 1)
