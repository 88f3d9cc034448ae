"""The error function and the normal distribution on arrays.

What one can do with this file: `erf`, `erfc`, `normal_cdf`, `gelu`; operands, then the
array to write to.

The one idea: two formulas cover all numbers, and each number takes one. Near 0 it is
the Taylor series of erf; elsewhere the float column's own fit of exp(x*x)*erfc(x), with
the coefficients from there, times an exponential with the rounding error of its
exponent put back. Nothing is computed number by number, and SciPy is not needed.

Within 4 ULP of the truth; `tests/autograd_core/compile/test_numpy_normal.py` measures
it against mpmath.
"""

from collections.abc import Sequence
from math import factorial, pi, sqrt
from typing import Any

import numpy as np

from ....numbers import float64
from .error_free import difference, product_error, square_error, times_exp

__all__ = ["erf", "erfc", "gelu", "normal_cdf"]

Array = Any

NEAR = 0.5  # the series is for |x| below it
FIT = 0.25, 28.0  # where the fit is one; past it erfc is 0
LARGEST = 39.0  # past it normal_cdf is 0 or 1

# erf(x) = x*(c0 + t*(c1 + t*(...))) with t = x*x, to 1e-18 of it for t <= 1/4.
_SERIES = [2 / sqrt(pi) * (-1) ** n / (factorial(n) * (2 * n + 1)) for n in range(14)]


def erf(x: Array, out: Array) -> None:
    """(2/sqrt(pi)) times the integral of exp(-t*t) from 0 to x."""
    size = np.abs(x)
    # Of what is taken from 1, 0.48 at most, some more roundings do not matter.
    inside = np.clip(size, NEAR, LARGEST)
    p, q = _fit(inside)
    tail = p / q * np.exp(-inside * inside)
    far = np.copysign(1.0 - tail, x)
    np.copyto(out, np.where(size < NEAR, _near_erf(x, size), far))


def erfc(x: Array, out: Array) -> None:
    """1 - erf(x)."""
    size = np.abs(x)
    tail = _far_erfc(size)
    near = np.where(size < NEAR, 1.0 - _near_erf(x, size), 2.0 - tail)
    np.copyto(out, np.where(x < FIT[0], near, tail))


def normal_cdf(x: Array, out: Array) -> None:
    """erfc(-x/sqrt(2))/2: the exponent is not taken from the rounded quotient."""
    np.copyto(out, _times_cdf(1.0, np.clip(x, -LARGEST, LARGEST)))
    np.copyto(out, 0.0, where=x < -LARGEST)


def gelu(x: Array, out: Array) -> None:
    """x * normal_cdf(x)."""
    inside = np.clip(x, -LARGEST, LARGEST)
    found = _times_cdf(inside, inside)
    found = np.where(x > LARGEST, x, found)
    np.copyto(out, np.where(x < -LARGEST, 0.0, found))


def _near_erf(x: Array, size: Array) -> Array:
    inside = np.where(size < NEAR, x, 0.0)
    t = inside * inside
    return inside * (_SERIES[0] + _times_polynomial(_SERIES[:0:-1], t))


def _far_erfc(size: Array) -> Array:
    # For size >= 1/4; what is nearer is another's.
    inside = np.clip(size, *FIT)
    factor, low = _erfcx(inside)
    p = inside * inside
    found = times_exp(factor, -p, low - square_error(inside, p))
    return np.where(size > FIT[1], 0.0, found)


def _times_polynomial(coefficients: Sequence[float], t: Array) -> Array:
    # t*(... + coefficients[-1]), highest power first, without arrays in between.
    found = np.full_like(t, coefficients[0])
    for c in coefficients[1:]:
        np.multiply(found, t, found)
        np.add(found, c, found)
    return np.multiply(found, t, found)


def _fit(x: Array) -> tuple[Array, Array]:
    # p and q with exp(x*x)*erfc(x) = p/q in FIT.
    rest = _times_polynomial(float64._ERFCX, (x - 4.0) / (x + 4.0))
    return np.add(rest, float64._ERFCX_0, rest), 2.0 * x + 1.0


def _erfcx(x: Array, x_low: Array = 0.0) -> tuple[Array, Array]:
    # exp(x*x)*erfc(x) at x + x_low in FIT, and what it lacks, relatively: `_erfcx` of
    # the float column, line by line.
    rest = _times_polynomial(float64._ERFCX, (x - 4.0) / (x + 4.0))
    first = float64._ERFCX_0
    p = first + rest
    q, q_low = difference(2.0 * x, -1.0)
    y = p / q
    back = y * q
    p_low = ((first - p) + rest) + ((p - back) - product_error(y, q, back))
    low = p_low / p - q_low / q
    return y, low + x_low * (2.0 * x - 1.1283791670955126 / y)


def _times_cdf(factor: Array, x: Array) -> Array:
    # factor * normal_cdf(x) for |x| <= LARGEST.
    half, half_low = float64._SQRT_HALF, float64._SQRT_HALF_LOW
    z = -x * half
    size = np.abs(z)
    # The area beyond |x|, for what lies left of 0 times the factor already.
    left = z >= FIT[0]
    low = product_error(-x, half, z) - x * half_low
    inside = np.clip(size, *FIT)
    scaled, scaled_low = _erfcx(inside, np.where(left, low, 0.0))
    p = x * x
    scaled_low = scaled_low - 0.5 * square_error(x, p)
    share = np.where(left, factor, 1.0) * (0.5 * scaled)
    tail = times_exp(share, -0.5 * p, scaled_low)
    right = np.where(size < NEAR, 0.5 - 0.5 * _near_erf(z, size), 1.0 - tail)
    return np.where(left, tail, factor * right)
