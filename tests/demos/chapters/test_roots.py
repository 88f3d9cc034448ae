"""N64 to N66: Newton's method in one variable."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.roots import (
    BENDS,
    CUBIC,
    CYCLE_RUN,
    HILL_RUN,
    OMEGA_RUN,
    ROOT_RUN,
    WAVY,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, numbers, xs

CASES = Cases()
CASES.add("N64", CUBIC, "next", {"x": 2}, {"": 2.1})
CASES.add(
    "N65", WAVY, "g", {"x": 0.10103125788101082}, {"x": 0, "x x": -0.96937805479294207}
)


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_a_zero() -> None:
    """N64: x³ − 2x − 5 from 2."""
    expected = [2, 2.1, 2.0945681211041852, 2.0945514816981993, 2.0945514815423266]
    assert [x for (x,) in xs(ROOT_RUN)] == close(expected)


def test_a_cycle() -> None:
    """N64: between 0 and 1 for ever."""
    assert [x for (x,) in xs(CYCLE_RUN)] == [0, 1, 0, 1, 0]


def test_a_candidate_that_is_a_maximum() -> None:
    """N65."""
    expected = [
        0.2,
        0.095454545454545455,
        0.10102192346388026,
        0.10103125785376945,
        0.10103125788101082,
    ]
    assert [x for (x,) in xs(HILL_RUN)] == close(expected)
    hill, valley = numbers(BENDS)
    assert hill == close(-0.96937805479294207)
    assert valley > 0


def test_the_omega_constant() -> None:
    """N66: from 0.05; the error is squared at the end."""
    expected = [
        0.05,
        0.0972476470447850434,
        0.183176666783930902,
        0.320519689550242754,
        0.477297652386095043,
        0.557849767087826062,
        0.567059890228799,
        0.567143283841180226,
        0.567143290409783832,
    ]
    assert [x for (x,) in xs(OMEGA_RUN)] == close(expected)
