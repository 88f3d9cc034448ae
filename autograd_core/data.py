"""What a Value stores: one real number, checked once; and where it was made."""

import sys
from os.path import dirname
from typing import Any

from .numbers import column_of
from .numbers import float64 as _float64  # noqa: F401  registers float

_PACKAGE = dirname(__file__)


class Note:
    """What few nodes have: a name, a place in the user's code, an old value."""

    __slots__ = ("name", "previous", "site")

    def __init__(self, name: str | None = None) -> None:
        self.name = name
        self.site: tuple[str, int] | None = None
        self.previous: Any = None


def caller() -> tuple[str, int] | None:
    """File and line of the nearest frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back  # type: ignore[assignment]
    return (frame.f_code.co_filename, frame.f_lineno) if frame else None


def as_data(number: Any) -> Any:
    """The number that a Value stores for ``number``.

    bool, int, float and NumPy real scalars become float; Fraction, SymPy
    expressions and mpmath numbers are kept.

    Raises
    ------
    TypeError
        For everything that is not one real number, naming its type.
    OverflowError
        For an int that does not fit a 64-bit float.
    """
    kind = type(number)
    if kind is float:
        return number
    if kind is int or kind is bool:
        try:
            return float(number)
        except OverflowError:
            digits = len(str(abs(number))) if number.bit_length() < 14000 else "many"
            raise OverflowError(
                f"int of {digits} digits does not fit a 64-bit float; "
                "use Fraction(...) to keep it exact"
            ) from None
    column = column_of(number)
    if column is not None and column.stores:
        return number
    if isinstance(number, float):
        return float(number)
    if kind.__module__ == "numpy" and getattr(number, "ndim", None) == 0:
        scalar = number.dtype.kind in "biuf" and kind.__name__ != "ndarray"
        if scalar:
            return float(number)
    raise TypeError(
        "Value() takes a real number (int, float, bool, Fraction, NumPy real "
        f"scalar, SymPy or mpmath number), got {kind.__name__} {_short(number)}"
    )


def _short(thing: Any) -> str:
    text = repr(thing)
    return text if len(text) <= 40 else text[:37] + "..."
