"""The function that is to become small, as the methods of second order see it.

What one can do with this file: evaluate a function of a list of numbers, with its
gradient, Hessian, Hessian times vector and Jacobian, all exact, all by the engine.

The one idea: a start that is not finite is an error, a trial point that is not finite
is only a bad point. A line search steps back from it, so ``at`` reports it instead of
raising.

Source: the engine's transforms; J. Nocedal and S. Wright, Numerical Optimization,
2nd ed. 2006, chapters 2 and 10.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from autograd_core import (
    NonFiniteError,
    hessian,
    hvp,
    jacobian,
    no_grad,
    value_and_grad,
    vjp,
)

from .checks import shown, vector

__all__ = [
    "Differentiable",
    "Objective",
    "Point",
    "Residuals",
    "begin",
    "dot",
    "largest",
]

Vector = list[float]
Matrix = list[list[float]]


class Point(NamedTuple):
    """Where we are: the arguments, the value and the gradient there."""

    x: Vector
    f: float
    gradient: Vector

    @property
    def is_finite(self) -> bool:
        """Whether value and gradient are."""
        return math.isfinite(self.f) and all(map(math.isfinite, self.gradient))


class Differentiable(Protocol):
    """What a line search needs."""

    evaluations: int

    def at(self, x: Vector) -> Point:
        """Value and gradient at ``x``, finite or not."""


class Objective:
    """A function of n numbers with one result.

    Parameters
    ----------
    f
        Takes a list of n numbers, returns one number, built from the engine's
        functions and operators.

    Attributes
    ----------
    evaluations : int
        How often value and gradient were computed.
    """

    def __init__(self, f: Callable[[list[Any]], Any]) -> None:
        if not callable(f):
            raise TypeError(f"'f' must be a function of a list (got {shown(f)})")
        self.f = f
        self.evaluations = 0

    def at(self, x: Vector) -> Point:
        """Value and gradient at ``x``, finite or not."""
        self.evaluations += 1
        # Values from outside are constants here: what is returned are plain floats.
        with no_grad():
            f, g = value_and_grad(self.f, allow_nonfinite=True)(x)
        return Point(x, float(f), g)

    def hessian(self, x: Vector) -> Matrix:
        """All second derivatives at ``x``.

        Raises
        ------
        NonFiniteError
            If one of them is NaN or infinite.
        """
        with no_grad():
            rows: Matrix = hessian(self.f)(x)
        _require_finite(rows, "the Hessian", x)
        return rows

    def hvp(self, x: Vector, v: Vector) -> Vector:
        """The Hessian at ``x`` times ``v``, without the Hessian."""
        with no_grad():
            product: Vector = hvp(self.f, (x,), (v,))
        _require_finite([product], "a Hessian-vector product", x)
        return product


class Residuals:
    """The function ½ Σ r², given by its residuals.

    Parameters
    ----------
    residuals
        Takes a list of n numbers, returns a list of m numbers.
    """

    def __init__(self, residuals: Callable[[list[Any]], Any]) -> None:
        if not callable(residuals):
            raise TypeError(
                f"'residuals' must be a function of a list (got {shown(residuals)})"
            )
        self.residuals = residuals
        self.evaluations = 0

    def at(self, x: Vector) -> Point:
        """½ Σ r² and its gradient Jᵀr, by one sweep."""
        self.evaluations += 1
        with no_grad():
            r, pullback = vjp(self.residuals, x)
            lists = (list, tuple)
            if not isinstance(r, lists) or any(isinstance(e, lists) for e in r):
                raise TypeError(
                    f"'residuals' must return a list of numbers (got {shown(r)})"
                )
            if not r:
                raise ValueError("'residuals' must return at least one number")
            (gradient,) = pullback(r)
        return Point(x, 0.5 * dot(r, r), gradient)

    def jacobian(self, x: Vector) -> Matrix:
        """dr_i/dx_j at ``x``, m rows of n numbers."""
        with no_grad():
            rows: Matrix = jacobian(self.residuals)(x)
        _require_finite(rows, "the Jacobian", x)
        return rows


def begin(objective: Differentiable, x0: Any) -> Point:
    """The first point.

    Raises
    ------
    TypeError, ValueError
        If ``x0`` is not a list of finite numbers.
    NonFiniteError
        If the function or its gradient is not finite there.
    """
    x = vector("x0", x0)
    point = objective.at(x)
    if not point.is_finite:
        raise NonFiniteError(
            f"the function is {point.f} and its gradient {point.gradient} at the start "
            f"{x}; start where both are finite"
        )
    return point


def _require_finite(rows: Matrix, what: str, x: Vector) -> None:
    for row in rows:
        for entry in row:
            if not math.isfinite(entry):
                raise NonFiniteError(f"{what} has the entry {entry} at {x}")


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Σ a_i b_i from left to right."""
    total = 0.0
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def largest(a: Sequence[float]) -> float:
    """max |a_i|."""
    return max(map(abs, a))
