"""A-81 and A-82: the gradient in the narrow valley, and the next point."""

from typing import Any

from autograd_core import atan2, sqrt

from ..article import Model, Point
from ..frame import Article, Part
from ..readings import Printed, Reading, Readings, Run, Source
from .descent_rules import DESCENT, gradient_descent
from .narrow_valley import ONES, VALLEY
from .pictures import measured
from .quasi_newton import inner
from .shorthand import claims

__all__ = ["ARTICLE", "NEAR", "VALLEY_RUN", "ZIGZAG", "ZIGZAG_AT"]

NOTES = "the hand-written notes on softmax and Adam, "

# -- A-81 and A-82 ---------------------------------------------------------------------

V = ("x1", "x2")
VALLEY_RUN = Run("η = 0.95", VALLEY, "f", V, ONES, 5, gradient_descent(0.95), DESCENT)
ZIGZAG = Model(
    inputs=("x1", "x2", "a", "η"),
    definitions={
        "p": lambda q: q.x1 - q.η * (2 * q.x1 / q.a**2),
        "r": lambda q: q.x2 - q.η * (2 * q.x2),
        "pp": lambda q: q.p - q.η * (2 * q.p / q.a**2),
        "rr": lambda q: q.r - q.η * (2 * q.r),
    },
    symbols={
        "p": "x′1",
        "r": "x′2",
        "pp": "x″₁",
        "rr": "x″₂",
    },
    ranges={"a": (0.5, 10.0)},
)
ZIGZAG_AT = Point("x = (1, 1), a = 10, η = 0.95", {**ONES.values, "η": 0.95})


def _near(x1: float, x2: float) -> Point:
    label = f"({x1:g}, {x2:g})".replace("-", "−")
    return Point(label, {"x1": x1, "x2": x2, "a": 10.0})


NEAR = PRINTED_AT, REACHED = _near(0.9, -0.9), _near(0.981, -0.9)


def _slope(point: Point, place: int, *, half: bool = False) -> Reading:
    label = f"{'½' if half else ''}∂f/∂x{'₁₂'[place]} at {point.label}"
    return measured(
        label,
        VALLEY,
        "f",
        point,
        lambda _, g: g[place] / 2 if half else g[place],
        V,
    )


def _towards(source: Source, g: list[Any]) -> Any:
    # Angle between -f' and the way to the minimum, which is -x.
    x = [source.number(ONES.values[name]) for name in V]
    return atan2(abs(g[0] * x[1] - g[1] * x[0]), inner(g, x))


def _cosine(source: Source, g: list[Any]) -> Any:
    x = [source.number(ONES.values[name]) for name in V]
    return inner(g, x) / sqrt(inner(g, g)) / sqrt(inner(x, x))


def _one(label: str, of: Any) -> Reading:
    return measured(label, VALLEY, "f", ONES, of, V)


ARTICLE = Article(
    id="valley-gradient",
    title="The gradient of a narrow valley",
    catalogue_ids=("A-81", "A-82"),
    source=NOTES + "lines L124–L128",
    summary=(
        "f = x₁²/a² + x₂² with a = 10, at (1, 1): the gradient points almost straight "
        "across the valley. (Its derivatives and the methods made for it are in the "
        "chapter on narrow valleys.)"
    ),
    parts=(
        Part(
            "At (1, 1)",
            "The notes take the factor 2 out: 2·(1/100, 1). The way to the minimum "
            "and the way down differ by 44 degrees.",
            claims(
                VALLEY,
                "f",
                "A-81, L124",
                (ONES,),
                {"x1": lambda q: 2 * (q.x1 / q.a**2), "x2": lambda q: 2 * q.x2},
            ),
            VALLEY,
            ("f",),
            printed=(
                Printed("A-81, L126", _slope(ONES, 0, half=True), "1/100"),
                Printed("A-81, L126", _slope(ONES, 1, half=True), "1"),
            ),
            readings=(
                Readings(
                    "At (1, 1)",
                    (
                        _slope(ONES, 0),
                        _slope(ONES, 1),
                        _one("|f′|", lambda _, g: sqrt(inner(g, g))),
                        _one("u₁", lambda _, g: g[0] / sqrt(inner(g, g))),
                        _one("u₂", lambda _, g: g[1] / sqrt(inner(g, g))),
                        _one("cosine of −f′ and −x", _cosine),
                        _one(
                            "angle in degrees",
                            lambda source, g: (
                                _towards(source, g)
                                * 180
                                / source.number(3.141592653589793)
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Part(
            "The next point of the notes",
            "L128 prints 2·(0.9, 0.9/100, −0.9): three entries for two variables. It "
            "fits the line above if the first is stray and the point is (0.9, −0.9). "
            "But no step leads from (1, 1) to there: x₂ = −0.9 needs η = 0.95, and "
            "then x₁ is 0.981.",
            claims(
                ZIGZAG,
                "pp",
                "A-82",
                (ZIGZAG_AT,),
                {"": lambda q: (1 - 2 * q.η / q.a**2) ** 2 * q.x1},
            )
            + claims(
                ZIGZAG,
                "rr",
                "A-82",
                (ZIGZAG_AT,),
                {"": lambda q: (1 - 2 * q.η) ** 2 * q.x2},
            ),
            ZIGZAG,
            ("p", "r"),
            runs=(VALLEY_RUN,),
            printed=(
                Printed(
                    "A-82, L128 (E47)",
                    _slope(PRINTED_AT, 0, half=True),
                    "0.9",
                    True,
                    "one entry too many",
                ),
                Printed(
                    "A-82, L128, second", _slope(PRINTED_AT, 0, half=True), "0.009"
                ),
                Printed("A-82, L128, third", _slope(PRINTED_AT, 1, half=True), "-0.9"),
                Printed(
                    "A-82, L128 as the next point",
                    VALLEY_RUN.reading(1, "x1"),
                    "0.9",
                    True,
                ),
                Printed(
                    "A-82, L128 as the next point",
                    VALLEY_RUN.reading(1, "x2"),
                    "-0.9",
                ),
            ),
            readings=(
                Readings(
                    "Slopes at either point",
                    tuple(_slope(p, i) for p in (PRINTED_AT, REACHED) for i in (0, 1)),
                ),
            ),
        ),
    ),
    record=ZIGZAG.drawn("rr", ZIGZAG_AT, "x2", "η"),
)
