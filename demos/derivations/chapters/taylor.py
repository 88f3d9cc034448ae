"""A-72 to A-75, A-78, A-79: a function as a landscape, and f a little further on."""

from collections.abc import Callable
from typing import Any

from autograd_core import exp
from autograd_core.numbers.text import derivative, symbol, symbols
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Source
from .pictures import height
from .quasi_newton import inner, times
from .shorthand import claims

__all__ = [
    "AFTER",
    "BEFORE",
    "FIRST",
    "FOOT",
    "HILL",
    "MOVED",
    "NOTES",
    "SECOND",
    "SQUARES",
    "STEP",
    "SURFACE",
    "THERE",
    "THETAS",
    "UNIT",
    "XS",
    "first_term",
    "height_at",
    "second_term",
    "step",
]

THETAS = ("θ1", "θ2")
SQUARES = Model(inputs=THETAS, definitions={"f": lambda q: q.θ1**2 + q.θ2**2})
THERE = Point("(1.5, −0.5)", {"θ1": 1.5, "θ2": -0.5})
NOTES = "the hand-written notes on softmax and Adam, "

# -- A-72, A-73: a hill ----------------------------------------------------------------

XS = ("x1", "x2")


def _p1(x1: Any, x2: Any) -> Any:
    return exp(x1) * x2**2 + x2


def _p2(x1: Any, x2: Any) -> Any:
    return 2 * exp(x1) * x2 + x1


HILL = Model(inputs=XS, definitions={"f": lambda q: exp(q.x1) * q.x2**2 + q.x1 * q.x2})
FOOT = Point("x = (0.5, −1)", {"x1": 0.5, "x2": -1.0})
STEP = (0.1, 0.2)


def _hill_figure() -> str:
    moved = tuple(x + u for x, u in zip(FOOT.values.values(), STEP, strict=True))
    return plots.contour(
        height(HILL, "f", XS, FOOT),
        (-1.5, 1.5),
        (-2.0, 1.5),
        title="Lines of equal height of the hill, with x and x + Δx",
        paths={"Δx": [(0.5, -1.0), (moved[0], moved[1])]},
        marks={"x": (0.5, -1.0)},
        levels=[-0.4, -0.2, 0, 0.25, 0.5, 1, 2, 4, 8],
        names=("x₁", "x₂"),
    )


SURFACE = Article(
    id="scalar-field",
    title="A function as a landscape",
    catalogue_ids=("A-72", "A-73"),
    source=NOTES + "lines L81–L86",
    summary=(
        "A point x has coordinates x₁ to x_d, a displacement Δx as many. A function of "
        "the point is a height over it: hills, valleys. The notes say so beside a "
        "drawing that is lost (E53); this one shows a function chosen for the purpose."
    ),
    parts=(
        Part(
            "Two slopes",
            "The notes write f′(x) for the gradient and f″(x) for the Hessian, X and "
            "ΔX for the vectors, and d/dxₖ where ∂/∂xₖ is meant: the other coordinates "
            "are held (E44).",
            claims(
                HILL,
                "f",
                "A-73, L85",
                (FOOT,),
                {
                    "": lambda q: q.x2 * (exp(q.x1) * q.x2 + q.x1),
                    "x1": lambda q: _p1(q.x1, q.x2),
                    "x2": lambda q: _p2(q.x1, q.x2),
                },
            ),
            HILL,
            ("f",),
            figures=(
                Figure(
                    "The lost picture: lines of equal height. A valley runs from the "
                    "left to the middle; Δx leads down into it.",
                    _hill_figure,
                ),
            ),
        ),
        Part(
            "Four curvatures",
            "The Hessian of this function.",
            claims(
                HILL,
                "f",
                "A-79",
                (FOOT,),
                {
                    "x1 x1": lambda q: exp(q.x1) * q.x2**2,
                    "x1 x2": lambda q: 2 * exp(q.x1) * q.x2 + 1,
                    "x2 x2": lambda q: 2 * exp(q.x1),
                },
            ),
        ),
    ),
    record=HILL.drawn("f", FOOT),
    kind="definition",
    remarks=(
        Remark(
            "A-72, L83–L97 (E44)",
            "X and ΔX are the vectors that are x and Δx below, and the d are partial "
            "derivatives.",
        ),
    ),
)

# -- A-74, A-75, A-78, A-79 ------------------------------------------------------------

F, G = symbol("f"), symbol("g")
_X1, _X2 = symbols("x1 x2")
MOVED = Model(
    inputs=(*XS, "u1", "u2", "t"),
    definitions={
        "p1": lambda q: _p1(q.x1, q.x2),
        "p2": lambda q: _p2(q.x1, q.x2),
        "linear": lambda q: q.p1 * q.u1 + q.p2 * q.u2,
        "z1": lambda q: q.x1 + q.t * q.u1,
        "z2": lambda q: q.x2 + q.t * q.u2,
        "g": lambda q: exp(q.z1) * q.z2**2 + q.z1 * q.z2,
        "half": lambda q: q.g / 2,
        "lengths": lambda q: (q.p1**2 + q.p2**2) * (q.u1**2 + q.u2**2),
    },
    symbols={
        "p1": derivative(F, _X1),
        "p2": derivative(F, _X2),
        "u1": "Δx1",
        "u2": "Δx2",
        "linear": "⟨f′, Δx⟩",
        "g": G,
        "half": G / 2,
        "lengths": "|f′|²|Δx|²",
    },
)
_GIVEN = {**FOOT.values, "u1": STEP[0], "u2": STEP[1]}
BEFORE = Point("Δx = (0.1, 0.2), t = 0", {**_GIVEN, "t": 0.0})
AFTER = Point("Δx = (0.1, 0.2), t = 1", {**_GIVEN, "t": 1.0})


def _bend(q: Any) -> list[list[Any]]:
    mixed = 2 * exp(q.z1) * q.z2 + 1
    return [[exp(q.z1) * q.z2**2, mixed], [mixed, 2 * exp(q.z1)]]


def _quadratic(q: Any) -> Any:
    u = [q.u1, q.u2]
    return inner(u, times(_bend(q), u))


def _literal(q: Any) -> Any:
    # Δx² f″ Δx with the square taken entry by entry.
    u = [q.u1, q.u2]
    return inner([x**2 for x in u], times(_bend(q), u)) / 2


def first_term(source: Source, share: Any) -> Any:
    """⟨f′, share·Δx⟩ at the foot, from the source's own gradient."""
    return share * inner(source.gradient(HILL, "f", XS, FOOT.values), step(source))


def step(source: Source) -> list[Any]:
    """Δx, in numbers of the source."""
    return [source.number(u) for u in STEP]


def second_term(source: Source, share: Any) -> Any:
    """½ΔxᵀHΔx for share·Δx, from the source's own Hessian."""
    u = step(source)
    matrix = source.hessian(HILL, "f", XS, FOOT.values)
    return share**2 * inner(u, times(matrix, u)) / 2


def height_at(source: Source, share: Any) -> Any:
    """f at the foot plus share·Δx."""
    moved = [
        source.number(x) + share * u
        for x, u in zip(FOOT.values.values(), step(source), strict=True)
    ]
    return source.of(HILL, "f", (), dict(zip(XS, moved, strict=True)))


def _error(source: Source, order: int, halvings: int) -> Any:
    """f(x + Δx/2ⁿ) minus its expansion of the first or second order."""
    share = source.number(1) / 2**halvings
    made = source.of(HILL, "f", (), FOOT.values) + first_term(source, share)
    if order == 2:
        made = made + second_term(source, share)
    return height_at(source, share) - made


def _errors(order: int) -> Readings:
    def error(n: int) -> Reading:
        name = f"error at Δx/{2**n}" if n else "error at Δx"
        return Reading(name, lambda source: _error(source, order, n))

    def ratio(n: int) -> Reading:
        return Reading(
            f"error at Δx/{2**n} over error at Δx/{2 ** (n + 1)}",
            lambda source: _error(source, order, n) / _error(source, order, n + 1),
        )

    rows = (*map(error, range(4)), *map(ratio, range(3)))
    return Readings(f"What the order {order} leaves", rows)


def _along(order: int) -> Any:
    # The expansion along the line x + tΔx, as a function of t.
    source = engine_source()
    base = source.of(HILL, "f", (), FOOT.values)

    def f(t: float) -> float:
        made = base + first_term(source, t)
        return float(made + second_term(source, t) if order == 2 else made)

    return f


def _line_figure(order: int) -> Any:
    def draw() -> str:
        source = engine_source()
        steps = [6 * k / 40 - 2 for k in range(41)]
        of: dict[str, Callable[[float], float]] = {
            "f itself": lambda t: float(height_at(source, t))
        }
        of |= {f"order {k}": _along(k) for k in range(1, order + 1)}
        return plots.lines(
            {name: [(t, f(t)) for t in steps] for name, f in of.items()},
            title=f"f along x + tΔx and its expansion to the order {order}",
            names=("t", "f(x + tΔx)"),
        )

    return draw


FIRST = Article(
    id="taylor-first-order",
    title="A little further on: the linear term",
    catalogue_ids=("A-74", "A-75"),
    source=NOTES + "lines L88–L99",
    summary=(
        "f(x + Δx) is nearly f(x) plus each slope times its displacement. Written as "
        "an inner product it is the same number; only the step from f(x + Δx) to the "
        "sum is an approximation."
    ),
    parts=(
        Part(
            "The linear term is a derivative",
            "Go from x to x + Δx with t from 0 to 1: g(t) = f(x + tΔx). At t = 0 its "
            "slope is the inner product of gradient and displacement.",
            (
                *claims(
                    MOVED,
                    "g",
                    "A-74, L91–L99",
                    (
                        BEFORE,
                        AFTER,
                    ),
                    {"t": lambda q: _p1(q.z1, q.z2) * q.u1 + _p2(q.z1, q.z2) * q.u2},
                ),
            ),
            MOVED,
            ("z1", "z2", "g"),
            readings=(
                Readings(
                    "From x = (0.5, −1) by Δx = (0.1, 0.2)",
                    (
                        Reading("⟨f′, Δx⟩", lambda source: first_term(source, 1)),
                        Reading(
                            "f(x) + ⟨f′, Δx⟩",
                            lambda source: height_at(source, 0) + first_term(source, 1),
                        ),
                        Reading("f(x + Δx)", lambda source: height_at(source, 1)),
                    ),
                ),
            ),
            figures=(Figure("The tangent along the displacement.", _line_figure(1)),),
        ),
        Part(
            "How good it is",
            "The error goes with the square of the displacement: half of it leaves a "
            "quarter of the error, nearly.",
            readings=(_errors(1),),
        ),
    ),
    record=MOVED.drawn("g", AFTER),
)


def _unit() -> Point:
    size = sum(u * u for u in STEP) ** 0.5
    values = {**FOOT.values, "u1": STEP[0] / size, "u2": STEP[1] / size, "t": 0.0}
    return Point("u = Δx/|Δx|, t = 0", values)


UNIT = _unit()


def _curve(form: Any, where: str) -> Claim:
    (made,) = claims(MOVED, "half", where, (BEFORE,), {"t t": form})
    return made


SECOND = Article(
    id="taylor-second-order",
    title="The quadratic term",
    catalogue_ids=("A-78", "A-79"),
    source=NOTES + "lines L114–L116",
    summary=(
        "Along a line a function of many variables is a function g of one, and has the "
        "usual expansion g(0) + g′(0)t + g″(0)t²/2. Its second derivative is made of "
        "the Hessian and the direction, twice. (This g has nothing to do with the "
        "gradients g of the notes' next page.)"
    ),
    parts=(
        Part(
            "Along a direction",
            "With a unit vector u these are slope and curvature of f in that "
            "direction; with u = Δx they are the terms of the expansion.",
            (
                *claims(
                    MOVED,
                    "g",
                    "A-78, L114",
                    (
                        UNIT,
                        BEFORE,
                    ),
                    {
                        "t": lambda q: _p1(q.z1, q.z2) * q.u1 + _p2(q.z1, q.z2) * q.u2,
                        "t t": _quadratic,
                    },
                ),
                _curve(lambda q: _quadratic(q) / 2, "A-79, L116"),
            ),
            MOVED,
            ("z1", "z2", "g"),
            readings=(
                Readings(
                    "From x = (0.5, −1) by Δx = (0.1, 0.2)",
                    (
                        Reading("½Δxᵀf″Δx", lambda source: second_term(source, 1)),
                        Reading(
                            "second-order expansion",
                            lambda source: (
                                height_at(source, 0)
                                + first_term(source, 1)
                                + second_term(source, 1)
                            ),
                        ),
                        Reading("f(x + Δx)", lambda source: height_at(source, 1)),
                    ),
                ),
            ),
            figures=(
                Figure("Two expansions of f along the displacement.", _line_figure(2)),
            ),
        ),
        Part(
            "How good it is",
            "Now the error goes with the cube: half the displacement leaves an eighth.",
            readings=(_errors(2),),
        ),
    ),
    misprints=(
        Misprint(
            "A-79, L116 (E46)",
            "The quadratic term is printed ½Δx²f″Δx: the transpose has become a "
            "square. With a square of each entry it would be of the third order. (The "
            "sign before it is =; ≐ is meant, as two lines above.)",
            _curve(_literal, "L116"),
            _curve(lambda q: _quadratic(q) / 2, "L116"),
        ),
    ),
    remarks=(
        Remark(
            "A-78, L114 and L132–L170 (E52)",
            "g is f along a line here; later, with an index, it is the gradient, and "
            "under a hat the mean of its squares.",
        ),
        Remark(
            "A-79, L114–L116 (E46)",
            "The second line is an approximation like the first, and that Δx = t·u is "
            "left out.",
        ),
    ),
    record=MOVED.drawn("g", AFTER, "t"),
)
