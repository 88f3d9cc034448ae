"""The mpmath column: as many digits as ``mpmath.mp.dps`` asks for.

What one can do with this file: give a Value an ``mpmath.mpf`` and get its
gradient, and every higher derivative, to 50 or 500 digits, from the same
function that runs on floats.

The one idea: mpmath does the elementary functions; what is added here is what
the float column also promises. Nothing becomes complex, nothing raises outside a
domain (NaN and infinities come out), and kinks and ties are those of the table.
Constants are computed when they are used, at the precision of that moment.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import Any

from mpmath import mp, mpf

from ..primitives import CONSTANTS
from . import Column

__all__ = ["COLUMN", "accepts"]

ZERO, ONE = mpf(0), mpf(1)


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


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    # mpmath goes complex outside a real domain, and raises at poles.
    def kernel(*xs: Any) -> Any:
        try:
            y = function(*xs)
        except (ValueError, ZeroDivisionError):
            return mp.nan
        return y if type(y) is mpf else mpf(y) if not mp.im(y) else mp.nan

    return kernel


def div(x: Any, y: Any) -> Any:
    """x/y, with the infinity of the right sign for y = 0."""
    if y != 0 or mp.isnan(x):
        return x / y
    return mp.nan if x == 0 else mp.sign(x) * mp.inf


def _log(base: int | None = None) -> Callable[[Any], Any]:
    def kernel(x: Any) -> Any:
        if x == 0:
            return -mp.inf
        if x < 0:
            return mp.nan
        return mp.log(x) if base is None else mp.log(x, base)

    return kernel


def power(x: Any, y: Any, k: int = 0) -> Any:
    """x**(y - k); NaN for a negative base with a fractional exponent."""
    y = y - k
    if x == 0:
        return ZERO if y > 0 else ONE if y == 0 else mp.inf if y < 0 else mp.nan
    if x < 0 and not mp.isint(y):
        return mp.nan
    return mp.power(x, int(y) if mp.isint(y) else y)


def powc(x: Any, n: Any, k: int = 0) -> Any:
    """falling(n, k) * x**(n - k), the k-th derivative of x**n."""
    n = adopt(n) if type(n) is not mpf else n
    factor = reduce(mul, (n - i for i in range(k)), ONE)
    return factor * power(x, n, k) if factor else ZERO


def _expm1(x: Any) -> Any:
    return mp.expm1(x)


def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x))."""
    return ONE / (1 + mp.exp(-x)) if x != -mp.inf else ZERO


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), with all digits on both sides."""
    return (x if x > 0 else ZERO) + mp.log1p(mp.exp(-abs(x))) if x == x else x


def where(c: Any, x: Any, y: Any) -> Any:
    """x where c is not 0, else y."""
    return x if c else y


def step(x: Any) -> Any:
    """1 where x > 0, else 0."""
    return ONE if x > 0 else ZERO


def greater(x: Any, y: Any) -> Any:
    """1 where x > y, 1/2 where equal, else 0."""
    return ONE if x > y else mpf(0.5) if x == y else ZERO


def maximum(x: Any, y: Any) -> Any:
    """The larger; NaN if either is."""
    return x if x >= y or x != x else y


def minimum(x: Any, y: Any) -> Any:
    """The smaller; NaN if either is."""
    return x if x <= y or x != x else y


def hypot(x: Any, y: Any) -> Any:
    """sqrt(x*x + y*y)."""
    return mp.sqrt(x * x + y * y)


def total(*xs: Any) -> Any:
    """The sum from left to right."""
    return reduce(add, xs) if xs else ZERO


def dot(*xs: Any) -> Any:
    """The inner product of the two halves."""
    n = len(xs) // 2
    return total(*map(mul, xs[:n], xs[n:]))


def logsumexp(*xs: Any) -> Any:
    """log(exp(x1) + ... + exp(xn)), shifted by the largest."""
    high = reduce(maximum, xs)
    if not mp.isfinite(high):
        return high
    return high + mp.log(total(*(mp.exp(x - high) for x in xs)))


def softmax(*xs: Any) -> tuple[Any, ...]:
    """exp(xi) / sum; NaN if every operand is -inf."""
    high = reduce(maximum, xs)
    if not mp.isfinite(high):
        weights = [ONE if x == high else ZERO for x in xs]
    else:
        weights = [mp.exp(x - high) for x in xs]
    if high == -mp.inf or mp.isnan(high):
        return (mp.nan,) * len(xs)
    whole = total(*weights)
    return tuple(w / whole for w in weights)


def softmax_rest(*xs: Any) -> tuple[Any, ...]:
    """1 - softmax, as the sum of the others."""
    ps = softmax(*xs)
    return tuple(total(*ps[:k], *ps[k + 1 :]) for k in range(len(ps)))


def logsumexp_slope(*xs: Any) -> tuple[Any, ...]:
    """Softmax, but 0 everywhere if every operand is -inf."""
    return (ZERO,) * len(xs) if all(x == -mp.inf for x in xs) else softmax(*xs)


def log_softmax(*xs: Any) -> tuple[Any, ...]:
    """xi - logsumexp(x)."""
    whole = logsumexp(*xs)
    return tuple(x - whole for x in xs)


def sinc(x: Any, k: int = 0) -> Any:
    """The k-th derivative of sin(x)/x, the integral of t**k cos(x*t + k*pi/2)."""
    if abs(x) < k + 1:
        # With some extra digits against the cancellation of the series.
        with mp.extradps(10 + 2 * k):
            total_, j = ZERO, k % 2
            while True:
                sign = -1 if ((j + k) // 2) % 2 else 1
                term = sign * x**j / (mp.factorial(j) * (j + k + 1))
                total_ += term
                if abs(term) <= mp.eps * abs(total_) / 16 or x == 0:
                    break
                j += 2
        return +total_
    value = mp.sin(x) / x
    circle = (mp.sin(x), mp.cos(x), -mp.sin(x), -mp.cos(x))
    for i in range(1, k + 1):
        value = (circle[i % 4] - i * value) / x
    return value


def _round(x: Any, digits: int | None) -> Any:
    scale = mpf(10) ** (digits or 0)
    return mp.nint(x * scale) / scale


KERNELS: dict[str, Callable[..., Any]] = {
    "identity": lambda x: x,
    "add": add,
    "sub": lambda x, y: x - y,
    "mul": mul,
    "div": div,
    "neg": lambda x: -x,
    "strong_mul": lambda x, y: x * y if x != 0 else ZERO,
    "reciprocal": lambda x: div(ONE, x),
    "powc": powc,
    "pow": power,
    "sqrt": _real(mp.sqrt),
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)) if x == x else x,
    "hypot": hypot,
    "exp": mp.exp,
    "expm1": _expm1,
    "log": _log(),
    "log1p": lambda x: -mp.inf if x == -1 else mp.nan if x < -1 else mp.log1p(x),
    "log2": _log(2),
    "log10": _log(10),
    "logaddexp": logsumexp,
    "xlogy": lambda x, y: ZERO if x == 0 and y == y else x * _log()(y),
    "sin": _real(mp.sin),
    "cos": _real(mp.cos),
    "tan": _real(mp.tan),
    "asin": _real(mp.asin),
    "acos": _real(mp.acos),
    "atan": mp.atan,
    "atan2": mp.atan2,
    "sinh": mp.sinh,
    "cosh": mp.cosh,
    "tanh": mp.tanh,
    "asinh": mp.asinh,
    "acosh": _real(mp.acosh),
    "atanh": lambda x: x * mp.inf if abs(x) == 1 else _real(mp.atanh)(x),
    "sigmoid": sigmoid,
    "softplus": softplus,
    "erf": mp.erf,
    "erfc": mp.erfc,
    "sinc": sinc,
    "step": step,
    "sign": lambda x: mp.sign(x) if x == x else ZERO,
    "greater": greater,
    "round": _round,
    "abs": abs,
    "maximum": maximum,
    "minimum": minimum,
    "where": where,
    "sum": total,
    "dot": dot,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "softmax_rest": softmax_rest,
    "logsumexp_slope": logsumexp_slope,
    "log_softmax": log_softmax,
    "item": lambda xs, k: xs[k],
}


class _PreciseColumn(Column):
    # Constants at the precision of the moment, not of the import.
    pi = property(lambda self: +mp.pi)
    ln2 = property(lambda self: mp.log(2))
    ln10 = property(lambda self: mp.log(10))
    two_over_sqrt_pi = property(lambda self: 2 / mp.sqrt(mp.pi))
    sqrt2 = property(lambda self: mp.sqrt(2))


COLUMN = _PreciseColumn(
    "mpmath",
    KERNELS,
    dict.fromkeys(CONSTANTS),  # the properties above stand before these
    adopt,
    "use float(...)",
    finite=mp.isfinite,
)
