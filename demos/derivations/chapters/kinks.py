"""N21 and N22: where there is no slope, and what a program returns there."""

from fractions import Fraction
from math import pi
from typing import Any

from autograd_core import cbrt, sign, sin, step
from visualize import plots

from ..article import Claim, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, derivative_at
from .pictures import height, samples
from .slopes import quotient

__all__ = ["ABSOLUTE", "BAD", "BEHAVIOUR", "CHAPTER", "SIDES", "WIGGLE", "WIGGLES"]

NOTES = "the hand-written calculus notes"
ZERO = Point("x = 0", {"x": 0.0})
LEFT, RIGHT = Point("x = −2.5", {"x": -2.5}), Point("x = 1.2", {"x": 1.2})

# -- N21: a corner ---------------------------------------------------------------------

ABSOLUTE = Model(inputs=("x",), definitions={"f": lambda q: abs(q.x)})
SIDES = Readings(
    "Difference quotients of |x| at x = 0",
    tuple(quotient(ABSOLUTE, "f", "x", ZERO, h) for h in ("-1/1000", "1/1000")),
)
AT_ZERO = Readings(
    "What is returned at x = 0",
    (derivative_at(ABSOLUTE, "f", "x", ZERO),),
)


def _corner_figure() -> str:
    return plots.curve(
        height(ABSOLUTE, "f"),
        (-2.0, 2.0),
        title="The absolute value and three lines that support it at the corner",
        tangents={f"slope {s:g}".replace("-", "−"): (0.0, s) for s in (-0.6, 0.0, 0.6)},
        names=("x", "|x|"),
        y=(-0.7, 2.0),
    )


CORNER = Article(
    id="absolute-value",
    title="A corner",
    catalogue_ids=("N21",),
    source=f"{NOTES}, lines L178–L182",
    summary=(
        "|x| falls with slope −1 and rises with slope 1. At 0 the two meet, and there "
        "is no slope that both sides go to."
    ),
    parts=(
        Part(
            "Everywhere but at 0",
            "The notes call the function non-differentiable, without saying where. It "
            "has a slope at every other x: the sign of x.",
            (
                Claim(
                    ABSOLUTE,
                    "f",
                    ("x",),
                    (lambda q: sign(q.x),),
                    "N21",
                    (LEFT, RIGHT),
                ),
            ),
            ABSOLUTE,
            ("f",),
        ),
        Part(
            "At 0",
            "Every quotient from the left is −1 and every quotient from the right is "
            "1, however small the step: no limit. Lines with a slope between −1 and 1 "
            "touch the corner from below; those slopes are the subgradients. The "
            "engine returns the one of least norm, 0, and so does the quotient to both "
            "sides. It is a choice, not a derivative.",
            readings=(SIDES, AT_ZERO),
            figures=(
                Figure("Many lines touch the corner from below.", _corner_figure),
            ),
        ),
    ),
    record=ABSOLUTE.drawn("f", LEFT),
    kind="counterexample",
    remarks=(
        Remark(
            "N21, L182",
            "That holds at x = 0 only. Everywhere else |x| has a slope: the sign of x.",
        ),
    ),
)

# -- N22: the classes, and what is missing ---------------------------------------------

BAD = Model(
    inputs=("x",),
    definitions={
        "corner": lambda q: abs(q.x),
        "cusp": lambda q: cbrt(q.x**2),
        "rewritten": lambda q: cbrt(q.x) ** 2,
        "upright": lambda q: cbrt(q.x),
        "jump": lambda q: step(q.x),
        "hole": lambda q: 1 - sign(q.x) ** 2,
    },
    ranges={"x": (0.1, 2.0)},
)
WORDS = {
    "corner": "corner, |x|",
    "cusp": "cusp, |x|^(2/3)",
    "upright": "vertical tangent, x^(1/3)",
    "jump": "jump, step(x)",
    "hole": "removable discontinuity",
}
STEPS = ("-1/1000", "1/1000", "1/1000000")


def _behaviour(*names: str) -> Readings:
    return Readings(
        "Difference quotients at x = 0",
        tuple(
            quotient(
                BAD,
                name,
                "x",
                ZERO,
                h,
                f"{WORDS[name]}, h = {float(Fraction(h)):.6f}".rstrip("0").replace(
                    "-", "−"
                ),
            )
            for name in names
            for h in STEPS
        ),
    )


BEHAVIOUR = _behaviour("corner", "cusp", "upright", "jump")
HOLE = _behaviour("hole")

# x·sin(1/x), and sin(1/x) itself; both are 0 at 0 by definition.
WIGGLE = Model(
    inputs=("x",),
    definitions={"f": lambda q: q.x * sin(1 / q.x), "s": lambda q: sin(1 / q.x)},
    ranges={"x": (0.1, 2.0)},
)


def _peak(k: int, target: str) -> Reading:
    # At h = 2/(π(2k + 1)) the sine of 1/h is 1 or −1.
    def compute(source: Any) -> Any:
        h = 2 / (source.number(pi) * (2 * k + 1))
        return source.of(WIGGLE, target, (), {"x": h}) / h

    name = {"f": "x·sin(1/x)", "s": "sin(1/x)"}[target]
    return Reading(f"{name}, h = 2/(π·{2 * k + 1})", compute)


WIGGLES = Readings(
    "Difference quotients at 0, on the way to it",
    tuple(_peak(k, "f") for k in (1, 2, 3, 4)),
)
ESSENTIAL = Readings(
    "The same for sin(1/x)", tuple(_peak(k, "s") for k in (1, 2, 3, 4))
)


def _classes_figure() -> str:
    return plots.lines(
        {
            "cusp": samples(height(BAD, "cusp"), -1.0, 1.0, 201),
            "vertical tangent": samples(height(BAD, "upright"), -1.0, 1.0, 201),
            "jump, left": [(-1.0, 0.0), (0.0, 0.0)],
            "jump, right": [(0.0, 1.0), (1.0, 1.0)],
        },
        title="A cusp, a vertical tangent and a jump, all at x = 0",
        names=("x", ""),
    )


def _wiggle_figure() -> str:
    # Samples at equal steps of 1/x: ever denser towards 0.
    places = [1 / (2.0 + 0.1 * i) for i in range(381)]
    wave = height(WIGGLE, "f")
    right = [(x, wave(x)) for x in reversed(places)]
    return plots.lines(
        {
            "x·sin(1/x)": [(-x, y) for x, y in reversed(right)] + right,
            "x": [(-0.5, -0.5), (0.5, 0.5)],
            "−x": [(-0.5, 0.5), (0.5, -0.5)],
        },
        title="x times the sine of 1/x swings between two lines through 0",
        names=("x", ""),
    )


AT_THOUSANDTH = Point("x = 0.001", {"x": 0.001})
CLASSES = Article(
    id="non-differentiable",
    title="Corners, jumps, vertical tangents",
    catalogue_ids=("N22",),
    source=f"{NOTES}, lines L188–L192",
    summary=(
        "The notes list three ways to have no slope at a point. The difference "
        "quotients tell them apart. The list is not complete."
    ),
    parts=(
        Part(
            "The list of the notes",
            "A corner's quotients stay bounded and depend on the side. Those of a cusp "
            "and of a vertical tangent grow without end on both sides, at the cusp "
            "with the sign of the side. Those of a jump do so on one side.",
            items=(
                "any function with a cusp or a corner;",
                "any function with a jump discontinuity;",
                "any function with a vertical tangent.",
            ),
            readings=(BEHAVIOUR,),
            figures=(Figure("Three functions without a slope at 0.", _classes_figure),),
        ),
        Part(
            "Beside the bad point",
            "Everywhere else the slopes exist; those of the cusp and of the vertical "
            "tangent grow towards 0. At 0 itself the engine refuses these two, whose "
            "slopes would be infinite. Of a corner it returns 0, of a jump too. How a "
            "function is written matters at such a point: the square of ∛x has the "
            "same cusp, and there 0 is returned, because the square hands on a zero "
            "flow before the infinite slope is met.",
            (
                Claim(
                    BAD,
                    "cusp",
                    ("x",),
                    (lambda q: 2 * q.x / (3 * q.cusp**2),),
                    "N22, L190",
                    (AT_THOUSANDTH,),
                ),
                Claim(
                    BAD,
                    "rewritten",
                    ("x",),
                    (lambda q: 2 / (3 * cbrt(q.x)),),
                    "N22, L190",
                    (AT_THOUSANDTH,),
                ),
                Claim(
                    BAD,
                    "upright",
                    ("x",),
                    (lambda q: 1 / (3 * cbrt(q.x) ** 2),),
                    "N22, L192",
                    (AT_THOUSANDTH,),
                ),
                Claim(
                    BAD, "jump", ("x",), (lambda q: 0,), "N22, L191", (AT_THOUSANDTH,)
                ),
            ),
            BAD,
            ("corner", "cusp", "rewritten", "upright", "jump"),
        ),
        Part(
            "What the list forgets",
            "x·sin(1/x), with 0 at 0, is continuous; it has no corner, no jump and no "
            "vertical tangent. Yet it has no slope at 0: on the way to 0 its "
            "quotients are −1 and 1 by turns. Without the factor x it swings between "
            "−1 and 1 and is not even continuous, and is no jump. Neither is a single "
            "point that is out of place, 1 at 0 and 0 elsewhere.",
            model=WIGGLE,
            defines=("f",),
            readings=(WIGGLES, ESSENTIAL, HOLE),
            figures=(
                Figure("It swings between x and −x, ever faster.", _wiggle_figure),
            ),
        ),
    ),
    record=BAD.drawn("cusp", AT_THOUSANDTH),
    kind="counterexample",
    remarks=(
        Remark(
            "N22, L190–L192",
            "The list has gaps. A removable discontinuity is none of the three, nor "
            "is x·sin(1/x) at 0, whose quotients swing between −1 and 1.",
        ),
    ),
)

CHAPTER = Chapter(
    "kinks",
    "Where there is no slope",
    "Corners, cusps, jumps: what the difference quotients do there, and what a program "
    "returns.",
    (CORNER, CLASSES),
)
