"""Compiled recorders give, bit for bit, what the rows give."""

import inspect
import math
import struct

import pytest

from autograd.engine import ops
from autograd.engine.functions import constant, record
from autograd.engine.operation import FLOATS
from autograd.engine.recorder import many_recorder, recorder
from autograd.engine.value import Value


def bits(*numbers):
    return struct.pack(f"{len(numbers)}d", *numbers)


def compiled(op, count):
    """Return the compiled recorder of a row as a function of Values."""
    if op.arity is None:
        return lambda *values: many_recorder(op, count, Value)(values)
    return recorder(op, Value)


def made_by_hand(op):
    return "(" in op.name or op.arity == 3  # recorded by `record`, without a source of their own


def test_a_recorder_gives_the_bits_of_the_row(op, samples, domains):
    for count in domains[op.name].counts:
        if made_by_hand(op) or (op.arity is None and not 2 < count <= 64):
            continue
        function = compiled(op, count)
        for x in [p for p in samples(op, number=20) if len(p) == count]:
            values = [Value(v) for v in x]
            node = function(*values)
            y = op.forward(FLOATS, *x)
            assert bits(node.data, *node.partials) == bits(y, *op.partials(FLOATS, y, *x)), x
            assert node.op is op
            assert [id(p) for p in node.parents] == [id(v) for v in values]
            assert (node.grad, node.label) == (0.0, "")
            assert all(type(n) is float for n in (node.data, *node.partials))


def test_record_gives_the_bits_of_the_row_for_any_number_of_parents(op, samples):
    for x in samples(op, number=5):
        y = op.forward(FLOATS, *x)
        node = record(op, x)
        assert bits(node.data, *node.partials) == bits(y, *op.partials(FLOATS, y, *x)), x
        assert len(node.parents) == len(x)


def test_the_source_of_a_recorder_is_the_formula_and_can_be_read_where_it_is_used():
    source = inspect.getsource(Value.__mul__)
    assert "y = u * v" in source
    assert "out._p = v" in source
    assert "out._q = u" in source
    assert "out._p = 1.0" in inspect.getsource(Value.__add__)
    assert Value.__add__.__name__ == "add"


def test_a_recorder_is_compiled_when_it_is_first_used(run_python):
    printed = run_python(
        "from autograd import Value\n"
        "names = ['asin', 'arcsin', '__mul__']\n"
        "print(*[type(vars(Value)[name]).__name__ for name in names])\n"
        "print(Value(0.5).arcsin().op.name, (Value(2.0) * 3).data)\n"
        "print(*[type(vars(Value)[name]).__name__ for name in names], Value.asin is Value.arcsin)"
    )
    before, results, after = printed.splitlines()
    assert before.split() == ["RecordedMethod"] * 3
    assert results == "asin 6.0"
    assert "RecordedMethod" not in after and after.endswith("True")


def test_a_recorder_takes_numbers_as_constants():
    node = Value(2.0) * 3
    assert [parent.op for parent in node.parents] == [ops.LEAF, ops.CONSTANT]
    assert constant(3).data == 3.0


def test_recorders_refuse_a_result_that_overflows():
    with pytest.raises(OverflowError, match=r"exp\(1000\.0\): the result overflows"):
        Value(1000.0).exp()
    with pytest.raises(OverflowError, match="square"):
        Value(1e200).square()
    with pytest.raises(OverflowError, match="sum"):
        record(ops.SUM, [1e308, 1e308, 1e308])
    with pytest.raises(OverflowError, match="dot"):
        record(ops.DOT, [1e200, 1.0, 1e200, 1.0])


@pytest.mark.parametrize(
    ("make", "partials"),
    [
        (lambda: Value(0.0).sqrt(), (math.inf,)),
        (lambda: Value(0.0) ** 0.5, (math.inf,)),
        (lambda: Value(1.0) / Value(1e-200), (1e200, -math.inf)),
        (lambda: Value(1.0).asin(), (math.inf,)),
    ],
)
def test_a_slope_that_is_not_finite_is_recorded(make, partials):
    assert make().partials == partials


@pytest.mark.parametrize("count", [1, 2, 3, 64, 65, 100])
def test_sums_of_any_length_refuse_to_overflow(count):
    with pytest.raises(OverflowError, match="overflows"):
        record(ops.DOT, [1e200] * (2 * count))
    with pytest.raises(OverflowError, match="overflows"):
        record(ops.make_leaky_relu(1e300), [-1e100])
    with pytest.raises(OverflowError, match="overflows"):
        record(ops.make_power(1.5), [1e300])
