"""The problems that every optimizer is tried on, with minima known from elsewhere."""

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath

import autograd_core as ac


class Problem(NamedTuple):
    """A function of a list, where to start, and where its minimum is."""

    f: Callable[[list[Any]], Any]
    start: list[float]
    minimum: list[float]
    residuals: Callable[[list[Any]], Any]  # 2 f is the sum of their squares


def valley(x: list[Any]) -> Any:
    """Hessian diag(1, 50), the notes' elongated valley at another scale (A-80)."""
    return (x[0] ** 2 + 50 * x[1] ** 2) / 2


def rosenbrock(x: list[Any]) -> Any:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def quartic(x: list[Any]) -> Any:
    """The notes' (N75), with the 0.8 that their numbers need."""
    a, b = x
    return a**4 + 0.8 * b**4 + 4 * a**2 + 2 * b**2 - a * b - 0.2 * a**2 * b


def quartic_residuals(x: list[Any]) -> list[Any]:
    """(a² - b/10)² + (2a - b/4)² + 0.8 b⁴ + 1.9275 b² is the quartic."""
    a, b = x
    parts = [a**2 - b / 10, 2 * a - b / 4, 0.8**0.5 * b**2, 1.9275**0.5 * b]
    return [2**0.5 * part for part in parts]


_rng = random.Random(7)
ROWS = [[1.0, _rng.gauss(0, 1), _rng.gauss(0, 2)] for _ in range(24)]
LABELS = [
    float(_rng.random() < 1 / (1 + 2.718281828 ** -(0.5 + row[1] - row[2])))
    for row in ROWS
]


def losses(theta: list[Any]) -> list[Any]:
    return [
        ac.binary_cross_entropy(ac.dot(theta, row), label)
        for row, label in zip(ROWS, LABELS, strict=True)
    ]


def logistic(theta: list[Any]) -> Any:
    return ac.sum(losses(theta))


def logistic_minimum() -> list[float]:
    """Where Xᵀ(π - y) is 0, by 30-digit root finding on that formula."""

    def score(*theta: Any) -> list[Any]:
        total = [mpmath.mpf(0)] * 3
        for row, label in zip(ROWS, LABELS, strict=True):
            z = sum(t * x for t, x in zip(theta, row, strict=True))
            error = 1 / (1 + mpmath.exp(-z)) - label
            total = [s + error * x for s, x in zip(total, row, strict=True)]
        return total

    with mpmath.workdps(30):
        return [float(t) for t in mpmath.findroot(score, (0.0, 0.5, -0.5))]


PROBLEMS = {
    "valley": Problem(valley, [5.0, 1.0], [0.0, 0.0], lambda x: [x[0], 50**0.5 * x[1]]),
    "rosenbrock": Problem(
        rosenbrock,
        [-1.2, 1.0],
        [1.0, 1.0],
        lambda x: [2**0.5 * (1 - x[0]), 200**0.5 * (x[1] - x[0] ** 2)],
    ),
    "quartic": Problem(quartic, [4.0, 4.0], [0.0, 0.0], quartic_residuals),
    "logistic": Problem(
        logistic,
        [0.0, 0.0, 0.0],
        logistic_minimum(),
        lambda theta: [ac.sqrt(2 * loss) for loss in losses(theta)],
    ),
}
