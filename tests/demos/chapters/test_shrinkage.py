"""S22 to S25: conditioning, ridge, lasso."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.lasso import COST as LASSO
from demos.derivations.chapters.lasso import (
    NORM,
    PROXIMAL,
    SIDES,
    SOFT,
    SUBGRADIENT,
)
from demos.derivations.chapters.ridge import (
    AXES,
    CONDITION,
    CONSTRAINT_RUN,
    COST,
    PATH,
    RIDGE_RUN,
    SLOPE_ONLY,
    STEPS,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, numbers, xs

CASES = Cases()
case = CASES.add

case("S22", CONDITION, "cond", {"c": 0.1}, {"": 60.940060971362986})
HALF = {"c": 0.5}
case("S23", PATH, "t0", HALF, {"": 1.288135593220339})
case("S23", PATH, "t0", HALF, {"": 76 / 59})
case("S23", PATH, "t1", HALF, {"": 0.91525423728813559})
case("S23", PATH, "t1", HALF, {"": 54 / 59})
case("S23", PATH, "size", HALF, {"": 2.4969836253950014})
case("S23", PATH, "RSS", HALF, {"": 4.649813272048262})
case("S23", PATH, "size", {"c": 0}, {"": 205 / 36})
case("S23", SLOPE_ONLY, "t0", HALF, {"": 38 / 15})
case("S23", SLOPE_ONLY, "t1", HALF, {"": 2 / 5})
case(
    "S23",
    COST,
    "J",
    {"a": 1, "b": 0.2, "c": 0.5},
    {"": 16.08, "a": -10.6, "b": -24.2, "a a": 7, "a b": 12, "b b": 29},
)
STEP = {"a": 1, "g": 2, "c": 0.5, "η": 0.1}
case("S23", STEPS, "plain", STEP, {"": 0.7})
case("S23", STEPS, "adagrad", STEP, {"": 0.9})
case("S23", STEPS, "decayed", STEP, {"": 0.8})
Y = {"y1": 3, "y2": 0.4}
case("S24", AXES, "t1", {**Y, "c": 1}, {"": 1.5})
case("S24", AXES, "t2", {**Y, "c": 1}, {"": 0.2})
case("S24", AXES, "slope1", {**Y, "c": 1}, {"": -3})
case("S24", AXES, "slope2", {**Y, "c": 1}, {"": -0.4})
case("S25", SOFT, "t1", {**Y, "λ": 1}, {"": 2.5, "y1": 1, "λ": -0.5})
case("S25", SOFT, "t2", {**Y, "λ": 1}, {"": 0, "y2": 0})
case("S25", SOFT, "t1", {**Y, "λ": 0.6}, {"": 2.7})
case("S25", SOFT, "t2", {**Y, "λ": 0.6}, {"": 0.1})
case("S25", SOFT, "t1", {"y1": -3, "y2": 0.4, "λ": 1}, {"": -2.5})
case("S25", LASSO, "J", {"a": 2, "b": 0.1, "λ": 1}, {"": 3.19, "a": -1, "b": 0.4})
case("S25", NORM, "norm", {"a": 1, "b": -2}, {"": 3, "a": 1, "b": -1})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_an_ill_conditioned_matrix() -> None:
    """S22: the condition number multiplies the roundings of the small eigenvalue."""
    found = ENGINE.of(CONDITION, "cond", (), {"c": 0.0})
    # λ₁ is a difference of numbers near 3, and 1e-4: 4.4e-16/1e-4, with room.
    assert found == close(60002.000050000556, rel=1e-11)


def test_ridge_in_one_step() -> None:
    """S23."""
    assert xs(RIDGE_RUN)[1] == close([76 / 59, 54 / 59])


def test_another_constraint_has_another_penalty() -> None:
    """S23: with θᵀθ = 1 in the place of 2.497 the solution is not that of 0.5."""
    ((start,), *_, (found,)) = xs(CONSTRAINT_RUN)
    assert start == 0.5
    assert found == close(6.72308340, rel=1e-8)
    assert ENGINE.of(PATH, "size", (), {"c": found}) == close(1, rel=1e-9)


def test_slopes_from_both_sides() -> None:
    """S25: at λ = 1 the slope by θ₂ changes its sign at 0, at λ = 0.6 it does not."""
    for table, left, right in zip(SIDES, (-1.8, -1.4), (0.2, -0.2), strict=True):
        found = numbers(table)
        # The nearest points are 1e-9 away, and the bend is 2.
        assert found[3] == close(left - 2e-9)
        assert found[7] == close(right + 2e-9)
        assert found[8] == close((left + right) / 2)


def test_a_proximal_step_reaches_the_corner() -> None:
    """S25: θ₂ becomes exactly 0 with λ = 1, and 0.1 with λ = 0.6."""
    sparse, dense = (xs(run) for run in PROXIMAL)
    assert [b for _, b in sparse[1:]].count(0.0) >= 8
    # The distance to the solution is halved by every step.
    assert sparse[-1][0] == pytest.approx(2.5, abs=1.5 / 2**10 * 1.01)
    assert dense[-1] == pytest.approx([2.7, 0.1], abs=1.7 / 2**10 * 1.01)


def test_subgradient_steps_do_not() -> None:
    """S25."""
    assert all(b != 0.0 for _, b in xs(SUBGRADIENT))


@pytest.mark.parametrize(
    ("entry", "slip", "printed", "right"),
    [
        pytest.param("S22", 0, 3.5, 3.25, id="δ or δ²"),
        pytest.param("S23", 0, 1, 2.4969836253950014, id="t is arbitrary"),
        pytest.param("S24", 0, 0, 0.2, id="removes axes"),
        pytest.param("S25", 0, -1, 3, id="no bars"),
    ],
)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)
