"""S49 and S50: the gradient of a sample is right on average; the rest is noise."""

from collections.abc import Callable
from typing import Any

from autograd_core.numbers.text import symbol

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Reading, Readings, Run, Source, derivative_at, value_at
from .descent_rules import gradient_descent
from .line import I3, LINE, PARAMETERS, at, column, missed
from .networks import total
from .noisy import ARTICLE as NOISE_BALL
from .quadrature import integral
from .sample_steps import ARTICLES as SAMPLE_STEPS
from .schedules import FEATURES, PARAMETER_SET, SCHEDULE
from .shorthand import claims
from .variants import ARTICLES as VARIANTS

__all__ = ["CHAPTER", "EXPECTED", "NOISE", "PARITY", "UPHILL"]

SLIDES = "the slides on the multi-layer perceptron, lines "
NOTES = "the hand-written notes on softmax and Adam, "
HERE = at(0.5, 0.5)
LOSSES = ("l1", "l2", "l3")

# -- S49: the gradient is an expectation -----------------------------------------------


def _density(x: Any) -> Any:
    return 6 * x * (1 - x)


EXPECTED = Model(
    inputs=("θ",),
    definitions={
        # Boole's rule is exact here: the integrands are polynomials of degree 4.
        "F": lambda q: integral(
            lambda x: (q.θ - x) ** 2 * _density(x), 0, 1, 1, exact=q.exact, rule="Boole"
        ),
        "G": lambda q: integral(
            lambda x: 2 * (q.θ - x) * _density(x), 0, 1, 1, exact=q.exact, rule="Boole"
        ),
    },
    symbols={"F": "𝔼 f", "G": "𝔼 ∂f/∂θ"},
)
ELSEWHERE = Point("θ = 0.8", {"θ": 0.8})


def _down(before: str) -> Callable[[Any], Any]:
    return lambda q: getattr(q, before) - q.η * (2 * getattr(q, before))


PARITY = Model(
    inputs=("θ", "η"),
    definitions={f"t{k}": _down("θ" if k == 1 else f"t{k - 1}") for k in range(1, 6)},
    symbols={f"t{k}": f"θ{k + 1}" for k in range(1, 6)} | {"θ": "θ1"},
)
ONE = Point("θ₁ = 1, η = 0.1", {"θ": 1.0, "η": 0.1})


SQUARE = Model(inputs=("θ",), definitions={"f": lambda q: q.θ**2})
UPHILL = tuple(
    Run(
        f"θ {sign} η·𝔼∇f with η = 0.1",
        SQUARE,
        "f",
        ("θ",),
        Point("θ = 1", {"θ": 1.0}),
        5,
        gradient_descent(rate),
    )
    for sign, rate in (("−", 0.1), ("+", -0.1))
)


def _five(form: Callable[[Any], Any]) -> Claim:
    return Claim(PARITY, "t5", (), (form,), "L722", (ONE,))


def _mean_of_samples(name: str) -> Reading:
    def compute(source: Source) -> Any:
        of = [source.of(LINE, k, (name,), HERE.values) for k in LOSSES]
        return total(of) / 3

    return Reading(f"mean of the samples' slopes by {symbol(name)}", compute)


WHY = Article(
    id="why-stochastic",
    title="Why stochastic",
    catalogue_ids=("S49",),
    source=SLIDES + "L704–L730",
    summary=(
        "What should be small is the expected loss, over all data there could be. Its "
        "gradient is the expectation of the gradients. We cannot compute it, but every "
        "sample gives an estimate that is right on average: of many samples, or of one."
    ),
    parts=(
        Part(
            "The derivative goes under the integral",
            "With f = (θ − x)² and the density 6x(1 − x) on 0 to 1, integrated by a "
            "rule that is exact for such polynomials. The slope of the integral is the "
            "integral of the slope; it is zero where θ is the mean of x.",
            (
                *claims(
                    EXPECTED,
                    "F",
                    "S49, L708",
                    (ELSEWHERE,),
                    {"θ": (lambda q: q.G, lambda q: 2 * (q.θ - q.exact("1/2")))},
                ),
            ),
        ),
        Part(
            "Data in the place of the density",
            "Each of the three samples drawn with the same probability: the mean of "
            "their gradients is the gradient of the mean loss. The notes' “SGD: "
            "Steepest” beside it is a slip; the S is Stochastic, as the heading says.",
            claims(
                LINE,
                "mean",
                "S49, L726–L728",
                (HERE,),
                {
                    "θ0": lambda q: total([2 * missed(q, i) for i in I3]) / 3,
                    "θ1": lambda q: (
                        total([2 * column(q, "x")[i - 1] * missed(q, i) for i in I3])
                        / 3
                    ),
                },
            ),
            LINE,
            ("l1", "l2", "l3", "mean"),
            readings=(
                Readings(
                    "At θ = (0.5, 0.5)",
                    tuple(
                        row
                        for name in PARAMETERS
                        for row in (
                            *(derivative_at(LINE, k, name, HERE) for k in LOSSES),
                            _mean_of_samples(name),
                            derivative_at(LINE, "mean", name, HERE),
                        )
                    ),
                ),
            ),
        ),
        Part(
            "Plus or minus",
            "Where the expectation is zero one may add it or take it away, and the "
            "slides do both. As an iteration only minus goes down: five steps on θ².",
            (_five(lambda q: (1 - 2 * q.η) ** 5 * q.θ),),
            PARITY,
            ("t1", "t2"),
            runs=UPHILL,
        ),
    ),
    misprints=(
        Misprint(
            "S49, L722",
            "θ + η𝔼[∇f] = θ holds at a stationary point, but as the rule of the next "
            "line's iteration it climbs.",
            _five(lambda q: (1 + 2 * q.η) ** 5 * q.θ),
            _five(lambda q: (1 - 2 * q.η) ** 5 * q.θ),
        ),
    ),
    remarks=(
        Remark(
            "S49, L712–L714",
            "The arrow takes the S for “steepest”. It is “stochastic”.",
        ),
        Remark(
            "S49, L728",
            "With a constant η the iterates end in a cloud around the minimum. To "
            "converge, the rates must shrink, but not too fast.",
        ),
    ),
    record=LINE.drawn("mean", HERE, *PARAMETERS),
)

# -- S50: wanted step and noise --------------------------------------------------------


def _rate(q: Any) -> Any:
    return q.exact("0.05")


def _slope(i: int, place: int) -> Callable[[Any], Any]:
    return lambda q: 2 * missed(q, i) * (column(q, "x")[i - 1] if place else 1)


def _expected(place: int) -> Callable[[Any], Any]:
    return lambda q: total([getattr(q, f"g{i}{place}") for i in I3]) / 3


def _noise(i: int, place: int) -> Callable[[Any], Any]:
    return lambda q: getattr(q, f"E{place}") - getattr(q, f"g{i}{place}")


NOISE = Model(
    inputs=LINE.inputs,
    definitions={
        **{f"g{i}{p}": _slope(i, p) for p in (0, 1) for i in I3},
        **{f"E{p}": _expected(p) for p in (0, 1)},
        **{f"n{i}{p}": _noise(i, p) for p in (0, 1) for i in I3},
        "w0": lambda q: q.θ0 - _rate(q) * q.E0,
        "w1": lambda q: q.θ1 - _rate(q) * q.E1,
        "m0": lambda q: q.w0 + _rate(q) * q.n20,
        "m1": lambda q: q.w1 + _rate(q) * q.n21,
        "sum0": lambda q: q.n10 + q.n20 + q.n30,
        "sum1": lambda q: q.n11 + q.n21 + q.n31,
    },
    symbols={
        **LINE.symbols,
        **{f"g{i}{p}": f"{'gh'[p]}{i}" for i in I3 for p in (0, 1)},
        "E0": "𝔼g",
        "E1": "𝔼h",
        **{f"n{i}{p}": f"noise {i} in θ{'₀₁'[p]}" for i in I3 for p in (0, 1)},
        "w0": "wanted θ₀",
        "w1": "wanted θ₁",
        "m0": "new θ₀",
        "m1": "new θ₁",
        "sum0": "sum of the noises in θ₀",
        "sum1": "sum of the noises in θ₁",
    },
)


def _far(size: int) -> Reading:
    point = at(0.5 * size, 0.5 * size)
    return Reading(
        f"noise 2 in θ₁ at θ = ({0.5 * size:g}, {0.5 * size:g})",
        lambda source: source.of(NOISE, "n21", (), point.values),
    )


DECOMPOSED = Article(
    id="sgd-noise",
    title="Wanted step plus noise",
    catalogue_ids=("S50",),
    source=SLIDES + "L732–L734",
    summary=(
        "A step with one sample is the wanted step with the whole gradient, plus η "
        "times what the sample is off. That noise has the mean zero."
    ),
    parts=(
        Part(
            "The noises",
            "g and h are the slopes of the samples by θ₀ and θ₁. At θ = (0.5, 0.5), "
            "η = 0.05; the sum of the noises is zero wherever θ is.",
            (
                *claims(
                    NOISE,
                    "m0",
                    "S50, L734",
                    (HERE,),
                    {"": lambda q: q.θ0 - _rate(q) * (2 * missed(q, 2))},
                ),
                *claims(
                    NOISE,
                    "m1",
                    "S50, L734",
                    (HERE,),
                    {"": lambda q: q.θ1 - _rate(q) * (2 * missed(q, 2) * q.x2)},
                ),
            ),
            NOISE,
            ("g21", "n21", "w1", "m1"),
            readings=(
                Readings(
                    "Noise of each sample, and the sum",
                    value_at(NOISE, "n10 n20 n30 sum0 n11 n21 n31 sum1", HERE),
                ),
                Readings(
                    "The step with sample 2", value_at(NOISE, "w0 w1 m0 m1", HERE)
                ),
            ),
        ),
        Part(
            "Bounded?",
            "The slides call the noise bounded. That is an assumption: for a squared "
            "error it grows with θ, as far as one likes.",
            readings=(
                Readings(
                    "Farther and farther out", tuple(map(_far, (1, 10, 100, 1000)))
                ),
            ),
        ),
    ),
    record=NOISE.drawn("m1", HERE, *PARAMETERS),
    remarks=(
        Remark(
            "S50, L734",
            "That the noise is bounded is an assumption: the gradients of a quadratic "
            "loss are not.",
        ),
    ),
)

CHAPTER = Chapter(
    "stochastic",
    "Learning from samples",
    "The whole gradient is dear and not even what one wants. Steps with samples are "
    "cheap, right on average, and noisy; schedules and memory tame the noise.",
    (
        WHY,
        DECOMPOSED,
        *SAMPLE_STEPS,
        SCHEDULE,
        NOISE_BALL,
        PARAMETER_SET,
        FEATURES,
        *VARIANTS,
    ),
)
