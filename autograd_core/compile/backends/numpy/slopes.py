"""Slopes of second and higher order on arrays, for ``numerics="fast"``.

What one can do with this file: `pow_slope`, `hypot_slope`, `atan2_slope`,
`ratio_slope`, `silu_slope` and `sinc` make the kernel of a row; it takes the operands
and returns a new array.

The one idea: each is the float column's own algorithm on whole arrays. Where its digits
cancel, or a number on the way is not normal, the float kernel computes those few
numbers (`patched`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....primitives import (
    Primitive,
    Terms,
    atan2_terms,
    hypot_terms,
    logistic_factor,
    power_factor,
)
from ...interpret import kernel_of
from .error_free import TINY_EXP, difference, square_error

__all__ = [
    "HUGE",
    "SAFE",
    "atan2_slope",
    "hypot_slope",
    "logistic_slope",
    "normal",
    "patched",
    "pow_slope",
    "ratio_slope",
    "silu_slope",
    "sinc",
]

Array = Any
Function = Callable[..., Any]

SAFE = 1e-290  # as the float column: above it a number is normal, and its neighbours
HUGE = 1e290
CANCELS = 0.3  # of the sum of the sizes; what is less has lost digits


def patched(row: Primitive, found: Array, good: Array, *xs: Array) -> Array:
    """``found`` with the float kernel's number wherever it is not good."""
    if good.all():
        return found
    run = kernel_of(row)
    bad = np.nonzero(~good)
    columns = [np.broadcast_to(x, found.shape)[bad].tolist() for x in xs]
    found[bad] = list(map(run, *columns))
    return found


def normal(x: Array) -> Array:
    """Where a number is neither tiny nor huge."""
    size = np.abs(x)
    return (size > SAFE) & (size < HUGE)


def pow_slope(row: Primitive, k: int, j: int) -> Function:
    """(d/dx)**k (d/dy)**j x**y."""

    def run(x: Array, y: Array) -> Array:
        exponent = y - k
        exact = (exponent + k == y) & (exponent - y == -k)
        p = np.power(x, np.where(exact, exponent, y))
        good = normal(p) & (x != 0.0) & np.isfinite(y)
        if k and not exact.all():
            divided = p
            for _ in range(k):
                divided = divided / x
            p = np.where(exact, p, divided)
            good &= normal(p)
        logarithm = np.log(x) if j else 0.0
        factor = power_factor(y, logarithm, k, j)
        if k and j:  # the same terms with one sign: how much may cancel
            size = np.abs(power_factor(-np.abs(y), -np.abs(logarithm), k, j))
            good &= np.abs(factor) >= CANCELS * size
        return patched(row, factor * p, good & np.isfinite(factor), x, y)

    return run


def hypot_slope(row: Primitive, i: int, j: int) -> Function:
    """(d/dx)**i (d/dy)**j hypot(x, y)."""
    return _over_hypot(row, *hypot_terms(i, j))


def atan2_slope(row: Primitive, i: int, j: int) -> Function:
    """(d/dy)**i (d/dx)**j atan2(y, x)."""
    return _over_hypot(row, *atan2_terms(i, j))


def _over_hypot(row: Primitive, terms: Terms, n: int) -> Function:
    # sum(terms) / hypot(x, y)**n, scaled to about 1, and back in the last step.
    degree = terms[0][1] + terms[0][2] - n  # all terms have the same
    kept = 0.5 if n < 5 else 0.75  # of higher powers, which have more roundings

    def run(x: Array, y: Array) -> Array:
        x, y = np.broadcast_arrays(x, y)
        big = np.maximum(np.abs(x), np.abs(y))
        good = normal(big)
        scale = np.frexp(np.where(good, big, 1.0))[1]
        a, b = np.ldexp(x, -scale), np.ldexp(y, -scale)
        p, q = a * a, b * b
        square, low = difference(p, -q)
        low = low + (square_error(a, p) + square_error(b, q))
        digits = size = np.zeros_like(a)
        for c, in_a, in_b in terms:
            part = c * _power(a, in_a) * _power(b, in_b)
            digits, size = digits + part, size + np.abs(part)
        good &= np.abs(digits) >= kept * size
        root = np.sqrt(square) if n % 2 else 1.0
        digits = digits / (root * _power(square, n // 2))
        digits = digits - digits * (0.5 * n * low / square)
        found = np.ldexp(digits, degree * scale)
        return patched(row, found, good & normal(found) & normal(digits), x, y)

    return run


def _power(x: Array, n: int) -> Array:
    found = x if n % 2 else np.ones_like(x)
    if n > 1:
        found = found * _power(x * x, n // 2)
    return found


def ratio_slope(row: Primitive, k: int) -> Function:
    """The k-th derivative of x/y in y."""

    def run(x: Array, y: Array) -> Array:
        first = out = x / y
        for i in range(1, k + 1):
            out = -i * out / y
        return patched(row, out, normal(out) & normal(first), x, y)

    return run


def logistic_slope(x: Array) -> Array:
    """sigmoid(x) * sigmoid(-x)."""
    e = np.exp(-np.abs(x))
    rest = 2.0 * e + e * e
    whole = 1.0 + rest
    slope = e / whole
    return slope - slope * ((rest - (whole - 1.0)) / whole)


def silu_slope(row: Primitive, k: int) -> Function:
    """The k-th derivative of x*sigmoid(x), k > 1."""

    def run(x: Array) -> Array:
        e = np.exp(-np.abs(x))  # for a tanh that is rounded once where it is near 1
        t = np.copysign(1.0 - 2.0 * e / (1.0 + e), x)
        t = np.where(e < 0.2, t, np.tanh(0.5 * x))
        both = 2.0 * k * logistic_factor(t, k - 2) + x * logistic_factor(t, k - 1)
        # The signs of its terms alternate; at it, they do not.
        first, second = logistic_factor(1j * t, k - 2), logistic_factor(1j * t, k - 1)
        size = 2.0 * k * np.abs(first) + np.abs(x * second)
        good = (np.abs(both) >= CANCELS * size) & (np.abs(x) < -TINY_EXP)
        return patched(row, logistic_slope(x) * both * 0.5 ** (k - 1), good, x)

    return run


def sinc(row: Primitive, k: int) -> Function:
    """The k-th derivative of sin(x)/x, k > 0."""

    def run(x: Array) -> Array:
        far = np.abs(x) > k + 1.0
        outside = np.where(far & np.isfinite(x), x, k + 1.5)
        s, c = np.sin(outside), np.cos(outside)
        circle = (s, c, -s, -c)
        value = s / outside
        good = np.isfinite(x)
        for i in range(1, k + 1):
            ahead, behind = circle[i % 4], i * value
            value = ahead - behind
            good &= ~far | (np.abs(value) >= CANCELS * (np.abs(ahead) + np.abs(behind)))
            value = value / outside
        near = _series(np.where(far | ~good, 0.0, x), k)
        return patched(row, np.where(far, value, near), good, x)

    return run


def _series(x: Array, k: int) -> Array:
    # sum over even j+k of (-1)**((j+k)/2) x**j / (j! (j+k+1)), for |x| <= k + 1.
    j = k % 2
    term = (x if j else np.ones_like(x)) * (-1.0) ** ((j + k) // 2)
    total = np.zeros_like(x)
    while True:
        longer = total + term / (j + k + 1)
        if (longer == total).all():
            return total
        total = longer
        term = term * (-x * x / ((j + 1) * (j + 2)))
        j += 2
