"""N13 and N14: inverse functions and their slopes."""

from typing import Any

from autograd_core import sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Limit, Reading, Readings, derivative_at, value_at
from .pictures import height, samples

__all__ = ["BACKWARDS", "CHAPTER", "ROOT", "ROUND_TRIP"]

NOTES = "the hand-written calculus notes"

# -- N13 and N14: the inverse and its slope --------------------------------------------

ROUND_TRIP = Model(
    inputs=("x",),
    definitions={"f": lambda q: q.x**2, "g": lambda q: sqrt(q.f)},
    ranges={"x": (0.1, 3.0), "f": (0.1, 9.0)},
)
# Negative numbers: out of the range of the root, so one way round fails.
BACKWARDS = Model(
    inputs=("y",),
    definitions={"x": lambda q: q.y**2, "again": lambda q: sqrt(q.x)},
    symbols={"x": "g(y)", "again": "f(g(y))"},
    ranges={"y": (-3.0, -0.1)},
)
ROOT = Model(
    inputs=("y",),
    definitions={
        "g": lambda q: sqrt(q.y),
        "slope": lambda q: 2 * q.g,
    },
    symbols={"slope": "f′(g(y))"},
    ranges={"y": (0.2, 9.0)},
)
AT_X = Point("x = 1.7", {"x": 1.7})
AT_MINUS = Point("y = −1.7", {"y": -1.7})
NINE, OTHER = Point("y = 9", {"y": 9.0}), Point("y = 2.56", {"y": 2.56})


def _mirror_figure() -> str:
    parabola = samples(height(ROUND_TRIP, "f"), 0.01, 1.7)
    return plots.lines(
        {
            "f(x) = x²": parabola,
            "g(y) = √y": [(y, x) for x, y in parabola],
            "mirror": [(0.0, 0.0), (2.9, 2.9)],
        },
        title="A parabola and its inverse, mirrored at the diagonal",
        names=("argument", "value"),
    )


INVERSE = Article(
    id="inverse-function",
    title="There and back",
    catalogue_ids=("N13",),
    source=f"{NOTES}, lines L102–L111",
    summary=(
        "An inverse function takes back what a function did: first square, then take "
        "the root, and x is there again. The two slopes on the way multiply to 1."
    ),
    parts=(
        Part(
            "Square, then root",
            "The graph has two operations with the slopes 2x and 1/(2x).",
            (
                Claim(ROUND_TRIP, "g", (), (lambda q: abs(q.x),), "N13, L105", (AT_X,)),
                Claim(
                    ROUND_TRIP,
                    "f",
                    ("x",),
                    (lambda q: 2 * q.x,),
                    "N13",
                    (AT_X,),
                ),
                Claim(
                    ROUND_TRIP,
                    "g",
                    ("f",),
                    (lambda q: 1 / (2 * sqrt(q.f)),),
                    "N13",
                    (AT_X,),
                ),
            ),
            ROUND_TRIP,
            ("f", "g"),
            readings=(
                Readings(
                    "At x = 1.7",
                    (
                        *value_at(ROUND_TRIP, "f g", AT_X),
                        derivative_at(ROUND_TRIP, "g", "x", AT_X),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "The inverse is the mirror image: where one is steep the other is "
                    "flat.",
                    _mirror_figure,
                ),
            ),
        ),
        Part(
            "Both ways round",
            "The notes ask for g(f(x)) = x only. An inverse needs f(g(y)) = y too. "
            "With f the root and g the square the first holds for every x that f "
            "takes, but the second fails for every negative y. And for negative x the "
            "root of x² is −x, which is why the notes have x > 0.",
            (Claim(BACKWARDS, "again", (), (lambda q: abs(q.y),), "N13", (AT_MINUS,)),),
            BACKWARDS,
            ("x", "again"),
            readings=(
                Readings(
                    "The second way round, from y = −1.7",
                    (
                        Reading("y", lambda source: source.number(-1.7)),
                        *value_at(BACKWARDS, "x again", AT_MINUS),
                    ),
                ),
            ),
        ),
    ),
    record=ROUND_TRIP.drawn("g", AT_X),
    kind="definition",
    remarks=(
        Remark(
            "N13, L111",
            "One order of the two is asked for. An inverse undoes the function in the "
            "other order, too: f(g(y)) = y.",
        ),
    ),
)


def _root_slope(q: Any) -> Any:
    return 1 / q.slope


INVERSE_SLOPE = Article(
    id="inverse-function-slope",
    title="The slope of an inverse",
    catalogue_ids=("N14",),
    source=f"{NOTES}, lines L117–L121",
    summary=(
        "The tangent is mirrored with the graph: rise and run change places, and the "
        "slope becomes 1 over the slope. But at the mirrored point."
    ),
    parts=(
        Part(
            "The root",
            "With f = x² and g = √y the slope of g at y is 1 over the slope of f at "
            "g(y).",
            (
                Claim(
                    ROOT,
                    "g",
                    ("y",),
                    (_root_slope, lambda q: 1 / (2 * sqrt(q.y))),
                    "N14, L117",
                    (NINE, OTHER),
                ),
                Claim(
                    ROOT,
                    "g",
                    ("y", "y"),
                    (lambda q: -1 / (4 * q.y * sqrt(q.y)),),
                    "N14",
                    (NINE, OTHER),
                ),
            ),
            ROOT,
            ("g", "slope"),
            limits=(
                Limit("Difference quotients of √y at y = 9", ROOT, "g", "y", NINE),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N14, L119–L121",
            "The derivative of g is said to be 1 over the derivative of f. At the same "
            "number it is not: 1/f′(9) = 1/18, but g′(9) = 1/f′(3) = 1/6.",
            Claim(ROOT, "g", ("y",), (lambda q: 1 / (2 * q.y),), "L119", (NINE, OTHER)),
            Claim(ROOT, "g", ("y",), (_root_slope,), "L119", (NINE, OTHER)),
        ),
    ),
    record=ROOT.drawn("g", NINE),
)

CHAPTER = Chapter(
    "inverses",
    "Inverse functions",
    "What undoes a function has its slope upside down.",
    (INVERSE, INVERSE_SLOPE),
)
