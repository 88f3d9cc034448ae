"""Levenberg-Marquardt: Gauss-Newton where it works, gradient descent where not.

    (JᵀJ + μ D) d = -Jᵀr,    D = diag(JᵀJ), held at its largest so far

The one idea: μ grows until a step lowers ½ Σ r² and shrinks after steps that kept what
the linear model promised. D makes the method blind to the units of the parameters.

Source: K. Levenberg 1944, Quart. Appl. Math. 2, 164-168; D. Marquardt 1963, J. SIAM 11,
431-441; how μ changes: K. Madsen, H. Nielsen and O. Tingleff 2004, Methods for
Non-Linear Least Squares Problems, algorithm 3.16; D: J. Moré 1978, LNM 630, 105-116.
"""

from collections.abc import Callable
from typing import Any

from .checks import at_least_zero, count, positive
from .cholesky import factor, solve
from .descent import Iterate, Result, line_of, result, stop
from .gauss_newton import normal_matrix
from .objective import Point, Residuals, Vector, begin, dot

__all__ = ["levenberg_marquardt"]

MAX_DAMPING = 1e40  # a step that is 1e-40 of the gradient's is none


def levenberg_marquardt(
    objective: Residuals,
    x0: Any,
    *,
    tolerance: float = 1e-8,
    max_iterations: int = 200,
    damping: float = 1e-3,
    callback: Callable[[Iterate], Any] | None = None,
) -> Result:
    """Minimise ½ Σ r² from ``x0``; `optim.least_squares` is the public name.

    Parameters
    ----------
    damping
        The first μ, greater than 0. A history notes the μ of each step.
    """
    tolerance = at_least_zero("tolerance", tolerance)
    max_iterations = count("max_iterations", max_iterations)
    mu, growth = positive("damping", damping), 2.0
    point = begin(objective, x0)
    history = [line_of(point, None, "")]
    A = normal_matrix(objective.jacobian(point.x))  # noqa: N806
    scale = _scale(A, [0.0] * len(point.x))
    while True:
        stopped = stop(point, history, tolerance, max_iterations)
        if stopped:
            return result(objective, point, history, *stopped)
        while mu < MAX_DAMPING:
            new, promised = _trial(objective, point, A, mu, scale)
            if new is not None and new.is_finite and new.f < point.f:
                break
            mu, growth = mu * growth, growth * 2.0
        else:
            message = "no lower point at any damping: the limit of rounding"
            return result(objective, point, history, False, message)
        kept = (point.f - new.f) / promised
        history.append(line_of(new, 1.0, f"damping {mu:.3g}"))
        point = new
        A = normal_matrix(objective.jacobian(point.x))  # noqa: N806
        scale = _scale(A, scale)
        mu, growth = mu * max(1.0 / 3.0, 1.0 - (2.0 * kept - 1.0) ** 3), 2.0
        if callback is not None:
            callback(history[-1])


def _trial(
    objective: Residuals,
    point: Point,
    A: list[Vector],  # noqa: N803
    mu: float,
    scale: Vector,
) -> tuple[Point | None, float]:
    # The point that this damping leads to, and the decrease that the model promises.
    n = range(len(scale))
    damped = [[A[i][j] + (mu * scale[i] if i == j else 0.0) for j in n] for i in n]
    factors = factor(damped)
    if factors is None:
        return None, 0.0
    d = solve(factors, [-g for g in point.gradient])
    # ½ d·(μ D d - g), which is what the model decreases by.
    promised = 0.5 * dot(d, [mu * s * a - g for s, a, g in zip(
        scale, d, point.gradient, strict=True)])  # fmt: skip
    x = [a + b for a, b in zip(point.x, d, strict=True)]
    return objective.at(x), promised


def _scale(A: list[Vector], before: Vector) -> Vector:  # noqa: N803
    # A parameter that nothing depends on here is damped by 1.
    found = [max(A[i][i], before[i]) for i in range(len(before))]
    return [s or 1.0 for s in found]
