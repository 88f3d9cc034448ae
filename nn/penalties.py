"""Ridge and lasso: what large parameters cost.

The one idea: a penalty is a number to add to the loss, made of the parameters alone;
its gradient pulls each of them to 0.

Sources: the notes, S23 (ridge) and S25 (lasso). The notes call ridge weight decay; that
is the same for plain gradient descent only, not for Adagrad or Adam.
"""

from collections.abc import Iterable
from typing import Any

from autograd_core import Value, absolute, dot
from autograd_core import sum as total

from .checks import got, positive
from .module import Module

__all__ = ["lasso", "ridge"]

Parameters = Module | Iterable[Value]


def ridge(parameters: Parameters, strength: Any, *, skip: Iterable[str] = ()) -> Any:
    """``strength * (p1**2 + ... + pn**2)``; its gradient is ``2 * strength * p``.

    Parameters
    ----------
    parameters
        A module, or Values.
    strength
        A finite number of at least 0; the notes' delta².
    skip
        Of a module: names of attributes that cost nothing, for example ``["bias"]``.

    Returns
    -------
    Value

    Raises
    ------
    TypeError
        If ``parameters`` is neither, or ``strength`` is not a number.
    ValueError
        If nothing is left to penalise, ``skip`` names no parameter of the module or is
        given with Values, or ``strength`` is negative or not finite.

    Examples
    --------
    >>> w = [Value(3.0), Value(-2.0)]
    >>> loss = ridge(w, 0.5)
    >>> loss.backward()
    >>> loss.data, w[0].grad, w[1].grad
    (6.5, 3.0, -2.0)
    """
    ps = _chosen(parameters, skip)
    return positive(strength, "strength", or_zero=True) * dot(ps, ps)


def lasso(parameters: Parameters, strength: Any, *, skip: Iterable[str] = ()) -> Any:
    """``strength * (|p1| + ... + |pn|)``; its gradient is ``strength * sign(p)``.

    At p = 0, where there is a kink, 0 is returned. Parameters and errors as `ridge`.

    Examples
    --------
    >>> w = [Value(3.0), Value(-2.0)]
    >>> loss = lasso(w, 0.5)
    >>> loss.backward()
    >>> loss.data, w[0].grad, w[1].grad
    (2.5, 0.5, -0.5)
    """
    ps = _chosen(parameters, skip)
    sizes = [absolute(p) for p in ps]
    return positive(strength, "strength", or_zero=True) * total(sizes)


def _chosen(parameters: Any, skip: Iterable[str]) -> list[Any]:
    skipped = {skip} if isinstance(skip, str) else set(skip)
    if isinstance(parameters, Module):
        found = [
            (name.rpartition(".")[2].partition("[")[0], p)
            for name, p in parameters.named_parameters()
        ]
        unknown = sorted(skipped - {name for name, _ in found})
        if unknown:
            raise ValueError(f"'skip' names {unknown}, which no parameter is called")
        ps = [p for name, p in found if name not in skipped]
    elif skipped:
        raise ValueError("'skip' needs a module, whose parameters have names")
    elif isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"'parameters' must be a module or Values {got(parameters)}")
    else:
        ps = list(parameters)
    if not ps:
        raise ValueError("'parameters' must have at least one parameter (got none)")
    return ps
