"""Elementary functions on vectors, within 2 ULP, for ``numerics="fast"``.

What one can do with this file: `call` a kernel on lanes; `OF_MATH` and `OF_KERNELS`
say which functions of `math` and which float kernels have one.

The one idea: reduce, approximate, put together. An argument is brought to a short
interval without error (Cody and Waite: a multiple of a constant in pieces, of which
the first products are exact), a polynomial does the rest, and the large part of the
result is added last. There are no tables and no jumps; special values are selected.

Polynomials are Chebyshev fits made with 50 digits, highest power first; the error
named at each is that of its function, before rounding. The steps of log are those of
fdlibm (Sun Microsystems 1993). Whether the machine has a fused product and sum changes
last digits, never the bound.
"""

import math
from collections.abc import Callable, Sequence
from struct import pack
from typing import Any

from .....numbers import float64
from .lanes import Body, Lanes

__all__ = [
    "OF_KERNELS",
    "OF_MATH",
    "SMALL_POWERS",
    "call",
    "small_power",
    "tanh_and_slope",
]

_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_ROUND = 6755399441055744.0  # 1.5 * 2**52: adding it rounds to an integer
_TINY = 2.0**-54
# (exp(r) - 1 - r) / r**2 for |r| <= log(2)/2: 1e-17 of exp
_EXP = (
    2.510037611136142e-08,
    2.7620076242527254e-07,
    2.7557268479724004e-06,
    2.4801521321606647e-05,
    0.00019841269863040922,
    0.0013888888917197209,
    0.008333333333330065,
    0.041666666666624164,
    0.16666666666666669,
    0.5000000000000001,
)
# (log((1 + s) / (1 - s)) / s - 2) / z, z = s*s, for m from sqrt(1/2) to sqrt(2):
# 2e-18 of log
_LOG = (
    0.14616585424888623,
    0.15331710618210773,
    0.18182889455674947,
    0.22222211130259878,
    0.2857142862600327,
    0.39999999999899444,
    0.666666666666667,
)
# erf(x) / x in x*x, for |x| <= 1: 7e-18
_ERF = (
    -7.795898827002142e-10,
    1.3720064546777686e-08,
    -1.6208483801871705e-07,
    1.6447424703317362e-06,
    -1.492473690741966e-05,
    0.00012055294904839707,
    -0.0008548325975389692,
    0.0052239776071164225,
    -0.02686617064323777,
    0.11283791670945006,
    -0.37612638903183543,
    1.1283791670955126,
)
# (sin(r) - r) / r**3 and (cos(r) - 1 + r*r/2) / r**4 in r*r, for |r| <= pi/4: 2e-17
_SIN = (
    1.5918115263265974e-10,
    -2.505113165023518e-08,
    2.7557316101617874e-06,
    -0.00019841269836756774,
    0.008333333333330948,
    -0.16666666666666666,
)
_COS = (
    -1.1382623647474604e-11,
    2.087614614655861e-09,
    -2.7557317271145144e-07,
    2.480158729876456e-05,
    -0.0013888888888887398,
    0.041666666666666664,
)
# pi/2 in pieces of 33 bits, and the rest
_HALF_PI = (
    1.5707963267341256,
    6.077100506303966e-11,
    2.0222662487111665e-21,
    8.4784276603689e-32,
)
_MOST_TURNS = 2.0**20  # until there, a number of quarter turns times 33 bits is exact


def call(body: Body, kernel: Callable[..., Lanes], xs: Sequence[Any]) -> Lanes:
    """``kernel`` on ``xs``: a call of its function, which the module then needs."""
    name = f"fast.{kernel.__name__}"
    if name not in body.needs:
        inner = Body(body.vectors, table=True)
        found = kernel(inner, *[Lanes(inner, "f", f"%a{k}") for k in range(len(xs))])
        body.needs.update(inner.needs)
        body.needs[name] = inner.function(name, len(xs), found)
    return body.call(name, xs)


# -- building blocks -------------------------------------------------------------------


def _polynomial(b: Body, coefficients: Sequence[float], x: Lanes) -> Lanes:
    found: Any = coefficients[0]
    for c in coefficients[1:]:
        found = b.fma(found, x, c)
    return found  # type: ignore[no-any-return]


def _in_pairs(b: Body, coefficients: Sequence[float], x: Lanes) -> Lanes:
    # The same in another order (Estrin): few of the products wait for each other. For
    # what is a small part of a result, as it rounds more often.
    found: list[Any] = list(reversed(coefficients))
    while len(found) > 1:
        pairs = zip(found[1::2], found[::2], strict=False)
        last = found[-1:] if len(found) % 2 else []
        found = [b.fma(high, x, low) for high, low in pairs] + last
        x = x * x
    return found[0]  # type: ignore[no-any-return]


def _bits(number: float) -> int:
    return int.from_bytes(pack(">d", number), "big")


def _power_of_two(b: Body, k: Lanes) -> Lanes:
    # 2**k for -1022 <= k <= 1023, from its bits.
    return b.cast((k + 1023).shifted("shl", 52), "f")


def _scaled(b: Body, x: Lanes, k: Lanes) -> Any:
    # x * 2**k in two halves: 2**k alone may be no normal number.
    half = (k + 4096).shifted("lshr", 1) - 2048
    return x * _power_of_two(b, half) * _power_of_two(b, k - half)


def _clamped(b: Body, x: Any, low: float, high: float) -> Any:
    x = b.select(x > high, high, x)  # a NaN stays
    return b.select(x < low, low, x)


def _exp_parts(b: Body, x: Any, factor: float = 1.0) -> tuple[Lanes, Lanes, Lanes]:
    # k and expm1(r) as a sum, where factor*x = k log(2) + r and |r| <= log(2)/2; the
    # factor is a power of two. Few operations wait for each other: half of the time of
    # such a function is waiting.
    shifted = b.fma(x, factor * 1.4426950408889634, _ROUND)
    k = b.cast(shifted, "i") - _bits(_ROUND)
    n = shifted - _ROUND
    x = x if factor == 1.0 else x * factor
    high, low = b.fma(n, -_LN2_HIGH, x), n * _LN2_LOW
    r = high - low  # its rounding matters in the square only
    square = r * r
    first, rest = _in_pairs(b, _EXP[-4:], r), _in_pairs(b, _EXP[:-4], r)
    cube = square * (square * square)
    return k, high, b.fma(cube, rest, b.fma(square, first, -low))


def _expm1_scaled(b: Body, x: Any) -> tuple[Lanes, Lanes]:
    # expm1(x) * 2**-k, and k.
    k, high, rest = _exp_parts(b, x)
    shrink = _power_of_two(b, -b.select(k > 1020, b.integer(1020), k))
    return _sum_of_three(1.0 - shrink, high, rest), k


def _sum_of_three(large: Any, middle: Lanes, small: Lanes) -> Any:
    # What the first sum loses is put back with the third; |large| >= |middle|, or 0.
    total = large + middle
    return total + ((middle - (total - large)) + small)


def _log_parts(b: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    # x = m * 2**k with m from sqrt(1/2) to sqrt(2); x is normal and positive.
    begin = _bits(math.sqrt(0.5))
    bits = b.cast(x, "i")
    k = (bits - begin + (2048 << 52)).shifted("lshr", 52) - 2048
    return b.cast(bits - k.shifted("shl", 52), "f"), k


def _as_double(b: Body, k: Lanes) -> Any:
    return b.cast(k + _bits(_ROUND), "f") - _ROUND


def _log_of(b: Body, f: Lanes, n: Lanes) -> Lanes:
    # n*log(2) + log(1 + f) for 1 + f from sqrt(1/2) to sqrt(2).
    s = f / (2.0 + f)
    z = s * s
    half = 0.5 * f * f
    rest = z * _polynomial(b, _LOG, z)
    small = b.fma(n, _LN2_LOW, s * (half + rest))
    return b.fma(n, _LN2_HIGH, f - (half - small))


# -- the functions ---------------------------------------------------------------------


def exp(b: Body, x: Lanes) -> Any:
    """e**x."""
    k, high, rest = _exp_parts(b, _clamped(b, x, -761.0, 711.0))
    return _scaled(b, _sum_of_three(1.0, high, rest), k)


def expm1(b: Body, x: Lanes) -> Any:
    """e**x - 1."""
    scaled, k = _expm1_scaled(b, _clamped(b, x, -50.0, 711.0))
    return b.select(abs(x) < _TINY, x, _scaled(b, scaled, k))


def log(b: Body, x: Lanes) -> Lanes:
    """The natural logarithm: -inf at 0, NaN below."""
    subnormal = x < 2.2250738585072014e-308
    m, k = _log_parts(b, b.select(subnormal, x * 2.0**54, x))
    n = _as_double(b, k) - b.select(subnormal, 54.0, 0.0)
    found = _log_of(b, m - 1.0, n)
    ends = b.select(x == 0.0, -math.inf, b.select(x == math.inf, x, math.nan))
    return b.select((x > 0.0) & (x < math.inf), found, ends)  # type: ignore[no-any-return]


def log1p(b: Body, x: Lanes) -> Lanes:
    """log(1 + x): what 1 + x lost in rounding is put back."""
    u = 1.0 + x
    m, k = _log_parts(b, u)
    lost = (x - (u - 1.0)) * _power_of_two(b, -b.select(k > 1000, b.integer(1000), k))
    found = _log_of(b, (m - 1.0) + lost, _as_double(b, k))
    ends = b.select(x == -1.0, -math.inf, b.select(x == math.inf, x, math.nan))
    found = b.select((x > -1.0) & (x < math.inf), found, ends)
    return b.select(abs(x) < _TINY, x, found)  # type: ignore[no-any-return]


def tanh(b: Body, x: Lanes) -> Lanes:
    """(1 - e) / (1 + e) with e = exp(-2|x|), and the sign of x."""
    return _tanh_parts(b, x, 20.0)[0]


def tanh_and_slope(b: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    """tanh(x) and sech(x)**2 = 4 e / (1 + e)**2.

    The slope is within 4 ULP; below 1e-306 it is 0.
    """
    name = "fast.tanh_and_slope"
    if name not in b.needs:
        inner = Body(b.vectors, table=True)
        found = _tanh_and_slope(inner, Lanes(inner, "f", "%a0"))
        b.needs.update(inner.needs)
        b.needs[name] = inner.function(name, 1, *found)
    return b.call_for_two(name, x)


def _tanh_and_slope(b: Body, x: Lanes) -> tuple[Lanes, Lanes]:
    found, e, lost, below, inverse = _tanh_parts(b, x, 353.0)
    error = b.fma(-lost, inverse, b.fma(-below, inverse, 1.0))
    inverse = b.fma(inverse, error, inverse)
    slope = (4.0 * e * inverse) * inverse
    return found, b.select(abs(x) > 353.0, 0.0, slope)


def _tanh_parts(b: Body, x: Lanes, most: float) -> tuple[Lanes, Any, Any, Any, Any]:
    # tanh(x); for |x| up to ``most`` also e = exp(-2|x|), what 1 + e lost in rounding,
    # 1 + e and 1 / (1 + e). As e is at most 1, its rounding is small beside 1 - e's.
    size = abs(x)
    size = b.select(size > most, most, size)
    k, high, rest = _exp_parts(b, size, -2.0)
    scale, p = _power_of_two(b, k), high + rest
    e = b.fma(scale, p, scale)
    one_less = 1.0 - scale
    above, below = b.fma(-scale, p, one_less), b.fma(scale, p, 1.0 + scale)
    lost = (1.0 - below) + e
    # One step of division by hand: with what rounding took from sums and quotient.
    inverse = 1.0 / below
    found = above * inverse if b.vectors.fused else above / below
    left = b.fma(-found, below, above) if b.vectors.fused else 0.0
    left = left + b.fma(-found, lost, b.fma(-scale, p, one_less - above))
    found = b.intrinsic("copysign", b.fma(left, inverse, found), x)
    return found, e, lost, below, inverse


def sigmoid(b: Body, x: Lanes) -> Lanes:
    """1 / (1 + exp(-x)), from the side that cannot overflow."""
    e = exp(b, -abs(x))
    return b.select(x >= 0.0, 1.0, e) / (1.0 + e)  # type: ignore[no-any-return]


def logistic_slope(b: Body, x: Lanes) -> Lanes:
    """sigmoid(x) * sigmoid(-x)."""
    e = exp(b, -abs(x))
    return e / (1.0 + b.fma(e, e, e + e))  # type: ignore[no-any-return]


def softplus(b: Body, x: Lanes) -> Lanes:
    """log(1 + exp(x))."""
    return b.select(x > 0.0, x, 0.0) + log1p(b, exp(b, -abs(x)))  # type: ignore[no-any-return]


def sech(b: Body, x: Lanes) -> Any:
    """1 / cosh(x)."""
    e = exp(b, -abs(x))
    whole = b.fma(e, e, 1.0)
    lost = b.fma(e, e, 1.0 - whole)
    found = (e + e) / whole
    # 1/whole to 6 % is enough for what the sum has lost.
    return found - found * (lost * b.fma(whole, -0.47, 1.41))


def erf(b: Body, x: Lanes) -> Lanes:
    """The error function: a polynomial to 1, then 1 - erfc."""
    size = abs(x)
    near = x * _polynomial(b, _ERF, x * x)
    size = b.select(size > 6.0, 6.0, size)
    t = (size - 4.0) / (size + 4.0)
    scaled = _polynomial(b, (*float64._ERFCX, float64._ERFCX_0), t)
    far = 1.0 - scaled / (size + size + 1.0) * exp(b, -(size * size))
    return b.select(size < 1.0, near, b.intrinsic("copysign", far, x))  # type: ignore[no-any-return]


def erfc_below_quarter(b: Body, x: Lanes) -> Lanes:
    """1 - erf(x) where nothing cancels, which is where the float kernels ask."""
    return b.select(x < 0.25, 1.0 - erf(b, x), math.nan)  # type: ignore[no-any-return]


def sin(b: Body, x: Lanes) -> Lanes:
    """The sine; past a million quarter turns, libm's."""
    return _circle(b, x, 0, "sin")


def cos(b: Body, x: Lanes) -> Lanes:
    """The cosine; past a million quarter turns, libm's."""
    return _circle(b, x, 1, "cos")


def _circle(b: Body, x: Lanes, turn: int, symbol: str) -> Lanes:
    k, r, low = _reduced(b, x)
    k = k + turn
    z = r * r
    sine = r + b.fma(z * r, _polynomial(b, _SIN, z), low * b.fma(z, -0.5, 1.0))
    half = 0.5 * z
    w = 1.0 - half
    rest = b.fma(z * z, _polynomial(b, _COS, z), -(r * low))
    cosine = w + (((1.0 - w) - half) + rest)
    found = b.select((k & 1) == 1, cosine, sine)
    found = b.select((k & 2) == 2, -found, found)
    if turn == 0:  # sin(-0.0) is -0.0
        found = b.select(abs(x) < _TINY, x, found)
    large = ~(abs(x) < _MOST_TURNS)
    return b.rarely(large, lambda: b.each_lane(symbol, (x,)), found)


def _reduced(b: Body, x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    # x = k pi/2 + r + low. Each difference keeps what its rounding took away, because
    # x may be so near to a multiple that most digits cancel.
    shifted = b.fma(x, 0.6366197723675814, _ROUND)
    n = shifted - _ROUND
    first, second, third, last = _HALF_PI
    r, low_1 = _difference(x - n * first, n * second)
    r, low_2 = _difference(r, n * third)
    low = b.fma(n, -last, low_1 + low_2)
    total = r + low
    return b.cast(shifted, "i") - _bits(_ROUND), total, (r - total) + low


def _difference(x: Any, y: Any) -> tuple[Lanes, Lanes]:
    d = x - y
    back = x - d
    return d, (x - (d + back)) + (back - y)


SMALL_POWERS = (-2, -1, 0, 1, 2, 3)  # products of them are within 2 ULP


def small_power(x: Any, n: int) -> Any:
    """x**n for one of `SMALL_POWERS`."""
    found = x
    for _ in range(abs(n) - 1):
        found = found * x
    if n == 0:
        return 1.0
    return found if n > 0 else 1.0 / found


OF_MATH: dict[Any, Callable[..., Lanes]] = {
    math.exp: exp,
    math.expm1: expm1,
    math.log: log,
    math.log1p: log1p,
    math.tanh: tanh,
    math.erf: erf,
    math.erfc: erfc_below_quarter,
    math.sin: sin,
    math.cos: cos,
}
OF_KERNELS: dict[Any, Callable[..., Lanes]] = {
    float64.sigmoid: sigmoid,
    float64.logistic_slope: logistic_slope,
    float64.softplus: softplus,
    float64.sech: sech,
}
