"""Logistic regression by iteratively reweighted least squares.

    θ ← θ + (XᵀSX + λ1)⁻¹ (Xᵀ(y - π) - λθ),    π = sigmoid(Xθ),  S = diag(π(1 - π))

The one idea: this is Newton's method, and each step is a least squares problem with
weights S and the working response z = Xθ + S⁻¹(y - π).

Source: P. McCullagh and J. Nelder 1989, Generalized Linear Models, 2nd ed., 2.5; notes
S67, whose last line lost the S and the z: the step is (XᵀSX)⁻¹XᵀSz.
"""

import math
from collections.abc import Sequence
from typing import Any

from autograd_core import SingularMatrixError, binary_cross_entropy
from autograd_core import dot as product
from autograd_core import sum as total

from .checks import at_least_zero, shown, vector
from .cholesky import factor, solve
from .descent import Direction, Result, descend
from .objective import Differentiable, Objective, Point, Vector, dot

__all__ = ["irls"]


def irls(
    X: Sequence[Sequence[float]],  # noqa: N803  the field's name of it
    y: Sequence[float],
    *,
    ridge: float = 0.0,
    start: Sequence[float] | None = None,
    tolerance: float = 1e-8,
    max_iterations: int = 50,
) -> Result:
    """The θ that makes ``Σ -ln P(y | x, θ) + ridge |θ|²/2`` least.

    Parameters
    ----------
    X
        m rows of n finite numbers. For an intercept give each row a 1.
    y
        m labels in [0, 1].
    ridge
        λ >= 0. With 0 and classes that a plane separates there is no minimum: θ grows
        until the iterations or the weights run out.
    start
        n numbers, zeros if None.
    tolerance
        On the largest entry of the gradient.
    max_iterations
        1 or more.

    Returns
    -------
    Result
        ``x`` is θ, ``f`` the sum that was made least.

    Raises
    ------
    TypeError, ValueError
        If an entry is no finite number, rows differ in length, ``X`` and ``y`` do, or
        a label is outside [0, 1].
    SingularMatrixError
        If columns of ``X`` depend on each other (or, with separable classes, all
        weights have vanished); ``ridge`` helps in both cases.

    Examples
    --------
    >>> X = [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]]
    >>> found = irls(X, [0, 1, 0, 1])
    >>> found.converged, [round(t, 6) for t in found.x]
    (True, [-1.362276, 0.908184])
    """
    rows, labels = _data(X, y)
    ridge = at_least_zero("ridge", ridge)
    theta = [0.0] * len(rows[0]) if start is None else vector("start", start)
    if len(theta) != len(rows[0]):
        raise ValueError(
            f"'start' must have {len(rows[0])} numbers, as a row of 'X' (got "
            f"{len(theta)})"
        )

    def loss(theta: list[Any]) -> Any:
        losses = [
            binary_cross_entropy(product(theta, row), label)
            for row, label in zip(rows, labels, strict=True)
        ]
        return total(losses) + (ridge / 2.0) * product(theta, theta)

    return descend(
        Objective(loss),
        theta,
        _Reweighted(rows, ridge),
        tolerance=tolerance,
        max_iterations=max_iterations,
    )


class _Reweighted(Direction):
    # Newton's direction with the Hessian in closed form.

    def __init__(self, rows: list[Vector], ridge: float) -> None:
        self.rows, self.ridge = rows, ridge
        self.columns = [list(column) for column in zip(*rows, strict=True)]

    def propose(self, objective: Differentiable, point: Point) -> tuple[Vector, str]:
        weights = [_weight(dot(row, point.x)) for row in self.rows]
        matrix = []
        for i, column in enumerate(self.columns):
            weighted = [w * x for w, x in zip(weights, column, strict=True)]
            line = [dot(weighted, other) for other in self.columns]
            line[i] += self.ridge
            matrix.append(line)
        factors = factor(matrix)
        if factors is None:
            raise SingularMatrixError(
                f"Singular matrix: at {point.x} the weighted columns of 'X' depend on "
                "each other; leave one out or use ridge > 0"
            )
        return solve(factors, [-g for g in point.gradient]), ""


def _weight(z: float) -> float:
    # π(1 - π) without the cancellation of 1 - π.
    small = math.exp(-abs(z))
    return small / (1.0 + small) ** 2


def _data(X: Any, y: Any) -> tuple[list[Vector], Vector]:  # noqa: N803
    X = X.tolist() if hasattr(X, "tolist") else X  # noqa: N806
    if not isinstance(X, (list, tuple)) or not X:
        raise TypeError(f"'X' must be a list of at least one row (got {shown(X)})")
    rows = [vector(f"X[{i}]", row) for i, row in enumerate(X)]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"the rows of 'X' must be equally long, got {len(rows[0])} numbers in "
                f"row 0 and {len(row)} in row {i}"
            )
    labels = vector("y", y)
    if len(labels) != len(rows):
        raise ValueError(
            f"'y' must have one label per row of 'X', {len(rows)} (got {len(labels)})"
        )
    for i, label in enumerate(labels):
        if not 0.0 <= label <= 1.0:
            raise ValueError(f"'y[{i}]' must be in [0, 1] (got {label})")
    return rows, labels
