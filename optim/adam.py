"""Adam: an average of gradients over the root of an average of their squares.

Source: D. Kingma and J. Ba 2015, ICLR, arXiv:1412.6980, algorithm 1; notes A-85 to
A-92, S57.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .checks import Rule, at_least_zero, betas, flag
from .first_order import FirstOrder, Line, square_root

__all__ = ["Adam", "adam_update"]


def adam_update(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    t: Any,
    *,
    lr: Any,
    betas: tuple[Any, Any],
    eps: Any,
    weight_decay: Any = 0,
    eps_inside: bool = False,
) -> Line:
    """One step of `Adam`, on any kind of number.

    Parameters
    ----------
    p, g, m, v
        A parameter, its gradient, its two moments (at first 0).
    t
        The number of the step, from 1.
    lr, betas, eps, weight_decay, eps_inside
        As `Adam`.

    Returns
    -------
    dict
        ``m``, ``v``, the corrected ``m_hat``, ``v_hat``, ``step``, the new ``p``.

    Examples
    --------
    >>> line = adam_update(1.0, 0.3, 0.0, 0.0, 1, lr=0.01, betas=(0.8, 0.9), eps=1e-8)
    >>> {name: round(x, 9) for name, x in line.items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'m': 0.06, 'v': 0.009, 'm_hat': 0.3, 'v_hat': 0.09, 'step': 0.01, 'p': 0.99}
    """
    beta1, beta2 = betas
    g = g + weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * (g * g)
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    root = square_root(v_hat + eps) if eps_inside else square_root(v_hat) + eps
    step = lr * m_hat / root
    return {"m": m, "v": v, "m_hat": m_hat, "v_hat": v_hat, "step": step, "p": p - step}


class Adam(FirstOrder):
    """m ← β₁m + (1-β₁)g;  v ← β₂v + (1-β₂)g²;  θ ← θ - η m̂ / (√v̂ + ε).

    m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ), with t = 1 at the first step: the weights of the
    past gradients in m sum to 1-β₁ᵗ (A-92), so m̂ is a true average from the start.

    Parameters
    ----------
    params
        As `optim.Optimizer`.
    lr
        η > 0; about how far a parameter moves in one step.
    betas
        β₁ and β₂, each in [0, 1).
    eps
        ε >= 0. With 0 a gradient of 0 at the first step is 0/0, a NonFiniteError.
    weight_decay
        λ >= 0; adds λθ to the gradient, so the decay is rescaled with it.
        `optim.AdamW` takes it apart.
    eps_inside
        The notes' form (A-88): m̂ / √(v̂ + ε). Another method where gradients are
        small: for a constant g = 1e-6 and ε = 1e-8 the step is 0.01 η, and 0.99 η with
        ε outside (E50).

    Notes
    -----
    The notes call m "v", v "ĝ", and correct by 1-γ and 1-β without the power t (E49),
    which is right at t = 1 only: for a constant gradient the step should be η for ever
    and their form gives 2.06 η at t = 10 and 0.32 η in the limit. It is not offered.
    "Momentum + Adagrad" (S57) is RMSProp's average, not Adagrad's sum.
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": at_least_zero,
        "betas": betas,
        "eps": at_least_zero,
        "weight_decay": at_least_zero,
        "eps_inside": flag,
    }
    columns = ("m", "v")
    update = staticmethod(adam_update)

    def __init__(
        self,
        params: Any,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        eps_inside: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            eps_inside=eps_inside,
        )
