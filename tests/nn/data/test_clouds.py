"""Clouds of points in a plane: their shapes, their seeds, and what they refuse."""

import numpy as np
import pytest

from nn import circles, clusters, spiral

CLOUDS = (circles, clusters, spiral)


@pytest.mark.parametrize("make", CLOUDS)
def test_a_cloud_has_the_points_and_labels_asked_for(make):
    data = make(31, seed=0)
    assert data.x.shape == (31, 2)
    assert (data.y == -1).sum() == 15 and (data.y == 1).sum() == 16
    assert data.targets.kind == "label" and data.targets.threshold == 0
    assert np.array_equal(data.x, make(31, seed=0).x)
    assert not np.array_equal(data.x, make(31, seed=1).x)


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
    with pytest.raises(ValueError, match="2 points or more"):
        make(1)
    with pytest.raises(ValueError, match="noise 0 or more"):
        make(10, noise=-1)
    with pytest.raises(TypeError, match="number of points"):
        make(10.5)
