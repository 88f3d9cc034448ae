"""S70 to S74: the softmax of two classes, by hand and as a stack of layers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograd_core import exp, log, sigmoid
from autograd_core.numbers.text import symbol

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at, value_at
from .networks import total
from .softmax_models import ROWS, error_sum, regression

__all__ = [
    "ARTICLES",
    "LOGISTIC",
    "LOGISTIC_AT",
    "STACK",
    "STACK_AT",
    "TWO",
    "TWO_AT",
    "TWO_VALUES",
    "WHOLE",
]

Form = Callable[[Any], Any]
LABELS = (1, 2, 2)
NUMBERS = (1, 2, 3)

# One sample, layer by layer; what S71 and S74 are about.
STACK = Model(
    inputs=("θ11", "θ12", "θ21", "θ22", "x1", "x2", "y"),
    definitions={
        "z1": lambda q: q.θ11 * q.x1 + q.θ12 * q.x2,
        "z2": lambda q: q.θ21 * q.x1 + q.θ22 * q.x2,
        "l1": lambda q: log(exp(q.z1) / (exp(q.z1) + exp(q.z2))),
        "l2": lambda q: log(exp(q.z2) / (exp(q.z1) + exp(q.z2))),
        "C": lambda q: -((1 - q.y) * q.l1 + q.y * q.l2),
    },
    symbols={"l1": "ℓ1", "l2": "ℓ2"},
    ranges={"y": (0.0, 1.0)},
)
STACK_AT = Point(
    "x = (1, 0.5), class 2",
    {
        "θ11": 0.2,
        "θ12": -0.4,
        "θ21": -0.3,
        "θ22": 0.7,
        "x1": 1.0,
        "x2": 0.5,
        "y": 1.0,
    },
)


# -- S70 and S73: two classes are one too many -----------------------------------------

_TWO = regression(ROWS, LABELS, (("a", "b"), ("c", "d")))


def _log_share(i: int, c: int) -> Form:
    return lambda q: log(getattr(q, f"p{i}{c}"))


TWO = Model(
    _TWO.inputs,
    {
        **_TWO.definitions,
        **{f"l{i}{c}": _log_share(i, c) for i in NUMBERS for c in (1, 2)},
    },
    {f"l{i}{c}": log(symbol(f"p{i}{c}")) for i in NUMBERS for c in (1, 2)},
)
TWO_VALUES = {"a": 0.2, "b": -0.4, "c": -0.3, "d": 0.7}
TWO_AT = Point("θ₁ = (0.2, −0.4), θ₂ = (−0.3, 0.7)", TWO_VALUES)


def _logistic() -> Model:
    # y is 1 for the class 2; u, v are θ₂ − θ₁.
    def score(row: tuple[str, str]) -> Form:
        return lambda q: q.exact(row[0]) * q.u + q.exact(row[1]) * q.v

    def share(i: int) -> Form:
        return lambda q: sigmoid(getattr(q, f"z{i}"))

    rules = {f"z{i}": score(row) for i, row in enumerate(ROWS, 1)}
    rules |= {f"p{i}": share(i) for i in NUMBERS}
    rules["C"] = lambda q: -(log(1 - q.p1) + log(q.p2) + log(q.p3))
    return Model(("u", "v"), rules)


LOGISTIC = _logistic()
LOGISTIC_AT = Point("θ = θ₂ − θ₁ = (−0.5, 1.1)", {"u": -0.5, "v": 1.1})
# The same cost, with the differences in it; and with both θ moved by t times (1, 1).
COMPARED = Model(
    ("a", "b", "c", "d"),
    {
        **TWO.definitions,
        "other": lambda q: LOGISTIC.run({"u": q.c - q.a, "v": q.d - q.b}).C,
    },
    {"other": "C of the logistic regression"},
)


def _slope(c: int, j: int) -> Form:
    return error_sum(ROWS, LABELS, c, j)


def _two(wrt: str, c: int, j: int, where: str) -> Claim:
    return Claim(TWO, "C", (wrt,), (_slope(c, j),), where, (TWO_AT,))


def _bend(first: str, second: str, sign: int = 1) -> Claim:
    # ± p₁ p₂ times the two inputs; θ₁ and θ₂ have opposite signs.
    def form(q: Any) -> Any:
        x, other = (getattr(q, f"x{name[-1]}") for name in (first, second))
        bend = exp(q.l1) * exp(q.l2) * (x**2 if x is other else x * other)
        return bend if sign > 0 else -bend

    return Claim(STACK, "C", (first, second), (form,), "S70", (STACK_AT,))


def _sigmoid_of_difference(i: int) -> Form:
    return lambda q: sigmoid(getattr(q, f"z{i}2") - getattr(q, f"z{i}1"))


def _logistic_slope(j: int) -> Form:
    def form(q: Any) -> Any:
        errors = (q.p1, q.p2 - 1, q.p3 - 1)
        xs = [q.exact(row[j]) for row in ROWS]
        return total([x * e for x, e in zip(xs, errors, strict=True)])

    return form


def _along(row: int) -> Reading:
    # One row of the Hessian times (1, 1, 1, 1).
    def compute(source: Source) -> Any:
        name = TWO.inputs[row]
        bends = [source.of(TWO, "C", (name, n), TWO_VALUES) for n in TWO.inputs]
        return total(bends)

    return Reading(f"row {row + 1} of H", compute)


TWO_CLASS = Article(
    id="two-class-softmax",
    title="Two classes: softmax is the sigmoid of a difference",
    catalogue_ids=("S70", "S73"),
    source="the slides on the multi-layer perceptron, lines L960–L986, L1015–L1030",
    summary=(
        "With two classes the probability of the second is the sigmoid of the "
        "difference of the scores. So the cost and its gradient are those of a "
        "logistic regression with θ = θ₂ − θ₁. Four parameters do the work of two."
    ),
    parts=(
        Part(
            "The same probability and the same cost",
            "The samples have the classes 1, 2, 2, so y is 0, 1, 1. On the slide the "
            "product is (p₁)¹(p₂)⁰ for the class 1: the probability p₁ (A-59 says the "
            "same for any number of classes).",
            (
                *(
                    Claim(
                        TWO,
                        f"p{i}2",
                        (),
                        (_sigmoid_of_difference(i),),
                        "S70, L971",
                        (TWO_AT,),
                    )
                    for i in NUMBERS
                ),
                Claim(TWO, "P", (), (lambda q: exp(-q.C),), "S70, L965", (TWO_AT,)),
            ),
            TWO,
            ("z11", "z12", "p12", "P", "C"),
            readings=(
                Readings(
                    "Two classes, and one score",
                    (
                        *value_at(TWO, "p12 p22 p32 C", TWO_AT),
                        *value_at(COMPARED, "other", TWO_AT),
                    ),
                ),
            ),
        ),
        Part(
            "The same gradient",
            "By θ₂: the sum of x(p₂ − y). By θ₁ it is the negative of that.",
            (
                _two("c", 2, 1, "S73, L1030"),
                _two("d", 2, 2, "S73, L1030"),
                Claim(
                    TWO, "C", ("a",), (lambda q: -_slope(2, 1)(q),), "S73", (TWO_AT,)
                ),
                Claim(
                    TWO, "C", ("b",), (lambda q: -_slope(2, 2)(q),), "S73", (TWO_AT,)
                ),
                *(
                    Claim(
                        LOGISTIC,
                        "C",
                        (name,),
                        (_logistic_slope(j),),
                        "S73",
                        (LOGISTIC_AT,),
                    )
                    for j, name in enumerate("uv")
                ),
            ),
        ),
        Part(
            "Too many parameters",
            "The slides do not say it: if the same is added to θ₁ and θ₂, nothing "
            "changes. For each sample (ℓ is ln p) the second derivatives by θ₂ twice, "
            "and by θ₁ and θ₂, are opposite. So the rows of the Hessian add up to 0, "
            "and it has no inverse.",
            (
                _bend("θ21", "θ21"),
                _bend("θ21", "θ22"),
                _bend("θ22", "θ22"),
                _bend("θ11", "θ21", -1),
                _bend("θ12", "θ22", -1),
            ),
            readings=(
                Readings(
                    "Of all samples: entries of H, and H times (1, 1, 1, 1)",
                    (
                        *(
                            derivative_at(TWO, "C", pair, TWO_AT)
                            for pair in ("c c", "c d", "d d")
                        ),
                        *map(_along, range(4)),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S70, L984",
            "The brackets after the sum are missing again, and at L986 the index of "
            "the sample. Read as it stands, the samples of class 2 count with the "
            "wrong sign.",
            Claim(
                TWO,
                "C",
                (),
                (lambda q: -log(q.p11) + log(q.p22) + log(q.p32),),
                "L984",
                (TWO_AT,),
            ),
            Claim(
                TWO,
                "C",
                (),
                (lambda q: -(log(q.p11) + log(q.p22) + log(q.p32)),),
                "L984",
                (TWO_AT,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "S73, L1028",
            "One of the two parameter vectors is superfluous: the same vector added "
            "to both changes nothing. That is left out.",
        ),
    ),
    record=LOGISTIC.drawn("C", LOGISTIC_AT),
)

# -- S72: by hand ----------------------------------------------------------------------


def _first_sample(target: str, wrt: str, form: Form) -> Claim:
    return Claim(TWO, target, (wrt,), (form,), "S72, L1007–L1009", (TWO_AT,))


def _by_hand(j: int) -> Form:
    # −Σ [1₁·(−x p₂) + 1₂·x(1 − p₂)], without the terms whose indicator is 0.
    def term(q: Any, i: int) -> Any:
        x, p = q.exact(ROWS[i - 1][j]), getattr(q, f"p{i}2")
        return -x * p if LABELS[i - 1] == 1 else x * (1 - p)

    return lambda q: -total([term(q, i) for i in NUMBERS])


BY_HAND = Article(
    id="softmax-by-hand",
    title="The derivative by hand",
    catalogue_ids=("S72",),
    source="the slides on the multi-layer perceptron, lines L996–L1013",
    summary=(
        "First the logarithms of the two probabilities, each by θ₂; then their sum "
        "over the samples. (The x on the slide is a row, θ a column: the gradient is "
        "a column if x is transposed.)"
    ),
    parts=(
        Part(
            "One sample",
            "x = (1, 0.5). The probability of the other class falls with θ₂, the own "
            "one grows.",
            (
                _first_sample("l11", "c", lambda q: -q.p12),
                _first_sample("l11", "d", lambda q: -q.exact("0.5") * q.p12),
                _first_sample("l12", "c", lambda q: 1 - q.p12),
                _first_sample("l12", "d", lambda q: q.exact("0.5") * (1 - q.p12)),
            ),
        ),
        Part(
            "All samples",
            "Each adds one of the two, by its class.",
            tuple(
                Claim(
                    TWO,
                    "C",
                    (name,),
                    (_by_hand(j), _slope(2, j + 1)),
                    "S72, L1013",
                    (TWO_AT,),
                )
                for j, name in enumerate("cd")
            ),
        ),
    ),
    record=TWO.drawn("l11", TWO_AT, "c", "d"),
)

# -- S71 and S74: the cost is a layer --------------------------------------------------


# The cost under a second name, so that the layer C can be cut.
WHOLE = replace(STACK, definitions={**STACK.definitions, "cost": lambda q: q.C})


def _literal(q: Any) -> Any:
    return -(1 - q.y) * q.l1 + q.y * q.l2


def _composed(q: Any) -> Any:
    over = exp(q.θ11 * q.x1 + q.θ12 * q.x2)
    under = exp(q.θ21 * q.x1 + q.θ22 * q.x2)
    return -((1 - q.y) * log(over / (over + under)) + q.y * log(under / (over + under)))


STACKED = Article(
    id="cost-as-layer",
    title="The cost is one more layer",
    catalogue_ids=("S71", "S74"),
    source="the slides on the multi-layer perceptron, lines L988–L992, L1036–L1061",
    summary=(
        "Softmax regression as a stack: a linear layer z, a layer ℓ of log-"
        "probabilities, and the cost, which has one output. The slide's picture is "
        "lost; the drawing below takes its place. (Logistic regression is struck out "
        "in the heading and softmax written over it; θ₁ stands before x here, behind "
        "it elsewhere.)"
    ),
    parts=(
        Part(
            "Three layers",
            "What the slides call z⁽⁰⁾ to z⁽³⁾ is x, z, ℓ and C here. y is 1 for the "
            "class 2, 0 for the class 1.",
            (Claim(STACK, "C", (), (_composed,), "S74, L1042", (STACK_AT,)),),
            STACK,
            ("z1", "z2", "l1", "l2", "C"),
            readings=(Readings("Forward", value_at(STACK, "z1 z2 l1 l2 C", STACK_AT)),),
        ),
        Part(
            "The sweep starts with 1",
            "The slope of the cost by itself. Then each layer turns the slopes by its "
            "outputs into those by its inputs.",
            (
                Claim(
                    WHOLE,
                    "cost",
                    ("C",),
                    (lambda q: q.exact("1"),),
                    "S71",
                    (STACK_AT,),
                ),
                Claim(STACK, "C", ("l1",), (lambda q: -(1 - q.y),), "S74", (STACK_AT,)),
                Claim(STACK, "C", ("l2",), (lambda q: -q.y,), "S74", (STACK_AT,)),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S74, L1042 and L1061",
            "Brackets are missing: the minus sign reaches the first term only.",
            Claim(STACK, "C", (), (_literal,), "L1061", (STACK_AT,)),
            Claim(
                STACK,
                "C",
                (),
                (lambda q: -((1 - q.y) * q.l1 + q.y * q.l2),),
                "L1061",
                (STACK_AT,),
            ),
        ),
    ),
    remarks=(
        Remark(
            "S71, L992",
            "The picture of that layer is lost.",
        ),
        Remark(
            "S74, L1042–L1055",
            "The parameters stand before x as a row here; elsewhere on the slides "
            "they are a column behind it.",
        ),
    ),
    record=STACK.drawn("C", STACK_AT, *STACK.inputs[:4]),
    kind="definition",
)

ARTICLES = (TWO_CLASS, BY_HAND, STACKED)
