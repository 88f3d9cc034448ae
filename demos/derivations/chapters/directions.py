"""S36, A-76 and A-77: where the gradient points, and when it points nowhere."""

from typing import Any

from autograd_core import atan2, cos, sin, sqrt
from visualize import plots

from ..article import Model, Point
from ..checks import engine_source
from ..frame import Article, Figure, Part, Remark
from ..readings import Reading, Readings, Source
from .pictures import height, measured
from .quasi_newton import inner
from .shorthand import claims
from .taylor import (
    BEFORE,
    FOOT,
    HILL,
    MOVED,
    NOTES,
    SQUARES,
    THERE,
    THETAS,
    XS,
    first_term,
    height_at,
    step,
)

__all__ = ["DIRECTION", "TURN"]

# -- S36, A-76, A-77 -------------------------------------------------------------------

TURN = Model(
    inputs=(*THETAS, "φ", "t"),
    definitions={
        "h": lambda q: (q.θ1 + q.t * cos(q.φ)) ** 2 + (q.θ2 + q.t * sin(q.φ)) ** 2,
        "level": lambda q: (
            (q.θ1 * cos(q.φ) - q.θ2 * sin(q.φ)) ** 2
            + (q.θ1 * sin(q.φ) + q.θ2 * cos(q.φ)) ** 2
        ),
    },
    symbols={"level": "f on the circle"},
)
_PI = 3.141592653589793


def _turned(degrees: int) -> Point:
    values = {**THERE.values, "φ": degrees / 180 * _PI, "t": 0.0}
    return Point(f"φ = {degrees}°, t = 0", values)


def _norm(vector: list[Any]) -> Any:
    return sqrt(inner(vector, vector))


def _hill(label: str, of: Any) -> Reading:
    return measured(label, HILL, "f", FOOT, of)


def _cosine(source: Source, g: list[Any]) -> Any:
    u = step(source)
    return inner(g, u) / (_norm(g) * _norm(u))


def _angle(source: Source, g: list[Any]) -> Any:
    u = step(source)
    # From the sine and the cosine: exact at every angle.
    return atan2(abs(g[0] * u[1] - g[1] * u[0]), inner(g, u))


def _change(sign: int) -> Any:
    # What f really does over |Δx| along the gradient (1) or against it (-1).
    def of(source: Source, g: list[Any]) -> Any:
        length = sign * _norm(step(source)) / _norm(g)
        x = [source.number(v) for v in FOOT.values.values()]
        there = [a + length * b for a, b in zip(x, g, strict=True)]
        values = dict(zip(XS, there, strict=True))
        return source.of(HILL, "f", (), values) - height_at(source, 0)

    return of


def _scan(directions: int) -> Any:
    """The direction, in degrees, of the largest slope among so many."""

    def of(source: Source, g: list[Any]) -> Any:
        turns = [source.number(2 * _PI) * k / directions for k in range(directions)]
        slopes = [g[0] * cos(a) + g[1] * sin(a) for a in turns]
        best = max(range(directions), key=lambda k: slopes[k])
        return source.number(360) * best / directions

    return of


def _direction_figure() -> str:
    g = engine_source().gradient(HILL, "f", XS, FOOT.values)
    x = (0.5, -1.0)
    size = inner(g, g) ** 0.5 / 0.6
    up = (g[0] / size, g[1] / size)
    return plots.contour(
        height(HILL, "f", XS, FOOT),
        # One unit is as long in either direction: a right angle looks like one.
        (-0.8, 1.8),
        (-1.85, -0.15),
        title="The gradient stands at right angles on the line of equal height",
        paths={
            "f′: steepest ascent": [x, (x[0] + up[0], x[1] + up[1])],
            "−f′: steepest descent": [x, (x[0] - up[0], x[1] - up[1])],
            "tangent of the level line": [
                (x[0] + up[1], x[1] - up[0]),
                (x[0] - up[1], x[1] + up[0]),
            ],
        },
        levels=[0, 0.25, 0.5, 0.8, 1.1487, 1.6, 2.2, 3],
        names=("x₁", "x₂"),
    )


def _flat_slope(degrees: int) -> Reading:
    values = {"θ1": 0.0, "θ2": 0.0, "φ": degrees / 180 * _PI, "t": 0.0}
    return Reading(
        f"slope at (0, 0) along φ = {degrees}°",
        lambda source: source.of(TURN, "h", ("t",), values),
    )


DIRECTION = Article(
    id="steepest-direction",
    title="Where the gradient points",
    catalogue_ids=("S36", "A-76", "A-77"),
    source=(
        NOTES + "lines L104–L112; the slides on the multi-layer perceptron, lines "
        "L557–L562"
    ),
    summary=(
        "Of all directions the gradient is the one in which f rises most, and it "
        "stands at right angles on the line of equal height. The slides state it, the "
        "notes derive it from the inner product; both leave out that the gradient must "
        "not be zero."
    ),
    parts=(
        Part(
            "The slope in a direction",
            "On the slides' bowl, from θ at the angle φ. Turning the point about the "
            "origin by φ does not change the height: the level lines are circles, and "
            "along them the slope is zero.",
            (
                *claims(
                    TURN,
                    "h",
                    "S36, L559",
                    (*map(_turned, (0, 45, 90)),),
                    {
                        "t": lambda q: (
                            2 * (q.θ1 + q.t * cos(q.φ)) * cos(q.φ)
                            + 2 * (q.θ2 + q.t * sin(q.φ)) * sin(q.φ)
                        )
                    },
                ),
                *claims(
                    TURN,
                    "level",
                    "S36, L559",
                    (_turned(45),),
                    {"": lambda q: q.θ1**2 + q.θ2**2},
                ),
            ),
            TURN,
            ("h", "level"),
            readings=(
                Readings(
                    "The bowl at (1.5, −0.5)",
                    (
                        measured("|∇f|", SQUARES, "f", THERE, lambda _, g: _norm(g)),
                        measured(
                            "∇f · tangent",
                            SQUARES,
                            "f",
                            THERE,
                            lambda _, g: inner(g, [-g[1], g[0]]),
                        ),
                    ),
                ),
            ),
        ),
        Part(
            "The cosine",
            "⟨f′, Δx⟩ = |f′||Δx| cos θ, exactly: its square and the square of the "
            "other product, which has the sine, add up to |f′|²|Δx|². So the inner "
            "product is largest at θ = 0 (up the gradient) and smallest at θ = π "
            "(down). The notes' θ is this angle here, and the parameters elsewhere; "
            "their “max” is the steepest ascent (E45).",
            claims(
                MOVED,
                "lengths",
                "A-76, L104",
                (BEFORE,),
                {
                    "": lambda q: (
                        (q.p1 * q.u1 + q.p2 * q.u2) ** 2
                        + (q.p1 * q.u2 - q.p2 * q.u1) ** 2
                    )
                },
            ),
            readings=(
                Readings(
                    "The hill at x = (0.5, −1), Δx = (0.1, 0.2)",
                    (
                        _hill("|f′|", lambda _, g: _norm(g)),
                        _hill("|Δx|", lambda source, _: _norm(step(source))),
                        _hill("cos θ", _cosine),
                        _hill("θ in radians", _angle),
                        _hill(
                            "|f′||Δx| cos θ",
                            lambda source, g: (
                                _norm(g) * _norm(step(source)) * _cosine(source, g)
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Part(
            "The steepest direction",
            "The best of 3600 directions is that of the gradient, to a tenth of a "
            "degree. Over the length |Δx| the linear term promises as much up as down; "
            "f itself, which bends, does more up and less down.",
            readings=(
                Readings(
                    "Unit vector and best direction",
                    (
                        _hill("u₁ = f′₁/|f′|", lambda _, g: g[0] / _norm(g)),
                        _hill("u₂ = f′₂/|f′|", lambda _, g: g[1] / _norm(g)),
                        _hill(
                            "direction of f′ in degrees",
                            lambda source, g: (
                                atan2(g[1], g[0]) * 180 / source.number(_PI) + 360
                            ),
                        ),
                        _hill("best of 3600 directions, in degrees", _scan(3600)),
                    ),
                ),
                Readings(
                    "Over the length |Δx|",
                    (
                        _hill(
                            "linear term along f′",
                            lambda source, g: _norm(g) * _norm(step(source)),
                        ),
                        _hill(
                            "linear term along −f′",
                            lambda source, g: -_norm(g) * _norm(step(source)),
                        ),
                        _hill("linear term along Δx", lambda s, _: first_term(s, 1)),
                        _hill("change of f along f′", _change(1)),
                        _hill("change of f along −f′", _change(-1)),
                        _hill(
                            "change of f along Δx",
                            lambda s, _: height_at(s, 1) - height_at(s, 0),
                        ),
                    ),
                ),
            ),
            figures=(
                Figure("Up, down, and along the line of height.", _direction_figure),
            ),
        ),
        Part(
            "Where it fails",
            "At a flat place the gradient is zero and points nowhere: no direction is "
            "steeper than another, and the line of equal height through the bottom of "
            "the bowl is a single point.",
            readings=(
                Readings(
                    "The bowl at (0, 0), beside (1.5, −0.5)",
                    (
                        *map(_flat_slope, (0, 45, 90)),
                        measured("|∇f|", SQUARES, "f", THERE, lambda _, g: _norm(g)),
                    ),
                ),
            ),
        ),
    ),
    record=TURN.drawn("h", _turned(45), *THETAS, "t"),
    remarks=(
        Remark(
            "S36, L559–L562",
            "All of it needs a gradient that is not zero.",
        ),
        Remark(
            "A-76, L104–L112 (E45)",
            "θ is an angle here and the parameters elsewhere. The maximum is the "
            "steepest ascent; a descent goes against it.",
        ),
    ),
)
