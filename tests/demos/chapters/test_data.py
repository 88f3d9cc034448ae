"""A-01 to A-05: the catalogue's numbers, and what depends on what."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.data import (
    DATA,
    DATA_AT,
    LIKELIHOOD,
    OBSERVED,
    PREDICTED,
    TARGET,
    UNIT,
    UNIT_AT,
)
from demos.derivations.chapters.networks import BATCH, BOTH_SAMPLES
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.matrices import gradients

CASES = Cases()
case = CASES.add

P1, P2 = 0.37131739587573418, 0.37744814959785572
case(
    "A-01",
    LIKELIHOOD,
    "P",
    PREDICTED.values,
    {"": 0.14015306398679033, "p1": P2, "p2": P1},
)
for name in ("N", "S"):
    case(
        "A-01",
        LIKELIHOOD,
        name,
        PREDICTED.values,
        {"": 1.9650201394141648, "p1": -1 / P1, "p2": -1 / P2},
    )
case("A-01", OBSERVED, "N", BOTH_SAMPLES.values, {"": 1.9650201394141648})
case("A-01", OBSERVED, "E", BOTH_SAMPLES.values, {"": 0.98251006970708239})
case("A-02", BATCH, "E", BOTH_SAMPLES.values, gradients("A-02"))
case("A-02", UNIT, "E", UNIT_AT.values, {"": 0.5, "w1": -1, "w2": 2})  # ŷ = 1, y = 2
case(
    "A-03",
    DATA,
    "T",
    DATA_AT.values,
    {"": 1, "x11": 1, "x12": 1, "x21": 1, "x22": 1, "y1": 0},
)
case("A-03", DATA, "m1", DATA_AT.values, {"": 0.75, "x11": 0.5, "x21": 0.5, "x12": 0})
case("A-03", DATA, "m2", DATA_AT.values, {"": -0.25, "x22": 0.5, "x11": 0})
case("A-04", TARGET, "y3", {"y1": 0, "y2": 1}, {"": 0})
case("A-04", TARGET, "y3", {"y1": 0, "y2": 0}, {"": 1})
case("A-05", DATA, "E", DATA_AT.values, {"x11 y1": -0.5, "x11 y2": 0, "x21 y2": -0.5})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_data_are_those_of_the_catalogue() -> None:
    """A-03 and A-04: x₁ = (1, −2), X₁ = (1, 0.5), X₂ = (−2, 1.5), Y₂ = (1, 0)."""
    x = DATA_AT.values
    assert (x["x11"], x["x12"]) == (1.0, -2.0)
    assert (x["x11"], x["x21"]) == (1.0, 0.5)
    assert (x["x12"], x["x22"]) == (-2.0, 1.5)
    assert (x["y1"], x["y2"]) == (1.0, 0.0)


@pytest.mark.parametrize("entry", [f"A-0{i}" for i in range(1, 6)])
def test_every_entry_has_an_article(entry: str) -> None:
    assert ARTICLES[entry].claims
