"""A-64 and S69: softmax regression, on top of a network and on data."""

from collections.abc import Callable
from functools import cache
from typing import Any

from autograd_core import exp
from visualize import plots

from ..article import Claim, Point
from ..frame import Article, Figure, Part
from ..readings import Readings, Run, value_at
from .descent_rules import gradient_descent
from .networks import DEEP, DEEP_AT, I3, J2
from .softmax_models import ROWS, error_sum, regression
from .training import Trained, blobs, descend

__all__ = ["ARTICLE", "DESCENT", "SAMPLES", "SAMPLES_AT"]

Form = Callable[[Any], Any]

THETA = tuple(tuple(f"t{c}{j}" for j in J2) for c in I3)
LABELS = (1, 3, 2)
SAMPLES = regression(ROWS, LABELS, THETA)
_FLAT = tuple(name for names in THETA for name in names)
SAMPLES_AT = Point(
    "the slides' three samples",
    dict(zip(_FLAT, (0.2, -0.4, -0.3, 0.7, 0.5, 0.1), strict=True)),
)
DESCENT = Run(
    "Gradient descent with α = 0.5",
    SAMPLES,
    "C",
    _FLAT,
    SAMPLES_AT,
    5,
    gradient_descent(0.5),
)


def _weight(c: int, j: int) -> Claim:
    def form(q: Any) -> Any:
        return _deep_error(c)(q) * getattr(q, f"h{j}")

    return Claim(DEEP, "L", (f"w{c}{j}",), (form,), "A-64, L52–L56", (DEEP_AT,))


def _deep_error(c: int) -> Form:
    return lambda q: getattr(q, f"p{c}") - getattr(q, f"y{c}")


def _parameter(c: int, j: int) -> Claim:
    form = error_sum(ROWS, LABELS, c, j)
    return Claim(SAMPLES, "C", (f"t{c}{j}",), (form,), "S69, L956", (SAMPLES_AT,))


# Three seeded classes in the plane; the first feature of every row is 1.
CLOUDS = blobs(((-1.2, -0.6), (1.3, -0.7), (0.1, 1.3)), 10, 0.75, seed=5)
_CLOUD_ROWS = [("1", str(x), str(y)) for points in CLOUDS for x, y in points]
_CLOUD_LABELS = [c for c, points in enumerate(CLOUDS, 1) for _ in points]
_CLOUD_THETA = tuple(tuple(f"t{c}{j}" for j in range(3)) for c in I3)
CLOUD = regression(_CLOUD_ROWS, _CLOUD_LABELS, _CLOUD_THETA)


@cache
def _trained() -> Trained:
    start = dict.fromkeys(CLOUD.inputs, 0.0)
    return descend(CLOUD, "C", CLOUD.inputs, start, rate=0.05, steps=60)


def _regions_figure() -> str:
    theta = [[_trained().values[n] for n in names] for names in _CLOUD_THETA]

    def winner(x: float, y: float) -> float:
        scores = [b + u * x + v * y for b, u, v in theta]
        return float(scores.index(max(scores)))

    return plots.boundary(
        winner,
        (-3.2, 3.4),
        (-2.6, 3.2),
        title="Three classes, and which of them is the most probable where",
        classes={f"class {c}": points for c, points in enumerate(CLOUDS, 1)},
        levels=(0.5, 1.5),
    )


def _losses_figure() -> str:
    return plots.losses(
        {"C": _trained().losses},
        title="The cost of the three classes after each step",
        names=("step", "C"),
    )


def _hidden() -> dict[str, float]:
    found = DEEP.run(DEEP_AT.values)
    return {f"h{j}": getattr(found, f"h{j}") for j in J2}


ARTICLE = Article(
    id="softmax-regression",
    title="Softmax regression",
    catalogue_ids=("A-64", "S69"),
    source=(
        "the hand-written notes on softmax and Adam, lines L52–L56, and the slides on "
        "the multi-layer perceptron, lines L943–L956"
    ),
    summary=(
        "A layer of scores, a softmax, the negative log-likelihood: the hand-written "
        "notes call it multinomial logistic regression, the slides softmax "
        "regression. Each sample adds its error times its input."
    ),
    parts=(
        Part(
            "As the top of a network",
            "The input is the hidden vector h. It cannot be read from the hand-written "
            "notes (L52, E41) whether the scores are h itself or wh + b; the gradient "
            "by the scores is p − y either way. These slopes belong to wh + b.",
            (
                *(_weight(c, j) for c in I3 for j in J2),
                *(
                    Claim(DEEP, "L", (f"d{c}",), (_deep_error(c),), "A-64", (DEEP_AT,))
                    for c in I3
                ),
            ),
            DEEP,
            ("z1", "p1", "L"),
        ),
        Part(
            "On data",
            "Three samples with two features, of the classes 1, 3 and 2. p₂₃ is the "
            "probability of the class 3 for the sample 2.",
            (
                Claim(
                    SAMPLES, "P", (), (lambda q: exp(-q.C),), "S69, L951", (SAMPLES_AT,)
                ),
                *(_parameter(c, j) for c in I3 for j in J2),
            ),
            SAMPLES,
            ("z11", "p11", "P", "C"),
            readings=(Readings("Value", value_at(SAMPLES, "P C", SAMPLES_AT)),),
        ),
        Part(
            "Five steps",
            "All six parameters move at once.",
            runs=(DESCENT,),
        ),
        Part(
            "Three classes in the plane",
            "Thirty seeded samples, sixty steps with α = 0.05 from 0. Between two "
            "classes the boundary is where their scores are equal: a straight line.",
            figures=(
                Figure(
                    "The most probable class. (The steps in the lines are those of the "
                    "picture's grid.)",
                    _regions_figure,
                ),
                Figure("The cost falls at every step.", _losses_figure),
            ),
        ),
    ),
    record=DEEP.cut(("h1", "h2")).drawn(
        "L",
        Point("", {**DEEP_AT.values, **_hidden()}),
        *(f"w{c}{j}" for c in I3 for j in J2),
        *(f"d{c}" for c in I3),
    ),
)
