"""S78 to S82, A-55 and A-56: multi-layer perceptrons, for each kind of answer."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from autograd_core import exp, log
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, value_at
from .logistic_loss import NEURON, loss
from .mlp_outputs import ARTICLES as OUTPUTS
from .modules import Linear, Sigmoid, backward, message, messages
from .network import AT as NETWORK_YES
from .network import HIDDEN, NETWORK, OUTER, hidden_slope
from .networks import DEEP, DEEP_AT, I3, total
from .training import Trained, blobs, descend
from .vanishing import ARTICLE as VANISHING

__all__ = [
    "BIASED",
    "CHAPTER",
    "NETWORK_NO",
    "NEURON_AT",
    "trained_cross",
]

Form = Callable[[Any], Any]

# -- layers with biases -------------------------------------------------

_LAYERS = (
    Linear(("x1", "x2"), ("r1", "r2"), (("u11", "u12"), ("u21", "u22")), ("b1", "b2")),
    Sigmoid(("r1", "r2"), ("g1", "g2")),
    Linear(("g1", "g2"), ("s1", "s2"), (("v11", "v12"), ("v21", "v22")), ("c1", "c2")),
    Sigmoid(("s1", "s2"), ("h1", "h2")),
    Linear(
        ("h1", "h2"),
        ("z1", "z2", "z3"),
        tuple((f"w{c}1", f"w{c}2") for c in I3),
        ("d1", "d2", "d3"),
    ),
)
_SUMS = ("z1", "z2", "z3", "s1", "s2", "r1", "r2")


def _top(c: int) -> Form:
    return lambda q: getattr(q, f"p{c}") - getattr(q, f"y{c}")


def _sent_back() -> Model:
    # DEEP, with the messages of a backward sweep written by hand.
    made = {**{message(f"z{c}"): _top(c) for c in I3}, **backward(_LAYERS)}
    names = [name.removeprefix("δ_") for name in made]
    return replace(
        DEEP,
        definitions={**DEEP.definitions, **made},
        symbols={**DEEP.symbols, **messages(names)},
    )


BIASED = _sent_back()


def _of(name: str) -> Form:
    return lambda q: getattr(q, name)


def _delta(name: str, where: str) -> Claim:
    return Claim(BIASED, "L", (name,), (_of(message(name)),), where, (DEEP_AT,))


def _slope(layer: Linear) -> tuple[Claim, ...]:
    return tuple(
        Claim(BIASED, "L", (name,), (form,), "A-56, L18–L24", (DEEP_AT,))
        for name, form in layer.slopes().items()
    )


WITH_BIAS = Article(
    id="layers-with-bias",
    title="Layers with biases",
    catalogue_ids=("A-55", "A-56"),
    source="the hand-written notes on softmax and Adam, lines L4–L24",
    summary=(
        "A layer multiplies by a matrix, adds a bias and squeezes: s = wh + b, then "
        "h = σ(s). w and b are parameters, h is computed anew for each example, and "
        "the first h is x. Of the notes' drawings only captions are left (E53); that w "
        "is a matrix and h₀ is x they do not say, and σ is called sigmoid only later "
        "(L67, E54). This is the network of three layers in the chapter on the hidden "
        "layers; there its δ are derived, here all its slopes are shown. Neither draft "
        "of the article has biases."
    ),
    parts=(
        Part(
            "Forward",
            "u, b are the first layer, v, c the second, w, d the third; sums are r, s, "
            "z, what they become is g, h, p.",
            (),
            DEEP,
            ("r1", "g1", "s1", "h1", "z1", "p1", "L"),
            readings=(
                Readings(
                    "All layers",
                    value_at(DEEP, "r1 r2 g1 g2 s1 s2 h1 h2 z1 z2 z3 L", DEEP_AT),
                ),
            ),
        ),
        Part(
            "Backward",
            "δ is the slope of the loss by a sum. Each layer makes the δ below from "
            "those above.",
            tuple(_delta(name, "A-56, L18") for name in _SUMS),
            BIASED,
            tuple(message(n) for n in ("z1", "h1", "s1", "g1", "r1")),
        ),
        Part(
            "Weights and biases",
            "A bias is added, so its slope is δ itself; a weight has δ times what it "
            "multiplies.",
            tuple(
                claim
                for layer in reversed(_LAYERS)
                if isinstance(layer, Linear)
                for claim in _slope(layer)
            ),
        ),
    ),
    record=DEEP.drawn("L", DEEP_AT, *DEEP.inputs[:-4]),
    remarks=(
        Remark(
            "A-55, L5–L25, L69–L73, L101–L108, L117–L129 (E53)",
            "The gaps seem to be lost drawings. Their captions survive.",
        ),
        Remark(
            "A-55, L9–L11 (E54)",
            "σ is not defined, and a small w is a matrix.",
        ),
    ),
)

# -- S78: no hidden layer --------------------------------------------------------------

_INPUTS = {"x1": 0.7, "x2": -1.4}
NEURON_AT = Point(
    "x = (0.7, −1.4), y = 1", {"w1": 0.3, "w2": -0.6, "b": 0.1, **_INPUTS, "y": 1.0}
)
NEURON_NO = Point("the same x, y = 0", {**NEURON_AT.values, "y": 0.0})
CHANCE = replace(
    NEURON,
    definitions={
        **NEURON.definitions,
        "P": lambda q: q.yhat**q.y * (1 - q.yhat) ** (1 - q.y),
    },
    symbols={**NEURON.symbols, "P": "p(y)"},
)
_BESIDE: dict[str, Form] = {"w1": _of("x1"), "w2": _of("x2")}


def _logistic(name: str) -> Claim:
    def form(q: Any) -> Any:
        error = q.yhat - q.y
        return error if name == "b" else error * _BESIDE[name](q)

    return Claim(
        NEURON, "L", (name,), (form,), "S78, L1145–L1160", (NEURON_AT, NEURON_NO)
    )


NO_HIDDEN = Article(
    id="mlp-without-hidden-layer",
    title="No hidden layer: a straight line",
    catalogue_ids=("S78",),
    source="the slides on the multi-layer perceptron, lines L1138–L1164",
    summary=(
        "A network of one layer with one sigmoid is the neuron of the chapter on one "
        "neuron, and logistic regression: the same formulas, the same gradient, and a "
        "straight line between the classes. (The slides write θ₀, θ₁, θ₂ for b, w₁, "
        "w₂.)"
    ),
    parts=(
        Part(
            "The gradient",
            "Error times input. The curvature is on the page of one neuron.",
            tuple(map(_logistic, ("b", "w1", "w2"))),
            NEURON,
            ("z", "yhat", "L"),
            readings=(
                Readings("Forward, y = 1", value_at(NEURON, "z yhat L", NEURON_AT)),
            ),
        ),
        Part(
            "What ŷ is",
            "For y = 1 the probability of what was observed is ŷ, for y = 0 it is "
            "1 − ŷ.",
            (),
            CHANCE,
            ("P",),
            readings=(
                Readings(
                    "p(y) for both answers",
                    (
                        Reading(
                            "p(y = 1)", value_at(CHANCE, "P", NEURON_AT)[0].compute
                        ),
                        Reading(
                            "p(y = 0)", value_at(CHANCE, "P", NEURON_NO)[0].compute
                        ),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S78, L1156",
            "ŷ is printed as p(y), the probability of any answer. It is that of y = 1; "
            "the formula beneath has both.",
            Claim(CHANCE, "P", (), (_of("yhat"),), "L1156", (NEURON_NO,)),
            Claim(
                CHANCE,
                "P",
                (),
                (lambda q: q.yhat**q.y * (1 - q.yhat) ** (1 - q.y),),
                "L1160",
                (NEURON_NO,),
            ),
            ("P",),
        ),
    ),
    record=NEURON.drawn("L", NEURON_AT, "w1", "w2", "b"),
    kind="definition",
)

# -- S79: one hidden layer -------------------------------------------------------------

NETWORK_NO = Point("y = 0", {**NETWORK_YES.values, "y": 0.0})


def _hidden(name: str) -> Claim:
    form = hidden_slope(name, int(name[-1]))
    return Claim(NETWORK, "L", (name,), (form,), "S79, L1172–L1200", (NETWORK_NO,))


def _outer(name: str) -> Claim:
    def form(q: Any) -> Any:
        error = q.yhat - q.y
        return error if name == "b" else error * getattr(q, f"a{name[-1]}")

    return Claim(NETWORK, "L", (name,), (form,), "S79, L1186–L1200", (NETWORK_NO,))


RADIAL = Model(
    inputs=("x1", "x2", "m1", "m2", "s"),
    definitions={
        "distance": lambda q: (q.x1 - q.m1) ** 2 + (q.x2 - q.m2) ** 2,
        "h": lambda q: exp(-q.distance / q.s),
    },
    symbols={"distance": "‖x − μ‖²", "m1": "μ1", "m2": "μ2", "s": "σ"},
    ranges={"s": (0.5, 2.0)},
)
RADIAL_AT = Point(
    "x = (0.7, −1.4), μ = (0, −1), σ = 2", {**_INPUTS, "m1": 0.0, "m2": -1.0, "s": 2.0}
)

# Exclusive or: the classes lie across from each other, and no line separates them.
CROSS = blobs(((-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)), 7, 0.4, seed=2)
CROSS_CLASSES = ([*CROSS[0], *CROSS[1]], [*CROSS[2], *CROSS[3]])
_CROSS_START = dict(
    zip((*HIDDEN, *OUTER), (0.9, 0.7, 0.3, -0.6, -0.8, 0.2, 0.5, 0.4, 0.0), strict=True)
)
_SETS = [(*x, float(y)) for y, points in enumerate(CROSS_CLASSES) for x in points]


def _cross() -> Model:
    def cost(q: Any) -> Any:
        weights = {n: getattr(q, n) for n in (*HIDDEN, *OUTER)}
        runs = [NETWORK.run({**weights, "x1": a, "x2": b, "y": y}) for a, b, y in _SETS]
        return total([run.L for run in runs]) / len(runs)

    return Model((*HIDDEN, *OUTER), {"C": cost})


@cache
def trained_cross() -> Trained:
    """The network after 250 steps on the four clouds."""
    model = _cross()
    return descend(model, "C", model.inputs, _CROSS_START, rate=2.0, steps=250)


def _answer(x: float, y: float) -> float:
    values = {**trained_cross().values, "x1": x, "x2": y, "y": 1.0}
    return float(NETWORK.run(values).yhat)


def _cross_figure() -> str:
    return plots.boundary(
        _answer,
        (-2.6, 2.6),
        (-2.2, 2.2),
        title="Two classes across from each other, and the network's boundary",
        classes={"y = 0": CROSS_CLASSES[0], "y = 1": CROSS_CLASSES[1]},
        levels=(0.5,),
    )


def _cross_losses_figure() -> str:
    return plots.losses(
        {"mean loss": trained_cross().losses},
        title="The loss of the network with two hidden units",
        names=("step", "C"),
        logarithmic=False,
    )


ONE_HIDDEN = Article(
    id="mlp-with-hidden-layer",
    title="One hidden layer: a boundary that bends",
    catalogue_ids=("S79",),
    source="the slides on the multi-layer perceptron, lines L1168–L1204",
    summary=(
        "The network of depth 2 of the calculus notes again (N59 to N62), with the "
        "answer no. What the slides call a non-linear hyperplane is a curve: a "
        "hyperplane is straight by its name."
    ),
    parts=(
        Part(
            "The gradient",
            "The same nine formulas as there; the slides' θ of unit j with the "
            "superscript 1 are bⱼ, w₁ⱼ, w₂ⱼ here, those with 2 are b, w₁, w₂.",
            (*map(_hidden, HIDDEN), *map(_outer, OUTER)),
            NETWORK,
            ("z1", "a1", "z", "yhat", "L"),
        ),
        Part(
            "Exclusive or",
            "Twenty-eight seeded samples in four clouds. No line can separate them; "
            "two hidden units can. 250 steps with α = 2 and all samples.",
            figures=(
                Figure("Yes lies between two curves.", _cross_figure),
                Figure("The mean loss over the steps.", _cross_losses_figure),
            ),
        ),
        Part(
            "Another unit",
            "A note in the margin replaces the sigmoid by a radial unit: it answers 1 "
            "at its centre μ and less with the distance.",
            tuple(
                Claim(RADIAL, "h", (wrt,), (form,), "S79, L1182", (RADIAL_AT,))
                for wrt, form in (
                    ("x1", lambda q: -2 * (q.x1 - q.m1) / q.s * q.h),
                    ("m1", lambda q: 2 * (q.x1 - q.m1) / q.s * q.h),
                    ("s", lambda q: q.distance / q.s**2 * q.h),
                )
            ),
            RADIAL,
            ("distance", "h"),
        ),
    ),
    misprints=(
        Misprint(
            "S79, L1182",
            "The square stands beside the fraction, so that σ is squared too, which is "
            "another width. (The scan moved it.)",
            Claim(
                RADIAL,
                "h",
                (),
                (lambda q: exp(-q.distance / q.s**2),),
                "L1182",
                (RADIAL_AT,),
            ),
            Claim(
                RADIAL,
                "h",
                (),
                (lambda q: exp(-q.distance / q.s),),
                "L1182",
                (RADIAL_AT,),
            ),
        ),
        Misprint(
            "S79, L1200",
            "The brackets of the cost are missing here, too. For y = 0 the second term "
            "alone is left, and it keeps its plus sign.",
            Claim(
                NETWORK,
                "L",
                (),
                (lambda q: -q.y * log(q.yhat) + (1 - q.y) * log(1 - q.yhat),),
                "L1200",
                (NETWORK_NO,),
            ),
            Claim(
                NETWORK, "L", (), (lambda q: loss(q.y, q.yhat),), "L1200", (NETWORK_NO,)
            ),
        ),
    ),
    remarks=(
        Remark(
            "S79, L1204",
            "A hyperplane is flat. What is meant is a curved decision boundary.",
        ),
    ),
    record=NETWORK.drawn("L", NETWORK_NO, *HIDDEN, *OUTER),
)

CHAPTER = Chapter(
    "mlps",
    "Multi-layer perceptrons",
    "Layers with biases, one after the other: what they answer, what they learn, and "
    "how much of the gradient arrives at the first.",
    (WITH_BIAS, NO_HIDDEN, ONE_HIDDEN, *OUTPUTS, VANISHING),
)
