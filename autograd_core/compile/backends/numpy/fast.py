"""Kernels on NumPy arrays for ``numerics="fast"``: whole arrays at once.

What one can do with this file: get the kernel of any row (`kernel`). It takes the
operands and then the array to write to.

The one idea: each kernel is the float column's own algorithm, with its branches as
choices between arrays, over NumPy's elementary functions. Where that is not accurate
(`_patched`: near overflow, say), those few numbers get the float kernel. Within 4 ULP
of the float column; a test measures it for every row.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....primitives import Primitive, hermite
from ...interpret import kernel_of
from . import erf, exact, slopes
from .error_free import TINY_EXP, difference, square_error, times_exp
from .slopes import SAFE, normal, patched

__all__ = ["kernel", "stacked"]

Array = Any
Function = Callable[..., Any]

_ZERO, _ONE = np.zeros(()), np.ones(())  # which need no conversion at each call


def kernel(row: Primitive) -> Function:
    """The function of arrays for ``row``: operands, then the array to write to."""
    if row.name in _UFUNCS:
        return _UFUNCS[row.name]
    whole = stacked(row)
    if whole is not None:
        return lambda *xs: whole(np.stack(np.broadcast_arrays(*xs[:-1])), xs[-1])
    found = _FUNCTIONS.get(row.name)
    if found is not None and row.bound:
        found = found(row, **row.bound)
    elif found is not None:
        found = found(row) if row.name in _PATCHED else found
    if found is None:
        return exact.kernel(row)
    function: Function = found
    return lambda *xs: np.copyto(xs[-1], function(*xs[:-1]))


def stacked(row: Primitive) -> Function | None:
    """A function of one array for a row of many operands, which are its first axis."""
    found = _STACKED.get(row.name)
    return found(row, **row.bound) if found is not None else None


# -- exponentials and logarithms -------------------------------------------------------


def _sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0.0, 1.0, e) / (1.0 + e)


def _softplus(x: Array) -> Array:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def _sech(x: Array, out: Array) -> None:
    # 2e/(1 + e*e), e = exp(-|x|): the error of e, 1 ULP, and less than 1.5 of its own
    np.absolute(x, out)
    np.negative(out, out)
    np.exp(out, out)
    whole = out * out
    np.add(whole, _ONE, whole)
    np.divide(out, whole, out)
    np.add(out, out, out)


def _silu(row: Primitive) -> Function:
    return lambda x: patched(row, x * _sigmoid(x), x >= TINY_EXP, x)


def _silu_slope(row: Primitive, k: int) -> Function:
    if k != 1:
        return slopes.silu_slope(row, k)

    def run(x: Array) -> Array:
        out = _sigmoid(x) * (1.0 + x * _sigmoid(-x))
        return patched(row, out, np.abs(x) < -TINY_EXP, x)

    return run


def _sigmoid_diff(row: Primitive) -> Function:
    def run(x: Array, y: Array) -> Array:
        d, low = difference(x, y)
        e = np.exp(-np.abs(d))
        whole = 1.0 + e
        right = d >= 0.0
        share = np.where(right, 1.0, e) / whole
        other = np.where(right, e, 1.0)
        out = share + share * ((low * other - (e - (whole - 1.0))) / whole)
        return patched(row, out, np.isfinite(d), x, y)

    return run


def _logaddexp(row: Primitive) -> Function:
    def run(x: Array, y: Array) -> Array:
        high, low = np.maximum(x, y), np.minimum(x, y)
        d, d_low = difference(low, high)
        e = np.exp(d)
        rest = np.log1p(e)
        out = high + rest
        out = out + (((high - out) + rest) + e * d_low / (1.0 + e))
        return patched(row, out, np.isfinite(d) & (x != y) & (e > 0.0), x, y)

    return run


def _xlogy(x: Array, y: Array) -> Array:
    return np.where((x == 0.0) & ~np.isnan(y), 0.0, x * np.log(y))


def _binary_cross_entropy(x: Array, y: Array) -> Array:
    over, under = _softplus(x), _softplus(-x)
    mixed = (1.0 - y) * over + y * under
    return np.where(y == 0.0, over, np.where(y == 1.0, under, mixed))


def _gauss_derivative(row: Primitive, k: int) -> Function:
    def run(x: Array) -> Array:
        inside = np.where(np.abs(x) > 28.0, 0.0, x)
        p = inside * inside
        factor = hermite(inside, k, 2) + 0.0 * inside
        out = times_exp(factor, -p, -square_error(inside, p))
        return patched(row, out, inside == x, x)

    return run


def _normal_pdf_derivative(row: Primitive, k: int) -> Function:
    def run(x: Array) -> Array:
        inside = np.where(np.abs(x) > 40.0, 0.0, x)
        p = inside * inside
        low = -6.2473378348613351e-17 - 0.5 * square_error(inside, p)
        factor = hermite(inside, k, 1) * 0.3989422804014327 + 0.0 * inside
        out = times_exp(factor, -0.5 * p, low)
        return patched(row, out, inside == x, x)

    return run


# -- powers and quotients --------------------------------------------------------------


def _powc(row: Primitive, n: Any, k: int) -> Function | None:
    factor = 1.0
    for i in range(k):
        factor *= n - i
    exponent = float(n) - k
    if factor == 0.0 and k:
        return np.zeros_like
    if exponent + k != n or exponent - n != -k:
        return None

    def run(x: Array) -> Array:
        p = np.power(x, exponent)
        if k == 0:  # NumPy takes the root instead of x**0.5, also of -inf
            return patched(row, p, x > -np.inf, x) if exponent == 0.5 else p
        size = np.abs(p)
        good = (size >= SAFE) & (size < np.inf)
        return patched(row, factor * p, good, x)

    return run


def _pow(row: Primitive, k: int, j: int) -> Function:
    return np.power if k == j == 0 else slopes.pow_slope(row, k, j)


def _ratio_slope(row: Primitive, k: int) -> Function:
    if k != 1:
        return slopes.ratio_slope(row, k)

    def run(x: Array, y: Array) -> Array:
        out = -(x / y) / y
        return patched(row, out, normal(out) & normal(x / y), x, y)

    return run


def _cbrt(row: Primitive) -> Function:
    def run(x: Array) -> Array:
        r = np.cbrt(x)
        out = r - (r - x / (r * r)) / 3.0
        return patched(row, out, normal(x), x)

    return run


def _hypot(row: Primitive) -> Function:
    def run(x: Array, y: Array) -> Array:
        square = x * x + y * y
        return patched(row, np.sqrt(square), normal(square), x, y)

    return run


def _hypot_slope(row: Primitive, i: int, j: int) -> Function:
    if i + j != 1:
        return slopes.hypot_slope(row, i, j)

    def run(x: Array, y: Array) -> Array:
        square = x * x + y * y
        out = (x if i else y) / np.sqrt(square)
        return patched(row, out, normal(square) & normal(out), x, y)

    return run


def _atan2_slope(row: Primitive, i: int, j: int) -> Function:
    if i + j != 1:
        return slopes.atan2_slope(row, i, j)

    def run(y: Array, x: Array) -> Array:
        square = x * x + y * y
        out = (x if i else -y) / square
        return patched(row, out, normal(square) & normal(out), y, x)

    return run


def _asin_slope(row: Primitive) -> Function:
    return lambda x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x))


def _atanh_slope(row: Primitive) -> Function:
    def run(x: Array) -> Array:
        out = 1.0 / ((1.0 - x) * (1.0 + x))
        return patched(row, out, np.abs(x) < 1.0, x)

    return run


def _acosh_slope(row: Primitive) -> Function:
    def run(x: Array) -> Array:
        out = 1.0 / np.sqrt((x - 1.0) * (x + 1.0))
        return patched(row, out, (x > 1.0) & (x < 1e150), x)

    return run


def _acosh(row: Primitive) -> Function:
    return lambda x: patched(row, np.arccosh(x), x >= 1.09, x)


def _sinc(row: Primitive, k: int) -> Function:
    if k:
        return slopes.sinc(row, k)
    return lambda x: patched(row, np.sin(x) / x, (x != 0.0) & (np.abs(x) < np.inf), x)


def _elu(row: Primitive, alpha: Any) -> Function:
    alpha = float(alpha)
    return lambda x: np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0)))


# -- many operands ---------------------------------------------------------------------
#
# These take all operands as one array along its first axis.


def _exponentials(x: Array) -> tuple[Array, Array]:
    # The largest operand, and exp(x - largest).
    high = np.maximum.reduce(x, 0)
    d, low = difference(x, high)
    w = np.exp(d)
    np.multiply(low, w, low)
    np.copyto(low, _ZERO, where=w == _ZERO)  # of -inf the rounding is NaN
    return high, np.add(w, low, w)


def _rest(x: Array, high: Array, w: Array) -> tuple[Array, Array]:
    # Which operands are the largest, and the sum of the weights without a 1 of theirs:
    # `log1p` keeps its digits. Each of them has the weight 1.
    top = x == high
    rest = np.add.reduce(np.where(top, _ZERO, w), 0)
    return top, rest + (np.add.reduce(top, 0, np.float64) - _ONE)


def _each(function: Function, *, cancels: bool = False) -> Function:
    # Lanes with infinities get the float kernel, and so does what loses its digits
    # in a last sum with the largest operand.

    def build(row: Primitive) -> Function:
        def run(x: Array, out: Array) -> None:
            high, w = _exponentials(x)
            np.copyto(out, function(x, high, w))
            good = np.isfinite(high)
            if cancels:
                good &= np.abs(out) >= 0.5 * np.abs(high)
            if not good.all():
                bad = np.nonzero(~good)
                columns = [line[bad].tolist() for line in x]
                found = np.array(list(map(kernel_of(row), *columns)))
                out[(..., *bad)] = found.T if row.multiple else found

        return run

    return build


def _softmax(x: Array, high: Array, w: Array) -> Array:
    return np.divide(w, np.add.reduce(w, 0), w)


def _softmax_rest(x: Array, high: Array, w: Array) -> Array:
    whole = np.add.reduce(w, 0)
    top, rest = _rest(x, high, w)
    return np.where(top, rest / whole, 1.0 - w / whole)


def _logsumexp(x: Array, high: Array, w: Array) -> Array:
    return high + np.log1p(_rest(x, high, w)[1])


def _log_softmax(x: Array, high: Array, w: Array) -> Array:
    return (x - high) - np.log1p(_rest(x, high, w)[1])


def _cross_entropy(row: Primitive, target: int) -> Function:
    def pick(x: Array, high: Array, w: Array) -> Array:
        return np.log1p(_rest(x, high, w)[1]) - (x[target] - high)

    return _each(pick)(row)  # type: ignore[no-any-return]


def _soft_cross_entropy(row: Primitive) -> Function:
    def run(operands: Array, out: Array) -> None:
        x, y = operands[: len(operands) // 2], operands[len(operands) // 2 :]
        high, w = _exponentials(x)
        parts = _log_softmax(x, high, w)
        np.copyto(parts, _ZERO, where=y == _ZERO)
        parts *= y
        np.negative(np.add.reduce(parts, 0), out)
        size = np.add.reduce(np.abs(parts, parts), 0)
        good = np.isfinite(high) & (np.abs(out) >= 0.5 * size)
        patched(row, out, good, *operands)

    return run


def _round(row: Primitive, digits: int | None) -> Function | None:
    # To decimal digits Python rounds the exact number, which arithmetic cannot.
    return (lambda x: np.rint(x) + 0.0) if digits is None else None


def _relu(x: Array, out: Array) -> None:
    np.maximum(x, _ZERO, out=out)


def _step(x: Array, out: Array) -> None:
    np.copyto(out, np.greater(x, _ZERO))  # faster than to compare into floats


# Functions that write by themselves.
_UFUNCS: dict[str, Function] = {
    "relu": _relu,
    "step": _step,
    "sech": _sech,
    "erf": erf.erf,
    "erfc": erf.erfc,
    "normal_cdf": erf.normal_cdf,
    "gelu": erf.gelu,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "atanh": np.arctanh,
}
# Those that are made for a row, to know its float kernel.
_PATCHED: dict[str, Any] = {
    "silu": _silu,
    "sigmoid_diff": _sigmoid_diff,
    "logaddexp": _logaddexp,
    "gauss": lambda row: _gauss_derivative(row, 0),
    "normal_pdf": lambda row: _normal_pdf_derivative(row, 0),
    "cbrt": _cbrt,
    "hypot": _hypot,
    "asin_slope": _asin_slope,
    "atanh_slope": _atanh_slope,
    "acosh_slope": _acosh_slope,
    "acosh": _acosh,
}
_FUNCTIONS: dict[str, Any] = {
    **_PATCHED,
    "sigmoid": _sigmoid,
    "logistic_slope": slopes.logistic_slope,
    "softplus": _softplus,
    "logsigmoid": lambda x: -_softplus(-x),
    "xlogy": _xlogy,
    "binary_cross_entropy": _binary_cross_entropy,
    "silu_slope": _silu_slope,
    "gauss_derivative": _gauss_derivative,
    "normal_pdf_derivative": _normal_pdf_derivative,
    "powc": _powc,
    "pow": _pow,
    "ratio_slope": _ratio_slope,
    "hypot_slope": _hypot_slope,
    "atan2_slope": _atan2_slope,
    "sinc": _sinc,
    "elu": _elu,
    "round": _round,
}
_STACKED: dict[str, Any] = {
    "softmax": _each(_softmax),
    "logsumexp_slope": _each(_softmax),
    "softmax_rest": _each(_softmax_rest),
    "logsumexp": _each(_logsumexp, cancels=True),
    "log_softmax": _each(_log_softmax),
    "cross_entropy": _cross_entropy,
    "soft_cross_entropy": _soft_cross_entropy,
}
