"""S43 to S45: how long a step downhill may be, and what decides it."""

from dataclasses import replace
from typing import Any

from autograd_core.numbers.text import equation, symbol
from visualize import plots

from ..article import Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, Source, derivative_at, eigenvalues
from .descent_rules import DESCENT, gradient_descent
from .line import I3, LINE, PARAMETERS, at, each, missed
from .pictures import height, heights, track
from .quadratic_model import ARTICLES as QUADRATIC_MODEL
from .second_order import ARTICLES as SECOND_ORDER
from .shorthand import claims
from .taylor import SQUARES, THETAS
from .valley_steps import ARTICLE as CROSSING

__all__ = ["BOWL_RUNS", "CHAPTER", "LIMIT", "LINE_RUN", "LOOP", "LOOP_RUNS"]

SLIDES = "the slides on the multi-layer perceptron, lines "

# -- S43 -------------------------------------------------------------------------------

K, NEXT, ETA = symbol("θ\u2096"), symbol("θ\u2096\u208a\u2081"), symbol("η")
BOWL_START = Point("(1, −2)", {"θ1": 1.0, "θ2": -2.0})


def _bowl(rate: float, steps: int) -> Run:
    return Run(
        f"f = θ₁² + θ₂², η = {rate:g}",
        SQUARES,
        "f",
        THETAS,
        BOWL_START,
        steps,
        gradient_descent(rate),
    )


BOWL_RUNS = {rate: _bowl(rate, 5) for rate in (0.1, 0.6, 1.1)}
AFTER_THREE = Model(
    inputs=("θ1", "η"),
    definitions={
        "a": lambda q: q.θ1 - q.η * (2 * q.θ1),
        "b": lambda q: q.a - q.η * (2 * q.a),
        "c": lambda q: q.b - q.η * (2 * q.b),
    },
    symbols={"a": "θ′", "b": "θ″", "c": "θ‴", "θ1": "θ"},
)
TENTH = Point("θ1 = 1, η = 0.1", {"θ1": 1.0, "η": 0.1})


def _spread(i: int) -> tuple[Reading, ...]:
    point = at(0.5, 0.5)
    return tuple(derivative_at(LINE, f"l{i}", name, point) for name in PARAMETERS)


STEEPEST = Article(
    id="steepest-descent",
    title="Steepest descent",
    catalogue_ids=("S43",),
    source=SLIDES + "L635–L646",
    summary=(
        "Go against the gradient, by the learning rate times its length. The gradient "
        "is that of the whole cost."
    ),
    parts=(
        Part(
            "Three steps on a bowl",
            "On f = θ₁² + θ₂² every step multiplies both coordinates by 1 − 2η. Three "
            "steps of one coordinate, each with one prime more:",
            claims(
                AFTER_THREE,
                "c",
                "S43, L641",
                (TENTH,),
                {
                    "": lambda q: (1 - 2 * q.η) ** 3 * q.θ1,
                    "η": lambda q: -6 * (1 - 2 * q.η) ** 2 * q.θ1,
                },
            ),
            AFTER_THREE,
            ("a", "b", "c"),
            runs=(
                Run(
                    "Steepest descent, η = 0.1",
                    SQUARES,
                    "f",
                    THETAS,
                    BOWL_START,
                    3,
                    gradient_descent(0.1),
                    DESCENT,
                ),
            ),
        ),
        Part(
            "What the S stands for",
            "The slides call this “Steepest/Stochastic Gradient Descent (SGD)”. The S "
            "of SGD is stochastic: one goes against the gradient of a sample drawn at "
            "random. That is another direction, as the samples of the regression line "
            "show; only their mean is the steepest.",
            readings=(
                Readings(
                    "At θ = (0.5, 0.5), data (1, 2), (2, 5), (3, 3)",
                    tuple(row for i in I3 for row in _spread(i)),
                ),
            ),
        ),
    ),
    record=AFTER_THREE.drawn("c", TENTH),
    kind="algorithm",
    remarks=(
        Remark(
            "S43, L635–L639",
            "The S of SGD is for stochastic: a gradient from a part of the data. With "
            "the whole gradient the method is steepest descent.",
        ),
    ),
)

# -- S44 -------------------------------------------------------------------------------

LINE_STEP = (
    equation(
        NEXT,
        K - ETA * (2 * symbol("Xᵀ") * (symbol("X") * K - symbol("y"))),
    ),
)


# Only what the runs need; `LINE` computes more at every step.
ERROR = replace(LINE, definitions={"rss": each(lambda q, i: missed(q, i) ** 2)})


def _line(rate: float, steps: int) -> Run:
    return Run(
        f"η = {rate:g}",
        ERROR,
        "rss",
        PARAMETERS,
        at(0, 0),
        steps,
        gradient_descent(rate),
        LINE_STEP if rate == 0.01 else (),
    )


LINE_RUN = _line(0.01, 3)


def _largest(source: Source) -> Any:
    matrix = source.hessian(LINE, "rss", PARAMETERS, at(0, 0).values)
    return eigenvalues(matrix)[1]


LIMIT = Readings(
    "From the Hessian 2XᵀX",
    (
        Reading("its larger eigenvalue λ", _largest),
        Reading("2/λ, the limit of η", lambda source: 2 / _largest(source)),
    ),
)


def _line_figure() -> str:
    runs = [_line(rate, 25) for rate in (0.01, 0.06, 0.0602)]
    return plots.losses(
        {run.caption: heights(run) for run in runs},
        title="The error of the line after each step, for three learning rates",
        names=("step", "f"),
    )


LINEAR = Article(
    id="descent-of-a-line",
    title="Descent to the regression line",
    catalogue_ids=("S44",),
    source=SLIDES + "L648–L654",
    summary=(
        "The step with the gradient 2Xᵀ(Xθ − y). The slides head it “SGD for Linear "
        "Regression”; it looks at all samples, so it is batch gradient descent."
    ),
    parts=(
        Part(
            "The steps",
            "From θ = (0, 0). The minimum is at (7/3, 1/2).",
            runs=(LINE_RUN,),
        ),
        Part(
            "The limit of the learning rate",
            "In the direction of the largest curvature λ a step multiplies the "
            "distance to the minimum by 1 − ηλ. It shrinks if η is below 2/λ; with "
            "0.06 it just does, with 0.0602 no more.",
            readings=(LIMIT,),
            figures=(Figure("Below the limit, near it, and above it.", _line_figure),),
        ),
    ),
    record=LINE.drawn("rss", at(0, 0), *PARAMETERS),
    kind="algorithm",
    remarks=(
        Remark(
            "S44, L652",
            "Each step uses all samples, so this is batch gradient descent and not "
            "SGD.",
        ),
    ),
)

# -- S45 -------------------------------------------------------------------------------

LOOP = Model(
    inputs=("a", "b"),
    definitions={"f": lambda q: (q.a**2 - q.b) ** 2 / 2 + (q.a - 1) ** 2 / 2},
)
LOOP_START = Point("(0, 0)", {"a": 0.0, "b": 0.0})


def _loop(rate: float, steps: int) -> Run:
    return Run(
        f"η = {rate:g}",
        LOOP,
        "f",
        ("a", "b"),
        LOOP_START,
        steps,
        gradient_descent(rate),
    )


LOOP_RUNS = {rate: _loop(rate, 20) for rate in (0.1, 0.6)}


def _loop_figure() -> str:
    return plots.contour(
        height(LOOP, "f", ("a", "b"), LOOP_START),
        (-0.2, 1.3),
        (-0.3, 1.5),
        title="Too slow and too large: two descents on a curved valley",
        paths={f"{run.caption}, 20 steps": track(run) for run in LOOP_RUNS.values()},
        marks={"minimum": (1.0, 1.0)},
        levels=[0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1],
        names=("a", "b"),
    )


def _bowl_figure() -> str:
    runs = [_bowl(rate, 5) for rate in (0.1, 0.6, 1.1)]
    return plots.losses(
        {run.caption: heights(run) for run in runs},
        title="On the bowl of the slides the rate 0.6 is faster than 0.1",
        names=("step", "f"),
    )


RATE = Article(
    id="learning-rate",
    title="Too slow, too large",
    catalogue_ids=("S45",),
    source=SLIDES + "L656–L662",
    summary=(
        "The slides write “η = 0.1 too slow, η = 0.6 too large” beside a picture that "
        "is lost, and with it the function. These numbers mean nothing without it: "
        "what counts is the rate times the curvature."
    ),
    parts=(
        Part(
            "On the slides' own bowl it is the other way round",
            "With curvature 2 the rate 0.1 multiplies by 0.8 and the rate 0.6 by −0.2, "
            "which is much faster. Too large begins at 1; 1.1 multiplies by −1.2.",
            runs=tuple(BOWL_RUNS.values()),
            figures=(Figure("Three rates on the bowl.", _bowl_figure),),
        ),
        Part(
            "A function for which they are right",
            "A valley along b = a², with the minimum at (1, 1). With 0.1 twenty steps "
            "make two thirds of the way; with 0.6 the point leaves the minimum again "
            "each time it comes near.",
            claims(
                LOOP,
                "f",
                "S45",
                (LOOP_START,),
                {
                    "a": lambda q: 2 * q.a * (q.a**2 - q.b) + (q.a - 1),
                    "b": lambda q: q.b - q.a**2,
                    "a a": lambda q: 6 * q.a**2 - 2 * q.b + 1,
                    "a b": lambda q: -2 * q.a,
                    "b b": lambda q: q.exact("1"),
                },
            ),
            LOOP,
            ("f",),
            runs=tuple(LOOP_RUNS.values()),
            figures=(Figure("A picture in the place of the lost one.", _loop_figure),),
        ),
    ),
    record=LOOP.drawn("f", Point("a = 0.5, b = 0.5", {"a": 0.5, "b": 0.5})),
    kind="counterexample",
    remarks=(
        Remark(
            "S45, L661–L662",
            "The function with these two rates is in a lost picture. On θ₁² + θ₂² the "
            "rate 0.6 is faster than 0.1.",
        ),
    ),
)

CHAPTER = Chapter(
    "steepest",
    "How far to go",
    "The gradient says which way is down, but not how far. The curvature does: it sets "
    "the limit of the learning rate, and methods that know or learn it need few steps.",
    (STEEPEST, LINEAR, RATE, CROSSING, *QUADRATIC_MODEL, *SECOND_ORDER),
)
