"""How far to go along a direction: Armijo's rule, and the strong Wolfe conditions.

What one can do with this file: from a point and a direction that leads down, find a
length α with

    f(x + αd) <= f(x) + c₁ α ∇f(x)·d          (enough decrease: Armijo)
    |∇f(x + αd)·d| <= c₂ |∇f(x)·d|            (flat enough: strong Wolfe)

The one idea: the first condition alone is met by short steps, and shrinking finds one;
the second also rules out steps that are too short, so that the change of the gradient
teaches a quasi-Newton method something.

Close to a minimum the decrease is less than the rounding of f, and the first condition
would refuse the right step. So f may exceed the bound by 8 units in its last place (in
the spirit of W. Hager and H. Zhang 2005, SIAM J. Optim. 16, 170-192).

Source: J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. 2006, algorithms 3.1,
3.5 and 3.6, interpolation (3.59).
"""

import math
import sys
from typing import NamedTuple

from .objective import Differentiable, Point, Vector, dot

__all__ = ["Trial", "armijo", "strong_wolfe"]

DECREASE = 1e-4  # c1
FLATNESS = 0.9  # c2
MAX_TRIALS = 60  # halvings: 2**-60 of the first length is no step at all


class Trial(NamedTuple):
    """A length that was tried, and the point, value and slope there."""

    length: float
    point: Point
    f: float
    slope: float


class _Line:
    # The function along one direction.

    def __init__(self, objective: Differentiable, start: Point, d: Vector) -> None:
        self.objective, self.d = objective, d
        self.start = Trial(0.0, start, start.f, dot(start.gradient, d))
        self.rounding = 8.0 * sys.float_info.epsilon * abs(start.f)

    def trial(self, length: float) -> Trial:
        x = [a + length * b for a, b in zip(self.start.point.x, self.d, strict=True)]
        point = self.objective.at(x)
        if not point.is_finite:
            return Trial(length, point, math.inf, math.inf)
        return Trial(length, point, point.f, dot(point.gradient, self.d))

    def decreases(self, trial: Trial) -> bool:
        bound = self.start.f + DECREASE * trial.length * self.start.slope
        return trial.f <= bound + self.rounding

    def is_flat(self, trial: Trial) -> bool:
        return abs(trial.slope) <= -FLATNESS * self.start.slope


def armijo(
    objective: Differentiable, start: Point, direction: Vector, first: float = 1.0
) -> Trial | None:
    """The first of ``first``, ``first/2``, ``first/4``, ... that decreases f enough.

    Returns
    -------
    Trial or None
        None if the direction does not lead down, or no length does within rounding.
    """
    line = _Line(objective, start, direction)
    if not line.start.slope < 0:
        return None
    length = first
    for _ in range(MAX_TRIALS):
        trial = line.trial(length)
        if line.decreases(trial):
            return trial
        length /= 2.0
    return None


def strong_wolfe(
    objective: Differentiable, start: Point, direction: Vector, first: float = 1.0
) -> Trial | None:
    """A length that meets both conditions; ``first`` is tried first.

    Returns
    -------
    Trial or None
        None if the direction does not lead down, or no lower point was found. If only
        the first condition could be met, the best length that meets it.
    """
    line = _Line(objective, start, direction)
    if not line.start.slope < 0:
        return None
    before, length = line.start, first
    for _ in range(MAX_TRIALS):
        trial = line.trial(length)
        if not line.decreases(trial) or trial.f > before.f + line.rounding:
            return _zoom(line, before, trial)
        if line.is_flat(trial):
            return trial
        if trial.slope >= 0:
            return _zoom(line, trial, before)
        before, length = trial, 2.0 * length
    return before


def _zoom(line: _Line, low: Trial, high: Trial) -> Trial | None:
    # The length looked for is between the two; ``low`` is the lower point that
    # decreases f enough, and the slope there leads towards ``high``.
    for _ in range(MAX_TRIALS):
        trial = line.trial(_between(low, high))
        if not line.decreases(trial) or trial.f > low.f + line.rounding:
            high = trial
            continue
        if line.is_flat(trial):
            return trial
        if trial.slope * (high.length - low.length) >= 0:
            high = low
        low = trial
    return low if low.length > 0 else None


def _between(low: Trial, high: Trial) -> float:
    # The minimum of the cubic through both values and slopes; the middle where there
    # is none, or it lies in the outer tenths.
    a, b = low.length, high.length
    middle = a + (b - a) / 2.0
    if not math.isfinite(high.f):
        return middle
    d1 = low.slope + high.slope - 3.0 * (low.f - high.f) / (a - b)
    square = d1 * d1 - low.slope * high.slope
    if not square >= 0:
        return middle
    d2 = math.copysign(math.sqrt(square), b - a)
    divisor = high.slope - low.slope + 2.0 * d2
    if divisor == 0:
        return middle
    length = b - (b - a) * (high.slope + d2 - d1) / divisor
    return length if 0.1 <= (length - a) / (b - a) <= 0.9 else middle
