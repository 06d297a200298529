"""Every row of the table says what an operation is made of, and its facts fit its formula."""

import itertools
import math

import pytest

from autograd.engine.functions import record
from autograd.engine.operation import FLOATS, OPS
from autograd.engine.ops import CONSTANT, LEAF
from autograd.grading.structure import (
    exponent_of,
    is_difference,
    is_function,
    is_product,
    is_quotient,
    is_sum,
    terms,
)

TABLE = [op for op in OPS.values() if op not in (LEAF, CONSTANT)]
POINTS = (0.3, 0.7, 1.4)  # the domain of every function of one number contains one of these


def recorded(op):
    first = 1.7 if op.name == "acosh" else 0.7
    return record(op, (first, 1.4, 0.3, 0.2)[: op.arity or 4])


def values(function):
    """Return the values of a function at the points of its domain."""
    found = {}
    for x in POINTS:
        try:
            found[x] = function(FLOATS, x)
        except ValueError:
            continue
    return found


def test_every_row_is_of_a_kind_that_the_slips_know(op):
    node = recorded(op)
    is_power = exponent_of(op) is not None or op.rule == "power rule"
    kinds = is_function(node), is_quotient(node), is_power, bool(terms(node))
    is_named = not op.infix and op.arity != 1  # a function of several numbers, such as logsumexp
    assert any(kinds) or op.square or op.kinked or is_named


def test_the_terms_of_a_sum_add_up_to_it(op):
    node = recorded(op)
    if terms(node):
        inputs = [parent.data for parent in node.parents]
        assert math.fsum(term.value(inputs) for term in terms(node)) == pytest.approx(node.data)


def test_rules_are_the_ones_that_the_formulas_have():
    rules = {
        "sum rule": lambda node: is_sum(node) or len(terms(node)) == 1,
        "product rule": is_product,
        "quotient rule": is_quotient,
        "sum rule and product rule": is_product,
    }
    for op in TABLE:
        if op.rule in rules:
            assert rules[op.rule](recorded(op)), op.name
    assert is_difference(recorded(OPS["sub"]))
    assert not is_difference(recorded(OPS["add"]))


def test_facts_about_a_function_are_true_of_its_formula(op):
    if op.arity != 1:
        return
    at = values(op.forward)
    assert at
    if op.definition and op.name != "erfc":  # 1 − erf(x), which floats do not have
        assert values(op.definition) == pytest.approx(at)
    for x, y in at.items():
        if op.inverse:
            assert OPS[op.inverse].forward(FLOATS, y) == pytest.approx(x)
        if op.angle:
            assert op.forward(FLOATS, x + 2 * math.pi) == pytest.approx(y)
        if exponent_of(op):
            assert x ** exponent_of(op) == pytest.approx(y)
    rises = [b - a for a, b in itertools.pairwise(at.values())]
    assert not op.monotone or all(rise * op.monotone >= 0 for rise in rises)


def test_functions_are_confused_with_others_of_the_table():
    for op in TABLE:
        for name in op.confused_with:
            assert OPS[name].arity == op.arity
            assert OPS[name] is not op
