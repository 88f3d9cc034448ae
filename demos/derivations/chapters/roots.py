"""N64 to N66: Newton's method, for a zero and for a minimum of one variable."""

from itertools import pairwise
from typing import Any

from autograd_core import exp
from autograd_core.numbers.text import symbol
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, value_at
from .descent import CURVE
from .descent import RUN as DESCENT_RUN
from .descent import START as NEAR_ZERO
from .descent_rules import NEWTON_1D, gradient_descent, newton
from .pictures import height, samples
from .root_rules import NEWTON_ROOT, to_zero

__all__ = [
    "BENDS",
    "CHAPTER",
    "CUBIC",
    "CYCLE_RUN",
    "HILL_RUN",
    "OMEGA_RUN",
    "ROOT_RUN",
    "WAVY",
]

NOTES = "the hand-written calculus notes"


def _run(
    caption: str, model: Model, target: str, start: Point, steps: int, rule: Any
) -> Run:
    formulas = NEWTON_ROOT if rule is to_zero else NEWTON_1D
    return Run(caption, model, target, ("x",), start, steps, rule, formulas)


def _x(x: float) -> Point:
    return Point(f"x = {x:g}".replace("-", "−"), {"x": x})


# -- N64: a zero -----------------------------------------------------------------------

CUBIC = Model(
    inputs=("x",),
    definitions={
        "f": lambda q: q.x**3 - 2 * q.x - 5,
        "next": lambda q: q.x - q.f / (3 * q.x**2 - 2),
        "ratio": lambda q: q.f / (q.x - q.next),
    },
    symbols={"next": "x1", "ratio": symbol("f") / (symbol("x") - symbol("x1"))},
    ranges={"x": (1.2, 3.0)},
)
CYCLE = Model(inputs=("x",), definitions={"f": lambda q: q.x**3 - 2 * q.x + 2})
TWO = _x(2.0)
ROOT_RUN = _run("Newton's method from 2", CUBIC, "f", TWO, 4, to_zero)
CYCLE_RUN = Run(
    "From 0 to 1 and back, on x³ − 2x + 2", CYCLE, "f", ("x",), _x(0.0), 4, to_zero
)


def _root_figure() -> str:
    f = height(CUBIC, "f")
    run = _run("", CUBIC, "f", _x(3.0), 2, to_zero)
    places = [float(row.x[0]) for row in run.iterates(engine_source())]
    tangents = {
        f"tangent at {x:.4g}": [(x, f(x)), (met, 0.0)] for x, met in pairwise(places)
    }
    return plots.lines(
        {
            "f": samples(f, 1.6, 3.1),
            "the axis": [(1.6, 0.0), (3.1, 0.0)],
            **tangents,
        },
        title="Two tangents of x³ − 2x − 5 on the way to its zero, from x = 3",
        names=("x", "f"),
    )


ROOT = Article(
    id="newton-root",
    title="Newton's method for a zero",
    catalogue_ids=("N64",),
    source=f"{NOTES}, lines L898–L906 and L926–L943",
    summary=(
        "Put the tangent where the curve is, and go where the tangent is zero. There "
        "the curve is nearly zero; do it again."
    ),
    parts=(
        Part(
            "The step",
            "The tangent falls from f(x) to 0 between x and the new x. Its slope is "
            "f(x) divided by that distance, and this is solved for the new x. At a "
            "zero of f the new x does not depend on the old one to first order, for "
            "its slope has the factor f: the error is squared.",
            (
                Claim(
                    CUBIC, "ratio", (), (lambda q: 3 * q.x**2 - 2,), "N64, L902", (TWO,)
                ),
                Claim(
                    CUBIC,
                    "next",
                    (),
                    (lambda q: (2 * q.x**3 + 5) / (3 * q.x**2 - 2),),
                    "N64, L906",
                    (TWO,),
                ),
                Claim(
                    CUBIC,
                    "next",
                    ("x",),
                    (lambda q: 6 * q.x * q.f / (3 * q.x**2 - 2) ** 2,),
                    "N64",
                    (TWO,),
                ),
            ),
            CUBIC,
            ("f", "next"),
        ),
        Part(
            "An example",
            "The notes give no numbers; x³ − 2x − 5 = 0 is the equation on which "
            "Newton himself showed it. Three steps give ten right digits.",
            runs=(ROOT_RUN,),
            figures=(
                Figure("Each tangent meets the axis nearer to the zero.", _root_figure),
            ),
        ),
        Part(
            "When it fails",
            "The slope must not be zero where one stands, and the start must be near "
            "enough; the notes say neither. x³ − 2x + 2 has a zero near −1.77, but "
            "from 0 the method goes to 1, from there to 0, and so on.",
            runs=(CYCLE_RUN,),
        ),
    ),
    record=CUBIC.drawn("next", TWO),
    kind="algorithm",
    remarks=(
        Remark(
            "N64, L906 and L936",
            "f′ must not be zero on the way, and the start must be near enough to the "
            "root. Neither is said.",
        ),
    ),
)

# -- N65: a minimum, or something else -------------------------------------------------

WAVY = Model(
    inputs=("x",),
    definitions={
        "g": lambda q: q.x**4 / 4 - q.x**2 / 2 + q.exact("0.1") * q.x,
        "slope": lambda q: q.x**3 - q.x + q.exact("0.1"),
    },
    symbols={"slope": "g′"},
)
HILL_RUN = _run("From 0.2", WAVY, "g", _x(0.2), 4, newton)
VALLEY_RUN = Run("From 1.3", WAVY, "g", ("x",), _x(1.3), 5, newton)
ON_SLOPE = Run("For a zero of g′, from 0.2", WAVY, "slope", ("x",), _x(0.2), 4, to_zero)


def _bend(run: Run, label: str) -> Reading:
    def compute(source: Any) -> Any:
        x = run.iterates(source)[-1].x[0]
        return source.of(WAVY, "g", ("x", "x"), {"x": x})

    return Reading(label, compute)


BENDS = Readings(
    "g″ where it ends", (_bend(HILL_RUN, "from 0.2"), _bend(VALLEY_RUN, "from 1.3"))
)


def _wavy_figure() -> str:
    ends = {
        run.caption: float(run.iterates(engine_source())[-1].x[0])
        for run in (HILL_RUN, VALLEY_RUN)
    }
    return plots.curve(
        height(WAVY, "g"),
        (-1.5, 1.5),
        title="The curve, and the level tangents where the two runs end",
        tangents={name: (x, 0.0) for name, x in ends.items()},
        names=("x", "g(x)"),
    )


MINIMUM = Article(
    id="newton-minimum",
    title="Newton's method for a minimum",
    catalogue_ids=("N65",),
    source=f"{NOTES}, lines L910–L946",
    summary=(
        "At a minimum the slope is zero. So look for a zero of g′ with the same "
        "method: f becomes g′, and f′ becomes g″."
    ),
    parts=(
        Part(
            "The same steps",
            "Run on g with its first and second derivative, or on g′ as a function of "
            "its own: the points are the same.",
            (
                Claim(WAVY, "g", ("x",), (lambda q: q.slope,), "N65, L922", (_x(0.2),)),
                Claim(
                    WAVY,
                    "g",
                    ("x", "x"),
                    (lambda q: 3 * q.x**2 - 1,),
                    "N65, L924",
                    (_x(0.2),),
                ),
            ),
            WAVY,
            ("g", "slope"),
            runs=(HILL_RUN, ON_SLOPE),
        ),
        Part(
            "A candidate",
            "The notes rightly call the end a candidate. From 0.2 the method climbs to "
            "a maximum, because it goes to any level place; from 1.3 it goes to a "
            "minimum. The sign of g″ tells.",
            runs=(VALLEY_RUN,),
            readings=(BENDS,),
            figures=(
                Figure(
                    "One run ends on the hill, the other in a valley.", _wavy_figure
                ),
            ),
        ),
    ),
    record=WAVY.drawn("g", _x(0.2)),
    kind="algorithm",
)

# -- N66: the omega constant again -----------------------------------------------------

STEP = Model(
    inputs=("x",),
    definitions={
        "next": lambda q: q.x - (exp(q.x) - 1 / q.x) / (exp(q.x) + 1 / q.x**2),
    },
    symbols={"next": "x1"},
    ranges=CURVE.ranges,
)
OMEGA_RUN = _run("Newton's method from 0.05", CURVE, "f", NEAR_ZERO, 8, newton)


def _race_figure() -> str:
    source = engine_source()
    slow = Run("", CURVE, "f", ("x",), NEAR_ZERO, 60, gradient_descent(0.005)).iterates(
        source
    )
    fast = OMEGA_RUN.iterates(source)
    best = float(_run("", CURVE, "f", NEAR_ZERO, 10, newton).iterates(source)[-1].x[0])
    return plots.losses(
        {
            "gradient descent, α = 0.005": [abs(float(r.x[0]) - best) for r in slow],
            "Newton's method": [abs(float(r.x[0]) - best) for r in fast[:8]],
        },
        title="Distance to the minimum after each step, for both methods",
        names=("step", "distance"),
    )


OMEGA = Article(
    id="newton-omega",
    title="The omega constant in eight steps",
    catalogue_ids=("N66",),
    source=f"{NOTES}, lines L948–L958",
    summary=(
        "The function on which gradient descent was tried, from the same start 0.05, "
        "now with curvature. The notes give the rule without numbers."
    ),
    parts=(
        Part(
            "The rule",
            "Slope over curvature. (On the right the notes write x where xₖ is meant.) "
            "Multiplied by x² above and below it needs no quotients inside.",
            (
                Claim(
                    CURVE,
                    "f",
                    ("x",),
                    (lambda q: exp(q.x) - 1 / q.x,),
                    "N66, L952",
                    (NEAR_ZERO,),
                ),
                Claim(
                    CURVE,
                    "f",
                    ("x", "x"),
                    (lambda q: exp(q.x) + 1 / q.x**2,),
                    "N66, L956",
                    (NEAR_ZERO,),
                ),
                Claim(
                    STEP,
                    "next",
                    (),
                    (
                        lambda q: q.x - (exp(q.x) - 1 / q.x) / (exp(q.x) + 1 / q.x**2),
                        lambda q: (
                            q.x - (q.x**2 * exp(q.x) - q.x) / (q.x**2 * exp(q.x) + 1)
                        ),
                    ),
                    "N66, L958",
                    (NEAR_ZERO,),
                ),
            ),
            CURVE,
            ("f",),
        ),
        Part(
            "The iterates",
            "Near 0 the curve is almost −ln x, for which each step doubles x. Near the "
            "minimum each step doubles the number of right digits instead.",
            runs=(OMEGA_RUN,),
            readings=(
                Readings(
                    "After five steps",
                    (
                        Reading("Newton's method", OMEGA_RUN.reading(5, "x").compute),
                        Reading(
                            "gradient descent", DESCENT_RUN.reading(5, "x").compute
                        ),
                    ),
                ),
                Readings(
                    "The step that the formula makes from 0.05",
                    value_at(STEP, "next", NEAR_ZERO),
                ),
            ),
            figures=(
                Figure(
                    "Small steps come nearer at an even rate; Newton's steps plunge.",
                    _race_figure,
                ),
            ),
        ),
    ),
    record=STEP.drawn("next", NEAR_ZERO),
    kind="algorithm",
    remarks=(
        Remark(
            "N66, L958",
            "On the right-hand side x stands for xₖ.",
        ),
    ),
)

CHAPTER = Chapter(
    "roots",
    "Newton's method in one variable",
    "Follow the tangent to its zero. Done with the slope itself it finds minima, and "
    "maxima.",
    (ROOT, MINIMUM, OMEGA),
)
