"""Newton's method without the Hessian: conjugate gradients on its products.

The one idea: conjugate gradients solve H d = -g with products H v alone, and each
product costs one forward sweep over the recorded gradient, whatever n is. They are
stopped early, far from the minimum much earlier, and where H curves downwards.

Source: J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. 2006, algorithm 7.1;
R. Dembo and T. Steihaug 1983, Math. Program. 26, 190-212.
"""

import math

from .descent import Direction
from .objective import Objective, Point, Vector, dot

__all__ = ["CGNewtonDirection"]


class CGNewtonDirection(Direction):
    """Solves ``H d = -g`` until ``|H d + g| <= min(1/2, √|g|) |g|``."""

    def propose(self, objective: Objective, point: Point) -> tuple[Vector, str]:
        """Conjugate gradients from d = 0; at most 2 n products."""
        residual = list(point.gradient)
        size = math.hypot(*residual)
        enough = min(0.5, math.sqrt(size)) * size
        d = [0.0] * len(residual)
        conjugate = [-r for r in residual]
        square = dot(residual, residual)
        # n products suffice without rounding; twice as many are no waste with it.
        for products in range(1, 2 * len(d) + 1):
            curved = objective.hvp(point.x, conjugate)
            curvature = dot(conjugate, curved)
            if not curvature > 0:
                note = f"{products} products, curves down"
                return (d if products > 1 else conjugate), note
            length = square / curvature
            d = [a + length * b for a, b in zip(d, conjugate, strict=True)]
            residual = [a + length * b for a, b in zip(residual, curved, strict=True)]
            before, square = square, dot(residual, residual)
            if math.sqrt(square) <= enough:
                break
            ratio = square / before
            conjugate = [
                ratio * b - r for b, r in zip(conjugate, residual, strict=True)
            ]
        return d, f"{products} products"
