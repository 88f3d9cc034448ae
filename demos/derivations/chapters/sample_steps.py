"""S51 to S54, A-70, A-83 and A-84: steps with all samples, with one, with some."""

from collections.abc import Callable
from typing import Any

from autograd_core import binary_cross_entropy, sigmoid
from autograd_core.numbers.text import equation, symbol

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Readings, Run, value_at
from .adam import MOMENTS, POINT
from .descent_rules import by_samples, gradient_descent
from .line import I3, LINE, PARAMETERS, at, column, missed
from .networks import total
from .shorthand import claims

__all__ = [
    "ARTICLES",
    "BATCH_LOSS",
    "BATCH_STEP",
    "FACTOR",
    "FOUR",
    "MEANS",
    "RUNS",
]

SLIDES = "the slides on the multi-layer perceptron, lines "
NOTES = "the hand-written notes on softmax and Adam, "
HERE = at(0.5, 0.5)
LOSSES = ("l1", "l2", "l3")


def _rate(q: Any) -> Any:
    return q.exact("0.05")


# -- S51 to S54 ------------------------------------------------------------------------


def _pull(i: int, place: int) -> Callable[[Any], Any]:
    return lambda q: missed(q, i) * (column(q, "x")[i - 1] if place else 1)


def _summed(factor: int, place: int) -> Callable[[Any], Any]:
    def rule(q: Any) -> Any:
        pulls = total([_pull(i, place)(q) for i in I3])
        return (q.θ0, q.θ1)[place] - _rate(q) * (factor * pulls)

    return rule


FACTOR = Model(
    inputs=LINE.inputs,
    definitions={
        "a0": _summed(2, 0),
        "a1": _summed(2, 1),
        "h0": _summed(1, 0),
        "h1": _summed(1, 1),
    },
    symbols={
        **LINE.symbols,
        "a0": "new θ₀",
        "a1": "new θ₁",
        "h0": "new θ₀ for f/2",
        "h1": "new θ₁ for f/2",
    },
)


def _off(q: Any, i: int) -> Any:
    return getattr(q, f"y{i}") - (q.θ0 + getattr(q, f"x{i}") * q.θ1)


def _moved(factor: int) -> Callable[[Any], Any]:
    def form(q: Any) -> Any:
        pulls = total([column(q, "x")[i - 1] * _off(q, i) for i in I3])
        return q.θ1 + (factor * _rate(q) * pulls if factor > 1 else _rate(q) * pulls)

    return form


def _step(form: Callable[[Any], Any]) -> Claim:
    return Claim(FACTOR, "a1", (), (form,), "S51, L738–L740", (HERE,))


def _half(i: int) -> Callable[[Any], Any]:
    return lambda q: _off(q, i) ** 2 / 2


# Half the loss of a sample: its gradient has no factor 2, as in the slides' rules.
HALVES = Model(
    inputs=LINE.inputs,
    definitions={
        **{f"l{i}": _half(i) for i in I3},
        "J": lambda q: total(column(q, "l")),
    },
    symbols=LINE.symbols,
)
K, NEXT = symbol("θ\u2096"), symbol("θ\u2096\u208a\u2081")
RULE = (
    equation(
        NEXT,
        K + symbol("η") * (symbol("Σxᵢᵀ") * (symbol("yᵢ") - symbol("xᵢ") * K)),
    ),
)


def _variant(caption: str, picks: Callable[[int], tuple[str, ...]], steps: int) -> Run:
    rule = by_samples(picks, lambda k: 0.05)
    shown = RULE if len(picks(0)) == 3 else ()
    return Run(caption, HALVES, "J", PARAMETERS, HERE, steps, rule, shown)


RUNS = {
    "batch": _variant("Batch: all three samples", lambda k: LOSSES, 3),
    "online": _variant("Online: sample 1, 2, 3 in turn", lambda k: (LOSSES[k % 3],), 3),
    "mini": _variant("Mini-batch: samples 1 and 3", lambda k: ("l1", "l3"), 3),
}


VARIATIONS = Article(
    id="batch-online-mini-batch",
    title="All samples, one, or some",
    catalogue_ids=("S51", "S52", "S53", "S54"),
    source=SLIDES + "L736–L755",
    summary=(
        "The step of the regression line is a sum over the samples. Take all of them "
        "(batch), one (online), or some (mini-batch)."
    ),
    parts=(
        Part(
            "The step as a sum",
            "2Xᵀ(Xθ − y) is twice the sum of what each sample pulls. The slides drop "
            "the 2 on the way; what follows belongs to half of it, J = f/2.",
            (
                _step(_moved(2)),
                Claim(FACTOR, "h1", (), (_moved(1),), "S52, L746", (HERE,)),
                *claims(
                    HALVES,
                    "J",
                    "S52, L746",
                    (HERE,),
                    {
                        "θ0": lambda q: -total([_off(q, i) for i in I3]),
                        "θ1": lambda q: (
                            -total([column(q, "x")[i - 1] * _off(q, i) for i in I3])
                        ),
                    },
                ),
                *claims(
                    HALVES,
                    "l2",
                    "S53, L751",
                    (HERE,),
                    {"θ1": lambda q: -(q.x2 * _off(q, 2))},
                ),
            ),
            readings=(
                Readings(
                    "One step from (0.5, 0.5), η = 0.05, with the 2",
                    value_at(FACTOR, "a0 a1", HERE),
                ),
            ),
        ),
        Part(
            "Three rules",
            "Σ is over the samples that the step looks at. The online rule is that of "
            "Widrow and Hoff. A mini-batch must be drawn anew for every step; the "
            "slides' sum from 1 to 20 would always name the same twenty. And it is a "
            "sum, not a mean, so a larger batch makes longer steps.",
            runs=tuple(RUNS.values()),
        ),
    ),
    misprints=(
        Misprint(
            "S51, L740",
            "From the first line to the second the factor 2 is lost. The lines are "
            "equal only if η has become twice as large.",
            _step(_moved(1)),
            _step(_moved(2)),
        ),
    ),
    remarks=(
        Remark(
            "S52, L747",
            "Without a factor 2 this is the step for half the sum of squares.",
        ),
        Remark(
            "S54, L755",
            "The sum always takes the first 20 points, where each step needs a new "
            "random 20. Being a sum and no mean, it grows with their number.",
        ),
    ),
    record=HALVES.drawn("J", HERE, *PARAMETERS),
    kind="algorithm",
)

# -- A-84 ------------------------------------------------------------------

MEANS = Model(
    inputs=("g1", "g2", "g3", "g4"),
    definitions={
        "batch": lambda q: (q.g1 + q.g2) / 2,
        "full": lambda q: (q.g1 + q.g2 + q.g3 + q.g4) / 4,
    },
    symbols={"batch": "gₜ", "full": "mean of all"},
)
FOUR = Point("g = (0.3, −0.5, 0.2, 0.4)", {"g1": 0.3, "g2": -0.5, "g3": 0.2, "g4": 0.4})


def _batch_mean(form: Callable[[Any], Any]) -> Claim:
    return Claim(MEANS, "batch", (), (form,), "A-83, L132", (FOUR,))


def _score(q: Any, i: int) -> Any:
    return q.w * getattr(q, f"x{i}") + q.b


BATCH_LOSS = Model(
    inputs=("w", "b", "x1", "x2", "y1", "y2"),
    definitions={
        "s1": lambda q: _score(q, 1),
        "s2": lambda q: _score(q, 2),
        "p1": lambda q: sigmoid(q.s1),
        "p2": lambda q: sigmoid(q.s2),
        "l1": lambda q: binary_cross_entropy(q.s1, q.y1),
        "l2": lambda q: binary_cross_entropy(q.s2, q.y2),
        "L": lambda q: (q.l1 + q.l2) / 2,
    },
    ranges={"y1": (0.0, 1.0), "y2": (0.0, 1.0)},
)
BATCH_AT = Point(
    "w = 0.2, b = −0.1",
    {"w": 0.2, "b": -0.1, "x1": 1.0, "x2": 2.0, "y1": 1.0, "y2": 0.0},
)
BATCH_STEP = Run(
    "Mini-batch step, η = 0.5",
    BATCH_LOSS,
    "L",
    ("w", "b"),
    BATCH_AT,
    1,
    gradient_descent(0.5),
)

MINI_BATCH = Article(
    id="mini-batch-gradient",
    title="The mean of a mini-batch",
    catalogue_ids=("A-70", "A-83", "A-84"),
    source=NOTES + "lines L75–L77 and L130–L134",
    summary=(
        "gₜ is the mean of the gradients of m samples, and θ goes against it: "
        "θ − ηₜgₜ. With a mean the length of a step does not depend on m, other than "
        "in the slides, which take the sum."
    ),
    parts=(
        Part(
            "Mean of gradients, gradient of the mean",
            "Two samples of a logistic model: x = 1 of class 1 and x = 2 of class 0.",
            claims(
                BATCH_LOSS,
                "L",
                "A-70, L75",
                (BATCH_AT,),
                {
                    "w": lambda q: ((q.p1 - q.y1) * q.x1 + (q.p2 - q.y2) * q.x2) / 2,
                    "b": lambda q: ((q.p1 - q.y1) + (q.p2 - q.y2)) / 2,
                },
            ),
            BATCH_LOSS,
            ("s1", "s2", "p1", "p2", "l1", "l2", "L"),
            runs=(BATCH_STEP,),
        ),
        Part(
            "Four gradients",
            "Of four samples with the gradients 0.3, −0.5, 0.2 and 0.4 the first two "
            "are the mini-batch.",
            (_batch_mean(lambda q: (q.g1 + q.g2) / 2),),
            readings=(
                Readings("Means", value_at(MEANS, "batch full", FOUR)),
                Readings(
                    "θ after each step with one of the four, η = 0.01, from θ₁ = 1",
                    value_at(MOMENTS, "sgd1 sgd2 sgd3 sgd4", POINT),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-83, L132 (E48)",
            "The sum runs to n, all samples, but is divided by m. In L75 it runs to m.",
            _batch_mean(lambda q: (q.g1 + q.g2 + q.g3 + q.g4) / 2),
            _batch_mean(lambda q: (q.g1 + q.g2) / 2),
        ),
    ),
    record=BATCH_LOSS.drawn("L", BATCH_AT, "w", "b"),
)

ARTICLES = (VARIATIONS, MINI_BATCH)
