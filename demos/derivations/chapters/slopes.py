"""One-sided slopes: difference quotients as readings.

What one can do with this file: put a difference quotient with a step of either sign
into a table (`quotient`).

The one idea: a one-sided slope is a limit of quotients whose steps keep their sign.
Where the two sides disagree, or the quotients grow without end, there is no
derivative, whatever a program returns there.
"""

from fractions import Fraction
from typing import Any

from ..article import Model, Point
from ..readings import Reading, Source

__all__ = ["quotient"]


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
