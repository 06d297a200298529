"""All ways of computing a graph agree, second derivatives included; see `agreement` for the ways.

``python tests/autograd/agreement.py 20000`` is the same at length.
"""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

SEEDS = range(120)


@pytest.fixture(scope="module")
def agreement(load_module):
    return load_module(Path(__file__).with_name("agreement.py"))


def test_recorded_differentiated_compiled_and_in_the_browser_numbers_agree(
    agreement, optional, tmp_path
):
    compared, worst = agreement.run(SEEDS, optional("node"), tmp_path)
    assert compared > 100
    assert worst[0][0] < agreement.TOLERANCE, worst[:5]


def test_the_graphs_use_every_operation_and_take_both_sides_of_kinks(agreement):
    uses, both = Counter(), Counter()
    for seed in range(1200):
        case = agreement.make(Random(seed))
        if case is None:
            continue
        uses.update(op.name for op, _ in case.steps)
        sides = [
            tuple(
                node.partials if not node.op.family.startswith(("greater", "less")) else node.data
                for node in nodes_of(agreement, case, data)
                if node.op.kinked
            )
            for data in case.columns
        ]
        both[len(set(sides)) > 1] += 1
    assert min(uses[op.name] for op in agreement.ROWS) >= 10
    assert both[True] > 150


def nodes_of(agreement, case, data):
    return agreement.all_nodes(case.record(data)[1])
