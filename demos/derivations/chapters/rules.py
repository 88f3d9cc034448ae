"""N23 to N27: the rules by which the derivative of a whole comes from its parts."""

from typing import Any

from autograd_core import cos, exp, sin
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part
from ..readings import Limit

__all__ = ["CHAPTER"]


# -- N23: a constant factor ------------------------------------------------------------

SCALED = Model(
    inputs=("c", "x"),
    definitions={"g": lambda q: q.x**2, "f": lambda q: q.c * q.g},
)
# What the notes print: f itself is c times the slope of g.
SLOPED = Model(
    inputs=("c", "x"),
    definitions={"slope": lambda q: 2 * q.x, "f": lambda q: q.c * q.slope},
    symbols={"slope": "g′"},
)
SCALED_AT = Point("c = 3, x = 1.5", {"c": 3.0, "x": 1.5})


def _c_times_slope(q: Any) -> Any:
    return q.c * (2 * q.x)


CONSTANT = Article(
    id="constant-multiple-rule",
    title="A constant factor stays",
    catalogue_ids=("N23",),
    source="the hand-written calculus notes, lines L194–L200",
    summary=(
        "If every value of a function is made c times as large, every rise is c times "
        "as large too, and so is the slope. Here with g(x) = x²."
    ),
    parts=(
        Part(
            "The rule",
            "f = c·g gives f′ = c·g′. The second derivative follows the same rule.",
            (
                Claim(SCALED, "f", ("g",), (lambda q: q.c,), "N23", (SCALED_AT,)),
                Claim(
                    SCALED, "f", ("x",), (_c_times_slope,), "N23, L200", (SCALED_AT,)
                ),
                Claim(
                    SCALED, "f", ("x", "x"), (lambda q: 2 * q.c,), "N23", (SCALED_AT,)
                ),
            ),
            SCALED,
            ("g", "f"),
        ),
    ),
    misprints=(
        Misprint(
            "N23, L198",
            "The line that was left standing starts from f = c·g′, with the prime too "
            "many; the right one, f = c·g, is struck out. Its slope is not c·g′.",
            Claim(SLOPED, "f", ("x",), (_c_times_slope,), "L198", (SCALED_AT,)),
            Claim(SCALED, "f", ("x",), (_c_times_slope,), "L198", (SCALED_AT,)),
            ("f",),
        ),
    ),
    record=SCALED.drawn("f", SCALED_AT),
)

# -- N24: a sum ------------------------------------------------------------------------

SUM = Model(
    inputs=("x",),
    definitions={
        "g": lambda q: 2 * q.x,
        "h": lambda q: q.x**2,
        "f": lambda q: q.g + q.h,
    },
)
SUM_AT = Point("x = 1.5", {"x": 1.5})
ADDED = Article(
    id="sum-rule",
    title="Slopes add",
    catalogue_ids=("N24",),
    source="the hand-written calculus notes, lines L202–L211",
    summary=(
        "The slope of a sum is the sum of the slopes. In the graph x is used twice; "
        "the two flows that come back to it are added, and that is the rule."
    ),
    parts=(
        Part(
            "The rule and the example",
            "A sum hands its gradient on to both terms as it is: each local derivative "
            "is 1.",
            (
                Claim(SUM, "g", ("x",), (lambda q: 2,), "N24, L211", (SUM_AT,)),
                Claim(SUM, "h", ("x",), (lambda q: 2 * q.x,), "N24, L211", (SUM_AT,)),
                Claim(
                    SUM, "f", ("x",), (lambda q: 2 + 2 * q.x,), "N24, L211", (SUM_AT,)
                ),
                Claim(SUM, "f", ("x", "x"), (lambda q: 2,), "N24", (SUM_AT,)),
            ),
            SUM,
            ("g", "h", "f"),
        ),
    ),
    record=SUM.drawn("f", SUM_AT),
)

# -- N25: a product --------------------------------------------------------------------

PRODUCT = Model(
    inputs=("x",),
    definitions={
        "g": lambda q: q.x,
        "h": lambda q: exp(q.x),
        "f": lambda q: q.x * q.h,
    },
)
HALF = Point("x = 0.5", {"x": 0.5})


def _product_slope(q: Any) -> Any:
    return exp(q.x) + q.x * exp(q.x)


def _product_figure() -> str:
    def f(x: float) -> float:
        return float(engine(PRODUCT.function("f"), [x], ()))

    slopes = {
        f"at x = {x:g}".replace("-", "−"): (x, engine(PRODUCT.function("f"), [x], [0]))
        for x in (-1.0, 0.5)
    }
    return plots.curve(
        f, (-3.0, 1.0), title="x·eˣ and two of its tangents", tangents=slopes
    )


MULTIPLIED = Article(
    id="product-rule",
    title="The product rule",
    catalogue_ids=("N25",),
    source="the hand-written calculus notes, lines L213–L227",
    summary=(
        "In a product each factor is the other one's slope. Wiggle g: the product "
        "changes h times as much. Wiggle h: it changes g times as much. Both happen at "
        "once, so both are added: f′ = g′·h + g·h′."
    ),
    parts=(
        Part(
            "The example x·eˣ",
            "The first factor has the slope 1, the second is its own slope.",
            (
                Claim(
                    PRODUCT,
                    "f",
                    ("x",),
                    (_product_slope, lambda q: (1 + q.x) * exp(q.x)),
                    "N25, L227",
                    (HALF,),
                ),
                Claim(
                    PRODUCT,
                    "f",
                    ("x", "x"),
                    (lambda q: (2 + q.x) * exp(q.x),),
                    "N25",
                    (HALF,),
                ),
            ),
            PRODUCT,
            ("h", "f"),
            figures=(
                Figure(
                    "The graph of x·eˣ. At x = −1 the tangent is level: there "
                    "(1 + x)·eˣ is zero.",
                    _product_figure,
                ),
            ),
        ),
        Part(
            "As a limit",
            "The slope is what difference quotients go to. A ten times smaller step "
            "leaves a ten times smaller error; with a step to both sides the error is "
            "a hundred times smaller, because the terms in h cancel. (In 100-digit "
            "arithmetic; floats would lose their digits from h = 10⁻⁸ on.)",
            limits=(
                Limit("Difference quotients of f at x = 0.5", PRODUCT, "f", "x", HALF),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N25, L221",
            "An intermediate line, partly struck out, has x·eˣ in the place of the "
            "first term. The two agree at x = 1 only, so x = 1 would not show it.",
            Claim(
                PRODUCT,
                "f",
                ("x",),
                (lambda q: q.x * exp(q.x) + q.x * exp(q.x),),
                "L221",
                (HALF,),
            ),
            Claim(PRODUCT, "f", ("x",), (_product_slope,), "L227", (HALF,)),
        ),
    ),
    record=PRODUCT.drawn("f", HALF),
)

# -- N26: a chain ----------------------------------------------------------------------

CHAIN = Model(
    inputs=("t",),
    definitions={
        "h": lambda q: q.t**2 + 1,
        "g": lambda q: sin(q.h),
        "f": lambda q: exp(q.g),
    },
)
AT_T = Point("t = 0.9", {"t": 0.9})
CHAINED = Article(
    id="chain-rule",
    title="The chain rule",
    catalogue_ids=("N26",),
    source="the hand-written calculus notes, lines L229–L238",
    summary=(
        "What t does to f goes through h and then through g. Each stage magnifies by "
        "its own slope, so the slopes are multiplied. The backward sweep does just "
        "that, from right to left, one local derivative at a time."
    ),
    parts=(
        Part(
            "The factors",
            "The notes give the rule without an example; this one is the catalogue's.",
            (
                Claim(CHAIN, "h", ("t",), (lambda q: 2 * q.t,), "N26, L231", (AT_T,)),
                Claim(CHAIN, "g", ("h",), (lambda q: cos(q.h),), "N26, L231", (AT_T,)),
                Claim(CHAIN, "f", ("g",), (lambda q: exp(q.g),), "N26, L236", (AT_T,)),
            ),
            CHAIN,
            ("h", "g", "f"),
        ),
        Part(
            "Their product",
            "Two functions deep, and three. The second derivatives need the product "
            "rule too, because every factor depends on t.",
            (
                Claim(
                    CHAIN,
                    "g",
                    ("t",),
                    (lambda q: cos(q.h) * (2 * q.t),),
                    "N26, L231–L233",
                    (AT_T,),
                ),
                Claim(
                    CHAIN,
                    "f",
                    ("t",),
                    (lambda q: exp(q.g) * cos(q.h) * (2 * q.t),),
                    "N26, L236–L238",
                    (AT_T,),
                ),
                Claim(
                    CHAIN,
                    "g",
                    ("t", "t"),
                    (lambda q: 2 * cos(q.h) - 4 * q.t**2 * sin(q.h),),
                    "N26",
                    (AT_T,),
                ),
                Claim(
                    CHAIN,
                    "f",
                    ("t", "t"),
                    (
                        lambda q: (
                            exp(q.g)
                            * (
                                2 * cos(q.h)
                                - 4 * q.t**2 * sin(q.h)
                                + 4 * q.t**2 * cos(q.h) ** 2
                            )
                        ),
                    ),
                    "N26",
                    (AT_T,),
                ),
            ),
        ),
    ),
    record=CHAIN.drawn("f", AT_T),
)

# -- N27 -------------------------------------------------------------------------------

EXP2X = Model(
    inputs=("x",),
    definitions={"g": lambda q: 2 * q.x, "f": lambda q: exp(q.g)},
)
AT_X = Point("x = 0.35", {"x": 0.35})
DOUBLED = Article(
    id="exp-2x",
    title="Example: e to the power 2x",
    catalogue_ids=("N27",),
    source="the hand-written calculus notes, lines L240–L244",
    summary=(
        "The outer function is its own slope, the inner one has the slope 2. Every "
        "further derivative brings another factor 2."
    ),
    parts=(
        Part(
            "The slope",
            "The notes are right here.",
            (
                Claim(
                    EXP2X,
                    "f",
                    ("x",),
                    (lambda q: exp(2 * q.x) * 2,),
                    "N27, L244",
                    (AT_X,),
                ),
                Claim(
                    EXP2X,
                    "f",
                    ("x", "x"),
                    (lambda q: 4 * exp(2 * q.x),),
                    "N27",
                    (AT_X,),
                ),
            ),
            EXP2X,
            ("g", "f"),
        ),
    ),
    record=EXP2X.drawn("f", AT_X),
)

CHAPTER = Chapter(
    "rules",
    "Rules for slopes",
    "Five rules and examples: they are all that a program needs besides the slopes of "
    "single operations.",
    (CONSTANT, ADDED, MULTIPLIED, CHAINED, DOUBLED),
)
