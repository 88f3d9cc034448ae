"""A-23, A-24, A-26, A-28 to A-35: the chain rule at the output, in two drafts.

``descent_step.py`` and ``one_hot.py`` hold two of its articles.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, derivative_at
from .binary import binary_slope, mixed_delta
from .deltas import delta
from .descent_step import ARTICLE as STEP
from .heads import (
    BY_SIGMOIDS,
    BY_SOFTMAX,
    ONE_SIGMOID_BCE,
    ONE_SOFTMAX_BCE,
    SIGMOID_BCE,
    drawn_above,
    named,
    pick,
)
from .networks import (
    BATCH,
    BOTH_SAMPLES,
    I3,
    J2,
    ONE,
    SAMPLE_1,
    SAMPLES,
    U,
    W,
    total,
)
from .one_hot import ARTICLE as ONE_HOT
from .one_hot import SHARES, share_slope
from .softmax import SOFTMAX, error, outer

__all__ = ["CHAPTER", "PULLED", "PULLED_AT"]

Form = Callable[[Any], Any]
A3, Z3, H3 = ("a1", "a2", "a3"), ("z1", "z2", "z3"), ("h1", "h2", "h3")


def _jacobian(k: int, i: int) -> Form:
    # The slope of the share k by the score i.
    def form(q: Any) -> Any:
        a, b = getattr(q, f"a{k}"), getattr(q, f"a{i}")
        return a * (1 - a) if k == i else -a * b

    return form


def _full_sum(first: Callable[[int], Form], i: int) -> Form:
    # Row times column: every output that the score i moves.
    return lambda q: total([first(k)(q) * _jacobian(k, i)(q) for k in I3])


# -- the first draft ----------------------------------------------------

# A row of any numbers v times the Jacobian of softmax: what f = Σ v·a sends back.
PULLED = Model(
    inputs=("v1", "v2", "v3", *SOFTMAX.inputs),
    definitions={
        **{n: rule for n, rule in SOFTMAX.definitions.items() if n != "sum"},
        "f": lambda q: q.v1 * q.a1 + q.v2 * q.a2 + q.v3 * q.a3,
    },
)
PULLED_AT = Point(
    "z = (1, 2, 3), v = (1, −2, 0.5)",
    {"z1": 1.0, "z2": 2.0, "z3": 3.0, "v1": 1.0, "v2": -2.0, "v3": 0.5},
)


def _pulled(i: int, *forms: Form, where: str) -> Claim:
    return Claim(PULLED, "f", (f"z{i}",), forms, where, (PULLED_AT,))


def _diagonal(i: int) -> Form:
    return lambda q: getattr(q, f"v{i}") * _jacobian(i, i)(q)


def _row_times_jacobian(i: int) -> Form:
    return _full_sum(lambda k: lambda q: getattr(q, f"v{k}"), i)


def _shifted(i: int) -> Form:
    def form(q: Any) -> Any:
        mean = total([v * a for v, a in zip(pick(q, "v"), pick(q, "a"), strict=True)])
        return getattr(q, f"a{i}") * (getattr(q, f"v{i}") - mean)

    return form


def _first_factor(k: int) -> Form:
    return binary_slope("a", k)


def _squeezed(i: int, k: int) -> Claim:
    form = _jacobian(i, i) if i == k else (lambda q: q.exact("0"))
    where = "A-28, L409–L417"
    return Claim(ONE_SIGMOID_BCE, f"a{i}", (f"z{k}",), (form,), where, BY_SIGMOIDS)


def _table(model: Model) -> Readings:
    rows = [derivative_at(model, "L", name, SAMPLE_1) for name in (*A3, *Z3)]
    return Readings("Sample 1: the row, and row times matrix", tuple(rows))


JACOBIAN = Article(
    id="output-jacobian",
    title="Three factors, and the one in the middle",
    catalogue_ids=("A-26", "A-28"),
    source="the article on gradient descent, first draft, lines L389–L397, L409–L417",
    summary=(
        "The draft splits the slope by a weight into three factors: a row of slopes by "
        "the outputs, a matrix of slopes of the outputs by the scores, and a column of "
        "slopes of the scores by the weight. The split is right. In the middle stands "
        "a whole matrix, and the draft has its diagonal only."
    ),
    parts=(
        Part(
            "The row",
            "Binary cross-entropy, as the draft has it.",
            tuple(
                Claim(
                    replace(ONE_SOFTMAX_BCE, ranges={**ONE.ranges, **SHARES}),
                    "L",
                    (f"a{k}",),
                    (_first_factor(k),),
                    "A-26, L389–L397",
                    BY_SOFTMAX,
                )
                for k in I3
            ),
        ),
        Part(
            "The matrix, for sigmoids",
            "Each output has its own score: a(1 − a) on the diagonal, zero elsewhere. "
            "The draft's formula is this one.",
            tuple(_squeezed(1, k) for k in I3),
        ),
        Part(
            "The matrix, for softmax",
            "What any row v becomes behind the full matrix. The second form needs no "
            "matrix at all: each entry is compared with the mean of v, weighted with "
            "the shares.",
            tuple(
                _pulled(i, _row_times_jacobian(i), _shifted(i), where="A-28 (E17)")
                for i in I3
            ),
            PULLED,
            ("Z", "a1", "f"),
        ),
        Part(
            "Row times matrix times column, with softmax",
            "Both products, and the slope by a weight: the column has one entry that "
            "is not zero, the activation beside the weight.",
            (
                Claim(
                    ONE_SOFTMAX_BCE,
                    "L",
                    ("z1",),
                    (_full_sum(_first_factor, 1), mixed_delta(1)),
                    "A-26",
                    BY_SOFTMAX,
                ),
                Claim(
                    ONE_SOFTMAX_BCE,
                    "L",
                    ("w12",),
                    (lambda q: mixed_delta(1)(q) * q.h2,),
                    "A-26",
                    BY_SOFTMAX,
                ),
            ),
            readings=(_table(ONE_SOFTMAX_BCE),),
        ),
        Part(
            "Row times matrix times column, with sigmoids",
            "The same loss and weights, but other outputs a. Here the product is the "
            "error.",
            (
                Claim(
                    ONE_SIGMOID_BCE,
                    "L",
                    ("w12",),
                    (
                        lambda q: _first_factor(1)(q) * _jacobian(1, 1)(q) * q.h2,
                        lambda q: error(1)(q) * q.h2,
                    ),
                    "A-26",
                    BY_SIGMOIDS,
                ),
            ),
            readings=(_table(ONE_SIGMOID_BCE),),
        ),
    ),
    misprints=tuple(
        Misprint(
            f"A-28, A-26; first draft, L412–L416 (E17): z{chr(0x2080 + i)}",
            "Softmax with the diagonal alone: what the other outputs send back to this "
            "score is lost.",
            _pulled(i, _diagonal(i), where="L416"),
            _pulled(i, _shifted(i), where="L416"),
        )
        for i in (1, 2)
    ),
    record=PULLED.drawn("f", PULLED_AT, *SOFTMAX.inputs),
)

# -- A-29 ------------------------------------------------------------------------------


def _score(k: int, form: Form, where: str = "A-29, L419–L428") -> Claim:
    return Claim(ONE, f"z{k}", ("w12",), (form,), where, SAMPLES)


def _nothing(q: Any) -> Any:
    return q.exact("0")


SCORES = Article(
    id="score-by-weight",
    title="One weight moves one score",
    catalogue_ids=("A-29",),
    source="the article on gradient descent, first draft, lines L419–L428",
    summary=(
        "The last factor: the slopes of all scores by a single weight. The weight from "
        "unit j to output i stands in the sum of zᵢ only, beside hⱼ. So it is a column "
        "with hⱼ at place i and zeros elsewhere, not the vector h."
    ),
    parts=(
        Part(
            "The column for w₁₂",
            "From the second hidden unit to the first output.",
            (
                _score(1, named("h2")),
                _score(2, _nothing),
                _score(3, _nothing),
            ),
            ONE,
            ("z1", "z2", "z3"),
        ),
    ),
    misprints=tuple(
        Misprint(
            f"A-29, first draft, L422–L427 (E18): z{chr(0x2080 + k)}",
            f"Entry {k}. The draft puts the whole vector of activations in the place "
            "of the column.",
            _score(k, named(f"h{k}"), "L427"),
            _score(k, named("h2") if k == 1 else _nothing, "L427"),
        )
        for k in I3
    ),
    record=drawn_above(ONE, "z1", SAMPLE_1, H3, "w11", "w12", "w13"),
)

# -- A-30 ------------------------------------------------------------------------------


def _hidden(i: int, j: int) -> Claim:
    forms = (lambda q: delta(i)(q) * getattr(q, f"x{j}"),)
    where = "A-30, L430–L442"
    return Claim(ONE_SIGMOID_BCE, "L", (f"u{i}{j}",), forms, where, SAMPLES)


ALL_LAYERS = Article(
    id="all-layers",
    title="And so on for all layers?",
    catalogue_ids=("A-30",),
    source="the article on gradient descent, first draft, lines L430–L442",
    summary=(
        "The draft ends with a formula for every layer. It has no recursion in it: it "
        "is E once more. What is meant is that the errors of the outputs go back along "
        "the weights, through the slope of the sigmoid, and meet the input there."
    ),
    parts=(
        Part(
            "The hidden layer",
            "With sigmoids at the output the error is a − y for binary cross-entropy "
            "as well, and the formula is that of the chapter on hidden layers. The "
            "slopes of E are the means of those of the samples.",
            tuple(_hidden(i, j) for i in I3 for j in J2),
            readings=(
                Readings(
                    "E of both samples",
                    tuple(
                        derivative_at(SIGMOID_BCE, "E", name, BOTH_SAMPLES)
                        for name in U
                    ),
                ),
            ),
        ),
        Part(
            "The range of the indices",
            "The draft lets i and j run as in the last layer, for every layer. For Θ₁ "
            "that asks for columns which are not there, such as its entry in row 1, "
            "column 3. Right: i up to the width of the layer, j up to the width of the "
            "one before.",
            readings=(
                Readings(
                    "Columns",
                    (
                        Reading("of Θ₁", lambda s: s.number(len(U) // len(I3))),
                        Reading("in the range", lambda s: s.number(len(W) // len(I3))),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-30, first draft, L430–L441 (E19)",
            "The slope by a weight of the first layer is the error itself, as printed; "
            "here for one sample, whose error is L.",
            Claim(ONE_SIGMOID_BCE, "L", ("u11",), (lambda q: q.L,), "L441", SAMPLES),
            replace(_hidden(1, 1), where="L441"),
        ),
    ),
    record=drawn_above(ONE_SIGMOID_BCE, "L", SAMPLE_1, ["s1", "h2", "h3"], "s1"),
)

# -- the second draft ----------------------------------------------------


def _chained(i: int, j: int) -> Claim:
    forms = (
        lambda q: _full_sum(share_slope, i)(q) * getattr(q, f"h{j}"),
        outer(i, j),
    )
    return Claim(
        ONE, "L", (f"w{i}{j}",), forms, "A-32, A-33; L407–L446", (SAMPLE_1, SAMPLES[1])
    )


def _alone(i: int, j: int) -> Form:
    return lambda q: (
        -getattr(q, f"y{i}") * (1 - getattr(q, f"a{i}")) * getattr(q, f"h{j}")
    )


def _single(target: str, wrt: str, form: Form, where: str) -> Claim:
    return Claim(BATCH, target, (wrt,), (form,), where, (BOTH_SAMPLES,))


def _mean(q: Any) -> Any:
    return (outer(1, 1)(q) + error(1, "p")(q) * q.h1p) / 2


CHAIN = Article(
    id="output-chain-rule",
    title="The second draft: vectors, then single numbers",
    catalogue_ids=("A-31", "A-32", "A-33"),
    source="the article on gradient descent, second draft, lines L389–L446",
    summary=(
        "The second draft starts again, with the cross-entropy that belongs to "
        "softmax. Its chain of vectors is right. Then it picks single components to "
        "make things simpler, and loses the sum: a score moves every output, so every "
        "output has something to say about it."
    ),
    parts=(
        Part(
            "The statement",
            "The slope of the error is the mean of the samples' slopes. (The bound "
            "index of the inner sum is called i like the free one, E21: read r.)",
            (_single("E", "w11", _mean, "A-31, L389–L405"),),
        ),
        Part(
            "The full chain",
            "Slopes by all outputs, times how the score i moves each of them, times "
            "the activation. The sum collapses to the error, for every row.",
            tuple(_chained(i, j) for i in I3 for j in I3),
        ),
    ),
    misprints=(
        Misprint(
            "A-32, A-33, A-40; second draft, L423, L433, L562 (E22)",
            "One sample on the left, the error of all samples on the right.",
            _single("L", "w11", _mean, "L423"),
            _single("L", "w11", outer(1, 1), "L423"),
        ),
        *(
            Misprint(
                f"A-33, second draft, L430–L435 (E23): row {i}",
                "The chain of single components. In the row of the true class, which "
                "is 2 here, it is right; in the other rows it is zero."
                if i == 1
                else "The last row: zero again. (The draft also gives the scores the "
                "width H with the index P, for L: E24.)",
                Claim(ONE, "L", (f"w{i}1",), (_alone(i, 1),), "L433", (SAMPLE_1,)),
                Claim(ONE, "L", (f"w{i}1",), (outer(i, 1),), "L433", (SAMPLE_1,)),
            )
            for i in (1, 3)
        ),
    ),
    remarks=(
        Remark(
            "A-31, second draft, L392–L404 (E21)",
            "i and k are given on the left and summed over on the right. The sums "
            "need letters of their own.",
        ),
        Remark(
            "A-33, second draft, L445 (E24)",
            "The width of the last layer is H with the index L, which is P.",
        ),
    ),
    record=drawn_above(ONE, "L", SAMPLE_1, A3, *A3),
)

CHAPTER = Chapter(
    "output",
    "The chain rule at the output",
    "Where the slopes begin: at the loss, through the outputs, to the weights of the "
    "last layer. Both drafts take this way, and both lose a sum on it.",
    (STEP, JACOBIAN, SCORES, ALL_LAYERS, CHAIN, ONE_HOT),
)
