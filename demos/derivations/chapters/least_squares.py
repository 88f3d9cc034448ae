"""The normal equations, over any kind of number, and the three points of the notes.

What one can do with this file: `fitted` solves them, with a penalty per parameter if
one is given; `predicted` and `residual_sum` say what comes of it.

The one idea: only products, sums and `autograd_core.linalg.solve` are used. So data,
penalties or kernel sizes may be Values, and the fitted parameters can be
differentiated by them.
"""

from collections.abc import Sequence
from typing import Any

from autograd_core.linalg import solve

from .networks import total

__all__ = [
    "POINTS",
    "XS",
    "YS",
    "fitted",
    "gram",
    "line",
    "powers",
    "predicted",
    "residual_sum",
]

# The points (1, 2), (2, 5), (3, 3): the smallest data on which a line must miss.
XS, YS = (1, 2, 3), (2, 5, 3)
POINTS = tuple(zip(XS, YS, strict=True))

Row = Sequence[Any]


def line(xs: Row) -> list[list[Any]]:
    """The rows [1, x] of the matrix X for a line."""
    return [[1, x] for x in xs]


def powers(x: Any, degree: int) -> list[Any]:
    """The features 1, x, x², ... up to a degree."""
    return [x**k if k else 1 for k in range(degree + 1)]


def predicted(row: Row, theta: Row) -> Any:
    """The inner product of a row of features and the parameters."""
    return total([x * t for x, t in zip(row, theta, strict=True)])


def gram(rows: Sequence[Row]) -> list[list[Any]]:
    """XᵀX."""
    columns = list(zip(*rows, strict=True))
    return [[predicted(a, b) for b in columns] for a in columns]


def fitted(rows: Sequence[Row], targets: Row, penalty: Row | None = None) -> list[Any]:
    """The parameters with the least sum of squares: (XᵀX + P)⁻¹ Xᵀy.

    Parameters
    ----------
    rows
        m rows of n features.
    targets
        m numbers.
    penalty
        n numbers, the diagonal of P: what is added to the cost per square of each
        parameter. Nothing by default.

    Raises
    ------
    SingularMatrixError
        If the columns of X depend on each other and no penalty helps.

    Examples
    --------
    >>> from fractions import Fraction
    >>> print(*fitted(line(XS), [Fraction(y) for y in YS]))
    7/3 1/2
    """
    matrix = gram(rows)
    for i, p in enumerate(penalty or ()):
        matrix[i][i] = matrix[i][i] + p
    right = [predicted(column, targets) for column in zip(*rows, strict=True)]
    solution: list[Any] = solve(matrix, right)
    return solution


def residual_sum(rows: Sequence[Row], targets: Row, theta: Row) -> Any:
    """The sum of the squares of what is missed."""
    misses = [y - predicted(r, theta) for r, y in zip(rows, targets, strict=True)]
    return total([miss**2 for miss in misses])
