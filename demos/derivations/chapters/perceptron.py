"""N50 to N58: one neuron, for a number and for a yes or no."""

from collections.abc import Callable
from typing import Any

from ..article import Claim, Model, Point
from ..frame import Article, Chapter, Part
from ..readings import Readings, Run, value_at
from .descent_rules import descent_formulas, gradient_descent, renewed
from .logistic_loss import ARTICLE as LOGISTIC_LOSS
from .logistic_loss import NEURON as CLASSIFIER
from .logistic_loss import TRUE

__all__ = ["AT", "CHAPTER", "REGRESSION"]

REGRESSION = Model(
    inputs=("w1", "w2", "b", "x1", "x2", "y"),
    definitions={
        "yhat": lambda q: q.w1 * q.x1 + q.w2 * q.x2 + q.b,
        "L": lambda q: (q.y - q.yhat) ** 2 / 2,
    },
    symbols={"yhat": "ŷ"},
)
AT = Point(
    "w₁ = 0.4, w₂ = −0.7, b = 0.2, x₁ = 1.5, x₂ = −0.5, y = 2",
    {"w1": 0.4, "w2": -0.7, "b": 0.2, "x1": 1.5, "x2": -0.5, "y": 2.0},
)
SHORT = Point("y = 2", AT.values)
PARAMETERS = ("w1", "w2", "b")
RATE = 0.1
DESCENT = gradient_descent(RATE)
FORMULAS = descent_formulas("L", *PARAMETERS)

_SLOPES: dict[str, Any] = {
    "w1": lambda q: q.x1,
    "w2": lambda q: q.x2,
    "b": lambda q: 1,
}


def _gradient(name: str, where: str) -> Claim:
    beside = _SLOPES[name]
    return Claim(
        REGRESSION,
        "L",
        (name,),
        (lambda q: -(q.y - q.yhat) * beside(q),),
        where,
        (SHORT,),
    )


def _curvature(first: str, second: str) -> Claim:
    one, other = _SLOPES[first], _SLOPES[second]

    def form(q: Any) -> Any:
        return one(q) ** 2 if first == second else one(q) * other(q)

    return Claim(REGRESSION, "L", (first, second), (form,), "N51", (SHORT,))


LINEAR = Article(
    id="linear-neuron",
    title="One neuron that predicts a number",
    catalogue_ids=("N50", "N51"),
    source="the hand-written calculus notes, lines L580–L665",
    summary=(
        "The neuron weighs its inputs and adds a bias; that sum is the prediction ŷ. "
        "The loss is half the squared error. (Without a threshold or a sigmoid this is "
        "a linear neuron; the notes call it a perceptron.)"
    ),
    parts=(
        Part(
            "Prediction and loss",
            "The half is there so that no factor 2 is left in the slope.",
            (),
            REGRESSION,
            ("yhat", "L"),
            readings=(
                Readings("Forward, at y = 2", value_at(REGRESSION, "yhat L", AT)),
            ),
        ),
        Part(
            "The slopes",
            "First how the loss depends on the prediction, and the prediction on each "
            "parameter; then their products. The error, times the input beside the "
            "weight.",
            (
                Claim(
                    REGRESSION,
                    "L",
                    ("yhat",),
                    (lambda q: -(q.y - q.yhat),),
                    "N51, L659",
                    (SHORT,),
                ),
                Claim(
                    REGRESSION, "yhat", ("b",), (lambda q: 1,), "N51, L661", (SHORT,)
                ),
                Claim(
                    REGRESSION,
                    "yhat",
                    ("w1",),
                    (lambda q: q.x1,),
                    "N51, L663",
                    (SHORT,),
                ),
                Claim(
                    REGRESSION,
                    "yhat",
                    ("w2",),
                    (lambda q: q.x2,),
                    "N51, L665",
                    (SHORT,),
                ),
                _gradient("b", "N51, L651"),
                _gradient("w1", "N51, L653"),
                _gradient("w2", "N51, L657"),
            ),
        ),
        Part(
            "The curvature",
            "It depends on the inputs alone. In the direction of any change of the "
            "parameters it is a square, so it is never negative: the loss is a valley "
            "without false minima.",
            tuple(
                _curvature(*pair.split())
                for pair in ("w1 w1", "w1 w2", "w1 b", "w2 w2", "w2 b", "b b")
            ),
        ),
    ),
    record=REGRESSION.drawn("L", AT, *PARAMETERS),
)


def _subtracted(name: str) -> Callable[[Any], Any]:
    # As the notes write the update: minus α times minus the input times the error.
    beside = _SLOPES[name]
    return lambda q: getattr(q, name) - q.α * (-beside(q) * (q.y - q.yhat))


def _added(name: str) -> Callable[[Any], Any]:
    beside = _SLOPES[name]
    return lambda q: getattr(q, name) + q.α * beside(q) * (q.y - q.yhat)


def _update_article(
    model: Model, id_: str, title: str, entry: str, lines: str, point: Point, words: str
) -> Article:
    run = Run(
        "Gradient descent with α = 0.1",
        model,
        "L",
        PARAMETERS,
        point,
        5,
        DESCENT,
        FORMULAS,
    )
    stepped = Model(
        (*model.inputs, "α"),
        {**model.definitions, **{f"new_{n}": _subtracted(n) for n in PARAMETERS}},
        {**model.symbols, **{f"new_{n}": renewed(n) for n in PARAMETERS}},
        {**model.ranges, "α": (0.0, 1.0)},
    )
    at = Point("α = 0.1", {**point.values, "α": RATE})
    return Article(
        id=id_,
        title=title,
        catalogue_ids=(entry,),
        source=f"the hand-written calculus notes, lines {lines}",
        summary=words,
        parts=(
            Part(
                "One step",
                "Two minus signs meet, so every parameter moves by α times the error "
                "times its input. All are moved at once, with the same old prediction.",
                tuple(
                    Claim(
                        stepped,
                        f"new_{n}",
                        (),
                        (_subtracted(n), _added(n)),
                        f"{entry}, {lines}",
                        (at,),
                    )
                    for n in PARAMETERS
                ),
            ),
            Part(
                "Five steps",
                "Each row is a point and what the engine computes there. The error "
                "shrinks, and with it the slopes and the steps.",
                runs=(run,),
            ),
        ),
        record=model.drawn("L", point, *PARAMETERS),
        kind="algorithm",
    )


CHAPTER = Chapter(
    "perceptron",
    "One neuron",
    "The smallest network there is, for two kinds of answers. Both times the gradient "
    "is the error times the input.",
    (
        LINEAR,
        _update_article(
            REGRESSION,
            "linear-neuron-update",
            "Learning a number",
            "N52",
            "L670–L679",
            AT,
            "The neuron learns by moving every parameter against its slope.",
        ),
        LOGISTIC_LOSS,
        _update_article(
            CLASSIFIER,
            "logistic-neuron-update",
            "Learning yes or no",
            "N58",
            "L794–L798",
            Point(
                "w₁ = 0.4, w₂ = −0.7, b = 0.2, x₁ = 1.5, x₂ = −0.5, y = 1", TRUE.values
            ),
            "With the sigmoid and the logistic loss the update is the same formula as "
            "for a number; only the prediction is another one.",
        ),
    ),
)
