"""Large graphs, long runs, threads and names: nothing recurses, grows, mixes or breaks.

With GRADTRACE_NIGHTLY in the environment the chain has ten million nodes instead of 100,000, and a
training 10,000 steps instead of 1,000.
"""

import gc
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from autograd import (
    Graph,
    Value,
    check,
    compile,  # noqa: A004 - its name, as re.compile has it
    draw,
    explain,
    grad,
    page,
    tanh,
    trace,
)
from nn import MLP, SGD, Data, fit, half_squared_error

NIGHTLY = bool(os.environ.get("GRADTRACE_NIGHTLY"))
CHAIN, STEPS = (10_000_000, 10_000) if NIGHTLY else (100_000, 1000)


def test_a_long_chain_is_swept_and_freed():
    x = Value(1.0, "x")
    y = x
    for _ in range(CHAIN):
        y = y + x
    y.backward()
    assert (y.data, x.grad) == (CHAIN + 1, CHAIN + 1)
    before = sys.getallocatedblocks()
    del y
    assert before - sys.getallocatedblocks() >= CHAIN


def test_sixty_diamonds_have_more_paths_than_anyone_could_walk():
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y * 1.0 + y * 1.0
    y.backward()
    assert x.grad == y.data == 2.0**60
    assert grad(y, [x])[0].data == 2.0**60
    assert explain(y, wrt=x).path_count == 2**60
    assert len(str(explain(y, wrt=x))) < 100_000
    assert len(trace(y).backward) == 60 * 4
    assert Graph.from_json(Graph.of(y).to_json()).adjoints[0] == 2.0**60
    assert compile(y, inputs=[x]).input_gradients([[1.0, -3.0]]).tolist() == [[2.0**60, 2.0**60]]
    assert draw(y).svg()
    assert page(y).html


def step(net, optimizer):
    cost = half_squared_error(net([0.5, 0.1]), 0.8)
    net.zero_grad()
    cost.backward()
    optimizer.step(net.parameters())


def test_thousands_of_steps_of_training_keep_no_memory():
    net, optimizer = MLP(2, [2, 1], activation="tanh", seed=0), SGD(0.01)
    for _ in range(100):
        step(net, optimizer)
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(STEPS):
        step(net, optimizer)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500


def test_thousands_of_compiled_steps_keep_no_memory():
    data = Data(np.linspace(-1, 1, 20).reshape(10, 2), np.linspace(0, 1, 10)[:, None])
    net, rule = MLP(2, [2, 1], activation="tanh", seed=0), SGD(0.01)
    options = {"optimizer": rule, "batch_size": 1, "seed": 0, "progress": False}
    fit(net, data, epochs=10, **options)
    gc.collect()
    before = sys.getallocatedblocks()
    fit(net, data, epochs=STEPS // 10, **options)
    gc.collect()
    # One epoch leaves an entry of the history, of which nothing is kept here.
    assert sys.getallocatedblocks() - before < 500


def alive():
    return sum(type(entry) is Value for entry in gc.get_objects())


@pytest.mark.parametrize("swept", [False, True])
def test_nodes_are_freed_by_counting_alone(swept):
    """No cycle holds them: a graph ends with its last name, while the collector is off."""
    gc.collect()
    gc.disable()
    gc.freeze()  # the collector no longer lists what other tests left
    try:
        net = MLP(3, [4, 2], activation="tanh", seed=0)
        x = Value(0.3, "x")
        cost = half_squared_error(net([x, x * x, tanh(x)]), [0.1, 0.2])
        assert alive() > 20
        if swept:
            cost.backward()
            explain(cost, wrt=x)
            (slope,) = grad(cost, [x])
            slope.backward()
            del slope
        del cost, net, x
        assert alive() == 0
    finally:
        gc.unfreeze()
        gc.enable()


def work(seed):
    rng = np.random.default_rng(seed)
    net = MLP(3, [5, 2], activation="tanh", seed=seed)
    x = [Value(float(v), f"x{i}") for i, v in enumerate(rng.normal(size=3))]
    cost = half_squared_error(net(x), [0.1, -0.2])
    cost.backward()
    program = compile(cost, inputs=x)
    batch = program.input_gradients(rng.normal(size=(3, 4))).tolist()
    sheet = check(f"a = {seed}\nb = a^2 + 1 -> {seed * seed + 1}\ndb/da -> {2 * seed}")
    text = str(explain(cost, wrt=x[0]))
    return cost.data, [v.grad for v in x], batch, sheet.ok, text, draw(cost).svg()


def test_eight_threads_compute_what_one_does():
    seeds = range(12)
    alone = [work(seed) for seed in seeds]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, seeds)) == alone


PLANES = [0x0, 0x1, 0x2, 0x3, 0xE, 0xF, 0x10]  # 4 to 13 have no characters


@pytest.mark.parametrize("plane", PLANES)
def test_labels_of_every_plane_of_unicode_are_shown_or_replaced(plane):
    letters = [chr((plane << 16) + offset) for offset in (0x41, 0x3B1, 0x5D0, 0xF600, 0xFFFD)]
    names = [*letters, "".join(letters), "\u202e" + letters[0], letters[0] + "\u0301"]
    leaves = [Value(0.5, name) for name in names]
    y = tanh(sum(leaves[1:], leaves[0]))
    y.label = "y" + letters[1]
    y.backward()
    graph = Graph.of(y)
    assert Graph.from_json(graph.to_json()) == graph
    assert Graph.from_json(json.dumps(json.loads(graph.to_json()))) == graph  # \u escapes
    for text in (draw(y).svg(), page(y).html, str(trace(y)), str(explain(y, wrt=leaves[0]))):
        text.encode("utf-8")
        assert "\u202e" not in text
    exec(compile(y, inputs=leaves).source(), {})
    assert check(y, {leaves[1]: repr(leaves[1].grad)}).ok
