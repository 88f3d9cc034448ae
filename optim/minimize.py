"""Functions in, minima out: the public face of the methods with a line search.

What one can do with this file: `minimize` a function of a list of numbers,
`least_squares` a list of residuals, and `follow` a first-order optimizer on a plain
function. The one idea: all derivatives come from the engine, exactly, so a method is
chosen by name alone.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd_core import Value

from .bfgs import BFGSDirection
from .cg_newton import CGNewtonDirection
from .checks import at_least_zero, count, shown
from .descent import Direction, Iterate, Result, descend, line_of, result, stop
from .first_order import FirstOrder
from .gauss_newton import GaussNewtonDirection
from .lbfgs import LBFGSDirection
from .levenberg_marquardt import levenberg_marquardt
from .newton import NewtonDirection
from .objective import Objective, Residuals, begin
from .steepest_descent import SteepestDescent

__all__ = ["follow", "least_squares", "minimize"]

Callback = Callable[[Iterate], Any]

METHODS: dict[str, Callable[..., Direction]] = {
    "steepest-descent": SteepestDescent,
    "newton": NewtonDirection,
    "cg-newton": CGNewtonDirection,
    "bfgs": BFGSDirection,
    "l-bfgs": LBFGSDirection,
}
SQUARES = ("levenberg-marquardt", "gauss-newton")


def minimize(
    f: Callable[[list[Any]], Any],
    x0: Sequence[float],
    *,
    method: str = "bfgs",
    tolerance: float = 1e-8,
    max_iterations: int = 200,
    callback: Callback | None = None,
    **options: Any,
) -> Result:
    """A local minimum of a smooth function.

    Parameters
    ----------
    f
        Takes a list of n numbers, returns one; of the engine's functions and
        operators. Values that it uses from outside are constants.
    x0
        n finite numbers where f and its gradient are finite.
    method
        ==================  ===================  =====================================
        name                per step             options
        ==================  ===================  =====================================
        steepest-descent    gradient
        newton              Hessian, n³/6        ``pure`` (False), ``first`` (1.0)
        cg-newton           Hessian products
        bfgs                gradient, n²
        l-bfgs              gradient, n          ``history`` (10), ``first`` (1.0)
        ==================  ===================  =====================================
    tolerance
        On the largest absolute entry of the gradient, 0 or greater.
    max_iterations
        1 or more.
    callback
        Called with an `Iterate` after every step.

    Returns
    -------
    Result
        Look at ``converged`` and ``message``: a method that is stuck says so there and
        raises nothing. Only the gradient is looked at, so a start on a maximum or a
        saddle is reported as converged.

    Raises
    ------
    ValueError
        If there is no such method, or ``x0`` or an option is out of its range.
    TypeError
        If ``f`` is no function of one number, or an option is unknown.
    NonFiniteError
        If f, its gradient or its Hessian is not finite at the start or at a point
        that was accepted.
    SingularMatrixError
        For a ``pure`` Newton step where the Hessian has no inverse.

    Examples
    --------
    >>> def rosenbrock(x):
    ...     return (1 - x[0])**2 + 100 * (x[1] - x[0]**2)**2
    >>> found = minimize(rosenbrock, [-1.2, 1.0], method="newton")
    >>> [round(x, 9) for x in found.x], found.iterations
    ([1.0, 1.0], 21)
    """
    make = METHODS.get(method) if isinstance(method, str) else None
    if make is None:
        raise ValueError(
            f"'method' must be one of {', '.join(METHODS)} (got {shown(method)})"
        )
    try:
        direction = make(**options)
    except TypeError as error:
        raise TypeError(f"an option of {method!r}: {error}") from None
    return descend(
        Objective(f),
        x0,
        direction,
        tolerance=tolerance,
        max_iterations=max_iterations,
        callback=callback,
    )


def least_squares(
    residuals: Callable[[list[Any]], Any],
    x0: Sequence[float],
    *,
    method: str = "levenberg-marquardt",
    tolerance: float = 1e-8,
    max_iterations: int = 200,
    damping: float = 1e-3,
    callback: Callback | None = None,
) -> Result:
    """A local minimum of ½ Σ r².

    Parameters
    ----------
    residuals
        Takes a list of n numbers, returns a list of m numbers.
    x0, tolerance, max_iterations, callback
        As `minimize`.
    method
        ``"levenberg-marquardt"``, or ``"gauss-newton"`` with Armijo's rule.
    damping
        The first μ of Levenberg-Marquardt, greater than 0; not used by the other.

    Returns
    -------
    Result
        ``f`` is ½ Σ r² and ``gradient`` Jᵀr.

    Raises
    ------
    ValueError
        If there is no such method, no residual, or ``x0`` or a number is out of its
        range.
    TypeError
        If ``residuals`` is no function with a list of numbers as its result.
    NonFiniteError
        If a residual or a derivative is not finite at the start.
    SingularMatrixError
        For Gauss-Newton where columns of the Jacobian depend on each other.

    Examples
    --------
    >>> from autograd_core import exp
    >>> data = [(0.0, 2.0), (1.0, 1.0), (2.0, 0.5)]  # y = 2 exp(-t ln 2)
    >>> fit = least_squares(lambda p: [p[0] * exp(-p[1] * t) - y for t, y in data],
    ...                     [1.0, 0.0])
    >>> [round(x, 6) for x in fit.x]
    [2.0, 0.693147]
    """
    if method not in SQUARES:
        raise ValueError(
            f"'method' must be one of {', '.join(SQUARES)} (got {shown(method)})"
        )
    objective = Residuals(residuals)
    if method == "gauss-newton":
        return descend(
            objective,
            x0,
            GaussNewtonDirection(),
            tolerance=tolerance,
            max_iterations=max_iterations,
            callback=callback,
        )
    return levenberg_marquardt(
        objective,
        x0,
        tolerance=tolerance,
        max_iterations=max_iterations,
        damping=damping,
        callback=callback,
    )


def follow(
    f: Callable[[list[Any]], Any],
    x0: Sequence[float],
    optimizer: Callable[[list[Value]], FirstOrder],
    *,
    tolerance: float = 0.0,
    max_iterations: int = 100,
    callback: Callback | None = None,
) -> Result:
    """The path of a first-order optimizer on a plain function.

    Parameters
    ----------
    f, x0, callback
        As `minimize`.
    optimizer
        Makes it of the parameters: ``lambda params: Adam(params, lr=0.1)``.
    tolerance, max_iterations
        When to stop, as in `minimize`; by default after 100 steps.

    Returns
    -------
    Result
        Its history is the path.

    Raises
    ------
    NonFiniteError
        If the start or a step is not finite, as when the rate is too large.
    TypeError, ValueError
        As `minimize` and the optimizer.

    Examples
    --------
    >>> from optim import GradientDescent
    >>> path = follow(lambda x: x[0]**2 + x[1]**2, [1.0, -2.0],
    ...               lambda params: GradientDescent(params, lr=0.1), max_iterations=3)
    >>> [[round(a, 12) for a in line.x] for line in path.history]  # S43
    [[1.0, -2.0], [0.8, -1.6], [0.64, -1.28], [0.512, -1.024]]
    """
    tolerance = at_least_zero("tolerance", tolerance)
    max_iterations = count("max_iterations", max_iterations)
    objective = Objective(f)
    point = begin(objective, x0)
    params = [Value(x, name=f"x[{i}]") for i, x in enumerate(point.x)]
    method = optimizer(params)
    history = [line_of(point, None, "")]
    while (stopped := stop(point, history, tolerance, max_iterations)) is None:
        for p, g in zip(params, point.gradient, strict=True):
            p.grad = g
        method.step()
        point = objective.at([p.data for p in params])
        history.append(line_of(point, None, ""))
        if callback is not None:
            callback(history[-1])
    return result(objective, point, history, *stopped)
