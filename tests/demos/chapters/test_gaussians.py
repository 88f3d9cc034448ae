"""S6 to S10 and S18 to S21: densities, expectation, covariance, entropy."""

from math import log, pi, prod
from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.entropy import (
    BELL,
    BELL_AT,
    BERNOULLI,
    COIN,
    FLAT,
    TOP_RUN,
)
from demos.derivations.chapters.entropy import VECTOR as SPREAD
from demos.derivations.chapters.gaussian_vectors import APART, SCALED, VECTOR
from demos.derivations.chapters.gaussians import (
    DENSITY,
    INTEGRALS,
    MEAN,
    PAIRS,
    PAIRS_AT,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, xs

CASES = Cases()
case = CASES.add

X = {"x": 0.7, "mu": 0.2, "s": 1.3}
case(
    "S6",
    DENSITY,
    "p",
    X,
    {
        "": 0.28499965914017608,
        "x": -0.084319425781117183,
        "mu": 0.084319425781117183,
        "s": -0.18679995865355191,
    },
)
case(
    "S6",
    DENSITY,
    "lnp",
    X,
    {
        "": -1.2552672947135839,
        "x": -0.29585798816568047,
        "mu": 0.29585798816568047,
        "s": -0.65543923532089213,
        "x x": -0.59171597633136095,
        "x mu": 0.59171597633136095,
        "x s": 0.45516613563950842,
        "mu mu": -0.59171597633136095,
        "mu s": -0.45516613563950842,
        "s s": 0.32912012884702917,
    },
)
case("S6", INTEGRALS, "one", {"mu": 0.2, "s": 1.3}, {"": 1, "mu": 0, "s": 0})
case("S7", INTEGRALS, "expected", {"mu": 0.2, "s": 1.3}, {"": 0.2, "mu": 1, "s": 0})
SAMPLES = {"x1": 1, "x2": 0.5, "x3": 1.5, "w": 1}
case(
    "S7",
    MEAN,
    "mean",
    SAMPLES,
    {"": 1, "x1": 0.33333333333333333, "x2": 1 / 3, "x3": 1 / 3},
)
case("S8", PAIRS, "cov", PAIRS_AT.values, {"": 2.5625, "x0": 0.15625, "y0": -0.125})
case("S8", PAIRS, "vx", PAIRS_AT.values, {"": 3.25})
case("S8", PAIRS, "vy", PAIRS_AT.values, {"": 3.171875})
V = {"x1": 1, "x2": 0.2, "m1": 0.5, "m2": -1, "a": 2, "b": 0.6, "d": 1}
case(
    "S9",
    VECTOR,
    "N",
    V,
    {
        "": 0.059607058251249405,
        "x1": 0.0079960687898017495,
        "x2": -0.076326111175380336,
    },
)
case(
    "S9",
    VECTOR,
    "lnN",
    V,
    {
        "": -2.8199812848883746,
        "x1": 0.13414634146341463,
        "x2": -1.2804878048780488,
        "x1 x1": -0.60975609756097561,
        "x1 x2": 0.36585365853658537,
        "x2 x2": -1.2195121951219512,
    },
)
A = {"x1": 1.4, "x2": -0.1, "m1": 1, "m2": -0.5, "v": 0.49}
case(
    "S10",
    APART,
    "p",
    A,
    {
        "": 0.23432229299313472,
        "x1": -0.1912835044841916,
        "x2": -0.1912835044841916,
    },
)
case("S10", APART, "joint", A, {"": 0.23432229299313472})
case(
    "S10",
    APART,
    "J",
    A,
    {
        "": 1.4510577907767787,
        "x1": 0.8163265306122449,
        "x2": 0.8163265306122449,
        "x1 x1": 2.0408163265306122,
        "x1 x2": 0,
        "x2 x2": 2.0408163265306122,
    },
)
K = {"k": 3, "a": 2, "b": 0.6, "d": 1}
case("S10", SCALED, "two", K, {"": 9 * 1.64})
case("S10", SCALED, "three", K, {"": 27 * 1.64})
case(
    "S18",
    BERNOULLI,
    "lnP",
    {"p": 0.7, "x": 1},
    {"": -0.35667494393873238, "p": 1.4285714285714286, "p p": -2.0408163265306122},
)
case(
    "S18",
    BERNOULLI,
    "lnP",
    {"p": 0.7, "x": 0},
    {"": -1.203972804325936, "p": -3.3333333333333333, "p p": -11.111111111111111},
)
case("S18", BERNOULLI, "P", {"p": 0.7, "x": 0}, {"": 0.3, "p": -1})
case(
    "S19",
    FLAT,
    "H",
    {"p1": 0.2, "p2": 0.5, "p3": 0.3},
    {
        "": 1.0296530140645735,
        "p1": 0.60943791243410037,
        "p2": -0.30685281944005469,
        "p3": 0.20397280432593599,
    },
)
case(
    "S20",
    COIN,
    "H",
    {"p": 0.7},
    {"": 0.61086430205489346, "p": -0.84729786038720361, "p p": -4.7619047619047619},
)
case("S20", COIN, "H", {"p": 0.5}, {"": 0.69314718055994531, "p": 0, "p p": -4})
case("S20", COIN, "mean", {"p": 0.7}, {"": 0.61086430205489346})
case(
    "S21",
    SPREAD,
    "H",
    {"a": 2, "b": 0.6, "d": 1},
    {
        "": 3.085225187327399,
        "a": 0.3048780487804878,
        "b": -0.36585365853658537,
        "d": 0.60975609756097561,
    },
)
case("S21", SPREAD, "doubled", {"a": 2, "b": 0.6, "d": 1}, {"": 3.7783723678873443})
case("S21", BELL, "H", BELL_AT.values, {"": 1.6813027976721638, "s": 1 / 1.3})
case("S21", BELL, "I", BELL_AT.values, {"": 1.6813027976721638, "s": 1 / 1.3, "mu": 0})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_most_uncertain_coin() -> None:
    """S20: the maximum of the entropy is at 1/2."""
    assert xs(TOP_RUN)[-1] == close([0.5])
    assert TOP_RUN.iterates(ENGINE)[-1].f == close(log(2))


N_RIGHT, H_RIGHT = 0.059607058251249405, 3.085225187327399


@pytest.mark.parametrize(
    ("entry", "slip", "printed", "right"),
    [
        # Boxes of width 1.25 and height 0.8: of 1, 0.5 and 1.5 only 0.5 is in the one
        # around 0. From −2 to 4 the integral of x is 6.
        pytest.param("S7", 0, 0.8 / 3 * 6, 1, id="δ(x1)"),
        pytest.param(
            "S9", 0, N_RIGHT * 2 * pi / ((2 * pi) ** 2 / 2), N_RIGHT, id="(2π)^d/2"
        ),
        pytest.param("S10", 0, 9 * 1.64, 9 * 1.64, id="|aΣ|"),
        pytest.param(
            "S21", 0, prod((4, H_RIGHT)), H_RIGHT + log(2), id="linear in |Σ|"
        ),
    ],
)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)
