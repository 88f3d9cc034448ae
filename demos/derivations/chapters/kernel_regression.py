"""S32 to S34: regression with radial kernels, and the size of the kernel."""

import random
from collections.abc import Callable, Mapping
from math import log10
from typing import Any

from autograd_core import exp, sin
from autograd_core.linalg import det
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, derivative_at, value_at
from .basis_functions import targets
from .least_squares import fitted, gram, predicted, residual_sum
from .networks import total
from .regression import SLIDES
from .shorthand import claims, noted, values

__all__ = [
    "CHAPTER",
    "FIT",
    "FIXED",
    "FIXED_AT",
    "LEAST_SQUARES",
    "MEASURES",
    "RIDGE_AT",
    "SINGULAR",
    "THREE",
    "THREE_AT",
]

Rule = Callable[[Any], Any]

# -- S32 and S33: regression with three kernels ----------------------------------------

CENTRES = (1, 2, 3)
T4 = ("t0", "t1", "t2", "t3")


def features(x: Any, size: Any, centres: tuple[Any, ...] = CENTRES) -> list[Any]:
    """1, and one kernel of the size λ per centre."""
    return [1, *(exp(-((x - c) ** 2) / size) for c in centres)]


def _bump(centre: int) -> Rule:
    return lambda q: exp(-((q.x - centre) ** 2))


THREE = Model(
    inputs=("x", *T4),
    definitions={
        **{f"k{c}": _bump(c) for c in CENTRES},
        "yhat": lambda q: q.t0 + q.k1 * q.t1 + q.k2 * q.t2 + q.k3 * q.t3,
        "without": lambda q: q.k1 * q.t1 + q.k2 * q.t2 + q.k3 * q.t3,
    },
    symbols={
        **{t: f"θ{t[1]}" for t in T4},
        "yhat": "ŷ",
        "without": "φθ without the 1",
    },
)
THREE_AT = Point(
    "x = 1.5, θ = (0.5, 1, −2, 0.3)",
    {"x": 1.5, "t0": 0.5, "t1": 1.0, "t2": -2.0, "t3": 0.3},
)
XS5, YS5 = (0, 1, 2, 3, 4), ("0", "1", "0.5", "-0.5", "0.2")


def _rows(q: Any) -> list[list[Any]]:
    return [features(x, q.l) for x in map(q.exact, map(str, XS5))]


def _parameter(k: int) -> Rule:
    return lambda q: q.theta[k]


FIT = Model(
    inputs=("l", "c"),
    definitions={
        "theta": noted(
            "(ΦᵀΦ + δ²·I)⁻¹Φᵀy",
            lambda q: fitted(_rows(q), targets(q, YS5), [q.c] * 4),
        ),
        **{t: _parameter(k) for k, t in enumerate(T4)},
        "RSS": noted(
            "(y − Φθ)ᵀ(y − Φθ)",
            lambda q: residual_sum(_rows(q), targets(q, YS5), q.theta),
        ),
    },
    symbols={"l": "λ", "c": "δ²", "theta": "θ", **{t: f"θ{t[1]}" for t in T4}},
    ranges={"l": (0.5, 3.0), "c": (0.05, 1.0)},
)
LEAST_SQUARES = Point("λ = 1, δ² = 0", {"l": 1.0, "c": 0.0})
RIDGE_AT = Point("λ = 1, δ² = 0.1", {"l": 1.0, "c": 0.1})
SINGULAR = Model(
    inputs=("c",),
    definitions={"D": noted("det (ΦᵀΦ + δ²·I)", lambda q: det(_square(q)))},
    symbols={"c": "δ²"},
)


def _square(q: Any) -> Any:
    rows = [features(x, q.exact("1")) for x in map(q.exact, ("1", "2", "3"))]
    matrix = gram(rows)
    for i in range(4):
        matrix[i][i] = matrix[i][i] + q.c
    return matrix


DEPENDENT = tuple(Point(f"δ² = {c:g}", {"c": c}) for c in (0.0, 0.1, 1.0))


def _three(forms: Mapping[str, Rule]) -> tuple[Claim, ...]:
    return claims(THREE, "yhat", "S32, L508", (THREE_AT,), forms)


def _feature(k: int) -> Rule:
    return lambda q: getattr(q, f"k{k}") if k else q.exact("1")


def _fit_of(size: float, penalty: float) -> Callable[[float], float]:
    theta = FIT.run({"l": size, "c": penalty}).theta
    return lambda x: float(predicted(features(x, size), theta))


def _points5() -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(XS5, YS5, strict=True)]


def _rbf_figure() -> str:
    return plots.fit(
        _points5(),
        {"least squares": _fit_of(1.0, 0.0), "ridge, δ² = 0.1": _fit_of(1.0, 0.1)},
        (-1.0, 5.0),
        title="Five points and two fits with three kernels",
    )


RBF = Article(
    id="rbf-regression",
    title="Regression with kernels",
    catalogue_ids=("S31", "S32", "S33"),
    source=f"{SLIDES}, lines L493–L534",
    summary=(
        "The features are 1 and three kernels, with centres 1, 2, 3. It is still a "
        "regression: the prediction is linear in θ, and least squares and ridge are "
        "solved as before. (The brackets around the ridge formula, L523, mean nothing.)"
    ),
    parts=(
        Part(
            "The prediction",
            "Its slope by a parameter is that parameter's feature.",
            _three(
                {
                    "x": lambda q: (
                        -2
                        * (
                            (q.x - 1) * q.k1 * q.t1
                            + (q.x - 2) * q.k2 * q.t2
                            + (q.x - 3) * q.k3 * q.t3
                        )
                    )
                }
                | {t: _feature(k) for k, t in enumerate(T4)}
            ),
            THREE,
            ("k1", "k2", "k3", "yhat"),
        ),
        Part(
            "Least squares and ridge",
            "Five points, λ = 1. The solutions are graphs in λ and δ² too, so one sees "
            "at once how RSS would change with either.",
            model=FIT,
            defines=("theta", "RSS"),
            readings=tuple(
                Readings(
                    at.label,
                    (
                        *value_at(FIT, "t0 t1 t2 t3 RSS", at),
                        derivative_at(FIT, "RSS", "l", at),
                        derivative_at(FIT, "RSS", "c", at),
                    ),
                )
                for at in (LEAST_SQUARES, RIDGE_AT)
            ),
            figures=(Figure("Far from the centres only θ₀ is left.", _rbf_figure),),
        ),
        Part(
            "One kernel per point",
            "The slide proposes a kernel at every training point. With the constant "
            "these are m + 1 parameters for m points: ΦᵀΦ has the determinant 0, and "
            "least squares has no single solution. Ridge has. Here for three points, "
            "at 1, 2 and 3.",
            model=SINGULAR,
            defines=("D",),
            readings=(Readings("Determinants", values(SINGULAR, "D", DEPENDENT)),),
        ),
    ),
    misprints=(
        Misprint(
            "S31, L493–L497",
            "φ is listed without the 1 that belongs to θ₀; the prediction two lines on "
            "has it.",
            _three({"": lambda q: q.without})[0],
            _three({"": lambda q: q.t0 + q.without})[0],
            ("without",),
        ),
    ),
    remarks=(
        Remark(
            "S33, L523",
            "The square brackets around the ridge solution have no meaning.",
        ),
        Remark(
            "S33, L533–L534",
            "A kernel for each of m points and the constant make m + 1 parameters. "
            "ΦᵀΦ has no inverse then, and only the ridge solution exists.",
        ),
    ),
    record=THREE.drawn("yhat", THREE_AT),
)

# -- S34: the size of the kernel -------------------------------------------------------

THETA = ("0.5", "1", "-2", "0.3")


def _with_theta(q: Any) -> Any:
    return residual_sum(_rows(q), targets(q, YS5), targets(q, THETA))


FIXED = Model(
    inputs=("l",),
    definitions={
        "J": noted("(y − Φθ)ᵀ(y − Φθ)", _with_theta),
        "one": lambda q: predicted(targets(q, THETA), features(q.exact("1.5"), q.l)),
    },
    symbols={"l": "λ", "one": "ŷ"},
    ranges={"l": (0.5, 3.0)},
)
FIXED_AT = Point("λ = 1", {"l": 1.0})
SIZES = tuple(
    Point(f"λ = {size:g}, δ² = 0.1", {"l": size, "c": 0.1}) for size in (0.1, 1.0, 10.0)
)


def _slope_by_size(q: Any) -> Any:
    # Over the samples: 2·(ŷ − y)·Σ θk·(x − μ)²·k/λ².
    terms = []
    for x, y in zip(XS5, targets(q, YS5), strict=True):
        kernels = features(q.exact(str(x)), q.l)
        missed = predicted(targets(q, THETA), kernels) - y
        bend = [
            t * (x - c) ** 2 * k
            for t, c, k in zip(targets(q, THETA)[1:], CENTRES, kernels[1:], strict=True)
        ]
        terms.append(2 * missed * total(bend) / q.l**2)
    return total(terms)


COUNT, SEED = 24, 11


def _noisy() -> tuple[list[float], list[float]]:
    noise = random.Random(SEED)
    xs = [6 * (i + 0.5) / COUNT for i in range(COUNT)]
    return xs, [float(sin(x)) + noise.gauss(0.0, 0.25) for x in xs]


def _kernel_fit(
    xs: list[Any], ys: list[Any], size: Any, penalty: Any
) -> Callable[[Any], Any]:
    # One kernel per point.
    centres = tuple(xs)
    theta = fitted(
        [features(x, size, centres) for x in xs], ys, [penalty] * (len(xs) + 1)
    )
    return lambda x: predicted(features(x, size, centres), theta)


def _error(size: Any, held_out: bool, number: Callable[[float], Any]) -> Any:
    # The mean square on the even points, or on the odd ones that were held out.
    xs, ys = ([*map(number, part)] for part in _noisy())
    found = _kernel_fit(xs[::2], ys[::2], size, number(0.1))
    start = int(held_out)
    apart = [
        (found(x) - y) ** 2 for x, y in zip(xs[start::2], ys[start::2], strict=True)
    ]
    return total(apart) / len(apart)


MEASURES = Model(
    inputs=("l",),
    definitions={
        "train": noted(
            "mean square, training points", lambda q: _error(q.l, False, _as(q))
        ),
        "test": noted(
            "mean square, held-out points", lambda q: _error(q.l, True, _as(q))
        ),
    },
    symbols={"l": "λ", "train": "E(training)", "test": "E(held out)"},
)
HELD_OUT_SIZES = tuple(
    Point(f"λ = {size:g}", {"l": size}) for size in (0.02, 1.0, 100.0)
)


def _as(q: Any) -> Callable[[float], Any]:
    return lambda x: q.exact(repr(x))


def _sizes_figure() -> str:
    xs, ys = _noisy()
    curves = {
        f"λ = {size:g}": _kernel_fit(xs[::2], ys[::2], size, 0.1)
        for size in (0.02, 1.0, 100.0)
    }
    return plots.fit(
        list(zip(xs[::2], ys[::2], strict=True)),
        curves,
        (0.0, 6.0),
        title="Twelve points, one kernel on each, for three kernel sizes",
    )


def _choice_figure() -> str:
    sizes = [10 ** (-2 + k / 12) for k in range(49)]
    return plots.lines(
        {
            name: [(log10(s), _error(s, held, float)) for s in sizes]
            for name, held in (("training points", False), ("held-out points", True))
        },
        title="Training error and held-out error over the kernel size",
        names=("log₁₀ λ", "mean square"),
    )


SIZE = Article(
    id="kernel-size",
    title="The size of the kernel",
    catalogue_ids=("S34",),
    source=f"{SLIDES}, line L538",
    summary=(
        "Of this slide only the title is left. What its pictures will have shown: with "
        "λ too small the fit is spiky and falls back to θ₀ between the points, with λ "
        "too large it is flat. Which λ is right the training points cannot say."
    ),
    parts=(
        Part(
            "The slope by λ",
            "With θ given, the sum of squares is a function of λ, and has a gradient "
            "like any other.",
            claims(
                FIXED,
                "J",
                "S34",
                (FIXED_AT,),
                {"l": noted("Σ 2(ŷ − y)·Σ θ·(x − μ)²·k/λ²", _slope_by_size)},
            ),
            FIXED,
            ("J",),
            readings=(
                Readings(
                    "At λ = 1, θ = (0.5, 1, −2, 0.3)",
                    (
                        *value_at(FIXED, "J", FIXED_AT),
                        derivative_at(FIXED, "J", "l", FIXED_AT),
                        derivative_at(FIXED, "J", "l l", FIXED_AT),
                    ),
                ),
            ),
        ),
        Part(
            "Three sizes",
            "The five points again, with δ² = 0.1. The smallest λ has the smallest RSS "
            "on the points that it was fitted to, which is no merit.",
            readings=tuple(
                Readings(at.label, value_at(FIT, "t0 t1 t2 t3 RSS", at)) for at in SIZES
            ),
        ),
        Part(
            "Held-out data decide",
            "Twenty-four points of a sine with noise, always the same; every other one "
            "is held out. One kernel stands on each of the rest. The training error "
            "falls with λ all the way down; the error on the points held out is least "
            "in between, and its slope by λ, which goes through the solution of the "
            "equations, says in which direction.",
            readings=(
                Readings("Training error", values(MEASURES, "train", HELD_OUT_SIZES)),
                Readings(
                    "Held-out error and its slope",
                    (
                        *values(MEASURES, "test", HELD_OUT_SIZES),
                        *(
                            Reading(
                                f"slope at {at.label}",
                                derivative_at(MEASURES, "test", "l", at).compute,
                            )
                            for at in HELD_OUT_SIZES
                        ),
                    ),
                ),
            ),
            figures=(
                Figure("Spiky, good, and flat.", _sizes_figure),
                Figure("Only the held-out error has a minimum.", _choice_figure),
            ),
        ),
    ),
    record=FIXED.drawn("one", FIXED_AT),
    kind="algorithm",
    remarks=(
        Remark(
            "S34, L538",
            "Only the title survives. λ must be chosen on data that were not fitted: "
            "the error on the others cannot decide.",
        ),
    ),
)

CHAPTER = Chapter(
    "kernel-regression",
    "Kernel regression",
    "With a kernel here and there a linear model follows any curve. How wide the "
    "kernels should be, only data that were held out can say.",
    (RBF, SIZE),
)
