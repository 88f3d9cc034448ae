"""S43 to S48, A-81 and A-82: iterates, learning rates, Newton and BFGS."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from demos.derivations import ARTICLES
from demos.derivations.article import Model
from demos.derivations.chapters.adam import VALLEY
from demos.derivations.chapters.hessian import at as at_xy
from demos.derivations.chapters.quadratic_model import ONE_STEP, SADDLE_RUN
from demos.derivations.chapters.quasi_newton import (
    bfgs,
    exact_search,
    inverse_update,
    l_bfgs,
    steepest,
    wolfe_search,
)
from demos.derivations.chapters.second_order import (
    BANANA,
    BANANA_RUNS,
    FIRST_UPDATE,
    QUADRATIC_RUNS,
    QUARTIC_RUNS,
)
from demos.derivations.chapters.steepest import BOWL_RUNS, LIMIT, LINE_RUN, LOOP_RUNS
from demos.derivations.chapters.valley_steps import VALLEY_RUN
from demos.derivations.checks import engine_source
from demos.derivations.readings import At, Run
from tests.demos.cases import NAMES, Cases, agree

ENGINE = engine_source()
CASES = Cases()


def valley(x1: float, x2: float) -> dict[str, float]:
    return {"x1": x1, "x2": x2, "a": 10.0}


CASES.add("A-81", VALLEY, "f", valley(1, 1), {"x1": 0.02, "x2": 2})
CASES.add("A-82", VALLEY, "f", valley(0.9, -0.9), {"": 0.8181, "x1": 0.018, "x2": -1.8})
CASES.add("A-82", VALLEY, "f", valley(0.981, -0.9), {"x1": 0.01962, "x2": -1.8})


@pytest.mark.parametrize(NAMES, CASES)
def test_numbers_of_the_catalogue(
    model: Model, target: str, wrt: Any, values: Any, expected: float
) -> None:
    agree(model, target, wrt, values, expected)


def xs(run: Run) -> list[list[float]]:
    return [[float(x) for x in row.x] for row in run.iterates(ENGINE)]


def approx(expected: Any, rel: float = 1e-13) -> Any:
    return pytest.approx(expected, rel=rel, abs=1e-16)


def readings(article: str) -> dict[str, float]:
    return {
        str(row.label): float(row.compute(ENGINE))
        for part in ARTICLES[article].parts
        for table in part.readings
        for row in table.rows
    }


ITERATES = [
    pytest.param(
        ARTICLES["S43"].parts[0].runs[0],
        [[1, -2], [0.8, -1.6], [0.64, -1.28], [0.512, -1.024]],
        id="S43",
    ),
    pytest.param(
        LINE_RUN,
        [[0, 0], [0.2, 0.42], [0.3376, 0.6984], [0.433536, 0.882336]],
        id="S44",
    ),
    pytest.param(
        LOOP_RUNS[0.1],
        [
            [0, 0],
            [0.1, 0],
            [0.1898, 0.001],
            [0.2694904874416, 0.004502404],
            [0.33886975375722878, 0.011314675882151117],
            [0.39796695223453795, 0.021666479295084492],
        ],
        id="S45 slow",
    ),
    pytest.param(
        LOOP_RUNS[0.6],
        [
            [0, 0],
            [0.6, 0],
            [0.5808, 0.216],
            [0.7477587910656, 0.288797184],
            [0.65651917568552896, 0.45100479936953258],
            [0.87835418133126297, 0.4390123765734969],
        ],
        id="S45 large",
    ),
    pytest.param(ONE_STEP, [[5, -3], [7 / 3, 1 / 2]], id="S47"),
    pytest.param(SADDLE_RUN, [[1, 1], [0, 0]], id="S46"),
    pytest.param(
        VALLEY_RUN,
        [
            [1, 1],
            [0.981, -0.9],
            [0.962361, 0.81],
            [0.944076141, -0.729],
            [0.926138694321, 0.6561],
            [0.908542059128901, -0.59049],
        ],
        id="A-82",
    ),
]


@pytest.mark.parametrize(("run", "expected"), ITERATES)
def test_iterates(run: Run, expected: list[list[float]]) -> None:
    found = xs(run)[: len(expected)]
    assert found == [approx(x) for x in expected]


@pytest.mark.parametrize(
    ("run", "step", "expected"),
    [
        (BOWL_RUNS[0.1], 5, [0.32768, -0.65536]),
        (BOWL_RUNS[0.6], 5, [-0.00032, 0.00064]),
        (BOWL_RUNS[1.1], 5, [-2.48832, 4.97664]),
        (LOOP_RUNS[0.1], 20, [0.68935995190583285, 0.30851061218719214]),
        (LOOP_RUNS[0.6], 20, [0.23714629657574008, 0.73951578053309787]),
    ],
)
def test_learning_rates(run: Run, step: int, expected: list[float]) -> None:
    """S45; twenty steps that bounce may lose a few digits more."""
    assert xs(run)[step] == approx(expected, 1e-11)


def test_limit_of_the_rate() -> None:
    """S44: 2/λ of 2XᵀX, also by numpy's eigenvalues."""
    limit = float(LIMIT.rows[1].compute(ENGINE))
    assert limit == approx(0.060098283658357801)
    largest = max(np.linalg.eigvalsh([[6.0, 12.0], [12.0, 28.0]]))
    assert limit == approx(2 / largest)


def test_the_bowl_from_4_4() -> None:
    """S46."""
    assert readings("S46") == approx(
        {
            "f(4, 4)": 528,
            "new x": 2.5827386641792286,
            "new y": 2.621288835830368,
            "f_quad there": 184.03777425476023,
            "f there": 112.42358968479604,
        }
    )


def test_the_gradient_across_the_valley() -> None:
    """A-81."""
    found = readings("A-81")
    expected = {
        "|f′|": 2.000099997500125,
        "u₁": 0.0099995000374968753,
        "u₂": 0.99995000374968753,
        "cosine of −f′ and −x": 0.71414214278390685,
        "angle in degrees": 44.427061302316514,
    }
    assert {name: found[name] for name in expected} == approx(expected)


# -- S48: BFGS -------------------------------------------------------------------------


def test_the_first_update() -> None:
    """S48; the catalogue's y is a difference of gradients of size 277."""
    found = [float(row.compute(ENGINE)) for row in FIRST_UPDATE.rows]
    expected = [
        *(-2.776, -2.136, -263.249544704, -186.9429614592),
        *(0.34254821428441902, -0.46752047131026312, 0.66977943558229798),
        *(-2.776, -2.136),
    ]
    assert found == approx(expected, 1e-12)


def test_the_update_is_that_of_the_books() -> None:
    """(I − ρsyᵀ)H(I − ρysᵀ) + ρssᵀ by matrix products in numpy, in four dimensions."""
    source = np.random.default_rng(7)
    root = source.normal(size=(4, 4))
    h, s = root @ root.T, source.normal(size=4)
    y = np.linalg.solve(h, s) + 0.1 * s
    rho, one = 1 / (y @ s), np.eye(4)
    expected = (one - rho * np.outer(s, y)) @ h @ (one - rho * np.outer(y, s))
    expected += rho * np.outer(s, s)
    found = np.array(inverse_update(h.tolist(), s.tolist(), y.tolist()))
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found @ y, s, rtol=1e-11)
    assert min(np.linalg.eigvalsh(found)) > 0


def test_two_steps_on_a_quadratic() -> None:
    """In two variables, with an exact search, BFGS and L-BFGS end in two steps."""
    slow, *fast = QUADRATIC_RUNS.values()
    for run in fast:
        assert xs(run)[2] == approx([1 / 2, 7 / 3], 1e-12)
    # Each step takes the same part of the distance that is left, and never all.
    left = [abs(b - 7 / 3) for _, b in xs(slow)]
    assert left[2] > 0.01
    assert left[6] > 1e-5


def test_bfgs_arrives() -> None:
    """At the minimum of the quartic, and at (1, 1) in Rosenbrock's valley."""
    for run in QUARTIC_RUNS.values():
        heights = [row.f for row in run.iterates(ENGINE)]
        assert heights == sorted(heights, reverse=True)
        assert heights[-1] < 1e-3
    for name, steps in (("BFGS", 35), ("L-BFGS, 5 pairs", 38), ("Newton", 6)):
        run = replace(BANANA_RUNS[name], steps=steps)
        assert xs(run)[-1] == approx([1, 1], 1e-5), name
    assert BANANA_RUNS["steepest descent"].iterates(ENGINE)[-1].f > 0.01


def test_l_bfgs_is_bfgs_from_its_own_first_guess() -> None:
    """The two loops are the product of the updates, from H₀ = sᵀy/yᵀy · I."""
    run = Run("", BANANA, "f", ("x", "y"), at_xy(-1.2, 1), 6, l_bfgs(3, wolfe_search))
    rows = run.iterates(ENGINE)
    points = [np.array(row.x) for row in rows]
    slopes = [np.array(row.gradient) for row in rows]
    for k in range(1, 6):
        pairs = [
            (points[i + 1] - points[i], slopes[i + 1] - slopes[i])
            for i in range(max(0, k - 3), k)
        ]
        # The search sees to it: the slope along every step has become flatter.
        assert all(s @ y > 0 for s, y in pairs)
        s, y = pairs[-1]
        h = (np.eye(2) * (s @ y) / (y @ y)).tolist()
        for s, y in pairs:
            h = inverse_update(h, s.tolist(), y.tolist())
        down = -np.array(h) @ slopes[k]
        moved = points[k + 1] - points[k]
        # The step is the direction, times a sum of powers of two.
        ratio = moved / down
        assert ratio[0] == pytest.approx(ratio[1], rel=1e-9)
        assert ratio[0] * 64 == pytest.approx(round(ratio[0] * 64), abs=1e-6)


def test_the_search_meets_both_conditions() -> None:
    """Along −∇f in Rosenbrock's valley: low enough, and flatter than before."""
    values = {"x": -1.2, "y": 1.0}
    at = At(ENGINE, BANANA, "f", ("x", "y"), values)
    down = [-g for g in at.gradient]
    length = wolfe_search(at, down)
    slope = -float(np.dot(down, down))
    moved = {n: x + length * d for n, x, d in zip("xy", at.x, down, strict=True)}
    there = At(ENGINE, BANANA, "f", ("x", "y"), moved)
    assert there.f <= at.f + 1e-4 * length * slope
    assert np.dot(there.gradient, down) >= 0.9 * slope


def test_a_function_without_a_lowest_point_is_refused() -> None:
    slide = Model(inputs=("x",), definitions={"f": lambda q: -q.x})
    at = At(ENGINE, slide, "f", ("x",), {"x": 0.0})
    with pytest.raises(ArithmeticError, match="f must not fall without end"):
        wolfe_search(at, [1.0])


def test_a_direction_that_leads_up_is_refused() -> None:
    values = {"x": 1.0, "y": 2.0}
    at = At(ENGINE, BANANA, "f", ("x", "y"), values)
    before = dict(values)
    with pytest.raises(ArithmeticError, match="'direction' must lead down"):
        wolfe_search(at, at.gradient)
    assert values == before


def test_an_exact_search_ends_where_the_slope_is_zero() -> None:
    run = Run(
        "",
        VALLEY,
        "f",
        ("x1", "x2"),
        ARTICLES["A-80"].parts[2].runs[0].start,
        1,
        steepest(exact_search),
    )
    start, end = run.iterates(ENGINE)
    across = sum(a * b for a, b in zip(start.gradient, end.gradient, strict=True))
    assert across == pytest.approx(0, abs=1e-14)


def test_no_pair_is_taken_where_f_bends_down() -> None:
    """H stays positive definite: on a saddle it stays the identity."""
    saddle = Model(inputs=("x", "y"), definitions={"f": lambda q: q.x**2 - 2 * q.y**2})
    at = At(ENGINE, saddle, "f", ("x", "y"), {"x": 0.0, "y": 1.0})
    step = bfgs(lambda at, direction: 0.1)
    at.values.update(zip("xy", step(at), strict=True))
    step(at)
    assert at.memory["H"] == [[1, 0], [0, 1]]


def test_printed_numbers_are_judged() -> None:
    """A-82: the three entries of L128, and the point that no step reaches."""
    printed = [p for part in ARTICLES["A-82"].parts for p in part.printed]
    assert [p.text for p in printed if p.wrong] == ["0.9", "0.9"]
    for p in printed:
        off = abs(float(p.reading.compute(ENGINE)) - float(p.value))
        assert (off > float(p.half_unit) + 1e-15) is p.wrong
