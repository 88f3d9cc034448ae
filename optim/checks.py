"""What a hyperparameter may be: each rule returns the checked value or raises.

What one can do with this file: ``RULE(name, value)`` for a rule of this list, which
says in one sentence what is wrong. The one idea: a rule is a function, so the rules of
a method are a table, and a constructor, a changed parameter group and a loaded state
are all checked by the same row.
"""

import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

from autograd_core import NonFiniteError

__all__ = [
    "Rule",
    "at_least_zero",
    "betas",
    "count",
    "decay_rate",
    "finite",
    "flag",
    "gradient",
    "index",
    "positive",
    "shown",
    "vector",
]

Rule = Callable[[str, Any], Any]


def finite(name: str, x: Any, rule: str = "a finite number") -> float:
    """A finite real number as a float.

    Parameters
    ----------
    name
        How the message calls it.
    x
        int, float, Fraction or NumPy real scalar; no bool, str or Value.
    rule
        What the message says that it must be.

    Raises
    ------
    TypeError
        If ``x`` is not a real number.
    ValueError
        If ``x`` is NaN, infinite or too large for a float.
    """
    if not isinstance(x, Real) or isinstance(x, bool):
        raise TypeError(f"'{name}' must be {rule} (got {shown(x)})")
    try:
        number = float(x)
    except OverflowError:
        raise ValueError(f"'{name}' must be {rule} (got an int too large)") from None
    if not math.isfinite(number):
        raise ValueError(f"'{name}' must be {rule} (got {number})")
    return number


def positive(name: str, x: Any) -> float:
    """A number greater than 0; errors as `finite`, and ValueError outside."""
    return _within(name, x, "a number greater than 0", lambda x: x > 0)


def at_least_zero(name: str, x: Any) -> float:
    """A number from 0 up; errors as `finite`, and ValueError outside."""
    return _within(name, x, "a number, 0 or greater", lambda x: x >= 0)


def decay_rate(name: str, x: Any) -> float:
    """A number in [0, 1), the weight of the past in an average."""
    return _within(name, x, "a number with 0 <= it < 1", lambda x: 0 <= x < 1)


def _within(name: str, x: Any, rule: str, holds: Callable[[float], bool]) -> float:
    number = finite(name, x, rule)
    if not holds(number):
        raise ValueError(f"'{name}' must be {rule} (got {number})")
    return number


def betas(name: str, pair: Any) -> tuple[float, float]:
    """Two decay rates.

    Raises
    ------
    TypeError
        If it is not a list or tuple of numbers.
    ValueError
        If there are not two, or one is outside [0, 1).
    """
    if not isinstance(pair, (list, tuple)):
        raise TypeError(f"'{name}' must be a pair of numbers (got {shown(pair)})")
    if len(pair) != 2:
        raise ValueError(f"'{name}' must be a pair of numbers (got {len(pair)})")
    first, second = (decay_rate(f"{name}[{i}]", x) for i, x in enumerate(pair))
    return first, second


def flag(name: str, x: Any) -> bool:
    """True or False itself: a 0.9 in its place is a mistaken argument."""
    if not isinstance(x, bool):
        raise TypeError(f"'{name}' must be True or False (got {shown(x)})")
    return x


def count(name: str, x: Any) -> int:
    """An integer from 1 up; a float is refused, also 1.0."""
    number = _integer(name, x, "an integer, 1 or greater")
    if number < 1:
        raise ValueError(f"'{name}' must be an integer, 1 or greater (got {number})")
    return number


def index(name: str, x: Any) -> int:
    """An integer from 0 up; a float is refused, also 0.0."""
    number = _integer(name, x, "an integer, 0 or greater")
    if number < 0:
        raise ValueError(f"'{name}' must be an integer, 0 or greater (got {number})")
    return number


def _integer(name: str, x: Any, rule: str) -> int:
    if not isinstance(x, Integral) or isinstance(x, bool):
        raise TypeError(f"'{name}' must be {rule} (got {shown(x)})")
    return int(x)


def vector(name: str, xs: Any) -> list[float]:
    """At least one finite number, as a list of floats.

    Raises
    ------
    TypeError
        If it is not a list, tuple or NumPy vector of real numbers.
    ValueError
        If it is empty, or an entry is NaN or infinite.
    """
    if hasattr(xs, "tolist"):
        xs = xs.tolist()
    if not isinstance(xs, Sequence) or isinstance(xs, (str, bytes)):
        raise TypeError(f"'{name}' must be a list of numbers (got {shown(xs)})")
    if not xs:
        raise ValueError(f"'{name}' must have at least one number (got none)")
    return [finite(f"{name}[{i}]", x) for i, x in enumerate(xs)]


def gradient(name: str, g: Any) -> float:
    """The gradient of the parameter ``name``, as `Value.backward` left it.

    Raises
    ------
    TypeError
        If it is not a number.
    NonFiniteError
        If it is NaN or infinite.
    """
    if g.__class__ is not float:
        if not isinstance(g, Real) or isinstance(g, bool):
            raise TypeError(
                f"the gradient of {name} must be a number (got {shown(g)}); call "
                "zero_grad() and backward() first"
            )
        g = float(g)
    if not math.isfinite(g):
        raise NonFiniteError(f"the gradient of {name} is {g}; no parameter was moved")
    return g  # type: ignore[no-any-return]


def shown(x: Any) -> str:
    """A thing and its type, short enough for a message."""
    text = repr(x)
    text = text if len(text) <= 40 else text[:37] + "..."
    return text if x is None else f"{text} that is a {type(x).__name__}"
