"""S1 to S5: linear regression and the normal equation."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.normal_equation import (
    DATA,
    DATA_AT,
    FORMS,
    LINE_RUN,
    PLANE_RUN,
    SPREAD,
)
from demos.derivations.chapters.regression import (
    LEARNER,
    LEARNER_AT,
    LINE,
    PLANE,
    RATE_RUNS,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, xs

CASES = Cases()
case = CASES.add

case("S1", LEARNER, "t0", LEARNER_AT.values, {"": 7 / 3})
case("S1", LEARNER, "t1", LEARNER_AT.values, {"": 0.5})
case("S1", LEARNER, "yhat", LEARNER_AT.values, {"": 4.3333333333333333})
AT = {"a": 1, "b": 0.2}
case(
    "S2",
    LINE,
    "J",
    AT,
    {"": 15.56, "a": -11.6, "b": -24.4, "a a": 6, "a b": 12, "b b": 28},
)
case("S2", LINE, "mse", AT, {"": 5.1866666666666667, "a": -11.6 / 3})
THETA = {"t0": 0.2, "t1": -0.3, "t2": 0.5}
for i, prediction in enumerate((-0.45, -0.25, 1.05, 0.4), 1):
    case("S3", PLANE, f"yhat{i}", THETA, {"": prediction})
case(
    "S3",
    PLANE,
    "J",
    THETA,
    {"": 3.9375, "t0": -5.7, "t1": 1.5, "t2": 1.11, "t0 t0": 8, "t0 t1": 4}
    | {"t0 t2": 2.2, "t1 t1": 15, "t1 t2": -0.2, "t2 t2": 5.46},
)
case("S4", DATA, "t0", DATA_AT.values, {"": 7 / 3})
case("S4", DATA, "t1", DATA_AT.values, {"": 0.5, "y1": -0.5, "y2": 0, "y3": 0.5})
case("S4", SPREAD, "D", {"x1": 1, "x2": 2, "x3": 3}, {"": 6})
case("S4", SPREAD, "D", {"x1": 2, "x2": 2, "x3": 2}, {"": 0})
FORM = {"a11": 1, "a12": 2, "a21": 0, "a22": 3, "a": 1.5, "b": -0.5}
case("S5", FORMS, "f", FORM, {"": 1.5, "a": 2, "b": 0, "a a": 2, "a b": 2, "b b": 6})
case("S5", FORMS, "first", FORM, {"a": 1, "b": 2})
case("S5", FORMS, "second", FORM, {"a": 0, "b": 3})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_weights_of_a_prediction() -> None:
    """S1: the slopes by the answers are weights that add up to 1."""
    names = ("y1", "y2", "y3")
    weights = ENGINE.gradient(LEARNER, "yhat", names, LEARNER_AT.values)
    assert weights == close([-2 / 3, 1 / 3, 4 / 3])
    assert sum(weights) == close(1)


def test_one_rate_is_too_long_for_a_sum() -> None:
    """S2: α = 0.1 diverges on J and converges on the mean."""
    total, mean = (run.iterates(ENGINE) for run in RATE_RUNS)
    assert total[-1].f > 1e3 * total[0].f
    assert mean[-1].f < mean[0].f


def test_normal_equation_in_one_step() -> None:
    """S4: the line through three points and the plane through four."""
    assert xs(LINE_RUN)[1] == close([2.3333333333333333, 0.5])
    assert LINE_RUN.iterates(ENGINE)[1].f == close(4.1666666666666667)
    expected = [1.2938949938949939, -0.70048840048840049, -0.15873015873015873]
    assert xs(PLANE_RUN)[1] == close(expected)
    assert PLANE_RUN.iterates(ENGINE)[1].f == close(0.15393772893772894)


@pytest.mark.parametrize(
    ("entry", "slip", "printed", "right"),
    [
        pytest.param("S2", 0, 15.56, 5.1866666666666667, id="a sum is no mean"),
        pytest.param("S5", 0, 3, 2, id="2Aᵀθ, first"),
        pytest.param("S5", 1, 3, 0, id="2Aᵀθ, second"),
    ],
)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)


def test_a_sample_without_an_index() -> None:
    """S3: with x⁽¹⁾ for all samples, −0.45 stands against every answer."""
    printed = sum((y + 0.45) ** 2 for y in (1.2, -0.4, 2.1, 0.7))
    assert len(ARTICLES["S3"].misprints) == 1
    judged("S3", 0, printed, 3.9375)
