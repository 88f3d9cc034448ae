"""N17 to N20: e and the logarithm."""

import math
from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.exponentials import (
    GROWTH,
    LOGARITHM,
    REACHED,
    RISE,
    THERE_AND_BACK,
    THREE_RUN,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, numbers, xs

CASES = Cases()
EXP = 0.54881163609402643
CASES.add("N17", GROWTH, "f", {"n": 1}, {"": 2})
CASES.add("N17", GROWTH, "f", {"n": 10}, {"": 2.5937424601})
CASES.add("N18", RISE, "f", {"x": -0.6}, {"": EXP, "x": EXP, "x x": EXP})
CASES.add("N19", LOGARITHM, "again", {"y": 2.3}, {"": 2.3, "y": 1})
CASES.add("N19", THERE_AND_BACK, "again", {"y": -1.4}, {"": -1.4, "y": 1})
CASES.add(
    "N20",
    LOGARITHM,
    "g",
    {"y": 2.3},
    {"": 0.83290912293510401, "y": 0.43478260869565217, "y y": -0.1890359168241966},
)
# 1 + 1/n is rounded, and the power makes that n times as large.
POWERS = {100: 2.7048138294215261, 1000: 2.7169239322358925}


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


@pytest.mark.parametrize("n", POWERS)
def test_large_powers(n: int) -> None:
    """N17."""
    found = ENGINE.of(GROWTH, "f", (), {"n": n})
    assert found == close(POWERS[n], rel=n * 2**-53)


def test_the_slope_in_n_goes_to_zero_from_above() -> None:
    """N17: e/(2n²) to first order."""
    *slopes, check = numbers(ARTICLES["N17"].parts[0].readings[1])
    assert all(slope > 0 for slope in slopes)
    assert slopes[-1] == pytest.approx(math.e / 2e6, rel=0.002)
    assert slopes[-1] == pytest.approx(check, rel=1e-9)


def test_where_the_printed_number_is_reached() -> None:
    """N17: 2.712 at n = 215.444."""
    assert xs(REACHED)[-1][0] == pytest.approx(215.444, abs=5e-4)


def test_printed_numbers() -> None:
    """N17: two are wrong even with the decimal points that were lost."""
    printed = ARTICLES["N17"].parts[1].printed
    assert [p.text for p in printed if p.wrong] == ["2.592", "2.712"]
    assert [p.text for p in printed if not p.wrong] == ["2.71828182", "2"]


def test_the_exponent_of_three() -> None:
    """N19: ln 3, found without a logarithm."""
    assert xs(THREE_RUN)[-1] == close([1.0986122886681097])


def test_misprints() -> None:
    """N17: no chain of equal fractions; N20: the letter g for y."""
    judged("N17", 0, 0.5, 10 / 2.5937424601)
    judged("N20", 0, 0.43478260869565217, 0.43478260869565217)
