"""S26 to S34: features, model complexity, radial kernels."""

from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.basis_functions import (
    KERNEL,
    PARABOLA,
    PARABOLA_RUN,
    SURFACE,
    SURFACE_AT,
)
from demos.derivations.chapters.kernel_regression import (
    FIT,
    FIXED,
    MEASURES,
    SINGULAR,
    THREE,
)
from demos.derivations.chapters.model_complexity import (
    FLOOR_RUN,
    NOISE_FREE,
    NOISE_FREE_AT,
    STRENGTHS,
    THROUGH,
    THROUGH_AT,
    error_on_new_data,
)
from demos.derivations.chapters.ridge import PATH
from demos.derivations.checks import AGREES, DIFFERS, check
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, close, judged, xs

CASES = Cases()
case = CASES.add

P = {"a": 0.5, "b": -0.2, "d": 0.4}
case("S26", PARABOLA, "J", P, {"": 2.79, "a": -5, "b": -3, "d": -11.8})
case(
    "S26",
    SURFACE,
    "yhat",
    SURFACE_AT.values,
    {"t0": 1, "t1": 0.5, "t2": -2, "t3": 0.25, "t4": 4, "t5": -1},
)
CLEAN = NOISE_FREE_AT.values
for name, number in {
    "u0": 1,
    "u1": -1.3,
    "u2": 0.7,
    "v0": -0.4,
    "v1": 1.5,
    "RSS": 6.86,
}.items():
    case("S27 and S28", NOISE_FREE, name, CLEAN, {"": number})
for name, number in {"t0": -6, "t1": 21 / 2, "t2": -5 / 2, "f": -4}.items():
    case("S29", THROUGH, name, THROUGH_AT.values, {"": number})
case("S29", THROUGH, "line", THROUGH_AT.values, {"": 13 / 3})
for strength, theta0, theta1, rss in (
    (0, 2.3333333333333333, 0.5, 4.1666666666666667),
    (0.5, 1.288135593220339, 0.91525423728813559, 4.649813272048262),
    (5, 0.55172413793103448, 0.93103448275862069, 7.074910820451843),
    (50, 0.15315852205005959, 0.31376638855780691, 23.783976646527096),
):
    case("S30", PATH, "t0", {"c": strength}, {"": theta0})
    case("S30", PATH, "t1", {"c": strength}, {"": theta1})
    case("S30", PATH, "RSS", {"c": strength}, {"": rss})
case(
    "S31",
    KERNEL,
    "k",
    {"x1": 0.5, "x2": -1, "m1": 1, "m2": 0.2, "l": 0.8},
    {
        "": 0.12093525007041667,
        "x1": 0.15116906258802084,
        "x2": 0.36280575021125002,
        "l": 0.31934464471719403,
        "x1 x1": -0.11337679694101563,
        "x1 x2": 0.45350718776406253,
        "x1 l": 0.21021947766146648,
        "x2 x2": 0.78607912545770838,
        "x2 l": 0.50452674638751956,
        "l l": 0.04490784066335541,
    },
)
case(
    "S32",
    THREE,
    "yhat",
    {"x": 1.5, "t0": 0.5, "t1": 1, "t2": -2, "t3": 0.3},
    {
        "": -0.24718101570284557,
        "x": -2.2415430471085367,
        "t0": 1,
        "t1": 0.77880078307140487,
        "t2": 0.77880078307140487,
        "t3": 0.10539922456186434,
    },
)
FITS: dict[tuple[float, float], tuple[float, ...]] = {
    (1, 0): (
        0.087276178898597576,
        0.65107357232141541,
        0.40200575903522568,
        -0.62193885897063096,
        0.25454350348660336,
    ),
    (1, 0.1): (
        0.086130217815324645,
        0.62753831065675324,
        0.34187883906750769,
        -0.53929672965464154,
        0.26254277667567279,
    ),
    (0.1, 0.1): (
        0.12259852585207337,
        0.7976198982869341,
        0.34308364587333427,
        -0.56600820826161181,
        0.031778079348780507,
    ),
    (10, 0.1): (
        -0.22222137608775964,
        0.59363067682112882,
        0.25959617435248357,
        -0.27048587198884504,
        0.97626735241537484,
    ),
}
for (size, penalty), expected_fit in FITS.items():
    at = {"l": size, "c": penalty}
    for name, number in zip(("t0", "t1", "t2", "t3", "RSS"), expected_fit, strict=True):
        case("S33 and S34", FIT, name, at, {"": number})
case(
    "S34",
    FIXED,
    "J",
    {"l": 1},
    {"": 3.5389408498047813, "l": -1.5563438725655253, "l l": 3.1885788477568355},
)
case("S33", SINGULAR, "D", {"c": 0}, {"": 0})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_a_parabola_in_one_step() -> None:
    """S26."""
    assert xs(PARABOLA_RUN)[1] == close([5 / 8, -5 / 8, 7 / 8])
    assert PARABOLA_RUN.iterates(ENGINE)[1].f == close(0.3125)


def test_the_floor_of_a_line() -> None:
    """S28: the best line for x² on [0, 1]."""
    assert xs(FLOOR_RUN)[1] == close([-1 / 6, 1])
    assert FLOOR_RUN.iterates(ENGINE)[1].f == close(0.0055555555555555556)


def test_through_all_points() -> None:
    """S29: nothing is left of the training error."""
    for x, y in ((1.0, 2), (2.0, 5), (3.0, 3)):
        at = {**THROUGH_AT.values, "x": x}
        assert ENGINE.of(THROUGH, "f", (), at) == close(y)


def test_more_data() -> None:
    """S27 to S29: they help where the model can use them; no model beats σ²."""
    line, right, rich = (
        [error_on_new_data(degree, m)(ENGINE) for m in (60, 480)]
        for degree in (1, 2, 25)
    )
    assert right[1] < 1.01 * 0.25 < line[1]
    assert line[1] == pytest.approx(line[0], rel=0.01)
    assert rich[0] > 2 * right[0]
    assert rich[1] < 1.1 * right[1]
    assert min(*line, *right, *rich) > 0.25


@pytest.mark.parametrize("at", STRENGTHS, ids=lambda at: at.label)
def test_a_path_of_ridge(at: Any) -> None:
    """S30: RSS rises and θᵀθ falls, and one pays for the other."""
    rises = ENGINE.of(PATH, "RSS", ("c",), at.values)
    falls = ENGINE.of(PATH, "size", ("c",), at.values)
    assert falls < 0 <= rises + 1e-14
    assert rises + at.values["c"] * falls == pytest.approx(0, abs=1e-13)


def test_held_out_points_prefer_the_middle() -> None:
    """S34: not the smallest kernel, which is best on the training points."""
    train, test = (
        [ENGINE.of(MEASURES, name, (), {"l": size}) for size in (0.02, 1.0, 100.0)]
        for name in ("train", "test")
    )
    assert train == sorted(train)
    assert min(test) == test[1]


def test_an_index_is_no_power() -> None:
    """S29: with the samples 1 and 2 in the place of x and x²."""
    (slip,) = ARTICLES["S29"].misprints
    printed, right = check(slip.printed), check(slip.right)
    assert (printed.verdict, right.verdict) == (DIFFERS, AGREES)
    # The parameters go up to 10.5 and come from a matrix of condition 5e3.
    rounding = 5e3 * 10.5 * 2.0**-52
    assert printed.shown[0].closed[-1] == pytest.approx(-6 + 10.5 - 5, abs=rounding)
    assert right.shown[0].engine == pytest.approx(-4, abs=rounding)


J_PLAIN, PENALTY = 15.56, 0.5 * (1 + 0.2**2)


@pytest.mark.parametrize(
    ("entry", "slip", "printed", "right"),
    [
        pytest.param("S26", 0, 5.425, 5.125, id="ŷ with noise"),
        pytest.param("S30", 0, 16.06, J_PLAIN + PENALTY, id="θᵀθ/θᵀθ"),
        pytest.param("S30", 1, 15.56 / 3 + PENALTY, J_PLAIN + PENALTY, id="MSE"),
        pytest.param(
            "S32", 0, -0.74718101570284557, -0.24718101570284557, id="no constant"
        ),
    ],
)
def test_misprints(entry: str, slip: int, printed: float, right: float) -> None:
    judged(entry, slip, printed, right)
