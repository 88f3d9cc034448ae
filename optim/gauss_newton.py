"""Gauss-Newton: Newton's method for sums of squares, from first derivatives alone.

The one idea: the Hessian of ½ Σ r² is JᵀJ + Σ r ∇²r, and where the residuals are small
or nearly linear the second part can be left out. What remains is the linear least
squares problem: the d that makes |J d + r| least.

Source: J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. 2006, 10.3; notes S47
(for a linear model one step is exact).
"""

from autograd_core import SingularMatrixError

from .cholesky import factor, solve
from .descent import Direction
from .objective import Point, Residuals, Vector, dot

__all__ = ["GaussNewtonDirection", "normal_matrix"]


class GaussNewtonDirection(Direction):
    """Solves ``JᵀJ d = -Jᵀr``, by the normal equations.

    Their condition is the square of J's: where J has lost half of the digits, so has
    d all of them.
    """

    def propose(self, objective: Residuals, point: Point) -> tuple[Vector, str]:
        """One Jacobian and one factorisation.

        Raises
        ------
        SingularMatrixError
            If columns of J depend on each other.
        """
        factors = factor(normal_matrix(objective.jacobian(point.x)))
        if factors is None:
            raise SingularMatrixError(
                f"Singular matrix: at {point.x} the columns of the Jacobian depend on "
                "each other; use method='levenberg-marquardt'"
            )
        return solve(factors, [-g for g in point.gradient]), ""


def normal_matrix(jacobian: list[Vector]) -> list[Vector]:
    """JᵀJ.

    Examples
    --------
    >>> normal_matrix([[1.0, 2.0], [0.0, 3.0]])
    [[1.0, 2.0], [2.0, 13.0]]
    """
    columns = [list(column) for column in zip(*jacobian, strict=True)]
    return [[dot(a, b) for b in columns] for a in columns]
