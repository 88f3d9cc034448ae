"""A-36 to A-43: softmax, and the gradient of the last layer."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, Source, value_at
from .networks import (
    BATCH,
    BOTH_SAMPLES,
    I3,
    ONE,
    SAMPLE_1,
    SAMPLES,
    W,
    total,
)
from .shorthand import evaluated

__all__ = [
    "CHAPTER",
    "PRINTED_BATCH",
    "PRINTED_ONE",
    "PRINTED_SHARES",
    "SOFTMAX",
    "STEPPED",
    "error",
    "outer",
    "surplus",
]

# -- softmax by itself ---------------------------------------------------

SOFTMAX = Model(
    inputs=("z1", "z2", "z3"),
    definitions={
        "e1": lambda q: exp(q.z1),
        "e2": lambda q: exp(q.z2),
        "e3": lambda q: exp(q.z3),
        "Z": lambda q: q.e1 + q.e2 + q.e3,
        "a1": lambda q: q.e1 / q.Z,
        "a2": lambda q: q.e2 / q.Z,
        "a3": lambda q: q.e3 / q.Z,
        "sum": lambda q: q.a1 + q.a2 + q.a3,
    },
    symbols={"sum": "a₁ + a₂ + a₃"},
)
AT = Point("z = (1, 2, 3)", {"z1": 1.0, "z2": 2.0, "z3": 3.0})


def _softmax(i: int) -> Callable[[Any], Any]:
    return lambda q: exp(getattr(q, f"z{i}")) / (exp(q.z1) + exp(q.z2) + exp(q.z3))


def _printed(i: int) -> Callable[[Any], Any]:
    return lambda q: exp(getattr(q, f"z{i}")) / (exp(q.z1) + exp(q.z2))


PRINTED_SHARES = Readings(
    "As printed, at z = (1, 2, 3)",
    (
        *(evaluated(SOFTMAX.symbol(f"a{i}"), SOFTMAX, _printed(i), AT) for i in I3),
        evaluated(
            "their sum", SOFTMAX, lambda q: total([_printed(i)(q) for i in I3]), AT
        ),
    ),
)


DEFINITION = Article(
    id="softmax",
    title="Softmax",
    catalogue_ids=("A-36",),
    source="the article on gradient descent, second draft, lines L486–L500",
    summary=(
        "Softmax turns any numbers into probabilities: it makes them positive with the "
        "exponential function and divides by their sum. The largest number gets the "
        "largest share; adding the same to all changes nothing."
    ),
    parts=(
        Part(
            "The shares",
            "P numbers, so P terms in the sum; here P is 3.",
            (
                *(
                    Claim(
                        SOFTMAX, f"a{i}", (), (_softmax(i),), "A-36, L490–L500", (AT,)
                    )
                    for i in I3
                ),
                Claim(SOFTMAX, "sum", (), (lambda q: q.exact("1"),), "A-36", (AT,)),
            ),
            SOFTMAX,
            ("Z", "a1", "a2", "a3"),
        ),
        Part(
            "With a term missing",
            "The notes let the sum run up to L, and that is the number of layers, here "
            "2. What comes out are not shares of anything.",
            readings=(PRINTED_SHARES,),
        ),
    ),
    misprints=(
        Misprint(
            "A-36, second draft, L499 (E27)",
            "The sum is printed up to L, the number of layers, instead of P, the "
            "number of outputs. With two layers and three outputs the last term is "
            "missing, and the shares no longer add up to 1.",
            Claim(
                SOFTMAX,
                "a3",
                (),
                (_printed(3),),
                "L499",
                (AT,),
            ),
            Claim(SOFTMAX, "a3", (), (_softmax(3),), "L500", (AT,)),
        ),
    ),
    record=SOFTMAX.drawn("a1", AT),
    kind="definition",
)


def _jacobian(i: int, k: int) -> Claim:
    def form(q: Any) -> Any:
        ai, ak = getattr(q, f"a{i}"), getattr(q, f"a{k}")
        return ai * (1 - ak) if i == k else -ai * ak

    return Claim(SOFTMAX, f"a{i}", (f"z{k}",), (form,), "A-38", (AT,))


def _diagonal(i: int) -> Claim:
    def quotient(q: Any) -> Any:
        e = getattr(q, f"e{i}")
        return (e * q.Z - e**2) / q.Z**2

    def difference(q: Any) -> Any:
        a = getattr(q, f"a{i}")
        return a - a**2

    def product(q: Any) -> Any:
        a = getattr(q, f"a{i}")
        return a * (1 - a)

    forms = (quotient, difference, product)
    return Claim(SOFTMAX, f"a{i}", (f"z{i}",), forms, "A-37, L502–L525", (AT,))


SLOPES = Article(
    id="softmax-slopes",
    title="The slopes of softmax",
    catalogue_ids=("A-37", "A-38"),
    source="the article on gradient descent, second draft, lines L488–L525",
    summary=(
        "Every share depends on every number: if one grows, it takes from all others. "
        "So there are P² slopes. The notes derive those of a share by its own number; "
        "the others are needed as soon as the chain rule goes through softmax."
    ),
    parts=(
        Part(
            "By the own number",
            "The quotient rule, and the result in terms of the share itself.",
            tuple(_diagonal(i) for i in I3),
        ),
        Part(
            "By the other numbers",
            "Negative, and symmetric. Together with the slope by the own number each "
            "row adds up to zero, because the shares always add up to 1.",
            tuple(_jacobian(i, k) for i in I3 for k in I3 if i != k),
        ),
    ),
    misprints=(
        Misprint(
            "A-37, second draft, L502–L510 (E28)",
            "In the split fractions the sum runs over k but its terms have the index "
            "i: it is then P times the same term, and the slope the same for any z.",
            Claim(
                SOFTMAX,
                "a1",
                ("z1",),
                (
                    lambda q: (
                        exp(q.z1) / (3 * exp(q.z1))
                        - exp(q.z1) ** 2 / (3 * exp(q.z1)) ** 2
                    ),
                ),
                "L502",
                (AT,),
            ),
            Claim(
                SOFTMAX,
                "a1",
                ("z1",),
                (lambda q: exp(q.z1) / q.Z - exp(q.z1) ** 2 / q.Z**2,),
                "L502",
                (AT,),
            ),
        ),
        Misprint(
            "A-37, A-36, second draft, L490–L525 (E29)",
            "Softmax is written as a function of one component, as if the other slopes "
            "were zero.",
            Claim(SOFTMAX, "a1", ("z2",), (lambda q: q.exact("0"),), "L490", (AT,)),
            Claim(SOFTMAX, "a1", ("z2",), (lambda q: -q.a1 * q.a2,), "L490", (AT,)),
        ),
    ),
    record=SOFTMAX.drawn("a1", AT),
)

# -- A-39 and A-40 ---------------------------------------------------------------------

TOP = ONE.cut(("h1", "h2", "h3"))


def _top_point(point: Point) -> Point:
    found = ONE.run(point.values)
    values = {**point.values, **{f"h{j}": getattr(found, f"h{j}") for j in I3}}
    return Point(point.label, values)


def error(i: int, mark: str = "") -> Callable[[Any], Any]:
    """aᵢ − yᵢ."""
    return lambda q: getattr(q, f"a{i}{mark}") - getattr(q, f"y{i}{mark}")


def outer(i: int, j: int) -> Callable[[Any], Any]:
    """(aᵢ − yᵢ) hⱼ."""
    return lambda q: error(i)(q) * getattr(q, f"h{j}")


def surplus(i: int, mark: str = "") -> Callable[[Any], Any]:
    """aᵢ − 1, what the notes have in the place of aᵢ − yᵢ."""
    return lambda q: getattr(q, f"a{i}{mark}") - 1


def _beside(j: int) -> Callable[[Any], Any]:
    return lambda q: getattr(q, f"h{j}")


OUTPUT_DELTA = Article(
    id="output-delta",
    title="The error at the output",
    catalogue_ids=("A-39", "A-40"),
    source="the article on gradient descent, second draft, lines L527–L571",
    summary=(
        "Softmax and cross-entropy fit together: the slope of the loss by the number "
        "zᵢ, which is called δᵢ, is the share minus the target. To see it one needs "
        "all slopes of softmax. (u and w are the notes' Θ of layers 1 and 2, h the "
        "activations of the hidden layer.)"
    ),
    parts=(
        Part(
            "The slope of zᵢ by a weight",
            "The weight stands beside the activation hⱼ; a weight of another row does "
            "not occur in zᵢ.",
            (
                *(
                    Claim(
                        ONE,
                        "z1",
                        (f"w1{j}",),
                        (_beside(j),),
                        "A-39, L529–L554",
                        SAMPLES,
                    )
                    for j in I3
                ),
                Claim(
                    ONE, "z1", ("w21",), (lambda q: q.exact("0"),), "A-39", (SAMPLE_1,)
                ),
            ),
            ONE,
            ("z1", "a1", "L"),
        ),
        Part(
            "δ",
            "For every i, not only for the true class. The three add up to zero.",
            tuple(
                Claim(ONE, "L", (f"z{i}",), (error(i),), "A-40, L556–L566", SAMPLES)
                for i in I3
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-40, second draft, L559–L571 (E30)",
            "The notes get aᵢ − 1. That is right for the true class only; for the "
            "others even the sign is wrong.",
            Claim(ONE, "L", ("z1",), (surplus(1),), "L562", SAMPLES),
            Claim(ONE, "L", ("z1",), (error(1),), "L562", SAMPLES),
        ),
    ),
    record=TOP.drawn("L", _top_point(SAMPLE_1), *W),
)

# -- A-41 and A-42 ---------------------------------------------------------------------

RATE = 0.1


def _stepped(wrong: bool) -> Callable[[Source], Any]:
    # E after one step on the second layer, with the right gradient or the printed one.
    def compute(source: Source) -> Any:
        values = {n: source.number(x) for n, x in BOTH_SAMPLES.values.items()}
        found = BATCH.run(values)
        moved = dict(values)
        for i in I3:
            for j in I3:
                name = f"w{i}{j}"
                slope = source.of(BATCH, "E", (name,), values)
                if wrong:
                    slope = _printed_mean(i, j)(found)
                moved[name] = values[name] - RATE * slope
        return source.of(BATCH, "E", (), moved)

    return compute


STEPPED = Readings(
    "The mean loss, one step with α = 0.1 on w",
    (
        Reading("E before", value_at(BATCH, "E", BOTH_SAMPLES)[0].compute),
        Reading("E after, with (a − y)h", _stepped(False)),
        Reading("E after, with (a − 1)h", _stepped(True)),
    ),
)


def _printed_outer(i: int, j: int, mark: str = "") -> Callable[[Any], Any]:
    return lambda q: surplus(i, mark)(q) * getattr(q, f"h{j}{mark}")


def _printed_column(j: int) -> Callable[[Any], Any]:
    return lambda q: total([_printed_outer(i, j)(q) for i in I3])


def _printed_mean(i: int, j: int) -> Callable[[Any], Any]:
    return lambda q: (_printed_outer(i, j)(q) + _printed_outer(i, j, "p")(q)) / 2


def _matrix(
    caption: str, model: Model, entry: Callable[[int, int], Any], at: Point
) -> Readings:
    rows = (
        evaluated(f"row {i}, column {j}", model, entry(i, j), at)
        for i in I3
        for j in I3
    )
    return Readings(caption, tuple(rows))


PRINTED_ONE = Readings(
    "(a − 1)ᵀ h, for sample 1, and the sums of its columns",
    (
        *_matrix("", ONE, _printed_outer, SAMPLE_1).rows,
        *(
            evaluated(f"sum of column {j}", ONE, _printed_column(j), SAMPLE_1)
            for j in I3
        ),
    ),
)
PRINTED_BATCH = _matrix(
    "The mean of (a − 1)ᵀ h over both samples", BATCH, _printed_mean, BOTH_SAMPLES
)


def _weight(i: int, j: int) -> Claim:
    return Claim(ONE, "L", (f"w{i}{j}",), (outer(i, j),), "A-41, L556–L571", SAMPLES)


WEIGHTS = Article(
    id="output-weights",
    title="The weights of the last layer",
    catalogue_ids=("A-41", "A-42"),
    source="the article on gradient descent, second draft, lines L556–L579",
    summary=(
        "The error of the output, times the activation beside the weight. All nine at "
        "once are a column times a row: in the notes' row vectors, (a − y)ᵀ h."
    ),
    parts=(
        Part(
            "The slopes",
            "Row i of the matrix is h, multiplied with the error of the output i.",
            tuple(_weight(i, j) for i in I3 for j in I3),
        ),
        Part(
            "With a − 1",
            "The shares and the targets both add up to 1, so every column of the right "
            "matrix adds up to 0. What the notes have adds up to (1 − P)hⱼ, and in the "
            "rows of the other classes even the signs are wrong. (It is the gradient "
            "of ln Z minus the sum of all scores, which is no cross-entropy.)",
            readings=(PRINTED_ONE,),
        ),
        Part(
            "Does it matter?",
            "A descent with the notes' gradient also lowers the loss, but hardly: it "
            "pushes all outputs up, the wrong ones too.",
            readings=(STEPPED,),
        ),
    ),
    misprints=(
        Misprint(
            "A-41, second draft, L571, and A-42, L573–L579 (E30, E31)",
            "aᵢ − 1 again in the place of aᵢ − yᵢ, in a row of another class than the "
            "true one.",
            Claim(ONE, "L", ("w11",), (_printed_outer(1, 1),), "L571", SAMPLES),
            Claim(ONE, "L", ("w11",), (outer(1, 1),), "L571", SAMPLES),
        ),
    ),
    record=TOP.drawn("L", _top_point(SAMPLE_1), *W),
)

# -- A-43 ------------------------------------------------------------------------------


def _mean(i: int, j: int) -> Callable[[Any], Any]:
    return lambda q: (
        (error(i)(q) * getattr(q, f"h{j}") + error(i, "p")(q) * getattr(q, f"h{j}p"))
        / 2
    )


BATCH_WEIGHTS = Article(
    id="output-batch",
    title="Several samples: the mean",
    catalogue_ids=("A-43",),
    source="the article on gradient descent, second draft, lines L581–L587",
    summary=(
        "E is the mean of the losses of all samples, so its slopes are the means of "
        "theirs. (The notes call it a sum.) Quantities of the second sample have a "
        "prime."
    ),
    parts=(
        Part(
            "The slopes",
            "Two samples, the same weights.",
            tuple(
                Claim(
                    BATCH,
                    "E",
                    (f"w{i}{j}",),
                    (_mean(i, j),),
                    "A-43, L581–L587",
                    (BOTH_SAMPLES,),
                )
                for i in I3
                for j in I3
            ),
            BATCH,
            ("E",),
        ),
        Part(
            "With a − 1",
            "The mean inherits it from the samples.",
            readings=(PRINTED_BATCH,),
        ),
    ),
    misprints=(
        Misprint(
            "A-43, second draft, L587 (E31)",
            "The mean of (aᵢ − 1)hⱼ inherits the slip of the single sample.",
            Claim(
                BATCH,
                "E",
                ("w11",),
                (_printed_mean(1, 1),),
                "L587",
                (BOTH_SAMPLES,),
            ),
            Claim(BATCH, "E", ("w11",), (_mean(1, 1),), "L587", (BOTH_SAMPLES,)),
        ),
    ),
    remarks=(
        Remark(
            "A-43, second draft, L587 (E31)",
            "k numbers the samples here; a few lines before it numbered the outputs.",
        ),
    ),
    record=BATCH.drawn("E", BOTH_SAMPLES, *W),
)

CHAPTER = Chapter(
    "softmax",
    "The last layer",
    "A classifier ends with softmax and the cross-entropy. What comes back from them "
    "is the error, share minus target, and everything below is built on it.",
    (DEFINITION, SLOPES, OUTPUT_DELTA, WEIGHTS, BATCH_WEIGHTS),
)
