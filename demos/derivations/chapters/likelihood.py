"""S11 to S13: how likely data are, as a function of the parameters."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from autograd_core import exp, log, sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part
from ..readings import Reading, Readings, Run, value_at
from .descent_rules import NEWTON_1D, newton
from .gaussians import gaussian, log_gaussian
from .least_squares import POINTS, XS, YS, line, residual_sum
from .networks import total
from .quadrature import integral
from .regression import SLIDES
from .shorthand import claims, noted, pi, values

__all__ = [
    "CHAPTER",
    "LINE",
    "LINE_AT",
    "MEAN_RUN",
    "ONE",
    "ONE_AT",
    "SPREAD",
    "SPREAD_AT",
    "THREE",
]

# -- S11: three points -----------------------------------------------------------------

OBSERVED = ("1", "1/2", "3/2")


def _density_of(y: str) -> Any:
    return lambda q: gaussian(q.exact(y), q.t, q.exact("1"))


THREE = Model(
    inputs=("t",),
    definitions={
        **{f"p{i}": _density_of(y) for i, y in enumerate(OBSERVED, 1)},
        "L": lambda q: q.p1 * q.p2 * q.p3,
        "J": lambda q: (
            -total([log_gaussian(q.exact(y), q.t, q.exact("1")) for y in OBSERVED])
        ),
        "raised": lambda q: exp(-q.J),
    },
    symbols={"t": "θ", "J": "−ln L", "raised": "exp(ln L)"},
)
GUESSES = (Point("θ = 1", {"t": 1.0}), Point("θ = 2.5", {"t": 2.5}))
MEAN_RUN = Run(
    "Newton's method on −ln L", THREE, "J", ("t",), GUESSES[1], 1, newton, NEWTON_1D
)


def _three(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(THREE, target, "S11, L246", GUESSES, forms)


def _ratio(source: Any) -> Any:
    first, second = (source.of(THREE, "L", (), at.values) for at in GUESSES)
    return first / second


def _guess_figure() -> str:
    def likelihood(t: float) -> float:
        return float(engine(THREE.function("L"), [t], ()))

    slopes = {
        at.label: (at.values["t"], engine(THREE.function("L"), [at.values["t"]], [0]))
        for at in GUESSES
    }
    return plots.curve(
        likelihood,
        (-1.5, 3.5),
        title="The likelihood of three points over their mean, with two guesses",
        tangents=slopes,
        names=("θ", "L"),
    )


GUESS = Article(
    id="likelihood-three-points",
    title="Which guess is more likely?",
    catalogue_ids=("S11",),
    source=f"{SLIDES}, lines L230–L253",
    summary=(
        "Three numbers, 1, 0.5 and 1.5, are drawn from a Gaussian with variance 1 and "
        "unknown mean θ. A guess is the better, the larger the density that it gives "
        "to what was seen. The slide asks whether 1 or 2.5 is more likely, and leaves "
        "it at that: it is 1, and no other guess is better."
    ),
    parts=(
        Part(
            "The likelihood",
            "The numbers are independent, so their densities are multiplied.",
            _three(
                "L",
                {
                    "t": lambda q: q.L * (3 - 3 * q.t),
                    "t t": lambda q: q.L * ((3 - 3 * q.t) ** 2 - 3),
                },
            ),
            THREE,
            ("p1", "p2", "p3", "L"),
            readings=(
                Readings(
                    "The two guesses",
                    (
                        *values(THREE, "L", GUESSES),
                        Reading("L(1)/L(2.5)", _ratio),
                        Reading("exp(3.375)", lambda s: exp(s.number(3.375))),
                    ),
                ),
            ),
            figures=(Figure("The likelihood is level at the mean.", _guess_figure),),
        ),
        Part(
            "Its negative logarithm",
            "A parabola: the slope is 3θ minus the sum of the numbers, so the maximum "
            "of the likelihood is at their mean. One step of Newton's method goes "
            "there.",
            (
                _three("raised", {"": lambda q: q.L})
                + _three("J", {"t": lambda q: 3 * q.t - 3, "t t": lambda q: 3})
            ),
            runs=(MEAN_RUN,),
        ),
    ),
    record=THREE.drawn("J", GUESSES[1]),
)

# -- S12: a line -----------------------------------------------------------------------


def _misses(q: Any) -> Any:
    return residual_sum(line(XS), YS, (q.a, q.b))


LINE = Model(
    inputs=("a", "b", "s"),
    definitions={
        "J": _misses,
        "mse": lambda q: q.J / 3,
        "L": lambda q: exp(-q.J / (2 * q.s**2)) / sqrt(2 * pi(q.s) * q.s**2) ** 3,
        "product": lambda q: (
            gaussian(2, q.a + q.b, q.s)
            * gaussian(5, q.a + 2 * q.b, q.s)
            * gaussian(3, q.a + 3 * q.b, q.s)
        ),
        "printed": lambda q: exp(-q.J / (2 * q.s**2)) / sqrt(2 * pi(q.s) * q.s) ** 3,
        "lnL": lambda q: -3 * log(2 * pi(q.s) * q.s**2) / 2 - q.J / (2 * q.s**2),
        "lnZ": lambda q: 3 * log(2 * pi(q.s) * q.s**2) / 2,
    },
    symbols={
        "a": "θ0",
        "b": "θ1",
        "s": "σ",
        "mse": "MSE",
        "product": "p₁·p₂·p₃",
        "printed": "L as printed",
        "lnL": "ln L",
        "lnZ": "ln Z",
    },
    ranges={"s": (0.8, 3.0)},
)
LINE_AT = Point("θ = (1, 0.2), σ = 2", {"a": 1.0, "b": 0.2, "s": 2.0})
LINE_BEST = Point("θ = (7/3, 1/2), σ = 2", {"a": 7 / 3, "b": 0.5, "s": 2.0})


def _line(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(LINE, target, "S12, L272–L277", (LINE_AT,), forms)


def _difference(target: str, scale: int) -> Reading:
    def compute(source: Any) -> Any:
        here, best = (
            source.of(LINE, target, (), at.values) for at in (LINE_AT, LINE_BEST)
        )
        return (here - best) / scale

    name = str(LINE.symbol(target))
    over = f", divided by {scale}" if scale != 1 else ""
    return Reading(f"{name} at (1, 0.2) minus {name} at (7/3, 1/2){over}", compute)


SPREAD = Model(
    inputs=("s",),
    definitions={
        "right": noted("∫ p dx", lambda q: _area(q, lambda s: sqrt(2 * pi(s) * s**2))),
        "printed": noted("∫ p dx", lambda q: _area(q, lambda s: sqrt(2 * pi(s) * s))),
        "root": lambda q: sqrt(q.s),
    },
    symbols={
        "s": "σ",
        "right": "area with σ²",
        "printed": "area with σ",
        "root": "√σ",
    },
)
SPREAD_AT = Point("σ = 2", {"s": 2.0})


def _area(q: Any, factor: Any) -> Any:
    def p(x: Any) -> Any:
        return exp(-((x / q.s) ** 2) / 2) / factor(q.s)

    return integral(p, Fraction(-24), Fraction(24), 96, exact=q.exact)


def _by_theta(power: int) -> Any:
    def slope(q: Any) -> Any:
        misses = [y - q.a - q.b * x for x, y in POINTS]
        return (
            q.L
            / q.s**2
            * total([x**power * m for m, x in zip(misses, XS, strict=True)])
        )

    return slope


def _likelihood_figure() -> str:
    def height(a: float, b: float) -> float:
        return float(engine(LINE.function("L"), [a, b, 2.0], ()))

    return plots.contour(
        height,
        (-1.5, 6.0),
        (-1.2, 2.2),
        title="Lines of equal likelihood over the parameters, for σ = 2",
        marks={"most likely": (7 / 3, 0.5), "(1, 0.2)": (1.0, 0.2)},
        levels=[0.0005, 0.001, 0.002, 0.003, 0.004, 0.0045],
        names=("θ₀", "θ₁"),
    )


LIKELY_LINE = Article(
    id="likelihood-line",
    title="How likely a line makes the data",
    catalogue_ids=("S12",),
    source=f"{SLIDES}, lines L258–L280",
    summary=(
        "Suppose that every answer is what the line says plus Gaussian noise. Then a "
        "line gives the data a density, and the most likely line is the one with the "
        "least sum of squares J, because the likelihood is exp(−J/2σ²)/Z."
    ),
    parts=(
        Part(
            "The likelihood",
            "The product of three densities: their exponents add up to the sum of "
            "squares.",
            (
                _line("product", {"": lambda q: q.L})
                + _line(
                    "L",
                    {
                        "a": _by_theta(0),
                        "b": _by_theta(1),
                        "s": lambda q: q.L * (q.J / q.s**3 - 3 / q.s),
                    },
                )
            ),
            LINE,
            ("J", "L", "lnL"),
            figures=(
                Figure(
                    "The likelihood has one summit; J is least there.",
                    _likelihood_figure,
                ),
            ),
        ),
        Part(
            "σ² under the root, or σ?",
            "The area under the density must be 1. With (2πσ)^(−1/2), as two slides "
            "have it, it is √σ.",
            readings=(
                Readings(
                    "By quadrature, for σ = 2",
                    value_at(SPREAD, "right printed root", SPREAD_AT),
                ),
                Readings(
                    "The likelihood at θ = (1, 0.2), σ = 2",
                    value_at(LINE, "L printed", LINE_AT),
                ),
            ),
        ),
        Part(
            "What the loss is",
            "If the likelihood is to be exp(−Loss)/Z, the loss is J/(2σ²), not J. The "
            "minimum is at the same place; the numbers are not the same.",
            readings=(
                Readings(
                    "From the example to the best line",
                    (_difference("J", 1), _difference("J", 8), _difference("lnL", -1)),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S12, L272",
            "(2πσ)^(−m/2) must be (2πσ²)^(−m/2), as two slides later.",
            _line("product", {"": lambda q: q.printed})[0],
            _line("product", {"": lambda q: q.L})[0],
            ("printed", "L"),
        ),
        Misprint(
            "S12, L274–L277",
            "The loss is called J. It lacks the factor 1/(2σ²).",
            _line("lnL", {"": lambda q: -q.J - q.lnZ})[0],
            _line("lnL", {"": lambda q: -q.J / (2 * q.s**2) - q.lnZ})[0],
        ),
        Misprint(
            "S12, L278",
            "The sum is called Mean Square Error once more.",
            _line("mse", {"": lambda q: q.J})[0],
            _line("mse", {"": lambda q: q.J / 3})[0],
        ),
    ),
    record=LINE.drawn("lnL", LINE_AT),
)

# -- S13: one sample -------------------------------------------------------------------

ONE = Model(
    inputs=("a", "b", "s", "x", "y"),
    definitions={
        "r": lambda q: q.y - q.a - q.b * q.x,
        "p": lambda q: exp(-(q.r**2) / (2 * q.s**2)) / sqrt(2 * pi(q.s) * q.s**2),
        "printed": lambda q: exp(-(q.r**2) / (2 * q.s**2)) / sqrt(2 * pi(q.s) * q.s),
        "product": lambda q: gaussian(q.y, q.a + q.b * q.x, q.s),
    },
    symbols={
        "a": "θ0",
        "b": "θ1",
        "s": "σ",
        "printed": "p as printed",
        "product": "N(y | θ₀ + θ₁·x, σ²)",
    },
    ranges={"s": (0.8, 3.0)},
)
ONE_AT = Point(
    "θ = (1, 0.2), σ = 2, (x, y) = (2, 5)",
    {"a": 1.0, "b": 0.2, "s": 2.0, "x": 2.0, "y": 5.0},
)


def _one(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(ONE, target, "S13, L286", (ONE_AT,), forms)


def _bells_figure() -> str:
    # The density of y at each x, drawn sideways from the line.
    theta = (7 / 3, 0.5)

    def bell(x: float) -> list[tuple[float, float]]:
        centre = theta[0] + theta[1] * x
        ys = [centre + 0.1 * k for k in range(-35, 36)]
        return [(x + 2 * gaussian(y, centre, 1.2), y) for y in ys]

    ends = [(x, theta[0] + theta[1] * x) for x in (0.5, 4.2)]
    series = {"the line": ends} | {f"density of y at x = {x}": bell(x) for x in XS}
    return plots.lines(
        series,
        title="A line, and the density of y around it at three places",
    )


ONE_SAMPLE = Article(
    id="likelihood-one-sample",
    title="The density around a line",
    catalogue_ids=("S13",),
    source=f"{SLIDES}, lines L282–L286",
    summary=(
        "At each x the model has a bell curve for y, with its centre on the line. The "
        "picture of the slide is lost; this is the usual one."
    ),
    parts=(
        Part(
            "One sample",
            "What is missed, r, pulls on both parameters, on θ₁ x times as much.",
            (
                _one("product", {"": lambda q: q.p})
                + _one(
                    "p",
                    {
                        "a": lambda q: q.p * q.r / q.s**2,
                        "b": lambda q: q.p * q.r * q.x / q.s**2,
                        "s": lambda q: q.p * (q.r**2 / q.s**3 - 1 / q.s),
                        "y": lambda q: -q.p * q.r / q.s**2,
                    },
                )
            ),
            ONE,
            ("r", "p"),
            figures=(
                Figure("Three of the bell curves, drawn sideways.", _bells_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S13, L286",
            "Again (2πσ)^(−1/2) for (2πσ²)^(−1/2).",
            _one("product", {"": lambda q: q.printed})[0],
            _one("product", {"": lambda q: q.p})[0],
            ("printed",),
        ),
    ),
    record=ONE.drawn("p", ONE_AT, "a", "b", "s"),
)

CHAPTER = Chapter(
    "likelihood",
    "Likelihood",
    "Parameters are judged by the density that they give to what was seen. For a line "
    "with Gaussian noise that is the sum of squares again.",
    (GUESS, LIKELY_LINE, ONE_SAMPLE),
)
