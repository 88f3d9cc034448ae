"""AdamW: Adam with the weight decay taken out of the gradient.

Source: I. Loshchilov and F. Hutter 2019, ICLR, arXiv:1711.05101, algorithm 2.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from .adam import adam_update
from .checks import Rule, at_least_zero, betas
from .first_order import FirstOrder, Line

__all__ = ["AdamW", "adamw_update"]


def adamw_update(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    t: Any,
    *,
    lr: Any,
    betas: tuple[Any, Any],
    eps: Any,
    weight_decay: Any,
) -> Line:
    """One step of `AdamW`, on any kind of number: Adam's, and ``lr weight_decay p``.

    Parameters and result as `optim.adam_update`, with ``decay`` in the line: by how
    much the parameter shrinks.

    Examples
    --------
    >>> line = adamw_update(1.0, 0.3, 0.0, 0.0, 1, lr=0.01, betas=(0.8, 0.9), eps=0.0,
    ...                     weight_decay=0.5)
    >>> round(line["decay"], 12), round(line["p"], 12)
    (0.005, 0.985)
    """
    line = adam_update(p, g, m, v, t, lr=lr, betas=betas, eps=eps)
    decay = lr * weight_decay * p
    return {**line, "decay": decay, "p": p - decay - line["step"]}


class AdamW(FirstOrder):
    """θ ← θ - η λ θ - η m̂ / (√v̂ + ε), the moments as in Adam.

    Parameters
    ----------
    params, lr, betas, eps
        As `optim.Adam`.
    weight_decay
        λ >= 0. In `Adam` a large gradient weakens the decay of its parameter; here
        every parameter shrinks by the factor 1 - ηλ.

    Notes
    -----
    As in PyTorch the decay is multiplied by the learning rate; in the paper only by
    the schedule's factor.
    """

    rules: ClassVar[Mapping[str, Rule]] = {
        "lr": at_least_zero,
        "betas": betas,
        "eps": at_least_zero,
        "weight_decay": at_least_zero,
    }
    columns = ("m", "v")
    update = staticmethod(adamw_update)

    def __init__(
        self,
        params: Any,
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
