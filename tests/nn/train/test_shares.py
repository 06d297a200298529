"""Who has which example of a mini-batch when several processes train one model."""

import numpy as np

from nn import Data
from nn.train import shares


def three_processes(monkeypatch, index):
    data = Data(np.arange(10.0)[:, None], np.arange(10.0)[:, None])
    parts = [data[shares.share_bounds(10, k, 3)] for k in range(3)]
    monkeypatch.setattr(
        shares,
        "gather_arrays",
        lambda array, count: [p.y for p in parts] if array.ndim == 2 else [array] * count,
    )
    return shares.Share(parts[index], 3, index)


def test_every_example_of_a_mini_batch_belongs_to_the_process_that_has_it(monkeypatch):
    wanted, found = np.array([7, 0, 9, 4, 3]), {}
    for index in range(3):
        share = three_processes(monkeypatch, index)
        division = share.divide(wanted)
        assert division.counts == [2, 1, 2]
        assert wanted[division.order].tolist() == [0, 3, 4, 7, 9]
        assert (share.local.x[division.examples, 0] == wanted[division.own]).all()
        found |= dict(zip(division.own.tolist(), share.local.y[division.examples, 0], strict=True))
        assert share.whole.y[:, 0].tolist() == list(range(10))
        assert share.whole.x.shape == (10, 0)
    assert [found[k] for k in range(5)] == wanted.tolist()


def test_with_one_process_everything_is_local():
    data = Data([[1.0], [2.0], [3.0]], [[0.0], [1.0], [0.0]])
    share = shares.Share(data)
    assert share.whole is data
    division = share.divide(slice(1, 3))
    assert (division.counts, division.order.tolist(), division.examples.tolist()) == (
        [2],
        [0, 1],
        [1, 2],
    )
