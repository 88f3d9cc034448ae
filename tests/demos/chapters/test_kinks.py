"""N21 and N22: one-sided quotients, and what the engine returns at a kink."""

from typing import Any

import pytest

from autograd_core import NonFiniteError
from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.kinks import ABSOLUTE, BAD, BEHAVIOUR, SIDES, WIGGLES
from demos.derivations.checks import engine
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, numbers

CASES = Cases()
CASES.add("N21", ABSOLUTE, "f", {"x": -2.5}, {"": 2.5, "x": -1})
CASES.add("N21", ABSOLUTE, "f", {"x": 0}, {"": 0, "x": 0})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_one_sided_slopes_of_the_corner() -> None:
    """N21."""
    assert numbers(SIDES) == [-1.0, 1.0]


def test_quotients_of_each_class() -> None:
    """N22: at −0.001, 0.001 and 0.000001."""
    found = numbers(BEHAVIOUR)
    assert found[:3] == [-1, 1, 1]
    assert found[3:6] == close([-10, 10, 100])
    assert found[6:9] == close([100, 100, 10_000])
    assert found[9:] == close([0, 1000, 1_000_000])


def test_the_list_is_not_complete() -> None:
    """N22: x·sin(1/x); a single point out of place; sin(1/x)."""
    assert numbers(WIGGLES) == close([-1, 1, -1, 1])
    _, essential, hole = ARTICLES["N22"].parts[2].readings
    assert [x > 0 for x in numbers(essential)] == [False, True, False, True]
    assert numbers(hole) == close([1000, -1000, -1_000_000])


@pytest.mark.parametrize("name", ["cusp", "upright"])
def test_infinite_slopes_are_refused(name: str) -> None:
    """N22: what the page says about the engine."""
    with pytest.raises(NonFiniteError, match="is inf at x = 0"):
        engine(BAD.function(name), [0.0], [0])


@pytest.mark.parametrize("name", ["corner", "jump", "rewritten"])
def test_other_kinks_return_zero(name: str) -> None:
    """N22: also the cusp when it is written as a square."""
    assert engine(BAD.function(name), [0.0], [0]) == 0.0
