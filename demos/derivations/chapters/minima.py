"""N29, N32 and N33: the lowest or highest point is where the slope is zero."""

from typing import Any

from autograd_core import log
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Printed, Readings, Run, value_at
from .descent_rules import NEWTON_1D, newton

__all__ = ["CHAPTER", "COIN", "LINES"]

# -- N29: where to build the house -----------------------------------------------------

LINES = Model(
    inputs=("x", "a", "b"),
    definitions={
        "C": lambda q: (q.x - q.a) ** 2 + (q.x - q.b) ** 2,
        "best": lambda q: (q.a + q.b) / 2,
        "least": lambda q: (q.best - q.a) ** 2 + (q.best - q.b) ** 2,
    },
    symbols={"best": "x*", "least": "C(x*)"},
)
HOUSE = Point("x = 3, a = 1, b = 6", {"x": 3.0, "a": 1.0, "b": 6.0})


def _cost_figure() -> str:
    def cost(x: float) -> float:
        return float(engine(LINES.function("C"), [x, 1.0, 6.0], ()))

    slope = engine(LINES.function("C"), [3.0, 1.0, 6.0], [0])
    best = LINES.run(HOUSE.values).best
    return plots.curve(
        cost,
        (0.0, 7.0),
        title="The cost of two power lines, a = 1 and b = 6",
        tangents={"at x = 3": (3.0, slope), "at x*": (best, 0.0)},
        names=("x", "C"),
    )


TWO_LINES = Article(
    id="two-power-lines",
    title="Two power lines",
    catalogue_ids=("N29",),
    source="the hand-written calculus notes, lines L255–L281",
    summary=(
        "A house at x is to be connected to lines at a and b, and each connection "
        "costs the square of its length. Where should the house be? Where the slope of "
        "the cost is zero: in the middle."
    ),
    parts=(
        Part(
            "The slope",
            "The last form shows the root: the slope is zero where x is the mean of a "
            "and b.",
            (
                Claim(
                    LINES,
                    "C",
                    ("x",),
                    (
                        lambda q: 2 * (q.x - q.a) + 2 * (q.x - q.b),
                        lambda q: 2 * q.x - 2 * q.a + 2 * q.x - 2 * q.b,
                        lambda q: 4 * q.x - 2 * q.a - 2 * q.b,
                        lambda q: 4 * (q.x - (q.a + q.b) / 2),
                    ),
                    "N29, L273–L281",
                    (HOUSE,),
                ),
                Claim(LINES, "C", ("x", "x"), (lambda q: 4,), "N29", (HOUSE,)),
                Claim(
                    LINES,
                    "least",
                    (),
                    (lambda q: (q.a - q.b) ** 2 / 2,),
                    "N29",
                    (HOUSE,),
                ),
            ),
            LINES,
            ("C", "best"),
            figures=(
                Figure(
                    "The cost, its tangent at x = 3, and the level one.", _cost_figure
                ),
            ),
        ),
        Part(
            "Minimum or maximum?",
            "The notes leave it open. The second derivative is 4, and positive: it is "
            "a minimum. Because it is constant, Newton's step is exact and finds the "
            "middle from anywhere.",
            runs=(
                Run("Newton's method", LINES, "C", ("x",), HOUSE, 1, newton, NEWTON_1D),
            ),
        ),
    ),
    record=LINES.drawn("C", HOUSE, "x"),
)

# -- N32 and N33: a coin that fell seven times of ten on one side ----------------------

COIN = Model(
    inputs=("P",),
    definitions={
        "g": lambda q: q.P**7 * (1 - q.P) ** 3,
        "G": lambda q: 7 * log(q.P) + 3 * log(1 - q.P),
        "J": lambda q: -q.G,
        "logarithm": lambda q: log(q.g),
        "mean": lambda q: -q.G / 10,
        "entropy": lambda q: (
            -(q.exact("0.7") * log(q.P)) - q.exact("0.3") * log(1 - q.P)
        ),
    },
    symbols={"logarithm": "ln g(P)", "mean": "\u2212G/10", "entropy": "H"},
    ranges={"P": (0.05, 0.95)},
)
FAIR = Point("P = 0.5", {"P": 0.5})
LIKELY = Point("P = 0.7", {"P": 0.7})


def _factored(q: Any) -> Any:
    return q.P**6 * (1 - q.P) ** 2 * (7 - 10 * q.P)


def _product_rule(q: Any) -> Any:
    return 7 * q.P**6 * (1 - q.P) ** 3 - 3 * q.P**7 * (1 - q.P) ** 2


def _without_the_square(q: Any) -> Any:
    return 7 * q.P**6 * (1 - q.P) ** 3 + q.P**7 * (3 * (1 - q.P)) * -1


def _log_slope(q: Any) -> Any:
    return (7 * (1 - q.P) - 3 * q.P) / (q.P * (1 - q.P))


def _coin(name: str, top: Point) -> Any:
    def figure() -> str:
        def f(p: float) -> float:
            return float(engine(COIN.function(name), [p], ()))

        slope = engine(COIN.function(name), [0.5], [0])
        return plots.curve(
            f,
            (0.02, 0.98),
            title=f"{name}(P) with its tangents at P = 0.5 and at the maximum",
            tangents={"at P = 0.5": (0.5, slope), "at P = 0.7": (top.values["P"], 0.0)},
            names=("P", name),
        )

    return figure


LIKELIHOOD_RUN = Run(
    "Newton's method on g",
    COIN,
    "g",
    ("P",),
    Point("P = 0.65", {"P": 0.65}),
    6,
    newton,
    NEWTON_1D,
)
LOG_RUN = Run("Newton's method on G", COIN, "G", ("P",), FAIR, 6, newton, NEWTON_1D)

LIKELIHOOD = Article(
    id="coin-toss-likelihood",
    title="The most likely coin",
    catalogue_ids=("N32",),
    source="the hand-written calculus notes, lines L305–L318",
    summary=(
        "A coin falls seven times of ten on the same side. If that side has the "
        "probability P, the series has the probability g(P). Which P makes it largest? "
        "(The notes write T = 0.7, H = 0.3 beside it: the seven are tails, and P is "
        "the probability of tails.)"
    ),
    parts=(
        Part(
            "The slope",
            "The product rule and the chain rule, then the common factors in front: "
            "the slope is zero at P = 0, P = 1 and P = 7/10. At 0 and 1 the likelihood "
            "itself is zero, which is as small as it gets; at 7/10 it bends down.",
            (
                Claim(
                    COIN,
                    "g",
                    ("P",),
                    (_product_rule, _factored),
                    "N32, L314–L316",
                    (FAIR, LIKELY),
                ),
                Claim(
                    COIN,
                    "g",
                    ("P", "P"),
                    (lambda q: q.P**5 * (1 - q.P) * (42 - 126 * q.P + 90 * q.P**2),),
                    "N32",
                    (FAIR, LIKELY),
                ),
            ),
            COIN,
            ("g",),
            figures=(
                Figure("The likelihood and two of its tangents.", _coin("g", LIKELY)),
            ),
        ),
        Part(
            "Found by a program",
            "Newton's method looks for a zero of the slope. It must start near the "
            "maximum, for it would as well find P = 0 or P = 1.",
            runs=(LIKELIHOOD_RUN,),
            printed=(Printed("N32, L318", LIKELIHOOD_RUN.reading(6, "P"), "7/10"),),
        ),
    ),
    misprints=(
        Misprint(
            "N32, L314",
            "The derivative of (1 − P)³ is −3(1 − P)². The notes lose the square here "
            "and have it back in the next line.",
            Claim(COIN, "g", ("P",), (_without_the_square,), "L314", (FAIR,)),
            Claim(COIN, "g", ("P",), (_product_rule,), "L314", (FAIR,)),
        ),
        Misprint(
            "N32, L316",
            "The line of factors is printed with slashes. They are products.",
            Claim(
                COIN,
                "g",
                ("P",),
                (lambda q: q.P**6 / (1 - q.P) ** 2 / (7 - 10 * q.P),),
                "L316",
                (FAIR,),
            ),
            Claim(COIN, "g", ("P",), (_factored,), "L316", (FAIR,)),
        ),
    ),
    remarks=(
        Remark(
            "N32, L310",
            "T has the share 0.7: the P with the exponent 7 is the probability of "
            "tails.",
        ),
        Remark(
            "N32, L318",
            "P = 0 and P = 1 are crossed out without a reason. There the product is "
            "0, its smallest value.",
        ),
    ),
    record=COIN.drawn("g", FAIR),
)
LOG_LIKELIHOOD = Article(
    id="coin-toss-log-likelihood",
    title="The logarithm makes it easy",
    catalogue_ids=("N33",),
    source="the hand-written calculus notes, lines L320–L342",
    summary=(
        "The logarithm rises with its argument, so ln g is largest where g is. It "
        "turns the product into a sum, and sums are easy to differentiate. Its "
        "negative is the log loss that classifiers minimise."
    ),
    parts=(
        Part(
            "The slope",
            "It is the slope of g divided by g, as the last form says.",
            (
                Claim(
                    COIN,
                    "G",
                    ("P",),
                    (
                        lambda q: 7 / q.P - 3 / (1 - q.P),
                        _log_slope,
                        lambda q: _factored(q) / (q.P**7 * (1 - q.P) ** 3),
                    ),
                    "N33, L330–L334",
                    (FAIR, LIKELY),
                ),
                Claim(
                    COIN,
                    "G",
                    ("P", "P"),
                    (lambda q: -7 / q.P**2 - 3 / (1 - q.P) ** 2,),
                    "N33",
                    (FAIR, LIKELY),
                ),
                Claim(
                    COIN,
                    "logarithm",
                    ("P",),
                    (_log_slope,),
                    "N33, L326",
                    (FAIR, LIKELY),
                ),
            ),
            COIN,
            ("G",),
            figures=(Figure("The logarithm of the likelihood.", _coin("G", LIKELY)),),
        ),
        Part(
            "Found by a program",
            "This function bends down everywhere, so Newton's method finds its maximum "
            "from P = 0.5, where g would have sent it elsewhere.",
            runs=(LOG_RUN,),
            printed=(Printed("N33, L342", LOG_RUN.reading(6, "P"), "7/10"),),
        ),
        Part(
            "The loss at the maximum",
            "The mean log loss there is the entropy of the coin: what remains "
            "uncertain when the coin is known.",
            readings=(
                Readings("At P = 0.7", value_at(COIN, "G mean entropy", LIKELY)),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N33, L324",
            "It is the derivative that is set to zero. The logarithm of a probability "
            "below 1 is never zero, so the equation as printed has no solution.",
            Claim(COIN, "logarithm", (), (lambda q: q.exact("0"),), "L324", (LIKELY,)),
            Claim(COIN, "G", ("P",), (_log_slope,), "L328", (LIKELY,)),
        ),
        Misprint(
            "N33, L328",
            "The factor 7 before the first logarithm is struck out. The next line has "
            "it again, and needs it.",
            Claim(
                COIN,
                "G",
                (),
                (lambda q: log(q.P) + 3 * log(1 - q.P),),
                "L328",
                (LIKELY,),
            ),
            Claim(
                COIN,
                "G",
                (),
                (lambda q: 7 * log(q.P) + 3 * log(1 - q.P),),
                "L328",
                (LIKELY,),
            ),
        ),
    ),
    record=COIN.drawn("G", FAIR),
)

CHAPTER = Chapter(
    "minima",
    "Where the slope is zero",
    "A smooth function is level at its lowest and highest points. That turns the "
    "search for the best into an equation.",
    (TWO_LINES, LIKELIHOOD, LOG_LIKELIHOOD),
)
