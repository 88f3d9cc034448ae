"""N59 to N62: a network of depth 2, and the chain rule through both layers."""

from collections.abc import Callable
from typing import Any

from autograd_core import sigmoid
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, value_at
from .descent_rules import gradient_descent
from .logistic_loss import loss

__all__ = ["AT", "CHAPTER", "NETWORK", "STEP", "UPDATE"]

HIDDEN = ("w11", "w21", "b1", "w12", "w22", "b2")
OUTER = ("w1", "w2", "b")
NETWORK = Model(
    inputs=(*HIDDEN, *OUTER, "x1", "x2", "y"),
    definitions={
        "z1": lambda q: q.x1 * q.w11 + q.x2 * q.w21 + q.b1,
        "a1": lambda q: sigmoid(q.z1),
        "z2": lambda q: q.x1 * q.w12 + q.x2 * q.w22 + q.b2,
        "a2": lambda q: sigmoid(q.z2),
        "z": lambda q: q.a1 * q.w1 + q.a2 * q.w2 + q.b,
        "yhat": lambda q: sigmoid(q.z),
        "L": lambda q: loss(q.y, q.yhat),
    },
    symbols={"yhat": "ŷ"},
    ranges={"y": (0.0, 1.0), "yhat": (0.05, 0.95)},
)
AT = Point(
    "y = 1",
    {
        "w11": 0.3,
        "w21": -0.6,
        "b1": 0.1,
        "w12": 0.8,
        "w22": 0.5,
        "b2": -0.2,
        "w1": 1.1,
        "w2": -0.9,
        "b": 0.05,
        "x1": 0.7,
        "x2": -1.4,
        "y": 1.0,
    },
)
POINTS = (AT,)

# What stands beside a parameter in the sum that it belongs to.
_BESIDE: dict[str, Callable[[Any], Any]] = {
    "w11": lambda q: q.x1,
    "w12": lambda q: q.x1,
    "w1": lambda q: q.a1,
    "w21": lambda q: q.x2,
    "w22": lambda q: q.x2,
    "w2": lambda q: q.a2,
    "b1": lambda q: 1,
    "b2": lambda q: 1,
    "b": lambda q: 1,
}


def hidden_slope(beside: str, unit: int) -> Callable[[Any], Any]:
    """−(input) wᵢ aᵢ (1 − aᵢ)(y − ŷ), for the hidden unit i."""

    def form(q: Any) -> Any:
        w, a = (q.w1, q.a1) if unit == 1 else (q.w2, q.a2)
        return -_BESIDE[beside](q) * w * a * (1 - a) * (q.y - q.yhat)

    return form


def _error_over_slope(q: Any) -> Any:
    return -(q.y - q.yhat) / (q.yhat * (1 - q.yhat))


def _product(beside: str) -> Callable[[Any], Any]:
    return lambda q: (
        _BESIDE[beside](q)
        * (q.a1 * (1 - q.a1))
        * q.w1
        * (q.yhat * (1 - q.yhat))
        * _error_over_slope(q)
    )


def _hidden(name: str, where: str) -> Claim:
    unit = int(name[-1])
    return Claim(NETWORK, "L", (name,), (hidden_slope(name, unit),), where, POINTS)


def _one(target: str, wrt: str, form: Callable[[Any], Any], where: str) -> Claim:
    return Claim(NETWORK, target, (wrt,), (form,), where, POINTS)


FORWARD = Article(
    id="depth-2-forward",
    title="Two neurons that feed a third",
    catalogue_ids=("N59",),
    source="the hand-written calculus notes, lines L800–L817",
    summary=(
        "Both hidden neurons see the same two inputs, each with weights of its own; a "
        "third neuron sees what they answer. The weight from input i to the hidden "
        "unit j is called wᵢⱼ. (The scan has I for z and A for a, and writes L(ŷ, y) "
        "here, L(y, ŷ) two lines on; it is one loss.)"
    ),
    parts=(
        Part(
            "What is computed",
            "Layer by layer, from the inputs to the loss.",
            (),
            NETWORK,
            tuple(NETWORK.definitions),
            readings=(
                Readings("Forward", value_at(NETWORK, "z1 a1 z2 a2 z yhat L", AT)),
            ),
        ),
    ),
    record=NETWORK.drawn("L", AT, *HIDDEN, *OUTER),
    kind="definition",
    remarks=(
        Remark(
            "N59, L806–L817",
            "z is printed as I and Z, a as A. The loss is L(ŷ, y) in one line and "
            "L(y, ŷ) in the next.",
        ),
    ),
)

STEP = Model(
    inputs=(*NETWORK.inputs, "α"),
    definitions={
        **NETWORK.definitions,
        "new": lambda q: q.w11 - q.α * hidden_slope("w11", 1)(q),
        "outer": lambda q: q.w1 + q.α * q.a1 * (q.y - q.yhat),
    },
    symbols={**NETWORK.symbols, "new": "new w₁₁", "outer": "new w₁"},
    ranges={**NETWORK.ranges, "α": (0.01, 1.0)},
)
STEP_AT = Point("α = 0.1", {**AT.values, "α": 0.1})


def _bracketed(q: Any) -> Any:
    return q.w11 - q.α * (-q.x1 * q.w1 * q.a1 * (1 - q.a1) * (q.y - q.yhat))


def _unbracketed(q: Any) -> Any:
    return q.w11 - q.α - q.x1 * q.w1 * q.a1 * (1 - q.a1) * (q.y - q.yhat)


FIRST_LAYER = Article(
    id="depth-2-first-layer",
    title="Back to the first layer",
    catalogue_ids=("N60",),
    source="the hand-written calculus notes, lines L821–L841",
    summary=(
        "A weight of the first layer acts on the loss through five stages. The chain "
        "rule multiplies their slopes; the slope of the last sigmoid cancels, as it "
        "does for a single neuron. (From L833 on the scan has g for ŷ.)"
    ),
    parts=(
        Part(
            "Five factors",
            "Each is the slope of one stage by the one before.",
            (
                _one("z1", "w11", lambda q: q.x1, "N60, L822"),
                _one("a1", "z1", lambda q: q.a1 * (1 - q.a1), "N60, L822"),
                _one("z", "a1", lambda q: q.w1, "N60, L822"),
                _one("yhat", "z", lambda q: q.yhat * (1 - q.yhat), "N60, L822"),
                _one("L", "yhat", _error_over_slope, "N60, L822"),
            ),
        ),
        Part(
            "Their product",
            "For the bias the first factor is 1.",
            (
                Claim(
                    NETWORK,
                    "L",
                    ("w11",),
                    (_product("w11"), hidden_slope("w11", 1)),
                    "N60, L822–L824",
                    POINTS,
                ),
                Claim(
                    NETWORK,
                    "L",
                    ("b1",),
                    (_product("b1"), hidden_slope("b1", 1)),
                    "N60, L833–L837",
                    POINTS,
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N60, L831",
            "The update has lost its brackets: α is subtracted, and the slope, too, "
            "where α times the slope should be.",
            Claim(STEP, "new", (), (_unbracketed,), "L831", (STEP_AT,)),
            Claim(STEP, "new", (), (_bracketed,), "L831", (STEP_AT,)),
        ),
        Misprint(
            "N60, L835",
            "g′(1 − g), with a prime on the first ŷ: the slope of the sigmoid times "
            "1 − ŷ. No prime belongs there.",
            _one(
                "yhat",
                "z",
                lambda q: q.yhat * (1 - q.yhat) * (1 - q.yhat),
                "L835",
            ),
            _one("yhat", "z", lambda q: q.yhat * (1 - q.yhat), "L835"),
        ),
    ),
    record=NETWORK.drawn("L", AT, "w11", "b1"),
)

UPDATE = Run(
    "Gradient descent with α = 0.1",
    NETWORK,
    "L",
    (*HIDDEN, *OUTER),
    AT,
    40,
    gradient_descent(0.1),
)


def _news(names: tuple[str, ...]) -> Readings:
    rows = tuple(
        Reading(f"new {NETWORK.symbol(n)}", _once.reading(1, n).compute) for n in names
    )
    return Readings("After one step with α = 0.1", rows)


_once = Run("", NETWORK, "L", UPDATE.over, AT, 1, UPDATE.step)


def _loss_figure() -> str:
    rows = UPDATE.iterates(engine_source())
    return plots.losses(
        {"loss": [row.f for row in rows]},
        title="The loss after each step of gradient descent",
        names=("step", "L"),
        logarithmic=False,
    )


UPDATES = Article(
    id="depth-2-first-layer-update",
    title="Learning in the first layer",
    catalogue_ids=("N61",),
    source="the hand-written calculus notes, lines L843–L858",
    summary=(
        "The same product for each of the six parameters of the first layer: what "
        "stands beside the parameter, the outer weight, the slope of the sigmoid, the "
        "error."
    ),
    parts=(
        Part(
            "The six slopes",
            "A parameter of unit 1 has w₁ and a₁, one of unit 2 has w₂ and a₂.",
            tuple(_hidden(name, "N61, L843–L853") for name in HIDDEN),
        ),
        Part(
            "One step",
            "All parameters move at once; the slopes are those of the old ones.",
            readings=(_news(HIDDEN),),
        ),
        Part(
            "Forty steps",
            "All nine parameters learn this one example, whose answer is yes.",
            figures=(Figure("The loss falls at every step.", _loss_figure),),
        ),
    ),
    misprints=(
        Misprint(
            "N61, L845",
            "The lines for w₁₂ and w₂₁ are exchanged: by the notes' own equations w₁₂ "
            "belongs to the input 1 and the unit 2.",
            Claim(NETWORK, "L", ("w12",), (hidden_slope("w21", 1),), "L845", POINTS),
            Claim(NETWORK, "L", ("w12",), (hidden_slope("w12", 2),), "L845", POINTS),
        ),
        Misprint(
            "N61, L849",
            "The other one of the two: w₂₁ belongs to the input 2 and the unit 1.",
            Claim(NETWORK, "L", ("w21",), (hidden_slope("w12", 2),), "L849", POINTS),
            Claim(NETWORK, "L", ("w21",), (hidden_slope("w21", 1),), "L849", POINTS),
        ),
    ),
    record=NETWORK.drawn("L", AT, *HIDDEN),
    kind="algorithm",
)


def _outer(name: str) -> Claim:
    beside = _BESIDE[name]
    return Claim(
        NETWORK,
        "L",
        (name,),
        (
            lambda q: beside(q) * (q.yhat * (1 - q.yhat)) * _error_over_slope(q),
            lambda q: -beside(q) * (q.y - q.yhat),
        ),
        "N62, L860–L864",
        POINTS,
    )


def _new_outer(form: Callable[[Any], Any]) -> Claim:
    return Claim(STEP, "outer", (), (form,), "L871", (STEP_AT,))


SECOND_LAYER = Article(
    id="depth-2-second-layer",
    title="The second layer",
    catalogue_ids=("N62",),
    source="the hand-written calculus notes, lines L860–L880",
    summary=(
        "For the outer neuron the hidden answers are inputs like any others: the slope "
        "is the error times what stands beside the weight. (The scan writes αᵢ for aᵢ, "
        "the same letter as the learning rate.)"
    ),
    parts=(
        Part(
            "The slopes",
            "Three factors; the sigmoid's slope cancels.",
            tuple(map(_outer, OUTER)),
        ),
        Part("One step", "With the old a₁ and a₂.", readings=(_news(OUTER),)),
    ),
    misprints=(
        Misprint(
            "N62, L871",
            "αα₁ is printed for αa₁, and L862 begins with α. Taken for the rate, with "
            "or without an index, it would be squared.",
            _new_outer(lambda q: q.w1 + q.α * q.α * (q.y - q.yhat)),
            _new_outer(lambda q: q.w1 + q.α * q.a1 * (q.y - q.yhat)),
        ),
    ),
    record=NETWORK.drawn("L", AT, *OUTER),
)

CHAPTER = Chapter(
    "network",
    "A network of depth 2",
    "Two layers are enough to see what back-propagation is: the same chain rule, with "
    "the factors of the outer layer used again for the inner one.",
    (FORWARD, FIRST_LAYER, UPDATES, SECOND_LAYER),
)
