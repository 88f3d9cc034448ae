"""A-15, A-16, A-25, A-27: binary cross-entropy, and the output it is not made for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from autograd_core import exp, log

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Part, Remark
from ..readings import Readings, derivative_at, value_at
from .heads import (
    BY_SIGMOIDS,
    BY_SOFTMAX,
    HARD,
    ONE_SIGMOID_BCE,
    ONE_SOFTMAX_BCE,
    OUTPUTS,
    SIGMOID_BCE,
    SOFTMAX_BCE,
    binary_sum,
    drawn_above,
    on_outputs,
    pick,
)
from .networks import BOTH_SAMPLES, I3, SAMPLES, total
from .softmax import error

__all__ = ["ARTICLES", "TWO_AT", "TWO_CLASSES", "binary_slope", "mixed_delta"]

Form = Callable[[Any], Any]


def binary_slope(letter: str, i: int) -> Form:
    """(ŷᵢ − yᵢ) / (ŷᵢ(1 − ŷᵢ)), with the outputs called ``letter``."""

    def form(q: Any) -> Any:
        a, y = getattr(q, f"{letter}{i}"), getattr(q, f"y{i}")
        return (a - y) / (a * (1 - a))

    return form


def _two_terms(i: int) -> Form:
    def form(q: Any) -> Any:
        p, y = getattr(q, f"p{i}"), getattr(q, f"y{i}")
        return -y / p + (1 - y) / (1 - p)

    return form


def _without_brackets(q: Any) -> Any:
    # The minus and the sum bind the first term; the second has a sum of its own.
    pairs = list(zip(pick(q, "y"), pick(q, "p"), strict=True))
    yes = total([y * log(p) for y, p in pairs])
    return -yes + total([(1 - y) * log(1 - p) for y, p in pairs])


def _with_brackets(q: Any) -> Any:
    pairs = zip(pick(q, "y"), pick(q, "p"), strict=True)
    return -total([y * log(p) + (1 - y) * log(1 - p) for y, p in pairs])


def mixed_delta(i: int, mark: str = "") -> Form:
    """E09: the slope by the score i, of binary cross-entropy after softmax."""

    def form(q: Any) -> Any:
        outputs = pick(q, "a", mark)
        over = [error(k, mark)(q) / (1 - a) for k, a in zip(I3, outputs, strict=True)]
        return over[i - 1] - outputs[i - 1] * total(over)

    return form


def _mixed(i: int, form: Form, where: str) -> Claim:
    return Claim(ONE_SOFTMAX_BCE, "L", (f"z{i}",), (form,), where, BY_SOFTMAX)


def _cancelled(i: int) -> Claim:
    def product(q: Any) -> Any:
        a = getattr(q, f"a{i}")
        return binary_slope("a", i)(q) * (a * (1 - a))

    forms = (product, error(i))
    return Claim(ONE_SIGMOID_BCE, "L", (f"z{i}",), forms, "A-15 (E09)", BY_SIGMOIDS)


# Two classes: the second target and the second share are what the first leave of 1.
TWO_CLASSES = Model(
    inputs=("y1", "z1", "z2"),
    definitions={
        "y2": lambda q: 1 - q.y1,
        "a1": lambda q: exp(q.z1) / (exp(q.z1) + exp(q.z2)),
        "a2": lambda q: exp(q.z2) / (exp(q.z1) + exp(q.z2)),
        "B": lambda q: binary_sum((q.y1, q.y2), (q.a1, q.a2)),
        "C": lambda q: -(q.y1 * log(q.a1) + q.y2 * log(q.a2)),
    },
    ranges={"y1": (0.0, 1.0)},
)
TWO_AT = Point("class 1", {"y1": 1.0, "z1": 0.5, "z2": -0.3})

BINARY = Article(
    id="binary-cross-entropy",
    title="A yes or no for each output",
    catalogue_ids=("A-15", "A-27"),
    source="the article on gradient descent, first draft, lines L216–L222, L399–L407",
    summary=(
        "The first draft takes each output for a probability of its own and adds the "
        "losses of as many yes-or-no answers. That belongs to outputs which know "
        "nothing of each other: sigmoids. The draft takes softmax, and its gradient is "
        "then not what it says."
    ),
    parts=(
        Part(
            "The loss and its slopes",
            "The draft writes down that this derivative is to be taken and stops there "
            "(L402–L406, E16). It is the error over ŷ(1 − ŷ); in the error of M "
            "samples it is divided by M.",
            (
                on_outputs("B", "", _with_brackets, where="A-15, L216–L222"),
                *(
                    on_outputs(
                        "B",
                        f"p{i}",
                        _two_terms(i),
                        binary_slope("p", i),
                        where="A-15, A-27",
                    )
                    for i in I3
                ),
            ),
        ),
        Part(
            "After a sigmoid",
            "The denominator cancels against the slope of the sigmoid: a − y.",
            tuple(map(_cancelled, I3)),
        ),
        Part(
            "After softmax",
            "Each score moves all shares, and every share has its own loss: nothing "
            "cancels, and a sum stays.",
            tuple(_mixed(i, mixed_delta(i), "A-15 (E09)") for i in I3),
        ),
        Part(
            "Two classes",
            "With two outputs that add up to 1 the two answers are one and the same "
            "question, asked twice: the loss is twice the cross-entropy, and so is its "
            "slope.",
            (
                Claim(
                    TWO_CLASSES, "B", (), (lambda q: 2 * q.C,), "A-15 (E09)", (TWO_AT,)
                ),
                Claim(
                    TWO_CLASSES,
                    "B",
                    ("z1",),
                    (lambda q: 2 * (q.a1 - q.y1),),
                    "A-15 (E09)",
                    (TWO_AT,),
                ),
            ),
            TWO_CLASSES,
            ("y2", "B", "C"),
        ),
    ),
    misprints=(
        Misprint(
            "A-15, A-16, A-25; first draft, L221, L228, L386, L405, L441 (E08, E13)",
            "The brackets around the two terms are missing, so that minus and sum bind "
            "the first only. (In L386 and L441 a closing bracket without its partner "
            "is left of them.)",
            on_outputs("B", "", _without_brackets, where="L221"),
            on_outputs("B", "", _with_brackets, where="L221"),
        ),
        *(
            Misprint(
                f"A-15, A-22, A-26; first draft, L221, L353, L412–L416 (E09): "
                f"z{chr(0x2080 + i)}",
                "The draft multiplies the slope of this loss with a(1 − a) and gets "
                "a − y. With its own choice of softmax that is wrong.",
                _mixed(i, error(i), "L412–L416"),
                _mixed(i, mixed_delta(i), "L412–L416"),
            )
            for i in I3
        ),
    ),
    remarks=(
        Remark(
            "A-15, A-18, A-25; first draft L386 and L441, second L227 (E13)",
            "A bracket is closed that was not opened.",
        ),
        Remark(
            "A-27, first draft, L402–L406 (E16)",
            "The slope is announced and not computed. The activations lack the number "
            "of their sample, and i and j number a weight in the lines around it.",
        ),
    ),
    record=OUTPUTS.drawn("B", HARD, "p1", "p2", "p3"),
    kind="definition",
)


def _mean(i: int, j: int) -> Claim:
    def form(q: Any) -> Any:
        first = error(i)(q) * getattr(q, f"h{j}")
        return (first + error(i, "p")(q) * getattr(q, f"h{j}p")) / 2

    where = "A-16, L224–L229; A-25, L375–L387"
    return Claim(SIGMOID_BCE, "E", (f"w{i}{j}",), (form,), where, (BOTH_SAMPLES,))


def _single(i: int) -> Claim:
    forms = (lambda q: mixed_delta(i)(q) * q.h1,)
    return Claim(
        ONE_SOFTMAX_BCE, "L", (f"w{i}1",), forms, "A-16, A-25 (E09)", BY_SOFTMAX
    )


STATEMENT = Misprint(
    "A-25, first draft, L384–L386 (E15)",
    "On the left stands the slope by one weight, on the right E itself: the sign "
    "of the derivative is missing, and the number is the same for every weight.",
    Claim(SIGMOID_BCE, "E", ("w11",), (lambda q: q.E,), "L384", (BOTH_SAMPLES,)),
    replace(_mean(1, 1), where="L384"),
)


BINARY_ERROR = Article(
    id="binary-cross-entropy-error",
    title="The error of yes-or-no outputs",
    catalogue_ids=("A-16", "A-25"),
    source="the article on gradient descent, first draft, lines L224–L229, L375–L387",
    summary=(
        "The mean of the last loss over the samples, through the whole network. With "
        "sigmoids at the output the slope by a weight is the mean of error times "
        "activation, as for softmax with its own loss. With softmax, the draft's "
        "choice, the longer δ of the article before stands in place of the error."
    ),
    parts=(
        Part(
            "With sigmoids",
            "All nine weights of the last layer; quantities of sample 2 have a prime.",
            tuple(_mean(i, j) for i in I3 for j in I3),
            SIGMOID_BCE,
            ("E",),
        ),
        Part(
            "With softmax",
            "The weights beside the first hidden unit, for one sample at a time; the "
            "slopes of E, in the table, are the means of both.",
            tuple(map(_single, I3)),
            readings=(
                Readings(
                    "E of both samples, with softmax",
                    (
                        *value_at(SOFTMAX_BCE, "E", BOTH_SAMPLES),
                        *(
                            derivative_at(SOFTMAX_BCE, "E", f"w{i}{j}", BOTH_SAMPLES)
                            for i in I3
                            for j in I3
                        ),
                    ),
                ),
                Readings(
                    "The same weights and samples, with sigmoids",
                    value_at(SIGMOID_BCE, "E", BOTH_SAMPLES),
                ),
            ),
        ),
    ),
    misprints=(STATEMENT,),
    record=drawn_above(
        ONE_SIGMOID_BCE, "L", SAMPLES[0], ["z1", "z2", "z3"], "z1", "z2", "z3"
    ),
    kind="definition",
)

ARTICLES = (BINARY, BINARY_ERROR)
