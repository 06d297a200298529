"""Programs of others with only their imports changed: micrograd's demo, and a lecture's module.

They are written anew after the demo notebook of micrograd and the module of EurekaLabs' course. As
the README says, a network returns a list.
"""

import math
import random

import pytest

from autograd import Value
from nn import MLP, moons


def test_the_demo_of_micrograd_learns_the_moons():
    random.seed(1337)
    data = moons(100, noise=0.1, seed=1)
    model = MLP(2, [16, 16, 1], seed=0)

    def loss(batch=None):
        inputs = [list(map(Value, row)) for row in data.x.tolist()]
        scores = [model(row)[0] for row in inputs]
        losses = [(1 + -y * score).relu() for y, score in zip(data.y[:, 0], scores, strict=True)]
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        hits = [(y > 0) == (s.data > 0) for y, s in zip(data.y[:, 0], scores, strict=True)]
        return data_loss + reg_loss, sum(hits) / len(hits)

    for k in range(12):
        total_loss, accuracy = loss()
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert accuracy > 0.8


def test_the_module_of_the_course_classifies_three_classes():
    random.seed(0)
    points = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(30)]
    labelled = [(p, 0 if p[0] < -0.3 else 1 if p[1] > 0 else 2) for p in points]
    model = MLP(2, [8, 3], activation="tanh", seed=0)

    def cross_entropy(logits, target):
        highest = max(val.data for val in logits)
        logits = [val - highest for val in logits]
        ex = [x.exp() for x in logits]
        denom = sum(ex)
        probs = [x / denom for x in ex]
        return -(probs[target]).log()

    losses = []
    for _ in range(15):
        loss = Value(0)
        for (x, y), target in labelled:
            loss = loss + cross_entropy(model([x, y]), target)
        loss = loss * (1.0 / len(labelled))
        loss.backward()
        for p in model.parameters():
            p.data -= 0.8 * p.grad
        model.zero_grad()
        losses.append(loss.data)
    assert losses[0] == pytest.approx(math.log(3), abs=0.6)
    assert losses[-1] < 0.6 * losses[0]


def test_an_optimizer_of_ones_own_keeps_its_state_in_a_dictionary():
    """As the module's AdamW does on attributes of a Value, for which a Value has no room."""
    weight = Value(1.0)
    with pytest.raises(AttributeError, match="no attribute 'm'"):
        weight.m = 0
    mean, square = {weight: 0.0}, {weight: 0.0}
    for step in range(1, 60):
        loss = (weight - 3) ** 2
        loss.backward()
        mean[weight] = 0.9 * mean[weight] + 0.1 * weight.grad
        square[weight] = 0.95 * square[weight] + 0.05 * weight.grad**2
        m_hat, v_hat = mean[weight] / (1 - 0.9**step), square[weight] / (1 - 0.95**step)
        weight.data -= 0.1 * m_hat / (v_hat**0.5 + 1e-8)
        weight.grad = 0
    assert weight.data == pytest.approx(3, abs=0.2)


def test_a_graph_is_walked_by_parents_and_drawn_by_names_of_operations():
    """As the notebook that draws a graph does, with what the README writes for _prev and _op."""
    x = Value(1.0)
    y = (x * 2 + 1).relu()
    nodes, edges, stack = set(), set(), [y]
    while stack:
        node = stack.pop()
        if node not in nodes:
            nodes.add(node)
            edges |= {(parent, node) for parent in node.parents}
            stack += node.parents
    assert (len(nodes), len(edges)) == (6, 5)
    assert sorted(n.op.name for n in nodes if n.parents) == ["add", "mul", "relu"]
