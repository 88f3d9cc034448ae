"""The complex column: a private witness of first derivatives, never user data.

What one can do with this file: read f'(x) off the imaginary part of f(x + ih),
f'(x) = Im f(x + ih)/h, which has no cancellation, so h may be 1e-150 and the error
is that of the kernels alone. `autograd_core.gradcheck` does it; importing this file
makes complex numbers known to the engine, and `Value` still refuses them.

The one idea: the derivative is the *imaginary part*, so it is the imaginary part that
every kernel must get right to the last digits, however small it is. That is why no
kernel uses ``abs`` of a complex number, why what branches does so on the real part,
as floats would, and why some split a formula into its two parts.

No kernel uses a derivative rule: each continues its function off the real line by
algebra or by `cmath`. Where neither gives that, as for erf, the row is refused, and
the check rests on differences in many digits.

Source: W. Squire and G. Trapp 1998, SIAM Review 40, 110-112.
"""

import cmath
import math
from collections.abc import Callable
from functools import wraps
from math import inf, nan
from typing import Any

from ..primitives import hypot_terms, power_slope, total_of
from . import Column, float64, register_type

UNDEFINED = complex(nan, nan)


class Number(complex):
    """A complex number that is ordered by its real part, as the float would be.

    A function under test may branch (``if x > 0``) and clip; the complex step then
    follows the branch that floats take.
    """

    __slots__ = ()

    def __lt__(self, other: Any) -> bool:
        return self.real < real(other)

    def __le__(self, other: Any) -> bool:
        return self.real <= real(other)

    def __gt__(self, other: Any) -> bool:
        return self.real > real(other)

    def __ge__(self, other: Any) -> bool:
        return self.real >= real(other)


def real(x: Any) -> float:
    """The real part of a number of any kind."""
    return x.real if isinstance(x, complex) else float(x)


def adopt(constant: Any) -> Number:
    """A Python constant as a complex number."""
    return Number(constant)


def _nowhere_singular(function: Callable[..., Any]) -> Callable[..., Any]:
    # `cmath` raises where floats have NaN and infinities.
    @wraps(function)
    def kernel(*operands: Any, **attributes: Any) -> Any:
        try:
            return function(*operands, **attributes)
        except (ValueError, ArithmeticError):
            return UNDEFINED

    return kernel


def _inside(function: Callable[[complex], complex], low: float, high: float) -> Any:
    # Outside [low, high] floats have NaN, and `cmath` another branch.
    def kernel(z: complex) -> complex:
        return function(z) if low <= z.real <= high else UNDEFINED

    return kernel


def _one_minus_square(z: complex) -> complex:
    # 1 - z*z; either product of sums loses digits of one part, near 0 or near 1.
    x, y = z.real, z.imag
    return complex((1.0 - x) * (1.0 + x) + y * y, -2.0 * x * y)


# -- powers ----------------------------------------------------------------------------


def _real_power(z: complex, n: float) -> complex:
    # By de Moivre; around a negative number the phase of z would hide its small part.
    if n == 0.0:
        return 1.0 + 0.0j
    if z.real < 0.0:
        if not n.is_integer():
            return UNDEFINED
        return _real_power(-z, n) * (1.0 if n % 2.0 == 0.0 else -1.0)
    if z == 0.0:
        return complex(float64.power(0.0, n))
    phase = n * math.atan2(z.imag, z.real)
    return cmath.rect(float64.power(math.hypot(z.real, z.imag), n), phase)


def _powc(z: complex, n: Any, k: int) -> complex:
    exponent = real(n)
    factor = 1.0
    for i in range(k):
        factor *= exponent - i
    return factor * _real_power(z, exponent - k) if factor else 0j


def _pow(z: complex, w: complex, k: int) -> complex:
    y = w.real - k
    if w.imag == 0.0 or z.real <= 0.0:
        whole = _real_power(z, y)
        return whole if w.imag == 0.0 or z == 0.0 < y else UNDEFINED
    x = z.real
    # z**w = x**y * exp(i*Im(w)*log(x) + w*log(z/x)): no large logarithm is rounded.
    small = complex(0.0, w.imag) * math.log(x) + complex(y, w.imag) * cmath.log(z / x)
    return float64.power(x, y) * cmath.exp(small)


def _pow_slope(z: complex, w: complex, k: int, j: int) -> Any:
    """(d/dx)**k (d/dy)**j x**y."""
    return power_slope(COLUMN, z, w, _pow(z, w, k), k, j)


def _sqrt(z: complex) -> complex:
    return cmath.sqrt(z) if z.real >= 0.0 else UNDEFINED


def _cbrt(z: complex) -> complex:
    if z.real == 0.0:
        return complex(0.0, math.cbrt(z.imag))
    return math.cbrt(z.real) * cmath.exp(cmath.log(z / z.real) / 3.0)


def _hypot(z: complex, w: complex) -> complex:
    big = max(abs(z.real), abs(w.real))
    if not 0.0 < big < inf:
        return complex(big, 0.0) if big == big else UNDEFINED
    scale = 2.0 ** -math.frexp(big)[1]
    a, b = z * scale, w * scale
    return cmath.sqrt(a * a + b * b) / scale


def _hypot_slope(z: complex, w: complex, i: int = 1, j: int = 0) -> Any:
    # z/hypot(z, w), from the quotient of the smaller and the larger: no cancellation.
    if z == w == 0.0:
        return 0j
    terms, n = hypot_terms(i, j)
    if n > 1:
        return total_of(terms, z, w) / _hypot(z, w) ** n
    if j:
        z, w = w, z
    if abs(z.real) >= abs(w.real):
        t = w / z
        return math.copysign(1.0, z.real) / cmath.sqrt(1.0 + t * t)
    t = z / w
    return math.copysign(1.0, w.real) * t / cmath.sqrt(1.0 + t * t)


# -- elementary functions --------------------------------------------------------------


def _log(z: complex) -> complex:
    if z.real > 0.0:
        return cmath.log(z)
    return UNDEFINED if z.real < 0.0 else complex(-inf, nan)


def _log1p(z: complex) -> complex:
    x, y = z.real, z.imag
    if x < -0.5:
        return _log(1.0 + z)
    return complex(0.5 * math.log1p(x * (2.0 + x) + y * y), math.atan2(y, 1.0 + x))


def _expm1(z: complex) -> complex:
    half = math.sin(z.imag / 2.0)
    below = math.expm1(z.real) * math.cos(z.imag) - 2.0 * half * half
    return complex(below, cmath.exp(z).imag)


def _atan2(w: complex, z: complex) -> complex:
    # The angle of the real parts, and of what remains after turning it back to 0.
    y, x = w.real, z.real
    r = math.hypot(x, y)
    if r == 0.0:
        return UNDEFINED
    c, s = x / r, y / r
    across = complex(0.0, w.imag * c - z.imag * s)
    along = complex(r, z.imag * c + w.imag * s)
    return math.atan2(y, x) + cmath.atan(across / along)


def _sech(z: complex) -> complex:
    if abs(z.real) < 700.0:
        return 1.0 / cmath.cosh(z)
    return 2.0 * cmath.exp(-z if z.real > 0.0 else z)


def _sigmoid(z: complex) -> complex:
    if z.real >= 0.0:
        return 1.0 / (1.0 + cmath.exp(-z))
    e = cmath.exp(z)
    return e / (1.0 + e)


def _softplus(z: complex) -> complex:
    if z.real > 0.0:
        return z + _log1p(cmath.exp(-z))
    return _log1p(cmath.exp(z))


def _logaddexp(z: complex, w: complex) -> complex:
    high, low = (z, w) if z.real >= w.real else (w, z)
    return high + _log1p(cmath.exp(low - high))


def _binary_cross_entropy(z: complex, w: complex) -> complex:
    # The same as (1 - w)*softplus(z) + w*softplus(-z), of which the parts cancel.
    return _softplus(-z) + (1.0 - w) * z if z.real > 0.0 else _softplus(z) - w * z


def _sinc(z: complex, k: int) -> complex:
    # As for floats: k steps of z*f_k = sin^(k)(z) - k*f_(k-1), near 0 a series.
    if abs(z.real) > k + 1.0:
        s, c = cmath.sin(z), cmath.cos(z)
        circle = (s, c, -s, -c)
        value = s / z
        for i in range(1, k + 1):
            value = (circle[i % 4] - i * value) / z
        return value
    j = k % 2
    term = (1.0 + 0j if j == 0 else z) * (-1.0) ** ((j + k) // 2)
    value = 0j
    while True:
        addend = term / (j + k + 1)
        if value + addend == value:
            return value
        value += addend
        term *= -z * z / ((j + 1) * (j + 2))
        j += 2


# -- choices: the branch that the real parts take --------------------------------------


def _greater(z: complex, w: complex) -> complex:
    return complex(float64.greater(z.real, w.real))


def _larger(z: complex, w: complex) -> complex:
    return z if z.real >= w.real or z != z else w


def _smaller(z: complex, w: complex) -> complex:
    return z if z.real <= w.real or z != z else w


def _clip(z: complex, low: Any, high: Any) -> complex:
    return complex(high) if z.real > real(high) else _larger(z, complex(low))


# -- many operands ---------------------------------------------------------------------


def _dot(*zs: complex) -> complex:
    n = len(zs) // 2
    return sum((z * w for z, w in zip(zs[:n], zs[n:], strict=True)), 0j)


def _shifted(zs: tuple[complex, ...]) -> tuple[int, list[complex]]:
    # The index of the largest, and every exp(z - largest); that one's is exactly 1.
    top = max(range(len(zs)), key=lambda i: zs[i].real)
    return top, [cmath.exp(z - zs[top]) for z in zs]


def _logsumexp(*zs: complex) -> complex:
    top, weights = _shifted(zs)
    return zs[top] + _log1p(sum(weights[:top] + weights[top + 1 :], 0j))


def _softmax(*zs: complex) -> tuple[complex, ...]:
    _, weights = _shifted(zs)
    whole = sum(weights, 0j)
    return tuple(weight / whole for weight in weights)


def _softmax_rest(*zs: complex) -> tuple[complex, ...]:
    # 1 - p; at p = 1 its real part is better summed from the others.
    ps, n = _softmax(*zs), range(len(zs))
    rests = [math.fsum(ps[j].real for j in n if j != i) for i in n]
    return tuple(complex(r, -p.imag) for r, p in zip(rests, ps, strict=True))


def _log_softmax(*zs: complex) -> tuple[complex, ...]:
    top, weights = _shifted(zs)
    rest = _log1p(sum(weights[:top] + weights[top + 1 :], 0j))
    return tuple((z - zs[top]) - rest for z in zs)


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": lambda z: z,
    "add": lambda z, w: z + w,
    "sub": lambda z, w: z - w,
    "mul": lambda z, w: z * w,
    "div": lambda z, w: z / w,
    "neg": lambda z: -z,
    "reciprocal": lambda z: 1.0 / z,
    "powc": _powc,
    "pow": _pow_slope,
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "hypot": _hypot,
    "hypot_slope": _hypot_slope,
    "exp": cmath.exp,
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "xlogy": lambda z, w: z * _log(w) if z else 0j,
    "logaddexp": _logaddexp,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "asin": _inside(cmath.asin, -1.0, 1.0),
    "acos": _inside(cmath.acos, -1.0, 1.0),
    "asin_slope": lambda z: 1.0 / _sqrt(_one_minus_square(z)),
    "atan": cmath.atan,
    "atan2": _atan2,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "sech": _sech,
    "asinh": cmath.asinh,
    "acosh": _inside(cmath.acosh, 1.0, inf),
    "atanh": _inside(cmath.atanh, -1.0, 1.0),
    "atanh_slope": lambda z: 1.0 / _one_minus_square(z),
    "sigmoid": _sigmoid,
    "logistic_slope": lambda z: _sech(z / 2.0) ** 2 / 4.0,
    "logsigmoid": lambda z: -_softplus(-z),
    "softplus": _softplus,
    "relu": lambda z: z if z.real > 0.0 else 0j if z == z else UNDEFINED,
    "sinc": _sinc,
    "binary_cross_entropy": _binary_cross_entropy,
    "step": lambda z: complex(float64.step(z.real)),
    "sign": lambda z: complex(float64.sign(z.real)),
    "greater": _greater,
    "round": lambda z, digits: complex(float64.KERNELS["round"](z.real, digits)),
    "abs": lambda z: z if z.real > 0.0 else -z if z.real < 0.0 else z * 0.0,
    "maximum": _larger,
    "minimum": _smaller,
    "clip": _clip,
    "where": lambda c, z, w: z if real(c) else w,
    "sum": lambda *zs: sum(zs, 0j),
    "dot": _dot,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "softmax_rest": _softmax_rest,
    "logsumexp_slope": _softmax,
    "log_softmax": _log_softmax,
    "cross_entropy": lambda *zs, target: -_log_softmax(*zs)[target],
    "item": lambda zs, k: zs[k],
}

# No complex kernel that does not use the derivative: checked by differences instead.
REFUSED = frozenset({"erf", "erfc", "gelu", "normal_cdf"})


class _ComplexColumn(Column):
    def _resolve(self, row: Any) -> Callable[..., Any]:
        kernel = _nowhere_singular(super()._resolve(row))

        def ordered(*operands: Any, **attributes: Any) -> Any:
            out = kernel(*operands, **attributes)
            many = isinstance(out, (tuple, list))
            return tuple(map(Number, out)) if many else Number(out)

        return ordered


COLUMN = _ComplexColumn(
    "complex",
    KERNELS,
    float64.CONSTANTS,
    adopt,
    "no complex kernel of it is independent of its derivative; compare with "
    "differences in many digits instead",
    REFUSED,
    finite=cmath.isfinite,
    stores=False,
)
register_type(complex, COLUMN)
register_type(Number, COLUMN)
