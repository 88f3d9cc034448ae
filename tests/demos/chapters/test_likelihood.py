"""S11 to S17: likelihood, the most likely line, predictions with confidence."""

from math import exp, log, pi, sqrt
from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.likelihood import (
    LINE,
    LINE_AT,
    LINE_BEST,
    MEAN_RUN,
    ONE,
    SPREAD,
    THREE,
)
from demos.derivations.chapters.most_likely import (
    BAND,
    BAND_AT,
    BIAS,
    LOWEST,
    NLL,
    NOISE,
    SIGMA_RUN,
    THETA_RUNS,
    Z_RUN,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, xs

CASES = Cases()
case = CASES.add

case(
    "S11",
    THREE,
    "L",
    {"t": 1},
    {"": 0.049448893385637558, "t": 0, "t t": -0.14834668015691268},
)
case(
    "S11",
    THREE,
    "L",
    {"t": 2.5},
    {"": 0.001692048084250706, "t": -0.007614216379128177},
)
case("S11", THREE, "J", {"t": 2.5}, {"": 6.3818155996140182, "t": 4.5, "t t": 3})
AT = {"a": 1, "b": 0.2, "s": 2}
case(
    "S12",
    LINE,
    "L",
    AT,
    {
        "": 0.0011348473377346092,
        "a": 0.0016455286397151834,
        "b": 0.0034612843800905581,
        "s": 0.00050500706529190111,
    },
)
case("S12", LINE, "printed", AT, {"": 0.0032098329924945693})
case("S12", SPREAD, "right", {"s": 2}, {"": 1})
case("S12", SPREAD, "printed", {"s": 2}, {"": 1.414213562373095})
case(
    "S13",
    ONE,
    "p",
    {**AT, "x": 2, "y": 5},
    {
        "": 0.039475079150447078,
        "a": 0.03552757123540237,
        "b": 0.07105514247080474,
        "s": 0.044212088648500727,
    },
)
case(
    "S14",
    NLL,
    "J",
    AT,
    {"": 6.7812571412938542, "a": -1.45, "b": -3.05, "s": -0.445, "a a": 0.75}
    | {"a b": 1.5, "a s": 1.45, "b b": 3.5, "b s": 3.05, "s s": 2.1675},
)
case("S14", NLL, "J", LOWEST.values, {"": 4.7495717000720723, "a": 0, "b": 0, "s": 0})
case(
    "S15",
    NLL,
    "J",
    {"a": 7 / 3, "b": 1 / 2, "s": 2},
    {"": 5.3570904746271875, "a": 0, "b": 0},
)
SIGMA = {"s": 1, "R": 25 / 6}
case(
    "S16",
    NOISE,
    "J",
    SIGMA,
    {"": 4.8401489329473516, "s": -1.1666666666666667, "s s": 9.5},
)
case("S16", NOISE, "best", SIGMA, {"": 1.1785113019775792})
case("S16", NLL, "variance", LOWEST.values, {"": 1.3888888888888889})
case("S16", BIAS, "biased", AT, {"": 4 / 3, "s": 4 / 3})
case("S16", BIAS, "unbiased", AT, {"": 4})
for name, number in {
    "mean": 4.3333333333333333,
    "sigma": 1.1785113019775792,
    "low": 2.0234936260838701,
    "high": 6.6431730405827966,
}.items():
    case("S17", BAND, name, BAND_AT.values, {"": number})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_which_guess() -> None:
    """S11: the mean is the most likely, e^3.375 times as likely as 2.5."""
    assert xs(MEAN_RUN)[1] == close([1.0])
    one, other = (ENGINE.of(THREE, "L", (), {"t": t}) for t in (1.0, 2.5))
    assert one / other == close(29.22428378123494)
    assert one / other == close(exp(3.375))


def test_the_loss_is_scaled() -> None:
    """S12: from (1, 0.2) to the best line, J changes eight times as much as ln p."""

    def apart(name: str) -> float:
        here, best = (
            ENGINE.of(LINE, name, (), at.values) for at in (LINE_AT, LINE_BEST)
        )
        return float(here - best)

    assert apart("J") == close(11.393333333333333)
    assert -apart("lnL") == close(1.4241666666666667)


@pytest.mark.parametrize("run", THETA_RUNS, ids=lambda run: run.caption)
def test_the_line_does_not_depend_on_the_noise(run: Any) -> None:
    """S15."""
    assert xs(run)[1] == close([7 / 3, 1 / 2])


def test_the_noise() -> None:
    """S16: Newton's method finds √(25/18), where the bend is 2m/σ²."""
    assert xs(SIGMA_RUN)[-1] == close([1.1785113019775792])
    bend = ENGINE.of(NOISE, "J", ("s", "s"), {"s": sqrt(25 / 18), "R": 25 / 6})
    assert bend == close(6 * 18 / 25)


def test_the_width_of_a_band() -> None:
    """S17: Φ(z) = 0.975."""
    assert xs(Z_RUN)[-1] == close([1.9599639845400542])


L_RIGHT, LN_Z = 0.0011348473377346092, 1.5 * log(8 * pi)


@pytest.mark.parametrize(
    ("entry", "slip", "printed", "right"),
    [
        pytest.param("S12", 0, 0.0032098329924945693, L_RIGHT, id="(2πσ)^(−m/2)"),
        pytest.param("S12", 1, -15.56 - LN_Z, -15.56 / 8 - LN_Z, id="Loss = J"),
        pytest.param("S12", 2, 15.56, 5.1866666666666667, id="MSE"),
        pytest.param(
            "S13",
            0,
            0.039475079150447078 * sqrt(2),
            0.039475079150447078,
            id="(2πσ)^(−1/2)",
        ),
        # At θ = (1, 0.2) the line misses 0.8, 3.6 and 1.4.
        pytest.param("S16", 0, (0.8**2 + 3.6**2) / 3, 15.56 / 3, id="a sum to n"),
    ],
)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)
