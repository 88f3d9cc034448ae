"""N4 to N6 and N67: velocity, tangent and slope are one limit; acceleration is two."""

from typing import Any

from autograd_core import cos, exp, sin
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part
from ..readings import Limit, Reading, Readings, derivative_at, value_at
from .pictures import height, samples
from .slopes import quotient

__all__ = ["AVERAGE", "CHAPTER", "PATH", "TANGENT", "WAVE"]

# -- N4: average and instantaneous velocity --------------------------------------------


def _place(t: Any) -> Any:
    return t**3 - 2 * t


PATH = Model(
    inputs=("t",),
    definitions={"x": lambda q: _place(q.t), "v": lambda q: 3 * q.t**2 - 2},
)
AVERAGE = Model(
    inputs=("t", "h"),
    definitions={
        "rise": lambda q: _place(q.t + q.h) - _place(q.t),
        "average": lambda q: q.rise / q.h,
    },
    symbols={"rise": "Δx", "average": "Δx/Δt", "h": "Δt"},
    ranges={"h": (0.1, 1.0)},
)
MOMENT = Point("t = 1.5", {"t": 1.5})
SECOND_AFTER = Point("t = 1.5, Δt = 1", {"t": 1.5, "h": 1.0})
STEPS = ("1", "1/10", "1/1000")
AVERAGES = Readings(
    "Average velocity from t = 1.5 on",
    tuple(
        quotient(PATH, "x", "t", MOMENT, h, f"during Δt = {shown}")
        for h, shown in zip(STEPS, ("1", "0.1", "0.001"), strict=True)
    ),
)


def _velocity(q: Any) -> Any:
    return 3 * q.t**2 - 2


def _secants_figure() -> str:
    where = height(PATH, "x")

    def secant(h: float) -> float:
        return (where(1.5 + h) - where(1.5)) / h

    return plots.curve(
        where,
        (0.0, 2.6),
        title="Distance over time with two secants and a tangent at t = 1.5",
        tangents={
            "secant, Δt = 1": (1.5, secant(1.0)),
            "secant, Δt = 0.5": (1.5, secant(0.5)),
            "tangent": (1.5, engine(PATH.function("x"), [1.5], [0])),
        },
        names=("t", "x"),
    )


VELOCITY = Article(
    id="instantaneous-velocity",
    title="Velocity at an instant",
    catalogue_ids=("N4",),
    source="the hand-written calculus notes, lines L40–L47",
    summary=(
        "Distance divided by time is the average velocity on the way. The velocity "
        "at an instant is what the averages go to when the time becomes short. The "
        "notes draw this passage as arrows; here it is computed, for x = t³ − 2t."
    ),
    parts=(
        Part(
            "The average",
            "Multiplied out, the average velocity from t to t + Δt is 3t² − 2 and "
            "something that vanishes with Δt. Nothing is divided by zero: Δt is "
            "cancelled first, and then let go to zero.",
            (
                Claim(
                    AVERAGE,
                    "average",
                    (),
                    (lambda q: 3 * q.t**2 - 2 + 3 * q.t * q.h + q.h**2,),
                    "N4, L45",
                    (SECOND_AFTER,),
                ),
            ),
            AVERAGE,
            ("rise", "average"),
            readings=(AVERAGES,),
            figures=(
                Figure(
                    "Each secant has the average velocity for its slope. As the "
                    "interval shrinks the secants turn into the tangent.",
                    _secants_figure,
                ),
            ),
        ),
        Part(
            "The limit",
            "A ten times shorter interval is ten times nearer to the engine's slope. "
            "The quotient to both sides is off by Δt² alone.",
            (Claim(PATH, "x", ("t",), (_velocity,), "N4, L47", (MOMENT,)),),
            PATH,
            ("x",),
            limits=(
                Limit(
                    "Difference quotients of x at t = 1.5",
                    PATH,
                    "x",
                    "t",
                    MOMENT,
                    (0, 1, 2, 3, 4, 5, 6),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N4, L45",
            "Slope = Δx/Δt, without a limit, is the average velocity. Taken for the "
            "velocity at the instant it is wrong, here with Δt = 1.",
            Claim(
                PATH,
                "x",
                ("t",),
                (lambda q: _place(q.t + 1) - _place(q.t),),
                "L45",
                (MOMENT,),
            ),
            Claim(PATH, "x", ("t",), (_velocity,), "L47", (MOMENT,)),
        ),
    ),
    record=PATH.drawn("x", MOMENT),
    kind="limit",
)

# -- N67: acceleration -----------------------------------------------------------------


def _motion_figure() -> str:
    at = PATH.function("x")
    return plots.lines(
        {
            "distance x": samples(height(PATH, "x"), 0.0, 2.0),
            "velocity dx/dt": samples(lambda t: engine(at, [t], [0]), 0.0, 2.0),
            "acceleration d²x/dt²": samples(
                lambda t: engine(at, [t], [0, 0]), 0.0, 2.0
            ),
        },
        title="Distance, velocity and acceleration over time",
        names=("t", ""),
    )


ACCELERATION = Article(
    id="acceleration",
    title="Acceleration: the slope of the slope",
    catalogue_ids=("N67",),
    source="the hand-written calculus notes, lines L961–L971",
    summary=(
        "Velocity is the slope of distance, acceleration is the slope of velocity. So "
        "acceleration is the second derivative: d²x/dt² with Leibniz, x″ with Lagrange."
    ),
    parts=(
        Part(
            "Twice the same step",
            "The engine records its own backward sweep, and differentiates it again. "
            "That gives the same as the slope of the formula for the velocity.",
            (
                Claim(PATH, "x", ("t",), (lambda q: q.v,), "N67, L970", (MOMENT,)),
                Claim(PATH, "v", ("t",), (lambda q: 6 * q.t,), "N67, L971", (MOMENT,)),
                Claim(
                    PATH,
                    "x",
                    ("t", "t"),
                    (lambda q: 6 * q.t,),
                    "N67, L963",
                    (MOMENT,),
                ),
            ),
            PATH,
            ("x", "v"),
            readings=(
                Readings(
                    "At t = 1.5",
                    (
                        *value_at(PATH, "x", MOMENT),
                        derivative_at(PATH, "x", "t", MOMENT),
                        derivative_at(PATH, "x", "t t", MOMENT),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "Where the velocity is zero the distance has its lowest point; "
                    "where the acceleration is zero the velocity has.",
                    _motion_figure,
                ),
            ),
        ),
    ),
    record=PATH.drawn("v", MOMENT),
    kind="definition",
)

# -- N5 and N6: the tangent, and two ways to write its slope ---------------------------

WAVE = Model(inputs=("x",), definitions={"f": lambda q: exp(q.x) * sin(q.x)})
TANGENT = Model(
    inputs=("a", "x"),
    definitions={
        "f": lambda q: exp(q.a) * sin(q.a),
        "slope": lambda q: exp(q.a) * (sin(q.a) + cos(q.a)),
        "T": lambda q: q.f + q.slope * (q.x - q.a),
    },
    symbols={"f": "f(a)", "slope": "f′(a)", "T": "T(x)"},
)
HERE = Point("x = 0.8", {"x": 0.8})
NEAR = Point("a = 0.8, x = 1", {"a": 0.8, "x": 1.0})


def _gap(text: str) -> Any:
    # (f(a + h) − T(a + h))/h, which goes to zero: that is what touching means.
    def compute(source: Any) -> Any:
        h = source.number(1) / source.number(int(text))
        a = source.number(0.8)
        curve = source.of(WAVE, "f", (), {"x": a + h})
        return (curve - source.of(TANGENT, "T", (), {"a": a, "x": a + h})) / h

    return compute


def _tangent_figure() -> str:
    slopes = {
        f"at x = {x:g}": (x, engine(WAVE.function("f"), [x], [0])) for x in (0.8, 2.0)
    }
    return plots.curve(
        height(WAVE, "f"),
        (-0.5, 3.0),
        title="The graph of e to the x times sine x, with two tangents",
        tangents=slopes,
    )


def _wave_slope(q: Any) -> Any:
    return exp(q.x) * (sin(q.x) + cos(q.x))


TANGENT_SLOPE = Article(
    id="tangent-slope",
    title="The slope of the tangent",
    catalogue_ids=("N5", "N6"),
    source="the hand-written calculus notes, lines L52–L70",
    summary=(
        "The derivative at a point is the slope of the tangent there. Lagrange writes "
        "f′(x), Leibniz dy/dx; it is the same number, and a program calls it the grad "
        "of x. The picture of the notes is lost and is drawn again, for eˣ·sin x."
    ),
    parts=(
        Part(
            "Slope and curvature",
            "dy/dx, d/dx f(x) and f′(x) are three names of the first line.",
            (
                Claim(WAVE, "f", ("x",), (_wave_slope,), "N5, L58; N6, L64", (HERE,)),
                Claim(
                    WAVE,
                    "f",
                    ("x", "x"),
                    (lambda q: 2 * exp(q.x) * cos(q.x),),
                    "N5",
                    (HERE,),
                ),
            ),
            WAVE,
            ("f",),
            figures=(
                Figure(
                    "A tangent touches the curve and has its slope.", _tangent_figure
                ),
            ),
        ),
        Part(
            "The line itself",
            "The notes do not print its equation. T has the height of the curve at a, "
            "and everywhere the slope that the curve has at a.",
            (
                Claim(
                    TANGENT,
                    "T",
                    ("x",),
                    (lambda q: exp(q.a) * (sin(q.a) + cos(q.a)),),
                    "N5, L52",
                    (NEAR,),
                ),
                Claim(
                    TANGENT,
                    "T",
                    ("a",),
                    (lambda q: 2 * exp(q.a) * cos(q.a) * (q.x - q.a),),
                    "N5",
                    (NEAR,),
                ),
            ),
            TANGENT,
            ("f", "slope", "T"),
            readings=(
                Readings("The tangent at a = 0.8", value_at(TANGENT, "T", NEAR)),
                Readings(
                    "What curve and tangent are apart at a + h, divided by h",
                    tuple(
                        Reading(f"h = {shown}", _gap(text))
                        for text, shown in (
                            ("1", "1"),
                            ("10", "0.1"),
                            ("100", "0.01"),
                            ("1000", "0.001"),
                        )
                    ),
                ),
            ),
        ),
    ),
    record=TANGENT.drawn("T", NEAR),
    kind="definition",
)

CHAPTER = Chapter(
    "velocity",
    "Velocity, tangent, slope",
    "What a derivative is: the limit of quotients, the velocity at an instant, and the "
    "slope of the line that touches.",
    (VELOCITY, ACCELERATION, TANGENT_SLOPE),
)
