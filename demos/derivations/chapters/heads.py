"""The network of the notes under other last layers and losses.

`headed` gives `networks.ONE` or `networks.BATCH` another loss and, if wanted, another
output function; the quantities keep their names, so that a formula such as a − y is
written once for all of them. `drawn_above` draws only the upper part of a network.
`OUTPUTS` and `PAIR` are targets y and predictions ŷ (called p) without a network.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from autograd_core import Value, log, sigmoid, xlogy

from ..article import Claim, Model, Point
from .logistic_loss import loss as yes_or_no
from .networks import BATCH, I3, ONE, SAMPLES, total

__all__ = [
    "BOTH",
    "BY_SIGMOIDS",
    "BY_SOFTMAX",
    "HARD",
    "ONE_SIGMOID_BCE",
    "ONE_SOFTMAX_BCE",
    "ONE_SOFTMAX_MSE",
    "OUTPUTS",
    "PAIR",
    "PAIR_AT",
    "SIGMOID_BCE",
    "SIGMOID_MSE",
    "SOFT",
    "SOFTMAX_BCE",
    "SOFTMAX_MSE",
    "SURE",
    "binary_sum",
    "drawn_above",
    "headed",
    "mean_square",
    "named",
    "on_outputs",
    "pick",
]

Form = Callable[[Any], Any]
Loss = Callable[[Sequence[Any], Sequence[Any]], Any]  # of targets and outputs


def pick(q: Any, letter: str, mark: str = "") -> list[Any]:
    """The three quantities of a letter: a₁, a₂, a₃ of the sample ``mark``."""
    return [getattr(q, f"{letter}{i}{mark}") for i in I3]


def named(name: str) -> Form:
    """The quantity ``name``, as a form."""
    return lambda q: getattr(q, name)


def mean_square(targets: Sequence[Any], outputs: Sequence[Any]) -> Any:
    """A-11: the mean over the components of (ŷ − y)²."""
    pairs = zip(targets, outputs, strict=True)
    return total([(a - y) ** 2 for y, a in pairs]) / len(targets)


def binary_sum(targets: Sequence[Any], outputs: Sequence[Any]) -> Any:
    """A-15: the sum over the components of the loss of a yes-or-no answer."""
    return total([yes_or_no(y, a) for y, a in zip(targets, outputs, strict=True)])


def headed(
    base: Model, loss: Loss, squash: Callable[[Any], Any] | None = None
) -> Model:
    """``base`` with another loss and, if given, another output function.

    Parameters
    ----------
    base
        `networks.ONE` or `networks.BATCH`.
    loss
        Of the targets y and the outputs a of one sample.
    squash
        Makes an output aᵢ of its own score zᵢ; by default softmax stays.
    """
    rules = dict(base.definitions)
    for mark in ("", "p"):
        if f"L{mark}" not in rules:
            continue
        if squash is not None:
            rules |= {f"a{i}{mark}": _squashed(squash, f"z{i}{mark}") for i in I3}
        rules[f"L{mark}"] = _compared(loss, mark)
    return replace(base, definitions=rules)


def _squashed(squash: Callable[[Any], Any], score: str) -> Callable[[Any], Any]:
    return lambda q: squash(getattr(q, score))


def _compared(loss: Loss, mark: str) -> Callable[[Any], Any]:
    return lambda q: loss(pick(q, "y", mark), pick(q, "a", mark))


def drawn_above(
    model: Model, target: str, point: Point, inner: Sequence[str], *wanted: str
) -> Callable[[], Value]:
    """What records the part of the graph above the quantities ``inner``."""
    found = model.run(point.values)
    values = {**point.values, **{name: getattr(found, name) for name in inner}}
    upper = model.cut(tuple(inner))
    return upper.drawn(target, Point(point.label, values), *wanted)


def _labelled(head: str) -> tuple[Point, ...]:
    return tuple(Point(f"{p.label}, {head}", p.values) for p in SAMPLES)


# The samples, where a page has claims about both output functions side by side.
BY_SIGMOIDS, BY_SOFTMAX = _labelled("sigmoids"), _labelled("softmax")
SOFTMAX_MSE = headed(BATCH, mean_square)
SIGMOID_MSE = headed(BATCH, mean_square, sigmoid)
SOFTMAX_BCE = headed(BATCH, binary_sum)
SIGMOID_BCE = headed(BATCH, binary_sum, sigmoid)
ONE_SOFTMAX_MSE = headed(ONE, mean_square)
ONE_SOFTMAX_BCE = headed(ONE, binary_sum)
ONE_SIGMOID_BCE = headed(ONE, binary_sum, sigmoid)

# -- targets and predictions alone -----------------------------------------------------


def _cross_entropy(q: Any) -> Any:
    # xlogy is 0 for the target 0, whatever the prediction is.
    pairs = zip(pick(q, "y"), pick(q, "p"), strict=True)
    return -total([xlogy(y, p) for y, p in pairs])


def _likelihood(q: Any) -> Any:
    return q.p1**q.y1 * q.p2**q.y2 * q.p3**q.y3


OUTPUTS = Model(
    inputs=("y1", "y2", "y3", "p1", "p2", "p3"),
    definitions={
        "Q": lambda q: mean_square(pick(q, "y"), pick(q, "p")),
        "B": lambda q: binary_sum(pick(q, "y"), pick(q, "p")),
        "C": _cross_entropy,
        "N": lambda q: -log(_likelihood(q)),
    },
    symbols={f"p{i}": f"ŷ{i}" for i in I3},
    ranges={
        **{f"y{i}": (0.0, 1.0) for i in I3},
        **{f"p{i}": (0.05, 0.95) for i in I3},
    },
)
PAIR = Model(
    inputs=(*OUTPUTS.inputs, *(f"{name}p" for name in OUTPUTS.inputs)),
    definitions={
        "L": lambda q: mean_square(pick(q, "y"), pick(q, "p")),
        "Lp": lambda q: mean_square(pick(q, "y", "p"), pick(q, "p", "p")),
        "E": lambda q: (q.L + q.Lp) / 2,
    },
    symbols={
        **OUTPUTS.symbols,
        **{f"y{i}p": f"y\u2032{i}" for i in I3},
        **{f"p{i}p": f"ŷ\u2032{i}" for i in I3},
        "Lp": "L\u2032",
    },
)
FIRST = {"y1": 1.0, "y2": 0.0, "y3": 0.0, "p1": 0.7, "p2": 0.2, "p3": 0.1}
SECOND = {"y1": 0.0, "y2": 0.0, "y3": 1.0, "p1": 0.3, "p2": 0.3, "p3": 0.4}
HARD = Point("class 1", FIRST)
SOFT = Point("soft target", {**FIRST, "y1": 0.5, "y2": 0.3, "y3": 0.2})
SURE = Point("certain and right", {**FIRST, "p1": 1.0, "p2": 0.0, "p3": 0.0})
BOTH = (HARD, SOFT)
PAIR_AT = Point(
    "two samples", {**FIRST, **{f"{name}p": x for name, x in SECOND.items()}}
)


def on_outputs(target: str, wrt: str, *forms: Form, where: str) -> Claim:
    """A claim about `OUTPUTS`, for a hard and for a soft target."""
    return Claim(OUTPUTS, target, tuple(wrt.split()), forms, where, BOTH)
