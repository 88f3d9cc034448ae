"""The float column: IEEE double precision, accurate and without exceptions.

Every kernel returns what IEEE arithmetic would: NaN and infinities come out
where Python's `math` raises, and nothing ever becomes complex. Whether a
non-finite number is an error is decided where it would do harm, not here.

Accuracy: + - * / and sqrt are correctly rounded, the others within 2 units in
the last place (compositions 4), also where the result is subnormal; ACCURACY.md
has the figures. Two tricks do most of it: what a rounding took away is computed
exactly and put back (`_difference`, `_product_error`), and a factor meets a tiny
exponential in two halves (`_times_exp`), so that nothing on the way is subnormal.
"""

import math
import operator
from collections.abc import Callable
from functools import reduce, wraps
from itertools import chain
from math import copysign, expm1, frexp, inf, isinf, isnan, ldexp, log1p, nan
from operator import add, mul
from typing import Any

from ..primitives import (
    Terms,
    atan2_terms,
    hermite,
    hypot_terms,
    logistic_factor,
    power_factor,
)
from . import Column, register_type

_MIN_NORMAL = 2.2250738585072014e-308
_SAFE = 1e-290  # above it a number is normal, and its neighbours are
_TINY_EXP = -708.0  # below it exp is subnormal, or nearly
_ZERO_EXP = -800.0  # below it x*exp(x) is 0


def _ieee(function: Callable[..., float], on_overflow: float = inf) -> Any:
    # `math` raises ValueError outside the domain and OverflowError past the
    # largest float; IEEE says NaN and infinity.
    @wraps(function)
    def kernel(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return nan
        except OverflowError:
            return on_overflow

    return kernel


def div(x: float, y: float) -> float:
    """IEEE division: x/0 is an infinity of the right sign, 0/0 is NaN."""
    try:
        return x / y
    except ZeroDivisionError:
        if x == 0.0 or isnan(x):
            return nan
        return copysign(inf, x) * copysign(1.0, y)


def ratio_slope(x: float, y: float, k: int) -> float:
    """The k-th derivative of x/y in y; only the last step can be subnormal."""
    if k == 1 and y:
        out = -(x / y) / y
        if _SAFE < abs(out) < inf:
            return out
    first = out = div(x, y)
    for i in range(1, k + 1):
        out = div(-i * out, y)
    if _SAFE < abs(first) < inf and _SAFE < abs(out) < inf:
        return out
    if not (x and y) or first != first or isinf(x) or isinf(y):
        return out
    digits, exponent = frexp(x)
    divisor, scale = frexp(y)
    digits /= divisor
    for i in range(1, k + 1):
        digits = -i * digits / divisor
    try:
        return ldexp(digits, exponent - (k + 1) * scale)
    except OverflowError:
        return copysign(inf, digits)


def power(x: float, y: float) -> float:
    """IEEE pow: NaN for a negative base with a fractional exponent."""
    try:
        return math.pow(x, y)
    except ValueError:
        if x == 0.0:  # 0 to a negative power
            odd = y.is_integer() and y % 2.0 == 1.0
            return copysign(inf, x) if odd else inf
        return nan
    except OverflowError:
        odd = y.is_integer() and y % 2.0 == 1.0
        return -inf if x < 0.0 and odd else inf


def powc(x: float, n: float, k: int = 0) -> float:
    """falling(n, k) * x**(n - k), the k-th derivative of x**n."""
    if k == 0:
        return power(x, float(n))
    factor = 1.0
    for i in range(k):
        factor *= n - i
    if factor == 0.0:
        return 0.0
    p = pow_shifted(x, float(n), k)
    if _MIN_NORMAL <= abs(p) < inf or isnan(p):
        return factor * p
    # The factor decides what is left of it: x**(n - k) in two halves.
    half = pow_shifted(abs(x), 0.5 * n, 0.5 * k)
    return copysign(factor * half * half, factor * copysign(1.0, p))


def pow_shifted(x: float, y: float, k: float = 0) -> float:
    """x**(y - k) without the error of a rounded y - k; 2k is an integer."""
    if k == 0:
        return power(x, y)
    exponent = y - k
    if exponent + k == y and exponent - y == -k:  # y - k is exact
        return power(x, exponent)
    whole = power(x, y)
    if _MIN_NORMAL <= abs(whole) < inf:
        for _ in range(int(k)):
            whole = div(whole, x)
        return whole if k == int(k) else whole / math.sqrt(x)
    return power(x, exponent)


def pow_slope(x: float, y: float, k: int = 0, j: int = 0) -> float:
    """(d/dx)**k (d/dy)**j x**y."""
    if k == j == 0:
        return power(x, y)
    p = pow_shifted(x, y, k)
    if x == 0.0 and j:
        if not y < k:
            return nan if isnan(y) else 0.0
        return float((-1.0) ** j * power_factor(y, 0.0, k, 0) * p)
    logarithm: float = log(x) if j else 0.0
    if k + j == 1:
        factor = y if k else logarithm
    else:
        factor = power_factor(y, logarithm, k, j)
    if factor == 0.0:
        return 0.0
    if _MIN_NORMAL <= abs(p) < inf or isnan(p) or isnan(factor):
        return factor * p
    # The factor decides what is left of it: x**(y - k) in two halves, or four if the
    # factor is a tiny y (where y - k is exact enough).
    part = pow_shifted(abs(x), 0.5 * y, 0.5 * k)
    if isinf(part):
        part = power(abs(x), 0.25 * (y - k))
        factor = factor * part * part
    size = factor * part * part if part else 0.0
    return size * copysign(1.0, p)


def _difference(x: float, y: float) -> tuple[float, float]:
    # x - y, and what its rounding took away (Knuth's two-sum).
    d = x - y
    b = x - d
    return d, (x - (d + b)) + (b - y)


def _halves(x: float) -> tuple[float, float]:
    # Veltkamp's splitting into two numbers of 26 bits.
    c = 134217729.0 * x
    high = c - (c - x)
    return high, x - high


def _product_error(x: float, y: float, p: float) -> float:
    # x*y - p for p = x*y rounded: exactly, by Dekker, unless it is subnormal.
    a, b = _halves(x)
    c, d = _halves(y)
    return ((a * c - p) + a * d + b * c) + b * d


def _square_error(x: float, p: float) -> float:
    a, b = _halves(x)
    return ((a * a - p) + 2.0 * a * b) + b * b


def _log(function: Callable[[float], float]) -> Any:
    @wraps(function)
    def kernel(x: float) -> float:
        if x == 0.0:
            return -inf
        try:
            return function(x)
        except ValueError:
            return nan

    return kernel


log = _log(math.log)
exp = _ieee(math.exp)
sqrt = _ieee(math.sqrt)


def _log1p(x: float) -> float:
    if x == -1.0:
        return -inf
    try:
        return log1p(x)
    except ValueError:
        return nan


def _atanh(x: float) -> float:
    if abs(x) == 1.0:
        return copysign(inf, x)
    try:
        return math.atanh(x)
    except ValueError:
        return nan


def _sinh(x: float) -> float:
    try:
        return math.sinh(x)
    except OverflowError:
        return copysign(inf, x)


def _acosh(x: float) -> float:
    if 1.0 <= x < 1.09:  # libm's own is not within 2 ULP there
        return 2.0 * math.asinh(math.sqrt(0.5 * (x - 1.0)))
    try:
        return math.acosh(x)
    except ValueError:
        return nan


def cbrt(x: float) -> float:
    """The real cube root: libm's, and one step of Newton to within 1 ULP."""
    r = math.cbrt(x)
    return r - (r - x / (r * r)) / 3.0 if x != 0.0 and abs(x) < inf else r


def hypot(x: float, y: float) -> float:
    """sqrt(x*x + y*y) without overflow; the same algorithm in every column.

    `math.hypot` is CPython's own algorithm, which a compiled program does not
    have; scaling by a power of two and one square root can be repeated anywhere.
    """
    a, b = abs(x), abs(y)
    if a == inf or b == inf:
        return inf
    big = a if a > b else b
    if big == 0.0:
        return a + b
    if big > 1e150:
        return math.sqrt((a * 2.0**-600) ** 2 + (b * 2.0**-600) ** 2) * 2.0**600
    if big < 1e-140:
        return math.sqrt((a * 2.0**600) ** 2 + (b * 2.0**600) ** 2) * 2.0**-600
    return math.sqrt(a * a + b * b)


def hypot_slope(x: float, y: float, i: int = 1, j: int = 0) -> float:
    """(d/dx)**i (d/dy)**j hypot(x, y), and 0 where both are 0."""
    return 0.0 if x == y == 0.0 else _over_hypot(x, y, *hypot_terms(i, j))


def atan2_slope(y: float, x: float, i: int = 1, j: int = 0) -> float:
    """(d/dy)**i (d/dx)**j atan2(y, x)."""
    return _over_hypot(y, x, *atan2_terms(i, j))


def _over_hypot(x: float, y: float, terms: Terms, n: int) -> float:
    # sum(terms) / hypot(x, y)**n. All is scaled to about 1, and back in the last
    # step: nothing overflows on the way, and a subnormal result is rounded once.
    if isnan(x) or isnan(y) or x == y == 0.0:
        return nan
    if isinf(x) or isinf(y):
        if n > terms[0][1] + terms[0][2]:
            return 0.0
        x = copysign(1.0, x) if isinf(x) else 0.0  # as atan2: two infinities
        y = copysign(1.0, y) if isinf(y) else 0.0  # are equally far
    big = max(abs(x), abs(y))
    scale = frexp(big)[1]
    a, b = ldexp(x, -scale), ldexp(y, -scale)
    p, q = a * a, b * b
    square, low = _difference(p, -q)
    low += _square_error(a, p) + _square_error(b, q)
    digits, exponent = _total_of(terms, x, y)
    digits /= (math.sqrt(square) if n % 2 else 1.0) * square ** (n // 2)
    digits -= digits * (0.5 * n * low / square)
    try:
        return ldexp(digits, exponent - n * scale)
    except OverflowError:
        return copysign(inf, digits)


def _total_of(terms: Terms, x: float, y: float) -> tuple[float, int]:
    # sum(c * x**p * y**q) as digits and a power of two.
    a, in_a = frexp(x)
    b, in_b = frexp(y)
    parts = [(c * a**p * b**q, p * in_a + q * in_b) for c, p, q in terms]
    top = max([exponent for part, exponent in parts if part], default=0)
    return total(*[ldexp(part, exponent - top) for part, exponent in parts]), top


def _one_minus_square(x: float) -> float:
    # Where the function has no value, its slope must have none either.
    p = x * x
    return (1.0 - p) - _square_error(x, p) if p <= 1.0 else nan


def acosh_slope(x: float) -> float:
    """1 / sqrt(x*x - 1)."""
    if x > 1e150:
        return 1.0 / x
    p = x * x
    square = (p - 1.0) + _square_error(x, p)
    return div(1.0, math.sqrt(square)) if x >= 1.0 else nan


def _times_exp(factor: float, x: float, low: float = 0.0) -> float:
    # factor * exp(x) * (1 + low), for x <= 0 and a tiny low.
    e = math.exp(0.5 * x if x < _TINY_EXP else x)
    y = factor * e
    y += y * low + (_product_error(factor, e, y) if factor != 1.0 else 0.0)
    return y * e if x < _TINY_EXP else y


def gauss(x: float) -> float:
    """exp(-x*x), with the rounding error of x*x put back."""
    return gauss_derivative(x, 0)


def gauss_derivative(x: float, k: int = 1) -> float:
    """The k-th derivative of exp(-x*x)."""
    if abs(x) > 28.0:
        return nan if isnan(x) else 0.0
    p = x * x
    return _times_exp(hermite(x, k, 2), -p, -_square_error(x, p))


_INV_SQRT_2PI = 0.3989422804014327
_INV_SQRT_2PI_LOW = -6.2473378348613351e-17  # what it lacks, relatively
_SQRT_HALF = 0.7071067811865476
_SQRT_HALF_LOW = -4.833646656726457e-17  # sqrt(1/2) - _SQRT_HALF


def normal_pdf(x: float) -> float:
    """exp(-x*x/2) / sqrt(2*pi)."""
    return normal_pdf_derivative(x, 0)


def normal_pdf_derivative(x: float, k: int = 1) -> float:
    """The k-th derivative of exp(-x*x/2) / sqrt(2*pi)."""
    if abs(x) > 40.0:
        return nan if isnan(x) else 0.0
    p = x * x
    low = _INV_SQRT_2PI_LOW - 0.5 * _square_error(x, p)
    return _times_exp(hermite(x, k, 1) * _INV_SQRT_2PI, -0.5 * p, low)


# (1 + 2x) exp(x*x) erfc(x) on 1/4 <= x <= 28, a Chebyshev fit of relative error
# 7e-18 in t = (x - 4)/(x + 4); highest power first, without the constant.
_ERFCX = (
    -1.0880835400223753e-08,
    -1.2491707286262622e-08,
    1.0680200209539581e-07,
    6.778536125654683e-08,
    -8.238722033403516e-07,
    2.9863424161482596e-07,
    5.709483270478249e-06,
    -1.122410765671469e-05,
    -2.4399303331367526e-05,
    0.00015062223802444368,
    -0.00019925664035228864,
    -0.0007577733826170124,
    0.00503196996592736,
    -0.01619773404869901,
    0.037167515538851795,
    -0.06633036581265074,
    0.09373283499827123,
    -0.10103906603629875,
    0.06809705425469462,
    0.015379652102619856,
    -0.13962111684056253,
)
_ERFCX_0 = 1.2329951186255526


def _erfcx(x: float, x_low: float = 0.0) -> tuple[float, float]:
    # exp(x*x)*erfc(x) at x + x_low, 1/4 <= x <= 28, and what it lacks, relatively.
    # libm's erfc is not within 2 ULP there, and has its exp already inside.
    t = (x - 4.0) / (x + 4.0)
    rest = 0.0
    for c in _ERFCX:
        rest = rest * t + c
    rest *= t
    p = _ERFCX_0 + rest
    q, q_low = _difference(2.0 * x, -1.0)
    y = p / q
    back = y * q
    p_low = ((_ERFCX_0 - p) + rest) + ((p - back) - _product_error(y, q, back))
    low = p_low / p - q_low / q
    return y, low + x_low * (2.0 * x - 1.1283791670955126 / y)


def erfc(x: float) -> float:
    """1 - erf(x)."""
    if not x >= 0.25:
        return math.erfc(x)
    if x > 28.0:
        return 0.0
    factor, low = _erfcx(x)
    p = x * x
    return _times_exp(factor, -p, low - _square_error(x, p))


def _times_cdf(factor: float, x: float) -> float:
    # factor * normal_cdf(x) for -40 <= x <= 40.
    z = -x * _SQRT_HALF
    if z < 0.25:
        return factor * (0.5 * math.erfc(z))
    z_low = _product_error(-x, _SQRT_HALF, z) - x * _SQRT_HALF_LOW
    scaled, low = _erfcx(z, z_low)
    p = x * x
    low -= 0.5 * _square_error(x, p)
    return _times_exp(factor * (0.5 * scaled), -0.5 * p, low)


def normal_cdf(x: float) -> float:
    """erfc(-x/sqrt(2))/2: the exponent is not taken from the rounded quotient."""
    if abs(x) > 39.0:
        return nan if isnan(x) else (1.0 if x > 0.0 else 0.0)
    return _times_cdf(1.0, x)


def sigmoid(x: float) -> float:
    """1/(1 + exp(-x)), from the side that cannot overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def logistic_slope(x: float) -> float:
    """sigmoid(x) * sigmoid(-x)."""
    e = math.exp(-abs(x))
    rest = 2.0 * e + e * e
    whole = 1.0 + rest
    slope = e / whole
    return slope - slope * ((rest - (whole - 1.0)) / whole)


def softplus(x: float) -> float:
    """log(1 + exp(x))."""
    return (x if x > 0.0 else 0.0) + log1p(math.exp(-abs(x))) if x == x else nan


def logsigmoid(x: float) -> float:
    """log(sigmoid(x)), equal to -softplus(-x)."""
    return -softplus(-x)


def sech(x: float) -> float:
    """1/cosh(x)."""
    if abs(x) > 20.0:
        return _times_exp(2.0, -abs(x))
    e = math.exp(-abs(x))
    whole = 1.0 + e * e
    out = 2.0 * e / whole
    return out - out * ((e * e - (whole - 1.0)) / whole)


def sigmoid_diff(x: float, y: float) -> float:
    """sigmoid(x - y), with the rounding error of x - y put back."""
    d, low = _difference(x, y)
    if isinf(d) or isnan(d):
        if x == y:  # the same infinity twice
            return 0.5 if x > 0.0 else 0.0
        return nan if isnan(d) else (1.0 if d > 0.0 else 0.0)
    e = math.exp(-abs(d))
    whole = 1.0 + e
    share, other = (1.0, e) if d >= 0.0 else (e, 1.0)
    share /= whole
    return share + share * ((low * other - (e - (whole - 1.0))) / whole)


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y))."""
    if x == y:
        return x + 0.6931471805599453
    high, low = (x, y) if x > y else (y, x)
    if isnan(x) or isnan(y):
        return nan
    d, d_low = _difference(low, high)
    e = math.exp(d)
    if e == 0.0:
        return high
    rest = log1p(e)
    out = high + rest
    return out + (((high - out) + rest) + e * d_low / (1.0 + e))


def xlogy(x: float, y: float) -> float:
    """x * log(y), and 0 where x is 0 (unless y is NaN)."""
    return 0.0 if x == 0.0 and not isnan(y) else x * log(y)


def step(x: float) -> float:
    """1 where x > 0, else 0."""
    return 1.0 if x > 0.0 else 0.0


def sign(x: float) -> float:
    """-1, 0 or 1."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0


def greater(x: float, y: float) -> float:
    """1 where x > y, 1/2 where equal, else 0."""
    return 1.0 if x > y else 0.5 if x == y else 0.0


def relu(x: float) -> float:
    """x where x > 0, else 0; NaN stays NaN."""
    return x if x > 0.0 else 0.0 if x == x else nan


def maximum(x: float, y: float) -> float:
    """The larger; NaN if either is."""
    return x if x >= y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller; NaN if either is."""
    return x if x <= y or x != x else y


def clip(x: float, low: float, high: float) -> float:
    """x held inside [low, high]."""
    return minimum(maximum(x, float(low)), float(high))


def where(c: float, x: float, y: float) -> float:
    """x where c is not 0, else y."""
    return x if c else y


def silu(x: float) -> float:
    """x * sigmoid(x)."""
    if x < _TINY_EXP:
        return _times_exp(x, x) if x > _ZERO_EXP else 0.0
    return x * sigmoid(x)


def silu_slope(x: float, k: int = 1) -> float:
    """The k-th derivative of x*sigmoid(x)."""
    if x < _TINY_EXP:  # where sigmoid(x) is exp(x)
        return _times_exp(k + x, x) if x > _ZERO_EXP else 0.0
    if k == 1:
        return sigmoid(x) * (1.0 + x * sigmoid(-x)) if x != inf else 1.0
    if x > -_ZERO_EXP:
        return 0.0
    t, parity = math.tanh(0.5 * x), 1 if k % 2 else -1
    if x > -_TINY_EXP:  # and its derivatives are those of -exp(-x)
        return parity * _times_exp(x - k, -x)
    both: float = 2.0 * k * logistic_factor(t, k - 2) + x * logistic_factor(t, k - 1)
    return logistic_slope(x) * both * 0.5 ** (k - 1)


def gelu(x: float) -> float:
    """x * normal_cdf(x)."""
    if abs(x) > 39.0:
        return x if x > 0.0 else 0.0
    return _times_cdf(x, x)


def leaky_relu(x: float, slope: float) -> float:
    """x where x > 0, else slope*x."""
    return x if x > 0.0 else float(slope) * x


def elu(x: float, alpha: float) -> float:
    """x where x > 0, else alpha*(exp(x) - 1)."""
    return x if x > 0.0 else alpha * expm1(x)


def binary_cross_entropy(x: float, y: float) -> float:
    """-y*log(sigmoid(x)) - (1 - y)*log(sigmoid(-x))."""
    if y == 0.0:
        return softplus(x)
    if y == 1.0:
        return softplus(-x)
    return (1.0 - y) * softplus(x) + y * softplus(-x)


def sinc(x: float, k: int = 0) -> float:
    """The k-th derivative of sin(x)/x.

    It is the integral of t**k cos(x*t + k*pi/2) over [0, 1]: a Taylor series
    near 0, else k steps of x*f_k = sin^(k)(x) - k*f_(k-1), which is stable there.
    """
    if not abs(x) < inf:
        return nan if isnan(x) else 0.0
    if abs(x) > k + 1.0 or (k == 0 and x != 0.0):
        value = math.sin(x) / x
        circle = (math.sin(x), math.cos(x), -math.sin(x), -math.cos(x))
        for i in range(1, k + 1):
            value = (circle[i % 4] - i * value) / x
        return value
    # sum over even j+k of (-1)**((j+k)/2) x**j / (j! (j+k+1))
    j = k % 2
    term = (1.0 if j == 0 else x) * (-1.0) ** ((j + k) // 2)
    total = 0.0
    while True:
        addend = term / (j + k + 1)
        if total + addend == total:
            return total
        total += addend
        term *= -x * x / ((j + 1) * (j + 2))
        j += 2


def strong_mul(x: float, y: float) -> float:
    """x*y, and 0 wherever x is 0."""
    return x * y if x != 0.0 else 0.0


def total(*xs: float) -> float:
    """The sum from left to right: the order is part of the result's bits."""
    return reduce(add, xs) if xs else 0.0


def dot(*xs: float) -> float:
    """The inner product of the two halves, summed from left to right."""
    n = len(xs) // 2
    return reduce(add, map(mul, xs[:n], xs[n:])) if xs else 0.0


def _shifted_exponentials(xs: tuple[float, ...]) -> tuple[float, list[float]]:
    # The largest x, and exp(x - largest) with the rounding of x - largest put back.
    high = nan if [x for x in xs if x != x] else max(xs)
    if isinf(high):
        return high, [1.0 if x == high else 0.0 for x in xs]
    weights = []
    for x in xs:
        d = x - high
        w = math.exp(d)
        if w:  # `_difference`, written out for speed
            b = x - d
            w += w * ((x - (d + b)) + (b - high))
        weights.append(w)
    return high, weights


def logsumexp(*xs: float) -> float:
    """log(exp(x1) + ... + exp(xn)), shifted by the largest."""
    high, weights = _shifted_exponentials(xs)
    if isinf(high) or isnan(high):
        return high
    return high + log1p(_rest(xs, high, weights))


def _rest(xs: tuple[float, ...], high: float, weights: list[float]) -> float:
    # The sum of all weights but the largest one's 1: log1p keeps its digits.
    top = xs.index(high)
    return total(*chain(weights[:top], weights[top + 1 :]))


def softmax(*xs: float) -> tuple[float, ...]:
    """exp(xi) / sum; NaN if every operand is -inf."""
    high, weights = _shifted_exponentials(xs)
    if high == -inf:
        return (nan,) * len(xs)
    whole = total(*weights)
    return tuple(w / whole for w in weights)


def softmax_rest(*xs: float) -> tuple[float, ...]:
    """1 - softmax, where one operand has nearly all of it without cancellation."""
    high, weights = _shifted_exponentials(xs)
    if isnan(high):
        return (nan,) * len(xs)
    whole = total(*weights)
    rests = [1.0 - w / whole for w in weights]
    rests[xs.index(high)] = _rest(xs, high, weights) / whole
    return tuple(rests)


def logsumexp_slope(*xs: float) -> tuple[float, ...]:
    """Softmax, but 0 everywhere if every operand is -inf."""
    return (0.0,) * len(xs) if all(x == -inf for x in xs) else softmax(*xs)


def log_softmax(*xs: float) -> tuple[float, ...]:
    """xi - logsumexp(x), without adding the largest back first."""
    high, weights = _shifted_exponentials(xs)
    if isinf(high) or isnan(high):
        return (nan,) * len(xs)
    rest = log1p(_rest(xs, high, weights))
    return tuple((x - high) - rest for x in xs)


def cross_entropy(*xs: float, target: int) -> float:
    """-log_softmax(x)[target]."""
    return -log_softmax(*xs)[target]


def soft_cross_entropy(*xs: float) -> float:
    """-sum of y*log_softmax(x); a class of weight 0 adds nothing."""
    n = len(xs) // 2
    logs = log_softmax(*xs[:n])
    return total(*(-strong_mul(y, q) for y, q in zip(xs[n:], logs, strict=True)))


def adopt(constant: Any) -> float:
    """A Python constant as a float."""
    return float(constant)


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": operator.pos,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": div,
    "ratio_slope": ratio_slope,
    "neg": operator.neg,
    "strong_mul": strong_mul,
    "reciprocal": lambda x: div(1.0, x),
    "square": lambda x: x * x,
    "powc": powc,
    "pow": pow_slope,
    "sqrt": sqrt,
    "cbrt": cbrt,
    "hypot": hypot,
    "hypot_slope": hypot_slope,
    "exp": exp,
    "expm1": _ieee(math.expm1),
    "log": log,
    "log1p": _log1p,
    "log2": _log(math.log2),
    "log10": _log(math.log10),
    "xlogy": xlogy,
    "sigmoid_diff": sigmoid_diff,
    "logaddexp": logaddexp,
    "sin": _ieee(math.sin),
    "cos": _ieee(math.cos),
    "tan": _ieee(math.tan),
    "asin": _ieee(math.asin),
    "acos": _ieee(math.acos),
    "asin_slope": lambda x: div(1.0, sqrt(_one_minus_square(x))),
    "atan": math.atan,
    "atan2": math.atan2,
    "atan2_slope": atan2_slope,
    "sinh": _sinh,
    "cosh": _ieee(math.cosh),
    "tanh": math.tanh,
    "sech": sech,
    "asinh": math.asinh,
    "acosh": _acosh,
    "acosh_slope": acosh_slope,
    "atanh": _atanh,
    "atanh_slope": lambda x: div(1.0, _one_minus_square(x)),
    "sigmoid": sigmoid,
    "logistic_slope": logistic_slope,
    "logsigmoid": logsigmoid,
    "softplus": softplus,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "silu": silu,
    "silu_slope": silu_slope,
    "gelu": gelu,
    "erf": math.erf,
    "erfc": erfc,
    "gauss": gauss,
    "gauss_derivative": gauss_derivative,
    "normal_pdf": normal_pdf,
    "normal_pdf_derivative": normal_pdf_derivative,
    "normal_cdf": normal_cdf,
    "sinc": sinc,
    "binary_cross_entropy": binary_cross_entropy,
    "step": step,
    "sign": sign,
    "greater": greater,
    "round": lambda x, digits: float(round(x, digits)) if x - x == 0.0 else x,
    "abs": abs,
    "maximum": maximum,
    "minimum": minimum,
    "clip": clip,
    "where": where,
    "sum": total,
    "dot": dot,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "softmax_rest": softmax_rest,
    "logsumexp_slope": logsumexp_slope,
    "log_softmax": log_softmax,
    "cross_entropy": cross_entropy,
    "soft_cross_entropy": soft_cross_entropy,
    "item": lambda xs, k: xs[k],
}

CONSTANTS = {
    "pi": math.pi,
    "ln2": 0.6931471805599453,
    "ln10": 2.302585092994046,
    "two_over_sqrt_pi": 1.1283791670955126,
    "sqrt2": 1.4142135623730951,
}


class _FloatColumn(Column):
    def careful(self, run: Callable[..., Any], xs: Any, out: Any) -> Any:
        from .careful import run_carefully

        return run_carefully(run, xs, out)


COLUMN = _FloatColumn("float", KERNELS, CONSTANTS, adopt)
register_type(float, COLUMN)
