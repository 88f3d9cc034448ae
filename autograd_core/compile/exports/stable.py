"""Rows of the table over the functions that every array library has.

What one can do with this file: make the `column` of a library from its own functions.

The one idea: the float column's kernels, as formulas over whole arrays. Those of
`numbers.float64` recover single roundings, which a compiler that contracts products
undoes; the forms here cancel nothing and split exactly, so that they are stable under
any contraction. Every side of a choice is computed, and may be NaN where it is not
taken. A result below 1e-290 may be flushed to zero, as these libraries do.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import Any

from ...errors import TraceError
from ...numbers import Column
from ...numbers.float64 import CONSTANTS
from ...primitives import hermite, logistic_factor, power_slope
from .elementary import ELEMENTARY

__all__ = ["FORMS", "column", "whole_only"]

LARGEST = 1.7976931348623157e308


def column(
    name: str,
    native: Mapping[str, Callable[..., Any]],
    adopt: Callable[[Any], Any],
    refusal: str = "",
) -> Column:
    """The column of a library's numbers.

    Parameters
    ----------
    native
        Row -> the library's function, where it is accurate. At least ``where`` (its
        first operand is a number or a truth), ``abs``, ``maximum``, ``minimum``,
        ``round``, ``sum``, ``exp``, ``log``, ``sqrt``, ``sin``, ``cos``, ``tanh``, and
        ``pow``, the plain power. Numbers have Python's operators.
    adopt
        A plain number, or one of the library's, as one of the library's.
    refusal
        The way out, for rows that were added without a formula.
    """
    made = Column(name, {}, CONSTANTS, adopt, refusal)

    def adopting(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *xs, **attributes: function(*map(adopt, xs), **attributes)

    every = {**ELEMENTARY, **FORMS}
    forms = {row: partial(form, made) for row, form in every.items()}
    own = {row: adopting(function) for row, function in native.items()}
    plain = own.pop("pow")
    made.kernels.update({**forms, **own})
    made.kernels["pow"] = partial(_pow, made, plain)
    made.kernels["powc"] = partial(_powc, made, plain)
    return made


def whole_only(function: Callable[[Any], Any]) -> Callable[..., Any]:
    """``round`` of a library that rounds to whole numbers."""

    def rounded(x: Any, digits: int | None) -> Any:
        if digits:
            raise TraceError(
                f"round(x, {digits}) cannot be exported: other libraries multiply by "
                f"{10.0**digits:g} and round, which gives other numbers; round to "
                "whole numbers, or after the call"
            )
        return function(x)

    return rounded


# -- powers ----------------------------------------------------------------------------


def _pow(m: Any, plain: Callable[..., Any], x: Any, y: Any, k: int, j: int) -> Any:
    power = plain(x, y - k if k else y)
    return power_slope(m, x, y, power, k, j) if k or j else power


def _powc(m: Any, plain: Callable[..., Any], x: Any, n: Any, k: int) -> Any:
    factor = 1.0
    for i in range(k):
        factor *= n - i
    power = plain(x, float(n) - k) if factor else m.step(x)
    return factor * power if factor != 1.0 else power


def _cbrt(m: Any, x: Any) -> Any:
    r = m.sign(x) * m.pow(m.abs(x), 1.0 / 3.0)
    better = r - (r - x / (r * r)) / 3.0
    return m.where(m.step(m.abs(r)) * m.step(1e103 - m.abs(r)), better, r)


def _hypot(m: Any, x: Any, y: Any) -> Any:
    a, b = m.abs(x), m.abs(y)
    big, small = m.maximum(a, b), m.minimum(a, b)
    ratio = small / m.where(m.step(big), big, 1)
    out = big * m.sqrt(1 + ratio * ratio)
    return m.where(m.step(big - LARGEST), big, out)


def _atanh_slope(m: Any, x: Any) -> Any:
    # Where the function has no value, its slope must have none either.
    out = 1 / ((1 - x) * (1 + x))
    return m.where(m.step(m.abs(x) - 1), math.nan, out)


# -- exponentials ----------------------------------------------------------------------


def _decay(m: Any, x: Any) -> Any:
    # exp(-|x|), which cannot overflow.
    return m.exp(-m.abs(x))


def _sigmoid(m: Any, x: Any) -> Any:
    e = _decay(m, x)
    return m.where(m.step(x), 1, e) / (1 + e)


def _logistic_slope(m: Any, x: Any) -> Any:
    e = _decay(m, x)
    return e / ((1 + e) * (1 + e))


def _softplus(m: Any, x: Any) -> Any:
    return m.maximum(x, 0) + m.log1p(_decay(m, x))


def _sech(m: Any, x: Any) -> Any:
    e = _decay(m, x)
    return 2 * e / (1 + e * e)


def _logaddexp(m: Any, x: Any, y: Any) -> Any:
    g = m.greater(x, y)  # 1/2 where they are equal, also at the same infinity
    apart = m.where(g * (1 - g), 0, m.abs(x - y))
    return m.maximum(x, y) + m.log1p(m.exp(-apart))


def _sigmoid_diff(m: Any, x: Any, y: Any) -> Any:
    g = m.greater(x, y)  # 1/2 where they are equal, also at the same infinity
    equal = g * (1 - g)
    out = m.sigmoid(m.where(equal, 0, x - y))
    return m.where(equal * (1 - m.step(x + LARGEST)), 0, out)  # of two -inf


def _xlogy(m: Any, x: Any, y: Any) -> Any:
    return m.where(x, x * m.log(y), m.minimum(m.abs(y), 0))  # 0, or NaN as y


def _silu(m: Any, x: Any) -> Any:
    return m.maximum(x, -800) * m.sigmoid(x)


def _silu_slope(m: Any, x: Any, k: int) -> Any:
    x = m.minimum(m.maximum(x, -800), 800)  # where all that is left are 0 and 1
    if k == 1:
        return m.sigmoid(x) * (1 + x * m.sigmoid(-x))
    t = m.tanh(x / 2)
    both = 2 * k * logistic_factor(t, k - 2) + x * logistic_factor(t, k - 1)
    return m.logistic_slope(x) * both * 0.5 ** (k - 1)


def _gauss_derivative(m: Any, x: Any, k: int) -> Any:
    x = m.minimum(m.maximum(x, -30), 30)
    return hermite(x, k, 2) * _exp_of_square(m, x, -1)


def _normal_pdf_derivative(m: Any, x: Any, k: int) -> Any:
    x = m.minimum(m.maximum(x, -40), 40)
    return hermite(x, k, 1) * _exp_of_square(m, x, -0.5) * 0.3989422804014327


def _exp_of_square(m: Any, x: Any, a: float) -> Any:
    # exp(a*x*x). The square of the rounded x is exact, and the rest is small.
    high = m.round(16 * x) / 16
    return m.exp(a * (high * high)) * m.exp(a * ((x - high) * (x + high)))


def _gelu(m: Any, x: Any) -> Any:
    return m.maximum(x, -40) * m.normal_cdf(x)


def _binary_cross_entropy(m: Any, x: Any, y: Any) -> Any:
    over, under = m.softplus(x), m.softplus(-x)
    return m.strong_mul(1 - y, over) + m.strong_mul(y, under)


def _sinc(m: Any, x: Any, k: int) -> Any:
    far = m.sin(x) / m.where(x, x, 1)
    if k == 0:
        return m.where(x, far, 1)
    circle = (m.sin(x), m.cos(x), -m.sin(x), -m.cos(x))
    for i in range(1, k + 1):
        far = (circle[i % 4] - i * far) / x
    return m.where(m.step(m.abs(x) - (k + 1)), far, _sinc_series(m, x, k))


def _sinc_series(m: Any, x: Any, k: int) -> Any:
    # sum over even j+k of (-1)**((j+k)/2) x**j / (j! (j+k+1)), for |x| <= k + 1.
    powers = range(k % 2, 60 + 4 * k, 2)
    kept = [j for j in powers if j < 4 or (k + 1.0) ** j > 1e-19 * math.factorial(j)]
    found: Any = 0
    for j in reversed(kept):
        sign = (-1) ** ((j + k) // 2)
        found = found * (x * x) + sign / (math.factorial(j) * (j + k + 1))
    return found * x if k % 2 else found


# -- choices ---------------------------------------------------------------------------


def _step(m: Any, x: Any) -> Any:
    return m.where(x > 0, 1, 0)


def _greater(m: Any, x: Any, y: Any) -> Any:
    return m.where(x > y, 1, m.where(x == y, 0.5, 0))


# -- many operands ---------------------------------------------------------------------


def _dot(m: Any, *xs: Any) -> Any:
    n = len(xs) // 2
    return m.sum(*[x * y for x, y in zip(xs[:n], xs[n:], strict=True)])


def _weights(m: Any, xs: tuple[Any, ...]) -> tuple[Any, list[Any], list[Any], Any]:
    # The largest, whether each is it, exp(x - largest), and the sum without one
    # largest's 1: log1p keeps the digits of that. A NaN among them stays one.
    high = reduce(m.maximum, xs)
    base = m.maximum(high, -LARGEST)
    tops = [1 - m.step(high - x) for x in xs]
    known = m.step(high + LARGEST)  # else all are -inf, and exp(-inf) is right
    weights = [
        m.where(top * known, 1, m.exp(x - base))
        for top, x in zip(tops, xs, strict=True)
    ]
    small = [m.where(top, 0, w) for top, w in zip(tops, weights, strict=True)]
    rest = m.sum(*small) + (m.sum(*tops) - 1)
    return base, tops, weights, m.where(m.step(m.abs(base)), rest, rest + base)


def _logsumexp(m: Any, *xs: Any) -> Any:
    base, _, weights, rest = _weights(m, xs)
    top = reduce(m.maximum, weights)  # 1, or 0 if all are -inf
    return base + m.where(m.step(top), m.log1p(rest), m.log(top))


def _softmax(m: Any, *xs: Any) -> tuple[Any, ...]:
    _, _, weights, _ = _weights(m, xs)
    total = m.sum(*weights)
    return tuple(w / total for w in weights)


def _logsumexp_slope(m: Any, *xs: Any) -> tuple[Any, ...]:
    _, _, weights, _ = _weights(m, xs)
    total = m.sum(*weights)
    return tuple(m.where(total, w / total, 0) for w in weights)


def _softmax_rest(m: Any, *xs: Any) -> tuple[Any, ...]:
    _, tops, weights, rest = _weights(m, xs)
    total = 1 + rest
    return tuple(
        m.where(top, rest, total - w) / total
        for top, w in zip(tops, weights, strict=True)
    )


def _log_softmax(m: Any, *xs: Any) -> tuple[Any, ...]:
    base, _, _, rest = _weights(m, xs)
    logarithm = m.log1p(rest) + 0 * base  # NaN for all of them next to an infinity
    return tuple((x - base) - logarithm for x in xs)


def _soft_cross_entropy(m: Any, *xs: Any) -> Any:
    n = len(xs) // 2
    logs = m.log_softmax(*xs[:n])
    return m.sum(*[-m.strong_mul(y, q) for y, q in zip(xs[n:], logs, strict=True)])


FORMS: dict[str, Callable[..., Any]] = {
    "identity": lambda m, x: x,
    "add": lambda m, x, y: x + y,
    "sub": lambda m, x, y: x - y,
    "mul": lambda m, x, y: x * y,
    "div": lambda m, x, y: x / y,
    "neg": lambda m, x: -x,
    "strong_mul": lambda m, x, y: m.where(x, x * y, 0),
    "cbrt": _cbrt,
    "hypot": _hypot,
    "logaddexp": _logaddexp,
    "xlogy": _xlogy,
    "sigmoid_diff": _sigmoid_diff,
    "atanh_slope": _atanh_slope,
    "sech": _sech,
    "sigmoid": _sigmoid,
    "logistic_slope": _logistic_slope,
    "softplus": _softplus,
    "relu": lambda m, x: m.maximum(x, 0),
    "silu": _silu,
    "silu_slope": _silu_slope,
    "gelu": _gelu,
    "gauss": lambda m, x: _gauss_derivative(m, x, 0),
    "gauss_derivative": _gauss_derivative,
    "normal_pdf": lambda m, x: _normal_pdf_derivative(m, x, 0),
    "normal_pdf_derivative": _normal_pdf_derivative,
    "sinc": _sinc,
    "binary_cross_entropy": _binary_cross_entropy,
    "step": _step,
    "sign": lambda m, x: m.step(x) - m.step(-x),
    "greater": _greater,
    "dot": _dot,
    "logsumexp": _logsumexp,
    "softmax": _softmax,
    "softmax_rest": _softmax_rest,
    "logsumexp_slope": _logsumexp_slope,
    "log_softmax": _log_softmax,
    "soft_cross_entropy": _soft_cross_entropy,
    "item": lambda m, xs, k: xs[k],
}
