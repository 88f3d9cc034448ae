"""Adagrad: a learning rate per parameter, smaller where the slopes were large.

Source: J. Duchi, E. Hazan and Y. Singer 2011, JMLR 12, 2121-2159; notes S56.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .checks import Rule, at_least_zero, flag
from .first_order import FirstOrder, Line, square_root

__all__ = ["Adagrad", "adagrad_update"]


def adagrad_update(
    p: Any,
    g: Any,
    s: Any,
    t: Any,
    *,
    lr: Any,
    eps: Any,
    weight_decay: Any = 0,
    root: bool = True,
) -> Line:
    """One step of `Adagrad`, on any kind of number.

    Parameters
    ----------
    p, g, s
        A parameter, its gradient, the sum of its squared gradients (at first 0).
    t
        The number of the step, from 1; not used.
    lr, eps, weight_decay, root
        As `Adagrad`.

    Returns
    -------
    dict
        ``s``, ``rate`` (what the gradient is multiplied by), ``step``, the new ``p``.

    Examples
    --------
    >>> adagrad_update(0.0, -42.0, 0.0, 1, lr=0.5, eps=0.0)["p"]
    0.5
    """
    g = g + weight_decay * p
    s = s + g * g
    rate = lr / ((square_root(s) if root else s) + eps)
    step = rate * g
    return {"s": s, "rate": rate, "step": step, "p": p - step}


class Adagrad(FirstOrder):
    """s ← s + g²;  θ ← θ - η g / (√s + ε), each parameter by itself.

    Parameters
    ----------
    params
        As `optim.Optimizer`.
    lr
        η > 0.
    eps
        ε >= 0. With 0 a gradient of 0 at the first step is 0/0, a NonFiniteError.
    weight_decay
        λ >= 0; adds λθ to the gradient.
    root
        False for the form that the notes print (S56): θ ← θ - η g / (s + ε).

    Notes
    -----
    The notes' form lost the root: its step goes as 1/g, so large slopes make small
    steps and the units do not fit. From (0, 0) with g = (-42, -20), η = 0.5 and ε = 0
    the first step is (0.5, 0.5); the printed form gives (0.0119, 0.025).
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": at_least_zero,
        "eps": at_least_zero,
        "weight_decay": at_least_zero,
        "root": flag,
    }
    columns = ("s",)
    update = staticmethod(adagrad_update)

    def __init__(
        self,
        params: Any,
        lr: float = 0.01,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
        *,
        root: bool = True,
    ) -> None:
        super().__init__(params, lr=lr, eps=eps, weight_decay=weight_decay, root=root)
