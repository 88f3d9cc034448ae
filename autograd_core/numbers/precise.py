"""The mpmath column: as many digits as ``mpmath.mp.dps`` asks for.

What one can do with this file: give a Value an ``mpmath.mpf`` and get its
gradient, and every higher derivative, to 50 or 500 digits, from the same
function that runs on floats.

The one idea: mpmath does the elementary functions; what is added here is what
the float column also promises. Nothing becomes complex, nothing raises outside a
domain (NaN and infinities come out), limits at infinity, kinks and ties are those
of the float column. Constants are computed when they are used, at the precision
of that moment, and what is composed of several steps is computed with some
digits more. Only a division by zero inside a rule raises, as it does in mpmath.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce, wraps
from operator import add, mul
from typing import Any

from mpmath import mp, mpf

from ..primitives import (
    CONSTANTS,
    Primitive,
    atan2_terms,
    hypot_terms,
    power_slope,
    total_of,
)
from ..primitives import silu_slope as silu_formula
from . import Column

__all__ = ["COLUMN", "accepts"]

ZERO, ONE, HALF, INF = mpf(0), mpf(1), mpf(0.5), mpf("inf")
GUARD = 15  # digits more, for what is computed in several steps


def accepts(number: Any) -> bool:
    """Whether a Value may hold ``number``: real mpmath numbers only."""
    return type(number) is mpf


def adopt(constant: Any) -> Any:
    """An int, a Fraction or the exact binary value of a float, as an mpf.

    Raises
    ------
    TypeError
        For anything else.
    """
    if isinstance(constant, Fraction):
        return mpf(constant.numerator) / constant.denominator
    if isinstance(constant, (int, float)):
        return mpf(constant)
    raise TypeError(
        f"a {type(constant).__name__} cannot meet an mpmath number; use mpf(...)"
    )


def _number(attribute: Any) -> Any:
    return attribute if accepts(attribute) else adopt(attribute)


def _guarded(kernel: Callable[..., Any]) -> Callable[..., Any]:
    # Run with more digits, and round the result once.
    @wraps(kernel)
    def guarded(*operands: Any, **attributes: Any) -> Any:
        with mp.extradps(GUARD):
            out = kernel(*operands, **attributes)
        return tuple([+y for y in out]) if isinstance(out, (tuple, list)) else +out

    return guarded


def _real(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    # mpmath goes complex outside a real domain, and raises at poles.
    @wraps(function)
    def kernel(x: Any) -> Any:
        try:
            y = function(x)
        except (ValueError, ZeroDivisionError):
            return mp.nan
        return y if accepts(y) else mp.nan

    return kernel


def _limits(function: Callable[[Any], Any], below: Any, above: Any) -> Any:
    # A product of 0 and an infinity is NaN to mpmath; its limit is known.
    @wraps(function)
    def kernel(x: Any, **attributes: Any) -> Any:
        if mp.isinf(x):
            return above if x > 0 else below
        return function(x, **attributes)

    return kernel


def div(x: Any, y: Any) -> Any:
    """x/y, with the infinity of the right sign for y = 0."""
    if y != 0:
        return x / y
    return mp.sign(x) * INF  # NaN for 0/0


def ratio_slope(x: Any, y: Any, k: int) -> Any:
    """The k-th derivative of x/y in y."""
    out = div(x, y)
    for i in range(1, k + 1):
        out = div(-i * out, y)
    return out


# -- powers and roots ------------------------------------------------------------------


def power(x: Any, y: Any, k: int = 0) -> Any:
    """x**(y - k); NaN for a negative base with a fractional exponent."""
    y = y - k
    if y == 0 or x == 1:
        return ONE
    if mp.isnan(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(y):
        grows = (abs(x) > 1) == (y > 0)
        return ONE if abs(x) == 1 else INF if grows else ZERO
    whole = mp.isint(y)
    if x == 0 or mp.isinf(x):
        size = ZERO if (x == 0) == (y > 0) else INF
        return -size if x < 0 and whole and int(y) % 2 else size
    if x < 0 and not whole:
        return mp.nan
    return mp.power(x, int(y) if whole else y)


def pow_slope(x: Any, y: Any, k: int, j: int) -> Any:
    """(d/dx)**k (d/dy)**j x**y."""
    return power_slope(COLUMN, x, y, power(x, y, k), k, j)


def powc(x: Any, n: Any, k: int = 0) -> Any:
    """falling(n, k) * x**(n - k), the k-th derivative of x**n."""
    n = _number(n)
    factor = reduce(mul, (n - i for i in range(k)), ONE)
    return factor * power(x, n, k) if factor else ZERO


def hypot(x: Any, y: Any) -> Any:
    """sqrt(x*x + y*y), infinite if one of them is."""
    if mp.isinf(x) or mp.isinf(y):
        return INF
    return mp.sqrt(x * x + y * y)


def _finite_direction(x: Any, y: Any) -> tuple[Any, Any]:
    # Two infinities are equally far; beside one, a finite number is nothing.
    if not (mp.isinf(x) or mp.isinf(y)) or mp.isnan(x) or mp.isnan(y):
        return x, y
    return mp.sign(x) * mp.isinf(x), mp.sign(y) * mp.isinf(y)


def hypot_slope(x: Any, y: Any, i: int, j: int) -> Any:
    """(d/dx)**i (d/dy)**j hypot(x, y), and 0 where both are 0."""
    terms, n = hypot_terms(i, j)
    if n == 1:
        x, y = _finite_direction(x, y)
    elif mp.isinf(x) or mp.isinf(y):
        return ZERO * (mp.sign(x) + mp.sign(y))  # NaN if one is
    if x == y == 0:
        return ZERO
    return total_of(terms, x, y) / mp.sqrt(x * x + y * y) ** n


def atan2_slope(y: Any, x: Any, i: int, j: int) -> Any:
    """(d/dy)**i (d/dx)**j atan2(y, x)."""
    if mp.isinf(x) or mp.isinf(y):
        return ZERO * (mp.sign(x) + mp.sign(y))
    terms, n = atan2_terms(i, j)
    return div(total_of(terms, y, x), (x * x + y * y) ** (n // 2))


def silu_slope(x: Any, k: int) -> Any:
    """The k-th derivative of x*sigmoid(x)."""
    if mp.isinf(x):
        return ONE if x > 0 and k == 1 else ZERO
    return silu_formula(COLUMN, x, k)


def atan2(y: Any, x: Any) -> Any:
    """The angle of (x, y)."""
    if mp.isnan(x) or mp.isnan(y):
        return mp.nan
    if mp.isinf(x) and mp.isinf(y):
        x, y = mp.sign(x), mp.sign(y)
    return mp.atan2(y, x)


def asin_slope(x: Any) -> Any:
    """1 / sqrt(1 - x*x), NaN outside [-1, 1]."""
    return div(ONE, mp.sqrt((1 - x) * (1 + x))) if abs(x) <= 1 else mp.nan


def acosh_slope(x: Any) -> Any:
    """1 / sqrt(x*x - 1), NaN below 1."""
    return div(ONE, mp.sqrt(x - 1) * mp.sqrt(x + 1)) if x >= 1 else mp.nan


def atanh_slope(x: Any) -> Any:
    """1 / (1 - x*x), NaN outside [-1, 1]."""
    return div(ONE, (1 - x) * (1 + x)) if abs(x) <= 1 else mp.nan


# -- logarithms and the functions of learning ------------------------------------------


def _log(base: int | None = None) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        if x == 0:
            return -INF
        if x < 0:
            return mp.nan
        return mp.log(x) if base is None else mp.log(x, base)

    return kernel


log = _log()


def log1p(x: Any) -> Any:
    """log(1 + x)."""
    return -INF if x == -1 else mp.nan if x < -1 else mp.log1p(x)


def atanh(x: Any) -> Any:
    """Infinite at -1 and 1, NaN beyond."""
    return x * INF if abs(x) == 1 else _real(mp.atanh)(x)


def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x))."""
    return ONE / (1 + mp.exp(-x))


def sigmoid_diff(x: Any, y: Any) -> Any:
    """sigmoid(x - y)."""
    if mp.isinf(x) and x == y:
        return HALF if x > 0 else ZERO
    return sigmoid(x - y)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), with all digits on both sides."""
    return maximum(x, ZERO) + mp.log1p(mp.exp(-abs(x)))


def binary_cross_entropy(x: Any, y: Any) -> Any:
    """-y*log(sigmoid(x)) - (1 - y)*log(sigmoid(-x)); weight 0 adds nothing."""
    no = (1 - y) * softplus(x) if y != 1 else ZERO
    return no + y * softplus(-x) if y != 0 else no


def erfc(x: Any) -> Any:
    """1 - erf(x); far out, where mpmath gives up, it is 0 to any precision."""
    return ZERO if x > mpf(10) ** 50 else mp.erfc(x)


def sinc(x: Any, k: int = 0) -> Any:
    """The k-th derivative of sin(x)/x, the integral of t**k cos(x*t + k*pi/2)."""
    if not abs(x) < k + 1:
        value = mp.sin(x) / x
        circle = (mp.sin(x), mp.cos(x), -mp.sin(x), -mp.cos(x))
        for i in range(1, k + 1):
            value = (circle[i % 4] - i * value) / x
        return value
    total_, j = ZERO, k % 2
    while True:
        sign = -1 if ((j + k) // 2) % 2 else 1
        term = sign * x**j / (mp.factorial(j) * (j + k + 1))
        total_ += term
        if abs(term) <= mp.eps * abs(total_) / 16 or x == 0:
            return total_
        j += 2


# -- choices ---------------------------------------------------------------------------


def where(c: Any, x: Any, y: Any) -> Any:
    """x where c is not 0, else y."""
    return x if c else y


def step(x: Any) -> Any:
    """1 where x > 0, else 0."""
    return ONE if x > 0 else ZERO


def greater(x: Any, y: Any) -> Any:
    """1 where x > y, 1/2 where equal, else 0."""
    return ONE if x > y else HALF if x == y else ZERO


def maximum(x: Any, y: Any) -> Any:
    """The larger; NaN if either is."""
    return x if x >= y or x != x else y


def minimum(x: Any, y: Any) -> Any:
    """The smaller; NaN if either is."""
    return x if x <= y or x != x else y


def clip(x: Any, low: Any, high: Any) -> Any:
    """x held inside [low, high]."""
    return minimum(maximum(x, _number(low)), _number(high))


def _round(x: Any, digits: int | None = None) -> Any:
    scale = mpf(10) ** (digits or 0)
    return mp.nint(x * scale) / scale


# -- many operands ---------------------------------------------------------------------


def total(*xs: Any) -> Any:
    """The sum from left to right."""
    return reduce(add, xs) if xs else ZERO


def dot(*xs: Any) -> Any:
    """The inner product of the two halves."""
    n = len(xs) // 2
    return total(*map(mul, xs[:n], xs[n:]))


def _weights(xs: tuple[Any, ...]) -> tuple[Any, list[Any], Any]:
    # The largest, exp(x - largest) of each, and the sum of all but one 1 of these.
    high = reduce(maximum, xs)
    if mp.isinf(high):
        weights = [ONE if x == high else ZERO for x in xs]
    else:
        weights = [mp.exp(x - high) for x in xs]
    top = 0 if mp.isnan(high) else xs.index(high)
    return high, weights, total(*weights[:top], *weights[top + 1 :])


def logsumexp(*xs: Any) -> Any:
    """log(exp(x1) + ... + exp(xn)), shifted by the largest."""
    high, _, rest = _weights(xs)
    return high + mp.log1p(rest) if mp.isfinite(high) else high


def softmax(*xs: Any) -> tuple[Any, ...]:
    """exp(xi) / sum; NaN if every operand is -inf."""
    high, weights, rest = _weights(xs)
    return tuple(w / (1 + rest) if high > -INF else mp.nan for w in weights)


def softmax_rest(*xs: Any) -> tuple[Any, ...]:
    """1 - softmax, as the sum of the others."""
    _, weights, rest = _weights(xs)
    others = [total(*weights[:k], *weights[k + 1 :]) for k in range(len(xs))]
    return tuple(other / (1 + rest) for other in others)


def logsumexp_slope(*xs: Any) -> tuple[Any, ...]:
    """Softmax, but 0 everywhere if every operand is -inf."""
    return (ZERO,) * len(xs) if all(x == -INF for x in xs) else softmax(*xs)


def log_softmax(*xs: Any) -> tuple[Any, ...]:
    """xi - logsumexp(x), without adding the largest back first."""
    high, _, rest = _weights(xs)
    if not mp.isfinite(high):
        return (mp.nan,) * len(xs)
    return tuple((x - high) - mp.log1p(rest) for x in xs)


def soft_cross_entropy(*xs: Any) -> Any:
    """-sum of y*log_softmax(x); a class of weight 0 adds nothing."""
    n = len(xs) // 2
    pairs = zip(xs[n:], log_softmax(*xs[:n]), strict=True)
    return total(*(-y * q if y != 0 else ZERO for y, q in pairs))


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": lambda x: x,
    "add": add,
    "sub": lambda x, y: x - y,
    "mul": mul,
    "div": div,
    "ratio_slope": _guarded(ratio_slope),
    "neg": lambda x: -x,
    "strong_mul": lambda x, y: x * y if x != 0 else ZERO,
    "reciprocal": lambda x: div(ONE, x),
    "powc": powc,
    "pow": pow_slope,
    "sqrt": _real(mp.sqrt),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)) if x == x else x,
    "hypot": _guarded(hypot),
    "hypot_slope": _guarded(hypot_slope),
    "exp": mp.exp,
    "expm1": mp.expm1,
    "log": log,
    "log1p": log1p,
    "log2": _log(2),
    "log10": _log(10),
    "logaddexp": _guarded(logsumexp),
    "sigmoid_diff": _guarded(sigmoid_diff),
    "xlogy": lambda x, y: ZERO if x == 0 and y == y else x * log(y),
    "sin": _real(mp.sin),
    "cos": _real(mp.cos),
    "tan": _real(mp.tan),
    "asin": _real(mp.asin),
    "acos": _real(mp.acos),
    "asin_slope": _guarded(asin_slope),
    "atan": mp.atan,
    "atan2": atan2,
    "atan2_slope": _guarded(atan2_slope),
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": _real(mp.acosh),
    "acosh_slope": _guarded(acosh_slope),
    "atanh": atanh,
    "atanh_slope": _guarded(atanh_slope),
    "sigmoid": _guarded(sigmoid),
    "softplus": _guarded(softplus),
    "relu": lambda x: maximum(x, ZERO),
    "silu_slope": _guarded(silu_slope),
    "erf": mp.erf,
    "erfc": erfc,
    "binary_cross_entropy": _guarded(binary_cross_entropy),
    "sinc": _limits(_guarded(sinc), ZERO, ZERO),
    "step": step,
    "sign": lambda x: mp.sign(x) if x == x else ZERO,
    "greater": greater,
    "round": _round,
    "abs": abs,
    "maximum": maximum,
    "minimum": minimum,
    "clip": clip,
    "where": where,
    "sum": total,
    "dot": dot,
    "logsumexp": _guarded(logsumexp),
    "softmax": _guarded(softmax),
    "softmax_rest": _guarded(softmax_rest),
    "logsumexp_slope": _guarded(logsumexp_slope),
    "log_softmax": _guarded(log_softmax),
    "soft_cross_entropy": _guarded(soft_cross_entropy),
    "item": lambda xs, k: xs[k],
}

# Row -> its limits at -inf and inf, where its formula says 0*inf.
LIMITS = {
    "silu": (ZERO, INF),
    "gelu": (ZERO, INF),
    "gauss_derivative": (ZERO, ZERO),
    "normal_pdf_derivative": (ZERO, ZERO),
}


class _PreciseColumn(Column):
    # Constants at the precision of the moment, not of the import.
    pi = property(lambda self: +mp.pi)
    ln2 = property(lambda self: mp.log(2))
    ln10 = property(lambda self: mp.log(10))
    two_over_sqrt_pi = property(lambda self: 2 / mp.sqrt(mp.pi))
    sqrt2 = property(lambda self: mp.sqrt(2))

    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        kernel = super()._resolve(row)
        if row.name in self.kernels or row.formula is None:
            return kernel
        kernel = _guarded(kernel)
        return _limits(kernel, *LIMITS[row.name]) if row.name in LIMITS else kernel


COLUMN = _PreciseColumn(
    "mpmath",
    KERNELS,
    dict.fromkeys(CONSTANTS),  # the properties above stand before these
    adopt,
    "use float(...)",
    finite=mp.isfinite,
)
