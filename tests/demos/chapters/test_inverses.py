"""N13 and N14: inverse functions."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.inverses import BACKWARDS, ROOT, ROUND_TRIP
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, judged, numbers

CASES = Cases()
CASES.add("N13", ROUND_TRIP, "g", {"x": 1.7}, {"": 1.7, "x": 1})
CASES.add("N13", ROUND_TRIP, "g", {"x": -1.7}, {"": 1.7, "x": -1})
CASES.add("N13", BACKWARDS, "again", {"y": -1.7}, {"": 1.7})
CASES.add(
    "N14",
    ROOT,
    "g",
    {"y": 9},
    {"": 3, "y": 0.16666666666666667, "y y": -0.0092592592592592593},
)
CASES.add("N14", ROOT, "g", {"y": 2.56}, {"": 1.6, "y": 0.3125, "y y": -0.06103515625})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_one_way_round_is_not_enough() -> None:
    """N13: from −1.7 the second way does not come back."""
    assert numbers(ARTICLES["N13"].parts[1].readings[0]) == close([-1.7, 2.89, 1.7])


def test_the_slope_at_the_wrong_point() -> None:
    """N14: 1/f'(9) is not g'(9)."""
    judged("N14", 0, 0.055555555555555556, 0.16666666666666667)
