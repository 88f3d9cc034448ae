"""Floats whose operators follow IEEE arithmetic where Python's raise.

The one idea: rules are plain formulas and run on plain floats. Only when one of
them raises, by a division by zero or an overflowing power, is it run again on
these, which give the infinity or NaN instead; nobody else pays for them.
"""

import operator
from collections.abc import Callable
from typing import Any

from ..primitives import Primitive
from . import Column
from .float64 import COLUMN, CONSTANTS, adopt, div, power

__all__ = ["run_carefully"]


def _operators(kernel: Callable[[float, float], float]) -> Any:
    def method(self: float, other: float) -> "Careful":
        return Careful(kernel(float(self), float(other)))

    def reflected(self: float, other: float) -> "Careful":
        return Careful(kernel(float(other), float(self)))

    return method, reflected


class Careful(float):
    """A float with IEEE operators."""

    __slots__ = ()

    __add__, __radd__ = _operators(operator.add)
    __sub__, __rsub__ = _operators(operator.sub)
    __mul__, __rmul__ = _operators(operator.mul)
    __truediv__, __rtruediv__ = _operators(div)
    __pow__, __rpow__ = _operators(power)

    def __neg__(self) -> "Careful":
        return Careful(-float(self))


class _CarefulColumn(Column):
    # The float kernels, with results that go on being careful.
    def _resolve(self, row: Primitive) -> Callable[..., Any]:
        kernel = COLUMN._resolve(row)

        def careful(*operands: Any, **attributes: Any) -> Any:
            return _map(Careful, kernel(*map(float, operands), **attributes))

        return careful


_CAREFUL = _CarefulColumn("float", {}, CONSTANTS, adopt)


def _map(kind: type[float], numbers: Any) -> Any:
    # Through the tuples and lists that rows with several outputs give.
    if isinstance(numbers, (tuple, list)):
        return type(numbers)(_map(kind, number) for number in numbers)
    return kind(numbers) if numbers.__class__ is not int else numbers


def run_carefully(run: Callable[..., Any], xs: Any, out: Any) -> Any:
    """``run(column, xs, out)`` on careful floats; its results are plain ones."""
    found = run(_CAREFUL, _map(Careful, list(xs)), _map(Careful, out))
    return _plain(found)


def _plain(found: Any) -> Any:
    if isinstance(found, (tuple, list)):
        return type(found)(map(_plain, found))
    return float(found) if found.__class__ is Careful else found
