"""The worksheet of a page's answers: the page judges number by number what `check` judges."""

import random
from collections import Counter
from pathlib import Path

import pytest

import autograd as ag
from autograd import Graph, Value, Worksheet, operation
from autograd.grading import explainer
from autograd.views.answer_sheet import answer_sheet
from nn import MLP, binary_cross_entropy, cross_entropy, half_squared_error, squared_error

SHEETS = sorted((Path(__file__).parents[1] / "grading").rglob("*.calc"))


def network(rng, sizes, hidden, output="linear"):
    net = MLP(2, sizes, hidden, output, seed=0)
    for parameter in net.parameters():
        parameter.data = round(rng.uniform(-1, 1), 2)
    return net([round(rng.uniform(-1, 1), 2) for _ in range(2)])


def formula(rng):
    a, b = Value(rng.uniform(1, 3), "a"), Value(rng.uniform(1, 3), "b")
    u = a * b
    u.label = "u"
    e = ag.exp(-u / (b + 1))
    e.label = "e"
    y = ag.sqrt(e + 1) * ag.sin(u) - (u / b + a) ** 2
    y.label = "y"
    return y


KINDS = [
    lambda rng: half_squared_error(network(rng, [2, 1], "relu"), 0.8),
    lambda rng: half_squared_error(network(rng, [2, 1], "gelu"), 0.3),
    lambda rng: squared_error(network(rng, [2, 2], "sigmoid", "sigmoid"), [0.01, 0.99]),
    lambda rng: cross_entropy(network(rng, [3, 2], "tanh"), [1.0, 0.0]),
    lambda rng: binary_cross_entropy(network(rng, [2, 1], "softplus", "linear"), [1.0]),
    formula,
]


@pytest.fixture(autouse=True)
def no_search(monkeypatch):
    """Look for no slips: they take long and change no verdict on a single step."""
    monkeypatch.setattr(explainer, "_MOST_SEARCHED", 0)


def learners(answering, seeds, slip, sign=1.0):
    """Yield graphs, their sheets and the answers of somebody who may err and carries on."""
    for seed in seeds:
        rng = random.Random(seed)
        graph = Graph.of(KINDS[seed % len(KINDS)](rng))
        try:
            answers = answering.Learner(graph, rng, slip, sign).answers()
        except (ArithmeticError, ValueError):  # the mistake led to the logarithm of 0, or so
            continue
        yield graph, answer_sheet(graph), answers


@pytest.mark.optional("node")
@pytest.mark.parametrize("slip", [0.0, 0.1, 0.3])
def test_the_page_carries_mistakes_on_as_check_does(optional, answering, seeds, slip):
    cases = list(learners(answering, seeds(18), slip))
    told = [answering.verdicts_of_check(*one) for one in cases]
    assert answering.verdicts_of_page(optional("node"), cases) == told
    counts = Counter(verdict for found in told for verdict in found)
    assert counts["right as rounded"] > 25 and counts["carried on"] > 25
    assert (counts["wrong"] > 15) == (slip > 0)


@pytest.mark.optional("node")
@pytest.mark.parametrize(
    ("seed", "slip", "skipped"), [(1013, 0.0, ()), (1025, 0.3, ()), (6199, 0.3, ("z1_1", "a1_1"))]
)
def test_the_page_counts_the_steps_of_rounding_as_check_does(
    optional, answering, seed, slip, skipped
):
    """The result is rounded once more when it is written; x¹ is no step; 2·x is x·2."""
    cases = [
        (graph, sheet, [one for one in answers if sheet.names[one[0]] not in skipped])
        for graph, sheet, answers in learners(answering, [seed], slip)
    ]
    told = [answering.verdicts_of_check(*one) for one in cases]
    assert answering.verdicts_of_page(optional("node"), cases) == told


@pytest.mark.optional("node")
def test_the_page_knows_the_opposite_sign_convention(optional, answering, seeds):
    cases = list(learners(answering, seeds(12), 0.02, sign=-1.0))
    told = [answering.verdicts_of_check(*one) for one in cases]
    assert answering.verdicts_of_page(optional("node"), cases) == told
    assert Counter(verdict for found in told for verdict in found)["opposite sign convention"] > 25


def published(sheets):
    """Yield the graph of each sheet with its numbers, as far as the graph has them."""
    for path in sheets:
        sheet = Worksheet.read(path)
        graph = Graph.of(sheet.output)
        place = {node.label: node for node in graph.nodes if node.label}
        output = place.get(graph.output.label)
        answers = {}
        for one in sheet.check().lines:
            top, _, bottom = one.quantity.replace("∂", "d").partition("/d")
            is_gradient = one.kind == "gradient" and output and top == f"d{output.label}"
            node = place.get(bottom if is_gradient else one.quantity)
            if node is None or not one.written or (one.kind == "value") == is_gradient:
                continue
            key = node.index, bool(is_gradient)
            if is_gradient or node.parents:
                answers.setdefault(key, one.written)
        ordered = sorted(answers, key=lambda key: (key[1], -key[0] if key[1] else key[0]))
        yield path.name, graph, [(*key, answers[key]) for key in ordered]


@pytest.mark.optional("node")
def test_the_page_judges_published_sheets_as_check_does(optional, answering, every_third):
    cases, wrong_early = [], []
    for name, graph, answers in published(every_third(SHEETS)):
        sheet = answer_sheet(graph)
        assert sheet is not None, name
        if len(answers) < 2:
            continue
        cases.append((graph, sheet, answers))
        node, is_gradient, _ = answers[0]
        wrong_early.append((graph, sheet, [(node, is_gradient, "7.77"), *answers[1:]]))
    assert len(cases) > 12 and sum(len(answers) for *_, answers in cases) > 100
    for some in (cases, wrong_early):
        assert answering.verdicts_of_page(optional("node"), some) == [
            answering.verdicts_of_check(*one) for one in some
        ]


def test_a_sheet_computes_what_the_graph_computed(answering):
    for kind in KINDS:
        graph = Graph.of(kind(random.Random(1)))
        sheet = answer_sheet(graph)
        assert Worksheet.parse(answering.log(graph, sheet, [])).output.data == pytest.approx(
            graph.output.data
        )
        named = [name for name in sheet.names if name[0].isalpha()]
        assert len(set(named)) == len(named)


def test_a_graph_that_no_sheet_can_compute_has_none():
    cube_root = operation(
        "third_root",
        lambda xp, x: xp.pow(x, 1 / 3),
        lambda xp, y, x: (y / (3 * x),),
        domain=(0.1, 9),
    )
    y = cube_root(Value(8.0, "x"))
    y.label = "y"
    assert answer_sheet(Graph.of(y)) is None
