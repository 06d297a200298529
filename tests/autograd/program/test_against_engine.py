"""The main promise: a program gives what the scalar engine gives, example by example.

Every graph is recorded and swept anew for each example by the engine; values, parameter gradients
and input gradients of the program must agree to 1e-12 of the sizes of what is added up. How the
numbers that no program could give so well are told is in `random_graphs.tolerances`.
"""

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd import Graph, compile  # noqa: A004 - its name, as re.compile has it
from autograd.engine.topological import all_nodes
from autograd.program.planner import Planner

BATCHES = (1, 2, 7, 33)
PLANS = {"groups": (33, 1), "rows": (2, 33)}  # batches that shrink and that grow
SEEDS, PARTS = 250, 10


class Case:
    """A recipe, what the engine says of its examples, and how well that can be known."""

    def __init__(self, random_graphs, rng, kind=None, examples=BATCHES[-1]):
        self.recipe = random_graphs.make(rng, examples, kind)
        self.output, self.inputs, self.parameters = self.recipe.record()
        used = self.recipe.used()
        self.columns = self.recipe.columns[[i in used for i in range(len(self.recipe.columns))]]
        self.engine = random_graphs.answers(self.recipe, examples)
        place = {value: k for k, value in enumerate(all_nodes(self.output))}
        given = zip([place[v] for v in self.inputs], self.columns, strict=True)
        wanted = [place[v] for v in (*self.inputs, *self.parameters)]
        self.graph = Graph.of(self.output)
        found = random_graphs.tolerances(self.graph, dict(given), wanted)
        self.near, self.near_gradients = found[0], found[2]
        self.good = np.concatenate([found[1], found[3].ravel()])

    def check(self, batch):
        """Compare one batch of the program with the engine's examples."""
        inputs = len(self.inputs)
        program, part = self.program, slice(0, batch)
        columns = np.ascontiguousarray(self.columns[:, part])
        outputs = program.forward(columns)
        _agree(outputs, self.engine.outputs[part], self.near[part])
        _agree(
            program.input_gradients(columns),
            self.engine.inputs[:, part],
            self.near_gradients[:inputs, part],
        )
        if self.parameters:
            place = {p: k for k, p in enumerate(self.parameters)}
            order = [place[p] for p in program.parameters]
            wanted = self.engine.parameters[order, part].sum(axis=1)
            near = self.near_gradients[inputs:][order, part].sum(axis=1)
            _agree(program.value_and_grad(columns, "sum")[1], wanted, near)
            _agree(program.value_and_grad(columns, "mean")[1], wanted / batch, near / batch)

    def check_all(self, force):
        """Compare batches of several sizes by either plan, and two of the examples."""
        self.program = compile(self.output, inputs=self.inputs)
        for plan, batches in PLANS.items():
            force(plan)
            for batch in batches:
                self.check(batch)
        for k in (0, BATCHES[-1] - 1):
            output, *_ = self.recipe.record(k)
            output.backward()
            assert self.program.example(k) == Graph.of(output)


def _agree(ours, theirs, near):
    assert ours.shape == theirs.shape
    off = np.abs(ours - theirs)
    near = near + np.finfo(np.float64).tiny  # below it numbers have fewer digits, down to one bit
    assert (off <= near).all(), (off.max(), ours, theirs)


@pytest.mark.parametrize("part", range(PARTS))
def test_seeded_graphs_agree_with_the_engine(random_graphs, force, seeds, part):
    good = []
    for seed in seeds(SEEDS)[part::PARTS]:
        case = Case(random_graphs, Random(seed))
        case.check_all(force)
        good.append(case.good)

    assert np.concatenate(good).mean() > 0.9, "too few numbers are judged by 1e-12"


def test_the_seeded_graphs_have_all_rows_and_kinds(random_graphs):
    uses, depths, shared, fixed, without = Counter(), [], 0, 0, 0
    for seed in range(SEEDS):
        recipe = random_graphs.make(Random(seed), 2)
        graph = Graph.of(recipe.record()[0])
        uses.update(node.op.name for node in graph.nodes)
        parents = Counter(edge.parent for edge in graph.edges)
        shared += max(parents.values()) > 1
        depths.append(_depth(graph))
        without += not recipe.weights
        fixed += _has_part_of_parameters(graph)

    assert min(uses[op.name] for op in random_graphs.ROWS) >= 10
    assert max(depths) >= 200
    assert sum(depth > 50 for depth in depths) > 10
    assert shared > 150
    assert fixed > 50
    assert 0 < without < 125


def _depth(graph):
    depths = []
    for node in graph.nodes:
        depths.append(1 + max((depths[p] for p in node.parents), default=-1))
    return depths[-1]


def _has_part_of_parameters(graph):
    fixed = []
    for node in graph.nodes:
        is_parameter = node.op.name == "leaf" and node.label.startswith("w")
        fixed.append(is_parameter or (bool(node.parents) and all(fixed[p] for p in node.parents)))
    return any(known and node.parents for known, node in zip(fixed, graph.nodes, strict=True))


@settings(max_examples=60, suppress_health_check=list(HealthCheck), print_blob=True)
@given(
    rng=st.randoms(use_true_random=False),
    kind=st.sampled_from(["bush", "net", "chain"]),
    batch=st.sampled_from(BATCHES[:3]),
    plan=st.sampled_from(["groups", "rows"]),
)
def test_graphs_that_hypothesis_thinks_of_agree_with_the_engine(
    random_graphs, rng, kind, batch, plan
):
    case = Case(random_graphs, rng, kind, examples=batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Planner, "is_grouping_faster", lambda *_: plan == "groups")
        case.program = compile(case.output, inputs=case.inputs)
        case.check(batch)


def test_a_number_that_no_program_could_give_is_told_from_one_it_must(random_graphs):
    from autograd import Value

    x = Value(1.0)
    for output, is_good in ((x * x, True), (((x + 1e12) - x) - 1e12 + x, False)):
        graph = Graph.of(output)
        _, good, *_ = random_graphs.tolerances(graph, {0: np.array([1.0, 3.0])}, [0])
        assert good.all() == is_good
