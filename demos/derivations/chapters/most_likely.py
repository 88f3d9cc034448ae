"""S14 to S17: the most likely line, its noise, and predictions with confidence."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from autograd_core import log, normal_cdf, sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import At, Reading, Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_1D, NEWTON_2D, newton
from .least_squares import POINTS, XS, YS, fitted, line, residual_sum
from .networks import total
from .regression import SLIDES
from .shorthand import claims, noted, pi, values

__all__ = [
    "AT",
    "BAND",
    "BAND_AT",
    "BEST",
    "BIAS",
    "BIAS_AT",
    "CHAPTER",
    "NLL",
    "NOISE",
    "NOISE_AT",
    "SIGMA_RUN",
    "THETA_RUNS",
    "Z_RUN",
]

# -- S14: the negative log likelihood --------------------------------------------------

NLL = Model(
    inputs=("a", "b", "s"),
    definitions={
        "RSS": lambda q: residual_sum(line(XS), YS, (q.a, q.b)),
        "J": lambda q: 3 * log(2 * pi(q.s) * q.s**2) / 2 + q.RSS / (2 * q.s**2),
        "short": lambda q: residual_sum(line(XS[:2]), YS[:2], (q.a, q.b)) / 3,
        "variance": lambda q: q.RSS / 3,
    },
    symbols={
        "a": "θ0",
        "b": "θ1",
        "s": "σ",
        "J": "NLL",
        "short": "the sum to n = 2, over m",
        "variance": "σ²(ML)",
    },
    ranges={"s": (0.8, 3.0)},
)
AT = Point("θ = (1, 0.2), σ = 2", {"a": 1.0, "b": 0.2, "s": 2.0})
BEST = Point("θ = (7/3, 1/2), σ = 2", {"a": 7 / 3, "b": 0.5, "s": 2.0})
LOWEST = Point(
    "θ = (7/3, 1/2), σ² = 25/18", {"a": 7 / 3, "b": 0.5, "s": (25 / 18) ** 0.5}
)


def _nll(forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(NLL, "J", "S14, L298", (AT, BEST), forms)


def _pull(q: Any) -> Any:
    return 3 * q.a + 6 * q.b - 10


def _lever(q: Any) -> Any:
    return 6 * q.a + 14 * q.b - 21


SURFACE = Article(
    id="line-nll",
    title="The negative log likelihood of a line",
    catalogue_ids=("S14",),
    source=f"{SLIDES}, lines L290–L298",
    summary=(
        "The logarithm turns the product of densities into a sum, and the minus sign "
        "turns the largest into the least. Here σ is a parameter like the others, and "
        "σ² is where it belongs, other than on the slides before."
    ),
    parts=(
        Part(
            "The gradient",
            "In θ it is Xᵀ(Xθ − y)/σ²; the noise only scales it. In σ it weighs the "
            "number of samples against what they miss.",
            _nll(
                {
                    "a": lambda q: _pull(q) / q.s**2,
                    "b": lambda q: _lever(q) / q.s**2,
                    "s": lambda q: 3 / q.s - q.RSS / q.s**3,
                }
            ),
            NLL,
            ("RSS", "J"),
        ),
        Part(
            "The Hessian",
            "XᵀX/σ² for θ. The mixed entries are zero where the line fits best, so "
            "that σ does not disturb θ there.",
            _nll(
                {
                    "a a": lambda q: 3 / q.s**2,
                    "a b": lambda q: 6 / q.s**2,
                    "b b": lambda q: 14 / q.s**2,
                    "a s": lambda q: -2 * _pull(q) / q.s**3,
                    "b s": lambda q: -2 * _lever(q) / q.s**3,
                    "s s": lambda q: 3 * q.RSS / q.s**4 - 3 / q.s**2,
                }
            ),
        ),
    ),
    record=NLL.drawn("J", AT),
)

# -- S15 and S16: where it is least ----------------------------------------------------

THETA_RUNS = tuple(
    Run(
        f"Newton's method in θ, with σ = {sigma:g}",
        NLL,
        "J",
        ("a", "b"),
        Point(f"θ = (0, 0), σ = {sigma:g}", {"a": 0.0, "b": 0.0, "s": sigma}),
        1,
        newton,
        NEWTON_2D if first else (),
    )
    for first, sigma in ((True, 2.0), (False, 0.5))
)

NOISE = Model(
    inputs=("s", "R"),
    definitions={
        "J": lambda q: 3 * log(2 * pi(q.s) * q.s**2) / 2 + q.R / (2 * q.s**2),
        "best": lambda q: sqrt(q.R / 3),
        "bend": lambda q: 3 * q.R / q.best**4 - 3 / q.best**2,
        "least": lambda q: 3 * log(2 * pi(q.s) * q.R / 3) / 2 + q.R / (2 * q.best**2),
    },
    symbols={
        "s": "σ",
        "R": "RSS",
        "J": "NLL",
        "best": "σ(ML)",
        "bend": "bend at σ(ML)",
        "least": "NLL at σ(ML)",
    },
    ranges={"s": (0.8, 3.0), "R": (0.5, 8.0)},
)
NOISE_AT = Point("σ = 1, RSS = 25/6", {"s": 1.0, "R": 25 / 6})
SIGMA_RUN = Run(
    "Newton's method in σ", NOISE, "J", ("s",), NOISE_AT, 6, newton, NEWTON_1D
)


def _average(divisor: int) -> Any:
    # Over the eight equally likely signs of a noise of size σ at the three points.
    def rule(q: Any) -> Any:
        found = []
        for signs in product((1, -1), repeat=3):
            ys = [q.a + q.b * x + sign * q.s for x, sign in zip(XS, signs, strict=True)]
            theta = fitted(line(XS), ys)
            found.append(residual_sum(line(XS), ys, theta) / divisor)
        return total(found) / 8

    return rule


BIAS = Model(
    inputs=("a", "b", "s"),
    definitions={
        "biased": noted("the mean of RSS/m over all signs", _average(3)),
        "unbiased": noted("the mean of RSS/(m − 2) over all signs", _average(1)),
    },
    symbols={
        "a": "θ0",
        "b": "θ1",
        "s": "σ",
        "biased": "E[RSS/m]",
        "unbiased": "E[RSS/(m − 2)]",
    },
    ranges={"s": (0.8, 3.0)},
)
BIAS_AT = Point("θ = (1, 0.2), σ = 2", AT.values)


def _nll_figure() -> str:
    def height(s: float) -> float:
        return float(NOISE.run({"s": s, "R": 25 / 6}).J)

    slope = engine_source().of(NOISE, "J", ("s",), NOISE_AT.values)
    return plots.curve(
        height,
        (0.7, 4.0),
        title="The negative log likelihood over σ, with two tangents",
        tangents={"at σ = 1": (1.0, slope), "at σ(ML)": ((25 / 18) ** 0.5, 0.0)},
        names=("σ", "NLL"),
    )


MOST_LIKELY = Article(
    id="most-likely-line",
    title="The most likely line and noise",
    catalogue_ids=("S15", "S16"),
    source=f"{SLIDES}, lines L300–L315",
    summary=(
        "The most likely θ is the one of least squares, whatever σ is. The most likely "
        "σ² is the mean of the squares that remain. Both need XᵀX to be invertible."
    ),
    parts=(
        Part(
            "The line",
            "σ scales the slopes, but not where they are zero: for any σ one step of "
            "Newton's method leads to the line of least squares.",
            runs=THETA_RUNS,
        ),
        Part(
            "The noise",
            "With the line in place RSS is a number. The slope in σ is zero where σ² = "
            "RSS/m; the bend there is 2m/σ², so it is a minimum.",
            (
                claims(
                    NOISE,
                    "J",
                    "S16, L315",
                    (NOISE_AT,),
                    {"s": lambda q: 3 / q.s - q.R / q.s**3},
                )
                + claims(
                    NOISE,
                    "bend",
                    "S16",
                    (NOISE_AT,),
                    {"": lambda q: 6 / q.best**2},
                )
                + claims(
                    NOISE,
                    "least",
                    "S14",
                    (NOISE_AT,),
                    {"": lambda q: 3 * (log(2 * pi(q.s) * q.R / 3) + 1) / 2},
                )
            ),
            NOISE,
            ("J", "best"),
            runs=(SIGMA_RUN,),
            readings=(
                Readings(
                    "At the minimum",
                    (
                        *value_at(NLL, "variance J", LOWEST),
                        *(derivative_at(NLL, "J", name, LOWEST) for name in "abs"),
                    ),
                ),
            ),
            figures=(
                Figure("Too little noise costs more than too much.", _nll_figure),
            ),
        ),
        Part(
            "Too small on average",
            "The line was fitted to the noise, too, so less remains than was there: "
            "E[σ²(ML)] is (m − d − 1)/m·σ², here a third. The slides do not say it. To "
            "see it, let the noise be +σ or −σ at each point, and take the mean over "
            "all eight cases.",
            (
                claims(
                    BIAS,
                    "biased",
                    "S16",
                    (BIAS_AT,),
                    {"": lambda q: q.exact("1/3") * q.s**2},
                )
                + claims(BIAS, "unbiased", "S16", (BIAS_AT,), {"": lambda q: q.s**2})
            ),
            BIAS,
            ("biased", "unbiased"),
        ),
    ),
    misprints=(
        Misprint(
            "S16, L311",
            "The sum runs to n and is divided by m. It must run to m; with n = 2 it "
            "would leave out the third sample.",
            claims(NLL, "variance", "L311", (AT,), {"": lambda q: q.short})[0],
            claims(NLL, "variance", "L311", (AT,), {"": lambda q: q.RSS / 3})[0],
        ),
    ),
    remarks=(
        Remark(
            "S16, L311",
            "θ is the estimate here. That makes the estimate of σ² too small on "
            "average, by the factor (m − d − 1)/m.",
        ),
    ),
    record=NOISE.drawn("J", NOISE_AT, "s"),
)

# -- S17: predictions ------------------------------------------------------------------

SHARE = Model(
    inputs=("z",),
    definitions={"off": lambda q: normal_cdf(q.z) - q.exact("0.975")},
    symbols={"off": "Φ(z) − 0.975"},
)


def _root_step(at: At) -> list[Any]:
    (z,), (slope,) = at.x, at.gradient
    return [z - at.f / slope]


Z_RUN = Run(
    "Newton's method for Φ(z) = 0.975",
    SHARE,
    "off",
    ("z",),
    Point("z = 2", {"z": 2.0}),
    4,
    _root_step,
)


def _theta(q: Any) -> list[Any]:
    return fitted(line(XS), [q.exact(str(y)) for y in YS])


BAND = Model(
    inputs=("x", "z"),
    definitions={
        "theta": noted("(XᵀX)⁻¹Xᵀy", _theta),
        "mean": noted("[1, x]·θ", lambda q: q.theta[0] + q.theta[1] * q.x),
        "sigma": noted(
            "√(RSS/m)", lambda q: sqrt(residual_sum(line(XS), YS, q.theta) / 3)
        ),
        "low": lambda q: q.mean - q.z * q.sigma,
        "high": lambda q: q.mean + q.z * q.sigma,
        "wide": lambda q: sqrt(1 + q.exact("1/3") + (q.x - 2) ** 2 / 2),
    },
    symbols={
        "theta": "θ",
        "mean": "ŷ",
        "sigma": "σ(ML)",
        "low": "lower end",
        "high": "upper end",
        "wide": "factor",
    },
)


def _z(source: Any) -> Any:
    return Z_RUN.iterates(source)[-1].x[0]


BAND_AT = Point("x = 4, z = 1.96", {"x": 4.0, "z": float(_z(engine_source()))})
FAR = tuple(Point(f"x = {x}", {"x": float(x), "z": 0.0}) for x in (2, 4, 10))


def _band(x: float) -> tuple[float, float]:
    found = BAND.run({**BAND_AT.values, "x": x})
    return float(found.low), float(found.high)


def _band_figure() -> str:
    return plots.fit(
        POINTS,
        {"the most likely line": lambda x: sum(_band(x)) / 2},
        (0.5, 4.5),
        title="The fitted line with its band of 95 percent, and the three points",
        band=_band,
    )


CONFIDENCE = Article(
    id="predictions-with-confidence",
    title="Predictions with confidence",
    catalogue_ids=("S17",),
    source=f"{SLIDES}, lines L317–L319",
    summary=(
        "A likelihood gives more than a number for a new x: a density for y, here the "
        "Gaussian around the line with the most likely σ. The slide has only a title "
        "and a picture that is lost; this is its simplest reading."
    ),
    parts=(
        Part(
            "How wide is 95 percent?",
            "Outside z standard deviations, on both sides together, lies 5 percent. "
            "So Φ(z) = 0.975, and a few steps of Newton's method find z: the slope of "
            "Φ is the density.",
            runs=(Z_RUN,),
        ),
        Part(
            "The band",
            "The mean and z·σ to both sides, at x = 4.",
            model=BAND,
            defines=("theta", "mean", "sigma", "low", "high"),
            readings=(
                Readings(
                    "At x = 4",
                    (
                        Reading("z", _z),
                        *value_at(BAND, "mean sigma low high", BAND_AT),
                    ),
                ),
            ),
            figures=(Figure("The band is equally wide everywhere.", _band_figure),),
        ),
        Part(
            "What it leaves out",
            "The band takes the line for certain. But the line was estimated as well, "
            "and the further from the data, the less it is known: with that, σ must "
            "be multiplied by √(1 + x(XᵀX)⁻¹xᵀ), besides being too small on average.",
            model=BAND,
            defines=("wide",),
            readings=(Readings("The factor", values(BAND, "wide", FAR)),),
        ),
    ),
    record=BAND.drawn("high", BAND_AT),
    kind="algorithm",
    remarks=(
        Remark(
            "S17, L319",
            "No formula is printed and the picture is lost. That the parameters are "
            "uncertain, too, is left out.",
        ),
    ),
)

CHAPTER = Chapter(
    "most-likely",
    "The most likely line",
    "Line and noise are estimated together, and a prediction comes with a band that "
    "says how far it may be off.",
    (SURFACE, MOST_LIKELY, CONFIDENCE),
)
