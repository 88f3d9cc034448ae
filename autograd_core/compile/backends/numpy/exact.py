"""Kernels on NumPy arrays with the bits of the float column.

What one can do with this file: get the kernel of any row (`kernel`). It takes the
operands and then the array to write to, as NumPy's own functions do.

The one idea: NumPy's arithmetic, comparisons and square root are IEEE's, so they are
used; its elementary functions have other last bits than the system's library, so those
run number by number.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ....primitives import Primitive
from ...interpret import kernel_of
from ...tape import COMPARISONS, STOP, STRONG

__all__ = ["kernel", "one_by_one"]

Kernel = Callable[..., Any]  # (*operands, out) for ufuncs, positional


def kernel(row: Primitive) -> Kernel:
    """The function of arrays for ``row``: operands, then the array to write to."""
    found = _EXACT.get(row.name)
    if found is None:
        return one_by_one(row)
    if row.bound:
        found = found(**row.bound) or one_by_one(row)
    run: Kernel = found
    return run


def one_by_one(row: Primitive) -> Kernel:
    """The float kernel, called for each number."""
    run = kernel_of(row)

    def each(*xs: Any) -> None:
        *xs, out = xs  # type: ignore[assignment]
        shape = out.shape[1:] if row.multiple else out.shape
        columns = [np.broadcast_to(x, shape).ravel().tolist() for x in xs]
        found = list(map(run, *columns))
        numbers = np.array(found, dtype=float)
        out[...] = (numbers.T if row.multiple else numbers).reshape(out.shape)

    return each


def _strong_product(g: Any, partial: Any, out: Any) -> None:
    np.multiply(g, partial, out)
    np.copyto(out, -0.0, where=g == 0.0)


def _strong_mul(x: Any, y: Any, out: Any) -> None:
    np.multiply(x, y, out)
    np.copyto(out, 0.0, where=x == 0.0)


def _relu(x: Any, out: Any) -> None:
    np.maximum(x, 0.0, out=out)
    np.add(out, 0.0, out)  # of -0.0 and 0.0 either may be the maximum


def _sign(x: Any, out: Any) -> None:
    np.greater(x, 0.0, out)
    np.subtract(out, x < 0.0, out)


def _greater(x: Any, y: Any, out: Any) -> None:
    np.greater(x, y, out)
    np.copyto(out, 0.5, where=x == y)


def _maximum(x: Any, y: Any, out: Any) -> None:
    np.copyto(out, np.where((x >= y) | (x != x), x, y))


def _minimum(x: Any, y: Any, out: Any) -> None:
    np.copyto(out, np.where((x <= y) | (x != x), x, y))


def _where(c: Any, x: Any, y: Any, out: Any) -> None:
    np.copyto(out, np.where(c != 0.0, x, y))


def _leaky_relu(slope: Any) -> Kernel:
    slope = float(slope)
    return lambda x, out: np.copyto(out, np.where(x > 0.0, x, slope * x))


def _clip(low: Any, high: Any) -> Kernel:
    low, high = np.float64(low), np.float64(high)

    def run(x: Any, out: Any) -> None:
        _maximum(x, low, out)
        _minimum(out, high, out)

    return run


def _powc(n: Any, k: int) -> Kernel | None:
    if k == 0 and n == 1:
        return np.positive
    if k == 0 and n == 0:
        return lambda x, out: out.fill(1.0)
    return None


def _total(*xs: Any) -> None:
    *xs, out = xs  # type: ignore[assignment]
    np.copyto(out, xs[0])
    for x in xs[1:]:
        np.add(out, x, out)


def _dot(*xs: Any) -> None:
    *xs, out = xs  # type: ignore[assignment]
    half = len(xs) // 2
    np.multiply(xs[0], xs[half], out)
    for x, y in zip(xs[1:half], xs[half + 1 :], strict=True):
        np.add(out, x * y, out)


_EXACT: dict[str, Any] = {
    "identity": np.positive,
    STOP.name: np.positive,
    STRONG.name: _strong_product,
    COMPARISONS["<"].name: np.less,
    COMPARISONS["<="].name: np.less_equal,
    COMPARISONS[">"].name: np.greater,
    COMPARISONS[">="].name: np.greater_equal,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "neg": np.negative,
    "abs": np.absolute,
    "strong_mul": _strong_mul,
    "reciprocal": lambda x, out: np.divide(1.0, x, out),
    "square": lambda x, out: np.multiply(x, x, out),
    "sqrt": np.sqrt,
    "step": lambda x, out: np.greater(x, 0.0, out),
    "sign": _sign,
    "greater": _greater,
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "clip": _clip,
    "powc": _powc,
    "maximum": _maximum,
    "minimum": _minimum,
    "where": _where,
    "sum": _total,
    "dot": _dot,
}
