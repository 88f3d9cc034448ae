"""S58 to S67 and A-66 to A-68: numbers, iterates and misprints of the catalogue."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.logistic import AT, DATA, OUTPUTS, literal_cost
from demos.derivations.chapters.logistic_fit import (
    DESCENT,
    NEWTON,
    PLANE_RUN,
    REWEIGHTED,
    SQUARES,
)
from demos.derivations.chapters.logistic_hessian import SEPARABLE, TWICE, TWICE_AT
from demos.derivations.chapters.yes_or_no import (
    BINARY,
    FEATURES,
    GATE,
    LOGIT,
    PLANE,
    SCORES,
    UNIT,
)
from demos.derivations.readings import Run
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, judged, xs

CASES = Cases()
case = CASES.add

# -- S58 to S60 ------------------------------------------------------------------------

for corner, fires in (((0, 0), 0), ((0, 1), 0), ((1, 0), 0), ((1, 1), 1)):
    gate = {"w1": 1, "w2": 1, "t": 2, "x1": corner[0], "x2": corner[1]}
    case(f"S58 {corner}", GATE, "out", gate, {"": fires})
case(
    "S58",
    UNIT,
    "out",
    {"w1": 1.2, "w2": -0.7, "b": 0.3, "x1": 0.5, "x2": 2},
    {
        "": 0.37754066879814544,
        "w1": 0.11750185610079724,
        "w2": 0.47000742440318898,
        "b": 0.23500371220159449,
        "x1": 0.28200445464191339,
        "x2": -0.16450259854111614,
    },
)
case(
    "S59",
    FEATURES,
    "p",
    {"t0": 0.3, "t1": -0.8, "t2": 0.6, "x1": 0.5, "x2": -1.2},
    {
        "": 0.30576365989196949,
        "t0": 0.2122722441814375,
        "t1": 0.10613612209071875,
        "t2": -0.254726693017725,
        "t0 t0": 0.082461967632641188,
        "t0 t1": 0.041230983816320594,
        "t0 t2": -0.098954361159169426,
        "t1 t1": 0.020615491908160297,
        "t1 t2": -0.049477180579584713,
        "t2 t2": 0.11874523339100331,
    },
)
case(
    "S59 logit",
    FEATURES,
    "logit",
    {"t0": 0.3, "t1": -0.8, "t2": 0.6, "x1": 0.5, "x2": -1.2},
    {"": -0.82},
)
case(
    "S59",
    LOGIT,
    "p",
    {"z": -0.82},
    {
        "": 0.30576365989196949,
        "z": 0.2122722441814375,
        "z z": 0.082461967632641188,
    },
)
case("S60", PLANE, "p", {"x1": 0.25, "x2": 1}, {"": 0.5, "x1": 0.5, "x2": -0.25})

# -- A-66 to A-68 ----------------------------------------------------------------------

PLUS, MINUS = 0.67917869917539297, 0.32082130082460703
YES, NO = {"s": 0.75, "y": 1}, {"s": 0.75, "y": 0}
case("A-67", BINARY, "plus", YES, {"": PLUS, "s": PLUS * MINUS})
case("A-67", BINARY, "minus", YES, {"": MINUS})
case("A-66", SCORES, "plus", {**YES, "r": 0}, {"": PLUS})
case("A-68 yes", BINARY, "L", YES, {"": 0.38687100611489994, "s": -MINUS})
case("A-68 no", BINARY, "L", NO, {"": 1.1368710061148999, "s": PLUS})
case("A-68", SCORES, "L", {**YES, "r": 0}, {"s": -MINUS, "r": MINUS})

# -- S61 to S66 ------------------------------------------------------------------------

SHARES = (
    *(0.68997448112761244, 0.62245933120185456, 0.54983399731247791),
    *(0.47502081252106001, 0.401312339887548),
)
for i, share in enumerate(SHARES, 1):
    case("S61", DATA, f"p{i}", AT.values, {"": share})
case("S61", DATA, "P", AT.values, {"": 0.013558678838807253})
case(
    "S62 S64 S66",
    DATA,
    "C",
    AT.values,
    {
        "": 4.3007284319829998,
        "a": 0.73860096205055293,
        "b": -2.7247628011609234,
        "a a": 1.18606676736817,
        "a b": 0.067074426433766932,
        "b b": 2.3010615214417808,
    },
)
case(
    "S63",
    OUTPUTS,
    "C",
    {"p1": 0.7, "p2": 0.2, "y1": 1, "y2": 0},
    {"": 0.57981849525294213, "p1": -1.4285714285714286, "p2": 1.25},
)
for theta, cost in (
    (1, 0.62652337503644567),
    (5, 0.013430696978236137),
    (20, 4.1223072406287614e-9),
):
    case(f"S66 {theta}", SEPARABLE, "C", {"θ": theta}, {"": cost})


@pytest.mark.parametrize(NAMES, CASES)
def test_number(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_a_column_twice_has_no_inverse() -> None:
    """S66: the second witness."""
    matrix = ENGINE.hessian(TWICE, "C", TWICE.inputs, TWICE_AT.values)
    assert matrix[1] == pytest.approx(matrix[2], rel=1e-13)


# -- the algorithms --------------------------------------------------------------------

BEST = [-0.62269006543375786, 1.0904255602981153]
NEWTON_ROWS = [
    [0, 0],
    [-0.4, 0.8],
    [-0.57965634940497999, 1.0397501395477056],
    [-0.62104127386060777, 1.0885773436564706],
    [-0.62268770686564697, 1.0904229820676789],
    [-0.62269006542905075, 1.0904255602930343],
    BEST,
]


def approx(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_gradient_descent() -> None:
    """S65."""
    expected = [
        [0, 0],
        [-0.05, 0.2],
        [-0.093873429294184917, 0.35058800280373483],
        [-0.13282007845796054, 0.46602504508477291],
    ]
    assert xs(DESCENT)[:4] == [approx(row) for row in expected]


@pytest.mark.parametrize("run", [NEWTON, REWEIGHTED], ids=["Newton", "least squares"])
def test_irls(run: Run) -> None:
    """S67: Newton's method, and the weighted least squares that is the same."""
    assert xs(run) == [approx(row) for row in NEWTON_ROWS]


def test_two_features_arrive() -> None:
    last = PLANE_RUN.iterates(ENGINE)[-1]
    assert last.gradient == pytest.approx([0, 0, 0], abs=1e-11)


def test_least_squares_for_comparison() -> None:
    """S65: 2 Xᵀ(Xθ − y), by hand at (0.2, −0.3)."""
    data = ((-2, 0), (-1, 0), (0, 1), (1, 0), (2, 1))
    errors = [(x, 0.2 - 0.3 * x - y) for x, y in data]
    by_hand = [2 * sum(e for _, e in errors), 2 * sum(x * e for x, e in errors)]
    found = ENGINE.gradient(SQUARES, "C", ("a", "b"), AT.values)
    assert found == pytest.approx(by_hand, rel=1e-13)


# -- the misprints ---------------------------------------------------------------------

COST = 4.3007284319829998
# Entry, place in its article's list, what the printed line gives, what is right.
SLIPS = (
    ("S59", 0, -0.84729786038720360, 0.3),  # ln(0.3/0.7), and the logit of σ(0.3)
    ("A-67", 1, 2.1170000166126748, PLUS),
    ("S62", 0, -1.2784201884199108, COST),
    ("S63", 0, -0.17857142857142857, -1.4285714285714286),
    ("S66", 0, 1.18606676736817 + 2.3010615214417808, 0.067074426433766932),
    ("S67", 0, 2 / (0.24 * 0.25 + 0.21 * 4), 0.4 + 0.3 / (0.24 * 0.25 + 0.21 * 4)),
)


@pytest.mark.parametrize(("entry", "place", "printed", "right"), SLIPS)
def test_misprint(entry: str, place: int, printed: float, right: float) -> None:
    judged(entry, place, printed, right)


def test_the_literal_cost() -> None:
    """S62: without brackets the cost can fall below 0."""
    literal = float(literal_cost(DATA.run(AT.values)))
    assert literal == pytest.approx(-1.2784201884199108, rel=1e-13)
