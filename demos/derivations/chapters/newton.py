"""N74 to N76: Newton's method in two variables, from (4, 4) to the minimum."""

from typing import Any

from autograd_core.linalg import solve
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..checks import engine, engine_source
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import Printed, Reading, Readings, Run, derivative_at
from .descent_rules import NEWTON_2D, newton
from .hessian import ARTICLES as HESSIAN_ARTICLES
from .hessian import BOWL, ORIGIN, XY, at

__all__ = ["CHAPTER", "ONE_STEP", "QUARTIC", "RUN"]

# -- N74 -------------------------------------------------------------------------------

ONE_STEP = Run("Newton's method", BOWL, "f", XY, at(1, 2), 1, newton, NEWTON_2D)
UPDATE = Article(
    id="newton-update",
    title="Newton's step",
    catalogue_ids=("N74",),
    source="the hand-written calculus notes, lines L1065–L1075",
    summary=(
        "Fit a parabola to the function where you stand, and go to its lowest point. "
        "In one variable that divides the slope by the curvature; in two it solves a "
        "system with the Hessian. H must be invertible, and positive definite if the "
        "step is to lead down."
    ),
    parts=(
        Part(
            "In two variables",
            "For a polynomial of the second degree the fit is the function itself, and "
            "one step arrives. In one variable the rule is xₖ₊₁ = xₖ − f′(xₖ)/f″(xₖ).",
            runs=(ONE_STEP,),
        ),
    ),
    record=BOWL.drawn("f", at(1, 2)),
    kind="algorithm",
)

# -- N75 -------------------------------------------------------------------------------


def _quartic(coefficient: str) -> Model:
    return Model(
        inputs=XY,
        definitions={
            "f": lambda q: (
                q.x**4
                + q.exact(coefficient) * q.y**4
                + 4 * q.x**2
                + 2 * q.y**2
                - q.x * q.y
                - q.exact("0.2") * q.x**2 * q.y
            )
        },
    )


QUARTIC, MISPRINTED = _quartic("0.8"), _quartic("0.9")
START, ELSEWHERE = at(4, 4), at(-1.5, 2.25)
ROUNDED = at(2.58, 2.62)
BOTH = (START, ELSEWHERE)


def _fx(q: Any) -> Any:
    return 4 * q.x**3 + 8 * q.x - q.y - q.exact("0.4") * q.x * q.y


def _fy(q: Any) -> Any:
    return q.exact("3.2") * q.y**3 + 4 * q.y - q.x - q.exact("0.2") * q.x**2


def _fxx(q: Any) -> Any:
    return 12 * q.x**2 + 8 - q.exact("0.4") * q.y


def _fxy(q: Any) -> Any:
    return -1 - q.exact("0.4") * q.x


def _fyy(q: Any) -> Any:
    return q.exact("9.6") * q.y**2 + 4


def _claim(wrt: str, form: Any, where: str) -> Claim:
    return Claim(QUARTIC, "f", tuple(wrt), (form,), where, BOTH)


def _entry(wrt: str, point: Point) -> Reading:
    reading = derivative_at(QUARTIC, "f", " ".join(wrt), point)
    return Reading(f"f_{wrt}{point.label}", reading.compute)


EXAMPLE = Article(
    id="newton-example",
    title="A function to try it on",
    catalogue_ids=("N75",),
    source="the hand-written calculus notes, lines L1077–L1097",
    summary=(
        "A polynomial of the fourth degree: its Hessian changes from place to place, "
        "so one step will not do."
    ),
    parts=(
        Part(
            "Slopes and curvature",
            "Five derivatives; the mixed one counts for both places of the Hessian.",
            (
                _claim("x", _fx, "N75, L1083"),
                _claim("y", _fy, "N75, L1085"),
                _claim("xx", _fxx, "N75, L1087"),
                _claim("xy", _fxy, "N75, L1089"),
                _claim("yy", _fyy, "N75, L1093"),
            ),
            QUARTIC,
            ("f",),
            printed=tuple(
                Printed("N75, L1103", _entry(wrt, START), text)
                for wrt, text in (
                    ("x", "277.6"),
                    ("y", "213.6"),
                    ("xx", "198.4"),
                    ("xy", "-2.6"),
                    ("yy", "157.6"),
                )
            ),
        ),
        Part(
            "At (0, 0)",
            "L1095 heads the Hessian of any (x, y) with H(0, 0). At (0, 0) it is this, "
            "and positive definite.",
            readings=(
                Readings(
                    "H(0, 0)", tuple(_entry(w, ORIGIN) for w in ("xx", "xy", "yy"))
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "N75, L1081",
            "The coefficient of y⁴ is printed 0.9. The slope beneath it, and the "
            "numbers of the next page, belong to 0.8.",
            Claim(MISPRINTED, "f", ("y",), (_fy,), "L1081", (START,)),
            Claim(QUARTIC, "f", ("y",), (_fy,), "L1081", (START,)),
            ("f",),
        ),
        Misprint(
            "N75, L1093",
            "10.8y² belongs to 0.9y⁴ as well. The notes go on with 157.6, which is "
            "9.6·4² + 4.",
            Claim(
                QUARTIC,
                "f",
                ("y", "y"),
                (lambda q: q.exact("10.8") * q.y**2 + 4,),
                "L1093",
                (START,),
            ),
            Claim(QUARTIC, "f", ("y", "y"), (_fyy,), "L1093", (START,)),
        ),
    ),
    remarks=(
        Remark(
            "N75, L1095",
            "“H(0, 0)” stands before the Hessian at any (x, y).",
        ),
    ),
    record=QUARTIC.drawn("f", START),
)

# -- N76 -------------------------------------------------------------------------------

RUN = Run("Newton's method", QUARTIC, "f", XY, START, 8, newton, NEWTON_2D)


def _move(place: int) -> Reading:
    # What the notes' line says literally: H⁻¹∇f, without the point it starts from.
    def compute(source: Any) -> Any:
        x, y = RUN.iterates(source)[1].x
        here = {"x": x, "y": y}
        matrix = source.hessian(QUARTIC, "f", XY, here)
        return solve(matrix, source.gradient(QUARTIC, "f", XY, here))[place]

    return Reading(f"{XY[place]} of H⁻¹∇f at k = 1", compute)


def _step(q: Any) -> Any:
    # By Cramer's rule; the gradient over the determinant of the Hessian.
    return (q.H22 * q.g1 - q.H12 * q.g2) / (q.H11 * q.H22 - q.H12**2)


STEP = Model(
    inputs=XY,
    definitions={
        **QUARTIC.definitions,
        "g1": _fx,
        "g2": _fy,
        "H11": _fxx,
        "H12": _fxy,
        "H22": _fyy,
        "new": lambda q: q.x - _step(q),
    },
    symbols={"new": "new x"},
)


def _new(form: Any) -> Claim:
    return Claim(STEP, "new", (), (form,), "L1113", (ROUNDED,))


def _path_figure() -> str:
    def f(x: float, y: float) -> float:
        return float(engine(QUARTIC.function("f"), [x, y], ()))

    rows = RUN.iterates(engine_source())
    return plots.contour(
        f,
        (-1.5, 4.5),
        (-1.5, 4.5),
        title="Newton's path from (4, 4) to the minimum at (0, 0)",
        paths={"Newton's method": [(r.x[0], r.x[1]) for r in rows]},
        levels=[1, 4, 15, 50, 100, 200, 400, 800],
    )


LATER = "belongs to step 8, with the exponent −17"
ITERATES = Article(
    id="newton-iterates",
    title="Eight steps from (4, 4)",
    catalogue_ids=("N76",),
    source="the hand-written calculus notes, lines L1099–L1120",
    summary=(
        "Far away a step brings the point about a third nearer. Near the minimum the "
        "number of right digits doubles at every step."
    ),
    parts=(
        Part(
            "The iterates",
            "At step 8 the point is within 10⁻¹⁶ of the minimum at (0, 0).",
            runs=(RUN,),
            figures=(Figure("Half of the way is made in two steps.", _path_figure),),
        ),
        Part(
            "What the notes print",
            "The first new x is misprinted, 2.56 for 2.58: the Hessian that follows is "
            "that at (2.58, 2.62), in two of its three entries. The end is printed as "
            "step 3, but the digits 2.05 of its y are those of step 8.",
            printed=(
                Printed("N76, L1107", RUN.reading(1, "x"), "2.56", True),
                Printed("N76, L1107", RUN.reading(1, "y"), "2.62"),
                Printed("N76, L1111", _entry("x", ROUNDED), "89.29", True),
                Printed("N76, L1111", _entry("y", ROUNDED), "63.9", True),
                Printed("N76, L1111", _entry("xx", ROUNDED), "86.83"),
                Printed("N76, L1111", _entry("xy", ROUNDED), "-2.032"),
                Printed("N76, L1111", _entry("yy", ROUNDED), "69.39", True),
                Printed("N76, L1115", RUN.reading(2, "x"), "1.59"),
                Printed("N76, L1115", RUN.reading(2, "y"), "1.67"),
                Printed("N76, L1120", RUN.reading(3, "x"), "1.75e-1", True),
                Printed("N76, L1120", RUN.reading(3, "y"), "-2.05e-1", True, LATER),
            ),
        ),
        Part(
            "A line with a part missing",
            "L1113 sets the new point equal to H⁻¹∇f and forgets the old point, from "
            "which that is to be subtracted. Taken literally it would give this, not "
            "(1.59, 1.67).",
            readings=(Readings("L1113 as printed", (_move(0), _move(1))),),
        ),
    ),
    misprints=(
        Misprint(
            "N76, L1113",
            "The new point is set equal to H⁻¹∇f; the old point, from which that is "
            "to be taken away, is missing. Here for x, with g for ∇f.",
            _new(_step),
            _new(lambda q: q.x - _step(q)),
        ),
    ),
    record=QUARTIC.drawn("f", START),
    kind="algorithm",
)

CHAPTER = Chapter(
    "hessian",
    "Curvature",
    "Second derivatives tell a minimum from a maximum and from a saddle, and they make "
    "the steps downhill much longer.",
    (*HESSIAN_ARTICLES, UPDATE, EXAMPLE, ITERATES),
)
