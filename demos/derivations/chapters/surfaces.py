"""N40, N41 and N47: functions of two variables, their flat places, and a way down."""

from typing import Any

from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import (
    Printed,
    Reading,
    Readings,
    Run,
    derivative_at,
    value_at,
)
from .best_line import ARTICLE as BEST_LINE
from .best_line import DATA, FIT, FIT_RUN, ZERO, bend
from .descent_rules import descent_formulas, gradient_descent
from .shorthand import evaluated

__all__ = [
    "CHAPTER",
    "DATA",
    "FIT",
    "FIT_RUN",
    "HEAT_RUN",
    "PLATE",
    "PRINTED_MOVE",
    "ZERO",
]

# -- N40 and N47: a heated plate -------------------------------------------------------


def _temperature(q: Any, factor: Any) -> Any:
    return 85 - q.exact("1/90") * q.x**2 * factor * q.y**2 * (q.y - 6)


PLATE = Model(
    inputs=("x", "y"),
    definitions={"T": lambda q: _temperature(q, q.x - 6)},
    ranges={"x": (0.2, 5.8), "y": (0.2, 5.8)},
)
MISPRINTED_PLATE = Model(
    inputs=("x", "y"),
    definitions={"T": lambda q: _temperature(q, 3 * q.x - 12)},
    ranges=PLATE.ranges,
)


def _at(x: float, y: float) -> Point:
    return Point(f"({x:g}, {y:g})", {"x": x, "y": y})


SOMEWHERE, LOWEST, CORNER, EDGE = _at(1.3, 2.7), _at(4, 4), _at(6, 6), _at(0, 2)
PLACES = (SOMEWHERE, LOWEST, CORNER, EDGE)
START = _at(0.5, 0.6)


def _tx(q: Any) -> Any:
    return -q.exact("1/90") * q.x * (3 * q.x - 12) * q.y**2 * (q.y - 6)


def _ty(q: Any) -> Any:
    return -q.exact("1/90") * q.x**2 * (q.x - 6) * q.y * (3 * q.y - 12)


def height(x: float, y: float) -> float:
    """T at a point, for the pictures."""
    return float(engine(PLATE.function("T"), [x, y], ()))


def _plate_figure() -> str:
    return plots.contour(
        height,
        (-1.0, 7.0),
        (-1.0, 7.0),
        title="Lines of equal temperature, with the minimum and the saddle",
        marks={"minimum": (4.0, 4.0), "saddle": (6.0, 6.0)},
        levels=[40, 60, 70, 74, 76, 78, 80, 82, 84, 85, 86, 90, 100],
    )


STATIONARY = Article(
    id="temperature-surface",
    title="The coldest place of a plate",
    catalogue_ids=("N40",),
    source="the hand-written calculus notes, lines L421–L437",
    summary=(
        "The temperature of a plate depends on two coordinates. It can only be lowest "
        "where it changes in neither direction: where both partial derivatives are "
        "zero at the same point."
    ),
    parts=(
        Part(
            "The partial derivatives",
            "For one of them the other coordinate is a constant factor.",
            (
                Claim(PLATE, "T", ("x",), (_tx,), "N40, L425", PLACES),
                Claim(PLATE, "T", ("y",), (_ty,), "N40, L427", PLACES),
                Claim(
                    PLATE,
                    "T",
                    ("x", "x"),
                    (lambda q: -q.exact("1/90") * (6 * q.x - 12) * q.y**2 * (q.y - 6),),
                    "N40",
                    PLACES,
                ),
                Claim(
                    PLATE,
                    "T",
                    ("x", "y"),
                    (
                        lambda q: (
                            -q.exact("1/90")
                            * (3 * q.x**2 - 12 * q.x)
                            * (3 * q.y**2 - 12 * q.y)
                        ),
                    ),
                    "N40",
                    PLACES,
                ),
                Claim(
                    PLATE,
                    "T",
                    ("y", "y"),
                    (lambda q: -q.exact("1/90") * q.x**2 * (q.x - 6) * (6 * q.y - 12),),
                    "N40",
                    PLACES,
                ),
            ),
            PLATE,
            ("T",),
        ),
        Part(
            "Where both are zero",
            "The notes list x = 0, x = 6, y = 0, y = 4. These are the roots of the "
            "second equation alone; at (6, 2), on one of them, the first is not zero. "
            "Both are zero on the whole lines x = 0 and y = 0 and at the points (4, 4) "
            "and (6, 6).",
            readings=(
                Readings(
                    "On the line x = 6",
                    (
                        derivative_at(PLATE, "T", "x", _at(6, 2)),
                        derivative_at(PLATE, "T", "y", _at(6, 2)),
                    ),
                ),
            ),
        ),
        Part(
            "What kind of place",
            "At (4, 4) the surface bends up in every direction: a minimum. At (6, 6) "
            "it bends up in one and down in another: a saddle. On x = 0 one direction "
            "does not bend at all, and the second derivatives cannot tell. The minimum "
            "is one of the square between 0 and 6 only: far outside the temperature "
            "falls without end, as at (10, 10).",
            readings=(
                Readings(
                    "Curvature and height",
                    (
                        *(bend(PLATE, "T", LOWEST, k) for k in (0, 1)),
                        *(bend(PLATE, "T", CORNER, k) for k in (0, 1)),
                        *(bend(PLATE, "T", EDGE, k) for k in (0, 1)),
                        *(
                            Reading(
                                f"T at {p.label}", value_at(PLATE, "T", p)[0].compute
                            )
                            for p in (LOWEST, CORNER, EDGE, _at(10, 10))
                        ),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "Around the minimum the lines close; at the saddle they cross.",
                    _plate_figure,
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N40, L421",
            "The function is printed with 3x − 12 in the place of x − 6; line L519 has "
            "it right. The notes' own derivative belongs to x − 6.",
            Claim(MISPRINTED_PLATE, "T", ("x",), (_tx,), "L421", (SOMEWHERE,)),
            Claim(PLATE, "T", ("x",), (_tx,), "L519", (SOMEWHERE,)),
            ("T",),
        ),
    ),
    remarks=(
        Remark(
            "N40, L429",
            "(4, 4) is a minimum inside the square from 0 to 6. On the whole plane "
            "the function has no lowest value.",
        ),
        Remark(
            "N40, L437",
            "These are the roots of the second equation alone. Both hold on the lines "
            "x = 0 and y = 0 and at the points (4, 4) and (6, 6).",
        ),
    ),
    record=PLATE.drawn("T", SOMEWHERE),
)

# -- N47 -------------------------------------------------------------------------------


def _descent(steps: int, rate: float = 0.05) -> Run:
    return Run(
        f"Gradient descent with α = {rate:g}",
        PLATE,
        "T",
        ("x", "y"),
        START,
        steps,
        gradient_descent(rate),
        descent_formulas("T", "x", "y"),
    )


HEAT_RUN = _descent(3)
PRINTED_MOVE = evaluated(
    "new x", PLATE, lambda q: q.x + q.exact("0.05") * q.exact("0.2134"), START
)


def _path_figure() -> str:
    paths = {
        f"α = {rate:g}, 40 steps": [
            (float(row.x[0]), float(row.x[1]))
            for row in _descent(40, rate).iterates(engine_source())
        ]
        for rate in (0.05, 0.3)
    }
    return plots.contour(
        height,
        (0.0, 6.0),
        (0.0, 6.0),
        title="Two descents over the lines of equal temperature",
        paths=paths,
        marks={"minimum": (4.0, 4.0)},
    )


HEAT_DESCENT = Article(
    id="temperature-descent",
    title="Walking to the coldest place",
    catalogue_ids=("N47",),
    source="the hand-written calculus notes, lines L519–L546",
    summary=(
        "From the point (0.5, 0.6) go a little against the gradient, and again. No "
        "equation is solved; only the two slopes at the present place are needed."
    ),
    parts=(
        Part(
            "The steps",
            "The learning rate is 0.05, as in the notes.",
            runs=(HEAT_RUN,),
            printed=(
                Printed(
                    "N47, L531",
                    HEAT_RUN.slope_reading(0, "x"),
                    "-0.2134",
                    True,
                    "The new x, 0.5057, follows from the right one.",
                ),
                Printed("N47, L531", HEAT_RUN.slope_reading(0, "y"), "-0.0935"),
                Printed("N47, L521", HEAT_RUN.reading(0, "x"), "0.5"),
                Printed(
                    "N47, L521",
                    HEAT_RUN.reading(0, "y"),
                    "0.5",
                    True,
                    "Gradient and steps are those of 0.6.",
                ),
                Printed("N47, L539", HEAT_RUN.reading(1, "x"), "0.5057"),
                Printed("N47, L541", HEAT_RUN.reading(1, "y"), "0.6047"),
            ),
            figures=(
                Figure(
                    "The plate is flat near the corner, so the steps are small at "
                    "first. A learning rate six times as large arrives.",
                    _path_figure,
                ),
            ),
        ),
        Part(
            "From where?",
            "The start is printed as (0.5, 0.5), but gradient and steps are those of "
            "(0.5, 0.6). At (0.5, 0.5) the gradient would be this. And the slope that "
            "is printed for x, −0.2134, would not lead to the 0.5057 of the notes.",
            readings=(
                Readings(
                    "At (0.5, 0.5)",
                    tuple(
                        derivative_at(PLATE, "T", name, _at(0.5, 0.5)) for name in "xy"
                    ),
                ),
                Readings("With the slope that is printed", (PRINTED_MOVE,)),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N47, L527–L529",
            "In the gradient 3y − 12 has become 3y − 72.",
            Claim(
                PLATE,
                "T",
                ("y",),
                (
                    lambda q: (
                        -q.exact("1/90") * q.x**2 * (q.x - 6) * q.y * (3 * q.y - 72)
                    ),
                ),
                "L527",
                (START,),
            ),
            Claim(PLATE, "T", ("y",), (_ty,), "L527", (START,)),
        ),
        Misprint(
            "N47, L529: first entry",
            "Here 3x − 12 has become 3x − 72.",
            Claim(
                PLATE,
                "T",
                ("x",),
                (
                    lambda q: (
                        -q.exact("1/90") * q.x * (3 * q.x - 72) * q.y**2 * (q.y - 6)
                    ),
                ),
                "L529",
                (START,),
            ),
            Claim(PLATE, "T", ("x",), (_tx,), "L529", (START,)),
        ),
        Misprint(
            "N47, L529: second entry",
            "And 3y − 12 is 8y − 72 now.",
            Claim(
                PLATE,
                "T",
                ("y",),
                (
                    lambda q: (
                        -q.exact("1/90") * q.x**2 * (q.x - 6) * q.y * (8 * q.y - 72)
                    ),
                ),
                "L529",
                (START,),
            ),
            Claim(PLATE, "T", ("y",), (_ty,), "L529", (START,)),
        ),
    ),
    record=PLATE.drawn("T", START),
    kind="algorithm",
)

CHAPTER = Chapter(
    "surfaces",
    "Two variables",
    "A function of two variables is a landscape. Its lowest points, and three ways to "
    "them: solving equations, walking downhill, and one exact step.",
    (STATIONARY, HEAT_DESCENT, BEST_LINE),
)
