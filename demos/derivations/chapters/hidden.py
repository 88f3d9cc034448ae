"""A-44 to A-54: how the error gets back through the hidden layers."""

from typing import Any

from ..article import Claim, Misprint, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Readings
from .deltas import Form, back, delta, own_slope, through
from .falling_sigmoid import ARTICLE as SIGMOID
from .falling_sigmoid import LOGISTIC
from .heads import named
from .networks import (
    BATCH,
    BOTH_SAMPLES,
    DEEP,
    DEEP_AT,
    I3,
    J2,
    ONE,
    SAMPLE_1,
    SAMPLES,
    U,
    total,
)
from .shorthand import evaluated
from .softmax import error, surplus

__all__ = [
    "CHAPTER",
    "LOGISTIC",
    "SENT_BACK",
    "WITH_SURPLUS",
]


def _claim(target: str, wrt: str, *forms: Form, where: str) -> Claim:
    return Claim(ONE, target, (wrt,), forms, where, SAMPLES)


CHAIN = Article(
    id="hidden-chain-rule",
    title="Three factors for a hidden weight",
    catalogue_ids=("A-44",),
    source="the article on gradient descent, second draft, lines L589–L611",
    summary=(
        "A weight uᵢⱼ of the hidden layer changes sᵢ, that changes hᵢ, and that the "
        "loss. Each hidden unit has only its own sigmoid, so here a chain of three "
        "single factors is right (for softmax it was not)."
    ),
    parts=(
        Part(
            "The factors, for u₁₂",
            "The first is the one that takes work; the next article is about it.",
            (
                _claim("L", "h1", back(1), where="A-44, L592"),
                _claim("h1", "s1", own_slope("h1"), where="A-44, L592"),
                _claim("s1", "u12", named("x2"), where="A-44, L592"),
            ),
        ),
        Part(
            "Their product",
            "The engine's backward sweep multiplies them in this order.",
            (
                _claim(
                    "L",
                    "u12",
                    lambda q: back(1)(q) * (q.h1 * (1 - q.h1)) * q.x2,
                    where="A-44, L592",
                ),
            ),
        ),
    ),
    record=ONE.drawn("L", SAMPLE_1, "u12"),
)


def _scalar_chain(i: int) -> Form:
    # The sum of the notes, with softmax taken for a function of one component.
    return lambda q: total(
        [
            -getattr(q, f"y{k}")
            / getattr(q, f"a{k}")
            * (getattr(q, f"a{k}") * (1 - getattr(q, f"a{k}")))
            * getattr(q, f"w{k}{i}")
            for k in I3
        ]
    )


def _minus_one(i: int) -> Form:
    return lambda q: total([surplus(k)(q) * getattr(q, f"w{k}{i}") for k in I3])


SENT_BACK = Readings(
    "What comes back to h, sample 1",
    tuple(
        evaluated(f"{name}{chr(0x2080 + i)}", ONE, form(i), SAMPLE_1)
        for name, form in (
            ("right: to h", back),
            ("with −yₖ/aₖ · aₖ(1 − aₖ): to h", _scalar_chain),
            ("with aₖ − 1: to h", _minus_one),
        )
        for i in I3
    ),
)


def _first_term_only(q: Any) -> Any:
    # ∂/∂h₁ without brackets reaches the first term of the sum; the others stay.
    return q.w11 + q.w12 * q.h2 + q.w13 * q.h3


FAN_OUT = Article(
    id="fan-out",
    title="What a hidden unit is to blame for",
    catalogue_ids=("A-45", "A-48"),
    source="the article on gradient descent, second draft, lines L613–L634, L668–L705",
    summary=(
        "A hidden activation is used by every unit of the next layer. Each of them "
        "sends back its own error, times the weight of the connection, and what "
        "arrives is added. In a program: accumulate, never overwrite. (L615 gives z "
        "and a the index L + 1 for ℓ + 1, and L for ℓ. After the last layer L there is "
        "none, E32.)"
    ),
    parts=(
        Part(
            "One connection",
            "The slope of zₖ by hᵢ is the weight between them.",
            tuple(
                _claim("z1", f"h{i}", named(f"w1{i}"), where="A-48, L670–L705")
                for i in I3
            ),
        ),
        Part(
            "All connections",
            "The sum over the three units that use hᵢ.",
            tuple(_claim("L", f"h{i}", back(i), where="A-45, L617") for i in I3),
            readings=(SENT_BACK,),
        ),
    ),
    misprints=(
        Misprint(
            "A-45, second draft, L617–L647 (E33)",
            "The notes' sum multiplies the slope of the loss by aₖ with the slope of "
            "aₖ by zₖ alone. That is right for sigmoids, not for softmax, where zₖ "
            "changes all outputs.",
            _claim("L", "h1", _scalar_chain(1), where="L617"),
            _claim("L", "h1", back(1), where="L617"),
        ),
        Misprint(
            "A-45, second draft, L617–L647 (E33, with E30)",
            "With the notes' own δₖ = aₖ − 1 the sum is another number, and wrong too.",
            _claim("L", "h1", _minus_one(1), where="L636"),
            _claim("L", "h1", back(1), where="L636"),
        ),
        Misprint(
            "A-48, second draft, L692 (E36)",
            "Written out, the sum stands without brackets behind ∂/∂h. Read as it "
            "stands, only its first term is differentiated.",
            _claim("z1", "h1", _first_term_only, where="L692"),
            _claim("z1", "h1", named("w11"), where="L692"),
        ),
    ),
    remarks=(
        Remark(
            "A-45, second draft, L615 (E32)",
            "z has the index of the last layer, L, and L + 1. Meant are the layers ℓ "
            "and ℓ + 1.",
        ),
    ),
    record=ONE.cut(("h1", "h2", "h3")).drawn(
        "L",
        Point("", {**SAMPLE_1.values, **vars(ONE.run(SAMPLE_1.values))}),
        "h1",
        "h2",
        "h3",
    ),
)

DELTA = Article(
    id="delta",
    title="δ: the error of a unit",
    catalogue_ids=("A-46", "A-47"),
    source="the article on gradient descent, second draft, lines L636–L666",
    summary=(
        "δ is the slope of the loss by what a unit adds up, before its activation: by "
        "sᵢ in the hidden layer, by zₖ at the output. That definition is right for "
        "every activation. Going backward, the δ of the next layer is known already."
    ),
    parts=(
        Part(
            "Of the output",
            "Share minus target.",
            tuple(_claim("L", f"z{i}", error(i), where="A-47, L649") for i in I3),
        ),
        Part(
            "Of the hidden layer",
            "What comes back to hᵢ, times the slope of its sigmoid.",
            tuple(_claim("L", f"s{i}", delta(i), where="A-46, L638") for i in I3),
        ),
    ),
    misprints=(
        Misprint(
            "A-47, second draft, L649–L661 (E34)",
            "On the left stand the indices of the layer itself, on the right the δ of "
            "the next one. They are different numbers.",
            _claim("L", "s1", error(1), where="L655"),
            _claim("L", "z1", error(1), where="L655"),
        ),
    ),
    record=ONE.drawn("L", SAMPLE_1, *U),
)


def _with_surplus(i: int, j: int) -> Form:
    def form(q: Any) -> Any:
        return _minus_one(i)(q) * own_slope(f"h{i}")(q) * getattr(q, f"x{j}")

    return form


WITH_SURPLUS = Readings(
    "With the notes' δ = a − 1 at the output, sample 1",
    tuple(
        evaluated(
            f"slope by u{chr(0x2080 + i)}{chr(0x2080 + j)}",
            ONE,
            _with_surplus(i, j),
            SAMPLE_1,
        )
        for i in I3
        for j in J2
    ),
)


def _hidden_weight(i: int, j: int) -> Claim:
    return _claim(
        "L",
        f"u{i}{j}",
        through(i, j),
        where="A-51, L749–L764",
    )


WEIGHTS = Article(
    id="hidden-weights",
    title="The weights of the hidden layer",
    catalogue_ids=("A-50", "A-51", "A-53"),
    source="the article on gradient descent, second draft, lines L738–L781",
    summary=(
        "The same as at the output: the unit's δ, times the input beside the weight. "
        "All at once: δᵀx, with the brackets that the notes leave out around the "
        "products that make δ (E36). Without them the last factor would be a matrix, "
        "and the product of entries is not defined; a program that stretches the "
        "column to its size gets the same numbers."
    ),
    parts=(
        Part(
            "The slope of sᵢ by a weight",
            "What stands beside it: the input.",
            tuple(
                _claim("s1", f"u1{j}", named(f"x{j}"), where="A-50, L740–L747")
                for j in J2
            ),
        ),
        Part(
            "The slopes of the loss",
            "Six weights; the sum in front is what came back through the last layer.",
            tuple(_hidden_weight(i, j) for i in I3 for j in J2),
            readings=(WITH_SURPLUS,),
        ),
    ),
    misprints=(
        Misprint(
            "A-51, second draft, L764, with A-40 (E30)",
            "With the notes' δₖ = aₖ − 1 at the output the hidden slopes are wrong, "
            "for the true class too, because every output sends something back.",
            _claim(
                "L",
                "u11",
                _with_surplus(1, 1),
                where="L764",
            ),
            _claim("L", "u11", lambda q: delta(1)(q) * q.x1, where="L764"),
        ),
    ),
    remarks=(
        Remark(
            "A-53, second draft, L768–L781 (E36)",
            "Brackets are missing: the three factors go together entry by entry, "
            "before they are multiplied by the row.",
        ),
    ),
    record=ONE.drawn("L", SAMPLE_1, *U),
)

# -- three layers ----------------------------------------------------------------


def _top(c: int) -> Form:
    return lambda q: getattr(q, f"p{c}") - getattr(q, f"y{c}")


def _middle(i: int) -> Form:
    def form(q: Any) -> Any:
        h = getattr(q, f"h{i}")
        sent = total([_top(c)(q) * getattr(q, f"w{c}{i}") for c in I3])
        return sent * h * (1 - h)

    return form


def _first(i: int) -> Form:
    def form(q: Any) -> Any:
        g = getattr(q, f"g{i}")
        sent = total([_middle(k)(q) * getattr(q, f"v{k}{i}") for k in J2])
        return sent * g * (1 - g)

    return form


def _deep(wrt: str, form: Form) -> Claim:
    return Claim(DEEP, "L", (wrt,), (form,), "A-52, L636–L764", (DEEP_AT,))


RECURSION = Article(
    id="delta-recursion",
    title="The recursion",
    catalogue_ids=("A-52",),
    source="the article on gradient descent, second draft, lines L636–L764",
    summary=(
        "Back-propagation in one sentence: start with share minus target, and for each "
        "layer below, send the δ back along the weights, add, and multiply with the "
        "slope of the sigmoid. Here through three layers with biases: r, g are the "
        "first layer, s, h the second, z, p the output."
    ),
    parts=(
        Part(
            "Layer 3, the output",
            "The start.",
            tuple(_deep(f"z{c}", _top(c)) for c in I3),
        ),
        Part(
            "Layer 2",
            "One application of the rule.",
            tuple(_deep(f"s{i}", _middle(i)) for i in J2),
        ),
        Part(
            "Layer 1",
            "Two applications. The formula grows with the depth; the work does not, "
            "because a program keeps every δ it has.",
            tuple(_deep(f"r{i}", _first(i)) for i in J2),
        ),
        Part(
            "Biases and weights",
            "A bias has the slope δ of its unit, a weight δ times what it multiplies.",
            (
                *(_deep(f"b{i}", _first(i)) for i in J2),
                _deep("u11", lambda q: _first(1)(q) * q.x1),
                _deep("v11", lambda q: _middle(1)(q) * q.g1),
                _deep("w11", lambda q: _top(1)(q) * q.h1),
            ),
        ),
    ),
    record=DEEP.drawn("L", DEEP_AT, *DEEP.inputs[:-4]),
    kind="algorithm",
)

# -- A-54 ------------------------------------------------------------------------------


def _mean(i: int, j: int) -> Form:
    return lambda q: (
        (delta(i)(q) * getattr(q, f"x{j}") + delta(i, "p")(q) * getattr(q, f"x{j}p"))
        / 2
    )


BATCH_WEIGHTS = Article(
    id="hidden-batch",
    title="Several samples, hidden layer",
    catalogue_ids=("A-54",),
    source="the article on gradient descent, second draft, lines L783–L785",
    summary=(
        "The notes end with three dots (E37). What belongs there: the mean over the "
        "samples of each sample's δ times its input."
    ),
    parts=(
        Part(
            "The slopes",
            "Both samples go through the same weights; their flows are added.",
            tuple(
                Claim(
                    BATCH,
                    "E",
                    (f"u{i}{j}",),
                    (_mean(i, j),),
                    "A-54 (E37)",
                    (BOTH_SAMPLES,),
                )
                for i in I3
                for j in J2
            ),
        ),
    ),
    record=BATCH.drawn("E", BOTH_SAMPLES, *U),
    remarks=(
        Remark(
            "A-54, second draft, L783–L785 (E37)",
            "In the place of the formula are three dots.",
        ),
    ),
)

CHAPTER = Chapter(
    "hidden",
    "Back through the layers",
    "The error of the output is handed down, layer by layer. The recursion that does "
    "it is all of back-propagation.",
    (CHAIN, FAN_OUT, DELTA, SIGMOID, WEIGHTS, RECURSION, BATCH_WEIGHTS),
)
