"""N7 to N12, N15 and N16: the table of slopes, for powers and for waves."""

from typing import Any

from autograd_core import cos, sin
from autograd_core.numbers.text import symbol
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Limit, Readings
from .pictures import height, samples
from .slopes import quotient

__all__ = [
    "CHAPTER",
    "COSINE",
    "CUBE",
    "FIFTH",
    "FLAT",
    "LINE",
    "POWER",
    "RECIPROCAL",
    "SINE",
    "SQUARE",
]

NOTES = "the hand-written calculus notes"

# -- N7 and N8: constants and straight lines -------------------------------------------

FLAT = Model(
    inputs=("x", "c"),
    definitions={"f": lambda q: q.c, "g": lambda q: q.c + 0 * q.x},
)
FLAT_AT = Point("x = 1.7, c = 4.25", {"x": 1.7, "c": 4.25})
LINE = Model(inputs=("x", "a", "b"), definitions={"f": lambda q: q.a * q.x + q.b})
LINE_AT = Point("x = 1.7, a = −2.4, b = 0.9", {"x": 1.7, "a": -2.4, "b": 0.9})


def _line(wrt: str, form: Any, where: str = "N8") -> Claim:
    return Claim(LINE, "f", tuple(wrt), (form,), where, (LINE_AT,))


STRAIGHT = Article(
    id="straight-lines",
    title="Constants and straight lines",
    catalogue_ids=("N7", "N8"),
    source=f"{NOTES}, lines L72–L78",
    summary=(
        "A constant does not change, so its slope is zero. A straight line rises by a "
        "for every step of 1 to the right, wherever it starts: its slope is a."
    ),
    parts=(
        Part(
            "A constant",
            "A constant that x does not reach, and one that x reaches through a factor "
            "0, are different graphs. The gradient of x is 0 in both.",
            (
                Claim(FLAT, "g", (), (lambda q: q.f,), "N7, L72", (FLAT_AT,)),
                *(
                    Claim(FLAT, name, ("x",), (lambda q: 0,), "N7, L74", (FLAT_AT,))
                    for name in ("f", "g")
                ),
            ),
            FLAT,
            ("f", "g"),
        ),
        Part(
            "A straight line",
            "A line has three inputs for a program that learns: besides x also a and b "
            "have slopes. Of the second derivatives only the mixed one by x and a is "
            "not zero.",
            (
                _line("x", lambda q: q.a, "N8, L78"),
                _line("a", lambda q: q.x),
                _line("b", lambda q: 1),
                _line("xx", lambda q: 0),
                _line("xa", lambda q: 1),
                _line("xb", lambda q: 0),
                _line("aa", lambda q: 0),
                _line("ab", lambda q: 0),
                _line("bb", lambda q: 0),
            ),
            LINE,
            ("f",),
        ),
    ),
    record=LINE.drawn("f", LINE_AT),
)

# -- N9 to N12: powers -----------------------------------------------------------------

SQUARE = Model(
    inputs=("x",), definitions={"f": lambda q: q.x**2, "g": lambda q: q.x * q.x}
)
CUBE = Model(
    inputs=("x",), definitions={"f": lambda q: q.x**3, "g": lambda q: q.x * q.x * q.x}
)
RECIPROCAL = Model(
    inputs=("x",),
    definitions={"f": lambda q: 1 / q.x, "g": lambda q: q.x**-1},
    ranges={"x": (-3.0, -0.2)},
)
FIFTH = Model(
    inputs=("x",),
    definitions={"f": lambda q: q.x**5},
    symbols={"f": symbol("x") ** 5},
)
POWER = Model(
    inputs=("x", "n"),
    definitions={"f": lambda q: q.x**q.n},
    ranges={"x": (0.2, 2.0), "n": (-3.0, 3.0)},
)
LEFT = Point("x = −1.3", {"x": -1.3})
HALVES = Point("x = 1.7, n = 2.5", {"x": 1.7, "n": 2.5})
ROOT = Model(inputs=("x",), definitions={"f": lambda q: q.x ** q.exact("1/2")})
ZERO = Point("x = 0", {"x": 0.0})


def _both(model: Model, first: Any, second: Any, entry: str, line: str) -> Any:
    # One function, two graphs; the slope is the same.
    return tuple(
        Claim(model, name, wrt, (form,), where, (LEFT,))
        for wrt, form, where in (
            (("x",), first, f"{entry}, {line}"),
            (("x", "x"), second, entry),
        )
        for name in ("f", "g")
    )


def _power(wrt: str, form: Any, where: str) -> Claim:
    return Claim(POWER, "f", tuple(wrt), (form,), where, (HALVES,))


def _powers_figure() -> str:
    return plots.lines(
        {
            f"f = x{sign}": samples(lambda x, n=n: x**n, 0.15, 1.6)  # type: ignore[misc]
            for n, sign in ((2, "²"), (3, "³"), (0.5, "^(1/2)"), (-1, "⁻¹"))
        },
        title="Four powers of x",
        names=("x", "f"),
    )


POWERS = Article(
    id="power-rule",
    title="Powers",
    catalogue_ids=("N9", "N10", "N11", "N12"),
    source=f"{NOTES}, lines L80–L100",
    summary=(
        "The exponent comes down as a factor and is made smaller by 1. Squares, cubes "
        "and 1/x are examples of this one rule, f = xⁿ gives f′ = n·xⁿ⁻¹."
    ),
    parts=(
        Part(
            "Squares",
            "As a power it is one operation; as x·x both operands are the same x, and "
            "its two flows add up to 2x.",
            _both(SQUARE, lambda q: 2 * q.x, lambda q: 2, "N9", "L83"),
            SQUARE,
            ("f", "g"),
            limits=(Limit("Difference quotients at x = −1.3", SQUARE, "f", "x", LEFT),),
        ),
        Part(
            "Cubes",
            "Three flows here, x² each.",
            _both(CUBE, lambda q: 3 * q.x**2, lambda q: 6 * q.x, "N10", "L88"),
            CUBE,
            ("f", "g"),
        ),
        Part(
            "The reciprocal",
            "It falls on both sides of zero, so its slope is negative on both. At x = "
            "0 there is no value and no slope; the notes do not say so.",
            _both(
                RECIPROCAL,
                lambda q: -1 / q.x**2,
                lambda q: 2 / q.x**3,
                "N11",
                "L94",
            ),
            RECIPROCAL,
            ("f", "g"),
        ),
        Part(
            "Any exponent",
            "For whole n > 0 the rule holds at every x. The notes give no domain: "
            "other exponents that are whole need x ≠ 0, and fractions need x > 0. The "
            "rule is checked with n as an input too, whose own slope is another one.",
            (
                Claim(
                    FIFTH, "f", ("x",), (lambda q: 5 * q.x**4,), "N12, L100", (LEFT,)
                ),
                Claim(FIFTH, "f", ("x", "x"), (lambda q: 20 * q.x**3,), "N12", (LEFT,)),
                _power("x", lambda q: q.n * q.x ** (q.n - 1), "N12, L100"),
                _power("xx", lambda q: q.n * (q.n - 1) * q.x ** (q.n - 2), "N12"),
            ),
            POWER,
            ("f",),
            figures=(
                Figure(
                    "All of them pass through (1, 1), with slope n.", _powers_figure
                ),
            ),
        ),
        Part(
            "Where it ends",
            "With n = 1/2 the slope at 0 would be 1/(2·0). The quotients from the "
            "right grow without end, by √10 for a ten times smaller step; to the left "
            "there is no function. The engine refuses (−1.3)^2.5 and the slope of √x "
            "at 0, and names the operation.",
            model=ROOT,
            defines=("f",),
            readings=(
                Readings(
                    "Difference quotients of √x at x = 0",
                    tuple(
                        quotient(ROOT, "f", "x", ZERO, h)
                        for h in ("1/10", "1/100", "1/10000", "1/1000000")
                    ),
                ),
            ),
        ),
    ),
    record=POWER.drawn("f", HALVES),
    remarks=(
        Remark(
            "N12, L98–L100",
            "No range is given. Where n is not a whole number x must be positive; "
            "where n is 0 or negative x = 0 is excluded.",
        ),
    ),
)

# -- N15 and N16: sine and cosine ------------------------------------------------------

SINE = Model(inputs=("x",), definitions={"f": lambda q: sin(q.x)})
COSINE = Model(inputs=("x",), definitions={"f": lambda q: cos(q.x)})
HERE = Point("x = 0.7", {"x": 0.7})


def _wave(model: Model, wrt: str, form: Any, where: str) -> Claim:
    return Claim(model, "f", tuple(wrt), (form,), where, (HERE,))


def _sine_figure() -> str:
    slopes = {
        f"at x = {x:g}": (x, engine(SINE.function("f"), [x], [0]))
        for x in (0.7, 2.5, 4.5)
    }
    return plots.curve(
        height(SINE, "f"),
        (0.0, 6.3),
        title="The sine with three of its tangents",
        tangents=slopes,
        names=("x", "sin x"),
    )


WAVES = Article(
    id="sine-and-cosine",
    title="Sine and cosine",
    catalogue_ids=("N15", "N16"),
    source=f"{NOTES}, lines L123–L129",
    summary=(
        "The slope of the sine is the cosine, the slope of the cosine is minus the "
        "sine. After four derivatives one is back; after two, both have changed sign."
    ),
    parts=(
        Part(
            "The sine",
            "It is steepest at 0, where its slope cos 0 is 1.",
            (
                _wave(SINE, "x", lambda q: cos(q.x), "N15, L125"),
                _wave(SINE, "xx", lambda q: -sin(q.x), "N15"),
            ),
            SINE,
            ("f",),
            limits=(
                Limit("Difference quotients of sin at x = 0.7", SINE, "f", "x", HERE),
                Limit(
                    "And at x = 0, where they are (sin h)/h",
                    SINE,
                    "f",
                    "x",
                    Point("x = 0", {"x": 0.0}),
                ),
            ),
            figures=(Figure("The slopes of these lines are cosines.", _sine_figure),),
        ),
        Part(
            "The cosine",
            "It is the sine moved to the left by a quarter of a turn, and so is its "
            "slope.",
            (
                _wave(COSINE, "x", lambda q: -sin(q.x), "N16, L129"),
                _wave(COSINE, "xx", lambda q: -cos(q.x), "N16"),
            ),
            COSINE,
            ("f",),
        ),
    ),
    record=SINE.drawn("f", HERE),
)

CHAPTER = Chapter(
    "elementary",
    "The table of slopes",
    "Powers and waves: the slopes that are learned by heart, and where they end.",
    (STRAIGHT, POWERS, WAVES),
)
