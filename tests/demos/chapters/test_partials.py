"""N35 to N39: partial derivatives and the gradient."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.partials import (
    BOTTOM_RUN,
    MIXED,
    PARABOLOID,
    PLANE,
    SLICE_X,
    SLICE_Y,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, judged, numbers, xs

CASES = Cases()
SECOND = {"x x": 2, "x y": 0, "y y": 2}


def paraboloid(entry: str, x: float, y: float, *first: float) -> None:
    expected = dict(zip(("", "x", "y"), first, strict=True))
    CASES.add(entry, PARABOLOID, "f", {"x": x, "y": y}, {**expected, **SECOND})


paraboloid("N35", 1.3, 4, 17.69, 2.6, 8)
paraboloid("N35", 2, -0.6, 4.36, 4, -1.2)
paraboloid("N37", -1.2, 0.5, 1.69, -2.4, 1)
paraboloid("N38", 2, 3, 13, 4, 6)
paraboloid("N39", 0, 0, 0, 0, 0)
CASES.add("N35", SLICE_X, "f", {"x": 1.3}, {"": 17.69, "x": 2.6})
CASES.add("N35", SLICE_Y, "f", {"y": -0.6}, {"": 4.36, "y": -1.2})
CASES.add(
    "N36",
    MIXED,
    "f",
    {"x": 1.5, "y": -0.7},
    {
        "": -2.31525,
        "x": -3.087,
        "y": 9.9225,
        "x x": -2.058,
        "x y": 13.23,
        "y y": -28.35,
    },
)
# The plane at (2, 3) is 13 high there, and has the slopes 4 and 6.
CASES.add("N35", PLANE, "T", {"x": 2, "y": 3, "a": 2, "b": 3}, {"": 13, "x": 4, "y": 6})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_doubled_f() -> None:
    """N35, L357: f(f(x, 4), 4) rises by 4x(x² + 16) at x = 1.3, and not by 2.6."""
    judged("N35", 0, 2.6, 2.6)
    claim = ARTICLES["N35"].misprints[0].printed
    agree(claim.model, "f", ("x",), {"x": 1.3}, 4 * 1.3 * (1.3**2 + 16))


def test_the_printed_gradient_is_right() -> None:
    """N38."""
    printed = ARTICLES["N38"].parts[0].printed
    assert [(p.text, p.wrong) for p in printed] == [("4", False), ("6", False)]


def test_newton_lands_on_the_minimum() -> None:
    """N39."""
    assert xs(BOTTOM_RUN)[1] == pytest.approx([0, 0], abs=1e-15)


def test_a_zero_gradient_is_not_enough() -> None:
    """N39: the saddle 2x² − 2y² is level at (0, 0) and lower beside it."""
    found = numbers(ARTICLES["N39"].parts[1].readings[0])
    assert found == close([0, 0, 0, -0.02, 0.02])
