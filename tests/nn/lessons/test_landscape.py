"""The cost as a surface over two numbers; the drunk and the careful path on it."""

import re
from itertools import pairwise

import numpy as np
import pytest

from nn import MLP, Data, binary_cross_entropy, mnist, moons, squared_error
from nn.lessons.landscape import Landscape, random_direction


def neuron_on_moons(seed=0):
    data = moons(60, 0.15, seed=1)
    return Landscape(
        MLP(2, [1], seed=seed),
        Data(data.x, (data.y + 1) / 2),
        ("W1[1,1]", "W1[1,2]"),
        binary_cross_entropy,
    )


def test_the_coordinates_of_parameters_are_their_values():
    land = neuron_on_moons()
    for place in ([0.0, 0.0], [1.5, -2.0]):
        model = MLP.from_arrays([[place]], [[0.0]])
        costs = [
            binary_cross_entropy(model(x), y).data
            for x, y in zip(land.data.x, land.data.y, strict=True)
        ]
        assert land.cost(place) == pytest.approx(np.mean(costs), rel=1e-12)


def test_the_coordinates_of_directions_start_at_the_models_parameters():
    data = moons(20, seed=0)
    model = MLP(2, [3, 1], "tanh", seed=0)
    along = random_direction(model, 1), random_direction(model, 2)
    land = Landscape(model, data, along)
    assert land.names == ("direction 1", "direction 2")
    weights = np.array([p.data for p in model.parameters()])
    for a, b in ((0.0, 0.0), (0.5, -1.0)):
        other = MLP(2, [3, 1], "tanh", seed=0)
        moved = weights + a * along[0] + b * along[1]
        for p, number in zip(other.parameters(), moved.tolist(), strict=True):
            p.data = number
        costs = [squared_error(other(x), y).data for x, y in zip(data.x, data.y, strict=True)]
        assert land.cost((a, b)) == pytest.approx(np.mean(costs), rel=1e-12)
    assert [p.data for p in model.parameters()] == weights.tolist()


def test_a_random_direction_is_as_long_as_each_array():
    model = MLP(4, [3, 2], seed=0)
    direction = random_direction(model, seed=0)
    start = 0
    for array in model.arrays().values():
        part = direction[start : start + array.size]
        assert np.linalg.norm(part) == pytest.approx(np.linalg.norm(array), abs=1e-12)
        start += array.size
    assert direction.tolist() == random_direction(model, seed=0).tolist()


def test_the_grid_has_the_second_number_in_its_rows():
    land = neuron_on_moons()
    grid = land.grid([0.0, 1.0, 2.0], [5.0, 6.0])
    assert grid.costs.shape == (2, 3)
    assert grid.costs[1, 2] == land.cost([2.0, 6.0])


def test_the_careful_path_goes_down_step_by_step_and_the_drunk_one_soon():
    land = neuron_on_moons()
    start = [-3.0, 4.0]
    careful = land.descend(start, 1.0, 40)
    drunk = land.descend(start, 1.0, 4, batch_size=6, seed=0)
    assert careful.name == "full batch"
    assert drunk.name == "mini-batches of 6"
    assert all(after < before for before, after in pairwise(careful.costs))
    ups = sum(after > before for before, after in pairwise(drunk.costs))
    assert ups > 0  # he stumbles
    assert len(drunk.costs) == len(careful.costs) == 41
    # The same number of steps, a tenth of the examples looked at, and down nearly as far.
    assert drunk.costs[-1] < 0.15 * drunk.costs[0]
    assert careful.costs[-1] == pytest.approx(land.cost(careful.places[-1]), rel=1e-12)


def test_a_step_is_the_rate_times_the_slope_of_the_surface():
    land, h = neuron_on_moons(), 1e-6
    start = np.array([0.5, -0.5])
    step = land.descend(start, 0.1, 1).places[1] - start
    slopes = [
        (land.cost(start + h * axis) - land.cost(start - h * axis)) / (2 * h) for axis in np.eye(2)
    ]
    np.testing.assert_allclose(step, -0.1 * np.array(slopes), rtol=1e-7)


def test_the_same_seed_gives_the_same_path_to_the_last_bit():
    paths = [
        neuron_on_moons().descend([1.0, 1.0], 0.5, 2, batch_size=7, seed=seed).places.tobytes()
        for seed in (3, 3, 4)
    ]
    assert paths[0] == paths[1] != paths[2]


def test_the_surface_of_real_digits(mnist_folder):
    data = mnist(mnist_folder, "t10k")[:200]
    model = MLP(784, [16, 16, 10], "sigmoid", "sigmoid", seed=3)
    land = Landscape(model, data, (random_direction(model, 1), random_direction(model, 2)))
    careful = land.descend([0.8, 0.8], 1.0, 8)
    drunk = land.descend([0.8, 0.8], 1.0, 2, batch_size=20, seed=0)
    assert careful.costs[-1] < careful.costs[0]
    assert drunk.costs[-1] < drunk.costs[0]
    surface = land.around([careful, drunk], 5)
    for path in (careful, drunk):
        assert (surface.first[0] < path.places[:, 0]).all()
        assert (surface.second[-1] > path.places[:, 1]).all()


def test_what_is_no_direction_is_refused():
    model, data = MLP(2, [1], seed=0), moons(10, seed=0)
    with pytest.raises(ValueError, match=re.escape("no parameter is labeled 'W9'; the first is")):
        Landscape(model, data, ("W9", "b1[1]"))
    with pytest.raises(ValueError, match=re.escape("a direction has shape (3,); got (2,)")):
        Landscape(model, data, (np.ones(2), "b1[1]"))
