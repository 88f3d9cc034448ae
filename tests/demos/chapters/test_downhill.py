"""N46, N48 and N49: gradient descent in two variables."""

import math
from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.downhill import (
    FIT_RUNS,
    HALF_MEAN,
    LIMITS,
    MEAN_RUN,
    OVAL_RUN,
    STEEPEST,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, judged, numbers, xs

CASES = Cases()
CASES.add(
    "N49",
    HALF_MEAN,
    "L",
    {"m": 0.3, "b": 1.1},
    {
        "": 2.0416666666666667,
        "m": -3.4,
        "b": -1.6333333333333333,
        "m m": 4.6666666666666667,
        "m b": 2,
        "b b": 1,
    },
)


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_three_steps_down() -> None:
    """N46."""
    expected = [[1.5, -0.8], [1.2, -0.32], [0.96, -0.128], [0.768, -0.0512]]
    assert xs(OVAL_RUN) == [close(row) for row in expected]


def test_the_gradient_is_the_steepest_direction() -> None:
    """N46: its length along it, minus that against it, 0 across."""
    *_, along, across, against, length = numbers(STEEPEST)
    assert length == close(math.hypot(3, -4.8))
    assert (along, against) == close((length, -length))
    assert across == pytest.approx(0, abs=1e-14)


def test_two_learning_rates() -> None:
    """N48: one that converges and one that is too large."""
    small, large = map(xs, FIT_RUNS)
    expected = [[0, 0], [0.42, 0.2], [0.6984, 0.3376], [0.882336, 0.433536]]
    assert small == [close(row) for row in expected]
    flung = [[0, 0], [2.94, 1.4], [-1.0584, -0.2576], [4.172448, 2.139648]]
    assert large == [close(row) for row in flung]


def test_the_largest_learning_rate() -> None:
    """N48: 2/(17 + √265)."""
    low, high, rate = numbers(LIMITS)
    assert (low, high) == close((17 - math.sqrt(265), 17 + math.sqrt(265)))
    assert rate == close(0.060098283658357801)


def test_the_mean_takes_the_same_path() -> None:
    """N49: with a learning rate 2n = 6 times as large."""
    small = xs(FIT_RUNS[0])
    assert xs(MEAN_RUN) == [close(row) for row in small]
    largest = numbers(ARTICLES["N49"].parts[1].readings[0])[-1]
    assert largest == close(6 * 0.060098283658357801)


def test_misprints() -> None:
    """N46: ∇f points up. N48: −92 and 72b. N49: one point for the mean of three."""
    judged("N46", 0, -(3**2 + 4.8**2), 3**2 + 4.8**2)
    judged("N48", 0, 28 * 0.3 + 72 * 1.1 - 92, 28 * 0.3 + 12 * 1.1 - 42)
    judged("N49", 0, 0.3 + 1.1 - 2, -3.4)
