"""Clouds of points in a plane, in two classes, for playgrounds and lessons."""

from __future__ import annotations

import numpy as np

from autograd.engine.number import Number

from ..arrays import Array, check_count
from ..initialization import Seed, random_generator
from ..targets import TargetType
from .batches import Data


def moons(count: int = 100, noise: float = 0.1, seed: Seed = None) -> Data:
    """Return points on two interleaving half circles, with targets −1 and 1.

    For t from 0 to π, the upper moon (cos t, sin t) has target −1 and the lower one
    (1 − cos t, ½ − sin t) has target 1, as in scikit-learn's make_moons.

    Args:
        count: how many points. If the count is odd, the lower moon has one point more.
        noise: the standard deviation of the normal noise on each coordinate.
        seed: an int or a numpy Generator, which determines the noise and the order.

    Raises:
        TypeError: the number of points is not a whole number.
        ValueError: there are fewer than 2 points, or the noise is below 0 or not finite.

    >>> moons(100, seed=0)
    Data(100 examples, 2 inputs, 1 output: label)
    """
    first, second = _split_count(count, noise)
    upper, lower = np.linspace(0, np.pi, first), np.linspace(0, np.pi, second)
    x = np.concatenate([np.cos(upper), 1 - np.cos(lower)])
    height = np.concatenate([np.sin(upper), 0.5 - np.sin(lower)])
    return _scatter(np.stack([x, height], axis=1), first, noise, seed)


def circles(count: int = 100, noise: float = 0.1, seed: Seed = None) -> Data:
    """Return points on two circles around the origin, with targets −1 and 1.

    The outer circle has the radius 1 and the target −1. The inner circle has the radius ½ and the
    target 1.

    If the count is odd, the inner circle has one point more. The arguments and errors are those of
    `moons`.

    >>> x = circles(4, noise=0).x
    >>> sorted((x**2).sum(axis=1).round(6).tolist())
    [0.25, 0.25, 1.0, 1.0]
    """
    outer, inner = (
        np.linspace(0, 2 * np.pi, n, endpoint=False) for n in _split_count(count, noise)
    )
    angle, radius = np.concatenate([outer, inner]), np.repeat([1.0, 0.5], [len(outer), len(inner)])
    points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return _scatter(points, len(outer), noise, seed)


def spiral(count: int = 100, noise: float = 0.05, seed: Seed = None) -> Data:
    """Return points on two arms of a spiral, with targets −1 and 1.

    For t from 0 to 1, an arm is t·(cos φ, sin φ) with φ = 1¾ π t, and the other is its mirror image
    through the origin.

    If the count is odd, the second arm has one point more. The arguments and errors are those of
    `moons`.

    >>> spiral(100, seed=0)
    Data(100 examples, 2 inputs, 1 output: label)
    """
    arms = [np.linspace(0.1, 1, n) for n in _split_count(count, noise)]
    points = [
        sign * t[:, None] * np.stack([np.cos(_TURN * t), np.sin(_TURN * t)], axis=1)
        for sign, t in zip((1, -1), arms, strict=True)
    ]
    return _scatter(np.concatenate(points), len(arms[0]), noise, seed)


_TURN = 3.5 * np.pi / 2  # the angle at the end of an arm, 1¾ π


def clusters(count: int = 100, noise: float = 0.25, seed: Seed = None) -> Data:
    """Return points around the four corners of exclusive or, with targets −1 and 1.

    The target is −1 around (−1, −1) and (1, 1), and 1 around the other two corners.

    The arguments and errors are those of `moons`.

    >>> sorted((x.tolist(), y.tolist()) for x, y in clusters(4, noise=0))
    [([-1.0, -1.0], [-1.0]), ([-1.0, 1.0], [1.0]), ([1.0, -1.0], [1.0]), ([1.0, 1.0], [-1.0])]
    """
    first, second = _split_count(count, noise)
    same, other = np.array([[-1.0, -1], [1, 1]]), np.array([[-1.0, 1], [1, -1]])
    points = np.concatenate([np.resize(same, (first, 2)), np.resize(other, (second, 2))])
    return _scatter(points, first, noise, seed)


def _split_count(count: int, noise: float) -> tuple[int, int]:
    check_count(count, "the number of points")
    if count < 2 or not (isinstance(noise, Number) and 0 <= noise < np.inf):
        raise ValueError(
            "there must be at least 2 points, and the noise must be finite and at least 0; got "
            f"{count} and {noise}"
        )
    return count // 2, count - count // 2


def _scatter(points: Array, first: int, noise: float, seed: Seed) -> Data:
    """Return the points with noise, in a random order. The first points have the target −1."""
    generator = random_generator(seed)
    moved = points + generator.normal(0.0, noise, points.shape)
    targets = np.repeat([[-1.0], [1.0]], [first, len(points) - first], axis=0)
    return Data(moved, targets, TargetType("label", 0.0))[generator.permutation(len(points))]
