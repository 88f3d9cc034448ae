"""Elementary functions from exp, log, sqrt, tanh, sin and cos.

For libraries that do not have them in float64, as onnxruntime has neither atan nor erf.
No step depends on the rounding of a product, so that a compiler may contract it.
"""

import math
from collections.abc import Callable
from typing import Any

from ...numbers.float64 import _ERFCX, _ERFCX_0

__all__ = ["ELEMENTARY"]

LARGE = 1e8  # beyond its square, 1 does not count


def _log1p(m: Any, x: Any) -> Any:
    u = 1 + x
    rest = (x - (u - 1)) / u  # what the rounding of u took away
    return m.log(u) + m.where(m.step(u) * m.step(1e300 - u), rest, 0)


def _expm1(m: Any, x: Any) -> Any:
    t = m.tanh(x / 2)
    return m.where(m.step(1 - m.abs(x)), 2 * t / (1 - t), m.exp(x) - 1)


def _sinh(m: Any, x: Any) -> Any:
    t = m.tanh(x / 2)
    half = m.exp(m.abs(x) / 2)  # its square may overflow half a unit later
    large = m.sign(x) * (0.5 * half * half - 0.5 / half / half)
    return m.where(m.step(1 - m.abs(x)), 2 * t / ((1 - t) * (1 + t)), large)


def _cosh(m: Any, x: Any) -> Any:
    half = m.exp(m.abs(x) / 2)
    return 0.5 * half * half + 0.5 / half / half


def _asinh(m: Any, x: Any) -> Any:
    a = m.abs(x)
    inside = m.minimum(a, LARGE)
    small = m.log1p(inside + inside * inside / (1 + m.sqrt(1 + inside * inside)))
    return m.sign(x) * m.where(m.step(a - LARGE), m.log(a) + m.ln2, small)


def _acosh(m: Any, x: Any) -> Any:
    t = m.minimum(x, LARGE) - 1
    small = m.log1p(t + m.sqrt(t * (t + 2)))
    return m.where(m.step(x - LARGE), m.log(x) + m.ln2, small)


def _atanh(m: Any, x: Any) -> Any:
    a = m.abs(x)
    return 0.5 * m.sign(x) * m.log1p(2 * a / (1 - a))


def _tan(m: Any, x: Any) -> Any:
    return m.sin(x) / m.cos(x)


def _atan(m: Any, x: Any) -> Any:
    a = m.abs(x)
    flipped = m.step(a - 1)
    t = m.where(flipped, 1 / a, a)
    for _ in range(2):  # half the angle: at most pi/16 is left
        t = t / (1 + m.sqrt(1 + t * t))
    square, series = t * t, 0.0
    for k in range(12, -1, -1):
        series = series * square + (-1) ** k / (2 * k + 1)
    angle = 4 * (t * series)
    return m.sign(x) * m.where(flipped, m.pi / 2 - angle, angle)


def _asin(m: Any, x: Any) -> Any:
    return m.atan(x / m.sqrt((1 - x) * (1 + x)))


def _acos(m: Any, x: Any) -> Any:
    return 2 * m.atan(m.sqrt((1 - x) / (1 + x)))


def _atan2(m: Any, y: Any, x: Any) -> Any:
    half_turn = m.where(m.step(-y), -m.pi, m.pi)
    return m.atan(y / x) + m.where(m.step(-x), half_turn, 0)


def _erf(m: Any, x: Any) -> Any:
    large = m.sign(x) * (1 - m.erfc(m.abs(x)))
    return m.where(m.step(0.25 - m.abs(x)), _erf_series(m, x), large)


def _erf_series(m: Any, x: Any) -> Any:
    # For |x| <= 1/4.
    square, series = x * x, 0.0
    for k in range(10, -1, -1):
        series = series * square + (-1) ** k / (math.factorial(k) * (2 * k + 1))
    return m.two_over_sqrt_pi * x * series


def _erfc(m: Any, x: Any) -> Any:
    # The float column's fit, of (1 + 2a) exp(a*a) erfc(a) for 1/4 <= a <= 28.
    a = m.maximum(m.minimum(m.abs(x), 28), 0.25)
    t = (a - 4) / (a + 4)
    rest: Any = 0.0
    for c in _ERFCX:
        rest = rest * t + c
    tail = (_ERFCX_0 + rest * t) / (1 + 2 * a) * m.gauss(a)
    outside = m.where(m.step(x), tail, 2 - tail)
    return m.where(m.step(0.25 - m.abs(x)), 1 - _erf_series(m, x), outside)


ELEMENTARY: dict[str, Callable[..., Any]] = {
    "log1p": _log1p,
    "expm1": _expm1,
    "sinh": _sinh,
    "cosh": _cosh,
    "asinh": _asinh,
    "acosh": _acosh,
    "atanh": _atanh,
    "tan": _tan,
    "atan": _atan,
    "asin": _asin,
    "acos": _acos,
    "atan2": _atan2,
    "erf": _erf,
    "erfc": _erfc,
}
