"""S35, S37, S38: slopes and curvatures in several variables, and what they mean."""

from typing import Any

from autograd_core import cos, exp, sin
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Limit, Reading, Readings, eigenvalues, value_at
from .directions import DIRECTION
from .linear_gradients import ARTICLES as LINEAR
from .pictures import height
from .shorthand import claims
from .taylor import FIRST, SECOND, SQUARES, SURFACE, THERE, THETAS

__all__ = ["CHAPTER", "FLAT", "MAPS"]

SLIDES = "the slides on the multi-layer perceptron, lines "


def _two(a: float, b: float, names: tuple[str, str] = THETAS) -> Point:
    label = f"({a:g}, {b:g})".replace("-", "−")
    return Point(label, dict(zip(names, (a, b), strict=True)))


# -- S35 -------------------------------------------------------------------------------


def _slice_figure() -> str:
    f = height(SQUARES, "f", ("θ1",), THERE)
    return plots.curve(
        f,
        (-2.0, 2.5),
        title="f along θ₁ with θ₂ held at −0.5, and its tangent at θ₁ = 1.5",
        tangents={"slope 2θ₁ = 3": (1.5, 3.0)},
        names=("θ₁", "f(θ₁, −0.5)"),
    )


PARTIAL = Article(
    id="partial-derivative",
    title="One slope per variable",
    catalogue_ids=("S35",),
    source=SLIDES + "L544–L555",
    summary=(
        "Move one variable a little and hold the others: the change of f per unit of "
        "the move, in the limit, is the partial derivative. The slopes by all "
        "variables, in one column, are the gradient."
    ),
    parts=(
        Part(
            "The example",
            "The other variable is a constant, and its square has the slope zero.",
            claims(
                SQUARES,
                "f",
                "S35, L550–L555",
                (THERE,),
                {
                    "θ1": lambda q: 2 * q.θ1,
                    "θ2": lambda q: 2 * q.θ2,
                    "θ1 θ1": lambda q: q.exact("2"),
                    "θ1 θ2": lambda q: q.exact("0"),
                    "θ2 θ2": lambda q: q.exact("2"),
                },
            ),
            SQUARES,
            ("f",),
            figures=(Figure("A cut through the bowl at θ₂ = −0.5.", _slice_figure),),
        ),
        Part(
            "The limit",
            "For this f the quotient is 2θ₁ + h exactly, so its error is h. The "
            "central quotient has none at all: the errors of both sides cancel.",
            limits=(
                Limit("By θ₁, at (1.5, −0.5)", SQUARES, "f", "θ1", THERE),
                Limit("By θ₂, at (1.5, −0.5)", SQUARES, "f", "θ2", THERE),
            ),
        ),
    ),
    record=SQUARES.drawn("f", THERE),
    kind="limit",
)

# -- S37 -------------------------------------------------------------------------------

FLAT = Model(
    inputs=THETAS,
    definitions={
        "f": lambda q: q.θ1**4 + q.θ2**4,
        "s": lambda q: q.θ1**2 - q.θ2**2,
    },
)
ZERO = _two(0.0, 0.0)


def _bends(model: Model, target: str, point: Point, name: str) -> list[Reading]:
    def row(place: int) -> Reading:
        def compute(source: Any) -> Any:
            matrix = source.hessian(model, target, THETAS, point.values)
            return eigenvalues(matrix)[place]

        return Reading(f"eigenvalue {'₁₂'[place]} of the Hessian of {name}", compute)

    return [row(0), row(1)]


def _above_chord(target: str, a: Point, b: Point) -> Reading:
    # How far the function is above the chord in the middle; a convex one never is.
    def compute(source: Any) -> Any:
        ends = [source.of(FLAT, target, (), p.values) for p in (a, b)]
        middle = {n: (a.values[n] + b.values[n]) / 2 for n in THETAS}
        return source.of(FLAT, target, (), middle) - (ends[0] + ends[1]) / 2

    name = {"f": "θ₁⁴ + θ₂⁴", "s": "θ₁² − θ₂²"}[target]
    return Reading(f"{name}: {a.label} to {b.label}", compute)


def _flat_figure() -> str:
    return plots.curve(
        height(FLAT, "f", ("θ1",), ZERO),
        (-1.2, 1.2),
        title="θ₁ to the fourth along θ₁: a minimum with a flat bottom",
        tangents={"no slope, no curvature": (0.0, 0.0)},
        names=("θ₁", "f(θ₁, 0)"),
    )


CONVEXITY = Article(
    id="curvature-at-a-minimum",
    title="What a minimum says about the Hessian",
    catalogue_ids=("S37",),
    source=SLIDES + "L566–L581",
    summary=(
        "Where the slope is zero and all eigenvalues of the Hessian are positive there "
        "is a minimum. The slides have it the other way round: if there is a minimum, "
        "all are positive. That is not so; a minimum only excludes negative ones."
    ),
    parts=(
        Part(
            "The example of the slides",
            "The Hessian of the bowl is twice the identity, everywhere.",
            claims(
                SQUARES,
                "f",
                "S37, L568–L574",
                (THERE,),
                {
                    "θ1 θ1": lambda q: q.exact("2"),
                    "θ2 θ2": lambda q: q.exact("2"),
                    "θ1 θ2": lambda q: q.exact("0"),
                    "θ2 θ1": lambda q: q.exact("0"),
                },
            ),
            SQUARES,
            ("f",),
            readings=(
                Readings(
                    "At (1.5, −0.5)",
                    tuple(_bends(SQUARES, "f", THERE, "θ₁² + θ₂²")),
                ),
            ),
        ),
        Part(
            "The counterexample",
            "θ₁⁴ + θ₂⁴ is 0 at the origin and positive everywhere else: a strict "
            "minimum. Its Hessian there is zero.",
            claims(
                FLAT,
                "f",
                "S37",
                (
                    THERE,
                    ZERO,
                ),
                {
                    "θ1": lambda q: 4 * q.θ1**3,
                    "θ1 θ1": lambda q: 12 * q.θ1**2,
                    "θ1 θ2": lambda q: q.exact("0"),
                    "θ2 θ2": lambda q: 12 * q.θ2**2,
                },
            ),
            FLAT,
            ("f",),
            readings=(
                Readings(
                    "At (0, 0), and the height at four places around it",
                    (
                        *_bends(FLAT, "f", ZERO, "θ₁⁴ + θ₂⁴"),
                        *(
                            Reading(f"f{p.label}", value_at(FLAT, "f", p)[0].compute)
                            for p in (
                                _two(0.1, 0),
                                _two(-0.1, 0),
                                _two(0, 0.1),
                                _two(0.1, -0.1),
                            )
                        ),
                    ),
                ),
            ),
            figures=(Figure("Flat, and a minimum all the same.", _flat_figure),),
        ),
        Part(
            "Convex or not",
            "A convex function is nowhere above its chords. For θ₁⁴ + θ₂⁴ the middle "
            "is below; for the saddle θ₁² − θ₂², whose Hessian has a negative "
            "eigenvalue, it is above the chord from (0, −1) to (0, 1).",
            readings=(
                Readings(
                    "f in the middle minus the mean of the ends",
                    (
                        _above_chord("f", _two(0, -1), _two(0, 1)),
                        _above_chord("s", _two(0, -1), _two(0, 1)),
                        _above_chord("s", _two(-1, 0), _two(1, 0)),
                    ),
                ),
                Readings(
                    "The saddle at (0, 0)", tuple(_bends(FLAT, "s", ZERO, "θ₁² − θ₂²"))
                ),
            ),
        ),
    ),
    record=FLAT.drawn("f", THERE),
    kind="counterexample",
    remarks=(
        Remark(
            "S37, L581",
            "At a minimum no eigenvalue is negative, but one may be zero. That all "
            "are positive is sufficient, not necessary.",
        ),
    ),
)

# -- S38 -------------------------------------------------------------------------------

AB = ("a", "b")
MAPS = Model(
    inputs=AB,
    definitions={
        "f1": lambda q: q.a**2 * q.b,
        "f2": lambda q: sin(q.a) + q.b,
        "f3": lambda q: exp(q.a * q.b),
        "together": lambda q: q.f1 + q.f2 + q.f3,
    },
    symbols={"together": "f1 + f2 + f3"},
)
MAP_AT = _two(0.6, -1.1, AB)


def _map(target: str, **forms: Any) -> tuple[Claim, ...]:
    named = {" ".join(words): form for words, form in forms.items()}
    return claims(MAPS, target, "S38, L585–L597", (MAP_AT,), named)


DEFINITIONS = Article(
    id="gradient-jacobian-hessian",
    title="Gradient, Jacobian, Hessian",
    catalogue_ids=("S38",),
    source=SLIDES + "L585–L597",
    summary=(
        "A function with one output has a gradient: a slope per input. With several "
        "outputs it has a Jacobian: a row of slopes per output. The second derivatives "
        "of one output are its Hessian. The engine gets a gradient by one backward "
        "sweep, a Jacobian by one sweep per output."
    ),
    parts=(
        Part(
            "The Jacobian of three functions of two variables",
            "Three rows, two columns; row i is the gradient of fᵢ.",
            (
                *_map("f1", a=lambda q: 2 * q.a * q.b, b=lambda q: q.a**2),
                *_map("f2", a=lambda q: cos(q.a), b=lambda q: q.exact("1")),
                *_map(
                    "f3",
                    a=lambda q: q.b * exp(q.a * q.b),
                    b=lambda q: q.a * exp(q.a * q.b),
                ),
            ),
            MAPS,
            ("f1", "f2", "f3"),
        ),
        Part(
            "Two Hessians",
            "Each is symmetric, so three numbers are enough.",
            (
                *_map(
                    "f1",
                    aa=lambda q: 2 * q.b,
                    ab=lambda q: 2 * q.a,
                    ba=lambda q: 2 * q.a,
                    bb=lambda q: q.exact("0"),
                ),
                *_map(
                    "f3",
                    aa=lambda q: q.b**2 * exp(q.a * q.b),
                    ab=lambda q: (1 + q.a * q.b) * exp(q.a * q.b),
                    bb=lambda q: q.a**2 * exp(q.a * q.b),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S38, L593",
            "The first column of the Jacobian is printed with second derivatives. Its "
            "entries are first ones, like those of the last column.",
            _map("f1", a=lambda q: 2 * q.b)[0],
            _map("f1", a=lambda q: 2 * q.a * q.b)[0],
        ),
        Misprint(
            "S38, L597",
            "The entries of the last column lack the exponent 2 on their numerators. "
            "Read literally, ∂f/∂θ² is a first derivative, by the square of θ: the "
            "slope divided by 2θ.",
            _map("f3", bb=lambda q: q.a * exp(q.a * q.b) / (2 * q.b))[0],
            _map("f3", bb=lambda q: q.a**2 * exp(q.a * q.b))[0],
        ),
    ),
    record=MAPS.drawn("together", MAP_AT),
    kind="definition",
)

CHAPTER = Chapter(
    "gradients",
    "Gradients and how f changes",
    "With several variables a function has a slope in every direction. The gradient "
    "knows them all; the Hessian knows how they change.",
    (PARTIAL, SURFACE, FIRST, DIRECTION, SECOND, CONVEXITY, DEFINITIONS, *LINEAR),
)
