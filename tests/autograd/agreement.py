"""Random graphs over all operations, computed in every way there is; all ways must agree.

Data lie on both sides of every kink, and some exactly on it. For each graph and each example:
recorded and swept anew, `grad`, the compiled program, and the page's JavaScript, for the output and
for a combination of its gradients, whose own gradients are second derivatives.

Run it at length: ``python tests/autograd/agreement.py 20000``.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from random import Random

import numpy as np

from autograd import Graph, Value, compile, grad, total  # noqa: A004
from autograd.engine.functions import record
from autograd.engine.operation import OPS
from autograd.engine.ops import CONSTANT, LEAF, make_leaky_relu, make_power
from autograd.engine.topological import all_nodes
from autograd.views.javascript import functions
from autograd.views.page import _asset

ROWS = [
    *(op for op in OPS.values() if op not in (LEAF, CONSTANT)),
    *map(make_power, (-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3)),
    *map(make_leaky_relu, (0.01, -0.5)),
]
EVEN = ("squared_error", "half_squared_error")
GRID = (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)  # where kinks and ties are
EXAMPLES = 6
LARGEST = 50.0  # number or slope
NEAR = 1e-9  # a kink that is nearer, but not hit, may lie on the other side by rounding
TOLERANCE = 1e-9


@dataclass
class Case:
    """One graph: how it is recorded, and the data of its examples."""

    steps: list
    columns: list  # one list of leaf data per example
    weights: list  # of the gradients in the combination

    def record(self, data):
        """Return the leaves, the output and the combination of its gradients."""
        leaves = [Value(x, f"x{k}") for k, x in enumerate(data)]
        values = list(leaves)
        for op, operands in self.steps:
            chosen = [values[o] if isinstance(o, int) else o for o in operands]
            values.append(record(op, chosen))
        slopes = grad(values[-1], leaves)
        return leaves, values[-1], total(c * g for c, g in zip(self.weights, slopes, strict=True))


def make(rng):
    """Return a random case of at least two examples, or None."""
    leaves = rng.randint(1, 3)
    steps = []
    for _ in range(rng.randint(1, 6)):
        op = rng.choice(ROWS)
        count = op.arity or rng.choice((1, 2, 3, 5))
        count += op.name in EVEN and count % 2
        places = range(leaves + len(steps))
        operands = [
            rng.choice(GRID) if rng.random() < 0.15 else rng.choice(places) for _ in range(count)
        ]
        if not any(isinstance(o, int) for o in operands):
            operands[0] = rng.choice(places)
        steps.append((op, operands))
    case = Case(steps, [], [rng.uniform(0.5, 1.5) for _ in range(leaves)])
    for _ in range(3 * EXAMPLES):
        data = [
            rng.choice(GRID) if rng.random() < 0.3 else rng.uniform(-2, 2) for _ in range(leaves)
        ]
        if len(case.columns) < EXAMPLES and is_fit(case, data):
            case.columns.append(data)
    return case if len(case.columns) > 1 else None


def is_fit(case, data):
    """Whether an example can be recorded, stays moderate, and lies near no kink by rounding."""
    try:
        _, output, combination = case.record(data)
    except (ArithmeticError, ValueError):
        return False
    nodes = {*all_nodes(output), *all_nodes(combination)}
    return all(
        abs(node.data) < LARGEST
        and all(abs(p) < LARGEST for p in node.partials)
        and not (node.op.kinked and is_near_kink(node))
        for node in nodes
    )


def is_near_kink(node):
    """Whether a branch was decided by numbers that rounding may have moved."""
    numbers = [*node.parents, *(() if len(node.parents) > 1 else (None,))]
    for i, a in enumerate(numbers):
        for b in numbers[:i]:
            moved = [v for v in (a, b) if v is not None and v.parents]
            x, y = (0.0 if v is None else v.data for v in (a, b))
            if moved and abs(x - y) < NEAR:
                return a is not b and not all(v.op in COMPARED for v in moved)
    return False


COMPARED = {OPS[name] for name in ("greater", "greater_equal", "less", "less_equal")}


def difference(ours, theirs):
    """Return the largest difference, relative to the larger of the number and 1."""
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return float((np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))).max())


def check(case):
    """Return the largest difference between the ways in Python, and what JavaScript must give."""
    anew = [case.record(data) for data in case.columns]
    expected = []
    for leaves, output, combination in anew:
        slopes = [g.data for g in grad(output, leaves)]
        output.backward()
        first = [output.data, *(leaf.grad for leaf in leaves)]
        worst = difference(slopes, first[1:])
        for leaf in leaves:
            leaf.grad = 0.0
        combination.backward()
        second = [combination.data, *(leaf.grad for leaf in leaves)]
        for node in (*all_nodes(output), *all_nodes(combination)):
            node.grad = 0.0
        expected.append((first, second))
    leaves, *outputs = anew[0]
    columns = np.array(case.columns).T
    for way, output in enumerate(outputs):
        program = compile(output, inputs=leaves)
        wanted = np.array([e[way] for e in expected]).T
        worst = max(worst, difference(program.forward(columns), wanted[0]))
        worst = max(worst, difference(program.input_gradients(columns), wanted[1:]))
    return worst, [(anew[0], way, [e[way] for e in expected]) for way in (0, 1)]


# --- JavaScript -----------------------------------------------------------------------------------


class Page:
    """Graphs for one run of node, with the page's own engine."""

    def __init__(self):
        self.codes = {}
        self.runs = []
        self.expected = []

    def add(self, leaves, output, columns, expected):
        graph = Graph.of(output)
        order = all_nodes(output)
        rows, nodes = [], []
        for node in graph.nodes:
            if node.is_leaf:
                nodes.append([-1, [], node.data])
                continue
            key = (node.op, len(node.parents))
            code = self.codes.setdefault(key, len(self.codes))
            rows.append({"code": code})
            nodes.append([len(rows) - 1, list(node.parents), node.data])
        place = {v: k for k, v in enumerate(order)}
        used = [(k, place[leaf]) for k, leaf in enumerate(leaves) if leaf in place]
        self.runs.append({"data": {"rows": rows, "nodes": nodes}, "used": used, "columns": columns})
        self.expected.append(expected)

    def source(self):
        return (
            f"const ROWS = {functions(self.codes)};\n{_asset('numbers.js')}{_asset('engine.js')}"
            "const runs = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
            """const results = runs.map(({data, used, columns}) => {
              const model = modelOf(data);
              return columns.map((column) => {
                const leaves = data.nodes.map(([row, parents, number]) => number);
                used.forEach(([k, node]) => { leaves[node] = column[k]; });
                const {values, gradients, problem} = sweep(model, leaves);
                if (problem !== undefined) return null;
                const slopes = column.map(() => 0);
                used.forEach(([k, node]) => { slopes[k] = gradients[node]; });
                return [values[model.output], ...slopes];
              });
            });
            console.log(JSON.stringify(results));"""
        )

    def check(self, node, folder):
        """Run all graphs by node and return the largest difference."""
        file = folder / "agreement.js"
        file.write_text(self.source(), encoding="utf-8")
        done = subprocess.run(
            [node, str(file)], input=json.dumps(self.runs), capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return [
            difference(ours, theirs)
            for ours, theirs in zip(json.loads(done.stdout), self.expected, strict=True)
        ]


def run(seeds, node, folder):
    """Return how many graphs were compared, and the largest differences, with their seeds."""
    page, owners, worst = Page(), [], []
    for seed in seeds:
        case = make(Random(seed))
        if case is None:
            continue
        found, ways = check(case)
        worst.append((found, seed, "python"))
        for (leaves, *outputs), way, expected in ways:
            page.add(leaves, outputs[way], case.columns, expected)
            owners.append(seed)
    found = page.check(node, folder)
    worst += [(d, seed, "javascript") for d, seed in zip(found, owners, strict=True)]
    return len({seed for _, seed, _ in worst}), sorted(worst, reverse=True)


def main(wanted):
    import tempfile
    from pathlib import Path

    compared, seed, bad = 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        while compared < wanted:
            count, worst = run(range(seed, seed + 1000), "node", Path(folder))
            seed, compared = seed + 1000, compared + count
            bad += [entry for entry in worst if not entry[0] < TOLERANCE]
            print(compared, "graphs, largest difference", worst[0], "beyond:", bad[:10], flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
