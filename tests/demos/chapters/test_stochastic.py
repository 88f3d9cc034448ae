"""S49 to S57, A-69 to A-71, A-83, A-84, A-93: samples, schedules, memory."""

from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pytest

from demos.derivations import ARTICLES
from demos.derivations.article import Model
from demos.derivations.chapters.adam import MOMENTS, POINT
from demos.derivations.chapters.networks import DEEP, DEEP_AT
from demos.derivations.chapters.noisy import BEST, CLOUD, LEFT_OVER, METHODS, SAMPLES
from demos.derivations.chapters.sample_steps import (
    BATCH_AT,
    BATCH_LOSS,
    BATCH_STEP,
    FACTOR,
    FOUR,
    HERE,
    MEANS,
    RUNS,
)
from demos.derivations.chapters.schedules import (
    COUNTED,
    DENSE,
    MEAN_AT,
    RUN,
    SEEN,
    SPARSE,
    UNIT,
    WIDTHS,
)
from demos.derivations.chapters.stochastic import NOISE, UPHILL
from demos.derivations.chapters.variants import (
    ADAGRAD_RUNS,
    ADAM_RUNS,
    BALL_RUNS,
)
from demos.derivations.checks import check, engine_source
from demos.derivations.readings import Run
from tests.demos.cases import NAMES, Cases, agree

ENGINE = engine_source()
CASES = Cases()
case = CASES.add


def values(model: Model, entry: str, at: Any, **numbers: float) -> None:
    for name, number in numbers.items():
        case(entry, model, name, at.values, {"": number})


values(
    NOISE,
    "S50",
    HERE,
    n10=-5 / 3,
    n11=-16 / 3,
    n20=10 / 3,
    n21=20 / 3,
    n30=-5 / 3,
    n31=-4 / 3,
    sum0=0,
    sum1=0,
    w0=0.68333333333333333,
    w1=0.86666666666666667,
    m0=0.85,
    m1=1.2,
    E0=-3.6666666666666667,
    E1=-7.3333333333333333,
)
values(FACTOR, "S51", HERE, a0=1.05, a1=1.6, h0=0.775, h1=1.05)
values(UNIT, "A-69", MEAN_AT, θ2=2, θ3=0.5, θ4=5 / 3, θ5=1.375)
case(
    "A-70",
    BATCH_LOSS,
    "L",
    BATCH_AT.values,
    {"": 0.74937595227104901, "w": 0.33693211055112898, "b": 0.049710852145299487},
)
values(BATCH_LOSS, "A-70", BATCH_AT, p1=0.52497918747893999, p2=0.57444251681165899)
values(COUNTED, "A-71", WIDTHS, n1=6, n2=6, n3=9, n=21)
values(MEANS, "A-83", FOUR, batch=-0.1, full=0.1)
values(MOMENTS, "A-84", POINT, sgd1=0.997, sgd2=1.002, sgd3=1.0, sgd4=0.996)
values(DENSE, "A-93", SEEN, s10=0.6513215599, factor=1.2390883474505075)
values(SPARSE, "A-93", SEEN, s10=0.1387420489, factor=2.6847011456600686)


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


ITERATES = [
    pytest.param(RUNS["batch"], [[0.5, 0.5], [0.775, 1.05]], id="S52"),
    pytest.param(
        RUNS["online"],
        [[0.5, 0.5], [0.55, 0.55], [0.7175, 0.885], [0.698875, 0.829125]],
        id="S53",
    ),
    pytest.param(RUNS["mini"], [[0.5, 0.5], [0.6, 0.7]], id="S54"),
    pytest.param(
        BALL_RUNS["damped"],
        [
            [0, 0],
            [0.084, 0.04],
            [0.237936, 0.113504],
            [0.444429888, 0.212585088],
            [0.68428427136, 0.328540728832],
        ],
        id="S55 damped",
    ),
    pytest.param(
        BALL_RUNS["classical"],
        [
            [0, 0],
            [0.84, 0.4],
            [1.8696, 0.9104],
            [2.370768, 1.211808],
            [2.0433552, 1.16867392],
        ],
        id="S55 classical",
    ),
    pytest.param(
        ADAGRAD_RUNS[0.0],
        [
            [0, 0],
            [0.5, 0.5],
            [0.73200349733527879, 0.74095937488607793],
            [0.86053891328515767, 0.88314085984089221],
        ],
        id="S56",
    ),
    pytest.param(
        ADAGRAD_RUNS[1e-8],
        [
            [0, 0],
            [0.49999999988095238, 0.49999999975],
            [0.73200349721970786, 0.74095937457976432],
            [0.8605389132017319, 0.88314085952902552],
        ],
        id="S56 epsilon",
    ),
    pytest.param(
        ADAM_RUNS["Adam"],
        [
            [0, 0],
            [0.099999999976190476, 0.09999999995],
            [0.19961488971195629, 0.19964378402217819],
            [0.29852212663584727, 0.29863733268251181],
        ],
        id="S57",
    ),
    pytest.param(
        ADAM_RUNS["no momentum"],
        [[0, 0], [0.5, 0.5], [0.82814923077978977, 0.84081366899337207]],
        id="S57 without momentum",
    ),
    pytest.param(RUN, [[10], [2.0], [0.5], [1.6666666666666667], [1.375]], id="A-69"),
    pytest.param(
        BATCH_STEP,
        [[0.2, -0.1], [0.03153394472443551, -0.12485542607264974]],
        id="A-70",
    ),
]


def xs(run: Run) -> list[list[float]]:
    return [[float(x) for x in row.x] for row in run.iterates(ENGINE)]


@pytest.mark.parametrize(("run", "expected"), ITERATES)
def test_iterates(run: Run, expected: list[list[float]]) -> None:
    # 1 − β₂ᵗ with β₂ = 0.999 loses three digits.
    found = xs(run)[: len(expected)]
    assert found == [pytest.approx(x, rel=1e-12, abs=1e-15) for x in expected]


def test_up_and_down() -> None:
    """S49: five steps on θ² with either sign."""
    assert [xs(run)[5][0] for run in UPHILL] == pytest.approx(
        [0.32768, 2.48832], rel=1e-14
    )


def test_damped_is_classical_with_a_tenth_of_the_rate() -> None:
    """S55."""
    for ours, theirs in zip(
        xs(BALL_RUNS["damped"]), xs(BALL_RUNS["equal"]), strict=True
    ):
        assert ours == pytest.approx(theirs, rel=1e-13)


def test_all_parameters_of_the_network() -> None:
    """A-71: a step along −∇L moves them all, and L falls by nearly η|∇L|²."""
    (counted, moved) = ARTICLES["A-71"].parts[1].readings
    assert [row.compute(ENGINE) for row in counted.rows] == [21, 21]
    before, square, after, _ = (float(row.compute(ENGINE)) for row in moved.rows)
    assert before == ENGINE.of(DEEP, "L", (), DEEP_AT.values)
    assert (before - after) / (0.01 * square) == pytest.approx(1, rel=0.01)


def test_harmonic_sums() -> None:
    """A-69: against numpy."""
    rows = ARTICLES["A-69"].parts[2].readings[0].rows
    t = np.arange(1.0, 1001.0)
    expected = [np.sum(t[:n] ** -p) for p in (1, 2) for n in (10, 100, 1000)]
    assert [row.compute(ENGINE) for row in rows] == pytest.approx(expected, rel=1e-13)


# -- seeded samples --------------------------------------------------------------------


def test_newton_finds_the_least_squares_line() -> None:
    x, y = np.array(SAMPLES).T
    slope, height = np.polyfit(x, y, 1)
    assert xs(BEST)[1] == pytest.approx([height, slope], rel=1e-12)


def test_the_first_mini_batch_by_hand() -> None:
    """Some five samples explain the first step; found by trying, with numpy."""
    run = METHODS["mini-batch of 5, η = 0.3"]
    start, first = (np.array(x) for x in xs(run)[:2])
    x, y = np.array(SAMPLES).T
    missed = 2 * (start[0] + start[1] * x - y)
    slopes = np.stack([missed, missed * x], axis=1)
    pulled = (start - first) / 0.3 * 5
    batches = np.array(list(combinations_with_replacement(range(len(x)), 5)))
    apart = np.abs(slopes[batches].sum(axis=1) - pulled).max(axis=1)
    assert apart.min() < 1e-12
    assert np.sum(apart < 1e-6) == 1


def test_what_the_noise_leaves() -> None:
    """1/t leaves much less than a constant rate; all samples leave nothing."""
    constant, falling = (float(row.compute(ENGINE)) for row in LEFT_OVER.rows)
    assert 0 < falling < constant / 3
    low = BEST.iterates(ENGINE)[-1].f
    last = METHODS["batch, η = 0.3"].iterates(ENGINE)[-1].f
    assert 0 <= last - low < 1e-4
    assert len(CLOUD.definitions) == len(SAMPLES) + 1


# -- what is printed -------------------------------------------------------------------

WITNESSES = [
    ("S49", 0, 0, 2.48832, 0.32768),
    ("S51", 0, 0, 1.05, 1.6),
    ("S56", 0, 0, 0.011904761904761905, 0.5),
    ("S56", 0, 1, 0.025, 0.5),
    ("A-83", 0, 0, 0.2, -0.1),
]


@pytest.mark.parametrize(("entry", "slip", "point", "printed", "right"), WITNESSES)
def test_witnesses_of_the_misprints(
    entry: str, slip: int, point: int, printed: float, right: float
) -> None:
    found = check(ARTICLES[entry].misprints[slip].printed)
    assert found.verdict == "differs"
    assert found.shown[point].closed[-1] == pytest.approx(printed, rel=1e-13)
    assert found.shown[point].engine == pytest.approx(right, rel=1e-13)
