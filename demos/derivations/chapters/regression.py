"""S1 to S3: learning from examples, and what a line misses."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, value_at
from .descent_rules import gradient_descent
from .least_squares import POINTS, XS, YS, fitted, gram, line, predicted, residual_sum
from .networks import total
from .shorthand import claims, noted

__all__ = [
    "AT",
    "BEST",
    "CHAPTER",
    "LEARNER",
    "LEARNER_AT",
    "LINE",
    "PARAMETERS",
    "PLANE",
    "PLANE_AT",
    "SLIDES",
    "ZERO",
]

Rule = Callable[[Any], Any]

SLIDES = "the slides on the multi-layer perceptron"

# -- S1: learner and prediction --------------------------------------------------------

LEARNER = Model(
    inputs=("y1", "y2", "y3", "x"),
    definitions={
        "theta": noted("(XᵀX)⁻¹Xᵀy", lambda q: fitted(line(XS), (q.y1, q.y2, q.y3))),
        "t0": lambda q: q.theta[0],
        "t1": lambda q: q.theta[1],
        "yhat": lambda q: q.t0 + q.t1 * q.x,
    },
    symbols={
        "theta": "θ",
        "t0": "θ0",
        "t1": "θ1",
        "yhat": "ŷ",
    },
)
LEARNER_AT = Point(
    "y = (2, 5, 3), x = 4",
    {**{f"y{i}": float(y) for i, y in enumerate(YS, 1)}, "x": 4.0},
)


def _mean(q: Any) -> Any:
    return (q.y1 + q.y2 + q.y3) / 3


def _learned(target: str, forms: Mapping[str, Rule]) -> tuple[Claim, ...]:
    return claims(LEARNER, target, "S1", (LEARNER_AT,), forms)


def _entries(*y: int) -> Reading:
    return Reading(str(y), lambda source: total([source.number(c) for c in y]))


def _learner_figure() -> str:
    found = LEARNER.run(LEARNER_AT.values)
    return plots.fit(
        POINTS,
        {"the learned line": lambda x: float(found.t0 + found.t1 * x)},
        (0.5, 4.5),
        title="Three examples, the line learned from them, and what it predicts",
    )


SUPERVISED = Article(
    id="supervised-learning",
    title="Learning from examples",
    catalogue_ids=("S1",),
    source=f"{SLIDES}, lines L71–L99",
    summary=(
        "Given are m examples: inputs x with the answers y. A learner turns them into "
        "parameters θ; a prediction turns θ and a new input into an answer ŷ. Here the "
        "model is a line, the inputs are 1, 2, 3, and both steps are one graph: so one "
        "can ask what each example has to say about a prediction."
    ),
    parts=(
        Part(
            "What the answers may be",
            "The slide is called classification; regression is on it, too.",
            items=(
                "Regression: y is a real number.",
                "Two classes: y is 0 or 1.",
                (
                    "C classes: y is a list of C numbers that are 0 or 1 and add up to "
                    "1. The notes leave the sum out; (1, 1, 0) is no class."
                ),
            ),
            readings=(
                Readings(
                    "The sum of the entries",
                    (_entries(0, 1, 0), _entries(1, 1, 0)),
                ),
            ),
        ),
        Part(
            "The learner",
            "How its formula is found is told in the article on the normal equation.",
            (
                _learned("t0", {"": lambda q: (4 * q.y1 + q.y2 - 2 * q.y3) / 3})
                + _learned("t1", {"": lambda q: (q.y3 - q.y1) / 2})
            ),
            LEARNER,
            ("theta", "yhat"),
        ),
        Part(
            "What each example says about the prediction",
            "The prediction is a weighted sum of the answers. The weights are the "
            "gradient that has come back through the solution of the equations. They "
            "add up to 1; far from the examples some are negative.",
            _learned(
                "yhat",
                {
                    "": lambda q: _mean(q) + (q.x - 2) * (q.y3 - q.y1) / 2,
                    "y1": lambda q: q.exact("1/3") - (q.x - 2) / 2,
                    "y2": lambda q: q.exact("1/3"),
                    "y3": lambda q: q.exact("1/3") + (q.x - 2) / 2,
                },
            ),
            readings=(
                Readings(
                    "From the points (1, 2), (2, 5), (3, 3) to x = 4",
                    value_at(LEARNER, "t0 t1 yhat", LEARNER_AT),
                ),
            ),
            figures=(
                Figure(
                    "The examples and the line. At x = 4 it says 13/3.", _learner_figure
                ),
            ),
        ),
    ),
    record=LEARNER.drawn("yhat", LEARNER_AT),
    kind="definition",
    remarks=(
        Remark(
            "S1, L77–L88",
            "The title says classification, but regression is in the list. Of the C "
            "zeros and ones of a class exactly one must be 1.",
        ),
    ),
)

# -- S2: a line ------------------------------------------------------------------------

LINE = Model(
    inputs=("a", "b"),
    definitions={
        "J": lambda q: residual_sum(line(XS), YS, (q.a, q.b)),
        "mse": lambda q: q.J / 3,
    },
    symbols={"a": "θ0", "b": "θ1", "mse": "MSE"},
)
AT = Point("θ = (1, 0.2)", {"a": 1.0, "b": 0.2})
BEST = Point("θ = (7/3, 1/2)", {"a": 7 / 3, "b": 0.5})
ZERO = Point("θ = (0, 0)", {"a": 0.0, "b": 0.0})


RATE = 0.1
RATE_RUNS = tuple(
    Run(
        f"Gradient descent on {name} with α = {RATE:g}",
        LINE,
        target,
        ("a", "b"),
        ZERO,
        6,
        gradient_descent(RATE),
    )
    for name, target in (("J", "J"), ("the MSE", "mse"))
)


def _bowl_figure() -> str:
    def cost(a: float, b: float) -> float:
        return float(engine(LINE.function("J"), [a, b], ()))

    rows = Run("", LINE, "mse", ("a", "b"), ZERO, 60, gradient_descent(RATE)).iterates(
        engine_source()
    )
    return plots.contour(
        cost,
        (-0.5, 4.0),
        (-0.7, 2.2),
        title="Lines of equal J over the parameters, with a gradient descent",
        paths={"descent on the MSE, α = 0.1": [(r.x[0], r.x[1]) for r in rows]},
        marks={"minimum": (7 / 3, 0.5)},
        levels=[4.5, 6, 10, 20, 40, 80],
        names=("θ₀", "θ₁"),
    )


ONE_DIMENSION = Article(
    id="linear-regression-line",
    title="A line, and what it misses",
    catalogue_ids=("S2",),
    source=f"{SLIDES}, lines L101–L114",
    summary=(
        "The model is ŷ = θ₀ + θ₁·x, the cost J adds up the squares of what it misses, "
        "here for the points (1, 2), (2, 5), (3, 3). It is the cost E(m, b) of N41 "
        "under other names."
    ),
    parts=(
        Part(
            "The cost and its slopes",
            "A polynomial of the second degree in θ: linear slopes, constant bends.",
            claims(
                LINE,
                "J",
                "S2, L114",
                (AT, BEST),
                {
                    "a": lambda q: -20 + 6 * q.a + 12 * q.b,
                    "b": lambda q: -42 + 12 * q.a + 28 * q.b,
                    "a a": lambda q: 6,
                    "a b": lambda q: 12,
                    "b b": lambda q: 28,
                },
            ),
            LINE,
            ("J", "mse"),
        ),
        Part(
            "A sum is not a mean",
            "J and the MSE have the same minimum, but the slopes of J are m = 3 times "
            "as large. So are its bends, and a step may be at most 2 divided by the "
            "largest bend: α = 0.1 is too long a step for J, and a good one for the "
            "MSE.",
            readings=(Readings("At θ = (1, 0.2)", value_at(LINE, "J mse", AT)),),
            runs=RATE_RUNS,
            figures=(
                Figure("The cost is a long bowl; the same one for both.", _bowl_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S2, L112–L114",
            "What is called Mean Square Error has no 1/m: it is the sum of the "
            "squares, not their mean.",
            Claim(LINE, "mse", (), (lambda q: q.J,), "L114", (AT,)),
            Claim(LINE, "mse", (), (lambda q: q.J / 3,), "L114", (AT,)),
            ("J",),
        ),
    ),
    record=LINE.drawn("J", AT),
    kind="definition",
)

# -- S3: several inputs ----------------------------------------------------------------

PLANE_X = (("1", "0.5", "-1"), ("1", "2", "0.3"), ("1", "-1.5", "0.8"), ("1", "1", "1"))
PLANE_Y = ("1.2", "-0.4", "2.1", "0.7")
_XF = [[Fraction(x) for x in row] for row in PLANE_X]
_YF = [Fraction(y) for y in PLANE_Y]
GRAM = gram(_XF)
MOMENT = [predicted(column, _YF) for column in zip(*_XF, strict=True)]
PARAMETERS = ("t0", "t1", "t2")


def _theta(q: Any) -> list[Any]:
    return [getattr(q, t) for t in PARAMETERS]


def _rows(q: Any) -> tuple[list[list[Any]], list[Any]]:
    return [[q.exact(x) for x in row] for row in PLANE_X], [q.exact(y) for y in PLANE_Y]


def _prediction(i: int) -> Any:
    return lambda q: predicted([q.exact(x) for x in PLANE_X[i]], _theta(q))


def _times_gram(q: Any, i: int) -> Any:
    return predicted([q.exact(str(float(g))) for g in GRAM[i]], _theta(q))


def _quadratic_form(q: Any) -> Any:
    square = q.exact(str(float(predicted(_YF, _YF))))
    moment = [q.exact(str(float(c))) for c in MOMENT]
    around = total([t * _times_gram(q, i) for i, t in enumerate(_theta(q))])
    return square - 2 * predicted(moment, _theta(q)) + around


def _same_input(q: Any) -> Any:
    rows, targets = _rows(q)
    return residual_sum([rows[0]] * 4, targets, _theta(q))


PLANE = Model(
    inputs=PARAMETERS,
    definitions={
        **{f"yhat{i + 1}": _prediction(i) for i in range(4)},
        "J": lambda q: residual_sum(*_rows(q), _theta(q)),
    },
    symbols={**{f"yhat{i}": f"ŷ{i}" for i in (1, 2, 3, 4)}}
    | {t: f"θ{t[1]}" for t in PARAMETERS},
)
PLANE_AT = Point("θ = (0.2, −0.3, 0.5)", {"t0": 0.2, "t1": -0.3, "t2": 0.5})


def _plane_slope(i: int) -> Any:
    return lambda q: -2 * q.exact(str(float(MOMENT[i]))) + 2 * _times_gram(q, i)


def _plane_bend(i: int, j: int) -> Any:
    return lambda q: q.exact(str(float(2 * GRAM[i][j])))


SEVERAL = Article(
    id="linear-regression-matrix",
    title="Several inputs, one matrix",
    catalogue_ids=("S3",),
    source=f"{SLIDES}, lines L118–L139",
    summary=(
        "With x₀ = 1 every prediction is a row of X times θ, and J is a quadratic "
        "form. The example has four samples and two inputs; the catalogue's numbers."
    ),
    parts=(
        Part(
            "Predictions",
            "One row per sample. Its first entry is the 1 that θ₀ belongs to.",
            model=PLANE,
            defines=tuple(f"yhat{i}" for i in (1, 2, 3, 4)),
            readings=(
                Readings(
                    "At θ = (0.2, −0.3, 0.5)",
                    value_at(PLANE, "yhat1 yhat2 yhat3 yhat4 J", PLANE_AT),
                ),
            ),
        ),
        Part(
            "The sum is a quadratic form",
            "(y − Xθ)ᵀ(y − Xθ) = yᵀy − 2yᵀXθ + θᵀXᵀXθ. Only yᵀy, Xᵀy and XᵀX enter, "
            "whose size does not grow with the number of samples.",
            claims(
                PLANE,
                "J",
                "S3, L139",
                (PLANE_AT,),
                {"": _quadratic_form}
                | {t: _plane_slope(i) for i, t in enumerate(PARAMETERS)}
                | {
                    f"{PARAMETERS[i]} {PARAMETERS[j]}": _plane_bend(i, j)
                    for i in range(3)
                    for j in range(i, 3)
                },
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S3, L139",
            "The sum is printed with x that does not depend on the sample, and as a "
            "column, while the other slides have rows x⁽ⁱ⁾. Taken at its word, with "
            "the first sample's x for all, it is another number.",
            Claim(PLANE, "J", (), (_same_input,), "L139", (PLANE_AT,)),
            Claim(PLANE, "J", (), (_quadratic_form,), "L139", (PLANE_AT,)),
        ),
    ),
    record=PLANE.drawn("yhat1", PLANE_AT),
    kind="definition",
)

CHAPTER = Chapter(
    "regression",
    "Linear regression",
    "A model that is linear in its parameters, fitted to examples: what it predicts, "
    "and the cost of what it misses.",
    (SUPERVISED, ONE_DIMENSION, SEVERAL),
)
