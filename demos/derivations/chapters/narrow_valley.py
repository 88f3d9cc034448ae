"""A-80: a narrow valley, and four ways down; the chapter on Adam has the methods.

What one can do with this file: take the valley as an example (`VALLEY` at `ONES`), and
the notes' methods as rules for a `Run` (`momentum`, `adaptive`, `adam`).

The one idea: where the ground bends a² times as much across as along, one rate cannot
suit both directions.
"""

from collections.abc import Callable
from typing import Any

from autograd_core import sqrt
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Figure, Part
from ..readings import At, Readings, Run, value_at
from .descent_rules import averaged, gradient_descent, remembered

__all__ = ["ARTICLE", "ONES", "TAYLOR", "TAYLOR_AT", "VALLEY"]

# -- A-80 ------------------------------------------------------------------------------

VALLEY = Model(
    inputs=("x1", "x2", "a"),
    definitions={"f": lambda q: q.x1**2 / q.a**2 + q.x2**2},
    ranges={"a": (0.5, 10.0)},
)
ONES = Point("x = (1, 1), a = 10", {"x1": 1.0, "x2": 1.0, "a": 10.0})
TAYLOR = Model(
    inputs=("x1", "x2", "a", "u1", "u2"),
    definitions={
        "there": lambda q: (q.x1 + q.u1) ** 2 / q.a**2 + (q.x2 + q.u2) ** 2,
        "first": lambda q: 2 * q.x1 / q.a**2 * q.u1 + 2 * q.x2 * q.u2,
        "second": lambda q: (2 / q.a**2 * q.u1**2 + 2 * q.u2**2) / 2,
    },
    symbols={
        "there": "f(x + Δx)",
        "first": "first order",
        "second": "second order",
        "u1": "Δx1",
        "u2": "Δx2",
    },
    ranges=VALLEY.ranges,
)
TAYLOR_AT = Point(
    "to (0.981, −0.9)",
    {**ONES.values, "u1": 0.981 - 1.0, "u2": -0.9 - 1.0},
)


def _bend(first: str, second: str, form: Callable[[Any], Any]) -> Claim:
    return Claim(VALLEY, "f", (first, second), (form,), "A-80", (ONES,))


# -- the four methods on the valley ----------------------------------------------------

GAMMA, BETA, EPSILON = 0.8, 0.9, 1e-8
START = Point("x = (1, 1), a = 10", ONES.values)


def momentum(rate: float) -> Callable[[At], list[Any]]:
    """A-89: the velocity in the place of the gradient."""

    def step(at: At) -> list[Any]:
        v = remembered(at, "v", GAMMA, at.gradient)
        return [x - rate * m for x, m in zip(at.x, v, strict=True)]

    return step


def adaptive(rate: float) -> Callable[[At], list[Any]]:
    """A-90: the gradient, divided by the root of its mean square."""

    def step(at: At) -> list[Any]:
        g = at.gradient
        s = remembered(at, "s", BETA, [x * x for x in g])
        return [
            x - rate * slope / sqrt(m + EPSILON)
            for x, slope, m in zip(at.x, g, s, strict=True)
        ]

    return step


def adam(rate: float) -> Callable[[At], list[Any]]:
    """A-88: both, with the bias of the start taken out."""

    def step(at: At) -> list[Any]:
        g = at.gradient
        v = averaged(at, "v", GAMMA, g)
        s = averaged(at, "s", BETA, [x * x for x in g])
        return [
            x - rate * m / sqrt(n + EPSILON) for x, m, n in zip(at.x, v, s, strict=True)
        ]

    return step


def _run(caption: str, step: Callable[[At], Any], steps: int) -> Run:
    return Run(caption, VALLEY, "f", ("x1", "x2"), START, steps, step)


METHODS = {
    "gradient descent, η = 0.95": gradient_descent(0.95),
    "momentum, η = 0.95": momentum(0.95),
    "adaptive gradient, η = 0.05": adaptive(0.05),
    "Adam, η = 0.1": adam(0.1),
}


def _points(name: str, steps: int) -> list[tuple[float, float]]:
    rows = _run("", METHODS[name], steps).iterates(engine_source())
    return [(float(r.x[0]), float(r.x[1])) for r in rows]


def _valley_figure() -> str:
    def f(x: float, y: float) -> float:
        return float(engine(VALLEY.function("f"), [x, y, 10.0], ()))

    first, *_ = METHODS
    return plots.contour(
        f,
        (-0.4, 1.2),
        (-1.2, 1.2),
        title="The elongated valley with the zigzag of gradient descent and with Adam",
        paths={name: _points(name, 25) for name in (first, "Adam, η = 0.1")},
        marks={"minimum": (0.0, 0.0)},
        names=("x₁", "x₂"),
    )


def _losses_figure() -> str:
    series = {
        name: [row.f for row in _run("", step, 60).iterates(engine_source())]
        for name, step in METHODS.items()
    }
    return plots.losses(
        series,
        title="The height after each of sixty steps, for four methods",
        names=("step", "f"),
    )


ARTICLE = Article(
    id="elongated-valley",
    title="A narrow valley",
    catalogue_ids=("A-80",),
    source="the hand-written notes on softmax and Adam, line L120",
    summary=(
        "Across the valley the ground rises a² times as fast as along it. The gradient "
        "points across, not to the minimum, and a step that is short enough for the "
        "one direction is much too short for the other."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "The level lines are ellipses a times as long as wide. The curvatures are "
            "2/a² and 2; their ratio a² is the condition number.",
            (
                Claim(
                    VALLEY,
                    "f",
                    ("x1",),
                    (lambda q: 2 * q.x1 / q.a**2,),
                    "A-80",
                    (ONES,),
                ),
                Claim(VALLEY, "f", ("x2",), (lambda q: 2 * q.x2,), "A-80", (ONES,)),
                Claim(
                    VALLEY,
                    "f",
                    ("a",),
                    (lambda q: -2 * q.x1**2 / q.a**3,),
                    "A-80",
                    (ONES,),
                ),
                _bend("x1", "x1", lambda q: 2 / q.a**2),
                _bend("x1", "x2", lambda q: q.exact("0")),
                _bend("x2", "x2", lambda q: q.exact("2")),
            ),
            VALLEY,
            ("f",),
        ),
        Part(
            "Its second-order expansion",
            "Height, slope and curvature at one point give the height at every other, "
            "exactly: there are no third derivatives.",
            (
                Claim(
                    TAYLOR,
                    "there",
                    (),
                    (lambda q: (q.x1**2 / q.a**2 + q.x2**2) + q.first + q.second,),
                    "A-80",
                    (TAYLOR_AT,),
                ),
            ),
            TAYLOR,
            ("there", "first", "second"),
            readings=(
                Readings(
                    "From (1, 1) to (0.981, −0.9)",
                    value_at(TAYLOR, "first second there", TAYLOR_AT),
                ),
            ),
        ),
        Part(
            "Four ways down",
            "Gradient descent with η = 0.95 jumps from one side to the other and "
            "hardly moves along. Momentum calms the zigzag but is no faster along the "
            "valley. The adaptive methods divide each coordinate by its own scale and "
            "go straight: the axes of this valley are those of the coordinates.",
            runs=tuple(_run(name, step, 5) for name, step in METHODS.items()),
            figures=(
                Figure("The zigzag of gradient descent, and Adam.", _valley_figure),
                Figure(
                    "The height after each step. Adam overshoots and comes back, "
                    "because it has momentum too.",
                    _losses_figure,
                ),
            ),
        ),
    ),
    record=VALLEY.drawn("f", ONES),
)
