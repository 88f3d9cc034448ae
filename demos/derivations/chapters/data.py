"""A-01 to A-05: the data, what is wanted of them, and what a gradient is for."""

from collections.abc import Callable
from typing import Any

from autograd_core import log

from ..article import Claim, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Readings, derivative_at, value_at
from .networks import (
    BATCH,
    BOTH_SAMPLES,
    I3,
    J2,
    ONE,
    SAMPLE_1,
    SAMPLE_2,
    U,
    W,
)

__all__ = ["CHAPTER", "DATA", "DATA_AT", "LIKELIHOOD", "OBSERVED", "TARGET", "UNIT"]

Form = Callable[[Any], Any]

# -- where the loss comes from ---------------------------------------------------

LIKELIHOOD = Model(
    inputs=("p1", "p2"),
    definitions={
        "P": lambda q: q.p1 * q.p2,
        "N": lambda q: -log(q.P),
        "S": lambda q: -log(q.p1) - log(q.p2),
    },
    ranges={"p1": (0.05, 0.95), "p2": (0.05, 0.95)},
)
# The network with its two samples, of which class 2 and class 3 were observed.
OBSERVED = Model(
    inputs=(*U, *W, "x1", "x2", "x1p", "x2p"),
    definitions={
        **{n: rule for n, rule in BATCH.definitions.items() if n[0] in "shza"},
        "P": lambda q: q.a2 * q.a3p,
        "N": lambda q: -log(q.P),
        "E": lambda q: (-log(q.a2) - log(q.a3p)) / 2,
    },
    symbols=BATCH.symbols,
)
_FIRST = ONE.run(SAMPLE_1.values)
_SECOND = ONE.run(SAMPLE_2.values)
PREDICTED = Point("the network's two shares", {"p1": _FIRST.a2, "p2": _SECOND.a3})


def _observed(i: int, j: int) -> Form:
    # Share minus target, with the targets written out.
    def form(q: Any) -> Any:
        a, b = getattr(q, f"a{i}"), getattr(q, f"a{i}p")
        h, g = getattr(q, f"h{j}"), getattr(q, f"h{j}p")
        return (a - 1 if i == 2 else a) * h + (b - 1 if i == 3 else b) * g

    return form


MAXIMUM_LIKELIHOOD = Article(
    id="negative-log-likelihood",
    title="The cost is what the data are surprised by",
    catalogue_ids=("A-01",),
    source="the article on gradient descent, both drafts, lines L16–L21",
    summary=(
        "A model gives every observed answer a probability. The answers are "
        "independent, so all of them together have the product. To make it large is to "
        "make its negative logarithm small, and that is a sum. The notes say it in "
        "words only."
    ),
    parts=(
        Part(
            "Product and sum",
            "The logarithm turns the product P into a sum S with one term per sample. "
            "The slopes are the same, but the product of many probabilities soon is "
            "too small for a float and the sum is not.",
            (
                Claim(
                    LIKELIHOOD,
                    "N",
                    ("p1",),
                    (lambda q: -q.p2 / (q.p1 * q.p2), lambda q: -1 / q.p1),
                    "A-01",
                    (PREDICTED,),
                ),
                Claim(
                    LIKELIHOOD,
                    "S",
                    ("p1",),
                    (lambda q: -1 / q.p1,),
                    "A-01",
                    (PREDICTED,),
                ),
            ),
            LIKELIHOOD,
            ("P", "N", "S"),
            readings=(
                Readings(
                    "The two samples of the notes' network",
                    (
                        *value_at(LIKELIHOOD, "p1 p2", PREDICTED),
                        *value_at(LIKELIHOOD, "P N S", PREDICTED),
                    ),
                ),
            ),
        ),
        Part(
            "Through a network",
            "The first sample was seen in class 2, the second (with a prime) in class "
            "3. N is the sum of their losses and the notes' E is the mean: twice as "
            "large, with the same minimum. Each slope adds what the samples say.",
            (
                Claim(OBSERVED, "N", (), (lambda q: 2 * q.E,), "A-01", (BOTH_SAMPLES,)),
                *(
                    Claim(
                        OBSERVED,
                        "N",
                        (f"w{i}1",),
                        (_observed(i, 1),),
                        "A-01",
                        (BOTH_SAMPLES,),
                    )
                    for i in I3
                ),
            ),
            OBSERVED,
            ("P", "N", "E"),
        ),
    ),
    record=LIKELIHOOD.drawn("N", PREDICTED),
    kind="definition",
)

# -- A-02 ------------------------------------------------------------------------------

UNIT = Model(
    inputs=("w1", "w2", "x1", "x2", "y"),
    definitions={
        "yhat": lambda q: q.w1 * q.x1 + q.w2 * q.x2,
        "E": lambda q: (q.yhat - q.y) ** 2 / 2,
    },
    symbols={"yhat": "ŷ"},
)
UNIT_AT = Point("one sample", {"w1": 0.5, "w2": -0.25, "x1": 1.0, "x2": -2.0, "y": 2.0})


def _rule(j: int) -> Claim:
    forms = (lambda q: (q.yhat - q.y) * getattr(q, f"x{j}"),)
    return Claim(UNIT, "E", (f"w{j}",), forms, "A-02, L23–L26", (UNIT_AT,))


BACKPROP = Article(
    id="reverse-mode",
    title="Back-propagation is a way to differentiate",
    catalogue_ids=("A-02",),
    source="the article on gradient descent, both drafts, lines L14 and L23–L26",
    summary=(
        "It is not a way to learn: it computes the slopes of one number, the error, by "
        "all weights in one pass from the end to the beginning. Differences or a pass "
        "from the front need one run for each weight. The notes give no formula here; "
        "the recursion is in the chapter on the way back through the layers."
    ),
    parts=(
        Part(
            "The delta rule",
            "For a single unit the slope by a weight is the error δ = ŷ − y, times the "
            "input beside the weight. Back-propagation keeps the rule and finds a δ "
            "for each unit of every layer.",
            (
                Claim(UNIT, "E", ("yhat",), (lambda q: q.yhat - q.y,), "A-02", ()),
                *map(_rule, J2),
            ),
            UNIT,
            ("yhat", "E"),
        ),
        Part(
            "Fifteen slopes of one number",
            "The mean loss of two samples by each weight of both layers, as one "
            "backward sweep gives them, beside one difference quotient for each.",
            readings=(
                Readings(
                    "All slopes of E",
                    tuple(
                        derivative_at(BATCH, "E", name, BOTH_SAMPLES)
                        for name in (*U, *W)
                    ),
                ),
            ),
        ),
    ),
    record=UNIT.drawn("E", UNIT_AT, "w1", "w2"),
    kind="definition",
)

# -- A-03 to A-05 ----------------------------------------------------------------------

DATA = Model(
    inputs=("x11", "x12", "x21", "x22", "y1", "y2", "w1", "w2"),
    definitions={
        "yhat1": lambda q: q.w1 * q.x11 + q.w2 * q.x12,
        "yhat2": lambda q: q.w1 * q.x21 + q.w2 * q.x22,
        "m1": lambda q: (q.x11 + q.x21) / 2,
        "m2": lambda q: (q.x12 + q.x22) / 2,
        "T": lambda q: (q.x11 + q.x12) + (q.x21 + q.x22),
        "E": lambda q: ((q.yhat1 - q.y1) ** 2 + (q.yhat2 - q.y2) ** 2) / 2,
    },
    symbols={"yhat1": "ŷ1", "yhat2": "ŷ2"},
)
DATA_AT = Point(
    "X of the notes' example",
    {
        "x11": SAMPLE_1.values["x1"],
        "x12": SAMPLE_1.values["x2"],
        "x21": SAMPLE_2.values["x1"],
        "x22": SAMPLE_2.values["x2"],
        "y1": SAMPLE_1.values["y2"],
        "y2": SAMPLE_2.values["y2"],
        "w1": 0.5,
        "w2": -0.25,
    },
)
TARGET = Model(
    inputs=("y1", "y2"),
    definitions={
        "y3": lambda q: 1 - q.y1 - q.y2,
        "sum": lambda q: q.y1 + q.y2 + q.y3,
    },
    symbols={"sum": "y₁ + y₂ + y₃"},
    ranges=ONE.ranges,
)


def _data(target: str, wrt: str, form: Form, where: str) -> Claim:
    return Claim(DATA, target, tuple(wrt.split()), (form,), where, (DATA_AT,))


def _zero(q: Any) -> Any:
    return q.exact("0")


DATA_MATRIX = Article(
    id="data-matrix",
    title="Rows are samples, columns are variables",
    catalogue_ids=("A-03", "A-04", "A-05"),
    source=(
        "the article on gradient descent, both drafts, lines L34–L64, L72–L105 and "
        "L107–L112"
    ),
    summary=(
        "The matrix X has a row xᵢ for each sample and a column Xⱼ for each variable; "
        "Y has a row of targets for each sample. The data set is the list of the pairs "
        "(xᵢ, yᵢ). Which entries a number depends on is what its gradient shows."
    ),
    parts=(
        Part(
            "Row and column",
            "A prediction reads a row: the other sample has the slope 0. The mean of a "
            "variable reads a column: the other variable has the slope 0. Row by row "
            "and column by column the same entries are added up.",
            (
                _data("yhat1", "x12", lambda q: q.w2, "A-03, L47–L52"),
                _data("yhat1", "x22", _zero, "A-03"),
                _data("m2", "x12", lambda q: q.exact("1/2"), "A-03, L54–L64"),
                _data("m2", "x11", _zero, "A-03"),
                _data("T", "", lambda q: (q.x11 + q.x21) + (q.x12 + q.x22), "A-03"),
            ),
            DATA,
            ("yhat1", "yhat2", "m1", "m2", "T"),
        ),
        Part(
            "Pairs",
            "A sample meets its own target only. In the mean error the second "
            "derivative by an entry of x₁ and the other sample's target y₂ is 0; a "
            "product of all samples with all targets would not have that.",
            (
                _data("E", "x11 y1", lambda q: -q.w1, "A-05, L107–L112"),
                _data("E", "x11 y2", _zero, "A-05"),
                _data("E", "y1", lambda q: -(q.yhat1 - q.y1), "A-05"),
            ),
            DATA,
            ("E",),
        ),
        Part(
            "Targets of classes",
            "A class is written as a row with a single 1, so a row of Y adds up to 1: "
            "its last entry is what the others leave. The targets are data and ask for "
            "no gradient.",
            (
                Claim(
                    TARGET,
                    "sum",
                    (),
                    (lambda q: q.exact("1"),),
                    "A-04, L72–L105",
                    (
                        Point("class 2", {"y1": 0.0, "y2": 1.0}),
                        Point("class 3", {"y1": 0.0, "y2": 0.0}),
                    ),
                ),
            ),
            TARGET,
            ("y3",),
        ),
    ),
    record=DATA.drawn("E", DATA_AT, "w1", "w2"),
    kind="definition",
    remarks=(
        Remark(
            "A-03, both drafts, L66–L69 and L104–L105; first draft L190, second L194 "
            "(E01)",
            "The letters of outputs and layers change places: L and P in the first "
            "draft, P and L in the second. The first draft's boxes write m, n and l.",
        ),
    ),
)

CHAPTER = Chapter(
    "data",
    "What is given, and what is wanted",
    "The article begins with words: what the data are, what is to be made small, and "
    "how its slopes are found. Each of them is a graph, and its slopes say what "
    "depends on what.",
    (MAXIMUM_LIKELIHOOD, BACKPROP, DATA_MATRIX),
)
