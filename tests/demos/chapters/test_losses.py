"""A-11 to A-18, A-25 and A-27: the catalogue's numbers, and what is not convex."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.binary import TWO_AT, TWO_CLASSES
from demos.derivations.chapters.convexity import DEEP, EIGENVALUES, GAPS, SHALLOW
from demos.derivations.chapters.heads import (
    HARD,
    ONE_SOFTMAX_BCE,
    OUTPUTS,
    PAIR,
    PAIR_AT,
    SIGMOID_BCE,
    SIGMOID_MSE,
    SOFT,
    SOFTMAX_BCE,
    SOFTMAX_MSE,
    SURE,
)
from demos.derivations.chapters.networks import BATCH, BOTH_SAMPLES, SAMPLE_1
from demos.derivations.checks import DIFFERS, check, engine_source
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.matrices import gradients

ENGINE = engine_source()
CASES = Cases()
case = CASES.add


def by(letters: str, *numbers: float) -> dict[str, float]:
    """``p`` and three numbers: the slopes by p1, p2, p3."""
    return {f"{letters[0]}{i}{letters[1:]}": x for i, x in enumerate(numbers, 1)}


BINARY = by("p", -1.4285714285714286, 1.25, 1.1111111111111111)
MULTI = by("p", -1.4285714285714286, 0, 0)
MULTI_SOFT = by("p", -0.71428571428571429, -1.5, -2.0)
case(
    "A-11",
    OUTPUTS,
    "Q",
    HARD.values,
    {"": 7 / 150, **by("p", -0.2, 0.13333333333333333, 0.066666666666666667)},
)
case("A-15, A-27", OUTPUTS, "B", HARD.values, {"": 0.68517901091076844, **BINARY})
for name in ("C", "N"):
    case("A-17", OUTPUTS, name, HARD.values, {"": 0.35667494393873238, **MULTI})
    case("A-17", OUTPUTS, name, SOFT.values, {"": 1.1216858642984054, **MULTI_SOFT})
case("A-17", OUTPUTS, "C", SURE.values, {"": 0})
case(
    "A-13",
    PAIR,
    "E",
    PAIR_AT.values,
    {
        "": 17 / 150,
        **by("p", -0.1, 0.066666666666666667, 0.033333333333333333),
        **by("pp", 0.1, 0.1, -0.2),
    },
)
case("A-12", PAIR, "L", PAIR_AT.values, {"": 0.046666666666666667})
case("A-12", PAIR, "Lp", PAIR_AT.values, {"": 0.18})
case("A-12", BATCH, "L", BOTH_SAMPLES.values, {"": 0.99069806762878893})
case("A-12", BATCH, "Lp", BOTH_SAMPLES.values, {"": 0.97432207178537585})
case("A-12, A-18", BATCH, "E", BOTH_SAMPLES.values, {"": 0.98251006970708239})
for entry, model, error in (
    ("A-13 softmax", SOFTMAX_MSE, 0.19673231006566931),
    ("A-13 sigmoid", SIGMOID_MSE, 0.25664956089571736),
    ("A-16 sigmoid", SIGMOID_BCE, 2.1189497306954262),
    ("A-16 softmax", SOFTMAX_BCE, 1.7360932782410664),
):
    case(entry, model, "E", BOTH_SAMPLES.values, {"": error, **gradients(entry)})
case("A-14", SHALLOW, "S", {"θ": 2}, {"θ θ": -0.11881416860435908})
case("A-14", SHALLOW, "C", {"θ": 2}, {"θ θ": 0.10499358540350652})
case(
    "A-14",
    DEEP,
    "L",
    {"θ1": 0, "θ2": 0},
    {"θ1 θ1": 0, "θ1 θ2": -1 / 8, "θ2 θ1": -1 / 8, "θ2 θ2": 1 / 16},
)
case(
    "A-15",
    ONE_SOFTMAX_BCE,
    "L",
    SAMPLE_1.values,
    by("z", 0.6092239057651121, -0.9761441168872227, 0.3669202111221106),
)


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_cross_entropy_of_two_layers_is_not_convex() -> None:
    """A-14: E07, the eigenvalues have both signs."""
    low, high = (row.compute(ENGINE) for row in EIGENVALUES.rows[-2:])
    expected = (-0.097597050800551892, 0.16009705080055189)
    assert (low, high) == pytest.approx(expected, rel=1e-14)


def test_chords() -> None:
    """A-14: only the mean square is somewhere above its chord."""
    square, entropy = (row.compute(ENGINE) for row in GAPS.rows)
    assert entropy < 0 < square


def test_two_classes() -> None:
    """A-15: E09, twice the cross-entropy of the two classes."""
    both = [ENGINE.of(TWO_CLASSES, n, (), TWO_AT.values) for n in ("B", "C")]
    assert both[0] == pytest.approx(2 * both[1], rel=1e-14)


WITNESSES = [
    ("A-12", 0, 0.22666666666666667, 0.11333333333333333),
    ("A-12", 1, 2 * 0.18749925237999655, 0.18749925237999655),
    ("A-15", 0, 0.028170876966696322, 0.68517901091076844),
    ("A-15", 1, 0.36928361485629682, 0.6092239057651121),
    ("A-15", 2, -0.62868260412426582, -0.9761441168872227),
    ("A-15", 3, 0.259398989267969, 0.3669202111221106),
    ("A-25", 0, 2.1189497306954262, 0.31009069772898239),
]


@pytest.mark.parametrize(("entry", "slip", "printed", "right"), WITNESSES)
def test_misprints_differ(entry: str, slip: int, printed: float, right: float) -> None:
    """As printed they give the catalogue's other number, at their first point."""
    claim = ARTICLES[entry].misprints[slip].printed
    found = check(claim)
    assert found.verdict == DIFFERS
    assert found.shown[0].closed[-1] == pytest.approx(printed, rel=1e-14)
    assert found.shown[0].engine == pytest.approx(right, rel=1e-13)
