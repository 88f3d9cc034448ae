"""S58 to S60, A-66 and A-67: a neuron that answers yes or no."""

from typing import Any

from autograd_core import exp, log, sigmoid, step
from autograd_core.numbers.text import symbol
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Source, value_at
from .logistic_loss import loss

__all__ = [
    "ARTICLES",
    "BINARY",
    "FEATURES",
    "GATE",
    "LOGIT",
    "NEGATIVE",
    "PLANE",
    "POSITIVE",
    "SCORES",
    "TWO_SCORES",
    "UNIT",
]

# -- S58: the unit of McCulloch and Pitts ----------------------------------------------

GATE = Model(
    inputs=("w1", "w2", "t", "x1", "x2"),
    definitions={
        "z": lambda q: q.w1 * q.x1 + q.w2 * q.x2,
        "out": lambda q: 1 - step(q.t - q.z),
    },
)
UNIT = Model(
    inputs=("w1", "w2", "b", "x1", "x2"),
    definitions={
        "z": lambda q: q.w1 * q.x1 + q.w2 * q.x2 + q.b,
        "out": lambda q: sigmoid(q.z),
    },
)
_AND = {"w1": 1.0, "w2": 1.0, "t": 2.0}
CORNERS = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))
AWAY = Point("t = 1.5, x = (1, 1)", {**_AND, "t": 1.5, "x1": 1.0, "x2": 1.0})
UNIT_AT = Point("x = (0.5, 2)", {"w1": 1.2, "w2": -0.7, "b": 0.3, "x1": 0.5, "x2": 2.0})


def _corner(x1: float, x2: float) -> Reading:
    point = Point("", {**_AND, "x1": x1, "x2": x2})
    label = f"out for x = ({x1:g}, {x2:g})"
    return Reading(label, value_at(GATE, "out", point)[0].compute)


def _jump(power: int, side: int) -> Reading:
    # A one-sided quotient at the threshold, where the unit begins to fire.
    def out(source: Source, beyond: Any) -> Any:
        values = {**_AND, "t": 2 - beyond, "x1": 1.0, "x2": 1.0}
        return source.of(GATE, "out", (), values)

    def compute(source: Source) -> Any:
        h = side * source.number(1) / source.number(10) ** power
        return (out(source, h) - out(source, source.number(0))) / h

    side_name = "right" if side > 0 else "left"
    return Reading(f"h = 10⁻{'⁰¹²³'[power]} to the {side_name}", compute)


def _beside(name: str) -> Claim:
    other = {"w1": "x1", "w2": "x2", "x1": "w1", "x2": "w2"}

    def form(q: Any) -> Any:
        slope = q.out * (1 - q.out)
        return slope if name == "b" else slope * getattr(q, other[name])

    return Claim(UNIT, "out", (name,), (form,), "S58", (UNIT_AT,))


def _gate_figure() -> str:
    return plots.boundary(
        lambda x, y: float(x + y >= 2.0),
        (-0.5, 1.8),
        (-0.5, 1.8),
        title="Where the threshold unit for AND fires",
        classes={"0": CORNERS[:3], "1": CORNERS[3:]},
        levels=(0.5,),
    )


THRESHOLD = Article(
    id="threshold-neuron",
    title="The neuron of McCulloch and Pitts",
    catalogue_ids=("S58",),
    source="the slides on the multi-layer perceptron, lines L788–L790",
    summary=(
        "A neuron adds its weighted inputs and answers 1 if the sum reaches a "
        "threshold t. Of this slide only the title is left. The original unit cannot "
        "be trained by slopes: its answer is flat, with one jump. So the step is "
        "replaced by a sigmoid."
    ),
    parts=(
        Part(
            "The threshold unit",
            "With both weights 1 and the threshold 2 it computes AND. It fires at the "
            "threshold too, so it is written with 1 − [t − z > 0].",
            (Claim(GATE, "out", ("w1",), (lambda q: q.exact("0"),), "S58", (AWAY,)),),
            GATE,
            ("z", "out"),
            readings=(
                Readings("AND", tuple(_corner(*c) for c in CORNERS)),
                Readings(
                    "Slopes of out by z at z = t: from the right flat, from the left "
                    "without bound",
                    tuple(_jump(k, s) for s in (1, -1) for k in (1, 2, 3)),
                ),
            ),
            figures=(Figure("The unit fires on one side of a line.", _gate_figure),),
        ),
        Part(
            "The sigmoid unit",
            "The step is smoothed. Every weight and every input now has a slope.",
            tuple(map(_beside, UNIT.inputs)),
            UNIT,
            ("z", "out"),
        ),
    ),
    record=UNIT.drawn("out", UNIT_AT),
    kind="definition",
    remarks=(
        Remark(
            "S58, L790",
            "Only the title survives. The neuron's hard threshold, without a slope to "
            "learn from, is not mentioned.",
        ),
    ),
)

# -- S59, A-66, A-67: the activation ---------------------------------------------------

FEATURES = Model(
    inputs=("t0", "t1", "t2", "x1", "x2"),
    definitions={
        "z": lambda q: q.t0 + q.t1 * q.x1 + q.t2 * q.x2,
        "p": lambda q: sigmoid(q.z),
        "logit": lambda q: log(q.p / (1 - q.p)),
    },
    symbols={"t0": "θ0", "t1": "θ1", "t2": "θ2"},
)
FEATURES_AT = Point(
    "z = −0.82", {"t0": 0.3, "t1": -0.8, "t2": 0.6, "x1": 0.5, "x2": -1.2}
)
LOGIT = Model(
    inputs=("z",),
    definitions={"p": lambda q: sigmoid(q.z), "odds": lambda q: log(q.p / (1 - q.p))},
    symbols={"odds": "logit(p)"},
    ranges={"z": (0.05, 0.95)},
)
BETWEEN = Point("z = 0.3", {"z": 0.3})
SCORES = Model(
    inputs=("s", "r", "y"),
    definitions={
        "plus": lambda q: exp(q.s) / (exp(q.r) + exp(q.s)),
        "minus": lambda q: exp(q.r) / (exp(q.r) + exp(q.s)),
        "L": lambda q: -(q.y * log(q.plus) + (1 - q.y) * log(q.minus)),
    },
    symbols={"plus": "p1", "minus": "p0"},
    ranges={"y": (0.0, 1.0)},
)
BINARY = Model(
    inputs=("s", "y"),
    definitions={
        "plus": lambda q: exp(q.s) / (exp(q.exact("0")) + exp(q.s)),
        "minus": lambda q: exp(q.exact("0")) / (exp(q.exact("0")) + exp(q.s)),
        "both": lambda q: q.plus + q.minus,
        "L": lambda q: loss(q.y, q.plus),
    },
    symbols={"plus": "p1", "minus": "p0", "both": symbol("p1") + symbol("p0")},
    ranges={"y": (0.0, 1.0)},
)
POSITIVE = Point("s = 0.75, y = 1", {"s": 0.75, "y": 1.0})
NEGATIVE = Point("s = 0.75, y = 0", {"s": 0.75, "y": 0.0})
TWO_SCORES = Point("scores (0.75, 0), y = 1", {"s": 0.75, "r": 0.0, "y": 1.0})

_FACTOR: dict[str, Any] = {
    "t0": lambda q: 1,
    "t1": lambda q: q.x1,
    "t2": lambda q: q.x2,
}


def _feature(*names: str) -> Claim:
    def form(q: Any) -> Any:
        slope = q.p * (1 - q.p)
        if len(names) == 2:
            slope = slope * (1 - 2 * q.p)
        if names[0] == names[-1] != "t0" and len(names) == 2:
            return slope * _FACTOR[names[0]](q) ** 2
        for name in names:
            if name != "t0":
                slope = slope * _FACTOR[name](q)
        return slope

    return Claim(FEATURES, "p", names, (form,), "S59, L812", (FEATURES_AT,))


_PAIRS = ("t0 t0", "t0 t1", "t0 t2", "t1 t1", "t1 t2", "t2 t2")


def _left_of_one(source: Source) -> Any:
    return 1 - source.of(LOGIT, "p", (), {"z": 10.0})


ACTIVATION = Article(
    id="logistic-activation",
    title="The sigmoid is a softmax of two",
    catalogue_ids=("S59", "A-66", "A-67"),
    source=(
        "the slides on the multi-layer perceptron, lines L794–L815, and the "
        "hand-written notes on softmax and Adam, lines L61–L67"
    ),
    summary=(
        "Both notes turn a score into the probability of one of two classes, and both "
        "write it in two ways. The hand-written notes give the class + the score s "
        "and the class − the score 0, and take the softmax of (s, 0). That is the "
        "sigmoid of s. (Its slope is derived in the chapter on one neuron, "
        "N53 and N54.)"
    ),
    parts=(
        Part(
            "Two scores or one",
            "The target y is 1 for + and 0 for −; p₁ and p₀ are the probabilities. "
            "They add up to 1, and the slope of p₁ is the product of both.",
            (
                Claim(
                    BINARY,
                    "plus",
                    (),
                    (
                        lambda q: 1 / (1 + exp(-q.s)),
                        lambda q: exp(q.s) / (exp(q.s) + 1),
                        lambda q: sigmoid(q.s),
                    ),
                    "A-67, L67; S59, L806",
                    (POSITIVE,),
                ),
                Claim(
                    BINARY,
                    "minus",
                    (),
                    (lambda q: sigmoid(-q.s),),
                    "A-66, L66",
                    (POSITIVE,),
                ),
                Claim(
                    BINARY, "both", (), (lambda q: q.exact("1"),), "A-67", (POSITIVE,)
                ),
                Claim(
                    BINARY,
                    "plus",
                    ("s",),
                    (lambda q: q.plus * q.minus,),
                    "A-67",
                    (POSITIVE,),
                ),
            ),
            BINARY,
            ("plus", "minus"),
        ),
        Part(
            "Of a sum",
            "The score is a dot product with x₀ = 1. The slopes are those of the "
            "sigmoid, times the input beside the parameter; the curvature has the "
            "factor 1 − 2p, which changes its sign where p is one half.",
            (
                *(_feature(name) for name in FEATURES.inputs[:3]),
                *(_feature(*pair.split()) for pair in _PAIRS),
            ),
            FEATURES,
            ("z", "p"),
        ),
        Part(
            "The range",
            "L800 calls p the probability that y is 0 or 1, which would always be 1; "
            "the next line has it right, that y is 1. And p lies strictly between 0 "
            "and 1, not in the closed interval: no score reaches the ends.",
            readings=(
                Readings(
                    "Far out, and the logit of p at z = −0.82",
                    (
                        Reading("1 − σ(10)", _left_of_one),
                        *value_at(FEATURES, "logit", FEATURES_AT),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S59, L807",
            "The sigmoid is called the logit function. The logit is its inverse: it "
            "goes from the probability back to the score.",
            Claim(
                LOGIT, "p", (), (lambda q: log(q.z / (1 - q.z)),), "L807", (BETWEEN,)
            ),
            Claim(LOGIT, "odds", (), (lambda q: q.z,), "L807", (BETWEEN,)),
        ),
        Misprint(
            "A-66 and A-67, L63–L67 (E42)",
            "The two fractions are torn into four boxes. Read as numbers they are not "
            "probabilities: the first is larger than 1.",
            Claim(BINARY, "plus", (), (lambda q: exp(q.s),), "L67", (POSITIVE,)),
            Claim(
                BINARY,
                "plus",
                (),
                (lambda q: exp(q.s) / (exp(q.exact("0")) + exp(q.s)),),
                "L67",
                (POSITIVE,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "S59, L800–L801",
            "That y is 0 or 1 is certain. π is the probability that y = 1, as the "
            "next line says; and it reaches neither 0 nor 1.",
        ),
    ),
    record=FEATURES.drawn("p", FEATURES_AT, "t0", "t1", "t2"),
    kind="definition",
)

# -- S60: the plane --------------------------------------------------------------------

PLANE = Model(
    inputs=("x1", "x2"),
    definitions={
        "z": lambda q: q.exact("0.5") + 2 * q.x1 - q.x2,
        "p": lambda q: sigmoid(q.z),
    },
)
ON_PLANE = Point("(0.25, 1), on the line", {"x1": 0.25, "x2": 1.0})
BESIDE_IT = Point("(1, 0)", {"x1": 1.0, "x2": 0.0})


def _plane_figure() -> str:
    run = PLANE.function("p")
    x1, x2 = ON_PLANE.values["x1"], ON_PLANE.values["x2"]
    return plots.contour(
        lambda a, b: float(run([a, b])),
        (-2.3, 2.7),
        (-0.5, 2.5),
        title="Lines of equal probability, and the direction in which it grows",
        paths={"gradient of p": [(x1, x2), (x1 + 0.5, x2 - 0.25)]},
        marks={"(0.25, 1)": (x1, x2)},
        levels=[0.05, 0.25, 0.5, 0.75, 0.95],
        names=("x₁", "x₂"),
    )


SEPARATION = Article(
    id="separating-plane",
    title="A plane between the classes",
    catalogue_ids=("S60",),
    source="the slides on the multi-layer perceptron, lines L819–L835",
    summary=(
        "The neuron decides for the class 1 where p is at least one half. That is "
        "where the score is at least 0, so the classes are separated by a line, in "
        "more dimensions by a plane. Here θ = (0.5, 2, −1)."
    ),
    parts=(
        Part(
            "Perpendicular to the line",
            "The gradient of p by the inputs is a multiple of (2, −1), everywhere: "
            "all lines of equal probability are parallel.",
            (
                Claim(
                    PLANE,
                    "p",
                    ("x1",),
                    (lambda q: 2 * q.p * (1 - q.p),),
                    "S60, L825–L833",
                    (ON_PLANE, BESIDE_IT),
                ),
                Claim(
                    PLANE,
                    "p",
                    ("x2",),
                    (lambda q: -q.p * (1 - q.p),),
                    "S60, L825–L833",
                    (ON_PLANE, BESIDE_IT),
                ),
            ),
            PLANE,
            ("z", "p"),
            readings=(Readings("On the line", value_at(PLANE, "z p", ON_PLANE)),),
            figures=(
                Figure(
                    "The line p = 0.5 separates the classes; the gradient stands "
                    "perpendicular on it.",
                    _plane_figure,
                ),
            ),
        ),
    ),
    record=PLANE.drawn("p", ON_PLANE),
)

ARTICLES = (THRESHOLD, ACTIVATION, SEPARATION)
