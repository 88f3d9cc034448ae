"""What is done to gradients between ``backward`` and ``step``.

What one can do with this file: add up the gradients of many small losses
(`accumulate`), and shorten gradients that are too long (`clip_grad_norm`,
`clip_grad_value`). The one idea: ``backward`` adds to ``.grad``, so a batch that is
taken in pieces gives the gradient of the whole.
"""

import math
from collections.abc import Iterable
from typing import Any

from autograd_core import Value

from .checks import finite, gradient, positive, shown

__all__ = ["accumulate", "clip_grad_norm", "clip_grad_value", "grad_norm"]


def accumulate(losses: Iterable[Value], *, scale: float = 1.0) -> float:
    """Add the gradients of ``scale`` times each loss; returns the scaled sum.

    Parameters
    ----------
    losses
        Values; a generator is best, since each graph is freed before the next.
    scale
        1/n makes the mean of n losses of what would be the sum.

    Returns
    -------
    float
        ``scale`` times the sum of the losses.

    Raises
    ------
    TypeError
        If an entry of ``losses`` is not a Value.
    ValueError
        If there is none.
    NonFiniteError
        As `Value.backward`. The losses before have been added then: zero the
        gradients before another try.

    Examples
    --------
    >>> w = Value(2.0)
    >>> accumulate((w * x for x in (1.0, 3.0)), scale=0.5), w.grad
    (4.0, 2.0)
    """
    scale = finite("scale", scale)
    terms = []
    for loss in losses:
        if not isinstance(loss, Value):
            raise TypeError(f"'losses' must be Values (got {shown(loss)})")
        loss.backward(scale)
        terms.append(scale * loss.data)
    if not terms:
        raise ValueError("'losses' must have at least one Value (got none)")
    return math.fsum(terms)


def grad_norm(params: Iterable[Any]) -> float:
    """The Euclidean length of all gradients together, without overflow on the way.

    Raises
    ------
    NonFiniteError
        If a gradient is NaN or infinite; the message names the parameter.

    Examples
    --------
    >>> v, w = Value(0.0), Value(0.0)
    >>> v.grad, w.grad = 3.0, 4.0
    >>> grad_norm([v, w])
    5.0
    """
    return _norm(list(params))


def clip_grad_norm(params: Iterable[Any], max_norm: float) -> float:
    """Shorten the gradient to the length ``max_norm`` if it is longer.

    The direction stays (R. Pascanu, T. Mikolov and Y. Bengio 2013, ICML, algorithm 1).

    Parameters
    ----------
    params
        Values with gradients; frozen ones are left out.
    max_norm
        Greater than 0.

    Returns
    -------
    float
        The length before. PyTorch divides by that plus 1e-6; this does not.

    Raises
    ------
    NonFiniteError
        If a gradient is NaN or infinite; nothing was changed.

    Examples
    --------
    >>> w = Value(0.0)
    >>> w.grad = 5.0
    >>> clip_grad_norm([w], 2.0), w.grad
    (5.0, 2.0)
    """
    max_norm = positive("max_norm", max_norm)
    members = list(params)
    norm = _norm(members)
    if norm > max_norm:
        for p in _moving(members):
            p.grad = p.grad / norm * max_norm
    return norm


def clip_grad_value(params: Iterable[Any], limit: float) -> None:
    """Hold every gradient inside [-limit, limit]; the direction may change.

    Raises
    ------
    NonFiniteError
        If a gradient is NaN or infinite; nothing was changed.

    Examples
    --------
    >>> w = Value(0.0)
    >>> w.grad = -5.0
    >>> clip_grad_value([w], 2.0)
    >>> w.grad
    -2.0
    """
    limit = positive("limit", limit)
    members = list(params)
    _norm(members)
    for p in _moving(members):
        p.grad = min(max(p.grad, -limit), limit)


def _norm(members: list[Any]) -> float:
    gradients = []
    for i, p in enumerate(members):
        if not isinstance(p, Value):
            raise TypeError(f"'params' must be Values (got {shown(p)})")
        if p.requires_grad:
            gradients.append(gradient(p.name or f"parameter {i}", p.grad))
    return math.hypot(*gradients)


def _moving(members: list[Any]) -> list[Value]:
    return [p for p in members if p.requires_grad]
