"""S26 and S31: features of x, powers or kernels, for a linear regression."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp
from visualize import plots

from ..article import Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Readings, Run, derivative_at
from .descent_rules import NEWTON_2D, newton
from .least_squares import fitted, powers, predicted, residual_sum
from .regression import SLIDES
from .shorthand import claims

__all__ = [
    "CHAPTER",
    "KERNEL",
    "KERNEL_AT",
    "PARABOLA",
    "PARABOLA_AT",
    "PARABOLA_RUN",
    "SURFACE",
    "SURFACE_AT",
    "targets",
]

Rule = Callable[[Any], Any]

# -- S26: powers -----------------------------------------------------------------------

XS4, YS4 = (-1, 0, 1, 2), ("2", "1", "0.5", "3")


def targets(q: Any, texts: tuple[str, ...]) -> list[Any]:
    """Decimals as numbers of the kind of the quantities."""
    return [q.exact(y) for y in texts]


def _sum_of_squares(q: Any) -> Any:
    rows = [powers(x, 2) for x in XS4]
    return residual_sum(rows, targets(q, YS4), (q.a, q.b, q.d))


PARABOLA = Model(
    inputs=("a", "b", "d"),
    definitions={"J": _sum_of_squares},
    symbols={"a": "θ0", "b": "θ1", "d": "θ2"},
)
PARABOLA_AT = Point("θ = (0.5, −0.2, 0.4)", {"a": 0.5, "b": -0.2, "d": 0.4})
PARABOLA_RUN = Run(
    "Newton's method",
    PARABOLA,
    "J",
    PARABOLA.inputs,
    PARABOLA_AT,
    1,
    newton,
    NEWTON_2D,
)
SURFACE = Model(
    inputs=("x1", "x2", *(f"t{k}" for k in range(6)), "e"),
    definitions={
        "p3": lambda q: q.x1**2,
        "p4": lambda q: q.x2**2,
        "p5": lambda q: q.x1 * q.x2,
        "yhat": lambda q: (
            q.t0 + q.t1 * q.x1 + q.t2 * q.x2 + q.t3 * q.p3 + q.t4 * q.p4 + q.t5 * q.p5
        ),
        "y": lambda q: q.yhat + q.e,
    },
    symbols={
        **{f"p{k}": f"φ{k}" for k in (3, 4, 5)},
        **{f"t{k}": f"θ{k}" for k in range(6)},
        "yhat": "ŷ",
        "e": "ε",
    },
)
SURFACE_AT = Point(
    "x = (0.5, −2)",
    {
        "x1": 0.5,
        "x2": -2.0,
        **dict(zip((f"t{k}" for k in range(6)), (1, 2, -1, 0.5, 1, 3), strict=True)),
        "e": 0.3,
    },
)


def _parabola_figure() -> str:
    theta = fitted([powers(float(x), 2) for x in XS4], [float(y) for y in YS4])
    return plots.fit(
        list(zip(XS4, map(float, YS4), strict=True)),
        {"θ₀ + θ₁·x + θ₂·x²": lambda x: float(predicted(powers(x, 2), theta))},
        (-1.3, 2.3),
        title="The best parabola through four points",
    )


POLYNOMIAL = Article(
    id="polynomial-features",
    title="Powers of x as inputs",
    catalogue_ids=("S26",),
    source=f"{SLIDES}, lines L417–L430",
    summary=(
        "A model with 1, x and x² is curved in x, but linear in θ, so nothing changes: "
        "the same sum of squares, the same normal equation, with the features Φ in the "
        "place of X. The four points are (−1, 2), (0, 1), (1, 0.5), (2, 3)."
    ),
    parts=(
        Part(
            "A parabola",
            "The gradient is 2ΦᵀΦθ − 2Φᵀy. One step of Newton's method finds 5/8, "
            "−5/8 and 7/8.",
            claims(
                PARABOLA,
                "J",
                "S26",
                (PARABOLA_AT,),
                {
                    "a": lambda q: 2 * (4 * q.a + 2 * q.b + 6 * q.d) - 13,
                    "b": lambda q: 2 * (2 * q.a + 6 * q.b + 8 * q.d) - 9,
                    "d": lambda q: 2 * (6 * q.a + 8 * q.b + 18 * q.d) - 29,
                },
            ),
            PARABOLA,
            ("J",),
            runs=(PARABOLA_RUN,),
            figures=(Figure("Curved in x, linear in θ.", _parabola_figure),),
        ),
        Part(
            "Two inputs",
            "The features are 1, x₁, x₂, x₁², x₂², x₁x₂. The prediction's slope by a "
            "parameter is the feature; by x₁ it sums over all features with x₁.",
            claims(
                SURFACE,
                "yhat",
                "S26, L428",
                (SURFACE_AT,),
                {
                    "t4": lambda q: q.x2**2,
                    "t5": lambda q: q.x1 * q.x2,
                    "x1": lambda q: q.t1 + 2 * q.t3 * q.x1 + q.t5 * q.x2,
                },
            ),
            SURFACE,
            ("p3", "p4", "p5", "yhat"),
            readings=(
                Readings(
                    "The features at x = (0.5, −2): slopes by θ₀ to θ₅",
                    tuple(
                        derivative_at(SURFACE, "yhat", f"t{k}", SURFACE_AT)
                        for k in range(6)
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S26, L422",
            "The noise ε belongs to the observation, y = φθ + ε. The prediction is "
            "ŷ = φθ; nobody can predict the noise.",
            claims(
                SURFACE, "yhat", "L422", (SURFACE_AT,), {"": lambda q: q.yhat + q.e}
            )[0],
            claims(SURFACE, "yhat", "L422", (SURFACE_AT,), {"": lambda q: q.y - q.e})[
                0
            ],
        ),
    ),
    record=SURFACE.drawn("yhat", SURFACE_AT),
    kind="definition",
)

# -- S31: a kernel ---------------------------------------------------------------------

KERNEL = Model(
    inputs=("x1", "x2", "m1", "m2", "l"),
    definitions={
        "r": lambda q: (q.x1 - q.m1) ** 2 + (q.x2 - q.m2) ** 2,
        "k": lambda q: exp(-q.r / q.l),
    },
    symbols={"m1": "μ1", "m2": "μ2", "l": "λ", "r": "r²"},
    ranges={"l": (0.5, 3.0)},
)
KERNEL_AT = Point(
    "x = (0.5, −1), μ = (1, 0.2), λ = 0.8",
    {"x1": 0.5, "x2": -1.0, "m1": 1.0, "m2": 0.2, "l": 0.8},
)


def _by(x: str, m: str) -> Rule:
    return lambda q: -2 * (getattr(q, x) - getattr(q, m)) * q.k / q.l


def _by_both(x: str, m: str) -> Rule:
    return lambda q: _by(x, m)(q) * (q.r - q.l) / q.l**2


def _bumps_figure() -> str:
    def bump(size: float) -> list[tuple[float, float]]:
        xs = [-3 + 5 * i / 200 for i in range(201)]
        return [(x, float(exp(-((x + 0.5) ** 2) / size))) for x in xs]

    return plots.lines(
        {f"λ = {size:g}": bump(size) for size in (0.1, 0.8, 5.0)},
        title="A radial kernel around −0.5 for three sizes",
        names=("x", "k"),
    )


KERNELS = Article(
    id="rbf-kernel",
    title="A radial kernel",
    catalogue_ids=("S31",),
    source=f"{SLIDES}, lines L491–L500",
    summary=(
        "k is 1 at its centre μ and dies away with the distance; λ says how fast. It "
        "has the shape of a Gaussian, without the factor in front. (A note by hand on "
        "the slide, L500, runs the features 1, x, x² and the parameters θ together; "
        "φ has a feature per parameter.)"
    ),
    parts=(
        Part(
            "Its slopes",
            "By x it points to the centre; by the centre, to x. A larger λ lifts every "
            "point but the centre.",
            claims(
                KERNEL,
                "k",
                "S31, L495",
                (KERNEL_AT,),
                {
                    "x1": _by("x1", "m1"),
                    "x2": _by("x2", "m2"),
                    "m1": lambda q: 2 * (q.x1 - q.m1) * q.k / q.l,
                    "l": lambda q: q.r * q.k / q.l**2,
                    "x1 x1": lambda q: (
                        (4 * (q.x1 - q.m1) ** 2 / q.l**2 - 2 / q.l) * q.k
                    ),
                    "x1 x2": lambda q: 4 * (q.x1 - q.m1) * (q.x2 - q.m2) * q.k / q.l**2,
                    "x2 x2": lambda q: (
                        (4 * (q.x2 - q.m2) ** 2 / q.l**2 - 2 / q.l) * q.k
                    ),
                    "x1 l": _by_both("x1", "m1"),
                    "x2 l": _by_both("x2", "m2"),
                    "l l": lambda q: (q.r**2 / q.l**4 - 2 * q.r / q.l**3) * q.k,
                },
            ),
            KERNEL,
            ("r", "k"),
            figures=(Figure("Small λ, narrow kernel.", _bumps_figure),),
        ),
    ),
    record=KERNEL.drawn("k", KERNEL_AT),
    kind="definition",
    remarks=(
        Remark(
            "S31, L493–L497",
            "d is the number of kernels here and the dimension of x elsewhere.",
        ),
        Remark(
            "S31, L500",
            "A note by hand, in which the list of the features runs into the list of "
            "the parameters.",
        ),
    ),
)

CHAPTER = Chapter(
    "basis-functions",
    "Features",
    "Curves are fitted by the same linear equations, when powers of x or kernels take "
    "the place of x.",
    (POLYNOMIAL, KERNELS),
)
