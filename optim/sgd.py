"""Stochastic gradient descent with momentum, in its three forms.

Source: H. Robbins and S. Monro 1951, Ann. Math. Statist. 22, 400-407; B. Polyak 1964,
USSR Comp. Math. 4(5), 1-17 (momentum); Y. Nesterov 1983, in the form of I. Sutskever
et al. 2013, ICML; notes S49-S55, A-70, A-84, A-85, A-89.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .checks import Rule, at_least_zero, decay_rate, flag
from .first_order import FirstOrder, Line

__all__ = ["SGD", "sgd_update"]


def sgd_update(
    p: Any,
    g: Any,
    v: Any,
    t: Any,
    *,
    lr: Any,
    momentum: Any = 0,
    weight_decay: Any = 0,
    nesterov: bool = False,
    damped: bool = False,
) -> Line:
    """One step of `SGD`, on any kind of number.

    Parameters
    ----------
    p, g, v
        A parameter, its gradient, its velocity (at first 0).
    t
        The number of the step, from 1; not used.
    lr, momentum, weight_decay, nesterov, damped
        As `SGD`.

    Returns
    -------
    dict
        ``v``, ``step`` and the new ``p``.

    Examples
    --------
    >>> line = sgd_update(1.0, 0.3, 0.0, 1, lr=0.01, momentum=0.8, damped=True)
    >>> round(line["v"], 12), round(line["p"], 12)
    (0.06, 0.9994)
    """
    g = g + weight_decay * p
    v = momentum * v + ((1 - momentum) * g if damped else g)
    step = lr * (g + momentum * v if nesterov else v)
    return {"v": v, "step": step, "p": p - step}


class SGD(FirstOrder):
    """g ← g + λθ;  v ← γv + g;  θ ← θ - ηv.

    Parameters
    ----------
    params
        As `optim.Optimizer`.
    lr
        η > 0.
    momentum
        γ, with 0 <= γ < 1; 0 for none.
    weight_decay
        λ >= 0, the gradient of the penalty λθ²/2.
    nesterov
        θ ← θ - η(g + γv): the slope where the momentum is about to lead.
    damped
        v ← γv + (1-γ)g, the notes' form (S55, A-85): v is an average of gradients, so
        η means the same for every γ.

    Raises
    ------
    ValueError
        If ``nesterov`` is asked for without momentum or with ``damped``; else as
        `optim.Optimizer`.

    Notes
    -----
    The usual form (Polyak's, PyTorch's) is the damped one with η/(1-γ) in place of η
    (S55). The velocity begins at 0, which the notes leave out (E51). PyTorch's
    ``dampening`` is not the damped form: its first velocity is g, not (1-γ)g.

    Examples
    --------
    >>> from autograd_core import Value
    >>> w = Value(1.0)
    >>> optimizer = SGD([w], lr=0.1, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (w**2).backward()
    ...     optimizer.step()
    >>> round(w.data, 12)
    0.54
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": at_least_zero,
        "momentum": decay_rate,
        "weight_decay": at_least_zero,
        "nesterov": flag,
        "damped": flag,
    }
    columns = ("v",)
    update = staticmethod(sgd_update)

    def __init__(
        self,
        params: Any,
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        *,
        nesterov: bool = False,
        damped: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            nesterov=nesterov,
            damped=damped,
        )

    def _checked(self, hyper: Any) -> dict[str, Any]:
        checked = super()._checked(hyper)
        if checked["nesterov"] and (checked["momentum"] == 0 or checked["damped"]):
            raise ValueError(
                "'nesterov' must go with momentum > 0 and damped=False (got momentum="
                f"{checked['momentum']}, damped={checked['damped']})"
            )
        return checked
