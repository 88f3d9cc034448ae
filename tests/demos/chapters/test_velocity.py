"""N4 to N6 and N67: average and instantaneous velocity, tangent, acceleration."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.velocity import AVERAGE, AVERAGES, PATH, TANGENT, WAVE
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import QUOTIENT, close, judged, numbers

CASES = Cases()
CASES.add("N4, N67", PATH, "x", {"t": 1.5}, {"": 0.375, "t": 4.75, "t t": 9})
CASES.add("N67", PATH, "v", {"t": 1.5}, {"": 4.75, "t": 9})
CASES.add("N4", AVERAGE, "average", {"t": 1.5, "h": 1}, {"": 10.25})
CASES.add(
    "N5, N6",
    WAVE,
    "f",
    {"x": 0.8},
    {"": 1.5965053406002509, "x": 3.1470546374076732, "x x": 3.1010985936148446},
)
CASES.add("N5", TANGENT, "T", {"a": 0.8, "x": 1}, {"": 2.2259162680817855})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_average_velocities() -> None:
    """N4: during 1, 0.1 and 0.001; the velocity is 4.75."""
    assert numbers(AVERAGES) == close([10.25, 5.21, 4.754501], rel=QUOTIENT)


def test_the_average_is_not_the_velocity() -> None:
    """N4, L45."""
    judged("N4", 0, 10.25, 4.75)


def test_the_tangent_leaves_the_curve_slowly() -> None:
    """N5: a ten times smaller step leaves a ten times smaller gap per step."""
    gaps = numbers(ARTICLES["N5"].parts[1].readings[1])
    # Half the second derivative times h, to first order in h.
    assert gaps[2:] == pytest.approx(
        [3.1010985936148446 / 2 * h for h in (0.01, 0.001)], rel=0.02
    )
    assert gaps == sorted(gaps, reverse=True)
