"""S9 and S10: Gaussian vectors, and what independence does to them."""

from collections.abc import Mapping
from typing import Any

from autograd_core import exp, log, sqrt
from autograd_core.linalg import det
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Readings, value_at
from .gaussians import gaussian, log_gaussian
from .regression import SLIDES
from .shorthand import claims, noted, pi

__all__ = ["APART", "APART_AT", "CHAPTER", "SCALED", "VECTOR", "VECTOR_AT"]

# -- S9: two dimensions ----------------------------------------------------------------


def _distance(q: Any) -> Any:
    # (x − μ)ᵀ Σ⁻¹ (x − μ), with the inverse of a 2 x 2 matrix written out.
    u, v = q.x1 - q.m1, q.x2 - q.m2
    return (q.d * u**2 - 2 * q.b * u * v + q.a * v**2) / q.det


VECTOR = Model(
    inputs=("x1", "x2", "m1", "m2", "a", "b", "d"),
    definitions={
        "det": lambda q: q.a * q.d - q.b**2,
        "r": _distance,
        "N": lambda q: exp(-q.r / 2) / (2 * pi(q.x1) * sqrt(q.det)),
        "lnN": lambda q: -log(2 * pi(q.x1)) - log(q.det) / 2 - q.r / 2,
        "raised": lambda q: exp(q.lnN),
        "printed": lambda q: (
            1 / ((2 * pi(q.x1)) ** 2 / 2 * sqrt(q.det)) * exp(-q.r / 2)
        ),
    },
    symbols={
        "m1": "μ1",
        "m2": "μ2",
        "a": "Σ11",
        "b": "Σ12",
        "d": "Σ22",
        "det": "|Σ|",
        "r": "r²",
        "lnN": "ln N",
        "raised": "exp(ln N)",
        "printed": "N as printed",
    },
    ranges={"a": (1.0, 3.0), "d": (1.0, 3.0), "b": (-0.8, 0.8)},
)
VECTOR_AT = Point(
    "x = (1, 0.2), μ = (0.5, −1), Σ = [[2, 0.6], [0.6, 1]]",
    {"x1": 1.0, "x2": 0.2, "m1": 0.5, "m2": -1.0, "a": 2.0, "b": 0.6, "d": 1.0},
)


def _first(q: Any) -> Any:
    return -(q.d * (q.x1 - q.m1) - q.b * (q.x2 - q.m2)) / q.det


def _second(q: Any) -> Any:
    return -(q.a * (q.x2 - q.m2) - q.b * (q.x1 - q.m1)) / q.det


def _vector(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(VECTOR, target, "S9, L207", (VECTOR_AT,), forms)


def _ellipses() -> str:
    fixed = list(VECTOR_AT.values.values())[2:]

    def height(x: float, y: float) -> float:
        return float(engine(VECTOR.function("N"), [x, y, *fixed], ()))

    return plots.contour(
        height,
        (-3.5, 4.5),
        (-4.0, 2.0),
        title="Lines of equal density of a Gaussian vector are ellipses",
        marks={"μ": (0.5, -1.0), "x": (1.0, 0.2)},
        levels=[0.005, 0.02, 0.04, 0.06, 0.08, 0.1, 0.115],
        names=("x₁", "x₂"),
    )


DIMENSIONS = Article(
    id="gaussian-vector",
    title="A Gaussian in several dimensions",
    catalogue_ids=("S9",),
    source=f"{SLIDES}, lines L203–L207",
    summary=(
        "In place of the squared distance from the mean stands r², which the "
        "covariance matrix Σ measures; in place of σ the root of its determinant. "
        "Here for two dimensions, with inverse and determinant written out."
    ),
    parts=(
        Part(
            "The density",
            "exp(ln N) and N are one function, once as a sum and once as a product.",
            _vector("raised", {"": lambda q: q.N}),
            VECTOR,
            ("det", "r", "N", "lnN"),
            figures=(
                Figure(
                    "Lines of equal density. The covariance is positive, so they lean "
                    "to the right.",
                    _ellipses,
                ),
            ),
        ),
        Part(
            "Slopes and bends",
            "The gradient of ln N in x is −Σ⁻¹(x − μ), and the Hessian −Σ⁻¹: it is the "
            "same everywhere, and negative definite, so ln N is concave.",
            (
                _vector(
                    "lnN",
                    {
                        "x1": _first,
                        "x2": _second,
                        "x1 x1": lambda q: -q.d / q.det,
                        "x1 x2": lambda q: q.b / q.det,
                        "x2 x2": lambda q: -q.a / q.det,
                    },
                )
                + _vector(
                    "N",
                    {
                        "x1": lambda q: q.N * _first(q),
                        "x2": lambda q: q.N * _second(q),
                    },
                )
            ),
            readings=(
                Readings(
                    "At the example",
                    value_at(VECTOR, "N lnN printed", VECTOR_AT),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S9, L207",
            "(2π)^d/2 must be (2π)^(d/2). For d = 2 the printed one is 2π², so the "
            "density is too small by the factor π.",
            _vector("N", {"": lambda q: q.printed})[0],
            _vector(
                "N",
                {"": lambda q: 1 / (2 * pi(q.x1) * sqrt(q.det)) * exp(-q.r / 2)},
            )[0],
            ("printed",),
        ),
    ),
    record=VECTOR.drawn("lnN", VECTOR_AT, "x1", "x2"),
    kind="definition",
)

# -- S10: two independent variables ----------------------------------------------------

APART = Model(
    inputs=("x1", "x2", "m1", "m2", "v"),
    definitions={
        "p1": lambda q: gaussian(q.x1, q.m1, sqrt(q.v)),
        "p2": lambda q: gaussian(q.x2, q.m2, sqrt(q.v)),
        "p": lambda q: q.p1 * q.p2,
        "joint": lambda q: (
            exp(-((q.x1 - q.m1) ** 2 + (q.x2 - q.m2) ** 2) / (2 * q.v))
            / (2 * pi(q.v) * q.v)
        ),
        "J": lambda q: (
            -log_gaussian(q.x1, q.m1, sqrt(q.v)) - log_gaussian(q.x2, q.m2, sqrt(q.v))
        ),
    },
    symbols={"m1": "μ1", "m2": "μ2", "v": "σ²", "joint": "p(x1, x2)", "J": "−ln p"},
    ranges={"v": (0.3, 2.0)},
)
APART_AT = Point(
    "x = (1.4, −0.1), μ = (1, −0.5), σ² = 0.49",
    {"x1": 1.4, "x2": -0.1, "m1": 1.0, "m2": -0.5, "v": 0.49},
)
SCALED = Model(
    inputs=("k", "a", "b", "d"),
    definitions={
        "det": lambda q: q.a * q.d - q.b**2,
        "corner": lambda q: q.k * q.a,
        "two": noted(
            "det kΣ", lambda q: det([[q.k * q.a, q.k * q.b], [q.k * q.b, q.k * q.d]])
        ),
        "three": noted(
            "det kΣ",
            lambda q: det(
                [
                    [q.k * q.a, q.k * q.b, 0],
                    [q.k * q.b, q.k * q.d, 0],
                    [0, 0, q.k * q.d],
                ]
            ),
        ),
    },
    symbols={
        "a": "Σ11",
        "b": "Σ12",
        "d": "Σ22",
        "det": "|Σ|",
        "corner": "(kΣ)11",
        "two": "|kΣ|",
        "three": "|kΣ|, D = 3",
    },
    ranges={"k": (0.5, 3.0)},
)
SCALED_AT = Point("k = 3", {"k": 3.0, "a": 2.0, "b": 0.6, "d": 1.0})


def _apart(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(APART, target, "S10, L220–L224", (APART_AT,), forms)


def _scaled(target: str, form: Any) -> Claim:
    return claims(SCALED, target, "S10, L226", (SCALED_AT,), {"": form})[0]


def _circles() -> str:
    fixed = list(APART_AT.values.values())[2:]

    def height(x: float, y: float) -> float:
        return float(engine(APART.function("p"), [x, y, *fixed], ()))

    return plots.contour(
        height,
        (-1.4, 3.4),
        (-2.1, 1.1),
        title="Lines of equal density of two independent variables are circles",
        marks={"μ": (1.0, -0.5), "x": (1.4, -0.1)},
        levels=[0.02, 0.06, 0.12, 0.18, 0.24, 0.3],
        names=("x₁", "x₂"),
    )


INDEPENDENT = Article(
    id="independent-gaussians",
    title="Two independent variables",
    catalogue_ids=("S10",),
    source=f"{SLIDES}, lines L211–L226",
    summary=(
        "If two variables are independent, their densities are multiplied. For two "
        "Gaussians of the same σ² the product is the Gaussian of the vector, with "
        "Σ = σ²·I. Independence needs only a diagonal Σ; equal variances, which the "
        "slide supposes, make the ellipses circles."
    ),
    parts=(
        Part(
            "The product is the joint density",
            "Exponents add, and the two factors in front make 1/(2πσ²).",
            (
                _apart("joint", {"": lambda q: q.p})
                + _apart(
                    "p",
                    {
                        "x1": lambda q: -q.p * (q.x1 - q.m1) / q.v,
                        "x2": lambda q: -q.p * (q.x2 - q.m2) / q.v,
                    },
                )
            ),
            APART,
            ("p1", "p2", "p", "joint"),
            figures=(Figure("Both variables vary alike.", _circles),),
        ),
        Part(
            "The Hessian of −ln p",
            "It is I/σ². The mixed derivative is zero: what is independent meets in no "
            "product once the logarithm is taken.",
            _apart(
                "J",
                {
                    "x1": lambda q: (q.x1 - q.m1) / q.v,
                    "x2": lambda q: (q.x2 - q.m2) / q.v,
                    "x1 x1": lambda q: 1 / q.v,
                    "x1 x2": lambda q: q.exact("0"),
                    "x2 x2": lambda q: 1 / q.v,
                },
            ),
            readings=(
                Readings("At the example", value_at(APART, "p joint J", APART_AT)),
            ),
        ),
        Part(
            "The factor in front of a matrix",
            "A factor k multiplies each of the D rows, so it comes out of the "
            "determinant D times. This is how 1/(2πσ²) becomes |2πΣ|^(−1/2).",
            (
                _scaled("two", lambda q: q.k**2 * q.det),
                _scaled("three", lambda q: q.k**3 * q.det * q.d),
            ),
            SCALED,
            ("two",),
        ),
    ),
    misprints=(
        Misprint(
            "S10, L226",
            "The bars are lost on the left: printed is that the matrix kΣ becomes "
            "k²|Σ|, which is a number; its first entry, for one, is another.",
            _scaled("corner", lambda q: q.k**2 * q.det),
            _scaled("two", lambda q: q.k**2 * q.det),
        ),
    ),
    remarks=(
        Remark(
            "S10, L211–L226",
            "The slide takes equal variances. For independence a diagonal Σ is enough.",
        ),
    ),
    record=APART.drawn("J", APART_AT),
)

CHAPTER = Chapter(
    "gaussian-vectors",
    "Gaussian vectors",
    "Mean and covariance matrix say everything about a Gaussian vector; its density "
    "falls off along ellipses.",
    (DIMENSIONS, INDEPENDENT),
)
