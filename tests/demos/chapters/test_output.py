"""A-23 to A-35: the catalogue's numbers, one step of descent, and the misprints."""

import math
from typing import Any

import pytest

from demos.derivations import ARTICLES, Model
from demos.derivations.chapters.descent_step import ORDERED, PAIR, RAY, RUN, STEPPED
from demos.derivations.chapters.heads import (
    ONE_SIGMOID_BCE,
    ONE_SOFTMAX_BCE,
    SIGMOID_BCE,
    SOFTMAX_BCE,
)
from demos.derivations.chapters.networks import (
    BATCH,
    BOTH_SAMPLES,
    ONE,
    SAMPLE_1,
    SAMPLE_2,
    U,
    W,
)
from demos.derivations.chapters.one_hot import CLASS_AT, CLASSES, LOGS, one_hot
from demos.derivations.chapters.softmax import AT, SOFTMAX
from demos.derivations.checks import DIFFERS, check, engine_source
from tests.demos.cases import NAMES, Cases, agree
from tests.demos.chapters.matrices import gradients, rows

ENGINE = engine_source()
CASES = Cases()
case = CASES.add


def by(letter: str, *numbers: float) -> dict[str, float]:
    """``z`` and three numbers: the slopes by z1, z2, z3."""
    return {f"{letter}{i}": x for i, x in enumerate(numbers, 1)}


def lower(entry: str, letter: str) -> dict[str, float]:
    """One matrix of an entry."""
    return {n: x for n, x in gradients(entry).items() if n[0] == letter}


case("A-25", SIGMOID_BCE, "E", BOTH_SAMPLES.values, lower("A-16 sigmoid", "w"))
case("A-25", SOFTMAX_BCE, "E", BOTH_SAMPLES.values, lower("A-16 softmax", "w"))
case(
    "A-26",
    ONE_SOFTMAX_BCE,
    "L",
    SAMPLE_1.values,
    {
        **by("a", 1.5854986861838999, -2.6931137918856406, 1.3502547059874678),
        **by("z", 0.6092239057651121, -0.9761441168872227, 0.3669202111221106),
    },
)
case(
    "A-26",
    ONE_SIGMOID_BCE,
    "L",
    SAMPLE_1.values,
    {
        **by("a", 2.4669390736234952, -1.6779578062709184, 2.0304343266453945),
        **by("z", 0.5946393606992581, -0.4040374577580154, 0.50749453608176457),
    },
)
JACOBIAN = rows(
    "0.081925069064993228, -0.022033044520174296, -0.059892024544818932; "
    "-0.022033044520174296, 0.18483644650997872, -0.16280340198980442; "
    "-0.059892024544818932, -0.16280340198980442, 0.22269542653462336"
)
for i, row in enumerate(JACOBIAN, 1):
    case("A-26, A-28", SOFTMAX, f"a{i}", AT.values, by("z", *row))
SIGMOIDS = (
    (0.5946393606992581, 0.24104339140643572),
    (0.5959625422419846, 0.24079119048645532),
    (0.50749453608176457, 0.24994383192891913),
)
for i, (share, slope) in enumerate(SIGMOIDS, 1):
    slopes = by("z", *(slope if k == i else 0 for k in (1, 2, 3)))
    case("A-28", ONE_SIGMOID_BCE, f"a{i}", SAMPLE_1.values, {"": share, **slopes})
DIAGONAL = (0.23291322665496305, 0.23344078739579748, 0.19211115363472511)
for i, slope in enumerate(DIAGONAL, 1):
    case("A-28", ONE, f"a{i}", SAMPLE_1.values, {f"z{i}": slope})
for i, slope in enumerate((0.5, 0.0, 0.0), 1):
    case("A-29", ONE, f"z{i}", SAMPLE_1.values, {"w12": slope})
case("A-30", SIGMOID_BCE, "E", BOTH_SAMPLES.values, lower("A-16 sigmoid", "u"))
case("A-31", BATCH, "E", BOTH_SAMPLES.values, lower("A-02", "w"))
case(
    "A-32",
    ONE,
    "L",
    SAMPLE_1.values,
    by("z", 0.36928361485629682, -0.62868260412426582, 0.259398989267969),
)
case("A-33", ONE, "L", SAMPLE_1.values, lower("A-33", "w"))
case("A-34", CLASSES, "L1", CLASS_AT.values, by("a", -1.4285714285714286, 0, 0))
case("A-34", LOGS, "N", {"a": 0.7}, {"a": -1.4285714285714286})
case("A-34", LOGS, "T", {"a": 0.7}, {"a": -0.6204206884332169})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers(
    model: Model, target: str, wrt: tuple[str, ...], values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def test_one_step_on_all_weights() -> None:
    """A-24: every weight after a step with α = 0.1, and E before and after."""
    before, after = RUN.iterates(ENGINE)
    found = dict(zip((*U, *W), after.x, strict=True))
    assert found == pytest.approx(gradients("A-24"), rel=1e-14)
    errors = (0.98251006970708239, 0.96249822560160354)
    assert (before.f, after.f) == pytest.approx(errors, rel=1e-14)


def test_the_decrease() -> None:
    """A-23 and A-24: E, the actual decrease and the predicted one."""
    found = [row.compute(ENGINE) for row in STEPPED.rows[:4]]
    expected = (
        *(0.98251006970708239, 0.96249822560160354),
        *(0.020011844105478845, 0.020167481497896535),
    )
    assert found == pytest.approx(expected, rel=1e-13)
    slope = ENGINE.of(RAY, "E", ("α",), {"α": 0.0})
    assert slope == pytest.approx(-10 * expected[3], rel=1e-13)


def test_layer_after_layer_is_another_algorithm() -> None:
    """A-23: E14, the first layer's gradient at the moved last layer."""
    at_once = STEPPED.rows[4].compute(ENGINE)
    in_order = ORDERED.rows[1].compute(ENGINE)
    assert at_once == pytest.approx(0.096817310085923375, rel=1e-14)
    assert abs(in_order - at_once) > 1e-4


def test_descent_on_two_weights() -> None:
    """A-24: E falls in every step."""
    heights = [row.f for row in PAIR.iterates(ENGINE)]
    assert len(heights) == 11
    assert heights == sorted(heights, reverse=True)


def test_a_ray_is_what_the_run_does() -> None:
    """E along the ray at α = 0.1 is E after the step."""
    assert ENGINE.of(RAY, "E", (), {"α": 0.1}) == pytest.approx(
        0.96249822560160354, rel=1e-14
    )


def test_one_hot() -> None:
    """A-35: the targets of the notes' two samples."""
    assert one_hot(2, 3) == [0, 1, 0]
    assert one_hot(3, 3) == [0, 0, 1]
    for point, c in ((SAMPLE_1, 2), (SAMPLE_2, 3)):
        found = ONE.run(point.values)
        assert [found.y1, found.y2, found.y3] == one_hot(c, 3)


@pytest.mark.parametrize("c", [0, 4])
def test_there_is_no_such_class(c: int) -> None:
    with pytest.raises(ValueError, match=rf"'c' must be a class from 1 to 3 \(got {c}"):
        one_hot(c, 3)


H = (0.66818777216816611, 0.5, 0.1544652650835347)
WITNESSES = [
    ("A-28", 0, JACOBIAN[0][0], None),
    ("A-28", 1, -2 * JACOBIAN[1][1], None),
    ("A-29", 0, H[0], 0.5),
    ("A-29", 1, H[1], 0.0),
    ("A-29", 2, H[2], 0.0),
    ("A-30", 0, None, None),
    ("A-33", 0, 0.18749925237999655, 0.24675079590903606),
    ("A-33", 1, 0.0, 0.24675079590903606),
    ("A-33", 2, 0.0, 0.17332723274163824),
    ("A-34", 0, -5.0, 0.0),
    ("A-34", 1, -10.0, 0.0),
    ("A-34", 2, -0.6204206884332169, -1.4285714285714286),
]


@pytest.mark.parametrize(("entry", "slip", "printed", "right"), WITNESSES)
def test_misprints_differ(
    entry: str, slip: int, printed: float | None, right: float | None
) -> None:
    """As printed they give the catalogue's other number, at their first point."""
    found = check(ARTICLES[entry].misprints[slip].printed)
    assert found.verdict == DIFFERS
    first = found.shown[0]
    if printed is not None:
        assert first.closed[-1] == pytest.approx(printed, rel=1e-14, abs=1e-15)
    if right is not None:
        assert first.engine == pytest.approx(right, rel=1e-13, abs=1e-15)


def test_the_error_is_not_its_own_slope() -> None:
    """A-30: E19, with E of the sigmoid outputs of sample 1."""
    first = check(ARTICLES["A-30"].misprints[0].printed).shown[0]
    outputs = (0.5946393606992581, 0.5959625422419846, 0.50749453608176457)
    logs = [math.log(1 - outputs[0]), math.log(outputs[1]), math.log(1 - outputs[2])]
    assert first.closed[-1] == pytest.approx(-sum(logs), rel=1e-14)


def test_the_chain_of_single_components() -> None:
    """A-33: E23, right on the row of the true class and zero on the others."""
    y, a2 = (0.0, 1.0, 0.0), 0.37131739587573418
    printed = [[-y[i] * (1 - a2) * h for h in H] for i in range(3)]
    expected = [-0.4200780286506743, -0.31434130206213291, -0.097109625099461629]
    assert printed[1] == pytest.approx(expected, rel=1e-14)
    assert printed[0] == printed[2] == [0, 0, 0]
    found = [ENGINE.of(ONE, "L", (f"w2{j}",), SAMPLE_1.values) for j in (1, 2, 3)]
    assert found == pytest.approx(expected, rel=1e-13)
