"""RMSProp: Adagrad that forgets.

Source: T. Tieleman and G. Hinton 2012, Coursera "Neural networks", lecture 6.5; notes
A-86, A-90 ("SGD with adaptive gradient").
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .checks import Rule, at_least_zero, decay_rate, flag
from .first_order import FirstOrder, Line, square_root

__all__ = ["RMSProp", "rmsprop_update"]


def rmsprop_update(
    p: Any,
    g: Any,
    v: Any,
    t: Any,
    *,
    lr: Any,
    alpha: Any,
    eps: Any,
    weight_decay: Any = 0,
    eps_inside: bool = False,
) -> Line:
    """One step of `RMSProp`, on any kind of number.

    Parameters
    ----------
    p, g, v
        A parameter, its gradient, the average of its squares (at first 0).
    t
        The number of the step, from 1; not used: there is no bias correction.
    lr, alpha, eps, weight_decay, eps_inside
        As `RMSProp`.

    Returns
    -------
    dict
        ``v``, ``rate`` (what the gradient is multiplied by), ``step``, the new ``p``.

    Examples
    --------
    >>> line = rmsprop_update(1.0, 0.3, 0.0, 1, lr=0.01, alpha=0.9, eps=1e-8,
    ...                       eps_inside=True)
    >>> round(line["p"], 12)
    0.968377240967
    """
    g = g + weight_decay * p
    v = alpha * v + (1 - alpha) * (g * g)
    rate = lr / (square_root(v + eps) if eps_inside else square_root(v) + eps)
    step = rate * g
    return {"v": v, "rate": rate, "step": step, "p": p - step}


class RMSProp(FirstOrder):
    """v ← αv + (1-α)g²;  θ ← θ - η g / (√v + ε), each parameter by itself.

    Parameters
    ----------
    params
        As `optim.Optimizer`.
    lr
        η > 0.
    alpha
        α, with 0 <= α < 1.
    eps
        ε >= 0. With 0 a gradient of 0 at the first step is 0/0, a NonFiniteError.
    weight_decay
        λ >= 0; adds λθ to the gradient.
    eps_inside
        The notes' form (A-90): g / √(v + ε).

    Notes
    -----
    The notes name the method and leave its update out (E55); it is Adam's second
    moment alone, without bias correction. The lecture has neither Graves' centred
    variance nor momentum, and nor has this file; `optim.Adam` is the usual way to
    have both.
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": at_least_zero,
        "alpha": decay_rate,
        "eps": at_least_zero,
        "weight_decay": at_least_zero,
        "eps_inside": flag,
    }
    columns = ("v",)
    update = staticmethod(rmsprop_update)

    def __init__(
        self,
        params: Any,
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        eps_inside: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            eps_inside=eps_inside,
        )
