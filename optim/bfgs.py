"""BFGS: the inverse Hessian, learned from how the gradient changes.

Source: C. Broyden, R. Fletcher, D. Goldfarb and D. Shanno, all 1970; J. Nocedal and
S. Wright, Numerical Optimization, 2nd ed. 2006, algorithm 6.1, update (6.17), first
scale (6.20); notes S48, which name the method and print no formula.
"""

from collections.abc import Sequence
from typing import Any

from .descent import Direction
from .line_search import Trial, strong_wolfe
from .objective import Differentiable, Point, Vector, dot, largest

__all__ = ["BFGSDirection", "bfgs_update"]


def bfgs_update(
    H: Sequence[Sequence[Any]],  # noqa: N803  the field's name of it
    s: Sequence[Any],
    y: Sequence[Any],
) -> list[list[Any]]:
    """``(1 - ρ s yᵀ) H (1 - ρ y sᵀ) + ρ s sᵀ`` with ``ρ = 1/(y·s)``.

    Parameters
    ----------
    H
        An inverse Hessian, symmetric, n rows of n numbers of any kind.
    s, y
        A step, and by how much the gradient changed. ``y·s`` must not be 0.

    Returns
    -------
    list of list
        The nearest symmetric matrix that takes y to s. Positive definite if H is and
        ``y·s > 0``, which the strong Wolfe conditions ensure.

    Examples
    --------
    >>> from fractions import Fraction
    >>> H = bfgs_update([[1, 0], [0, 1]], [Fraction(1), Fraction(2)], [3, 4])
    >>> [sum(h * y for h, y in zip(row, [3, 4])) == s for row, s in zip(H, [1, 2])]
    [True, True]
    """
    Hy = [sum(h * e for h, e in zip(row, y, strict=True)) for row in H]  # noqa: N806
    sy = sum(a * b for a, b in zip(s, y, strict=True))
    scale = 1 + sum(a * b for a, b in zip(y, Hy, strict=True)) / sy
    n = range(len(s))
    return [
        [H[i][j] + (scale * s[i] * s[j] - Hy[i] * s[j] - s[i] * Hy[j]) / sy for j in n]
        for i in n
    ]


class BFGSDirection(Direction):
    """d = -H g, with H by `bfgs_update`; n² numbers of memory and work per step."""

    def __init__(self) -> None:
        self.H: list[Vector] | None = None

    def propose(self, objective: Differentiable, point: Point) -> tuple[Vector, str]:
        """One product; against the gradient while nothing is known."""
        if self.H is None:
            return [-g for g in point.gradient], ""
        return [-dot(row, point.gradient) for row in self.H], ""

    def search(
        self, objective: Differentiable, point: Point, direction: Vector
    ) -> Trial | None:
        """Strong Wolfe; the very first step is tried with length 1 at most."""
        first = 1.0 if self.H is not None else min(1.0, 1.0 / largest(direction))
        return strong_wolfe(objective, point, direction, first)

    def learn(self, old: Point, new: Point) -> None:
        """Update H; a step without curvature teaches nothing."""
        pair = curvature_pair(old, new)
        if pair is None:
            return
        s, y = pair
        if self.H is None:
            scale = dot(s, y) / dot(y, y)
            n = range(len(s))
            self.H = [[scale if i == j else 0.0 for j in n] for i in n]
        self.H = bfgs_update(self.H, s, y)


def curvature_pair(old: Point, new: Point) -> tuple[Vector, Vector] | None:
    """The step s and the change y of the gradient; None unless ``s·y > 0``."""
    s = [b - a for a, b in zip(old.x, new.x, strict=True)]
    y = [b - a for a, b in zip(old.gradient, new.gradient, strict=True)]
    return (s, y) if dot(s, y) > 0 else None
