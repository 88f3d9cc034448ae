"""What the notes' wrong formulas give: the catalogue's witnesses."""

from math import log
from typing import Any

import numpy as np
import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters import adam, falling_sigmoid, hidden, softmax, surfaces
from demos.derivations.chapters.best_line import RUN_92
from demos.derivations.chapters.hessian import PRODUCTS
from demos.derivations.chapters.minima import COIN
from demos.derivations.chapters.moments import MOVING
from demos.derivations.chapters.network import NETWORK, STEP_AT
from demos.derivations.chapters.newton import QUARTIC
from demos.derivations.chapters.one_hot import LOGS
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, numbers
from tests.demos.chapters.matrices import rows

CASES = Cases()
CASES.add("A-34", LOGS, "T", {"a": 1}, {"a": -0.43429448190325183})
REST = {"v0": 1, "g": 0.3}
CASES.add("A-85", MOVING, "v4", {**REST, "γ": 0.8}, {"v0": 0.4096, "g": 0.5904})
CASES.add("A-85", MOVING, "v4", {**REST, "γ": 1}, {"v0": 1, "g": 0})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def flat(*matrices: str) -> list[float]:
    """The entries of matrices, row by row."""
    return [x for matrix in matrices for row in rows(matrix) for x in row]


TRUE_HIDDEN = (
    "0.048288983565839662, -0.096577967131679324; "
    "0.02939234461874555, -0.0587846892374911; "
    "-0.052567190791332568, 0.10513438158266514"
)
TABLES = {
    "A-36 (E27): no shares": (
        softmax.PRINTED_SHARES,
        [
            *(0.26894142136999512, 0.73105857863000488, 1.9872232498290404),
            2.9872232498290404,
        ],
    ),
    "A-40, A-41 (E30): one sample, and its columns": (
        softmax.PRINTED_ONE,
        flat(
            "-0.42143697625913005, -0.31535819257185159, -0.097423773623750882; "
            "-0.4200780286506743, -0.31434130206213291, -0.097109625099461629; "
            "-0.49486053942652787, -0.3703005053660155, -0.1143971314438569",
            "-1.3363755443363322, -1.0, -0.30893053016706941",
        ),
    ),
    "A-42, A-43 (E31): both samples": (
        softmax.PRINTED_BATCH,
        flat(
            "-0.3472508036478605, -0.36944884607426453, -0.2722364358294691; "
            "-0.34990016880148604, -0.37410362822468441, -0.27752918657015814; "
            "-0.37234913960636757, -0.37890685690290562, -0.26171010535740626"
        ),
    ),
    "A-45 (E33): what comes back": (
        hidden.SENT_BACK,
        flat(
            "-0.085745644398653376, -0.18067883361901707, 0.34028120098892981",
            "-0.18860478123727975, -0.31434130206213291, 0.25147304164970633",
            "-0.18574564439865338, -0.78067883361901707, 0.040281200988929813",
        ),
    ),
    "A-49 (E35): forward with the one sigmoid, backward with the other": (
        falling_sigmoid.WRONG_WAY,
        [*flat(TRUE_HIDDEN), *(-x for x in flat(TRUE_HIDDEN))],
    ),
    "A-51 (E30): the hidden layer": (
        hidden.WITH_SURPLUS,
        flat(
            "-0.041182200521305527, 0.082364401042611054; "
            "-0.19516970840475427, 0.39033941680950854; "
            "0.0052609563438551369, -0.010521912687710274"
        ),
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_is_printed_for_a_whole_layer(name: str) -> None:
    table, expected = TABLES[name]
    assert numbers(table) == close(expected)


def test_the_printed_sigmoid() -> None:
    """A-49: its value at 2."""
    (table,) = ARTICLES["A-49"].parts[0].readings
    assert numbers(table) == close([0.11920292202211756])


# t, ṽ, g̃ and the step; the catalogue has 15 digits of them.
ADAM = (
    (1, 3.0, 9.0, 1.0),
    (2, 5.7, 17.991, 1.3438388859814),
    (10, 19.539646797, 89.5960781122661, 2.06429713203705),
    (1000, 30.0, 5690.74117706132, 0.39768282741333),
)


def test_the_printed_bias_correction() -> None:
    """A-87 (E49): with the constant gradient 3."""
    table = ARTICLES["A-87"].parts[2].readings[0]
    *found, end = numbers(table)
    velocities, squares, steps = found[:4], found[4:8], found[8:]
    assert list(zip(adam.TIMES, velocities, squares, steps, strict=True)) == [
        pytest.approx(row, rel=1e-13) for row in ADAM
    ]
    assert end == close(0.31622776601683793)


def test_log_probabilities() -> None:
    """A-60: the log-likelihood of each class is the logarithm of its probability."""
    (claim,) = (c for c in ARTICLES["A-60"].parts[1].claims if str(c) == "L")
    expected = (-2.4076059644443803, -1.4076059644443803, -0.4076059644443803)
    for c, value in enumerate(expected, 1):
        here = {"s1": 1, "s2": 2, "s3": 3} | {f"y{k}": int(k == c) for k in (1, 2, 3)}
        inputs = {name: here[name] for name in claim.model.inputs}
        assert float(ENGINE.of(claim.model, "L", (), inputs)) == close(-value)


def test_a_step_down_the_hill() -> None:
    """A-77 and A-78: the change along the given step, and its unit vector."""
    tables = [t for part in ARTICLES["A-77"].parts for t in part.readings]
    found = {
        str(row.label): float(row.compute(ENGINE)) for t in tables for row in t.rows
    }
    assert found["change of f along Δx"] == close(-0.46256523845020236)
    unit = ARTICLES["A-78"].parts[0].claims[0].points[0].values
    assert (unit["u1"], unit["u2"]) == close((0.44721359549995794, 0.89442719099991588))


def test_with_92_in_the_place_of_42() -> None:
    """N41: the minimum is elsewhere, and negative."""
    end = RUN_92.iterates(ENGINE)[-1]
    assert [*end.x, end.f] == close([13, -22.666666666666667, -333.33333333333333])


def test_products_of_eigenvalues() -> None:
    """N71."""
    assert [float(row.compute(ENGINE)) for row in PRODUCTS] == close([23, 22.88685])


def test_the_printed_move() -> None:
    """N47."""
    assert float(surfaces.PRINTED_MOVE.compute(ENGINE)) == close(0.51067)


def test_the_constant_of_a_gaussian() -> None:
    """S9: (2π)^(d/2) beside (2π)^d/2, for d = 2; their ratio is that of N."""
    (slip,) = ARTICLES["S9"].misprints
    (point,) = slip.printed.points
    ratio = slip.right.closed(point.values)[-1] / slip.printed.closed(point.values)[-1]
    assert ratio == close(19.739208802178717 / 6.2831853071795865)


def test_two_paths() -> None:
    """S40: dz/du is the sum of the products along x and along y."""
    claims = {str(c): c for part in ARTICLES["S40"].parts for c in part.claims}

    def of(name: str) -> float:
        claim = claims[name]
        (point,) = claim.points
        return float(ENGINE.of(claim.model, claim.target, claim.wrt, point.values))

    along_x = of("∂z/∂x") * of("∂x/∂u")
    along_y = of("∂z/∂y") * of("∂y/∂u")
    assert abs(along_x) == close(4.31424)
    assert along_x + along_y == close(of("∂z/∂u"))


def test_shares_of_scores() -> None:
    """S68: all three of the printed shares."""
    (slip,) = ARTICLES["S68"].misprints
    (point, *_) = slip.printed.points
    values = point.values
    scores = [values[f"z{i}"] for i in (1, 2, 3)]
    assert float(slip.printed.closed(values)[-1]) == close(1.0873127313836181)
    found = [float(np.exp(z)) / sum(scores) for z in scores]
    assert found == close([1.0873127313836181, 2.9556224395722601, 0.24261226388505337])


# -- misprints that are not on the catalogue's list of numbers -------------------------

HALF, TOP = 0.5**6, 0.7
YHAT = 0.62509558626297796
GRADIENT = np.array([84.010208, 64.1198496])
HESSIAN = np.array([[86.8288, -2.032], [-2.032, 69.89824]])
MOVE = float(np.linalg.solve(HESSIAN, GRADIENT)[0])
SLIPS = (
    ("N32", 1, HALF / 0.5**2 / 2, 0.0078125),
    ("N33", 1, log(TOP) + 3 * log(1 - TOP), -6.1086430205489346),
    ("N43", 0, 1 - 6**2 * 0.1, 1 - 6 * 0.1),
    ("N47", 1, -0.5 * (1.5 - 72) * 0.6**2 * (0.6 - 6) / 90, -0.1134),
    ("N47", 2, -(0.5**2) * (0.5 - 6) * 0.6 * (4.8 - 72) / 90, -0.0935),
    ("N60", 1, YHAT * (1 - YHAT) ** 2, 0.23435109429752184),
    ("N71", 1, 25.0, 7.0),
    ("N72", 1, 1805.0, 47.0),
    ("N72", 2, -4.0, -6.0),
    ("N76", 0, MOVE, 2.58 - MOVE),
    ("A-48", 2, 0.7 - 0.2 * 0.5 + 0.1 * 0.1544652650835347, 0.7),
)


@pytest.mark.parametrize(("entry", "slip", "printed", "right"), SLIPS)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)


def test_the_last_row_of_the_elimination() -> None:
    """N41, L449: −4m + 2 is zero at m = 1/2; with 92 the row is 50 there."""
    judged("N41", 2, 0.0, 0.0)
    printed = ARTICLES["N41"].misprints[2].printed
    values = printed.points[0].values
    assert float(ENGINE.of(printed.model, "row", (), values)) == close(50.0)


def test_a_rate_that_is_squared() -> None:
    """N62, L871: the right step is the catalogue's."""
    start = STEP_AT.values["w1"]
    slope = ENGINE.of(NETWORK, "L", ("w1",), STEP_AT.values)
    judged("N62", 0, start + 0.01 * (1 - YHAT), start - 0.1 * float(slope))


def test_the_hessian_at_the_origin() -> None:
    """N75: what H(0, 0) should be."""
    (table,) = ARTICLES["N75"].parts[1].readings
    assert numbers(table) == [8, -1, 4]
    assert float(ENGINE.of(QUARTIC, "f", ("x", "x"), {"x": 0, "y": 0})) == 8


def test_the_coin_of_the_notes_shows_tails() -> None:
    """N32: T = 0.7 is where the likelihood is largest, H = 0.3 is not."""
    slopes = [float(ENGINE.of(COIN, "g", ("P",), {"P": p})) for p in (0.7, 0.3)]
    assert slopes[0] == close(0.0)
    assert slopes[1] > 0
