"""Steepest descent with a line search: gradient descent that finds its own rate.

Source: A. Cauchy 1847, Comptes rendus 25, 536-538; J. Nocedal and S. Wright, Numerical
Optimization, 2nd ed. 2006, 3.3 and the first length (3.60); notes A-77, S43.
"""

from .descent import Direction
from .line_search import Trial, strong_wolfe
from .objective import Differentiable, Point, Vector, dot, largest

__all__ = ["SteepestDescent"]


class SteepestDescent(Direction):
    """d = -∇f(x).

    The notes' "max at θ = 0" is the steepest *ascent*; descent goes against it (E45).
    """

    def __init__(self) -> None:
        self._expected: float | None = None  # the decrease of the last step

    def propose(self, objective: Differentiable, point: Point) -> tuple[Vector, str]:
        """Against the gradient."""
        return [-g for g in point.gradient], ""

    def search(
        self, objective: Differentiable, point: Point, direction: Vector
    ) -> Trial | None:
        """First as far as if f decreased as much as by the last step."""
        if self._expected is None:
            first = min(1.0, 1.0 / largest(direction))
        else:
            first = 2.0 * self._expected / dot(direction, direction)
        return strong_wolfe(objective, point, direction, first)

    def learn(self, old: Point, new: Point) -> None:
        """Keep the decrease."""
        decrease = old.f - new.f
        self._expected = decrease if decrease > 0 else None
