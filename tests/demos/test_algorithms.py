"""Iterates, eigenvalues and misprinted formulas give the catalogue's numbers."""

from itertools import pairwise
from typing import Any

import pytest

from demos.derivations import ARTICLES, Article, Point
from demos.derivations.chapters import hessian, network, newton, softmax
from demos.derivations.chapters.adam import (
    PRINTED_STEP,
    TAYLOR,
    TAYLOR_AT,
    THREE,
    VALLEY,
)
from demos.derivations.chapters.descent import AT_OMEGA, CURVE, PARABOLA_RUNS, RUN
from demos.derivations.chapters.perceptron import AT as REGRESSION_AT
from demos.derivations.chapters.surfaces import FIT_RUN, HEAT_RUN
from demos.derivations.checks import engine_source
from demos.derivations.frame import KINDS, Part
from demos.derivations.readings import (
    Limit,
    Printed,
    Reading,
    Readings,
    Run,
    eigenvalues,
    eigenvector,
)
from demos.derivations.results import jobs

ENGINE = engine_source()


def xs(run: Run) -> list[list[float]]:
    return [[float(x) for x in row.x] for row in run.iterates(ENGINE)]


def approx(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-13, abs=1e-20)


def test_descent_iterates() -> None:
    """N43 and N45."""
    rows = RUN.iterates(ENGINE)
    assert [row.x[0] for row in rows] == approx(
        [
            *(0.05, 0.14474364451811988, 0.17350875929986708),
            *(0.19637839272461701, 0.21575450575035911, 0.23272500413822211),
        ]
    )
    assert [row.gradient[0] for row in rows] == approx(
        [
            *(-18.948728903623976, -5.7530229563494395, -4.5739266849499873),
            *(-3.8752226051484194, -3.3940996775725992, -3.0348825083012151),
        ]
    )
    slope = ENGINE.of(CURVE, "f", ("x",), {"x": 0.1447})
    assert slope == approx(-5.7551572241407301)


def test_learning_rates() -> None:
    """N44."""
    converging, diverging = map(xs, PARABOLA_RUNS)
    assert converging[5] == approx([0.01024])
    assert diverging[5] == approx([-5.37824])


def test_omega() -> None:
    """N42; the catalogue gives Ω, f(Ω) and f''(Ω)."""
    found = [float(row.compute(ENGINE)) for row in AT_OMEGA.rows]
    omega, height, bend = 0.567143290409783873, 2.3303661247616806, 4.8721775979318329
    assert found == approx([omega, 1.0, height, height, bend, bend])


def test_temperature_iterates() -> None:
    """N47."""
    assert xs(HEAT_RUN) == [
        approx([0.5, 0.6]),
        approx([0.50567, 0.604675]),
        approx([0.51147953660432904, 0.60948230007955399]),
        approx([0.51743438843208329, 0.61442754353881928]),
    ]


def test_least_squares_in_one_step() -> None:
    """N41."""
    assert xs(FIT_RUN)[1] == approx([1 / 2, 7 / 3])


def updated(article: str) -> list[float]:
    (run,) = (run for part in ARTICLES[article].parts for run in part.runs)
    return xs(run)[1]


def test_neurons_learn() -> None:
    """N52 and N58."""
    assert REGRESSION_AT.values["y"] == 2.0
    assert updated("N52") == approx([0.5275, -0.7425, 0.285])
    assert updated("N58") == approx(
        [0.43607336245763334, -0.71202445415254445, 0.22404890830508889]
    )


def test_the_network_learns() -> None:
    """N61 and N62."""
    moved = dict(zip(network.UPDATE.over, xs(network.UPDATE)[1], strict=True))
    expected = {
        "w11": 0.30527279231500415,
        "w21": -0.61054558463000829,
        "b1": 0.10753256045000592,
        "w12": 0.79426266784299805,
        "w22": 0.5114746643140039,
        "b2": -0.20819618879571707,
        "w1": 1.1284743995045675,
        "w2": -0.88441111917748012,
        "b": 0.087490441373702204,
    }
    assert moved == approx(expected)


def test_newton_iterates() -> None:
    """N74 and N76."""
    assert xs(newton.ONE_STEP)[1] == pytest.approx([0, 0], abs=1e-15)
    rows = newton.RUN.iterates(ENGINE)
    assert [row.x for row in rows[:8]] == [
        approx([4, 4]),
        approx([2.5827386641792286, 2.621288835830368]),
        approx([1.5922569140896436, 1.6748161076576503]),
        approx([0.87058916800791069, 1.0018210705961592]),
        approx([0.33519431071744101, 0.49397622842647132]),
        pytest.approx([0.041235850143326335, 0.1254590349261596], rel=1e-12),
        pytest.approx([0.00019466378462615064, 0.0030102867235147116], rel=1e-11),
        pytest.approx([-2.4853639005317847e-8, 3.5536546081320126e-8], rel=1e-7),
    ]
    # Quadratic convergence: a relative error of 1e-7 in step 7 is 1e-7 here as well.
    last = [4.1599971123578555e-17, -2.0485104109326978e-17]
    assert rows[8].x == pytest.approx(last, rel=1e-5)
    assert rows[1].gradient == approx([84.245614888880523, 64.204412277305801])
    matrix = ENGINE.hessian(
        newton.QUARTIC, "f", ("x", "y"), dict(zip("xy", rows[1].x, strict=True))
    )
    assert matrix == [
        approx([86.997952555023528, -2.0330954656716914]),
        approx([-2.0330954656716914, 69.963089544149688]),
    ]
    literal = ARTICLES["N76"].parts[2].readings[0].rows
    assert [row.compute(ENGINE) for row in literal] == approx(
        [0.99048175008958505, 0.94647272817271772]
    )


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [
        (hessian.BOWL, 3.585786437626905, 6.414213562373095),
        (hessian.DOME, -6.414213562373095, -3.585786437626905),
        (hessian.SADDLE, -4.0, 4.0),
    ],
)
def test_eigenvalues_of_hessians(model: Any, low: float, high: float) -> None:
    """N71 to N73; the eigenvectors are stretched by them, and have length 1."""
    matrix = ENGINE.hessian(model, "f", ("x", "y"), hessian.ORIGIN.values)
    assert eigenvalues(matrix) == (approx(low), approx(high))
    for value in eigenvalues(matrix):
        u, v = eigenvector(matrix, value)
        assert [row[0] * u + row[1] * v for row in matrix] == pytest.approx(
            [value * u, value * v], abs=1e-14
        )
        assert u * u + v * v == pytest.approx(1)


def test_eigenvector_of_a_multiple_of_the_identity() -> None:
    assert eigenvector([[2.0, 0.0], [0.0, 2.0]], 2.0) == (1.0, 0.0)


def test_the_printed_bias_correction_is_wrong_from_step_two_on() -> None:
    """A-87: E49, a constant gradient 3 with γ = 0.9 and β = 0.999."""
    expected = {
        1: 1.0,
        2: 1.3438388859814,
        10: 2.06429713203705,
        1000: 0.39768282741333,
    }
    for t, ratio in expected.items():
        found = ENGINE.of(PRINTED_STEP, f"r{t}", (), THREE.values)
        assert found == pytest.approx(ratio, rel=1e-12)


def test_taylor_in_the_valley() -> None:
    """A-80: height plus first order."""
    first = ENGINE.of(TAYLOR, "first", (), TAYLOR_AT.values)
    height = ENGINE.of(VALLEY, "f", (), TAYLOR_AT.values)
    assert height + first == approx(-2.79038)


def test_one_step_with_either_gradient() -> None:
    """A-42: E31."""
    found = [row.compute(ENGINE) for row in softmax.STEPPED.rows]
    assert found == approx(
        [0.98251006970708239, 0.96562753110900697, 0.98244469149866263]
    )


# -- what the misprinted formulas give: the catalogue's witnesses ----------------------

WITNESSES = [
    ("N23", 0, 0, 9.0, 6.0),
    ("N25", 0, 0, 1.6487212707001281, 2.4730819060501922),
    ("N32", 0, 0, 0.001953125, 0.0078125),
    ("N33", 0, 0, 0.0, -6.1086430205489346),
    ("N40", 0, 0, -2.814669, -4.274127),
    ("N41", 0, 0, 20.166666666666667, 4.1666666666666667),
    ("N41", 1, 0, -50.0, 0.0),
    ("N45", 0, 0, 2.0611536224385578e-9, -400.0),
    ("N60", 0, 0, 0.14727207684995853, 0.30527279231500415),
    ("N71", 0, 0, 14.0, None),
    ("N72", 0, 0, 34.0, None),
    ("N75", 0, 0, 213.6, 239.2),
    ("N75", 1, 0, 176.8, 157.6),
    ("A-36", 0, 0, 1.9872232498290404, 0.66524095577482189),
    ("A-37", 0, 0, 0.22222222222222222, 0.081925069064993228),
    ("A-38", 1, 0, 0.0, -0.022033044520174296),
    ("A-41", 0, 0, -0.42143697625913005, 0.24675079590903606),
    ("A-43", 0, 0, -0.3472508036478605, 0.18749925237999655),
    ("A-45", 0, 0, -0.18860478123727975, -0.085745644398653376),
    ("A-45", 1, 0, -0.18574564439865338, -0.085745644398653376),
    ("A-47", 0, 0, 0.36928361485629682, -0.019010913191994622),
    ("A-49", 0, 0, 0.10499358540350652, -0.10499358540350652),
    ("A-51", 0, 0, -0.041182200521305527, -0.019010913191994622),
]


@pytest.mark.parametrize(("entry", "slip", "point", "printed", "right"), WITNESSES)
def test_witnesses_of_the_misprints(
    entry: str, slip: int, point: int, printed: float, right: float | None
) -> None:
    claim = ARTICLES[entry].misprints[slip].printed
    model, values = claim.checked_model, claim.checked_points[point].values
    inputs = {name: float(values[name]) for name in model.inputs}
    assert float(claim.closed(inputs)[-1]) == approx(printed)
    if right is not None:
        found = ENGINE.of(model, claim.target, claim.wrt, inputs)
        assert float(found) == pytest.approx(right, rel=1e-13, abs=1e-14)


def test_the_exchanged_lines_of_the_update() -> None:
    """N61: w12 and w21 after one step with the printed rule."""
    for slip, start, expected in zip(
        ARTICLES["N61"].misprints,
        (0.8, -0.6),
        (0.78945441536999171, -0.60573733215700195),
        strict=True,
    ):
        claim = slip.printed
        moved = start - 0.1 * float(claim.closed(network.AT.values)[-1])
        assert moved == approx(expected)


# -- the frame -------------------------------------------------------------------------

X = Point("x = 0.5", {"x": 0.5})
HEIGHT = Reading("f", lambda source: source.of(CURVE, "f", (), {"x": 0.5}))


def small(**parts: Any) -> list[Any]:
    """The results of an article with one part."""
    article = Article(
        "small", "", (), "", "", (Part("", "", **parts),), record=lambda: CURVE
    )
    return [job() for job in jobs(article)]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("2.3419", False), ("2.34", False), ("2.3418", True), ("2.35", True)],
)
def test_printed_numbers_are_judged_by_their_last_place(text: str, wrong: bool) -> None:
    """f(0.5) = 2.34186845..."""
    (right,) = small(printed=(Printed("here", HEIGHT, text, wrong),))
    assert right.wrong is wrong
    assert right.failures == []
    (contradicted,) = small(printed=(Printed("here", HEIGHT, text, not wrong),))
    verdict = "wrong" if wrong else "right"
    assert contradicted.failures == [f"here: f: the printed {text} is {verdict}"]


def test_a_wrong_number_is_found() -> None:
    """An engine that is off in the ninth digit only."""
    off = 1e-9

    def compute(source: Any) -> Any:
        value = source.of(CURVE, "f", (), {"x": 0.5})
        return value * (1 + off) if source.name == "engine" else value

    (found,) = small(readings=(Readings("table", (Reading("f", compute),)),))
    assert found.failures == ["table: f: engine wrong"]


def test_a_run_that_parts_is_found() -> None:
    def step(at: Any) -> Any:
        return [at.x[0] + (1e-3 if at.source.name == "engine" else 0)]

    (found,) = small(runs=(Run("run", CURVE, "f", ("x",), X, 2, step),))
    assert found.failures == ["run: engine and differences part"]


def test_a_limit_that_goes_elsewhere_is_found() -> None:
    (right,) = small(limits=(Limit("limit", CURVE, "f", "x", X),))
    assert right.failures == []
    errors = [abs(float(row[1] - right.precise)) for row in right.rows]
    assert all(9 < a / b < 11 for a, b in pairwise(errors[2:]))
    coarse = Limit("limit", CURVE, "f", "x", Point("", {"x": 1e-4}), (5,))
    (wrong,) = small(limits=(coarse,))
    assert wrong.failures == ["limit: the quotients do not reach the engine's slope"]


def test_kinds() -> None:
    assert {article.kind for article in ARTICLES.values()} <= set(KINDS)
    with pytest.raises(ValueError, match="'kind' must be one of"):
        Article("a", "", (), "", "", (), record=lambda: CURVE, kind="poem")
