"""What stands for Python's own functions where a kernel is read as lanes.

What one can do with this file: get the table `known` of one kind of arithmetic:
`math`, builtins and operators -> what they are on lanes.

The one idea: `math` is C's library with exceptions. Lanes call the same library, one
lane after the other, and have its bits; what `math` would have raised becomes a mask
for the `except` that is there for it. With ``numerics="fast"``, the functions that
networks are made of are vector code instead (`elementary`).
"""

import builtins
import math
import operator
import sys
from collections.abc import Callable, Iterable
from typing import Any

from .....numbers import float64
from . import elementary, libm
from .answers import both, either, every, none_of, truth
from .kernels import Known, Reader
from .lanes import Body, Lanes, NotLanes
from .syntax import Filtered

__all__ = ["KNOWN", "LIBM"]

# C's functions that `math` hands its numbers to, and how many numbers.
LIBM = {
    **dict.fromkeys(("exp", "expm1", "log", "log1p", "log2", "log10"), 1),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atan"), 1),
    **dict.fromkeys(("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"), 1),
    **dict.fromkeys(("erf", "erfc", "cbrt"), 1),
    **dict.fromkeys(("atan2", "pow"), 2),
}


def _libm(symbol: str) -> Callable[..., Any]:
    def run(reader: Reader, function: Any, *xs: Any) -> Any:
        found = _each_lane(reader.body, symbol, *xs)
        _may_raise(reader, xs, found)
        return found

    return run


def _each_lane(body: Body, symbol: str, *xs: Any) -> Lanes:
    if libm.address(symbol, len(xs)) is None:
        raise NotLanes(f"this Python's {symbol} is not the C library's")
    return body.each_lane(symbol, xs)


def _may_raise(reader: Reader, xs: Iterable[Any], found: Lanes) -> None:
    # `math` on what C returned: NaN from numbers, infinity from finite ones.
    def domain() -> Any:
        return both(found != found, every([_ordered(x) for x in xs]))

    def overflow() -> Any:
        return both(abs(found) == math.inf, every([_finite(x) for x in xs]))

    reader.may_raise(ValueError, domain)
    reader.may_raise(OverflowError, overflow)


def _ordered(x: Any) -> Any:
    return x == x


def _finite(x: Any) -> Any:
    return abs(x) < math.inf


def _vector(kernel: Callable[..., Any]) -> Callable[..., Any]:
    # A kernel of `elementary`, as a function of the module that is called.
    def run(reader: Reader, function: Any, *xs: Any) -> Any:
        found = elementary.call(reader.body, kernel, xs)
        _may_raise(reader, xs, found)
        return found

    return run


def _sqrt(reader: Reader, function: Any, x: Any) -> Any:
    reader.may_raise(ValueError, lambda: x < 0.0)
    return reader.body.intrinsic("sqrt", x)


def _ieee(reader: Reader, function: Any, x: Any) -> Any:
    # `float64._ieee` and `_log` turn what `math` raises back into what C returned.
    (inner,) = [
        c.cell_contents for c in function.__closure__ if callable(c.cell_contents)
    ]
    return reader.call(inner, (x,), {})


def _ldexp(reader: Reader, function: Any, x: Any, n: Any) -> Any:
    if libm.address("ldexp", 2) is None:
        raise NotLanes("this Python's ldexp is not the C library's")
    found = reader.body.ldexp(x, n)
    reader.may_raise(OverflowError, lambda: both(abs(found) == math.inf, _finite(x)))
    return found


def _frexp(reader: Reader, function: Any, x: Any) -> Any:
    # By the bits; a subnormal number is made normal first.
    body = reader.body
    small = abs(x) < 2.2250738585072014e-308
    bits = body.cast(body.select(small, x * 2.0**54, x), "i")
    exponent = (bits.shifted("lshr", 52) & 0x7FF) - 1022
    exponent = exponent - body.select(small, body.integer(54), body.integer(0))
    fraction = (bits & ~(0x7FF << 52)) | (1022 << 52)
    plain = both(x != 0.0, _finite(x))
    digits = body.select(plain, body.cast(fraction, "f"), x)
    return digits, body.select(plain, exponent, body.integer(0))


def _power(reader: Reader, function: Any, x: Any, y: Any) -> Any:
    # Powers of floats are C's; Python itself only answers y = 0.
    if not isinstance(y, Lanes) and y == 0:
        return 1.0
    return _each_lane(reader.body, "pow", x, y)


def _fast_power(reader: Reader, function: Any, x: Any, y: Any) -> Any:
    if isinstance(y, Lanes) or y not in elementary.SMALL_POWERS:
        return _power(reader, function, x, y)
    return elementary.small_power(x, int(y))


def _fast_powc(reader: Reader, function: Any, x: Any, n: Any, k: int = 0) -> Any:
    factor = math.prod([n - i for i in range(k)])
    if n - k not in elementary.SMALL_POWERS or not factor:
        return reader.read(function, (x, n, k))
    found = elementary.small_power(x, int(n - k))
    return found if factor == 1 else factor * found


def _fast_ratio_slope(reader: Reader, function: Any, x: Any, y: Any, k: int) -> Any:
    # What is past the first two lines of the kernel is for the edges of the floats.
    if k != 1 or not isinstance(y, Lanes):
        return reader.read(function, (x, y, k))
    out = -(x / y) / y
    size = abs(out)
    usual = both(size > float64._SAFE, size < math.inf)
    usual = either(usual, both(x == 0.0, y != 0.0))
    return reader.body.rarely(
        none_of(usual), lambda: reader.read(function, (x, y, k)), out
    )


def _copysign(reader: Reader, function: Any, x: Any, y: Any) -> Any:
    return reader.body.intrinsic("copysign", x, y)


def _extreme(larger: bool) -> Callable[..., Any]:
    # max() and min() keep what they have unless the next one is past it.
    def run(reader: Reader, function: Any, *xs: Any, default: Any = None) -> Any:
        items = xs if len(xs) > 1 else xs[0]
        if not isinstance(items, Filtered):
            items = Filtered([(True, x) for x in items])
        found, there = default, False
        for mask, x in items.items:
            past = (x > found if larger else x < found) if found is not None else True
            taken = both(mask, either(none_of(there), past))
            found = reader.body.select(taken, x, x if found is None else found)
            there = either(there, mask)
        return found

    return run


def _all(reader: Reader, function: Any, items: Any) -> Any:
    return every([truth(x) for x in items])


def _sum(reader: Reader, function: Any, items: Any) -> Any:
    if sys.version_info >= (3, 12):
        raise NotLanes("sum() of floats is compensated since Python 3.12")
    found: Any = 0
    for x in items:
        found = found + x
    return found


def _rest(reader: Reader, function: Any, xs: Any, high: Any, weights: Any) -> Any:
    # The sum without the first largest, from left to right.
    if len(xs) == 1:
        return 0.0
    skipped = xs[0] == high
    found = reader.body.select(skipped, weights[1], weights[0])
    for i in range(1, len(xs)):
        skip = both(xs[i] == high, none_of(skipped))
        stays = either(skip, skipped) if i == 1 else skip
        found = reader.body.select(stays, found, found + weights[i])
        skipped = either(skipped, skip)
    return found


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda reader, _, *xs: function(*xs)


_EAGER: dict[Any, Callable[..., Any]] = {
    **{getattr(math, name): _libm(name) for name in LIBM},
    math.sqrt: _sqrt,
    math.ldexp: _ldexp,
    math.frexp: _frexp,
    math.copysign: _copysign,
    math.isnan: _plain(lambda x: x != x),
    math.isinf: _plain(lambda x: abs(x) == math.inf),
    operator.pow: _power,
    operator.add: _plain(operator.add),
    operator.sub: _plain(operator.sub),
    operator.mul: _plain(operator.mul),
    operator.neg: _plain(operator.neg),
    operator.pos: _plain(operator.pos),
    builtins.abs: _plain(abs),
    builtins.float: _plain(lambda x: x),
    builtins.all: _all,
    builtins.max: _extreme(True),
    builtins.min: _extreme(False),
    builtins.sum: _sum,
    # IEEE arithmetic is what these two make of Python's.
    float64.div: _plain(lambda x, y: x / y),
    float64.power: _libm("pow"),
    float64.exp.__code__: _ieee,
    float64.log.__code__: _ieee,
    float64._rest: _rest,
}
_FAST: dict[Any, Callable[..., Any]] = {
    **_EAGER,
    **{f: _vector(kernel) for f, kernel in elementary.OF_MATH.items()},
    **{f: _vector(kernel) for f, kernel in elementary.OF_KERNELS.items()},
    operator.pow: _fast_power,
    float64.power: _fast_power,
    float64.powc: _fast_powc,
    float64.ratio_slope: _fast_ratio_slope,
}
KNOWN: dict[str, Known] = {"eager": _EAGER, "fast": _FAST}
