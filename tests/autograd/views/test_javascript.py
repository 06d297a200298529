"""The page's formulas, run by node: the numbers of Python, row by row and on random graphs."""

import itertools
import json
import math
import random
import subprocess

import pytest

from autograd import (
    Graph,
    Value,
    absolute,
    atan,
    cos,
    dot,
    exp,
    gelu,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    silu,
    sin,
    softplus,
    sqrt,
    square,
    tanh,
    total,
)
from autograd.engine.functions import constant, record
from autograd.engine.operation import FLOATS, OPS, op_named
from autograd.graph.formulas import Writer
from autograd.graph.wording import number_text
from autograd.views.javascript import function
from autograd.views.page import engine_source
from autograd.views.templates import formula_places

COUNTS = {"sum": (1, 3, 9), "logsumexp": (1, 2, 7, 400), "dot": (2, 3, 5, 12, 1569)}
MADE = ["power(3.0)", "power(-0.5)", "power(0.5)", "power(2.0)", "power(0.0)", "leaky_relu(0.01)"]


@pytest.fixture
def node(optional, tmp_path):
    program = optional("node")

    def run(source):
        file = tmp_path / "run.js"
        file.write_text(source, encoding="utf-8")
        done = subprocess.run([program, str(file)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def close(ours, theirs, scale=1.0):
    return math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12 * scale)


def rows():
    for name in [*OPS, *MADE]:
        op = op_named(name)
        if name not in ("leaf", "constant"):
            for count in [op.arity] if op.arity else COUNTS.get(name, (2, 6)):
                yield op, count


def test_every_row_gives_the_numbers_of_python(node, points):
    cases, expected = [], []
    for op, count in rows():
        for u in points(op, count)[: 3 if count > 100 else 25]:
            y = op.forward(FLOATS, *u)
            cases.append([f"{op.name} of {count}", u])
            expected.append([y, *op.partials(FLOATS, y, *u)])
    table = ",".join(
        f"{json.dumps(f'{op.name} of {count}')}: {function(op, count)}" for op, count in rows()
    )
    found = node(f"""
        const ROWS = {{{table}}};
        const run = ([row, u]) => {{
          const p = [9], y = ROWS[row](u, p, 1);
          return [y, ...p.slice(1)];
        }};
        console.log(JSON.stringify({json.dumps(cases)}.map(run)));""")
    for (row, u), ours, theirs in zip(cases, expected, found, strict=True):
        assert len(ours) == len(theirs)
        assert all(map(close, ours, theirs)), (row, u, ours, theirs)


KINKS = [("relu", [0.0]), ("abs", [0.0]), ("maximum", [1.0, 1.0]), ("minimum", [1.0, 1.0])]


@pytest.mark.parametrize(("name", "u"), KINKS)
def test_kinks_follow_the_table(node, name, u):
    op = op_named(name)
    y = op.forward(FLOATS, *u)
    found = node(
        f"const p = []; const y = ({function(op, len(u))})({u}, p, 0);"
        "console.log(JSON.stringify([y, ...p]))"
    )
    assert found == [y, *op.partials(FLOATS, y, *u)]


UNARY = (tanh, sigmoid, relu, softplus, silu, gelu, sin, cos, atan, absolute, square, leaky_relu)
OTHERS = (
    lambda a, b, c, d: a * b - c,
    lambda a, b, c, d: a / (b * b + 1.0) + tanh(d) ** 3,
    lambda a, b, c, d: tanh(dot([a, b], [tanh(c), tanh(d)], a)),
    lambda a, b, c, d: logsumexp([a, b, c, d]),
    lambda a, b, c, d: sigmoid(maximum(a, b) + log(c * c + 0.5)),
    lambda a, b, c, d: minimum(exp(tanh(a)), sqrt(b * b + 1.0)),
)


def random_graph(seed):
    """A graph of many operations whose numbers stay small, with shared nodes."""
    generator = random.Random(seed)
    values = [Value(generator.uniform(-2, 2), f"x{k}") for k in range(4)] + [constant(2.0)]
    for _ in range(generator.randrange(3, 25)):
        a, b, c, d = (generator.choice(values) for _ in range(4))
        if generator.random() < 0.5:
            values.append(tanh(generator.choice(UNARY)(a)) if generator.random() < 0.5 else a + b)
        else:
            values.append(generator.choice(OTHERS)(a, b, c, d))
    return Graph.of(tanh(total(values[4:])) if seed % 2 else total(values[4:]))


def as_data(graph, codes):
    """What engine.js needs of the page's data."""
    keys = [(op.name, count) for op, count in codes]
    nodes = [
        [
            -1 if node.is_leaf else keys.index((node.op.name, len(node.parents))),
            node.parents,
            node.data,
        ]
        for node in graph.nodes
    ]
    return {"rows": [{"code": k} for k in range(len(keys))], "nodes": nodes}


def test_200_random_graphs_give_the_numbers_of_python(node):
    runs = []
    graphs = [random_graph(seed) for seed in range(200)]
    for graph in graphs:
        codes = list(dict.fromkeys((n.op, len(n.parents)) for n in graph.nodes if n.parents))
        # Leaves are moved in the browser's copy and in Python's: a computation, not an echo.
        leaves = [node.data + (0.125 if node.op.name == "leaf" else 0) for node in graph.nodes]
        runs.append(
            f"{{ {engine_source(graph)} const model = modelOf({json.dumps(as_data(graph, codes))});"
            f"const {{ values, gradients }} = sweep(model, {json.dumps(leaves)});"
            "results.push([[...values], [...gradients]]); }"
        )
    found = node("const results = [];" + "\n".join(runs) + "console.log(JSON.stringify(results))")
    for graph, (values, gradients) in zip(graphs, found, strict=True):
        moved = replayed(graph, 0.125)
        scale = max(map(abs, moved.adjoints))
        assert all(close(n.data, v, 1) for n, v in zip(moved.nodes, values, strict=True))
        assert all(close(g, v, scale) for g, v in zip(moved.adjoints, gradients, strict=True))


def test_the_output_need_not_be_the_last_node(node):
    x = Value(2.0, "x")
    graph = Graph(Graph.of([x * x, x - 3]).nodes, outputs=(1,))
    codes = list(dict.fromkeys((n.op, len(n.parents)) for n in graph.nodes if n.parents))
    data = as_data(graph, codes) | {"output": 1}
    found = node(
        f"{engine_source(graph)} const model = modelOf({json.dumps(data)});"
        f"const found = sweep(model, {json.dumps([n.data for n in graph.nodes])});"
        "console.log(JSON.stringify([[...found.gradients], Number(countPaths(model, 0)),"
        "largestPaths(model, found.partials, 0, 9)]))"
    )
    assert found == [[4, 1, 0, 0], 2, [[0], [1]]]


def replayed(graph, change):
    """The graph recorded anew with every leaf moved."""
    values = []
    for node in graph.nodes:
        if node.is_leaf:
            fixed = node.op.name == "constant"
            values.append(constant(node.data) if fixed else Value(node.data + change, node.label))
        else:
            values.append(record(node.op, [values[parent] for parent in node.parents]))
    return Graph.of(values[-1])


def test_a_number_that_is_none_stops_the_sweep_at_its_node(node):
    x = Value(1.0, "x")
    graph = Graph.of(log(x) + exp(x))
    codes = [(graph.nodes[k].op, len(graph.nodes[k].parents)) for k in (1, 2, 3)]
    found = node(
        f"{engine_source(graph)} const model = modelOf({json.dumps(as_data(graph, codes))});"
        "const leaves = [[0, 0, 0, 0], [-1, 0, 0, 0], [800, 0, 0, 0]];"
        "console.log(JSON.stringify(leaves.map((x) => sweep(model, x))))"
    )
    assert [one["problem"] for one in found] == [1, 1, 2]


NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -0.408,
    1 / 3,
    12345.5,
    12344.5,
    99999.5,
    0.00012345,
    9.9999e-5,
    1e-5,
    1e5,
    123456.0,
]
NUMBERS += [-1.5e-10, 2.0**60, 5e-324, 1.7976931348623157e308, 0.5, 100.0, 2.5e-4, 0.000099999999]


def test_numbers_are_written_as_python_writes_them(node):
    generator = random.Random(1)
    many = [generator.uniform(-1, 1) * 10.0 ** generator.randrange(-12, 12) for _ in range(20000)]
    many += NUMBERS + [k / 8 for k in range(100000, 100400)]
    graph = Graph.of(Value(1.0).tanh())
    found = node(
        f"{engine_source(graph)} const written = {json.dumps(many)};"
        "console.log(JSON.stringify(written.map((x) => [number(x), number(x, 8)])))"
    )
    assert found == [[number_text(x), number_text(x, 8)] for x in many]


def test_formulas_are_filled_as_python_writes_them(node):
    a, b, c = Value(-2.0, "a"), Value(3.0, "b"), Value(-4.0, "c")
    d, e = Value(4e-7, "d"), Value(-3e12, "e")
    made = [a * b, a - c, a / c, tanh(a), b**c, dot([a, b], [c, a], c), abs(a)]
    for x, y in itertools.product((a, b, d, e), repeat=2):
        made += [x + y, x - y, x * y, x / y, x.square(), -x, dot([x, y], [y, x], x)]
    graphs = list(map(Graph.of, made))
    cases = [
        [
            formula_places(graph.output.op, len(graph.output.parents)),
            [number_text(graph.nodes[p].data) for p in graph.output.parents],
        ]
        for graph in graphs
    ]
    found = node(
        f"{engine_source(graphs[0])} const cases = {json.dumps(cases)};"
        "console.log(JSON.stringify(cases.map(([places, words]) => filled(places, words))))"
    )
    assert found == [Writer(graph).formula_in_numbers(graph.output.index) for graph in graphs]
