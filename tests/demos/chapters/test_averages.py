"""N30, N31 and N34: means, and products that become sums."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.averages import (
    FACTORS,
    MEAN,
    MEAN_RUN,
    THREE,
    THREE_RUN,
    UNDERFLOW,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, judged, numbers, xs

CASES = Cases()
LINES = {"x": 4.5, "a": 1, "b": 2, "c": 6}
CASES.add("N30", THREE, "C", LINES, {"": 20.75, "x": 9, "x x": 6})
CASES.add("N30", THREE, "C", {**LINES, "x": 3}, {"": 14, "x": 0})
CASES.add("N30", THREE, "best", LINES, {"": 3})
CASES.add("N30", THREE, "least", LINES, {"": 14})
CASES.add("N30", THREE, "literal", LINES, {"": 2.8333333333333333})
FIVE = {"x": 1.7, "a1": 1.2, "a2": -0.7, "a3": 3.1, "a4": 0.4, "a5": 2.5}
CASES.add("N31", MEAN, "C", FIVE, {"": 10.3, "x": 4, "x x": 10})
CASES.add("N31", MEAN, "mean", FIVE, {"": 1.3})
CASES.add("N31", MEAN, "least", FIVE, {"": 9.5})
AT = {"x": 1.3}
CASES.add("N34", FACTORS, "f", AT, {"": 24.6123, "x": 53.504})
for name in ("logarithm", "sum"):
    CASES.add(
        "N34", FACTORS, name, AT, {"": 3.2032463179799682, "x": 2.1738724133868025}
    )


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_one_newton_step_finds_the_mean() -> None:
    """N30 and N31."""
    assert xs(THREE_RUN)[1] == close([3])
    assert xs(MEAN_RUN)[1] == close([1.3])


def test_misprint() -> None:
    """N30, L293: at x = 4.5 a slope of 10 instead of 9."""
    judged("N30", 0, 10.0, 9.0)


def test_a_product_underflows_and_a_sum_does_not() -> None:
    """N34: 400 factors of 0.1; 400 times ln(0.1)."""
    product, logarithms = numbers(UNDERFLOW)
    assert product == 0.0
    # 400 additions, each rounded.
    assert logarithms == close(-921.03403719761829, rel=400 * 2**-53)
