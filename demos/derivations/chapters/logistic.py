"""S61 to S64 and A-68: what the answers of a neuron cost, and the gradient of that.

`DATA` is the logistic regression of five samples that both chapters on it use: z is
a + b·x, and p (the slides' π) is the probability of the class 1.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import exp, log, sigmoid

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part
from ..readings import Readings, value_at
from .logistic_loss import loss
from .networks import total
from .yes_or_no import ARTICLES as YES_OR_NO
from .yes_or_no import BINARY, NEGATIVE, POSITIVE, SCORES, TWO_SCORES

__all__ = [
    "AT",
    "CHAPTER",
    "DATA",
    "OUTPUTS",
    "X",
    "Y",
    "combined",
    "literal_cost",
    "residuals",
]

Form = Callable[[Any], Any]


def combined(factors: Sequence[int], terms: Sequence[Any]) -> Any:
    """Σ k·t with whole numbers k, written as one would by hand."""
    result: Any = None
    for k, term in zip(factors, terms, strict=True):
        size = term if abs(k) == 1 else abs(k) * term
        if result is None:
            result = size if k >= 0 else -size
        else:
            result = result + size if k >= 0 else result - size
    return result


# -- S61 and S62: likelihood and cost --------------------------------------------------

X = (-2, -1, 0, 1, 2)
Y = (0, 0, 1, 0, 1)
_NUMBERS = range(1, len(X) + 1)


def _data() -> dict[str, Form]:
    def score(x: int) -> Form:
        return lambda q: combined((1, x), (q.a, q.b))

    def squeezed(i: int) -> Form:
        return lambda q: sigmoid(getattr(q, f"z{i}"))

    rules = {f"z{i}": score(x) for i, x in zip(_NUMBERS, X, strict=True)}
    rules |= {f"p{i}": squeezed(i) for i in _NUMBERS}
    rules["P"] = _likelihood
    rules["C"] = lambda q: -total([log(x) for x in _chances(q)])
    return rules


def _chances(q: Any) -> list[Any]:
    # What the model gives to what was observed: p for yes, 1 − p for no.
    shares = [getattr(q, f"p{i}") for i in _NUMBERS]
    return [p if y else 1 - p for p, y in zip(shares, Y, strict=True)]


def _likelihood(q: Any) -> Any:
    product, *others = _chances(q)
    for chance in others:
        product = product * chance
    return product


DATA = Model(inputs=("a", "b"), definitions=_data())
AT = Point("a = 0.2, b = −0.3", {"a": 0.2, "b": -0.3})


def residuals(q: Any) -> list[Any]:
    """p − y, for each sample."""
    shares = [getattr(q, f"p{i}") for i in _NUMBERS]
    return [p - 1 if y else p for p, y in zip(shares, Y, strict=True)]


def literal_cost(q: Any) -> Any:
    """L860 without its missing brackets: the sign belongs to the first terms only."""
    yes = [log(getattr(q, f"p{i}")) for i, y in zip(_NUMBERS, Y, strict=True) if y]
    no = [
        log(1 - getattr(q, f"p{i}")) for i, y in zip(_NUMBERS, Y, strict=True) if not y
    ]
    return -total(yes) + total(no)


def _likelihood_slope(wrt: str) -> Claim:
    factors = X if wrt == "b" else (1,) * len(X)
    return Claim(
        DATA,
        "P",
        (wrt,),
        (lambda q: -q.P * combined(factors, residuals(q)),),
        "S61",
        (AT,),
    )


BERNOULLI = Article(
    id="bernoulli-likelihood",
    title="Likelihood and binary cross-entropy",
    catalogue_ids=("S61", "S62"),
    source="the slides on the multi-layer perceptron, lines L839–L862",
    summary=(
        "How probable are the answers that were observed? Each has the probability p "
        "if it is yes and 1 − p if it is no; together they have the product. Its "
        "logarithm turns the product into a sum, and the minus sign turns a maximum "
        "into a minimum. (Linear regression does the same with a Gaussian.)"
    ),
    parts=(
        Part(
            "Five samples",
            "x = (−2, −1, 0, 1, 2), y = (0, 0, 1, 0, 1), z = a + b·x. P is the "
            "likelihood, C the cost.",
            (
                Claim(DATA, "P", (), (lambda q: exp(-q.C),), "S61, L848", (AT,)),
                _likelihood_slope("a"),
                _likelihood_slope("b"),
            ),
            DATA,
            ("z1", "p1", "P", "C"),
            readings=(Readings(AT.label, value_at(DATA, "p1 p2 p3 p4 p5 P C", AT)),),
        ),
    ),
    misprints=(
        Misprint(
            "S62, L860, and again L984, L1003, L1013, L1042, L1061, L1200",
            "The brackets after the sum are missing. Read as it stands, the minus sign "
            "belongs to the samples with y = 1 only, and a worse answer to the others "
            "makes the cost smaller.",
            Claim(DATA, "C", (), (literal_cost,), "L860", (AT,)),
            Claim(
                DATA,
                "C",
                (),
                (lambda q: -total([log(x) for x in _chances(q)]),),
                "L860",
                (AT,),
            ),
        ),
    ),
    record=DATA.drawn("C", AT),
    kind="definition",
)

# -- S63, S64, A-68: the gradient ------------------------------------------------------

OUTPUTS = Model(
    inputs=("p1", "p2", "y1", "y2"),
    definitions={"C": lambda q: loss(q.y1, q.p1) + loss(q.y2, q.p2)},
    ranges={
        **dict.fromkeys(("p1", "p2"), (0.05, 0.95)),
        **dict.fromkeys(("y1", "y2"), (0.0, 1.0)),
    },
)
TWO_OUTPUTS = Point(
    "p = (0.7, 0.2), y = (1, 0)", {"p1": 0.7, "p2": 0.2, "y1": 1.0, "y2": 0.0}
)


def _quotient(i: int) -> Form:
    def form(q: Any) -> Any:
        p, y = getattr(q, f"p{i}"), getattr(q, f"y{i}")
        return (p - y) / (p * (1 - p))

    return form


def _output(i: int) -> Claim:
    def split(q: Any) -> Any:
        p, y = getattr(q, f"p{i}"), getattr(q, f"y{i}")
        return -(y / p - (1 - y) / (1 - p))

    forms = (split, _quotient(i))
    return Claim(OUTPUTS, "C", (f"p{i}",), forms, "S63, L866", (TWO_OUTPUTS,))


def _parameter(wrt: str) -> Claim:
    factors = X if wrt == "b" else (1,) * len(X)
    return Claim(
        DATA,
        "C",
        (wrt,),
        (lambda q: combined(factors, residuals(q)),),
        "S64, L872–L877",
        (AT,),
    )


def _chain(q: Any) -> Any:
    return (q.plus - q.y) / (q.plus * (1 - q.plus)) * (q.plus * (1 - q.plus))


GRADIENT = Article(
    id="logistic-gradient",
    title="Error times input, for all samples",
    catalogue_ids=("S63", "S64", "A-68"),
    source=(
        "the slides on the multi-layer perceptron, lines L864–L877, and the "
        "hand-written notes on softmax and Adam, lines L50 and L61–L67"
    ),
    summary=(
        "The slope by an output has a denominator; the slope of the sigmoid has the "
        "same factor above. They cancel, and the error p − y is left, as for one "
        "neuron (N56, N57). Every sample adds its error times its input: Xᵀ(p − y)."
    ),
    parts=(
        Part(
            "By the outputs",
            "C has as many outputs as samples, so this is a vector.",
            (_output(1), _output(2)),
            OUTPUTS,
            ("C",),
        ),
        Part(
            "By the score of one sample",
            "For the scalar score the error; for the two scores of the softmax the "
            "error and minus the error, because only their difference matters.",
            (
                Claim(
                    BINARY,
                    "L",
                    ("s",),
                    (_chain, lambda q: -(q.y - q.plus)),
                    "A-68, L50",
                    (POSITIVE, NEGATIVE),
                ),
                *(
                    Claim(SCORES, "L", (name,), (form,), "A-68", (TWO_SCORES,))
                    for name, form in (
                        ("s", lambda q: q.plus - q.y),
                        ("r", lambda q: -(q.plus - q.y)),
                    )
                ),
            ),
            BINARY,
            ("L",),
        ),
        Part(
            "By the parameters",
            "The column of ones belongs to a, the column of the x to b.",
            (_parameter("a"), _parameter("b")),
        ),
    ),
    misprints=(
        Misprint(
            "S63, L866",
            "Printed is one number, the sum over all samples. Each output has a "
            "derivative of its own; the sum is the derivative by none of them.",
            Claim(
                OUTPUTS,
                "C",
                ("p1",),
                (lambda q: _quotient(1)(q) + _quotient(2)(q),),
                "L866",
                (TWO_OUTPUTS,),
            ),
            Claim(OUTPUTS, "C", ("p1",), (_quotient(1),), "L866", (TWO_OUTPUTS,)),
        ),
    ),
    record=SCORES.drawn("L", TWO_SCORES, "s", "r"),
)

CHAPTER = Chapter(
    "logistic",
    "Logistic regression",
    "One neuron with a sigmoid, many samples: what it answers, where it changes its "
    "mind, what that costs, and the gradient of the cost.",
    (*YES_OR_NO, BERNOULLI, GRADIENT),
)
