"""What the chapters on slopes share: heights for pictures, one-sided quotients.

What one can do with this file: turn a quantity of a model into a function of floats
for a plot (`height`), or into its samples (`samples`); put a difference quotient with
a step of either sign into a table of readings (`quotient`).

The one idea: a one-sided slope is a limit of quotients whose steps keep their sign.
Where the two sides disagree, or the quotients grow without end, there is no
derivative, whatever a program returns there.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..article import Model, Point
from ..checks import engine
from ..readings import Reading, Source

__all__ = ["height", "quotient", "samples"]

Pair = tuple[float, float]


def height(model: Model, target: str) -> Callable[..., float]:
    """The quantity ``target`` as a function of floats, one per input of the model."""
    of = model.function(target)

    def at(*numbers: float) -> float:
        return float(engine(of, list(numbers), ()))

    return at


def samples(
    f: Callable[[float], float], low: float, high: float, count: int = 121
) -> list[Pair]:
    """``count`` points of the graph of ``f``, from ``low`` to ``high``."""
    step = (high - low) / (count - 1)
    return [(x, f(x)) for x in (low + step * i for i in range(count))]


def quotient(
    model: Model, target: str, wrt: str, point: Point, h: str, label: str = ""
) -> Reading:
    """(f(x + h) − f(x))/h for the step ``h``, a fraction as text, of either sign.

    Parameters
    ----------
    label
        What the table calls it; the step by default.
    """
    step = Fraction(h)

    def compute(source: Source) -> Any:
        shift = source.number(step.numerator) / source.number(step.denominator)
        here = {name: source.number(x) for name, x in point.values.items()}
        there = {**here, wrt: here[wrt] + shift}
        rise = source.of(model, target, (), there) - source.of(model, target, (), here)
        return rise / shift

    return Reading(label or f"h = {h}".replace("-", "−"), compute)
