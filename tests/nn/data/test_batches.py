"""Examples and mini-batches: everything once, seeded, the last one short."""

import re

import numpy as np
import pytest

from nn import Data, batches, one_hot, xor
from nn.targets import TargetType


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
    assert repr(data) == "Data(3 examples, 2 inputs, 1 output: label)"


def test_a_loop_over_the_data_yields_examples():
    data = xor()
    found = [(x.tolist(), y.tolist()) for x, y in data]
    assert found == list(zip(data.x.tolist(), data.y.tolist(), strict=True))
    x, y = data[-1]
    assert (x.tolist(), y.tolist()) == ([1.0, 1.0], [0.0])
    assert data[np.int64(1)][0].tolist() == [0.0, 1.0]
    assert len(list(data)) == len(list(zip(data, "abcd", strict=True))) == 4


def test_parts_by_list_mask_and_nothing_mean_what_the_whole_means():
    data = xor()
    assert data[data.labels == 1].x.tolist() == [[0, 1], [1, 0]]
    assert [len(data[part]) for part in ([], slice(0), [3], np.array([], int))] == [0, 0, 1, 0]
    assert {data[part].targets.kind for part in ([], slice(0), [3])} == {"label"}


def test_the_labels_are_the_answers_that_are_wanted():
    assert Data(np.ones((3, 1)), one_hot([2, 0, 1], 3)).labels.tolist() == [2, 0, 1]
    assert Data(np.ones((2, 1)), [[-1], [1]]).labels.tolist() == [0, 1]
    assert Data(np.ones((2, 1)), [[0.2], [0.9]], "label").labels.tolist() == [0, 1]
    assert Data(np.ones((2, 1)), [[0.2, 0.8], [0.9, 0.1]], "classes").labels.tolist() == [1, 0]
    with pytest.raises(ValueError, match="the targets are numbers"):
        _ = Data(np.ones((2, 1)), [[0.2], [0.9]]).labels


@pytest.mark.parametrize(
    ("y", "targets"),
    [
        ([[0, 1], [1, 0]], "classes"),
        ([[0, 1], [0, 1]], "numbers"),
        ([[0.5, 0.5]], "numbers"),
        ([[1, 1], [0, 1]], "numbers"),
        ([[0], [3]], "numbers"),
        ([[0], [1], [1]], "label"),
        ([[True], [False]], "label"),
        ([[-1], [1]], "label"),
        ([[-1, 1], [1, 1]], "labels"),
        ([[1], [1]], "numbers"),
        ([[0], [1], [2]], "numbers"),
    ],
)
def test_what_targets_mean_is_decided_when_the_data_is_made(y, targets):
    data = Data(np.ones((len(y), 1)), y)
    batch = next(batches(data, 1, seed=0))
    assert data.targets == data[:1].targets == batch.targets
    assert data.targets == TargetType(targets, 0.0 if -1 in np.array(y) else 0.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Data([1, 2], [[1], [2]]), "x must have shape (examples, inputs); got shape (2,)"),
        (lambda: Data([[1]], [1]), "y must have shape (examples, outputs); got shape (1,)"),
        (lambda: Data([[1], [2]], [[1]]), "2 examples in x but 1 target in y"),
        (
            lambda: Data([[np.nan]], [[1]]),
            "x[0, 0] is nan; it must be finite (row 0, column 0, counted from 0)",
        ),
        (
            lambda: one_hot([0, 3], 3),
            "a label is a whole number from 0 to 2; the label of example 1 is 3",
        ),
        (
            lambda: next(batches(numbered(3), 0)),
            "size of a mini-batch must be 1 or more; got 0",
        ),
        (
            lambda: next(batches(numbered(3)[:0], 2)),
            "number of examples must be 1 or more",
        ),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
