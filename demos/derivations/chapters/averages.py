"""N30, N31 and N34: the mean has the least square loss; products become sums."""

from math import prod
from typing import Any

from autograd_core import log
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_1D, newton
from .networks import total
from .pictures import height, samples

__all__ = [
    "CHAPTER",
    "FACTORS",
    "MEAN",
    "MEAN_RUN",
    "THREE",
    "THREE_RUN",
    "UNDERFLOW",
]

NOTES = "the hand-written calculus notes"

# -- N30: three power lines ------------------------------------------------------------

THREE = Model(
    inputs=("x", "a", "b", "c"),
    definitions={
        "C": lambda q: (q.x - q.a) ** 2 + (q.x - q.b) ** 2 + (q.x - q.c) ** 2,
        "best": lambda q: (q.a + q.b + q.c) / 3,
        "least": lambda q: (
            (q.best - q.a) ** 2 + (q.best - q.b) ** 2 + (q.best - q.c) ** 2
        ),
        "literal": lambda q: (q.a + 2 * q.b + 2 * q.c) / 6,
    },
    symbols={"best": "x*", "least": "C(x*)", "literal": "root of L293"},
)
LINES = {"a": 1.0, "b": 2.0, "c": 6.0}
HOUSE = Point("x = 4.5, a = 1, b = 2, c = 6", {"x": 4.5, **LINES})
THREE_RUN = Run("Newton's method", THREE, "C", ("x",), HOUSE, 1, newton, NEWTON_1D)


def _three_slope(q: Any) -> Any:
    return 2 * q.x - 2 * q.a + 2 * q.x - 2 * q.b + 2 * q.x - 2 * q.c


def _cost_figure() -> str:
    def cost(x: float) -> float:
        return height(THREE, "C")(x, *LINES.values())

    slope = engine(THREE.function("C"), [4.5, *LINES.values()], [0])
    best = THREE.run(HOUSE.values).best
    return plots.curve(
        cost,
        (0.0, 7.0),
        title="The cost of three power lines, at 1, 2 and 6",
        tangents={"at x = 4.5": (4.5, slope), "at x*": (best, 0.0)},
        names=("x", "C"),
    )


THREE_LINES = Article(
    id="three-power-lines",
    title="Three power lines",
    catalogue_ids=("N30",),
    source=f"{NOTES}, lines L283–L297",
    summary=(
        "The house of the two power lines gets a third one. Each connection costs the "
        "square of its length; again the mean is best. (Printed is “Three point like "
        "problem”; a power line is meant.)"
    ),
    parts=(
        Part(
            "The slope",
            "Three terms, the same rule for each. It is zero at the mean of a, b and "
            "c. The second derivative is 6, so that is a minimum.",
            (
                Claim(
                    THREE,
                    "C",
                    ("x",),
                    (
                        lambda q: 2 * (q.x - q.a) + 2 * (q.x - q.b) + 2 * (q.x - q.c),
                        _three_slope,
                        lambda q: 2 * (3 * q.x - q.a - q.b - q.c),
                    ),
                    "N30, L291–L297",
                    (HOUSE,),
                ),
                Claim(THREE, "C", ("x", "x"), (lambda q: 6,), "N30", (HOUSE,)),
            ),
            THREE,
            ("C", "best"),
            runs=(THREE_RUN,),
            figures=(Figure("Level at the mean, 3.", _cost_figure),),
        ),
        Part(
            "Where the misprint would lead",
            "Solved as it is printed, line L293 gives another place. The next line of "
            "the notes is right again.",
            readings=(
                Readings(
                    "With a = 1, b = 2, c = 6", value_at(THREE, "best literal", HOUSE)
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N30, L293",
            "A factor 2 is lost before a.",
            Claim(
                THREE,
                "C",
                ("x",),
                (lambda q: 2 * q.x - q.a + 2 * q.x - 2 * q.b + 2 * q.x - 2 * q.c,),
                "L293",
                (HOUSE,),
            ),
            Claim(THREE, "C", ("x",), (_three_slope,), "L293", (HOUSE,)),
        ),
    ),
    remarks=(
        Remark(
            "N30, L283",
            "The title reads “point like”; the problem is that of three power lines.",
        ),
    ),
    record=THREE.drawn("C", HOUSE, "x"),
)

# -- N31: the mean ---------------------------------------------------------------------

DATA = tuple(f"a{i}" for i in range(1, 6))


def _data(q: Any) -> list[Any]:
    return [getattr(q, name) for name in DATA]


def _squares(x: Any, q: Any) -> Any:
    return total([(x - a) ** 2 for a in _data(q)])


MEAN = Model(
    inputs=("x", *DATA),
    definitions={
        "C": lambda q: _squares(q.x, q),
        "mean": lambda q: total(_data(q)) / 5,
        "variance": lambda q: _squares(q.mean, q) / 5,
        "least": lambda q: _squares(q.mean, q),
    },
    symbols={"mean": "ā", "variance": "var", "least": "C(ā)"},
)
NUMBERS = dict(zip(DATA, (1.2, -0.7, 3.1, 0.4, 2.5), strict=True))
GUESS = Point("x = 1.7", {"x": 1.7, **NUMBERS})
MEAN_RUN = Run("Newton's method", MEAN, "C", ("x",), GUESS, 1, newton, NEWTON_1D)

SQUARE_LOSS = Article(
    id="mean-of-numbers",
    title="The mean has the least square loss",
    catalogue_ids=("N31",),
    source=f"{NOTES}, lines L299–L303",
    summary=(
        "Which single number is nearest to n given ones, in the sum of squares? Their "
        "mean. What remains is n times their variance."
    ),
    parts=(
        Part(
            "Any n numbers",
            "Here are five. The slope is 2n(x − ā) and the second derivative 2n, "
            "whatever the numbers are.",
            (
                Claim(
                    MEAN,
                    "C",
                    ("x",),
                    (
                        lambda q: total([2 * (q.x - a) for a in _data(q)]),
                        lambda q: 2 * 5 * (q.x - q.mean),
                    ),
                    "N31, L301",
                    (GUESS,),
                ),
                Claim(MEAN, "C", ("x", "x"), (lambda q: 10,), "N31", (GUESS,)),
                Claim(MEAN, "least", (), (lambda q: 5 * q.variance,), "N31", (GUESS,)),
                Claim(
                    MEAN,
                    "C",
                    ("a1",),
                    (lambda q: -2 * (q.x - q.a1),),
                    "N31",
                    (GUESS,),
                ),
                Claim(
                    MEAN,
                    "mean",
                    ("a1",),
                    (lambda q: q.exact("1/5"),),
                    "N31, L303",
                    (GUESS,),
                ),
            ),
            MEAN,
            ("C", "mean", "variance"),
        ),
        Part(
            "One step",
            "The loss is a parabola, so Newton's step is exact: it arrives from "
            "anywhere.",
            runs=(MEAN_RUN,),
            readings=(Readings("The least loss", value_at(MEAN, "mean least", GUESS)),),
        ),
    ),
    record=MEAN.drawn("C", GUESS),
)

# -- N34: products become sums ---------------------------------------------------------

FACTORS = Model(
    inputs=("x",),
    definitions={
        "f": lambda q: (q.x + 1) * (q.x**2 + 2) * (3 * q.x - 1),
        "logarithm": lambda q: log(q.f),
        "sum": lambda q: log(q.x + 1) + log(q.x**2 + 2) + log(3 * q.x - 1),
    },
    symbols={"logarithm": "ln f", "sum": "s"},
    ranges={"x": (0.5, 2.5)},
)
AT_FACTORS = Point("x = 1.3", {"x": 1.3})


def _sum_slope(q: Any) -> Any:
    return 1 / (q.x + 1) + 2 * q.x / (q.x**2 + 2) + 3 / (3 * q.x - 1)


def _product_slope(q: Any) -> Any:
    return (
        (q.x**2 + 2) * (3 * q.x - 1)
        + (q.x + 1) * (2 * q.x) * (3 * q.x - 1)
        + (q.x + 1) * (q.x**2 + 2) * 3
    )


def _ratio(source: Any) -> Any:
    here = AT_FACTORS.values
    slope = source.of(FACTORS, "f", ("x",), here)
    return slope / source.of(FACTORS, "f", (), here)


COUNT, FACTOR = 400, 0.1
UNDERFLOW = Readings(
    "400 probabilities of 0.1",
    (
        Reading(
            "their product, multiplied in floats",
            lambda source: source.number(prod([FACTOR] * COUNT)),
        ),
        Reading(
            "the sum of their logarithms",
            lambda source: total([log(source.number(FACTOR))] * COUNT),
        ),
    ),
)


def _log_figure() -> str:
    return plots.lines(
        {
            "f": samples(height(FACTORS, "f"), 0.4, 1.5),
            "ln f": samples(height(FACTORS, "logarithm"), 0.4, 1.5),
        },
        title="f and ln f rise together",
        names=("x", ""),
    )


LOGARITHMS = Article(
    id="log-of-a-product",
    title="Products become sums",
    catalogue_ids=("N34",),
    source=f"{NOTES}, lines L344–L347",
    summary=(
        "The slope of a product of n factors has n terms of n factors. The slope of "
        "the sum of their logarithms has n terms of one. The second is the first, "
        "divided by the product."
    ),
    parts=(
        Part(
            "An example",
            "The logarithm of the product and the sum of the logarithms are two graphs "
            "with the same slope, f′/f.",
            (
                Claim(
                    FACTORS, "f", ("x",), (_product_slope,), "N34, L344", (AT_FACTORS,)
                ),
                Claim(
                    FACTORS,
                    "sum",
                    ("x",),
                    (_sum_slope, lambda q: _product_slope(q) / q.f),
                    "N34, L345",
                    (AT_FACTORS,),
                ),
                Claim(
                    FACTORS,
                    "logarithm",
                    ("x",),
                    (_sum_slope,),
                    "N34, L346",
                    (AT_FACTORS,),
                ),
            ),
            FACTORS,
            ("f", "logarithm", "sum"),
            readings=(
                Readings(
                    "At x = 1.3",
                    (
                        *value_at(FACTORS, "logarithm sum", AT_FACTORS),
                        derivative_at(FACTORS, "sum", "x", AT_FACTORS),
                        Reading("f′/f", _ratio),
                    ),
                ),
            ),
            figures=(
                Figure(
                    "Where one is highest the other is: the logarithm keeps the order.",
                    _log_figure,
                ),
            ),
        ),
        Part(
            "Two reasons that the notes leave out",
            "It finds the same maximum because the logarithm always rises with its "
            "argument, and the factors must be positive. And in a computer it is not "
            "only easier: a product of many probabilities is smaller than the "
            "smallest float and becomes 0, while the sum of their logarithms is an "
            "ordinary number.",
            readings=(UNDERFLOW,),
        ),
    ),
    record=FACTORS.drawn("sum", AT_FACTORS),
    remarks=(
        Remark(
            "N34, L344–L347",
            "Why that is allowed is left out: the logarithm rises strictly, so the "
            "maximum stays where it is. Nor is it said that long products underflow.",
        ),
    ),
)

CHAPTER = Chapter(
    "averages",
    "Means and logarithms",
    "The number that is nearest to several others, and the function that makes a "
    "product of probabilities easy.",
    (THREE_LINES, SQUARE_LOSS, LOGARITHMS),
)
