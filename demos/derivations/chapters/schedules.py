"""A-69, A-71 and A-93: rates that fall, all parameters in one, features seen rarely."""

from collections.abc import Callable
from typing import Any

from autograd_core import sqrt
from visualize import plots

from ..article import Claim, Model, Point
from ..checks import engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Run, Source, value_at
from .descent_rules import by_samples
from .networks import DEEP, DEEP_AT, total
from .quasi_newton import inner
from .shorthand import claims

__all__ = [
    "COUNTED",
    "DENSE",
    "FEATURES",
    "HALF_AT",
    "HARMONIC",
    "MEAN_AT",
    "PARAMETER_SET",
    "RUN",
    "SCHEDULE",
    "SEEN",
    "SPARSE",
    "UNIT",
    "WIDTHS",
]

NOTES = "the hand-written notes on softmax and Adam, "

# -- A-69 ------------------------------------------------------------------------------

T4 = (1, 2, 3, 4)


def _theta(t: int) -> str:
    return "θ" if t == 1 else f"θ{t}"


def _next(t: int) -> Callable[[Any], Any]:
    # The loss (θ − xₜ)²/2 has the slope θ − xₜ.
    def rule(q: Any) -> Any:
        before = getattr(q, _theta(t))
        share = q.c if t == 1 else q.c / t
        return before - share * (before - getattr(q, f"x{t}"))

    return rule


def _loss(t: int) -> Callable[[Any], Any]:
    return lambda q: (q.θ - getattr(q, f"x{t}")) ** 2 / 2


HARMONIC = Model(
    inputs=("θ", "x1", "x2", "x3", "x4", "c"),
    definitions={
        **{_theta(t + 1): _next(t) for t in T4},
        **{f"l{t}": _loss(t) for t in T4},
        "f": lambda q: (q.l1 + q.l2 + q.l3 + q.l4) / 4,
    },
    symbols={"θ": "θ1", "c": "η0"},
    ranges={"c": (0.2, 1.5)},
)
GIVEN = {"x1": 2.0, "x2": -1.0, "x3": 4.0, "x4": 0.5}
MEAN_AT = Point("θ₁ = 10, η₀ = 1", {"θ": 10.0, **GIVEN, "c": 1.0})
HALF_AT = Point("θ₁ = 10, η₀ = 1/2", {"θ": 10.0, **GIVEN, "c": 0.5})
# With η₀ = 1, as the claims have it.
UNIT = Model(
    inputs=HARMONIC.inputs[:-1],
    definitions={
        "c": lambda q: q.exact("1"),
        **HARMONIC.definitions,
    },
    symbols=HARMONIC.symbols,
)


def _mean(t: int) -> Claim:
    def form(q: Any) -> Any:
        return total([getattr(q, f"x{i}") for i in range(1, t + 1)]) / t

    return Claim(UNIT, _theta(t + 1), (), (form,), "A-69, L73", (MEAN_AT,))


RUN = Run(
    "One sample per step, η = 1/t, t = k + 1",
    UNIT,
    "f",
    ("θ",),
    MEAN_AT,
    4,
    by_samples(lambda k: (f"l{k + 1}",), lambda k: 1 / (k + 1)),
)


def _sums(power: int, count: int) -> Reading:
    name = f"Σ 1/t{'²' if power == 2 else ''} up to t = {count}"

    def compute(source: Source) -> Any:
        return total([source.number(1) / t**power for t in range(1, count + 1)])

    return Reading(name, compute)


SCHEDULE = Article(
    id="one-over-t",
    title="The learning rate 1/t",
    catalogue_ids=("A-69",),
    source=NOTES + "lines L69–L73",
    summary=(
        "The notes let the learning rate fall like 1/t. They give neither a constant "
        "nor a first t (E43); it must be 1, for 1/0 is no rate. With the loss "
        "(θ − x)²/2 and the constant 1, θ is the mean of all samples so far."
    ),
    parts=(
        Part(
            "A running mean",
            "The first step forgets where it started; the fourth gives every sample "
            "the weight 1/4.",
            (
                *map(_mean, T4),
                *claims(
                    UNIT,
                    "θ5",
                    "A-69",
                    (MEAN_AT,),
                    {"x1": lambda q: q.exact("1/4"), "x4": lambda q: q.exact("1/4")},
                ),
            ),
            HARMONIC,
            ("θ2", "θ3"),
            runs=(RUN,),
        ),
        Part(
            "Another constant",
            "With η₀ = 1/2 the start is not forgotten at once.",
            claims(
                HARMONIC,
                "θ5",
                "A-69",
                (HALF_AT, MEAN_AT),
                {
                    "θ": lambda q: (
                        (1 - q.c) * (1 - q.c / 2) * (1 - q.c / 3) * (1 - q.c / 4)
                    )
                },
            ),
            readings=(
                Readings("η₀ = 1/2", value_at(HARMONIC, "θ2 θ3 θ4 θ5", HALF_AT)),
            ),
        ),
        Part(
            "Why 1/t",
            "Every point must be in reach: the sum of the rates grows without end, "
            "though slowly. The noise must die out: the sum of their squares does not, "
            "and stays below π²/6 (Robbins and Monro 1951).",
            readings=(
                Readings(
                    "Sums",
                    tuple(_sums(p, n) for p in (1, 2) for n in (10, 100, 1000)),
                ),
            ),
        ),
    ),
    record=HARMONIC.drawn("θ5", MEAN_AT),
    kind="algorithm",
    remarks=(
        Remark(
            "A-69, L73 (E43)",
            "The constant in front of 1/t is missing, and t must start from 1.",
        ),
    ),
)

# -- A-71 ------------------------------------------------------------------------------

COUNTED = Model(
    inputs=("H0", "H1", "H2", "H3"),
    definitions={
        "n1": lambda q: q.H1 * q.H0 + q.H1,
        "n2": lambda q: q.H2 * q.H1 + q.H2,
        "n3": lambda q: q.H3 * q.H2 + q.H3,
        "n": lambda q: q.n1 + q.n2 + q.n3,
    },
)
WIDTHS = Point(
    "H = (2, 2, 2, 3)", {f"H{i}": float(size) for i, size in enumerate((2, 2, 2, 3))}
)
WEIGHTS = DEEP.inputs[:-4]  # without x1, x2, y1, y2


def _loss_after(rate: float) -> Callable[[Source], Any]:
    def compute(source: Source) -> Any:
        g = source.gradient(DEEP, "L", WEIGHTS, DEEP_AT.values)
        moved = {
            name: source.number(DEEP_AT.values[name]) - rate * slope
            for name, slope in zip(WEIGHTS, g, strict=True)
        }
        return source.of(DEEP, "L", (), {**DEEP_AT.values, **moved})

    return compute


def _square(source: Source) -> Any:
    g = source.gradient(DEEP, "L", WEIGHTS, DEEP_AT.values)
    return inner(g, g)


PARAMETER_SET = Article(
    id="parameter-set",
    title="All parameters in one θ",
    catalogue_ids=("A-71",),
    source=NOTES + "line L79",
    summary=(
        "θ = (wₗ, bₗ, l = 1, ..., L): all weights and biases of all layers, as one "
        "long vector. The gradient has an entry for each, and a step moves all."
    ),
    parts=(
        Part(
            "How many",
            "A layer with H units after one with H′ has H·H′ weights and H biases.",
            claims(
                COUNTED,
                "n",
                "A-71",
                (WIDTHS,),
                {
                    "": lambda q: (
                        q.H1 * (q.H0 + 1) + q.H2 * (q.H1 + 1) + q.H3 * (q.H2 + 1)
                    ),
                    "H1": lambda q: q.H0 + 1 + q.H2,
                },
            ),
            COUNTED,
            ("n1", "n2", "n3", "n"),
        ),
        Part(
            "The network of three layers",
            "The one of the chapter on hidden layers, with the sizes 2, 2, 2, 3:",
            items=(
                "layer 1: u₁₁, u₁₂, u₂₁, u₂₂ and b₁, b₂",
                "layer 2: v₁₁, v₁₂, v₂₁, v₂₂ and c₁, c₂",
                "layer 3: w₁₁, w₁₂, w₂₁, w₂₂, w₃₁, w₃₂ and d₁, d₂, d₃",
            ),
            readings=(
                Readings(
                    "Counted",
                    (
                        Reading(
                            "by the formula",
                            lambda source: source.of(COUNTED, "n", (), WIDTHS.values),
                        ),
                        Reading(
                            "in the network", lambda source: source.number(len(WEIGHTS))
                        ),
                    ),
                ),
                Readings(
                    "One step for all of them",
                    (
                        Reading("L before", _loss_after(0.0)),
                        Reading("|∇L|²", _square),
                        Reading("L after a step with η = 0.01", _loss_after(0.01)),
                        Reading("L after a step with η = 0.1", _loss_after(0.1)),
                    ),
                ),
            ),
        ),
    ),
    record=COUNTED.drawn("n", WIDTHS),
    kind="list",
)

# -- A-93 ------------------------------------------------------------------------------

STEPS = tuple(range(1, 11))
ALWAYS, RARE = frozenset(STEPS), frozenset({1, 10})


def _accumulated(name: str, seen: frozenset[int], t: int) -> Callable[[Any], Any]:
    def rule(q: Any) -> Any:
        fresh = (1 - q.β) * q.g**2
        if t == 1:
            return fresh
        old = q.β * getattr(q, f"{name}{t - 1}")
        return old + fresh if t in seen else old

    return rule


def _features(name: str, seen: frozenset[int], squares: int) -> Model:
    letter = "ĝ"
    return Model(
        inputs=("g", "β"),
        definitions={
            **{f"s{t}": _accumulated("s", seen, t) for t in STEPS},
            "factor": lambda q: 1 / sqrt(q.s10),
            "sum": lambda q: squares * q.g**2,
            "adagrad": lambda q: 1 / sqrt(q.sum),
        },
        symbols={
            **{f"s{t}": f"{letter}{t}" for t in STEPS},
            "factor": f"1/√ĝ, {name}",
            "adagrad": f"1/√Σg², {name}",
            "sum": f"Σg², {name}",
        },
        ranges={"β": (0.1, 0.95), "g": (0.5, 2.0)},
    )


DENSE = _features("every step", ALWAYS, 10)
SPARSE = _features("steps 1 and 10", RARE, 2)
SEEN = Point("g = 1, β = 0.9", {"g": 1.0, "β": 0.9})


def _factors_figure() -> str:
    source = engine_source()

    def factors(model: Model) -> list[tuple[float, float]]:
        found = [source.of(model, f"s{t}", (), SEEN.values) for t in STEPS]
        return [(float(t), s**-0.5) for t, s in zip(STEPS, found, strict=True)]

    return plots.lines(
        {
            "a gradient at every step": factors(DENSE),
            "at 1 and 10 only": factors(SPARSE),
        },
        title="What the learning rate is multiplied by, for two features",
        names=("step", "1/√ĝ"),
    )


FEATURES = Article(
    id="sparse-features",
    title="Features that are seen rarely",
    catalogue_ids=("A-93",),
    source=NOTES + "lines L172–L175",
    summary=(
        "The weight of a feature has a gradient only when the feature is there. For a "
        "rare one the mean square of the gradients stays small, so the step that it "
        "makes when it is there is larger."
    ),
    parts=(
        Part(
            "Ten steps",
            "The gradient is g at every step, or at steps 1 and 10 only; otherwise 0.",
            (
                *claims(
                    DENSE,
                    "s10",
                    "A-93",
                    (SEEN,),
                    {"": lambda q: (1 - q.β**10) * q.g**2},
                ),
                *claims(
                    SPARSE,
                    "s10",
                    "A-93",
                    (SEEN,),
                    {
                        "": lambda q: (1 - q.β) * (q.β**9 + 1) * q.g**2,
                        "g": lambda q: 2 * (1 - q.β) * (q.β**9 + 1) * q.g,
                    },
                ),
            ),
            SPARSE,
            ("s1", "s2", "s10"),
            readings=(
                Readings(
                    "With g = 1 and β = 0.9",
                    (
                        *value_at(DENSE, "s10 factor", SEEN),
                        *value_at(SPARSE, "s10 factor", SEEN),
                    ),
                ),
            ),
            figures=(Figure("Rarely seen, larger steps.", _factors_figure),),
        ),
        Part(
            "Recent or ever",
            "The recursive mean forgets; the sum of Adagrad, in the slides, never "
            "does, and its factor only falls.",
            readings=(
                Readings(
                    "Adagrad after the same ten steps",
                    (
                        *value_at(DENSE, "sum adagrad", SEEN),
                        *value_at(SPARSE, "sum adagrad", SEEN),
                    ),
                ),
            ),
        ),
    ),
    record=SPARSE.drawn("s10", SEEN),
    kind="definition",
)
