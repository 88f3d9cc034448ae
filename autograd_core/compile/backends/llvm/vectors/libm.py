"""C's library of mathematical functions, the one that Python's `math` calls.

What one can do with this file: get the address of a function, for native code.

The one idea: trust is checked. A program must have the same bits as eager mode, so a
function is used only where it agrees with `math` on numbers of every size; elsewhere
(a Python that carries a library of its own) Python's function is called.
"""

import ctypes
import math
from collections.abc import Callable
from functools import cache
from itertools import product
from struct import pack

__all__ = ["address"]

_LIBRARIES = (None, "libm.so.6", "libSystem.dylib", "ucrtbase.dll")
_POINTS = tuple(
    sign * digits * 2.0**exponent
    for sign in (1.0, -1.0)
    for digits in (1.0, 1.1, 1.37, 1.62, 1.93)
    for exponent in (-1060, -70, -30, -9, -4, -2, -1, 0, 1, 2, 4, 8, 30, 900)
)
_PAIRS = tuple(product(_POINTS[::9], _POINTS[::7]))


@cache
def address(symbol: str, arity: int) -> int | None:
    """Where the C function ``symbol`` of doubles is, or None if it is not `math`'s."""
    reference = getattr(math, symbol)
    kinds = [ctypes.c_double] * arity
    if symbol == "ldexp":
        kinds[1] = ctypes.c_int  # type: ignore[assignment]
    for library in _LIBRARIES:
        try:
            function = getattr(ctypes.CDLL(library), symbol)
        except (OSError, AttributeError, TypeError):
            continue
        function.restype, function.argtypes = ctypes.c_double, kinds
        if all([_agree(function, reference, xs) for xs in _points(symbol, arity)]):
            return ctypes.cast(function, ctypes.c_void_p).value
    return None


def _points(symbol: str, arity: int) -> tuple[tuple[float, ...], ...]:
    if symbol == "ldexp":
        return tuple((x, n) for x in _POINTS for n in (-1074, -60, 0, 1, 60, 1023))
    return _PAIRS if arity == 2 else tuple((x,) for x in _POINTS)


def _agree(
    function: Callable[..., float],
    reference: Callable[..., float],
    xs: tuple[float, ...],
) -> bool:
    try:
        expected = reference(*xs)
    except (ValueError, OverflowError):
        return True  # C has NaN or an infinity there, which `library` knows
    return pack("<d", function(*xs)) == pack("<d", expected)
