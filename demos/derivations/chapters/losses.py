"""A-11 to A-18: the losses of the notes, and their slopes.

``convexity.py`` and ``binary.py`` hold three of its articles.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..article import Claim, Misprint, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, value_at
from .binary import ARTICLES as BINARY
from .convexity import ARTICLE as CONVEXITY
from .heads import (
    HARD,
    ONE_SOFTMAX_MSE,
    OUTPUTS,
    PAIR,
    PAIR_AT,
    SIGMOID_MSE,
    SOFT,
    SOFTMAX_MSE,
    SURE,
    on_outputs,
    pick,
)
from .networks import BATCH, BOTH_SAMPLES, I3, SAMPLES, total
from .softmax import error, outer

__all__ = ["CHAPTER"]

Form = Callable[[Any], Any]


def _pair(target: str, wrt: str, *forms: Form, where: str) -> Claim:
    return Claim(PAIR, target, tuple(wrt.split()), forms, where, (PAIR_AT,))


# -- A-11 and A-13 ---------------------------------------------------------------------


def _difference(j: int, mark: str = "") -> Form:
    return lambda q: getattr(q, f"p{j}{mark}") - getattr(q, f"y{j}{mark}")


def _component(j: int) -> Claim:
    def form(q: Any) -> Any:
        return 2 * _difference(j)(q) / 3

    return on_outputs("Q", f"p{j}", form, where="A-11, L199–L206")


def _component_of(j: int, mark: str) -> Claim:
    def form(q: Any) -> Any:
        return _difference(j, mark)(q) / 3

    return _pair("E", f"p{j}{mark}", form, where="A-13, L210–L215")


def _square_delta(i: int) -> Form:
    # Softmax moves every share: each sends its own error back to the score i.
    def form(q: Any) -> Any:
        own = [a * error(k)(q) for k, a in zip(I3, pick(q, "a"), strict=True)]
        return 2 * getattr(q, f"a{i}") * (error(i)(q) - total(own)) / 3

    return form


SQUARES = Article(
    id="mean-square-loss",
    title="The mean square",
    catalogue_ids=("A-11", "A-13"),
    source=(
        "the article on gradient descent, first draft L195–L215, second draft L199–L206"
    ),
    summary=(
        "The first loss of the notes: the mean over the outputs of the squared "
        "differences, without the ½ that others put in front. The notes do not "
        "differentiate it. Its slope is the difference, times 2, by the number of "
        "outputs; in the error of several samples also by their number."
    ),
    parts=(
        Part(
            "One sample",
            "Three outputs.",
            tuple(map(_component, I3)),
            OUTPUTS,
            ("Q",),
        ),
        Part(
            "Two samples",
            "The second has a prime. Every slope is divided by 2·3.",
            tuple(_component_of(j, mark) for mark in ("", "p") for j in I3),
            PAIR,
            ("L", "Lp", "E"),
        ),
        Part(
            "Through softmax",
            "With softmax at the output the slope by a score has a sum in it, because "
            "each score moves all shares; times the activation beside it, it is the "
            "slope by a weight. The factor aᵢ makes it small where the network is "
            "certain, even if it is wrong.",
            (
                *(
                    Claim(
                        ONE_SOFTMAX_MSE,
                        "L",
                        (f"z{i}",),
                        (_square_delta(i),),
                        "A-13",
                        SAMPLES,
                    )
                    for i in I3
                ),
                Claim(
                    ONE_SOFTMAX_MSE,
                    "L",
                    ("w12",),
                    (lambda q: _square_delta(1)(q) * q.h2,),
                    "A-13",
                    SAMPLES,
                ),
            ),
            readings=(
                Readings(
                    "E of the notes' two samples",
                    (
                        Reading(
                            "softmax",
                            value_at(SOFTMAX_MSE, "E", BOTH_SAMPLES)[0].compute,
                        ),
                        Reading(
                            "sigmoids",
                            value_at(SIGMOID_MSE, "E", BOTH_SAMPLES)[0].compute,
                        ),
                    ),
                ),
            ),
        ),
    ),
    record=OUTPUTS.drawn("Q", HARD, "p1", "p2", "p3"),
    kind="definition",
)

# -- A-12 ------------------------------------------------------------------------------


def _batch(i: int, j: int, share: int) -> Form:
    def form(q: Any) -> Any:
        both = outer(i, j)(q) + error(i, "p")(q) * getattr(q, f"h{j}p")
        return both / share if share > 1 else both

    return form


def _weight(share: int, where: str) -> Claim:
    return Claim(BATCH, "E", ("w11",), (_batch(1, 1, share),), where, (BOTH_SAMPLES,))


MEAN = Article(
    id="mean-error",
    title="Sum or mean?",
    catalogue_ids=("A-12",),
    source=(
        "the article on gradient descent, first draft L204–L208, second draft L215–L221"
    ),
    summary=(
        "The error E is made of the losses of all samples. The notes call it their sum "
        "and write 1/M in front of it, so it is the mean, and the gradients that "
        "follow are those of the mean. Both have their minimum at the same place; the "
        "slopes differ by the factor M, and so would the learning rate."
    ),
    parts=(
        Part(
            "The mean",
            "Each loss has the slope 1/M, and so each sample's slopes are divided by "
            "M.",
            (
                _pair("E", "L", lambda q: q.exact("1/2"), where="A-12, L215–L221"),
                _weight(2, "A-12"),
            ),
            PAIR,
            ("E",),
            readings=(
                Readings(
                    "The notes' network with its cross-entropy",
                    value_at(BATCH, "L Lp E", BOTH_SAMPLES),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-12, A-13, A-18; first draft L204 and L210, second L215 and L223 (E06)",
            "What the words say, as a formula: the sum of the losses.",
            _pair("E", "", lambda q: q.L + q.Lp, where="L204, L215"),
            _pair("E", "", lambda q: (q.L + q.Lp) / 2, where="L208, L221"),
        ),
        Misprint(
            "A-12, A-43; second draft, L581 (E06)",
            "The same words about the gradients: a sum would be twice as large.",
            _weight(1, "L581"),
            _weight(2, "L587"),
        ),
    ),
    record=BATCH.cut(("L", "Lp")).drawn(
        "E",
        Point("", {**BOTH_SAMPLES.values, **vars(BATCH.run(BOTH_SAMPLES.values))}),
        "L",
        "Lp",
    ),
    kind="definition",
)

# -- one class of several -----------------------------------------------


def _by_share(i: int) -> Form:
    return lambda q: -getattr(q, f"y{i}") / getattr(q, f"p{i}")


def _by_output(i: int, mark: str) -> Form:
    return lambda q: -getattr(q, f"y{i}{mark}") / (2 * getattr(q, f"a{i}{mark}"))


# The outputs as inputs of their own must be probabilities.
SHARED = replace(
    BATCH, ranges={f"a{i}{mark}": (0.05, 0.95) for i in I3 for mark in ("", "p")}
)
CROSS_ENTROPY = Article(
    id="multiclass-cross-entropy",
    title="One class of several",
    catalogue_ids=("A-17", "A-18"),
    source="the article on gradient descent, second draft, lines L208–L232",
    summary=(
        "The second draft's loss: −Σ y ln ŷ. For a target with a single 1 it is the "
        "surprise about the true class, −ln ŷ; the other outputs matter only because "
        "they share 1 with it. The error is its mean over the samples. (The draft "
        "shortens negative log-likelihood to LLE; the usual form is NLL, E20.)"
    ),
    parts=(
        Part(
            "The loss and its slopes",
            "A target of 0 takes its term away. A program must do so too: 0·ln 0 is "
            "not a number, so the graph has one operation for y·ln ŷ that is 0 there.",
            tuple(
                on_outputs("C", f"p{i}", _by_share(i), where="A-17, L208–L213")
                for i in I3
            ),
            OUTPUTS,
            ("C",),
            readings=(
                Readings(
                    "The loss",
                    tuple(
                        Reading(
                            f"{point.label}",
                            value_at(OUTPUTS, "C", point)[0].compute,
                        )
                        for point in (HARD, SOFT, SURE)
                    ),
                ),
            ),
        ),
        Part(
            "A likelihood",
            "It is the negative logarithm of a product in which each output has its "
            "target for a power. A multinomial distribution of one trial is that "
            "product; its coefficient is 1.",
            tuple(
                on_outputs("N", f"p{i}", _by_share(i), where="A-17 (E20)") for i in I3
            ),
            OUTPUTS,
            ("N",),
            readings=(Readings("For the soft target", value_at(OUTPUTS, "N C", SOFT)),),
        ),
        Part(
            "The error",
            "The mean of two samples, through the network: what the first outputs of "
            "both send back. Once more the notes say sum and write the mean (E06), and "
            "one closing bracket is too many (L227, E13).",
            tuple(
                Claim(
                    SHARED,
                    "E",
                    (f"a{i}{mark}",),
                    (_by_output(i, mark),),
                    "A-18, L223–L232",
                    (BOTH_SAMPLES,),
                )
                for mark in ("", "p")
                for i in (1, 2)
            ),
            BATCH,
            ("L", "Lp", "E"),
            readings=(
                Readings(
                    "The notes' two samples", value_at(BATCH, "L Lp E", BOTH_SAMPLES)
                ),
            ),
        ),
    ),
    record=OUTPUTS.drawn("C", SOFT, "p1", "p2", "p3"),
    kind="definition",
    remarks=(
        Remark(
            "A-17, second draft, L208 (E20)",
            "The abbreviation is NLL. The distribution is the categorical one: a "
            "multinomial with a single trial.",
        ),
    ),
)

CHAPTER = Chapter(
    "losses",
    "How wrong is the network?",
    "Three losses, and what each of them sends back. A loss and the function at the "
    "output belong together: the wrong pair has another gradient.",
    (SQUARES, MEAN, CONVEXITY, *BINARY, CROSS_ENTROPY),
)
