"""S46 and S47: the quadratic that fits best, and the step to its lowest point."""

from typing import Any

from autograd_core.linalg import solve
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Run, Source
from .descent_rules import NEWTON_2D, gradient_descent, newton, renewed
from .hessian import SADDLE, XY
from .hessian import at as at_xy
from .least_squares import fitted
from .line import I3, LINE, PARAMETERS, at, column, missed, rows
from .networks import total
from .newton import QUARTIC
from .quasi_newton import inner, times
from .shorthand import claims, noted

__all__ = [
    "ARTICLES",
    "ONE_STEP",
    "QUADRATIC",
    "QUADRATIC_AT",
    "SADDLE_RUN",
    "SOLVED",
]

SLIDES = "the slides on the multi-layer perceptron, lines "

# -- S46 -------------------------------------------------------------------------------

# f, gradient and Hessian at θₖ are inputs: the model holds whatever they are.
QUADRATIC = Model(
    inputs=("h", "g1", "g2", "H11", "H12", "H22", "u1", "u2"),
    definitions={
        "q": lambda q: (
            q.h
            + q.g1 * q.u1
            + q.g2 * q.u2
            + (q.H11 * q.u1**2 + 2 * q.H12 * q.u1 * q.u2 + q.H22 * q.u2**2) / 2
        ),
        "det": lambda q: q.H11 * q.H22 - q.H12**2,
        "d1": lambda q: -(q.H22 * q.g1 - q.H12 * q.g2) / q.det,
        "d2": lambda q: -(q.H11 * q.g2 - q.H12 * q.g1) / q.det,
        "low": lambda q: (
            q.h
            + q.g1 * q.d1
            + q.g2 * q.d2
            + (q.H11 * q.d1**2 + 2 * q.H12 * q.d1 * q.d2 + q.H22 * q.d2**2) / 2
        ),
    },
    symbols={
        "h": "fₖ",
        "u1": "Δθ1",
        "u2": "Δθ2",
        "low": "q(d)",
    },
    ranges={"H11": (1.0, 3.0), "H22": (1.0, 3.0), "H12": (-0.9, 0.9)},
)
FAR = at_xy(4, 4)


def _at_far() -> Point:
    source = engine_source()
    f = source.of(QUARTIC, "f", (), FAR.values)
    g = source.gradient(QUARTIC, "f", XY, FAR.values)
    (a, b), (_, d) = source.hessian(QUARTIC, "f", XY, FAR.values)
    names = ("h", "g1", "g2", "H11", "H12", "H22", "u1", "u2")
    numbers = (f, *g, a, b, d, -1.0, -1.0)
    return Point("(4, 4), Δθ = (−1, −1)", dict(zip(names, numbers, strict=True)))


QUADRATIC_AT = _at_far()


def _newton_move(source: Source) -> list[Any]:
    matrix = source.hessian(QUARTIC, "f", XY, FAR.values)
    moves = solve(matrix, source.gradient(QUARTIC, "f", XY, FAR.values))
    return [-move for move in moves]


def _quad(source: Source, share: Any) -> Any:
    d = [share * move for move in _newton_move(source)]
    g = source.gradient(QUARTIC, "f", XY, FAR.values)
    bend = times(source.hessian(QUARTIC, "f", XY, FAR.values), d)
    return source.of(QUARTIC, "f", (), FAR.values) + inner(g, d) + inner(d, bend) / 2


def _true(source: Source, share: Any) -> Any:
    x = [source.number(4) + share * move for move in _newton_move(source)]
    return source.of(QUARTIC, "f", (), dict(zip(XY, x, strict=True)))


def _bowl_beside() -> str:
    source = engine_source()
    steps = [k * 2.5 / 40 for k in range(41)]
    return plots.lines(
        {
            "f": [(t, float(_true(source, t))) for t in steps],
            "f_quad": [(t, float(_quad(source, t))) for t in steps],
        },
        title="f and its quadratic bowl along Newton's direction from (4, 4)",
        names=("share of Newton's step", "height"),
    )


SADDLE_RUN = Run(
    "Newton's method on 2x² − 2y²", SADDLE, "f", XY, at_xy(1, 1), 1, newton, NEWTON_2D
)
SADDLE_DESCENT = Run(
    "Gradient descent on it, η = 0.1",
    SADDLE,
    "f",
    XY,
    at_xy(1, 1),
    5,
    gradient_descent(0.1),
)

BOWL_FIT = Article(
    id="quadratic-model",
    title="The bowl that fits best",
    catalogue_ids=("S46",),
    source=SLIDES + "L664–L685",
    summary=(
        "Height, gradient and Hessian at one point define a quadratic function that "
        "touches f there. Newton's step goes where its gradient is zero. (The slides "
        "call it f_quad, then f_T, and a quadratic “ball”, which must be a bowl.)"
    ),
    parts=(
        Part(
            "Its gradient, and where that is zero",
            "q is the bowl, as a function of the displacement Δθ = θ − θₖ. Its "
            "gradient is g + HΔθ. It is zero at d = −H⁻¹g, and there the bowl is "
            "lower than fₖ by half of gᵀH⁻¹g.",
            (
                *claims(
                    QUADRATIC,
                    "q",
                    "S46, L679–L681",
                    (QUADRATIC_AT,),
                    {
                        "u1": lambda q: q.g1 + q.H11 * q.u1 + q.H12 * q.u2,
                        "u2": lambda q: q.g2 + q.H12 * q.u1 + q.H22 * q.u2,
                        "u1 u2": lambda q: q.H12,
                    },
                ),
                *claims(
                    QUADRATIC,
                    "low",
                    "S46, L683",
                    (QUADRATIC_AT,),
                    {"": lambda q: q.h + (q.g1 * q.d1 + q.g2 * q.d2) / 2},
                ),
            ),
            QUADRATIC,
            ("q", "d1", "d2"),
        ),
        Part(
            "From (4, 4)",
            "On f = x⁴ + 0.8y⁴ + 4x² + 2y² − xy − 0.2x²y, the example of the calculus "
            "notes. The bowl promises 184; f, which bends less further down, is at "
            "112.",
            readings=(
                Readings(
                    "One Newton step",
                    (
                        Reading("f(4, 4)", lambda s: _true(s, 0)),
                        Reading("new x", lambda s: 4 + _newton_move(s)[0]),
                        Reading("new y", lambda s: 4 + _newton_move(s)[1]),
                        Reading("f_quad there", lambda s: _quad(s, 1)),
                        Reading("f there", lambda s: _true(s, 1)),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "Touching at 0 with slope and curvature; apart further on.",
                    _bowl_beside,
                ),
            ),
        ),
        Part(
            "Not always a minimum",
            "The slides say: find the minimum of the bowl. It has one only if H is "
            "positive definite. On 2x² − 2y² Newton's step from (1, 1) goes to the "
            "saddle, and stays; gradient descent leaves it along y.",
            runs=(SADDLE_RUN, SADDLE_DESCENT),
        ),
    ),
    record=QUADRATIC.drawn("q", QUADRATIC_AT, "u1", "u2"),
    remarks=(
        Remark(
            "S46, L670–L677",
            "f with the index quad becomes f with the index T, and a “quadratic ball” "
            "is a bowl.",
        ),
        Remark(
            "S46, L674–L683",
            "The step leads to a minimum of the model only if H is positive definite. "
            "Otherwise it may lead to a saddle.",
        ),
    ),
)

# -- S47 -------------------------------------------------------------------------------

START = at(5, -3)
ONE_STEP = Run("Newton's method", LINE, "rss", PARAMETERS, START, 1, newton, NEWTON_2D)


def _normal(place: int) -> Any:
    def rule(q: Any) -> Any:
        return fitted(rows(q), column(q, "y"))[place]

    return noted(f"entry {place + 1} of (XᵀX)⁻¹Xᵀy", rule)


def _newton_parameter(place: int) -> Any:
    # θ − (2XᵀX)⁻¹ 2Xᵀ(Xθ − y)
    def rule(q: Any) -> Any:
        columns = list(zip(*rows(q), strict=True))
        gram = [[2 * inner(a, b) for b in columns] for a in columns]
        slopes = [2 * inner(c, [missed(q, i) for i in I3]) for c in columns]
        return (q.θ0, q.θ1)[place] - solve(gram, slopes)[place]

    return rule


SOLVED = Model(
    inputs=LINE.inputs,
    definitions={
        "n0": _newton_parameter(0),
        "n1": _newton_parameter(1),
        "X": lambda q: total(column(q, "x")) / 3,
        "Y": lambda q: total(column(q, "y")) / 3,
        "S": lambda q: total([(x - q.X) ** 2 for x in column(q, "x")]),
    },
    symbols={
        **LINE.symbols,
        "n0": renewed("θ0"),
        "n1": renewed("θ1"),
        "X": "x̄",
        "Y": "ȳ",
        "S": "Σ(x − x̄)²",
    },
    ranges={"x1": (0.0, 1.0), "x2": (1.5, 2.5), "x3": (3.0, 4.0)},
)


def _regression_slope(q: Any) -> Any:
    pairs = zip(column(q, "x"), column(q, "y"), strict=True)
    return total([(x - q.X) * (y - q.Y) for x, y in pairs]) / q.S


NORMAL = Article(
    id="newton-regression",
    title="The regression line in one step",
    catalogue_ids=("S47",),
    source=SLIDES + "L687–L699",
    summary=(
        "The error of a line is quadratic, so Newton's bowl is the error itself. From "
        "anywhere one step arrives at (XᵀX)⁻¹Xᵀy. (The calculus notes do the same for "
        "these points with m and b.)"
    ),
    parts=(
        Part(
            "The start cancels",
            "The new θ does not depend on the old one: the normal equations, and for a "
            "line the means and the spread of the data.",
            (
                Claim(
                    SOLVED,
                    "n1",
                    (),
                    (_normal(1), _regression_slope),
                    "S47, L692–L699",
                    (START,),
                ),
                Claim(
                    SOLVED,
                    "n0",
                    (),
                    (_normal(0), lambda q: q.Y - _regression_slope(q) * q.X),
                    "S47, L692–L699",
                    (START,),
                ),
                *claims(
                    SOLVED, "n1", "S47", (START,), {"y3": lambda q: (q.x3 - q.X) / q.S}
                ),
            ),
            SOLVED,
            ("X", "Y", "S"),
        ),
        Part(
            "From (5, −3)",
            "One step to (7/3, 1/2).",
            runs=(ONE_STEP,),
        ),
    ),
    record=LINE.drawn("rss", START, *PARAMETERS),
)

ARTICLES = (BOWL_FIT, NORMAL)
