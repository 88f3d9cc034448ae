"""A = L D Lᵀ: is a symmetric matrix positive definite, and if so, solve with it.

What one can do with this file: `factor` a matrix, `solve` with the factors. The one
idea: the pivots in D are all positive exactly when A is positive definite, so the
attempt is the test. `autograd_core.linalg.solve` needs no such matrix, and cannot tell.

Source: G. Golub and C. Van Loan, Matrix Computations, 4th ed., 4.1.2 and 4.2.
"""

import sys
from collections.abc import Sequence

from .objective import dot

__all__ = ["Factors", "factor", "solve", "solve_shifted"]

Matrix = Sequence[Sequence[float]]
Factors = tuple[list[list[float]], list[float]]


def factor(A: Matrix) -> Factors | None:  # noqa: N803  the field's name of it
    """The rows of L below the diagonal, and D; None if A is not positive definite.

    A pivot counts as positive if it exceeds what rounding leaves of a 0, which is
    n 2**-52 times the entry that it came from.

    Examples
    --------
    >>> factor([[4.0, 2.0], [2.0, 3.0]])
    ([[], [0.5]], [4.0, 2.0])
    >>> factor([[1.0, 2.0], [2.0, 1.0]])
    """
    lower: list[list[float]] = []
    pivots: list[float] = []
    rounding = len(A) * sys.float_info.epsilon
    for i, row in enumerate(A):
        scaled: list[float] = []  # row i of L D
        for j in range(i):
            scaled.append(row[j] - dot(scaled, lower[j]))
        line = [s / d for s, d in zip(scaled, pivots, strict=True)]
        pivot = row[i] - dot(scaled, line)
        if not pivot > rounding * abs(row[i]):
            return None
        lower.append(line)
        pivots.append(pivot)
    return lower, pivots


def solve(factors: Factors, b: Sequence[float]) -> list[float]:
    """The x with ``A x = b``.

    Examples
    --------
    >>> solve(factor([[4.0, 2.0], [2.0, 3.0]]), [8.0, 8.0])
    [1.0, 2.0]
    """
    lower, pivots = factors
    x: list[float] = []
    for line, entry in zip(lower, b, strict=True):
        x.append(entry - dot(line, x))
    x = [entry / d for entry, d in zip(x, pivots, strict=True)]
    for i in reversed(range(len(x))):
        for j, entry in enumerate(lower[i]):
            x[j] -= entry * x[i]
    return x


def solve_shifted(A: Matrix, b: Sequence[float]) -> tuple[list[float], float]:  # noqa: N803
    """The x with ``(A + τ 1) x = b``, and τ: 0 if A is positive definite.

    Else τ is doubled until the sum is (Nocedal and Wright, algorithm 3.3).

    Examples
    --------
    >>> solve_shifted([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0])
    ([1.0, 1.0], 0.0)
    >>> x, shift = solve_shifted([[1.0, 0.0], [0.0, -1.0]], [1.0, 1.0])
    >>> shift > 1.0
    True
    """
    n = range(len(A))
    smallest = min(A[i][i] for i in n)
    # The least shift worth a trial, in the units of the matrix.
    least = 1e-3 * (max(abs(entry) for row in A for entry in row) or 1.0)
    shift = 0.0 if smallest > 0 else least - smallest
    while True:
        factors = factor([[A[i][j] + (shift if i == j else 0.0) for j in n] for i in n])
        if factors is not None:
            return solve(factors, b), shift
        shift = max(2.0 * shift, least)
