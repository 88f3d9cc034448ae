"""A-49: the sigmoid of the hidden units, and what its lost minus sign does."""

from dataclasses import replace
from typing import Any

from autograd_core import exp, sigmoid

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part
from ..readings import Reading, Readings, derivative_at, value_at
from .deltas import Form, through
from .networks import I3, J2, ONE, SAMPLE_1
from .shorthand import evaluated

__all__ = ["ARTICLE", "LOGISTIC", "WRONG_WAY"]

LOGISTIC = Model(
    inputs=("z",),
    definitions={"a": lambda q: 1 / (1 + exp(-q.z))},
)
FLIPPED = Model(inputs=("z",), definitions={"a": lambda q: 1 / (1 + exp(q.z))})
TWO = Point("z = 2", {"z": 2.0})


def _own_slope(q: Any) -> Any:
    return q.a * (1 - q.a)


def _falling(i: int) -> Form:
    return lambda q: 1 / (1 + exp(getattr(q, f"s{i}")))


# The notes' network, forward with the sigmoid that they print.
FALLING = replace(
    ONE, definitions={**ONE.definitions, **{f"h{i}": _falling(i) for i in I3}}
)


def _by_weight(i: int, j: int) -> Reading:
    return derivative_at(FALLING, "L", f"u{i}{j}", SAMPLE_1)


WRONG_WAY = Readings(
    "Forward with the printed sigmoid, sample 1",
    (
        *(_by_weight(i, j) for i in I3 for j in J2),
        *(
            evaluated(
                f"by the formula, u{chr(0x2080 + i)}{chr(0x2080 + j)}",
                FALLING,
                through(i, j),
                SAMPLE_1,
            )
            for i in I3
            for j in J2
        ),
    ),
)


ARTICLE = Article(
    id="hidden-sigmoid",
    title="The sign in the sigmoid",
    catalogue_ids=("A-49",),
    source="the article on gradient descent, second draft, lines L707–L736",
    summary=(
        "The hidden units squeeze with the sigmoid, whose slope is a(1 − a). With the "
        "other sign in the exponent the curve is mirrored and falls; a(1 − a) then has "
        "the wrong sign, and every gradient below it too."
    ),
    parts=(
        Part(
            "The sigmoid and its slope",
            "Positive everywhere, largest where a is one half.",
            (
                Claim(
                    LOGISTIC, "a", (), (lambda q: sigmoid(q.z),), "A-49, L722", (TWO,)
                ),
                Claim(LOGISTIC, "a", ("z",), (_own_slope,), "A-49, L736", (TWO,)),
            ),
            LOGISTIC,
            ("a",),
            readings=(
                Readings("The printed function at z = 2", value_at(FLIPPED, "a", TWO)),
            ),
        ),
        Part(
            "Forward with the one, backward with the other",
            "A program that computes the printed function and goes back with h(1 − h) "
            "gets every slope of the hidden layer with the wrong sign.",
            readings=(WRONG_WAY,),
        ),
    ),
    misprints=(
        Misprint(
            "A-49, second draft, L722–L736 (E35)",
            "The exponent is printed without its minus sign.",
            Claim(FLIPPED, "a", ("z",), (_own_slope,), "L722", (TWO,)),
            Claim(LOGISTIC, "a", ("z",), (_own_slope,), "L722", (TWO,)),
            ("a",),
        ),
    ),
    record=LOGISTIC.drawn("a", TWO),
)
