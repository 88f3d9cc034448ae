"""N53 to N57: one neuron with a sigmoid, and the loss of a yes-or-no answer.

The notes find that the derivative of the logistic loss by a weight is the error
times the input, although neither the sigmoid nor the logarithm has a derivative
as simple as that: the factors ŷ(1 − ŷ) cancel.
"""

from collections.abc import Callable
from typing import Any

from autograd_core import Value, exp, log, sigmoid
from autograd_core.numbers.text import Formula, number, symbol

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark

__all__ = ["ARTICLE"]


def loss(y: Any, yhat: Any) -> Any:
    """N55, L732: large when y and ŷ are far apart, small when they are close."""
    return -y * log(yhat) - (1 - y) * log(1 - yhat)


# -- what is computed ------------------------------------------------------------------

_YHAT = symbol("ŷ")


def _loss_of(y: Formula) -> Formula:
    return Formula("L", (y, _YHAT))


SIGMOID = Model(
    inputs=("z",),
    definitions={
        "sigma": lambda q: sigmoid(q.z),
        "mirrored": lambda q: sigmoid(-q.z),
    },
    symbols={
        "sigma": sigmoid(symbol("z")),
        "mirrored": sigmoid(-symbol("z")),
    },
    ranges={"z": (-4.0, 4.0)},
)
LOSS = Model(
    inputs=("y", "yhat"),
    definitions={
        "L": lambda q: loss(q.y, q.yhat),
        "full": lambda q: q.L,
        "yes": lambda q: loss(1, q.yhat),
        "no": lambda q: loss(0, q.yhat),
        "itself": lambda q: loss(q.yhat, q.yhat),
    },
    symbols={
        "yhat": _YHAT,
        "full": _loss_of(symbol("y")),
        "yes": _loss_of(number(1)),
        "no": _loss_of(number(0)),
        "itself": _loss_of(_YHAT),
    },
    ranges={"y": (0.0, 1.0), "yhat": (0.05, 0.95)},
)
NEURON = Model(
    inputs=("w1", "w2", "b", "x1", "x2", "y"),
    definitions={
        "z": lambda q: q.w1 * q.x1 + q.w2 * q.x2 + q.b,
        "yhat": lambda q: sigmoid(q.z),
        "L": lambda q: loss(q.y, q.yhat),
    },
    symbols={"yhat": _YHAT},
    ranges={"y": (0.0, 1.0)},
)
# The same sigmoid beside a y that it does not depend on, for L728.
PREDICTION = Model(
    inputs=("z", "y"),
    definitions={"yhat": lambda q: sigmoid(q.z)},
    symbols={"yhat": _YHAT},
    ranges={"y": (0.0, 1.0)},
)

# -- where: the catalogue's numeric cases, and the same with the other answer ----------

AT_Z = Point("z = 0.8", {"z": 0.8})
YES = Point("y = 1, ŷ = 0.7", {"y": 1.0, "yhat": 0.7})
NO = Point("y = 0, ŷ = 0.7", {"y": 0.0, "yhat": 0.7})
FAR = Point("y = 0, ŷ = 0.99", {"y": 0.0, "yhat": 0.99})
_NEURON_POINT = {"w1": 0.4, "w2": -0.7, "b": 0.2, "x1": 1.5, "x2": -0.5}
TRUE = Point("y = 1", {**_NEURON_POINT, "y": 1.0})
FALSE = Point("y = 0", {**_NEURON_POINT, "y": 0.0})
BESIDE = Point("z = 0.8, y = 1", {"z": 0.8, "y": 1.0})

# -- what is claimed -------------------------------------------------------------------


def _first_line(exponent: int) -> Callable[[Any], Any]:
    # The power rule and the inner derivative, before anything is simplified.
    return lambda q: -((1 + exp(-q.z)) ** exponent) * -exp(-q.z)


SLOPE = Claim(
    SIGMOID,
    "sigma",
    ("z",),
    (
        _first_line(-2),
        lambda q: exp(-q.z) / (1 + exp(-q.z)) ** 2,
        lambda q: 1 / (1 + exp(-q.z)) - 1 / (1 + exp(-q.z)) ** 2,
        lambda q: 1 / (1 + exp(-q.z)) * (1 - 1 / (1 + exp(-q.z))),
        lambda q: sigmoid(q.z) * (1 - sigmoid(q.z)),
    ),
    "N54, L700–L726",
    (AT_Z,),
)
SIGMOID_CLAIMS = (
    Claim(
        SIGMOID,
        "sigma",
        (),
        (lambda q: 1 / (1 + exp(-q.z)), lambda q: (1 + exp(-q.z)) ** -1),
        "N53, L690–L694",
        (AT_Z,),
    ),
    Claim(SIGMOID, "mirrored", (), (lambda q: 1 - sigmoid(q.z),), "N53", (AT_Z,)),
    SLOPE,
    Claim(
        SIGMOID,
        "sigma",
        ("z", "z"),
        (lambda q: sigmoid(q.z) * (1 - sigmoid(q.z)) * (1 - 2 * sigmoid(q.z)),),
        "N54",
        (AT_Z,),
    ),
)


def _loss(q: Any) -> Any:
    return loss(q.y, q.yhat)


LOSS_CLAIMS = (
    Claim(LOSS, "full", (), (_loss,), "N55, L732", (YES, NO, FAR)),
    Claim(LOSS, "yes", (), (lambda q: -log(q.yhat),), "N55, L732", (YES,)),
    Claim(LOSS, "no", (), (lambda q: -log(1 - q.yhat),), "N55, L732", (NO, FAR)),
)


def _error_over_slope(q: Any) -> Any:
    return -(q.y - q.yhat) / (q.yhat * (1 - q.yhat))


PREDICTION_CLAIMS = (
    Claim(
        LOSS,
        "L",
        ("yhat",),
        (
            lambda q: -q.y / q.yhat + (1 - q.y) / (1 - q.yhat),
            lambda q: (
                (-q.y + q.y * q.yhat + q.yhat - q.y * q.yhat) / (q.yhat * (1 - q.yhat))
            ),
            _error_over_slope,
        ),
        "N56, L762–L766",
        (YES, NO),
    ),
    Claim(
        LOSS,
        "L",
        ("yhat", "yhat"),
        (lambda q: q.y / q.yhat**2 + (1 - q.y) / (1 - q.yhat) ** 2,),
        "N56",
        (YES, NO),
    ),
)

# dz by a parameter: the input beside the weight, and 1 for the bias.
_BESIDE: dict[str, Callable[[Any], Any]] = {
    "w1": lambda q: q.x1,
    "w2": lambda q: q.x2,
    "b": lambda q: 1,
}


def _prediction(name: str, lines: str) -> Claim:
    def form(q: Any) -> Any:
        return q.yhat * (1 - q.yhat) * _BESIDE[name](q)

    return Claim(NEURON, "yhat", (name,), (form,), f"N57, {lines}", (TRUE,))


def _gradient(name: str, lines: str) -> Claim:
    def product(q: Any) -> Any:
        return _error_over_slope(q) * (q.yhat * (1 - q.yhat) * _BESIDE[name](q))

    def result(q: Any) -> Any:
        return -(q.y - q.yhat) * _BESIDE[name](q)

    where = f"N57, {lines}"
    return Claim(NEURON, "L", (name,), (product, result), where, (TRUE, FALSE))


def _curvature(first: str, second: str) -> Claim:
    def form(q: Any) -> Any:
        x = _BESIDE[first](q)
        both = x**2 if first == second else x * _BESIDE[second](q)
        return q.yhat * (1 - q.yhat) * both

    return Claim(NEURON, "L", (first, second), (form,), "N57", (TRUE, FALSE))


YHAT_BY_B = _prediction("b", "L774")
WEIGHT_CLAIMS = (
    _prediction("w1", "L770"),
    _prediction("w2", "L772"),
    YHAT_BY_B,
    _gradient("w1", "L781–L787"),
    _gradient("w2", "L783–L789"),
    _gradient("b", "L778–L785"),
)
_PAIRS = ("w1 w1", "w1 w2", "w1 b", "w2 w2", "w2 b", "b b")
CURVATURE_CLAIMS = tuple(_curvature(*pair.split()) for pair in _PAIRS)

# -- what is printed wrong -------------------------------------------------------------


def _slope_of_yhat(q: Any) -> Any:
    return q.yhat * (1 - q.yhat)


MISPRINTS = (
    Misprint(
        "N54, L699",
        "The first line of the derivation prints the exponent −2 − 1. The power rule "
        "takes 1 from the exponent −1, which gives −2, and the next line has it.",
        Claim(SIGMOID, "sigma", ("z",), (_first_line(-3),), "L699", (AT_Z,)),
        Claim(SIGMOID, "sigma", ("z",), (_first_line(-2),), "L700", (AT_Z,)),
    ),
    Misprint(
        "N54, L728",
        "The prediction is differentiated by z here, not by the answer y. The "
        "prediction does not depend on y at all.",
        Claim(PREDICTION, "yhat", ("y",), (_slope_of_yhat,), "L728", (BESIDE,)),
        Claim(PREDICTION, "yhat", ("z",), (_slope_of_yhat,), "L728", (BESIDE,)),
    ),
    Misprint(
        "N56, L760",
        "The loss compares the answer with the prediction. Printed is the loss of the "
        "prediction against itself, which is another number.",
        Claim(LOSS, "itself", (), (_loss,), "L760", (YES,)),
        Claim(LOSS, "full", (), (_loss,), "L732", (YES,)),
    ),
    Misprint(
        "N57, L774",
        "It is the prediction that depends on the bias. The answer y is data: its "
        "derivative by the bias is zero.",
        Claim(NEURON, "y", ("b",), (_slope_of_yhat,), "L774", (TRUE,)),
        YHAT_BY_B,
    ),
)

# -- the article -----------------------------------------------------------------------


def _record() -> Value:
    root: Value = NEURON.record(TRUE.values, ("w1", "w2", "b")).L
    return root


ARTICLE = Article(
    id="logistic-loss",
    title="The logistic loss of one neuron",
    catalogue_ids=("N53", "N54", "N55", "N56", "N57"),
    source="the hand-written calculus notes, lines L686–L789",
    summary=(
        "A neuron weighs its inputs, adds a bias and squeezes the sum into a "
        "probability ŷ. The answer y is 1 for yes and 0 for no. How should each "
        "weight change so that the prediction comes closer to the answer? The "
        "derivative says it, and it turns out to be the error times the input."
    ),
    parts=(
        Part(
            "The sigmoid and its slope",
            "The sigmoid maps every real number into the interval from 0 to 1. Its "
            "slope can be written with the sigmoid itself, which is why a program "
            "that has computed ŷ gets the slope almost for free. The second "
            "derivative is not in the notes; it follows by the product rule.",
            SIGMOID_CLAIMS,
        ),
        Part(
            "The loss",
            "For y = 1 only the first term is left, for y = 0 only the second. Either "
            "is small when ŷ is close to y and grows without bound at the wrong end, "
            "so ŷ must stay strictly between 0 and 1.",
            LOSS_CLAIMS,
        ),
        Part(
            "From the loss back to the prediction",
            "Seen as a function of the prediction alone, the loss has this slope. The "
            "numerator is the error. The second derivative, added here, is positive: "
            "the loss curves upward everywhere.",
            PREDICTION_CLAIMS,
        ),
        Part(
            "From the prediction back to the weights",
            "Now the chain rule: the slope of the loss by the prediction, times the "
            "slope of the prediction by a weight. The denominator of the one is a "
            "factor of the other. They cancel, and what stays is the error times the "
            "input beside the weight; for the bias that input is 1.",
            WEIGHT_CLAIMS,
            NEURON,
            ("z", "yhat", "L"),
        ),
        Part(
            "The curvature",
            "Differentiating once more, the answer y drops out: the curvature is the "
            "same for yes and for no. It is never negative in any direction, so the "
            "loss of one neuron has no false valleys. The notes stop before this; the "
            "catalogue gives the formula.",
            CURVATURE_CLAIMS,
        ),
    ),
    misprints=MISPRINTS,
    remarks=(
        Remark(
            "N54, L696–L728",
            "The variable z is printed as Z, I and F by turns, and σ as δ, d and e.",
        ),
    ),
    record=_record,
)
