"""What comes back to a hidden unit, as closed forms for `networks.ONE` and `BATCH`.

The one idea: δ of a unit is the slope of the loss by what it adds up; a weight's slope
is δ times what the weight multiplies.
"""

from collections.abc import Callable
from typing import Any

from .networks import I3, total
from .softmax import error

__all__ = ["Form", "back", "delta", "own_slope", "through"]

Form = Callable[[Any], Any]


def back(i: int, mark: str = "") -> Form:
    """Σₖ (aₖ − yₖ) wₖᵢ: the slope of the loss by the hidden activation hᵢ."""
    return lambda q: total([error(k, mark)(q) * getattr(q, f"w{k}{i}") for k in I3])


def delta(i: int, mark: str = "") -> Form:
    """The slope of the loss by sᵢ."""

    def form(q: Any) -> Any:
        h = getattr(q, f"h{i}{mark}")
        return back(i, mark)(q) * h * (1 - h)

    return form


def own_slope(name: str) -> Form:
    """h(1 − h), for the activation ``name``."""

    def form(q: Any) -> Any:
        h = getattr(q, name)
        return h * (1 - h)

    return form


def through(i: int, j: int) -> Form:
    """The slope of the loss by the weight from the input j to the hidden unit i."""
    return lambda q: delta(i)(q) * getattr(q, f"x{j}")
