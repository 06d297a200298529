"""A few random graphs against the oracles; the nightly run takes 20,000."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def oracle(load_module):
    return load_module(Path(__file__).with_name("oracle.py"))


def test_random_graphs_agree_with_dual_numbers(oracle):
    counts, worst = oracle.run(150)
    assert counts["numbers by duals"] > 2000
    assert worst[0][0] < oracle.TOLERANCE, worst[:3]


@pytest.mark.optional("torch")
def test_random_graphs_agree_with_pytorch(oracle):
    counts, worst = oracle.run(50, first=1000)
    assert counts["numbers by torch"] > 600
    assert worst[0][0] < oracle.TOLERANCE, worst[:3]


def test_a_wrong_gradient_is_noticed(oracle, monkeypatch):
    found = oracle.by_engine
    monkeypatch.setattr(oracle, "by_engine", lambda *given: [x + 1e-6 for x in found(*given)])
    assert oracle.run(3)[1][0][0] > oracle.TOLERANCE
