"""A straight line near three points: the model of the chapters on optimisation.

The data are (1, 2), (2, 5) and (3, 3), which belong to the error polynomial of the
calculus notes; they are inputs, so that a formula shows the sum over samples. Each
sample has a loss of its own, l1 to l3; `LINE` has their sum, half of it, their mean,
and the sum with a penalty on the slope.
"""

from collections.abc import Callable
from typing import Any

from autograd_core.numbers.text import symbol

from ..article import Model, Point
from .networks import total

__all__ = ["I3", "LINE", "PARAMETERS", "at", "column", "each", "missed", "rows"]

I3 = (1, 2, 3)
PARAMETERS = ("θ0", "θ1")
_DATA = {"x1": 1.0, "x2": 2.0, "x3": 3.0, "y1": 2.0, "y2": 5.0, "y3": 3.0}


def column(q: Any, letter: str) -> list[Any]:
    """The three numbers of a letter: the data x or y, or the losses l."""
    return [getattr(q, f"{letter}{i}") for i in I3]


def missed(q: Any, i: int) -> Any:
    """What the line has too much at sample i: ŷ − y."""
    return q.θ0 + getattr(q, f"x{i}") * q.θ1 - getattr(q, f"y{i}")


def each(of: Callable[[Any, int], Any]) -> Callable[[Any], Any]:
    """The sum of a term over the samples, as a rule."""
    return lambda q: total([of(q, i) for i in I3])


def rows(q: Any) -> list[list[Any]]:
    """The matrix X of the data, one row per sample: 1 and x."""
    return [[q.exact("1"), x] for x in column(q, "x")]


def _loss(i: int) -> Callable[[Any], Any]:
    return lambda q: missed(q, i) ** 2


def _sum(q: Any) -> Any:
    return total(column(q, "l"))


LINE = Model(
    inputs=(*PARAMETERS, *_DATA, "dd"),
    definitions={
        **{f"l{i}": _loss(i) for i in I3},
        "rss": _sum,
        "half": lambda q: _sum(q) / 2,
        "mean": lambda q: _sum(q) / 3,
        "ridge": lambda q: _sum(q) + q.dd * q.θ1**2,
    },
    symbols={
        "dd": symbol("δ") ** 2,
        "rss": "f",
        "half": "J",
        "mean": "f",
        "ridge": "f",
    },
    ranges={"dd": (0.0, 2.0)},
)


def at(first: float, second: float, penalty: float = 0.0) -> Point:
    """The line with these θ0 and θ1, on the notes' data."""
    label = f"θ = ({first:g}, {second:g})".replace("-", "−")
    return Point(label, {"θ0": first, "θ1": second, **_DATA, "dd": penalty})
