"""S6 to S8: the Gaussian density, expectation and covariance, as sums and integrals."""

from collections.abc import Callable, Mapping
from typing import Any

from autograd_core import exp, log, sqrt, step
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, derivative_at, value_at
from .networks import total
from .quadrature import RULES, integral
from .regression import SLIDES
from .shorthand import claims, noted, pi

__all__ = [
    "CHAPTER",
    "DENSITY",
    "DENSITY_AT",
    "INTEGRALS",
    "MEAN",
    "MEAN_AT",
    "PAIRS",
    "PAIRS_AT",
    "REACH",
    "gaussian",
    "log_gaussian",
]

Rule = Callable[[Any], Any]

# Ten standard deviations to each side in the example; what is left out is 1e-25.
REACH, PANELS = 14, 112


def gaussian(x: Any, mu: Any, sigma: Any) -> Any:
    """The density of a Gaussian variable."""
    return exp(-(((x - mu) / sigma) ** 2) / 2) / sqrt(2 * pi(sigma) * sigma**2)


def log_gaussian(x: Any, mu: Any, sigma: Any) -> Any:
    """The logarithm of that density."""
    return -log(2 * pi(sigma) * sigma**2) / 2 - ((x - mu) / sigma) ** 2 / 2


# -- S6: the density -------------------------------------------------------------------

DENSITY = Model(
    inputs=("x", "mu", "s"),
    definitions={
        "p": lambda q: gaussian(q.x, q.mu, q.s),
        "lnp": lambda q: log_gaussian(q.x, q.mu, q.s),
        "raised": lambda q: exp(q.lnp),
    },
    symbols={"mu": "μ", "s": "σ", "lnp": "ln p", "raised": "exp(ln p)"},
    ranges={"s": (0.5, 2.0)},
)
DENSITY_AT = Point("x = 0.7, μ = 0.2, σ = 1.3", {"x": 0.7, "mu": 0.2, "s": 1.3})


def _over_the_line(of: Callable[[Any, Any], Any], panels: int, rule: str) -> Rule:
    # The integral of what ``of`` makes of x and the density there.
    def found(q: Any) -> Any:
        def f(x: Any) -> Any:
            return of(x, gaussian(x, q.mu, q.s))

        return integral(f, -REACH, REACH, panels, exact=q.exact, rule=rule)

    return found


INTEGRALS = Model(
    inputs=("mu", "s"),
    definitions={
        "one": _over_the_line(lambda x, p: p, PANELS, "trapezoid"),
        "expected": _over_the_line(lambda x, p: x * p, PANELS, "trapezoid"),
    },
    symbols={"mu": "μ", "s": "σ", "one": "∫ p dx", "expected": "∫ x·p dx"},
)
MEASURED = Point("μ = 0.2, σ = 1.3", {"mu": 0.2, "s": 1.3})


def _error(rule: str, points: int) -> Reading:
    steps = len(RULES[rule]) - 1
    area = _over_the_line(lambda x, p: p, (points - 1) // steps, rule)
    model = Model(("mu", "s"), {"error": lambda q: area(q) - 1})
    (value,) = value_at(model, "error", MEASURED)
    return Reading(f"{rule}, {points} points: ∫ p dx − 1", value.compute)


SAMPLE = Model(
    inputs=("x1", "x2", "x3", "mu", "s"),
    definitions={
        "sum": lambda q: q.x1 + q.x2 + q.x3,
        "squares": lambda q: q.x1**2 + q.x2**2 + q.x3**2,
        "l": lambda q: total([log_gaussian(x, q.mu, q.s) for x in (q.x1, q.x2, q.x3)]),
    },
    symbols={"mu": "μ", "s": "σ", "sum": "S1", "squares": "S2", "l": "ln L"},
    ranges={"s": (0.5, 2.0)},
)
SAMPLE_AT = Point(
    "x = (1, 0.5, 1.5), μ = 0.2, σ = 1.3",
    {"x1": 1.0, "x2": 0.5, "x3": 1.5, "mu": 0.2, "s": 1.3},
)


def _from_statistics(q: Any) -> Any:
    around = q.squares - 2 * q.mu * q.sum + 3 * q.mu**2
    return -3 * log(2 * pi(q.s) * q.s**2) / 2 - around / (2 * q.s**2)


def _density_figure() -> str:
    def p(x: float) -> float:
        return float(engine(DENSITY.function("p"), [x, 0.2, 1.3], ()))

    at = (-1.1, 0.2, 1.5)
    slopes = {
        label: (x, engine(DENSITY.function("p"), [x, 0.2, 1.3], [0]))
        for label, x in zip(("at μ − σ", "at μ", "at μ + σ"), at, strict=True)
    }
    return plots.curve(
        p,
        (-4.0, 4.4),
        title="The Gaussian density and three of its tangents",
        tangents=slopes,
        names=("x", "p(x)"),
    )


GAUSSIAN = Article(
    id="gaussian-density",
    title="The bell curve",
    catalogue_ids=("S6",),
    source=f"{SLIDES}, lines L157–L171",
    summary=(
        "The density of a Gaussian variable has two parameters: where its centre is, "
        "and how wide it is. The logarithm is a parabola in x, and easier to "
        "differentiate."
    ),
    parts=(
        Part(
            "The logarithm and its slopes",
            "The slope in μ pulls the centre towards x. The slope in σ is zero where "
            "x is one σ from the centre: nearer by, the curve gains from being narrow.",
            claims(
                DENSITY,
                "lnp",
                "S6, L162",
                (DENSITY_AT,),
                {
                    "x": lambda q: -(q.x - q.mu) / q.s**2,
                    "mu": lambda q: (q.x - q.mu) / q.s**2,
                    "s": lambda q: (q.x - q.mu) ** 2 / q.s**3 - 1 / q.s,
                    "x x": lambda q: -1 / q.s**2,
                    "x mu": lambda q: 1 / q.s**2,
                    "x s": lambda q: 2 * (q.x - q.mu) / q.s**3,
                    "mu mu": lambda q: -1 / q.s**2,
                    "mu s": lambda q: -2 * (q.x - q.mu) / q.s**3,
                    "s s": lambda q: 1 / q.s**2 - 3 * (q.x - q.mu) ** 2 / q.s**4,
                },
            ),
            DENSITY,
            ("lnp",),
        ),
        Part(
            "The density",
            "Its slopes are those of the logarithm, times p. It is steepest at μ ± σ.",
            claims(DENSITY, "raised", "S6, L162", (DENSITY_AT,), {"": lambda q: q.p})
            + claims(
                DENSITY,
                "p",
                "S6, L162",
                (DENSITY_AT,),
                {
                    "x": lambda q: -q.p * (q.x - q.mu) / q.s**2,
                    "mu": lambda q: q.p * (q.x - q.mu) / q.s**2,
                    "s": lambda q: q.p * ((q.x - q.mu) ** 2 / q.s**3 - 1 / q.s),
                },
            ),
            DENSITY,
            ("p",),
            figures=(Figure("The density for μ = 0.2, σ = 1.3.", _density_figure),),
        ),
        Part(
            "The area is 1",
            "Integrals are sums here, from −14 to 14, and a sum is a graph: it can be "
            "differentiated by μ and σ. The area does not change with either, so its "
            "slopes are 0 up to rounding. On the same points the trapezoid rule is the "
            "best: for a smooth curve that dies away at both ends its errors "
            "cancel.",
            readings=(
                Readings(
                    "Area and slopes, for μ = 0.2, σ = 1.3",
                    (
                        *value_at(INTEGRALS, "one", MEASURED),
                        derivative_at(INTEGRALS, "one", "mu", MEASURED),
                        derivative_at(INTEGRALS, "one", "s", MEASURED),
                    ),
                ),
                Readings(
                    "Errors of three rules",
                    tuple(_error(rule, n) for n in (17, 29, 57, 113) for rule in RULES),
                ),
            ),
        ),
        Part(
            "Parameters are not statistics",
            "The slide calls μ and σ² sufficient statistics. They are parameters. "
            "Sufficient statistics are computed from data: of a whole sample only the "
            "sum S1 and the sum of squares S2 enter the likelihood, as the claim says.",
            claims(SAMPLE, "l", "S6, L164", (SAMPLE_AT,), {"": _from_statistics}),
            SAMPLE,
            ("sum", "squares"),
        ),
    ),
    record=DENSITY.drawn("lnp", DENSITY_AT),
    kind="definition",
    remarks=(
        Remark(
            "S6, L164",
            "μ and σ² are the parameters. Sufficient statistics are computed from "
            "data: the sums of x and of x².",
        ),
    ),
)

# -- S7: expectation -------------------------------------------------------------------

X3 = ("x1", "x2", "x3")


def _samples(q: Any) -> list[Any]:
    return [getattr(q, x) for x in X3]


def _box(u: Any, width: Any) -> Any:
    # A δ of finite width: high and narrow, with the area 1.
    return step(width / 2 - abs(u)) / width


def _moment_of_box(centre: Any, width: Any) -> Any:
    # The integral of x over that box, by the antiderivative x²/2.
    return ((centre + width / 2) ** 2 - (centre - width / 2) ** 2) / (2 * width)


MEAN = Model(
    inputs=(*X3, "w"),
    definitions={
        "mean": lambda q: total(_samples(q)) / 3,
        "right": lambda q: total([_moment_of_box(x, q.w) for x in _samples(q)]) / 3,
        "printed": noted(
            "∫ x·(δ(x1) + δ(x2) + δ(x3))/3 dx over [−2, 4]",
            lambda q: total([_box(x, q.w) for x in _samples(q)]) / 3 * 6,
        ),
    },
    symbols={"mean": "x̄"},
    ranges={"w": (0.5, 1.5)},
)
MEAN_AT = Point(
    "x = (1, 0.5, 1.5), w = 1.25", {"x1": 1.0, "x2": 0.5, "x3": 1.5, "w": 1.25}
)

EXPECTATION = Article(
    id="expectation",
    title="Expectation and mean",
    catalogue_ids=("S7",),
    source=f"{SLIDES}, lines L175–L185",
    summary=(
        "The expectation weighs every x with its density. For a Gaussian it is μ. For "
        "data it is the mean: the density is then a narrow peak at every sample. Of a "
        "vector it is taken entry by entry."
    ),
    parts=(
        Part(
            "Of a Gaussian",
            "The integral is a sum, as before. Its slope in μ is 1: when the curve is "
            "moved, the expectation moves with it. Its slope in σ is 0.",
            readings=(
                Readings(
                    "For μ = 0.2, σ = 1.3",
                    (
                        *value_at(INTEGRALS, "expected", MEASURED),
                        derivative_at(INTEGRALS, "expected", "mu", MEASURED),
                        derivative_at(INTEGRALS, "expected", "s", MEASURED),
                    ),
                ),
            ),
        ),
        Part(
            "Of data",
            "Each sample has the weight 1/m.",
            claims(
                MEAN,
                "mean",
                "S7, L179",
                (MEAN_AT,),
                {x: lambda q: q.exact("1/3") for x in X3},
            ),
            MEAN,
            ("mean",),
        ),
        Part(
            "Peaks of finite width",
            "Let δ be a box of width w and area 1. The peak δ(x − x1) has its centre "
            "at x1, and integrates x to x1, for every w. So the density of the data "
            "gives the mean.",
            claims(
                MEAN,
                "right",
                "S7, L185",
                (MEAN_AT,),
                {"": lambda q: (q.x1 + q.x2 + q.x3) / 3},
            ),
            MEAN,
            ("right",),
        ),
    ),
    misprints=(
        Misprint(
            "S7, L185",
            "δ(x1) must be δ(x − x1). As printed it does not depend on x at all, and "
            "the integral depends on where it ends. Here w = 1.25, and it goes from "
            "−2 to 4, where ∫ x dx = 6.",
            claims(MEAN, "mean", "L185", (MEAN_AT,), {"": lambda q: q.printed})[0],
            claims(MEAN, "mean", "L185", (MEAN_AT,), {"": lambda q: q.right})[0],
            ("right", "printed"),
        ),
    ),
    record=MEAN.drawn("mean", MEAN_AT, *X3),
    kind="definition",
)

# -- S8: covariance --------------------------------------------------------------------

FOUR = range(4)
_XN, _YN = tuple(f"x{i}" for i in FOUR), tuple(f"y{i}" for i in FOUR)


def _mean_of(q: Any, names: tuple[str, ...]) -> Any:
    return total([getattr(q, name) for name in names]) / 4


def _centred(q: Any, first: tuple[str, ...], second: tuple[str, ...]) -> Any:
    a, b = _mean_of(q, first), _mean_of(q, second)
    pairs = zip(first, second, strict=True)
    return total([(getattr(q, x) - a) * (getattr(q, y) - b) for x, y in pairs]) / 4


def _raw(q: Any, first: tuple[str, ...], second: tuple[str, ...]) -> Any:
    pairs = zip(first, second, strict=True)
    product = total([getattr(q, x) * getattr(q, y) for x, y in pairs]) / 4
    return product - _mean_of(q, first) * _mean_of(q, second)


PAIRS = Model(
    inputs=(*_XN, *_YN),
    definitions={
        "xbar": lambda q: _mean_of(q, _XN),
        "ybar": lambda q: _mean_of(q, _YN),
        "cov": lambda q: _centred(q, _XN, _YN),
        "vx": lambda q: _centred(q, _XN, _XN),
        "vy": lambda q: _centred(q, _YN, _YN),
        "unbiased": lambda q: q.cov * 4 / 3,
    },
    symbols={
        "xbar": "x̄",
        "ybar": "ȳ",
        "cov": "cov(X, Y)",
        "vx": "var(X)",
        "vy": "var(Y)",
        "unbiased": "cov with 1/(m − 1)",
    },
)
_XV, _YV = (1.0, 2.0, 4.0, -1.0), (3.0, 1.0, 5.0, 0.5)
PAIRS_AT = Point(
    "x = (1, 2, 4, −1), y = (3, 1, 5, 0.5)",
    dict(zip((*_XN, *_YN), (*_XV, *_YV), strict=True)),
)


def _pairs(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(PAIRS, target, "S8, L192", (PAIRS_AT,), forms)


def _by(mean: str, name: str) -> Rule:
    return lambda q: (getattr(q, name) - getattr(q, mean)) / 4


COVARIANCE = Article(
    id="covariance",
    title="Covariance",
    catalogue_ids=("S8",),
    source=f"{SLIDES}, lines L187–L199",
    summary=(
        "Do two variables rise together? Their covariance is the mean product of what "
        "each is above its own mean. Of a vector it makes a matrix, with the variances "
        "on the diagonal. The example has four equally likely samples."
    ),
    parts=(
        Part(
            "Two formulas for one number",
            "The mean of the products minus the product of the means is the same, as a "
            "function of all eight numbers, so it has the same slopes. A sample pulls "
            "with what its partner is above the mean.",
            (
                _pairs("cov", {"": lambda q: _raw(q, _XN, _YN)})
                + _pairs(
                    "cov", {x: _by("ybar", y) for x, y in zip(_XN, _YN, strict=True)}
                )
                + _pairs(
                    "cov", {y: _by("xbar", x) for x, y in zip(_XN, _YN, strict=True)}
                )
            ),
            PAIRS,
            ("xbar", "ybar", "cov"),
        ),
        Part(
            "The matrix",
            "var(X) is the covariance of X with itself; the slope by a sample is "
            "doubled, because it enters twice. An estimate from data that is right on "
            "average divides by m − 1 in place of m; the slides do not mention it.",
            (
                _pairs("vx", {"": lambda q: _raw(q, _XN, _XN)})
                + _pairs("vx", {"x0": lambda q: 2 * (q.x0 - q.xbar) / 4})
            ),
            readings=(
                Readings(
                    "For the four samples",
                    value_at(PAIRS, "xbar ybar cov vx vy unbiased", PAIRS_AT),
                ),
            ),
        ),
    ),
    record=PAIRS.drawn("cov", PAIRS_AT),
    kind="definition",
)

CHAPTER = Chapter(
    "gaussians",
    "Densities, means and covariance",
    "What a model says about data is a density. Its integrals are sums, and sums are "
    "graphs: also an expectation has gradients.",
    (GAUSSIAN, EXPECTATION, COVARIANCE),
)
