"""N42 to N45: where no formula gives the minimum, small steps downhill find it."""

from typing import Any

from autograd_core import exp, log
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Printed, Reading, Readings, Run, derivative_at
from .descent_rules import DESCENT_1D, NEWTON_1D, gradient_descent, newton

__all__ = ["CHAPTER", "CURVE", "OMEGA_RUN", "PARABOLA_RUNS", "RUN"]

CURVE = Model(
    inputs=("x",),
    definitions={"f": lambda q: exp(q.x) - log(q.x)},
    ranges={"x": (0.05, 2.0)},
)
HALF = Point("x = 0.5", {"x": 0.5})
START = Point("x = 0.05", {"x": 0.05})
ROUNDED = Point("x = 0.1447", {"x": 0.1447})


def _slope(q: Any) -> Any:
    return exp(q.x) - 1 / q.x


def _curvature(q: Any) -> Any:
    return exp(q.x) + 1 / q.x**2


SLOPE = Claim(CURVE, "f", ("x",), (_slope,), "N42, L463", (HALF, START))
BEND = Claim(CURVE, "f", ("x", "x"), (_curvature,), "N42", (HALF,))
OMEGA_RUN = Run("Newton's method", CURVE, "f", ("x",), HALF, 5, newton, NEWTON_1D)


def _at_omega(label: str, of: Any) -> Reading:
    return Reading(
        label, lambda source: of(source, OMEGA_RUN.reading(5, "x").compute(source))
    )


def _second(source: Any, w: Any) -> Any:
    return source.of(CURVE, "f", ("x", "x"), {"x": w})


AT_OMEGA = Readings(
    "At the minimum Ω",
    (
        _at_omega("Ω", lambda source, w: w),
        _at_omega("Ω·e^Ω", lambda source, w: w * exp(w)),
        _at_omega("f(Ω)", lambda source, w: source.of(CURVE, "f", (), {"x": w})),
        _at_omega("Ω + 1/Ω", lambda source, w: w + 1 / w),
        _at_omega("f″(Ω)", _second),
        _at_omega("1/Ω + 1/Ω²", lambda source, w: 1 / w + 1 / w**2),
    ),
)


def height(x: float) -> float:
    """f at x, for the pictures."""
    return float(engine(CURVE.function("f"), [x], ()))


def _omega_figure() -> str:
    bottom = float(OMEGA_RUN.reading(5, "x").compute(engine_source()))
    slope = engine(CURVE.function("f"), [0.2], [0])
    return plots.curve(
        height,
        (0.03, 1.6),
        title="e to the x minus ln x, with a tangent and its minimum",
        tangents={"at x = 0.2": (0.2, slope), "at Ω": (bottom, 0.0)},
    )


OMEGA = Article(
    id="omega-minimum",
    title="A minimum without a formula",
    catalogue_ids=("N42",),
    source="the hand-written calculus notes, lines L457–L469",
    summary=(
        "One function falls, the other rises; somewhere their sum is smallest. Setting "
        "the slope to zero gives x·eˣ = 1, which no elementary formula solves. Its "
        "solution has a name, the omega constant, and a program finds it."
    ),
    parts=(
        Part(
            "The slope",
            "It is zero where eˣ = 1/x. The second derivative is positive for every "
            "x > 0, so there is one such point and it is the minimum; the notes do not "
            "say either.",
            (SLOPE, BEND),
            CURVE,
            ("f",),
            figures=(
                Figure("The minimum is where the tangent is level.", _omega_figure),
            ),
        ),
        Part(
            "The constant",
            "Newton's method on the slope doubles the number of right digits at every "
            "step. Because e^Ω = 1/Ω, height and curvature there are written with Ω "
            "alone.",
            readings=(AT_OMEGA,),
            runs=(OMEGA_RUN,),
            printed=(Printed("N42, L469", OMEGA_RUN.reading(5, "x"), "0.5671"),),
        ),
    ),
    record=CURVE.drawn("f", HALF),
)

# -- N43 and N44 -----------------------------------------------------------------------

BOWL = Model(
    inputs=("x", "a", "α"),
    definitions={
        "f": lambda q: q.a * q.x**2 / 2,
        "x1": lambda q: q.x - q.α * (q.a * q.x),
    },
    symbols={"x1": "new x"},
)
BOWL_AT = Point("x = 1, a = 6, α = 0.1", {"x": 1.0, "a": 6.0, "α": 0.1})
PARABOLA = Model(inputs=("x",), definitions={"f": lambda q: 3 * q.x**2})
ONE = Point("x = 1", {"x": 1.0})


def _parabola(rate: float) -> Run:
    return Run(
        f"f = 3x², α = {rate:g}",
        PARABOLA,
        "f",
        ("x",),
        ONE,
        5,
        gradient_descent(rate),
        DESCENT_1D if rate < 0.2 else (),
    )


PARABOLA_RUNS = (_parabola(0.1), _parabola(0.4))


def _rates_figure() -> str:
    series = {
        run.caption: [abs(row.x[0]) for row in run.iterates(engine_source())]
        for run in PARABOLA_RUNS
    }
    return plots.losses(
        series,
        title="Distance to the minimum after each step, for two learning rates",
        names=("step", "distance to the minimum"),
    )


ALGORITHM = Article(
    id="gradient-descent",
    title="Gradient descent",
    catalogue_ids=("N43", "N44"),
    source="the hand-written calculus notes, lines L471–L489",
    summary=(
        "New point = old point − learning rate × slope. Where the function rises to "
        "the right, go left; the steeper, the further. Repeat."
    ),
    parts=(
        Part(
            "How large a learning rate?",
            "On a parabola of curvature a one step multiplies the distance to the "
            "minimum by 1 − αa. It shrinks only if that is between −1 and 1, that is, "
            "if α is below 2/a.",
            (
                Claim(BOWL, "f", ("x",), (lambda q: q.a * q.x,), "N43", (BOWL_AT,)),
                Claim(
                    BOWL,
                    "x1",
                    (),
                    (
                        lambda q: q.x - q.α * (q.a * q.x),
                        lambda q: (1 - q.α * q.a) * q.x,
                    ),
                    "N44, L485",
                    (BOWL_AT,),
                ),
            ),
            BOWL,
            ("f",),
        ),
        Part(
            "Two learning rates",
            "With a = 6 the limit is 1/3. The notes repeat until x is close to the "
            "true minimum, which one does not know; in practice one stops when the "
            "slope or the step is small.",
            runs=PARABOLA_RUNS,
            figures=(
                Figure(
                    "Below the limit it converges, above it explodes.", _rates_figure
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N43, L473–L475",
            "The brace puts α under slope times rate. α is the rate alone: with the "
            "product for it, the update (L485) would have the slope twice.",
            Claim(
                BOWL,
                "x1",
                (),
                (lambda q: q.x - (q.a * q.x * q.α) * (q.a * q.x),),
                "L485",
                (BOWL_AT,),
            ),
            Claim(
                BOWL, "x1", (), (lambda q: q.x - q.α * (q.a * q.x),), "L485", (BOWL_AT,)
            ),
        ),
    ),
    remarks=(
        Remark(
            "N44, L489",
            "The minimum is what is looked for, so the distance to it cannot say when "
            "to stop; the slope or the step can. How small α must be is left out.",
        ),
    ),
    record=BOWL.drawn("f", BOWL_AT, "x"),
    kind="algorithm",
)

# -- N45 -------------------------------------------------------------------------------

RUN = Run(
    "Gradient descent with α = 0.005",
    CURVE,
    "f",
    ("x",),
    START,
    5,
    gradient_descent(0.005),
    DESCENT_1D,
)
WRONG = Model(
    inputs=("x",),
    definitions={"f": lambda q: exp(-log(q.x))},
    ranges=CURVE.ranges,
)


def _steps_figure() -> str:
    rows = RUN.iterates(engine_source())
    tangents = {
        f"k = {row.k}": (float(row.x[0]), float(row.gradient[0])) for row in rows[:3]
    }
    return plots.curve(
        height,
        (0.02, 0.7),
        title="The first three iterates and their tangents",
        tangents=tangents,
        y=(2.0, 5.0),
    )


ITERATES = Article(
    id="descent-iterates",
    title="The first steps down",
    catalogue_ids=("N45",),
    source="the hand-written calculus notes, lines L491–L503",
    summary=(
        "The function of the omega constant again, now without any equation: start at "
        "x = 0.05 and go down with the learning rate 0.005."
    ),
    parts=(
        Part(
            "The iterates",
            "Where the curve is steep the step is long; it becomes short as the curve "
            "flattens. The notes round the first new point before they go on, so their "
            "second slope is the one at 0.1447 (the scan has 0.144J).",
            runs=(RUN,),
            printed=(
                Printed("N45, L495", RUN.slope_reading(0, "x"), "-18.9"),
                Printed("N45, L497", RUN.reading(1, "x"), "0.1447"),
                Printed(
                    "N45, L501",
                    Reading(
                        "slope at 0.1447",
                        derivative_at(CURVE, "f", "x", ROUNDED).compute,
                    ),
                    "-5.7552",
                ),
                Printed("N45, L503", RUN.reading(2, "x"), "0.1735"),
            ),
            figures=(Figure("Each step follows its tangent downhill.", _steps_figure),),
        ),
    ),
    misprints=(
        Misprint(
            "N45, L491",
            "Function and slope have lost their first terms. Only the slope of "
            "eˣ − ln x is −18.9 at 0.05, as the notes say in the next line.",
            Claim(WRONG, "f", ("x",), (lambda q: exp(-1 / q.x),), "L491", (START,)),
            Claim(CURVE, "f", ("x",), (_slope,), "L491", (START,)),
            ("f",),
        ),
    ),
    remarks=(
        Remark(
            "N45, L501 and L503",
            "“0.144J” is 0.1447, the point that was reached before.",
        ),
    ),
    record=CURVE.drawn("f", START),
    kind="algorithm",
)

CHAPTER = Chapter(
    "descent",
    "Walking downhill",
    "When the equation for the minimum cannot be solved, the slope still says which "
    "way is down.",
    (OMEGA, ALGORITHM, ITERATES),
)
