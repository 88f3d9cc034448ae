"""S4 and S5: where the sum of squares is least, and rules that find it in one line."""

from collections.abc import Mapping
from typing import Any

from autograd_core.linalg import det

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Part, Remark
from ..readings import Readings, Run, derivative_at, value_at
from .descent_rules import NEWTON_2D, newton
from .least_squares import XS, YS, fitted, gram, line
from .networks import total
from .regression import AT, BEST, LINE, PARAMETERS, PLANE, PLANE_AT, SLIDES, ZERO
from .shorthand import claims, noted, values

__all__ = ["CHAPTER", "DATA", "DATA_AT", "FORMS", "LINE_RUN", "PLANE_RUN", "SPREAD"]

# -- S4: the normal equation -----------------------------------------------------------

_DX, _DY = ("x1", "x2", "x3"), ("y1", "y2", "y3")


def _values(q: Any, names: tuple[str, ...]) -> list[Any]:
    return [getattr(q, name) for name in names]


def _general(q: Any) -> list[Any]:
    return fitted(line(_values(q, _DX)), _values(q, _DY))


DATA = Model(
    inputs=(*_DX, *_DY),
    definitions={
        "mean": lambda q: total(_values(q, _DX)) / 3,
        "sxx": lambda q: total([(x - q.mean) ** 2 for x in _values(q, _DX)]),
        "theta": noted("(XᵀX)⁻¹Xᵀy", _general),
        "t0": lambda q: q.theta[0],
        "t1": lambda q: q.theta[1],
        "levels": lambda q: total([q.t0 + q.t1 * x for x in _values(q, _DX)]),
        "moments": lambda q: total([x * (q.t0 + q.t1 * x) for x in _values(q, _DX)]),
    },
    symbols={
        "mean": "x̄",
        "sxx": "S",
        "theta": "θ",
        "t0": "θ0",
        "t1": "θ1",
        "levels": "Σ ŷ",
        "moments": "Σ x·ŷ",
    },
)
# By itself: where it is zero there are no parameters.
SPREAD = Model(
    inputs=_DX,
    definitions={"D": noted("det XᵀX", lambda q: det(gram(line(_values(q, _DX)))))},
)
_D = dict(zip((*_DX, *_DY), map(float, (*XS, *YS)), strict=True))
DATA_AT = Point("(1, 2), (2, 5), (3, 3)", _D)
SPREADS = tuple(
    Point(f"x = {xs}", {n: float(x) for n, x in zip(_DX, xs, strict=True)})
    for xs in (XS, (2, 2, 2))
)


def _slope(q: Any) -> Any:
    xs, ys = _values(q, _DX), _values(q, _DY)
    return total([(x - q.mean) * y for x, y in zip(xs, ys, strict=True)]) / q.sxx


def _weight(q: Any) -> Any:
    return (q.x1 - q.mean) / q.sxx


def _pull(q: Any) -> Any:
    # How the slope changes when the first point is moved sideways.
    mean = (q.y1 + q.y2 + q.y3) / 3
    return (q.y1 - mean - 2 * (q.x1 - q.mean) * q.t1) / q.sxx


def _data(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(DATA, target, "S4, L149", (DATA_AT,), forms)


def _pairs(q: Any) -> Any:
    return (q.x1 - q.x2) ** 2 + (q.x1 - q.x3) ** 2 + (q.x2 - q.x3) ** 2


LINE_RUN = Run(
    "Newton's method on the three points",
    LINE,
    "J",
    ("a", "b"),
    ZERO,
    1,
    newton,
    NEWTON_2D,
)
PLANE_RUN = Run(
    "Newton's method on the four samples", PLANE, "J", PARAMETERS, PLANE_AT, 1, newton
)
NORMAL = Article(
    id="normal-equation",
    title="The normal equation",
    catalogue_ids=("S4",),
    source=f"{SLIDES}, lines L143–L149",
    summary=(
        "Where J is least its gradient −2Xᵀy + 2XᵀXθ is zero, so θ = (XᵀX)⁻¹Xᵀy. The "
        "minimum exists and is one point if the columns of X are independent; then the "
        "Hessian 2XᵀX is positive definite. The notes say neither."
    ),
    parts=(
        Part(
            "One step",
            "The slopes are linear, so Newton's step solves the equation at once, from "
            "any start: for the line through three points and for the plane through "
            "four.",
            claims(
                LINE,
                "J",
                "S4, L149",
                (AT, BEST),
                {
                    "a": lambda q: -2 * 10 + 2 * (3 * q.a + 6 * q.b),
                    "b": lambda q: -2 * 21 + 2 * (6 * q.a + 14 * q.b),
                },
            ),
            runs=(LINE_RUN, PLANE_RUN),
        ),
        Part(
            "The solution as a function of the data",
            "Solving is a graph, too. Its result is the textbook's slope, and its "
            "gradient says how much each answer counts: the further out, the more. "
            "The fitted values have the same sum as the answers, and the same sum with "
            "the weights x: that is what the equation says.",
            (
                _data("t1", {"": _slope, "y1": _weight, "x1": _pull})
                + _data("levels", {"": lambda q: q.y1 + q.y2 + q.y3})
                + _data(
                    "moments", {"": lambda q: q.x1 * q.y1 + q.x2 * q.y2 + q.x3 * q.y3}
                )
            ),
            DATA,
            ("mean", "sxx", "theta"),
        ),
        Part(
            "When there is no solution",
            "The determinant of XᵀX is the sum of the squared distances of the "
            "inputs, pair by pair. It is zero when all inputs are the same: then any "
            "line through the mean is as good.",
            (Claim(SPREAD, "D", (), (_pairs,), "S4, L149", SPREADS),),
            SPREAD,
            ("D",),
            readings=(
                Readings(
                    "Determinants",
                    values(SPREAD, "D", SPREADS),
                ),
            ),
        ),
    ),
    record=DATA.drawn("t1", DATA_AT),
    remarks=(
        Remark(
            "S4, L149",
            "The columns of X must be independent. Only then XᵀX has an inverse, and "
            "the point is a minimum because 2XᵀX is positive definite.",
        ),
    ),
)

# -- S5: two identities ----------------------------------------------------------------

A_NAMES = ("a11", "a12", "a21", "a22")
FORMS = Model(
    inputs=(*A_NAMES, "a", "b"),
    definitions={
        "first": lambda q: q.a11 * q.a + q.a12 * q.b,
        "second": lambda q: q.a21 * q.a + q.a22 * q.b,
        "f": lambda q: q.a * q.first + q.b * q.second,
    },
    symbols={"a": "θ1", "b": "θ2", "first": "(Aθ)1", "second": "(Aθ)2", "f": "θᵀAθ"},
)
FORMS_AT = Point(
    "A = [[1, 2], [0, 3]], θ = (1.5, −0.5)",
    {"a11": 1.0, "a12": 2.0, "a21": 0.0, "a22": 3.0, "a": 1.5, "b": -0.5},
)


def _form(target: str, forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(FORMS, target, "S5, L153", (FORMS_AT,), forms)


def _by_first(q: Any) -> Any:
    return 2 * q.a11 * q.a + (q.a12 + q.a21) * q.b


def _by_second(q: Any) -> Any:
    return (q.a12 + q.a21) * q.a + 2 * q.a22 * q.b


IDENTITIES = Article(
    id="matrix-derivatives",
    title="Derivatives of Aθ and of θᵀAθ",
    catalogue_ids=("S5",),
    source=f"{SLIDES}, lines L151–L153",
    summary=(
        "Two rules that save writing sums. The second is right as printed only for a "
        "symmetric A. The XᵀX of the normal equation is symmetric, so nothing that "
        "follows is wrong."
    ),
    parts=(
        Part(
            "Aθ",
            "Each entry is linear in θ. The slides put the derivatives of one entry "
            "into a column (denominator layout), which gives Aᵀ.",
            (
                _form("first", {"a": lambda q: q.a11, "b": lambda q: q.a12})
                + _form("second", {"a": lambda q: q.a21, "b": lambda q: q.a22})
            ),
            FORMS,
            ("first", "second"),
        ),
        Part(
            "θᵀAθ",
            "θ enters twice, and both uses hand back a gradient: Aθ and Aᵀθ. So it is "
            "(A + Aᵀ)θ, and the Hessian is A + Aᵀ.",
            _form(
                "f",
                {
                    "a": _by_first,
                    "b": _by_second,
                    "a a": lambda q: 2 * q.a11,
                    "a b": lambda q: q.a12 + q.a21,
                    "b b": lambda q: 2 * q.a22,
                },
            ),
            FORMS,
            ("f",),
            readings=(
                Readings(
                    "At A = [[1, 2], [0, 3]], θ = (1.5, −0.5)",
                    (
                        *value_at(FORMS, "f", FORMS_AT),
                        derivative_at(FORMS, "f", "a", FORMS_AT),
                        derivative_at(FORMS, "f", "b", FORMS_AT),
                    ),
                ),
            ),
        ),
    ),
    misprints=(
        Misprint(
            "S5, L153",
            "2Aᵀθ, here its first entry, is right only where A is symmetric.",
            _form("f", {"a": lambda q: 2 * (q.a11 * q.a + q.a21 * q.b)})[0],
            _form("f", {"a": _by_first})[0],
        ),
        Misprint(
            "S5, L153",
            "The second entry of the same.",
            _form("f", {"b": lambda q: 2 * (q.a12 * q.a + q.a22 * q.b)})[0],
            _form("f", {"b": _by_second})[0],
        ),
    ),
    record=FORMS.drawn("f", FORMS_AT),
)

CHAPTER = Chapter(
    "normal-equation",
    "The normal equation",
    "The best parameters of a linear model solve linear equations. The solution is a "
    "graph as well, and tells what each example counts.",
    (NORMAL, IDENTITIES),
)
