"""S80 and S81: networks that answer with a number, or with one of three classes."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from autograd_core import exp, log, sigmoid
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Figure, Part, Remark
from ..readings import Readings, Run, value_at
from .descent_rules import gradient_descent
from .gaussians import gaussian, log_gaussian
from .modules import Linear, Sigmoid, Softmax, backward, forward, message, messages
from .networks import I3, J2, total
from .training import Trained, blobs, descend

__all__ = [
    "ARTICLES",
    "CLASSES",
    "CLASSES_AT",
    "FIT_RUN",
    "LOGITS",
    "LOGITS_AT",
    "REGRESSION",
    "REGRESSION_AT",
]

Form = Callable[[Any], Any]


def _of(name: str) -> Form:
    return lambda q: getattr(q, name)


# -- S80: a number ---------------------------------------------------------------------

XS, YS = ("-1", "0.5", "2"), ("0.5", "1.2", "-0.3")
PARAMETERS = ("o", "p", "q", "a0", "a1", "b0", "b1")


def _regression(unit: Callable[[Any], Any]) -> Model:
    def hidden(letter: str, x: str) -> Form:
        bias, weight = f"{letter}0", f"{letter}1"
        return lambda q: unit(getattr(q, bias) + getattr(q, weight) * q.exact(x))

    def output(i: int) -> Form:
        return lambda q: q.o + q.p * getattr(q, f"g{i}") + q.q * getattr(q, f"h{i}")

    def cost(q: Any) -> Any:
        pairs = zip(I3, YS, strict=True)
        return total([(q.exact(y) - getattr(q, f"f{i}")) ** 2 for i, y in pairs])

    rules: dict[str, Form] = {}
    for i, x in zip(I3, XS, strict=True):
        rules |= {f"g{i}": hidden("a", x), f"h{i}": hidden("b", x), f"f{i}": output(i)}
    symbols = {f"f{i}": f"ŷ{i}" for i in I3}
    return Model(PARAMETERS, {**rules, "C": cost}, symbols)


REGRESSION = _regression(sigmoid)
MINUS = _regression(lambda u: 1 / (1 - exp(-u)))
REGRESSION_AT = Point(
    "three samples",
    dict(zip(PARAMETERS, (0.2, 1.5, -0.8, -0.4, 0.9, 0.3, -1.1), strict=True)),
)
# One output with its likelihood: y normal around ŷ.
GAUSS = Model(
    inputs=("y", "f", "s"),
    definitions={
        "density": lambda q: gaussian(q.y, q.f, q.s),
        "surprise": lambda q: -log_gaussian(q.y, q.f, q.s),
    },
    symbols={"f": "ŷ", "s": "σ", "density": "p(y)", "surprise": "−ln p(y)"},
    ranges={"s": (0.5, 2.0)},
)
GAUSS_AT = Point("y = 1.2, ŷ = 0.6, σ = 0.5", {"y": 1.2, "f": 0.6, "s": 0.5})


def _slope(name: str) -> Form:
    # −2 Σ (y − ŷ) times how ŷ changes.
    def beside(q: Any, i: int, x: str) -> Any:
        g, h = getattr(q, f"g{i}"), getattr(q, f"h{i}")
        bends = {"a": q.p * g * (1 - g), "b": q.q * h * (1 - h)}
        if name in "pq":
            return {"p": g, "q": h}[name]
        bend = bends[name[0]]
        return bend * q.exact(x) if name[1] == "1" else bend

    def term(q: Any, i: int, x: str, y: str) -> Any:
        error = q.exact(y) - getattr(q, f"f{i}")
        return error if name == "o" else error * beside(q, i, x)

    def form(q: Any) -> Any:
        data = zip(I3, XS, YS, strict=True)
        return -2 * total([term(q, i, x, y) for i, x, y in data])

    return form


FIT_RUN = Run(
    "Gradient descent with α = 0.1",
    REGRESSION,
    "C",
    PARAMETERS,
    REGRESSION_AT,
    5,
    gradient_descent(0.1),
)


@cache
def _fitted() -> Trained:
    return descend(
        REGRESSION, "C", PARAMETERS, REGRESSION_AT.values, rate=0.1, steps=400
    )


def _curve(values: dict[str, float]) -> Callable[[float], float]:
    o, p, q, a0, a1, b0, b1 = (values[name] for name in PARAMETERS)
    return lambda x: float(o + p * sigmoid(a0 + a1 * x) + q * sigmoid(b0 + b1 * x))


def _fit_figure() -> str:
    return plots.fit(
        [(float(x), float(y)) for x, y in zip(XS, YS, strict=True)],
        {
            "start": _curve(dict(REGRESSION_AT.values)),
            "after 400 steps": _curve(_fitted().values),
        },
        (-2.0, 3.0),
        title="A network with two hidden units, before and after learning three points",
        names=("x", "ŷ"),
    )


def _fit_losses_figure() -> str:
    return plots.losses(
        {"C": _fitted().losses}, title="The squared error over the steps"
    )


FUNCTION = Article(
    id="mlp-regression",
    title="A number as the answer: fitting curves",
    catalogue_ids=("S80",),
    source="the slides on the multi-layer perceptron, lines L1208–L1240",
    summary=(
        "Without a sigmoid at the end the network answers with any number: a sum of "
        "bent steps, which with enough of them comes close to any curve. The answer "
        "is the mean of y, y is normal around it, and the negative log-likelihood is "
        "the squared error. (RBF regression, noted beside it, has exp(−‖x − μ‖²/λ) in "
        "the place of the sigmoid; the scan has N for μ and n for λ.)"
    ),
    parts=(
        Part(
            "From the likelihood to the squared error",
            "Only the square depends on ŷ; for a fixed σ the minimum of the sum of "
            "squares is the maximum of the likelihood.",
            (
                Claim(
                    GAUSS,
                    "surprise",
                    ("f",),
                    (lambda q: (q.f - q.y) / q.s**2,),
                    "S80, L1222",
                    (GAUSS_AT,),
                ),
            ),
            GAUSS,
            ("density",),
        ),
        Part(
            "The slopes",
            "x = (−1, 0.5, 2), y = (0.5, 1.2, −0.3), two hidden units g and h. Minus "
            "two times the errors, each times how its ŷ changes.",
            tuple(
                Claim(
                    REGRESSION, "C", (n,), (_slope(n),), "S80, L1228", (REGRESSION_AT,)
                )
                for n in PARAMETERS
            ),
            REGRESSION,
            ("g1", "h1", "f1", "C"),
            readings=(
                Readings("Forward", value_at(REGRESSION, "f1 f2 f3 C", REGRESSION_AT)),
                Readings(
                    "Forward with the printed minus sign",
                    value_at(MINUS, "f1 f2 f3", REGRESSION_AT),
                ),
            ),
        ),
        Part(
            "Learning three points",
            "Five steps as a table, four hundred as pictures.",
            runs=(FIT_RUN,),
            figures=(
                Figure("The curve goes through the points.", _fit_figure),
                Figure("The sum of squares.", _fit_losses_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S80, L1216 and L1238, twice each",
            "The sigmoid is printed with 1 − exp(−u) in the denominator. Such a unit "
            "is infinite at u = 0 and not between 0 and 1.",
            Claim(
                REGRESSION,
                "g1",
                (),
                (lambda q: 1 / (1 - exp(-(q.a0 + q.a1 * q.exact("-1")))),),
                "L1216",
                (REGRESSION_AT,),
            ),
            Claim(
                REGRESSION,
                "g1",
                (),
                (lambda q: 1 / (1 + exp(-(q.a0 + q.a1 * q.exact("-1")))),),
                "L1216",
                (REGRESSION_AT,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "S80, L1240",
            "N is μ, and n is λ: the exponent of a unit with a radial basis function.",
        ),
    ),
    record=REGRESSION.drawn("f1", REGRESSION_AT),
)

# -- S81: one of three classes ---------------------------------------------------------


def _share(c: int) -> Form:
    return lambda q: exp(getattr(q, f"z{c}")) / q.Z


LOGITS = Model(
    inputs=("z1", "z2", "z3"),
    definitions={
        "Z": lambda q: exp(q.z1) + exp(q.z2) + exp(q.z3),
        **{f"p{c}": _share(c) for c in I3},
        "P": lambda q: q.p1**0 * q.p2**1 * q.p3**0,
        "C": lambda q: -log(q.p2),
    },
    symbols={"P": "p(y = [0, 1, 0])"},
)
LOGITS_AT = Point("z = (0.4, 1.3, −0.6), class 2", {"z1": 0.4, "z2": 1.3, "z3": -0.6})

_LAYERS = (
    Linear(
        ("x1", "x2"),
        ("s1", "s2"),
        tuple((f"u{j}1", f"u{j}2") for j in J2),
        ("u10", "u20"),
    ),
    Sigmoid(("s1", "s2"), ("h1", "h2")),
    Linear(
        ("h1", "h2"),
        ("z1", "z2", "z3"),
        tuple((f"w{c}1", f"w{c}2") for c in I3),
        tuple(f"w{c}0" for c in I3),
    ),
    Softmax(("z1", "z2", "z3"), ("p1", "p2", "p3")),
)
WEIGHTS = (
    *(f"u{j}{i}" for j in J2 for i in (0, 1, 2)),
    *(f"w{c}{j}" for c in I3 for j in (0, 1, 2)),
)
_NUMBERS = (
    *(0.1, 0.3, -0.6, -0.2, 0.8, 0.5),
    *(0.05, 1.1, -0.9, -0.3, 0.4, 0.7, 0.2, -0.5, 0.6),
)


def _classes() -> Model:
    # −ln p of the observed class, and the messages from there to the inputs.
    made: dict[str, Form] = {
        "C": lambda q: -(q.y1 * log(q.p1) + q.y2 * log(q.p2) + q.y3 * log(q.p3)),
    }
    for c in I3:
        made[message(f"p{c}")] = _sent_by_cost(c)
    made |= backward(_LAYERS)
    names = [name.removeprefix("δ_") for name in made if name != "C"]
    return Model(
        (*WEIGHTS, "x1", "x2", "y1", "y2"),
        {"y3": lambda q: 1 - q.y1 - q.y2, **forward(_LAYERS), **made},
        messages(names),
        {"y1": (0.0, 0.5), "y2": (0.0, 0.5), "p2": (0.1, 0.9)},
    )


def _sent_by_cost(c: int) -> Form:
    return lambda q: -getattr(q, f"y{c}") / getattr(q, f"p{c}")


CLASSES = _classes()
CLASSES_AT = Point(
    "x = (0.7, −1.4), class 2",
    {
        **dict(zip(WEIGHTS, _NUMBERS, strict=True)),
        "x1": 0.7,
        "x2": -1.4,
        "y1": 0.0,
        "y2": 1.0,
    },
)


def _share_minus(c: int) -> Form:
    return lambda q: getattr(q, f"p{c}") - 1 if c == 2 else getattr(q, f"p{c}")


def _bend(c: int, k: int) -> Claim:
    def form(q: Any) -> Any:
        p, other = getattr(q, f"p{c}"), getattr(q, f"p{k}")
        return p * (1 - p) if c == k else -p * other

    return Claim(LOGITS, "C", (f"z{c}", f"z{k}"), (form,), "S81", (LOGITS_AT,))


def _sent(name: str) -> Claim:
    form = _of(message(name))
    return Claim(CLASSES, "C", (name,), (form,), "S81, L1244–L1264", (CLASSES_AT,))


def _slopes() -> tuple[Claim, ...]:
    layers = (layer for layer in reversed(_LAYERS) if isinstance(layer, Linear))
    return tuple(
        Claim(CLASSES, "C", (name,), (form,), "S81", (CLASSES_AT,))
        for layer in layers
        for name, form in layer.slopes().items()
    )


CLOUDS = blobs(((0.0, 0.0), (1.7, 0.3), (-1.2, 1.4)), 12, 0.55, seed=11)


def _cloud_cost(q: Any) -> Any:
    weights = {name: getattr(q, name) for name in WEIGHTS}
    chances = []
    for c, points in enumerate(CLOUDS, 1):
        for x1, x2 in points:
            values: dict[str, Any] = {**weights, "x1": x1, "x2": x2}
            found = CLOUD_NET.run({**values, "y1": 0.0, "y2": 0.0})
            chances.append(log(getattr(found, f"p{c}")))
    return -total(chances) / len(chances)


# Only what the cost needs: no messages.
CLOUD_NET = replace(CLASSES, definitions=forward(_LAYERS))
CLOUD = Model(WEIGHTS, {"C": _cloud_cost})


@cache
def _separated() -> Trained:
    start = dict(zip(WEIGHTS, _NUMBERS, strict=True))
    return descend(CLOUD, "C", WEIGHTS, start, rate=1.5, steps=150)


def _winner(x: float, y: float) -> float:
    values = {**_separated().values, "x1": x, "x2": y, "y1": 0.0, "y2": 0.0}
    found = CLOUD_NET.run(values)
    scores = [float(getattr(found, f"z{c}")) for c in I3]
    return float(scores.index(max(scores)))


def _regions_figure() -> str:
    return plots.boundary(
        _winner,
        (-2.8, 3.2),
        (-1.6, 2.8),
        title="Three classes and the regions of a network with two hidden units",
        classes={f"class {c}": points for c, points in enumerate(CLOUDS, 1)},
        levels=(0.5, 1.5),
    )


def _separated_losses_figure() -> str:
    return plots.losses(
        {"mean loss": _separated().losses},
        title="The mean loss of the three classes over the steps",
        names=("step", "C"),
    )


CHOICE = Article(
    id="mlp-classes",
    title="One of three classes as the answer",
    catalogue_ids=("S81",),
    source="the slides on the multi-layer perceptron, lines L1244–L1264",
    summary=(
        "Three outputs and a softmax over all of them. The likelihood is the product "
        "of the probabilities, each to the power of its indicator: the probability of "
        "the observed class. (softmax(z₂) on the slide is the second component of "
        "softmax(z); the hidden layer was in a picture that is lost.)"
    ),
    parts=(
        Part(
            "The scores by themselves",
            "Class 2 was observed. The slopes are probability minus target, the "
            "curvature is that of ln Z.",
            (
                *(
                    Claim(
                        LOGITS, "C", (f"z{c}",), (_share_minus(c),), "S81", (LOGITS_AT,)
                    )
                    for c in I3
                ),
                *(_bend(c, k) for c in I3 for k in I3 if c <= k),
            ),
            LOGITS,
            ("Z", "p1", "P", "C"),
        ),
        Part(
            "The messages through the network",
            "Two inputs, two hidden units, three classes. Each δ is made by one layer "
            "from those of the layer above.",
            tuple(map(_sent, ("p2", "z1", "z2", "z3", "h1", "h2", "s1", "s2"))),
            CLASSES,
            ("s1", "h1", "z1", "p1", "C", *map(message, ("p1", "z1", "h1", "s1"))),
        ),
        Part("All fifteen slopes", "δ times what stands beside the weight.", _slopes()),
        Part(
            "Regions",
            "Thirty-six seeded samples, 150 steps with α = 1.5. Every boundary is "
            "where two scores are equal, sums of two sigmoids.",
            figures=(
                Figure(
                    "The most probable class. (The steps in the lines are those of the "
                    "picture's grid.)",
                    _regions_figure,
                ),
                Figure("The mean loss.", _separated_losses_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S81, L1256",
            "The three factors of the likelihood are joined by plus signs. For an "
            "observed class that gives 1 + p + 1, more than 1.",
            Claim(
                LOGITS,
                "P",
                (),
                (lambda q: q.p1**0 + q.p2**1 + q.p3**0,),
                "L1256",
                (LOGITS_AT,),
            ),
            Claim(
                LOGITS,
                "P",
                (),
                (lambda q: q.p1**0 * q.p2**1 * q.p3**0,),
                "L1256",
                (LOGITS_AT,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "S81, L1251",
            "softmax(z₂) stands for the second component of softmax(z), which needs "
            "every score. The picture with the hidden layer is lost.",
        ),
    ),
    record=CLASSES.drawn("C", CLASSES_AT, *WEIGHTS),
)

ARTICLES = (FUNCTION, CHOICE)
