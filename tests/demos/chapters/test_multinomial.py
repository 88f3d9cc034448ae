"""S68 to S74 and A-57 to A-65: numbers, a descent and misprints of the catalogue."""

from typing import Any

import pytest

from demos.derivations import Model
from demos.derivations.chapters.multinomial import (
    FORMS,
    FORMS_AT,
    SLIDE,
    TARGET,
    TWO_ONES,
)
from demos.derivations.chapters.networks import DEEP, DEEP_AT
from demos.derivations.chapters.softmax import SOFTMAX
from demos.derivations.chapters.softmax_regression import (
    DESCENT,
    SAMPLES,
    SAMPLES_AT,
)
from demos.derivations.chapters.two_classes import (
    LOGISTIC,
    LOGISTIC_AT,
    STACK,
    STACK_AT,
    TWO,
    TWO_AT,
)
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.expectations import ENGINE, judged, xs

CASES = Cases()
case = CASES.add

# -- S68, A-57, A-58 -------------------------------------------------------------------

SHARES = (0.2537161816350252, 0.68967208612450352, 0.056611732240471283)
JACOBIAN = (
    (0.1893442808115681, -0.17498096827177128, -0.014363312539796824),
    (-0.17498096827177128, 0.21402449974517892, -0.039043531473407643),
    (-0.014363312539796824, -0.039043531473407643, 0.053406844013204467),
)
for i, (share, row) in enumerate(zip(SHARES, JACOBIAN, strict=True), 1):
    expected = {"": share, **{f"z{k}": x for k, x in enumerate(row, 1)}}
    case("S68", SOFTMAX, f"a{i}", SLIDE.values, expected)
AT_123 = {"z1": 1, "z2": 2, "z3": 3}
P = (0.090030573170380458, 0.24472847105479765, 0.66524095577482189)
SLOPES_OF_Z = (2.7182818284590452, 7.3890560989306502, 20.085536923187668)
case(
    "A-57",
    SOFTMAX,
    "Z",
    AT_123,
    {
        "": 30.192874850577363,
        **{f"z{k}": x for k, x in enumerate(SLOPES_OF_Z, 1)},
    },
)
case("A-58", SOFTMAX, "sum", AT_123, {"": 1, "z1": 0, "z2": 0, "z3": 0})
for i, share in enumerate(P, 1):
    case("A-57", SOFTMAX, f"a{i}", AT_123, {"": share})
DEEP_P = (0.2694442935581986, 0.43387941484159223, 0.29667629160020917)
for i, share in enumerate(DEEP_P, 1):
    case("A-57 F2", DEEP, f"p{i}", DEEP_AT.values, {"": share})

# -- A-59 to A-65 ----------------------------------------------------------------------


def by_scores(*numbers: float) -> dict[str, float]:
    return {f"s{k}": x for k, x in enumerate(numbers, 1)}


E = (-0.090030573170380458, 0.75527152894520235, -0.66524095577482189)
case(
    "A-59",
    FORMS,
    "observed",
    FORMS_AT.values,
    {
        "": 0.24472847105479765,
        **by_scores(-0.022033044520174296, 0.18483644650997872, -0.16280340198980442),
    },
)
for form in ("F1", "F2", "F3"):
    expected = {"": -1.4076059644443803, **by_scores(*E)}
    case("A-60", TARGET, form, FORMS_AT.values, expected)
case("A-61", TARGET, "L", FORMS_AT.values, {"": 1.4076059644443803})
case("A-62", TARGET, "L", FORMS_AT.values, by_scores(*(-e for e in E)))
# The catalogue gives minus the forms where the targets do not add up to 1.
case(
    "A-60 y = (1, 1, 0)",
    FORMS,
    "F1",
    TWO_ONES.values,
    {
        "": -3.8152119288887606,
        **by_scores(0.81993885365923908, 0.5105430578904047, -1.3304819115496438),
    },
)
case(
    "A-60 y = (1, 1, 0)",
    FORMS,
    "F3",
    TWO_ONES.values,
    {
        "": -0.4076059644443803,
        **by_scores(0.90996942682961954, 0.75527152894520235, -0.66524095577482189),
    },
)
case("A-65", FORMS, "lnZ", FORMS_AT.values, {"": 3.4076059644443803, **by_scores(*P)})
case(
    "A-64",
    DEEP,
    "L",
    DEEP_AT.values,
    {
        "w11": 0.14001462038312164,
        "w12": 0.15089674702737858,
        "w21": 0.22546204545235586,
        "w22": 0.2429852621376722,
        "w31": -0.3654766658354775,
        "w32": -0.39388200916505078,
        "d1": 0.2694442935581986,
        "d2": 0.43387941484159223,
        "d3": -0.70332370839979083,
    },
)

# -- S69 to S74 ------------------------------------------------------------------------

case(
    "S69",
    SAMPLES,
    "C",
    SAMPLES_AT.values,
    {
        "": 4.9591371530714305,
        "t11": -0.3773673298053205,
        "t12": -0.69826823893708749,
        "t21": -0.61871573654324245,
        "t22": 1.7710393509202376,
        "t31": 0.99608306634856295,
        "t32": -1.0727711119831502,
    },
)
SECOND = (0.51249739648421034, 0.81305738603195364, 0.18242552380635634)
for i, share in enumerate(SECOND, 1):
    case("S70", TWO, f"p{i}2", TWO_AT.values, {"": share})
    case("S70", LOGISTIC, f"p{i}", LOGISTIC_AT.values, {"": share})
COST, BY_C, BY_D = 2.6268265123962479, -0.085479400280290675, 0.8494920376740932
case(
    "S70 S72 S73",
    TWO,
    "C",
    TWO_AT.values,
    {
        "": COST,
        "a": -BY_C,
        "b": -BY_D,
        "c": BY_C,
        "d": BY_D,
        "c c": 0.35897710098070511,
        "c d": -0.049113480414010591,
        "d d": 0.43048031103382209,
    },
)
case("S73", LOGISTIC, "C", LOGISTIC_AT.values, {"": COST, "u": BY_C, "v": BY_D})
case(
    "S72",
    TWO,
    "l11",
    TWO_AT.values,
    {
        "": -0.71845964801328629,
        "c": -0.51249739648421034,
        "d": -0.25624869824210517,
    },
)
case(
    "S72",
    TWO,
    "l12",
    TWO_AT.values,
    {"": -0.66845964801328629, "c": 0.48750260351578966, "d": 0.24375130175789483},
)
for name, value in (
    ("z1", 0),
    ("z2", 0.05),
    ("l1", -0.71845964801328629),
    ("l2", -0.66845964801328629),
    ("C", 0.66845964801328629),
):
    case("S74", STACK, name, STACK_AT.values, {"": value})


@pytest.mark.parametrize(NAMES, CASES)
def test_number(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_the_error_adds_up_to_nothing() -> None:
    """A-63."""
    slopes = ENGINE.gradient(TARGET, "L", ("s1", "s2", "s3"), FORMS_AT.values)
    assert sum(slopes) == pytest.approx(0, abs=1e-15)


def test_four_parameters_do_the_work_of_two() -> None:
    """S73: the Hessian maps (1, 1, 1, 1) to 0, so it has no inverse."""
    matrix = ENGINE.hessian(TWO, "C", TWO.inputs, TWO_AT.values)
    assert [sum(row) for row in matrix] == pytest.approx([0] * 4, abs=1e-15)


def test_one_step_of_descent() -> None:
    """S69: the old numbers minus a half of the catalogue's gradient."""
    start, moved = xs(DESCENT)[:2]
    slopes = ENGINE.gradient(SAMPLES, "C", DESCENT.over, SAMPLES_AT.values)
    expected = [x - 0.5 * g for x, g in zip(start, slopes, strict=True)]
    assert moved == pytest.approx(expected, rel=1e-14)
    costs = [row.f for row in DESCENT.iterates(ENGINE)]
    assert costs == sorted(costs, reverse=True)


SLIPS = (
    ("S68", 0, 1.0873127313836181, SHARES[0]),
    ("A-62", 0, 0.75527152894520235, -0.75527152894520235),
    ("S70", 0, -COST - 2 * -0.71845964801328629, COST),
    ("S74", 0, -0.66845964801328629, 0.66845964801328629),
)


@pytest.mark.parametrize(("entry", "place", "printed", "right"), SLIPS)
def test_misprint(entry: str, place: int, printed: float, right: float) -> None:
    judged(entry, place, printed, right)
