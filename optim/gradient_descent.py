"""Gradient descent: against the slope, by the slope's own length.

Source: A. Cauchy 1847, Comptes rendus 25, 536-538; notes S43, S44, A-84, N43-N47.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .checks import Rule, at_least_zero
from .first_order import FirstOrder, Line

__all__ = ["GradientDescent", "gradient_descent_update"]


def gradient_descent_update(p: Any, g: Any, t: Any, *, lr: Any) -> Line:
    """``step = lr g``, ``p <- p - step``, on any kind of number.

    Parameters
    ----------
    p, g
        A parameter and its gradient.
    t
        The number of the step, from 1; not used.
    lr
        The learning rate η.

    Examples
    --------
    >>> from fractions import Fraction
    >>> print(gradient_descent_update(Fraction(1), 2, 1, lr=Fraction(1, 10))["p"])
    4/5
    """
    step = lr * g
    return {"step": step, "p": p - step}


class GradientDescent(FirstOrder):
    """θ ← θ - η ∇f(θ), with the gradient of the whole loss.

    Parameters
    ----------
    params
        As `optim.Optimizer`.
    lr
        η > 0. Where f is a quadratic with largest curvature λ it converges if and
        only if η < 2/λ (`optim.hessian_spectrum` computes that bound).

    Notes
    -----
    The notes (S43) call it SGD and read the S as "steepest". The S is *stochastic*:
    it is SGD only when the gradient comes from a sample (`optim.SGD`).
    Their remark that 0.1 is too slow and 0.6 too large (S45) belongs to one picture:
    on their own θ₁² + θ₂², 0.6 is faster than 0.1.

    Examples
    --------
    >>> from autograd_core import Value
    >>> x = Value(1.0)
    >>> descent = GradientDescent([x], lr=0.1)
    >>> (3 * x**2).backward()
    >>> descent.step()
    >>> round(x.data, 12)
    0.4
    """

    rules: ClassVar[Mapping[str, Rule]] = {"lr": at_least_zero}
    update = staticmethod(gradient_descent_update)

    def __init__(self, params: Any, lr: float) -> None:
        super().__init__(params, lr=lr)
