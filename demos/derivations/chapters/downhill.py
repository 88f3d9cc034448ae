"""N46, N48 and N49: downhill in two variables, and to the line of least squares."""

from math import pi
from typing import Any

from autograd_core import atan2, cos, hypot, sin
from autograd_core.numbers.text import symbol
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, derivative_at, value_at
from .best_line import DATA, FIT
from .descent_rules import descent_formulas, gradient_descent
from .networks import total
from .pictures import height, heights, samples, track

__all__ = [
    "CHAPTER",
    "DIRECTION",
    "FIT_RUNS",
    "HALF_MEAN",
    "LIMITS",
    "MEAN_RUN",
    "OVAL",
    "OVAL_RUN",
    "STEEPEST",
]

NOTES = "the hand-written calculus notes"
MB = ("m", "b")

# -- N46: which way is down? -----------------------------------------------------------

OVAL = Model(inputs=("x", "y"), definitions={"f": lambda q: q.x**2 + 3 * q.y**2})
# s steps in the direction of the angle φ; up is along the gradient, of length ‖∇f‖.
DIRECTION = Model(
    inputs=("x", "y", "φ", "s"),
    definitions={
        "f": lambda q: (q.x + q.s * cos(q.φ)) ** 2 + 3 * (q.y + q.s * sin(q.φ)) ** 2,
        "D": lambda q: 2 * q.x * cos(q.φ) + 6 * q.y * sin(q.φ),
    },
)
ALONG = Model(
    inputs=("x", "y", "s"),
    definitions={
        "f": lambda q: (q.x + q.s * (2 * q.x)) ** 2 + 3 * (q.y + q.s * (6 * q.y)) ** 2,
        "square": lambda q: (2 * q.x) ** 2 + (6 * q.y) ** 2,
    },
    symbols={"square": symbol("‖∇f‖") ** 2},
    ranges={"s": (-0.01, 0.01)},
)
START = Point("(1.5, −0.8)", {"x": 1.5, "y": -0.8})
TURNED = Point("φ = 1, s = 0", {**START.values, "φ": 1.0, "s": 0.0})
STILL = Point("(1.5, −0.8), s = 0", {**START.values, "s": 0.0})
OVAL_RUN = Run(
    "Gradient descent with α = 0.1",
    OVAL,
    "f",
    ("x", "y"),
    START,
    3,
    gradient_descent(0.1),
    descent_formulas("f", "x", "y"),
)


def _turned(label: str, quarters: int) -> Reading:
    # The slope of the walk itself, turned from the gradient by quarters of a turn.
    def compute(source: Any) -> Any:
        u, v = source.gradient(OVAL, "f", ("x", "y"), START.values)
        angle = atan2(v, u) + source.number(pi) / 2 * quarters
        here = {**START.values, "φ": angle, "s": 0.0}
        return source.of(DIRECTION, "f", ("s",), here)

    return Reading(label, compute)


def _length(source: Any) -> Any:
    return hypot(*source.gradient(OVAL, "f", ("x", "y"), START.values))


STEEPEST = Readings(
    "Slopes at (1.5, −0.8)",
    (
        derivative_at(OVAL, "f", "x", START),
        derivative_at(OVAL, "f", "y", START),
        _turned("along the gradient", 0),
        _turned("at right angles to it", 1),
        _turned("against the gradient", 2),
        Reading("length of the gradient", _length),
    ),
)


def _descent_figure() -> str:
    return plots.contour(
        height(OVAL, "f"),
        (-0.7, 2.1),
        (-1.1, 0.57),
        title="Three steps of gradient descent over the lines of equal height",
        paths={"gradient descent": track(OVAL_RUN)},
        levels=[0.1, 0.5, 1, 2, 3, 4, 5, 6],
        marks={"minimum": (0.0, 0.0)},
    )


def _turn_figure() -> str:
    slope = height(DIRECTION, "D")
    return plots.lines(
        {
            "slope in the direction φ": samples(
                lambda angle: slope(1.5, -0.8, angle, 0.0), -3.2, 3.2
            ),
            "0": [(-3.2, 0.0), (3.2, 0.0)],
        },
        title="The slope at (1.5, −0.8) in every direction",
        names=("φ", "slope"),
    )


DOWNHILL = Article(
    id="way-down",
    title="Which way is down?",
    catalogue_ids=("N46",),
    source=f"{NOTES}, lines L505–L517",
    summary=(
        "In two variables there are as many slopes at a point as there are directions. "
        "The steepest way up is that of the gradient, the steepest way down is the "
        "opposite one, and that is the way to go."
    ),
    parts=(
        Part(
            "The slope in a direction",
            "Walk s in the direction of the angle φ. The slope on this walk is a sum "
            "of the two partial derivatives, weighted with cos φ and sin φ. Turned "
            "until it is largest, it is as large as the gradient is long.",
            (
                Claim(
                    DIRECTION,
                    "f",
                    ("s",),
                    (
                        lambda q: (
                            2 * (q.x + q.s * cos(q.φ)) * cos(q.φ)
                            + 6 * (q.y + q.s * sin(q.φ)) * sin(q.φ)
                        ),
                    ),
                    "N46",
                    (TURNED,),
                ),
                Claim(
                    DIRECTION,
                    "D",
                    ("φ",),
                    (lambda q: -2 * q.x * sin(q.φ) + 6 * q.y * cos(q.φ),),
                    "N46",
                    (TURNED,),
                ),
            ),
            DIRECTION,
            ("f", "D"),
            readings=(STEEPEST,),
            figures=(
                Figure(
                    "One direction is steepest up, the opposite one steepest down, and "
                    "the two between are level.",
                    _turn_figure,
                ),
            ),
        ),
        Part(
            "The steps",
            "New point = old point − α·∇f. Each number moves by its own partial "
            "derivative.",
            runs=(OVAL_RUN,),
            figures=(
                Figure(
                    "Each step crosses the line of equal height at a right angle.",
                    _descent_figure,
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N46, L509",
            "Struck through, both lines call their vector the direction of gradient "
            "descent. Along ∇f the function rises, by the square of the length of the "
            "gradient; it falls along −∇f only.",
            Claim(
                ALONG,
                "f",
                ("s",),
                (lambda q: -q.square,),
                "L509",
                (STILL,),
            ),
            Claim(
                ALONG,
                "f",
                ("s",),
                (lambda q: q.square + 2 * q.s * ((2 * q.x) ** 2 + 3 * (6 * q.y) ** 2),),
                "L509",
                (STILL,),
            ),
        ),
    ),
    record=OVAL.drawn("f", START),
    kind="algorithm",
)

# -- N48: the line of least squares, by descent ----------------------------------------

ZERO = Point("m = 0, b = 0", {"m": 0.0, "b": 0.0})
SOMEWHERE = Point("m = 0.3, b = 1.1", {"m": 0.3, "b": 1.1})


def _fit(rate: float, steps: int = 3) -> Run:
    return Run(
        f"Gradient descent with α = {rate:g}",
        FIT,
        "E",
        MB,
        ZERO,
        steps,
        gradient_descent(rate),
        descent_formulas("E", *MB) if rate < 0.05 else (),
    )


FIT_RUNS = (_fit(0.01), _fit(0.07))
LIMITS = Readings(
    "Curvature and the largest learning rate",
    (
        *value_at(FIT, "low high", ZERO),
        Reading("2/λ₂", lambda source: 2 / source.of(FIT, "high", (), ZERO.values)),
    ),
)


def _fit_figure() -> str:
    paths = {
        run.caption: track(run)
        for run in (_fit(0.01, 200), _fit(0.05, 80), FIT_RUNS[1])
    }
    return plots.contour(
        height(FIT, "E"),
        (-1.5, 4.5),
        (-0.5, 3.5),
        title="Three learning rates over the lines of equal error",
        paths=paths,
        levels=[5, 6, 10, 20, 40, 80, 160],
        marks={"minimum": (1 / 2, 7 / 3)},
        names=MB,
    )


def _error_figure() -> str:
    return plots.losses(
        {
            run.caption: heights(run)
            for run in (_fit(0.01, 40), _fit(0.05, 40), _fit(0.07, 12))
        },
        title="The error after each step, for three learning rates",
        names=("step", "E"),
    )


def _em(q: Any) -> Any:
    return 28 * q.m + 12 * q.b - 42


REGRESSION = Article(
    id="descent-least-squares",
    title="Walking to the best line",
    catalogue_ids=("N48",),
    source=f"{NOTES}, lines L548–L565",
    summary=(
        "The error of the line y = m·x + b through (1, 2), (2, 5) and (3, 3), now "
        "without solving equations: start anywhere and go against the gradient. The "
        "notes leave start and learning rate open."
    ),
    parts=(
        Part(
            "The steps",
            "From (0, 0). With α = 0.07 the point jumps over the valley, and lands "
            "higher up on the other side each time.",
            (
                Claim(FIT, "E", ("m",), (_em,), "N48, L550", (ZERO, SOMEWHERE)),
                Claim(
                    FIT,
                    "E",
                    ("b",),
                    (lambda q: 6 * q.b + 12 * q.m - 20,),
                    "N48, L550",
                    (ZERO, SOMEWHERE),
                ),
            ),
            FIT,
            ("E",),
            runs=FIT_RUNS,
        ),
        Part(
            "How large a learning rate?",
            "The Hessian has the eigenvalues 17 − √265 and 17 + √265. Along each "
            "eigenvector the error is a parabola, and the larger curvature sets the "
            "limit: α must be below 2/λ₂. The smaller one decides how long it takes.",
            readings=(LIMITS,),
            figures=(
                Figure(
                    "Below the limit the paths lead to the minimum, m = 1/2 and b = "
                    "7/3; above it the point flies off.",
                    _fit_figure,
                ),
                Figure("At first fast, then slowly along the valley.", _error_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N48, L550",
            "12b and 42 have become 72b and 92.",
            Claim(
                FIT,
                "E",
                ("m",),
                (lambda q: 28 * q.m + 72 * q.b - 92,),
                "L550",
                (SOMEWHERE, ZERO),
            ),
            Claim(FIT, "E", ("m",), (_em,), "L550", (SOMEWHERE, ZERO)),
        ),
    ),
    remarks=(
        Remark(
            "N48, L556–L561",
            "Neither a starting point nor a rate is given.",
        ),
    ),
    record=FIT.drawn("E", ZERO),
    kind="algorithm",
)

# -- N49: half the mean ----------------------------------------------------------------

COUNT = len(DATA)


def _errors(q: Any) -> list[Any]:
    return [x * q.m + q.b - y for x, y in DATA]


HALF_MEAN = Model(
    inputs=MB,
    definitions={
        "E": FIT.definitions["E"],
        "L": lambda q: total([e**2 for e in _errors(q)]) / (2 * COUNT),
    },
)


def _mean(wrt: str, form: Any, where: str, *more: Any) -> Claim:
    return Claim(HALF_MEAN, "L", tuple(wrt), (form, *more), where, (SOMEWHERE,))


def _lm(q: Any) -> Any:
    return total([x * e for e, (x, _) in zip(_errors(q), DATA, strict=True)]) / COUNT


MEAN_RATE = 0.06
MEAN_RUN = Run(
    "Gradient descent on L with α = 0.06",
    HALF_MEAN,
    "L",
    MB,
    ZERO,
    3,
    gradient_descent(MEAN_RATE),
    descent_formulas("L", *MB),
)


def _same_place(step: int, name: str) -> tuple[Reading, ...]:
    return (
        Reading(f"{name} on L, k = {step}", MEAN_RUN.reading(step, name).compute),
        Reading(f"{name} on E, k = {step}", FIT_RUNS[0].reading(step, name).compute),
    )


def _largest(source: Any) -> Any:
    return 2 * COUNT * LIMITS.rows[2].compute(source)


SQUARE_LOSS = Article(
    id="half-mean-square-loss",
    title="Half the mean of the squares",
    catalogue_ids=("N49",),
    source=f"{NOTES}, lines L569–L578",
    summary=(
        "Divided by 2n the error is a mean, and does not grow with the number of "
        "points; the 2 cancels the one that comes down from the square. The best line "
        "is the same."
    ),
    parts=(
        Part(
            "The loss and its slopes",
            "Each slope is a mean over the points: error times x for m, the error "
            "alone for b.",
            (
                Claim(
                    HALF_MEAN,
                    "L",
                    (),
                    (lambda q: q.E / 6,),
                    "N49, L574",
                    (SOMEWHERE,),
                ),
                _mean(
                    "m", _lm, "N49", lambda q: (28 * q.m + 12 * q.b - 42) / (2 * COUNT)
                ),
                _mean("b", lambda q: total(_errors(q)) / COUNT, "N49"),
                _mean("mm", lambda q: q.exact("14/3"), "N49"),
                _mean("mb", lambda q: 2, "N49"),
                _mean("bb", lambda q: 1, "N49"),
            ),
            HALF_MEAN,
            ("E", "L"),
        ),
        Part(
            "The same path",
            "The gradient is 2n = 6 times smaller than that of E, so a learning rate "
            "that is 6 times larger makes the same steps: 0.06 here, 0.01 on E. The "
            "largest one grows by the same factor. (The notes use n for the number of "
            "points and for the number of steps.)",
            runs=(MEAN_RUN,),
            readings=(
                Readings(
                    "The two descents",
                    (
                        *_same_place(3, "m"),
                        *_same_place(3, "b"),
                        Reading("the largest α on L", _largest),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N49, L578",
            "The update has a subscript too many: Lᵢ is the loss of one point. With i "
            "= 1 the slope is that of the first point alone, not the mean.",
            Claim(
                HALF_MEAN,
                "L",
                ("m",),
                (lambda q: DATA[0][0] * _errors(q)[0],),
                "L578",
                (SOMEWHERE,),
            ),
            Claim(HALF_MEAN, "L", ("m",), (_lm,), "L578", (SOMEWHERE,)),
        ),
    ),
    remarks=(
        Remark(
            "N49, L574–L578",
            "n counts the points in the loss and the steps in the update.",
        ),
    ),
    record=HALF_MEAN.drawn("L", SOMEWHERE),
)

CHAPTER = Chapter(
    "downhill",
    "Downhill in two variables",
    "The gradient points up; a step against it leads down, to the best line for one.",
    (DOWNHILL, REGRESSION, SQUARE_LOSS),
)
