"""Learners who answer what a page asks, and the page's judge of their answers, run by node."""

import json
import random
import struct
import subprocess
from dataclasses import dataclass

from autograd import Graph, Worksheet
from autograd.engine.operation import FLOATS
from autograd.engine.ops import CONSTANT
from autograd.views.interval_script import interval_rows
from autograd.views.page import engine_of
from autograd.views.self_contained import asset

MODULES = ("judge", "intervals", "ledger", "equal_numbers", "rounding", "marking")
MARK = """
const { leaves, sheet, answers, values } = told;
globalThis.model = { output: leaves.length - 1 };
globalThis.isLeaf = (node) => leaves[node];
const asked = answers.map(([node, isGradient, text]) => {
  return { cell: sheet.cells[node], isGradient, isGiven: leaves[node], text };
});
const given = values.filter((_, node) => leaves[node]).map(String);
const marked = markAnswers(sheetModel(sheet, values), asked, given);
console.log(JSON.stringify(marked.map(({ verdict }) => verdict)));
"""


@dataclass
class Learner:
    """Someone who computes both sweeps of a graph with rounded numbers and goes on with them.

    The numbers have some digits, or are those that a program prints from float32.

    Attributes:
        slip: how likely a number is wrong.
        sign: −1 for the convention of some books, for inner gradients.
    """

    graph: Graph
    rng: random.Random
    slip: float
    sign: float = 1.0

    def __post_init__(self):
        self.digits, self.significant = self.rng.randint(2, 6), self.rng.random() < 0.5
        self.is_float32 = self.rng.random() < 0.1

    def text(self, x):
        if self.is_float32:
            return f"{struct.unpack('f', struct.pack('f', x))[0]:.8f}"
        return f"{x:.{self.digits}g}" if self.significant else f"{x:.{self.digits}f}"

    def written(self, x):
        if self.rng.random() < self.slip:
            x = self.rng.choice([-x, 2 * x, x + 0.1, 1.01 * x, x * x, 0.0])
        return self.text(x)

    def answers(self):
        """Return the answers as (node, whether it is a gradient, text)."""
        nodes, own, told = self.graph.nodes, {}, []
        for node in nodes:
            if not node.parents:
                own[node.index] = node.data
                continue
            inputs = [own[parent] for parent in node.parents]
            text = self.written(node.op.forward(FLOATS, *inputs))
            told.append((node.index, False, text))
            own[node.index] = float(text)
        gradients = {self.graph.outputs[0]: 1.0}
        for node in reversed(nodes):
            if not node.parents or node.index not in gradients:
                continue
            inputs = [own[parent] for parent in node.parents]
            partials = node.op.partials(FLOATS, own[node.index], *inputs)
            for parent, partial in zip(node.parents, partials, strict=True):
                gradients[parent] = gradients.get(parent, 0.0) + gradients[node.index] * partial
            for child in [k for k in gradients if k < node.index]:
                asked = nodes[child].op is not CONSTANT and (child, True) not in {
                    t[:2] for t in told
                }
                users = [
                    n.index for n in nodes if child in n.parents and n.index in self.graph.needed
                ]
                if asked and min(users) >= node.index:
                    sign = self.sign if nodes[child].parents else 1.0
                    text = self.written(sign * gradients[child])
                    told.append((child, True, text))
                    gradients[child] = sign * float(text)
        return told


def log(graph, sheet, answers):
    """Return the worksheet that the answers become."""
    told = {node: text for node, is_gradient, text in answers if not is_gradient}
    lines = []
    for node in graph.nodes:
        name = sheet.names[node.index]
        if node.parents:
            lines.append(f"{name} = {sheet.formulas[node.index]} -> {told.get(node.index, '?')}")
        elif node.label or node.op is not CONSTANT:
            lines.append(f"{name} = {node.data!r}")
    output = sheet.names[graph.outputs[0]]
    asked = [(sheet.names[n], text) for n, is_gradient, text in answers if is_gradient]
    return "\n".join([*lines, *(f"d{output}/d{name} -> {text}" for name, text in asked)])


def verdicts_of_check(graph, sheet, answers):
    """Return the verdicts of `check` on the log, in the order of the answers."""
    report = Worksheet.parse(log(graph, sheet, answers)).check()
    lines = [(node.index, False) for node in graph.nodes if node.parents]
    lines += [(node, True) for node, is_gradient, _ in answers if is_gradient]
    told = {key: one.verdict.value for key, one in zip(lines, report.lines, strict=True)}
    return [told[answer[:2]] for answer in answers]


def verdicts_of_page(node, cases):
    """Return the verdicts of the page's judge on the answers of each (graph, sheet, answers)."""
    modules = "".join(asset("autograd.views", f"{name}.js") for name in MODULES)
    parts = []
    for graph, sheet, answers in cases:
        rows = sheet.rows
        told = {
            "leaves": [not node.parents for node in graph.nodes],
            "values": [node.data for node in graph.nodes],
            "sheet": sheet.data(rows),
            "answers": answers,
        }
        script = [engine_of(rows), interval_rows(rows), modules]
        script += [f"const told = {json.dumps(told)};", MARK]
        parts.append("(() => {\n" + "\n".join(script) + "\n})();")
    done = subprocess.run(
        [node, "-"], input="\n".join(parts), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
