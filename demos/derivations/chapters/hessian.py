"""N69 to N73: the Hessian, and what its eigenvalues say about a flat place."""

from typing import Any

from autograd_core import cos, exp, sin, sqrt
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import (
    Printed,
    Reading,
    Readings,
    Source,
    eigenvalues,
    eigenvector,
    value_at,
)
from .shorthand import evaluated

__all__ = ["ARTICLES", "BOWL", "DOME", "MIXED", "PRODUCTS", "SADDLE", "bend"]

XY = ("x", "y")


def at(x: float, y: float) -> Point:
    """The point (x, y)."""
    return Point(f"({x:g}, {y:g})".replace("-", "−"), {"x": x, "y": y})


ORIGIN = at(0, 0)


def bend(model: Model, point: Point, place: int) -> Reading:
    """An eigenvalue of the Hessian of f, the smaller one first."""

    def compute(source: Source) -> Any:
        return eigenvalues(source.hessian(model, "f", XY, point.values))[place]

    return Reading(f"eigenvalue {place + 1} of H at {point.label}", compute)


# -- N69 -------------------------------------------------------------------------------

MIXED = Model(
    inputs=XY, definitions={"f": lambda q: sin(q.x) * exp(q.y) + q.x**2 * q.y}
)
HERE = at(0.6, -0.4)


def _claim(model: Model, wrt: str, form: Any, where: str, *points: Point) -> Claim:
    return Claim(model, "f", tuple(wrt), (form,), where, points)


DEFINITION = Article(
    id="hessian",
    title="The Hessian",
    catalogue_ids=("N69",),
    source="the hand-written calculus notes, lines L981–L986",
    summary=(
        "A function of two variables has two slopes, and each of them has two slopes "
        "again. The four second derivatives, in a square, are the Hessian: how the "
        "gradient changes when the point moves."
    ),
    parts=(
        Part(
            "An example",
            "Differentiating by x and then by y gives the same as the other way round, "
            "for every function whose second derivatives are continuous: the square is "
            "symmetric. (In the notes' table the gradient has slipped into the row of "
            "the second derivatives.)",
            (
                _claim(
                    MIXED,
                    "x",
                    lambda q: cos(q.x) * exp(q.y) + 2 * q.x * q.y,
                    "N69",
                    HERE,
                ),
                _claim(MIXED, "y", lambda q: sin(q.x) * exp(q.y) + q.x**2, "N69", HERE),
                _claim(
                    MIXED, "xx", lambda q: -sin(q.x) * exp(q.y) + 2 * q.y, "N69", HERE
                ),
                _claim(
                    MIXED, "xy", lambda q: cos(q.x) * exp(q.y) + 2 * q.x, "N69", HERE
                ),
                _claim(
                    MIXED, "yx", lambda q: cos(q.x) * exp(q.y) + 2 * q.x, "N69", HERE
                ),
                _claim(MIXED, "yy", lambda q: sin(q.x) * exp(q.y), "N69", HERE),
            ),
            MIXED,
            ("f",),
        ),
    ),
    record=MIXED.drawn("f", HERE),
    kind="definition",
    remarks=(
        Remark(
            "N69, L984–L986",
            "The table has slipped by a row: ∇f belongs to the first derivatives. "
            "When H is symmetric is left out.",
        ),
    ),
)

# -- the eigenvalues of a symmetric two by two -----------------------------------------


def _pencil(a: str, b: str, d: str) -> Model:
    # det(H - λI) of one Hessian, and its eigenvalues.
    def matrix(q: Any) -> Any:
        return ((q.exact(a), q.exact(b)), (q.exact(b), q.exact(d)))

    return Model(
        inputs=("λ",),
        definitions={
            "det": lambda q: (q.exact(a) - q.λ) * (q.exact(d) - q.λ) - q.exact(b) ** 2,
            "low": lambda q: eigenvalues(matrix(q))[0],
            "high": lambda q: eigenvalues(matrix(q))[1],
        },
        symbols={"det": "det(H − λI)", "low": "λ1", "high": "λ2"},
        ranges={"λ": (-9.0, 9.0)},
    )


LAMBDA = Point("λ = 2", {"λ": 2.0})


def _characteristic(model: Model, form: Any, where: str) -> Claim:
    return Claim(model, "det", (), (form,), where, (LAMBDA,))


def _root(model: Model, name: str, middle: str, sign: int, where: str) -> Claim:
    def form(q: Any) -> Any:
        root = sqrt(q.exact("2"))
        return q.exact(middle) + root if sign > 0 else q.exact(middle) - root

    return Claim(model, name, (), (form,), where, (LAMBDA,))


# -- N70 and N71 -----------------------------------------------------------------------

BOWL = Model(
    inputs=XY, definitions={"f": lambda q: 2 * q.x**2 + 3 * q.y**2 - q.x * q.y}
)
BOWL_PENCIL = _pencil("4", "-1", "6")
ONE_TWO = at(1, 2)


def _product(source: Source) -> Any:
    low, high = eigenvalues(source.hessian(BOWL, "f", XY, ORIGIN.values))
    return low * high


PRODUCTS = (
    Reading("their product", _product),
    evaluated(
        "product of the printed ones",
        BOWL,
        lambda q: q.exact("6.447") * q.exact("3.55"),
        ORIGIN,
    ),
)


def _saddle_figure(model: Model, title: str) -> Any:
    def figure() -> str:
        def f(x: float, y: float) -> float:
            return float(engine(model.function("f"), [x, y], ()))

        matrix = engine_source().hessian(model, "f", XY, ORIGIN.values)
        pairs = [(v, eigenvector(matrix, v)) for v in eigenvalues(matrix)]
        return plots.saddle(f, (0.0, 0.0), pairs, title=title)

    return figure


MINIMUM = Article(
    id="hessian-minimum",
    title="Both eigenvalues positive: a minimum",
    catalogue_ids=("N70", "N71"),
    source="the hand-written calculus notes, lines L988–L1023",
    summary=(
        "At (0, 0) this function is flat. Along an eigenvector of the Hessian it bends "
        "as the eigenvalue says; if both are positive it bends up in every direction."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "A polynomial of the second degree has the same Hessian everywhere.",
            (
                _claim(
                    BOWL, "x", lambda q: 4 * q.x - q.y, "N70, L990", ORIGIN, ONE_TWO
                ),
                _claim(
                    BOWL, "y", lambda q: 6 * q.y - q.x, "N70, L992", ORIGIN, ONE_TWO
                ),
                _claim(BOWL, "xx", lambda q: 4, "N70, L996", ONE_TWO),
                _claim(BOWL, "xy", lambda q: -1, "N70, L1002", ONE_TWO),
                _claim(BOWL, "yx", lambda q: -1, "N70, L1004", ONE_TWO),
                _claim(BOWL, "yy", lambda q: 6, "N70, L998", ONE_TWO),
            ),
            BOWL,
            ("f",),
        ),
        Part(
            "The eigenvalues",
            "They are the numbers λ for which the determinant of H − λI is zero. Their "
            "product is det H; that of the printed ones is not.",
            (
                _characteristic(
                    BOWL_PENCIL, lambda q: q.λ**2 - 10 * q.λ + 23, "N71, L1012–L1014"
                ),
                _root(BOWL_PENCIL, "low", "5", -1, "N71"),
                _root(BOWL_PENCIL, "high", "5", 1, "N71"),
            ),
            readings=(
                Readings(
                    "At (0, 0)",
                    (bend(BOWL, ORIGIN, 0), bend(BOWL, ORIGIN, 1), *PRODUCTS),
                ),
            ),
            printed=(
                Printed("N71, L1016", bend(BOWL, ORIGIN, 1), "6.447", True),
                Printed("N71, L1016", bend(BOWL, ORIGIN, 0), "3.55", True),
            ),
            figures=(
                Figure(
                    "Ellipses, with the directions of least and of greatest curvature.",
                    _saddle_figure(BOWL, "The minimum of 2x² + 3y² − xy"),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N71, L1010",
            "The λ have become ones: det(H − I) is a number, not an equation for λ.",
            _characteristic(
                BOWL_PENCIL,
                lambda q: (q.exact("4") - 1) * (q.exact("6") - 1) - 1,
                "L1012",
            ),
            _characteristic(BOWL_PENCIL, lambda q: (4 - q.λ) * (6 - q.λ) - 1, "L1012"),
        ),
        Misprint(
            "N71, L1014",
            "The scan has 12 for λ², and 10/1 for 10λ with its minus sign: a number "
            "again.",
            _characteristic(
                BOWL_PENCIL, lambda q: q.exact("12") - q.exact("10") / 1 + 23, "L1014"
            ),
            _characteristic(BOWL_PENCIL, lambda q: q.λ**2 - 10 * q.λ + 23, "L1014"),
        ),
    ),
    record=BOWL.drawn("f", ONE_TWO),
)

# -- N72 -------------------------------------------------------------------------------

DOME = Model(
    inputs=XY,
    definitions={"f": lambda q: -2 * q.x**2 - 3 * q.y**2 - q.x * q.y + 15},
)
DOME_PENCIL = _pencil("-4", "-1", "-6")

MAXIMUM = Article(
    id="hessian-maximum",
    title="Both eigenvalues negative: a maximum",
    catalogue_ids=("N72",),
    source="the hand-written calculus notes, lines L1025–L1051",
    summary=(
        "The same with the signs of the squares changed: both eigenvalues are "
        "negative, and f = 15 at (0, 0) is the largest value. The notes print the "
        "gradient as a square; it is a column of two sums."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "Again constant second derivatives.",
            (
                _claim(
                    DOME, "x", lambda q: -4 * q.x - q.y, "N72, L1031", ORIGIN, ONE_TWO
                ),
                _claim(
                    DOME, "y", lambda q: -6 * q.y - q.x, "N72, L1033", ORIGIN, ONE_TWO
                ),
                _claim(DOME, "xx", lambda q: -4, "N72", ONE_TWO),
                _claim(DOME, "xy", lambda q: -1, "N72", ONE_TWO),
                _claim(DOME, "yy", lambda q: -6, "N72", ONE_TWO),
            ),
            DOME,
            ("f",),
            readings=(
                Readings(
                    "Heights",
                    tuple(
                        Reading(f"f{p.label}", value_at(DOME, "f", p)[0].compute)
                        for p in (ORIGIN, ONE_TWO)
                    ),
                ),
            ),
        ),
        Part(
            "The eigenvalues",
            "Here the notes have them right.",
            (
                _characteristic(DOME_PENCIL, lambda q: q.λ**2 + 10 * q.λ + 23, "N72"),
                _root(DOME_PENCIL, "low", "-5", -1, "N72, L1049"),
                _root(DOME_PENCIL, "high", "-5", 1, "N72, L1049"),
            ),
            printed=(
                Printed("N72, L1049", bend(DOME, ORIGIN, 1), "-3.59"),
                Printed("N72, L1049", bend(DOME, ORIGIN, 0), "-6.41"),
            ),
            figures=(
                Figure(
                    "The top: the lines look like those of a minimum; only the signs "
                    "of the eigenvalues tell.",
                    _saddle_figure(DOME, "The maximum of −2x² − 3y² − xy + 15"),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N72, L1047",
            "det(H − I) again in the place of det(H − λI).",
            _characteristic(
                DOME_PENCIL,
                lambda q: (q.exact("-4") - 1) * (q.exact("-6") - 1) - 1,
                "L1047",
            ),
            _characteristic(
                DOME_PENCIL, lambda q: (-4 - q.λ) * (-6 - q.λ) - 1, "L1047"
            ),
        ),
        Misprint(
            "N72, L1049",
            "The scan has 41² + 101 + 23, where ones are λ again.",
            _characteristic(
                DOME_PENCIL, lambda q: q.exact("41") ** 2 + q.exact("101") + 23, "L1049"
            ),
            _characteristic(DOME_PENCIL, lambda q: q.λ**2 + 10 * q.λ + 23, "L1049"),
        ),
        Misprint(
            "N72, L1041",
            "The gradient is printed as a square of four entries, −4x and −y in the "
            "first row. It is a column: the row is one sum.",
            _claim(DOME, "x", lambda q: -4 * q.x, "L1041", ONE_TWO),
            _claim(DOME, "x", lambda q: -4 * q.x - q.y, "L1041", ONE_TWO),
        ),
    ),
    record=DOME.drawn("f", ONE_TWO),
)

# -- N73 -------------------------------------------------------------------------------

SADDLE = Model(inputs=XY, definitions={"f": lambda q: 2 * q.x**2 - 2 * q.y**2})
SADDLE_PENCIL = _pencil("4", "0", "-4")

MIXED_SIGNS = Article(
    id="saddle-point",
    title="One of each: a saddle",
    catalogue_ids=("N73",),
    source="the hand-written calculus notes, lines L1053–L1063",
    summary=(
        "The notes say that nothing can be concluded from eigenvalues of both signs. "
        "This is the counterexample: one can. The point is a saddle, neither minimum "
        "nor maximum. Only an eigenvalue that is zero leaves the question open."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "Up along x, down along y.",
            (
                _claim(SADDLE, "x", lambda q: 4 * q.x, "N73, L1057", ORIGIN, ONE_TWO),
                _claim(SADDLE, "y", lambda q: -4 * q.y, "N73, L1057", ORIGIN, ONE_TWO),
                _claim(SADDLE, "xx", lambda q: 4, "N73, L1059", ONE_TWO),
                _claim(SADDLE, "xy", lambda q: 0, "N73, L1059", ONE_TWO),
                _claim(SADDLE, "yy", lambda q: -4, "N73, L1059", ONE_TWO),
                _characteristic(SADDLE_PENCIL, lambda q: q.λ**2 - 16, "N73"),
            ),
            SADDLE,
            ("f",),
            printed=(
                Printed("N73, L1063", bend(SADDLE, ORIGIN, 0), "-4"),
                Printed("N73, L1063", bend(SADDLE, ORIGIN, 1), "4"),
            ),
        ),
        Part(
            "What can be concluded",
            "A step along the one eigenvector leads above f(0, 0), a step along the "
            "other below. So f(0, 0) is neither the smallest nor the largest value "
            "nearby.",
            readings=(
                Readings(
                    "Around the point",
                    tuple(
                        Reading(f"f{p.label}", value_at(SADDLE, "f", p)[0].compute)
                        for p in (ORIGIN, at(0.1, 0), at(0, 0.1))
                    ),
                ),
            ),
            figures=(
                Figure(
                    "The eigenvectors at the saddle: f rises along the solid line and "
                    "falls along the dashed one.",
                    _saddle_figure(SADDLE, "The saddle of 2x² − 2y²"),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N73, L1061",
            "Printed are two factors 4 − 1; the second entry of the Hessian is −4, and "
            "the ones are λ. As printed, with λ, only 4 would be an eigenvalue.",
            _characteristic(SADDLE_PENCIL, lambda q: (4 - q.λ) * (4 - q.λ), "L1061"),
            _characteristic(SADDLE_PENCIL, lambda q: (4 - q.λ) * (-4 - q.λ), "L1061"),
        ),
    ),
    remarks=(
        Remark(
            "N73, L1063",
            "One can conclude. Eigenvalues of both signs make (0, 0) a saddle, "
            "neither minimum nor maximum.",
        ),
    ),
    record=SADDLE.drawn("f", ONE_TWO),
    kind="counterexample",
)

ARTICLES = (DEFINITION, MINIMUM, MAXIMUM, MIXED_SIGNS)
