"""N35 to N39: slopes in two directions, and the gradient that holds them."""

from typing import Any

from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Printed, Reading, Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_2D, newton
from .hessian import ORIGIN, SADDLE, XY, at
from .pictures import height

__all__ = [
    "BOTTOM_RUN",
    "CHAPTER",
    "MIXED",
    "PARABOLOID",
    "PLANE",
    "SLICE_X",
    "SLICE_Y",
]

NOTES = "the hand-written calculus notes"

# -- N35: fix one variable -------------------------------------------------------------

PARABOLOID = Model(inputs=XY, definitions={"f": lambda q: q.x**2 + q.y**2})
SLICE_X = Model(
    inputs=("x",),
    definitions={"f": lambda q: q.x**2 + q.exact("4") ** 2},
    symbols={"f": "f(x, 4)"},
)
SLICE_Y = Model(
    inputs=("y",),
    definitions={"f": lambda q: q.exact("2") ** 2 + q.y**2},
    symbols={"f": "f(2, y)"},
)
# What L357 says literally: f of its own result.
DOUBLED = Model(
    inputs=("x",),
    definitions={
        "inner": lambda q: q.x**2 + q.exact("4") ** 2,
        "f": lambda q: q.inner**2 + q.exact("4") ** 2,
    },
    symbols={"inner": "f(x, 4)", "f": "f(f(x, 4), 4)"},
)
PLANE = Model(
    inputs=("x", "y", "a", "b"),
    definitions={
        "f": lambda q: q.x**2 + q.y**2,
        "T": lambda q: q.a**2 + q.b**2 + 2 * q.a * (q.x - q.a) + 2 * q.b * (q.y - q.b),
        "gap": lambda q: q.f - q.T,
    },
    symbols={"gap": "f − T"},
)
CUT_X, CUT_Y = Point("x = 1.3", {"x": 1.3}), Point("y = −0.6", {"y": -0.6})
ABOVE, BELOW = at(1.3, 4), at(2, -0.6)
BESIDE = Point(
    "(2.1, 2.8), touching at (2, 3)", {"x": 2.1, "y": 2.8, "a": 2.0, "b": 3.0}
)


def _claim(model: Model, wrt: str, form: Any, where: str, *points: Point) -> Claim:
    return Claim(model, "f", tuple(wrt), (form,), where, points)


def _slice_figure() -> str:
    slope = engine(SLICE_X.function("f"), [1.3], [0])
    return plots.curve(
        height(SLICE_X, "f"),
        (-3.0, 3.0),
        title="The slice of the surface at y = 4, with its tangent at x = 1.3",
        tangents={"∂f/∂x at (1.3, 4)": (1.3, slope)},
        names=("x", "f(x, 4)"),
    )


def _cuts_figure() -> str:
    return plots.contour(
        height(PARABOLOID, "f"),
        (-8.4, 8.4),
        (-5.0, 5.0),
        title="Lines of equal height of x² + y², and two straight cuts",
        paths={
            "y = 4": [(-8.4, 4.0), (8.4, 4.0)],
            "x = 2": [(2.0, -5.0), (2.0, 5.0)],
        },
        marks={"(1.3, 4)": (1.3, 4.0), "(2, −0.6)": (2.0, -0.6)},
    )


FIXED = Article(
    id="one-variable-fixed",
    title="Fix one variable",
    catalogue_ids=("N35",),
    source=f"{NOTES}, lines L349–L366",
    summary=(
        "A function of two variables becomes one of a single variable when the other "
        "is held fixed. The slope of that one is the partial derivative. A graph does "
        "not need to be cut: the backward sweep gives both slopes at once."
    ),
    parts=(
        Part(
            "Fix y = 4",
            "Cut at y = 4 the surface shows a parabola. The constant 4² lifts it and "
            "has no slope.",
            (_claim(SLICE_X, "x", lambda q: 2 * q.x, "N35, L357", CUT_X),),
            SLICE_X,
            ("f",),
            figures=(
                Figure(
                    "Each straight cut is a walk on which one number stays.",
                    _cuts_figure,
                ),
                Figure("What one sees on the cut at y = 4.", _slice_figure),
            ),
        ),
        Part(
            "Fix x = 2",
            "The other way round.",
            (_claim(SLICE_Y, "y", lambda q: 2 * q.y, "N35, L361", CUT_Y),),
            SLICE_Y,
            ("f",),
        ),
        Part(
            "Without cutting",
            "The same slopes, from the graph of both variables. They do not depend on "
            "the other variable here, so the mixed second derivative is zero.",
            (
                _claim(PARABOLOID, "x", lambda q: 2 * q.x, "N35, L357", ABOVE, BELOW),
                _claim(PARABOLOID, "y", lambda q: 2 * q.y, "N35, L361", ABOVE, BELOW),
                _claim(PARABOLOID, "xx", lambda q: 2, "N35", ABOVE),
                _claim(PARABOLOID, "xy", lambda q: 0, "N35", ABOVE),
                _claim(PARABOLOID, "yy", lambda q: 2, "N35", ABOVE),
            ),
            PARABOLOID,
            ("f",),
        ),
        Part(
            "The tangent plane",
            "The notes have the title and not the equation. T is the plane that "
            "touches at (a, b): the same height there and the same two slopes. What "
            "surface and plane are apart is the square of the distance.",
            (
                Claim(PLANE, "T", ("x",), (lambda q: 2 * q.a,), "N35", (BESIDE,)),
                Claim(PLANE, "T", ("y",), (lambda q: 2 * q.b,), "N35", (BESIDE,)),
                Claim(
                    PLANE,
                    "gap",
                    (),
                    (lambda q: (q.x - q.a) ** 2 + (q.y - q.b) ** 2,),
                    "N35",
                    (BESIDE,),
                ),
            ),
            PLANE,
            ("T",),
        ),
    ),
    misprints=(
        Misprint(
            "N35, L357",
            "The f is doubled: f(f(x, 4)). f takes two numbers, so that has no "
            "meaning; with a 4 for the missing one it is another function.",
            _claim(DOUBLED, "x", lambda q: 2 * q.x, "L357", CUT_X),
            _claim(SLICE_X, "x", lambda q: 2 * q.x, "L357", CUT_X),
            ("f",),
        ),
    ),
    remarks=(
        Remark(
            "N35, L349",
            "The title promises tangent planes. Their equation does not follow, and "
            "the plot is lost.",
        ),
    ),
    record=PARABOLOID.drawn("f", ABOVE),
    kind="definition",
)

# -- N36 -------------------------------------------------------------------------------

MIXED = Model(inputs=XY, definitions={"f": lambda q: 3 * q.x**2 * q.y**3})
THERE = at(1.5, -0.7)
EXAMPLE = Article(
    id="partial-derivatives-example",
    title="Example: 3x²y³",
    catalogue_ids=("N36",),
    source=f"{NOTES}, lines L368–L372",
    summary=(
        "What is fixed is a constant factor: y³ for the slope in x, x² for the slope "
        "in y. The notes are right here."
    ),
    parts=(
        Part(
            "Slopes and second slopes",
            "Here each slope depends on both variables, and the mixed second "
            "derivative is not zero.",
            (
                _claim(MIXED, "x", lambda q: 6 * q.x * q.y**3, "N36, L370", THERE),
                _claim(MIXED, "y", lambda q: 9 * q.x**2 * q.y**2, "N36, L372", THERE),
                _claim(MIXED, "xx", lambda q: 6 * q.y**3, "N36", THERE),
                _claim(MIXED, "xy", lambda q: 18 * q.x * q.y**2, "N36", THERE),
                _claim(MIXED, "yy", lambda q: 18 * q.x**2 * q.y, "N36", THERE),
            ),
            MIXED,
            ("f",),
        ),
    ),
    record=MIXED.drawn("f", THERE),
)

# -- N37 and N38: the gradient ---------------------------------------------------------

PRINTED_AT, OTHER = at(2, 3), at(-1.2, 0.5)


def _entry(name: str) -> Reading:
    return derivative_at(PARABOLOID, "f", name, PRINTED_AT)


def _gradient_figure() -> str:
    x, y = 2.0, 3.0
    u, v = _gradient(x, y)
    # Where the plane is as high as the point: at right angles to the gradient.
    level = [(x - 0.3 * v, y + 0.3 * u), (x + 0.3 * v, y - 0.3 * u)]
    return plots.contour(
        height(PARABOLOID, "f"),
        (-1.7, 6.7),
        (0.2, 5.2),
        title="The gradient at (2, 3) and the level line of the tangent plane",
        paths={
            "a quarter of the gradient": [(x, y), (x + u / 4, y + v / 4)],
            "level line of the tangent plane": level,
        },
        levels=[1, 4, 9, 13, 20, 30, 45],
    )


def _gradient(x: float, y: float) -> tuple[float, float]:
    """Both slopes of x² + y² by the engine."""
    f = PARABOLOID.function("f")
    return engine(f, [x, y], [0]), engine(f, [x, y], [1])


GRADIENT = Article(
    id="gradient",
    title="The gradient",
    catalogue_ids=("N37", "N38"),
    source=f"{NOTES}, lines L374–L405",
    summary=(
        "The partial derivatives in one column are the gradient, ∇f. Its entries are "
        "the slopes of two lines, one along x and one along y, that span the tangent "
        "plane. One backward sweep computes all of it."
    ),
    parts=(
        Part(
            "Of x² + y²",
            "∇f = (2x, 2y): it points away from the origin, where the surface rises "
            "most.",
            (
                _claim(
                    PARABOLOID, "x", lambda q: 2 * q.x, "N37, L378", PRINTED_AT, OTHER
                ),
                _claim(
                    PARABOLOID, "y", lambda q: 2 * q.y, "N37, L382", PRINTED_AT, OTHER
                ),
            ),
            PARABOLOID,
            ("f",),
            printed=(
                Printed("N38, L405", _entry("x"), "4"),
                Printed("N38, L405", _entry("y"), "6"),
            ),
            figures=(
                Figure(
                    "The gradient stands at right angles on the line of equal height.",
                    _gradient_figure,
                ),
            ),
        ),
    ),
    record=PARABOLOID.drawn("f", PRINTED_AT),
    kind="definition",
)

# -- N39: where the gradient is zero ---------------------------------------------------

BOTTOM_RUN = Run(
    "Newton's method", PARABOLOID, "f", XY, PRINTED_AT, 1, newton, NEWTON_2D
)


def _named(label: str, reading: Reading) -> Reading:
    return Reading(label, reading.compute)


def _saddle_figure() -> str:
    return plots.contour(
        height(SADDLE, "f"),
        (-1.68, 1.68),
        (-1.0, 1.0),
        title="A saddle: level at the origin, and no minimum",
        marks={"(0, 0)": (0.0, 0.0)},
    )


LEVEL = Article(
    id="zero-gradient",
    title="Where the gradient is zero",
    catalogue_ids=("N39",),
    source=f"{NOTES}, lines L407–L419",
    summary=(
        "At a minimum no direction leads down, so both slopes are zero and the tangent "
        "plane is parallel to the floor. That gives two equations for two unknowns. "
        "(Before them L415 has 50; the word is “so”.)"
    ),
    parts=(
        Part(
            "Of x² + y²",
            "2x = 0 and 2y = 0: the minimum is at the origin. The Hessian is twice the "
            "identity, so Newton's method solves both equations in one step.",
            (
                _claim(PARABOLOID, "x", lambda q: 2 * q.x, "N39, L417", ORIGIN),
                _claim(PARABOLOID, "y", lambda q: 2 * q.y, "N39, L417", ORIGIN),
                _claim(PARABOLOID, "xx", lambda q: 2, "N39", ORIGIN),
                _claim(PARABOLOID, "xy", lambda q: 0, "N39", ORIGIN),
                _claim(PARABOLOID, "yy", lambda q: 2, "N39", ORIGIN),
            ),
            PARABOLOID,
            ("f",),
            runs=(BOTTOM_RUN,),
        ),
        Part(
            "Necessary, not sufficient",
            "Every smooth minimum has a zero gradient, but not every zero gradient is "
            "at a minimum; the notes say the first only. Their own 2x² − 2y² is level "
            "at the origin, and lower beside it.",
            readings=(
                Readings(
                    "2x² − 2y²",
                    (
                        derivative_at(SADDLE, "f", "x", ORIGIN),
                        derivative_at(SADDLE, "f", "y", ORIGIN),
                        _named("f at (0, 0)", value_at(SADDLE, "f", ORIGIN)[0]),
                        _named("f at (0, 0.1)", value_at(SADDLE, "f", at(0, 0.1))[0]),
                        _named("f at (0.1, 0)", value_at(SADDLE, "f", at(0.1, 0))[0]),
                    ),
                ),
            ),
            figures=(
                Figure("The lines of height 0 cross at the origin.", _saddle_figure),
            ),
        ),
    ),
    record=PARABOLOID.drawn("f", PRINTED_AT),
    remarks=(
        Remark(
            "N39, L413",
            "Two slopes of zero are necessary, not sufficient: 2x² − 2y² has them at "
            "(0, 0), and no minimum there.",
        ),
        Remark(
            "N39, L415",
            "“50” is “so”.",
        ),
    ),
)

CHAPTER = Chapter(
    "partials",
    "Slopes in two directions",
    "Partial derivatives, the gradient, and the tangent plane.",
    (FIXED, EXAMPLE, GRADIENT, LEVEL),
)
