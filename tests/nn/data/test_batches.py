"""Examples and mini-batches: everything once, seeded, the last one short."""

import re

import numpy as np
import pytest

from nn import Data, batches, one_hot
from nn.data.batches import decide, middle


def numbered(count):
    return Data(np.arange(count)[:, None], np.zeros((count, 1)))


def seen(data, size, seed):
    return [batch.x.ravel().tolist() for batch in batches(data, size, seed)]


@pytest.mark.parametrize(
    ("count", "size"), [(10, 3), (10, 5), (10, 10), (10, 11), (1, 100), (7, 1)]
)
def test_every_example_comes_once_and_only_the_last_batch_is_short(count, size):
    found = seen(numbered(count), size, seed=3)
    assert sorted(x for batch in found for x in batch) == list(range(count))
    assert all(len(batch) == size for batch in found[:-1])
    assert len(found[-1]) == (count - 1) % size + 1


def test_a_seed_gives_the_same_order_and_a_generator_goes_on():
    data = numbered(50)
    assert seen(data, 7, 1) == seen(data, 7, 1) != seen(data, 7, 2)
    generator = np.random.default_rng(1)
    assert seen(data, 7, generator) == seen(data, 7, 1)
    assert seen(data, 7, generator) != seen(data, 7, 1)


def test_targets_stay_with_their_examples():
    x = np.random.default_rng(0).normal(size=(20, 3))
    for batch in batches(Data(x, x[:, :1] * 2), 6, seed=0):
        np.testing.assert_array_equal(batch.y, batch.x[:, :1] * 2)


def test_x_and_y_are_views_and_a_slice_shares_them():
    data = Data([[1, 2], [3, 4], [5, 6]], [[0], [1], [0]])
    part = data[1:]
    assert np.shares_memory(part.x, data.rows)
    assert (len(part), part.x.tolist(), part.y.tolist()) == (2, [[3, 4], [5, 6]], [[1], [0]])
    assert data[[2, 0]].x.tolist() == [[5, 6], [1, 2]]
    assert repr(data) == "Data(3 examples, 2 inputs, 1 outputs)"


def test_labels_of_one_hot_and_of_two_numbers():
    assert Data(np.ones((3, 1)), one_hot([2, 0, 1], 3)).labels.tolist() == [2, 0, 1]
    assert Data(np.ones((2, 1)), [[-1], [1]]).labels.tolist() == [0, 1]
    assert decide(np.array([[0.4], [0.6]]), 0.5).tolist() == [0, 1]
    assert decide(np.array([[1.0, 1.0, 0.0]]), 0.5).tolist() == [0]
    assert middle(np.array([-1.0, 1.0])) == 0


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([[0, 1]], True),
        ([[0.5, 0.5]], False),
        ([[1, 1]], False),
        ([[0], [3]], True),
        ([[0], [1], [2]], False),
    ],
)
def test_what_counts_as_classes(y, classes):
    assert Data(np.ones((len(y), 1)), y).classified is classes


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Data([1, 2], [[1], [2]]), "x must have shape (examples, inputs); got shape (2,)"),
        (lambda: Data([[1]], [1]), "y must have shape (examples, outputs); got shape (1,)"),
        (lambda: Data([[1], [2]], [[1]]), "2 examples x but 1 targets y"),
        (lambda: Data([[np.nan]], [[1]]), "x holds a number that is not finite"),
        (lambda: one_hot([0, 3], 3), "labels from 0 to 2 expected; got 0 to 3"),
        (lambda: next(batches(numbered(3), 0)), "mini-batches of 0 out of 3 examples"),
        (lambda: next(batches(numbered(3)[:0], 2)), "mini-batches of 2 out of 0 examples"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
