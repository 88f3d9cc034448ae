"""S27 to S30: a model that is right, one too simple, and one too complex."""

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Reading, Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_2D, newton
from .least_squares import POINTS, XS, YS, fitted, line, powers, predicted, residual_sum
from .networks import total
from .orthogonal import fit
from .quadrature import integral
from .regression import SLIDES
from .ridge import COST, COST_AT, PATH
from .shorthand import claims, noted, values

__all__ = [
    "CHAPTER",
    "FLOOR",
    "FLOOR_RUN",
    "NOISE_FREE",
    "NOISE_FREE_AT",
    "STRENGTHS",
    "THROUGH",
    "THROUGH_AT",
    "error_on_new_data",
]

Rule = Callable[[Any], Any]


# -- data with a seed ------------------------------------------------------------------

TRUE = (1.0, -1.3, 0.7)
SIGMA, SEED = 0.5, 7


def truth(x: Any) -> Any:
    """The quadratic that the data come from."""
    return TRUE[0] + TRUE[1] * x + TRUE[2] * x**2


def _places(m: int) -> list[float]:
    return [-2 + 4 * (i + 0.5) / m for i in range(m)]


def sample(m: int) -> tuple[list[float], list[float]]:
    """m points of the quadratic with noise; always the same."""
    noise = random.Random(SEED)
    xs = _places(m)
    return xs, [truth(x) + noise.gauss(0.0, SIGMA) for x in xs]


def error_on_new_data(degree: int, m: int) -> Callable[[Any], Any]:
    """The mean squared error on new data, for a `Source`: that of the fit plus σ²."""

    def compute(source: Any) -> Any:
        number = source.number
        xs, ys = sample(m)
        found = fit([*map(number, xs)], [*map(number, ys)], degree)
        apart = [(found(x) - truth(x)) ** 2 for x in map(number, _places(200))]
        return total(apart) / 200 + number(SIGMA) ** 2

    return compute


@cache
def _fitted(degree: int, m: int) -> Callable[[Any], Any]:
    return fit(*sample(m), degree)


def _errors(degree: int) -> Readings:
    return Readings(
        f"Mean squared error on new data, degree {degree}",
        tuple(
            Reading(f"from {m} points", error_on_new_data(degree, m))
            for m in (60, 120, 480)
        ),
    )


def _fits_figure(*degrees: int) -> Callable[[], str]:
    def draw() -> str:
        xs, ys = sample(60)
        curves: dict[str, Callable[[float], float]] = {"the truth": truth}
        curves |= {f"degree {d}": _fitted(d, 60) for d in degrees}
        return plots.fit(
            list(zip(xs, ys, strict=True)),
            curves,
            (xs[0], xs[-1]),
            title="Sixty points of a quadratic with noise, and fitted polynomials",
        )

    return draw


# -- S27 and S28 -----------------------------------------------------------------------

PLACES = (0, 1, 2, 3, 4)


def _clean(q: Any) -> list[Any]:
    return [q.t0 + q.t1 * x + q.t2 * x**2 for x in PLACES]


def _entry(name: str, k: int) -> Rule:
    return lambda q: getattr(q, name)[k]


NOISE_FREE = Model(
    inputs=("t0", "t1", "t2"),
    definitions={
        "quadratic": lambda q: fitted([powers(x, 2) for x in PLACES], _clean(q)),
        "linear": lambda q: fitted(line(PLACES), _clean(q)),
        **{f"u{k}": _entry("quadratic", k) for k in range(3)},
        **{f"v{k}": _entry("linear", k) for k in range(2)},
        "RSS": lambda q: residual_sum(line(PLACES), _clean(q), q.linear),
    },
    symbols={
        **{f"t{k}": f"θ{k}" for k in range(3)},
        **{f"u{k}": f"fitted θ{'₀₁₂'[k]}" for k in range(3)},
        **{f"v{k}": f"θ{'₀₁'[k]} of the line" for k in range(2)},
        "RSS": "RSS of the line",
    },
    ranges={"t2": (0.5, 2.0)},
)
NOISE_FREE_AT = Point("θ = (1, −1.3, 0.7)", {"t0": 1.0, "t1": -1.3, "t2": 0.7})


def _clean_claims(target: str, form: Rule) -> tuple[Claim, ...]:
    return claims(NOISE_FREE, target, "S27–S28", (NOISE_FREE_AT,), {"": form})


def _mean_square(q: Any) -> Any:
    def missed(x: Any) -> Any:
        return (x**2 - q.a - q.b * x) ** 2

    return integral(missed, 0, 1, 1, exact=q.exact, rule="Boole")


FLOOR = Model(
    inputs=("a", "b"),
    definitions={"E": noted("∫ (x² − θ₀ − θ₁x)² dx over [0, 1]", _mean_square)},
    symbols={"a": "θ0", "b": "θ1"},
)
FLAT = Point("θ = (0, 0)", {"a": 0.0, "b": 0.0})
LOW = Point("θ = (−1/6, 1)", {"a": -1 / 6, "b": 1.0})
FLOOR_RUN = Run("Newton's method", FLOOR, "E", ("a", "b"), FLAT, 1, newton, NEWTON_2D)


def _expanded(q: Any) -> Any:
    square = q.exact("1/5") - 2 * q.a / 3 - q.b / 2
    return square + q.a**2 + q.a * q.b + q.b**2 / 3


RIGHT = Article(
    id="model-complexity",
    title="Right, and too simple",
    catalogue_ids=("S27", "S28"),
    source=f"{SLIDES}, lines L436–L460",
    summary=(
        "The truth is a quadratic with noise of variance σ². A quadratic model finds "
        "it; with more data its error on new data goes to σ², and no model can do "
        "better. A line never gets there, whatever the number of data. (The slide says "
        "bias equal noise level. The bias of the right model is 0; it is the error on "
        "new data that goes to σ².)"
    ),
    parts=(
        Part(
            "Without noise",
            "From five points of a quadratic the fit gets its parameters back. The "
            "best line through the same points is θ₀ − 2θ₂ and θ₁ + 4θ₂, and misses "
            "14θ₂² altogether.",
            (
                _clean_claims("u0", lambda q: q.t0)
                + _clean_claims("u1", lambda q: q.t1)
                + _clean_claims("u2", lambda q: q.t2)
                + _clean_claims("v0", lambda q: q.t0 - 2 * q.t2)
                + _clean_claims("v1", lambda q: q.t1 + 4 * q.t2)
                + _clean_claims("RSS", lambda q: 14 * q.t2**2)
            ),
            readings=(
                Readings(
                    "For 1 − 1.3x + 0.7x² at x = 0, 1, 2, 3, 4",
                    value_at(NOISE_FREE, "u0 u1 u2 v0 v1 RSS", NOISE_FREE_AT),
                ),
            ),
        ),
        Part(
            "A floor that does not go away",
            "With all x between 0 and 1 equally likely the sum becomes an integral. "
            "Boole's rule is exact for it. The best line for x² is x − 1/6, and the "
            "mean square that it misses is 1/180.",
            claims(
                FLOOR,
                "E",
                "S28",
                (FLAT, LOW),
                {
                    "": _expanded,
                    "a": lambda q: 2 * q.a + q.b - q.exact("2/3"),
                    "b": lambda q: q.a + 2 * q.b / 3 - q.exact("1/2"),
                },
            ),
            FLOOR,
            ("E",),
            runs=(FLOOR_RUN,),
        ),
        Part(
            "With noise",
            "The data are 1 − 1.3x + 0.7x² with σ = 0.5, always the same. On new data "
            "no model gets below σ² = 0.25. More data help the quadratic to get there; "
            "the line they do not help.",
            readings=(_errors(2), _errors(1)),
            figures=(
                Figure(
                    "The quadratic is on the truth, the line is not.",
                    _fits_figure(2, 1),
                ),
            ),
        ),
    ),
    record=FLOOR.drawn("E", LOW),
    kind="algorithm",
    remarks=(
        Remark(
            "S27, L440",
            "The bias of the right model is 0. It is the error on new data that comes "
            "down to the noise level.",
        ),
    ),
)

# -- S29 -------------------------------------------------------------------------------

THROUGH = Model(
    inputs=("y1", "y2", "y3", "x"),
    definitions={
        "theta": noted(
            "(ΦᵀΦ)⁻¹Φᵀy",
            lambda q: fitted([powers(x, 2) for x in XS], (q.y1, q.y2, q.y3)),
        ),
        "t0": _entry("theta", 0),
        "t1": _entry("theta", 1),
        "t2": _entry("theta", 2),
        "f": lambda q: q.t0 + q.t1 * q.x + q.t2 * q.x**2,
        "first": lambda q: q.t0 + q.t1 + q.t2,
        "f1": lambda q: q.t0 + q.t1 * q.exact("1") + q.t2 * q.exact("2"),
        "line": noted(
            "the line",
            lambda q: predicted([1, q.x], fitted(line(XS), (q.y1, q.y2, q.y3))),
        ),
    },
    symbols={
        "theta": "θ",
        "t0": "θ0",
        "t1": "θ1",
        "t2": "θ2",
        "f": "f(x)",
        "first": "f(1)",
        "f1": "f as printed",
        "line": "the line at x",
    },
)
THROUGH_AT = Point(
    "(1, 2), (2, 5), (3, 3), x = 4",
    {**{f"y{i}": float(y) for i, y in enumerate(YS, 1)}, "x": 4.0},
)


def _through(target: str, form: Rule) -> tuple[Claim, ...]:
    return claims(THROUGH, target, "S29, L472", (THROUGH_AT,), {"": form})


def _lagrange(q: Any) -> Any:
    x = q.x
    first = (x - 2) * (x - 3) / 2 * q.y1
    return first - (x - 1) * (x - 3) * q.y2 + (x - 1) * (x - 2) / 2 * q.y3


def _through_figure() -> str:
    found = THROUGH.run(THROUGH_AT.values)
    best = fitted(line(XS), YS)
    return plots.fit(
        POINTS,
        {
            "quadratic": lambda x: found.t0 + found.t1 * x + found.t2 * x**2,
            "line": lambda x: float(predicted([1, x], best)),
        },
        (0.5, 4.2),
        title="A quadratic goes through all three points, and falls after the last",
    )


COMPLEX = Article(
    id="model-too-complex",
    title="Too complex",
    catalogue_ids=("S29",),
    source=f"{SLIDES}, lines L466–L480",
    summary=(
        "With as many parameters as points a model goes through every point, noise and "
        "all. The error on the training data is 0 and says nothing. More data help "
        "here, as the slide says: the more, the less room is left for noise."
    ),
    parts=(
        Part(
            "Through every point",
            "Three parameters, three points: the fit is the polynomial of Lagrange. At "
            "x = 4 it says −4, where the line says 13/3.",
            (
                _through("f", _lagrange)
                + _through("first", lambda q: q.y1)
                + claims(
                    THROUGH,
                    "f",
                    "S29",
                    (THROUGH_AT,),
                    {"y3": lambda q: (q.x - 1) * (q.x - 2) / 2},
                )
            ),
            THROUGH,
            ("theta", "f"),
            readings=(
                Readings(
                    "From the three points to x = 4",
                    value_at(THROUGH, "t0 t1 t2 f line", THROUGH_AT),
                ),
            ),
            figures=(
                Figure("Both curves fit; one of them may be trusted.", _through_figure),
            ),
        ),
        Part(
            "Degree 25",
            "The data are those of the quadratic with σ = 0.5, and the model has 26 "
            "parameters. From 60 points it follows the noise, and between the last "
            "points it swings out; from 480 it is nearly as good as the right model. "
            "(It is fitted with polynomials that are orthogonal on the data: with "
            "powers of x the normal equations would have no digit left.)",
            readings=(_errors(25),),
            figures=(Figure("Degree 25 follows the noise.", _fits_figure(2, 25)),),
        ),
    ),
    misprints=(
        Misprint(
            "S29, L472",
            "x with (1), ..., (25) above is the way samples are numbered. Powers of x "
            "are meant. With the samples 1 and 2 in their place f would not depend on "
            "x.",
            _through("f", lambda q: q.f1)[0],
            _through("f", lambda q: q.t0 + q.t1 * q.x + q.t2 * q.x**2)[0],
        ),
    ),
    record=THROUGH.drawn("t2", THROUGH_AT, "y1", "y2", "y3"),
    kind="counterexample",
)

# -- S30 -------------------------------------------------------------------------------

STRENGTHS = tuple(Point(f"δ² = {c:g}", {"c": c}) for c in (0.0, 0.5, 5.0, 50.0))


def _balance(point: Point) -> Reading:
    def compute(source: Any) -> Any:
        missed = source.of(PATH, "RSS", ("c",), point.values)
        return missed + point.values["c"] * source.of(
            PATH, "size", ("c",), point.values
        )

    return Reading(f"d(RSS)/d(δ²) + δ²·d(θᵀθ)/d(δ²) at {point.label}", compute)


def _path(target: str, wrt: str) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            f"d({name})/d(δ²) at {at.label}",
            derivative_at(PATH, target, wrt, at).compute,
        )
        for name in (str(PATH.symbol(target)),)
        for at in STRENGTHS
    )


def _cost(forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(COST, "J", "S30, L486", (COST_AT,), forms)


def _tamed_figure() -> str:
    xs, ys = sample(20)
    rows = [powers(x / 2, 9) for x in xs]
    curves = {
        f"δ² = {c:g}": _tamed(fitted(rows, ys, [0, *[c] * 9]))
        for c in (1e-6, 0.1, 100.0)
    }
    return plots.fit(
        list(zip(xs, ys, strict=True)),
        curves,
        (xs[0], xs[-1]),
        title="Twenty points and polynomials of degree 9 with three penalties",
    )


def _tamed(theta: list[Any]) -> Callable[[float], float]:
    return lambda x: float(predicted(powers(x / 2, 9), theta))


CONTROL = Article(
    id="complexity-control",
    title="Complexity under control",
    catalogue_ids=("S30",),
    source=f"{SLIDES}, lines L482–L486",
    summary=(
        "Instead of choosing a degree one may take a rich model and a penalty. With "
        "growing δ² the sum of squares on the training data rises and the parameters "
        "shrink: the model becomes simpler, without a step."
    ),
    parts=(
        Part(
            "From least squares to nothing",
            "The line through three points, with ridge regression. Along the path both "
            "slopes have the sign that they must have, and what RSS gains is δ² times "
            "what θᵀθ loses, because the two gradients are parallel.",
            model=PATH,
            defines=("theta", "size", "RSS"),
            readings=(
                *(
                    Readings(f"{name} along the path", values(PATH, target, STRENGTHS))
                    for name, target in (
                        ("θ₀", "t0"),
                        ("θ₁", "t1"),
                        ("RSS", "RSS"),
                        ("θᵀθ", "size"),
                    )
                ),
                Readings(
                    "Slopes",
                    (
                        *_path("RSS", "c"),
                        *_path("size", "c"),
                        *map(_balance, STRENGTHS),
                    ),
                ),
            ),
        ),
        Part(
            "A rich model with a penalty",
            "Twenty of the points with noise, and a polynomial of degree 9. A tiny "
            "penalty leaves it wild, a huge one makes it flat.",
            figures=(
                Figure("The penalty decides how much it may bend.", _tamed_figure),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S30, L486",
            "δ² (θᵀθ)/(θᵀθ) is δ², a constant that changes nothing. It is δ² θᵀθ.",
            _cost({"": lambda q: q.RSS + q.c * (q.a**2 + q.b**2) / (q.a**2 + q.b**2)})[
                0
            ],
            _cost({"": lambda q: q.RSS + q.c * (q.a**2 + q.b**2)})[0],
        ),
        Misprint(
            "S30, L486",
            "The plain sum is called MSE again. With a true mean the same δ² would "
            "weigh m times as much.",
            _cost({"": lambda q: q.RSS / 3 + q.c * (q.a**2 + q.b**2)})[0],
            _cost({"": lambda q: q.RSS + q.c * (q.a**2 + q.b**2)})[0],
        ),
    ),
    record=PATH.drawn("size", STRENGTHS[1]),
    kind="algorithm",
)

CHAPTER = Chapter(
    "model-complexity",
    "The right complexity",
    "A model may be too simple for what it is to learn, or so rich that it learns the "
    "noise. New data tell, and a penalty helps.",
    (RIGHT, COMPLEX, CONTROL),
)
