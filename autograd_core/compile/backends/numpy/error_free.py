"""The error-free parts of the float column, on arrays.

The one idea: what a rounding took away is computed exactly and put back, by the same
steps as in `numbers/float64.py`, where the sources are.
"""

from typing import Any

import numpy as np

__all__ = ["TINY_EXP", "difference", "product_error", "square_error", "times_exp"]

Array = Any

TINY_EXP = -708.0  # below it exp is subnormal, or nearly


def difference(x: Array, y: Array) -> tuple[Array, Array]:
    """x - y, and what its rounding took away."""
    d = x - y
    b = x - d
    return d, (x - (d + b)) + (b - y)


def _halves(x: Array) -> tuple[Array, Array]:
    c = 134217729.0 * x
    high = c - (c - x)
    return high, x - high


def product_error(x: Array, y: Array, p: Array) -> Array:
    """x*y - p for p = x*y rounded."""
    a, b = _halves(x)
    c, d = _halves(y)
    return ((a * c - p) + a * d + b * c) + b * d


def square_error(x: Array, p: Array) -> Array:
    """x*x - p for p = x*x rounded."""
    a, b = _halves(x)
    return ((a * a - p) + 2.0 * a * b) + b * b


def times_exp(factor: Array, x: Array, low: Array) -> Array:
    """factor * exp(x) * (1 + low), for x <= 0 and a tiny low."""
    deep = x < TINY_EXP
    e = np.exp(np.where(deep, 0.5 * x, x))
    y = factor * e
    y = y + (y * low + product_error(factor, e, y))
    return np.where(deep, y * e, y)
