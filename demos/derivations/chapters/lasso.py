"""S25: the penalty with a corner, and what it does to small parameters."""

from collections.abc import Callable, Mapping
from typing import Any

from autograd_core import absolute, greater, maximum, sign
from visualize import plots

from ..article import Claim, Misprint, Model, Point
from ..frame import Article, Chapter, Figure, Part, Remark
from ..readings import At, Reading, Readings, Run, derivative_at, value_at
from .regression import SLIDES
from .shorthand import claims, values

__all__ = [
    "CHAPTER",
    "COST",
    "COST_AT",
    "NORM",
    "PROXIMAL",
    "SIDES",
    "SOFT",
    "SOFT_AT",
    "SUBGRADIENT",
]

SOURCE = f"{SLIDES}, lines L401–L413"
Rule = Callable[[Any], Any]

# -- the cost --------------------------------------------------------------------------

COST = Model(
    inputs=("a", "b", "λ"),
    definitions={
        "RSS": lambda q: (3 - q.a) ** 2 + (q.exact("0.4") - q.b) ** 2,
        "J": lambda q: q.RSS + q.λ * (absolute(q.a) + absolute(q.b)),
    },
    symbols={"a": "θ1", "b": "θ2"},
    ranges={"a": (0.1, 3.0), "b": (0.1, 3.0), "λ": (0.1, 2.0)},
)
COST_AT = Point("θ = (2, 0.1), λ = 1", {"a": 2.0, "b": 0.1, "λ": 1.0})
NORM = Model(
    inputs=("a", "b"),
    definitions={
        "norm": lambda q: absolute(q.a) + absolute(q.b),
        "square": lambda q: q.a**2 + q.b**2,
    },
    symbols={"a": "θ1", "b": "θ2", "norm": "‖θ‖₁", "square": "‖θ‖₂²"},
)
NORM_AT = Point("θ = (1, −2)", {"a": 1.0, "b": -2.0})


def _cost(forms: Mapping[str, Any]) -> tuple[Claim, ...]:
    return claims(COST, "J", "S25, L410", (COST_AT,), forms)


def _beside(lam: float, side: int) -> tuple[Reading, ...]:
    # The slope by θ2 at points that come nearer to the corner, from one side.
    return tuple(
        Reading(
            f"θ₂ = {'+' if side > 0 else '−'}10⁻{'⁰¹²³⁴⁵⁶⁷⁸⁹'[power]}",
            derivative_at(
                COST,
                "J",
                "b",
                Point("", {"a": 2.5, "b": side * 10.0**-power, "λ": lam}),
            ).compute,
        )
        for power in (1, 3, 6, 9)
    )


def _corner(lam: float) -> Reading:
    at = Point("", {"a": 2.5, "b": 0.0, "λ": lam})
    return Reading(
        "θ₂ = 0, the engine's choice", derivative_at(COST, "J", "b", at).compute
    )


SIDES = tuple(
    Readings(
        f"Slope by θ₂ with λ = {lam:g}",
        (*_beside(lam, -1), *_beside(lam, 1), _corner(lam)),
    )
    for lam in (1.0, 0.6)
)


def _cuts_figure() -> str:
    def cut(lam: float) -> list[tuple[float, float]]:
        def height(x: float) -> float:
            return float(COST.run({"a": 3 - lam / 2, "b": x, "λ": lam}).J)

        xs = [-0.3 + k / 100 for k in range(91)]
        return [(x, height(x) - height(0.0)) for x in xs]

    return plots.lines(
        {f"λ = {lam:g}": cut(lam) for lam in (0.6, 1.0)},
        title="The cost over the second parameter has a corner at 0",
        names=("θ₂", "J − J(0)"),
    )


CORNER = Article(
    id="lasso-corner",
    title="A penalty with a corner",
    catalogue_ids=("S25",),
    source=SOURCE,
    summary=(
        "The lasso adds λ times the sum of the absolute values. At θ₂ = 0 this has a "
        "corner: no derivative, but a slope to each side. If 0 lies between the two, "
        "the corner is the minimum, and the parameter is exactly 0. Here X = I and "
        "y = (3, 0.4)."
    ),
    parts=(
        Part(
            "Two norms",
            "Ridge takes the squares, the lasso the absolute values.",
            (
                claims(
                    NORM,
                    "square",
                    "S25, L406",
                    (NORM_AT,),
                    {"a": lambda q: 2 * q.a, "b": lambda q: 2 * q.b},
                )
                + claims(
                    NORM,
                    "norm",
                    "S25, L410",
                    (NORM_AT,),
                    {"a": lambda q: sign(q.a)},
                )
            ),
            NORM,
            ("norm", "square"),
            readings=(
                Readings("At θ = (1, −2)", value_at(NORM, "norm square", NORM_AT)),
            ),
        ),
        Part(
            "Away from the corner",
            "Where both parameters are positive the penalty is linear.",
            _cost(
                {
                    "a": lambda q: 2 * (q.a - 3) + q.λ * sign(q.a),
                    "b": lambda q: 2 * (q.b - q.exact("0.4")) + q.λ * sign(q.b),
                    "a a": lambda q: 2,
                    "b b": lambda q: 2,
                }
            ),
            COST,
            ("RSS", "J"),
            readings=(
                Readings(
                    "At θ = (2, 0.1), λ = 1",
                    (
                        *value_at(COST, "J", COST_AT),
                        derivative_at(COST, "J", "a", COST_AT),
                        derivative_at(COST, "J", "b", COST_AT),
                    ),
                ),
            ),
        ),
        Part(
            "At the corner, from both sides",
            "With λ = 1 the slope ends at −0.8 + 1 on the right and at −0.8 − 1 on the "
            "left: downhill to 0 from both sides. With λ = 0.6 both are negative, and "
            "the minimum is further right: corners are typical, not certain. At 0 "
            "itself the engine takes 0 for the slope of the absolute value, the "
            "subgradient of least norm.",
            readings=SIDES,
            figures=(Figure("Cuts through the cost, at the best θ₁.", _cuts_figure),),
        ),
    ),
    misprints=(
        Misprint(
            "S25, L410",
            "‖θ‖₁ is |θ₁| + |θ₂|; without the bars it would be −1 at (1, −2).",
            claims(NORM, "norm", "L410", (NORM_AT,), {"": lambda q: q.a + q.b})[0],
            claims(
                NORM,
                "norm",
                "L410",
                (NORM_AT,),
                {"": lambda q: absolute(q.a) + absolute(q.b)},
            )[0],
        ),
    ),
    remarks=(
        Remark(
            "S25, L412",
            "To meet at a corner is typical, not certain: with a small penalty both "
            "parameters stay.",
        ),
    ),
    record=COST.drawn("J", COST_AT, "a", "b"),
    kind="definition",
)

# -- the solution ----------------------------------------------------------------------


def _soft(name: str) -> Rule:
    def rule(q: Any) -> Any:
        y = getattr(q, name)
        return sign(y) * maximum(absolute(y) - q.λ / 2, 0)

    return rule


def _kept(q: Any) -> Any:
    return greater(absolute(q.y1) - q.λ / 2, 0)


SOFT = Model(
    inputs=("y1", "y2", "λ"),
    definitions={"t1": _soft("y1"), "t2": _soft("y2")},
    symbols={"t1": "θ1", "t2": "θ2"},
    ranges={"y1": (2.0, 4.0), "y2": (-0.4, 0.4), "λ": (1.0, 2.0)},
)
SOFT_AT = Point("y = (3, 0.4), λ = 1", {"y1": 3.0, "y2": 0.4, "λ": 1.0})
LAMBDAS = tuple(
    Point(f"λ = {lam:g}", {**SOFT_AT.values, "λ": lam}) for lam in (0.6, 1.0)
)
RATE = 0.25


def _shrunk(x: Any, by: Any) -> Any:
    size = max(abs(x) - by, 0)
    return size if x > 0 else -size


def proximal(at: At) -> list[Any]:
    """A gradient step on RSS alone, then each parameter moved towards 0 by αλ."""
    lam = at.values["λ"]
    smooth = at.source.gradient(at.model, "RSS", at.over, at.values)
    return [
        _shrunk(x - RATE * g, RATE * lam) for x, g in zip(at.x, smooth, strict=True)
    ]


def subgradient(at: At) -> list[Any]:
    """A step against the subgradient of J, of the length 1/(k + 2)."""
    rate = at.source.number(1) / (at.k + 2)
    return [x - rate * g for x, g in zip(at.x, at.gradient, strict=True)]


def _run(caption: str, step: Callable[[At], list[Any]], lam: float, steps: int) -> Run:
    start = Point(f"θ = (1, 0.5), λ = {lam:g}", {"a": 1.0, "b": 0.5, "λ": lam})
    return Run(caption, COST, "J", ("a", "b"), start, steps, step)


PROXIMAL = tuple(_run("Proximal gradient", proximal, lam, 10) for lam in (1.0, 0.6))
SUBGRADIENT = _run("Subgradient steps", subgradient, 1.0, 8)


def _soft_at(lam: float) -> tuple[float, float]:
    found = SOFT.run({"y1": 3.0, "y2": 0.4, "λ": lam})
    return float(found.t1), float(found.t2)


def _diamond_figure() -> str:
    lam = 1.0
    best = _soft_at(lam)
    r = abs(best[0]) + abs(best[1])

    def rss(a: float, b: float) -> float:
        return float(COST.run({"a": a, "b": b, "λ": 0.0}).RSS)

    height = rss(*best)
    ridge = [(3 * s, 0.4 * s) for s in (k / 20 for k in range(21))]
    return plots.contour(
        rss,
        (-3.0, 3.8),
        (-3.0, 3.0),
        title="The corner of the lasso's diamond touches a line of equal height",
        paths={
            "‖θ‖₁ = 2.5": [(r, 0.0), (0.0, r), (-r, 0.0), (0.0, -r), (r, 0.0)],
            "lasso, λ from 0 to 6": [_soft_at(k / 10) for k in range(61)],
            "ridge, δ² from 0 on": ridge,
        },
        marks={"lasso, λ = 1": best},
        levels=sorted({height, 2.0, 5.0, 10.0, 20.0, 30.0}),
        names=("θ₁", "θ₂"),
    )


def _path_figure() -> str:
    lams = [k / 20 for k in range(141)]
    return plots.lines(
        {
            "lasso, θ₁": [(lam, _soft_at(lam)[0]) for lam in lams],
            "lasso, θ₂": [(lam, _soft_at(lam)[1]) for lam in lams],
            "ridge, θ₁": [(lam, 3 / (1 + lam)) for lam in lams],
            "ridge, θ₂": [(lam, 0.4 / (1 + lam)) for lam in lams],
        },
        title="The parameters over the strength of the penalty, for lasso and ridge",
        names=("λ or δ²", "θ"),
    )


SOLUTION = Article(
    id="lasso",
    title="The lasso",
    catalogue_ids=("S25",),
    source=SOURCE,
    summary=(
        "For X = I every parameter is found by itself: y is moved towards 0 by λ/2, "
        "and stops there. Small ones are removed, which is what the slide calls sparse."
    ),
    parts=(
        Part(
            "The soft threshold",
            "Where θ is not 0 it moves with y, and the penalty moves it by 1/2 per λ. "
            "A bracket is 1 where what it says is so, and 0 elsewhere.",
            (
                claims(
                    SOFT,
                    "t1",
                    "S25",
                    (SOFT_AT,),
                    {
                        "y1": lambda q: sign(q.y1) ** 2 * _kept(q),
                        "λ": lambda q: -sign(q.y1) * _kept(q) / 2,
                    },
                )
            ),
            SOFT,
            ("t1", "t2"),
            readings=(
                Readings(
                    "For y = (3, 0.4)",
                    (*values(SOFT, "t1", LAMBDAS), *values(SOFT, "t2", LAMBDAS)),
                ),
            ),
            figures=(
                Figure(
                    "Lines of equal sum of squares around (3, 0.4). The diamond has "
                    "its corner on the axis; the ridge solutions never reach the axis.",
                    _diamond_figure,
                ),
                Figure(
                    "The lasso's parameters are 0 from λ = 2|y| on, those of ridge "
                    "never.",
                    _path_figure,
                ),
            ),
        ),
        Part(
            "Two algorithms",
            "A proximal step descends on the smooth part and then applies the soft "
            "threshold: θ₂ becomes 0 and stays 0. Steps against the subgradient jump "
            "over the corner; with lengths 1/(k + 2) they come near, and are never "
            "there.",
            runs=(*PROXIMAL, SUBGRADIENT),
        ),
    ),
    record=SOFT.drawn("t1", SOFT_AT),
    kind="algorithm",
)

CHAPTER = Chapter(
    "lasso",
    "Lasso",
    "A penalty on absolute values removes parameters instead of shrinking them all.",
    (CORNER, SOLUTION),
)
