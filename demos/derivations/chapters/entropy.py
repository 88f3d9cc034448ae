"""S18 to S21: the Bernoulli distribution, and how uncertain a distribution is."""

from collections.abc import Callable, Mapping
from typing import Any

from autograd_core import log, power
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Limit, Reading, Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_1D, newton
from .gaussians import gaussian, log_gaussian
from .networks import total
from .quadrature import integral
from .regression import SLIDES
from .shorthand import claims, pi, values

__all__ = [
    "BELL",
    "BELL_AT",
    "BERNOULLI",
    "CHAPTER",
    "COIN",
    "FLAT",
    "FLAT_AT",
    "TOP_RUN",
    "VECTOR",
    "VECTOR_AT",
]

# -- S18: Bernoulli --------------------------------------------------------------------

BERNOULLI = Model(
    inputs=("p", "x"),
    definitions={
        "P": lambda q: power(q.p, q.x) * power(1 - q.p, 1 - q.x),
        "lnP": lambda q: q.x * log(q.p) + (1 - q.x) * log(1 - q.p),
    },
    symbols={"lnP": "ln P"},
    ranges={"p": (0.05, 0.95), "x": (0.0, 1.0)},
)
ONE = Point("x = 1, p = 0.7", {"p": 0.7, "x": 1.0})
NONE = Point("x = 0, p = 0.7", {"p": 0.7, "x": 0.0})


def _bernoulli(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(BERNOULLI, target, "S18, L330", (ONE, NONE), forms)


DISTRIBUTION = Article(
    id="bernoulli",
    title="One coin, one formula",
    catalogue_ids=("S18",),
    source=f"{SLIDES}, lines L323–L332",
    summary=(
        "X is 1 with the probability p and 0 otherwise. The formula with the two "
        "exponents says both cases at once, because a number to the power 0 is 1. On "
        "the slide the parameter is θ on the left and p on the right; it is the same."
    ),
    parts=(
        Part(
            "The probability",
            "At x = 1 it is p and at x = 0 it is 1 − p, so its slope is +1 or −1.",
            _bernoulli("P", {"p": lambda q: q.P * (q.x - q.p) / (q.p * (1 - q.p))}),
            BERNOULLI,
            ("P",),
            readings=(
                Readings(
                    "P",
                    values(BERNOULLI, "P", (ONE, NONE)),
                ),
            ),
        ),
        Part(
            "Its logarithm",
            "The slope is what is missed, divided by the variance p(1 − p). The "
            "negative of this is the loss of a classifier.",
            _bernoulli(
                "lnP",
                {
                    "p": (
                        lambda q: q.x / q.p - (1 - q.x) / (1 - q.p),
                        lambda q: (q.x - q.p) / (q.p * (1 - q.p)),
                    ),
                    "p p": lambda q: -q.x / q.p**2 - (1 - q.x) / (1 - q.p) ** 2,
                },
            ),
            BERNOULLI,
            ("lnP",),
        ),
    ),
    record=BERNOULLI.drawn("lnP", ONE, "p"),
    kind="definition",
    remarks=(
        Remark(
            "S18, L329",
            "The parameter is θ on the left and p on the right.",
        ),
    ),
)

# -- S19: entropy ----------------------------------------------------------------------

P3 = ("p1", "p2", "p3")


def _shares(q: Any) -> list[Any]:
    return [getattr(q, p) for p in P3]


FLAT = Model(
    inputs=P3,
    definitions={"H": lambda q: -total([p * log(p) for p in _shares(q)])},
    ranges=dict.fromkeys(P3, (0.05, 0.95)),
)
FLAT_AT = Point("p = (0.2, 0.5, 0.3)", {"p1": 0.2, "p2": 0.5, "p3": 0.3})
EVEN = Point("p = (1/3, 1/3, 1/3)", dict.fromkeys(P3, 1 / 3))
SURE = Model(inputs=("p",), definitions={"h": lambda q: -(q.p * log(q.p))})


def _surprise(name: str) -> Callable[[Any], Any]:
    return lambda q: -(log(getattr(q, name)) + 1)


def _near_zero(power_of_ten: int) -> Reading:
    (value,) = value_at(SURE, "h", Point("", {"p": 10.0**-power_of_ten}))
    digit = "⁰¹²³⁴⁵⁶⁷⁸⁹"[power_of_ten]
    return Reading(f"−p·ln p at p = 10⁻{digit}", value.compute)


ENTROPY = Article(
    id="entropy",
    title="Entropy",
    catalogue_ids=("S19",),
    source=f"{SLIDES}, lines L336–L340",
    summary=(
        "How uncertain is the outcome? Entropy is the mean of −ln p, the surprise. It "
        "is measured in nats, because the logarithm is the natural one. The slide is "
        "titled Bernoulli distribution a second time, but this is what it is about."
    ),
    parts=(
        Part(
            "Its slopes",
            "Each entry by itself; that the entries add up to 1 is not used.",
            claims(
                FLAT,
                "H",
                "S19, L340",
                (FLAT_AT,),
                {p: _surprise(p) for p in P3} | {"p1 p1": lambda q: -1 / q.p1},
            ),
            FLAT,
            ("H",),
            readings=(
                Readings(
                    "Uneven and even",
                    values(FLAT, "H", (FLAT_AT, EVEN)),
                ),
            ),
        ),
        Part(
            "What cannot happen",
            "An outcome with p = 0 adds nothing: −p·ln p goes to 0 with p, although "
            "ln p has no limit. The slide does not say it.",
            readings=(
                Readings(
                    "On the way to 0",
                    tuple(map(_near_zero, (1, 3, 9))),
                ),
            ),
        ),
    ),
    record=FLAT.drawn("H", FLAT_AT),
    kind="definition",
)

# -- S20: the entropy of a coin --------------------------------------------------------

COIN = Model(
    inputs=("p",),
    definitions={
        "H": lambda q: -((1 - q.p) * log(1 - q.p) + q.p * log(q.p)),
        "both": lambda q: (
            -total(
                [
                    power(q.p, x)
                    * power(1 - q.p, 1 - x)
                    * log(power(q.p, x) * power(1 - q.p, 1 - x))
                    for x in (0, 1)
                ]
            )
        ),
        "mean": lambda q: -(7 * log(q.p) + 3 * log(1 - q.p)) / 10,
    },
    symbols={"both": "H(X)", "mean": "−G(p)/10"},
    ranges={"p": (0.05, 0.95)},
)
LIKELY, FAIR = Point("p = 0.7", {"p": 0.7}), Point("p = 0.5", {"p": 0.5})
TOP_RUN = Run("Newton's method", COIN, "H", ("p",), LIKELY, 4, newton, NEWTON_1D)


def _coin_figure() -> str:
    def height(p: float) -> float:
        return float(engine(COIN.function("H"), [p], ()))

    slope = engine(COIN.function("H"), [0.7], [0])
    return plots.curve(
        height,
        (0.001, 0.999),
        title="The entropy of a coin, with its tangents at p = 0.5 and p = 0.7",
        tangents={"at p = 0.5": (0.5, 0.0), "at p = 0.7": (0.7, slope)},
        names=("p", "H"),
    )


COIN_ENTROPY = Article(
    id="bernoulli-entropy",
    title="The entropy of a coin",
    catalogue_ids=("S20",),
    source=f"{SLIDES}, lines L342–L347",
    summary=(
        "Of the two terms the first belongs to x = 0 and the second to x = 1; on the "
        "slide the braces that say so have run together. A fair coin is the most "
        "uncertain, with ln 2."
    ),
    parts=(
        Part(
            "From the definition",
            "The exponents select p or 1 − p.",
            claims(COIN, "both", "S20, L345", (LIKELY, FAIR), {"": lambda q: q.H}),
            COIN,
            ("H", "both"),
        ),
        Part(
            "Slope and bend",
            "The slope is the logarithm of the odds against, and zero at 1/2; the bend "
            "is negative everywhere, so this is the only maximum.",
            claims(
                COIN,
                "H",
                "S20",
                (LIKELY, FAIR),
                {
                    "p": lambda q: log(1 - q.p) - log(q.p),
                    "p p": lambda q: -1 / (q.p * (1 - q.p)),
                },
            ),
            readings=(
                Readings(
                    "As in N33, the mean log loss of the coin that fell "
                    "seven times of ten: G(p) = 7 ln p + 3 ln(1 − p)",
                    value_at(COIN, "H mean", LIKELY),
                ),
            ),
            runs=(TOP_RUN,),
            limits=(Limit("Difference quotients at p = 0.7", COIN, "H", "p", LIKELY),),
            figures=(Figure("At 0 and 1 nothing is uncertain.", _coin_figure),),
        ),
    ),
    record=COIN.drawn("H", LIKELY),
    remarks=(
        Remark(
            "S20, L345–L347",
            "Two braces have run together: the first product is the term of x = 0, "
            "the second that of x = 1.",
        ),
    ),
)

# -- S21: the entropy of a Gaussian ----------------------------------------------------


def _entropy(determinant: Any, dimensions: int) -> Any:
    around = dimensions * (log(2 * pi(determinant)) + 1)
    return (around + log(determinant)) / 2


VECTOR = Model(
    inputs=("a", "b", "d"),
    definitions={
        "det": lambda q: q.a * q.d - q.b**2,
        "H": lambda q: _entropy(q.det, 2),
        "doubled": lambda q: _entropy(2 * q.a * (2 * q.d) - (2 * q.b) ** 2, 2),
        "four": lambda q: 4 * q.det,
    },
    symbols={
        "a": "Σ11",
        "b": "Σ12",
        "d": "Σ22",
        "det": "|Σ|",
        "H": "H(Σ)",
        "doubled": "H(2Σ)",
        "four": "|2Σ|",
    },
    ranges={"a": (1.0, 3.0), "d": (1.0, 3.0), "b": (-0.8, 0.8)},
)
VECTOR_AT = Point("Σ = [[2, 0.6], [0.6, 1]]", {"a": 2.0, "b": 0.6, "d": 1.0})


def _surprise_integral(q: Any) -> Any:
    def f(x: Any) -> Any:
        return -(gaussian(x, q.mu, q.s) * log_gaussian(x, q.mu, q.s))

    return integral(f, -14, 14, 112, exact=q.exact)


BELL = Model(
    inputs=("mu", "s"),
    definitions={
        "H": lambda q: _entropy(q.s**2, 1),
        "I": _surprise_integral,
        "off": lambda q: q.I - q.H,
    },
    symbols={"mu": "μ", "s": "σ", "I": "−∫ p·ln p dx", "off": "difference"},
)
BELL_AT = Point("μ = 0.2, σ = 1.3", {"mu": 0.2, "s": 1.3})


def _vector(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(VECTOR, target, "S21, L351", (VECTOR_AT,), forms)


GAUSSIAN_ENTROPY = Article(
    id="gaussian-entropy",
    title="The entropy of a Gaussian",
    catalogue_ids=("S21",),
    source=f"{SLIDES}, lines L349–L353",
    summary=(
        "It depends on how wide the distribution is and not on where: on the "
        "determinant of Σ alone, and through its logarithm."
    ),
    parts=(
        Part(
            "In one dimension, by quadrature",
            "The definition is an integral, and the formula is its value. Their slopes "
            "in σ agree as well: both are 1/σ.",
            readings=(
                Readings(
                    "For μ = 0.2, σ = 1.3",
                    (
                        *value_at(BELL, "I H off", BELL_AT),
                        derivative_at(BELL, "I", "s", BELL_AT),
                        derivative_at(BELL, "H", "s", BELL_AT),
                        derivative_at(BELL, "I", "mu", BELL_AT),
                    ),
                ),
            ),
        ),
        Part(
            "In two dimensions",
            "The gradient is Σ⁻¹/2. The entry off the diagonal stands twice in Σ, so "
            "its slope is twice that.",
            _vector(
                "H",
                {
                    "": lambda q: log((2 * pi(q.a)) ** 2 * q.det) / 2 + 1,
                    "a": lambda q: q.d / (2 * q.det),
                    "b": lambda q: -q.b / q.det,
                    "d": lambda q: q.a / (2 * q.det),
                },
            ),
            VECTOR,
            ("det", "H"),
        ),
        Part(
            "Twice the covariance",
            "The determinant becomes four times as large; the entropy gains ln 2.",
            _vector("doubled", {"": lambda q: q.H + log(q.exact("2"))}),
            readings=(
                Readings(
                    "Before and after",
                    value_at(VECTOR, "det four H doubled", VECTOR_AT),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S21, L353",
            "The entropy is not proportional to the determinant, or four times the "
            "determinant would have four times the entropy. It is linear in ln|Σ|.",
            _vector("doubled", {"": lambda q: q.H * q.four / q.det})[0],
            _vector("doubled", {"": lambda q: q.H + log(q.four / q.det) / 2})[0],
        ),
    ),
    record=VECTOR.drawn("H", VECTOR_AT),
    kind="definition",
)

CHAPTER = Chapter(
    "entropy",
    "Coins and uncertainty",
    "The distribution of a coin, and entropy, the measure of what is uncertain before "
    "the outcome is known.",
    (DISTRIBUTION, ENTROPY, COIN_ENTROPY, GAUSSIAN_ENTROPY),
)
