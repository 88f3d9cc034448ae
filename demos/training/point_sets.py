"""Points of the plane in two classes that no line parts, or hardly.

What one can do with this file: `xor`, `moons`, `circles` and `spirals` give rows (x₁,
x₂) and their classes, 0 and 1; `by_class`, `frame` and `score` serve a plot.

The one idea: a seed is all that a set of points depends on. `moons` repeats
scikit-learn's make_moons to the last bit, so micrograd's demo gets its own data from a
bare install.
"""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

from autograd_core import no_grad

__all__ = ["Points", "by_class", "circles", "frame", "moons", "score", "spirals", "xor"]

Points = tuple[list[list[float]], list[int]]


def xor() -> Points:
    """The four corners; the class says whether the two numbers differ.

    Examples
    --------
    >>> xor()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    corners = [[float(a), float(b)] for a in (0, 1) for b in (0, 1)]
    return corners, [int(a != b) for a, b in corners]


def moons(count: int = 100, *, noise: float = 0.1, seed: int = 1337) -> Points:
    """Two half circles that grip each other: ``make_moons(count, noise=noise)``.

    After ``np.random.seed(seed)``, as in micrograd's demo. NumPy keeps the numbers of
    RandomState as they are for ever.
    """
    random = np.random.RandomState(seed)
    upper, lower = (
        np.linspace(0, np.pi, count // 2),
        np.linspace(0, np.pi, -(-count // 2)),
    )
    x = np.append(np.cos(upper), 1 - np.cos(lower))
    y = np.append(np.sin(upper), 1 - np.sin(lower) - 0.5)
    classes = np.append(np.zeros(len(upper), int), np.ones(len(lower), int))
    order = np.arange(count)
    random.shuffle(order)
    rows = np.column_stack([x, y])[order]
    rows += random.normal(scale=noise, size=rows.shape)
    return rows.tolist(), classes[order].tolist()


def circles(
    count: int = 100, *, inner: float = 0.5, noise: float = 0.08, seed: int = 0
) -> Points:
    """A circle of radius 1 (class 0) and one of radius ``inner`` (class 1) in it."""
    random = Random(seed)
    turns = [(i % 2, 2 * math.pi * (i // 2) / (count // 2)) for i in range(count)]
    rows = [_around(random, inner if k else 1.0, t, noise) for k, t in turns]
    return rows, [k for k, _ in turns]


def spirals(count: int = 100, *, noise: float = 0.06, seed: int = 0) -> Points:
    """Two arms that turn around each other, to a radius of 3."""
    random = Random(seed)
    ways = [(i % 2, 0.15 + 0.85 * (i // 2) / (count // 2 - 1)) for i in range(count)]
    rows = [_around(random, 3 * w, math.pi * (2.5 * w + k), noise) for k, w in ways]
    return rows, [k for k, _ in ways]


def _around(random: Random, radius: float, turn: float, noise: float) -> list[float]:
    # A point given by radius and angle, moved a little.
    x, y = radius * math.cos(turn), radius * math.sin(turn)
    return [x + random.gauss(0.0, noise), y + random.gauss(0.0, noise)]


def by_class(
    rows: Sequence[Sequence[float]], classes: Sequence[int]
) -> dict[str, list[tuple[float, float]]]:
    """The points of each class, as `visualize.plots.boundary` wants them.

    Examples
    --------
    >>> by_class(*xor())
    {'class 0': [(0.0, 0.0), (1.0, 1.0)], 'class 1': [(0.0, 1.0), (1.0, 0.0)]}
    """
    pairs = [(k, (x[0], x[1])) for x, k in zip(rows, classes, strict=True)]
    return {
        f"class {c}": [point for k, point in pairs if k == c]
        for c in sorted(set(classes))
    }


def frame(rows: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """An interval for each axis, with some room around the points.

    Examples
    --------
    >>> frame([[0.0, 1.0], [10.0, 3.0]])
    [(-1.0, 11.0), (0.8, 3.2)]
    """
    ends = [(min(column), max(column)) for column in zip(*rows, strict=True)]
    return [(low - (high - low) / 10, high + (high - low) / 10) for low, high in ends]


def score(model: Callable[[list[float]], Any]) -> Callable[[float, float], float]:
    """A model's score as a function of x₁ and x₂, in plain numbers."""

    def at(a: float, b: float) -> float:
        with no_grad():
            return float(model([a, b]).data)

    return at
