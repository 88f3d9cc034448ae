"""N17 to N20: the number e, its powers, and the logarithm that undoes them."""

from typing import Any

from autograd_core import exp, log
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Limit, Printed, Reading, Readings, Run, derivative_at, value_at
from .pictures import height, samples
from .root_rules import NEWTON_ROOT, to_zero

__all__ = [
    "CHAPTER",
    "GROWTH",
    "LOGARITHM",
    "REACHED",
    "RISE",
    "THERE_AND_BACK",
    "THREE_RUN",
]

NOTES = "the hand-written calculus notes"

# -- N17 and N18: the number e and its powers ------------------------------------------

GROWTH = Model(
    inputs=("n",),
    definitions={
        "f": lambda q: (1 + 1 / q.n) ** q.n,
        "g": lambda q: exp(q.n * log(1 + 1 / q.n)),
        "ratio": lambda q: q.n / q.f,
        "missing": lambda q: q.f - q.exact("2.712"),
    },
    symbols={"ratio": "n/f", "missing": "f − 2.712"},
    ranges={"n": (0.5, 20.0)},
)
COUNTS = (1, 10, 100, 1000)


def _n(n: float) -> Point:
    return Point(f"n = {n:g}", {"n": float(n)})


TEN = _n(10)


def _grown(n: int) -> Reading:
    return Reading(f"(1 + 1/{n})^{n}", value_at(GROWTH, "f", _n(n))[0].compute)


def _slope_in_n(n: int) -> Reading:
    return Reading(f"df/dn, n = {n}", derivative_at(GROWTH, "f", "n", _n(n)).compute)


def _cut(source: Any) -> Any:
    # An ellipsis follows the printed digits: they are cut off, not rounded.
    return source.number(int(exp(source.number(1)) * 10**8)) / 10**8


REACHED = Run(
    "Where (1 + 1/n)^n reaches 2.712",
    GROWTH,
    "missing",
    ("n",),
    _n(100),
    5,
    to_zero,
    NEWTON_ROOT,
)


def _growth_figure() -> str:
    return plots.lines(
        {
            "(1 + 1/n)^n": samples(height(GROWTH, "f"), 1.0, 60.0),
            "e": [(1.0, exp(1.0)), (60.0, exp(1.0))],
        },
        title="The powers rise towards e and do not reach it",
        names=("n", ""),
    )


EULER = Article(
    id="euler-number",
    title="The number e",
    catalogue_ids=("N17",),
    source=f"{NOTES}, lines L131–L136",
    summary=(
        "Interest of 1/n, n times: (1 + 1/n)ⁿ grows with n, but not beyond a limit, "
        "and the limit is e. In the notes a table of n and this power has run together "
        "into a chain of fractions."
    ),
    parts=(
        Part(
            "Towards the limit",
            "n may be any positive number. Written with e and ln, the power has a "
            "slope that the chain rule finds. It is positive and goes to zero, a "
            "hundred times smaller for ten times the n.",
            (
                Claim(
                    GROWTH,
                    "g",
                    ("n",),
                    (lambda q: q.g * (log(1 + 1 / q.n) - 1 / (q.n + 1)),),
                    "N17",
                    (TEN,),
                ),
            ),
            GROWTH,
            ("f", "g"),
            readings=(
                Readings(
                    "The table that was meant",
                    (
                        *map(_grown, COUNTS),
                        Reading("e", lambda source: exp(source.number(1))),
                    ),
                ),
                Readings(
                    "The slope in n",
                    (
                        *map(_slope_in_n, COUNTS),
                        Reading(
                            "dg/dn, n = 1000",
                            derivative_at(GROWTH, "g", "n", _n(1000)).compute,
                        ),
                    ),
                ),
            ),
            figures=(
                Figure("Half of what is missing, for twice the n.", _growth_figure),
            ),
        ),
        Part(
            "What the notes print",
            "Two numbers have lost their points, and are wrong with them, too. "
            "Newton's method tells at which n the second one would be right: not at "
            "100.",
            runs=(REACHED,),
            printed=(
                Printed(
                    "N17, L134",
                    Reading("e, cut after eight places", _cut),
                    "2.71828182",
                ),
                Printed("N17, L136", _grown(1), "2", False, "printed as 1/2"),
                Printed("N17, L136", _grown(10), "2.592", True, "printed 2592"),
                Printed("N17, L136", _grown(100), "2.712", True, "printed 2712"),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N17, L136",
            "Read as it stands, n divided by the power is always the same number, 1/2. "
            "It is 1/2 at n = 1 only.",
            Claim(GROWTH, "ratio", (), (lambda q: q.exact("1/2"),), "L136", (TEN,)),
            Claim(
                GROWTH, "ratio", (), (lambda q: q.n / (1 + 1 / q.n) ** q.n,), "", (TEN,)
            ),
        ),
    ),
    record=GROWTH.drawn("f", TEN),
    kind="limit",
)

RISE = Model(inputs=("x",), definitions={"f": lambda q: exp(q.x)})
BELOW = Point("x = −0.6", {"x": -0.6})


def _exp_figure() -> str:
    slopes = {
        f"at x = {x:g}".replace("-", "−"): (x, engine(RISE.function("f"), [x], [0]))
        for x in (-0.6, 1.0)
    }
    return plots.curve(
        height(RISE, "f"),
        (-2.0, 2.0),
        title="e to the x with two tangents",
        tangents=slopes,
        names=("x", "eˣ"),
    )


EXPONENTIAL = Article(
    id="exponential-rule",
    title="Its own slope",
    catalogue_ids=("N18",),
    source=f"{NOTES}, lines L138–L142",
    summary=(
        "The powers of e are the function whose slope is its height, everywhere and in "
        "every order. That is what e is for."
    ),
    parts=(
        Part(
            "Every order",
            "A quotient is eˣ·(eʰ − 1)/h, and the second factor goes to 1.",
            (
                Claim(RISE, "f", ("x",), (lambda q: exp(q.x),), "N18, L140", (BELOW,)),
                Claim(RISE, "f", ("x", "x"), (lambda q: q.f,), "N18", (BELOW,)),
            ),
            RISE,
            ("f",),
            limits=(
                Limit(
                    "(eʰ − 1)/h: difference quotients at x = 0",
                    RISE,
                    "f",
                    "x",
                    Point("x = 0", {"x": 0.0}),
                ),
            ),
            figures=(
                Figure(
                    "Each tangent meets the axis 1 to the left of where it touches.",
                    _exp_figure,
                ),
            ),
        ),
    ),
    record=RISE.drawn("f", BELOW),
)

# -- N19 and N20: the logarithm --------------------------------------------------------

LOGARITHM = Model(
    inputs=("y",),
    definitions={"g": lambda q: log(q.y), "again": lambda q: exp(q.g)},
    symbols={"g": "ln y", "again": "exp(ln y)"},
    ranges={"y": (0.1, 4.0)},
)
THERE_AND_BACK = Model(
    inputs=("y",),
    definitions={"X": lambda q: exp(q.y), "again": lambda q: log(q.X)},
    symbols={"again": "ln(exp y)"},
)
WANTED = Model(
    inputs=("x",),
    definitions={"missing": lambda q: exp(q.x) - 3},
    symbols={"missing": "eˣ − 3"},
)
THREE_RUN = Run(
    "e to which power is 3?",
    WANTED,
    "missing",
    ("x",),
    Point("x = 1", {"x": 1.0}),
    5,
    to_zero,
    NEWTON_ROOT,
)
AT_Y, AT_LOW = Point("y = 2.3", {"y": 2.3}), Point("y = −1.4", {"y": -1.4})

LOG_DEFINITION = Article(
    id="natural-logarithm",
    title="The natural logarithm",
    catalogue_ids=("N19",),
    source=f"{NOTES}, lines L148–L164",
    summary=(
        "The logarithm of X is the exponent that makes X of e. It is the inverse of "
        "the powers of e; log and ln are the same here."
    ),
    parts=(
        Part(
            "e to which power is 3?",
            "Newton's method solves the equation without a logarithm, and finds what "
            "the logarithm gives.",
            runs=(THREE_RUN,),
            readings=(
                Readings(
                    "The exponent",
                    (
                        Reading("solution", THREE_RUN.reading(5, "x").compute),
                        Reading("ln 3", lambda source: log(source.number(3))),
                    ),
                ),
            ),
        ),
        Part(
            "There and back",
            "Both ways round, as an inverse needs it. The slope of the whole way is 1. "
            "The first line needs y > 0, which the notes do not say: there is no real "
            "exponent that makes e negative or zero. In their second line the left "
            "side is missing; it is x = log X.",
            (
                Claim(LOGARITHM, "again", (), (lambda q: q.y,), "N19, L162", (AT_Y,)),
                Claim(LOGARITHM, "again", ("y",), (lambda q: 1,), "N19", (AT_Y,)),
                Claim(
                    THERE_AND_BACK,
                    "again",
                    (),
                    (lambda q: q.y,),
                    "N19, L164",
                    (AT_LOW,),
                ),
                Claim(
                    THERE_AND_BACK, "again", ("y",), (lambda q: 1,), "N19", (AT_LOW,)
                ),
            ),
            LOGARITHM,
            ("g", "again"),
        ),
    ),
    record=LOGARITHM.drawn("again", AT_Y),
    kind="definition",
    remarks=(
        Remark(
            "N19, L152 and L162",
            "The arrow leads to log(X) alone, where x = log(X) is meant; and the "
            "logarithm of x needs an x above zero.",
        ),
    ),
)

# What line L173 says literally: the logarithm of another letter.
LETTERS = Model(
    inputs=("y", "g"),
    definitions={"f": lambda q: log(q.g)},
    symbols={"f": "ln g"},
    ranges={"y": (0.1, 4.0), "g": (0.1, 4.0)},
)
TWO_LETTERS = Point("y = 2.3, g = 2.3", {"y": 2.3, "g": 2.3})


def _log_figure() -> str:
    slopes = {
        f"at y = {y:g}": (y, engine(LOGARITHM.function("g"), [y], [0]))
        for y in (0.5, 2.3)
    }
    return plots.curve(
        height(LOGARITHM, "g"),
        (0.1, 4.0),
        title="The logarithm with two tangents",
        tangents=slopes,
        names=("y", "ln y"),
    )


LOG_RULE = Article(
    id="logarithm-rule",
    title="The slope of the logarithm",
    catalogue_ids=("N20",),
    source=f"{NOTES}, lines L168–L176",
    summary=(
        "The rule for inverses, now with the right argument: 1 over the slope of eˣ at "
        "x = ln y. That slope is y itself, so the answer is 1/y."
    ),
    parts=(
        Part(
            "By the rule for inverses",
            "Here the notes have f′ at f⁻¹(y), which the words of their page 6 forget.",
            (
                Claim(
                    LOGARITHM,
                    "g",
                    ("y",),
                    (lambda q: 1 / exp(q.g), lambda q: 1 / q.y),
                    "N20, L168–L176",
                    (AT_Y,),
                ),
                Claim(
                    LOGARITHM,
                    "g",
                    ("y", "y"),
                    (lambda q: -1 / q.y**2,),
                    "N20",
                    (AT_Y,),
                ),
            ),
            LOGARITHM,
            ("g",),
            limits=(
                Limit("Difference quotients at y = 2.3", LOGARITHM, "g", "y", AT_Y),
            ),
            figures=(Figure("Steep near zero, ever flatter later.", _log_figure),),
        ),
    ),
    misprints=(
        Misprint(
            "N20, L173",
            "The variable is printed as g and y by turns. The derivative by y of the "
            "logarithm of another letter is zero.",
            Claim(LETTERS, "f", ("y",), (lambda q: 1 / q.g,), "L173", (TWO_LETTERS,)),
            Claim(LOGARITHM, "g", ("y",), (lambda q: 1 / q.y,), "L176", (AT_Y,)),
        ),
    ),
    record=LOGARITHM.drawn("g", AT_Y),
)

CHAPTER = Chapter(
    "exponentials",
    "e and the logarithm",
    "A number, the function that is its own slope, and the function that undoes it.",
    (EULER, EXPONENTIAL, LOG_DEFINITION, LOG_RULE),
)
