"""S68, A-57 to A-63 and A-65: probabilities of several classes, and their loss."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp, log
from autograd_core.numbers.text import symbol

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, Source, derivative_at, value_at
from .networks import I3, total
from .softmax import SOFTMAX
from .softmax_regression import ARTICLE as REGRESSION
from .two_classes import ARTICLES as TWO_CLASSES

__all__ = [
    "CHAPTER",
    "FORMS",
    "FORMS_AT",
    "SLIDE",
    "TARGET",
    "TWO_ONES",
]

Form = Callable[[Any], Any]

# -- S68, A-57, A-58: the probabilities ------------------------------------------------

NOTES = Point("(1, 2, 3)", {"z1": 1.0, "z2": 2.0, "z3": 3.0})
SLIDE = Point("(1, 2, −0.5)", {"z1": 1.0, "z2": 2.0, "z3": -0.5})


def _exponential(c: int) -> Form:
    return lambda q: getattr(q, f"e{c}")


def _jacobian(c: int, k: int) -> Claim:
    def form(q: Any) -> Any:
        mine, other = getattr(q, f"a{c}"), getattr(q, f"a{k}")
        return mine * (1 - mine) if c == k else -mine * other

    return Claim(SOFTMAX, f"a{c}", (f"z{k}",), (form,), "A-57; S68, L931", (SLIDE,))


PROBABILITIES = Article(
    id="class-probabilities",
    title="Scores become probabilities",
    catalogue_ids=("A-57", "A-58", "S68"),
    source=(
        "the hand-written notes on softmax and Adam, lines L28–L36, and the slides on "
        "the multi-layer perceptron, lines L921–L939"
    ),
    summary=(
        "The same softmax as in the chapter on the last layer, here as the answer of a "
        "classifier. The notes' names differ: the scores are s, Θx or z, the "
        "probabilities p, π or a. This page writes z and a. (The first line of the "
        "hand-written notes has lost a brace, L28, E39; its mathematics is right.)"
    ),
    parts=(
        Part(
            "The normalising constant",
            "Z is the sum of the exponentials; its slope by a score is that "
            "exponential.",
            tuple(
                Claim(
                    SOFTMAX,
                    "Z",
                    (f"z{c}",),
                    (_exponential(c),),
                    "A-57, L31",
                    (NOTES, SLIDE),
                )
                for c in I3
            ),
            SOFTMAX,
            ("e1", "Z", "a1", "a2", "a3", "sum"),
            readings=(
                Readings("Scores (1, 2, 3)", value_at(SOFTMAX, "Z a1 a2 a3", NOTES)),
            ),
        ),
        Part(
            "Nine slopes",
            "aᵢ(1 − aᵢ) by the own score, −aᵢaₖ by another one.",
            tuple(_jacobian(c, k) for c in I3 for k in I3),
        ),
        Part(
            "They add up to 1",
            "Whatever the scores are, so the slopes of the sum are 0: every column of "
            "the matrix above adds up to 0.",
            readings=(
                Readings(
                    "The sum and its slopes at (1, 2, 3)",
                    (
                        *value_at(SOFTMAX, "sum", NOTES),
                        *(derivative_at(SOFTMAX, "sum", f"z{c}", NOTES) for c in I3),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S68, L935",
            "The denominator is the sum of the scores, the exponential is missing. "
            "Such shares do not add up to 1, and can be negative.",
            Claim(
                SOFTMAX,
                "a1",
                (),
                (lambda q: q.e1 / (q.z1 + q.z2 + q.z3),),
                "L935",
                (SLIDE,),
            ),
            Claim(SOFTMAX, "a1", (), (lambda q: q.e1 / q.Z,), "L936", (SLIDE,)),
        ),
    ),
    remarks=(
        Remark(
            "A-57, L28 (E39)",
            "The formula has lost its last brace.",
        ),
    ),
    record=SOFTMAX.drawn("a1", SLIDE),
    kind="definition",
)

# -- one observed class --------------------------------------------


def _of(name: str) -> Form:
    return lambda q: getattr(q, name)


def _quotient(c: int) -> Form:
    return lambda q: exp(getattr(q, f"s{c}")) / q.Z


def _forms() -> Model:
    def shares(q: Any) -> list[Any]:
        return [getattr(q, f"p{c}") for c in I3]

    def targets(q: Any) -> list[Any]:
        return [getattr(q, f"y{c}") for c in I3]

    def dot(xs: list[Any], ys: list[Any]) -> Any:
        return total([x * y for x, y in zip(xs, ys, strict=True)])

    def scores(q: Any) -> list[Any]:
        return [getattr(q, f"s{c}") for c in I3]

    rules: dict[str, Form] = {
        "Z": lambda q: exp(q.s1) + exp(q.s2) + exp(q.s3),
        "lnZ": lambda q: log(q.Z),
    }
    rules |= {f"p{c}": _quotient(c) for c in I3}
    rules |= {
        "F1": lambda q: dot(targets(q), [log(p) for p in shares(q)]),
        "F2": lambda q: dot(targets(q), [s - q.lnZ for s in scores(q)]),
        "F3": lambda q: dot(targets(q), scores(q)) - q.lnZ,
        "L": lambda q: -(dot(targets(q), scores(q)) - q.lnZ),
        "observed": lambda q: q.p1**0 * q.p2**1 * q.p3**0,
    }
    return Model(
        ("s1", "s2", "s3", "y1", "y2", "y3"),
        rules,
        {"lnZ": log(symbol("Z")), "observed": "P"},
        {f"y{c}": (0.0, 1.0) for c in I3},
    )


FORMS = _forms()
# The same with targets that add up to 1, which the last form needs.
TARGET = Model(
    FORMS.inputs[:-1],
    {"y3": lambda q: 1 - q.y1 - q.y2, **FORMS.definitions},
    FORMS.symbols,
    {"y1": (0.0, 0.5), "y2": (0.0, 0.5)},
)
_SCORES = {"s1": 1.0, "s2": 2.0, "s3": 3.0}
FORMS_AT = Point(
    "s = (1, 2, 3), y = (0, 1, 0)", {**_SCORES, "y1": 0.0, "y2": 1.0, "y3": 0.0}
)
TWO_ONES = Point("y = (1, 1, 0)", {**_SCORES, "y1": 1.0, "y2": 1.0, "y3": 0.0})


def _error(c: int) -> Form:
    return lambda q: getattr(q, f"p{c}") - getattr(q, f"y{c}")


def _residual(c: int) -> Form:
    return lambda q: getattr(q, f"y{c}") - getattr(q, f"p{c}")


def _minus_residual(c: int) -> Form:
    return lambda q: -(getattr(q, f"y{c}") - getattr(q, f"p{c}"))


def _e(source: Source, c: int) -> Any:
    return -source.of(TARGET, "L", (f"s{c}",), FORMS_AT.values)


def _e_reading(c: int) -> Reading:
    return Reading(f"e{'₁₂₃'[c - 1]}", lambda source: _e(source, c))


def _likelihood_slope(c: int) -> Claim:
    def form(q: Any) -> Any:
        p = getattr(q, f"p{c}")
        return q.p2 * ((1 - p) if c == 2 else -p)

    return Claim(FORMS, "observed", (f"s{c}",), (form,), "A-59, L38", (FORMS_AT,))


LIKELIHOOD = Article(
    id="categorical-likelihood",
    title="The likelihood of the observed class, in three forms",
    catalogue_ids=("A-59", "A-60", "A-61"),
    source="the hand-written notes on softmax and Adam, lines L38–L48",
    summary=(
        "A product over all classes with the targets as exponents: the observed one "
        "has the exponent 1, the others 0, so it is the probability of what was "
        "observed. Its logarithm can be written with the probabilities, or with the "
        "scores and ln Z. Its negative is the loss."
    ),
    parts=(
        Part(
            "The likelihood",
            "Class 2 was observed. If its own score grows, it becomes more probable; "
            "if another one grows, less.",
            tuple(map(_likelihood_slope, I3)),
            FORMS,
            ("p1", "observed"),
        ),
        Part(
            "The logarithm",
            "ln p is s − ln Z; and where the targets add up to 1, ln Z can be taken "
            "out of the sum. The last form is the one to compute with: no quotient "
            "and no logarithm of a small number.",
            (
                *(
                    Claim(
                        TARGET,
                        "F1",
                        (),
                        (_of(f),),
                        f"A-60, {where}",
                        (FORMS_AT,),
                    )
                    for f, where in (("F2", "L43"), ("F3", "L44"))
                ),
                *(
                    Claim(
                        TARGET, "F1", (f"s{c}",), (_residual(c),), "A-60", (FORMS_AT,)
                    )
                    for c in I3
                ),
                Claim(TARGET, "L", (), (lambda q: -q.F1,), "A-61, L48", (FORMS_AT,)),
            ),
            TARGET,
            ("F1", "F2", "F3", "L"),
        ),
        Part(
            "If the targets do not add up to 1",
            "Two classes at once, y = (1, 1, 0): now the first two forms count ln Z "
            "twice and the last one once.",
            readings=(
                Readings(
                    "The forms and their slopes",
                    (
                        *value_at(FORMS, "F1 F2 F3", TWO_ONES),
                        *(
                            derivative_at(FORMS, f, f"s{c}", TWO_ONES)
                            for f in ("F1", "F3")
                            for c in I3
                        ),
                    ),
                ),
            ),
        ),
    ),
    record=TARGET.drawn("L", FORMS_AT, "s1", "s2", "s3"),
    kind="definition",
)


SCORE_GRADIENT = Article(
    id="score-gradient",
    title="Probability minus target",
    catalogue_ids=("A-62", "A-63", "A-65"),
    source="the hand-written notes on softmax and Adam, lines L50–L58",
    summary=(
        "The loss is a linear function of the scores and ln Z, and the slopes of ln Z "
        "are the probabilities. So the gradient by the scores is p − y, the same as δ "
        "in the chapter on the last layer (A-40). The notes call y − p the error e."
    ),
    parts=(
        Part(
            "The slopes of ln Z",
            "One over Z, times the slope of Z: that is softmax.",
            tuple(
                Claim(
                    FORMS,
                    "lnZ",
                    (f"s{c}",),
                    (_quotient(c), _of(f"p{c}")),
                    "A-65, L58",
                    (FORMS_AT,),
                )
                for c in I3
            ),
        ),
        Part(
            "The slopes of the loss",
            "For all classes at once, −e = p − y. The entries add up to 0.",
            tuple(
                Claim(
                    TARGET,
                    "L",
                    (f"s{c}",),
                    (_minus_residual(c), _error(c)),
                    "A-62, L50; A-63",
                    (FORMS_AT,),
                )
                for c in I3
            ),
            readings=(
                Readings(
                    "The error e = −(slopes of L)",
                    (
                        *map(_e_reading, I3),
                        Reading("their sum", lambda s: total([_e(s, c) for c in I3])),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "A-62, L50 (E40)",
            "The column in the middle has lost its minus sign: it is the gradient of "
            "the log-likelihood, not of the loss. (All its rows have the index k, too; "
            "they should run from 1 to C.)",
            Claim(TARGET, "L", ("s2",), (_residual(2),), "L50", (FORMS_AT,)),
            Claim(TARGET, "L", ("s2",), (_error(2),), "L50", (FORMS_AT,)),
        ),
    ),
    remarks=(
        Remark(
            "A-62, L50 (E40)",
            "All rows have the same index k. They run through the classes.",
        ),
        Remark(
            "A-62, L52 (E41)",
            "It is unclear to which letter the words “top layer vector” belong.",
        ),
    ),
    record=TARGET.drawn("L", FORMS_AT, "s1", "s2", "s3"),
)

CHAPTER = Chapter(
    "multinomial",
    "Softmax regression",
    "More than two classes: probabilities, their likelihood, and the gradient of its "
    "logarithm. With two classes it is logistic regression again.",
    (PROBABILITIES, LIKELIHOOD, SCORE_GRADIENT, REGRESSION, *TWO_CLASSES),
)
