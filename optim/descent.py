"""The loop that all line-search methods share: direction, length, step.

What one can do with this file: run a `Direction` from a start to a minimum and get a
`Result`. The one idea: methods differ in the direction that they propose and in what
they learn from a step; everything else is this loop.

Source: J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. 2006, chapter 3.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .checks import at_least_zero, count
from .line_search import Trial, armijo
from .objective import Differentiable, Point, Vector, begin, largest

__all__ = ["Direction", "Iterate", "Result", "descend"]


class Iterate(NamedTuple):
    """One line of a history.

    Attributes
    ----------
    x, f
        The point and the value there.
    gradient_norm
        The largest absolute entry of the gradient there.
    length
        The step was this times the direction; None for the start.
    note
        What the method says about the step, such as how much it damped.
    """

    x: list[float]
    f: float
    gradient_norm: float
    length: float | None
    note: str


@dataclass(frozen=True)
class Result:
    """Where a method ended, and how it came there.

    Attributes
    ----------
    x, f, gradient
        The last point, the value and the gradient there.
    iterations
        How many steps were made.
    evaluations
        How often value and gradient were computed.
    converged
        Whether the largest entry of the gradient is within the tolerance.
    message
        Why it stopped.
    history
        The start and every step.
    """

    x: list[float]
    f: float
    gradient: list[float]
    iterations: int
    evaluations: int
    converged: bool
    message: str
    history: list[Iterate] = field(repr=False)


class Direction(ABC):
    """A method: where to go from a point, how far, and what a step teaches."""

    @abstractmethod
    def propose(self, objective: Any, point: Point) -> tuple[Vector, str]:
        """A direction that leads down from ``point``, and a note about it."""

    def search(
        self, objective: Differentiable, point: Point, direction: Vector
    ) -> Trial | None:
        """The step along it, or None if there is no lower point.

        Armijo's rule from the whole step, unless a method has another.
        """
        return armijo(objective, point, direction)

    def learn(self, old: Point, new: Point) -> None:  # noqa: B027  most need nothing
        """Take a step into account."""


def descend(
    objective: Any,
    start: Any,
    method: Direction,
    *,
    tolerance: float = 1e-8,
    max_iterations: int = 200,
    callback: Callable[[Iterate], Any] | None = None,
) -> Result:
    """Follow a method from ``start``, a list of numbers or a `Point`.

    Stops when the gradient's largest entry is at most ``tolerance``, after
    ``max_iterations``, or when no lower point is found along the direction.
    """
    tolerance = at_least_zero("tolerance", tolerance)
    max_iterations = count("max_iterations", max_iterations)
    point = start if isinstance(start, Point) else begin(objective, start)
    history = [line_of(point, None, "")]
    while True:
        stopped = stop(point, history, tolerance, max_iterations)
        if stopped:
            return result(objective, point, history, *stopped)
        direction, note = method.propose(objective, point)
        found = method.search(objective, point, direction)
        if found is None:
            message = (
                "no lower point along the direction: the limit of rounding, or a "
                "derivative that jumps"
            )
            return result(objective, point, history, False, message)
        method.learn(point, found.point)
        point = found.point
        history.append(line_of(point, found.length, note))
        if callback is not None:
            callback(history[-1])


def line_of(point: Point, length: float | None, note: str) -> Iterate:
    """The line of a history for a point."""
    return Iterate(point.x, point.f, largest(point.gradient), length, note)


def stop(
    point: Point, history: list[Iterate], tolerance: float, max_iterations: int
) -> tuple[bool, str] | None:
    """Whether it converged and the message, or None to go on."""
    norm = largest(point.gradient)
    if norm <= tolerance:
        return True, f"the largest entry of the gradient is {norm:.3g}"
    if len(history) > max_iterations:
        return False, f"stopped after {max_iterations} iterations, gradient {norm:.3g}"
    return None


def result(
    objective: Differentiable,
    point: Point,
    history: list[Iterate],
    converged: bool,
    message: str,
) -> Result:
    """The result at ``point``."""
    return Result(
        point.x,
        point.f,
        point.gradient,
        len(history) - 1,
        objective.evaluations,
        converged,
        message,
        history,
    )
