"""Batches in chunks: the parts of a batch, and workspaces that are kept and given up."""

import numpy as np

from autograd import Value, compile, tanh  # noqa: A004 - its name, as re.compile has it
from autograd.program.numpy_engine import Engine


def runner():
    w, x = Value(2.0, "w"), Value(1.0, "x")
    return compile(tanh(w * x), inputs=[x])._runner


def test_a_batch_is_divided_into_parts_of_one_size_and_a_rest(monkeypatch):
    monkeypatch.setattr(Engine, "chunk", lambda self: 5)
    parts = runner().parts("gradients", 12)

    assert [(part.start, part.stop) for part, _ in parts] == [(0, 5), (5, 10), (10, 12)]
    assert parts[0][1] is parts[1][1]


def test_the_parts_of_a_batch_size_are_found_again():
    run = runner()
    assert run.parts("gradients", 12) is run.parts("gradients", 12)


def test_a_workspace_is_made_anew_when_its_memory_has_grown():
    run = runner()
    ((_, small),) = run.parts("gradients", 3)
    run.parts("gradients", 2_000)
    ((_, again),) = run.parts("gradients", 3)

    assert small.is_stale()
    assert not again.is_stale()


def test_all_engines_share_the_weights():
    run = runner()
    engines = [run.parts(want, 3)[0][1].engine for want in ("gradients", "input gradients")]

    assert engines[0] is not engines[1]
    assert all(np.shares_memory(engine.shared["shared"], run.weights) for engine in engines)
