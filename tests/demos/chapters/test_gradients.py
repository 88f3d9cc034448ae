"""S35 to S42 and A-72 to A-79: the catalogue's numbers, and what the slips give."""

import math
from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.directions import TURN
from demos.derivations.chapters.gradients import FLAT, MAPS
from demos.derivations.chapters.line import LINE, at
from demos.derivations.chapters.linear_gradients import PATHS
from demos.derivations.chapters.taylor import (
    BEFORE,
    FOOT,
    HILL,
    MOVED,
    SQUARES,
    UNIT,
)
from demos.derivations.checks import check, engine_source
from tests.demos.cases import NAMES, Cases, agree

ENGINE = engine_source()
CASES = Cases()
case = CASES.add


def second(first: str, other: str, *numbers: float) -> dict[str, float]:
    """Value, both slopes and the three second derivatives, by two names."""
    a, b = first, other
    names = ("", a, b, f"{a} {a}", f"{a} {b}", f"{b} {b}")
    return dict(zip(names, numbers, strict=True))


THETA = {"θ1": 1.5, "θ2": -0.5}
case("S35", SQUARES, "f", THETA, second("θ1", "θ2", 2.5, 3, -1, 2, 0, 2))
case("S37", FLAT, "f", {"θ1": 0, "θ2": 0}, second("θ1", "θ2", 0, 0, 0, 0, 0, 0))
for angle, slope in ((0.0, 3.0), (math.pi / 2, -1.0), (math.pi / 4, math.sqrt(2.0))):
    case("S36", TURN, "h", {**THETA, "φ": angle, "t": 0}, {"t": slope})

AB = {"a": 0.6, "b": -1.1}
case("S38", MAPS, "f1", AB, {"a": -1.32, "b": 0.36, "a a": -2.2, "a b": 1.2, "b b": 0})
case("S38", MAPS, "f2", AB, {"a": 0.8253356149096783, "b": 1})
case(
    "S38",
    MAPS,
    "f3",
    AB,
    {
        "a": -0.56853646794086916,
        "b": 0.31011080069501954,
        "a a": 0.62539011473495608,
        "a b": 0.17572945372717774,
        "b b": 0.18606648041701173,
    },
)

MIDDLE = at(0.5, 0.5).values
for name, slopes in (("l1", (-2, -2)), ("l2", (-7, -14)), ("l3", (-2, -6))):
    case("S39", LINE, name, MIDDLE, dict(zip(("θ0", "θ1"), slopes, strict=True)))
case(
    "S39",
    LINE,
    "mean",
    MIDDLE,
    second("θ0", "θ1", 4.75, -11 / 3, -22 / 3, 2, 4, 9.3333333333333333),
)
case(
    "S40",
    PATHS,
    "z",
    {"u": 0.7, "v": -1.2},
    second(
        "u",
        "v",
        *(2.3523144316366457, 4.4808785506004886, -2.9165725214411726),
        *(9.3528695683633543, -11.18320696407205, 3.2234538149738978),
    )
    | {"x": -3.5952, "y": 0.16663855060048858},
)
case(
    "S41",
    LINE,
    "ridge",
    at(1, 0.2, 0.5).values,
    second("θ0", "θ1", 15.58, -11.6, -24.2, 6, 12, 29),
)
case(
    "S42",
    LINE,
    "rss",
    at(1, 0.2).values,
    second("θ0", "θ1", 15.56, -11.6, -24.4, 6, 12, 28),
)

case(
    "A-73",
    HILL,
    "f",
    FOOT.values,
    {
        "": 1.1487212707001281,
        "x1": 0.64872127070012815,
        "x2": -2.7974425414002563,
        "x1 x1": 1.6487212707001281,
        "x1 x2": -2.2974425414002563,
        "x2 x2": 3.2974425414002563,
    },
)
case("A-74", MOVED, "linear", BEFORE.values, {"": -0.49461638121003844})
case(
    "A-78",
    MOVED,
    "g",
    UNIT.values,
    {"t": -2.2119917023411913, "t t": 1.1297442541400256},
)
case("A-79", MOVED, "half", BEFORE.values, {"t t": 0.028243606353500641})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def readings(article: str) -> dict[str, float]:
    """Every reading of an article by its label, from the engine."""
    return {
        str(row.label): float(row.compute(ENGINE))
        for part in ARTICLES[article].parts
        for table in part.readings
        for row in table.rows
    }


def test_first_quotients() -> None:
    """S35: forward quotients by θ1."""
    (by_first, _) = ARTICLES["S35"].parts[1].limits
    rows = by_first.quotients(ENGINE)
    assert rows[0][1] == pytest.approx(3.1, rel=1e-14)
    assert rows[2][1] == pytest.approx(3.001, rel=1e-12)


DIRECTION = {
    "|∇f|": 3.1622776601683793,
    "|f′|": 2.8716761759458035,
    "|Δx|": 0.22360679774997897,
    "cos θ": -0.77027894749053965,
    "θ in radians": 2.4500747855706395,
    "|f′||Δx| cos θ": -0.49461638121003844,
    "u₁ = f′₁/|f′|": 0.22590335084925373,
    "u₂ = f′₂/|f′|": -0.97414971953754571,
    "linear term along f′": 0.64212631387814631,
    "linear term along −f′": -0.64212631387814631,
    "linear term along Δx": -0.49461638121003844,
    "change of f along f′": 0.75275911827611608,
    "change of f along −f′": -0.54130411638457229,
    "change of f along Δx": 0.68615603224992574 - 1.1487212707001281,
    "best of 3600 directions, in degrees": 283.1,
}


def test_directions() -> None:
    """S36, A-76 and A-77."""
    found = readings("A-77")
    assert {name: found[name] for name in DIRECTION} == pytest.approx(
        DIRECTION, rel=1e-13
    )
    # The catalogue has nine decimals of it.
    exact = found["direction of f′ in degrees"]
    assert exact == pytest.approx(283.056004118, abs=5e-10)
    assert abs(exact - found["best of 3600 directions, in degrees"]) <= 0.05
    assert found["∇f · tangent"] == 0
    assert [found[f"slope at (0, 0) along φ = {d}°"] for d in (0, 45, 90)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "A-75",
            {
                "⟨f′, Δx⟩": -0.49461638121003844,
                "f(x) + ⟨f′, Δx⟩": 0.6541048894900897,
                "f(x + Δx)": 0.68615603224992574,
                "error at Δx": 0.032051142759836041,
                "error at Δx/1 over error at Δx/2": 4.2610636341423555,
            },
        ),
        (
            "A-79",
            {
                "½Δxᵀf″Δx": 0.028243606353500641,
                "second-order expansion": 0.68234849584359034,
                "error at Δx": 0.0038075364063354004,
                "error at Δx/1 over error at Δx/2": 8.2599647874383517,
            },
        ),
    ],
)
def test_expansions(entry: str, expected: dict[str, float]) -> None:
    """Errors are differences of numbers near 1: about 1e-16 is lost, of 1e-4."""
    found = readings(entry)
    assert {name: found[name] for name in expected} == pytest.approx(
        expected, rel=1e-12
    )


def test_a_minimum_without_curvature() -> None:
    """S37: the Hessian is zero, and every place around is higher."""
    found = readings("S37")
    flat = [x for name, x in found.items() if name.endswith("of θ₁⁴ + θ₂⁴")]
    around = [x for name, x in found.items() if name.startswith("f(")]
    assert flat == [0, 0]
    assert len(around) == 4
    assert min(around) > 0
    assert found["θ₁⁴ + θ₂⁴: (0, −1) to (0, 1)"] < 0
    assert found["θ₁² − θ₂²: (0, −1) to (0, 1)"] > 0
    bowl = [x for name, x in found.items() if name.endswith("of θ₁² + θ₂²")]
    assert bowl == [2, 2]


WITNESSES = [
    ("S38", 0, -2.2, -1.32),
    # e^(ab)·a/(2b) beside a²·e^(ab) at a = 0.6, b = −1.1
    ("S38", 1, -0.14095945486137252, 0.18606648041701173),
    ("S41", 0, 11.6, -11.6),
    ("S42", 1, 18.0, 6.0),
    ("A-79", 0, 0.0071218031767503204, 0.028243606353500641),
]


@pytest.mark.parametrize(("entry", "slip", "printed", "right"), WITNESSES)
def test_witnesses_of_the_misprints(
    entry: str, slip: int, printed: float, right: float
) -> None:
    found = check(ARTICLES[entry].misprints[slip].printed)
    assert found.verdict == "differs"
    assert found.shown[0].closed[-1] == pytest.approx(printed, rel=1e-13)
    assert found.shown[0].engine == pytest.approx(right, rel=1e-13)
