"""N41: the line through three points with the least sum of squares.

What one can do with this file: take the error of the line (`FIT`) as an example for
other methods, as the chapters on descent do; list eigenvalues of a Hessian (`bend`).

The one idea: the error is a bowl in m and b, so one linear system finds its bottom.
"""

from typing import Any

from autograd_core import sqrt
from autograd_core.numbers.text import derivative, symbol
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Printed, Reading, Readings, Run, eigenvalues, value_at
from .descent_rules import NEWTON_2D, gradient_descent, newton

__all__ = ["ARTICLE", "DATA", "FIT", "FIT_RUN", "RUN_92", "ZERO", "bend"]


def bend(model: Model, target: str, point: Point, place: int) -> Reading:
    """An eigenvalue of the Hessian by all inputs, the smaller one first."""
    name = f"eigenvalue {'₁₂'[place]} of H at {point.label}"

    def compute(source: Any) -> Any:
        matrix = source.hessian(model, target, model.inputs, point.values)
        return eigenvalues(matrix)[place]

    return Reading(name, compute)


DATA = ((1, 2), (2, 5), (3, 3))


def _errors(q: Any) -> Any:
    total = 0
    for x, y in DATA:
        total = total + (q.m * x + q.b - y) ** 2
    return total


def _polynomial(q: Any) -> Any:
    m, b = q.m, q.b
    return 14 * m**2 + 3 * b**2 + 38 + 12 * m * b - 42 * m - 20 * b


FIT = Model(
    inputs=("m", "b"),
    definitions={
        "E": _errors,
        "polynomial": _polynomial,
        "low": lambda q: eigenvalues(_fit_hessian(q))[0],
        "high": lambda q: eigenvalues(_fit_hessian(q))[1],
    },
    symbols={"low": "λ1", "high": "λ2", "polynomial": "E(m, b)"},
)


_BY_M, _BY_B = (derivative(symbol("E"), symbol(name)) for name in "mb")


def _eliminated(constant: str) -> Model:
    # Both slopes as the notes write them, and twice the second minus the first.
    return Model(
        inputs=("m", "b"),
        definitions={
            "E": lambda q: _polynomial(q) - (q.exact(constant) - 42) * q.m,
            "first": lambda q: 28 * q.m + 12 * q.b - q.exact(constant),
            "second": lambda q: 6 * q.b + 12 * q.m - 20,
            "row": lambda q: 2 * q.second - q.first,
        },
        symbols={"first": _BY_M, "second": _BY_B, "row": 2 * _BY_B - _BY_M},
    )


ROWS, ROWS_92 = _eliminated("42"), _eliminated("92")


def _fit_hessian(q: Any) -> Any:
    return ((q.exact("28"), q.exact("12")), (q.exact("12"), q.exact("6")))


def _line(m: float, b: float, label: str) -> Point:
    return Point(label, {"m": m, "b": b})


BEST = _line(1 / 2, 7 / 3, "m = 1/2, b = 7/3")
ZERO = _line(0.0, 0.0, "m = 0, b = 0")
FIT_RUN = Run("Newton's method", FIT, "E", ("m", "b"), ZERO, 1, newton, NEWTON_2D)
RUN_92 = Run("With 92 in the place of 42", ROWS_92, "E", ("m", "b"), ZERO, 1, newton)


def _last_row(model: Model) -> Claim:
    return Claim(model, "row", (), (lambda q: -4 * q.m + 2,), "L449", BOTH)


# Two places that are not on one line through the minimum.
BOTH = (BEST, ZERO)


def _fit_figure() -> str:
    def error(m: float, b: float) -> float:
        return float(engine(FIT.function("E"), [m, b], ()))

    rows = Run("", FIT, "E", ("m", "b"), ZERO, 40, gradient_descent(0.05)).iterates(
        engine_source()
    )
    newton_rows = FIT_RUN.iterates(engine_source())
    return plots.contour(
        error,
        (-1.0, 3.0),
        (-1.0, 4.0),
        title="Lines of equal error, with a gradient descent and one Newton step",
        paths={
            "gradient descent, α = 0.05": [(r.x[0], r.x[1]) for r in rows],
            "one Newton step": [(r.x[0], r.x[1]) for r in newton_rows],
        },
        levels=[4.5, 6, 10, 20, 40, 80, 160],
        names=("m", "b"),
    )


ARTICLE = Article(
    id="least-squares",
    title="The best line through three points",
    catalogue_ids=("N41",),
    source="the hand-written calculus notes, lines L439–L455",
    summary=(
        "A line y = m·x + b is to pass near three points. E adds up the squares of "
        "what it misses. The notes give E multiplied out, without the points; (1, 2), "
        "(2, 5) and (3, 3) are points that give it."
    ),
    parts=(
        Part(
            "The error and its slopes",
            "A polynomial of the second degree: its slopes are linear, its curvature "
            "is constant.",
            (
                Claim(FIT, "E", (), (_polynomial,), "N41, L439", BOTH),
                Claim(
                    FIT,
                    "E",
                    ("m",),
                    (lambda q: 28 * q.m + 12 * q.b - 42,),
                    "N41, L441",
                    BOTH,
                ),
                Claim(
                    FIT,
                    "E",
                    ("b",),
                    (lambda q: 6 * q.b + 12 * q.m - 20,),
                    "N41, L443",
                    BOTH,
                ),
                Claim(FIT, "E", ("m", "m"), (lambda q: 28,), "N41", (BEST,)),
                Claim(FIT, "E", ("m", "b"), (lambda q: 12,), "N41", (BEST,)),
                Claim(FIT, "E", ("b", "b"), (lambda q: 6,), "N41", (BEST,)),
            ),
            FIT,
            ("E",),
        ),
        Part(
            "The minimum",
            "Both slopes are zero at one point. Newton's step, which is exact for such "
            "a polynomial, goes there at once.",
            runs=(FIT_RUN,),
            printed=(
                Printed("N41, L451", FIT_RUN.reading(1, "m"), "1/2"),
                Printed("N41, L453", FIT_RUN.reading(1, "b"), "7/3"),
                Printed(
                    "N41, L455",
                    Reading("E at the minimum", value_at(FIT, "E", BEST)[0].compute),
                    "4.167",
                ),
            ),
            figures=(
                Figure(
                    "The valley is long and narrow. Gradient descent crosses it "
                    "quickly and then creeps along it.",
                    _fit_figure,
                ),
            ),
        ),
        Part(
            "By elimination",
            "The notes double the second equation and subtract the first, which leaves "
            "an equation for m alone. (They write d where ∂ is meant.) With the 92 "
            "that they print the error would be least at m = 13, and negative there: "
            "no sum of squares is.",
            (_last_row(ROWS),),
            ROWS,
            ("first", "second"),
            runs=(RUN_92,),
        ),
        Part(
            "The curvature",
            "The Hessian has two positive eigenvalues, so it is a minimum. Their ratio "
            "says how narrow the valley is.",
            (
                Claim(
                    FIT,
                    "low",
                    (),
                    (lambda q: q.exact("17") - sqrt(q.exact("265")),),
                    "N41",
                    (BEST,),
                ),
                Claim(
                    FIT,
                    "high",
                    (),
                    (lambda q: q.exact("17") + sqrt(q.exact("265")),),
                    "N41",
                    (BEST,),
                ),
            ),
            readings=(
                Readings(
                    "From the derivatives",
                    tuple(bend(FIT, "E", BEST, k) for k in (0, 1)),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N41, L439",
            "As printed, 10m², 92m and 2b. Its own derivative, two lines on, has 28m "
            "and 20, which belong to 14m² and 20b.",
            Claim(
                FIT,
                "E",
                (),
                (
                    lambda q: (
                        10 * q.m**2
                        + 3 * q.b**2
                        + 38
                        + 12 * q.m * q.b
                        - 92 * q.m
                        - 2 * q.b
                    ),
                ),
                "L439",
                (BEST,),
            ),
            Claim(FIT, "E", (), (_polynomial,), "L439", (BEST,)),
        ),
        Misprint(
            "N41, L441",
            "92 must be 42, here and wherever it is printed. Only with 42 is the slope "
            "zero at m = 1/2, b = 7/3, which the notes find, and rightly.",
            Claim(
                FIT, "E", ("m",), (lambda q: 28 * q.m + 12 * q.b - 92,), "L441", (BEST,)
            ),
            Claim(
                FIT, "E", ("m",), (lambda q: 28 * q.m + 12 * q.b - 42,), "L441", (BEST,)
            ),
        ),
        Misprint(
            "N41, L445–L449",
            "The last row, −4m + 2, is right; it is twice the second slope minus the "
            "first. With the printed 92 it would be −4m + 52.",
            _last_row(ROWS_92),
            _last_row(ROWS),
            ("first", "second"),
        ),
    ),
    remarks=(
        Remark(
            "N41, L441–L443",
            "E has two variables, so its derivatives are partial: ∂E/∂m and ∂E/∂b.",
        ),
    ),
    record=FIT.drawn("E", ZERO),
)
