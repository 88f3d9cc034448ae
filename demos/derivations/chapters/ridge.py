"""S22 to S24: a small number on the diagonal, and what it does to the parameters."""

from collections.abc import Mapping
from typing import Any

from autograd_core import sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import At, Readings, Run, derivative_at, eigenvalues, value_at
from .descent_rules import NEWTON_2D, gradient_descent, newton
from .least_squares import XS, YS, fitted, gram, line, residual_sum
from .networks import total
from .regression import SLIDES
from .shorthand import claims, noted, values

__all__ = [
    "AXES",
    "AXES_AT",
    "CHAPTER",
    "CONDITION",
    "CONSTRAINT_RUN",
    "COST",
    "COST_AT",
    "PATH",
    "PATH_AT",
    "RIDGE_RUN",
    "SLOPE_ONLY",
    "STEPS",
]

# -- S22: the condition number ---------------------------------------------------------

CLOSE = ("1", "1.01", "0.99")


def _close_gram(q: Any) -> Any:
    matrix = gram([[1, q.exact(x)] for x in CLOSE])
    return [[matrix[0][0] + q.c, matrix[0][1]], [matrix[1][0], matrix[1][1] + q.c]]


CONDITION = Model(
    inputs=("c",),
    definitions={
        "matrix": noted("XᵀX + c·I", _close_gram),
        "low": noted("the smaller eigenvalue", lambda q: eigenvalues(q.matrix)[0]),
        "high": noted("the larger eigenvalue", lambda q: eigenvalues(q.matrix)[1]),
        "cond": lambda q: q.high / q.low,
        "corner": lambda q: 3 + q.c,
    },
    symbols={
        "matrix": "A",
        "low": "λ1",
        "high": "λ2",
        "cond": "condition",
        "corner": "A11",
    },
    ranges={"c": (0.05, 2.0)},
)
AS_IT_IS, HELPED = Point("c = 0", {"c": 0.0}), Point("c = 0.1", {"c": 0.1})
WITH_DELTA = Model(
    inputs=("δ",),
    definitions={"corner": lambda q: 3 + q.δ**2},
    symbols={"corner": "A11"},
)
DELTA_AT = Point("δ = 0.5", {"δ": 0.5})


def _root_of_discriminant(q: Any) -> Any:
    # Both eigenvalues grow by c, so the distance between them stays.
    trace, product = 6 + q.exact("0.0002"), 3 * (3 + q.exact("0.0002")) - 9
    return sqrt(trace**2 - 4 * product)


CONDITIONING = Article(
    id="least-squares-conditioning",
    title="Inputs that hardly differ",
    catalogue_ids=("S22",),
    source=f"{SLIDES}, lines L359–L368",
    summary=(
        "With inputs 1, 1.01 and 0.99 the two columns of X are nearly the same, and "
        "XᵀX is nearly singular: a small change of the answers changes θ a lot. The "
        "condition number, the ratio of the eigenvalues, says how much."
    ),
    parts=(
        Part(
            "A constant on the diagonal",
            "It is added to both eigenvalues. To the large one that is nothing, to the "
            "small one it is everything.",
            (
                claims(
                    CONDITION,
                    "high",
                    "S22, L368",
                    (HELPED,),
                    {
                        "": lambda q: (
                            (6 + q.exact("0.0002") + _root_of_discriminant(q)) / 2 + q.c
                        ),
                        "c": lambda q: 1,
                    },
                )
                + claims(
                    CONDITION,
                    "cond",
                    "S22",
                    (HELPED,),
                    {"c": lambda q: (q.low - q.high) / q.low**2},
                )
            ),
            CONDITION,
            ("matrix", "low", "high", "cond"),
            readings=(
                Readings("Without it", value_at(CONDITION, "low high cond", AS_IT_IS)),
                Readings("With 0.1", value_at(CONDITION, "low high cond", HELPED)),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S22, L368–L372",
            "The text adds δ to the diagonal, the formula δ². From here on it is δ².",
            claims(WITH_DELTA, "corner", "L368", (DELTA_AT,), {"": lambda q: 3 + q.δ})[
                0
            ],
            claims(
                WITH_DELTA, "corner", "L372", (DELTA_AT,), {"": lambda q: 3 + q.δ**2}
            )[0],
        ),
    ),
    record=CONDITION.drawn("cond", HELPED),
    kind="definition",
)

# -- S23: ridge regression -------------------------------------------------------------

COST = Model(
    inputs=("a", "b", "c"),
    definitions={
        "RSS": lambda q: residual_sum(line(XS), YS, (q.a, q.b)),
        "J": lambda q: q.RSS + q.c * (q.a**2 + q.b**2),
    },
    symbols={"a": "θ0", "b": "θ1", "c": "δ²"},
    ranges={"c": (0.1, 3.0)},
)
COST_AT = Point("θ = (1, 0.2), δ² = 0.5", {"a": 1.0, "b": 0.2, "c": 0.5})
RIDGE_RUN = Run("Newton's method", COST, "J", ("a", "b"), COST_AT, 1, newton, NEWTON_2D)
PATH = Model(
    inputs=("c",),
    definitions={
        "theta": noted("(XᵀX + δ²·I)⁻¹Xᵀy", lambda q: fitted(line(XS), YS, (q.c, q.c))),
        "t0": lambda q: q.theta[0],
        "t1": lambda q: q.theta[1],
        "size": noted("θ₀² + θ₁²", lambda q: total([t**2 for t in q.theta])),
        "RSS": noted(
            "(y − Xθ)ᵀ(y − Xθ)", lambda q: residual_sum(line(XS), YS, q.theta)
        ),
        "over": lambda q: q.size - 1,
    },
    symbols={
        "c": "δ²",
        "theta": "θ(ridge)",
        "t0": "θ0",
        "t1": "θ1",
        "size": "θᵀθ",
        "over": "θᵀθ − 1",
    },
    ranges={"c": (0.1, 3.0)},
)
PATH_AT = Point("δ² = 0.5", {"c": 0.5})
SLOPE_ONLY = Model(
    inputs=("c",),
    definitions={
        "theta": noted("(XᵀX + P)⁻¹Xᵀy", lambda q: fitted(line(XS), YS, (0, q.c))),
        "t0": lambda q: q.theta[0],
        "t1": lambda q: q.theta[1],
    },
    symbols={"c": "δ²", "theta": "θ", "t0": "θ0", "t1": "θ1"},
    ranges={"c": (0.1, 3.0)},
)


def _root_step(at: At) -> list[Any]:
    (c,), (slope,) = at.x, at.gradient
    return [c - at.f / slope]


CONSTRAINT_RUN = Run(
    "Newton's method for θᵀθ = 1, in δ²", PATH, "over", ("c",), PATH_AT, 6, _root_step
)

# What a step with the penalty does: it shrinks, then it descends on RSS alone.
STEPS = Model(
    inputs=("a", "g", "c", "η"),
    definitions={
        "plain": lambda q: q.a - q.η * (q.g + 2 * q.c * q.a),
        "adagrad": lambda q: (
            q.a - q.η * (q.g + 2 * q.c * q.a) / sqrt((q.g + 2 * q.c * q.a) ** 2)
        ),
        "decayed": lambda q: (1 - 2 * q.η * q.c) * q.a - q.η * q.g / sqrt(q.g**2),
    },
    symbols={
        "a": "θ",
        "g": "∇RSS",
        "c": "δ²",
        "plain": "step",
        "adagrad": "first step of Adagrad",
        "decayed": "first step with decay",
    },
    ranges={"c": (0.1, 1.0), "g": (1.0, 3.0), "a": (0.5, 2.0), "η": (0.01, 0.2)},
)
STEPS_AT = Point(
    "θ = 1, ∇RSS = 2, δ² = 0.5, η = 0.1", {"a": 1.0, "g": 2.0, "c": 0.5, "η": 0.1}
)


def _cost(forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(COST, "J", "S23, L388", (COST_AT,), forms)


def _path(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(PATH, target, "S23, L388", (PATH_AT,), forms)


def _determinant(q: Any) -> Any:
    return (3 + q.c) * (14 + q.c) - 36


RIDGE = Article(
    id="ridge-regression",
    title="Ridge regression",
    catalogue_ids=("S23",),
    source=f"{SLIDES}, lines L370–L388",
    summary=(
        "To the sum of squares one adds δ² times the squares of the parameters. The "
        "gradient is then 2(XᵀX + δ²I)θ − 2Xᵀy, and there is a solution for every X. "
        "The example is the line through three points again."
    ),
    parts=(
        Part(
            "The cost",
            "The Hessian is 2(XᵀX + δ²I). One step of Newton's method arrives.",
            _cost(
                {
                    "a": lambda q: 2 * ((3 + q.c) * q.a + 6 * q.b) - 20,
                    "b": lambda q: 2 * (6 * q.a + (14 + q.c) * q.b) - 42,
                    "a a": lambda q: 2 * (3 + q.c),
                    "a b": lambda q: 12,
                    "b b": lambda q: 2 * (14 + q.c),
                }
            ),
            COST,
            ("RSS", "J"),
            runs=(RIDGE_RUN,),
        ),
        Part(
            "The solution as a function of δ²",
            "For δ² = 0.5 it is 76/59 and 54/59. The equations may be solved with δ² "
            "as a Value: so one knows how fast θ shrinks.",
            (
                _path(
                    "t0",
                    {"": lambda q: (10 * (14 + q.c) - 126) / _determinant(q)},
                )
                + _path("t1", {"": lambda q: (21 * (3 + q.c) - 60) / _determinant(q)})
            ),
            PATH,
            ("theta",),
            readings=(
                Readings(
                    "For δ² = 0.5",
                    (
                        *value_at(PATH, "t0 t1 size RSS", PATH_AT),
                        derivative_at(PATH, "size", "c", PATH_AT),
                        derivative_at(PATH, "RSS", "c", PATH_AT),
                    ),
                ),
            ),
        ),
        Part(
            "The same with a constraint, if t is right",
            "Ridge also minimises RSS among all θ with θᵀθ ≤ t. The slide calls t an "
            "arbitrary function. It is not: t(δ) must be θᵀθ of the ridge solution, "
            "2.497 for δ² = 0.5. With t = 1 the solution is another, the one with the "
            "δ² that is found here.",
            runs=(CONSTRAINT_RUN,),
            readings=(
                Readings("What t must be", value_at(PATH, "size over", PATH_AT)),
            ),
        ),
        Part(
            "Is the intercept penalised?",
            "As printed, yes: I has a 1 for θ₀ too. A later slide penalises θ₁ alone, "
            "and gets 38/15 and 2/5 for the same δ².",
            (
                claims(
                    SLOPE_ONLY,
                    "t1",
                    "S23",
                    (PATH_AT,),
                    {"": lambda q: 3 / (3 * (14 + q.c) - 36)},
                )
            ),
            SLOPE_ONLY,
            ("theta",),
            readings=(
                Readings("For δ² = 0.5", value_at(SLOPE_ONLY, "t0 t1", PATH_AT)),
            ),
        ),
        Part(
            "Weight decay",
            "A step of gradient descent first shrinks θ by 1 − 2ηδ² and then descends "
            "on RSS. That is so for plain gradient descent only: Adagrad divides the "
            "penalty's gradient by its size as well, and in its first step nothing of "
            "it is left.",
            claims(
                STEPS,
                "plain",
                "S23, L385",
                (STEPS_AT,),
                {"": lambda q: (1 - 2 * q.η * q.c) * q.a - q.η * q.g},
            ),
            STEPS,
            ("plain", "adagrad", "decayed"),
            readings=(
                Readings(
                    STEPS_AT.label, value_at(STEPS, "plain adagrad decayed", STEPS_AT)
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S23, L384",
            "t is no arbitrary function. With t = 1 the constraint would say that θᵀθ "
            "of the ridge solution is 1, for every δ².",
            _path("size", {"": lambda q: q.exact("1")})[0],
            _path(
                "size",
                {
                    "": lambda q: (
                        ((10 * (14 + q.c) - 126) ** 2 + (21 * (3 + q.c) - 60) ** 2)
                        / _determinant(q) ** 2
                    )
                },
            )[0],
        ),
    ),
    remarks=(
        Remark(
            "S23, L378",
            "As printed the intercept θ₀ is shrunk, too. L625 leaves it out, which "
            "has another solution.",
        ),
        Remark(
            "S23, L385",
            "Weight decay and this penalty are the same for plain gradient descent, "
            "but not for Adagrad or Adam.",
        ),
    ),
    record=COST.drawn("J", COST_AT),
)

# -- S24: the circle -------------------------------------------------------------------

AXES = Model(
    inputs=("y1", "y2", "c"),
    definitions={
        "theta": noted(
            "(I + δ²·I)⁻¹y",
            lambda q: fitted([[1, 0], [0, 1]], (q.y1, q.y2), (q.c, q.c)),
        ),
        "t1": lambda q: q.theta[0],
        "t2": lambda q: q.theta[1],
        "slope1": lambda q: 2 * (q.t1 - q.y1),
        "slope2": lambda q: 2 * (q.t2 - q.y2),
    },
    symbols={
        "c": "δ²",
        "theta": "θ(ridge)",
        "t1": "θ1",
        "t2": "θ2",
        "slope1": "(∇RSS)1",
        "slope2": "(∇RSS)2",
    },
    ranges={"c": (0.1, 3.0), "y1": (1.0, 3.0), "y2": (0.2, 2.0)},
)
AXES_AT = Point("y = (3, 0.4), δ² = 1", {"y1": 3.0, "y2": 0.4, "c": 1.0})
STRONGER = tuple(
    Point(f"δ² = {c:g}", {**AXES_AT.values, "c": c}) for c in (1.0, 10.0, 1000.0)
)


def _axes(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(AXES, target, "S24, L396", (AXES_AT,), forms)


def _ridge_at(c: float) -> tuple[float, float]:
    found = PATH.run({"c": c})
    return float(found.t0), float(found.t1)


def _circle_figure() -> str:
    from math import cos, pi, sin

    theta = _ridge_at(0.5)
    radius = (theta[0] ** 2 + theta[1] ** 2) ** 0.5
    turn = [2 * pi * k / 120 for k in range(121)]

    def rss(a: float, b: float) -> float:
        return float(COST.run({"a": a, "b": b, "c": 0.0}).RSS)

    descent = Run("", COST, "J", ("a", "b"), COST_AT, 200, gradient_descent(0.02))
    rows = descent.iterates(engine_source())
    return plots.contour(
        rss,
        (-2.0, 3.6),
        (-1.8, 2.4),
        title="The circle of the constraint touches a line of equal sum of squares",
        paths={
            "θᵀθ = t(δ), δ² = 0.5": [(radius * cos(s), radius * sin(s)) for s in turn],
            "θ(ridge) for δ² from 0 to 100": [
                _ridge_at(0.001 * 1.25**k - 0.001) for k in range(52)
            ],
            "gradient descent on J": [(r.x[0], r.x[1]) for r in rows],
        },
        marks={"ridge": theta, "least squares": (7 / 3, 0.5)},
        levels=[4.3, float(PATH.run({"c": 0.5}).RSS), 6, 10, 20, 40, 80],
        names=("θ₀", "θ₁"),
    )


CIRCLE = Article(
    id="ridge-circle",
    title="The circle",
    catalogue_ids=("S24",),
    source=f"{SLIDES}, lines L390–L397",
    summary=(
        "The θ with the same penalty lie on a circle around 0. At the ridge solution "
        "the circle touches a line of equal sum of squares: there the two gradients "
        "are parallel and point opposite ways."
    ),
    parts=(
        Part(
            "Parallel gradients",
            "For X = I the solution is y/(1 + δ²). There ∇RSS is −2δ²θ.",
            (
                _axes(
                    "t1",
                    {"": lambda q: q.y1 / (1 + q.c), "y1": lambda q: 1 / (1 + q.c)},
                )
                + _axes("t2", {"": lambda q: q.y2 / (1 + q.c)})
                + _axes("slope1", {"": lambda q: -2 * q.c * q.t1})
                + _axes("slope2", {"": lambda q: -2 * q.c * q.t2})
            ),
            AXES,
            ("theta", "slope1", "slope2"),
            readings=(
                Readings(
                    "For y = (3, 0.4), δ² = 1",
                    value_at(AXES, "t1 t2 slope1 slope2", AXES_AT),
                ),
            ),
            figures=(
                Figure(
                    "The line through three points, with circle, ridge solution and "
                    "the path of solutions from least squares to 0.",
                    _circle_figure,
                ),
            ),
        ),
        Part(
            "Nothing is removed",
            "Ridge makes all parameters smaller by the same factor here. None becomes "
            "0, however large δ² is.",
            readings=(Readings("θ₂ for larger δ²", values(AXES, "t2", STRONGER)),),
        ),
    ),
    misprints=(
        Misprint(
            "S24, L397",
            "Ridge does not remove irrelevant axes, it only shrinks them. Removing is "
            "what the lasso does.",
            _axes("t2", {"": lambda q: q.exact("0")})[0],
            _axes("t2", {"": lambda q: q.y2 / (1 + q.c)})[0],
        ),
    ),
    record=AXES.drawn("t2", AXES_AT),
)

CHAPTER = Chapter(
    "ridge",
    "Ridge regression",
    "A penalty on large parameters makes the equations solvable and the solution "
    "steadier; the price is a larger sum of squares.",
    (CONDITIONING, RIDGE, CIRCLE),
)
