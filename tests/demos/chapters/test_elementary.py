"""N7 to N12, N15 and N16: the table of slopes."""

import math
from typing import Any

import pytest

from autograd_core import NonFiniteError
from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.elementary import (
    COSINE,
    CUBE,
    FIFTH,
    FLAT,
    LINE,
    POWER,
    RECIPROCAL,
    SINE,
    SQUARE,
)
from demos.derivations.checks import engine
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import close, numbers

CASES = Cases()
LEFT = {"x": -1.3}
HERE = {"x": 0.7}
for graph in ("f", "g"):
    CASES.add("N7", FLAT, graph, {"x": 1.7, "c": 4.25}, {"": 4.25, "x": 0, "c": 1})
CASES.add(
    "N8",
    LINE,
    "f",
    {"x": 1.7, "a": -2.4, "b": 0.9},
    {
        "": -3.18,
        "x": -2.4,
        "a": 1.7,
        "b": 1,
        "x x": 0,
        "x a": 1,
        "x b": 0,
        "a a": 0,
        "a b": 0,
        "b b": 0,
    },
)
for graph in ("f", "g"):
    CASES.add("N9", SQUARE, graph, LEFT, {"": 1.69, "x": -2.6, "x x": 2})
    CASES.add("N10", CUBE, graph, LEFT, {"": -2.197, "x": 5.07, "x x": -7.8})
    CASES.add(
        "N11",
        RECIPROCAL,
        graph,
        LEFT,
        {
            "": -0.76923076923076923,
            "x": -0.59171597633136095,
            "x x": -0.91033227127901684,
        },
    )
CASES.add("N12", FIFTH, "f", LEFT, {"": -3.71293, "x": 14.2805, "x x": -43.94})
CASES.add(
    "N12",
    POWER,
    "f",
    {"x": 1.7, "n": 2.5},
    {"": 3.768098990207131, "x": 5.5413220444222514, "x x": 4.8894018039019865},
)
CASES.add(
    "N15",
    SINE,
    "f",
    HERE,
    {"": 0.64421768723769105, "x": 0.76484218728448843, "x x": -0.64421768723769105},
)
CASES.add(
    "N16",
    COSINE,
    "f",
    HERE,
    {"": 0.76484218728448843, "x": -0.64421768723769105, "x x": -0.76484218728448843},
)


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_quotients_of_the_root_grow() -> None:
    """N12: n = 1/2 has no slope at 0."""
    found = numbers(ARTICLES["N12"].parts[-1].readings[0])
    assert found == close([math.sqrt(10), 10, 100, 1000])


@pytest.mark.parametrize(("x", "n"), [(-1.3, 2.5), (0.0, -1.0), (0.0, 0.5)])
def test_outside_its_domain_a_power_is_refused(x: float, n: float) -> None:
    """N12: what the page says about the engine."""
    with pytest.raises(NonFiniteError):
        engine(POWER.function("f"), [x, n], [0])
