"""Clouds of points in a plane: their shapes, their seeds, and what they refuse."""

import numpy as np
import pytest

from nn import circles, clusters, moons, spiral

CLOUDS = (circles, clusters, moons, spiral)


@pytest.mark.parametrize("make", CLOUDS)
def test_a_cloud_has_the_points_and_labels_asked_for(make):
    data = make(31, seed=0)
    assert data.x.shape == (31, 2)
    assert (data.y == -1).sum() == 15 and (data.y == 1).sum() == 16
    assert data.targets.kind == "label" and data.targets.threshold == 0
    assert np.array_equal(data.x, make(31, seed=0).x)
    assert not np.array_equal(data.x, make(31, seed=1).x)


def test_moons_lie_on_two_half_circles():
    data = moons(101, noise=0.0, seed=0)
    upper, lower = (data.x[data.y[:, 0] == side] for side in (-1, 1))
    assert (len(upper), len(lower)) == (50, 51)
    np.testing.assert_allclose((upper**2).sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(((lower - [1, 0.5]) ** 2).sum(axis=1), 1, rtol=1e-12)
    assert (upper[:, 1] >= 0).all()
    assert (lower[:, 1] <= 0.5).all()


@pytest.mark.optional("sklearn")
def test_moons_are_those_of_scikit_learn(optional):
    optional("sklearn")
    from sklearn.datasets import make_moons

    theirs, sides = make_moons(30, shuffle=False)
    ours = moons(30, noise=0.0, seed=0)
    order = np.lexsort(np.round(ours.x.T, 9)), np.lexsort(np.round(theirs.T, 9))
    np.testing.assert_allclose(ours.x[order[0]], theirs[order[1]], atol=1e-12)
    assert ours.y[order[0], 0].tolist() == (2 * sides[order[1]] - 1).tolist()


def test_without_noise_the_circles_have_their_radii():
    data = circles(40, noise=0, seed=0)
    assert np.hypot(*data.x.T) == pytest.approx(np.where(data.y[:, 0] < 0, 1.0, 0.5))


def test_without_noise_the_arms_are_mirror_images():
    data = spiral(40, noise=0, seed=0)
    first, second = (data.x[data.y[:, 0] == sign] for sign in (-1, 1))
    ordered = [arm[np.argsort(np.hypot(*arm.T))] for arm in (first, -second)]
    assert ordered[0] == pytest.approx(ordered[1])


def test_without_noise_the_clusters_are_exclusive_or():
    data = clusters(8, noise=0, seed=0)
    assert (np.sign(data.x[:, 0] * data.x[:, 1]) == -data.y[:, 0]).all()


@pytest.mark.parametrize("make", CLOUDS)
def test_nonsense_is_refused(make):
    with pytest.raises(ValueError, match="at least 2 points"):
        make(1)
    with pytest.raises(ValueError, match="noise must be finite"):
        make(10, noise=-1)
    with pytest.raises(ValueError, match="noise must be finite"):
        make(10, noise=float("nan"))
    with pytest.raises(TypeError, match="number of points"):
        make(10.5)
