"""How a loss curves at a point: eigenvalues, condition, the largest safe step.

What one can do with this file: `hessian_spectrum` of a function, and
`symmetric_eigen` of any symmetric matrix. The one idea: along an eigenvector with the
eigenvalue λ gradient descent multiplies the distance to the minimum by 1 - ηλ, so it
converges only for η < 2/λ_max, and slowly where λ_max/λ_min is large.

Source: C. Jacobi 1846, J. reine angew. Math. 30, 51-94; G. Golub and C. Van Loan,
Matrix Computations, 4th ed., 8.5 (cyclic Jacobi); notes N44, S44, S45, A-80.
"""

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .checks import vector
from .objective import Objective
from .table import Table

__all__ = ["Spectrum", "hessian_spectrum", "symmetric_eigen"]

Rows = list[list[float]]


@dataclass(frozen=True)
class Spectrum:
    """The eigenvalues of a Hessian, and what follows from them.

    Attributes
    ----------
    eigenvalues
        From the smallest to the largest.
    eigenvectors
        One per eigenvalue, of length 1.
    condition
        max |λ| / min |λ|; infinite if an eigenvalue is 0.
    safe_step
        2/λ_max: on the quadratic that fits here, gradient descent converges for every
        smaller rate (if all λ > 0) and for no larger one; infinite if no λ > 0.
    """

    eigenvalues: list[float]
    eigenvectors: Rows = field(repr=False)
    condition: float
    safe_step: float

    @property
    def shape(self) -> str:
        """What the point is if the gradient vanishes: minimum, maximum or saddle."""
        low, high = self.eigenvalues[0], self.eigenvalues[-1]
        if low > 0:
            return "minimum"
        if high < 0:
            return "maximum"
        return "saddle" if low < 0 < high else "flat along an eigenvector"

    def table(self) -> Table:
        """Each eigenvalue with its direction and the largest safe rate along it."""
        rows = [
            [eigenvalue, 2.0 / eigenvalue if eigenvalue > 0 else math.inf,
             "(" + ", ".join(f"{a:.4g}" for a in direction) + ")"]
            for eigenvalue, direction in zip(
                self.eigenvalues, self.eigenvectors, strict=True
            )
        ]  # fmt: skip
        return Table(["eigenvalue", "2/eigenvalue", "direction"], rows)

    def __str__(self) -> str:
        return (
            f"{self.table()}\ncondition {self.condition:.6g}, largest safe step "
            f"{self.safe_step:.6g}, {self.shape} if the gradient is 0"
        )

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def hessian_spectrum(f: Callable[[list[Any]], Any], x: Sequence[float]) -> Spectrum:
    """The spectrum of the exact Hessian of ``f`` at ``x``.

    Parameters
    ----------
    f
        Takes a list of n numbers, returns one; of the engine's functions.
    x
        n finite numbers.

    Raises
    ------
    TypeError, ValueError
        If ``f`` is no function or ``x`` no list of finite numbers.
    NonFiniteError
        If a second derivative is NaN or infinite.

    Notes
    -----
    n reverse sweeps, then about 30 n³ operations.

    Examples
    --------
    >>> valley = hessian_spectrum(lambda x: x[0]**2 / 100 + x[1]**2, [1.0, 1.0])  # A-80
    >>> valley.eigenvalues, valley.condition, valley.safe_step
    ([0.02, 2.0], 100.0, 1.0)
    """
    rows = Objective(f).hessian(vector("x", x))
    n = range(len(rows))
    # Both triangles are computed; they may differ in the last bits.
    symmetric = [[(rows[i][j] + rows[j][i]) / 2.0 for j in n] for i in n]
    values, vectors = symmetric_eigen(symmetric)
    sizes = [abs(value) for value in values]
    return Spectrum(
        values,
        vectors,
        max(sizes) / min(sizes) if min(sizes) > 0 else math.inf,
        2.0 / values[-1] if values[-1] > 0 else math.inf,
    )


def symmetric_eigen(A: Sequence[Sequence[float]]) -> tuple[list[float], Rows]:  # noqa: N803
    """Eigenvalues in ascending order and eigenvectors of length 1, by rotations.

    Parameters
    ----------
    A
        n rows of n finite numbers, symmetric.

    Returns
    -------
    tuple
        The eigenvalues, and one eigenvector per eigenvalue (as rows). Of the two signs
        the one with a positive largest entry.

    Raises
    ------
    TypeError
        If ``A`` is not made of lists of numbers.
    ValueError
        If it is not square, not symmetric or has an entry that is not finite.
    OverflowError
        If an eigenvalue is too large for a float, as the entries nearly are.

    Notes
    -----
    Each rotation makes one pair of entries 0. Eigenvalues are right to some units in
    the last place of the largest.

    Examples
    --------
    >>> symmetric_eigen([[2.0, 1.0], [1.0, 2.0]])[0]
    [1.0, 3.0]
    """
    rows = _symmetric(A)
    n = len(rows)
    # A power of two keeps every bit, and squares inside the range of floats.
    scale = math.frexp(max(abs(x) for row in rows for x in row))[1]
    rows = [[math.ldexp(x, -scale) for x in row] for row in rows]
    vectors = [[float(i == j) for j in range(n)] for i in range(n)]
    enough = sys.float_info.epsilon * math.hypot(*(x for row in rows for x in row))
    # Rotations by at most 45 degrees always settle (Forsythe and Henrici 1960).
    while math.hypot(*(rows[i][j] for i in range(n) for j in range(i))) > enough:
        for i in range(n):
            for j in range(i + 1, n):
                _rotate(rows, vectors, i, j)
    pairs = sorted((rows[i][i], vectors[i]) for i in range(n))
    return (
        [math.ldexp(value, scale) for value, _ in pairs],
        [_with_sign(v) for _, v in pairs],
    )


def _rotate(rows: Rows, vectors: Rows, i: int, j: int) -> None:
    # The rotation in the plane (i, j) that makes rows[i][j] zero: tan by the smaller
    # root, so that the angle is at most 45 degrees.
    if rows[i][j] == 0.0:
        return
    ratio = (rows[j][j] - rows[i][i]) / (2.0 * rows[i][j])
    tan = math.copysign(1.0, ratio) / (abs(ratio) + math.hypot(1.0, ratio))
    cos = 1.0 / math.hypot(1.0, tan)
    sin = tan * cos
    # The same numbers as below would give, with less rounding.
    low, high = rows[i][i] - tan * rows[i][j], rows[j][j] + tan * rows[i][j]
    for row in rows:
        row[i], row[j] = cos * row[i] - sin * row[j], sin * row[i] + cos * row[j]
    for matrix in (rows, vectors):
        matrix[i], matrix[j] = (
            [cos * a - sin * b for a, b in zip(matrix[i], matrix[j], strict=True)],
            [sin * a + cos * b for a, b in zip(matrix[i], matrix[j], strict=True)],
        )
    rows[i][i], rows[j][j] = low, high
    rows[i][j] = rows[j][i] = 0.0


def _with_sign(v: list[float]) -> list[float]:
    return v if max(v, key=abs) > 0 else [-a for a in v]


def _symmetric(A: Any) -> Rows:  # noqa: N803
    A = A.tolist() if hasattr(A, "tolist") else A  # noqa: N806
    if not isinstance(A, (list, tuple)) or not A:
        raise TypeError("'A' must be a list of at least one row of numbers")
    rows = [vector(f"A[{i}]", row) for i, row in enumerate(A)]
    if any(len(row) != len(rows) for row in rows):
        raise ValueError(f"'A' must be square, {len(rows)} numbers in each of its rows")
    size = max(abs(x) for row in rows for x in row)
    for i, row in enumerate(rows):
        for j in range(i):
            if abs(row[j] - rows[j][i]) > 1e-9 * size:
                raise ValueError(
                    f"'A' must be symmetric (got {row[j]} at [{i}][{j}] and "
                    f"{rows[j][i]} at [{j}][{i}])"
                )
    return rows
