"""Newton's method: jump to the minimum of the parabola that fits here.

What one can do with this file: ``minimize(f, x0, method="newton")`` with the exact
Hessian, or step a few parameters with `Newton`. The one idea: the quadratic model
f + g·d + ½ d·Hd has its minimum at d = -H⁻¹g if H is positive definite; if not, H + τ1
is, and a step along it leads down.

Source: J. Nocedal and S. Wright, Numerical Optimization, 2nd ed. 2006, algorithms 3.2
and 3.3; notes S46, S47, N64, N65, N74-N76.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from autograd_core import NonFiniteError
from autograd_core.linalg import solve

from .checks import Rule, flag, positive, shown
from .cholesky import solve_shifted
from .descent import Direction, descend
from .line_search import Trial, armijo
from .objective import Differentiable, Objective, Point, Vector, dot
from .optimizer import Optimizer

__all__ = ["Newton", "NewtonDirection"]


class NewtonDirection(Direction):
    """Solves ``(H + τ 1) d = -g``, with τ = 0 where H is positive definite.

    Parameters
    ----------
    pure
        ``d = -H⁻¹ g`` whatever H is, and always the whole step: the notes' iteration.
        It goes to any point where the gradient vanishes: to the saddle of 2x² - 2y²
        (S46), to the maximum between two valleys (N65).
    first
        The length that is tried first; 1 is Newton's own.
    """

    def __init__(self, *, pure: bool = False, first: float = 1.0) -> None:
        self.pure, self.length = flag("pure", pure), positive("first", first)

    def propose(self, objective: Objective, point: Point) -> tuple[Vector, str]:
        """One linear system with the exact Hessian."""
        H = objective.hessian(point.x)  # noqa: N806
        against = [-g for g in point.gradient]
        if self.pure:
            return solve(H, against), ""
        direction, shift = solve_shifted(H, against)
        return direction, f"damping {shift:.3g}" if shift else ""

    def search(
        self, objective: Differentiable, point: Point, direction: Vector
    ) -> Trial | None:
        """Armijo's rule; the whole step if ``pure``."""
        find = _whole if self.pure else armijo
        return find(objective, point, direction, self.length)


def _whole(
    objective: Differentiable, start: Point, direction: Vector, first: float
) -> Trial:
    x = [a + first * b for a, b in zip(start.x, direction, strict=True)]
    point = objective.at(x)
    if not point.is_finite:
        raise NonFiniteError(
            f"a whole Newton step leads from {start.x} to {x}, where the function is "
            f"{point.f} and its gradient {point.gradient}; use pure=False"
        )
    return Trial(first, point, point.f, dot(point.gradient, direction))


class Newton(Optimizer):
    """Newton's method on parameters, one step per call.

    Parameters
    ----------
    params
        As `optim.Optimizer`, in one group. n parameters cost n reverse sweeps and n³/6
        multiplications a step, and n² numbers of memory. The notes say "neurons" where
        parameters are meant (S48).
    lr
        The first length that is tried; 1 is Newton's own.
    pure
        As `NewtonDirection`.

    Raises
    ------
    ValueError
        If there is more than one group; else as `optim.Optimizer`.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x, y = Value(1.0), Value(2.0)
    >>> newton = Newton([x, y])
    >>> newton.step(lambda p: 2 * p[0]**2 + 3 * p[1]**2 - p[0] * p[1])  # N74
    12.0
    >>> abs(x.data) < 1e-15, abs(y.data) < 1e-15
    (True, True)
    """

    rules: ClassVar[Mapping[str, Rule]] = {"lr": positive, "pure": flag}

    def __init__(self, params: Any, lr: float = 1.0, *, pure: bool = False) -> None:
        super().__init__(params, lr=lr, pure=pure)

    def step(self, closure: Callable[[list[Any]], Any] | None = None) -> float:
        """Move the parameters that are not frozen by one step.

        Parameters
        ----------
        closure
            The loss as a *function* of a list of numbers that stand for the
            parameters, in order, frozen ones included: a Hessian needs more than the
            gradients that ``backward`` leaves.

        Returns
        -------
        float
            The loss before the step.

        Raises
        ------
        TypeError
            If there is no closure.
        NonFiniteError
            If the loss or a derivative is not finite; no parameter was moved.
        SingularMatrixError
            If ``pure`` and the Hessian has no inverse; no parameter was moved.
        """
        if not callable(closure):
            raise TypeError(
                "'closure' must be a function of the list of parameters (got "
                f"{shown(closure)})"
            )
        (hyper,) = self._hyper()
        given = [p.data for p in self.parameters]
        moving = [i for i, p in enumerate(self.parameters) if p.requires_grad]
        if not moving:
            raise ValueError("'params' must have one that is not frozen (got none)")

        def loss(xs: list[Any]) -> Any:
            whole: list[Any] = list(given)
            for i, x in zip(moving, xs, strict=True):
                whole[i] = x
            return closure(whole)

        method = NewtonDirection(pure=hyper["pure"], first=hyper["lr"])
        start = [given[i] for i in moving]
        done = descend(Objective(loss), start, method, tolerance=0.0, max_iterations=1)
        for i, x in zip(moving, done.x, strict=True):
            self.parameters[i].data = x
        return done.history[0].f

    def _append(self, group: dict[str, Any], names: list[str]) -> None:
        one_group(self)
        super()._append(group, names)

    def _checked_state(self, state: Any) -> dict[str, list[Any]]:
        if state != {}:
            raise ValueError(f"'state' must be empty for Newton (got {state!r})")
        return {}


def one_group(optimizer: Optimizer) -> None:
    """Refuse a second group: the parameters move together.

    Raises
    ------
    ValueError
        If there is a group already.
    """
    if optimizer.param_groups:
        raise ValueError(
            f"{type(optimizer).__name__} must have one parameter group (got a second): "
            "its parameters move along one direction"
        )
